//! The conversation with one server, as a pure machine: inputs in, effects out, evidence kept.
//!
//! RDP start-up is half-duplex and linear, so one input gives exactly one effect: there is nothing to drain and no
//! order of calls to learn. Whoever drives a [`Conversation`] carries out each [`Effect`] and reports what came of
//! it as the next [`Input`]. The machine reads no clock: `now` is the time since the start of the probe.
//!
//! A TLS handshake is one effect, for whoever has a library for it. With [`Goal::Hello`] none is needed: the machine writes a
//! `ClientHello` of its own, and reads the server's first flight.
//!
//! ```
//! use std::time::Duration;
//! use rdp_probe::conversation::{Conversation, Effect, Input};
//! use rdp_probe::{Close, Dial, Plan};
//!
//! let plan = Plan::new("ts01.example".parse()?);
//! let mut conversation = Conversation::new(plan, Dial::default(), None);
//! let at = Duration::from_millis;
//!
//! let Effect::Send { bytes, .. } = conversation.step(at(0), Input::Start) else { panic!() };
//! assert_eq!(bytes.len(), 19);
//! conversation.step(at(0), Input::Sent(bytes.len()));
//! assert_eq!(conversation.step(at(12), Input::Closed(Close::Fin)), Effect::Done);
//!
//! let evidence = conversation.into_evidence();
//! assert_eq!((evidence.stage.as_str(), evidence.end.to_string()), ("negotiate", "fin".to_owned()));
//! # Ok::<(), rdp_probe::ParseTargetError>(())
//! ```

mod binding;
mod hello;
mod nla;
mod noted;
mod record;
mod step;
mod x224;

use std::time::Duration;

use bytes::Bytes;

#[cfg(feature = "tokio")]
use crate::evidence::Known;
use crate::evidence::{Answer, Arrival, Close, Dial, End, Evidence, Fault, Goal, Handshake, HandshakeEnd, Plan, Stage};
use crate::flight::read_alert;
use crate::protocol::Selected;
use hello::Talk;
use noted::Nla;
pub use step::{Ask, Effect, Input, Output, Secured, State};
use x224::Tpdu;
pub(crate) use x224::connection_request;

/// Bytes of an answer that is not RDP which are kept to recognise it by.
const FOREIGN_BYTES: usize = 32;

/// How long such an answer is listened to.
const FOREIGN_PATIENCE: Duration = Duration::from_millis(250);

/// The machine.
#[derive(Debug)]
pub struct Conversation {
    state: State,
    /// On the heap, as it outlives the conversation, and is handed on often.
    evidence: Box<Evidence>,
    /// The Connection Request.
    request: Bytes,
    /// What was received in this negotiation so far.
    buffer: Vec<u8>,
    /// The length of `buffer` that the current state waits for.
    wanted: usize,
    /// When the current state gives up.
    until: Duration,
    /// The fault that made us listen on.
    fault: Fault,
    /// What our own `ClientHello` carries as its random number, and the nonce of `CredSSP`.
    random: [u8; 32],
    /// What was said in TLS without a library for it.
    talk: Talk,
    /// What was said in Network Level Authentication.
    nla: Nla,
}

impl Conversation {
    /// A conversation over the stream that `dial` gave, or the record that it gave none. `clock` is the wall-clock
    /// time, in seconds since 1970 UTC, for whoever judges certificates.
    #[must_use]
    pub fn new(plan: Plan, dial: Dial, clock: Option<i64>) -> Self {
        let request = connection_request(&plan);
        let evidence = Box::new(Evidence {
            plan,
            clock,
            dial,
            stage: Stage::Negotiate,
            end: End::Timeout,
            negotiate: None,
            received: Bytes::new(),
            arrivals: Vec::new(),
            closed: None,
            answer: None,
            tls: None,
            handshake: None,
            kerberos: None,
            nla: None,
            credssp: None,
        });
        Self {
            state: State::Idle,
            evidence,
            request,
            buffer: Vec::new(),
            wanted: 0,
            until: Duration::ZERO,
            fault: Fault::NotTpkt,
            random: [0; 32],
            talk: Talk::default(),
            nla: Nla::default(),
        }
    }

    /// The same, with a random number; else it is zero. Our own `ClientHello` carries it ([`Goal::Hello`]), where nothing depends on
    /// it but how alike such hellos look; and it is the nonce that `CredSSP` binds the server's key with ([`Goal::Verify`],
    /// [`Goal::Delegate`]), where nobody may foresee it.
    #[must_use]
    pub fn with_random(self, random: [u8; 32]) -> Self {
        Self { random, ..self }
    }

    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// What was seen so far.
    #[must_use]
    pub const fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// What was seen. Before the end, it reads as a time-out in the current stage.
    #[must_use]
    pub fn into_evidence(self) -> Evidence {
        *self.into_kept()
    }

