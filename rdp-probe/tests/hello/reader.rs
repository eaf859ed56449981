//! What a conversation makes of a first flight, however it is cut, and of whatever comes in its place.

use std::time::Duration;

use proptest::prelude::*;
use rdp_probe::conversation::{Effect, Input};
use rdp_probe::{Close, Conversation, End, Evidence, Fault, KeyExchange, Rung, Session, Stage, Transcript};

use super::flights::{
    DHE_RSA_AES_256_CBC, ECDHE_RSA_AES_256_GCM, Flight, RSA_AES_128_CBC, certificate, certificates, curve, done,
    in_records, prime, server_hello, whole,
};
use super::listening;
use super::support::{message, ms, record};

/// Bytes that are kept of a flight at most.
pub(crate) const MAX_FLIGHT: usize = 64 * 1024;

/// Feeds bytes in pieces of these sizes, all at one moment. Gives the effect behind them and how many pieces it took.
pub(crate) fn feed(
    conversation: &mut Conversation,
    now: Duration,
    mut bytes: &[u8],
    sizes: &[usize],
) -> (Effect, usize) {
    let (mut effect, mut pieces) = (conversation.step(now, Input::Tick), 0);
    let mut sizes = sizes.iter().cycle();
    while let (Effect::Read { at_most, .. }, false) = (&effect, bytes.is_empty()) {
        let size = sizes.next().copied().unwrap_or(usize::MAX).clamp(1, (*at_most).min(bytes.len()));
        let (piece, behind) = bytes.split_at(size);
        effect = conversation.step(now, Input::Received(piece));
        (bytes, pieces) = (behind, pieces + 1);
    }
    (effect, pieces)
}

/// The evidence behind these bytes in one piece, and this end of the stream, if it is still open.
pub(crate) fn answered_and(rung: Rung, bytes: &[u8], close: Close) -> Evidence {
    let mut conversation = listening(rung);
    feed(&mut conversation, ms(1), bytes, &[]);
    conversation.step(ms(1), Input::Closed(close));
    let evidence = conversation.into_evidence();
    let printed = Transcript::from(&evidence).to_string();
    assert_eq!(printed.parse::<Transcript>().unwrap().replay(), evidence, "{printed}");
    evidence
}

pub(crate) fn answered(rung: Rung, bytes: &[u8]) -> Evidence {
    answered_and(rung, bytes, Close::Fin)
}

pub(crate) fn at(evidence: &Evidence) -> (Stage, End) {
    (evidence.stage, evidence.end)
}

pub(crate) fn kept(evidence: &Evidence) -> &[u8] {
    evidence.handshake.as_ref().map_or(&[], |handshake| &handshake.flight)
}

fn assert_read(flight: &Flight, evidence: &Evidence) {
    let Flight { bytes, session, chain, key_exchange, .. } = flight;
    assert_eq!(at(evidence), (Stage::Tls, End::Complete), "{session:?}");
    assert!(evidence.is_ok());
    let hello = evidence.hello().unwrap();
    assert_eq!((&hello.session, &hello.chain.len(), &hello.key_exchange), (session, chain, key_exchange));
    assert!(bytes.starts_with(kept(evidence)), "every byte is kept as it came");
    assert_eq!(evidence.heard(), kept(evidence).len() as u64);
    assert_eq!(evidence.certificate().is_some(), *chain > 0);
}

#[test]
fn every_kind_of_flight_is_read() {
    for flight in whole() {
        assert_read(&flight, &answered(flight.rung, &flight.bytes));
    }
}

#[test]
fn a_flight_in_two_pieces_reads_as_in_one() {
    for flight in whole() {
        let at_once = answered(flight.rung, &flight.bytes);
        for cut in 1..flight.bytes.len() {
            let mut conversation = listening(flight.rung);
            feed(&mut conversation, ms(1), &flight.bytes, &[cut, usize::MAX]);
            conversation.step(ms(1), Input::Closed(Close::Fin));
            assert_eq!(conversation.into_evidence().hello(), at_once.hello(), "cut at {cut}");
        }
    }
}

/// What is known at one length of a flight is known at every greater one, and nothing is complete before the end.
#[test]
fn a_flight_that_is_cut_anywhere() {
    for flight in whole() {
        // In TLS 1.3 more comes behind what can be read.
        let mut conversation = listening(flight.rung);
        feed(&mut conversation, ms(1), &flight.bytes, &[1]);
        let length = kept(conversation.evidence()).len();
        let mut known = (false, 0, false);
        for cut in 0..length {
            let evidence = answered(flight.rung, &flight.bytes[..cut]);
            assert_eq!((at(&evidence), kept(&evidence)), ((Stage::Tls, End::Fin), &flight.bytes[..cut]));
            let hello = evidence.hello();
            let exchange = hello.as_ref().is_some_and(|hello| hello.key_exchange.is_some());
            let now = (hello.is_some(), hello.map_or(0, |hello| hello.chain.len()), exchange);
            assert!(now >= known, "{cut}: {now:?} after {known:?}");
            known = now;
        }
        assert_eq!(known.1, flight.chain);
    }
}

