//! Every file of `tests/cases` holds the transcripts of several connections to one target, and what they come to together.
//!
//! `UPDATE=1 cargo test -p rdp-probe --test cases` rewrites what is expected; read the difference.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use rdp_probe::diagnose::{Case, Cause, Confidence, RULES, diagnose};
use rdp_probe::{Examination, Limits, Report, Transcript};
use serde_json::Value;

/// Name, file and transcripts of every case.
fn corpus() -> BTreeMap<String, (PathBuf, Vec<Transcript>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let files = std::fs::read_dir(folder).expect("the folder of cases").map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let transcripts = Transcript::parse_all(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, (path, transcripts))
    };
    files.map(read).collect()
}

/// The report of an examination that saw all this.
fn report(transcripts: &[Transcript]) -> Report {
    let mut examination = Examination::new(transcripts[0].plan.clone(), Limits::default());
    for transcript in transcripts {
        examination.saw(transcript.experiment, transcript.replay());
    }
    examination.into_report()
}

fn codes(causes: &[Cause]) -> String {
    causes.iter().map(|cause| cause.code()).collect::<Vec<_>>().join(", ")
}

/// What a keeper of cases wants to see: how sure which cause is, what told it, what it cannot be told from.
fn summary(report: &Report) -> String {
    let mut text = String::new();
    for found in report.causes() {
        let told: Vec<_> = found.settled_by.iter().map(|experiment| experiment.as_str()).collect();
        let told = if told.is_empty() { String::new() } else { format!(" told by {}", told.join(", ")) };
        let rivals = if found.rivals.is_empty() { String::new() } else { format!("; or {}", codes(&found.rivals)) };
        writeln!(text, "{:<9}{}{told}{rivals}", found.confidence, found.cause).unwrap();
    }
    if !report.unmade().is_empty() {
        writeln!(text, "unmade   {:?}", report.unmade()).unwrap();
    }
    text
}

fn named_cause(name: &str) -> Cause {
    let code = name.split('.').next().unwrap_or(name);
    Cause::from_code(code).unwrap_or_else(|| panic!("{name} is not named for a cause"))
}

#[test]
fn the_looks_come_to_what_is_expected() {
    for (name, (path, mut transcripts)) in corpus() {
        let seen = summary(&report(&transcripts));
        let last = transcripts.last_mut().unwrap();
        if std::env::var_os("UPDATE").is_some() {
            last.expected = Some(seen);
            let text: String = transcripts.iter().map(ToString::to_string).collect();
            // Others read it at the same time.
            let fresh = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.probe"));
            std::fs::write(&fresh, text).unwrap();
            std::fs::rename(fresh, path).unwrap();
        } else {
            assert_eq!(last.expected.as_deref(), Some(seen.as_str()), "{name}");
        }
    }
}

#[test]
fn every_case_comes_to_the_cause_of_its_name() {
    for (name, (_, transcripts)) in corpus() {
        assert_eq!(report(&transcripts).causes()[0].cause, named_cause(&name), "{name}");
    }
}

#[test]
fn every_rule_over_several_connections_fires_for_a_case() {
    let facts: Vec<_> = corpus().values().map(|(_, transcripts)| report(transcripts).case().facts()).collect();
    for rule in RULES.iter().filter(|rule| rule.takes_several()) {
        assert!(facts.iter().any(|facts| rule.fires(*facts)), "no case fires {rule:?}");
    }
}

/// Nothing that takes several connections is said of one, not even of the first of several.
#[test]
fn one_connection_settles_nothing() {
    for (name, (_, transcripts)) in corpus() {
        let first = transcripts[0].replay();
        let facts = Case::of(&first).facts();
        let fired: Vec<_> = RULES.iter().filter(|rule| rule.takes_several() && rule.fires(facts)).collect();
        assert!(fired.is_empty(), "{name}: {fired:?}");
    }
}

