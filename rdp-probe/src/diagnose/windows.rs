//! What the Windows client would show: a prediction, never a fact.
//!
//! `mstsc` shows a pair: the disconnect reason of `IMsTscAxEvents::OnDisconnected` and the extended disconnect reason. The
//! pair 0x904/0x7 says that the socket closed before the connection was complete, and nothing about why.

use super::Diagnosis;
use super::cause::Cause;
use super::fact::{Fact as F, Facts};
use super::fact_set::FactSet;
use super::grade::{Confidence, Grade};
use super::rule::Rule;
use super::rules::RULES;
use super::status::causes_of;
use crate::codes::{self, DisconnectReason, ExtendedReason, Namespace};
use crate::evidence::{End, Stage};

/// What the Windows client would show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prediction {
    /// The first number.
    pub disconnect_reason: DisconnectReason,
    /// The second number, where it is known.
    pub extended_reason: Option<ExtendedReason>,
    /// How sure that is.
    pub confidence: Confidence,
    /// How well the way from this end to this number is known. It bounds the confidence.
    pub grade: Grade,
    /// Under which condition, or what it would show instead.
    pub note: &'static str,
    /// Where that is known from.
    pub source: &'static str,
}

impl Prediction {
    /// The other causes that lead to the same number: what it could have been, had the evidence not told.
    #[must_use]
    pub fn also(&self, found: &[Diagnosis]) -> Vec<Cause> {
        let named = |cause: &Cause| found.iter().any(|diagnosis| diagnosis.cause == *cause);
        leading_to(self.disconnect_reason).into_iter().filter(|cause| !named(cause)).collect()
    }
}

/// Facts that are required, and what the client then shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PredictionRule {
    /// What has to be true.
    pub requires: &'static [F],
    /// What follows.
    pub prediction: Prediction,
}

impl PredictionRule {
    /// Whether all that is required is true.
    #[must_use]
    pub fn fires(&self, facts: Facts) -> bool {
        facts.satisfy(FactSet::of(self.requires), FactSet::EMPTY)
    }
}

const ON_DISCONNECTED: &str = "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected";
const DOCKUR: &str = "GitHub dockur/windows#345";
const WIKI: &str = "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py";

/// What Windows shows was never seen here, so the best that is known makes it likely.
const fn confidence(grade: Grade) -> Confidence {
    match grade.bound() {
        Confidence::Certain | Confidence::Likely => Confidence::Likely,
        Confidence::Possible => Confidence::Possible,
    }
}

const fn row(
    requires: &'static [F],
    reason: DisconnectReason,
    grade: Grade,
    note: &'static str,
    source: &'static str,
) -> PredictionRule {
    let extended_reason = match reason {
        DisconnectReason::SOCKET_CLOSED => Some(ExtendedReason::DENIED),
        _ => None,
    };
    let confidence = confidence(grade);
    let prediction = Prediction { disconnect_reason: reason, extended_reason, confidence, grade, note, source };
    PredictionRule { requires, prediction }
}

/// The pair that a close before the end of the opening leads to.
const fn closed(requires: &'static [F], grade: Grade, source: &'static str) -> PredictionRule {
    const NOTE: &str = "the socket closed before the connection was complete; the pair does not tell why";
    row(requires, DisconnectReason::SOCKET_CLOSED, grade, NOTE, source)
}

const fn silent(requires: &'static [F]) -> PredictionRule {
    const NOTE: &str = "after the client's own time limit; 0x704 in some reports";
    row(requires, DisconnectReason::CONNECTION_TIMED_OUT, Grade::Reported, NOTE, ON_DISCONNECTED)
}

const fn unconnected(requires: &'static [F]) -> PredictionRule {
    const NOTE: &str = "the TCP connection was not made; 0x704 in some reports";
    row(requires, DisconnectReason::SOCKET_CONNECT_FAILED, Grade::Documented, NOTE, ON_DISCONNECTED)
}

