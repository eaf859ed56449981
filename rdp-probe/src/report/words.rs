//! The words that the forms of a report for people share: stages, addresses, what was negotiated, the certificate.

use std::time::Duration;

use crate::certificate::{Certificate, Judgement, Verdict};
use crate::diagnose::{Cause, Diagnosis, Prediction};
use crate::evidence::{Answer, Attempt, End, Evidence, Goal, Hello, Stage};
use crate::{rfc3339, tls};

/// Whether it went well, in one word.
pub(super) fn outcome(evidence: &Evidence) -> &'static str {
    if evidence.is_ok() { "OK" } else { "FAILED" }
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
pub(super) fn attempts(evidence: &Evidence) -> &[Attempt] {
    &evidence.dial.proxy.as_ref().map_or(&evidence.dial, |proxied| &proxied.dial).attempts
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
pub(super) fn fate(attempt: &Attempt) -> String {
    match (attempt.started, attempt.end) {
        (None, _) => "not tried".to_owned(),
        (Some(_), None) => "given up for a faster one".to_owned(),
        (Some(_), Some(end)) => format!("{end} after {}", milliseconds(attempt.elapsed)),
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

/// Who issued a certificate.
pub(super) fn issued(certificate: &Certificate) -> String {
    if certificate.self_signed { "self-signed".to_owned() } else { format!("issued by {}", certificate.issuer) }
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

/// Each check of a certificate by its name; that of the thumbprint where one was expected.
pub(super) fn checks(verdict: Verdict) -> impl Iterator<Item = (&'static str, Judgement)> {
    let always = [
        ("chain", verdict.chain),
        ("time", verdict.time),
        ("name", verdict.name),
        ("purpose", verdict.purpose),
        ("key", verdict.key),
        ("signature", verdict.signature),
    ];
    let expected = Some(("thumbprint", verdict.thumbprint)).filter(|(_, judgement)| judgement.ok.is_some());
    always.into_iter().chain(expected)
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
