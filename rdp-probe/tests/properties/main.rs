//! Properties that hold for every input.

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use rdp_probe::conversation::{Effect, Input};
use rdp_probe::transcript::Happening;
use rdp_probe::{
    Attempt, Budget, Certificate, ChainPath, Close, Conversation, Dial, End, EndKind, Evidence, Exchange, Family,
    Fault, Foreign, Goal, Handshake, HandshakeEnd, Leg, Lookup, OsError, OsErrorKind, OsErrorSpace, Plan, Protocols,
    Proxied, ProxyKind, ProxyRefusal, Request, ServerName, Session, Stage, Target, Thumbprint, Transcript, Trust,
};

#[path = "../credssp/messages.rs"]
mod messages;
mod nla;
#[path = "../../src/fuzzing/oracle.rs"]
mod oracle;
mod plans;

use plans::{plan, target};

fn time() -> impl Strategy<Value = Duration> {
    (0_u64..100_000_000).prop_map(Duration::from_micros)
}

fn bytes() -> impl Strategy<Value = Bytes> {
    proptest::collection::vec(any::<u8>(), 0..80).prop_map(Bytes::from)
}

fn os_error() -> impl Strategy<Value = OsError> {
    let space = prop_oneof![Just(OsErrorSpace::System), Just(OsErrorSpace::Resolver)];
    let kind = proptest::sample::select(OsErrorKind::ALL.to_vec());
    (space, any::<Option<i32>>(), kind).prop_map(|(space, code, kind)| OsError { space, code, kind })
}

fn fault() -> impl Strategy<Value = Fault> {
    proptest::sample::select(Fault::ALL.to_vec())
}

/// The ends that lookups and attempts have.
fn dial_end() -> impl Strategy<Value = End> {
    prop_oneof![Just(End::Complete), Just(End::Timeout), Just(End::Reset), os_error().prop_map(End::Os)]
}

fn handshake_end() -> impl Strategy<Value = HandshakeEnd> {
    prop_oneof![
        Just(HandshakeEnd::Complete),
        Just(HandshakeEnd::Fin),
        Just(HandshakeEnd::Reset),
        Just(HandshakeEnd::Timeout),
        any::<u8>().prop_map(HandshakeEnd::Alert),
        fault().prop_map(HandshakeEnd::Malformed),
        os_error().prop_map(HandshakeEnd::Os),
    ]
}

fn handshake() -> impl Strategy<Value = Handshake> {
    let path = proptest::sample::select(vec![
        None,
        Some(ChainPath::Trusted),
        Some(ChainPath::UnknownIssuer),
        Some(ChainPath::BadSignature),
        Some(ChainPath::Unusable),
    ]);
    let session = proptest::option::of((any::<u16>(), any::<u16>()));
    let chain = proptest::collection::vec(bytes(), 0..3);
    (handshake_end(), any::<u64>(), any::<u64>(), session, chain, path, any::<Option<bool>>(), bytes()).prop_map(
        |(end, sent, received, session, chain, path, own_signature, flight)| Handshake {
            end,
            sent,
            received,
            session: session.map(|(version, suite)| Session { version, suite }),
            chain,
            path,
            own_signature,
            flight,
        },
    )
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        bytes().prop_map(Happening::Sent),
        bytes().prop_map(Happening::Received),
        nla::close().prop_map(Happening::Closed),
        any::<usize>().prop_map(Happening::Wrote),
        nla::step().prop_map(Happening::Secured),
        Just(Happening::Timeout),
        handshake().prop_map(|handshake| Happening::Tls(Box::new(handshake))),
    ]
}

/// The ends that the exchange with a proxy has.
fn proxy_end() -> impl Strategy<Value = End> {
    let refusal = prop_oneof![
        any::<u8>().prop_map(ProxyRefusal::SocksMethod),
        any::<u8>().prop_map(ProxyRefusal::SocksPassword),
        any::<u8>().prop_map(ProxyRefusal::Socks),
        any::<u16>().prop_map(ProxyRefusal::Http),
    ];
    let malformed = proptest::sample::select(vec![Fault::NotProxy, Fault::ProxyAnswer]).prop_map(End::Malformed);
    prop_oneof![dial_end(), Just(End::Fin), malformed, refusal.prop_map(End::ProxyRefusal)]
}

