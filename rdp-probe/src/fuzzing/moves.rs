//! What happens to a conversation next, from bytes and as bytes: inputs of every kind.

use std::time::Duration;

use bytes::Bytes;
use rdp_probe::codes::ClientStatus;
use rdp_probe::transcript::Happening;
use rdp_probe::{
    Binding, ChainPath, Close, Fault, Handshake, HandshakeEnd, KdcEnd, KdcTraffic, OsError, SecuredOutcome,
    SecuredStep, SecurityError, SecurityErrorKind, Session,
};

use super::codec::Codec;
use super::dial::{code_number, code_os};

/// What happens next, and how long after what happened before.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) after: Duration,
    pub(super) what: What,
}

/// What happens next.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// Whatever is due is done.
    AsDue,
    /// So many bytes were written.
    Sent(usize),
    /// These bytes are in the stream: as many at a time are read as is asked for.
    Received(Bytes),
    /// These bytes are handed over at once, asked for or not.
    Thrust(Bytes),
    Closed(Close),
    /// The clock ticks, before it is time.
    Tick,
    /// It is time.
    Late,
    Tls(Box<Handshake>),
    Secured(SecuredStep),
    Start,
}

impl Default for Move {
    fn default() -> Self {
        Self { after: Duration::ZERO, what: What::AsDue }
    }
}

impl What {
    const fn kind(&self) -> u8 {
        match self {
            Self::AsDue => 0,
            Self::Sent(_) => 1,
            Self::Received(_) => 2,
            Self::Thrust(_) => 3,
            Self::Closed(_) => 4,
            Self::Tick => 5,
            Self::Late => 6,
            Self::Tls(_) => 7,
            Self::Secured(_) => 8,
            Self::Start => 9,
        }
    }

    fn blank(kind: u8) -> Self {
        match kind % 10 {
            0 => Self::AsDue,
            1 => Self::Sent(0),
            2 => Self::Received(Bytes::new()),
            3 => Self::Thrust(Bytes::new()),
            4 => Self::Closed(Close::Fin),
            5 => Self::Tick,
            6 => Self::Late,
            7 => Self::Tls(Box::new(Handshake::ended(HandshakeEnd::Complete))),
            8 => Self::Secured(SecuredStep { outcome: SecuredOutcome::Sealed(0), kdc: None }),
            _ => Self::Start,
        }
    }
}

impl From<&Happening> for What {
    fn from(happening: &Happening) -> Self {
        match happening {
            Happening::Sent(bytes) => Self::Sent(bytes.len()),
            Happening::Wrote(count) => Self::Sent(*count),
            Happening::Received(bytes) => Self::Received(bytes.clone()),
            Happening::Closed(close) => Self::Closed(*close),
            Happening::Timeout => Self::Late,
            Happening::Tls(handshake) => Self::Tls(handshake.clone()),
            Happening::Secured(step) => Self::Secured(*step),
        }
    }
}

pub(super) fn code(codec: &mut Codec<'_>, one: &mut Move) {
    let mut kind = one.what.kind();
    codec.byte(&mut kind);
    codec.time(&mut one.after);
    if codec.is_reading() {
        one.what = What::blank(kind);
    }
    match &mut one.what {
        What::AsDue | What::Tick | What::Late | What::Start => {}
        What::Sent(count) => codec.size(count),
        What::Received(bytes) | What::Thrust(bytes) => codec.bytes(bytes),
        What::Closed(close) => code_close(codec, close),
        What::Tls(handshake) => code_handshake(codec, handshake),
        What::Secured(step) => code_step(codec, step),
    }
}

fn code_close(codec: &mut Codec<'_>, close: &mut Close) {
    let mut kind = match close {
        Close::Fin => 0,
        Close::Reset => 1,
        Close::Os(_) => 2,
        Close::Alert(_) => 3,
        Close::BrokenTls => 4,
    };
    codec.byte(&mut kind);
    *close = match (kind % 5, *close) {
        (0, _) => Close::Fin,
        (1, _) => Close::Reset,
        (2, close) => {
            let mut error = if let Close::Os(error) = close { error } else { OsError::UNKNOWN };
            code_os(codec, &mut error);
            Close::Os(error)
        }
        (3, close) => {
            let mut number = if let Close::Alert(number) = close { number } else { 0 };
            codec.byte(&mut number);
            Close::Alert(number)
        }
        _ => Close::BrokenTls,
    };
}

