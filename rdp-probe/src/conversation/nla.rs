//! `CredSSP` inside TLS ([MS-CSSP] 3.1.5): which message is due, and what is made of the server's. The security package, its
//! secrets and its cryptography are the driver's.

use std::time::Duration;

use bytes::Bytes;

use super::noted::Phase;
use super::step::{Ask, Output, Secured};
use super::{Conversation, Effect, FOREIGN_PATIENCE, Input, State, x224};
use crate::codes::{ClientStatus, NtStatus};
use crate::credssp::{
    self, Challenge, MAX_TS_REQUEST, Mechanism, NegotiationToken, PATCHED_VERSION, TsRequest, length_of_length,
};
use crate::evidence::{Binding, Check, CredSsp, CredSspStep, End, Fault, Goal, Package};
use crate::evidence::{SecuredStep, SecurityError, SecurityErrorKind, Stage};
use crate::protocol::Selected;

/// Bytes in place of a `TSRequest` that are kept: enough for a TPKT of RDP.
const FOREIGN_BYTES: usize = 512;

/// The length of the Early User Authorization Result ([MS-RDPBCGR] 2.2.10.2).
const EARLY_AUTHORIZATION: usize = 4;

/// Bytes of `TSRequest`s that are read in all. Two of the longest: no package of Windows comes near it.
const MOST: usize = 2 * MAX_TS_REQUEST;

/// Events that are kept: what comes in more pieces is kept back by intent.
const MOST_EVENTS: usize = 4096;

impl Conversation {
    /// TLS stands, and the certificate is what was demanded.
    pub(super) fn authenticate(&mut self, now: Duration) -> Effect {
        let plan = &self.evidence.plan;
        let seen = plan.demands_certificate() || plan.dangers.any_certificate;
        if plan.goal.needs_credentials() && !seen {
            return self.finish(now, Stage::Tls, End::Untrusted(Check::Demanded));
        }
        if plan.goal.needs_credentials() && !self.has_key() {
            // There is nothing to bind the credentials to.
            return self.finish(now, Stage::Tls, End::Untrusted(Check::Readable));
        }
        self.close_leg(now, Stage::Tls);
        self.begin(now, Stage::Nla);
        self.evidence.credssp = Some(CredSsp::default());
        let request = &self.evidence.plan.request;
        let guarded = request.redirected_authentication() && !request.restricted_admin();
        if guarded && self.evidence.plan.goal == Goal::Delegate {
            // Remote credential guard is there for that credentials stay where they are, and takes a package that is not here.
            return self.finish(now, Stage::Nla, End::Security(NO_CREDENTIAL_GUARD));
        }
        if self.evidence.plan.goal != Goal::Challenge {
            return self.ask(Ask::Token(Bytes::new()));
        }
        let token = match self.evidence.plan.package {
            Package::Ntlm => credssp::negotiate(),
            Package::Spnego | Package::Kerberos => {
                let wanted = [Mechanism::Ntlm, Mechanism::MsKerberos, Mechanism::Kerberos];
                credssp::initial_token(&wanted, &credssp::negotiate())
            }
        };
        self.tell(&TsRequest { token: Some(token), ..own() })
    }

    /// [`Conversation::step`], inside TLS.
    pub(super) fn step_inside(&mut self, now: Duration, input: Input<'_>) -> Effect {
        match (self.state, input) {
            (State::Securing, Input::Secured(secured)) => self.secured(now, *secured),
            (State::Telling, Input::Sent(count)) => self.told(now, count),
            (State::Hearing | State::HearingForeign | State::Authorizing, Input::Received(bytes)) => {
                self.heard(now, bytes)
            }
            (State::HearingForeign, Input::Closed(close)) => {
                self.evidence.closed = Some(close);
                self.name_what_was_heard(now)
            }
            (State::HearingForeign, Input::Tick) if now >= self.until => self.name_what_was_heard(now),
            (State::Telling | State::Hearing | State::Authorizing, Input::Closed(close)) => {
                self.finish(now, Stage::Nla, close.into())
            }
            (State::Securing | State::Telling | State::Hearing | State::Authorizing, Input::Tick)
                if now >= self.until =>
            {
                self.finish(now, Stage::Nla, End::Timeout)
            }
            _ => self.due(),
        }
    }

