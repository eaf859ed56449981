//! For fuzzers: calls of the C ABI, one after the other, as a C program might make them that has its pointers in order and nothing
//! else. No part of the interface.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "an oracle is there to panic, and to do so where it finds something"
)]
#![allow(clippy::wildcard_imports, reason = "what is tried is the header, all of it")]
#![allow(clippy::multiple_unsafe_ops_per_block, reason = "what is asked of one object is sound for one reason")]

mod input;
mod reading;
mod setting;

use std::ptr::{null, null_mut};

use rdp_probe::fuzzing::Reached;
use rdp_probe::{RdpFile, Transcript};

use crate::*;
use input::Input;

/// The most calls of one input, and the most reports that it keeps.
const MOST_CALLS: usize = 100;
const MOST_REPORTS: usize = 4;

/// Where nobody listens.
const NOWHERE: &str = "127.0.0.1:1";

/// Makes the calls that these bytes say.
///
/// # Panics
/// If one of them gives what the header does not say.
#[must_use]
pub fn ffi(bytes: &[u8]) -> Reached {
    let mut input = Input(bytes);
    let mut calls = Calls { options: rdp_probe_options_new(), reports: Vec::new(), reached: Reached::default() };
    for _ in 0..MOST_CALLS {
        if input.is_over() {
            break;
        }
        calls.next(&mut input);
    }
    calls.end()
}

/// An input that replays a transcript and reads all of it.
#[must_use]
pub fn seed(transcript: &Transcript) -> Vec<u8> {
    let text = transcript.to_string();
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    let replay = [&[3], length.to_be_bytes().as_slice(), text.as_bytes()].concat();
    let explain = [4, 0, 5, b'0', b'x', b'9', b'0', b'4'];
    let set: &[u8] = &[0, 0, 0, 0, 0, 3, 1, 6, 0, 5, b'a', b'l', b'i', b'c', b'e', 8];
    let file = format!("full address:s:{}\r\nserver port:i:3390\r\n", transcript.plan.target);
    let file = [&[9, 0, u8::try_from(file.len()).unwrap_or(0)], file.as_bytes()].concat();
    [&replay, [5, 0, 6, 0, 5, 1].as_slice(), &explain, set, &file, &[10, 7, 0]].concat()
}

/// What there is at a moment.
struct Calls {
    options: *mut Options,
    reports: Vec<*mut Report>,
    reached: Reached,
}

/// A status that the header has, and for a failure words.
fn checked(status: Status) -> Status {
    assert!(status < RDP_PROBE_PANIC, "{status}: {}", reading::text(rdp_probe_last_error()));
    if status != RDP_PROBE_OK {
        assert!(!reading::text(rdp_probe_last_error()).is_empty(), "{status} without a word");
    }
    assert!(!reading::text(rdp_probe_status_text(status)).is_empty());
    status
}

impl Calls {
    fn next(&mut self, input: &mut Input<'_>) {
        match input.byte() % 13 {
            0 => setting::number(self.options, input),
            1 => setting::text(self.options, input),
            2 => setting::bytes(self.options, input),
            3 => self.replay(&input.bytes()),
            4 => explain(input),
            5 => self.read(input.byte()),
            6 => self.redact(input.byte()),
            7 => self.free(input.byte()),
            8 => self.make_a_prober(),
            9 => self.run_a_file(&input.bytes()),
            10 => nothing(),
            11 => credentials(input),
            _ => {
                // SAFETY: these options are ours, and are used no more.
                unsafe { rdp_probe_options_free(self.options) };
                self.options = rdp_probe_options_new();
            }
        }
    }

    fn of(&self, index: u8) -> *mut Report {
        // One more than there are is none.
        let place = usize::from(index) % self.reports.len().saturating_add(1);
        self.reports.get(place).copied().unwrap_or(null_mut())
    }

    fn replay(&mut self, transcript: &[u8]) {
        let mut report = null_mut();
        // SAFETY: bytes and a place of ours.
        let status = unsafe { rdp_probe_report_replay(transcript.as_ptr(), transcript.len(), &raw mut report) };
        let is_read = std::str::from_utf8(transcript).is_ok_and(|text| rdp_probe::Report::replay(text).is_ok());
        assert_eq!(checked(status) == RDP_PROBE_OK, is_read);
        self.keep(status, report);
    }

    fn keep(&mut self, status: Status, report: *mut Report) {
        assert_eq!(status == RDP_PROBE_OK, !report.is_null());
        if report.is_null() {
            return;
        }
        if self.reports.len() >= MOST_REPORTS {
            self.free(0);
        }
        self.reports.push(report);
    }

    fn read(&mut self, index: u8) {
        let report = self.of(index);
        reading::report(report);
        // SAFETY: NULL, or a report that lives: nobody frees it here.
        if let Some(report) = unsafe { report.as_ref() } {
            self.reached.add(report.report.evidence());
            self.reached.add_case(&report.report.case());
        }
    }

