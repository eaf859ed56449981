//! A panic inside the library ends as a status; the process lives, and every callback still comes exactly once.

use std::ffi::{CString, c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::Mutex;

use rdp_probe_ffi::*;

/// What callbacks have told: place, status, whether there was a report, the text of the error.
#[derive(Default)]
struct Told(Mutex<Vec<(usize, u32, bool, String)>>);

impl Told {
    fn pointer(&self) -> *mut c_void {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    fn in_order(self) -> Vec<(usize, u32, bool, String)> {
        let mut told = self.0.into_inner().unwrap();
        told.sort();
        told
    }
}

unsafe extern "C" fn done(user: *mut c_void, index: usize, status: u32, report: *mut Report) {
    let told = unsafe { &*user.cast::<Told>() };
    told.0.lock().unwrap().push((index, status, !report.is_null(), last_error()));
    unsafe { rdp_probe_report_free(report) };
}

unsafe extern "C" fn opened(user: *mut c_void, status: u32, connection: *mut Connection, report: *mut Report) {
    assert!(connection.is_null());
    unsafe { done(user, 0, status, report) };
}

fn last_error() -> String {
    let Text { ptr, len } = rdp_probe_last_error();
    String::from_utf8(unsafe { std::slice::from_raw_parts(ptr.cast(), len) }.to_vec()).unwrap()
}

fn prober() -> *mut Prober {
    let mut prober = null_mut();
    assert_eq!(unsafe { rdp_probe_prober_new(null(), &raw mut prober) }, RDP_PROBE_OK);
    prober
}

/// Probes these, so many at once, and gives what was told.
fn batch(targets: &[&str], at_once: usize) -> Vec<(usize, u32, bool, String)> {
    let targets: Vec<_> = targets.iter().map(|target| CString::new(*target).unwrap()).collect();
    let pointers: Vec<*const c_char> = targets.iter().map(|target| target.as_ptr()).collect();
    let (told, prober, mut job) = (Told::default(), prober(), null_mut());
    unsafe {
        let (first, count) = (pointers.as_ptr(), pointers.len());
        let status = rdp_probe_start(prober, first, count, at_once, null(), Some(done), told.pointer(), &raw mut job);
        assert_eq!(status, RDP_PROBE_OK);
        assert_eq!(rdp_probe_job_wait(job, RDP_PROBE_FOREVER), RDP_PROBE_OK);
        assert_eq!(rdp_probe_job_done(job), count);
        rdp_probe_job_free(job);
        rdp_probe_prober_free(prober);
    }
    told.in_order()
}

#[test]
fn a_call_that_panics_ends_as_a_status() {
    let (mut explanation, mut report, mut connection) = (null_mut(), null_mut(), null_mut());
    let prober = prober();
    unsafe {
        assert_eq!(rdp_probe_explain(c"panic.invalid".as_ptr(), &raw mut explanation), RDP_PROBE_PANIC);
        assert_eq!(last_error(), "fault of the library: injected at once");
        for target in [c"panic.invalid", c"panic-inside.invalid"] {
            assert_eq!(rdp_probe_run(prober, target.as_ptr(), null(), &raw mut report), RDP_PROBE_PANIC);
            let opened = rdp_probe_open(prober, target.as_ptr(), null(), &raw mut connection, &raw mut report);
            assert_eq!(opened, RDP_PROBE_PANIC);
        }
        assert_eq!(last_error(), "fault of the library: injected inside");
        assert!(explanation.is_null() && report.is_null() && connection.is_null());
        // The same prober still works.
        assert_eq!(rdp_probe_run(prober, c"127.0.0.1:1".as_ptr(), null(), &raw mut report), RDP_PROBE_OK);
        assert_eq!(rdp_probe_report_stage(report), RDP_PROBE_STAGE_CONNECT);
        rdp_probe_report_free(report);
        rdp_probe_prober_free(prober);
    }
}

#[test]
fn every_callback_comes_once_though_probes_panic() {
    let targets: Vec<_> = (0..300)
        .map(|index| match index % 3 {
            0 => "127.0.0.1:1",
            1 => "panic-inside.invalid",
            _ => "no target:at all",
        })
        .collect();
    for at_once in [1, 7, 300] {
        let told = batch(&targets, at_once);
        assert_eq!(told.len(), targets.len());
        for (place, (index, status, has_report, error)) in told.into_iter().enumerate() {
            assert_eq!(index, place, "each once");
            let expected = [(RDP_PROBE_OK, true), (RDP_PROBE_PANIC, false), (RDP_PROBE_INVALID_TARGET, false)];
            assert_eq!((status, has_report), expected[place % 3]);
            match status {
                RDP_PROBE_PANIC => assert_eq!(error, "fault of the library: injected inside"),
                RDP_PROBE_INVALID_TARGET => {
                    assert!(error.starts_with("invalid target \"no target:at all\""), "{error}")
                }
                // The text is of the last failure, whichever that was.
                _ => {}
            }
        }
    }
}

#[test]
fn a_start_that_panics_begins_nothing() {
    let (told, prober) = (Told::default(), prober());
    let targets = [c"127.0.0.1:1".as_ptr(), c"panic.invalid".as_ptr()];
    unsafe {
        let status = rdp_probe_start(prober, targets.as_ptr(), 2, 0, null(), Some(done), told.pointer(), null_mut());
        assert_eq!(status, RDP_PROBE_PANIC);
        rdp_probe_prober_free(prober);
    }
    assert!(told.in_order().is_empty());
}

#[test]
fn an_opening_that_panics_is_told_of_once() {
    let (told, prober, mut job) = (Told::default(), prober(), null_mut());
    unsafe {
        let target = c"panic-inside.invalid".as_ptr();
        let status = rdp_probe_open_start(prober, target, null(), Some(opened), told.pointer(), &raw mut job);
        assert_eq!(status, RDP_PROBE_OK);
        assert_eq!(rdp_probe_job_wait(job, RDP_PROBE_FOREVER), RDP_PROBE_OK);
        rdp_probe_job_free(job);
        rdp_probe_prober_free(prober);
    }
    assert_eq!(told.in_order(), [(0, RDP_PROBE_PANIC, false, "fault of the library: injected inside".to_owned())]);
}

/// A prober that is freed behind a panic has still told of everything.
#[test]
fn a_prober_is_freed_behind_panics() {
    let (told, prober) = (Told::default(), prober());
    let targets = [c"panic-inside.invalid".as_ptr(); 64];
    unsafe {
        let status = rdp_probe_start(prober, targets.as_ptr(), 64, 3, null(), Some(done), told.pointer(), null_mut());
        assert_eq!(status, RDP_PROBE_OK);
        rdp_probe_prober_free(prober);
    }
    let told = told.in_order();
    assert_eq!(told.iter().map(|(index, ..)| *index).collect::<Vec<_>>(), (0..64).collect::<Vec<_>>());
    assert!(told.iter().all(|(_, status, ..)| matches!(*status, RDP_PROBE_PANIC | RDP_PROBE_CANCELLED)));
}
