//! What one connection showed: plain data, complete, without opinion.

mod client_hello;
mod credssp;
mod dial;
mod end;
mod fault;
mod handshake;
mod known;
mod nla;
mod os;
mod plan;
mod proxy;
mod request;
mod shortage;
mod stage;

use std::time::Duration;

use bytes::Bytes;

pub use client_hello::{ClientHello, Rung};
pub use dial::{Attempt, Dial, Lookup};
pub use end::{Close, End, EndKind};
pub use fault::{Check, Denial, Fault};
pub use handshake::{ChainPath, Handshake, HandshakeEnd, Hello, KeyExchange, Session};
pub use known::Known;
pub use nla::{
    Binding, CredSsp, CredSspEvent, CredSspStep, Dangers, KdcEnd, KdcTraffic, NlaResult, Package, SecuredOutcome,
    SecuredStep, SecurityError, SecurityErrorKind,
};
pub use os::{OsError, OsErrorKind, OsErrorSpace};
pub use plan::{Budget, Family, Goal, Plan, ServerName, Trust};
pub use proxy::{Exchange, Proxied, ProxyKind, ProxyRefusal};
pub use request::{Request, RequestError};
pub use shortage::Shortage;
pub use stage::Stage;

use crate::certificate::{Certificate, Change, Verdict, judge};
use crate::foreign::Foreign;
use crate::protocol::{FailureCode, Selected};

/// How long a stage took and what it moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Leg {
    /// When the stage began, since the start of the probe.
    pub started: Duration,
    /// How long it lasted.
    pub elapsed: Duration,
    /// Bytes written; in Network Level Authentication as [`CredSspStep::Sent`] counts them.
    pub sent: u64,
    /// Bytes read.
    pub received: u64,
}

impl Leg {
    /// When the stage ended, since the start of the probe.
    #[must_use]
    pub fn ended(&self) -> Duration {
        self.started.saturating_add(self.elapsed)
    }
}

/// Bytes of the negotiation that arrived together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When, since the start of the probe.
    pub at: Duration,
    /// How many.
    pub length: usize,
}

/// The server's answer to the X.224 Connection Request ([MS-RDPBCGR] 2.2.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// A Connection Confirm without negotiation data: older than negotiation.
    Legacy,
    /// `RDP_NEG_RSP` ([MS-RDPBCGR] 2.2.1.2.1).
    Response {
        /// The flags as they travelled, unknown bits included.
        flags: u8,
        /// The protocol that the server chose.
        selected: Selected,
    },
    /// `RDP_NEG_FAILURE` ([MS-RDPBCGR] 2.2.1.2.2).
    Failure {
        /// The flags as they travelled; the specification wants 0.
        flags: u8,
        /// Why the server refuses.
        code: FailureCode,
    },
}

impl Answer {
    /// The protocol in force after this answer, `None` after a refusal.
    #[must_use]
    pub const fn selected(&self) -> Option<Selected> {
        match self {
            Self::Legacy => Some(Selected::RDP),
            Self::Response { selected, .. } => Some(*selected),
            Self::Failure { .. } => None,
        }
    }
}

/// Everything one connection showed.
///
/// It is filled by a [`Conversation`](crate::Conversation), survives every way a connection can end, and is
/// what [`diagnose`](crate::diagnose()) reads. Whatever can be derived from it is a method, computed when asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evidence {
    /// What was asked for.
    pub plan: Plan,
    /// Wall-clock time at the start of the probe, in seconds since 1970 UTC; `None` where no clock was given.
    pub clock: Option<i64>,
    /// How the connection came about.
    pub dial: Dial,
    /// The stage that was reached.
    pub stage: Stage,
    /// How that stage ended.
    pub end: End,
    /// The X.224 negotiation, if it began.
    pub negotiate: Option<Leg>,
    /// Every byte received during negotiation, at most 512 of an RDP answer.
    pub received: Bytes,
    /// When those bytes arrived.
    pub arrivals: Vec<Arrival>,
    /// How the peer ended the connection behind an answer that is no Connection Confirm, if it did.
    pub closed: Option<Close>,
    /// The answer, if one could be read.
    pub answer: Option<Answer>,
    /// The TLS handshake, if it began.
    pub tls: Option<Leg>,
    /// What the TLS handshake showed, if it began and gave anything back.
    pub handshake: Option<Handshake>,
    /// The talk with a key distribution centre, if there was one: from its beginning on, as long as it took in all.
    pub kerberos: Option<Leg>,
    /// `CredSSP`, if it began. Its time has that of the key distribution centre in it.
    pub nla: Option<Leg>,
    /// What happened in it.
    pub credssp: Option<CredSsp>,
}

