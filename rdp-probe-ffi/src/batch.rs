//! Many targets at once: each is told of exactly once, whatever happens.

use std::ffi::{c_char, c_void};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use rdp_probe::{Limits, Plan, Probed, Sweep, System, Target};
use tokio::sync::mpsc;

use crate::credentials::Credentials;
use crate::dispatcher::Call;
use crate::engine::Begun;
use crate::guard::panicked;
use crate::job::Work;
use crate::known::User;
use crate::prober::target;
use crate::report::Report;
use crate::status::{Failure, RDP_PROBE_CANCELLED, RDP_PROBE_OK, Status, invalid};
use crate::text::text;

/// Hears what became of a target: its place among those that were given, from 0; a status; and the report with RDP_PROBE_OK,
/// else NULL. See rdp_probe_start().
pub type Done = Option<unsafe extern "C" fn(user: *mut c_void, index: usize, status: Status, report: *mut Report)>;

/// The caller's function, and what it is given of the caller's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Callee {
    function: unsafe extern "C" fn(*mut c_void, usize, Status, *mut Report),
    user: User,
}

impl Callee {
    pub(crate) fn new(done: Done, user: *mut c_void) -> Result<Self, Failure> {
        Ok(Self { function: done.ok_or_else(|| invalid("done is NULL"))?, user: User::new(user) })
    }

    fn call(self, place: usize, ended: Result<rdp_probe::Report, Failure>) {
        let (status, report) = match ended {
            Ok(report) => (RDP_PROBE_OK, Box::into_raw(Box::new(Report::new(report)))),
            Err(failure) => (failure.told(), std::ptr::null_mut()),
        };
        // SAFETY: the function and what user means are the caller's; the report is given away.
        unsafe { (self.function)(self.user.pointer(), place, status, report) };
    }
}

/// Targets, as they were given.
pub(crate) struct Targets {
    /// Those that can be read, with their places among all.
    sound: Vec<Target>,
    places: Vec<usize>,
    /// Those that cannot.
    flawed: Vec<(usize, Failure)>,
}

impl Targets {
    /// Reads so many.
    ///
    /// # Safety
    /// So many pointers, each NULL or as for [`text`].
    pub(crate) unsafe fn read(targets: *const *const c_char, count: usize) -> Result<Self, Failure> {
        let (mut sound, mut places, mut flawed) = (Vec::new(), Vec::new(), Vec::new());
        // SAFETY: as the caller promises.
        for (place, pointer) in unsafe { pointers(targets, count) }?.iter().enumerate() {
            // SAFETY: as the caller promises.
            match unsafe { text(*pointer, "target") }.and_then(target) {
                Ok(target) => {
                    sound.push(target);
                    places.push(place);
                }
                Err(failure) => flawed.push((place, failure)),
            }
        }
        Ok(Self { sound, places, flawed })
    }

    pub(crate) fn first(&self) -> Option<&Target> {
        self.sound.first()
    }

