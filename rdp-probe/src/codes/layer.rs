//! The structure of disconnect reasons: which layer of the client raised them.

use std::fmt;

/// A disconnect reason, taken apart: the low byte is the layer that raised it, the rest a running number there.
///
/// That is inferred from the published numbers, not documented; it lets numbers speak that no table knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Layer {
    /// The layer, in words; `None` for a low byte that no published number has.
    pub name: Option<&'static str>,
    /// The low byte, or the high one for `RemoteApp` and gateway numbers.
    pub class: u32,
    /// The running number in that layer.
    pub index: u32,
}

impl Layer {
    /// Takes a disconnect reason apart.
    #[must_use]
    pub const fn of(reason: u32) -> Self {
        let (class, index) = match reason >> 24 {
            0 if reason < 5 => (0, reason),
            0 => (reason & 0xFF, reason >> 8),
            high => (high << 24, reason & 0x00FF_FFFF),
        };
        Self { name: Self::name(class), class, index }
    }

    const fn name(class: u32) -> Option<&'static str> {
        Some(match class {
            0x00 => "plain reasons",
            0x04 => "transport: name lookup, socket, connect timer",
            0x06 => "standard RDP security, or the client's memory",
            0x07 => "TLS, CredSSP and logon",
            0x08 => "the client's control: timers, licensing, addresses, display",
            0x09 => "security negotiation and credential policy",
            0x0A => "smart card on the client",
            0x0200_0000 => "RemoteApp",
            0x0300_0000 => "RD Gateway",
            _ => return None,
        })
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "layer {:#x} ({}), index {}", self.class, self.name.unwrap_or("unknown"), self.index)
    }
}
