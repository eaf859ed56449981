//! Connections made up by chance, of hosts whose names no report has words in common with.

use std::sync::LazyLock;

use proptest::prelude::*;
use rcgen::{KeyPair, SanType, SerialNumber};
use rdp_probe::transcript::Happening;
use rdp_probe::{
    Attempt, Dial, End, Fault, Handshake, HandshakeEnd, Known, Lookup, Plan, Protocols, ServerName, Session,
    Transcript, Trust,
};

use time::OffsetDateTime;

use super::certificates::{named, self_signed};
use super::check::check_hides;
use super::support::{CONFIRM, NOW, flight, ms};

fn label() -> impl Strategy<Value = String> {
    "[jqvwJQVW]{5,8}(-?[0-9]{1,3})?"
}

/// A host, an address, or an address with a zone.
fn host() -> impl Strategy<Value = String> {
    let name = proptest::collection::vec(label(), 1..4).prop_map(|labels| labels.join("."));
    prop_oneof![4 => name, 1 => v4(), 1 => "fd77:[1-9a-f]{4}::[1-9a-f]{4}", 1 => "fe80::[1-9a-f]{4}%jqvw[0-9]"]
}

fn v4() -> impl Strategy<Value = String> {
    (11_u8..100, any::<[u8; 2]>(), 100..=255_u8).prop_map(|(a, [b, c], d)| format!("{a}.{b}.{c}.{d}"))
}

/// How a server greets that is no RDP, or what is left of a confirm, with a name in it.
fn answer() -> impl Strategy<Value = Vec<u8>> {
    let greetings: &[&[u8]] = &[
        b"220 ",
        b"220-smtp ",
        b"SSH-2.0-",
        b"HTTP/1.1 ",
        b"RFB 003.008\n",
        b"* OK ",
        b"\x05\xFF",
        b"\x15\x03\x01\0\x02\x02F",
        b"",
        b"\x4A\0\0\0\x0A8.0.36-",
        b"\0\0\0\x20\xFFSMB",
        b"\x7F\x7FICA",
        b"\x03\0\0\x16\x11\xD0\0\0\0\x0C\0\xC1\x04",
        b"\x03\0\x0FB@\0\0\0\0",
        b"\x03\0\0\x28\x02\xF0\x80\x68\xFC",
    ];
    let behind = prop_oneof![Just(&b""[..]), Just(&b" ESMTP\r\n"[..]), Just(&b" (FTP)"[..]), Just(&b"<html>"[..])];
    (proptest::sample::select(greetings), label(), behind)
        .prop_map(|(greeting, name, behind)| [greeting, name.as_bytes(), behind].concat())
}

/// What is asked of which host by which name, and what is left of it: the plan, and every name in it.
fn plan() -> impl Strategy<Value = (Plan, Vec<String>)> {
    let how = (proptest::sample::select(Trust::ALL.to_vec()), any::<u32>());
    (host(), proptest::option::of(host()), how).prop_map(|(host, given, (trust, offer))| {
        let target = if host.contains(':') { format!("[{host}]:3390") } else { host.clone() };
        let mut plan = Plan::new(target.parse().unwrap());
        plan.trust = trust;
        plan.offer = Protocols::from_bits(offer);
        let secrets = std::iter::once(host).chain(given.clone()).collect();
        plan.server_name = given.map_or(ServerName::Target, |name| ServerName::Given(name.into()));
        (plan, secrets)
    })
}

/// A dial that comes through at its last address, or does not.
fn dial() -> impl Strategy<Value = (Dial, Vec<String>)> {
    (proptest::collection::vec(v4(), 0..4), any::<bool>()).prop_map(|(addresses, fails)| {
        let attempt = |(at, address): (usize, &String)| Attempt {
            address: format!("{address}:3389").parse().unwrap(),
            started: Some(ms(3)),
            elapsed: ms(1),
            end: Some(if at + 1 == addresses.len() && !fails { End::Complete } else { End::Reset }),
        };
        let lookup = (!addresses.is_empty()).then_some(Lookup { started: ms(0), elapsed: ms(3), end: End::Complete });
        let mut dial = Dial::default();
        (dial.lookup, dial.attempts) = (lookup, addresses.iter().enumerate().map(attempt).collect());
        (dial, addresses)
    })
}

