//! The tables of facts, rules, causes and predictions hold together.

use std::collections::BTreeSet;

use rdp_probe::codes;
use rdp_probe::diagnose::{
    Candidate, Cause, Claim, Confidence, Fact, PREDICTIONS, RULES, Rule, TRIALS, Who, causes_of,
};
use rdp_probe::{EndKind, Stage};

#[test]
fn every_cause_has_a_row_of_its_own() {
    let codes: BTreeSet<_> = Cause::all().map(Cause::code).collect();
    assert_eq!(codes.len(), Cause::all().count(), "two causes share a code");
    for cause in Cause::all() {
        assert_eq!(cause.text().cause, cause);
        assert_eq!(Cause::from_code(&cause.code().to_uppercase()), Some(cause));
        assert_eq!(cause.code(), kebab(&format!("{cause:?}")), "the code follows the name");
        assert!(leads_to(cause), "nothing leads to {cause}");
    }
}

/// Whether a rule, a candidate, a claim or a number names the cause.
fn leads_to(cause: Cause) -> bool {
    let named = |candidates: &[Candidate]| candidates.iter().any(|candidate| candidate.cause == Some(cause));
    RULES.iter().any(|rule| rule.cause == cause || named(rule.cause.text().candidates))
        || Claim::all().any(|claim| claim.causes.contains(&cause))
        || codes::all().any(|code| causes_of(code).contains(&cause))
}

/// `NlaRequired` as `nla-required`.
fn kebab(name: &str) -> String {
    let words = name.char_indices().map(|(at, c)| {
        let dash = if at > 0 && c.is_uppercase() { "-" } else { "" };
        format!("{dash}{}", c.to_lowercase())
    });
    words.collect()
}

#[test]
fn the_causes_stand_in_the_order_of_the_enum() {
    let causes: Vec<_> = Cause::all().collect();
    assert!(causes.is_sorted(), "{causes:?}");
}

/// Once a code has been published it stays: lines are added, never changed or removed.
const PUBLISHED: &str = include_str!("causes.txt");

#[test]
fn codes_are_append_only() {
    let known: BTreeSet<_> = Cause::all().map(Cause::code).collect();
    let published: BTreeSet<_> = PUBLISHED.lines().collect();
    let gone: Vec<_> = published.difference(&known).collect();
    let new: Vec<_> = known.difference(&published).collect();
    assert!(gone.is_empty(), "published codes are gone: {gone:?}");
    assert!(new.is_empty(), "add these to tests/causes.txt: {new:?}");
}

#[test]
fn every_text_says_what_it_has_to() {
    for cause in Cause::all() {
        let text = cause.text();
        assert!(text.headline.chars().count() <= 80 && !text.headline.ends_with('.'), "headline of {cause}");
        assert!(text.what.ends_with('.'), "what of {cause}");
        assert!(!text.sources.is_empty(), "sources of {cause}");
        assert!(text.proof.is_some_and(|proof| proof.ends_with('.')), "proof of {cause}");
        assert!(!text.remedies.is_empty(), "remedies of {cause}");
        let is_none = matches!(cause, Cause::NoFaultFound | Cause::HelloAnswered);
        assert_eq!(text.who == Who::Nobody, is_none, "who of {cause}");
        for remedy in text.remedies {
            assert!(!remedy.what.is_empty() && !remedy.risk.is_empty(), "remedy of {cause}");
            assert!(remedy.command.is_none_or(|command| !command.trim().is_empty()), "command of {cause}");
        }
        for candidate in text.candidates {
            assert!(!candidate.what.is_empty() && !candidate.proof.is_empty(), "candidate of {cause}");
        }
    }
}

/// What, in a command, makes a server or client weaker.
const WEAKENS: [&str; 8] = [
    "UserAuthentication /t REG_DWORD /d 0",
    "TLS 1.0",
    "TLS 1.1",
    "SecurityLayer /t REG_DWORD /d 0",
    "security_layer=rdp",
    "AllowEncryptionOracle",
    "Enabled /t REG_DWORD /d 0",
    "SECLEVEL=0",
];

