//! What the facts over several connections answer at their edges, and what the rows around them say. Each test is of a difference
//! that no case of `tests/cases` shows.

use std::net::SocketAddr;
use std::time::Duration;

use rdp_probe::diagnose::{Case, Claim, Experiment, Fact, TRIALS, predict};
use rdp_probe::{
    Attempt, End, Evidence, Examination, Goal, Limits, OsError, OsErrorKind, OsErrorSpace, Rung, Transcript,
};

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn transcript(name: &str) -> Transcript {
    let path = format!("{}/tests/transcripts/{name}.probe", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// What the transcript of this name shows.
fn seen(name: &str) -> Evidence {
    transcript(name).replay()
}

/// The same, by a `ClientHello` of our own.
fn hello(name: &str) -> Evidence {
    let mut transcript = transcript(name);
    transcript.plan.goal = Goal::Hello;
    transcript.replay()
}

/// What is answered for a fact over a first connection and further ones.
fn fact(fact: Fact, first: &Evidence, further: &[(Experiment, &Evidence)]) -> Option<bool> {
    let further: Vec<_> = further.iter().map(|(experiment, evidence)| (*experiment, (*evidence).clone())).collect();
    Case::over(first, &further).facts().get(fact)
}

fn address(last: u8) -> SocketAddr {
    ([192, 0, 2, last], 3389).into()
}

fn refused() -> End {
    End::Os(OsError { kind: OsErrorKind::ConnectionRefused, space: OsErrorSpace::System, code: Some(111) })
}

/// The same, but the dial went so.
fn dialled(mut evidence: Evidence, attempts: &[(u8, u64, Option<End>)]) -> Evidence {
    let attempt = |(last, took, end): &(u8, u64, Option<End>)| Attempt {
        address: address(*last),
        started: end.map(|_| Duration::ZERO),
        elapsed: ms(*took),
        end: *end,
    };
    evidence.dial.attempts = attempts.iter().map(attempt).collect();
    evidence
}

/// The same, connected in so many milliseconds.
fn connected(evidence: Evidence, took: u64) -> Evidence {
    dialled(evidence, &[(1, took, Some(End::Complete))])
}

#[test]
fn fin_or_reset_and_trusted_or_not_are_no_differences() {
    let (fin, reset) = (seen("closed-on-request"), seen("reset-on-request"));
    let again = [(Experiment::Repeat, &reset), (Experiment::Repeat, &fin)];
    assert_eq!(fact(Fact::Varies, &fin, &again), Some(false));
    let (distrusted, opened) = (seen("certificate-untrusted"), seen("no-fault-found"));
    let again = [(Experiment::Repeat, &opened), (Experiment::Repeat, &opened)];
    assert_eq!(fact(Fact::Varies, &distrusted, &again), Some(false));
    assert_eq!(fact(Fact::Varies, &fin, &[(Experiment::Repeat, &opened)]), Some(true));
}

#[test]
fn what_ends_before_the_target_says_nothing_of_it() {
    let (dropped, proxy) = (seen("closed-on-request"), seen("proxy-closed"));
    assert_eq!(fact(Fact::Varies, &dropped, &[(Experiment::Repeat, &proxy)]), None);
    assert_eq!(fact(Fact::Varies, &dropped, &[(Experiment::Repeat, &seen("connect-failed-locally"))]), None);
}

#[test]
fn three_times_alike_is_always() {
    let opened = seen("no-fault-found");
    let again = [(Experiment::Repeat, &opened), (Experiment::Repeat, &opened)];
    for alike in [Fact::Varies, Fact::CertificatesDiffer] {
        assert_eq!(fact(alike, &opened, &again), Some(false), "{alike:?}");
        assert_eq!(fact(alike, &opened, &again[..1]), None, "{alike:?}");
    }
}

#[test]
fn the_first_connection_may_be_the_experiment_itself() {
    assert_eq!(fact(Fact::WideAnswered, &seen("hello-answered"), &[]), Some(true));
    let usual = seen("tls-not-started");
    assert_eq!(fact(Fact::WideAnswered, &usual, &[]), None);
    assert_eq!(fact(Fact::WideAnswered, &usual, &[(Experiment::WideHello, &seen("hello-answered"))]), Some(true));
    let narrow = |rung, length| {
        let mut transcript = transcript("tls-not-started");
        transcript.plan.goal = Goal::Hello;
        (transcript.plan.client_hello.rung, transcript.plan.client_hello.length) = (rung, length);
        transcript.replay()
    };
    for (rung, answer) in [
        (Rung::Wide, Fact::WideAnswered),
        (Rung::Tls12, Fact::Tls12Answered),
        (Rung::Tls13, Fact::Tls13Answered),
        (Rung::Nothing, Fact::SmallAnswered),
    ] {
        let small = answer == Fact::SmallAnswered;
        assert_eq!(fact(answer, &narrow(rung, 0), &[]), Some(small), "{answer:?}: an end is small, too");
        assert_eq!(fact(answer, &narrow(rung, 1_600), &[]), None, "{answer:?}: padded, it is another");
    }
}

#[test]
fn a_pause_helps_only_who_gets_through_behind_it() {
    let (dropped, opened) = (seen("closed-on-request"), seen("no-fault-found"));
    let behind = |last| [(Experiment::Repeat, &dropped), (Experiment::AfterPause, last)];
    assert_eq!(fact(Fact::PauseHelps, &opened, &behind(&opened)), Some(true));
    assert_eq!(fact(Fact::PauseHelps, &opened, &behind(&dropped)), Some(false));
}

#[test]
fn a_lost_syn_costs_a_second_and_not_two() {
    let took = |count| connected(seen("closed-on-request"), count);
    let lost = |first, second| fact(Fact::SynLost, &took(first), &[(Experiment::Repeat, &took(second))]);
    for (first, second, expected) in [
        (10, 1_010, true),
        (10, 960, true),
        (10, 1_260, true),
        (10, 3_010, true),
        (10, 7_010, true),
        (10, 950, false),
        (10, 1_270, false),
        (10, 2_010, false),
        (499, 1_499, true),
        (500, 1_500, false),
    ] {
        assert_eq!(lost(first, second), Some(expected), "{first} ms, then {second} ms");
    }
    assert_eq!(fact(Fact::SynLost, &took(10), &[]), None, "one connection compares with none");
    // Where each is lost once, the answer to the request, 4 ms, tells how short the way is.
    let slow = connected(seen("no-fault-found"), 1_004);
    let again = [(Experiment::Repeat, &slow)];
    assert_eq!(fact(Fact::SynLost, &slow, &again), Some(true));
    assert_eq!(fact(Fact::SynLostAgain, &slow, &again), Some(true));
}

/// An address that lost the race once, and failed once more when it was asked alone, is dead. A `ClientHello` of our own that it
/// answers does not make it work.
#[test]
fn an_address_is_dead_that_fails_twice_in_whichever_way() {
    let opened = seen("no-fault-found");
    let raced = dialled(opened.clone(), &[(1, 2, Some(refused())), (2, 2, Some(End::Complete))]);
    let alone = dialled(seen("connection-refused"), &[(1, 2, Some(refused()))]);
    assert_eq!(fact(Fact::AddressFails, &raced, &[]), None);
    assert_eq!(fact(Fact::AddressFails, &raced, &[(Experiment::OtherAddress, &alone)]), Some(true));

    let dropped = seen("closed-on-request");
    let first = dialled(dropped.clone(), &[(1, 2, Some(End::Complete)), (2, 0, None)]);
    let again = connected(dropped, 2);
    let other = dialled(opened, &[(2, 2, Some(End::Complete))]);
    let wide = connected(seen("hello-answered"), 2);
    let looks = [(Experiment::Repeat, &again), (Experiment::WideHello, &wide), (Experiment::OtherAddress, &other)];
    assert_eq!(fact(Fact::AddressFails, &first, &looks), Some(true));
}

/// That is what repeating is for, even where nothing is known of the address because this machine failed.
#[test]
fn another_address_is_never_the_first_one_again() {
    let mut lost = dialled(seen("negotiation-lost"), &[(1, 2, Some(End::Complete)), (2, 0, None)]);
    lost.end = End::Os(OsError { kind: OsErrorKind::OutOfResources, space: OsErrorSpace::System, code: Some(105) });
    let mut examination = Examination::new(lost.plan.clone(), Limits { connections: 20, ..Limits::default() });
    let mut others = Vec::new();
    while let Some(step) = examination.next(Duration::ZERO) {
        if step.experiment == Experiment::OtherAddress {
            others.push(step.plan.address);
        }
        examination.saw(step.experiment, lost.clone());
    }
    assert!(!others.is_empty() && others.iter().all(|other| *other == Some(address(2))), "{others:?}");
}

#[test]
fn all_addresses_that_work_are_none_that_fails() {
    let opened = connected(seen("no-fault-found"), 2);
    assert_eq!(fact(Fact::AddressFails, &opened, &[]), Some(false));
    assert_eq!(fact(Fact::AddressFails, &connected(seen("closed-on-request"), 2), &[]), None);
}

#[test]
fn other_addresses_are_those_of_the_target() {
    let opened = seen("no-fault-found");
    let two = [(1, 2, Some(End::Complete)), (2, 0, None)];
    assert_eq!(fact(Fact::OtherAddresses, &connected(opened.clone(), 2), &[]), Some(false));
    assert_eq!(fact(Fact::OtherAddresses, &dialled(opened, &two), &[]), Some(true));
    assert_eq!(fact(Fact::OtherAddresses, &dialled(seen("no-fault-found.proxy"), &two), &[]), Some(false));
}

#[test]
fn every_hello_is_dropped_where_none_got_a_byte_or_waits_for_one() {
    let dropped = seen("tls-not-started");
    let all = |first, wide: &Evidence| fact(Fact::AllDropped, first, &[(Experiment::WideHello, wide)]);
    assert_eq!(fact(Fact::AllDropped, &dropped, &[]), None, "none of our own was sent");
    assert_eq!(all(&dropped, &hello("tls-not-started")), Some(true));
    assert_eq!(all(&dropped, &hello("tls-ended-midway")), Some(false), "bytes came before");
    assert_eq!(all(&dropped, &hello("tls-silent")), None, "silence leaves it open");
}

#[test]
fn a_name_is_no_matter_where_the_same_is_answered_with_it() {
    let (first, answered) = (seen("tls-not-started"), seen("hello-answered"));
    let without = (Experiment::WithoutName, &answered);
    assert_eq!(fact(Fact::NamelessAnswered, &first, &[without]), Some(true));
    assert_eq!(fact(Fact::NamelessAnswered, &first, &[(Experiment::WideHello, &answered), without]), Some(false));
}

#[test]
fn an_end_is_early_in_less_than_half_the_way() {
    // Connecting took `way`, and the end came so many milliseconds behind the ClientHello.
    let timed = |name, way, after: u64| {
        let mut evidence = connected(seen(name), way);
        evidence.negotiate.as_mut().unwrap().elapsed = ms(way);
        evidence.tls.as_mut().unwrap().elapsed = ms(after);
        evidence
    };
    let ended = |way, after| timed("tls-not-started", way, after);
    for (way, after, early) in [(10, 4, true), (10, 5, false), (10, 12, false), (4, 1, true), (3, 1, false)] {
        assert_eq!(fact(Fact::EndedEarly, &ended(way, after), &[]), Some(early), "{after} of {way} ms");
    }
    assert_eq!(
        fact(Fact::EndedEarly, &connected(seen("closed-on-request"), 10), &[]),
        Some(false),
        "nothing ended in TLS"
    );
    // What was answered late is not what was dropped.
    let opened = timed("no-fault-found", 10, 300);
    assert_eq!(fact(Fact::EndedEarly, &ended(10, 4), &[(Experiment::Repeat, &opened)]), Some(true));
}

/// The client offers more than a narrow hello of our own, so that nothing is known of it where that one fails: in TLS, and there
/// alone.
#[test]
fn what_ends_before_the_hello_does_not_depend_on_it() {
    let mut narrow = transcript("closed-on-request");
    narrow.plan.goal = Goal::Hello;
    narrow.plan.client_hello.rung = Rung::Tls12;
    assert!(predict(&Case::of(&narrow.replay())).is_some());
    let mut narrow = transcript("tls-not-started");
    narrow.plan.goal = Goal::Hello;
    narrow.plan.client_hello.rung = Rung::Tls12;
    assert!(predict(&Case::of(&narrow.replay())).is_none());
}

#[test]
fn an_experiment_is_told_by_its_row() {
    for trial in TRIALS {
        assert_eq!(trial.experiment.trial(), Some(trial));
        assert_eq!(trial.experiment.why(), trial.why);
    }
    assert_eq!((Experiment::First.trial(), Experiment::First.why()), (None, "what was asked for"));
    let wide = Experiment::WideHello.trial().unwrap();
    let (before, inside) = (seen("closed-on-request"), seen("tls-not-started"));
    let (before, inside) = (Case::of(&before).facts(), Case::of(&inside).facts());
    assert_eq!((wide.fits(before), wide.may_fit(before)), (false, false));
    assert_eq!((wide.fits(inside), wide.may_fit(inside)), (true, true));
}

#[test]
fn a_claim_is_found_by_its_code_in_any_case() {
    for claim in Claim::all() {
        assert_eq!(Claim::from_code(&claim.code.to_uppercase()), Some(claim));
    }
    assert_eq!(Claim::from_code("no-such-claim"), None);
}
