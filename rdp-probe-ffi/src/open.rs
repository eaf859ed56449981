//! Opening connections, to go on with them.

use std::ffi::{c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rdp_probe::{Opened, Plan};
use tokio::net::TcpStream;

use crate::connection::Connection;
use crate::credentials::Credentials;
use crate::engine::Begun;
use crate::guard::{self, panicked};
use crate::hand_over::caught;
use crate::job::Job;
use crate::known::User;
use crate::prober::{Prober, target};
use crate::report::Report;
use crate::runtime::Threads;
use crate::status::{Failure, RDP_PROBE_CANCELLED, RDP_PROBE_NOT_REACHED, RDP_PROBE_OK, Status, invalid};
use crate::text::{Place, bytes, optional_place, place, shared, text};

/// Hears what became of an opening: a status; the connection with RDP_PROBE_OK; the report with RDP_PROBE_OK and
/// RDP_PROBE_NOT_REACHED. What is not there is NULL, what is there is the callee's to free. See rdp_probe_open_start().
pub type OpenedCallback =
    Option<unsafe extern "C" fn(user: *mut c_void, status: Status, connection: *mut Connection, report: *mut Report)>;

/// How it went: a connection, or the report that says why there is none.
pub(crate) type Outcome = Result<Opened<TcpStream>, Box<rdp_probe::Report>>;

/// Who opens what, as whom.
struct Opening {
    prober: rdp_probe::Prober,
    plan: Plan,
    #[cfg(feature = "nla")]
    credentials: Option<rdp_probe::Credentials>,
}

impl Opening {
    /// # Safety
    /// Credentials are NULL, or live.
    unsafe fn of(prober: &Prober, plan: Plan, credentials: *const Credentials) -> Result<Self, Failure> {
        // SAFETY: as the caller promises.
        let credentials = unsafe { credentials.as_ref() };
        Prober::takes(&plan, credentials)?;
        Ok(Self {
            prober: prober.prober.clone(),
            plan,
            #[cfg(feature = "nla")]
            credentials: credentials.map(|credentials| credentials.inner.clone()),
        })
    }

    /// To a target.
    ///
    /// # Safety
    /// Text and credentials are NULL, or live.
    unsafe fn to(prober: &Prober, target: *const c_char, credentials: *const Credentials) -> Result<Self, Failure> {
        // SAFETY: as the caller promises.
        let target = self::target(unsafe { text(target, "target") }?)?;
        // SAFETY: as the caller promises.
        unsafe { Self::of(prober, prober.prober.plan(&target), credentials) }
    }

    async fn open(self) -> Outcome {
        #[cfg(feature = "nla")]
        if let Some(credentials) = &self.credentials {
            return outcome(self.prober.open_plan_as(self.plan, credentials).await);
        }
        outcome(self.prober.open_plan(self.plan).await)
    }

    /// Opens on the caller's thread.
    fn wait(
        self,
        threads: &Arc<Threads>,
        connection: Place<'_, *mut Connection>,
        report: Option<Place<'_, *mut Report>>,
    ) -> Result<(), Failure> {
        let (opened, found, failure) = parts(threads.wait(self.open())?, threads);
        if let Some(report) = report {
            report.give(found);
        }
        if let Some(opened) = opened {
            connection.give(opened);
        }
        failure.map_or(Ok(()), Err)
    }
}

fn outcome(opened: Result<Opened<TcpStream>, rdp_probe::Failure>) -> Outcome {
    opened.map_err(|failure| Box::new(failure.into_report()))
}

/// The connection and the report, or what went wrong.
fn parts(opened: Outcome, threads: &Arc<Threads>) -> (Option<Connection>, Report, Option<Failure>) {
    match opened {
        Ok(opened) => {
            let (connection, report) = Connection::new(opened, Arc::clone(threads));
            (Some(connection), Report::new(report), None)
        }
        Err(report) => {
            let first = report.causes().first().map_or("", |found| found.cause.text().headline);
            let text = format!("{}: {first}", report.target());
            (None, Report::new(*report), Some(Failure::new(RDP_PROBE_NOT_REACHED, text)))
        }
    }
}

/// Opens a connection as far as the goal says, to go on with it: any RDP client can. Blocks for as long as the budget allows. With
/// RDP_PROBE_OK there is a connection; with RDP_PROBE_NOT_REACHED there is none, and the report says why. The report is written in
/// both cases, unless its place is NULL. Goals that end in half a handshake (hello, challenge, verify) open nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_open(
    prober: *const Prober,
    target: *const c_char,
    credentials: *const Credentials,
    connection: *mut *mut Connection,
    report: *mut *mut Report,
) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer.
        let out = unsafe { place(connection, "connection") }?;
        // SAFETY: a place for a pointer, or NULL.
        let report = unsafe { optional_place(report) };
        // SAFETY: a prober that lives.
        let prober = unsafe { shared(prober, "prober") }?;
        // SAFETY: a text and credentials that live, or NULL.
        let opening = unsafe { Opening::to(prober, target, credentials) }?;
        opening.wait(&prober.engine.threads()?, out, report)
    })
}