#[test]
fn a_remedy_that_weakens_is_never_first_and_says_so() {
    for cause in Cause::all() {
        for (rank, remedy) in cause.text().remedies.iter().enumerate() {
            let weakens = remedy.command.is_some_and(|command| WEAKENS.iter().any(|word| command.contains(word)));
            let says_so = remedy.risk.starts_with("lowers security");
            assert!(!weakens || says_so, "{cause}: {remedy:?}");
            assert!(rank > 0 || !says_so, "{cause} begins by weakening: {remedy:?}");
        }
    }
}

#[test]
fn no_rule_is_surer_than_the_grade_of_its_cause() {
    for rule in RULES {
        let grade = rule.grade.unwrap_or(rule.cause.text().grade);
        assert!(rule.confidence <= grade.bound(), "{:?}", rule.cause);
        assert!(rule.grade.is_none() || rule.takes_several(), "one connection shows no more than its text: {rule:?}");
    }
    for row in PREDICTIONS {
        assert!(row.prediction.confidence < Confidence::Certain, "a prediction is never certain: {row:?}");
        assert!(row.prediction.confidence <= row.prediction.grade.bound(), "{row:?}");
    }
}

#[test]
fn every_fact_is_of_use() {
    let asked = RULES.iter().flat_map(|rule| rule.requires.iter().chain(rule.forbids));
    assert_eq!(asked.copied().find(|asked| !Fact::all().any(|fact| fact == *asked)), None);
    for fact in Fact::all() {
        let rules = RULES.iter().any(|rule| rule.requires.contains(&fact) || rule.forbids.contains(&fact));
        let predictions = PREDICTIONS.iter().any(|row| row.requires.contains(&fact));
        let once_more = fact == Fact::Confirmed && RULES.iter().any(|rule| rule.once_more);
        let trials = TRIALS.iter().any(|trial| trial.needs.contains(&fact) || trial.spares.contains(&fact));
        assert!(rules || predictions || trials || once_more, "no row asks for {fact:?}");
        assert!(!fact.words().is_empty());
    }
}

/// The stage and kind of end that a rule is for, where it names them.
fn place(rule: &Rule) -> (Option<Stage>, Option<EndKind>) {
    let stages = [
        Fact::AtResolve,
        Fact::AtConnect,
        Fact::AtProxy,
        Fact::AtNegotiate,
        Fact::AtTls,
        Fact::AtKerberos,
        Fact::AtNla,
    ];
    let ends = [
        Fact::EndedComplete,
        Fact::EndedFin,
        Fact::EndedReset,
        Fact::EndedTimeout,
        Fact::EndedAlert,
        Fact::EndedRefusal,
        Fact::EndedDenied,
        Fact::EndedUntrusted,
        Fact::EndedMalformed,
        Fact::EndedOs,
        Fact::EndedProxyRefusal,
        Fact::EndedRejected,
        Fact::EndedUnauthorized,
        Fact::EndedSecurity,
        Fact::EndedKdcRefusal,
    ];
    let stage = stages.iter().position(|fact| rule.requires.contains(fact)).map(|at| Stage::ALL[at]);
    let end = ends.iter().position(|fact| rule.requires.contains(fact)).map(|at| EndKind::ALL[at]);
    (stage, end)
}

#[test]
fn ends_that_share_a_cause_say_why() {
    // What several connections show is not told by where one of them ended.
    let rules: Vec<_> = RULES.iter().filter(|rule| !rule.takes_several()).collect();
    for (at, rule) in rules.iter().enumerate() {
        let before = rules[..at].iter().filter(|other| other.cause == rule.cause);
        let differ = before.filter(|other| place(other) != place(rule) && place(rule).0.is_some()).count() > 0;
        assert_eq!(differ, rule.shared.is_some(), "{:?} serves several ends", rule.cause);
    }
}

#[test]
fn no_rule_is_shadowed_by_one_before_it() {
    for (at, rule) in RULES.iter().enumerate() {
        for other in RULES[..at].iter().filter(|other| other.cause == rule.cause) {
            let wider = other.requires.iter().all(|fact| rule.requires.contains(fact))
                && other.forbids.iter().all(|fact| rule.forbids.contains(fact));
            assert!(!wider, "{rule:?} never gets its turn");
        }
    }
    for (at, row) in PREDICTIONS.iter().enumerate() {
        for other in &PREDICTIONS[..at] {
            let wider = other.requires.iter().all(|fact| row.requires.contains(fact));
            assert!(!wider, "{row:?} never gets its turn");
        }
    }
}
