//! Every connection of a report as JSON: each address that was tried, and each look of an examination.

use super::json::{client_hello, end, session, words};
use super::{Report, looks};
use crate::certificate::hex;
use crate::diagnose::{Case, Cause, Experiment};
use crate::evidence::{Attempt, Stage};
use crate::json::Value;

/// Every address that was tried, of the connection that was asked for and of those beside it; of those beside, the answer,
/// too.
pub(super) fn attempts(report: &Report) -> Vec<Value> {
    let mut values = Vec::new();
    for (experiment, evidence) in report.looks() {
        let (dial, stage) = match &evidence.dial.proxy {
            Some(proxied) => (&proxied.dial, Stage::Proxy),
            None => (&evidence.dial, Stage::Connect),
        };
        let context = AttemptContext { experiment, stage, is_its_own: true, offered: evidence.plan.offered().bits() };
        values.extend(dial.attempts.iter().map(|attempt| context.value(attempt)));
        let beside = !std::ptr::eq(evidence, report.evidence());
        values.extend(dial.connected().filter(|_| beside).zip(evidence.leg(evidence.stage)).map(|(address, leg)| {
            let whole = Attempt { address, started: Some(leg.started), elapsed: leg.elapsed, end: Some(evidence.end) };
            // What the target's own address is, only the proxy knows.
            let is_its_own = evidence.dial.proxy.is_none() || evidence.stage == Stage::Proxy;
            AttemptContext { stage: evidence.stage, is_its_own, ..context }.value(&whole)
        }));
    }
    values
}

/// What is said of an attempt beside what became of it.
#[derive(Clone, Copy)]
struct AttemptContext {
    experiment: Experiment,
    stage: Stage,
    /// Whether the stage is one of a talk with this very address.
    is_its_own: bool,
    offered: u32,
}

impl AttemptContext {
    fn value(self, attempt: &Attempt) -> Value {
        Value::Object(vec![
            ("experiment", self.experiment.as_str().into()),
            ("offered_code", self.offered.into()),
            ("address", self.is_its_own.then(|| attempt.address.to_string()).into()),
            ("started_us", attempt.started.map(|started| started.as_micros()).into()),
            ("elapsed_us", attempt.started.map(|_| attempt.elapsed.as_micros()).into()),
            ("stage", self.stage.as_str().into()),
            ("end", attempt.end.map(|end| self::end(end, None)).into()),
        ])
    }
}

/// Each connection of an examination, with why it was made and what it ruled out. Empty where there is one only.
pub(super) fn looks(case: &Case<'_>) -> Vec<Value> {
    let told = looks::told(case);
    let values = case.looks().iter().zip(told).map(|(look, told)| {
        let evidence = look.evidence;
        Value::Object(vec![
            ("experiment", told.experiment.as_str().into()),
            ("why", told.why.into()),
            ("outcome", told.outcome.into()),
            ("address", look.address().map(|address| address.to_string()).into()),
            ("server_name", evidence.plan.asked_name().into()),
            ("offered_code", evidence.plan.offered().bits().into()),
            ("goal", evidence.plan.goal.as_str().into()),
            ("client_hello", client_hello(&evidence.plan).into()),
            ("ok", evidence.is_ok().into()),
            ("stage", evidence.stage.as_str().into()),
            ("end", end(evidence.end, None)),
            ("tls", look.hello.as_ref().map(|hello| session(hello, evidence)).into()),
            ("certificate_sha256", look.certificate.as_ref().map(|certificate| hex(&certificate.sha256)).into()),
            ("found", words(&told.found, Cause::code)),
            ("ruled_out", words(&told.ruled_out, Cause::code)),
        ])
    });
    values.collect()
}

/// The spread of the times of stages, each null where fewer than two connections completed it.
pub(super) fn spreads(case: &Case<'_>) -> Value {
    let of = |stage| {
        let spread = looks::spread(case, stage).map(|spread| {
            Value::Object(vec![
                ("count", u64::try_from(spread.count).unwrap_or(u64::MAX).into()),
                ("least", spread.least.as_micros().into()),
                ("median", spread.median.as_micros().into()),
                ("most", spread.most.as_micros().into()),
            ])
        });
        spread.into()
    };
    let stages = [("connect", Stage::Connect), ("negotiate", Stage::Negotiate), ("tls", Stage::Tls)];
    Value::Object(stages.into_iter().map(|(name, stage)| (name, of(stage))).collect())
}
