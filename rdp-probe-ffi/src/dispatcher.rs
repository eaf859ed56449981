//! The thread that callbacks come from: one of each prober's, so that none runs beside another, and none holds up a probe.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::guard;
use crate::known::Store;
use crate::runtime::Threads;
use crate::status::{Failure, RDP_PROBE_SYSTEM};
use crate::sync::{Builder, JoinHandle, mpsc, thread_local};

/// A call to be made.
pub(crate) type Call = Box<dyn FnOnce() + Send>;

/// Calls that may wait for the thread. Behind them, whoever has more to tell waits, and begins no further probes.
const QUEUE: usize = if cfg!(rdp_probe_loom) { 1 } else { 64 };

/// Which dispatcher a thread is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id(u64);

static NEXT: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static HERE: Cell<Id> = const { Cell::new(Id(0)) };
}

impl Id {
    /// Whether this thread is that dispatcher, which means: inside a callback.
    pub(crate) fn is_here(self) -> bool {
        HERE.try_with(Cell::get).is_ok_and(|here| here == self)
    }
}

/// The thread, and the way to it. It ends when nobody has anything to tell any more.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    id: Id,
    queue: mpsc::Sender<Call>,
    thread: JoinHandle<()>,
}

impl Dispatcher {
    pub(crate) fn new(threads: Arc<Threads>, store: Option<Store>) -> Result<Self, Failure> {
        let id = Id(NEXT.fetch_add(1, Ordering::Relaxed));
        let (queue, mut calls) = mpsc::channel::<Call>(QUEUE);
        let work = move || {
            HERE.with(|here| here.set(id));
            while let Some(call) = calls.blocking_recv() {
                guard::value((), call);
            }
            if let Some(store) = store {
                store.close();
            }
            drop(threads);
        };
        let thread = Builder::new().name("rdp-probe calls".to_owned()).spawn(work);
        let thread = thread.map_err(|error| Failure::io(RDP_PROBE_SYSTEM, &error))?;
        Ok(Self { id, queue, thread })
    }

    pub(crate) const fn id(&self) -> Id {
        self.id
    }

    pub(crate) fn queue(&self) -> mpsc::Sender<Call> {
        self.queue.clone()
    }

    /// Waits until the last call is made, unless it is in one itself: then the thread ends by itself. Whether it has ended.
    pub(crate) fn end(self) -> bool {
        drop(self.queue);
        let is_over = !self.id.is_here();
        if is_over {
            // It catches what it calls, so there is nothing to join but its end.
            let _ = self.thread.join();
        }
        is_over
    }
}
