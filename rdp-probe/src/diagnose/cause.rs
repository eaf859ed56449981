//! What a cause is: the type that programs branch on.

use std::fmt;

use super::cause_text::CauseText;

/// Why a connection does not open, or what is remarkable about one that does.
///
/// Up to [`Cause::HelloAnswered`], a `Cause` says what the evidence of one connection carries and no more. Faults that
/// look the same on the wire share one such cause, which lists them as [`Candidate`](super::Candidate)s. Behind it stands what only several
/// connections show ([`Experiment`](super::Experiment)), then these faults themselves, some of which several connections
/// tell apart, and those that lie beyond a probe. What a server says of credentials, account and domain, in Network Level
/// Authentication, is such a fault, told outright.
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
    /// Credentials were to be sent, and no check of the certificate was demanded.
    CredentialsWithheld,
    /// Network Level Authentication was to be tried, and the server chose another protocol.
    NlaNotChosen,
    /// Network Level Authentication was to be tried, and was not offered.
    NlaNotOffered,
    /// No connection to a key distribution centre came about.
    KdcUnreachable,
    /// The key distribution centre ended the connection without an answer.
    KdcClosed,
    /// The key distribution centre does not answer in time.
    KdcSilent,
    /// What answers in place of a key distribution centre does not speak Kerberos.
    NotAKdc,
    /// The key distribution centre refuses the user name or the password.
    KdcRefusesCredentials,
    /// The key distribution centre does not know the server by this name.
    ServiceUnknown,
    /// Client and key distribution centre have no encryption type in common.
    EtypeUnsupported,
    /// The key distribution centre refuses for another reason.
    KdcRefuses,
    /// The server refuses in `CredSSP`, with a status that does not say why.
    NlaRejected,
    /// The server refuses with `SEC_E_UNSUPPORTED_FUNCTION`, which stands for several faults.
    UnsupportedFunction,
    /// The Early User Authorization Result is one that no published source explains.
    AuthorizationUnknown,
    /// The server ends Network Level Authentication with a TLS alert.
    CredsspAlert,
    /// The connection ended in the middle of a `CredSSP` message.
    CredsspTruncated,
    /// The server does not answer the first message of `CredSSP`.
    CredsspSilent,
    /// The server began to answer in `CredSSP` and stalled.
    CredsspStalled,
    /// The server ends the connection in plain RDP where `CredSSP` should go on.
    NlaDenied,
    /// What comes inside TLS is not `CredSSP`.
    CredsspNotSpoken,
    /// The server's `CredSSP` message is broken.
    CredsspMalformed,
    /// The server names a version of `CredSSP` that does not exist, or changes it.
    CredsspVersionInvalid,
    /// The server speaks a `CredSSP` from before the update for CVE-2018-0886.
    CredsspOutdated,
    /// The server does not take NTLM, as far as SPNEGO says.
    NtlmNotOffered,
    /// The server's security token cannot be read.
    NtlmChallengeMalformed,
    /// The server's word on its key is not on the key of this connection.
    PublicKeyMismatch,
    /// The server proves its key without the nonce that its version demands.
    CredsspNonceMissing,
    /// The client's security package does not take the server's token.
    ServerTokenInvalid,
    /// What the server sealed does not open.
    ServerUnproven,
    /// There are no credentials, or not of the kind that is needed.
    CredentialsMissing,
    /// The client has no such security package.
    PackageMissing,
    /// Kerberos has no name for the server.
    ServiceNameMissing,
    /// The client's own security package fails.
    SecurityPackageFailed,
    /// The local system failed the connection during Network Level Authentication.
    NlaLost,
    /// The trust that was asked for does not hold.
    CertificateUntrusted,
    /// The certificate is another than the one that was expected.
    CertificateUnexpected,
    /// The certificate has another key than the one that the target is known by.
    CertificateChanged,
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
    /// The server's first flight of TLS was read, and nothing in it is a fault; no handshake was finished.
    HelloAnswered,
    /// Every address of one family fails, and one of the other works.
    FamilyDead,
    /// Of the addresses of a name, one or more do not work.
    AddressDead,
    /// The same connection opens now and does not then.
    ComesAndGoes,
    /// The server answers a request with another offer, and drops this one.
    OfferNotTaken,
    /// A `ClientHello` that offers TLS 1.3 is not taken, and one that does not is.
    Tls13NotTolerated,
    /// A `ClientHello` with the server's name is not taken, and one without it is.
    ServerNameFiltered,
    /// The end in TLS comes sooner than the server could send it.
    TlsEndedOnTheWay,
    /// A large `ClientHello` ends the connection, and a small one does not.
    LargeHelloRefused,
    /// The server answers who asks for it by name, and not who does not.
    ServerNameNeeded,
    /// Several machines answer at one address.
    SeveralMachines,
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
