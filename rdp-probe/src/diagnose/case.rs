//! A case: the evidence of one or more connections, each with why it was made.

use std::net::SocketAddr;

use super::experiment::Experiment;
use super::fact::{Fact, Facts};
use crate::certificate::{Certificate, Verdict};
use crate::evidence::{Evidence, Hello};
use crate::foreign::Foreign;

/// One connection of a case, with everything that facts ask of it worked out once.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Look<'a> {
    /// Why it was made.
    pub experiment: Experiment,
    /// What it showed.
    pub evidence: &'a Evidence,
    /// What the server said of itself in TLS.
    pub hello: Option<Hello>,
    /// Its certificate, read.
    pub certificate: Option<Certificate>,
    /// The certificate, judged.
    pub verdict: Option<Verdict>,
    /// The other protocol that answered.
    pub foreign: Option<Foreign>,
}

/// The evidence of one or more connections to one target.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    looks: Vec<Look<'a>>,
    facts: Facts,
}

impl<'a> Look<'a> {
    /// One connection, and why it was made.
    #[must_use]
    pub fn new(experiment: Experiment, evidence: &'a Evidence) -> Self {
        let hello = evidence.hello();
        let leaf = hello.as_ref().and_then(|hello| hello.chain.first());
        let certificate = leaf.and_then(|der| Certificate::parse(der));
        let verdict = certificate.as_ref().map(|certificate| evidence.judge(certificate));
        let foreign = evidence.foreign();
        Self { experiment, evidence, hello, certificate, verdict, foreign }
    }

    /// The address of the target that the connection was made to, or the only one that it was tried with.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        let dial = &self.evidence.dial;
        let only = || dial.attempts.first().filter(|_| dial.attempts.len() == 1).map(|attempt| attempt.address);
        dial.connected().or_else(only)
    }
}

impl<'a> Case<'a> {
    /// The case of one connection.
    #[must_use]
    pub fn of(evidence: &'a Evidence) -> Self {
        Self::over(evidence, &[])
    }

    /// The case of a connection and of further ones, each with why it was made.
    #[must_use]
    pub fn over(first: &'a Evidence, further: &'a [(Experiment, Evidence)]) -> Self {
        let further = further.iter().map(|(experiment, evidence)| Look::new(*experiment, evidence));
        let looks: Vec<_> = std::iter::once(Look::new(Experiment::First, first)).chain(further).collect();
        let facts = Fact::all_of(&looks);
        Self { looks, facts }
    }

    /// What it was when so many connections had been made.
    #[must_use]
    pub fn until(&self, count: usize) -> Self {
        let looks = self.looks.get(..count.max(1)).unwrap_or(&self.looks).to_vec();
        let facts = Fact::all_of(&looks);
        Self { looks, facts }
    }

    /// The connections, in the order in which they were made.
    #[must_use]
    pub fn looks(&self) -> &[Look<'a>] {
        &self.looks
    }

    /// What is known to be true and what to be false.
    #[must_use]
    pub const fn facts(&self) -> Facts {
        self.facts
    }
}
