//! What has to hold in whichever order threads go: each target is told of exactly once, and none behind the end.
//!
//! ```text
//! RUSTFLAGS="--cfg rdp_probe_loom" cargo test --release --package rdp-probe-ffi --lib --target-dir target/loom models
//! ```
//!
//! loom runs each of these in every order of the steps that threads take with locks and signals, up to so many places where one is
//! interrupted that could have gone on. What runs is the code of `hand_over`, `dispatcher`, `job` and `engine`, how `open` tells of
//! an opening, and the gate of the store in `known`.
//!
//! In place of tokio's queue, its watched value and its threads stand simple ones made of loom's locks (`sync`); the queue has room for
//! one. In place of probes stand scripts. So what is not tried here: tokio itself, whose parts it tries with loom; the start of threads
//! in `runtime`; time that runs out while somebody waits; reading and writing in `connection`; the log.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod scene;

use std::ffi::{c_char, c_void};
use std::panic::resume_unwind;
use std::sync::Arc;

use loom::thread;
use rdp_probe::Known;

use crate::batch::Callee;
use crate::hand_over::{self, Places};
use crate::known::{Functions, Store, User};
use crate::status::*;
use crate::sync::Mutex;
use scene::{Scene, Script, Step, done, in_each_order, nothing, report};

const OK: Status = RDP_PROBE_OK;
const CANCELLED: Status = RDP_PROBE_CANCELLED;

#[test]
fn each_target_is_told_of_once() {
    in_each_order(|| {
        let scene = Scene::new(nothing);
        let work = scene.start(&[Step::Ends(0), Step::Ends(1)], Some(2));
        assert!(work.wait(None).is_ok());
        assert_eq!(work.done(), 3);
        assert_eq!(scene.told(), [(0, OK), (1, OK), (2, RDP_PROBE_INVALID_TARGET)]);
        scene.free();
    });
}

#[test]
fn a_cancelled_job_tells_of_all() {
    in_each_order(|| {
        let scene = Scene::new(nothing);
        let work = scene.start(&[Step::Ends(0), Step::Ends(1), Step::Silent], None);
        work.cancel();
        assert!(work.wait(None).is_ok());
        assert_eq!(scene.told(), [(0, OK), (1, OK), (2, CANCELLED)], "what has ended is no less true");
        scene.free();
    });
}

#[test]
fn whoever_waits_hears_of_the_end_while_another_cancels() {
    in_each_order(|| {
        let scene = Scene::new(nothing);
        let work = scene.start(&[Step::Silent], None);
        let waits = Arc::clone(&work);
        let waiting = thread::spawn(move || assert!(waits.wait(None).is_ok()));
        work.cancel();
        scene.free();
        waiting.join().unwrap();
        assert_eq!(scene.told(), [(0, CANCELLED)]);
    });
}

#[test]
fn a_prober_that_is_freed_tells_of_all_before_it_is() {
    in_each_order(|| {
        let scene = Scene::new(nothing);
        let work = scene.start(&[Step::Ends(0), Step::Silent], Some(2));
        scene.free();
        assert_eq!(scene.told(), [(0, OK), (1, CANCELLED), (2, RDP_PROBE_INVALID_TARGET)]);
        assert!(work.wait(None).is_ok(), "and the job is over");
    });
}

#[test]
fn a_prober_that_is_freed_inside_a_callback_tells_of_all_behind_it() {
    in_each_order(|| {
        let scene = Scene::new(|scene, place| {
            if place == 0 {
                scene.engine.end();
            }
            let refused = scene.engine.begin().err().map(Failure::told);
            assert_eq!(refused, Some(CANCELLED), "nothing new is begun behind the end");
        });
        let work = scene.start(&[Step::Ends(0), Step::Ends(1), Step::Silent], None);
        assert!(work.wait(None).is_ok());
        assert_eq!(scene.told(), [(0, OK), (1, OK), (2, CANCELLED)]);
    });
}

