//! What is to be read from a report: causes, and what Windows would show.

use rdp_probe::diagnose::Diagnosis;

use crate::cause::number as number_of;
use crate::number;
use crate::report::{Report, read};
use crate::text::{Text, optional_place};

/// What the Windows client would show, as a prediction: the first number, the extended one (UINT32_MAX where it is not known), and how
/// sure that is (RDP_PROBE_LIKELY or RDP_PROBE_POSSIBLE). Gives 1 and writes them, or 0 where nothing is known. Each place may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_windows(
    report: *const Report,
    reason: *mut u32,
    extended: *mut u32,
    confidence: *mut u32,
) -> u32 {
    // SAFETY: a report that lives, or NULL.
    let Some(found) = (unsafe { read(report, None, |report| report.report.windows()) }) else { return 0 };
    let extended_reason = found.extended_reason.map_or(u32::MAX, |extended| extended.0);
    let numbers = [found.disconnect_reason.0, extended_reason, number::of_confidence(found.confidence)];
    for (place, number) in [reason, extended, confidence].into_iter().zip(numbers) {
        // SAFETY: a place for a number, or NULL.
        if let Some(place) = unsafe { optional_place(place) } {
            place.write(number);
        }
    }
    1
}

/// What became of the credentials: one of RDP_PROBE_NLA_.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_nla(report: *const Report) -> u32 {
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, |report| number::of_nla(report.report.evidence().nla_result())) }
}

/// How many causes fit. There is always one at least.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_causes(report: *const Report) -> usize {
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, |report| report.causes().len()) }
}

/// A cause, the most telling first, from 0: one of RDP_PROBE_CAUSE_. 0 behind the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_cause(report: *const Report, index: usize) -> u32 {
    let by = |report: &Report| report.causes().get(index).map_or(0, |found| number_of(found.cause));
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, by) }
}

/// Its code, "closed-on-request", which never changes. Empty behind the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_cause_code(report: *const Report, index: usize) -> Text {
    let by = |report: &Report| report.causes().get(index).map_or(Text::EMPTY, |found| Text::of(found.cause.code()));
    // SAFETY: a report that lives, or NULL; the text is static.
    unsafe { read(report, Text::EMPTY, by) }
}

/// What has happened, in a sentence. Empty behind the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_cause_headline(report: *const Report, index: usize) -> Text {
    let by =
        |report: &Report| report.causes().get(index).map_or(Text::EMPTY, |found| Text::of(found.cause.text().headline));
    // SAFETY: a report that lives, or NULL; the text is static.
    unsafe { read(report, Text::EMPTY, by) }
}

/// How sure it is: RDP_PROBE_CERTAIN, RDP_PROBE_LIKELY or RDP_PROBE_POSSIBLE. 0 behind the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_cause_confidence(report: *const Report, index: usize) -> u32 {
    let by = |report: &Report| report.causes().get(index).map_or(0, |found| number::of_confidence(found.confidence));
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, by) }
}

/// What to do about it, best first: a line for each thing, with its command behind it. Empty behind the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_cause_advice(report: *const Report, index: usize) -> Text {
    let by = |report: &Report| report.advice().get(index).map_or(Text::EMPTY, |advice| Text::of(advice));
    // SAFETY: a report that lives, or NULL; the text stays with it.
    unsafe { read(report, Text::EMPTY, by) }
}

/// What to do about a cause.
pub(crate) fn advice(found: &Diagnosis) -> String {
    let mut text = String::new();
    for remedy in found.cause.text().remedies {
        for line in std::iter::once(remedy.what).chain(remedy.command) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
        }
    }
    text
}
