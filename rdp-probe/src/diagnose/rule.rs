//! The table of rules: which facts make which cause.

use super::cause::Cause;
use super::fact::{Fact, Facts};
use super::grade::Confidence;
use crate::evidence::Stage;

/// Facts that are required, facts that are forbidden, and the cause that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The cause.
    pub cause: Cause,
    /// How sure it is when the rule fires.
    pub confidence: Confidence,
    /// What has to be true.
    pub requires: &'static [Fact],
    /// What has to be false.
    pub forbids: &'static [Fact],
    /// Why one row serves several ends of a stage, where it does.
    pub shared: Option<&'static str>,
    required: u128,
    forbidden: u128,
}

impl Rule {
    const fn certain(cause: Cause, requires: &'static [Fact]) -> Self {
        let (confidence, mask) = (Confidence::Certain, Fact::mask(requires));
        Self { cause, confidence, requires, forbids: &[], shared: None, required: mask, forbidden: 0 }
    }

    const fn unless(self, forbids: &'static [Fact]) -> Self {
        Self { forbids, forbidden: Fact::mask(forbids), ..self }
    }

    const fn likely(self) -> Self {
        Self { confidence: Confidence::Likely, ..self }
    }

    const fn possible(self) -> Self {
        Self { confidence: Confidence::Possible, ..self }
    }

    const fn shared(self, why: &'static str) -> Self {
        Self { shared: Some(why), ..self }
    }

    /// The stage that it is for, where it names one.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        let stages = [Fact::AtResolve, Fact::AtConnect, Fact::AtProxy, Fact::AtNegotiate, Fact::AtTls];
        let named = stages.iter().zip(Stage::ALL).find(|(fact, _)| self.requires.contains(fact));
        named.map(|(_, stage)| stage)
    }

    /// Whether all that is required is true and all that is forbidden false.
    #[must_use]
    pub const fn fires(&self, facts: Facts) -> bool {
        facts.satisfy(self.required, self.forbidden)
    }

    /// Whether nothing that is known contradicts it.
    #[must_use]
    pub const fn stands(&self, facts: Facts) -> bool {
        facts.allow(self.required, self.forbidden)
    }
}

use Fact as F;

const fn rule(cause: Cause, requires: &'static [Fact]) -> Rule {
    Rule::certain(cause, requires)
}

