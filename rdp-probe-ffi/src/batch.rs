//! Many targets at once: each is told of exactly once, whatever happens.

use std::ffi::{c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use rdp_probe::{Limits, Plan, Probed, Target};
use tokio::sync::mpsc;

use crate::credentials::Credentials;
use crate::dispatcher::Call;
use crate::guard::panicked;
use crate::job::Work;
use crate::known::User;
use crate::prober::{Begun, target};
use crate::report::Report;
use crate::status::{Failure, RDP_PROBE_CANCELLED, RDP_PROBE_OK, Status, invalid};
use crate::text::text;

/// Probes under way at the same time, unless told otherwise.
const AT_ONCE: usize = 64;

/// Hears what became of a target: its place among those that were given, from 0; a status; and the report with RDP_PROBE_OK,
/// else NULL. See rdp_probe_start().
pub type Done = Option<unsafe extern "C" fn(user: *mut c_void, index: usize, status: Status, report: *mut Report)>;

/// The caller's function.
type Callee = unsafe extern "C" fn(*mut c_void, usize, Status, *mut Report);

/// Targets, as they were given.
pub(crate) struct Batch {
    /// Of those that can be read.
    pub(crate) plans: Vec<Plan>,
    /// Their places among all.
    places: Vec<usize>,
    /// Those that cannot.
    flawed: Vec<(usize, Failure)>,
    pub(crate) at_once: usize,
    pub(crate) examines: Option<Limits>,
    #[cfg(feature = "nla")]
    credentials: Option<rdp_probe::Credentials>,
}

impl Batch {
    /// Reads the targets.
    ///
    /// # Safety
    /// So many pointers, each NULL or as for [`text`].
    pub(crate) unsafe fn of(
        targets: *const *const c_char,
        count: usize,
        plan: impl Fn(&Target) -> Plan,
    ) -> Result<Self, Failure> {
        let mut batch = Self {
            plans: Vec::new(),
            places: Vec::new(),
            flawed: Vec::new(),
            at_once: AT_ONCE,
            examines: None,
            #[cfg(feature = "nla")]
            credentials: None,
        };
        // SAFETY: as the caller promises.
        for (place, pointer) in unsafe { pointers(targets, count) }?.iter().enumerate() {
            // SAFETY: as the caller promises.
            match unsafe { text(*pointer, "target") }.and_then(target) {
                Ok(target) => {
                    batch.plans.push(plan(&target));
                    batch.places.push(place);
                }
                Err(failure) => batch.flawed.push((place, failure)),
            }
        }
        Ok(batch)
    }

    #[cfg(feature = "nla")]
    pub(crate) fn set_credentials(&mut self, credentials: &Credentials) {
        self.credentials = Some(credentials.inner.clone());
    }

    #[cfg(not(feature = "nla"))]
    #[expect(clippy::unused_self, reason = "with the feature it is used")]
    pub(crate) const fn set_credentials(&mut self, _: &Credentials) {}

    /// Sets it going.
    pub(crate) fn start(self, prober: rdp_probe::Prober, begun: Begun, callee: Callee, user: User) {
        let Begun { work, queue, threads } = begun;
        let teller = Teller { work, queue, callee, user };
        if let Some(handle) = threads.handle() {
            handle.spawn(self.run(prober, teller));
        }
    }

    async fn run(self, prober: rdp_probe::Prober, teller: Teller) {
        for (place, failure) in self.flawed {
            teller.tell(place, Err(failure)).await;
        }
        let mut untold = Untold::new(self.places.len());
        let mut sweep = prober.probe_plans(self.plans).at_once(if self.at_once == 0 { AT_ONCE } else { self.at_once });
        if let Some(limits) = self.examines {
            sweep = sweep.examining(limits);
        }
        #[cfg(feature = "nla")]
        if let Some(credentials) = self.credentials {
            sweep = sweep.same_credentials_for_all(credentials);
        }
        let place = |index: usize| self.places.get(index).copied().unwrap_or(index);
        loop {
            let next = tokio::select! {
                biased;
                () = teller.work.cancelled() => break,
                next = caught(sweep.next()) => next,
            };
            match next {
                Ok(None) => break,
                Ok(Some(Probed { index, report, .. })) => {
                    untold.told(index);
                    teller.tell(place(index), Ok(report)).await;
                }
                Err(failure) => {
                    // Without a place it is the sweep itself that has failed: the rest is told at the end.
                    let Some(index) = sweep.panicked().filter(|index| untold.told(*index)) else { break };
                    teller.tell(place(index), Err(failure)).await;
                }
            }
        }
        drop(sweep);
        for index in untold.rest() {
            teller.tell(place(index), Err(Failure::new(RDP_PROBE_CANCELLED, "the job was cancelled"))).await;
        }
        teller.over().await;
    }
}

/// The texts of the caller's.
///
/// # Safety
/// So many pointers that stay as they are.
unsafe fn pointers<'a>(targets: *const *const c_char, count: usize) -> Result<&'a [*const c_char], Failure> {
    if count == 0 {
        return Ok(&[]);
    }
    if targets.is_null() {
        return Err(invalid("targets is NULL"));
    }
    if count > isize::MAX as usize / size_of::<*const c_char>() {
        return Err(invalid(format!("there cannot be {count} targets")));
    }
    // SAFETY: not NULL, no longer than an allocation can be; the rest the caller promises.
    Ok(unsafe { std::slice::from_raw_parts(targets, count) })
}

/// Which places were not told of yet.
struct Untold(Vec<bool>);

impl Untold {
    fn new(count: usize) -> Self {
        Self(vec![true; count])
    }

    /// Notes that this one is told of; whether it was not before.
    fn told(&mut self, index: usize) -> bool {
        self.0.get_mut(index).is_some_and(std::mem::take)
    }

    fn rest(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().filter_map(|(index, is_untold)| is_untold.then_some(index))
    }
}

/// Tells the caller, by way of the callback thread.
struct Teller {
    work: Arc<Work>,
    queue: mpsc::Sender<Call>,
    callee: Callee,
    user: User,
}

impl Teller {
    async fn tell(&self, place: usize, ended: Result<rdp_probe::Report, Failure>) {
        let (work, callee, user) = (Arc::clone(&self.work), self.callee, self.user);
        let call = move || {
            let (status, report) = match ended {
                Ok(report) => (RDP_PROBE_OK, Box::into_raw(Box::new(Report::new(report)))),
                Err(failure) => (failure.told(), std::ptr::null_mut()),
            };
            // SAFETY: the function and what user means are the caller's; the report is given away.
            unsafe { callee(user.pointer(), place, status, report) };
            work.called();
        };
        // The thread ends after the last of those who may tell.
        let _ = self.queue.send(Box::new(call)).await;
    }

    async fn over(self) {
        let Self { work, queue, .. } = self;
        let _ = queue.send(Box::new(move || work.over())).await;
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