    /// The same, from where it is kept.
    pub(crate) fn into_kept(mut self) -> Box<Evidence> {
        self.blank_tickets();
        self.evidence
    }

    /// What the target turns out to be known by, before TLS is over.
    #[cfg(feature = "tokio")]
    pub(crate) fn learn(&mut self, known: Known) {
        self.evidence.plan.known = known;
    }

    /// Takes one input and says what to do next. Any input begins it. Later, one that does not fit the state changes nothing: the effect
    /// that is due is named again. After the end it is always [`Effect::Done`].
    pub fn step(&mut self, now: Duration, input: Input<'_>) -> Effect {
        match (self.state, input) {
            (State::Idle, _) => self.start(now),
            (State::Requesting, Input::Sent(count)) => self.sent(count),
            // What only a stream inside TLS can end by does not fit here.
            (
                State::Requesting | State::Header | State::Body,
                Input::Closed(close @ (Close::Fin | Close::Reset | Close::Os(_))),
            ) => self.finish(now, Stage::Negotiate, close.into()),
            (State::Requesting | State::Header | State::Body, Input::Tick) if now >= self.until => {
                self.finish(now, Stage::Negotiate, End::Timeout)
            }
            (State::Header | State::Body | State::Listening, Input::Received(bytes)) => self.received(now, bytes),
            (State::Listening, Input::Closed(close)) => {
                self.evidence.closed = Some(close);
                self.name_the_fault(now)
            }
            (State::Listening, Input::Tick) if now >= self.until => self.name_the_fault(now),
            (State::Hello, Input::Sent(count)) => self.hello_sent(count),
            (State::Flight, Input::Received(bytes)) => self.flight_received(now, bytes),
            (State::Hello | State::Flight, Input::Closed(close)) => self.flight_closed(now, close),
            (State::Hello | State::Flight, Input::Tick) if now >= self.until => self.flight_late(now),
            (State::Tls | State::Hello | State::Flight, Input::Tls(handshake)) => self.tls_over(now, *handshake),
            (State::Tls, Input::Closed(close)) => self.finish(now, Stage::Tls, close.into()),
            (State::Tls, Input::Tick) if now >= self.until => self.finish(now, Stage::Tls, End::Timeout),
            (State::Securing | State::Telling | State::Hearing | State::HearingForeign | State::Authorizing, input) => {
                self.step_inside(now, input)
            }
            _ => self.due(),
        }
    }

    /// The effect that the current state waits for.
    fn due(&self) -> Effect {
        let until = self.until;
        match self.state {
            State::Idle | State::Requesting => Effect::Send { bytes: self.request.clone(), until },
            State::Header | State::Body | State::Listening => {
                Effect::Read { at_most: self.wanted.saturating_sub(self.buffer.len()), until }
            }
            State::Hello => Effect::Send { bytes: self.talk.hello.clone(), until },
            State::Flight => Effect::Read { at_most: self.talk.room(), until },
            State::Tls => Effect::StartTls { until },
            State::Securing => Effect::Secure { ask: self.nla.ask(), until },
            State::Telling => Effect::Send { bytes: self.nla.message(), until },
            State::Hearing | State::HearingForeign | State::Authorizing => {
                Effect::Read { at_most: self.nla.room(), until }
            }
            State::Done => Effect::Done,
        }
    }

    fn start(&mut self, now: Duration) -> Effect {
        if let Some((stage, end)) = self.evidence.dial.failure() {
            return self.finish(now, stage, end);
        }
        self.begin(now, Stage::Negotiate);
        self.state = State::Requesting;
        self.due()
    }

    fn sent(&mut self, count: usize) -> Effect {
        let sent = count.min(self.request.len());
        if let Some(leg) = &mut self.evidence.negotiate {
            leg.sent = sent as u64;
        }
        self.wait_for(State::Header, x224::TPKT_HEADER)
    }

    fn wait_for(&mut self, state: State, wanted: usize) -> Effect {
        self.state = state;
        self.wanted = wanted;
        self.due()
    }

