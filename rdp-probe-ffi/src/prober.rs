//! Probers: made once, used for any number of targets.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use rdp_probe::{Limits, Plan, RdpFile, Target};

use crate::batch::{Batch, Callee, Done, Targets};
use crate::credentials::Credentials;
use crate::engine::Engine;
use crate::guard;
use crate::job::Job;
use crate::known::Store;
use crate::options::Options;
use crate::report::Report;
use crate::status::{
    Failure, RDP_PROBE_INVALID_INPUT, RDP_PROBE_INVALID_OPTIONS, RDP_PROBE_INVALID_TARGET, RDP_PROBE_SYSTEM, Status,
};
use crate::text::{Place, bytes, optional_place, place, shared, take_back, text};

/// Probes targets as its options say. Any number of threads may use it; one frees it, when no other call has it.
#[derive(Debug)]
pub struct Prober {
    pub(crate) prober: rdp_probe::Prober,
    pub(crate) engine: Engine,
    examines: Option<Limits>,
    same_credentials_for_all: bool,
}

impl Prober {
    fn new(options: &Options) -> Result<Self, Failure> {
        let Options { mut builder, request, examines, same_credentials_for_all, store, threads } = options.clone();
        #[cfg(feature = "inject-panics")]
        {
            builder = builder.network(rdp_probe::System::new().with_resolver(crate::inject::Injected));
        }
        let store = store.map(Store::new);
        if let Some(store) = &store {
            builder = builder.known_certificates(store.clone());
        }
        let prober = builder.request(request).build();
        Ok(Self {
            prober: prober.map_err(|error| Failure::of(RDP_PROBE_INVALID_OPTIONS, &error))?,
            engine: Engine::new(threads, store),
            examines,
            same_credentials_for_all,
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

    /// The plan that an .rdp file makes.
    pub(crate) fn plan_of(&self, file: &[u8]) -> Result<Plan, Failure> {
        let file = RdpFile::parse(file).map_err(|error| Failure::of(RDP_PROBE_INVALID_INPUT, &error))?;
        let mut plan = self.prober.plan(file.target());
        file.apply(&mut plan);
        Ok(plan)
    }

    /// Sets a batch going.
    fn begin(
        &self,
        batch: Batch,
        credentials: Option<&Credentials>,
        callee: Callee,
        job: Option<Place<'_, *mut Job>>,
    ) -> Result<(), Failure> {
        let begun = self.engine.begin()?;
        if let Some(job) = job {
            // Before the first callback, which may want it.
            job.give(Job { work: Arc::clone(&begun.work) });
        }
        batch.examining(self.examines).with_credentials(credentials).start(self.prober.clone(), begun, callee);
        Ok(())
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

/// Waits for a future on the caller's thread and on no other.
fn wait_alone<F: Future>(future: F) -> Result<F::Output, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| Failure::io(RDP_PROBE_SYSTEM, &error))?.block_on(future))
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

/// Frees a prober: cancels its jobs, and returns when the last callback has returned and its threads have ended; callbacks that want
/// to start something new are told RDP_PROBE_CANCELLED. Inside one of its callbacks it returns at once; the callbacks that are
/// still to come do so, and then the rest ends by itself. Connections that it has opened stay open, and keep its threads until they
/// are freed. No other thread may be in a call with the prober.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_prober_free(prober: *mut Prober) {
    guard::value((), || {
        // SAFETY: a prober that lives, or NULL. Callbacks have it as well until this has ended.
        if let Some(prober) = unsafe { prober.as_ref() } {
            prober.engine.end();
        }
        // SAFETY: given away by rdp_probe_prober_new(), and freed once.
        drop(unsafe { take_back(prober) });
    });
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

/// As rdp_probe_run(), for an .rdp file, which is what is in it, not its name: where to, what is offered, cookie or routing token. These
/// take the place of what the options say. What it says of server authentication is not asked for: rdp_probe_options_trust() is.
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
        let plan = prober.plan_of(unsafe { bytes(file, len, "file") }?)?;
        // SAFETY: credentials that live, or NULL.
        let credentials = unsafe { credentials.as_ref() };
        out.give(prober.run(plan, credentials)?);
        Ok(())
    })
}

/// Probes any number of targets, at most so many at once (64 for 0), and gives each report to done as it comes. Returns at once.
/// The job is for waiting and cancelling; job may be NULL. Targets are copied.
///
/// done is called exactly once for each target, on the callback thread of the prober: with RDP_PROBE_OK and the report, which is
/// the callee's to free; or with NULL and RDP_PROBE_CANCELLED, RDP_PROBE_INVALID_TARGET, RDP_PROBE_INVALID_ARGUMENT (a target that
/// is NULL or not UTF-8) or RDP_PROBE_PANIC, of which rdp_probe_last_error() tells more then. As long as it does not return, the
/// prober has no other callbacks, and begins at last no further probes.
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
        let callee = Callee::new(done, user)?;
        // SAFETY: so many texts that stay for the call.
        let targets = unsafe { Targets::read(targets, count) }?;
        // SAFETY: credentials that live, or NULL.
        let credentials = unsafe { credentials.as_ref() };
        if credentials.is_some() && count > 1 && !prober.same_credentials_for_all {
            let text = "credentials go to one target, unless the options say same_credentials_for_all";
            return Err(Failure::new(RDP_PROBE_INVALID_OPTIONS, text));
        }
        if let Some(target) = targets.first() {
            prober.takes_to_probe(&prober.prober.plan(target), credentials)?;
        }
        let batch = targets.batch(prober.prober.clone()).at_once(at_once);
        prober.begin(batch, credentials, callee, out)
    })
}

/// Probes what an .rdp file says, as rdp_probe_run_rdp_file() does, in the background, as rdp_probe_start() does for one target.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_start_rdp_file(
    prober: *const Prober,
    file: *const u8,
    len: usize,
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
        let callee = Callee::new(done, user)?;
        // SAFETY: bytes that stay for the call.
        let plan = prober.plan_of(unsafe { bytes(file, len, "file") }?)?;
        // SAFETY: credentials that live, or NULL.
        let credentials = unsafe { credentials.as_ref() };
        prober.takes_to_probe(&plan, credentials)?;
        prober.begin(Batch::of_one(plan), credentials, callee, out)
    })
}
