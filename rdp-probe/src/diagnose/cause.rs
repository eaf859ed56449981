//! What a cause is: the type that programs branch on, and the row of text that people read.

use std::fmt;

use super::grade::{Confidence, Grade};

/// Why a connection does not open, or what is remarkable about one that does.
///
/// Up to [`Cause::NoFaultFound`], a `Cause` says what the evidence of one connection carries and no more. Faults that
/// look the same on the wire share one such cause, which lists them as [`Candidate`]s. The causes behind it are these
/// faults themselves, which one connection cannot tell apart, and those that lie beyond it.
///
/// The code of a cause ([`Cause::code`]) is stable: causes are added, never renamed or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Cause {
    /// The resolver knows no such name.
    NameNotFound,
    /// The resolver did not answer in time.
    ResolverSilent,
    /// The resolver answered with an error other than "no such name".
    ResolverFailed,
    /// The address refuses connections on this port.
    ConnectionRefused,
    /// There is no route to the address.
    NoRoute,
    /// Nothing answers the connection attempt.
    ConnectTimeout,
    /// The connection was reset while it was being set up.
    ConnectReset,
    /// This machine could not make the connection.
    ConnectFailedLocally,
    /// The name has no address of the family that was to be used.
    NoAddressOfFamily,
    /// No connection to the proxy came about.
    ProxyUnreachable,
    /// The proxy wants authentication, or refuses the credentials.
    ProxyAuthentication,
    /// The proxy refuses to connect to the target.
    ProxyRefused,
    /// The proxy would connect to the target and could not.
    ProxyCannotReachTarget,
    /// What answers is no proxy of the kind that was asked for.
    NotAProxy,
    /// The proxy does not answer in time.
    ProxySilent,
    /// The proxy ends the connection without an answer.
    ProxyClosed,
    /// The peer closed without a byte after the X.224 Connection Request.
    ClosedOnRequest,
    /// The peer reset without a byte after the X.224 Connection Request.
    ResetOnRequest,
    /// The peer ended the connection in the middle of its answer to the Connection Request.
    AnswerTruncated,
    /// The peer accepted the connection and never answered the Connection Request.
    SilentAfterRequest,
    /// The peer began to answer the Connection Request and stalled.
    AnswerStalled,
    /// Another protocol than RDP, known by name, answers on the port.
    OtherProtocol,
    /// What answers on the port is not RDP, and not known by name.
    NotRdp,
    /// The answer is RDP by its framing, and broken.
    ConfirmMalformed,
    /// The server ended the connection with an MCS message in place of a Connection Confirm.
    DisconnectedBeforeConfirm,
    /// The peer ended the connection with an X.224 Disconnect Request, which need not be RDP.
    DisconnectedInX224,
    /// The local system failed the connection during negotiation.
    NegotiationLost,
    /// `SSL_REQUIRED_BY_SERVER`: the server insists on TLS.
    TlsRequired,
    /// `SSL_NOT_ALLOWED_BY_SERVER`: the server is set to standard RDP security only.
    TlsNotAllowed,
    /// `SSL_CERT_NOT_ON_SERVER`: the server has no usable certificate, and says so.
    NoCertificate,
    /// `INCONSISTENT_FLAGS`: the server dislikes the combination of requested protocols.
    InconsistentFlags,
    /// `HYBRID_REQUIRED_BY_SERVER`: the server insists on Network Level Authentication.
    NlaRequired,
    /// `HYBRID_REQUIRED_BY_SERVER` although Network Level Authentication was offered.
    NlaRefusedThoughOffered,
    /// `SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER`: the server insists on a client certificate.
    ClientCertificateRequired,
    /// `ENTRA_AUTH_REQUIRED_BY_SERVER`: the server insists on Entra ID sign-in.
    EntraRequired,
    /// The server refused with a code that no published source explains.
    RefusedUnknownCode,
    /// The server chose standard RDP security although TLS was offered.
    StandardSecurityOnly,
    /// The server's confirm carries no negotiation data: standard RDP security, no TLS.
    NoNegotiationData,
    /// Standard RDP security alone was offered, and the server took it.
    TlsNotOffered,
    /// The server chose a protocol that was not offered.
    SelectedNotOffered,
    /// The peer closed or reset straight after the `ClientHello`: the server speaks RDP and cannot start TLS.
    TlsNotStarted,
    /// Fatal alert `handshake_failure` or `insufficient_security`: no common suite or signature algorithm.
    TlsHandshakeFailure,
    /// Fatal alert `protocol_version`: no common TLS version.
    TlsVersionRefused,
    /// Fatal alert `protocol_version` to a hello of TLS 1.0 to 1.2: the server speaks TLS 1.3 alone, it seems.
    Tls13Only,
    /// Fatal alert `internal_error`: the server's TLS failed inside.
    TlsServerError,
    /// Any other fatal alert.
    TlsAlert,
    /// The server stayed silent after the `ClientHello`.
    TlsSilent,
    /// The server began the TLS handshake and stalled.
    TlsStalled,
    /// The peer ended the connection in the middle of the TLS handshake.
    TlsEndedMidway,
    /// The server chose a TLS version or suite that this client cannot speak.
    TlsUnsupported,
    /// What followed the Connection Confirm is not TLS.
    TlsNotSpoken,
    /// The server ends the connection in plain RDP where TLS should begin.
    TlsDenied,
    /// The peer broke the TLS protocol.
    TlsProtocolViolation,
    /// The server's handshake signature does not match the key in its certificate.
    TlsSignatureInvalid,
    /// The local system failed the connection during TLS.
    TlsLost,
    /// The trust that was asked for does not hold.
    CertificateUntrusted,
    /// The certificate is another than the one that was expected.
    CertificateUnexpected,
    /// The certificate is past its end and served all the same.
    CertificateExpired,
    /// The certificate is not valid yet.
    CertificateNotYetValid,
    /// The certificate names other hosts than the one that was asked for.
    CertificateWrongName,
    /// The certificate's key usages leave out servers.
    CertificateWrongPurpose,
    /// The certificate's key is weaker than today's clients accept.
    CertificateWeakKey,
    /// The certificate is signed with an algorithm that is no longer trusted.
    CertificateWeakSignature,
    /// The certificate cannot be read.
    CertificateUnreadable,
    /// As far as was asked, the connection opens and nothing speaks against it.
    NoFaultFound,
    /// The server cannot use the private key of its certificate.
    KeyUnreadable,
    /// The server could not renew its self-signed certificate.
    RenewalFailed,
    /// The certificate bound to the listener is missing or has no usable key.
    BoundCertificateUnusable,
    /// Client and server have no TLS version or cipher suite in common.
    NoCommonTls,
    /// The server turns away clients that do not offer SHA-1 signatures.
    Sha1Wanted,
    /// The server takes no more connections: a limit, throttling, an attack, a listener that stopped.
    ConnectionLimit,
    /// Remote Desktop is off, its service is stopped, or it listens elsewhere.
    ServiceStopped,
    /// The Remote Desktop service runs and does not answer.
    ServiceHung,
    /// A firewall, IPS or proxy between ends the connection at the TLS handshake.
    MiddleboxResetsTls,
    /// A forwarder takes the connection and has nothing behind it.
    DeadForward,
    /// Another service than RDP has the port.
    OtherServiceOnPort,
    /// A filter ends the connection because of where it comes from.
    SourceFiltered,
    /// The network on the way loses packets or breaks connections.
    PathUnstable,
    /// Large packets vanish on the way.
    MtuBlackHole,
    /// One of several servers behind an address, or their broker, is not sound.
    FarmMemberBad,
    /// The name leads to another machine than meant.
    NameLeadsElsewhere,
    /// The way through an RD Gateway fails.
    GatewayLeg,
    /// UDP beside the TCP connection fails.
    UdpTrouble,
    /// The server ends Network Level Authentication without a reason.
    CredsspEndsSilently,
    /// One side lacks the `CredSSP` update for CVE-2018-0886.
    CredsspOracle,
    /// The server refuses the user name or the password.
    CredentialsWrong,
    /// The password has expired or must be changed first.
    PasswordExpired,
    /// The account is disabled, locked, expired or restricted.
    AccountUnusable,
    /// The account may not log on to this machine, or not now.
    LogonNotPermitted,
    /// The server cannot ask its domain about the user.
    DomainUnreachable,
    /// NTLM is forbidden, and Kerberos cannot be used.
    NtlmBlocked,
    /// The clocks of client, server or domain differ too much.
    ClockSkew,
    /// The client may not hand these credentials to this server.
    DelegationRefused,
    /// The licence exchange fails after log-on.
    LicensingFails,
    /// The session fails after log-on: profile, shell or driver.
    SessionFails,
    /// The client itself stands in the way.
    ClientAtFault,
}

/// Whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Who {
    /// Whoever typed the target.
    User,
    /// Whoever runs the machine that is connected to.
    ServerAdmin,
    /// Whoever runs what lies between: firewall, forwarder, VPN, load balancer.
    Network,
    /// Whoever runs the client's machine.
    Client,
    /// Nobody needs to move.
    Nobody,
}

/// One of several faults that leave the same trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// The cause of its own that this is, where there is one.
    pub cause: Option<Cause>,
    /// The fault, in words.
    pub what: &'static str,
    /// How well it is known to leave this trace.
    pub grade: Grade,
    /// What would prove it: an event in a log, a setting, an experiment.
    pub proof: &'static str,
}

/// One thing to do about a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remedy {
    /// What to do, in words.
    pub what: &'static str,
    /// The exact command, where there is one. Lines are separated by `\n`.
    pub command: Option<&'static str>,
    /// What it costs: effect on running sessions, on security, on other services.
    pub risk: &'static str,
}

/// The text of a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CauseText {
    /// The cause this text belongs to.
    pub cause: Cause,
    /// Stable name, in kebab-case.
    pub code: &'static str,
    /// The headline: what happened, in one line of at most 80 characters.
    pub headline: &'static str,
    /// What happened and what it means, in one to three sentences.
    pub what: &'static str,
    /// How well the statement is known.
    pub grade: Grade,
    /// Whose move it is.
    pub who: Who,
    /// Faults that leave this same trace, most probable first. Empty where the trace is unambiguous.
    pub candidates: &'static [Candidate],
    /// What to do, best first.
    pub remedies: &'static [Remedy],
    /// The event, on the server or the client, that would prove it.
    pub proof: Option<&'static str>,
    /// Where the statement comes from.
    pub sources: &'static [&'static str],
}

impl Candidate {
    /// How sure one can be of it from this trace alone: it is one of several, so no more than possible.
    #[must_use]
    pub const fn confidence(&self) -> Confidence {
        Confidence::Possible
    }
}

impl Cause {
    /// The stable code, such as `nla-required`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.text().code
    }

    /// The row of text that explains this cause.
    #[must_use]
    pub fn text(self) -> &'static CauseText {
        super::causes::text(self)
    }

    /// The cause with this code, in any case.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().find(|cause| cause.code().eq_ignore_ascii_case(code))
    }

    /// All causes: what one connection shows, in the order of the stages, then the faults behind it.
    pub fn all() -> impl Iterator<Item = Self> {
        super::causes::all().map(|text| text.cause)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl Who {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ServerAdmin => "server-admin",
            Self::Network => "network",
            Self::Client => "client",
            Self::Nobody => "nobody",
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
