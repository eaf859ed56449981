//! What inputs have reached: states of the machine, ends, rules, causes, predictions.

use std::collections::BTreeSet;

use rdp_probe::conversation::State;
use rdp_probe::diagnose::{Case, Cause, PREDICTIONS, RULES, Rule, diagnose};
use rdp_probe::{EndKind, Evidence, Stage};

/// What an input has reached, or many together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// Where conversations stood.
    pub states: BTreeSet<State>,
    /// How they ended.
    pub ends: BTreeSet<(Stage, EndKind)>,
    /// The rules that fired, by their place in [`RULES`].
    pub rules: BTreeSet<usize>,
    /// The causes that were found.
    pub causes: BTreeSet<Cause>,
    /// The predictions that were made, by their place in [`PREDICTIONS`].
    pub predictions: BTreeSet<usize>,
}

impl Reached {
    /// Takes in how a connection ended and what is made of it. There has to be a cause for it.
    pub fn add(&mut self, evidence: &Evidence) {
        assert!(evidence.stage.admits(evidence.end.kind()), "{evidence:?}");
        self.ends.insert((evidence.stage, evidence.end.kind()));
        self.add_case(&Case::of(evidence));
    }

    /// Takes in what is made of several connections.
    pub fn add_case(&mut self, case: &Case<'_>) {
        let facts = case.facts();
        self.rules.extend(fired(RULES.iter().map(|rule| rule.fires(facts))));
        self.predictions.extend(fired(PREDICTIONS.iter().map(|row| row.fires(facts))));
        let found = diagnose(case);
        assert!(!found.is_empty(), "no cause for {:?}", case.looks());
        self.causes.extend(found.iter().map(|diagnosis| diagnosis.cause));
    }

    /// Takes in what others have reached.
    pub fn extend(&mut self, other: Self) {
        self.states.extend(other.states);
        self.ends.extend(other.ends);
        self.rules.extend(other.rules);
        self.causes.extend(other.causes);
        self.predictions.extend(other.predictions);
    }

    /// The states that were not reached.
    pub fn missing_states(&self) -> impl Iterator<Item = State> {
        State::ALL.into_iter().filter(|state| !self.states.contains(state))
    }

    /// The ends that there are and that were not reached.
    pub fn missing_ends(&self) -> impl Iterator<Item = (Stage, EndKind)> {
        ends().filter(|end| !self.ends.contains(end))
    }

    /// The rules that did not fire.
    pub fn missing_rules(&self) -> impl Iterator<Item = &'static Rule> {
        RULES.iter().enumerate().filter(|(place, _)| !self.rules.contains(place)).map(|(_, rule)| rule)
    }
}

/// Every end that a stage can have.
pub fn ends() -> impl Iterator<Item = (Stage, EndKind)> {
    let of =
        |stage: Stage| EndKind::ALL.into_iter().filter(move |kind| stage.admits(*kind)).map(move |kind| (stage, kind));
    Stage::ALL.into_iter().flat_map(of)
}

/// Where, in a table, the rows stand that fire.
fn fired(rows: impl Iterator<Item = bool>) -> impl Iterator<Item = usize> {
    rows.enumerate().filter_map(|(place, fires)| fires.then_some(place))
}