    fn redact(&mut self, index: u8) {
        let (report, mut redacted) = (self.of(index), null_mut());
        // SAFETY: a report that lives or NULL, and a place of ours.
        let status = unsafe { rdp_probe_report_redacted(report, &raw mut redacted) };
        assert_eq!(checked(status) == RDP_PROBE_INVALID_ARGUMENT, report.is_null());
        self.keep(status, redacted);
    }

    fn free(&mut self, index: u8) {
        let report = self.of(index);
        self.reports.retain(|other| *other != report);
        // SAFETY: given to us, freed once, and forgotten; or NULL.
        unsafe { rdp_probe_report_free(report) };
    }

    fn make_a_prober(&self) {
        let mut prober = null_mut();
        // SAFETY: options that live, and a place of ours.
        let status = checked(unsafe { rdp_probe_prober_new(self.options, &raw mut prober) });
        assert_eq!(status == RDP_PROBE_OK, !prober.is_null());
        // SAFETY: given to us, and freed once; or NULL.
        unsafe { rdp_probe_prober_free(prober) };
    }

    /// A file is read as the library reads it, and its target is asked for only where nobody listens.
    fn run_a_file(&mut self, file: &[u8]) {
        let file = [file, b"\r\nalternate full address:s:", NOWHERE.as_bytes(), b"\r\n"].concat();
        let read = RdpFile::parse(&file);
        if read.as_ref().is_ok_and(|read| read.target().to_string() != NOWHERE) {
            return;
        }
        let options = rdp_probe_options_new();
        // SAFETY: options that live.
        checked(unsafe { rdp_probe_options_budget(options, 1000, 1000) });
        let (mut prober, mut report) = (null_mut(), null_mut());
        // SAFETY: options that live, and a place of ours.
        checked(unsafe { rdp_probe_prober_new(options, &raw mut prober) });
        // SAFETY: a prober that lives, bytes and a place of ours; without credentials.
        let status = unsafe { rdp_probe_run_rdp_file(prober, file.as_ptr(), file.len(), null(), &raw mut report) };
        assert_eq!(checked(status) == RDP_PROBE_INVALID_INPUT, read.is_err());
        self.keep(status, report);
        // SAFETY: given to us, and freed once.
        unsafe { rdp_probe_prober_free(prober) };
        // SAFETY: given to us, and freed once.
        unsafe { rdp_probe_options_free(options) };
    }

    fn end(mut self) -> Reached {
        while !self.reports.is_empty() {
            self.free(0);
        }
        // SAFETY: these options are ours, and freed once.
        unsafe { rdp_probe_options_free(self.options) };
        self.reached
    }
}

fn explain(input: &mut Input<'_>) {
    let (query, mut explanation) = (input.text(), null_mut());
    // SAFETY: a text or NULL, and a place of ours.
    let status = checked(unsafe { rdp_probe_explain(input::pointer(query.as_ref()), &raw mut explanation) });
    assert_eq!(status == RDP_PROBE_OK, !explanation.is_null());
    reading::explanation(explanation);
    // SAFETY: given to us, and freed once; or NULL.
    unsafe { rdp_probe_explanation_free(explanation) };
}

/// NULL wherever there may be an object: an error, or nothing to be read.
fn nothing() {
    reading::report(null());
    reading::explanation(null());
    // SAFETY: NULL is an error, as the header says.
    let status = unsafe { rdp_probe_report_replay(null(), 7, null_mut()) };
    assert_eq!(checked(status), RDP_PROBE_INVALID_ARGUMENT);
    // SAFETY: the same.
    let status = unsafe { rdp_probe_explain(null(), null_mut()) };
    assert_eq!(checked(status), RDP_PROBE_INVALID_ARGUMENT);
    // SAFETY: the same.
    let status = unsafe { rdp_probe_prober_new(null(), null_mut()) };
    assert_eq!(checked(status), RDP_PROBE_INVALID_ARGUMENT);
    // SAFETY: the same.
    let status = unsafe { rdp_probe_run(null(), null(), null(), null_mut()) };
    assert_eq!(checked(status), RDP_PROBE_INVALID_ARGUMENT);
    // SAFETY: NULL is nothing to free.
    unsafe { rdp_probe_report_free(null_mut()) };
    // SAFETY: the same.
    unsafe { rdp_probe_prober_free(null_mut()) };
    // SAFETY: the same.
    unsafe { rdp_probe_credentials_free(null_mut()) };
}

fn credentials(input: &mut Input<'_>) {
    let (user, domain, password, mut out) = (input.text(), input.text(), input.text(), null_mut());
    let (user, domain) = (input::pointer(user.as_ref()), input::pointer(domain.as_ref()));
    // SAFETY: texts or NULL, and a place of ours.
    let status =
        unsafe { rdp_probe_credentials_password(user, domain, input::pointer(password.as_ref()), &raw mut out) };
    assert_eq!(checked(status) == RDP_PROBE_OK, !out.is_null());
    // SAFETY: given to us, and freed once; or NULL.
    unsafe { rdp_probe_credentials_free(out) };
}