    fn ask(&mut self, ask: Ask) -> Effect {
        self.nla.ask = Some(ask);
        self.state = State::Securing;
        self.due()
    }

    fn tell(&mut self, request: &TsRequest) -> Effect {
        self.nla.message = request.encode().into();
        self.nla.noted = self.noted_length(request);
        self.state = State::Telling;
        self.due()
    }

    fn hear(&mut self, state: State, wanted: usize) -> Effect {
        self.nla.wanted = wanted;
        self.state = state;
        self.due()
    }

    /// A message was written, as far as the server took it.
    pub(super) fn told(&mut self, now: Duration, count: usize) -> Effect {
        let sent = count.min(self.nla.message.len());
        let is_whole = sent == self.nla.message.len();
        let noted = self.nla.noted_of(sent);
        if let Some(leg) = &mut self.evidence.nla {
            leg.sent = leg.sent.saturating_add(noted as u64);
        }
        self.note(now, CredSspStep::Sent(noted));
        let is_early = self.evidence.answer.and_then(|answer| answer.selected()).is_some_and(Selected::is_early);
        match self.nla.phase {
            // What was not written in full may have been answered all the same.
            Phase::Credentials if is_early => self.hear(State::Authorizing, EARLY_AUTHORIZATION),
            Phase::Credentials if is_whole => self.finish(now, Stage::Nla, End::Complete),
            Phase::Credentials | Phase::Tokens | Phase::Binding => self.hear(State::Hearing, 2),
        }
    }

    pub(super) fn heard(&mut self, now: Duration, bytes: &[u8]) -> Effect {
        let taken = bytes.get(..self.nla.room()).unwrap_or(bytes);
        self.nla.buffer.extend_from_slice(taken);
        if let Some(leg) = &mut self.evidence.nla {
            leg.received = leg.received.saturating_add(taken.len() as u64);
        }
        self.note_received(now, taken);
        let happened = self.evidence.credssp.as_ref().map_or(0, |credssp| credssp.events.len());
        if happened > MOST_EVENTS {
            return self.finish(now, Stage::Nla, End::Malformed(Fault::TsRequest));
        }
        if self.nla.room() > 0 && !self.is_foreign() {
            return self.due();
        }
        match self.state {
            State::Authorizing => self.authorized(now),
            State::HearingForeign => self.name_what_was_heard(now),
            _ if self.is_foreign() => self.listen_to_foreign(now),
            _ => self.hear_on(now),
        }
    }

    /// Whether what came does not even begin like a `TSRequest`.
    fn is_foreign(&self) -> bool {
        let head = |length: usize| self.nla.buffer.get(..length);
        let sequence = head(1).is_none_or(|tag| tag == [credssp::der::SEQUENCE]);
        let length =
            head(2).and_then(|head| head.first_chunk::<2>()).is_none_or(|head| length_of_length(*head).is_some());
        self.state == State::Hearing && !(sequence && length)
    }

    /// It may still tell what it is.
    fn listen_to_foreign(&mut self, now: Duration) -> Effect {
        self.until = self.until.min(now.saturating_add(FOREIGN_PATIENCE));
        self.hear(State::HearingForeign, FOREIGN_BYTES)
    }

