//! A job that is cancelled ends what is under way at once, however slow the callee is.
#![allow(
    clippy::multiple_unsafe_ops_per_block,
    clippy::unwrap_used,
    clippy::undocumented_unsafe_blocks,
    reason = "a test that cannot go on fails; pointers are its own"
)]

use std::ffi::{CString, c_char, c_void};
use std::io::Read as _;
use std::net::TcpListener;
use std::ptr::{null, null_mut};
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rdp_probe_ffi::*;

/// Targets that say nothing, and targets that refuse: more of them than callbacks that can wait.
const SILENT: usize = 3;
const REFUSED: usize = 200;

struct Told {
    job: AtomicPtr<Job>,
    begun: Mutex<Receiver<()>>,
    closed: Mutex<Receiver<()>>,
    calls: AtomicUsize,
    cancelled: AtomicUsize,
    was_closed: AtomicUsize,
}

/// The first waits until the silent ones are connected, cancels the job, and does not return before the server has seen its connections end.
unsafe extern "C" fn done(user: *mut c_void, _: usize, status: u32, report: *mut Report) {
    let told = unsafe { &*user.cast::<Told>() };
    unsafe { rdp_probe_report_free(report) };
    told.cancelled.fetch_add(usize::from(status == RDP_PROBE_CANCELLED), Ordering::SeqCst);
    if told.calls.fetch_add(1, Ordering::SeqCst) == 0 {
        told.begun.lock().unwrap().recv().unwrap();
        assert_eq!(unsafe { rdp_probe_job_cancel(told.job.load(Ordering::SeqCst)) }, RDP_PROBE_OK);
        let closed = told.closed.lock().unwrap();
        // Long enough for any machine; without a limit, a failure would be a test that hangs.
        let seen = (0..SILENT).take_while(|_| closed.recv_timeout(Duration::from_mins(1)).is_ok()).count();
        told.was_closed.store(seen, Ordering::SeqCst);
    }
}

/// A server that says nothing: where it is, when all have come, and whenever one has gone.
fn serve() -> (String, Receiver<()>, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = listener.local_addr().unwrap().to_string();
    let (ended, closed) = channel();
    let (begun, all_begun) = channel();
    std::thread::spawn(move || {
        for _ in 0..SILENT {
            let (mut far, ended) = (listener.accept().unwrap().0, ended.clone());
            std::thread::spawn(move || {
                // To the end of the request, or of the connection if that is reset.
                let _ = far.read_to_end(&mut Vec::new());
                let _ = ended.send(());
            });
        }
        begun.send(()).unwrap();
    });
    (silent, all_begun, closed)
}

#[test]
fn connections_end_though_a_callback_does_not() {
    let (silent, all_begun, closed) = serve();
    let told = Told {
        job: AtomicPtr::new(null_mut()),
        begun: Mutex::new(all_begun),
        closed: Mutex::new(closed),
        calls: AtomicUsize::new(0),
        cancelled: AtomicUsize::new(0),
        was_closed: AtomicUsize::new(0),
    };
    let names = std::iter::repeat_n(silent, SILENT).chain(std::iter::repeat_n("127.0.0.1:1".to_owned(), REFUSED));
    let targets: Vec<_> = names.map(|name| CString::new(name).unwrap()).collect();
    let pointers: Vec<*const c_char> = targets.iter().map(|target| target.as_ptr()).collect();
    let mut prober = null_mut();
    unsafe {
        let options = rdp_probe_options_new();
        // Their budget does not end them.
        assert_eq!(rdp_probe_options_budget(options, 600_000, 600_000), RDP_PROBE_OK);
        assert_eq!(rdp_probe_prober_new(options, &raw mut prober), RDP_PROBE_OK);
        rdp_probe_options_free(options);
        let (first, count, user) = (pointers.as_ptr(), pointers.len(), (&raw const told).cast_mut().cast());
        let started = rdp_probe_start(prober, first, count, SILENT + 1, null(), Some(done), user, told.job.as_ptr());
        assert_eq!(started, RDP_PROBE_OK);
        let job = told.job.load(Ordering::SeqCst);
        assert_eq!(rdp_probe_job_wait(job, RDP_PROBE_FOREVER), RDP_PROBE_OK);
        rdp_probe_job_free(job);
        rdp_probe_prober_free(prober);
    }
    assert_eq!(told.was_closed.into_inner(), SILENT, "the server has seen all of them end");
    assert_eq!(told.calls.into_inner(), SILENT + REFUSED, "each once");
    assert!(told.cancelled.into_inner() >= SILENT, "those that were silent at least");
}
