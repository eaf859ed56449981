//! What leaves a report: JSON that fits its schema, and a transcript that replays to the same.

use std::sync::LazyLock;

use jsonschema::Validator;
use rdp_probe::{Report, Transcript};
use serde_json::Value;

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(include_str!("../../schema/report-1.schema.json")).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
});

/// The report as JSON, after a look at the schema.
#[track_caller]
pub(crate) fn json(report: &Report) -> Value {
    let json = serde_json::from_str(&report.to_json()).unwrap();
    let flaws: Vec<_> =
        VALIDATOR.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(flaws, [""; 0], "{json:#}");
    json
}

/// The transcript as text, after a look at what it replays to.
#[track_caller]
pub(crate) fn transcript(report: &Report) -> String {
    let printed = report.transcript().to_string();
    let parsed: Transcript = printed.parse().unwrap();
    assert_eq!(parsed, report.transcript());
    assert_eq!(&parsed.replay(), report.evidence(), "{printed}");
    printed
}
