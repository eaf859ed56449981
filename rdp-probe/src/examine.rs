//! Second looks: which further connections tell apart what looks alike in one. Pure: it names them, somebody else makes them.
//!
//! ```
//! use std::time::Duration;
//! use rdp_probe::diagnose::Experiment;
//! use rdp_probe::{Examination, Limits, Plan, Transcript};
//!
//! let dropped = "rdp-probe transcript 1\ntarget ts01.example\nend +12ms fin\n".parse::<Transcript>()?.replay();
//! let mut examination = Examination::new(Plan::new("ts01.example".parse()?), Limits::default());
//! let first = examination.next(Duration::ZERO).expect("the connection that was asked for");
//! examination.saw(first.experiment, dropped);
//! let second = examination.next(Duration::from_millis(12)).expect("there is more to be known");
//! assert_eq!(second.experiment, Experiment::Repeat);
//! assert_eq!(second.not_before, Duration::from_millis(212));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::time::Duration;

use crate::conversation::Conversation;
use crate::diagnose::{Case, Confidence, Experiment, Fact, FactSet, Facts, RULES, Rule, TRIALS, Trial, open_addresses};
use crate::evidence::{Budget, ClientHello, Dial, Evidence, Goal, Plan, Rung, ServerName, Trust};
use crate::protocol::Protocols;
use crate::report::Report;
use crate::target::Target;

/// A `ClientHello` of this many bytes takes two packets on Ethernet, and is longer than anything that reads 1,500 bytes.
const LARGE: u16 = 1_700;

/// A `ClientHello` of this many bytes takes two packets where a segment has 1,460 bytes, and is shorter than 1,500.
const SEGMENT: u16 = 1_480;

/// How far second looks go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Connections, the first included.
    pub connections: usize,
    /// The time from the end of one connection to the beginning of the next, so that no listener is driven into throttling.
    pub spacing: Duration,
    /// The time for all of it.
    pub total: Duration,
}

impl Default for Limits {
    /// 8 connections, 200 ms between them, 60 s in all.
    fn default() -> Self {
        Self { connections: 8, spacing: Duration::from_millis(200), total: Duration::from_mins(1) }
    }
}

impl Limits {
    /// How long the pause is that an experiment makes: ten times the usual, and two seconds at least.
    #[must_use]
    pub fn pause(&self) -> Duration {
        self.spacing.saturating_mul(10).max(Duration::from_secs(2))
    }
}

/// The next connection to make.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Which experiment it is.
    pub experiment: Experiment,
    /// How it is to be made. Its total budget counts from the start of the examination, as all times do.
    pub plan: Plan,
    /// When, at the earliest, since the start of the examination.
    pub not_before: Duration,
}

impl Step {
    /// Why it is made, in words.
    #[must_use]
    pub fn why(&self) -> &'static str {
        self.experiment.why()
    }
}

/// The looks so far, and what may be made of them.
///
/// It always ends: [`Examination::next`] gives no step once the experiments have settled a cause, could settle nothing more,
/// or have reached a limit. No step carries credentials.
#[derive(Debug, Clone)]
pub struct Examination {
    plan: Plan,
    limits: Limits,
    looks: Vec<(Experiment, Evidence)>,
}

impl Examination {
    /// Nothing has been seen yet. Where the plan takes credentials, the looks go as far as the server's challenge, which takes
    /// none.
    #[must_use]
    pub const fn new(mut plan: Plan, limits: Limits) -> Self {
        if plan.goal.needs_credentials() {
            plan.goal = Goal::Challenge;
        }
        Self { plan, limits, looks: Vec::new() }
    }

    /// The connection to make next, `now` after the start; none when it is over.
    #[must_use]
    pub fn next(&self, now: Duration) -> Option<Step> {
        let Some(((_, first), further)) = self.looks.split_first() else {
            let plan = self.within(self.plan.clone(), now);
            return Some(Step { experiment: Experiment::First, plan, not_before: now });
        };
        if self.looks.len() >= self.limits.connections {
            return None;
        }
        let case = Case::over(first, further);
        let trial = *wanted(&case).first()?;
        let wait = if trial.experiment == Experiment::AfterPause { self.limits.pause() } else { self.limits.spacing };
        let not_before = now.saturating_add(wait);
        let plan = shape(&case, trial.experiment)?;
        // Silence is told from a time that was too short by nothing else than enough of it.
        let enough = not_before.saturating_add(self.plan.budget.stage) <= self.limits.total;
        enough.then(|| Step { experiment: trial.experiment, plan: self.within(plan, not_before), not_before })
    }

    /// Takes what the connection showed that [`Examination::next`] has named.
    pub fn saw(&mut self, experiment: Experiment, evidence: Evidence) {
        self.looks.push((experiment, evidence));
    }

    /// What was seen. Experiments that the limits kept from being made are named in it. Before the first connection, it reads
    /// as one that came to nothing in time.
    #[must_use]
    pub fn into_report(self) -> Report {
        let mut looks = self.looks.into_iter();
        let nothing = || Conversation::new(self.plan, Dial::default(), None).into_evidence();
        let first = looks.next().map_or_else(nothing, |(_, first)| first);
        let further: Vec<_> = looks.collect();
        let case = Case::over(&first, &further);
        let unmade: Vec<Experiment> = wanted(&case).iter().map(|trial| trial.experiment).collect();
        Report::examined(first, further, unmade)
    }