/// Every rule. What stopped the connection comes first, findings beside it behind; the order is the rank.
pub const RULES: &[Rule] = &[
    // Resolve
    rule(Cause::NameNotFound, &[F::AtResolve, F::NoSuchName]),
    rule(Cause::ResolverSilent, &[F::AtResolve, F::EndedTimeout]),
    rule(Cause::ResolverFailed, &[F::AtResolve, F::EndedOs]).unless(&[F::NoSuchName]),
    // Connect
    rule(Cause::ConnectionRefused, &[F::AtConnect, F::Refused]),
    rule(Cause::NoRoute, &[F::AtConnect, F::Unreachable]),
    rule(Cause::ConnectTimeout, &[F::AtConnect, F::EndedTimeout]),
    rule(Cause::ConnectTimeout, &[F::AtConnect, F::OsTimedOut])
        .shared("the system's own timer and the probe's budget measure the same silence"),
    rule(Cause::ConnectReset, &[F::AtConnect, F::EndedReset]),
    rule(Cause::NoAddressOfFamily, &[F::AtConnect, F::FamilyLacking]),
    rule(Cause::ConnectFailedLocally, &[F::AtConnect, F::EndedOs]).unless(&[
        F::Refused,
        F::Unreachable,
        F::OsTimedOut,
        F::FamilyLacking,
    ]),
    // Proxy: none of it says anything of the target
    rule(Cause::NoAddressOfFamily, &[F::AtProxy, F::FamilyLacking])
        .shared("the family is asked for, whether of the target or of the proxy before it"),
    rule(Cause::ConnectFailedLocally, &[F::AtProxy, F::ProxyFailedLocally])
        .unless(&[F::FamilyLacking])
        .shared("what this machine cannot do on the way to a proxy it cannot do on the way to a target"),
    rule(Cause::ProxyUnreachable, &[F::AtProxy, F::ProxyUnresolved, F::NoSuchName]),
    rule(Cause::ProxyUnreachable, &[F::AtProxy, F::ProxyUnresolved]).unless(&[F::NoSuchName]),
    rule(Cause::ProxyUnreachable, &[F::AtProxy, F::Refused]).unless(&[F::ProxyReached, F::ProxyUnresolved]),
    rule(Cause::ProxyUnreachable, &[F::AtProxy]).unless(&[
        F::ProxyReached,
        F::ProxyUnresolved,
        F::ProxyFailedLocally,
        F::Refused,
    ]),
    rule(Cause::ProxyAuthentication, &[F::AtProxy, F::ProxyWantsCredentials]).unless(&[F::ProxyRefusalUnclear]),
    rule(Cause::ProxyAuthentication, &[F::AtProxy, F::ProxyWantsCredentials, F::ProxyRefusalUnclear]).likely(),
    rule(Cause::ProxyCannotReachTarget, &[F::AtProxy, F::ProxyBlocked]).likely(),
    rule(Cause::ProxyCannotReachTarget, &[F::AtProxy, F::ProxyPerhapsBlocked]).possible(),
    rule(Cause::ProxyRefused, &[F::AtProxy, F::EndedProxyRefusal])
        .unless(&[F::ProxyWantsCredentials, F::ProxyRefusalUnclear]),
    rule(Cause::ProxyRefused, &[F::AtProxy, F::EndedProxyRefusal, F::ProxyRefusalUnclear])
        .unless(&[F::ProxyWantsCredentials, F::ProxyBlocked, F::ProxyPerhapsBlocked])
        .likely(),
    rule(Cause::NotAProxy, &[F::AtProxy, F::EndedMalformed]).unless(&[F::ProxyAnswerBroken]),
    rule(Cause::NotAProxy, &[F::AtProxy, F::EndedMalformed, F::ProxyAnswerBroken]).likely(),
    rule(Cause::ProxySilent, &[F::AtProxy, F::EndedTimeout, F::ProxyReached]),
    rule(Cause::ProxyClosed, &[F::AtProxy, F::EndedFin, F::ProxyReached]),
    rule(Cause::ProxyClosed, &[F::AtProxy, F::EndedReset, F::ProxyReached])
        .shared("a proxy that ends without an answer is the observation; neither form tells why"),
    rule(Cause::ProxyClosed, &[F::AtProxy, F::EndedOs, F::ProxyReached])
        .shared("the system reports here in its own words that the connection to the proxy is gone"),
    // Negotiate: the ends without an answer
    rule(Cause::ClosedOnRequest, &[F::AtNegotiate, F::EndedFin, F::PeerSilent]),
    rule(Cause::ResetOnRequest, &[F::AtNegotiate, F::EndedReset, F::PeerSilent]),
    rule(Cause::AnswerTruncated, &[F::AtNegotiate, F::EndedFin]).unless(&[F::PeerSilent]),
    rule(Cause::AnswerTruncated, &[F::AtNegotiate, F::EndedReset])
        .unless(&[F::PeerSilent])
        .shared("an answer that breaks off is the observation; how the rest was lost adds nothing to it"),
    rule(Cause::SilentAfterRequest, &[F::AtNegotiate, F::EndedTimeout, F::PeerSilent]),
    rule(Cause::AnswerStalled, &[F::AtNegotiate, F::EndedTimeout]).unless(&[F::PeerSilent]),
    rule(Cause::NegotiationLost, &[F::AtNegotiate, F::EndedOs]),
    // Negotiate: answers that are not one
    rule(Cause::OtherProtocol, &[F::AtNegotiate, F::EndedMalformed, F::ForeignDistinct]),
    rule(Cause::OtherProtocol, &[F::AtNegotiate, F::EndedMalformed, F::ForeignKnown])
        .unless(&[F::ForeignDistinct])
        .likely(),
    rule(Cause::NotRdp, &[F::AtNegotiate, F::EndedMalformed, F::FirstByteForeign]).unless(&[F::ForeignKnown]),
    rule(Cause::ConfirmMalformed, &[F::AtNegotiate, F::EndedMalformed]).unless(&[F::ForeignKnown, F::FirstByteForeign]),
    rule(Cause::DisconnectedBeforeConfirm, &[F::AtNegotiate, F::DeniedInMcs]),
    rule(Cause::DisconnectedInX224, &[F::AtNegotiate, F::EndedDenied]).unless(&[F::DeniedInMcs]),
    // Negotiate: refusals
    rule(Cause::TlsRequired, &[F::AtNegotiate, F::FailureTlsRequired]),
    rule(Cause::TlsNotAllowed, &[F::AtNegotiate, F::FailureTlsNotAllowed]),
    rule(Cause::NoCertificate, &[F::AtNegotiate, F::FailureNoCertificate]),
    rule(Cause::InconsistentFlags, &[F::AtNegotiate, F::FailureInconsistentFlags]),
    rule(Cause::NlaRequired, &[F::AtNegotiate, F::FailureNlaRequired]).unless(&[F::NlaOffered]),
    rule(Cause::NlaRefusedThoughOffered, &[F::AtNegotiate, F::FailureNlaRequired, F::NlaOffered]),
    rule(Cause::ClientCertificateRequired, &[F::AtNegotiate, F::FailureClientCertificate]),
    rule(Cause::EntraRequired, &[F::AtNegotiate, F::FailureEntraRequired]).possible(),
    rule(Cause::RefusedUnknownCode, &[F::AtNegotiate, F::EndedRefusal]).unless(&[
        F::FailureTlsRequired,
        F::FailureTlsNotAllowed,
        F::FailureNoCertificate,
        F::FailureInconsistentFlags,
        F::FailureNlaRequired,
        F::FailureClientCertificate,
        F::FailureEntraRequired,
    ]),
    // Negotiate: answers that end the way to TLS
    rule(Cause::NoNegotiationData, &[F::AtNegotiate, F::EndedComplete, F::NoNegotiation]),
    rule(Cause::StandardSecurityOnly, &[F::AtNegotiate, F::EndedComplete, F::SelectedRdp, F::TlsOffered])
        .unless(&[F::NoNegotiation]),
    rule(Cause::TlsNotOffered, &[F::AtNegotiate, F::EndedComplete, F::SelectedRdp, F::TlsWanted])
        .unless(&[F::NoNegotiation, F::TlsOffered]),
    // TLS
    rule(Cause::TlsNotStarted, &[F::AtTls, F::EndedReset, F::PeerSilent]).likely(),
    rule(Cause::TlsNotStarted, &[F::AtTls, F::EndedFin, F::PeerSilent])
        .likely()
        .shared("Schannel listeners and middleboxes are reported with both; neither form tells them apart"),
    rule(Cause::TlsEndedMidway, &[F::AtTls, F::EndedReset]).unless(&[F::PeerSilent]),
    rule(Cause::TlsEndedMidway, &[F::AtTls, F::EndedFin])
        .unless(&[F::PeerSilent])
        .shared("a handshake that breaks off is the observation; the form of the end adds nothing to it"),
    rule(Cause::TlsHandshakeFailure, &[F::AtTls, F::EndedAlert, F::AlertNothingInCommon])
        .unless(&[F::ServerHelloSeen, F::HelloOfNothing]),
    rule(Cause::TlsAlert, &[F::AtTls, F::EndedAlert, F::AlertNothingInCommon, F::ServerHelloSeen]),
    rule(Cause::TlsAlert, &[F::AtTls, F::EndedAlert, F::AlertNothingInCommon, F::HelloOfNothing])
        .unless(&[F::ServerHelloSeen]),
    rule(Cause::TlsVersionRefused, &[F::AtTls, F::EndedAlert, F::AlertVersion]).unless(&[F::HelloUpToTls12]),
    rule(Cause::Tls13Only, &[F::AtTls, F::EndedAlert, F::AlertVersion, F::HelloUpToTls12]).likely(),
    rule(Cause::TlsServerError, &[F::AtTls, F::EndedAlert, F::AlertInternal]),
    rule(Cause::TlsAlert, &[F::AtTls, F::EndedAlert]).unless(&[
        F::AlertNothingInCommon,
        F::AlertVersion,
        F::AlertInternal,
    ]),
    rule(Cause::TlsSilent, &[F::AtTls, F::EndedTimeout, F::PeerSilent]),
    rule(Cause::TlsStalled, &[F::AtTls, F::EndedTimeout]).unless(&[F::PeerSilent]),
    rule(Cause::TlsUnsupported, &[F::AtTls, F::TlsUnspeakable]),
    rule(Cause::TlsNotSpoken, &[F::AtTls, F::NotTls]),
    rule(Cause::TlsDenied, &[F::AtTls, F::EndedDenied]),
    rule(Cause::TlsSignatureInvalid, &[F::AtTls, F::SignatureWrong]),
    rule(Cause::TlsProtocolViolation, &[F::AtTls, F::EndedMalformed]).unless(&[
        F::TlsUnspeakable,
        F::NotTls,
        F::SignatureWrong,
    ]),
    rule(Cause::TlsLost, &[F::AtTls, F::EndedOs]),
    rule(Cause::CertificateUnexpected, &[F::AtTls, F::EndedUntrusted, F::CertificateUnexpected]),
    rule(Cause::CertificateUntrusted, &[F::AtTls, F::EndedUntrusted]).unless(&[F::CertificateUnexpected]),
    // Findings, which stand beside whatever else there is
    rule(Cause::SelectedNotOffered, &[F::Unoffered]),
    rule(Cause::CertificateExpired, &[F::CertificateExpired]),
    rule(Cause::CertificateNotYetValid, &[F::CertificateEarly]),
    rule(Cause::CertificateWrongName, &[F::CertificateOtherName]),
    rule(Cause::CertificateWrongPurpose, &[F::CertificateOtherPurpose]),
    rule(Cause::CertificateWeakKey, &[F::CertificateWeakKey]),
    rule(Cause::CertificateWeakSignature, &[F::CertificateWeakSignature]),
    rule(Cause::CertificateUnreadable, &[F::CertificateUnreadable]),
    rule(Cause::NoFaultFound, &[F::GoalReached]).unless(&[F::Remarkable]),
];
