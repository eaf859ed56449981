//! What Network Level Authentication showed, and what became of the credentials.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::{End, Evidence, Goal, OsError, Stage};
use crate::codes::{ClientStatus, NtStatus};
use crate::credssp::{Challenge, Mechanism, NegotiationToken, TsRequest};
use crate::protocol::Selected;

/// Which security package authenticates inside `CredSSP`, and how its messages are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Package {
    /// NTLM, its messages as they are: what the Windows client sends where Kerberos cannot be had, and what every server takes.
    #[default]
    Ntlm,
    /// NTLM in SPNEGO (RFC 4178), as the specification has it.
    Spnego,
    /// Kerberos in SPNEGO.
    Kerberos,
}

impl Package {
    /// All packages.
    pub const ALL: [Self; 3] = [Self::Ntlm, Self::Spnego, Self::Kerberos];

    /// The word used in reports and transcripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ntlm => "ntlm",
            Self::Spnego => "spnego",
            Self::Kerberos => "kerberos",
        }
    }
}

/// What credentials are given in spite of. Each is a danger that the caller takes by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Dangers {
    /// To whoever answers, though no check of the certificate was demanded.
    pub any_certificate: bool,
    /// To a server without the update for CVE-2018-0886 (`CredSSP` below version 5): who stands between can then relay them.
    pub old_credssp: bool,
}

/// Everything that happened inside TLS, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CredSsp {
    /// What happened, and when.
    pub events: Vec<CredSspEvent>,
}

/// Something that happened inside TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredSspEvent {
    /// When, since the start of the probe.
    pub at: Duration,
    /// What.
    pub what: CredSspStep,
}

/// What happened inside TLS. Nothing that credentials could be guessed from is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredSspStep {
    /// So many bytes were written; which, is not kept.
    Sent(usize),
    /// These bytes were read. The contents of tokens that may hold tickets are zeros.
    Received(Bytes),
    /// The security package has done what it was asked to.
    Secured(SecuredStep),
}

/// What a security package did, without the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecuredStep {
    /// What came of it.
    pub outcome: SecuredOutcome,
    /// What passed between it and a key distribution centre meanwhile.
    pub kdc: Option<KdcTraffic>,
}

/// What came of what a security package was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecuredOutcome {
    /// A token of so many bytes. Zero where there is nothing to send.
    Token {
        /// Its length.
        length: usize,
        /// Whether the context stands with it.
        done: bool,
    },
    /// So many bytes that are sealed.
    Sealed(usize),
    /// What the server makes of its key.
    Bound(Binding),
    /// It failed.
    Failed(SecurityError),
    /// The key distribution centre failed it.
    KdcFailed(KdcEnd),
}

/// Time and traffic with a key distribution centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct KdcTraffic {
    /// How long it took.
    pub elapsed: Duration,
    /// Bytes written.
    pub sent: u64,
    /// Bytes read.
    pub received: u64,
}

/// What the server's sealed word on its key says ([MS-CSSP] 3.1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Binding {
    /// It is the key of this connection: the server knows the password, and nobody stands between.
    Same,
    /// It is the key of this connection, bound without the nonce that this version of the protocol demands.
    WithoutNonce,
    /// It is another key, or none.
    Other,
}

impl Binding {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Same, Self::WithoutNonce, Self::Other];

    /// The word used in transcripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::WithoutNonce => "without-nonce",
            Self::Other => "other",
        }
    }
}

/// A security package has failed, with the status that its interface has for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecurityError {
    /// What kind of failure it is.
    pub kind: SecurityErrorKind,
    /// The status, of the client's own packages.
    pub status: ClientStatus,
}

/// The kinds of failure of a security package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SecurityErrorKind {
    /// There are no credentials, or not of the kind that is needed.
    NoCredentials,
    /// There is no such package here.
    NoPackage,
    /// The target has no name that Kerberos could know it by.
    NoServiceName,
    /// The server's token cannot be read, or does not follow from what was sent.
    Token,
    /// What the server sealed does not open: it has another key.
    Seal,
    /// Anything else; the status says what.
    Other,
}

impl SecurityErrorKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::NoCredentials, Self::NoPackage, Self::NoServiceName, Self::Token, Self::Seal, Self::Other];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoCredentials => "no-credentials",
            Self::NoPackage => "no-package",
            Self::NoServiceName => "no-service-name",
            Self::Token => "token",
            Self::Seal => "seal",
            Self::Other => "other",
        }
    }
}

/// How the talk with a key distribution centre failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KdcEnd {
    /// It closed.
    Fin,
    /// It reset the connection.
    Reset,
    /// The time was over.
    Timeout,
    /// The operating system failed the call.
    Os(OsError),
    /// It refuses, with the code of a KRB-ERROR (RFC 4120 7.5.9).
    Refusal(i32),
    /// What came is no message of Kerberos.
    Malformed,
}

/// What became of the credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NlaResult {
    /// The server has proven, by its word on its key, that it takes them.
    Verified,
    /// The server refuses them, with this status.
    Rejected(NtStatus),
    /// The key distribution centre refuses them, with this code.
    RejectedByKdc(i32),
    /// They are right, and the user may not log on here (the Early User Authorization Result).
    NotAuthorized(u32),
    /// The server chose a protocol that asks for none: whatever they are, nothing is known of them.
    NotVerifiable(Selected),
    /// It ended before anything was known.
    Unknown,
}

