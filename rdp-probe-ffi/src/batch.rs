//! Many targets at once.

use std::ffi::{c_char, c_void};
use std::mem;

use rdp_probe::{Limits, Plan, Sweep, System, Target};

use crate::credentials::Credentials;
use crate::engine::Begun;
use crate::hand_over::{self, Places};
use crate::known::User;
use crate::prober::target;
use crate::report::Report;
use crate::status::{Failure, RDP_PROBE_OK, Status, invalid};
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

    pub(crate) fn call(self, place: usize, ended: Result<rdp_probe::Report, Failure>) {
        let (status, report) = match ended {
            Ok(report) => (RDP_PROBE_OK, Box::into_raw(Box::new(Report::new(report)))),
            Err(failure) => (failure.told(), std::ptr::null_mut()),
        };
        // SAFETY: a function as the header wants it, which unwinds nowhere; user is the caller's, and the report is given away.
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
    pub(crate) fn start(mut self, prober: rdp_probe::Prober, begun: Begun, callee: Callee) {
        let places = Places { sound: mem::take(&mut self.places), flawed: mem::take(&mut self.flawed) };
        hand_over::start(begun, callee, places, move || self.into_sweep(&prober));
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
