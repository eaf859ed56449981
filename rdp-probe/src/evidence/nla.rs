//! What Network Level Authentication showed, and what became of the credentials.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::{Goal, OsError};
use crate::codes::{ClientStatus, NtStatus};
use crate::protocol::Selected;

/// Which security package authenticates inside `CredSSP`, and how its messages are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Package {
    /// NTLM, its messages as they are: what the Windows client sends where Kerberos cannot be had, and what every server takes.
    #[default]
    Ntlm,
    /// NTLM in SPNEGO (RFC 4178), as the specification has it.
    Spnego,
    /// Kerberos in SPNEGO.
    Kerberos,
}

impl Package {
    /// All packages.
    pub const ALL: [Self; 3] = [Self::Ntlm, Self::Spnego, Self::Kerberos];

    /// The word used in reports and transcripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ntlm => "ntlm",
            Self::Spnego => "spnego",
            Self::Kerberos => "kerberos",
        }
    }
}

/// What credentials are given in spite of. Each is a danger that the caller takes by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct Dangers {
    /// To whoever answers, though no check of the certificate was demanded.
    pub any_certificate: bool,
    /// To a server without the update for CVE-2018-0886 (`CredSSP` below version 5): who stands between can then relay them.
    ///
    /// With NTLM, nothing that proves the password goes out before the server has named its version. With Kerberos the ticket does:
    /// it is in the first message, whichever version the server names then. The binding and the password stay here all the same.
    pub old_credssp: bool,
}

/// Everything that happened inside TLS, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CredSsp {
    /// What happened, and when.
    pub events: Vec<CredSspEvent>,
}

/// Something that happened inside TLS. It has no more fields than these, and gets none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredSspEvent {
    /// When, since the start of the probe.
    pub at: Duration,
    /// What.
    pub what: CredSspStep,
}

/// What happened inside TLS. Nothing that credentials could be guessed from is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredSspStep {
    /// So many bytes were written; which, is not kept. What depends on the credentials counts as if it were of one length: a proof
    /// of the password as one byte, the sealed credentials as none; and of such a message that went in part, one byte.
    Sent(usize),
    /// These bytes were read. The contents of tokens that may hold tickets are zeros.
    Received(Bytes),
    /// The security package has done what it was asked to.
    Secured(SecuredStep),
}

/// What a security package did, without the bytes. It has no more fields than these, and gets none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecuredStep {
    /// What came of it.
    pub outcome: SecuredOutcome,
    /// What passed between it and a key distribution centre meanwhile.
    pub kdc: Option<KdcTraffic>,
}

/// What came of what a security package was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecuredOutcome {
    /// A token of so many bytes. Zero where there is nothing to send.
    Token {
        /// Its length; 1 where it would tell the length of a name.
        length: usize,
        /// Whether the context stands with it.
        done: bool,
    },
    /// So many bytes that are sealed; 0 where they are the credentials, whose length is nobody's affair.
    Sealed(usize),
    /// What the server makes of its key.
    Bound(Binding),
    /// It failed.
    Failed(SecurityError),
    /// The key distribution centre failed it.
    KdcFailed(KdcEnd),
}

/// Time and traffic with a key distribution centre. It has no more fields than these, and gets none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct KdcTraffic {
    /// How long it took.
    pub elapsed: Duration,
    /// Bytes written.
    pub sent: u64,
    /// Bytes read.
    pub received: u64,
}

/// What the server's sealed word on its key says ([MS-CSSP] 3.1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Binding {
    /// It is the key of this connection: the server knows the password, and nobody stands between.
    Same,
    /// It is the key of this connection, bound without the nonce that this version of the protocol demands.
    WithoutNonce,
    /// It is another key, or none.
    Other,
}

impl Binding {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Same, Self::WithoutNonce, Self::Other];

    /// The word used in transcripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::WithoutNonce => "without-nonce",
            Self::Other => "other",
        }
    }
}

/// A security package has failed, with the status that its interface has for that. It has no more fields than these, and gets none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecurityError {
    /// What kind of failure it is.
    pub kind: SecurityErrorKind,
    /// The status, of the client's own packages.
    pub status: ClientStatus,
}

/// The kinds of failure of a security package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SecurityErrorKind {
    /// There are no credentials, or not of the kind that is needed.
    NoCredentials,
    /// There is no such package here.
    NoPackage,
    /// The target has no name that Kerberos could know it by.
    NoServiceName,
    /// The server's token cannot be read, or does not follow from what was sent.
    Token,
    /// What the server sealed does not open: it has another key.
    Seal,
    /// Anything else; the status says what.
    Other,
}

impl SecurityErrorKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::NoCredentials, Self::NoPackage, Self::NoServiceName, Self::Token, Self::Seal, Self::Other];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoCredentials => "no-credentials",
            Self::NoPackage => "no-package",
            Self::NoServiceName => "no-service-name",
            Self::Token => "token",
            Self::Seal => "seal",
            Self::Other => "other",
        }
    }
}

/// How the talk with a key distribution centre failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KdcEnd {
    /// It closed.
    Fin,
    /// It reset the connection.
    Reset,
    /// The time was over.
    Timeout,
    /// The operating system failed the call.
    Os(OsError),
    /// It refuses, with the code of a KRB-ERROR (RFC 4120 7.5.9).
    Refusal(i32),
    /// What came is no message of Kerberos.
    Malformed,
}

/// What became of the credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NlaResult {
    /// The server has proven, by its word on its key, that it takes them.
    Verified,
    /// The server refuses them, with this status, behind what proves the password. What it refuses before says nothing of them.
    Rejected(NtStatus),
    /// The key distribution centre refuses them, with this code.
    RejectedByKdc(i32),
    /// They are right, and the user may not log on here (the Early User Authorization Result).
    NotAuthorized(u32),
    /// The server chose a protocol that asks for none: whatever they are, nothing is known of them.
    NotVerifiable(Selected),
    /// It ended before anything was known.
    Unknown,
}

impl NlaResult {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Rejected(_) | Self::RejectedByKdc(_) => "rejected",
            Self::NotAuthorized(_) => "not-authorized",
            Self::NotVerifiable(_) => "not-verifiable",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for NlaResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Goal {
    /// Whether it is reached in Network Level Authentication.
    #[must_use]
    pub const fn is_nla(self) -> bool {
        matches!(self, Self::Challenge | Self::Verify | Self::Delegate)
    }

    /// Whether it takes credentials.
    #[must_use]
    pub const fn needs_credentials(self) -> bool {
        matches!(self, Self::Verify | Self::Delegate)
    }
}
