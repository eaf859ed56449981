//! A prober, as far as callbacks are concerned, its caller, and scripts in place of probes.

use std::collections::VecDeque;
use std::ffi::c_void;
use std::panic::resume_unwind;
use std::sync::{Arc, PoisonError};

use rdp_probe::Report;

use crate::batch::Callee;
use crate::connection::Connection;
use crate::engine::Engine;
use crate::hand_over::{self, Places, Results};
use crate::job::Work;
use crate::known::User;
use crate::open;
use crate::status::{Failure, RDP_PROBE_INVALID_TARGET, Status};
use crate::sync::Mutex;
use crate::text::take_back;

/// How often a thread is interrupted that could have gone on; `LOOM_MAX_PREEMPTIONS` says otherwise. With 3 they take minutes.
const INTERRUPTIONS: usize = 2;

pub(super) fn in_each_order(scene: impl Fn() + Sync + Send + 'static) {
    let mut orders = loom::model::Builder::new();
    orders.preemption_bound.get_or_insert(INTERRUPTIONS);
    orders.check(scene);
}

/// What becomes of the probe of a target, which stands for itself by its index.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Ends(usize),
    Panics(usize),
    /// It says nothing, until it is cancelled.
    Silent,
}

/// Results, one behind the other.
pub(super) struct Script {
    steps: VecDeque<Step>,
    panicked: Option<usize>,
}

impl Script {
    pub(super) fn of(steps: &[Step]) -> Self {
        Self { steps: steps.iter().copied().collect(), panicked: None }
    }
}

pub(super) fn report() -> Report {
    Report::replay("rdp-probe transcript 1\ntarget ts01\nend +1ms fin\n").unwrap()
}

impl Results for Script {
    async fn next(&mut self) -> Option<(usize, Report)> {
        if let Some(Step::Silent) = self.steps.front() {
            std::future::pending::<()>().await;
        }
        self.try_next()
    }

    fn try_next(&mut self) -> Option<(usize, Report)> {
        match self.steps.pop_front()? {
            Step::Ends(index) => Some((index, report())),
            Step::Panics(index) => {
                self.panicked = Some(index);
                resume_unwind(Box::new("a probe"));
            }
            Step::Silent => None,
        }
    }

    fn panicked(&self) -> Option<usize> {
        self.panicked
    }
}

/// A prober, as far as callbacks are concerned, and its caller.
pub(super) struct Scene {
    pub(super) engine: Engine,
    heard: Mutex<Heard>,
    /// What the caller does inside a callback.
    inside: fn(&'static Scene, usize),
}

#[derive(Default)]
struct Heard {
    told: Vec<(usize, Status)>,
    is_freed: bool,
}

impl Scene {
    /// It stays for ever: what comes too late is to be found, not to read what is gone.
    pub(super) fn new(inside: fn(&'static Self, usize)) -> &'static Self {
        Box::leak(Box::new(Self { engine: Engine::new(None, None), heard: Mutex::default(), inside }))
    }

    pub(super) fn user(&'static self) -> *mut c_void {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    pub(super) fn hear(&'static self, place: usize, status: Status) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(!heard.is_freed, "{place} is told of behind the end");
        heard.told.push((place, status));
        drop(heard);
        (self.inside)(self, place);
    }

    /// Probes these; behind the last of them stands a target that cannot be read, with this place.
    pub(super) fn start(&'static self, steps: &'static [Step], flawed: Option<usize>) -> Arc<Work> {
        let begun = self.engine.begin().unwrap();
        let work = Arc::clone(&begun.work);
        let flawed = flawed.map(|place| (place, Failure::new(RDP_PROBE_INVALID_TARGET, "flawed")));
        let places = Places { sound: (0..steps.len()).collect(), flawed: flawed.into_iter().collect() };
        hand_over::start(begun, Callee::new(Some(done), self.user()).unwrap(), places, move || Script::of(steps));
        work
    }

    /// Opens this.
    pub(super) fn open(&'static self, opening: impl Future<Output = open::Outcome> + Send + 'static) -> Arc<Work> {
        let begun = self.engine.begin().unwrap();
        let work = Arc::clone(&begun.work);
        open::start(opening, begun, opened, User::new(self.user()));
        work
    }

    /// What rdp_probe_prober_free() does.
    pub(super) fn free(&self) {
        self.engine.end();
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).is_freed = true;
    }

    /// What was told, in the order of places.
    pub(super) fn told(&self) -> Vec<(usize, Status)> {
        let mut told = self.heard.lock().unwrap_or_else(PoisonError::into_inner).told.clone();
        told.sort_unstable();
        told
    }
}

pub(super) fn nothing(_: &'static Scene, _: usize) {}

pub(super) unsafe extern "C" fn done(user: *mut c_void, index: usize, status: Status, report: *mut crate::Report) {
    // SAFETY: the report is given away.
    drop(unsafe { take_back(report) });
    // SAFETY: it is a scene, and stays.
    unsafe { &*user.cast::<Scene>() }.hear(index, status);
}

unsafe extern "C" fn opened(user: *mut c_void, status: Status, _: *mut Connection, report: *mut crate::Report) {
    // SAFETY: the report is given away. There is no connection in a script.
    drop(unsafe { take_back(report) });
    // SAFETY: it is a scene, and stays.
    unsafe { &*user.cast::<Scene>() }.hear(0, status);
}
