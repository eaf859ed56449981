//! The stages of an opening, and every way one of them can end.

use std::fmt;
use std::io;

use crate::protocol::FailureCode;

/// A stage of opening a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// Name to addresses.
    Resolve,
    /// Address to TCP connection.
    Connect,
    /// X.224 Connection Request and Confirm ([MS-RDPBCGR] 1.3.1.1).
    Negotiate,
    /// The TLS handshake that follows ([MS-RDPBCGR] 5.4.5.1).
    Tls,
}

impl Stage {
    /// All stages, in their order.
    pub const ALL: [Self; 4] = [Self::Resolve, Self::Connect, Self::Negotiate, Self::Tls];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Negotiate => "negotiate",
            Self::Tls => "tls",
        }
    }

    /// Whether this stage can end so. The pairs left out cannot happen:
    /// before a connection stands nobody can close, answer or distrust it; `Complete` is the end of a probe only
    /// at a stage that can be a goal; alerts and trust belong to TLS, refusals to negotiation.
    #[must_use]
    pub const fn admits(self, end: EndKind) -> bool {
        use EndKind as E;
        match self {
            Self::Resolve => matches!(end, E::Timeout | E::Os),
            Self::Connect => matches!(end, E::Reset | E::Timeout | E::Os),
            Self::Negotiate => !matches!(end, E::Alert | E::Untrusted),
            Self::Tls => !matches!(end, E::Refusal),
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a stage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum End {
    /// It did what it is for.
    Complete,
    /// The peer closed in an orderly way.
    Fin,
    /// The peer, or something between, reset the connection.
    Reset,
    /// The time for the stage, or for the whole probe, was over.
    Timeout,
    /// The peer sent a fatal TLS alert (RFC 8446 section 6), with its number.
    Alert(u8),
    /// The server refused in a Negotiation Failure.
    Refusal(FailureCode),
    /// The server ended the connection in a message that is no answer to the request.
    Denied(Denial),
    /// The handshake is complete, and the trust that was asked for does not hold.
    Untrusted(Check),
    /// What came is not what the protocol says.
    Malformed(Fault),
    /// The operating system failed the call.
    Os(OsError),
}

/// The kind of an [`End`], without its detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is described at End")]
pub enum EndKind {
    Complete,
    Fin,
    Reset,
    Timeout,
    Alert,
    Refusal,
    Denied,
    Untrusted,
    Malformed,
    Os,
}

impl EndKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Complete,
        Self::Fin,
        Self::Reset,
        Self::Timeout,
        Self::Alert,
        Self::Refusal,
        Self::Denied,
        Self::Untrusted,
        Self::Malformed,
        Self::Os,
    ];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Fin => "fin",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
            Self::Alert => "alert",
            Self::Refusal => "refusal",
            Self::Denied => "denied",
            Self::Untrusted => "untrusted",
            Self::Malformed => "malformed",
            Self::Os => "os",
        }
    }
}

impl End {
    /// The kind, without detail.
    #[must_use]
    pub const fn kind(&self) -> EndKind {
        match self {
            Self::Complete => EndKind::Complete,
            Self::Fin => EndKind::Fin,
            Self::Reset => EndKind::Reset,
            Self::Timeout => EndKind::Timeout,
            Self::Alert(_) => EndKind::Alert,
            Self::Refusal(_) => EndKind::Refusal,
            Self::Denied(_) => EndKind::Denied,
            Self::Untrusted(_) => EndKind::Untrusted,
            Self::Malformed(_) => EndKind::Malformed,
            Self::Os(_) => EndKind::Os,
        }
    }

    /// The number that came with it, if one did.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        match self {
            Self::Alert(number) => Some(i64::from(*number)),
            Self::Refusal(code) => Some(i64::from(code.0)),
            Self::Denied(Denial::Ultimatum(reason) | Denial::DisconnectRequest(reason)) => Some(i64::from(*reason)),
            Self::Os(error) => error.code.map(i64::from),
            _ => None,
        }
    }

    /// The name of that number or of the detail, if it has one.
    #[must_use]
    pub fn symbol(&self) -> Option<&'static str> {
        match self {
            Self::Alert(number) => alert_name(*number),
            Self::Refusal(code) => code.symbol(),
            Self::Denied(denial) => Some(denial.as_str()),
            Self::Untrusted(check) => Some(check.as_str()),
            Self::Malformed(fault) => Some(fault.as_str()),
            Self::Os(error) => Some(error.kind.as_str()),
            _ => None,
        }
    }
}

/// In a report's words: `fin`, `alert 40 (handshake_failure)`, `os 111 (connection-refused)`.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().as_str())?;
        match (self.code(), self.symbol()) {
            (Some(code), Some(symbol)) => write!(f, " {code} ({symbol})"),
            (Some(code), None) => write!(f, " {code}"),
            (None, Some(symbol)) => write!(f, " ({symbol})"),
            (None, None) => Ok(()),
        }
    }
}

