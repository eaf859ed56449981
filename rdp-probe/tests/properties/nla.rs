//! Connections on which server and security package do anything inside TLS, fitting or not.

use rdp_probe::codes::ClientStatus;
use rdp_probe::conversation::{Ask, Output, Secured};
use rdp_probe::{
    Binding, CredSspStep, Dangers, KdcEnd, KdcTraffic, Package, SecuredOutcome, SecuredStep, SecurityError,
    SecurityErrorKind,
};

use super::messages::{NTLM, element, octets, request, response, usual, with_error, with_token};
use super::*;

pub(super) fn dangers() -> impl Strategy<Value = Dangers> {
    any::<[bool; 2]>().prop_map(|both| {
        let mut dangers = Dangers::default();
        [dangers.any_certificate, dangers.old_credssp] = both;
        dangers
    })
}

pub(super) fn package() -> impl Strategy<Value = Package> {
    proptest::sample::select(Package::ALL.to_vec())
}

fn kdc_end() -> impl Strategy<Value = KdcEnd> {
    prop_oneof![
        Just(KdcEnd::Fin),
        Just(KdcEnd::Reset),
        Just(KdcEnd::Timeout),
        Just(KdcEnd::Malformed),
        os_error().prop_map(KdcEnd::Os),
        any::<i32>().prop_map(KdcEnd::Refusal),
    ]
}

fn outcome() -> impl Strategy<Value = SecuredOutcome> {
    let length = || prop_oneof![4 => 0..2000_usize, 1 => 65_500..65_600_usize, 1 => any::<usize>()];
    let kind = proptest::sample::select(SecurityErrorKind::ALL.to_vec());
    let failed = (kind, any::<u32>()).prop_map(|(kind, status)| SecurityError { kind, status: ClientStatus(status) });
    prop_oneof![
        (length(), any::<bool>()).prop_map(|(length, done)| SecuredOutcome::Token { length, done }),
        length().prop_map(SecuredOutcome::Sealed),
        proptest::sample::select(Binding::ALL.to_vec()).prop_map(SecuredOutcome::Bound),
        failed.prop_map(SecuredOutcome::Failed),
        kdc_end().prop_map(SecuredOutcome::KdcFailed),
    ]
}

fn traffic() -> impl Strategy<Value = Option<KdcTraffic>> {
    let traffic = (0..9000_u64, any::<u32>(), any::<u32>());
    let traffic =
        traffic.prop_map(|(elapsed, sent, received)| (Duration::from_micros(elapsed), sent.into(), received.into()));
    proptest::option::weighted(0.3, traffic)
        .prop_map(|some| some.map(|(elapsed, sent, received)| KdcTraffic { elapsed, sent, received }))
}

pub(super) fn step() -> impl Strategy<Value = SecuredStep> {
    (outcome(), traffic()).prop_map(|(outcome, kdc)| SecuredStep { outcome, kdc })
}

pub(super) fn close() -> impl Strategy<Value = Close> {
    prop_oneof![
        2 => Just(Close::Fin),
        2 => Just(Close::Reset),
        1 => os_error().prop_map(Close::Os),
        1 => any::<u8>().prop_map(Close::Alert),
        1 => Just(Close::BrokenTls),
    ]
}

/// What a server says in one go.
fn said() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => (2..7_u8).prop_map(|version| with_token(version, &usual())),
        2 => Just(with_token(6, &response(1, NTLM, &usual()))),
        1 => Just(with_token(6, &response(0, NTLM, b""))),
        4 => Just(request(6, &[(3, octets(&[9; 48]))])),
        1 => any::<u32>().prop_map(|code| with_error(6, code)),
        1 => Just(request(6, &[(3, octets(&[9; 48])), (4, element(2, &[0xC0, 7, 0, 0xEA]))])),
        1 => Just(vec![0; 4]),
        1 => Just(vec![5, 0, 0, 0]),
        1 => Just(vec![3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80]),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => Just(with_token(6, &vec![7; 40_000])),
    ]
}

/// What happens next, whatever is waited for.
#[derive(Debug, Clone)]
struct Move {
    after: Duration,
    /// Out of 16: below 12 all goes as it should.
    chance: u8,
    said: Vec<u8>,
    piece: usize,
    step: SecuredStep,
    close: Close,
}

prop_compose! {
    fn moves()(
        all in proptest::collection::vec(
            (0..4000_u64, 0..16_u8, said(), 1..70_000_usize, step(), close()).prop_map(
                |(after, chance, said, piece, step, close)| {
                    Move { after: Duration::from_micros(after), chance, said, piece, step, close }
                },
            ),
            1..30,
        ),
    ) -> Vec<Move> {
        all
    }
}

/// What the package makes: what it is asked for, or anything.
fn made(ask: &Ask, one: &Move) -> Output {
    let bytes = |length: usize| Bytes::from(vec![7; length.min(70_000)]);
    let outcome = match ask {
        _ if one.chance >= 14 => one.step.outcome,
        Ask::Token(token) => {
            SecuredOutcome::Token { length: 60, done: !token.is_empty() && !one.chance.is_multiple_of(3) }
        }
        Ask::Compare { .. } => SecuredOutcome::Bound(if one.chance < 9 { Binding::Same } else { Binding::Other }),
        _ => SecuredOutcome::Sealed(90),
    };
    match outcome {
        SecuredOutcome::Token { length, done } => Output::Token { token: bytes(length), done },
        SecuredOutcome::Sealed(length) => Output::Sealed(bytes(length)),
        SecuredOutcome::Bound(binding) => Output::Bound(binding),
        SecuredOutcome::Failed(error) => Output::Failed(error),
        SecuredOutcome::KdcFailed(end) => Output::KdcFailed(end),
        _ => unreachable!("there are no others"),
    }
}