fn code_handshake(codec: &mut Codec<'_>, handshake: &mut Handshake) {
    code_handshake_end(codec, &mut handshake.end);
    codec.count(&mut handshake.sent);
    codec.count(&mut handshake.received);
    codec.option(
        &mut handshake.session,
        || Session { version: 0x0303, suite: 0xC02F },
        |codec, session| {
            codec.short(&mut session.version);
            codec.short(&mut session.suite);
        },
    );
    codec.list(&mut handshake.chain, 4, Bytes::new, Codec::bytes);
    let paths = [
        None,
        Some(ChainPath::Trusted),
        Some(ChainPath::UnknownIssuer),
        Some(ChainPath::BadSignature),
        Some(ChainPath::Unusable),
    ];
    codec.choice(&mut handshake.path, &paths);
    codec.choice(&mut handshake.own_signature, &[None, Some(true), Some(false)]);
    codec.bytes(&mut handshake.flight);
}

fn code_handshake_end(codec: &mut Codec<'_>, end: &mut HandshakeEnd) {
    let mut kind = match end {
        HandshakeEnd::Complete => 0,
        HandshakeEnd::Fin => 1,
        HandshakeEnd::Reset => 2,
        HandshakeEnd::Timeout => 3,
        HandshakeEnd::Alert(_) => 4,
        HandshakeEnd::Malformed(_) => 5,
        HandshakeEnd::Os(_) => 6,
    };
    codec.byte(&mut kind);
    *end = match (kind % 7, *end) {
        (0, _) => HandshakeEnd::Complete,
        (1, _) => HandshakeEnd::Fin,
        (2, _) => HandshakeEnd::Reset,
        (3, _) => HandshakeEnd::Timeout,
        (4, end) => {
            let mut number = if let HandshakeEnd::Alert(number) = end { number } else { 0 };
            codec.byte(&mut number);
            HandshakeEnd::Alert(number)
        }
        (5, end) => {
            let mut fault = if let HandshakeEnd::Malformed(fault) = end { fault } else { Fault::TlsProtocol };
            codec.choice(&mut fault, &Fault::ALL);
            HandshakeEnd::Malformed(fault)
        }
        (_, end) => {
            let mut error = if let HandshakeEnd::Os(error) = end { error } else { OsError::UNKNOWN };
            code_os(codec, &mut error);
            HandshakeEnd::Os(error)
        }
    };
}

fn code_step(codec: &mut Codec<'_>, step: &mut SecuredStep) {
    code_outcome(codec, &mut step.outcome);
    codec.option(&mut step.kdc, KdcTraffic::default, |codec, traffic| {
        codec.time(&mut traffic.elapsed);
        codec.count(&mut traffic.sent);
        codec.count(&mut traffic.received);
    });
}

fn code_outcome(codec: &mut Codec<'_>, outcome: &mut SecuredOutcome) {
    let mut kind = match outcome {
        SecuredOutcome::Token { .. } => 0,
        SecuredOutcome::Sealed(_) => 1,
        SecuredOutcome::Bound(_) => 2,
        SecuredOutcome::Failed(_) => 3,
        SecuredOutcome::KdcFailed(_) => 4,
    };
    codec.byte(&mut kind);
    if codec.is_reading() {
        *outcome = match kind % 5 {
            0 => SecuredOutcome::Token { length: 0, done: false },
            1 => SecuredOutcome::Sealed(0),
            2 => SecuredOutcome::Bound(Binding::Same),
            3 => SecuredOutcome::Failed(SecurityError { kind: SecurityErrorKind::Other, status: ClientStatus(0) }),
            _ => SecuredOutcome::KdcFailed(KdcEnd::Fin),
        };
    }
    match outcome {
        SecuredOutcome::Token { length, done } => {
            codec.size(length);
            codec.flag(done);
        }
        SecuredOutcome::Sealed(length) => codec.size(length),
        SecuredOutcome::Bound(binding) => codec.choice(binding, &Binding::ALL),
        SecuredOutcome::Failed(SecurityError { kind, status: ClientStatus(status) }) => {
            codec.choice(kind, &SecurityErrorKind::ALL);
            codec.long(status);
        }
        SecuredOutcome::KdcFailed(end) => code_kdc_end(codec, end),
    }
}

fn code_kdc_end(codec: &mut Codec<'_>, end: &mut KdcEnd) {
    let mut kind = match end {
        KdcEnd::Fin => 0,
        KdcEnd::Reset => 1,
        KdcEnd::Timeout => 2,
        KdcEnd::Malformed => 3,
        KdcEnd::Os(_) => 4,
        KdcEnd::Refusal(_) => 5,
    };
    codec.byte(&mut kind);
    *end = match (kind % 6, *end) {
        (0, _) => KdcEnd::Fin,
        (1, _) => KdcEnd::Reset,
        (2, _) => KdcEnd::Timeout,
        (3, _) => KdcEnd::Malformed,
        (4, end) => {
            let mut error = if let KdcEnd::Os(error) = end { error } else { OsError::UNKNOWN };
            code_os(codec, &mut error);
            KdcEnd::Os(error)
        }
        (_, end) => {
            let mut code = if let KdcEnd::Refusal(code) = end { code } else { 0 };
            code_number(codec, &mut code);
            KdcEnd::Refusal(code)
        }
    };
}
