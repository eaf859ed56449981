//! Everything that can be made of a report, at once.

use rdp_probe::Report;

use super::support::outlet;

/// Makes it all, holds it against schema and replay, and gives the size of what people read.
#[track_caller]
pub(crate) fn everything(report: &Report) -> usize {
    outlet::json(report);
    outlet::transcript(report);
    unchecked(report)
}

/// The same without schema and replay, where what they take is in the way.
pub(crate) fn unchecked(report: &Report) -> usize {
    assert!(!report.causes().is_empty());
    let redacted = report.redacted();
    let programs = [report.to_json(), redacted.to_json(), report.transcript().to_string()];
    assert!(programs.iter().all(|text| !text.is_empty()));
    let people = [report.to_string(), report.to_markdown(), redacted.to_string(), report.coloured().to_string()];
    people.iter().map(String::len).max().unwrap_or_default()
}
