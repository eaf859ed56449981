//! The planner against worlds made of chance: it always stops, keeps its bounds, and asks nothing in vain.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use rdp_probe::diagnose::{Experiment, RULES, TRIALS};
use rdp_probe::transcript::Happening;
use rdp_probe::{
    Attempt, Close, Dial, End, Evidence, Examination, Goal, Handshake, HandshakeEnd, Limits, Lookup, OsErrorKind, Plan,
    Request, Session, Step, Transcript, Trust,
};

/// What a server does to one connection.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Unresolved,
    Refused,
    Silent,
    Dropped,
    Refusal(u8),
    Legacy,
    TlsDropped,
    TlsReset,
    TlsSilent,
    TlsAlert(u8),
    TlsOpen(u16, u16),
    Stalled,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        Just(Fate::Unresolved),
        Just(Fate::Refused),
        Just(Fate::Silent),
        Just(Fate::Dropped),
        (0_u8..9).prop_map(Fate::Refusal),
        Just(Fate::Legacy),
        Just(Fate::TlsDropped),
        Just(Fate::TlsReset),
        Just(Fate::TlsSilent),
        prop_oneof![Just(40), Just(70), Just(80), Just(112), any::<u8>()].prop_map(Fate::TlsAlert),
        (prop_oneof![Just(0x0301), Just(0x0303), Just(0x0304)], prop_oneof![Just(0x2F), Just(0xC02F), Just(0x1302)])
            .prop_map(|(version, suite)| Fate::TlsOpen(version, suite)),
        Just(Fate::Stalled),
    ]
}

/// A `ServerHello` and a `ServerHelloDone`, in one record.
fn flight(version: u16, suite: u16) -> Bytes {
    let mut hello = version.to_be_bytes().to_vec();
    hello.extend([7; 32]);
    hello.push(0);
    hello.extend(suite.to_be_bytes());
    hello.push(0);
    let length = u8::try_from(hello.len()).unwrap();
    let mut record = vec![22, 3, 3, 0, length + 8, 2, 0, 0, length];
    record.extend(hello);
    record.extend([14, 0, 0, 0]);
    record.into()
}

const ADDRESSES: [&str; 3] = ["192.0.2.1:3389", "192.0.2.2:3389", "[2001:db8::1]:3389"];

/// How the connection came about: to the address that is asked for, or to the first of so many.
fn dial(plan: &Plan, fate: Fate, at: Duration, addresses: usize, millis: u64) -> Dial {
    let elapsed = Duration::from_millis(millis);
    let mut dial = Dial::default();
    let known = plan.address.or_else(|| Some(SocketAddr::new(plan.target.ip()?, plan.target.port())));
    let all: Vec<SocketAddr> = match known {
        Some(address) => vec![address],
        None => ADDRESSES[..addresses].iter().map(|address| address.parse().unwrap()).collect(),
    };
    if known.is_none() {
        let end = match fate {
            Fate::Unresolved => End::Os(OsErrorKind::NameNotFound.into()),
            _ => End::Complete,
        };
        dial.lookup = Some(Lookup { started: at, elapsed: Duration::ZERO, end });
        if end != End::Complete {
            return dial;
        }
    }
    let end = match fate {
        Fate::Unresolved | Fate::Refused => End::Os(OsErrorKind::ConnectionRefused.into()),
        _ => End::Complete,
    };
    dial.attempts = all
        .into_iter()
        .enumerate()
        .map(|(index, address)| {
            let tried = index == 0 || end != End::Complete;
            Attempt { address, started: tried.then_some(at), elapsed, end: tried.then_some(end) }
        })
        .collect();
    dial
}