/// A direct way, or, half as often, one through a proxy.
fn dial() -> impl Strategy<Value = Dial> {
    let leg = (time(), time(), any::<u32>(), any::<u32>()).prop_map(|(started, elapsed, sent, received)| Leg {
        started,
        elapsed,
        sent: sent.into(),
        received: received.into(),
    });
    let said = proptest::collection::vec(any::<u8>(), 0..600).prop_map(Bytes::from);
    let exchange = (leg, proxy_end(), said).prop_map(|(leg, end, said)| Exchange::new(leg, end).with_received(said));
    let exchange = proptest::option::of(exchange);
    let kind = proptest::sample::select(ProxyKind::ALL.to_vec());
    let through = (kind, target(), direct(), exchange).prop_map(|(kind, proxy, way, exchange)| {
        let mut dial = Dial::default();
        dial.proxy = Some(Box::new(Proxied::new(kind, proxy, way, exchange)));
        dial
    });
    prop_oneof![2 => direct(), 1 => through]
}

fn direct() -> impl Strategy<Value = Dial> {
    let lookup = (time(), time(), dial_end()).prop_map(|(started, elapsed, end)| Lookup { started, elapsed, end });
    let attempt =
        (any::<[u8; 4]>(), any::<u16>(), proptest::option::of((time(), time(), proptest::option::of(dial_end()))));
    let attempt = attempt.prop_map(|(ip, port, begun)| Attempt {
        address: (ip, port).into(),
        started: begun.map(|(started, ..)| started),
        elapsed: begun.map_or(Duration::ZERO, |(_, elapsed, _)| elapsed),
        end: begun.and_then(|(.., end)| end),
    });
    (proptest::option::of(lookup), proptest::collection::vec(attempt, 0..4)).prop_map(|(lookup, attempts)| {
        let mut dial = Dial::default();
        (dial.lookup, dial.attempts) = (lookup, attempts);
        dial
    })
}

prop_compose! {
    fn transcript()(
        plan in plan(),
        clock in proptest::option::of(-10_000_000_000_i64..250_000_000_000),
        dial in dial(),
        started in time(),
        mut times in proptest::collection::vec(time(), 0..6),
        what in proptest::collection::vec(happening(), 6),
        notes in proptest::collection::vec("[ -~]{0,30}", 0..3),
        expected in proptest::option::of("([ -~]{0,30}\n){0,3}"),
    ) -> Transcript {
        times.sort();
        let mut transcript = Transcript::new(plan);
        transcript.clock = clock;
        transcript.dial = dial;
        transcript.started = started;
        transcript.notes = notes;
        transcript.expected = expected;
        for (at, what) in times.into_iter().zip(what) {
            transcript = transcript.with(started + at, what);
        }
        transcript
    }
}

/// Feeds an answer to a conversation in pieces of these sizes, all at one moment, then the end.
fn answered(answer: &[u8], sizes: &[usize]) -> Evidence {
    let mut conversation = Conversation::new(Plan::new("ts01".parse().unwrap()), Dial::default(), None);
    let now = Duration::from_millis(7);
    conversation.step(Duration::ZERO, Input::Start);
    let mut effect = conversation.step(Duration::ZERO, Input::Sent(19));
    let mut rest = answer;
    let mut sizes = sizes.iter().cycle();
    while let (Effect::Read { at_most, .. }, false) = (&effect, rest.is_empty()) {
        let size = sizes.next().copied().unwrap_or(1).clamp(1, (*at_most).min(rest.len()));
        let (piece, behind) = rest.split_at(size);
        effect = conversation.step(now, Input::Received(piece));
        rest = behind;
    }
    conversation.step(now, Input::Closed(Close::Fin));
    conversation.into_evidence()
}

