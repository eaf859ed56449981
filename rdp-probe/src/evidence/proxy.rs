//! The way through a proxy, and what the proxy said.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::{Dial, End, Leg};
use crate::target::Target;

/// What kind of proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ProxyKind {
    /// SOCKS version 5 (RFC 1928), which resolves the target's name itself.
    Socks5,
    /// HTTP with the method CONNECT (RFC 9110 section 9.3.6).
    Http,
}

impl ProxyKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Socks5, Self::Http];

    /// The word used in reports, and the scheme of its URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Socks5 => "socks5",
            Self::Http => "http",
        }
    }
}

impl fmt::Display for ProxyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a connection through a proxy came about, or did not. What the proxy did behind it, only the proxy knows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proxied {
    /// What kind of proxy.
    pub kind: ProxyKind,
    /// Where it is.
    pub proxy: Target,
    /// The way to it.
    pub dial: Dial,
    /// What was said with it, if there was a connection.
    pub exchange: Option<Exchange>,
}

/// What was said with a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// Time and bytes.
    pub leg: Leg,
    /// How it ended: `Complete` where the way to the target is free.
    pub end: End,
    /// The first bytes that the proxy sent, at most [`Exchange::MOST`]. Where it repeats a user name or password, `x` stands in
    /// their place.
    pub received: Bytes,
}

impl Exchange {
    /// Bytes of the proxy's that are kept.
    pub const MOST: usize = 512;

    /// An exchange that ended so, of which no byte was kept.
    #[must_use]
    pub const fn new(leg: Leg, end: End) -> Self {
        Self { leg, end, received: Bytes::new() }
    }

    /// With the first bytes that the proxy sent, as many as are kept.
    #[must_use]
    pub fn with_received(self, mut received: Bytes) -> Self {
        received.truncate(Self::MOST);
        Self { received, ..self }
    }
}

impl Proxied {
    /// A way to this proxy.
    #[must_use]
    pub const fn new(kind: ProxyKind, proxy: Target, dial: Dial, exchange: Option<Exchange>) -> Self {
        Self { kind, proxy, dial, exchange }
    }

    /// Whether there was a connection to the proxy.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.exchange.is_some()
    }

    /// How it ended.
    #[must_use]
    pub fn end(&self) -> End {
        match &self.exchange {
            Some(exchange) => exchange.end,
            None => self.dial.failure().map_or(End::Timeout, |(_, end)| end),
        }
    }

    /// From the lookup of the proxy's name to its last word.
    #[must_use]
    pub fn leg(&self) -> Leg {
        let exchange = self.exchange.as_ref().map(|exchange| exchange.leg);
        let started = self.dial.started().or_else(|| exchange.map(|leg| leg.started)).unwrap_or_default();
        let ended = exchange.map_or_else(|| self.dial.ended(), |leg| leg.ended());
        let Leg { sent, received, .. } = exchange.unwrap_or_default();
        Leg { started, elapsed: ended.saturating_sub(started), sent, received }
    }

    pub(super) fn ended(&self) -> Duration {
        self.leg().ended()
    }
}

/// With what a proxy refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ProxyRefusal {
    /// SOCKS5: no method of authentication that was offered will do. It names another, or none with 0xFF (RFC 1928
    /// section 3).
    SocksMethod(u8),
    /// SOCKS5: user name and password are refused, with this status (RFC 1929 section 2).
    SocksPassword(u8),
    /// SOCKS5: the request is refused, with this reply (RFC 1928 section 6).
    Socks(u8),
    /// HTTP: an answer with this status (RFC 9110 section 15).
    Http(u16),
}

impl ProxyRefusal {
    /// The number that came with it.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::SocksMethod(code) | Self::SocksPassword(code) | Self::Socks(code) => code as u16,
            Self::Http(status) => status,
        }
    }

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SocksMethod(0xFF) => "socks-no-acceptable-method",
            Self::SocksMethod(1) => "socks-gssapi-wanted",
            Self::SocksMethod(2) => "socks-password-wanted",
            Self::SocksMethod(_) => "socks-method-not-offered",
            Self::SocksPassword(_) => "socks-password-refused",
            Self::Socks(1) => "socks-general-failure",
            Self::Socks(2) => "socks-not-allowed-by-ruleset",
            Self::Socks(3) => "socks-network-unreachable",
            Self::Socks(4) => "socks-host-unreachable",
            Self::Socks(5) => "socks-connection-refused",
            Self::Socks(6) => "socks-ttl-expired",
            Self::Socks(7) => "socks-command-not-supported",
            Self::Socks(8) => "socks-address-type-not-supported",
            Self::Socks(_) => "socks-reply",
            Self::Http(407) => "http-proxy-authentication-required",
            Self::Http(_) => "http-status",
        }
    }

    /// Whether it is about who asks. Some proxies (tinyproxy) answer a wrong password with 401.
    #[must_use]
    pub const fn is_authentication(self) -> bool {
        matches!(self, Self::SocksMethod(_) | Self::SocksPassword(_) | Self::Http(401 | 407))
    }

    /// Whether it says that the proxy would, and does not reach the target: no route, no answer, refused there, no such
    /// name.
    #[must_use]
    pub const fn is_unreachable(self) -> bool {
        matches!(self, Self::Socks(3..=6) | Self::Http(502 | 504))
    }

    /// Whether it may say the same, or that something is wrong with the proxy itself.
    #[must_use]
    pub const fn is_perhaps_unreachable(self) -> bool {
        matches!(self, Self::Socks(1) | Self::Http(500 | 503))
    }

    /// Whether its number stands for a refusal of this request or this client, and nothing else.
    #[must_use]
    pub const fn is_plain(self) -> bool {
        match self {
            Self::SocksMethod(method) => matches!(method, 1 | 2 | 0xFF),
            Self::SocksPassword(_) => true,
            Self::Socks(reply) => matches!(reply, 2 | 7 | 8),
            Self::Http(status) => matches!(status, 403 | 405 | 407 | 501),
        }
    }
}
