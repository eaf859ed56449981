//! Every way a stage can end.

use std::fmt;
use std::io;

use super::fault::{Check, Denial, Fault};
use super::nla::{KdcEnd, SecurityError};
use super::os::OsError;
use super::proxy::ProxyRefusal;
use super::shortage::Shortage;
use crate::codes::{self, ClientStatus, EarlyAuthorization, Namespace, NtStatus};
use crate::protocol::FailureCode;

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
    /// The trust that was asked for, or that credentials demand, does not hold: of the certificate, with the handshake complete;
    /// or of the version of `CredSSP` ([`Check::CredSspVersion`]), inside TLS.
    Untrusted(Check),
    /// What came is not what the protocol says.
    Malformed(Fault),
    /// The operating system failed the call.
    Os(OsError),
    /// A proxy on the way refused.
    ProxyRefusal(ProxyRefusal),
    /// The server refuses in a `TSRequest`, with this `errorCode` ([MS-CSSP] 2.2.1).
    Rejected(NtStatus),
    /// The user may not log on here: an Early User Authorization Result other than 0 ([MS-RDPBCGR] 2.2.10.2).
    Unauthorized(u32),
    /// The client's own security package has failed.
    Security(SecurityError),
    /// A key distribution centre refuses, with the code of its KRB-ERROR (RFC 4120 7.5.9).
    KdcRefusal(i32),
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
    ProxyRefusal,
    Rejected,
    Unauthorized,
    Security,
    KdcRefusal,
}

impl EndKind {
    /// All kinds.
    pub const ALL: [Self; 15] = [
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
        Self::ProxyRefusal,
        Self::Rejected,
        Self::Unauthorized,
        Self::Security,
        Self::KdcRefusal,
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
            Self::ProxyRefusal => "proxy-refusal",
            Self::Rejected => "rejected",
            Self::Unauthorized => "unauthorized",
            Self::Security => "security",
            Self::KdcRefusal => "kdc-refusal",
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
            Self::ProxyRefusal(_) => EndKind::ProxyRefusal,
            Self::Rejected(_) => EndKind::Rejected,
            Self::Unauthorized(_) => EndKind::Unauthorized,
            Self::Security(_) => EndKind::Security,
            Self::KdcRefusal(_) => EndKind::KdcRefusal,
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
            Self::ProxyRefusal(refusal) => Some(i64::from(refusal.code())),
            Self::Rejected(NtStatus(number)) | Self::Unauthorized(number) => Some(i64::from(*number)),
            Self::Security(error) => Some(i64::from(error.status.0)),
            Self::KdcRefusal(number) => Some(i64::from(*number)),
            _ => None,
        }
    }

    /// What this machine ran out of, where that is what ended it.
    #[must_use]
    pub const fn shortage(&self) -> Option<Shortage> {
        match self {
            Self::Os(error) => error.shortage(),
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
            Self::ProxyRefusal(refusal) => Some(refusal.as_str()),
            // Some servers send the status of their own security package in place of an NTSTATUS.
            Self::Rejected(status) => status.symbol().or_else(|| ClientStatus(status.0).symbol()),
            Self::Unauthorized(number) => EarlyAuthorization(*number).symbol(),
            Self::Security(error) => Some(error.kind.as_str()),
            Self::KdcRefusal(number) => kdc_error_name(*number),
            _ => None,
        }
    }
}

/// In a report's words: `fin`, `alert 40 (handshake_failure)`, `os 111 (connection-refused)`,
/// `rejected 0xC000006D (STATUS_LOGON_FAILURE)`.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().as_str())?;
        if let Self::Rejected(NtStatus(number)) | Self::Security(SecurityError { status: ClientStatus(number), .. }) =
            self
        {
            let symbol = self.symbol().map(|symbol| format!(" ({symbol})")).unwrap_or_default();
            return write!(f, " 0x{number:08X}{symbol}");
        }
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

/// How a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Close {
    /// In an orderly way.
    Fin,
    /// By a reset.
    Reset,
    /// By an error of the operating system.
    Os(OsError),
    /// By a fatal alert, where the stream runs inside TLS.
    Alert(u8),
    /// By a record that cannot be opened, where the stream runs inside TLS.
    BrokenTls,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        match close {
            Close::Fin => Self::Fin,
            Close::Reset => Self::Reset,
            Close::Os(error) => Self::Os(error),
            Close::Alert(number) => Self::Alert(number),
            Close::BrokenTls => Self::Malformed(Fault::TlsProtocol),
        }
    }
}

impl From<KdcEnd> for End {
    fn from(end: KdcEnd) -> Self {
        match end {
            KdcEnd::Fin => Self::Fin,
            KdcEnd::Reset => Self::Reset,
            KdcEnd::Timeout => Self::Timeout,
            KdcEnd::Os(error) => Self::Os(error),
            KdcEnd::Refusal(code) => Self::KdcRefusal(code),
            KdcEnd::Malformed => Self::Malformed(Fault::Kerberos),
        }
    }
}

/// The name of an error of a key distribution centre, of those that a client with a password meets.
fn kdc_error_name(number: i32) -> Option<&'static str> {
    codes::find(Namespace::KerberosError, u32::try_from(number).ok()?)?.symbol
}
