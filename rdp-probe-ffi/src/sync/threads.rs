//! In place of the threads of a runtime: each task has one of loom's.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

use loom::future::block_on;

use crate::status::Failure;

/// The threads of a prober. They end with the last who holds them, and with them, as in a runtime, each task that waits for something:
/// here that is a failure, for whoever was to be told by it would not be.
#[derive(Debug)]
pub(crate) struct Threads(Arc<Tasks>);

/// The order of these is that of loom's threads, of which one runs at a time.
#[derive(Debug, Default)]
struct Tasks {
    waiting: AtomicUsize,
    are_gone: AtomicBool,
}

impl Threads {
    #[expect(clippy::unnecessary_wraps, reason = "those of a system may be refused")]
    pub(crate) fn new(_: Option<usize>) -> Result<Self, Failure> {
        Ok(Self(Arc::default()))
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let tasks = Arc::clone(&self.0);
        loom::thread::spawn(move || {
            let (mut task, mut was_waiting) = (pin!(task), false);
            block_on(std::future::poll_fn(|context| {
                if was_waiting {
                    tasks.waiting.fetch_sub(1, Ordering::SeqCst);
                }
                let polled = task.as_mut().poll(context);
                was_waiting = polled == Poll::Pending;
                if was_waiting {
                    assert!(!tasks.are_gone.load(Ordering::SeqCst), "the threads have ended under a task");
                    tasks.waiting.fetch_add(1, Ordering::SeqCst);
                }
                polled
            }));
        });
    }

    #[expect(clippy::unnecessary_wraps, reason = "those of a system may be gone")]
    pub(crate) fn wait<F: Future>(&self, future: F) -> Result<F::Output, Failure> {
        Ok(block_on(future))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.0.are_gone.store(true, Ordering::SeqCst);
        // A second panic would hide the first.
        assert!(
            std::thread::panicking() || self.0.waiting.load(Ordering::SeqCst) == 0,
            "the threads end while tasks wait on them"
        );
    }
}
