//! What is written down: when stages begin and end, what happened inside TLS, and how it came out.

use std::time::Duration;

use bytes::Bytes;

use super::{Conversation, Effect, State};
use crate::evidence::{CredSspEvent, CredSspStep, End, KdcTraffic, Leg, OsError, Package, Stage};

impl Conversation {
    pub(super) fn begin(&mut self, now: Duration, stage: Stage) {
        self.evidence.stage = stage;
        self.until = self.evidence.plan.budget.deadline(now);
        *self.leg(stage) = Some(Leg { started: now, ..Leg::default() });
    }

    fn leg(&mut self, stage: Stage) -> &mut Option<Leg> {
        match stage {
            Stage::Nla => &mut self.evidence.nla,
            Stage::Tls => &mut self.evidence.tls,
            _ => &mut self.evidence.negotiate,
        }
    }

    pub(super) fn close_leg(&mut self, now: Duration, stage: Stage) {
        if let Some(leg) = self.leg(stage) {
            leg.elapsed = now.saturating_sub(leg.started);
        }
        if stage == Stage::Negotiate {
            self.evidence.received = Bytes::from(std::mem::take(&mut self.buffer));
        }
    }

    pub(super) fn finish(&mut self, now: Duration, stage: Stage, end: End) -> Effect {
        match stage {
            Stage::Negotiate | Stage::Tls => self.close_leg(now, stage),
            Stage::Kerberos | Stage::Nla => {
                self.close_leg(now, Stage::Nla);
                self.blank_tickets();
            }
            Stage::Resolve | Stage::Connect | Stage::Proxy => {}
        }
        self.evidence.stage = stage;
        // An end that this stage cannot have is a driver's mistake; it is not passed on as evidence.
        self.evidence.end = if stage.admits(end.kind()) { end } else { End::Os(OsError::UNKNOWN) };
        self.state = State::Done;
        Effect::Done
    }

    pub(super) fn note(&mut self, at: Duration, what: CredSspStep) {
        if let Some(credssp) = &mut self.evidence.credssp {
            credssp.events.push(CredSspEvent { at, what });
        }
    }

    pub(super) fn note_received(&mut self, at: Duration, bytes: &[u8]) {
        let events = self.evidence.credssp.as_mut().map(|credssp| &mut credssp.events);
        match events.and_then(|events| events.last_mut()) {
            _ if bytes.is_empty() => {}
            Some(CredSspEvent { at: before, what: CredSspStep::Received(kept) }) if *before == at => {
                *kept = [kept.as_ref(), bytes].concat().into();
            }
            _ => self.note(at, CredSspStep::Received(Bytes::copy_from_slice(bytes))),
        }
    }

    pub(super) fn add_kdc(&mut self, now: Duration, traffic: KdcTraffic) {
        let started = now.saturating_sub(traffic.elapsed);
        let leg = self.evidence.kerberos.get_or_insert(Leg { started, ..Leg::default() });
        leg.elapsed = leg.elapsed.saturating_add(traffic.elapsed);
        leg.sent = leg.sent.saturating_add(traffic.sent);
        leg.received = leg.received.saturating_add(traffic.received);
    }

    /// Tokens of Kerberos may hold tickets: they are not kept.
    pub(super) fn blank_tickets(&mut self) {
        let plan = &self.evidence.plan;
        if let Some(credssp) = &mut self.evidence.credssp
            && plan.package == Package::Kerberos
            && plan.goal.needs_credentials()
        {
            credssp.blank_tickets();
        }
    }
}
