//! The machine, step by step: what changes nothing in a state, and what a bound is to the byte.

#[path = "../credssp/messages.rs"]
mod messages;
mod walk;

use std::time::Duration;

use bytes::Bytes;
use rdp_probe::codes::ClientStatus;
use rdp_probe::conversation::{Ask, Effect, Input, Output, Secured, State};
use rdp_probe::{
    Binding, Close, End, Fault, Goal, Handshake, HandshakeEnd, KdcTraffic, Package, SecurityError, SecurityErrorKind,
    Stage,
};

use messages::{NTLM, response, usual, with_token};
use walk::{Walk, ms, sealed, token};

/// One way into every state that waits for something.
fn waiting() -> Vec<Walk> {
    let garbage = [b'x'; 4];
    vec![
        Walk::new(Goal::Tls, Package::Ntlm),
        Walk::new(Goal::Tls, Package::Ntlm).sent(),
        Walk::new(Goal::Tls, Package::Ntlm).sent().received(&[3, 0, 0, 19]),
        Walk::new(Goal::Tls, Package::Ntlm).sent().received(&garbage),
        Walk::new(Goal::Hello, Package::Ntlm).confirmed(1),
        Walk::new(Goal::Hello, Package::Ntlm).confirmed(1).sent(),
        Walk::new(Goal::Tls, Package::Ntlm).confirmed(1),
        Walk::inside(Goal::Verify, Package::Ntlm, 2),
        Walk::inside(Goal::Challenge, Package::Ntlm, 2),
        Walk::challenge(),
        Walk::challenge().received(&garbage),
        Walk::bound(8).secured(sealed(90)).sent(),
    ]
}

fn until(effect: &Effect) -> Duration {
    match effect {
        Effect::Send { until, .. }
        | Effect::Read { until, .. }
        | Effect::StartTls { until }
        | Effect::Secure { until, .. } => *until,
        _ => panic!("{effect:?} waits for nothing"),
    }
}

#[test]
fn the_time_is_over_when_it_is_and_not_before() {
    let states: Vec<_> = waiting().iter().map(Walk::state).collect();
    let all: Vec<_> = State::ALL.into_iter().filter(|state| !matches!(state, State::Idle | State::Done)).collect();
    assert_eq!(states, all);
    for mut walk in waiting() {
        let (state, effect) = (walk.state(), walk.effect.clone());
        walk.now = until(&effect).saturating_sub(Duration::from_micros(1));
        let walk = walk.take(Input::Tick);
        assert_eq!((walk.state(), &walk.effect, walk.conversation.is_done()), (state, &effect, false), "too early");
        let mut walk = walk;
        walk.now = until(&effect);
        walk.take(Input::Tick).ended();
    }
}

#[test]
fn a_stream_that_ends_is_an_end_in_every_state() {
    for walk in waiting() {
        let state = walk.state();
        let walk = walk.take(Input::Closed(Close::Fin));
        if state == State::Securing {
            // The package works on its own; what it says next finds the stream closed.
            assert_eq!(walk.state(), state);
            continue;
        }
        let (stage, end) = walk.ended();
        let expected = match state {
            State::Listening => (Stage::Negotiate, End::Malformed(Fault::NotTpkt)),
            State::HearingForeign => (Stage::Nla, End::Malformed(Fault::NotCredSsp)),
            State::Requesting | State::Header | State::Body => (Stage::Negotiate, End::Fin),
            State::Hello | State::Flight | State::Tls => (Stage::Tls, End::Fin),
            _ => (Stage::Nla, End::Fin),
        };
        assert_eq!((stage, end), expected, "{state:?}");
    }
}

#[test]
fn nothing_that_is_read_is_no_arrival() {
    let walk = Walk::new(Goal::Tls, Package::Ntlm).sent().received(&[]);
    assert_eq!((walk.state(), walk.conversation.evidence().arrivals.len()), (State::Header, 0));
    let walk = Walk::challenge();
    let before = walk.conversation.evidence().credssp.clone();
    let walk = walk.received(&[]);
    assert_eq!((walk.state(), &walk.conversation.evidence().credssp), (State::Hearing, &before));
}