#[test]
fn a_key_exchange_is_named() {
    let rows = [
        (RSA_AES_128_CBC, None, Some(KeyExchange::Rsa)),
        (ECDHE_RSA_AES_256_GCM, Some(curve(0x0018)), Some(KeyExchange::Ecdhe { group: 0x0018 })),
        (ECDHE_RSA_AES_256_GCM, Some(message(12, &[1, 2, 3])), Some(KeyExchange::Ecdhe { group: 0xFF01 })),
        (ECDHE_RSA_AES_256_GCM, Some(message(12, &[9, 0, 29])), None),
        (ECDHE_RSA_AES_256_GCM, None, None),
        (DHE_RSA_AES_256_CBC, Some(prime(&[0, 0, 0x7F, 1])), Some(KeyExchange::Dhe { bits: 15 })),
        (DHE_RSA_AES_256_CBC, Some(prime(&[0xC0; 256])), Some(KeyExchange::Dhe { bits: 2048 })),
        (DHE_RSA_AES_256_CBC, Some(prime(&[0; 8])), None),
        (DHE_RSA_AES_256_CBC, Some(message(12, &[0, 9, 1])), None),
    ];
    for (suite, parameters, expected) in rows {
        let messages =
            [server_hello(0x0303, suite, &[]), certificates(&[&certificate()]), parameters.unwrap_or_default(), done()];
        let evidence = answered(Rung::Wide, &in_records(0x0303, &messages, 1000));
        assert_eq!((evidence.end, evidence.hello().unwrap().key_exchange), (End::Complete, expected), "{suite:#06x}");
    }
}

#[test]
fn tls_1_3_names_its_group() {
    let share = |group: u16| [0, 51, 0, 2].into_iter().chain(group.to_be_bytes()).collect::<Vec<u8>>();
    let rows = [
        (share(0x001D), Some(KeyExchange::Ecdhe { group: 0x001D })),
        (share(0x11EC), Some(KeyExchange::Ecdhe { group: 0x11EC })),
        (share(0x0101), Some(KeyExchange::Dhe { bits: 3072 })),
        (Vec::new(), None),
    ];
    for (share, expected) in rows {
        let extensions = [[0, 43, 0, 2, 3, 4].as_slice(), &share].concat();
        let flight = record(22, 0x0303, &server_hello(0x0303, 0x1301, &extensions));
        let evidence = answered(Rung::Tls13, &flight);
        assert_eq!(at(&evidence), (Stage::Tls, End::Complete));
        let hello = evidence.hello().unwrap();
        assert_eq!((hello.session, hello.key_exchange), (Session { version: 0x0304, suite: 0x1301 }, expected));
        // Nobody else had offered it.
        for rung in [Rung::Wide, Rung::Tls12, Rung::Nothing] {
            assert_eq!(answered(rung, &flight).end, End::Malformed(Fault::TlsUnsupported), "{rung}");
        }
    }
}

/// Messages that may stand between, of a server that wants a client certificate or staples what others say of its own.
#[test]
fn other_messages_are_passed_over() {
    let between = [message(22, b"\x01\0\0\x01?"), curve(0x001D), message(13, &[1, 1, 0, 0, 0, 0]), message(23, b"??")];
    let beginning =
        [message(0, &[]), server_hello(0x0303, ECDHE_RSA_AES_256_GCM, &[]), certificates(&[&certificate()])];
    let evidence = answered(Rung::Wide, &in_records(0x0303, &[&beginning[..], &between, &[done()]].concat(), 77));
    assert_eq!((evidence.end, evidence.hello().unwrap().chain.len()), (End::Complete, 1));
}

/// A peer that sends as little as it can at a time costs a step a byte, and no more bytes are kept than of others.
#[test]
fn work_is_linear_whatever_the_peer_does() {
    let long = message(11, &vec![0; 200_000]);
    let hello = server_hello(0x0303, ECDHE_RSA_AES_256_GCM, &[]);
    let rows: [(&str, Vec<u8>); 5] = [
        ("records of one byte", in_records(0x0303, &[hello.clone(), long.clone()], 1)),
        ("a message that never ends", in_records(0x0303, &[hello.clone(), long], 16_384)),
        ("empty records", record(22, 0x0303, &[]).repeat(20_000)),
        ("warnings", record(21, 0x0303, &[1, 90]).repeat(20_000)),
        ("messages of no bytes", in_records(0x0303, &[vec![0; 200_000]], 3)),
    ];
    for (name, bytes) in rows {
        for size in [1, 7, 4_096, usize::MAX] {
            let mut conversation = listening(Rung::Wide);
            let (effect, pieces) = feed(&mut conversation, ms(1), &bytes, &[size]);
            assert_eq!((effect, pieces), (Effect::Done, MAX_FLIGHT.div_ceil(size)), "{name} by {size}");
            let evidence = conversation.into_evidence();
            assert_eq!(at(&evidence), (Stage::Tls, End::Malformed(Fault::TlsProtocol)), "{name}");
            assert_eq!(kept(&evidence), &bytes[..MAX_FLIGHT], "{name}");
        }
    }
}

