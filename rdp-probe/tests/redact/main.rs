//! A redacted transcript says why a connection failed as the original does, and not whose it was.
#![cfg(feature = "tokio")]

mod certificates;
mod check;
mod flights;
mod forms;
mod greetings;
#[path = "../credssp/messages.rs"]
mod messages;
mod mutations;
mod names;
mod nla;
#[path = "../../src/fuzzing/oracle.rs"]
mod oracle;
mod random;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::time::Duration;

use rdp_probe::{Budget, Prober, Transcript};
use rdp_probe_lab::{Lab, Scenario};

use check::{check, check_hides};

/// Every transcript that is kept, by name.
fn corpus() -> Vec<(String, Transcript)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.file_stem().unwrap().to_string_lossy().into_owned(), text.parse().unwrap())
    };
    let mut all: Vec<_> = files.map(read).collect();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all
}

#[test]
fn every_transcript_keeps_its_result_and_loses_its_names() {
    let all = corpus();
    assert!(all.len() >= 79, "{} transcripts", all.len());
    for (name, transcript) in all {
        // The corpus has no names but these. They are not searched for in reports, whose own words they are.
        let redacted =
            check_hides(&name, &transcript, &["lab.rdp-probe.test", "other.rdp-probe.test", "2001:db8::1234"]);
        assert!(redacted.notes.is_empty() && redacted.expected.is_none(), "{name}");
    }
}

#[test]
fn every_scenario_of_the_lab_keeps_its_result() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let reports = runtime.block_on(async {
        let visit = async |scenario: Scenario| {
            let budget = Budget { stage: Duration::from_millis(500), total: Duration::from_secs(2) };
            let prober = Prober::builder().offer(scenario.offer()).budget(budget).build().unwrap();
            let lab = Lab::start(scenario.name()).await.unwrap();
            prober.probe(&lab.target()).await
        };
        let under_way: Vec<_> = Scenario::all().map(|scenario| (scenario, tokio::spawn(visit(scenario)))).collect();
        let mut reports = Vec::new();
        for (scenario, report) in under_way {
            reports.push((scenario.name(), report.await.unwrap()));
        }
        reports
    });
    assert!(reports.len() >= 23);
    for (name, report) in reports {
        let redacted = check_hides(name, &report.transcript(), &["lab.rdp-probe.test", "other.rdp-probe.test"]);
        assert_eq!(report.redacted().evidence(), &redacted.replay(), "{name}");
        assert_eq!(report.redacted().transcript(), redacted, "{name}");
    }
}

#[test]
fn notes_and_what_is_not_replayed_are_left_out() {
    let text =
        "rdp-probe transcript 1\n# of zebra.example\ntarget ts01\nend +1ms fin\n< +1ms 7a 65 62 72 61\n--\nzebra\n";
    let redacted = check("notes", &text.parse().unwrap());
    assert!(!redacted.to_string().contains("zebra") && !redacted.to_string().contains("7a 65"), "{redacted}");
}
