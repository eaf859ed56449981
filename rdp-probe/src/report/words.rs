//! The words that the forms of a report for people share: stages, addresses, what was negotiated, the certificate.

use std::time::Duration;

use super::{Report, looks};
use crate::certificate::{Certificate, Judgement, Reason, Verdict, hex};
use crate::diagnose::{Case, Cause, Diagnosis, Experiment, Prediction};
use crate::evidence::{Answer, Attempt, End, Evidence, Goal, Hello, NlaResult, Stage};
use crate::{rfc3339, tls};

/// Whether it went well, in one word.
pub(super) fn outcome(report: &Report) -> &'static str {
    if report.is_ok() { "OK" } else { "FAILED" }
}

/// The likeliest cause in one line. That credentials were verified is more than that nothing was found, and what ran out more than
/// that this machine failed.
pub(super) fn headline(top: Cause, evidence: &Evidence) -> &'static str {
    if let Some(shortage) = evidence.end.shortage() {
        return shortage.headline();
    }
    match (top, evidence.nla_result()) {
        (Cause::NoFaultFound, Some(NlaResult::Verified)) => {
            "Credentials verified, and no fault found as far as the probe went"
        }
        _ => top.text().headline,
    }
}

/// Every stage that was begun, with its time and how it ended.
pub(super) fn stages(evidence: &Evidence) -> impl Iterator<Item = (String, String, End)> + '_ {
    Stage::ALL.into_iter().filter_map(|stage| {
        let leg = evidence.leg(stage)?;
        let end = if stage == evidence.stage { evidence.end } else { End::Complete };
        Some((stage_name(evidence, stage), milliseconds(leg.elapsed), end))
    })
}

pub(super) fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Each address that was tried: of the target, or of the proxy on the way to it.
fn attempts(evidence: &Evidence) -> &[Attempt] {
    &evidence.dial.proxy.as_ref().map_or(&evidence.dial, |proxied| &proxied.dial).attempts
}

/// Addresses that are shown to people, as many as are tried.
const SHOWN: usize = 16;

/// Addresses with what became of each, where there is more than one. Of a great number the first are shown, and how many more there
/// are; programs have them all.
pub(super) fn addresses(evidence: &Evidence) -> Vec<(String, String)> {
    let attempts = attempts(evidence);
    if attempts.len() < 2 {
        return Vec::new();
    }
    let (shown, rest) = attempts.split_at(SHOWN.min(attempts.len()));
    let mut rows: Vec<_> = shown.iter().map(|attempt| (attempt.address.to_string(), fate(attempt))).collect();
    let tried = rest.iter().filter(|attempt| attempt.started.is_some()).count();
    match (rest.len(), tried) {
        (0, _) => {}
        (more, 0) => rows.push((format!("{more} more"), "not tried".to_owned())),
        (more, tried) => rows.push((format!("{more} more"), format!("{tried} of them tried"))),
    }
    rows
}

/// What became of an offer that was made before.
pub(super) fn earlier(evidence: &Evidence) -> String {
    match evidence.answer {
        Some(answer) => negotiation(evidence, answer),
        None => format!("offered {}: {} ended with {}", evidence.plan.offered(), evidence.stage, evidence.end),
    }
}

/// What is said behind the name of a gateway.
pub(super) const GATEWAY: &str = "which the .rdp file names, is not followed: this is the direct way";

/// What became of an address.
fn fate(attempt: &Attempt) -> String {
    match (attempt.started, attempt.end) {
        (None, _) => "not tried".to_owned(),
        (Some(_), None) => "given up for a faster one".to_owned(),
        (Some(_), Some(end)) => {
            let shortage = end.shortage().map(|shortage| format!(": {}", shortage.headline())).unwrap_or_default();
            format!("{end} after {}{shortage}", milliseconds(attempt.elapsed))
        }
    }
}

/// What was offered, and what the server made of it.
pub(super) fn negotiation(evidence: &Evidence, answer: Answer) -> String {
    let selected = answer.selected().map(|selected| selected.name().unwrap_or("an unknown protocol"));
    let words = selected.map_or_else(|| evidence.end.to_string(), |name| format!("server chose {name}"));
    format!("offered {}; {words}", evidence.plan.offered())
}

/// Version, suite and key exchange of TLS.
pub(super) fn session(hello: &Hello) -> String {
    let version = tls::version_name(hello.session.version).unwrap_or("?");
    let exchange = hello.key_exchange.map(|exchange| format!(", {}", tls::key_exchange(exchange))).unwrap_or_default();
    format!("{version}, {}{exchange}", tls::suite_name(hello.session.suite))
}

/// What is said where a handshake was begun and not meant to be finished.
pub(super) const UNPROVEN: &str = "read in clear text; the handshake was not finished, and the server has not proven that it holds the key of its \
    certificate";

/// Whether the goal is one that leaves the handshake unfinished, and TLS was begun.
pub(super) fn is_unproven(evidence: &Evidence) -> bool {
    evidence.plan.goal == Goal::Hello && evidence.tls.is_some()
}

/// A stage by its name. Of TLS it says whether the handshake was meant to be finished.
fn stage_name(evidence: &Evidence, stage: Stage) -> String {
    if stage == Stage::Tls && is_unproven(evidence) { format!("{stage} (hello)") } else { stage.to_string() }
}