    /// As much is here as was known to come: the length, or all of it.
    fn hear_on(&mut self, now: Duration) -> Effect {
        let buffer = &self.nla.buffer;
        let digits = buffer.first_chunk::<2>().and_then(|head| length_of_length(*head)).unwrap_or_default();
        let length = match buffer.get(2..digits.saturating_add(2)) {
            None => return self.hear(State::Hearing, digits.saturating_add(2)),
            Some([]) => buffer.get(1).copied().map(usize::from).unwrap_or_default(),
            Some(digits) => digits.iter().fold(0, |value: usize, digit| value * 0x100 + usize::from(*digit)),
        };
        let whole = length.saturating_add(digits).saturating_add(2);
        let read = self.nla.read.saturating_add(whole);
        if whole > MAX_TS_REQUEST || read > MOST {
            return self.finish(now, Stage::Nla, End::Malformed(Fault::TsRequest));
        }
        if buffer.len() < whole {
            return self.hear(State::Hearing, whole);
        }
        self.nla.read = read;
        let message = std::mem::take(&mut self.nla.buffer);
        match TsRequest::parse(&message) {
            Ok(request) => self.answer(now, request),
            Err(_) => self.finish(now, Stage::Nla, End::Malformed(Fault::TsRequest)),
        }
    }

    /// A whole message is here. What it refuses counts first: some servers send a refusal and a binding at once.
    fn answer(&mut self, now: Duration, request: TsRequest) -> Effect {
        if let Some(status) = request.error_code.filter(|status| *status != NtStatus(0)) {
            return self.finish(now, Stage::Nla, End::Rejected(status));
        }
        let is_steady = self.nla.version.is_none_or(|version| version == request.version);
        if request.version < 2 || !is_steady {
            return self.finish(now, Stage::Nla, End::Malformed(Fault::CredSspVersion));
        }
        self.nla.version = Some(request.version);
        let plan = &self.evidence.plan;
        if plan.goal.needs_credentials() && request.version < PATCHED_VERSION && !plan.dangers.old_credssp {
            return self.finish(now, Stage::Nla, End::Untrusted(Check::CredSspVersion));
        }
        let missing = End::Malformed(Fault::TsRequestField);
        match (self.nla.phase, request.token, request.pub_key_auth) {
            (Phase::Tokens, Some(token), _) if plan.goal == Goal::Challenge => self.challenged(now, &token),
            (Phase::Tokens, Some(token), _) => self.continued(now, token),
            (Phase::Binding, _, Some(sealed)) => {
                let (expected, weaker) = self.expected_binding();
                self.ask(Ask::Compare { sealed, expected, weaker })
            }
            _ => self.finish(now, Stage::Nla, missing),
        }
    }

    /// The goal was to be challenged. A server that does not take NTLM has answered, too.
    fn challenged(&mut self, now: Duration, token: &[u8]) -> Effect {
        let told = |token: NegotiationToken| token.declines_ntlm() || has_challenge(&token) == Some(true);
        let told = NegotiationToken::parse(token).is_some_and(told);
        let end = if told { End::Complete } else { End::Malformed(Fault::NtlmChallenge) };
        self.finish(now, Stage::Nla, end)
    }

    fn continued(&mut self, now: Duration, token: Bytes) -> Effect {
        // A flawed challenge is not answered, whatever it is wrapped in.
        let readable = self.evidence.plan.package == Package::Kerberos || is_readable(&token);
        if readable {
            return self.ask(Ask::Token(token));
        }
        self.finish(now, Stage::Nla, End::Malformed(Fault::NtlmChallenge))
    }

    /// The security package has answered.
    pub(super) fn secured(&mut self, now: Duration, secured: Secured) -> Effect {
        let Secured { output, kdc } = secured;
        // More than fits in a message is of no package.
        let output = if output.length() > MAX_TS_REQUEST { Output::Failed(MISUSED) } else { output };
        if let Some(traffic) = kdc {
            self.add_kdc(now, traffic);
        }
        self.note(now, CredSspStep::Secured(SecuredStep { outcome: self.outcome(&output), kdc }));
        match (self.nla.ask.take(), output) {
            (_, Output::Failed(error)) => self.finish(now, Stage::Nla, End::Security(error)),
            (_, Output::KdcFailed(end)) => self.finish(now, Stage::Kerberos, end.into()),
            (Some(Ask::Token(_)), Output::Token { token, done: false }) if !token.is_empty() => {
                self.tell(&TsRequest { token: Some(token), ..own() })
            }
            (Some(Ask::Token(_)), Output::Token { token, done: true }) if self.nla.version.is_some() => {
                self.nla.last_token = token;
                let binding = self.own_binding();
                self.ask(Ask::Seal(binding))
            }
            (Some(Ask::Seal(_)), Output::Sealed(sealed)) => self.tell_binding(sealed),
            (Some(Ask::Compare { .. }), Output::Bound(binding)) => self.bound(now, binding),
            (Some(Ask::Credentials { .. }), Output::Sealed(sealed)) => {
                self.nla.phase = Phase::Credentials;
                self.tell(&TsRequest { auth_info: Some(sealed), ..own() })
            }
            // It gave what nobody asked it for.
            _ => self.finish(now, Stage::Nla, End::Security(MISUSED)),
        }
    }

