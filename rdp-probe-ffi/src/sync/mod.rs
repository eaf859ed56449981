//! What threads meet by: the standard library's and tokio's.
//!
//! With `--cfg rdp_probe_loom` it is loom's, which runs what is made of it in each order that threads can take; `models` says what has
//! to hold then.

#[cfg(rdp_probe_loom)]
mod model;

#[cfg(rdp_probe_loom)]
pub(crate) use model::{Builder, Condvar, JoinHandle, Mutex, MutexGuard, mpsc, thread_local, wait_while, watch};

#[cfg(not(rdp_probe_loom))]
pub(crate) use real::{Builder, Condvar, JoinHandle, Mutex, MutexGuard, mpsc, thread_local, wait_while, watch};

#[cfg(not(rdp_probe_loom))]
mod real {
    pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
    pub(crate) use std::thread::{Builder, JoinHandle};
    pub(crate) use std::thread_local;

    use std::sync::PoisonError;
    use std::time::Duration;

    pub(crate) use tokio::sync::{mpsc, watch};

    /// Waits as long as it goes on, but no longer than this time; without one, for ever.
    pub(crate) fn wait_while<'a, T>(
        change: &Condvar,
        guard: MutexGuard<'a, T>,
        time: Option<Duration>,
        goes_on: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        match time {
            Some(time) => change.wait_timeout_while(guard, time, goes_on).unwrap_or_else(PoisonError::into_inner).0,
            None => change.wait_while(guard, goes_on).unwrap_or_else(PoisonError::into_inner),
        }
    }
}
