//! The stages of an opening.

use std::fmt;

use super::end::EndKind;

/// A stage of opening a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// Name to addresses.
    Resolve,
    /// Address to TCP connection.
    Connect,
    /// The way to and through a proxy, where one is used: it takes the place of the two before.
    Proxy,
    /// X.224 Connection Request and Confirm ([MS-RDPBCGR] 1.3.1.1).
    Negotiate,
    /// The TLS handshake that follows ([MS-RDPBCGR] 5.4.5.1).
    Tls,
    /// The talk of the client's security package with a key distribution centre, where Kerberos authenticates. It may take place
    /// between two messages of `CredSSP`.
    Kerberos,
    /// Network Level Authentication: `CredSSP` inside TLS ([MS-CSSP]).
    Nla,
}

impl Stage {
    /// All stages, in their order.
    pub const ALL: [Self; 7] =
        [Self::Resolve, Self::Connect, Self::Proxy, Self::Negotiate, Self::Tls, Self::Kerberos, Self::Nla];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Proxy => "proxy",
            Self::Negotiate => "negotiate",
            Self::Tls => "tls",
            Self::Kerberos => "kerberos",
            Self::Nla => "nla",
        }
    }

    /// Whether this stage can end so. The pairs left out cannot happen:
    /// before a connection stands nobody can close, answer or distrust it; `Complete` is the end of a probe only
    /// at a stage that can be a goal; alerts and trust belong to TLS, refusals to negotiation and to
    /// proxies, each its own.
    #[must_use]
    pub const fn admits(self, end: EndKind) -> bool {
        use EndKind as E;
        match self {
            Self::Resolve => matches!(end, E::Timeout | E::Os),
            Self::Connect => matches!(end, E::Reset | E::Timeout | E::Os),
            Self::Proxy => {
                matches!(end, E::Fin | E::Reset | E::Timeout | E::Malformed | E::Os | E::ProxyRefusal)
            }
            Self::Negotiate => matches!(
                end,
                E::Complete | E::Fin | E::Reset | E::Timeout | E::Refusal | E::Denied | E::Malformed | E::Os
            ),
            Self::Tls => matches!(
                end,
                E::Complete
                    | E::Fin
                    | E::Reset
                    | E::Timeout
                    | E::Alert
                    | E::Denied
                    | E::Untrusted
                    | E::Malformed
                    | E::Os
            ),
            Self::Kerberos => {
                matches!(end, E::Fin | E::Reset | E::Timeout | E::Malformed | E::Os | E::KdcRefusal)
            }
            Self::Nla => !matches!(end, E::Refusal | E::ProxyRefusal | E::KdcRefusal),
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
