//! A connection as a fuzzer writes it: what is asked, how the stream came about, and what happens then, in any order.

use std::time::Duration;

use rdp_probe::conversation::{Conversation, Effect, Input, Output, Secured, State};
use rdp_probe::{
    Close, Dial, End, Evidence, Handshake, HandshakeEnd, Plan, SecuredOutcome, SecuredStep, Stage, Transcript,
};

use super::codec::Codec;
use super::moves::{self, Move, What};
use super::reached::Reached;
use super::{dial, plan};

/// The most that happens to one connection.
const MOST_MOVES: usize = 200;

/// The most ticks that a conversation to which nothing happens may still take.
const MOST_TICKS: usize = 16;

/// A connection.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) plan: Plan,
    clock: Option<i64>,
    dial: Dial,
    started: Duration,
    moves: Vec<Move>,
}

impl Script {
    fn new(plan: Plan) -> Self {
        Self { plan, clock: None, dial: Dial::default(), started: Duration::ZERO, moves: Vec::new() }
    }

    /// The one that these bytes say.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut script = Self::new(Plan::new(plan::target()));
        let mut codec = Codec::reading(bytes);
        script.code(&mut codec);
        while !codec.is_over() && script.moves.len() < MOST_MOVES {
            let mut one = Move::default();
            moves::code(&mut codec, &mut one);
            script.moves.push(one);
        }
        script
    }

    /// Its bytes.
    pub(super) fn write(mut self) -> Vec<u8> {
        let mut codec = Codec::writing();
        self.code(&mut codec);
        self.moves.iter_mut().for_each(|one| moves::code(&mut codec, one));
        codec.into_bytes()
    }

    /// Everything but the moves.
    fn code(&mut self, codec: &mut Codec<'_>) {
        plan::code(codec, &mut self.plan);
        let mut low = self.clock.map(|clock| u32::try_from(clock).unwrap_or_default());
        codec.option(&mut low, || 0, Codec::long);
        self.clock = low.map(i64::from);
        codec.time(&mut self.started);
        dial::code(codec, &mut self.dial);
    }

    /// The same, where our own `ClientHello` was answered: byte by byte, as it was, in place of the record of it.
    pub(super) fn spoken(self) -> Self {
        let of = |one: Move| match one.what {
            What::Tls(handshake) => {
                let heard = Move { after: one.after, what: What::Received(handshake.flight) };
                let closed = Move { what: What::Closed(Close::Fin), ..Move::default() };
                vec![Move::default(), heard, closed]
            }
            what => vec![Move { what, ..one }],
        };
        Self { moves: self.moves.into_iter().flat_map(of).collect(), ..self }
    }

    /// The same, asked for something else.
    pub(super) fn with_plan(&self, plan: Plan) -> Self {
        Self { plan, ..self.clone() }
    }

    /// Plays it, notes the states on the way, and checks each step.
    pub(super) fn play(&self, reached: &mut Reached) -> Evidence {
        let mut stage = Playing::begin(self, reached);
        for one in &self.moves {
            stage.now = stage.now.saturating_add(one.after);
            stage.happens(&one.what, reached);
        }
        stage.silence(reached);
        stage.conversation.into_evidence()
    }
}

/// Times are to the millisecond in a script; what else is not in it are notes.
impl From<&Transcript> for Script {
    fn from(transcript: &Transcript) -> Self {
        let mut before = transcript.started;
        let moves = transcript.events.iter().map(|event| {
            let after = event.at.saturating_sub(before);
            before = event.at;
            Move { after, what: What::from(&event.what) }
        });
        let moves = moves.collect();
        let Transcript { plan, clock, dial, started, .. } = transcript.clone();
        Self { plan, clock, dial, started, moves }
    }
}

/// A conversation under way.
struct Playing {
    conversation: Conversation,
    effect: Effect,
    now: Duration,
}

impl Playing {
    fn begin(script: &Script, reached: &mut Reached) -> Self {
        let mut conversation = Conversation::new(script.plan.clone(), script.dial.clone(), script.clock);
        reached.states.insert(conversation.state());
        let effect = conversation.step(script.started, Input::Start);
        let mut playing = Self { conversation, effect: Effect::Done, now: script.started };
        playing.take(effect, reached);
        playing
    }

    fn step(&mut self, input: Input<'_>, reached: &mut Reached) {
        let effect = self.conversation.step(self.now, input);
        self.take(effect, reached);
    }

