//! Everything that can be asked of a report or an explanation, or of none.

use std::ptr::null_mut;

use crate::*;

/// A text that came back: it is UTF-8, and lies where it says.
pub(super) fn text(text: Text) -> String {
    assert!(!text.ptr.is_null());
    // SAFETY: so many bytes of an object that lives, as the header promises: that is what is tried.
    let bytes = unsafe { std::slice::from_raw_parts(text.ptr.cast::<u8>(), text.len) };
    String::from_utf8(bytes.to_vec()).expect("text is UTF-8")
}

fn length_of(bytes: Bytes) -> usize {
    assert!(!bytes.ptr.is_null());
    // SAFETY: so many bytes of an object that lives, as the header promises: that is what is tried.
    let read = unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) };
    read.iter().map(|byte| usize::from(*byte)).sum::<usize>().min(read.len())
}

pub(super) fn explanation(explanation: *const Explanation) {
    // SAFETY: an explanation that lives, or NULL.
    let found = unsafe { rdp_probe_explanation_found(explanation) };
    assert!(found <= 1 && (found == 0 || !explanation.is_null()));
    // SAFETY: the same.
    let (words, json) = unsafe { (rdp_probe_explanation_text(explanation), rdp_probe_explanation_json(explanation)) };
    assert_eq!(text(words).is_empty(), explanation.is_null());
    assert_eq!(text(json).is_empty(), explanation.is_null());
}

/// All that the header has of reports; of NULL, nothing.
pub(super) fn report(report: *const Report) {
    let is_none = report.is_null();
    numbers(report);
    let of: [unsafe extern "C" fn(*const Report) -> Text; 5] = [
        rdp_probe_report_target,
        rdp_probe_report_json,
        rdp_probe_report_text,
        rdp_probe_report_markdown,
        rdp_probe_report_transcript,
    ];
    for get in of {
        // SAFETY: a report that lives, or NULL.
        let got = text(unsafe { get(report) });
        assert_eq!(got.is_empty(), is_none);
        // SAFETY: the same.
        assert_eq!(text(unsafe { get(report) }), got, "it does not change");
    }
    // SAFETY: the same.
    text(unsafe { rdp_probe_report_end_symbol(report) });
    certificate(report);
    causes(report);
}

fn numbers(report: *const Report) {
    let is_none = report.is_null();
    let (mut code, mut protocol, mut numbers) = (0, 0, [0; 3]);
    let [reason, extended, confidence] = &mut numbers;
    // SAFETY: a report that lives or NULL, and places of ours or NULL.
    unsafe {
        assert_eq!(rdp_probe_report_stage(report) == 0, is_none);
        assert_eq!(rdp_probe_report_end(report) == 0, is_none);
        assert!(rdp_probe_report_ok(report) <= 1);
        assert!(rdp_probe_report_nla(report) <= RDP_PROBE_NLA_UNKNOWN);
        assert_eq!(rdp_probe_report_end_code(report, &raw mut code), rdp_probe_report_end_code(report, null_mut()));
        assert_eq!(rdp_probe_report_selected(report, &raw mut protocol), rdp_probe_report_selected(report, null_mut()));
        let known = rdp_probe_report_windows(report, reason, extended, confidence);
        assert_eq!(known == 0, *confidence == 0);
        for stage in 0..9 {
            assert!(rdp_probe_report_stage_us(report, stage) <= rdp_probe_report_total_us(report));
        }
    }
}

fn certificate(report: *const Report) {
    let (mut before, mut after) = (0, 0);
    // SAFETY: a report that lives or NULL, and places of ours.
    unsafe {
        length_of(rdp_probe_report_certificate(report));
        let hash = rdp_probe_report_certificate_sha1(report);
        length_of(hash);
        let is_read = rdp_probe_report_certificate_validity(report, &raw mut before, &raw mut after);
        assert_eq!(hash.len, if is_read == 1 { 20 } else { 0 });
        text(rdp_probe_report_certificate_subject(report));
        assert!(rdp_probe_report_tls_version(report) <= 0xFFFF);
    }
}

fn causes(report: *const Report) {
    // SAFETY: a report that lives, or NULL.
    let count = unsafe { rdp_probe_report_causes(report) };
    assert_eq!(count == 0, report.is_null());
    for index in (0..=count).chain([usize::MAX]) {
        let is_there = index < count;
        // SAFETY: the same; behind the last there is none.
        unsafe {
            assert_eq!(rdp_probe_report_cause(report, index) > 0, is_there);
            assert_eq!(rdp_probe_report_cause_confidence(report, index) > 0, is_there);
            assert_ne!(text(rdp_probe_report_cause_code(report, index)).is_empty(), is_there);
            assert_ne!(text(rdp_probe_report_cause_headline(report, index)).is_empty(), is_there);
            text(rdp_probe_report_cause_advice(report, index));
        }
    }
}