    fn tell_binding(&mut self, sealed: Bytes) -> Effect {
        self.nla.phase = Phase::Binding;
        let token = Some(std::mem::take(&mut self.nla.last_token)).filter(|token| !token.is_empty());
        let nonce = self.has_nonce().then(|| Bytes::copy_from_slice(&self.random));
        self.tell(&TsRequest { token, pub_key_auth: Some(sealed), client_nonce: nonce, ..own() })
    }

    fn bound(&mut self, now: Duration, binding: Binding) -> Effect {
        let goal = self.evidence.plan.goal;
        match binding {
            Binding::Same if goal == Goal::Delegate => {
                self.ask(Ask::Credentials { empty: self.evidence.plan.request.restricted_admin() })
            }
            Binding::Same => self.finish(now, Stage::Nla, End::Complete),
            Binding::WithoutNonce => self.finish(now, Stage::Nla, End::Malformed(Fault::Nonce)),
            Binding::Other => self.finish(now, Stage::Nla, End::Malformed(Fault::PublicKey)),
        }
    }

    /// The Early User Authorization Result is here, or the beginning of something else.
    fn authorized(&mut self, now: Duration) -> Effect {
        match *self.nla.buffer.as_slice() {
            // A message may come in its place, with the reason of a refusal in it.
            [first, second, ..] if second != 0 && length_of_length([first, second]).is_some() => {
                self.state = State::Hearing;
                return self.hear_on(now);
            }
            // A TPKT of RDP.
            [3, 0, high, low] if [high, low] != [0, 0] => return self.listen_to_foreign(now),
            _ => {}
        }
        let result = self.nla.buffer.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)).unwrap_or_default();
        let end = if result == 0 { End::Complete } else { End::Unauthorized(result) };
        self.finish(now, Stage::Nla, end)
    }

    /// Listening to what is no `CredSSP` is over.
    pub(super) fn name_what_was_heard(&mut self, now: Duration) -> Effect {
        let end = x224::find_denial(&self.nla.buffer).map_or(End::Malformed(Fault::NotCredSsp), End::Denied);
        self.finish(now, Stage::Nla, end)
    }
}

/// A message with nothing but our version in it.
fn own() -> TsRequest {
    TsRequest { version: credssp::VERSION, ..TsRequest::default() }
}

/// Whether a token is one of SPNEGO, or a CHALLENGE that can be read to its end.
fn is_readable(token: &[u8]) -> bool {
    NegotiationToken::parse(token).is_some_and(|token| has_challenge(&token) != Some(false))
}

/// Whether the message of NTLM in a token is a CHALLENGE that can be read to its end. `None` where there is no such message.
fn has_challenge(token: &NegotiationToken) -> Option<bool> {
    let challenge = Challenge::parse(token.ntlm()?);
    Some(challenge.is_some_and(|challenge| challenge.flaw.is_none()))
}

/// `SEC_E_INTERNAL_ERROR`.
const MISUSED: SecurityError = SecurityError { kind: SecurityErrorKind::Other, status: ClientStatus(0x8009_0304) };

/// `SEC_E_UNSUPPORTED_FUNCTION`.
const NO_CREDENTIAL_GUARD: SecurityError =
    SecurityError { kind: SecurityErrorKind::NoPackage, status: ClientStatus(0x8009_0302) };