#[test]
fn what_a_callback_begins_while_the_prober_is_freed_is_refused_or_told_of() {
    in_each_order(|| {
        let scene = Scene::new(|scene, place| {
            if place != 0 {
                return;
            }
            match scene.engine.begin() {
                Ok(begun) => {
                    let places = Places { sound: vec![1], flawed: Vec::new() };
                    let callee = Callee::new(Some(done), scene.user()).unwrap();
                    hand_over::start(begun, callee, places, || Script::of(&[Step::Ends(0)]));
                }
                // The callback itself says so in its place.
                Err(failure) => scene.hear(1, failure.told()),
            }
        });
        scene.start(&[Step::Ends(0)], None);
        scene.free();
        let told = scene.told();
        assert!(matches!(told[..], [(0, OK), (1, OK | CANCELLED)]), "{told:?}");
    });
}

#[test]
fn nobody_waits_inside_a_callback_for_that_callback() {
    in_each_order(|| {
        let scene = Scene::new(|scene, _| {
            let another = scene.engine.begin().unwrap().work;
            assert_eq!(another.wait(None).err().map(Failure::told), Some(RDP_PROBE_IN_CALLBACK));
        });
        let work = scene.start(&[Step::Ends(0)], None);
        assert!(work.wait(None).is_ok());
        scene.free();
        assert_eq!(scene.told(), [(0, OK)]);
    });
}

#[test]
fn a_probe_that_panics_is_told_of_and_so_are_the_others() {
    in_each_order(|| {
        let scene = Scene::new(nothing);
        let work = scene.start(&[Step::Ends(0), Step::Panics(1), Step::Silent], None);
        work.cancel();
        assert!(work.wait(None).is_ok());
        assert_eq!(scene.told(), [(0, OK), (1, RDP_PROBE_PANIC), (2, CANCELLED)]);
        scene.free();
    });
}

#[test]
fn an_opening_is_told_of_once_however_it_ends() {
    let (not_reached, panicked) = (RDP_PROBE_NOT_REACHED, RDP_PROBE_PANIC);
    in_each_order(move || {
        let scene = Scene::new(nothing);
        let work = scene.open(async { Err(Box::new(report())) });
        work.cancel();
        scene.free();
        let told = scene.told();
        assert!(told == [(0, not_reached)] || told == [(0, CANCELLED)], "{told:?}");
        assert_eq!((work.done(), work.wait(None).is_ok()), (1, true));
    });
    in_each_order(move || {
        let scene = Scene::new(nothing);
        let work = scene.open(async { resume_unwind(Box::new("an opening")) });
        assert!(work.wait(None).is_ok());
        assert_eq!(scene.told(), [(0, panicked)]);
        scene.free();
    });
    in_each_order(|| {
        let scene = Scene::new(nothing);
        scene.open(std::future::pending());
        scene.free();
        assert_eq!(scene.told(), [(0, CANCELLED)]);
    });
}

unsafe extern "C" fn get(_: *mut c_void, _: *const c_char, _: *mut u8, _: usize, _: *mut usize) -> u32 {
    crate::RDP_PROBE_KNOWN_NOTHING
}

unsafe extern "C" fn put(
    _: *mut c_void,
    _: *const c_char,
    _: *const u8,
    _: usize,
    _: *mut u8,
    _: usize,
    _: *mut usize,
) -> u32 {
    crate::RDP_PROBE_KNOWN_NOTHING
}

#[test]
fn nobody_is_in_a_store_that_is_closed() {
    in_each_order(|| {
        let store = Store::new(Functions::new(get, put, User::new(std::ptr::null_mut())));
        let is_closed = Arc::new(Mutex::new(false));
        let visitors: Vec<_> = (0..2)
            .map(|_| {
                let (store, is_closed) = (store.clone(), Arc::clone(&is_closed));
                let visit = move |_| {
                    assert!(!*is_closed.lock().unwrap());
                    Known::Nothing
                };
                thread::spawn(move || store.visit(visit).is_some())
            })
            .collect();
        store.close();
        *is_closed.lock().unwrap() = true;
        assert!(store.visit(|_| Known::Nothing).is_none());
        for visitor in visitors {
            visitor.join().unwrap();
        }
    });
}
