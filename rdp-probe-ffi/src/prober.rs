//! Probers: made once, used for any number of targets.

use std::ffi::{c_char, c_void};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rdp_probe::{Limits, Plan, RdpFile, Target};

use crate::batch::{Batch, Done};
use crate::credentials::Credentials;
use crate::dispatcher::Dispatcher;
use crate::guard;
use crate::job::{Job, Work};
use crate::known::User;
use crate::options::Options;
use crate::report::Report;
use crate::runtime::{Threads, wait_alone};
use crate::status::{
    Failure, RDP_PROBE_INVALID_INPUT, RDP_PROBE_INVALID_OPTIONS, RDP_PROBE_INVALID_TARGET, Status, invalid,
};
use crate::text::{bytes, optional_place, place, shared, take_back, text};

/// Probes targets as its options say. Any number of threads may use it; one frees it, when no other call has it.
#[derive(Debug)]
pub struct Prober {
    pub(crate) prober: rdp_probe::Prober,
    examines: Option<Limits>,
    same_credentials_for_all: bool,
    engine: Mutex<Option<Engine>>,
}

/// What work in the background takes. It is made when there is some.
#[derive(Debug)]
struct Engine {
    threads: Arc<Threads>,
    dispatcher: Dispatcher,
    jobs: Vec<Weak<Work>>,
}

impl Prober {
    fn new(options: &Options) -> Result<Self, Failure> {
        let Options { builder, request, examines, same_credentials_for_all } = options.clone();
        #[cfg(feature = "inject-panics")]
        let builder = builder.network(rdp_probe::System::new().with_resolver(crate::inject::Injected));
        let prober = builder.request(request).build();
        Ok(Self {
            prober: prober.map_err(|error| Failure::of(RDP_PROBE_INVALID_OPTIONS, &error))?,
            examines,
            same_credentials_for_all,
            engine: Mutex::default(),
        })
    }

    /// Uses the engine, which is made if there is none.
    fn with_engine<T>(&self, by: impl FnOnce(&mut Engine) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        if engine.is_none() {
            let threads = Arc::new(Threads::new()?);
            let dispatcher = Dispatcher::new(Arc::clone(&threads))?;
            *engine = Some(Engine { threads, dispatcher, jobs: Vec::new() });
        }
        engine.as_mut().map_or_else(|| Err(invalid("the prober has been freed")), by)
    }

    pub(crate) fn threads(&self) -> Result<Arc<Threads>, Failure> {
        self.with_engine(|engine| Ok(Arc::clone(&engine.threads)))
    }

    /// Something new under way, and the queue that its callbacks go through.
    pub(crate) fn begin(&self) -> Result<Begun, Failure> {
        self.with_engine(|engine| {
            let work = Work::new(engine.dispatcher.id());
            engine.jobs.retain(|job| job.strong_count() > 0);
            engine.jobs.push(Arc::downgrade(&work));
            Ok(Begun { work, queue: engine.dispatcher.queue(), threads: Arc::clone(&engine.threads) })
        })
    }

    /// Whether these credentials, or none, are what the goal takes.
    pub(crate) fn takes(plan: &Plan, credentials: Option<&Credentials>) -> Result<(), Failure> {
        let contradiction = match (credentials.is_some(), plan.goal.needs_credentials()) {
            (true, false) => "the goal takes no credentials: verify and delegate do",
            (false, true) => "the goal takes credentials, and there are none",
            _ => return Ok(()),
        };
        Err(Failure::new(RDP_PROBE_INVALID_OPTIONS, contradiction))
    }

    /// Whether they are what a probe, or an examination, takes.
    fn takes_to_probe(&self, plan: &Plan, credentials: Option<&Credentials>) -> Result<(), Failure> {
        if self.examines.is_some() && credentials.is_some() {
            let text = "an examination sends no credentials: give none, or do not examine";
            return Err(Failure::new(RDP_PROBE_INVALID_OPTIONS, text));
        }
        if self.examines.is_some() { Ok(()) } else { Self::takes(plan, credentials) }
    }

    fn run(&self, plan: Plan, credentials: Option<&Credentials>) -> Result<Report, Failure> {
        self.takes_to_probe(&plan, credentials)?;
        let report = match self.examines {
            Some(limits) => wait_alone(self.prober.examine_plan(plan, limits, |_| ())),
            None => self.probe(plan, credentials),
        };
        report.map(Report::new)
    }

    #[cfg(feature = "nla")]
    fn probe(&self, plan: Plan, credentials: Option<&Credentials>) -> Result<rdp_probe::Report, Failure> {
        match credentials {
            Some(credentials) => wait_alone(self.prober.probe_plan_as(plan, &credentials.inner)),
            None => wait_alone(self.prober.probe_plan(plan)),
        }
    }

    #[cfg(not(feature = "nla"))]
    fn probe(&self, plan: Plan, _: Option<&Credentials>) -> Result<rdp_probe::Report, Failure> {
        wait_alone(self.prober.probe_plan(plan))
    }
}

impl Drop for Prober {
    fn drop(&mut self) {
        let engine = self.engine.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Engine { threads, dispatcher, jobs }) = engine else { return };
        for job in jobs {
            if let Some(job) = job.upgrade() {
                job.cancel();
            }
        }
        dispatcher.end();
        drop(threads);
    }
}

/// What was begun.
pub(crate) struct Begun {
    pub(crate) work: Arc<Work>,
    pub(crate) queue: tokio::sync::mpsc::Sender<crate::dispatcher::Call>,
    pub(crate) threads: Arc<Threads>,
}

