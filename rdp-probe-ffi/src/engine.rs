//! What work in the background takes: threads for probes, one for callbacks, and the jobs under way. It is made when there is
//! some, and ended once.

use std::mem;
use std::sync::{Arc, PoisonError, Weak};

use crate::dispatcher::{Call, Dispatcher};
use crate::job::Work;
use crate::known::Store;
use crate::runtime::Threads;
use crate::status::{Failure, RDP_PROBE_CANCELLED};
use crate::sync::{Mutex, MutexGuard, mpsc};

/// The engine of a prober.
#[derive(Debug)]
pub(crate) struct Engine {
    threads: Option<usize>,
    store: Option<Store>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
enum State {
    /// There was no work yet.
    #[default]
    Idle,
    Running(Running),
    /// There is no more to be.
    Ended,
}

#[derive(Debug)]
struct Running {
    threads: Arc<Threads>,
    dispatcher: Dispatcher,
    jobs: Vec<Weak<Work>>,
}

/// What was begun.
pub(crate) struct Begun {
    pub(crate) work: Arc<Work>,
    pub(crate) queue: mpsc::Sender<Call>,
    pub(crate) threads: Arc<Threads>,
}

impl Engine {
    /// One that will have so many threads, and whose prober uses this store.
    pub(crate) fn new(threads: Option<usize>, store: Option<Store>) -> Self {
        Self { threads, store, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run<T>(&self, by: impl FnOnce(&mut Running) -> T) -> Result<T, Failure> {
        let mut state = self.state();
        if matches!(*state, State::Idle) {
            let threads = Arc::new(Threads::new(self.threads)?);
            let dispatcher = Dispatcher::new(Arc::clone(&threads), self.store.clone())?;
            *state = State::Running(Running { threads, dispatcher, jobs: Vec::new() });
        }
        match &mut *state {
            State::Running(running) => Ok(by(running)),
            State::Idle | State::Ended => Err(Failure::new(RDP_PROBE_CANCELLED, "the prober is being freed")),
        }
    }

    pub(crate) fn threads(&self) -> Result<Arc<Threads>, Failure> {
        self.run(|running| Arc::clone(&running.threads))
    }

    /// Something new under way, and the queue that its callbacks go through.
    pub(crate) fn begin(&self) -> Result<Begun, Failure> {
        self.run(|running| {
            let work = Work::new(running.dispatcher.id());
            running.jobs.retain(|job| job.strong_count() > 0);
            running.jobs.push(Arc::downgrade(&work));
            Begun { work, queue: running.dispatcher.queue(), threads: Arc::clone(&running.threads) }
        })
    }

    /// Cancels what is under way, takes nothing new, and waits until the last callback has returned; inside one it does not wait, and
    /// the callback thread ends the rest.
    pub(crate) fn end(&self) {
        let state = mem::replace(&mut *self.state(), State::Ended);
        let mut is_over = true;
        if let State::Running(Running { dispatcher, jobs, .. }) = state {
            for job in jobs.iter().filter_map(Weak::upgrade) {
                job.cancel();
            }
            is_over = dispatcher.end();
        }
        if let Some(store) = self.store.as_ref().filter(|_| is_over) {
            store.close();
        }
    }
}
