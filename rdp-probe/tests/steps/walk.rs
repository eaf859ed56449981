//! A conversation that is driven by hand.

use std::time::Duration;

use bytes::Bytes;
use rdp_probe::conversation::{Effect, Input, Output, Secured, State};
use rdp_probe::transcript::Happening;
use rdp_probe::{Binding, Conversation, Dial, End, Goal, Handshake, Package, Plan, Stage, Transcript};

use super::messages::{self, usual, with_token};

pub(crate) const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A TLS handshake of the lab, finished.
pub(crate) fn finished() -> Handshake {
    let transcript: Transcript = include_str!("../transcripts/no-fault-found.verify.probe").parse().unwrap();
    let handshakes = transcript.events.into_iter().filter_map(|event| match event.what {
        Happening::Tls(handshake) => Some(*handshake),
        _ => None,
    });
    handshakes.last().unwrap()
}

/// A conversation, what it wants, and when it is.
pub(crate) struct Walk {
    pub(crate) conversation: Conversation,
    pub(crate) effect: Effect,
    pub(crate) now: Duration,
}

impl Walk {
    pub(crate) fn new(goal: Goal, package: Package) -> Self {
        let mut plan = Plan::new("ts01.corp.example".parse().unwrap());
        (plan.goal, plan.package) = (goal, package);
        plan.dangers.any_certificate = true;
        let conversation = Conversation::new(plan, Dial::default(), None);
        Self { conversation, effect: Effect::Done, now: ms(1) }.take(Input::Start)
    }

    pub(crate) fn take(mut self, input: Input<'_>) -> Self {
        self.effect = self.conversation.step(self.now, input);
        self
    }

    /// The whole of what is to be written goes out.
    pub(crate) fn sent(self) -> Self {
        let Effect::Send { bytes, .. } = self.effect.clone() else { panic!("{:?}", self.effect) };
        self.take(Input::Sent(bytes.len()))
    }

    pub(crate) fn received(self, bytes: &[u8]) -> Self {
        self.take(Input::Received(bytes))
    }

    pub(crate) fn secured(self, output: Output) -> Self {
        self.take(Input::Secured(Box::new(Secured { output, kdc: None })))
    }

    /// A moment later.
    pub(crate) fn later(mut self, time: Duration) -> Self {
        self.now += time;
        self
    }

    /// TLS is chosen, or what contains it.
    pub(crate) fn confirmed(self, selected: u8) -> Self {
        let confirm = [14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0, selected, 0, 0, 0];
        self.sent().received(&[3, 0, 0, 19]).received(&confirm)
    }

    pub(crate) fn inside(goal: Goal, package: Package, selected: u8) -> Self {
        Self::new(goal, package).confirmed(selected).take(Input::Tls(Box::new(finished())))
    }

    /// The server is to challenge.
    pub(crate) fn challenge() -> Self {
        Self::inside(Goal::Challenge, Package::Ntlm, 2).sent()
    }

    /// The package has the server's challenge before it.
    pub(crate) fn begun(goal: Goal, selected: u8) -> Self {
        let walk = Self::inside(goal, Package::Ntlm, selected).secured(token(40, false)).sent();
        let message = with_token(6, &usual());
        walk.whole(&message)
    }

    /// The credentials are to be sealed.
    pub(crate) fn bound(selected: u8) -> Self {
        let walk = Self::begun(Goal::Delegate, selected).secured(token(300, true));
        let walk = walk.secured(Output::Sealed(Bytes::from_static(&[9; 48]))).sent();
        let word = messages::request(6, &[(3, messages::octets(&[9; 48]))]);
        walk.whole(&word).secured(Output::Bound(Binding::Same))
    }

    /// A message comes as it is asked for.
    pub(crate) fn whole(mut self, message: &[u8]) -> Self {
        let mut rest = message;
        while let (Effect::Read { at_most, .. }, false) = (&self.effect, rest.is_empty()) {
            let (piece, behind) = rest.split_at((*at_most).min(rest.len()));
            rest = behind;
            self = self.received(piece);
        }
        self
    }

    pub(crate) fn state(&self) -> State {
        self.conversation.state()
    }

    pub(crate) fn ended(self) -> (Stage, End) {
        assert_eq!((self.state(), &self.effect, self.conversation.is_done()), (State::Done, &Effect::Done, true));
        let evidence = self.conversation.into_evidence();
        (evidence.stage, evidence.end)
    }
}

pub(crate) fn token(length: usize, done: bool) -> Output {
    Output::Token { token: vec![7; length].into(), done }
}

pub(crate) fn sealed(length: usize) -> Output {
    Output::Sealed(vec![8; length].into())
}