/// The target that a text names.
pub(crate) fn target(text: &str) -> Result<Target, Failure> {
    #[cfg(feature = "inject-panics")]
    crate::inject::at_once(text);
    text.parse().map_err(|error| Failure::of(RDP_PROBE_INVALID_TARGET, &error))
}

/// A prober. Options may be NULL: those that rdp_probe_options_new() gives.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_prober_new(options: *const Options, out: *mut *mut Prober) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer.
        let out = unsafe { place(out, "out") }?;
        // SAFETY: options that no other thread has, or NULL.
        let prober = match unsafe { options.as_ref() } {
            Some(options) => Prober::new(options),
            None => Prober::new(&Options::default()),
        };
        out.give(prober?);
        Ok(())
    })
}

/// Frees a prober: cancels its jobs and returns when the last callback has returned and its threads have ended. Inside one of its
/// callbacks it returns at once; the callbacks that are still to come do so, and then the rest ends by itself. Connections that it has
/// opened stay open, and keep its threads until they are freed. No other thread may be in a call with the prober.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_prober_free(prober: *mut Prober) {
    // SAFETY: given away by rdp_probe_prober_new(), and freed once.
    guard::value((), || drop(unsafe { take_back(prober) }));
}

/// Probes a target and gives the report, whatever it says: a dead host is an answer. Blocks for as long as the budget allows, on the
/// caller's thread; it cannot be cancelled, rdp_probe_start() can. Credentials are needed by RDP_PROBE_GOAL_VERIFY and
/// RDP_PROBE_GOAL_DELEGATE, and NULL otherwise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_run(
    prober: *const Prober,
    target: *const c_char,
    credentials: *const Credentials,
    report: *mut *mut Report,
) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer.
        let out = unsafe { place(report, "report") }?;
        // SAFETY: a prober that lives.
        let prober = unsafe { shared(prober, "prober") }?;
        // SAFETY: a text that stays for the call.
        let target = self::target(unsafe { text(target, "target") }?)?;
        // SAFETY: credentials that live, or NULL.
        let credentials = unsafe { credentials.as_ref() };
        out.give(prober.run(prober.prober.plan(&target), credentials)?);
        Ok(())
    })
}

/// As rdp_probe_run(), for what an .rdp file says: its host, and what it says of protocols, routing and server authentication. The
/// file is what is in it, not its name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_run_rdp_file(
    prober: *const Prober,
    file: *const u8,
    len: usize,
    credentials: *const Credentials,
    report: *mut *mut Report,
) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer.
        let out = unsafe { place(report, "report") }?;
        // SAFETY: a prober that lives.
        let prober = unsafe { shared(prober, "prober") }?;
        // SAFETY: bytes that stay for the call.
        let file = unsafe { bytes(file, len, "file") }?;
        let file = RdpFile::parse(file).map_err(|error| Failure::of(RDP_PROBE_INVALID_INPUT, &error))?;
        let mut plan = prober.prober.plan(file.target());
        file.apply(&mut plan);
        // SAFETY: credentials that live, or NULL.
        let credentials = unsafe { credentials.as_ref() };
        out.give(prober.run(plan, credentials)?);
        Ok(())
    })
}

/// Probes any number of targets, at most so many at once (64 for 0), and gives each report to done as it comes. Returns at once. The job
/// is for waiting and cancelling; job may be NULL. Targets are copied.
///
/// done is called exactly once for each target, on the callback thread of the prober: with RDP_PROBE_OK and the report, which is the
/// callee's to free; or with NULL and RDP_PROBE_CANCELLED, RDP_PROBE_INVALID_TARGET, RDP_PROBE_INVALID_ARGUMENT (a target that is NULL or
/// not UTF-8) or RDP_PROBE_PANIC, of which rdp_probe_last_error() tells more then. As long as it does not return, the prober has no other callbacks, and begins at last no
/// further probes.
///
/// Credentials go to one target, unless rdp_probe_options_same_credentials_for_all() says otherwise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_start(
    prober: *const Prober,
    targets: *const *const c_char,
    count: usize,
    at_once: usize,
    credentials: *const Credentials,
    done: Done,
    user: *mut c_void,
    job: *mut *mut Job,
) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer, or NULL.
        let out = unsafe { optional_place(job) };
        // SAFETY: a prober that lives.
        let prober = unsafe { shared(prober, "prober") }?;
        let done = done.ok_or_else(|| invalid("done is NULL"))?;
        // SAFETY: so many texts that stay for the call.
        let mut batch = unsafe { Batch::of(targets, count, |target| prober.prober.plan(target)) }?;
        // SAFETY: credentials that live, or NULL.
        if let Some(credentials) = unsafe { credentials.as_ref() } {
            if count > 1 && !prober.same_credentials_for_all {
                let text = "credentials go to one target, unless the options say same_credentials_for_all";
                return Err(Failure::new(RDP_PROBE_INVALID_OPTIONS, text));
            }
            batch.set_credentials(credentials);
        }
        if let Some(plan) = batch.plans.first() {
            // SAFETY: as above.
            prober.takes_to_probe(plan, unsafe { credentials.as_ref() })?;
        }
        batch.at_once = at_once;
        batch.examines = prober.examines;
        let begun = prober.begin()?;
        if let Some(out) = out {
            // Before the first callback, which may want it.
            out.give(Job { work: Arc::clone(&begun.work) });
        }
        batch.start(prober.prober.clone(), begun, done, User::new(user));
        Ok(())
    })
}