/// What the connection of a step shows where this is its fate.
fn happens(step: &Step, fate: Fate, addresses: usize, millis: u64) -> Evidence {
    let plan = step.plan.clone();
    let mut transcript = Transcript::new(plan.clone());
    transcript.dial = dial(&plan, fate, step.not_before, addresses, millis);
    transcript.started = transcript.dial.ended();
    let (start, later) = (transcript.started, transcript.started + Duration::from_millis(millis));
    let answer = |bytes: &[u8]| Happening::Received(Bytes::copy_from_slice(bytes));
    let confirm =
        |kind: u8, value: u8| answer(&[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, kind, 0, 8, 0, value, 0, 0, 0]);
    let transcript = transcript.with(start, Happening::Sent(Bytes::from_static(&[0; 19])));
    let ended = |end| Happening::Tls(Box::new(Handshake { sent: 300, ..Handshake::ended(end) }));
    let in_tls = |what| transcript.clone().with(later, confirm(2, 1)).with(later, what);
    match fate {
        Fate::Unresolved | Fate::Refused | Fate::Silent => transcript.with(later, Happening::Timeout),
        Fate::Dropped => transcript.with(later, Happening::Closed(Close::Fin)),
        Fate::Refusal(code) => transcript.with(later, confirm(3, code)),
        Fate::Legacy => transcript.with(later, answer(&[3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0])),
        Fate::TlsDropped => in_tls(ended(HandshakeEnd::Fin)),
        Fate::TlsReset => in_tls(ended(HandshakeEnd::Reset)),
        Fate::TlsSilent => in_tls(ended(HandshakeEnd::Timeout)),
        Fate::TlsAlert(number) => {
            let end = HandshakeEnd::Alert(number);
            in_tls(Happening::Tls(Box::new(Handshake { received: 7, ..Handshake::ended(end) })))
        }
        Fate::TlsOpen(version, suite) => {
            let flight = flight(version, suite);
            let session = (plan.goal != Goal::Hello).then_some(Session { version, suite });
            let end = Handshake { session, received: 90, flight, ..Handshake::ended(HandshakeEnd::Complete) };
            in_tls(Happening::Tls(Box::new(end)))
        }
        Fate::Stalled => {
            let end =
                Handshake { received: 50, flight: flight(0x303, 0xC02F), ..Handshake::ended(HandshakeEnd::Timeout) };
            in_tls(Happening::Tls(Box::new(end)))
        }
    }
    .replay()
}

/// The steps that an examination takes through such a world.
fn walk(plan: &Plan, limits: Limits, world: &[(Fate, u64)], addresses: usize) -> (Vec<Step>, rdp_probe::Report) {
    let mut examination = Examination::new(plan.clone(), limits);
    let (mut steps, mut now) = (Vec::<Step>::new(), Duration::ZERO);
    while let Some(step) = examination.next(now) {
        assert_eq!(examination.next(now), Some(step.clone()), "asking changes nothing");
        let (fate, millis) = world[steps.len() % world.len()];
        let evidence = happens(&step, fate, addresses, millis);
        now = evidence.total().max(step.not_before);
        examination.saw(step.experiment, evidence);
        steps.push(step);
        assert!(steps.len() <= 100, "it does not stop");
    }
    assert_eq!(examination.next(now), None, "what has stopped stays so");
    (steps, examination.into_report())
}

fn plan() -> impl Strategy<Value = Plan> {
    let target = prop_oneof![Just("ts01.example"), Just("192.0.2.1"), Just("[2001:db8::1]:3390")];
    let goal = prop::sample::select(Goal::ALL.to_vec());
    (target, goal, any::<bool>(), any::<bool>()).prop_map(|(target, goal, cookie, strict)| {
        let mut plan = Plan::new(target.parse().unwrap());
        plan.goal = goal;
        plan.trust = if strict && goal == Goal::Tls { Trust::Strict } else { Trust::Observe };
        if cookie {
            plan.request = Request::default().with_cookie("alice").unwrap();
        }
        plan
    })
}

fn limits() -> impl Strategy<Value = Limits> {
    (1_usize..20, 0_u64..2_000, 1_u64..120).prop_map(|(connections, spacing, total)| Limits {
        connections,
        spacing: Duration::from_millis(spacing),
        total: Duration::from_secs(total),
    })
}