const fn expired(requires: &'static [F]) -> PredictionRule {
    const NOTE: &str = "only where policy forbids going on; otherwise a warning that the user can accept. Never 0x904";
    row(requires, DisconnectReason::CERTIFICATE_EXPIRED, Grade::Plausible, NOTE, ON_DISCONNECTED)
}

const GNOME: &str =
    "Notes on gnome-remote-desktop without credentials (no stable address); GoSecure/pyrdp: design notes on NLA";
const ALERTS: &str = "GitHub FreeRDP/FreeRDP#4449";
const SERVER_PAGE: &str = "MicrosoftDocs/SupportArticles-docs: event-id-troubleshoot-vm-rdp-connecton.md";

/// Every prediction. Ends that are missing here have none: unknown is an answer.
pub const PREDICTIONS: &[PredictionRule] = &[
    row(
        &[F::AtResolve, F::NoSuchName],
        DisconnectReason::DNS_LOOKUP_FAILED,
        Grade::Reported,
        "0x208 and 0x508 stand for the same fault",
        ON_DISCONNECTED,
    ),
    unconnected(&[F::AtConnect, F::Refused]),
    unconnected(&[F::AtConnect, F::Unreachable]),
    unconnected(&[F::AtConnect, F::EndedTimeout]),
    unconnected(&[F::AtConnect, F::OsTimedOut]),
    closed(&[F::AtNegotiate, F::EndedFin], Grade::Confirmed, DOCKUR),
    closed(&[F::AtNegotiate, F::EndedReset], Grade::Confirmed, DOCKUR),
    silent(&[F::AtNegotiate, F::EndedTimeout]),
    row(
        &[F::AtNegotiate, F::EndedMalformed],
        DisconnectReason::PROTOCOL_ERROR,
        Grade::Reported,
        "0x904/0x7 if the peer closes before the client has read what it sent",
        "GitHub stascorp/rdpwrap#363",
    ),
    row(
        &[F::AtNegotiate, F::FailureNlaRequired, F::NlaOffered],
        DisconnectReason::NLA_REQUIRED,
        Grade::Confirmed,
        "the server refuses although NLA was offered, as the client offers it by default",
        WIKI,
    ),
    row(
        &[F::AtNegotiate, F::FailureNlaRequired],
        DisconnectReason::NLA_REQUIRED,
        Grade::Plausible,
        "only where the client does not offer NLA (enablecredsspsupport:i:0); by default it does",
        WIKI,
    ),
    closed(&[F::AtTls, F::EndedFin], Grade::Confirmed, SERVER_PAGE),
    closed(&[F::AtTls, F::EndedReset], Grade::Confirmed, SERVER_PAGE),
    closed(&[F::AtTls, F::EndedAlert], Grade::Reported, "GitHub FreeRDP/FreeRDP#7769"),
    silent(&[F::AtTls, F::EndedTimeout]),
    expired(&[F::AtTls, F::EndedComplete, F::CertificateExpired]),
    expired(&[F::AtTls, F::EndedUntrusted, F::CertificateExpired]),
    closed(&[F::AtNla, F::EndedFin], Grade::Confirmed, GNOME),
    closed(&[F::AtNla, F::EndedReset], Grade::Reported, GNOME),
    row(
        &[F::AtNla, F::EndedAlert, F::AlertInternal],
        DisconnectReason::SOCKET_CLOSED,
        Grade::Plausible,
        "the likeliest for this alert in place of a status, inferred from what servers do; nothing is published",
        ALERTS,
    ),
    row(
        &[F::AtNla, F::EndedAlert],
        DisconnectReason::SOCKET_CLOSED,
        Grade::Plausible,
        "or 0x807: for an alert in place of a status it is not settled",
        ALERTS,
    ),
    silent(&[F::AtNla, F::EndedTimeout, F::PeerTurn]),
    expired(&[F::AtNla, F::EndedComplete, F::CertificateExpired]),
];

