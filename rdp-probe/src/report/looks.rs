//! What each connection of an examination showed, why it was made, and what it ruled out.

use std::time::Duration;

use super::words;
use crate::diagnose::{Case, Cause, Experiment, Look, RULES};
use crate::evidence::{Answer, End, Goal, Stage};

/// One connection of several, in the words of a report.
pub(super) struct Told {
    pub(super) experiment: Experiment,
    /// Why it was made.
    pub(super) why: &'static str,
    /// What it showed.
    pub(super) outcome: String,
    /// Causes that stood before it, and do no more.
    pub(super) ruled_out: Vec<Cause>,
    /// Causes that are found since.
    pub(super) found: Vec<Cause>,
}

/// Each connection of a case. Nothing where there is one only.
pub(super) fn told(case: &Case<'_>) -> Vec<Told> {
    let looks = case.looks();
    if looks.len() < 2 {
        return Vec::new();
    }
    let mut before: (Vec<Cause>, Vec<Cause>) = (Vec::new(), Vec::new());
    let mut told = Vec::with_capacity(looks.len());
    for (look, count) in looks.iter().zip(1..) {
        let after = opinions(&case.until(count));
        let without = |all: &[Cause], these: &[Cause]| -> Vec<Cause> {
            all.iter().filter(|cause| !these.contains(cause)).copied().collect()
        };
        told.push(Told {
            experiment: look.experiment,
            why: look.experiment.why(),
            outcome: outcome(look),
            ruled_out: without(&before.0, &after.0),
            found: without(&after.1, &before.1),
        });
        before = after;
    }
    told
}

/// The causes that several connections can tell and that stand, and those of them that are found.
fn opinions(case: &Case<'_>) -> (Vec<Cause>, Vec<Cause>) {
    let facts = case.facts();
    let (mut standing, mut found) = (Vec::new(), Vec::new());
    for rule in RULES.iter().filter(|rule| rule.takes_several() && rule.stands(facts)) {
        if !standing.contains(&rule.cause) {
            standing.push(rule.cause);
        }
        if rule.fires(facts) && !found.contains(&rule.cause) {
            found.push(rule.cause);
        }
    }
    (standing, found)
}

/// What a connection showed, in a line.
fn outcome(look: &Look<'_>) -> String {
    let evidence = look.evidence;
    let took = evidence.leg(evidence.stage).map(|leg| leg.elapsed).unwrap_or_default();
    let at = match look.address() {
        Some(address) if look.experiment == Experiment::OtherAddress => format!("{}: ", address.ip()),
        _ => String::new(),
    };
    let seen = match (evidence.end, evidence.answer, &look.hello) {
        (End::Complete | End::Untrusted(_), _, Some(hello)) if evidence.plan.goal == Goal::Hello => {
            format!("answered with {}", words::session(hello))
        }
        (End::Complete, _, _) if evidence.stage == Stage::Tls => "opens".to_owned(),
        (End::Complete | End::Refusal(_), Some(answer), _) => answered(answer, &evidence.end),
        (end, _, _) => format!("{}: {end}", evidence.stage),
    };
    format!("{at}{seen} after {}", words::milliseconds(took))
}

fn answered(answer: Answer, end: &End) -> String {
    match answer.selected() {
        Some(selected) => format!("answered: {}", selected.name().unwrap_or("an unknown protocol")),
        None => format!("answered: {end}"),
    }
}

/// The shortest, the middle and the longest of several times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spread {
    pub(super) count: usize,
    pub(super) least: Duration,
    pub(super) median: Duration,
    pub(super) most: Duration,
}

/// The times of a stage over the connections of a case that completed it at the first one's address: of TLS, over those that
/// were asked for alike. `None` where there are fewer than two.
pub(super) fn spread(case: &Case<'_>, stage: Stage) -> Option<Spread> {
    let looks = case.looks();
    let address = looks.first().and_then(Look::address);
    let compared = looks.iter().filter(|look| look.address() == address && is_complete(look, stage));
    let compared = compared.filter(|look| stage != Stage::Tls || look.experiment.is_alike());
    let mut times: Vec<_> = compared.filter_map(|look| look.evidence.leg(stage)).map(|leg| leg.elapsed).collect();
    times.sort_unstable();
    let (least, most) = (*times.first()?, *times.last()?);
    let median = times.get(times.len() / 2).copied()?;
    (times.len() > 1).then_some(Spread { count: times.len(), least, median, most })
}

fn is_complete(look: &Look<'_>, stage: Stage) -> bool {
    look.evidence.stage > stage || look.evidence.stage == stage && look.evidence.end == End::Complete
}
