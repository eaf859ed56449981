//! What our own `ClientHello` offers, where no TLS library sends one.

use std::fmt;

/// The `ClientHello` of [`Goal::Hello`](super::Goal::Hello): what it offers, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct ClientHello {
    /// What it offers.
    pub rung: Rung,
    /// How many bytes it takes on the wire, headers of records included, at least: the padding extension (RFC 7685) makes up
    /// for what is missing. 0 for none.
    pub length: u16,
}

impl ClientHello {
    /// One that offers this, without padding.
    #[must_use]
    pub const fn new(rung: Rung) -> Self {
        Self { rung, length: 0 }
    }

    /// The same, padded to at least so many bytes on the wire.
    #[must_use]
    pub const fn padded_to(self, length: u16) -> Self {
        Self { length, ..self }
    }
}

/// A rung of the ladder of offers, the widest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum Rung {
    /// TLS 1.0 to 1.2 with every suite that servers of RDP have, but for those of DSS, SHA-1 signatures and RC4 last.
    #[default]
    Wide,
    /// TLS 1.2 alone, with the suites of clients of today: forward secrecy and authenticated encryption.
    Tls12,
    /// TLS 1.3 alone, without a key share. A server that has it answers with a `HelloRetryRequest` (RFC 8446 4.1.4, 4.2.8) in
    /// clear text, which proves the version and needs no cryptography.
    Tls13,
    /// TLS 1.2 with one suite, which no server has (a value of RFC 8701): what comes back is an alert, and so a small answer.
    Nothing,
}

impl Rung {
    /// All rungs.
    pub const ALL: [Self; 4] = [Self::Wide, Self::Tls12, Self::Tls13, Self::Nothing];

    /// The word used in transcripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Tls12 => "tls12",
            Self::Tls13 => "tls13",
            Self::Nothing => "nothing",
        }
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