impl Evidence {
    /// The time and traffic of a stage, `None` if it did not begin.
    #[must_use]
    pub fn leg(&self, stage: Stage) -> Option<Leg> {
        match stage {
            Stage::Resolve => self.dial.resolve_leg(),
            Stage::Connect => self.dial.connect_leg(),
            Stage::Proxy => self.dial.proxy.as_ref().map(|proxied| proxied.leg()),
            Stage::Negotiate => self.negotiate,
            Stage::Tls => self.tls,
            Stage::Kerberos => self.kerberos,
            Stage::Nla => self.nla,
        }
    }

    /// How long everything took.
    #[must_use]
    pub fn total(&self) -> Duration {
        Stage::ALL.iter().filter_map(|stage| self.leg(*stage)).map(|leg| leg.ended()).max().unwrap_or_default()
    }

    /// The deepest stage that was completed.
    #[must_use]
    pub fn reached(&self) -> Option<Stage> {
        // What is not trusted inside TLS comes in the middle of it.
        let complete = match self.end {
            End::Complete => true,
            End::Untrusted(_) => self.stage != Stage::Nla,
            _ => false,
        };
        let begun = |stage: &Stage| *stage < self.stage && self.leg(*stage).is_some();
        if complete { Some(self.stage) } else { Stage::ALL.iter().copied().rev().find(begun) }
    }

    /// Whether the depth that was asked for was reached and the trust that was asked for holds.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        let as_asked = match self.plan.goal {
            Goal::Negotiate => self.stage == Stage::Negotiate,
            Goal::Hello | Goal::Tls => self.stage == Stage::Tls,
            Goal::Challenge => self.stage == Stage::Nla && self.challenge().is_some(),
            Goal::Verify | Goal::Delegate => self.stage == Stage::Nla,
            Goal::Chosen => self.stage == Stage::Tls || !self.plan.demands_certificate(),
        };
        self.end == End::Complete && as_asked
    }

    /// TLS version, suite and certificates, from the handshake or from what could be read of it in clear text.
    #[must_use]
    pub fn hello(&self) -> Option<Hello> {
        self.handshake.as_ref().and_then(Handshake::hello)
    }

    /// The server's certificate, read.
    #[must_use]
    pub fn certificate(&self) -> Option<Certificate> {
        self.hello()?.chain.first().and_then(|der| Certificate::parse(der))
    }

    /// What each check says of the server's certificate. `None` without one.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.certificate().map(|certificate| self.judge(&certificate))
    }

    pub(crate) fn judge(&self, certificate: &Certificate) -> Verdict {
        let (path, own_signature) =
            self.handshake.as_ref().map_or((None, None), |handshake| (handshake.path, handshake.own_signature));
        let verdict = judge(certificate, path, own_signature, self.plan.expected_name(), self.clock);
        verdict.with_expected(&self.plan.thumbprints, certificate).with_known(&self.plan.known, certificate)
    }

    /// The check that the trust that was asked for fails on, or the thumbprint that was expected.
    pub(crate) fn distrust(&self) -> Option<Check> {
        let plan = &self.plan;
        if !plan.demands_certificate() {
            return None;
        }
        let Some(verdict) = self.verdict() else { return Some(Check::Readable) };
        // A certificate that anybody can show is not trusted, whoever signed it, and however long it is known.
        let unproven = plan.goal == Goal::Hello;
        match plan.trust {
            _ if verdict.thumbprint.ok == Some(false) => Some(Check::Thumbprint),
            Trust::Strict if unproven => Some(Check::Chain),
            Trust::Strict => verdict.first_failure(),
            Trust::FirstUse => (unproven || !verdict.holds_on_first_use()).then_some(Check::Known),
            Trust::Observe => None,
        }
    }

    /// The certificate that the target is known by from before, read. `None` where none is known.
    #[must_use]
    pub fn known(&self) -> Option<Certificate> {
        match &self.plan.known {
            Known::Certificate(der) => Certificate::parse(der),
            _ => None,
        }
    }

    /// What the server's certificate is against the one that the target is known by. `None` without either.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        Some(self.certificate()?.compare(&self.known()?))
    }

    /// The other protocol that answered, if its first bytes are known.
    #[must_use]
    pub fn foreign(&self) -> Option<Foreign> {
        match (self.stage, self.end) {
            (Stage::Negotiate, End::Malformed(_) | End::Fin | End::Reset | End::Timeout | End::Os(_)) => {
                Foreign::recognise(&self.received)
            }
            (Stage::Tls, End::Malformed(Fault::TlsNotSpoken)) => {
                self.handshake.as_ref().and_then(|handshake| Foreign::recognise(&handshake.flight))
            }
            (Stage::Proxy, End::Malformed(Fault::NotProxy)) => {
                let exchange = self.dial.proxy.as_ref()?.exchange.as_ref()?;
                Foreign::recognise(&exchange.received)
            }
            _ => None,
        }
    }

    /// Bytes that the peer sent in the stage where the connection ended.
    #[must_use]
    pub fn heard(&self) -> u64 {
        self.leg(self.stage).map_or(0, |leg| leg.received)
    }
}