/// Opens a connection as rdp_probe_open() does, to what an .rdp file says: see rdp_probe_run_rdp_file().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_open_rdp_file(
    prober: *const Prober,
    file: *const u8,
    len: usize,
    credentials: *const Credentials,
    connection: *mut *mut Connection,
    report: *mut *mut Report,
) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer.
        let out = unsafe { place(connection, "connection") }?;
        // SAFETY: a place for a pointer, or NULL.
        let report = unsafe { optional_place(report) };
        // SAFETY: a prober that lives.
        let prober = unsafe { shared(prober, "prober") }?;
        // SAFETY: bytes that stay for the call.
        let plan = prober.plan_of(unsafe { bytes(file, len, "file") }?)?;
        // SAFETY: credentials that live, or NULL.
        let opening = unsafe { Opening::of(prober, plan, credentials) }?;
        opening.wait(&prober.engine.threads()?, out, report)
    })
}

/// Opens a connection as rdp_probe_open() does, in the background. Returns at once; opened is called exactly once, on the callback
/// thread of the prober. The job is for waiting and cancelling, and may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_open_start(
    prober: *const Prober,
    target: *const c_char,
    credentials: *const Credentials,
    opened: OpenedCallback,
    user: *mut c_void,
    job: *mut *mut Job,
) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer, or NULL.
        let out = unsafe { optional_place(job) };
        // SAFETY: a prober that lives.
        let prober = unsafe { shared(prober, "prober") }?;
        let callee = opened.ok_or_else(|| invalid("opened is NULL"))?;
        // SAFETY: a text and credentials that live, or NULL.
        let opening = unsafe { Opening::to(prober, target, credentials) }?;
        let begun = prober.engine.begin()?;
        if let Some(out) = out {
            out.give(Job { work: Arc::clone(&begun.work) });
        }
        start(opening.open(), begun, callee, User::new(user));
        Ok(())
    })
}

pub(crate) type Callee = unsafe extern "C" fn(*mut c_void, Status, *mut Connection, *mut Report);

/// Sets it going: tells of this opening once.
pub(crate) fn start(opening: impl Future<Output = Outcome> + Send + 'static, begun: Begun, callee: Callee, user: User) {
    let Begun { work, queue, threads } = begun;
    let held = Arc::downgrade(&threads);
    threads.spawn(async move {
        let opened = tokio::select! {
            biased;
            () = work.cancelled() => Err(Failure::new(RDP_PROBE_CANCELLED, "the job was cancelled")),
            opened = caught(opening) => opened,
        };
        let call = move || {
            let opened = opened.and_then(|opened| {
                let gone = || Failure::new(RDP_PROBE_CANCELLED, "the prober has been freed");
                let threads = held.upgrade().ok_or_else(gone)?;
                // Causes are looked for here, and whatever happens has to be told.
                catch_unwind(AssertUnwindSafe(|| parts(opened, &threads))).map_err(|panic| panicked(&*panic))
            });
            tell(opened, callee, user);
            work.called();
            work.over();
        };
        // The thread ends after the last of those who may tell.
        let _ = queue.send(Box::new(call)).await;
    });
}

/// On the callback thread.
fn tell(opened: Result<(Option<Connection>, Report, Option<Failure>), Failure>, callee: Callee, user: User) {
    let (status, connection, report) = match opened {
        Ok((connection, report, failure)) => {
            let status = failure.map_or(RDP_PROBE_OK, Failure::told);
            let connection = connection.map_or(std::ptr::null_mut(), |connection| Box::into_raw(Box::new(connection)));
            (status, connection, Box::into_raw(Box::new(report)))
        }
        Err(failure) => (failure.told(), std::ptr::null_mut(), std::ptr::null_mut()),
    };
    // SAFETY: a function as the header wants it, which unwinds nowhere; user is the caller's; connection and report are given away.
    unsafe { callee(user.pointer(), status, connection, report) };
}