    fn received(&mut self, now: Duration, bytes: &[u8]) -> Effect {
        let room = self.wanted.saturating_sub(self.buffer.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.buffer.extend_from_slice(taken);
        match self.evidence.arrivals.last_mut() {
            _ if taken.is_empty() => {}
            Some(last) if last.at == now => last.length = last.length.saturating_add(taken.len()),
            _ => self.evidence.arrivals.push(Arrival { at: now, length: taken.len() }),
        }
        if let Some(leg) = &mut self.evidence.negotiate {
            leg.received = self.buffer.len() as u64;
        }
        match self.state {
            State::Header if self.buffer.first().is_some_and(|first| *first != x224::TPKT_VERSION) => {
                self.listen(now, Fault::NotTpkt)
            }
            _ if self.buffer.len() < self.wanted => self.due(),
            State::Header => match x224::tpkt_length(&self.buffer) {
                Some(length) => self.wait_for(State::Body, length),
                None => self.listen(now, Fault::TpktLength),
            },
            State::Body => self.answered(now),
            _ => self.name_the_fault(now),
        }
    }

    /// The answer is no Connection Confirm. Its first bytes may still tell what it is.
    fn listen(&mut self, now: Duration, fault: Fault) -> Effect {
        self.fault = fault;
        self.until = self.until.min(now.saturating_add(FOREIGN_PATIENCE));
        // A TPKT that is read already says nothing more; what follows it may.
        let behind = if fault == Fault::NotConfirm { self.buffer.len() } else { 0 };
        self.wait_for(State::Listening, FOREIGN_BYTES.saturating_add(behind))
    }

    /// Listening is over. An MCS ultimatum is a denial, wherever it stands; everything else is what it was.
    fn name_the_fault(&mut self, now: Duration) -> Effect {
        let end = x224::find_denial(&self.buffer).map_or(End::Malformed(self.fault), End::Denied);
        self.finish(now, Stage::Negotiate, end)
    }

    /// A whole TPKT is here.
    fn answered(&mut self, now: Duration) -> Effect {
        match x224::read_tpdu(&self.buffer) {
            Tpdu::Confirm(answer) => {
                self.evidence.answer = Some(answer);
                self.confirmed(now, answer)
            }
            Tpdu::Denial(denial) => self.finish(now, Stage::Negotiate, End::Denied(denial)),
            Tpdu::Other => self.listen(now, Fault::NotConfirm),
            Tpdu::Broken => self.finish(now, Stage::Negotiate, End::Malformed(Fault::Confirm)),
        }
    }

    fn confirmed(&mut self, now: Duration, answer: Answer) -> Effect {
        let end = match answer {
            Answer::Failure { code, .. } => End::Refusal(code),
            Answer::Response { selected, .. } if selected.name().is_none() => End::Malformed(Fault::SelectedProtocol),
            Answer::Response { .. } | Answer::Legacy => End::Complete,
        };
        let starts_tls = end == End::Complete && answer.selected().is_some_and(Selected::starts_tls);
        if starts_tls && self.evidence.plan.goal != Goal::Negotiate {
            self.close_leg(now, Stage::Negotiate);
            self.begin(now, Stage::Tls);
            if self.evidence.plan.goal == Goal::Hello {
                return self.say_hello();
            }
            self.state = State::Tls;
            return self.due();
        }
        self.finish(now, Stage::Negotiate, end)
    }

    fn tls_over(&mut self, now: Duration, handshake: Handshake) -> Effect {
        if let Some(leg) = &mut self.evidence.tls {
            leg.sent = handshake.sent;
            leg.received = handshake.received;
        }
        let complete = handshake.end == HandshakeEnd::Complete;
        // Whoever resets may have said why before: an alert that was read says more than the reset behind it.
        let alert = match handshake.end {
            HandshakeEnd::Fin | HandshakeEnd::Reset | HandshakeEnd::Os(_) => read_alert(&handshake.flight),
            _ => None,
        };
        // A server that cannot begin TLS may say so in plain RDP: xrdp does when its key does not fit.
        let denial = match handshake.end {
            HandshakeEnd::Malformed(Fault::TlsNotSpoken) => x224::find_denial(&handshake.flight),
            _ => None,
        };
        let told = alert.map(End::Alert).or(denial.map(End::Denied));
        let end = told.unwrap_or(End::from(handshake.end));
        self.evidence.handshake = Some(handshake);
        let distrust = complete.then(|| self.evidence.distrust()).flatten();
        let chosen = self.evidence.answer.and_then(|answer| answer.selected());
        if complete
            && distrust.is_none()
            && self.evidence.plan.goal.is_nla()
            && chosen.is_some_and(Selected::uses_credssp)
        {
            return self.authenticate(now);
        }
        self.finish(now, Stage::Tls, distrust.map_or(end, End::Untrusted))
    }
}
