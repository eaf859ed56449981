//! Many targets, a bounded number at a time.

use std::fmt;
use std::future::{Future, poll_fn, ready};
use std::iter::{Enumerate, Fuse};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::thread;

use tokio::task::{JoinError, JoinSet};

use super::network::{Network, System};
use super::prober::Prober;
use super::resolver::Place;
#[cfg(feature = "nla")]
use super::security::Credentials;
use super::security::Security;
use super::{resolver, trace};
use crate::evidence::Plan;
use crate::examine::Limits;
use crate::report::Report;
use crate::target::Target;

/// Probes under way at the same time, unless told otherwise.
const AT_ONCE: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// Probes of many targets, with results as they come.
///
/// Targets are taken from their iterator only when there is room for them, so there may be millions. Each probe is a
/// task of its own on the runtime: those under way go on while nobody asks for results, and new ones are begun when
/// somebody does. Dropping the sweep ends every probe and closes its connection.
///
/// A probe holds one descriptor for each address that it tries at the moment, and a few KiB; whoever raises
/// [`Sweep::at_once`] sees to it that the process may have as many (`ulimit -n`). A probe that gets none reports
/// `connect-failed-locally`. The operating system's resolver is asked for 64 names at a time, as each takes a thread;
/// a probe's time begins when it has its turn. With names in great numbers, bring a resolver
/// ([`System::with_resolver`]).
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use rdp_probe::{Prober, Target};
///
/// let prober = Prober::builder().build()?;
/// let targets: Vec<Target> = vec!["ts01.example".parse()?, "ts02.example".parse()?];
/// let mut sweep = prober.probe_all(targets.clone()).at_once(200);
/// while let Some(probed) = sweep.next().await {
///     println!("{} of {}: {}", sweep.progress().done, targets.len(), targets[probed.index]);
///     println!("{}", probed.report);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is probed before next is awaited"]
pub struct Sweep<I, N> {
    prober: Prober,
    network: Arc<N>,
    place: Waiting<N>,
    plans: Enumerate<Fuse<I>>,
    at_once: NonZeroUsize,
    under_way: JoinSet<(usize, thread::Result<Box<Report>>)>,
    done: usize,
    panicked: Option<usize>,
    examines: Option<Limits>,
    #[cfg(feature = "nla")]
    credentials: Option<Credentials>,
}

/// How a probe waits for its turn at the network's resolver, before its time begins.
type Waiting<N> = for<'a> fn(&'a N, &'a Target) -> Pin<Box<dyn Future<Output = Option<Place>> + Send + 'a>>;

impl<I, N> fmt::Debug for Sweep<I, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, under_way) = (self.done, self.under_way.len());
        f.debug_struct("Sweep").field("done", &done).field("under_way", &under_way).finish_non_exhaustive()
    }
}

/// One result of a [`Sweep`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Probed {
    /// The place of the target among those that were given, from 0.
    pub index: usize,
    /// What was seen.
    pub report: Report,
}

/// How far a [`Sweep`] has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Progress {
    /// Results handed out.
    pub done: usize,
    /// Probes begun whose results were not handed out yet.
    pub under_way: usize,
}

impl<I: Iterator<Item = Plan>> Sweep<I, System> {
    /// Over the operating system's network, whose resolver takes a bounded number of questions.
    pub(super) fn of_system(prober: Prober, network: System, plans: I) -> Self {
        Self { place: |network, host| Box::pin(network.place_for(host)), ..Self::new(prober, network, plans) }
    }
}