/// Plays these moves, with what the server says cut into `pieces`, all at the moment of its move.
fn played(mut plan: Plan, goal: Goal, is_early: bool, moves: &[Move], in_pieces: bool) -> Evidence {
    (plan.trust, plan.thumbprints, plan.dangers.any_certificate) = (Trust::Observe, Vec::new(), true);
    (plan.goal, plan.budget) = (goal, Budget::default());
    let mut conversation = Conversation::new(plan, Dial::default(), Some(1_795_219_200));
    let mut now = Duration::from_micros(40);
    let mut effect = conversation.step(now, Input::Start);
    let mut confirm = &oracle::confirm(is_early)[..];
    let mut moves = moves.iter();
    while effect != Effect::Done {
        effect = match (&effect, confirm.is_empty()) {
            (Effect::Send { bytes, .. }, false) => conversation.step(now, Input::Sent(bytes.len())),
            (Effect::Read { at_most, .. }, false) => {
                let (piece, rest) = confirm.split_at((*at_most).min(confirm.len()));
                confirm = rest;
                conversation.step(now, Input::Received(piece))
            }
            (Effect::StartTls { .. }, _) => conversation.step(now, Input::Tls(Box::new(oracle::shown()))),
            _ => {
                let Some(one) = moves.next() else {
                    effect = silence(&mut conversation, &effect);
                    continue;
                };
                now += one.after;
                moved(&mut conversation, now, &effect, one, in_pieces)
            }
        };
    }
    conversation.into_evidence()
}

/// Nothing comes any more.
fn silence(conversation: &mut Conversation, due: &Effect) -> Effect {
    match due {
        Effect::Send { until, .. } | Effect::Read { until, .. } | Effect::Secure { until, .. } => {
            conversation.step(*until, Input::Tick)
        }
        _ => due.clone(),
    }
}

fn moved(conversation: &mut Conversation, now: Duration, due: &Effect, one: &Move, in_pieces: bool) -> Effect {
    match due {
        Effect::Send { bytes, .. } if one.chance < 14 => conversation.step(now, Input::Sent(bytes.len())),
        Effect::Send { .. } => conversation.step(now, Input::Sent(one.piece % 80)),
        Effect::Secure { ask, .. } => {
            let secured = Secured { output: made(ask, one), kdc: one.step.kdc };
            conversation.step(now, Input::Secured(Box::new(secured)))
        }
        Effect::Read { .. } if one.chance < 15 => {
            let mut effect = due.clone();
            let mut rest = one.said.as_slice();
            // What a message is cut off at is lost: the next move begins anew.
            while let (Effect::Read { at_most, .. }, false) = (&effect, rest.is_empty()) {
                let most = if in_pieces { one.piece.min(*at_most) } else { *at_most };
                let (piece, behind) = rest.split_at(most.min(rest.len()));
                effect = conversation.step(now, Input::Received(piece));
                rest = behind;
            }
            effect
        }
        Effect::Read { until, .. } if one.piece.is_multiple_of(2) => conversation.step(*until, Input::Tick),
        _ => conversation.step(now, Input::Closed(one.close)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// It is what it prints, to the microsecond; redacted it comes to the same; what is kept is bounded.
    #[test]
    fn any_authentication_replays_to_itself(plan in plan(), is_early: bool, goal in 0..3_usize, moves in moves()) {
        let evidence = played(plan.clone(), GOALS[goal], is_early, &moves, false);
        oracle::evidence(&evidence);
        prop_assert_eq!(played(plan, GOALS[goal], is_early, &moves, true), evidence, "in pieces");
    }
}

/// The goals inside TLS.
const GOALS: [Goal; 3] = [Goal::Challenge, Goal::Verify, Goal::Delegate];

/// Those moves reach everything there is to reach.
#[test]
fn the_moves_go_everywhere() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let strategy = (plan(), any::<bool>(), 0..3_usize, moves());
    let mut ends = std::collections::BTreeSet::new();
    let mut bindings = 0;
    for _ in 0..20_000 {
        let (plan, is_early, goal, moves) = strategy.new_tree(&mut runner).unwrap().current();
        let evidence = played(plan, GOALS[goal], is_early, &moves, false);
        let events = evidence.credssp.iter().flat_map(|credssp| &credssp.events);
        let bound = |step: &CredSspStep| {
            matches!(step, CredSspStep::Secured(SecuredStep { outcome: SecuredOutcome::Bound(_), .. }))
        };
        bindings += events.filter(|event| bound(&event.what)).count();
        ends.insert((evidence.stage, evidence.end.kind()));
    }
    for stage in [Stage::Kerberos, Stage::Nla] {
        let missing = EndKind::ALL.into_iter().filter(|kind| stage.admits(*kind) && !ends.contains(&(stage, *kind)));
        assert_eq!(missing.collect::<Vec<_>>(), [], "{stage}");
    }
    assert!(bindings > 200, "{bindings}");
}
