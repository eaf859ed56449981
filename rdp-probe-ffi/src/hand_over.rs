//! How results become callbacks: of each target the caller is told exactly once, whatever happens.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use rdp_probe::{Plan, Report, Sweep, System};

use crate::batch::Callee;
use crate::dispatcher::Call;
use crate::engine::Begun;
use crate::guard::panicked;
use crate::job::Work;
use crate::status::{Failure, RDP_PROBE_CANCELLED};
use crate::sync::mpsc;

/// Where results come from, as they come.
pub(crate) trait Results {
    /// The next one: its index among the targets that can be read, and the report. None if there are no more. What has not come yet is
    /// not lost when its future is dropped.
    fn next(&mut self) -> impl Future<Output = Option<(usize, Report)>> + Send;

    /// The next one of those that are there already.
    fn try_next(&mut self) -> Option<(usize, Report)>;

    /// Behind a panic, whose probe it was.
    fn panicked(&self) -> Option<usize>;
}

impl<P: Iterator<Item = Plan> + Send> Results for Sweep<P, System> {
    async fn next(&mut self) -> Option<(usize, Report)> {
        Self::next(self).await.map(|probed| (probed.index, probed.report))
    }

    fn try_next(&mut self) -> Option<(usize, Report)> {
        Self::try_next(self).map(|probed| (probed.index, probed.report))
    }

    fn panicked(&self) -> Option<usize> {
        Self::panicked(self)
    }
}

/// Who is to be told of.
pub(crate) struct Places {
    /// Where each target that can be read stands among those that were given.
    pub(crate) sound: Vec<usize>,
    /// What stands there, and cannot be read.
    pub(crate) flawed: Vec<(usize, Failure)>,
}

/// Sets it going: tells of each of these once, of the sound ones what these results say.
pub(crate) fn start<R: Results + Send + 'static>(
    begun: Begun,
    callee: Callee,
    places: Places,
    results: impl FnOnce() -> R + Send + 'static,
) {
    let Begun { work, queue, threads } = begun;
    threads.spawn(run(Teller { work, queue, callee }, places, results));
}

async fn run<R: Results>(teller: Teller, places: Places, results: impl FnOnce() -> R) {
    for (place, failure) in places.flawed {
        teller.send(teller.call(place, Err(failure))).await;
    }
    let mut untold = Untold::new(places.sound);
    let why = tell_all(results(), &mut untold, &teller).await;
    for place in untold.rest() {
        teller.send(teller.call(place, Err(why.clone()))).await;
    }
    teller.over().await;
}

/// Tells of each result as it comes, and says why there are no more.
async fn tell_all<R: Results>(mut results: R, untold: &mut Untold, teller: &Teller) -> Failure {
    let mut kept = Vec::new();
    let why = loop {
        let next = tokio::select! {
            biased;
            () = teller.work.cancelled() => break cancelled(),
            next = caught(results.next()) => next,
        };
        let call = match untold.take(next, results.panicked()) {
            Ok(Some((place, ended))) => teller.call(place, ended),
            // Then nothing is left to be told.
            Ok(None) => break cancelled(),
            // It is the sweep itself that has failed.
            Err(failure) => break failure,
        };
        tokio::select! {
            biased;
            place = teller.queue.reserve() => drop(place.map(|place| place.send(call))),
            () = teller.work.cancelled() => {
                kept.push(call);
                break cancelled();
            }
        }
    };
    // What has ended by now did so before it was cancelled. The rest ends here, however long callbacks take.
    loop {
        let next = catch_unwind(AssertUnwindSafe(|| results.try_next())).map_err(|panic| panicked(&*panic));
        let Ok(Some((place, ended))) = untold.take(next, results.panicked()) else { break };
        kept.push(teller.call(place, ended));
    }
    drop(results);
    for call in kept {
        teller.send(call).await;
    }
    why
}

fn cancelled() -> Failure {
    Failure::new(RDP_PROBE_CANCELLED, "the job was cancelled")
}

/// A place among the targets, and what became of the one that stands there.
type Told = (usize, Result<Report, Failure>);

/// The places of those that were not told of yet.
struct Untold(Vec<Option<usize>>);

impl Untold {
    fn new(places: Vec<usize>) -> Self {
        Self(places.into_iter().map(Some).collect())
    }

    /// What is to be told of, once: a result, or the probe that has panicked. None if there are no more.
    fn take(
        &mut self,
        next: Result<Option<(usize, Report)>, Failure>,
        panicked: Option<usize>,
    ) -> Result<Option<Told>, Failure> {
        let (index, ended) = match next {
            Ok(None) => return Ok(None),
            Ok(Some((index, report))) => (Some(index), Ok(report)),
            Err(failure) => (panicked, Err(failure)),
        };
        match index.and_then(|index| self.0.get_mut(index)).and_then(Option::take) {
            Some(place) => Ok(Some((place, ended))),
            None => ended.map(|_| None),
        }
    }

    fn rest(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().flatten()
    }
}

/// Tells the caller, by way of the callback thread.
struct Teller {
    work: Arc<Work>,
    queue: mpsc::Sender<Call>,
    callee: Callee,
}

impl Teller {
    fn call(&self, place: usize, ended: Result<Report, Failure>) -> Call {
        let (work, callee) = (Arc::clone(&self.work), self.callee);
        Box::new(move || {
            callee.call(place, ended);
            work.called();
        })
    }

    async fn send(&self, call: Call) {
        // The thread ends after the last of those who may tell.
        let _ = self.queue.send(call).await;
    }

    async fn over(self) {
        let work = Arc::clone(&self.work);
        self.send(Box::new(move || work.over())).await;
    }
}

/// What comes of a future, a panic included.
pub(crate) async fn caught<F: Future>(future: F) -> Result<F::Output, Failure> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
        Err(panic) => Poll::Ready(Err(panicked(&*panic))),
    })
    .await
}