#[test]
fn what_comes_at_once_is_one_arrival() {
    let pieces = |apart| {
        let walk = Walk::new(Goal::Tls, Package::Ntlm).sent().received(&[3, 0]).later(apart).received(&[0, 19]);
        let arrivals = &walk.conversation.evidence().arrivals;
        arrivals.iter().map(|arrival| arrival.length).collect::<Vec<_>>()
    };
    assert_eq!((pieces(Duration::ZERO), pieces(ms(1))), (vec![4], vec![2, 2]));
    let inside = |apart| {
        let walk = Walk::challenge();
        let before = walk.conversation.evidence().credssp.as_ref().unwrap().events.len();
        let walk = walk.received(&[0x30]).later(apart).received(&[0x82]);
        walk.conversation.evidence().credssp.as_ref().unwrap().events.len() - before
    };
    assert_eq!((inside(Duration::ZERO), inside(ms(1))), (1, 2));
}

#[test]
fn a_part_of_a_message_is_noted_as_far_as_it_tells_nothing() {
    let noted = |walk: Walk, count| walk.take(Input::Sent(count)).conversation.evidence().nla.unwrap().sent;
    let plain = || Walk::inside(Goal::Challenge, Package::Ntlm, 2);
    assert_eq!((noted(plain(), 5), noted(plain(), 0)), (5, 0));
    let secret = || Walk::bound(2).secured(sealed(90));
    let before = secret().conversation.evidence().nla.unwrap().sent;
    assert_eq!((noted(secret(), 5) - before, noted(secret(), 0) - before), (1, 0));
}

/// What a server says to NTLM holds no ticket, and is kept.
#[test]
fn what_the_server_says_to_ntlm_is_kept() {
    let walk = Walk::begun(Goal::Verify, 2);
    let kept = walk.conversation.into_evidence().credssp.unwrap().received();
    assert_eq!(kept, with_token(6, &usual()));
}

#[test]
fn a_key_distribution_centre_was_asked_before_it_answered() {
    let kdc = Some(KdcTraffic { elapsed: ms(30), sent: 200, received: 90 });
    let walk = Walk::inside(Goal::Verify, Package::Kerberos, 2).later(ms(99));
    let walk = walk.take(Input::Secured(Box::new(Secured { output: token(40, false), kdc })));
    let leg = walk.conversation.evidence().kerberos.unwrap();
    assert_eq!((leg.started, leg.elapsed, leg.sent, leg.received), (ms(70), ms(30), 200, 90));
}

/// The longest message of `CredSSP` has 0xFFFF bytes, and two of the longest are read in all.
#[test]
fn the_longest_message_is_read_and_none_that_is_longer() {
    let header = |low| [0x30, 0x82, 0xFF, low];
    let reads = |walk: &Walk| matches!(walk.effect, Effect::Read { .. });
    assert!(reads(&Walk::challenge().whole(&header(0xFB))));
    assert_eq!(Walk::challenge().whole(&header(0xFC)).ended(), (Stage::Nla, End::Malformed(Fault::TsRequest)));

    let longest = (0xFE00..0xFFFF).map(|length| with_token(6, &response(1, NTLM, &vec![7; length])));
    let longest = longest.into_iter().find(|message| message.len() == 0xFFFF).expect("one of that length");
    let once = || {
        let walk = Walk::inside(Goal::Verify, Package::Spnego, 2).secured(token(40, false)).sent();
        walk.whole(&longest).secured(token(40, false)).sent()
    };
    assert!(reads(&once().whole(&header(0xFB))));
    let one_more = once().whole(&longest).secured(token(40, false)).sent().whole(&[0x30, 1]);
    assert_eq!(one_more.ended(), (Stage::Nla, End::Malformed(Fault::TsRequest)));
}

/// Beside what was sent, 4,095 pieces are listened to.
#[test]
fn the_pieces_that_are_listened_to_are_counted() {
    let mut walk = Walk::challenge().received(&[0x30, 0x82]).later(ms(1)).received(&[0xFF, 0]);
    let mut pieces = 2;
    while walk.state() != State::Done {
        walk = walk.later(Duration::from_micros(1)).received(&[7]);
        pieces += 1;
    }
    assert_eq!(pieces, 4096);
    assert_eq!(walk.ended(), (Stage::Nla, End::Malformed(Fault::TsRequest)));
}

#[test]
fn what_fits_in_no_message_is_of_no_package() {
    let misused = |output| {
        let (stage, end) = Walk::begun(Goal::Verify, 2).secured(output).ended();
        assert_eq!(stage, Stage::Nla);
        matches!(end, End::Security(SecurityError { kind: SecurityErrorKind::Other, .. }))
    };
    assert!(misused(token(0x1_0000, false)) && misused(token(70_000, true)) && misused(token(0, false)));
    assert_eq!(Walk::begun(Goal::Verify, 2).secured(token(0xFFFF, false)).state(), State::Telling);
    let sealing = || Walk::begun(Goal::Verify, 2).secured(token(300, true));
    assert_eq!(sealing().secured(sealed(0xFFFF)).state(), State::Telling);
    assert_eq!(sealing().secured(sealed(0x1_0000)).state(), State::Done);
    // The context cannot stand before the server has said anything.
    assert_eq!(Walk::inside(Goal::Verify, Package::Ntlm, 2).secured(token(40, true)).state(), State::Done);
}

