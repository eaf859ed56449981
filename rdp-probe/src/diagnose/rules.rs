//! The table of rules: which facts make which cause.

use super::cause::Cause;
use super::fact::Fact;
use super::grade::Grade;
use super::rule::Rule;

use Fact as F;

const fn rule(cause: Cause, requires: &'static [Fact]) -> Rule {
    Rule::certain(cause, requires)
}

/// What one look says of a `ClientHello` that leads to nothing.
const NOT_TAKEN: &[Cause] = &[
    Cause::TlsNotStarted,
    Cause::TlsHandshakeFailure,
    Cause::TlsVersionRefused,
    Cause::TlsServerError,
    Cause::TlsAlert,
    Cause::TlsSilent,
];

/// What has to be false where no `ClientHello` was answered, each time.
const NOTHING_ANSWERED: &[Fact] =
    &[F::Varies, F::WideAnswered, F::NamelessAnswered, F::Tls12Answered, F::Tls13Answered];

/// What one look says of a request that is dropped.
const REQUEST_DROPPED: &[Cause] = &[Cause::ClosedOnRequest, Cause::ResetOnRequest];

/// Why what a key distribution centre says of an account is what a server says of it.
const SAME_ACCOUNT: &str = "the account is the same, whether the centre or the server speaks of it";

