//! The threads that probes run on.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::guard::panicked;
use crate::status::{Failure, RDP_PROBE_SYSTEM};

/// How long threads are waited for, at the start and at the end. Nothing on them blocks, so it is not long.
const PATIENCE: Duration = Duration::from_secs(5);

/// The threads of a prober. They end with the last who holds them: the prober, its callback thread, its connections.
pub(crate) struct Threads(Option<Runtime>);

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Threads")
    }
}

impl Threads {
    /// So many threads, or one for each processor; fewer where the system gives no more.
    pub(crate) fn new(count: Option<usize>) -> Result<Self, Failure> {
        let wanted = count.unwrap_or_else(|| thread::available_parallelism().map_or(1, Into::into));
        let count = available(wanted)?;
        let muster = Arc::new(Muster::of(count));
        let others = Arc::clone(&muster);
        let begin = move || {
            if !others.join(1) {
                // This thread alone ends, without a word.
                resume_unwind(Box::new("the others have not come"));
            }
        };
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(count).thread_name("rdp-probe").on_thread_start(begin).enable_all();
        // tokio panics where it is given no thread, if another has taken it meanwhile.
        let built = catch_unwind(AssertUnwindSafe(|| builder.build()));
        let built = built.map_err(|panic| panicked(&*panic).with(RDP_PROBE_SYSTEM))?;
        let threads = Self(Some(built.map_err(|error| Failure::io(RDP_PROBE_SYSTEM, &error))?));
        if muster.join(0) { Ok(threads) } else { Err(Failure::new(RDP_PROBE_SYSTEM, "not all threads have started")) }
    }

    /// Has a task run. It does not hold these threads, which could not end on one of their own.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // There is none only behind the drop.
        if let Some(runtime) = &self.0 {
            runtime.spawn(task);
        }
    }

    /// Waits for a future on the caller's thread.
    pub(crate) fn wait<F: Future>(&self, future: F) -> Result<F::Output, Failure> {
        let gone = || Failure::new(RDP_PROBE_SYSTEM, "the threads are gone");
        Ok(self.0.as_ref().ok_or_else(gone)?.block_on(future))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        match self.0.take() {
            // On a thread of a runtime nothing may be waited for. The header forbids that, and a collector may not know.
            Some(runtime) if Handle::try_current().is_ok() => runtime.shutdown_background(),
            Some(runtime) => runtime.shutdown_timeout(PATIENCE),
            None => {}
        }
    }
}

/// Threads that are being started, none of which works before all are there: where one is refused, tokio waits for the end of the
/// others, which would not come.
struct Muster {
    wanted: usize,
    there: Mutex<There>,
    change: Condvar,
}

#[derive(Default)]
struct There {
    count: usize,
    is_given_up: bool,
}

impl Muster {
    fn of(wanted: usize) -> Self {
        Self { wanted, there: Mutex::default(), change: Condvar::new() }
    }

    /// So many have come. Waits for the rest; whether all have come.
    fn join(&self, count: usize) -> bool {
        let mut there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
        there.count = there.count.saturating_add(count);
        self.change.notify_all();
        let goes_on = |there: &mut There| there.count < self.wanted && !there.is_given_up;
        let waited = self.change.wait_timeout_while(there, PATIENCE, goes_on);
        let mut there = waited.unwrap_or_else(PoisonError::into_inner).0;
        if there.count < self.wanted {
            // Nor for those that come later.
            there.is_given_up = true;
            self.change.notify_all();
        }
        !there.is_given_up
    }
}

/// How many threads, of so many, the system gives at the same time: tokio does not ask, and hangs where one of several is refused.
fn available(wanted: usize) -> Result<usize, Failure> {
    // Each waits until the last is there.
    let (hold, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let (mut threads, mut refused) = (Vec::new(), None);
    while threads.len() < wanted.max(1) && refused.is_none() {
        let held = Arc::clone(&held);
        match thread::Builder::new().spawn(move || drop(held.lock().map(|held| held.recv()))) {
            Ok(thread) => threads.push(thread),
            Err(error) => refused = Some(error),
        }
    }
    drop(hold);
    let count = threads.len();
    for thread in threads {
        // It does nothing that panics.
        let _ = thread.join();
    }
    match refused {
        Some(error) if count == 0 => Err(Failure::io(RDP_PROBE_SYSTEM, &error)),
        // One is left for callbacks.
        Some(_) => Ok(count.saturating_sub(1).max(1)),
        None => Ok(count),
    }
}