    /// What this prober makes of them, each when its turn comes.
    pub(crate) fn batch(self, prober: rdp_probe::Prober) -> Batch {
        let Self { sound, places, flawed } = self;
        let plans = Box::new(sound.into_iter().map(move |target| prober.plan(&target)));
        Batch { places, flawed, ..Batch::new(plans) }
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

type Plans = Box<dyn Iterator<Item = Plan> + Send>;

/// What is to be probed, and how.
pub(crate) struct Batch {
    plans: Plans,
    /// Where each plan's target stands among those that were given.
    places: Vec<usize>,
    /// What stands there, and cannot be probed.
    flawed: Vec<(usize, Failure)>,
    /// How many at a time; as many as sweeps have for 0.
    at_once: usize,
    examines: Option<Limits>,
    #[cfg(feature = "nla")]
    credentials: Option<rdp_probe::Credentials>,
}

impl Batch {
    fn new(plans: Plans) -> Self {
        Self {
            plans,
            places: Vec::new(),
            flawed: Vec::new(),
            at_once: 0,
            examines: None,
            #[cfg(feature = "nla")]
            credentials: None,
        }
    }

    pub(crate) fn of_one(plan: Plan) -> Self {
        Self { places: vec![0], ..Self::new(Box::new(std::iter::once(plan))) }
    }

    pub(crate) fn at_once(self, most: usize) -> Self {
        Self { at_once: most, ..self }
    }

    pub(crate) fn examining(self, examines: Option<Limits>) -> Self {
        Self { examines, ..self }
    }

    #[cfg(feature = "nla")]
    pub(crate) fn with_credentials(self, credentials: Option<&Credentials>) -> Self {
        Self { credentials: credentials.map(|credentials| credentials.inner.clone()), ..self }
    }

    #[cfg(not(feature = "nla"))]
    pub(crate) fn with_credentials(self, _: Option<&Credentials>) -> Self {
        self
    }

    /// Sets it going.
    pub(crate) fn start(self, prober: rdp_probe::Prober, begun: Begun, callee: Callee) {
        let Begun { work, queue, threads } = begun;
        if let Some(handle) = threads.handle() {
            handle.spawn(self.run(prober, Teller { work, queue, callee }));
        }
    }

    async fn run(mut self, prober: rdp_probe::Prober, teller: Teller) {
        for (place, failure) in mem::take(&mut self.flawed) {
            teller.send(teller.call(place, Err(failure))).await;
        }
        let mut untold = Untold::new(mem::take(&mut self.places));
        let why = tell_all(self.into_sweep(&prober), &mut untold, &teller).await;
        for place in untold.rest() {
            teller.send(teller.call(place, Err(why.clone()))).await;
        }
        teller.over().await;
    }

    fn into_sweep(self, prober: &rdp_probe::Prober) -> Sweep<Plans, System> {
        let mut sweep = prober.probe_plans(self.plans);
        if self.at_once != 0 {
            sweep = sweep.at_once(self.at_once);
        }
        if let Some(limits) = self.examines {
            sweep = sweep.examining(limits);
        }
        #[cfg(feature = "nla")]
        if let Some(credentials) = self.credentials {
            sweep = sweep.same_credentials_for_all(credentials);
        }
        sweep
    }
}

/// Tells of each result as it comes, and says why there are no more.
async fn tell_all(mut sweep: Sweep<Plans, System>, untold: &mut Untold, teller: &Teller) -> Failure {
    let mut kept = Vec::new();
    let why = loop {
        let next = tokio::select! {
            biased;
            () = teller.work.cancelled() => break cancelled(),
            next = caught(sweep.next()) => next,
        };
        let call = match untold.take(next, sweep.panicked()) {
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
        let next = catch_unwind(AssertUnwindSafe(|| sweep.try_next())).map_err(|panic| panicked(&*panic));
        let Ok(Some((place, ended))) = untold.take(next, sweep.panicked()) else { break };
        kept.push(teller.call(place, ended));
    }
    drop(sweep);
    for call in kept {
        teller.send(call).await;
    }
    why
}

fn cancelled() -> Failure {
    Failure::new(RDP_PROBE_CANCELLED, "the job was cancelled")
}

/// A place among the targets, and what became of the one that stands there.
type Told = (usize, Result<rdp_probe::Report, Failure>);

/// The places of those that were not told of yet.
struct Untold(Vec<Option<usize>>);

impl Untold {
    fn new(places: Vec<usize>) -> Self {
        Self(places.into_iter().map(Some).collect())
    }

    /// What is to be told of, once: a result, or the probe that has panicked. None if there are no more.
    fn take(
        &mut self,
        next: Result<Option<Probed>, Failure>,
        panicked: Option<usize>,
    ) -> Result<Option<Told>, Failure> {
        let (index, ended) = match next {
            Ok(None) => return Ok(None),
            Ok(Some(Probed { index, report, .. })) => (Some(index), Ok(report)),
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
    fn call(&self, place: usize, ended: Result<rdp_probe::Report, Failure>) -> Call {
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
