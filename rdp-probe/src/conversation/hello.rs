//! TLS without cryptography: our own `ClientHello` is sent, and the server's first flight read in clear text.

use std::time::Duration;

use bytes::Bytes;

use super::{Conversation, Effect, FOREIGN_PATIENCE, State};
use crate::client_hello::{encode, offers};
use crate::evidence::{Close, Fault, Handshake, HandshakeEnd, Hello, Rung};
use crate::flight::{MAX_FLIGHT, Reader, Reading};
use crate::tls::TLS_1_3;

/// Bytes in place of TLS that are kept: enough for whatever is recognised by its beginning, and for a TPKT of RDP.
const FOREIGN_BYTES: usize = 512;

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// The `ClientHello`, as it goes onto the wire, and how much of it went.
    pub(super) hello: Bytes,
    sent: usize,
    /// Every byte that came back.
    flight: Vec<u8>,
    reader: Reader,
    /// The fault that made us listen on.
    fault: Option<Fault>,
}

impl Talk {
    /// How much more is read.
    pub(super) fn room(&self) -> usize {
        let most = if self.fault == Some(Fault::TlsNotSpoken) { FOREIGN_BYTES } else { MAX_FLIGHT };
        most.saturating_sub(self.flight.len())
    }

    /// How the talk has ended with what came last; `None` if it goes on.
    fn ended(&mut self, rung: Rung, reading: Reading) -> Option<HandshakeEnd> {
        let hello = self.reader.hello();
        if let (None, Some(hello)) = (self.fault, hello)
            && !offers(rung, hello.session.version, hello.session.suite)
        {
            self.fault = Some(Fault::TlsUnsupported);
        }
        let broken = |fault: Option<Fault>| HandshakeEnd::Malformed(fault.unwrap_or(Fault::TlsProtocol));
        let whole = |end| self.fault.map_or(end, HandshakeEnd::Malformed);
        match reading {
            // What follows in TLS 1.3 is encrypted.
            _ if self.fault.is_none() && hello.is_some_and(|hello| hello.session.version == TLS_1_3) => {
                Some(HandshakeEnd::Complete)
            }
            Reading::Done if hello.is_some_and(|hello| !hello.chain.is_empty()) => Some(whole(HandshakeEnd::Complete)),
            Reading::Alert(number) => Some(whole(HandshakeEnd::Alert(number))),
            Reading::Goodbye => Some(whole(HandshakeEnd::Fin)),
            Reading::Done | Reading::Stopped => Some(broken(self.fault)),
            Reading::NotTls | Reading::More => {
                if reading == Reading::NotTls {
                    self.fault = Some(Fault::TlsNotSpoken);
                }
                // What is longer than what is kept may have been read as far as there is anything to know.
                let told = self.fault.is_none() && self.reader.hello().is_some_and(is_told);
                let end = if told { HandshakeEnd::Complete } else { broken(self.fault) };
                (self.room() == 0).then_some(end)
            }
        }
    }
}

/// Whether certificates and key exchange are read, behind which a flight says nothing of the server (RFC 5246 7.3).
fn is_told(hello: &Hello) -> bool {
    !hello.chain.is_empty() && hello.key_exchange.is_some()
}

impl Conversation {
    pub(super) fn say_hello(&mut self) -> Effect {
        let plan = &self.evidence.plan;
        self.talk.hello = encode(plan.client_hello, plan.asked_name(), &self.random);
        self.state = State::Hello;
        self.due()
    }

    pub(super) fn hello_sent(&mut self, count: usize) -> Effect {
        self.talk.sent = count.min(self.talk.hello.len());
        if let Some(leg) = &mut self.evidence.tls {
            leg.sent = self.talk.sent as u64;
        }
        self.state = State::Flight;
        self.due()
    }

    pub(super) fn flight_received(&mut self, now: Duration, bytes: &[u8]) -> Effect {
        let taken = bytes.get(..self.talk.room()).unwrap_or(bytes);
        self.talk.flight.extend_from_slice(taken);
        if let Some(leg) = &mut self.evidence.tls {
            leg.received = self.talk.flight.len() as u64;
        }
        let before = self.talk.fault;
        let reading = self.talk.reader.push(taken);
        let ended = self.talk.ended(self.evidence.plan.client_hello.rung, reading);
        if before.is_none() && self.talk.fault.is_some() {
            // What comes behind a fault may say more of it, and is not waited for long.
            self.until = self.until.min(now.saturating_add(FOREIGN_PATIENCE));
        }
        match ended {
            Some(end) => self.hello_over(now, end),
            None => self.due(),
        }
    }

    /// The stream has ended.
    pub(super) fn flight_closed(&mut self, now: Duration, close: Close) -> Effect {
        let end = match close {
            Close::Fin => HandshakeEnd::Fin,
            Close::Reset => HandshakeEnd::Reset,
            Close::Os(error) => HandshakeEnd::Os(error),
            Close::Alert(number) => HandshakeEnd::Alert(number),
            Close::BrokenTls => HandshakeEnd::Malformed(Fault::TlsProtocol),
        };
        self.hello_over(now, self.talk.fault.map_or(end, HandshakeEnd::Malformed))
    }

    /// The time is over.
    pub(super) fn flight_late(&mut self, now: Duration) -> Effect {
        self.hello_over(now, self.talk.fault.map_or(HandshakeEnd::Timeout, HandshakeEnd::Malformed))
    }

    fn hello_over(&mut self, now: Duration, end: HandshakeEnd) -> Effect {
        let flight = Bytes::from(std::mem::take(&mut self.talk.flight));
        let (sent, received) = (self.talk.sent as u64, flight.len() as u64);
        self.tls_over(now, Handshake { sent, received, flight, ..Handshake::ended(end) })
    }
}
