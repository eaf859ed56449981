//! What the Windows client would show: a prediction, never a fact.
//!
//! `mstsc` shows a pair: the disconnect reason of `IMsTscAxEvents::OnDisconnected` and the extended disconnect reason. The
//! pair 0x904/0x7 says that the socket closed before the connection was complete, and nothing about why.

use super::Diagnosis;
use super::cause::Cause;
use super::fact::{Fact as F, Facts};
use super::grade::Confidence;
use super::rule::RULES;
use crate::codes::{DisconnectReason, ExtendedReason};

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

/// Facts that are required and forbidden, and what the client then shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PredictionRule {
    /// What has to be true.
    pub requires: &'static [F],
    /// What has to be false.
    pub forbids: &'static [F],
    /// What follows.
    pub prediction: Prediction,
}

impl PredictionRule {
    /// Whether all that is required is true and all that is forbidden false.
    #[must_use]
    pub fn fires(&self, facts: Facts) -> bool {
        facts.satisfy(F::mask(self.requires), F::mask(self.forbids))
    }
}

const ON_DISCONNECTED: &str = "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected";
const DOCKUR: &str = "GitHub dockur/windows#345";
const WIKI: &str = "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py";

const fn row(
    requires: &'static [F],
    reason: DisconnectReason,
    confidence: Confidence,
    note: &'static str,
    source: &'static str,
) -> PredictionRule {
    let extended_reason = match reason {
        DisconnectReason::SOCKET_CLOSED => Some(ExtendedReason::DENIED),
        _ => None,
    };
    let prediction = Prediction { disconnect_reason: reason, extended_reason, confidence, note, source };
    PredictionRule { requires, forbids: &[], prediction }
}

/// The pair that a close before the end of the opening leads to.
const fn closed(requires: &'static [F], source: &'static str) -> PredictionRule {
    const NOTE: &str = "the socket closed before the connection was complete; the pair does not tell why";
    row(requires, DisconnectReason::SOCKET_CLOSED, Confidence::Likely, NOTE, source)
}

const fn silent(requires: &'static [F]) -> PredictionRule {
    const NOTE: &str = "after the client's own time limit; 0x704 in some reports";
    row(requires, DisconnectReason::CONNECTION_TIMED_OUT, Confidence::Possible, NOTE, ON_DISCONNECTED)
}

const fn unconnected(requires: &'static [F]) -> PredictionRule {
    const NOTE: &str = "the TCP connection was not made; 0x704 in some reports";
    row(requires, DisconnectReason::SOCKET_CONNECT_FAILED, Confidence::Likely, NOTE, ON_DISCONNECTED)
}

const fn expired(requires: &'static [F]) -> PredictionRule {
    const NOTE: &str = "only where policy forbids going on; otherwise a warning that the user can accept. Never 0x904";
    row(requires, DisconnectReason::CERTIFICATE_EXPIRED, Confidence::Possible, NOTE, ON_DISCONNECTED)
}

/// Every prediction. Ends that are missing here have none: unknown is an answer.
pub const PREDICTIONS: &[PredictionRule] = &[
    row(
        &[F::AtResolve, F::NoSuchName],
        DisconnectReason::DNS_LOOKUP_FAILED,
        Confidence::Possible,
        "0x208 and 0x508 stand for the same fault",
        ON_DISCONNECTED,
    ),
    unconnected(&[F::AtConnect, F::Refused]),
    unconnected(&[F::AtConnect, F::Unreachable]),
    unconnected(&[F::AtConnect, F::EndedTimeout]),
    unconnected(&[F::AtConnect, F::OsTimedOut]),
    closed(&[F::AtNegotiate, F::EndedFin], DOCKUR),
    closed(&[F::AtNegotiate, F::EndedReset], DOCKUR),
    silent(&[F::AtNegotiate, F::EndedTimeout]),
    row(
        &[F::AtNegotiate, F::EndedMalformed],
        DisconnectReason::PROTOCOL_ERROR,
        Confidence::Possible,
        "0x904/0x7 if the peer closes before the client has read what it sent",
        "GitHub stascorp/rdpwrap#363",
    ),
    row(
        &[F::AtNegotiate, F::FailureNlaRequired, F::NlaOffered],
        DisconnectReason::NLA_REQUIRED,
        Confidence::Likely,
        "the server refuses although NLA was offered, as the client offers it by default",
        WIKI,
    ),
    row(
        &[F::AtNegotiate, F::FailureNlaRequired],
        DisconnectReason::NLA_REQUIRED,
        Confidence::Possible,
        "only where the client does not offer NLA (enablecredsspsupport:i:0); by default it does",
        WIKI,
    ),
    closed(&[F::AtTls, F::EndedFin], "MicrosoftDocs/SupportArticles-docs: event-id-troubleshoot-vm-rdp-connecton.md"),
    closed(&[F::AtTls, F::EndedReset], "MicrosoftDocs/SupportArticles-docs: event-id-troubleshoot-vm-rdp-connecton.md"),
    closed(&[F::AtTls, F::EndedAlert], "GitHub FreeRDP/FreeRDP#7769"),
    silent(&[F::AtTls, F::EndedTimeout]),
    expired(&[F::AtTls, F::EndedComplete, F::CertificateExpired]),
    expired(&[F::AtTls, F::EndedUntrusted, F::CertificateExpired]),
];

/// The causes whose evidence leads to this number, in the order of the rules: what a rule requires and what a prediction
/// of the number does contain one another.
#[must_use]
pub fn leading_to(reason: DisconnectReason) -> Vec<Cause> {
    let within = |inner: &[F], outer: &[F]| inner.iter().all(|fact| outer.contains(fact));
    let rows = || PREDICTIONS.iter().filter(|row| row.prediction.disconnect_reason == reason);
    let leads = |requires: &[F]| rows().any(|row| within(row.requires, requires) || within(requires, row.requires));
    let mut causes: Vec<Cause> = Vec::new();
    for rule in RULES.iter().filter(|rule| leads(rule.requires)) {
        if !causes.contains(&rule.cause) {
            causes.push(rule.cause);
        }
    }
    causes
}
