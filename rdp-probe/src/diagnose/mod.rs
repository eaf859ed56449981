//! Reads evidence against tables: which causes fit, how surely, and what the Windows client would show.
//!
//! A *fact* is a named question about a case, answered true, false or unknown. A *rule* names the facts it requires
//! and the facts it forbids, and the cause that follows. It fires when all it requires is true and all it forbids is
//! false; an unknown fact neither fires a rule nor contradicts one. Facts, rules and causes are rows of data.

mod case;
mod cause;
mod cause_text;
mod causes;
mod claim;
mod claims;
mod compare;
mod experiment;
mod fact;
mod fact_set;
mod grade;
mod nla;
mod rule;
mod rules;
mod status;
mod windows;
mod words;

use std::net::SocketAddr;

pub use crate::codes::{DisconnectReason, ExtendedReason};
pub use case::{Case, Look};
pub use cause::Cause;
pub use cause_text::{Candidate, CauseText, Remedy, Who};
pub use claim::{Claim, ClaimVerdict};
pub use experiment::{Experiment, TRIALS, Trial};
pub use fact::{Fact, Facts};
pub(crate) use fact_set::FactSet;
pub use grade::{Confidence, Grade};
pub use rule::Rule;
pub use rules::RULES;
pub use status::causes_of;
pub use windows::{PREDICTIONS, Prediction, PredictionRule, Trail, causes_of_pair, leading_to};

use crate::evidence::{CredSsp, End, Evidence, Goal, Plan, Rung, Stage};

/// A cause that fits, and what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The cause.
    pub cause: Cause,
    /// How sure it is.
    pub confidence: Confidence,
    /// The facts that the rule required.
    pub because: Vec<Fact>,
    /// Of several connections, those that told it from what it looked like.
    pub settled_by: Vec<Experiment>,
    /// What several connections could not tell it from. Each stands in the list of causes, too.
    pub rivals: Vec<Cause>,
}

impl Diagnosis {
    /// Whether it only remains possible beside others, which several connections could not tell it from.
    #[must_use]
    pub fn is_aside(&self) -> bool {
        self.confidence == Confidence::Possible && !self.rivals.is_empty()
    }

