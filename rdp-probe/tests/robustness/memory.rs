//! Memory, counted for each thread alone: so tests that run beside each other do not disturb it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use allocation_counter::{AllocationInfo, measure, opt_out};
use tokio::runtime::{Builder, Runtime};

/// A runtime on this thread, in virtual time.
pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// What something gives, and what it took.
pub(crate) fn counted<T>(what: impl FnOnce() -> T) -> (T, AllocationInfo) {
    let mut done = None;
    let info = measure(|| done = Some(what()));
    (done.unwrap(), info)
}

/// The part of a peer: what it takes is not the probe's.
pub(crate) async fn uncounted<F: Future>(what: F) -> F::Output {
    let mut what = pin!(what);
    poll_fn(|context| {
        let mut polled = Poll::Pending;
        opt_out(|| polled = what.as_mut().poll(context));
        polled
    })
    .await
}
