//! What a rule is: facts that are required, facts that are forbidden, and the cause that follows.

use super::cause::Cause;
use super::fact::{Fact, Facts};
use super::fact_set::FactSet;
use super::grade::{Confidence, Grade};
use crate::evidence::Stage;

/// Facts that are required, facts that are forbidden, and the cause that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The cause.
    pub cause: Cause,
    /// How sure it is when the rule fires.
    pub confidence: Confidence,
    /// What has to be true.
    pub requires: &'static [Fact],
    /// What has to be false.
    pub forbids: &'static [Fact],
    /// Why one row serves several ends of a stage, where it does.
    pub shared: Option<&'static str>,
    /// Causes that say less of the same: they are left out where this one is found.
    pub explains: &'static [Cause],
    /// How well it is known that these facts mean this cause, where several connections show more than the text of the cause
    /// is known by.
    pub grade: Option<Grade>,
    /// Whether it stands beside whatever else there is, so that there is more to look for.
    pub aside: bool,
    /// Whether it is no more than likely until the connection was made once more behind the experiments, and ended as it did:
    /// what they settle may have come and gone in the meantime.
    pub once_more: bool,
    required: FactSet,
    forbidden: FactSet,
}

impl Rule {
    pub(super) const fn certain(cause: Cause, requires: &'static [Fact]) -> Self {
        let (confidence, mask) = (Confidence::Certain, FactSet::of(requires));
        Self {
            cause,
            confidence,
            requires,
            forbids: &[],
            shared: None,
            explains: &[],
            grade: None,
            aside: false,
            once_more: false,
            required: mask,
            forbidden: FactSet::EMPTY,
        }
    }

    pub(super) const fn unless(self, forbids: &'static [Fact]) -> Self {
        Self { forbids, forbidden: FactSet::of(forbids), ..self }
    }

    pub(super) const fn likely(self) -> Self {
        Self { confidence: Confidence::Likely, ..self }
    }

    pub(super) const fn possible(self) -> Self {
        Self { confidence: Confidence::Possible, ..self }
    }

    pub(super) const fn shared(self, why: &'static str) -> Self {
        Self { shared: Some(why), ..self }
    }

    pub(super) const fn explains(self, causes: &'static [Cause]) -> Self {
        Self { explains: causes, ..self }
    }

    pub(super) const fn once_more(self) -> Self {
        Self { once_more: true, ..self }
    }

    pub(super) const fn aside(self) -> Self {
        Self { aside: true, ..self }
    }

    pub(super) const fn known(self, grade: Grade) -> Self {
        Self { grade: Some(grade), ..self }
    }

    /// The stage that it is for, where it names one.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        use Fact as F;
        let stages = [F::AtResolve, F::AtConnect, F::AtProxy, F::AtNegotiate, F::AtTls, F::AtKerberos, F::AtNla];
        let named = stages.iter().zip(Stage::ALL).find(|(fact, _)| self.requires.contains(fact));
        named.map(|(_, stage)| stage)
    }

    /// Whether all that is required is true and all that is forbidden false.
    #[must_use]
    pub const fn fires(&self, facts: Facts) -> bool {
        facts.satisfy(self.required, self.forbidden)
    }

    /// Whether it takes several connections to fire.
    #[must_use]
    pub fn takes_several(&self) -> bool {
        self.requires.iter().chain(self.forbids).any(|fact| fact.takes_several())
    }

    /// How sure it is of a case where this is known.
    #[must_use]
    pub fn confidence_in(&self, facts: Facts) -> Confidence {
        let confirmed = !self.once_more || facts.get(Fact::Confirmed) == Some(true);
        if confirmed { self.confidence } else { self.confidence.min(Confidence::Likely) }
    }

    /// What it has yet to know.
    pub(crate) const fn unknown(&self, facts: Facts) -> FactSet {
        self.required.union(self.forbidden).without(facts.known())
    }

    /// Whether nothing that is known contradicts it.
    #[must_use]
    pub const fn stands(&self, facts: Facts) -> bool {
        facts.allow(self.required, self.forbidden)
    }
}