/// Whether a certificate is self-signed, and how well that is known; `None` where it has another issuer.
pub(super) fn self_signed(certificate: &Certificate, evidence: &Evidence) -> Option<&'static str> {
    let own = evidence.handshake.as_ref().and_then(|handshake| handshake.own_signature);
    certificate.self_signed.then_some(match own {
        Some(true) => "self-signed",
        Some(false) => "its own issuer by its word, and signed by another key",
        None => "self-signed by its own word",
    })
}

/// Who issued a certificate.
pub(super) fn issued(certificate: &Certificate, evidence: &Evidence) -> String {
    self_signed(certificate, evidence).map_or_else(|| format!("issued by {}", certificate.issuer), str::to_owned)
}

/// Kind and size of its key.
pub(super) fn key(certificate: &Certificate) -> String {
    let bits = certificate.key.bits.map(|bits| format!(" {bits}")).unwrap_or_default();
    format!("{}{bits}", certificate.key.algorithm.as_str())
}

/// The end of its validity.
pub(super) fn until(certificate: &Certificate) -> String {
    format!("until {}", rfc3339::print(certificate.not_after))
}

/// What a check says, and what belongs to it.
pub(super) struct CheckWords {
    pub(super) name: &'static str,
    pub(super) judgement: Judgement,
    /// Where it has not passed: what it was judged by.
    pub(super) detail: Option<Detail>,
}

/// Words of ours, and behind them names from the wire.
pub(super) struct Detail {
    pub(super) words: String,
    pub(super) names: Vec<String>,
}

impl Detail {
    fn of(words: String) -> Self {
        Self { words, names: Vec::new() }
    }
}

/// Each check of a certificate; those of thumbprint and known certificate where one was expected or asked for.
pub(super) fn checks(
    certificate: &Certificate,
    verdict: Verdict,
    evidence: &Evidence,
) -> impl Iterator<Item = CheckWords> {
    let rows = [
        ("chain", verdict.chain, None),
        ("time", verdict.time, clock(verdict.time, evidence)),
        ("name", verdict.name, would_match(verdict.name, certificate)),
        ("purpose", verdict.purpose, None),
        ("key", verdict.key, None),
        ("signature", verdict.signature, None),
        ("thumbprint", verdict.thumbprint, None),
        ("known", verdict.known, known_by(verdict.known, evidence)),
    ];
    let asked = |judgement: Judgement| ![Reason::NoExpectation, Reason::NoneKnown].contains(&judgement.reason);
    let words = |(name, judgement, detail)| CheckWords { name, judgement, detail };
    rows.into_iter().filter(move |(_, judgement, _)| asked(*judgement)).map(words)
}

/// By which clock it is not valid.
fn clock(judgement: Judgement, evidence: &Evidence) -> Option<Detail> {
    let now = evidence.clock.filter(|_| judgement.ok == Some(false))?;
    Some(Detail::of(format!("by the clock here, {}", rfc3339::print(now))))
}

/// Which hosts it would be right for.
fn would_match(judgement: Judgement, certificate: &Certificate) -> Option<Detail> {
    /// The names stand in the report once more, all of them.
    const SHOWN: usize = 4;
    let hosts = certificate.hosts();
    if judgement.ok != Some(false) || hosts.is_empty() {
        return None;
    }
    let all = hosts.len();
    let words = if all <= SHOWN { "it is for".to_owned() } else { format!("of the {all} that it is for:") };
    Some(Detail { words, names: hosts.iter().take(SHOWN).cloned().collect() })
}

/// Which one the target is known by.
fn known_by(judgement: Judgement, evidence: &Evidence) -> Option<Detail> {
    let known = evidence.known().filter(|_| judgement.ok == Some(false))?;
    Some(Detail::of(format!("known by SHA-1 {}, {}", hex(&known.sha1), until(&known))))
}

/// The spread of each stage's times over several connections, where there were several.
pub(super) fn spreads(case: &Case<'_>) -> Option<String> {
    let stages = [Stage::Connect, Stage::Negotiate, Stage::Tls];
    let spread = |stage| looks::spread(case, stage).map(|spread| (stage, spread));
    let words = stages.into_iter().filter_map(spread).map(|(stage, spread)| {
        let (least, most) = (milliseconds(spread.least), milliseconds(spread.most));
        format!("{stage} {least} to {most} (median {}, {} times)", milliseconds(spread.median), spread.count)
    });
    let words: Vec<_> = words.collect();
    (!words.is_empty()).then(|| words.join(" · "))
}

/// The codes of causes, one behind the other.
pub(super) fn codes(causes: &[Cause]) -> String {
    causes.iter().map(|cause| cause.code()).collect::<Vec<_>>().join(", ")
}

/// Experiments that limits kept from being made.
pub(super) fn unmade(experiments: &[Experiment]) -> Option<String> {
    let names: Vec<_> = experiments.iter().map(|experiment| experiment.as_str()).collect();
    (!names.is_empty()).then(|| format!("not made, for the limits: {}", names.join(", ")))
}

/// The number or the pair that the Windows client shows.
pub(super) fn shown(prediction: &Prediction) -> String {
    let extended = prediction.extended_reason.map(|reason| format!("/{reason}")).unwrap_or_default();
    format!("{}{extended}", prediction.disconnect_reason)
}

/// What else that number could have been, and how to read more of it; `None` where it means one thing.
pub(super) fn elsewhere(prediction: &Prediction, causes: &[Diagnosis]) -> Option<String> {
    let also: Vec<_> = prediction.also(causes).into_iter().map(Cause::code).collect();
    let (also, shown) = (also.join(", "), shown(prediction));
    (!also.is_empty()).then(|| format!("elsewhere it comes from {also}; see: rdp-probe explain {shown}"))
}
