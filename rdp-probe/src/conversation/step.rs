//! What goes into a step and what comes out of it.

use std::time::Duration;

use bytes::Bytes;

use crate::evidence::{Close, Handshake};

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
    /// The peer closed, or the stream failed.
    Closed(Close),
    /// The time named by the last effect has come.
    Tick,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// It is over: take the evidence.
    Done,
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
    /// Over.
    Done,
}

impl State {
    /// All states, in their order.
    pub const ALL: [Self; 9] = [
        Self::Idle,
        Self::Requesting,
        Self::Header,
        Self::Body,
        Self::Listening,
        Self::Hello,
        Self::Flight,
        Self::Tls,
        Self::Done,
    ];
}