/// Answers that are one more often than chance would have it.
fn answer() -> impl Strategy<Value = Vec<u8>> {
    let confirm = (any::<u8>(), any::<u8>(), any::<u32>()).prop_map(|(kind, flags, value)| {
        let mut packet = vec![3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, kind % 4, flags, 8, 0];
        packet.extend(value.to_le_bytes());
        packet
    });
    let legacy = Just(vec![3, 0, 0, 11, 6, 0xD0, 0, 0, 0, 0, 0]);
    let behind = proptest::collection::vec(any::<u8>(), 0..40);
    let framed = (prop_oneof![confirm, legacy], behind).prop_map(|(packet, behind)| [packet, behind].concat());
    prop_oneof![framed, proptest::collection::vec(any::<u8>(), 0..120)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_transcript_is_what_it_prints(transcript in transcript()) {
        let printed = transcript.to_string();
        prop_assert_eq!(printed.parse::<Transcript>(), Ok(transcript), "{}", printed);
    }

    #[test]
    fn a_report_replays_to_itself(transcript in transcript()) {
        let evidence = transcript.replay();
        let printed = Transcript::from(&evidence).to_string();
        prop_assert_eq!(printed.parse::<Transcript>().unwrap().replay(), evidence, "{}", printed);
    }

    #[test]
    fn evidence_does_not_depend_on_chunking(
        answer in answer(),
        sizes in proptest::collection::vec(1_usize..20, 1..8),
    ) {
        prop_assert_eq!(answered(&answer, &sizes), answered(&answer, &[usize::MAX]));
    }

    #[test]
    fn no_byte_behind_the_message_is_taken(flags: u8, behind in proptest::collection::vec(any::<u8>(), 0..40)) {
        let confirm = [3, 0, 0, 19, 14, 0xD0, 0, 0, 0, 0, 0, 2, flags, 8, 0, 1, 0, 0, 0];
        let evidence = answered(&[&confirm[..], &behind].concat(), &[usize::MAX]);
        prop_assert_eq!(&evidence.received[..], &confirm[..]);
    }

    #[test]
    fn time_never_runs_backwards_and_bytes_add_up(transcript in transcript()) {
        let evidence = transcript.replay();
        if let (Some(negotiate), Some(tls)) = (evidence.leg(Stage::Negotiate), evidence.leg(Stage::Tls)) {
            prop_assert!(negotiate.ended() <= tls.started);
        }
        if let Some(leg) = evidence.leg(Stage::Negotiate) {
            prop_assert_eq!(leg.received, evidence.received.len() as u64);
            prop_assert_eq!(evidence.arrivals.iter().map(|arrival| arrival.length).sum::<usize>(), evidence.received.len());
            let most = if evidence.plan.request == Request::default() { 19 } else { 300 };
            prop_assert!(leg.sent <= most);
        }
        prop_assert!(evidence.total() >= evidence.leg(evidence.stage).unwrap_or_default().ended());
        let enough = match evidence.plan.goal {
            Goal::Negotiate => evidence.stage == Stage::Negotiate,
            Goal::Hello | Goal::Tls => evidence.stage == Stage::Tls,
            _ => true,
        };
        prop_assert_eq!(evidence.is_ok(), evidence.end.kind() == EndKind::Complete && enough);
    }

    #[test]
    fn readers_take_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Certificate::parse(&bytes);
        let _ = Foreign::recognise(&bytes);
        let mut handshake = Handshake::ended(HandshakeEnd::Reset);
        handshake.flight = bytes.into();
        let _ = handshake.hello();
    }

    #[test]
    fn texts_are_parsed_or_refused(text in "\\PC{0,60}") {
        if let Err(error) = text.parse::<Target>() {
            prop_assert!(text.get(error.span()).is_some(), "the span lies in the text");
        }
        let _ = text.parse::<Protocols>();
        let _ = text.parse::<Transcript>();
    }

    #[test]
    fn a_target_is_what_it_prints(target in target()) {
        prop_assert_eq!(target.to_string().parse::<Target>(), Ok(target));
    }

    #[test]
    fn an_offer_is_what_it_prints(bits: u32) {
        let offer = Protocols::from_bits(bits);
        prop_assert_eq!(offer.to_string().parse::<Protocols>(), Ok(offer));
    }
}
