//! The row of text that people read of a cause: what it is, whose move it is, what to do.

use std::fmt;

use super::cause::Cause;
use super::grade::{Confidence, Grade};

/// Whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Who {
    /// Whoever typed the target.
    User,
    /// Whoever runs the machine that is connected to.
    ServerAdmin,
    /// Whoever runs what lies between: firewall, forwarder, VPN, load balancer.
    Network,
    /// Whoever runs the client's machine.
    Client,
    /// Nobody needs to move.
    Nobody,
}

/// One of several faults that leave the same trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// The cause of its own that this is, where there is one.
    pub cause: Option<Cause>,
    /// The fault, in words.
    pub what: &'static str,
    /// How well it is known to leave this trace.
    pub grade: Grade,
    /// What would prove it: an event in a log, a setting, an experiment.
    pub proof: &'static str,
}

/// One thing to do about a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remedy {
    /// What to do, in words.
    pub what: &'static str,
    /// The exact command, where there is one. Lines are separated by `\n`.
    pub command: Option<&'static str>,
    /// What it costs: effect on running sessions, on security, on other services.
    pub risk: &'static str,
}

/// The text of a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CauseText {
    /// The cause this text belongs to.
    pub cause: Cause,
    /// Stable name, in kebab-case.
    pub code: &'static str,
    /// The headline: what happened, in one line of at most 80 characters.
    pub headline: &'static str,
    /// What happened and what it means, in one to three sentences.
    pub what: &'static str,
    /// How well the statement is known.
    pub grade: Grade,
    /// Whose move it is.
    pub who: Who,
    /// Faults that leave this same trace, most probable first. Empty where the trace is unambiguous.
    pub candidates: &'static [Candidate],
    /// What to do, best first.
    pub remedies: &'static [Remedy],
    /// The event, on the server or the client, that would prove it.
    pub proof: Option<&'static str>,
    /// Where the statement comes from.
    pub sources: &'static [&'static str],
}

impl Candidate {
    /// How sure one can be of it from this trace alone: it is one of several, so no more than possible.
    #[must_use]
    pub const fn confidence(&self) -> Confidence {
        Confidence::Possible
    }
}

impl Who {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ServerAdmin => "server-admin",
            Self::Network => "network",
            Self::Client => "client",
            Self::Nobody => "nobody",
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