/// A certificate, with a wildcard in its name or none, and perhaps a name or address as its one DNS name.
fn certificate() -> impl Strategy<Value = (Vec<u8>, Vec<String>)> {
    let kind = (any::<[bool; 3]>(), 0..3_i64);
    (host(), proptest::option::of(host()), kind).prop_map(
        |(common_name, alternative, ([wildcard, other, late], serial))| {
            let mut params = named(if wildcard { format!("*.{common_name}") } else { common_name.clone() });
            let names = alternative.iter().map(|name| SanType::DnsName(name.as_str().try_into().unwrap()));
            params.subject_alt_names = names.collect();
            params.serial_number = Some(SerialNumber::from(vec![7, u8::try_from(serial).unwrap()]));
            params.not_before = OffsetDateTime::from_unix_timestamp(if late { NOW } else { NOW - 1_000_000 }).unwrap();
            params.not_after = params.not_before + time::Duration::seconds(1000 * (serial + 1));
            (
                self_signed(&params, if other { &OTHER_KEY } else { &KEY }),
                alternative.into_iter().chain([common_name]).collect(),
            )
        },
    )
}

/// A server that answers with a confirm and then so in TLS, or with something else at once.
fn events() -> impl Strategy<Value = (Vec<u8>, Handshake, Vec<String>)> {
    (certificate(), answer(), 0..4).prop_map(|((certificate, secrets), answer, kind)| {
        let mut handshake = Handshake::ended(HandshakeEnd::Complete);
        match kind {
            0 => return (answer, handshake, secrets),
            1 => handshake.flight = flight(0x0303, 0xC030, &[&certificate]).into(),
            2 => {
                handshake.end = HandshakeEnd::Malformed(Fault::TlsNotSpoken);
                handshake.flight = answer.into();
            }
            _ => {
                handshake.session = Some(Session { version: 0x0303, suite: 0xC030 });
                handshake.chain = vec![certificate.into()];
            }
        }
        (CONFIRM.to_vec(), handshake, secrets)
    })
}

prop_compose! {
    /// A transcript, and every name and address in it.
    fn transcript()(
        (plan, hosts) in plan(),
        (dial, addresses) in dial(),
        (received, handshake, names) in events(),
        (known, known_names) in known(),
        piece in 1..40_usize,
    ) -> (Transcript, Vec<String>) {
        let secrets = [hosts, addresses, names, known_names].concat();
        let mut transcript = Transcript::new(plan);
        transcript.plan.known = known.unwrap_or_else(|| shown(&handshake));
        (transcript.clock, transcript.dial, transcript.started) = (Some(NOW), dial, ms(4));
        transcript.notes.clone_from(&secrets);
        transcript = transcript.with(ms(4), Happening::Sent(vec![0; 19].into()));
        for (at, part) in (5..).zip(received.chunks(piece)) {
            transcript = transcript.with(ms(at), Happening::Received(part.to_vec().into()));
        }
        (transcript.with(ms(60), Happening::Tls(Box::new(handshake))), secrets)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn of_any_connection_the_result_stays_and_no_name((transcript, secrets) in transcript()) {
        let letters = ['j', 'q', 'v', 'w', 'J', 'Q', 'V', 'W'];
        let labels = secrets.iter().flat_map(|name| name.split(['.', '-', '%', ':']));
        let whole = secrets.iter().filter(|name| name.contains(['.', ':'])).map(String::as_str);
        let texts: Vec<&str> = whole.chain(labels.filter(|label| label.contains(letters))).collect();
        check_hides(&secrets[0], &transcript, &texts);
    }
}

static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());
static OTHER_KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());

/// What the target of a connection is known by: what it shows as well, or something that has some of its names.
fn known() -> impl Strategy<Value = (Option<Known>, Vec<String>)> {
    let other = certificate().prop_map(|(der, secrets)| (Some(Known::Certificate(der.into())), secrets));
    let word =
        proptest::sample::select(vec![Some(Known::Unasked), Some(Known::Nothing), Some(Known::Unavailable), None]);
    prop_oneof![2 => other, 1 => word.prop_map(|known| (known, Vec::new()))]
}

/// The certificate that a server shows.
fn shown(handshake: &Handshake) -> Known {
    handshake.chain.first().map_or(Known::Nothing, |der| Known::Certificate(der.clone()))
}
