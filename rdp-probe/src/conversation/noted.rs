//! What was said in Network Level Authentication so far, and what is noted of it: no length that depends on the credentials.

use bytes::Bytes;

use super::Conversation;
use super::step::{Ask, Output};
use crate::credssp::TsRequest;
use crate::evidence::{Package, SecuredOutcome};

/// The length that is noted of a token with what proves a password: its own would tell those of user and domain.
const PROOF: usize = 1;

/// What was said so far.
#[derive(Default)]
pub(super) struct Nla {
    pub(super) phase: Phase,
    /// What is being written.
    pub(super) message: Bytes,
    /// How long that would be, were nothing in it that depends on the credentials.
    pub(super) noted: usize,
    /// What the security package is asked for.
    pub(super) ask: Option<Ask>,
    /// What was received of the message that is due.
    pub(super) buffer: Vec<u8>,
    pub(super) wanted: usize,
    /// How much the messages before it took.
    pub(super) read: usize,
    /// The version that the server has named.
    pub(super) version: Option<u32>,
    /// The last token of the security package, which goes out with the binding.
    pub(super) last_token: Bytes,
}

/// What the next message of the server is an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Phase {
    #[default]
    Tokens,
    Binding,
    Credentials,
}

impl std::fmt::Debug for Nla {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nla").field("phase", &self.phase).finish_non_exhaustive()
    }
}

impl Nla {
    pub(super) fn room(&self) -> usize {
        self.wanted.saturating_sub(self.buffer.len())
    }

    pub(super) fn message(&self) -> Bytes {
        self.message.clone()
    }

    pub(super) fn ask(&self) -> Ask {
        self.ask.clone().unwrap_or(Ask::Token(Bytes::new()))
    }

    /// What is noted of so many bytes of the message. Of a part of what depends on the credentials: that it was one.
    pub(super) fn noted_of(&self, sent: usize) -> usize {
        let whole = self.message.len();
        if sent == whole || self.noted == whole { sent.min(self.noted) } else { sent.min(1) }
    }
}

impl Conversation {
    /// Whether the length of a token depends on the credentials: that of the first message of NTLM does not.
    fn is_telling(&self) -> bool {
        let plan = &self.evidence.plan;
        plan.goal.needs_credentials() && (plan.package == Package::Kerberos || self.nla.version.is_some())
    }

    /// The outcome, without a length that depends on the credentials.
    pub(super) fn outcome(&self, output: &Output) -> SecuredOutcome {
        match (output.outcome(), &self.nla.ask) {
            (SecuredOutcome::Token { length, done }, _) if self.is_telling() => {
                SecuredOutcome::Token { length: length.min(PROOF), done }
            }
            (SecuredOutcome::Sealed(_), Some(Ask::Credentials { .. })) => SecuredOutcome::Sealed(0),
            (outcome, _) => outcome,
        }
    }

    /// How long a message would be, were nothing in it that depends on the credentials.
    pub(super) fn noted_length(&self, request: &TsRequest) -> usize {
        let masked = |token: &Bytes| if self.is_telling() { Bytes::from_static(&[0; PROOF]) } else { token.clone() };
        let (token, auth_info) = (request.token.as_ref().map(masked), request.auth_info.as_ref().map(|_| Bytes::new()));
        TsRequest { token, auth_info, ..request.clone() }.encode().len()
    }
}
