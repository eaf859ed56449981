//! Whole connections: anything that can happen to one, and to several that an examination makes.

use std::time::Duration;

use rdp_probe::{Evidence, Examination, Limits, Stage, Transcript};

use super::reached::Reached;
use super::script::Script;
use super::{oracle, report};

/// The most connections that an examination is given.
const MOST_LOOKS: usize = 8;

/// A plan, a dial and inputs of every kind: what comes of them is diagnosed, printed and replayed.
pub(super) fn conversation(bytes: &[u8]) -> Reached {
    let mut reached = Reached::default();
    let evidence = Script::read(bytes).play(&mut reached);
    check(&evidence, &mut reached, bytes);
    reached
}

/// What holds for every connection that is over, and for its report. Reports and redaction take nine tenths of the time: of inputs that
/// come to a connection, one in four is asked for them.
pub(super) fn check(evidence: &Evidence, reached: &mut Reached, input: &[u8]) {
    reached.add(evidence);
    in_order(evidence);
    oracle::replays(evidence);
    if is_asked(input) {
        oracle::redacts(evidence);
        report::check(&evidence.clone().into());
    }
}

/// One input in four, always the same ones.
fn is_asked(input: &[u8]) -> bool {
    input.iter().fold(0_u8, |sum, byte| sum.wrapping_mul(3).wrapping_add(*byte)).is_multiple_of(4)
}

/// Time does not run back, and no more is kept than is said.
fn in_order(evidence: &Evidence) {
    let mut before = Duration::ZERO;
    for leg in [Stage::Negotiate, Stage::Tls, Stage::Nla].into_iter().filter_map(|stage| evidence.leg(stage)) {
        assert!(before <= leg.started, "{evidence:?}");
        before = leg.ended();
    }
    assert!(before <= evidence.total());
    assert!(evidence.received.len() <= 512 + 32, "{evidence:?}");
    let arrived: usize = evidence.arrivals.iter().map(|arrival| arrival.length).sum();
    assert_eq!(arrived, evidence.received.len());
    assert!(evidence.arrivals.len() <= arrived);
    let read = evidence.leg(Stage::Negotiate).unwrap_or_default().received;
    assert_eq!(read, evidence.received.len() as u64);
    let events = evidence.credssp.as_ref().map_or(0, |credssp| credssp.events.len());
    assert!(events <= 4200, "{events} events are kept");
}

/// Several connections to one target, as an examination asks for them: the first is played as it is planned, each further one
/// with the moves of the next part.
pub(super) fn examine(bytes: &[u8]) -> Reached {
    let mut reached = Reached::default();
    let scripts: Vec<Script> = parts(bytes).into_iter().map(Script::read).collect();
    let Some(first) = scripts.first() else { return reached };
    let limits = Limits::default();
    let mut examination = Examination::new(first.plan.clone(), limits);
    let (mut now, mut made) = (Duration::ZERO, 0);
    while let Some(step) = examination.next(now) {
        assert!(step.not_before >= now && made < limits.connections, "{made} connections");
        let script = scripts.get(made).or(scripts.last()).unwrap_or(first);
        let evidence = script.with_plan(step.plan.clone()).play(&mut reached);
        now = step.not_before.saturating_add(evidence.total());
        examination.saw(step.experiment, evidence);
        made += 1;
    }
    let report = examination.into_report();
    reached.add(report.evidence());
    reached.add_case(&report.case());
    report.transcripts().iter().for_each(reads_itself);
    if is_asked(bytes) {
        report::check(&report);
        report::check(&report.redacted());
    }
    reached
}

/// What it prints is read as the same.
pub(super) fn reads_itself(transcript: &Transcript) {
    let printed = transcript.to_string();
    assert_eq!(printed.parse::<Transcript>().as_ref(), Ok(transcript), "{printed}");
}

/// The parts of an input, their lengths in two bytes before each.
fn parts(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>().filter(|_| parts.len() < MOST_LOOKS) {
        let length = usize::from(u16::from_be_bytes(*length));
        let (part, behind) = rest.split_at(length.min(rest.len()));
        parts.push(part);
        bytes = behind;
    }
    parts
}

/// An input of several connections.
pub(super) fn joined(transcripts: &[Transcript]) -> Vec<u8> {
    let of = |transcript: &Transcript| {
        let script = Script::from(transcript).write();
        let length = u16::try_from(script.len()).unwrap_or(u16::MAX);
        [length.to_be_bytes().to_vec(), script].concat()
    };
    transcripts.iter().flat_map(of).collect()
}
