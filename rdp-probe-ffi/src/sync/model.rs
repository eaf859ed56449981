//! loom's in place of the standard library's, and in place of tokio's as much as is used here: a queue with room for so many, and a
//! value that is waited for. Both are plain: a lock, and whoever waits is woken at each change. tokio tries its own ones with loom.

pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};
pub(crate) use loom::thread::{Builder, JoinHandle};

use std::sync::PoisonError;
use std::time::Duration;

/// loom's does not know of `const`.
macro_rules! thread_local_of_loom {
    (static $name:ident: $kind:ty = const { $value:expr };) => {
        loom::thread_local! { static $name: $kind = $value; }
    };
}

pub(crate) use thread_local_of_loom as thread_local;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits as long as it goes on. No time passes in a model.
pub(crate) fn wait_while<'a, T>(
    change: &Condvar,
    mut guard: MutexGuard<'a, T>,
    _: Option<Duration>,
    mut goes_on: impl FnMut(&mut T) -> bool,
) -> MutexGuard<'a, T> {
    while goes_on(&mut guard) {
        guard = change.wait(guard).unwrap_or_else(PoisonError::into_inner);
    }
    guard
}

/// Several tell, one hears.
pub(crate) mod mpsc {
    use std::collections::VecDeque;
    use std::fmt;
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::task::{Poll, Waker};

    use super::{Condvar, Mutex, lock, wait_while};

    struct Queue<T> {
        state: Mutex<State<T>>,
        change: Condvar,
    }

    struct State<T> {
        items: VecDeque<T>,
        /// Places that are kept for items to come.
        reserved: usize,
        room: usize,
        senders: usize,
        is_heard: bool,
        waiting: Vec<Waker>,
    }

    impl<T> Queue<T> {
        fn change<R>(&self, by: impl FnOnce(&mut State<T>) -> R) -> R {
            let mut state = lock(&self.state);
            let done = by(&mut state);
            let waiting = std::mem::take(&mut state.waiting);
            drop(state);
            self.change.notify_all();
            waiting.into_iter().for_each(Waker::wake);
            done
        }
    }

    pub(crate) fn channel<T>(room: usize) -> (Sender<T>, Receiver<T>) {
        let (items, waiting) = (VecDeque::new(), Vec::new());
        let state = State { items, reserved: 0, room, senders: 1, is_heard: true, waiting };
        let queue = Arc::new(Queue { state: Mutex::new(state), change: Condvar::new() });
        (Sender(Arc::clone(&queue)), Receiver(queue))
    }

    pub(crate) struct Sender<T>(Arc<Queue<T>>);

    /// A place in the queue. One that is not used stays taken: nobody does that here.
    pub(crate) struct Permit<'a, T>(&'a Queue<T>);

    impl<T> Sender<T> {
        pub(crate) async fn reserve(&self) -> Result<Permit<'_, T>, ()> {
            poll_fn(|context| {
                let mut state = lock(&self.0.state);
                if !state.is_heard {
                    return Poll::Ready(Err(()));
                }
                if state.items.len() + state.reserved < state.room {
                    state.reserved += 1;
                    return Poll::Ready(Ok(Permit(&self.0)));
                }
                state.waiting.push(context.waker().clone());
                Poll::Pending
            })
            .await
        }

        pub(crate) async fn send(&self, item: T) -> Result<(), ()> {
            self.reserve().await?.send(item);
            Ok(())
        }
    }

    impl<T> Permit<'_, T> {
        pub(crate) fn send(self, item: T) {
            self.0.change(|state| {
                state.reserved -= 1;
                state.items.push_back(item);
            });
        }
    }

    impl<T> Clone for Sender<T> {
        fn clone(&self) -> Self {
            self.0.change(|state| state.senders += 1);
            Self(Arc::clone(&self.0))
        }
    }

    impl<T> Drop for Sender<T> {
        fn drop(&mut self) {
            self.0.change(|state| state.senders -= 1);
        }
    }

    impl<T> fmt::Debug for Sender<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Sender")
        }
    }

    pub(crate) struct Receiver<T>(Arc<Queue<T>>);

    impl<T> Receiver<T> {
        pub(crate) fn blocking_recv(&mut self) -> Option<T> {
            let goes_on = |state: &mut State<T>| state.items.is_empty() && state.senders > 0;
            drop(wait_while(&self.0.change, lock(&self.0.state), None, goes_on));
            // Nobody else takes any.
            self.0.change(|state| state.items.pop_front())
        }
    }

    impl<T> Drop for Receiver<T> {
        fn drop(&mut self) {
            let left = self.0.change(|state| {
                state.is_heard = false;
                std::mem::take(&mut state.items)
            });
            drop(left);
        }
    }
}

/// A value that is waited for.
pub(crate) mod watch {
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::task::{Poll, Waker};

    use super::{Mutex, lock};

    type Watched<T> = Arc<Mutex<(T, Vec<Waker>)>>;

    #[derive(Debug)]
    pub(crate) struct Sender<T>(Watched<T>);

    impl<T> Sender<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(Arc::new(Mutex::new((value, Vec::new()))))
        }

        pub(crate) fn send_replace(&self, value: T) -> T {
            let mut watched = lock(&self.0);
            let before = std::mem::replace(&mut watched.0, value);
            let waiting = std::mem::take(&mut watched.1);
            drop(watched);
            waiting.into_iter().for_each(Waker::wake);
            before
        }

        pub(crate) fn subscribe(&self) -> Receiver<T> {
            Receiver(Arc::clone(&self.0))
        }
    }

    pub(crate) struct Receiver<T>(Watched<T>);

    impl<T> Receiver<T> {
        pub(crate) async fn wait_for(&mut self, is: impl Fn(&T) -> bool) -> Result<(), ()> {
            poll_fn(|context| {
                let mut watched = lock(&self.0);
                if is(&watched.0) {
                    return Poll::Ready(Ok(()));
                }
                watched.1.push(context.waker().clone());
                Poll::Pending
            })
            .await
        }
    }
}
