//! A case: the evidence of one or more connections, each with why it was made.

use super::fact::{Fact, Facts};
use crate::certificate::{Certificate, Verdict};
use crate::evidence::{Evidence, Hello};
use crate::foreign::Foreign;

/// Why a connection was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Experiment {
    /// It is the one that was asked for.
    First,
    /// The server did not take the offer of the one before; this one makes another.
    OtherOffer,
}

impl Experiment {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::OtherOffer => "other-offer",
        }
    }
}

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

impl<'a> Case<'a> {
    /// The case of one connection.
    #[must_use]
    pub fn of(evidence: &'a Evidence) -> Self {
        let hello = evidence.hello();
        let leaf = hello.as_ref().and_then(|hello| hello.chain.first());
        let certificate = leaf.and_then(|der| Certificate::parse(der));
        let verdict = certificate.as_ref().map(|certificate| evidence.judge(certificate));
        let foreign = evidence.foreign();
        let look = Look { experiment: Experiment::First, evidence, hello, certificate, verdict, foreign };
        let facts = Fact::all_of(&look);
        Self { looks: vec![look], facts }
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