impl NlaResult {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Rejected(_) | Self::RejectedByKdc(_) => "rejected",
            Self::NotAuthorized(_) => "not-authorized",
            Self::NotVerifiable(_) => "not-verifiable",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for NlaResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl CredSsp {
    /// Every byte that the server sent inside TLS.
    #[must_use]
    pub fn received(&self) -> Vec<u8> {
        let bytes = self.events.iter().filter_map(|event| match &event.what {
            CredSspStep::Received(bytes) => Some(bytes),
            _ => None,
        });
        bytes.flatten().copied().collect()
    }

    /// The messages of the server that can be read, in order.
    #[must_use]
    pub fn messages(&self) -> Vec<TsRequest> {
        let received = self.received();
        let mut rest = received.as_slice();
        let mut messages = Vec::new();
        loop {
            let before = rest;
            if crate::credssp::der::next(&mut rest).is_none() {
                return messages;
            }
            let whole = before.get(..before.len() - rest.len()).unwrap_or_default();
            messages.extend(TsRequest::parse(whole).ok());
        }
    }

    /// Zeros in place of what tokens hold. What is no whole message is zeros altogether.
    pub(crate) fn blank_tokens(&mut self) {
        let mut bytes = self.received();
        let mut start = 0;
        while start < bytes.len() {
            let mut rest = bytes.get(start..).unwrap_or_default();
            let whole = crate::credssp::der::next(&mut rest).is_some();
            let end = if whole { bytes.len() - rest.len() } else { bytes.len() };
            let message = bytes.get_mut(start..end).unwrap_or_default();
            let hidden = TsRequest::token_range(message).unwrap_or(0..if whole { 0 } else { message.len() });
            message.get_mut(hidden).unwrap_or_default().fill(0);
            start = end;
        }
        let mut rest = Bytes::from(bytes);
        for event in &mut self.events {
            if let CredSspStep::Received(kept) = &mut event.what {
                *kept = rest.split_to(kept.len().min(rest.len()));
            }
        }
    }

    /// What the server makes of its key, if it said so.
    #[must_use]
    pub fn binding(&self) -> Option<Binding> {
        self.events.iter().find_map(|event| match event.what {
            CredSspStep::Secured(SecuredStep { outcome: SecuredOutcome::Bound(binding), .. }) => Some(binding),
            _ => None,
        })
    }
}

impl Evidence {
    /// What the server's NTLM challenge says of it, if one came.
    #[must_use]
    pub fn challenge(&self) -> Option<Challenge> {
        self.tokens().iter().find_map(|token| Challenge::parse(token.inner.as_ref()?))
    }

    /// The version of `CredSSP` that the server speaks.
    #[must_use]
    pub fn credssp_version(&self) -> Option<u32> {
        self.credssp.as_ref()?.messages().first().map(|message| message.version)
    }

    /// The security packages that the server has named, each once.
    #[must_use]
    pub fn mechanisms(&self) -> Vec<Mechanism> {
        let mut named = Vec::new();
        for mechanism in self.tokens().iter().flat_map(|token| &token.mechanisms) {
            if !named.contains(mechanism) {
                named.push(*mechanism);
            }
        }
        named
    }

    /// The clock of the server against ours, in seconds: above zero where the server's is ahead. It is exact to the time that
    /// the answer was on its way.
    #[must_use]
    pub fn clock_skew(&self) -> Option<i64> {
        let arrived = self.credssp.as_ref()?.events.iter().find_map(|event| match event.what {
            CredSspStep::Received(_) => Some(event.at),
            _ => None,
        });
        let ours = self.clock?.checked_add(i64::try_from(arrived?.as_secs()).ok()?)?;
        self.challenge()?.unix_time()?.checked_sub(ours)
    }

    /// What became of the credentials. `None` where none were to be tried.
    #[must_use]
    pub fn nla_result(&self) -> Option<NlaResult> {
        if !self.plan.goal.needs_credentials() {
            return None;
        }
        let selected = self.answer.and_then(|answer| answer.selected());
        Some(match (self.stage, self.end) {
            (Stage::Nla, End::Rejected(status)) => NlaResult::Rejected(status),
            (Stage::Nla, End::Unauthorized(code)) => NlaResult::NotAuthorized(code),
            (Stage::Kerberos, End::KdcRefusal(code @ (6 | 12 | 18 | 23 | 24))) => NlaResult::RejectedByKdc(code),
            _ if self.credssp.as_ref().and_then(CredSsp::binding) == Some(Binding::Same) => NlaResult::Verified,
            _ => match selected {
                Some(selected) if !selected.uses_credssp() => NlaResult::NotVerifiable(selected),
                _ => NlaResult::Unknown,
            },
        })
    }

    fn tokens(&self) -> Vec<NegotiationToken> {
        let messages = self.credssp.as_ref().map(CredSsp::messages).unwrap_or_default();
        messages.iter().filter_map(|message| NegotiationToken::parse(message.token.as_ref()?)).collect()
    }
}

impl Goal {
    /// Whether it is reached in Network Level Authentication.
    #[must_use]
    pub const fn is_nla(self) -> bool {
        matches!(self, Self::Challenge | Self::Verify | Self::Delegate)
    }

    /// Whether it takes credentials.
    #[must_use]
    pub const fn needs_credentials(self) -> bool {
        matches!(self, Self::Verify | Self::Delegate)
    }
}
