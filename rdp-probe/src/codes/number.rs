//! A type for each family of numbers. Unknown numbers stay what they are.

use std::fmt;

use super::code::{Code, Namespace};
use super::layer::Layer;

macro_rules! numbers {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
            pub struct $name(pub u32);

            impl $name {
                /// What the tables know of it.
                #[must_use]
                pub fn code(self) -> Option<&'static Code> {
                    super::find(Namespace::$name, self.0)
                }

                /// Its published name.
                #[must_use]
                pub fn symbol(self) -> Option<&'static str> {
                    self.code().and_then(|code| code.symbol)
                }

                /// The number with this name, in any case.
                #[must_use]
                pub fn from_symbol(symbol: &str) -> Option<Self> {
                    let named = super::all().find(|code| {
                        code.namespace == Namespace::$name
                            && code.symbol.is_some_and(|known| known.eq_ignore_ascii_case(symbol))
                    });
                    named.map(|code| Self(code.number))
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, "0x{:X}", self.0)
                }
            }
        )+
    };
}

numbers! {
    /// The first number of the pair that the Windows client shows (`IMsTscAxEvents::OnDisconnected`).
    DisconnectReason;
    /// The second number of that pair (`ExtendedDisconnectReason`).
    ExtendedReason;
    /// A code of Set Error Info ([MS-RDPBCGR] 2.2.5.1.1).
    ErrorInfo;
    /// A code of `TSRequest.errorCode` ([MS-CSSP] 2.2.1).
    NtStatus;
    /// A status of the client's own security packages.
    ClientStatus;
    /// The Early User Authorization Result ([MS-RDPBCGR] 2.2.10.2).
    EarlyAuthorization;
    /// A result of RDSTLS ([MS-RDPBCGR] 2.2.17.4).
    RdstlsResult;
}

impl DisconnectReason {
    /// The name lookup failed (`disconnectReasonDNSLookupFailed`).
    pub const DNS_LOOKUP_FAILED: Self = Self(0x104);
    /// The connection attempt timed out as a whole (`disconnectReasonConnectionTimedOut`).
    pub const CONNECTION_TIMED_OUT: Self = Self(0x108);
    /// The TCP connection was not made (`disconnectReasonSocketConnectFailed`).
    pub const SOCKET_CONNECT_FAILED: Self = Self(0x204);
    /// The socket closed (`disconnectReasonAtClientWinsockFDCLOSE`).
    pub const SOCKET_CLOSED: Self = Self(0x904);
    /// The server requires Network Level Authentication, which the client does not offer.
    pub const NLA_REQUIRED: Self = Self(0xB09);
    /// The client found a violation of the protocol.
    pub const PROTOCOL_ERROR: Self = Self(0x1104);
    /// A certificate is past its end (`SSL_ERR_CERT_EXPIRED`).
    pub const CERTIFICATE_EXPIRED: Self = Self(0x1B07);

    /// Which layer of the client raised it, also where no table knows the number.
    #[must_use]
    pub const fn layer(self) -> Layer {
        Layer::of(self.0)
    }
}

impl ExtendedReason {
    /// Next to 0x904: the connection had been complete.
    pub const NO_INFO: Self = Self(0);
    /// Next to 0x904: the connection was not complete yet (`exDiscReasonServerDeniedConnection`, set by the client).
    pub const DENIED: Self = Self(7);
}
