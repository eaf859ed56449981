//! TLS flights, whole and cut short anywhere.

use rcgen::KeyPair;
use rdp_probe::transcript::Happening;
use rdp_probe::{Fault, Goal, Handshake, HandshakeEnd, KeyExchange, Transcript, Trust};

use super::certificates::{named, self_signed, showing, talkative};
use super::check::{check, check_hides};
use super::support::{flight, message, ms, record};

/// A connection whose handshake ends so, with this flight.
fn broken_off(bytes: &[u8], end: HandshakeEnd) -> Transcript {
    let mut handshake = Handshake::ended(end);
    handshake.flight = bytes.to_vec().into();
    let mut transcript = showing("ts01.quux.example", &[]);
    transcript.events.pop();
    transcript.with(ms(2), Happening::Tls(Box::new(handshake)))
}

fn chain() -> [Vec<u8>; 2] {
    let key = KeyPair::generate().unwrap();
    [self_signed(&talkative(), &key), self_signed(&named("Quux Issuing CA 07"), &key)]
}

/// The same messages in records of this size.
fn in_records(messages: &[u8], size: usize) -> Vec<u8> {
    messages.chunks(size).flat_map(|part| record(22, 0x0303, part)).collect()
}

/// The handshake messages of a flight in records.
fn messages(mut flight: &[u8]) -> Vec<u8> {
    let mut messages = Vec::new();
    while let Some((header, rest)) = flight.split_at_checked(5) {
        let (body, behind) = rest.split_at(usize::from(u16::from_be_bytes([header[3], header[4]])));
        messages.extend(body);
        flight = behind;
    }
    messages
}

fn masked(transcript: &Transcript) -> Vec<u8> {
    transcript.replay().handshake.unwrap().flight.to_vec()
}

const SECRETS: [&str; 4] = ["quux", "fabrik", "admyn", "77341"];

#[test]
fn a_flight_cut_anywhere_shows_no_name() {
    let [leaf, issuer] = chain();
    let whole = flight(0x0303, 0xC030, &[&leaf, &issuer]);
    let ends = [HandshakeEnd::Timeout, HandshakeEnd::Reset, HandshakeEnd::Malformed(Fault::TlsNotSpoken)];
    for cut in 0..=whole.len() {
        let transcript = broken_off(&whole[..cut], ends[cut % 3]);
        let redacted = check_hides(&format!("cut at {cut}"), &transcript, &SECRETS);
        assert_eq!(masked(&redacted).len(), cut);
    }
}

#[test]
fn certificates_that_span_records_are_masked() {
    let [leaf, issuer] = chain();
    let messages = messages(&flight(0x0303, 0xC030, &[&leaf, &issuer]));
    for size in [1, 2, 3, 7, 64, 500] {
        let whole = in_records(&messages, size);
        let redacted = check_hides("records", &broken_off(&whole, HandshakeEnd::Timeout), &SECRETS);
        assert_eq!(redacted.replay().hello().unwrap().chain.len(), 2);
        for cut in (0..whole.len()).step_by(97) {
            check_hides("records", &broken_off(&whole[..cut], HandshakeEnd::Fin), &SECRETS);
        }
    }
}

#[test]
fn a_certificate_is_masked_in_a_flight_as_in_a_chain() {
    let [leaf, issuer] = chain();
    let flight = broken_off(&flight(0x0303, 0xC030, &[&leaf, &issuer]), HandshakeEnd::Timeout).redacted().replay();
    let chain = showing("ts01.quux.example", &[leaf, issuer]).redacted().replay();
    assert_eq!(flight.hello().unwrap().chain, chain.handshake.unwrap().chain);
}

#[test]
fn other_messages_and_what_is_encrypted_are_blank() {
    let [leaf, issuer] = chain();
    // An OCSP response, a key exchange, a request that names authorities; then alerts, and encrypted records.
    let mut whole = in_records(&messages(&flight(0x0303, 0xC030, &[&leaf, &issuer])), 300);
    let messages = [message(22, b"\x01\0\0\x04quux"), message(12, b"\x03\0\x1D\x04quux"), message(13, b"\x01\x40quux")];
    whole.extend(in_records(&messages.concat(), 50));
    whole.extend([record(21, 0x0303, &[1, 112]), record(20, 0x0303, &[1]), record(22, 0x0303, b"quux")].concat());
    whole.extend([record(21, 0x0303, b"quux quux"), record(23, 0x0303, b"quux"), b"quux".to_vec()].concat());
    for end in [HandshakeEnd::Timeout, HandshakeEnd::Fin] {
        let redacted = check_hides("messages", &broken_off(&whole, end), &SECRETS);
        assert!(super::check::holds(&masked(&redacted), &[21, 3, 3, 0, 2, 1, 112]));
        // What comes behind the certificates keeps its type and its length, readable or not; a key exchange its curve, too.
        for header in [[22, 0, 0, 8, 0], [12, 0, 0, 8, 3], [13, 0, 0, 6, 0]] {
            assert!(super::check::holds(&masked(&redacted), &header), "{header:?}");
        }
    }
}

