//! What is read from the messages inside TLS.

use std::time::Duration;

use bytes::Bytes;

use super::{Binding, CredSsp, CredSspStep, End, Evidence, NlaResult, Package, SecuredOutcome, SecuredStep, Stage};
use crate::credssp::{self, Challenge, Mechanism, NegotiationToken, TsRequest};

/// `AUTHZ_ACCESS_DENIED`, the only Early User Authorization Result that says no ([MS-RDPBCGR] 2.2.10.2).
const ACCESS_DENIED: u32 = 5;

/// What the server sent between two things that the client did: a message, a part of one, or something else.
struct Heard {
    /// When its first byte came.
    at: Duration,
    bytes: Vec<u8>,
}

impl CredSsp {
    /// Every byte that the server sent inside TLS.
    #[must_use]
    pub fn received(&self) -> Vec<u8> {
        self.heard().into_iter().flat_map(|heard| heard.bytes).collect()
    }

    /// The messages of the server that can be read, in order.
    #[must_use]
    pub fn messages(&self) -> Vec<TsRequest> {
        self.heard().iter().filter_map(|heard| TsRequest::parse(&heard.bytes).ok()).collect()
    }

    /// What the server makes of its key, if it said so.
    #[must_use]
    pub fn binding(&self) -> Option<Binding> {
        self.events.iter().find_map(|event| match event.what {
            CredSspStep::Secured(SecuredStep { outcome: SecuredOutcome::Bound(binding), .. }) => Some(binding),
            _ => None,
        })
    }

    /// Whether anything that proves the password has gone out to the server, as far as it took it: the AUTHENTICATE of NTLM, which
    /// stands behind the first message; the ticket of Kerberos, which is in it.
    #[must_use]
    pub fn proof_sent(&self, package: Package) -> bool {
        let before = usize::from(package != Package::Kerberos);
        self.events.iter().filter(|event| matches!(event.what, CredSspStep::Sent(1..))).count() > before
    }

    /// Both sides speak in turns, and whatever the client does comes behind a whole message.
    fn heard(&self) -> Vec<Heard> {
        let mut all: Vec<Heard> = Vec::new();
        let mut goes_on = false;
        for event in &self.events {
            let CredSspStep::Received(bytes) = &event.what else {
                goes_on = false;
                continue;
            };
            match all.last_mut() {
                Some(last) if goes_on => last.bytes.extend_from_slice(bytes),
                _ => all.push(Heard { at: event.at, bytes: bytes.to_vec() }),
            }
            goes_on = true;
        }
        all
    }

    /// Puts something else of the same length in place of each message, or of what came in place of one. It is told which one it is.
    pub(crate) fn replace_heard(&mut self, mut with: impl FnMut(usize, &[u8]) -> Vec<u8>) {
        let heard = self.heard().into_iter().enumerate();
        let mut rest = Bytes::from(heard.flat_map(|(index, heard)| with(index, &heard.bytes)).collect::<Vec<_>>());
        for event in &mut self.events {
            if let CredSspStep::Received(kept) = &mut event.what {
                *kept = rest.split_to(kept.len().min(rest.len()));
            }
        }
    }

    /// Zeros in place of all that may be a ticket. What is said of the package, and messages of NTLM, stay.
    pub(crate) fn blank_tickets(&mut self) {
        self.replace_heard(|_, bytes| credssp::mask(bytes, <[u8]>::to_vec).unwrap_or_else(|| bytes.to_vec()));
    }
}

impl Evidence {
    /// What the server's NTLM challenge says of it, if one came.
    #[must_use]
    pub fn challenge(&self) -> Option<Challenge> {
        self.challenged().map(|(_, challenge)| challenge)
    }

    /// The version of `CredSSP` that the server speaks.
    #[must_use]
    pub fn credssp_version(&self) -> Option<u32> {
        let named = self.credssp.as_ref()?.messages().into_iter().map(|message| message.version);
        named.into_iter().find(|version| *version != 0)
    }

    /// The security packages that the server has named in SPNEGO, each once. Bare NTLM names none.
    #[must_use]
    pub fn mechanisms(&self) -> Vec<Mechanism> {
        let mut named = Vec::new();
        for mechanism in self.tokens().into_iter().flat_map(|(_, token)| token.mechanisms) {
            if !named.contains(&mechanism) {
                named.push(mechanism);
            }
        }
        named
    }

    /// The clock of the server against ours, in seconds: above zero where the server's is ahead. It is exact to the time that
    /// the answer was on its way.
    #[must_use]
    pub fn clock_skew(&self) -> Option<i64> {
        let (arrived, challenge) = self.challenged()?;
        let ours = self.clock?.checked_add(i64::try_from(arrived.as_secs()).ok()?)?;
        challenge.unix_time()?.checked_sub(ours)
    }

    /// Whether a server that was to be given credentials was sent anything that proves them: [`CredSsp::proof_sent`].
    #[must_use]
    pub fn proof_sent(&self) -> bool {
        let credssp = self.credssp.as_ref().filter(|_| self.plan.goal.needs_credentials());
        credssp.is_some_and(|credssp| credssp.proof_sent(self.plan.package))
    }

    /// What became of the credentials. `None` where none were to be tried.
    #[must_use]
    pub fn nla_result(&self) -> Option<NlaResult> {
        if !self.plan.goal.needs_credentials() {
            return None;
        }
        let selected = self.answer.and_then(|answer| answer.selected());
        Some(match (self.stage, self.end) {
            (Stage::Nla, End::Rejected(status)) if self.proof_sent() => NlaResult::Rejected(status),
            (Stage::Nla, End::Unauthorized(code @ ACCESS_DENIED)) => NlaResult::NotAuthorized(code),
            (Stage::Kerberos, End::KdcRefusal(code @ (1 | 6 | 12 | 18 | 21 | 23 | 24))) => {
                NlaResult::RejectedByKdc(code)
            }
            _ if self.credssp.as_ref().and_then(CredSsp::binding) == Some(Binding::Same) => NlaResult::Verified,
            _ => match selected {
                Some(selected) if !selected.uses_credssp() => NlaResult::NotVerifiable(selected),
                _ => NlaResult::Unknown,
            },
        })
    }

    /// The challenge, and when it came.
    fn challenged(&self) -> Option<(Duration, Challenge)> {
        self.tokens().into_iter().find_map(|(at, token)| Some((at, Challenge::parse(token.inner.as_ref()?)?)))
    }

    /// The tokens that can be read, and when each came.
    fn tokens(&self) -> Vec<(Duration, NegotiationToken)> {
        let heard = self.credssp.as_ref().map(CredSsp::heard).unwrap_or_default();
        let read = |heard: &Heard| {
            let message = TsRequest::parse(&heard.bytes).ok()?;
            Some((heard.at, NegotiationToken::parse(message.token.as_ref()?)?))
        };
        heard.iter().filter_map(read).collect()
    }
}
