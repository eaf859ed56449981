//! What goes into a step and what comes out of it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::evidence::{Binding, Close, Handshake, KdcEnd, KdcTraffic, SecuredOutcome, SecurityError};

/// What happened in the world.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Input<'a> {
    /// There is a stream, or the dial has failed: begin.
    Start,
    /// So many bytes of the last [`Effect::Send`] were written. Fewer than asked means that writing failed, which is
    /// not the end: the peer may have said why.
    Sent(usize),
    /// These bytes were read: one at least, and no more than [`Effect::Read`] allowed.
    Received(&'a [u8]),
    /// The TLS handshake is over. It may end the states of our own `ClientHello`, too: so a record of one is replayed.
    Tls(Box<Handshake>),
    /// The security package has done what [`Effect::Secure`] asked of it.
    Secured(Box<Secured>),
    /// The peer closed, or the stream failed.
    Closed(Close),
    /// The time named by the last effect has come.
    Tick,
}

/// What came of what the security package was asked for. It has no more fields than these, and gets none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secured {
    /// What it made.
    pub output: Output,
    /// What passed between it and a key distribution centre meanwhile.
    pub kdc: Option<KdcTraffic>,
}

/// What a security package makes. Its `Debug` shows lengths alone.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// The next token for the server; empty where there is nothing to say.
    Token {
        /// The token.
        token: Bytes,
        /// Whether the context stands with it.
        done: bool,
    },
    /// What was to be sealed, sealed.
    Sealed(Bytes),
    /// What the server makes of its key.
    Bound(Binding),
    /// The package has failed.
    Failed(SecurityError),
    /// A key distribution centre has failed it.
    KdcFailed(KdcEnd),
}

impl Output {
    /// How long it is, where it is bytes.
    pub(super) const fn length(&self) -> usize {
        match self {
            Self::Token { token: bytes, .. } | Self::Sealed(bytes) => bytes.len(),
            Self::Bound(_) | Self::Failed(_) | Self::KdcFailed(_) => 0,
        }
    }

    /// The same without the bytes.
    #[must_use]
    pub const fn outcome(&self) -> SecuredOutcome {
        match self {
            Self::Token { token, done } => SecuredOutcome::Token { length: token.len(), done: *done },
            Self::Sealed(bytes) => SecuredOutcome::Sealed(bytes.len()),
            Self::Bound(binding) => SecuredOutcome::Bound(*binding),
            Self::Failed(error) => SecuredOutcome::Failed(*error),
            Self::KdcFailed(end) => SecuredOutcome::KdcFailed(*end),
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcome().fmt(f)
    }
}

/// What a security package is asked for. Its `Debug` shows lengths alone.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// To go on with this token of the server, which is empty at the beginning: [`Output::Token`].
    Token(Bytes),
    /// To seal this: [`Output::Sealed`].
    Seal(Bytes),
    /// To open this and compare it: [`Output::Bound`]. What does not open is [`Binding::Other`].
    Compare {
        /// What the server sealed.
        sealed: Bytes,
        /// What should be in it.
        expected: Bytes,
        /// What would be in it, were it bound without a nonce that is due.
        weaker: Option<Bytes>,
    },
    /// To seal the credentials, as `TSCredentials` ([MS-CSSP] 2.2.1.2): [`Output::Sealed`].
    Credentials {
        /// Whether they are to be empty: restricted admin hands none over.
        empty: bool,
    },
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(token) => write!(f, "Token({} bytes)", token.len()),
            Self::Seal(bytes) => write!(f, "Seal({} bytes)", bytes.len()),
            Self::Compare { sealed, .. } => write!(f, "Compare({} bytes)", sealed.len()),
            Self::Credentials { empty } => f.debug_struct("Credentials").field("empty", empty).finish(),
        }
    }
}

/// What to do next. Of bytes to be sent, its `Debug` shows the number: they may be somebody's answer to a challenge.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Write these bytes, then report [`Input::Sent`].
    Send {
        /// The bytes.
        bytes: Bytes,
        /// When to give up, as [`Input::Tick`].
        until: Duration,
    },
    /// Read, then report [`Input::Received`] or [`Input::Closed`].
    Read {
        /// No byte more than this, so that none behind the message is taken.
        at_most: usize,
        /// When to give up, as [`Input::Tick`].
        until: Duration,
    },
    /// Run a TLS handshake on the stream, then report [`Input::Tls`].
    StartTls {
        /// When to give up; the handshake then ends as [`HandshakeEnd::Timeout`](crate::HandshakeEnd::Timeout).
        until: Duration,
    },
    /// Ask the security package, then report [`Input::Secured`].
    Secure {
        /// What it is asked for.
        ask: Ask,
        /// When to give up, as [`Input::Tick`], or as the end of a talk with a key distribution centre.
        until: Duration,
    },
    /// It is over: take the evidence.
    Done,
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send { bytes, until } => write!(f, "Send({} bytes, until {until:?})", bytes.len()),
            Self::Read { at_most, until } => write!(f, "Read(at most {at_most} bytes, until {until:?})"),
            Self::StartTls { until } => write!(f, "StartTls(until {until:?})"),
            Self::Secure { ask, until } => write!(f, "Secure({ask:?}, until {until:?})"),
            Self::Done => f.write_str("Done"),
        }
    }
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum State {
    /// Before [`Input::Start`].
    Idle,
    /// The Connection Request is being written.
    Requesting,
    /// Waiting for the four bytes of the TPKT header.
    Header,
    /// Waiting for the rest of the TPKT.
    Body,
    /// The answer is not RDP: listening a little longer to recognise it.
    Listening,
    /// Our own `ClientHello` is being written.
    Hello,
    /// Waiting for the rest of the server's first flight.
    Flight,
    /// The TLS handshake runs.
    Tls,
    /// The security package is at work.
    Securing,
    /// A message of `CredSSP` is being written.
    Telling,
    /// Waiting for a message of `CredSSP`.
    Hearing,
    /// What came in its place is not `CredSSP`: listening a little longer to recognise it.
    HearingForeign,
    /// Waiting for the Early User Authorization Result.
    Authorizing,
    /// Over.
    Done,
}

impl State {
    /// All states, in their order.
    pub const ALL: [Self; 14] = [
        Self::Idle,
        Self::Requesting,
        Self::Header,
        Self::Body,
        Self::Listening,
        Self::Hello,
        Self::Flight,
        Self::Tls,
        Self::Securing,
        Self::Telling,
        Self::Hearing,
        Self::HearingForeign,
        Self::Authorizing,
        Self::Done,
    ];
}