/// The name of a TLS alert (RFC 8446 section 6 and its forerunners).
const fn alert_name(number: u8) -> Option<&'static str> {
    Some(match number {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        22 => "record_overflow",
        40 => "handshake_failure",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        109 => "missing_extension",
        110 => "unsupported_extension",
        112 => "unrecognized_name",
        116 => "certificate_required",
        120 => "no_application_protocol",
        _ => return None,
    })
}

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

/// One of the checks of a certificate.
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
}

impl Check {
    /// All checks, in the order in which they are judged.
    pub const ALL: [Self; 7] =
        [Self::Readable, Self::Chain, Self::Time, Self::Name, Self::Purpose, Self::Key, Self::Signature];

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
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 9] = [
        Self::NotTpkt,
        Self::TpktLength,
        Self::NotConfirm,
        Self::Confirm,
        Self::SelectedProtocol,
        Self::TlsNotSpoken,
        Self::TlsUnsupported,
        Self::TlsProtocol,
        Self::TlsSignature,
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
        }
    }
}

/// An error of the operating system: its own number, and what that means everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OsError {
    /// Whose number it is.
    pub space: OsErrorSpace,
    /// The number, where the error carried one.
    pub code: Option<i32>,
    /// What it means.
    pub kind: OsErrorKind,
}

/// Whose number an [`OsError`] carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum OsErrorSpace {
    /// A system call: `errno`, or a Winsock error.
    System,
    /// The resolver: `EAI_…` of `getaddrinfo`.
    Resolver,
}

/// What an [`OsError`] means, on every system alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are those of the system's own errors")]
pub enum OsErrorKind {
    NameNotFound,
    NameServerFailed,
    ConnectionRefused,
    ConnectionReset,
    ConnectionAborted,
    HostUnreachable,
    NetworkUnreachable,
    TimedOut,
    PermissionDenied,
    AddressNotAvailable,
    OutOfResources,
    Other,
}

impl OsErrorKind {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::NameNotFound,
        Self::NameServerFailed,
        Self::ConnectionRefused,
        Self::ConnectionReset,
        Self::ConnectionAborted,
        Self::HostUnreachable,
        Self::NetworkUnreachable,
        Self::TimedOut,
        Self::PermissionDenied,
        Self::AddressNotAvailable,
        Self::OutOfResources,
        Self::Other,
    ];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NameNotFound => "name-not-found",
            Self::NameServerFailed => "name-server-failed",
            Self::ConnectionRefused => "connection-refused",
            Self::ConnectionReset => "connection-reset",
            Self::ConnectionAborted => "connection-aborted",
            Self::HostUnreachable => "host-unreachable",
            Self::NetworkUnreachable => "network-unreachable",
            Self::TimedOut => "timed-out",
            Self::PermissionDenied => "permission-denied",
            Self::AddressNotAvailable => "address-not-available",
            Self::OutOfResources => "out-of-resources",
            Self::Other => "other",
        }
    }
}

impl OsError {
    /// An error that says nothing of itself.
    pub const UNKNOWN: Self = Self { space: OsErrorSpace::System, code: None, kind: OsErrorKind::Other };
}

impl From<&io::Error> for OsError {
    fn from(error: &io::Error) -> Self {
        // EMFILE, ENFILE, ENOBUFS have no stable ErrorKind: their numbers on Linux, macOS and Windows.
        const EXHAUSTED: [i32; 7] = [23, 24, 55, 105, 10024, 10055, 12];
        let code = error.raw_os_error();
        let kind = match error.kind() {
            io::ErrorKind::ConnectionRefused => OsErrorKind::ConnectionRefused,
            io::ErrorKind::ConnectionReset => OsErrorKind::ConnectionReset,
            io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => OsErrorKind::ConnectionAborted,
            io::ErrorKind::HostUnreachable => OsErrorKind::HostUnreachable,
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => OsErrorKind::NetworkUnreachable,
            io::ErrorKind::TimedOut => OsErrorKind::TimedOut,
            io::ErrorKind::PermissionDenied => OsErrorKind::PermissionDenied,
            io::ErrorKind::AddrNotAvailable => OsErrorKind::AddressNotAvailable,
            io::ErrorKind::OutOfMemory => OsErrorKind::OutOfResources,
            _ if code.is_some_and(|code| EXHAUSTED.contains(&code)) => OsErrorKind::OutOfResources,
            _ => OsErrorKind::Other,
        };
        Self { space: OsErrorSpace::System, code, kind }
    }
}

/// A reset is a reset and an end of file a FIN, whichever call reports it; the rest stays the system's.
impl From<&io::Error> for End {
    fn from(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionReset => Self::Reset,
            io::ErrorKind::UnexpectedEof => Self::Fin,
            _ => Self::Os(OsError::from(error)),
        }
    }
}

/// How a stream ends outside TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Close {
    /// In an orderly way.
    Fin,
    /// By a reset.
    Reset,
    /// By an error of the operating system.
    Os(OsError),
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        match close {
            Close::Fin => Self::Fin,
            Close::Reset => Self::Reset,
            Close::Os(error) => Self::Os(error),
        }
    }
}