    /// What holds behind each step.
    fn take(&mut self, effect: Effect, reached: &mut Reached) {
        reached.states.insert(self.conversation.state());
        match &effect {
            Effect::Send { bytes, .. } => assert!(!bytes.is_empty(), "nothing is to be sent"),
            Effect::Read { at_most, .. } => assert!(*at_most > 0, "nothing is to be read"),
            Effect::StartTls { .. } | Effect::Secure { .. } | Effect::Done => {}
        }
        assert_eq!(effect == Effect::Done, self.conversation.is_done());
        // What does not fit changes nothing.
        let before = self.shown();
        assert_eq!(self.conversation.step(self.now, Input::Start), effect);
        if !matches!(before.0, State::Tls | State::Hello | State::Flight) {
            let handshake = Box::new(Handshake::ended(HandshakeEnd::Complete));
            assert_eq!(self.conversation.step(self.now, Input::Tls(handshake)), effect);
        }
        assert_eq!(self.shown(), before);
        self.effect = effect;
    }

    /// Where it stands, and how much it has seen.
    fn shown(&self) -> (State, Stage, End, usize, bool, usize) {
        let evidence = self.conversation.evidence();
        let events = evidence.credssp.as_ref().map_or(0, |credssp| credssp.events.len());
        let received = evidence.received.len();
        (self.conversation.state(), evidence.stage, evidence.end, received, evidence.handshake.is_some(), events)
    }

    fn happens(&mut self, what: &What, reached: &mut Reached) {
        match what {
            What::AsDue => self.as_due(reached),
            What::Sent(count) => self.step(Input::Sent(*count), reached),
            What::Received(bytes) => self.receive(bytes, reached),
            What::Thrust(bytes) => self.step(Input::Received(bytes), reached),
            What::Closed(close) => self.step(Input::Closed(*close), reached),
            What::Tick => self.step(Input::Tick, reached),
            What::Late => self.late(reached),
            What::Tls(handshake) => self.step(Input::Tls(handshake.clone()), reached),
            What::Secured(step) => self.step(Input::Secured(Box::new(secured(*step))), reached),
            What::Start => self.step(Input::Start, reached),
        }
    }

    fn as_due(&mut self, reached: &mut Reached) {
        match &self.effect {
            Effect::Send { bytes, .. } => self.step(Input::Sent(bytes.len()), reached),
            Effect::StartTls { .. } => {
                self.step(Input::Tls(Box::new(Handshake::ended(HandshakeEnd::Complete))), reached);
            }
            Effect::Secure { .. } => {
                let outcome = SecuredOutcome::Sealed(60);
                self.step(Input::Secured(Box::new(secured(SecuredStep { outcome, kdc: None }))), reached);
            }
            Effect::Read { .. } => self.step(Input::Closed(Close::Fin), reached),
            Effect::Done => {}
        }
    }

    fn receive(&mut self, mut bytes: &[u8], reached: &mut Reached) {
        while let (Effect::Read { at_most, .. }, false) = (&self.effect, bytes.is_empty()) {
            let (piece, behind) = bytes.split_at((*at_most).min(bytes.len()));
            self.step(Input::Received(piece), reached);
            bytes = behind;
        }
    }

    /// It is as late as the conversation has said that it would wait.
    fn late(&mut self, reached: &mut Reached) {
        if let Effect::Send { until, .. }
        | Effect::Read { until, .. }
        | Effect::StartTls { until }
        | Effect::Secure { until, .. } = &self.effect
        {
            self.now = self.now.max(*until);
        }
        self.step(Input::Tick, reached);
    }

    /// Nothing happens any more: it ends by itself, and then stays so, whatever comes.
    fn silence(&mut self, reached: &mut Reached) {
        for _ in 0..MOST_TICKS {
            if self.conversation.is_done() {
                break;
            }
            self.late(reached);
        }
        assert!(self.conversation.is_done(), "it waits for ever: {:?}", self.conversation);
        let before = self.conversation.evidence().clone();
        let handshake = || Box::new(Handshake::ended(HandshakeEnd::Complete));
        let inputs =
            [Input::Sent(1), Input::Received(b"?"), Input::Tls(handshake()), Input::Closed(Close::Reset), Input::Tick];
        for input in inputs {
            assert_eq!(self.conversation.step(self.now, input), Effect::Done);
        }
        assert_eq!(self.conversation.evidence(), &before, "done is done");
    }
}

/// What the security package would have made: bytes of the same number.
fn secured(step: SecuredStep) -> Secured {
    let zeros = |length: usize| vec![0; length.min(0x1_0000)].into();
    let output = match step.outcome {
        SecuredOutcome::Token { length, done } => Output::Token { token: zeros(length), done },
        SecuredOutcome::Sealed(length) => Output::Sealed(zeros(length)),
        SecuredOutcome::Bound(binding) => Output::Bound(binding),
        SecuredOutcome::Failed(error) => Output::Failed(error),
        SecuredOutcome::KdcFailed(end) => Output::KdcFailed(end),
    };
    Secured { output, kdc: step.kdc }
}