/// What a hello of our own is answered with, to its end: the group stays, or the length of the prime, and no more of either.
#[test]
fn of_a_key_exchange_the_group_or_the_length_stays() {
    let [leaf, issuer] = chain();
    let curve = [&[3, 0, 0x1D, 8][..], b"quuxquux", b"fabrik"].concat();
    let prime = [&[0, 12, 0, 0x2F][..], b"quuxfabrik", &[0, 1, 2]].concat();
    let rows = [(0xC030, curve, KeyExchange::Ecdhe { group: 0x1D }), (0x0039, prime, KeyExchange::Dhe { bits: 86 })];
    for (suite, parameters, exchange) in rows {
        let mut whole = in_records(&messages(&flight(0x0303, suite, &[&leaf, &issuer])), 300);
        whole.extend(in_records(&[message(12, &parameters), message(14, &[])].concat(), 7));
        for cut in (0..whole.len()).step_by(61).chain([whole.len()]) {
            let end = if cut == whole.len() { HandshakeEnd::Complete } else { HandshakeEnd::Timeout };
            let mut transcript = broken_off(&whole[..cut], end);
            (transcript.plan.goal, transcript.plan.trust) = (Goal::Hello, Trust::Observe);
            let redacted = check_hides("key exchange", &transcript, &SECRETS);
            let read = redacted.replay().hello().and_then(|hello| hello.key_exchange);
            assert_eq!(read, (cut == whole.len()).then_some(exchange), "{cut}");
        }
    }
}

#[test]
fn alerts_stay() {
    for bytes in [[21, 3, 3, 0, 2, 2, 40], [21, 3, 1, 0, 2, 1, 0], [21, 3, 3, 0, 2, 2, 112]] {
        for cut in 0..=bytes.len() {
            for end in [HandshakeEnd::Fin, HandshakeEnd::Malformed(Fault::TlsNotSpoken)] {
                let redacted = check("alert", &broken_off(&bytes[..cut], end));
                assert_eq!(masked(&redacted), bytes[..cut]);
            }
        }
    }
}

/// Of several in one record, the one that counts stays; what else came in its place does not.
#[test]
fn alerts_that_share_a_record_come_to_the_same() {
    for (body, left) in [
        (&b"\x01\x70\x02\x28"[..], &b"\x02\x28\x01\x64"[..]),
        (b"\x01\x5A\x01\0", b"\x01\0\x01\x64"),
        (b"\x01quux\x01", b"\x01\x64\x01\x64\x01\x64"),
        (b"quuxquuxquuxquux", b"\x01\x64\x01\x64\x01\x64\x01\x64\x01\x64\x01\x64\x01\x64\x01\x64"),
        (b"quuxq", b"\0\0\0\0\0"),
    ] {
        let flight = record(21, 0x0303, body);
        for end in [HandshakeEnd::Fin, HandshakeEnd::Timeout] {
            let redacted = check_hides("alerts", &broken_off(&flight, end), &SECRETS);
            assert_eq!(masked(&redacted), record(21, 0x0303, left));
        }
    }
}

/// A `ServerHello` with a session of this length and these extensions.
fn hello(session: &[u8], extensions: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap().to_be_bytes();
    let session = [&[u8::try_from(session.len()).unwrap()], session].concat();
    message(2, &[&[3, 3], &[7; 32][..], &session, &[0x13, 2, 0], &length(extensions), extensions].concat())
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [kind.to_be_bytes(), u16::try_from(content.len()).unwrap().to_be_bytes()]
        .concat()
        .into_iter()
        .chain(content.to_vec())
        .collect()
}

#[test]
fn of_a_hello_version_and_suite_stay() {
    let version = extension(43, &[3, 4]);
    // Timestamps of public logs, a protocol's name, a share of a key, a cookie, one that nobody knows, and broken ones.
    let others = [
        extension(18, b"\0\x08\0\x06quuxts"),
        extension(16, b"\0\x05\x04quux"),
        extension(51, b"\0\x1D\0\x04quux"),
        extension(44, b"\0\x04quux"),
        extension(0x5A5A, b"quux"),
        extension(0xFFCE, b"quux"),
        extension(5, b"quux"),
        extension(5, b"\x01\0\0\0\0"),
        extension(5, b"\x01\x07\0quux"),
        extension(11, b"\x04quux"),
        extension(10, b"\0\x04quux"),
        extension(15, b"\x01"),
        extension(13172, b"\x04quux"),
        extension(1, b"quux"),
        vec![0, 13, 0xFF, 0xFF, b'q', b'u', b'u', b'x'],
    ];
    for other in &others {
        for session in [&b""[..], b"quux", &[b'q'; 33]] {
            for extensions in [[version.clone(), other.clone()].concat(), [other.clone(), version.clone()].concat()] {
                let [leaf, _] = chain();
                let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..].to_vec();
                let list = [length(&leaf), leaf].concat();
                let certificate = message(11, &[length(&list), list].concat());
                let whole = in_records(&[hello(session, &extensions), certificate].concat(), 200);
                check_hides("hello", &broken_off(&whole, HandshakeEnd::Timeout), &SECRETS);
            }
        }
    }
}

#[test]
fn a_message_that_cannot_be_read_hides_what_is_behind_it() {
    let [leaf, issuer] = chain();
    let good = messages(&flight(0x0303, 0xC030, &[&leaf, &issuer]));
    let hello = 4 + usize::try_from(u32::from_be_bytes([0, good[1], good[2], good[3]])).unwrap();
    // Before the hello, between it and the certificates, in place of either.
    let odd =
        [message(13, b"\xFFquux"), message(13, b""), message(23, b"quux"), message(4, b"qu"), message(22, b"\x01quux")];
    for odd in odd {
        for whole in [[&odd[..], &good].concat(), [&good[..hello], &odd, &good[hello..]].concat()] {
            check_hides("odd", &broken_off(&in_records(&whole, 1000), HandshakeEnd::Timeout), &SECRETS);
        }
    }
}
