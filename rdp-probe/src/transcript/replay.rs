//! Plays a transcript through the pure core.

use std::time::Duration;

use super::{Event, Happening, Transcript, credssp};
use crate::conversation::{Conversation, Effect, Input};
use crate::evidence::Evidence;

impl Transcript {
    /// What a conversation sees when this happens to it.
    ///
    /// It always ends: where the transcript does, or does not fit, silence follows until the conversation gives up.
    #[must_use]
    pub fn replay(&self) -> Evidence {
        self.play(Conversation::new(self.plan.clone(), self.dial.clone(), self.clock)).into_evidence()
    }

    /// Plays the events to a conversation that has not begun.
    fn play(&self, mut conversation: Conversation) -> Conversation {
        let mut effect = conversation.step(self.started, Input::Start);
        let mut now = self.started;
        for Event { at, what } in &self.events {
            now = *at;
            effect = match what {
                Happening::Sent(bytes) => conversation.step(*at, Input::Sent(bytes.len())),
                Happening::Received(bytes) => receive(&mut conversation, *at, bytes, effect),
                Happening::Closed(close) => conversation.step(*at, Input::Closed(*close)),
                Happening::Timeout => conversation.step(*at, Input::Tick),
                Happening::Wrote(count) => conversation.step(*at, Input::Sent(*count)),
                Happening::Secured(step) => conversation.step(*at, Input::Secured(Box::new(credssp::replayed(*step)))),
                Happening::Tls(handshake) => conversation.step(*at, Input::Tls(handshake.clone())),
            };
        }
        while let Effect::Send { until, .. }
        | Effect::Read { until, .. }
        | Effect::StartTls { until }
        | Effect::Secure { until, .. } = effect
        {
            // What came last may have come late: time does not run back to when it was due.
            effect = conversation.step(until.max(now), Input::Tick);
        }
        conversation
    }
}

/// Hands over as many bytes at a time as the conversation asks for; what it does not ask for stays in the stream.
fn receive(conversation: &mut Conversation, at: Duration, mut bytes: &[u8], mut effect: Effect) -> Effect {
    while let Effect::Read { at_most, .. } = effect {
        let (now, later) = bytes.split_at(at_most.min(bytes.len()));
        if now.is_empty() {
            break;
        }
        effect = conversation.step(at, Input::Received(now));
        bytes = later;
    }
    effect
}