#[test]
fn what_cannot_be_told_apart_lists_each_other_and_names_its_proof() {
    let mut open = 0;
    for (name, (_, transcripts)) in corpus() {
        let causes = diagnose(&report(&transcripts).case());
        assert!(causes.iter().all(|found| !found.rivals.is_empty() || !found.is_aside()), "{name}");
        for found in causes.iter().filter(|found| !found.rivals.is_empty()) {
            assert!(found.confidence < Confidence::Certain, "{name}: {found:?}");
            assert_eq!(found.is_aside(), found.confidence == Confidence::Possible, "{name}: {found:?}");
            assert!(found.cause.text().proof.is_some(), "{name}: {found:?}");
            for rival in &found.rivals {
                let other = causes.iter().find(|other| other.cause == *rival);
                let other = other.unwrap_or_else(|| panic!("{name}: {rival} is not in the list"));
                assert!(other.rivals.contains(&found.cause), "{name}: {rival} does not list {}", found.cause);
            }
            open += 1;
        }
    }
    assert!(open > 10, "{open}");
}

#[test]
fn a_report_prints_the_transcripts_that_it_came_from() {
    for (name, (_, transcripts)) in corpus() {
        let report = report(&transcripts);
        let text: String = report.transcripts().iter().map(ToString::to_string).collect();
        let again = Transcript::parse_all(&text).unwrap();
        assert_eq!(again, report.transcripts(), "{name}");
        assert_eq!(self::report(&again), report, "{name}");
        assert_eq!(Report::replay(&text).unwrap(), report, "{name}");
    }
}

#[test]
fn redaction_leaves_the_diagnosis() {
    for (name, (_, transcripts)) in corpus() {
        let report = report(&transcripts);
        let redacted = report.redacted();
        assert_eq!(summary(&redacted), summary(&report), "{name}");
        assert!(!redacted.to_json().contains("lab.rdp-probe.test"), "{name}");
        assert_eq!(redacted.redacted(), redacted, "{name}");
    }
}

#[test]
fn the_json_of_every_case_is_of_the_schema() {
    let schema: Value = serde_json::from_str(include_str!("../schema/report-1.schema.json")).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for (name, (_, transcripts)) in corpus() {
        let report = report(&transcripts);
        let json: Value = serde_json::from_str(&report.to_json()).unwrap();
        let errors: Vec<_> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert_eq!(json["looks"].as_array().unwrap().len(), transcripts.len(), "{name}");
    }
}

#[test]
fn reports_for_people_tell_each_look_and_what_it_ruled_out() {
    for (name, (_, transcripts)) in corpus() {
        let report = report(&transcripts);
        let (text, page) = (report.to_string(), report.to_markdown());
        for (transcript, rank) in transcripts.iter().zip(1..) {
            let look = format!("{rank}. {}", transcript.experiment);
            assert!(text.contains(&look) && page.contains(&look), "{name}: {look}\n{text}");
        }
        assert!(text.contains("ruled out: "), "{name}\n{text}");
        assert!(text.contains("spread "), "{name}\n{text}");
    }
}

#[test]
fn a_broken_line_is_found_in_the_whole_text() {
    let text =
        "rdp-probe transcript 1\ntarget ts01\nrdp-probe transcript 1\nexperiment repeat\ntarget ts01\nnonsense\n";
    assert_eq!(Transcript::parse_all(text).unwrap_err().line(), 6);
    assert_eq!(Transcript::parse_all("").unwrap_err().line(), 1);
    let two = Transcript::parse_all("rdp-probe transcript 1\ntarget a\n--\nfine\nrdp-probe transcript 1\ntarget b\n");
    assert_eq!(two.unwrap()[0].expected.as_deref(), Some("fine\n"));
}

/// A case is one that an examination comes to: its looks are those that the planner makes, to the last.
#[test]
fn the_looks_of_a_case_are_those_of_the_planner() {
    for (name, (_, transcripts)) in corpus() {
        let limits = Limits { connections: 20, ..Limits::default() };
        let mut examination = Examination::new(transcripts[0].plan.clone(), limits);
        let mut looks = transcripts.iter();
        let mut asked = Vec::new();
        while let Some(step) = examination.next(Duration::ZERO) {
            asked.push(step.experiment);
            let Some(look) = looks.next().filter(|look| look.experiment == step.experiment) else { break };
            examination.saw(step.experiment, look.replay());
        }
        let made: Vec<_> = transcripts.iter().map(|look| look.experiment).collect();
        assert_eq!(asked, made, "{name}");
    }
}
