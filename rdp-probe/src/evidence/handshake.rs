//! What a TLS handshake showed, as the engine that drove it hands it in.

use bytes::Bytes;

use super::{End, Fault, OsError};
use crate::flight::read_flight;

/// The outcome of a TLS handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// How it ended.
    pub end: HandshakeEnd,
    /// Bytes written.
    pub sent: u64,
    /// Bytes read.
    pub received: u64,
    /// Version and suite, once the engine had agreed on them.
    pub session: Option<Session>,
    /// The certificates that the server sent, leaf first, as DER; of a completed handshake.
    pub chain: Vec<Bytes>,
    /// Whether the chain leads to one of the given roots; `None` where no roots were given.
    pub path: Option<ChainPath>,
    /// Whether the leaf is signed with its own key, where it says that it is its own issuer; `None` where that was not
    /// checked, or cannot be with the algorithms at hand.
    pub own_signature: Option<bool>,
    /// The first bytes of the server, as they came, 64 KiB at most; kept where the handshake was not completed by an engine.
    pub flight: Bytes,
}

/// Version and cipher suite of a TLS session, as they travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Session {
    /// The protocol version: 0x0303 is TLS 1.2, 0x0304 is TLS 1.3.
    pub version: u16,
    /// The cipher suite, as registered with IANA.
    pub suite: u16,
}

/// How a TLS handshake ended: the ends that are possible here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HandshakeEnd {
    /// Both sides finished.
    Complete,
    /// The peer closed.
    Fin,
    /// The connection was reset.
    Reset,
    /// The time was over.
    Timeout,
    /// The peer sent a fatal alert.
    Alert(u8),
    /// The peer broke the protocol, or chose what cannot be spoken.
    Malformed(Fault),
    /// The operating system failed the call.
    Os(OsError),
}

impl From<HandshakeEnd> for End {
    fn from(end: HandshakeEnd) -> Self {
        match end {
            HandshakeEnd::Complete => Self::Complete,
            HandshakeEnd::Fin => Self::Fin,
            HandshakeEnd::Reset => Self::Reset,
            HandshakeEnd::Timeout => Self::Timeout,
            HandshakeEnd::Alert(number) => Self::Alert(number),
            HandshakeEnd::Malformed(fault) => Self::Malformed(fault),
            HandshakeEnd::Os(error) => Self::Os(error),
        }
    }
}

/// Whether a chain of certificates leads to a trusted root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChainPath {
    /// It does.
    Trusted,
    /// Its last certificate is signed by nobody who is trusted.
    UnknownIssuer,
    /// A signature in it is wrong.
    BadSignature,
    /// A certificate in it may not sign others, or is past its time, or cannot be read by the checker.
    Unusable,
}

impl ChainPath {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::UnknownIssuer => "unknown-issuer",
            Self::BadSignature => "bad-signature",
            Self::Unusable => "unusable",
        }
    }
}

/// What is known of the server's side of TLS, from a finished handshake or from its clear-text part.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hello {
    /// Version and suite that the server chose.
    pub session: Session,
    /// The certificates it sent, leaf first, as DER. Empty where they were encrypted or did not arrive.
    pub chain: Vec<Bytes>,
    /// How keys are agreed on, where the clear-text part tells: `None` if it did not arrive, or was not kept.
    pub key_exchange: Option<KeyExchange>,
}

/// How keys are agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyExchange {
    /// The client encrypts the secret to the key of the certificate (RFC 5246 7.4.7.1): no forward secrecy.
    Rsa,
    /// Diffie-Hellman over a curve (RFC 8422 5.4), or what TLS 1.3 has in its place.
    Ecdhe {
        /// The named group, as registered with IANA.
        group: u16,
    },
    /// Diffie-Hellman over integers (RFC 5246 7.4.3).
    Dhe {
        /// The length of the prime.
        bits: u32,
    },
}

impl KeyExchange {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ecdhe { .. } => "ecdhe",
            Self::Dhe { .. } => "dhe",
        }
    }
}

impl Handshake {
    /// A handshake that ended without a word.
    #[must_use]
    pub fn ended(end: HandshakeEnd) -> Self {
        Self {
            end,
            sent: 0,
            received: 0,
            session: None,
            chain: Vec::new(),
            path: None,
            own_signature: None,
            flight: Bytes::new(),
        }
    }

    /// Whether the server has proven that it holds the key of its certificate: in a handshake that an engine completed.
    #[must_use]
    pub fn proves_key(&self) -> bool {
        self.end == HandshakeEnd::Complete && self.session.is_some()
    }

    /// What the server said of itself.
    #[must_use]
    pub fn hello(&self) -> Option<Hello> {
        match self.session {
            Some(session) => Some(Hello { session, chain: self.chain.clone(), key_exchange: None }),
            None => read_flight(&self.flight),
        }
    }
}