/// A server that wants a client certificate may name more authorities than are kept: what there is to know came before.
#[test]
fn a_flight_that_is_too_long_is_read_if_what_counts_was() {
    let authorities = in_records(0x0303, &[message(13, &vec![0; 100_000]), done()], 16_384);
    let rows = [
        (vec![certificates(&[&certificate()]), curve(0x001D)], End::Complete),
        (vec![certificates(&[&certificate()])], End::Malformed(Fault::TlsProtocol)),
        (Vec::new(), End::Malformed(Fault::TlsProtocol)),
    ];
    for (messages, end) in rows {
        let messages = [vec![server_hello(0x0303, ECDHE_RSA_AES_256_GCM, &[])], messages].concat();
        let flight = [in_records(0x0303, &messages, 1000), authorities.clone()].concat();
        for size in [511, usize::MAX] {
            let mut conversation = listening(Rung::Wide);
            feed(&mut conversation, ms(1), &flight, &[size]);
            let evidence = conversation.into_evidence();
            assert_eq!((at(&evidence), kept(&evidence).len()), ((Stage::Tls, end), MAX_FLIGHT));
        }
    }
    // A choice that was not offered stays a fault.
    let messages = [server_hello(0x0303, 0x00FF, &[]), certificates(&[&certificate()]), curve(0x001D)];
    let flight = [in_records(0x0303, &messages, 1000), authorities].concat();
    assert_eq!(answered(Rung::Wide, &flight).end, End::Malformed(Fault::TlsUnsupported));
}

/// Something that a peer without rhyme or reason might send.
fn chunk() -> impl Strategy<Value = Vec<u8>> {
    let flights: Vec<Vec<u8>> = whole().into_iter().map(|flight| flight.bytes).collect();
    let flight = proptest::sample::select(flights);
    let part = (flight.clone(), any::<prop::sample::Index>()).prop_map(|(flight, cut)| {
        let cut = cut.index(flight.len());
        flight[..cut].to_vec()
    });
    let flipped = (flight.clone(), any::<prop::sample::Index>(), 0..8_u8).prop_map(|(mut flight, at, bit)| {
        let at = at.index(flight.len());
        flight[at] ^= 1 << bit;
        flight
    });
    let messages = prop_oneof![
        Just(done()),
        Just(certificates(&[])),
        Just(curve(0x0017)),
        Just(prime(&[1; 64])),
        Just(server_hello(0x0303, 0xC02F, &[])),
        (any::<u8>(), prop::collection::vec(any::<u8>(), 0..60)).prop_map(|(kind, body)| message(kind, &body)),
    ];
    let records = (messages, 1_usize..40).prop_map(|(message, size)| in_records(0x0303, &[message], size));
    let alert = any::<[u8; 2]>().prop_map(|alert| record(21, 0x0301, &alert));
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    prop_oneof![2 => flight, 2 => part, 3 => flipped, 3 => records, 1 => alert, 1 => bytes]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2048) })]

    #[test]
    fn any_bytes_end_in_bounds_and_cutting_them_makes_no_difference(
        rung in prop::sample::select(Rung::ALL.to_vec()),
        chunks in prop::collection::vec(chunk(), 0..6),
        sizes in prop::collection::vec(1_usize..900, 1..9),
    ) {
        let bytes = chunks.concat();
        let by = |sizes: &[usize]| {
            let mut conversation = listening(rung);
            let (_, pieces) = feed(&mut conversation, ms(1), &bytes, sizes);
            assert!(pieces <= bytes.len());
            conversation.step(ms(1), Input::Closed(Close::Fin));
            assert!(conversation.is_done());
            conversation.into_evidence()
        };
        let (in_parts, by_the_byte, at_once) = (by(&sizes), by(&[1]), by(&[]));
        prop_assert_eq!(in_parts.end, at_once.end);
        prop_assert_eq!(by_the_byte.end, at_once.end);
        // What is read in one piece may hold more than the end needs; what is known of the server is the same.
        prop_assert!(kept(&at_once).starts_with(kept(&by_the_byte)));
        prop_assert_eq!(in_parts.hello(), at_once.hello());
        prop_assert_eq!(by_the_byte.hello(), at_once.hello());
        prop_assert!(kept(&at_once).len() <= MAX_FLIGHT);
        if at_once.end == End::Complete {
            let hello = at_once.hello().unwrap();
            prop_assert_eq!(hello.chain.is_empty(), hello.session.version == 0x0304);
            prop_assert_eq!(rung == Rung::Tls13, hello.session.version == 0x0304);
        }
    }
}
