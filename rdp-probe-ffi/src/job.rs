//! Jobs: what was started and may be waited for or cancelled.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::dispatcher::Id;
use crate::guard;
use crate::status::{Failure, RDP_PROBE_IN_CALLBACK, RDP_PROBE_TIMEOUT, Status};
use crate::sync::{Condvar, Mutex, wait_while, watch};
use crate::text::{shared, take_back};

/// For rdp_probe_job_wait(), rdp_probe_connection_read() and rdp_probe_connection_write(): however long it takes.
pub const RDP_PROBE_FOREVER: u32 = u32::MAX;

/// Something under way. Any number of threads may use it; freeing it ends nothing.
#[derive(Debug)]
pub struct Job {
    pub(crate) work: Arc<Work>,
}

/// What is under way.
#[derive(Debug)]
pub(crate) struct Work {
    dispatcher: Id,
    progress: Mutex<Progress>,
    ended: Condvar,
    cancelled: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Progress {
    done: usize,
    is_over: bool,
}

impl Work {
    pub(crate) fn new(dispatcher: Id) -> Arc<Self> {
        let cancelled = watch::Sender::new(false);
        Arc::new(Self { dispatcher, progress: Mutex::default(), ended: Condvar::new(), cancelled })
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    /// Ends when it is cancelled.
    pub(crate) async fn cancelled(&self) {
        // The sender lives as long as this.
        let _ = self.cancelled.subscribe().wait_for(|is| *is).await;
    }

    /// A callback has returned.
    pub(crate) fn called(&self) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.done = progress.done.saturating_add(1);
    }

    /// The last callback has returned.
    pub(crate) fn over(&self) {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).is_over = true;
        self.ended.notify_all();
    }

    pub(crate) fn done(&self) -> usize {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).done
    }

    pub(crate) fn wait(&self, time: Option<Duration>) -> Result<(), Failure> {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if !progress.is_over && self.dispatcher.is_here() {
            return Err(Failure::new(RDP_PROBE_IN_CALLBACK, "the job would wait for the callback that waits for it"));
        }
        let progress = wait_while(&self.ended, progress, time, |progress| !progress.is_over);
        if progress.is_over { Ok(()) } else { Err(Failure::new(RDP_PROBE_TIMEOUT, "the job is not over yet")) }
    }
}

/// A time of the caller's: RDP_PROBE_FOREVER is none.
pub(crate) fn time(timeout_ms: u32) -> Option<Duration> {
    (timeout_ms != RDP_PROBE_FOREVER).then(|| Duration::from_millis(timeout_ms.into()))
}

/// Cancels a job: what is under way ends, its connections are closed, and callbacks that are still to come tell RDP_PROBE_CANCELLED,
/// but for results that wait for theirs already. From any thread, inside callbacks too, and any number of times.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_job_cancel(job: *const Job) -> Status {
    guard::status(|| {
        // SAFETY: a job that lives.
        unsafe { shared(job, "job") }?.work.cancel();
        Ok(())
    })
}

/// Waits until the last callback of a job has returned: RDP_PROBE_OK; RDP_PROBE_TIMEOUT if it has not by then; and
/// RDP_PROBE_IN_CALLBACK inside a callback of the same prober.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_job_wait(job: *const Job, timeout_ms: u32) -> Status {
    // SAFETY: a job that lives.
    guard::status(|| unsafe { shared(job, "job") }?.work.wait(time(timeout_ms)))
}

/// How many callbacks of a job have returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_job_done(job: *const Job) -> usize {
    // SAFETY: a job that lives.
    guard::value(0, || unsafe { shared(job, "job") }.map_or(0, |job| job.work.done()))
}

/// Frees a job. It goes on, and its callbacks still come.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_job_free(job: *mut Job) {
    // SAFETY: given away by what started it, and freed once.
    guard::value((), || drop(unsafe { take_back(job) }));
}