    /// What leaves the same trace, in the order of the text. Where the server had been sent what proves the password, and had not
    /// yet proven that it takes it, the password comes first.
    #[must_use]
    pub fn candidates(&self, case: &Case<'_>) -> Vec<&'static Candidate> {
        let evidence = case.looks().first().map(|look| look.evidence);
        let proven = |evidence: &&Evidence| evidence.credssp.as_ref().and_then(CredSsp::binding).is_some();
        let in_doubt = evidence.filter(|evidence| evidence.proof_sent()).is_some_and(|evidence| !proven(&evidence));
        let mut candidates: Vec<_> = self.cause.text().candidates.iter().collect();
        candidates.sort_by_key(|candidate| in_doubt && candidate.cause != Some(Cause::CredentialsWrong));
        candidates
    }

    /// What speaks for it, in words: first what the connection did, then each fact that the rule required.
    #[must_use]
    pub fn in_words(&self, case: &Case<'_>) -> Vec<String> {
        let first = case.looks().first().into_iter().flat_map(words::of);
        first.chain(self.because.iter().map(|fact| fact.words().to_owned())).collect()
    }
}

/// The causes that fit a case, the most telling first. There is always at least one.
///
/// ```
/// use rdp_probe::diagnose::{Case, Cause, diagnose};
/// use rdp_probe::Transcript;
///
/// let evidence = "rdp-probe transcript 1
/// target ts01.example
/// > +0us 03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 0b 00 00 00
/// end +12ms fin
/// ".parse::<Transcript>()?.replay();
/// let causes = diagnose(&Case::of(&evidence));
/// assert_eq!(causes[0].cause, Cause::ClosedOnRequest);
/// assert_eq!(causes[0].cause.code(), "closed-on-request");
/// # Ok::<(), rdp_probe::transcript::ParseTranscriptError>(())
/// ```
#[must_use]
pub fn diagnose(case: &Case<'_>) -> Vec<Diagnosis> {
    let facts = case.facts();
    let fired: Vec<&Rule> = RULES.iter().filter(|rule| rule.fires(facts)).collect();
    let explained: Vec<Cause> = fired.iter().flat_map(|rule| rule.explains).copied().collect();
    let mut found: Vec<Diagnosis> = Vec::new();
    for rule in fired.iter().filter(|rule| !explained.contains(&rule.cause)) {
        if found.iter().all(|diagnosis| diagnosis.cause != rule.cause) {
            let (settled_by, rivals) = (settled_by(rule, case), rivals(rule, &fired));
            let because = rule.requires.to_vec();
            let confidence = rule.confidence_in(facts);
            found.push(Diagnosis { cause: rule.cause, confidence, because, settled_by, rivals });
        }
    }
    found
}

/// Addresses of the name of which too little is known.
pub(crate) fn open_addresses(case: &Case<'_>) -> Vec<SocketAddr> {
    compare::open_addresses(case.looks())
}

/// The experiments that answered what a rule asks of several connections: of what is certain, those that show it; else also
/// those that leave nothing better.
fn settled_by(rule: &Rule, case: &Case<'_>) -> Vec<Experiment> {
    let of = |trial: &&Trial, facts: &[Fact]| facts.iter().any(|fact| trial.settles.contains(fact));
    let is_certain = rule.confidence == Confidence::Certain;
    let told = |trial: &&Trial| of(trial, rule.requires) || !is_certain && of(trial, rule.forbids);
    let made = |trial: &&Trial| case.looks().iter().any(|look| look.experiment == trial.experiment);
    TRIALS.iter().filter(told).filter(made).map(|trial| trial.experiment).collect()
}

/// What else several connections leave open, where they do.
fn rivals(rule: &Rule, fired: &[&Rule]) -> Vec<Cause> {
    let open = |rule: &Rule| rule.takes_several() && rule.confidence < Confidence::Certain;
    if !open(rule) {
        return Vec::new();
    }
    let mut causes = Vec::new();
    for other in fired.iter().filter(|other| open(other) && other.cause != rule.cause) {
        if !causes.contains(&other.cause) {
            causes.push(other.cause);
        }
    }
    causes
}

/// Whether TLS has ended, and not well, for a `ClientHello` that lacks what clients of today offer: all but the widest, and that one
/// where it is TLS 1.3 that it lacks.
fn offered_less(evidence: &Evidence) -> bool {
    let Plan { goal, client_hello, .. } = &evidence.plan;
    let failed = evidence.stage == Stage::Tls && !matches!(evidence.end, End::Complete | End::Untrusted(_));
    let narrow = client_hello.rung != Rung::Wide || evidence.end == End::Alert(PROTOCOL_VERSION);
    *goal == Goal::Hello && failed && narrow
}

/// The alert that refuses a version (RFC 8446 section 6.2).
const PROTOCOL_VERSION: u8 = 70;

/// What the Windows client would show, if the tables carry a prediction: by how the connection ended, or by the status that the
/// server refuses with. None behind a proxy: the client has no such way. None
/// either where TLS has failed for a `ClientHello` of our own that offered less than that client does.
#[must_use]
pub fn predict(case: &Case<'_>) -> Option<Prediction> {
    let first = case.looks().first()?.evidence;
    // That client offers more than this one's usual TLS: where a wider offer is answered, nothing is known of it.
    let wider =
        case.facts().get(Fact::WideAnswered) == Some(true) && case.facts().get(Fact::HelloNotTaken) == Some(true);
    if first.dial.proxy.is_some() || offered_less(first) || wider {
        return None;
    }
    let facts = case.facts();
    let of_row = PREDICTIONS.iter().find(|row| row.fires(facts)).map(|row| row.prediction);
    of_row.or_else(|| windows::of_status(first.end))
}