/// Where the server speaks of the user's rights behind the credentials, the rest of them decides nothing; where it does not, it may
/// still refuse those that it did not get whole.
#[test]
fn credentials_that_went_out_in_part_may_be_answered() {
    let written = |selected, count| Walk::bound(selected).secured(sealed(90)).take(Input::Sent(count)).state();
    let whole = usize::MAX;
    assert_eq!((written(2, whole), written(2, 20)), (State::Done, State::Hearing));
    assert_eq!((written(8, whole), written(8, 20)), (State::Authorizing, State::Authorizing));
    let authorized = |bytes: &[u8]| Walk::bound(8).secured(sealed(90)).sent().received(bytes);
    assert_eq!(authorized(&[3, 0, 0, 0]).ended(), (Stage::Nla, End::Unauthorized(3)));
    assert_eq!(authorized(&[3, 0, 0, 9]).state(), State::HearingForeign);
    assert_eq!(authorized(&[3, 0, 1, 0]).state(), State::HearingForeign);
    assert_eq!(authorized(&[0x30, 0x82, 1, 0]).state(), State::Hearing);
}

#[test]
fn what_is_no_message_is_heard_to_five_hundred_and_twelve_bytes() {
    let walk = Walk::challenge().whole(&[b'x'; 511]);
    assert_eq!(walk.state(), State::HearingForeign);
    assert_eq!(walk.whole(b"x").ended(), (Stage::Nla, End::Malformed(Fault::NotCredSsp)));
}

#[test]
fn a_handshake_without_a_key_gets_no_credentials() {
    for (goal, end) in [(Goal::Verify, true), (Goal::Challenge, false)] {
        let tls = Box::new(Handshake::ended(HandshakeEnd::Complete));
        let walk = Walk::new(goal, Package::Ntlm).confirmed(2).take(Input::Tls(tls));
        assert_eq!(walk.conversation.is_done(), end, "{goal:?}");
    }
}

/// What may be somebody's answer to a challenge is told by its length alone.
#[test]
fn debugging_shows_lengths() {
    let secret = Bytes::from_static(b"secret");
    let (at, expected) = (ms(5), Bytes::from_static(b"secret, too"));
    let error = SecurityError { kind: SecurityErrorKind::Token, status: ClientStatus(0x8009_0308) };
    let compare = Ask::Compare { sealed: secret.clone(), expected: expected.clone(), weaker: Some(expected) };
    for (shown, words) in [
        (format!("{:?}", Ask::Token(secret.clone())), "Token(6 bytes)"),
        (format!("{:?}", Ask::Seal(secret.clone())), "Seal(6 bytes)"),
        (format!("{compare:?}"), "Compare(6 bytes)"),
        (format!("{:?}", Ask::Credentials { empty: true }), "Credentials { empty: true }"),
        (format!("{:?}", Output::Token { token: secret.clone(), done: true }), "Token { length: 6, done: true }"),
        (format!("{:?}", Output::Sealed(secret.clone())), "Sealed(6)"),
        (format!("{:?}", Output::Bound(Binding::Same)), "Bound(Same)"),
        (format!("{:?}", Output::Failed(error)), "Failed(SecurityError"),
        (format!("{:?}", Effect::Send { bytes: secret.clone(), until: at }), "Send(6 bytes, until 5ms)"),
        (format!("{:?}", Effect::Read { at_most: 4, until: at }), "Read(at most 4 bytes, until 5ms)"),
        (format!("{:?}", Effect::StartTls { until: at }), "StartTls(until 5ms)"),
        (format!("{:?}", Effect::Secure { ask: Ask::Seal(secret), until: at }), "Secure(Seal(6 bytes), until 5ms)"),
        (format!("{:?}", Effect::Done), "Done"),
    ] {
        assert!(shown.starts_with(words), "{shown}");
    }
    // The package's last token waits in the machine.
    let walk = Walk::begun(Goal::Verify, 2).secured(token(300, true));
    let shown = format!("{:?}", walk.conversation);
    assert!(shown.contains("Nla { phase: Tokens, .. }") && !shown.contains("7, 7, 7"), "{shown}");
}