fn world() -> impl Strategy<Value = Vec<(Fate, u64)>> {
    // Worlds that answer always alike, and worlds that do not.
    let one = (fate(), 0_u64..1_500).prop_map(|one| vec![one]);
    prop_oneof![one, prop::collection::vec((fate(), 0_u64..8_000), 1..20)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn it_stops_and_keeps_its_bounds(
        plan in plan(), limits in limits(), world in world(), addresses in 1_usize..=3,
    ) {
        let (steps, report) = walk(&plan, limits, &world, addresses);
        prop_assert!(!steps.is_empty() && steps.len() <= limits.connections);
        prop_assert_eq!(steps.len(), report.looks().count());
        let mut before = None;
        for (step, (_, evidence)) in steps.iter().zip(report.looks()) {
            prop_assert!(step.plan.budget.total <= limits.total);
            let has_time = step.not_before + plan.budget.stage <= limits.total;
            prop_assert!(has_time || step.experiment == Experiment::First, "{step:?} has no time for silence");
            if let Some(before) = before {
                prop_assert!(step.not_before >= before + limits.spacing, "{step:?} comes too soon");
                prop_assert!(step.not_before < limits.total);
            }
            before = Some(evidence.total());
        }
        prop_assert!(!report.causes().is_empty());
    }

    #[test]
    fn it_repeats_nothing_that_can_add_nothing(
        plan in plan(), limits in limits(), world in world(), addresses in 1_usize..=3,
    ) {
        let (steps, report) = walk(&plan, limits, &world, addresses);
        for (at, step) in steps.iter().enumerate().skip(1) {
            let trial = step.experiment.trial().expect("a row of the table");
            let made = steps[..at].iter().filter(|other| other.experiment == step.experiment).count();
            prop_assert!(made < trial.times, "{step:?}");
            let same = steps[1..at].iter().filter(|other| asked(&other.plan) == asked(&step.plan)).count();
            prop_assert!(same < trial.times || step.experiment.is_alike() && same < 4, "{step:?} asks what was asked");
            // Something that it answers was unknown, and a rule that still stood asked for it.
            let facts = report.case().until(at).facts();
            let open = |fact: &&rdp_probe::diagnose::Fact| facts.get(**fact).is_none();
            let asks = trial.settles.iter().filter(open).any(|fact| {
                let named = |rule: &&rdp_probe::diagnose::Rule| {
                    let confirms = rule.once_more && *fact == rdp_probe::diagnose::Fact::Confirmed;
                    confirms || rule.requires.contains(fact) || rule.forbids.contains(fact)
                };
                RULES.iter().filter(named).any(|rule| rule.stands(facts))
            });
            prop_assert!(asks, "{step:?} can add nothing");
        }
    }

    #[test]
    fn it_asks_for_no_more_than_the_first_and_sends_no_credentials(
        plan in plan(), limits in limits(), world in world(), addresses in 1_usize..=3,
    ) {
        let (steps, _) = walk(&plan, limits, &world, addresses);
        // To be challenged takes no credentials, and is as far as anything goes here that would take some.
        let goal = if plan.goal.needs_credentials() { Goal::Challenge } else { plan.goal };
        prop_assert_eq!(steps[0].plan.goal, goal);
        for step in &steps[1..] {
            prop_assert_eq!(&step.plan.request, &plan.request, "the form of the request is not added to");
            prop_assert!(!step.plan.goal.needs_credentials(), "{step:?}");
            prop_assert!(step.plan.goal == goal || matches!(step.plan.goal, Goal::Negotiate | Goal::Hello), "{step:?}");
            let own = step.plan.target == plan.target || step.experiment == Experiment::ByAddress;
            prop_assert!(own, "it asks nobody else: {step:?}");
            prop_assert!(step.plan.trust == plan.trust || step.plan.trust == Trust::Observe);
        }
    }
}

/// A plan without its time limits.
fn asked(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.budget = rdp_probe::Budget::default();
    plan
}

#[test]
fn every_row_of_the_table_is_complete() {
    for trial in TRIALS {
        assert!(!trial.settles.is_empty() && trial.why.contains('?') && trial.times > 0, "{trial:?}");
        assert_eq!(trial.experiment.trial(), Some(trial));
        assert!(trial.settles.iter().all(|fact| fact.takes_several()), "{trial:?}");
        let used = |rule: &rdp_probe::diagnose::Rule| {
            let confirms = rule.once_more && trial.experiment == Experiment::OnceMore;
            confirms || trial.settles.iter().any(|fact| rule.requires.contains(fact) || rule.forbids.contains(fact))
        };
        assert!(RULES.iter().any(used), "no rule asks for what {} settles", trial.experiment);
    }
    let rows = Experiment::ALL.into_iter().filter(|experiment| experiment.trial().is_some()).count();
    assert_eq!(rows, TRIALS.len());
    assert_eq!(rows + 2, Experiment::ALL.len(), "the first, and another offer, are no second looks");
}
