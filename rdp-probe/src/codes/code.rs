//! What a row of the tables of codes is.

use std::fmt;

use super::number::DisconnectReason;
use crate::diagnose::Grade;

/// A number that a server sends or the Windows client shows, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// Whose number it is. The same number means different things in different namespaces.
    pub namespace: Namespace,
    /// The number.
    pub number: u32,
    /// Its published name, if it has one.
    pub symbol: Option<&'static str>,
    /// What it means.
    pub meaning: &'static str,
    /// Where in a connection it belongs.
    pub place: Place,
    /// On whose word.
    pub mark: Mark,
    /// What the Windows client shows when a server sends it; `None` where that is not known or not asked.
    pub shows: Option<Shows>,
    /// Where that is written.
    pub sources: &'static [&'static str],
}

/// What the Windows client shows for a number on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shows {
    /// The number or dialog.
    pub text: &'static str,
    /// How well that is known.
    pub known: &'static str,
    /// The first number of the pair by itself, and how well it is known that it follows. `None` where it depends on more than what
    /// the server sent, or nothing is published.
    pub number: Option<(DisconnectReason, Grade)>,
}

/// Whose number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Namespace {
    /// The first number of the pair that the Windows client shows.
    DisconnectReason,
    /// The second number of that pair.
    ExtendedReason,
    /// Set Error Info, which a server sends once the connection is complete ([MS-RDPBCGR] 2.2.5.1.1).
    ErrorInfo,
    /// A type of negotiation data.
    NegotiationMessage,
    /// A negotiation failure ([MS-RDPBCGR] 2.2.1.2.2).
    NegotiationFailure,
    /// A flag of a negotiation request.
    RequestFlag,
    /// A flag of a negotiation response.
    ResponseFlag,
    /// A security protocol.
    Protocol,
    /// `errorCode` of a `TSRequest` ([MS-CSSP] 2.2.1), an NTSTATUS.
    NtStatus,
    /// A status of the client's own security packages.
    ClientStatus,
    /// The Early User Authorization Result ([MS-RDPBCGR] 2.2.10.2).
    EarlyAuthorization,
    /// A result of RDSTLS ([MS-RDPBCGR] 2.2.17.4).
    RdstlsResult,
    /// A fatal TLS alert in place of a `TSRequest`.
    CredSspAlert,
    /// An error of a key distribution centre (RFC 4120 7.5.9).
    KerberosError,
}

impl Namespace {
    /// A word for programs, in kebab-case.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::DisconnectReason => "disconnect-reason",
            Self::ExtendedReason => "extended-reason",
            Self::ErrorInfo => "error-info",
            Self::NegotiationMessage => "negotiation-message",
            Self::NegotiationFailure => "negotiation-failure",
            Self::RequestFlag => "request-flag",
            Self::ResponseFlag => "response-flag",
            Self::Protocol => "protocol",
            Self::NtStatus => "nt-status",
            Self::ClientStatus => "client-status",
            Self::EarlyAuthorization => "early-authorization",
            Self::RdstlsResult => "rdstls-result",
            Self::CredSspAlert => "credssp-alert",
            Self::KerberosError => "kerberos-error",
        }
    }

    /// What it is, in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DisconnectReason => "disconnect reason",
            Self::ExtendedReason => "extended disconnect reason",
            Self::ErrorInfo => "Set Error Info",
            Self::NegotiationMessage => "negotiation message",
            Self::NegotiationFailure => "negotiation failure",
            Self::RequestFlag => "negotiation request flag",
            Self::ResponseFlag => "negotiation response flag",
            Self::Protocol => "security protocol",
            Self::NtStatus => "NTSTATUS in CredSSP",
            Self::ClientStatus => "status of the client's security package",
            Self::EarlyAuthorization => "early user authorization result",
            Self::RdstlsResult => "RDSTLS result",
            Self::CredSspAlert => "TLS alert during CredSSP",
            Self::KerberosError => "error of a key distribution centre",
        }
    }
}

/// Where in a connection a number belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Place {
    /// Anywhere, or nowhere in particular.
    Any,
    /// On the client itself.
    Client,
    /// While the name is looked up.
    Resolve,
    /// While the TCP connection is made, or on the leg to a gateway.
    Connect,
    /// While security is negotiated.
    Negotiate,
    /// During TLS.
    Tls,
    /// When the certificate is judged.
    Certificate,
    /// While a key distribution centre is asked.
    Kerberos,
    /// During `CredSSP`, which is Network Level Authentication.
    CredSsp,
    /// While MCS and the basic settings are exchanged.
    Mcs,
    /// While licences are exchanged.
    Licensing,
    /// In a session.
    Session,
}

impl Place {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any stage",
            Self::Client => "client",
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Negotiate => "negotiate",
            Self::Tls => "tls",
            Self::Certificate => "certificate",
            Self::Kerberos => "kerberos",
            Self::CredSsp => "nla",
            Self::Mcs => "mcs",
            Self::Licensing => "licensing",
            Self::Session => "session",
        }
    }
}

/// On whose word a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Mark {
    /// A single article without support. It can be looked up and is never predicted.
    Weak,
    /// Joined from names and texts; stated nowhere.
    Inferred,
    /// It stands in one third party's source.
    ThirdParty,
    /// Someone reported number and situation.
    Observed,
    /// A table written from the client's own texts, which survives in copies.
    ClientText,
    /// The control's type library.
    TypeLibrary,
    /// The specification of the protocol has it; no page of the client does.
    Protocol,
    /// The vendor's reference, or the specification.
    Documented,
}

impl Mark {
    /// How well that makes it known.
    #[must_use]
    pub const fn grade(self) -> Grade {
        match self {
            Self::Weak | Self::Inferred => Grade::Plausible,
            Self::ThirdParty | Self::Observed => Grade::Reported,
            Self::ClientText | Self::TypeLibrary | Self::Protocol => Grade::Confirmed,
            Self::Documented => Grade::Documented,
        }
    }

    /// What it is, in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Weak => "weak: one article without support, not to be relied on",
            Self::Inferred => "inferred from names and texts",
            Self::ThirdParty => "from one third party's source",
            Self::Observed => "reported from the field",
            Self::ClientText => "from the client's own texts",
            Self::TypeLibrary => "from the control's type library",
            Self::Protocol => "documented for the protocol, not for the client",
            Self::Documented => "documented",
        }
    }

    /// A word for programs, in kebab-case.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Inferred => "inferred",
            Self::ThirdParty => "third-party",
            Self::Observed => "observed",
            Self::ClientText => "client-text",
            Self::TypeLibrary => "type-library",
            Self::Protocol => "protocol",
            Self::Documented => "documented",
        }
    }
}

impl Code {
    /// The number as people write it: small numbers and flags in hex, NTSTATUS in eight digits.
    #[must_use]
    pub fn hex(&self) -> String {
        match self.namespace {
            Namespace::NtStatus | Namespace::ClientStatus | Namespace::ErrorInfo => format!("0x{:08X}", self.number),
            _ => format!("0x{:X}", self.number),
        }
    }

    /// Whether this is the code that such a word means: its number in hex or decimal, or its symbol in any case.
    #[must_use]
    pub fn is_called(&self, word: &str) -> bool {
        super::parse_number(word) == Some(self.number)
            || self.symbol.is_some_and(|symbol| symbol.eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())?;
        match self.symbol {
            Some(symbol) => write!(f, " {symbol}"),
            None => Ok(()),
        }
    }
}