/// What that client would show for the status of a refusal, by the table of statuses. None where the status has no number there, and
/// none for the statuses of a client's own packages: what it makes of one that a server sends is published nowhere.
pub(super) fn of_status(end: End) -> Option<Prediction> {
    let End::Rejected(status) = end else { return None };
    let code = codes::find(Namespace::NtStatus, status.0)?;
    let (disconnect_reason, grade) = code.shows?.number?;
    let source = code.sources.iter().find(|source| [codes::ON_DISCONNECTED, codes::CLIENT_TEXTS].contains(source))?;
    Some(Prediction {
        disconnect_reason,
        extended_reason: None,
        confidence: confidence(grade),
        grade,
        note: "status and number are joined by their names and texts; no table of them is published",
        source,
    })
}

/// The causes of one connection whose evidence leads to this number, in the order of the rules: what a rule requires and what a prediction
/// of the number does contain one another, and the prediction requires nothing that the rule forbids.
#[must_use]
pub fn leading_to(reason: DisconnectReason) -> Vec<Cause> {
    let within = |inner: &[F], outer: &[F]| inner.iter().all(|fact| outer.contains(fact));
    let rows = || PREDICTIONS.iter().filter(|row| row.prediction.disconnect_reason == reason);
    let forbids = |rule: &Rule, row: &PredictionRule| row.requires.iter().any(|fact| rule.forbids.contains(fact));
    let meet = |one: &[F], other: &[F]| within(one, other) || within(other, one);
    let leads = |rule: &Rule| rows().any(|row| meet(row.requires, rule.requires) && !forbids(rule, row));
    let mut causes: Vec<Cause> = Vec::new();
    // What refuses a hello that lacks TLS 1.3 does not refuse that client.
    let of_ours = |rule: &Rule| rule.requires.contains(&F::HelloUpToTls12);
    let of_one = RULES.iter().filter(|rule| !rule.takes_several() && !of_ours(rule));
    for rule in of_one.filter(|rule| leads(rule)) {
        if !causes.contains(&rule.cause) {
            causes.push(rule.cause);
        }
    }
    causes
}

/// The causes of a number at one stage: the traces that a probe finds there, and the faults that leave them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trail {
    /// The stage; `None` for what lies beyond what a probe sees.
    pub stage: Option<Stage>,
    /// What a probe would name.
    pub traces: Vec<Cause>,
    /// What may be behind it.
    pub faults: Vec<Cause>,
}

/// The causes of a pair, stage by stage, and at the end those that a probe cannot see.
#[must_use]
pub fn causes_of_pair(reason: DisconnectReason, extended: ExtendedReason) -> Vec<Trail> {
    let after = reason == DisconnectReason::SOCKET_CLOSED && extended == ExtendedReason::NO_INFO;
    let traces = if after { Vec::new() } else { leading_to(reason) };
    let at = |cause: &Cause| RULES.iter().find(|rule| rule.cause == *cause).and_then(Rule::stage);
    let mut trails: Vec<Trail> = Vec::new();
    for stage in Stage::ALL {
        let here: Vec<Cause> = traces.iter().copied().filter(|cause| at(cause) == Some(stage)).collect();
        if !here.is_empty() {
            let candidates = here.iter().flat_map(|cause| cause.text().candidates);
            let faults = unique(candidates.filter_map(|candidate| candidate.cause));
            trails.push(Trail { stage: Some(stage), traces: here, faults });
        }
    }
    let findings = traces.iter().copied().filter(|cause| at(cause).is_none());
    let beyond = codes::find_pair(reason, extended).map_or(&[][..], |pair| pair.beyond);
    let named = [reason.code(), extended.code()].into_iter().flatten().flat_map(causes_of);
    let faults = unique(findings.chain(beyond.iter().copied()).chain(named.copied()));
    if !faults.is_empty() {
        trails.push(Trail { stage: None, traces: Vec::new(), faults });
    }
    trails
}

fn unique(causes: impl Iterator<Item = Cause>) -> Vec<Cause> {
    causes.fold(Vec::new(), |mut all, cause| {
        if !all.contains(&cause) {
            all.push(cause);
        }
        all
    })
}
