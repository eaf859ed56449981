//! A connection as text: what was asked, what was sent and received, and when.
//!
//! A report prints itself as a transcript, and a transcript can be replayed: through the pure core
//! ([`Transcript::replay`]), or by a lab server that plays the other side. So a report from the field becomes a
//! regression test.
//!
//! ```text
//! rdp-probe transcript 1
//! target ts01.example:3389
//! goal tls
//! offer ssl
//! > +0us 03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 01 00 00 00
//! < +12ms 03 00 00 13 0e d0 00 00 12 34 00 03 00 08 00 05 00 00 00
//! end +1ms fin
//! --
//! negotiate: refusal 5 (HYBRID_REQUIRED_BY_SERVER)
//! ```
//!
//! - Lines that begin with `#` are notes. Lines left out mean the defaults of [`Plan::new`].
//! - Times behind `+` count from the line before, times behind `@` from the start of the probe; units are `us`, `ms`
//!   and `s`.
//! - `>` was sent, `<` was received; `end` is how the stream ended (`fin`, `reset`, `timeout`, `os …`); `tls` is the outcome of a TLS
//!   handshake, with `certificate` and `flight` lines in hex behind it. Where the lines end, silence follows.
//! - Behind `tls`, inside it: `<` as before, `sent` is the number of bytes that were written, `secured …` what the client's
//!   security package made, without the bytes of either. `package`, `service` and `dangers` belong to the goals of Network Level
//!   Authentication.
//! - `client-hello …` says what our own `ClientHello` offers and to how many bytes it is padded, with the goal `hello`. What it is
//!   answered with stands in the `flight` behind a `tls` line.
//! - `request …` lines are the parts of a [`Request`](crate::Request) that the plain form does not have. `proxy …` is followed by the
//!   lookup and the attempts that lead to the proxy, by the `exchange` with it, and by the first bytes of its `answer`.
//! - `known-certificate` is the one that the target is known by, in hex, or `none` where it is known by none yet.
//! - `experiment …` is why the connection was made, where it was a second look. Several connections to one target stand one
//!   behind the other ([`Transcript::parse_all`]), each with a first line of its own.
//! - What stands behind `--` is for whoever keeps the transcript: the result that is expected.

mod credssp;
mod dial;
mod parse;
mod plan;
mod print;
mod redact;
mod replay;
mod words;

use std::time::Duration;

use bytes::Bytes;

pub use parse::{ParseTranscriptError, TranscriptFlaw};

pub(crate) use redact::redact_all;

use crate::diagnose::Experiment;
use crate::evidence::{Arrival, Close, Dial, End, Evidence, Fault, Handshake, Leg, Plan, SecuredStep, Stage};

/// A connection, as it can be written down and played again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transcript {
    /// Notes for people, without the leading `#`.
    pub notes: Vec<String>,
    /// Why the connection was made.
    pub experiment: Experiment,
    /// What was asked.
    pub plan: Plan,
    /// Wall-clock time at the start, in seconds since 1970 UTC.
    pub clock: Option<i64>,
    /// How the connection came about.
    pub dial: Dial,
    /// When the negotiation began, since the start of the probe.
    pub started: Duration,
    /// What happened then, in order.
    pub events: Vec<Event>,
    /// What the keeper of the transcript expects of it; free text.
    pub expected: Option<String>,
}

/// Something that happened on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// When, since the start of the probe.
    pub at: Duration,
    /// What.
    pub what: Happening,
}

/// What happened on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happening {
    /// The client wrote these bytes.
    Sent(Bytes),
    /// The server's bytes arrived.
    Received(Bytes),
    /// The stream ended.
    Closed(Close),
    /// Nothing more came until the client gave up.
    Timeout,
    /// A TLS handshake was tried, with this outcome. What follows happened inside TLS.
    Tls(Box<Handshake>),
    /// The client wrote so many bytes, which are not kept.
    Wrote(usize),
    /// The client's security package has done what it was asked to.
    Secured(SecuredStep),
}

impl Transcript {
    /// A transcript in which nothing has happened yet.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        Self {
            notes: Vec::new(),
            experiment: Experiment::First,
            plan,
            clock: None,
            dial: Dial::default(),
            started: Duration::ZERO,
            events: Vec::new(),
            expected: None,
        }
    }

    /// Adds an event.
    #[must_use]
    pub fn with(mut self, at: Duration, what: Happening) -> Self {
        self.events.push(Event { at, what });
        self
    }
}

impl From<&Evidence> for Transcript {
    fn from(evidence: &Evidence) -> Self {
        let mut transcript = Self::new(evidence.plan.clone());
        transcript.clock = evidence.clock;
        transcript.dial = evidence.dial.clone();
        transcript.started = evidence.dial.ended();
        if let Some(leg) = evidence.negotiate {
            transcript.started = leg.started;
            transcript.add_negotiation(evidence, leg);
        }
        if let Some(leg) = evidence.tls {
            let outcome = match &evidence.handshake {
                Some(handshake) => Some(Happening::Tls(Box::new(handshake.clone()))),
                None => stream_end(evidence.end),
            };
            transcript.events.extend(outcome.map(|what| Event { at: leg.ended(), what }));
        }
        transcript.add_credssp(evidence);
        transcript
    }
}

impl Transcript {
    fn add_negotiation(&mut self, evidence: &Evidence, leg: Leg) {
        let request = crate::conversation::connection_request(&evidence.plan);
        let sent = request.slice(..request.len().min(usize::try_from(leg.sent).unwrap_or(usize::MAX)));
        // Whoever was answered had sent its request, even if writing it failed.
        if !sent.is_empty() || !evidence.arrivals.is_empty() {
            self.events.push(Event { at: leg.started, what: Happening::Sent(sent) });
        }
        let mut rest = evidence.received.clone();
        for Arrival { at, length } in evidence.arrivals.iter().copied() {
            let bytes = rest.split_to(length.min(rest.len()));
            self.events.push(Event { at, what: Happening::Received(bytes) });
        }
        // Listening to an answer that is not RDP went on behind its last byte.
        let listened = evidence.arrivals.last().is_some_and(|last| last.at < leg.ended());
        let close = match evidence.closed {
            Some(close) if evidence.stage == Stage::Negotiate => Some(Happening::Closed(close)),
            None if listened && matches!(evidence.end, End::Malformed(_) | End::Denied(_)) => Some(Happening::Timeout),
            None if evidence.stage == Stage::Negotiate => stream_end(evidence.end),
            _ => None,
        };
        self.events.extend(close.map(|what| Event { at: leg.ended(), what }));
    }
}

/// The event that ends a stream so.
fn stream_end(end: End) -> Option<Happening> {
    match end {
        End::Fin => Some(Happening::Closed(Close::Fin)),
        End::Reset => Some(Happening::Closed(Close::Reset)),
        End::Os(error) => Some(Happening::Closed(Close::Os(error))),
        End::Alert(number) => Some(Happening::Closed(Close::Alert(number))),
        End::Malformed(Fault::TlsProtocol) => Some(Happening::Closed(Close::BrokenTls)),
        End::Timeout => Some(Happening::Timeout),
        _ => None,
    }
}