/// Every rule. What several connections settle comes first, then what stopped the one that was asked for, what remains
/// possible behind it, and findings beside it; the order is the rank.
pub const RULES: &[Rule] = &[
    // Several looks: addresses
    rule(Cause::FamilyDead, &[F::FamilyFails]).once_more().explains(&[Cause::AddressDead]),
    rule(Cause::AddressDead, &[F::AddressFails]).once_more().aside(),
    // Several looks: it comes and goes
    rule(Cause::ConnectionLimit, &[F::Varies, F::FailsAtRequest, F::PauseHelps]).likely(),
    rule(Cause::FarmMemberBad, &[F::Varies, F::CertificatesDiffer]).likely().known(Grade::Observed),
    rule(Cause::PathUnstable, &[F::SynLost, F::SynLostAgain]).likely().known(Grade::Documented),
    rule(Cause::ComesAndGoes, &[F::Varies]).aside(),
    // Several looks: the request is dropped
    rule(Cause::OfferNotTaken, &[F::RequestDropped, F::SslAnswered])
        .unless(&[F::Varies])
        .once_more()
        .explains(REQUEST_DROPPED),
    rule(Cause::OfferNotTaken, &[F::RequestDropped, F::RdpAnswered])
        .unless(&[F::Varies, F::SslAnswered])
        .once_more()
        .explains(REQUEST_DROPPED),
    rule(Cause::DeadForward, &[F::RequestDropped])
        .unless(&[F::Varies, F::RdpAnswered, F::SslAnswered])
        .likely()
        .explains(REQUEST_DROPPED),
    // Several looks: the ClientHello is not taken
    rule(Cause::NoCommonTls, &[F::HelloNotTaken, F::WideAnswered, F::WideLegacy])
        .unless(&[F::Varies, F::Tls12Answered])
        .once_more()
        .explains(NOT_TAKEN),
    rule(Cause::Tls13NotTolerated, &[F::HelloNotTaken, F::Tls13Offered, F::Tls12Answered])
        .unless(&[F::Varies])
        .likely()
        .explains(NOT_TAKEN),
    rule(Cause::NoCommonTls, &[F::HelloNotTaken, F::WideAnswered])
        .unless(&[F::Varies, F::WideLegacy, F::Tls12Answered])
        .likely()
        .explains(NOT_TAKEN),
    rule(Cause::ServerNameFiltered, &[F::HelloNotTaken, F::NamelessAnswered])
        .unless(&[F::Varies, F::WideAnswered, F::Tls12Answered])
        .once_more()
        .explains(NOT_TAKEN),
    rule(Cause::TlsEndedOnTheWay, &[F::HelloDropped, F::AllDropped, F::EndedEarly])
        .unless(NOTHING_ANSWERED)
        .likely()
        .explains(NOT_TAKEN),
    rule(Cause::KeyUnreadable, &[F::HelloDropped, F::AllDropped, F::RdpAnswered])
        .unless(&[F::Varies, F::WideAnswered, F::NamelessAnswered, F::Tls12Answered, F::Tls13Answered, F::EndedEarly])
        .likely()
        .explains(NOT_TAKEN),
    rule(Cause::MtuBlackHole, &[F::AtTls, F::EndedTimeout, F::SmallAnswered])
        .unless(&[F::Varies, F::WideAnswered])
        .likely()
        .known(Grade::Observed)
        .explains(&[Cause::TlsSilent, Cause::TlsStalled]),
    rule(Cause::MtuBlackHole, &[F::GoalReached, F::WideAnswered, F::LargeLost])
        .unless(&[F::Varies])
        .likely()
        .known(Grade::Observed),
    rule(Cause::LargeHelloRefused, &[F::GoalReached, F::WideAnswered, F::LargeDropped, F::SegmentTaken])
        .unless(&[F::Varies])
        .once_more(),
    rule(Cause::LargeHelloRefused, &[F::GoalReached, F::WideAnswered, F::LargeDropped])
        .unless(&[F::Varies])
        .once_more()
        .aside(),
    rule(Cause::Tls13Only, &[F::AtTls, F::EndedAlert, F::AlertVersion, F::HelloUpToTls12, F::Tls13Answered])
        .unless(&[F::Varies])
        .once_more(),
    rule(Cause::Tls13Only, &[F::HelloDropped, F::HelloUpToTls12, F::Tls13Answered])
        .unless(&[F::Varies])
        .once_more()
        .explains(NOT_TAKEN),
    rule(Cause::ServerNameNeeded, &[F::GoalReached, F::AddressFormFails]).unless(&[F::Varies]).once_more(),
    rule(Cause::SeveralMachines, &[F::CertificatesDiffer]).unless(&[F::Varies]).likely().aside(),
    // Resolve
    rule(Cause::NameNotFound, &[F::AtResolve, F::NoSuchName]),
    rule(Cause::ResolverSilent, &[F::AtResolve, F::EndedTimeout]),
    rule(Cause::ResolverFailed, &[F::AtResolve, F::EndedOs]).unless(&[F::NoSuchName, F::RanOut]),
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
    rule(Cause::ProxyUnreachable, &[F::AtProxy, F::ProxyUnresolved]).unless(&[F::NoSuchName, F::RanOut]),
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
        .unless(&[F::RanOut])
        .shared("the system reports here in its own words that the connection to the proxy is gone"),
    // What this machine ran out of, wherever that is: it says nothing of anybody else
    rule(Cause::ConnectFailedLocally, &[F::RanOut]).unless(&[F::AtConnect]),
    // Negotiate: the ends without an answer
    rule(Cause::ClosedOnRequest, &[F::AtNegotiate, F::EndedFin, F::PeerSilent]),
    rule(Cause::ResetOnRequest, &[F::AtNegotiate, F::EndedReset, F::PeerSilent]),
    rule(Cause::AnswerTruncated, &[F::AtNegotiate, F::EndedFin]).unless(&[F::PeerSilent]),
    rule(Cause::AnswerTruncated, &[F::AtNegotiate, F::EndedReset])
        .unless(&[F::PeerSilent])
        .shared("an answer that breaks off is the observation; how the rest was lost adds nothing to it"),
    rule(Cause::SilentAfterRequest, &[F::AtNegotiate, F::EndedTimeout, F::PeerSilent]),
    rule(Cause::AnswerStalled, &[F::AtNegotiate, F::EndedTimeout]).unless(&[F::PeerSilent]),
    rule(Cause::NegotiationLost, &[F::AtNegotiate, F::EndedOs]).unless(&[F::RanOut]),
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
    rule(Cause::TlsLost, &[F::AtTls, F::EndedOs]).unless(&[F::RanOut]),
    rule(Cause::CertificateUnexpected, &[F::AtTls, F::EndedUntrusted, F::CertificateUnexpected]),
    rule(Cause::CertificateChanged, &[F::AtTls, F::EndedUntrusted, F::EndedByChange]),
    rule(Cause::CertificateUntrusted, &[F::AtTls, F::EndedUntrusted]).unless(&[
        F::CertificateUnexpected,
        F::EndedByChange,
        F::CheckLacking,
    ]),
    // TLS, where Network Level Authentication should follow
    rule(Cause::CredentialsWithheld, &[F::AtTls, F::EndedUntrusted, F::CheckLacking]),
    rule(Cause::NlaNotChosen, &[F::AtTls, F::EndedComplete, F::NlaWanted, F::NlaOffered]),
    rule(Cause::NlaNotOffered, &[F::AtTls, F::EndedComplete, F::NlaWanted]).unless(&[F::NlaOffered]),
    // Kerberos: the server was not asked
    rule(Cause::KdcUnreachable, &[F::AtKerberos, F::EndedOs]).unless(&[F::RanOut]),
    rule(Cause::KdcClosed, &[F::AtKerberos, F::EndedFin]),
    rule(Cause::KdcClosed, &[F::AtKerberos, F::EndedReset])
        .shared("a centre that ends without an answer is the observation; neither form tells why"),
    rule(Cause::KdcSilent, &[F::AtKerberos, F::EndedTimeout]),
    rule(Cause::NotAKdc, &[F::AtKerberos, F::EndedMalformed]),
    rule(Cause::KdcRefusesCredentials, &[F::AtKerberos, F::EndedKdcRefusal, F::KdcCredentials]),
    rule(Cause::ServiceUnknown, &[F::AtKerberos, F::EndedKdcRefusal, F::KdcService]),
    rule(Cause::EtypeUnsupported, &[F::AtKerberos, F::EndedKdcRefusal, F::KdcEtype]),
    rule(Cause::LogonNotPermitted, &[F::AtKerberos, F::EndedKdcRefusal, F::KdcPolicy]).likely(),
    rule(Cause::AccountUnusable, &[F::AtKerberos, F::EndedKdcRefusal, F::KdcRevoked]).likely(),
    rule(Cause::PasswordExpired, &[F::AtKerberos, F::EndedKdcRefusal, F::KdcExpired]),
    rule(Cause::ClockSkew, &[F::AtKerberos, F::EndedKdcRefusal, F::KdcSkew]),
    rule(Cause::KdcRefuses, &[F::AtKerberos, F::EndedKdcRefusal]).unless(&[
        F::KdcCredentials,
        F::KdcService,
        F::KdcEtype,
        F::KdcPolicy,
        F::KdcRevoked,
        F::KdcExpired,
        F::KdcSkew,
    ]),
    // NLA: the server says why
    rule(Cause::CredentialsWrong, &[F::AtNla, F::EndedRejected, F::RejectedCredentials]),
    rule(Cause::PasswordExpired, &[F::AtNla, F::EndedRejected, F::RejectedPassword]).shared(SAME_ACCOUNT),
    rule(Cause::AccountUnusable, &[F::AtNla, F::EndedRejected, F::RejectedAccount]).shared(SAME_ACCOUNT),
    rule(Cause::LogonNotPermitted, &[F::AtNla, F::EndedRejected, F::RejectedLogon]).shared(SAME_ACCOUNT),
    rule(Cause::LogonNotPermitted, &[F::AtNla, F::EndedUnauthorized, F::AuthorizationDenied])
        .shared("the same lack of a right, told behind CredSSP in place of inside it"),
    rule(Cause::AuthorizationUnknown, &[F::AtNla, F::EndedUnauthorized]).unless(&[F::AuthorizationDenied]),
    rule(Cause::DomainUnreachable, &[F::AtNla, F::EndedRejected, F::RejectedDomain]),
    rule(Cause::ClockSkew, &[F::AtNla, F::EndedRejected, F::RejectedClock])
        .shared("clocks that differ do so whether the centre or the server notices"),
    rule(Cause::NtlmBlocked, &[F::AtNla, F::EndedRejected, F::RejectedNtlm]).possible(),
    rule(Cause::DelegationRefused, &[F::AtNla, F::EndedRejected, F::RejectedDelegation]).possible(),
    rule(Cause::UnsupportedFunction, &[F::AtNla, F::EndedRejected, F::RejectedUnsupported]),
    rule(Cause::NlaRejected, &[F::AtNla, F::EndedRejected]).unless(&[
        F::RejectedCredentials,
        F::RejectedPassword,
        F::RejectedAccount,
        F::RejectedLogon,
        F::RejectedDomain,
        F::RejectedClock,
        F::RejectedNtlm,
        F::RejectedDelegation,
        F::RejectedUnsupported,
    ]),
    rule(Cause::CredsspOutdated, &[F::AtNla, F::EndedUntrusted]),
    // NLA: the server does not
    rule(Cause::CredsspEndsSilently, &[F::AtNla, F::EndedFin]).unless(&[F::MessagePartial]).likely(),
    rule(Cause::CredsspEndsSilently, &[F::AtNla, F::EndedReset])
        .unless(&[F::MessagePartial])
        .likely()
        .shared("an end without a word is the observation; which form it has depends on what was unread"),
    rule(Cause::CredsspTruncated, &[F::AtNla, F::EndedFin, F::MessagePartial]),
    rule(Cause::CredsspTruncated, &[F::AtNla, F::EndedReset, F::MessagePartial])
        .shared("a message that breaks off is the observation; the form of the end adds nothing to it"),
    rule(Cause::CredsspAlert, &[F::AtNla, F::EndedAlert]),
    rule(Cause::CredsspSilent, &[F::AtNla, F::EndedTimeout, F::PeerTurn, F::PeerSilent]),
    rule(Cause::CredsspStalled, &[F::AtNla, F::EndedTimeout, F::PeerTurn]).unless(&[F::PeerSilent]),
    rule(Cause::NlaDenied, &[F::AtNla, F::EndedDenied]),
    rule(Cause::NlaLost, &[F::AtNla, F::EndedOs]).unless(&[F::RanOut]),
    // NLA: what comes is not what is due
    rule(Cause::CredsspNotSpoken, &[F::AtNla, F::EndedMalformed, F::CredsspForeign]),
    rule(Cause::CredsspVersionInvalid, &[F::AtNla, F::EndedMalformed, F::CredsspVersionOdd]),
    rule(Cause::NtlmChallengeMalformed, &[F::AtNla, F::EndedMalformed, F::TokenUnreadable]),
    rule(Cause::PublicKeyMismatch, &[F::AtNla, F::EndedMalformed, F::KeyOther]),
    rule(Cause::CredsspNonceMissing, &[F::AtNla, F::EndedMalformed, F::NonceMissing]),
    rule(Cause::TlsProtocolViolation, &[F::AtNla, F::EndedMalformed, F::TlsBroken])
        .shared("a record that breaks TLS breaks it behind the handshake as well as in it"),
    rule(Cause::CredsspMalformed, &[F::AtNla, F::EndedMalformed]).unless(&[
        F::CredsspForeign,
        F::CredsspVersionOdd,
        F::TokenUnreadable,
        F::KeyOther,
        F::NonceMissing,
        F::TlsBroken,
    ]),
    // NLA: the client itself
    rule(Cause::CredentialsMissing, &[F::AtNla, F::EndedSecurity, F::CredentialsLacking]),
    rule(Cause::PackageMissing, &[F::AtNla, F::EndedSecurity, F::PackageLacking]),
    rule(Cause::ServiceNameMissing, &[F::AtNla, F::EndedSecurity, F::ServiceNameLacking]),
    rule(Cause::NtlmNotOffered, &[F::AtNla, F::EndedSecurity, F::TokenNotTaken, F::NtlmNotTaken])
        .possible()
        .explains(&[Cause::ServerTokenInvalid]),
    rule(Cause::ServerTokenInvalid, &[F::AtNla, F::EndedSecurity, F::TokenNotTaken]),
    rule(Cause::ServerUnproven, &[F::AtNla, F::EndedSecurity, F::SealBroken]),
    rule(Cause::SecurityPackageFailed, &[F::AtNla, F::EndedSecurity]).unless(&[
        F::CredentialsLacking,
        F::PackageLacking,
        F::ServiceNameLacking,
        F::TokenNotTaken,
        F::SealBroken,
    ]),
    rule(Cause::SecurityPackageFailed, &[F::AtNla, F::EndedTimeout])
        .unless(&[F::PeerTurn])
        .likely()
        .shared("a package that is not done in time has failed as much as one that says so"),
    // Several looks: what they leave possible
    rule(Cause::ConnectionLimit, &[F::Varies]).unless(&[F::PauseHelps]).possible(),
    rule(Cause::ConnectionLimit, &[F::SynLost, F::SynLostAgain]).possible(),
    rule(Cause::FarmMemberBad, &[F::Varies]).unless(&[F::FailsAtConnect]).possible(),
    rule(Cause::PathUnstable, &[F::Varies]).unless(&[F::SynLost]).possible(),
    rule(Cause::SourceFiltered, &[F::RequestDropped]).unless(&[F::Varies, F::RdpAnswered, F::SslAnswered]).possible(),
    rule(Cause::ConnectionLimit, &[F::RequestDropped]).unless(&[F::Varies, F::RdpAnswered, F::SslAnswered]).possible(),
    rule(Cause::OtherServiceOnPort, &[F::RequestDropped])
        .unless(&[F::Varies, F::RdpAnswered, F::SslAnswered])
        .possible(),
    rule(Cause::BoundCertificateUnusable, &[F::HelloDropped, F::AllDropped, F::RdpAnswered])
        .unless(NOTHING_ANSWERED)
        .possible(),
    rule(Cause::RenewalFailed, &[F::HelloDropped, F::AllDropped, F::RdpAnswered]).unless(NOTHING_ANSWERED).possible(),
    rule(Cause::MiddleboxResetsTls, &[F::HelloDropped, F::AllDropped]).unless(NOTHING_ANSWERED).possible(),
    rule(Cause::MiddleboxResetsTls, &[F::HelloDropped, F::Tls13Offered, F::Tls12Answered])
        .unless(&[F::Varies])
        .possible(),
    rule(Cause::KeyUnreadable, &[F::HelloDropped, F::AllDropped, F::EndedEarly]).unless(NOTHING_ANSWERED).possible(),
    rule(Cause::KeyUnreadable, &[F::EndedAlert, F::HelloNotTaken]).unless(NOTHING_ANSWERED).possible(),
    rule(Cause::ServiceHung, &[F::AtTls, F::EndedTimeout, F::PeerSilent])
        .unless(&[F::Varies, F::WideAnswered])
        .possible(),
    rule(Cause::ServiceHung, &[F::AtNegotiate, F::EndedTimeout, F::PeerSilent])
        .unless(&[F::Varies, F::RdpAnswered])
        .possible(),
    // Findings, which stand beside whatever else there is
    rule(Cause::SelectedNotOffered, &[F::Unoffered]),
    rule(Cause::CertificateChanged, &[F::CertificateChanged]),
    rule(Cause::CertificateExpired, &[F::CertificateExpired]),
    rule(Cause::CertificateNotYetValid, &[F::CertificateEarly]),
    rule(Cause::CertificateWrongName, &[F::CertificateOtherName]),
    rule(Cause::CertificateWrongPurpose, &[F::CertificateOtherPurpose]),
    rule(Cause::CertificateWeakKey, &[F::CertificateWeakKey]),
    rule(Cause::CertificateWeakSignature, &[F::CertificateWeakSignature]),
    rule(Cause::CertificateUnreadable, &[F::CertificateUnreadable]),
    rule(Cause::CredsspOutdated, &[F::CredsspOld]),
    rule(Cause::NtlmNotOffered, &[F::NtlmNotTaken]).possible(),
    rule(Cause::ClockSkew, &[F::ClocksApart]),
    rule(Cause::NoFaultFound, &[F::GoalReached]).unless(&[F::Remarkable, F::HelloWanted]),
    rule(Cause::HelloAnswered, &[F::GoalReached, F::HelloWanted]).unless(&[F::Remarkable]),
];