    /// The time that a connection has: its own, and no more than is left.
    fn within(&self, plan: Plan, begins: Duration) -> Plan {
        let total = begins.saturating_add(self.plan.budget.total).min(self.limits.total);
        Plan { budget: Budget { total, ..plan.budget }, ..plan }
    }
}

/// The experiments that may tell something more, in the order of the table. None once a cause is settled, and was so still
/// behind the experiments that settled it.
fn wanted(case: &Case<'_>) -> Vec<&'static Trial> {
    let facts = case.facts();
    let left: Vec<&Trial> = TRIALS.iter().filter(|trial| is_left(trial, case)).collect();
    let answering = |unknown: FactSet| {
        let answers = |trial: &&&Trial| trial.fits(facts) && !FactSet::of(trial.settles).and(unknown).is_empty();
        left.iter().filter(answers).copied().collect::<Vec<_>>()
    };
    let fired: Vec<&Rule> = RULES.iter().filter(|rule| rule.takes_several() && rule.fires(facts)).collect();
    let settled = fired.iter().any(|rule| rule.confidence == Confidence::Certain && !rule.aside);
    let attainable = left.iter().fold(FactSet::EMPTY, |all, trial| all.union(FactSet::of(trial.settles)));
    let more = if settled { Vec::new() } else { answering(asked(facts, attainable)) };
    let unconfirmed = fired.iter().any(|rule| rule.once_more) && facts.get(Fact::Confirmed).is_none();
    if more.is_empty() && unconfirmed { answering(FactSet::of(&[Fact::Confirmed])) } else { more }
}

/// The facts that rules over several connections still ask for, where all that one asks for can be had.
fn asked(facts: Facts, attainable: FactSet) -> FactSet {
    let open = RULES.iter().filter(|rule| rule.takes_several() && rule.stands(facts) && !rule.fires(facts));
    let unknown = open.map(|rule| rule.unknown(facts)).filter(|unknown| unknown.is_within(attainable));
    unknown.fold(FactSet::EMPTY, FactSet::union)
}

/// Whether an experiment may still be made, and is not in vain.
fn is_left(trial: &Trial, case: &Case<'_>) -> bool {
    let made = case.looks().iter().filter(|look| look.experiment == trial.experiment).count();
    let Some(plan) = shape(case, trial.experiment) else { return false };
    // What the first connection was already shows nothing new.
    let again = trial.experiment.is_alike() || trial.experiment == Experiment::OtherAddress;
    let is_new = again || case.looks().first().is_none_or(|look| !is_same(&look.evidence.plan, &plan));
    made < trial.times && trial.may_fit(case.facts()) && is_new
}

/// Whether two plans ask the same of the same.
fn is_same(one: &Plan, other: &Plan) -> bool {
    let bare = |plan: &Plan| Plan { address: None, budget: Budget::default(), ..freed(plan.clone()) };
    bare(one) == bare(other)
}

/// The plan of an experiment; `None` where the case does not allow it.
fn shape(case: &Case<'_>, experiment: Experiment) -> Option<Plan> {
    let first = case.looks().first()?.evidence;
    let pinned = first.dial.connected().or(first.plan.address);
    let plan = Plan { address: pinned, ..first.plan.clone() };
    let asks = |offer| Plan { offer, goal: Goal::Negotiate, ..freed(plan.clone()) };
    let hello = |client_hello| Plan { goal: Goal::Hello, client_hello, ..freed(plan.clone()) };
    Some(match experiment {
        Experiment::Repeat | Experiment::AfterPause | Experiment::OnceMore => plan,
        Experiment::OtherAddress => Plan { address: Some(*open_addresses(case).first()?), ..plan },
        Experiment::OnlyRdp => asks(Protocols::RDP),
        Experiment::OnlySsl => asks(Protocols::SSL),
        Experiment::WideHello => hello(ClientHello::new(Rung::Wide)),
        Experiment::WithoutName => Plan { server_name: ServerName::None, ..hello(ClientHello::new(Rung::Wide)) },
        Experiment::Tls12Hello => hello(ClientHello::new(Rung::Tls12)),
        Experiment::Tls13Hello => hello(ClientHello::new(Rung::Tls13)),
        Experiment::NothingHello => hello(ClientHello::new(Rung::Nothing)),
        Experiment::LargeHello => hello(ClientHello::new(Rung::Wide).padded_to(LARGE)),
        Experiment::SegmentHello => hello(ClientHello::new(Rung::Wide).padded_to(SEGMENT)),
        Experiment::ByAddress => {
            let target = Target::from(pinned?);
            Plan { target, server_name: ServerName::Target, ..freed(plan.clone()) }
        }
        Experiment::First | Experiment::OtherOffer => return None,
    })
}

/// Without demands on the certificate: the experiment asks something else.
fn freed(plan: Plan) -> Plan {
    Plan { trust: Trust::Observe, thumbprints: Vec::new(), ..plan }
}
