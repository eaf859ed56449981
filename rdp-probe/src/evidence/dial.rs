//! How the connection came about: the lookup of the name, and each address that was tried.

use std::net::SocketAddr;
use std::time::Duration;

use super::{End, Leg, OsError, OsErrorKind, Proxied, Stage};

/// The lookup of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookup {
    /// When it began, since the start of the probe.
    pub started: Duration,
    /// How long it took.
    pub elapsed: Duration,
    /// `Complete`, `Timeout` or `Os`.
    pub end: End,
}

/// One address of the target, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The address.
    pub address: SocketAddr,
    /// When the attempt began, since the start of the probe; `None` if it was not needed any more.
    pub started: Option<Duration>,
    /// How long it took.
    pub elapsed: Duration,
    /// How it ended; `None` if another address was faster, or it was not begun.
    pub end: Option<End>,
}

/// Lookup and attempts together.
///
/// The default is a stream that the caller brought along: no lookup, no attempt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Dial {
    /// The lookup; `None` where the target is an address.
    pub lookup: Option<Lookup>,
    /// Each address that the lookup gave, in the order in which they are tried (RFC 8305 section 4).
    pub attempts: Vec<Attempt>,
    /// Addresses that the lookup gave and that were not to be used ([`Family`](super::Family)).
    pub unwanted: Vec<SocketAddr>,
    /// The way through a proxy, where one is used. Lookup and attempts are then the proxy's own, and stand in there.
    pub proxy: Option<Box<Proxied>>,
}

impl Dial {
    /// The address that answered.
    #[must_use]
    pub fn connected(&self) -> Option<SocketAddr> {
        self.attempts.iter().find(|attempt| attempt.end == Some(End::Complete)).map(|attempt| attempt.address)
    }

    /// Where and how it ended without a connection; `None` if there is one.
    #[must_use]
    pub fn failure(&self) -> Option<(Stage, End)> {
        if let Some(proxied) = &self.proxy {
            let end = proxied.end();
            return (end != End::Complete).then_some((Stage::Proxy, end));
        }
        match self.lookup {
            Some(Lookup { end, .. }) if end != End::Complete => Some((Stage::Resolve, end)),
            // A lookup that gave no address, and no error either: the resolver's fault.
            Some(_) if self.lacks_family() => Some((Stage::Connect, End::Os(OsErrorKind::AddressNotAvailable.into()))),
            Some(_) if self.attempts.is_empty() => Some((Stage::Resolve, End::Os(OsError::UNKNOWN))),
            _ if self.attempts.is_empty() || self.connected().is_some() => None,
            _ => Some((Stage::Connect, self.telling_end())),
        }
    }

    /// Whether the name has addresses, and none of the family that was to be used.
    #[must_use]
    pub const fn lacks_family(&self) -> bool {
        self.attempts.is_empty() && !self.unwanted.is_empty()
    }

    /// The end that says most about the target: a refusal or reset shows something that answers; silence, that packets
    /// vanish; what this machine says of its own routes says least.
    fn telling_end(&self) -> End {
        let weight = |end: &End| match end {
            End::Os(error) if error.kind == OsErrorKind::ConnectionRefused => 3,
            End::Reset => 2,
            End::Timeout => 1,
            _ => 0,
        };
        let ends = self.attempts.iter().filter_map(|attempt| attempt.end);
        // `max_by_key` gives the last of equals; the first address is the one users mean.
        ends.rev().max_by_key(weight).unwrap_or(End::Timeout)
    }

    pub(crate) fn resolve_leg(&self) -> Option<Leg> {
        self.lookup.map(|lookup| Leg { started: lookup.started, elapsed: lookup.elapsed, sent: 0, received: 0 })
    }

    pub(crate) fn connect_leg(&self) -> Option<Leg> {
        let begun = || self.attempts.iter().filter_map(|attempt| Some((attempt.started?, attempt)));
        let started = begun().map(|(started, _)| started).min()?;
        let over = |(start, attempt): (Duration, &Attempt)| start.saturating_add(attempt.elapsed);
        let won = begun().find(|(_, attempt)| attempt.end == Some(End::Complete)).map(over);
        let ended = won.or_else(|| begun().map(over).max())?;
        Some(Leg { started, elapsed: ended.saturating_sub(started), sent: 0, received: 0 })
    }

    /// When lookup and attempts began, since the start of the probe.
    pub(super) fn started(&self) -> Option<Duration> {
        self.resolve_leg().or_else(|| self.connect_leg()).map(|leg| leg.started)
    }

    /// When lookup, attempts and the exchange with a proxy were over, since the start of the probe.
    #[must_use]
    pub fn ended(&self) -> Duration {
        let legs = [self.resolve_leg(), self.connect_leg()].into_iter().flatten().map(|leg| leg.ended());
        legs.chain(self.proxy.as_ref().map(|proxied| proxied.ended())).max().unwrap_or_default()
    }
}
