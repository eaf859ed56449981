//! The details of ends: in which message, at which check, by which fault.

/// A message with which a server ends the connection in place of a Connection Confirm, or of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Denial {
    /// An MCS Disconnect Provider Ultimatum (T.125 section 7, part 4), with its reason.
    Ultimatum(u8),
    /// An X.224 Disconnect Request (X.224 section 13.5), with its reason.
    DisconnectRequest(u8),
}

impl Denial {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ultimatum(_) => "disconnect-provider-ultimatum",
            Self::DisconnectRequest(_) => "x224-disconnect-request",
        }
    }
}

/// One of the checks of a certificate, or of what credentials are given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Check {
    /// It can be read at all.
    Readable,
    /// It leads to a trusted root.
    Chain,
    /// It is valid now.
    Time,
    /// It names the host.
    Name,
    /// It may be used for a server.
    Purpose,
    /// Its key is strong enough.
    Key,
    /// It is signed with a trusted algorithm.
    Signature,
    /// It is the one that was expected.
    Thumbprint,
    /// Its key is the one that the target is known by.
    Known,
    /// Any of these was demanded at all: credentials are given to nobody unseen.
    Demanded,
    /// The server speaks a `CredSSP` with the update for CVE-2018-0886.
    CredSspVersion,
}

impl Check {
    /// All checks, in the order in which they are judged.
    pub const ALL: [Self; 11] = [
        Self::Readable,
        Self::Chain,
        Self::Time,
        Self::Name,
        Self::Purpose,
        Self::Key,
        Self::Signature,
        Self::Thumbprint,
        Self::Known,
        Self::Demanded,
        Self::CredSspVersion,
    ];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Readable => "readable",
            Self::Chain => "chain",
            Self::Time => "time",
            Self::Name => "name",
            Self::Purpose => "purpose",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Thumbprint => "thumbprint",
            Self::Known => "known",
            Self::Demanded => "demanded",
            Self::CredSspVersion => "credssp-version",
        }
    }
}

/// In which way something is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// The first byte is not 3, the version of TPKT (RFC 1006 section 6).
    NotTpkt,
    /// The TPKT length is below 7 or above 512.
    TpktLength,
    /// The TPDU is not a Connection Confirm.
    NotConfirm,
    /// The Connection Confirm is too short for what it says it carries, or carries something else.
    Confirm,
    /// The selected protocol is none that is known.
    SelectedProtocol,
    /// What came in answer to the `ClientHello` are not TLS records.
    TlsNotSpoken,
    /// The server chose a version or suite that the client did not offer or cannot speak.
    TlsUnsupported,
    /// The server broke the TLS protocol in another way.
    TlsProtocol,
    /// The handshake signature does not match the key in the certificate.
    TlsSignature,
    /// The proxy's answer is none of the protocol that it was spoken to in.
    NotProxy,
    /// The proxy's answer begins in the protocol that it was spoken to in, and goes on in another way.
    ProxyAnswer,
    /// What came inside TLS is no `TSRequest`: it does not begin like one.
    NotCredSsp,
    /// What came inside TLS begins like a `TSRequest`, and is none.
    TsRequest,
    /// The `TSRequest` lacks what is due: a token, or the sealed word on the server's key.
    TsRequestField,
    /// The server speaks a version of `CredSSP` that does not exist, or changes its mind.
    CredSspVersion,
    /// The token is neither of NTLM nor of SPNEGO, or its CHALLENGE cannot be read to the end.
    NtlmChallenge,
    /// The server's word on its key is on another key: somebody stands between, or it does not know the password.
    PublicKey,
    /// The server's word on its key lacks the nonce that its version of `CredSSP` demands.
    Nonce,
    /// What the key distribution centre sent is no message of Kerberos.
    Kerberos,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 19] = [
        Self::NotTpkt,
        Self::TpktLength,
        Self::NotConfirm,
        Self::Confirm,
        Self::SelectedProtocol,
        Self::TlsNotSpoken,
        Self::TlsUnsupported,
        Self::TlsProtocol,
        Self::TlsSignature,
        Self::NotProxy,
        Self::ProxyAnswer,
        Self::NotCredSsp,
        Self::TsRequest,
        Self::TsRequestField,
        Self::CredSspVersion,
        Self::NtlmChallenge,
        Self::PublicKey,
        Self::Nonce,
        Self::Kerberos,
    ];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotTpkt => "not-tpkt",
            Self::TpktLength => "tpkt-length",
            Self::NotConfirm => "not-confirm",
            Self::Confirm => "confirm",
            Self::SelectedProtocol => "selected-protocol",
            Self::TlsNotSpoken => "tls-not-spoken",
            Self::TlsUnsupported => "tls-unsupported",
            Self::TlsProtocol => "tls-protocol",
            Self::TlsSignature => "tls-signature",
            Self::NotProxy => "not-proxy",
            Self::ProxyAnswer => "proxy-answer",
            Self::NotCredSsp => "not-credssp",
            Self::TsRequest => "ts-request",
            Self::TsRequestField => "ts-request-field",
            Self::CredSspVersion => "credssp-version",
            Self::NtlmChallenge => "ntlm-challenge",
            Self::PublicKey => "public-key",
            Self::Nonce => "nonce",
            Self::Kerberos => "kerberos",
        }
    }
}