impl<I: Iterator<Item = Plan>, N: Network + Send + 'static> Sweep<I, N> {
    pub(super) fn new(prober: Prober, network: N, plans: I) -> Self {
        let (network, plans) = (Arc::new(network), plans.fuse().enumerate());
        let place: Waiting<N> = |_, _| Box::pin(ready(None));
        Self {
            prober,
            network,
            place,
            plans,
            at_once: AT_ONCE,
            under_way: JoinSet::new(),
            done: 0,
            panicked: None,
            examines: None,
            #[cfg(feature = "nla")]
            credentials: None,
        }
    }

    /// Tries these credentials at every target: one attempt each. Where the targets share a directory of users, that are as many
    /// attempts at one account, and a wrong password may lock it. Without this, a sweep has no credentials, and goals that need
    /// some are not reached.
    #[cfg(feature = "nla")]
    pub fn same_credentials_for_all(self, credentials: Credentials) -> Self {
        Self { credentials: Some(credentials), ..self }
    }

    /// Examines each target within these limits ([`Prober::examine_plan`]) in place of probing it once. No credentials are sent.
    pub fn examining(self, limits: Limits) -> Self {
        Self { examines: Some(limits), ..self }
    }

    /// How many probes are under way at the same time, 64 unless told otherwise. 0 counts as 1.
    pub fn at_once(self, most: usize) -> Self {
        Self { at_once: NonZeroUsize::new(most).unwrap_or(NonZeroUsize::MIN), ..self }
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress { done: self.done, under_way: self.under_way.len() }
    }

    /// The place of the target whose probe has panicked last: [`Sweep::next`] goes on with that panic, and has no result for it.
    #[must_use]
    pub const fn panicked(&self) -> Option<usize> {
        self.panicked
    }

    /// The next result, in the order in which probes end; `None` when there are no more. Its future can be dropped and
    /// asked for again: no result is lost.
    ///
    /// # Panics
    /// Outside a tokio runtime. With the panic of a probe, if the caller's own network panicked there; the other probes
    /// go on. And if the runtime on which the probes were begun is gone.
    pub async fn next(&mut self) -> Option<Probed> {
        self.fill();
        let joined = self.under_way.join_next().await?;
        self.done += 1;
        // Whoever takes its time with this result keeps nobody waiting.
        self.fill();
        Some(self.taken(joined))
    }

    /// A result that is there already. Nothing is waited for, and no probe is begun: it is for the rest, where no more are wanted.
    ///
    /// # Panics
    /// As [`Sweep::next`].
    pub fn try_next(&mut self) -> Option<Probed> {
        let joined = self.under_way.try_join_next()?;
        self.done += 1;
        Some(self.taken(joined))
    }

    fn taken(&mut self, joined: Result<(usize, thread::Result<Box<Report>>), JoinError>) -> Probed {
        match joined {
            Ok((index, Ok(report))) => Probed { index, report: *report },
            Ok((index, Err(panic))) => {
                self.panicked = Some(index);
                resume_unwind(panic)
            }
            // Nothing aborts a probe but the drop of the sweep, or of the runtime.
            Err(error) => resume_unwind(error.into_panic()),
        }
    }

    #[cfg(feature = "nla")]
    fn security(&self, plan: &Plan) -> Security {
        self.credentials.as_ref().map_or(Security::None, |credentials| self.prober.security(plan, credentials))
    }

    #[cfg(not(feature = "nla"))]
    #[expect(clippy::unused_self, reason = "with the feature it is used")]
    const fn security(&self, _: &Plan) -> Security {
        Security::None
    }

    fn fill(&mut self) {
        while self.under_way.len() < self.at_once.get() {
            let Some((index, plan)) = self.plans.next() else { return };
            let (prober, network, place) = (self.prober.clone(), Arc::clone(&self.network), self.place);
            let (security, examines) = (self.security(&plan), self.examines);
            let plan = Box::new(plan);
            let probe = async move {
                let probing = pin!(async {
                    let place = place(&network, prober.first_host(&plan)).await;
                    // Of these two, one is made, and it alone takes memory for as long as it lasts.
                    let probe: Pin<Box<dyn Future<Output = Report> + Send>> = match examines {
                        Some(limits) => Box::pin(prober.examine_plan_over(&*network, *plan, limits, |_| ())),
                        None => Box::pin(prober.probe_securely(&*network, plan, security)),
                    };
                    resolver::keeping(place, probe).await
                });
                // A task has a place for what it ends with from its beginning.
                (index, caught(probing).await.map(Box::new))
            };
            self.under_way.spawn(trace::in_current_span(probe));
        }
    }
}

/// What comes of it, or its panic.
async fn caught<F: Future>(mut probe: Pin<&mut F>) -> thread::Result<F::Output> {
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| probe.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}
