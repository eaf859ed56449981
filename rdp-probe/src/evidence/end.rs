//! Every way a stage can end.

use std::fmt;
use std::io;

use super::fault::{Check, Denial, Fault};
use super::os::OsError;
use super::proxy::ProxyRefusal;
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
    /// The handshake is complete, and the trust that was asked for does not hold.
    Untrusted(Check),
    /// What came is not what the protocol says.
    Malformed(Fault),
    /// The operating system failed the call.
    Os(OsError),
    /// A proxy on the way refused.
    ProxyRefusal(ProxyRefusal),
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
}

impl EndKind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
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
