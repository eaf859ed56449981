//! What a server says inside TLS, without its names.

use proptest::prelude::*;
use rcgen::{KeyPair, PKCS_ED25519};
use rdp_probe::transcript::Happening;
use rdp_probe::{Certificate, Goal, Handshake, HandshakeEnd, Package, Plan, SecuredOutcome, SecuredStep, Transcript};

use super::certificates::{named, self_signed};
use super::check::{check, check_hides};
use super::messages::{
    self, FLAGS, MS_KERBEROS, NTLM, challenge, element, octets, offer, pair, request, response, tokens, wide,
    with_token,
};
use super::oracle;
use super::support::{NOW, ms};

/// A connection to this host that is challenged so.
fn challenged(host: &str, goal: Goal, heard: &[u8]) -> Transcript {
    let mut handshake = Handshake::ended(HandshakeEnd::Complete);
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    handshake.chain = vec![self_signed(&named(host.to_owned()), &key).into()];
    let mut plan = Plan::new(host.parse().unwrap());
    (plan.goal, plan.dangers.any_certificate) = (goal, true);
    let mut transcript = Transcript::new(plan);
    transcript.clock = Some(NOW);
    transcript = transcript
        .with(ms(0), Happening::Sent(vec![0; 19].into()))
        .with(ms(1), Happening::Received(oracle::confirm(true).to_vec().into()))
        .with(ms(2), Happening::Tls(Box::new(handshake)));
    if goal.needs_credentials() {
        transcript = transcript.with(ms(3), secured(SecuredOutcome::Token { length: 40, done: false }));
    }
    transcript.with(ms(3), Happening::Wrote(usize::MAX)).with(ms(4), Happening::Received(heard.to_vec().into()))
}

fn secured(outcome: SecuredOutcome) -> Happening {
    Happening::Secured(SecuredStep { outcome, kdc: None })
}

const NAMES: [&str; 5] = ["ZEBRA7", "QUUXCORP", "zebra7.quuxcorp.example", "quuxcorp.example", "wald.quuxcorp.example"];
const SECRETS: [&str; 4] = ["zebra7", "quuxcorp", "wald", "zebra7.quuxcorp.example"];

#[test]
fn a_challenge_keeps_what_says_how_and_loses_what_says_who() {
    let message = messages::named(NAMES);
    let forms = [
        message.clone(),
        response(1, NTLM, &message),
        response(1, MS_KERBEROS, &message),
        offer(&[NTLM, b"\x2B\x06\x01\x04\x01\x2A"], &message),
    ];
    for token in forms {
        for heard in [with_token(6, &token), request(5, &[(1, tokens(&[b"", &token, &token]))])] {
            let host = "zebra7.quuxcorp.example";
            let redacted = check_hides("challenge", &challenged(host, Goal::Challenge, &heard), &SECRETS).replay();
            let masked = redacted.challenge().unwrap();
            assert_eq!(masked.dns_computer.as_deref(), Some(redacted.plan.target.host()), "it is the target still");
            let certificate = Certificate::parse(&redacted.handshake.as_ref().unwrap().chain[0]).unwrap();
            assert_eq!(masked.dns_computer.as_deref(), certificate.common_name.as_deref());
            assert!(masked.dns_computer.unwrap().starts_with(&masked.netbios_computer.unwrap().to_lowercase()));
            assert_eq!(masked.target_name, masked.netbios_domain);
            let heard = redacted.credssp.unwrap().received();
            assert!(!heard.windows(3).any(|window| window == [0x5C; 3] || window == [0x11; 3]), "{heard:02x?}");
        }
    }
}

/// What is sealed, hashed or drawn by lot says nothing to anybody who may read it.
#[test]
fn sealed_bytes_are_zeros() {
    let sealed = b"zebra7 zebra7 zebra7";
    let fields = [(2, octets(sealed)), (3, octets(sealed)), (5, octets(sealed)), (9, sealed.to_vec())];
    let transcript = challenged("ts01", Goal::Verify, &with_token(6, &messages::named(NAMES)))
        .with(ms(5), secured(SecuredOutcome::Token { length: 300, done: true }))
        .with(ms(5), secured(SecuredOutcome::Sealed(60)))
        .with(ms(5), Happening::Wrote(usize::MAX))
        .with(ms(6), Happening::Received(request(6, &fields).into()));
    let redacted = check_hides("sealed", &transcript, &SECRETS);
    assert!(redacted.to_string().contains("secured +0us sealed 60"), "{redacted}");
}

#[test]
fn the_service_keeps_its_class() {
    let host = "zebra7.quuxcorp.example";
    for (service, masked) in [
        ("TERMSRV/zebra7.quuxcorp.example", "TERMSRV/aaaaaa.aaaaaaaa.aaaaaaa"),
        ("termsrv/zebra7.quuxcorp.example@QUUXCORP.EXAMPLE", "termsrv/aaaaaa.aaaaaaaa.aaaaaaa@AAAAAAAA.AAAAAAA"),
        ("zebra7/wald", "aaaaaa/aaaa"),
        ("zebra7", "aaaaaa"),
    ] {
        let mut transcript = challenged(host, Goal::Verify, &with_token(6, b"zebra7"));
        (transcript.plan.service, transcript.plan.package) = (Some(service.into()), Package::Kerberos);
        let redacted = check_hides(service, &transcript, &SECRETS);
        assert_eq!(redacted.plan.service.as_deref(), Some(masked));
    }
}

#[test]
fn names_of_odd_form() {
    let end = pair(0, &[]);
    let odd = [wide("zebra7"), vec![b'Z']].concat();
    let half = [wide("zebra7"), vec![0, 0xD8], wide("quuxcorp")].concat();
    let others =
        [pair(9, &wide("cifs/zebra7")), pair(8, b"zebra7"), pair(6, &[2, 0, 0, 0]), pair(300, b"zebra7")].concat();
    for info in [
        [pair(1, &odd), pair(2, &half), pair(3, &wide("Zebra7-Bürö")), others, end.clone()].concat(),
        [pair(1, &wide("zebra7")), vec![3, 0, 0xFF, 0xFF], wide("zebra7")].concat(),
        [pair(1, &wide("zebra7")), vec![3, 0]].concat(),
        [pair(1, &wide("zebra7")), end, wide("zebra7")].concat(),
    ] {
        for (flags, name) in
            [(FLAGS, wide("QUUXCORP")), (FLAGS & !1, b"QUUXCORP".to_vec()), (0, b"\xFCquuxcorp".to_vec())]
        {
            for goal in [Goal::Challenge, Goal::Verify] {
                let heard = with_token(6, &challenge(flags, &name, &info));
                check_hides("odd", &challenged("zebra7", goal, &heard), &SECRETS);
                check_hides("cut", &challenged("zebra7", goal, &heard[..heard.len() - 5]), &SECRETS);
            }
        }
    }
}

#[test]
fn what_is_no_message_keeps_what_it_is_recognised_by() {
    for heard in [
        b"SSH-2.0-zebra7".to_vec(),
        b"zebra7.quuxcorp.example".to_vec(),
        [&[3, 0, 0, 20, 2, 0xF0, 0x80, 0x64], b"zebra7 quuxc".as_slice()].concat(),
        [&[3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80], b"zebra7".as_slice()].concat(),
        element(0x30, b"zebra7 of quuxcorp"),
        element(0x30, &element(0xA1, b"zebra7 of quuxcorp")),
        with_token(6, b"zebra7 of quuxcorp"),
        with_token(6, &element(0xA1, b"zebra7 of quuxcorp")),
        with_token(6, &element(0x60, &element(6, b"zebra7 of quuxcorp"))),
        with_token(6, b"NTLMSSP\0\x03\0\0\0zebra7"),
        with_token(6, b"NTLMSSP\0zebra7"),
        b"0\x20zebra7".to_vec(),
        b"0\x83\xFFzebra7".to_vec(),
    ] {
        check_hides("foreign", &challenged("zebra7", Goal::Challenge, &heard), &SECRETS);
    }
}

fn label() -> impl Strategy<Value = String> {
    "[jqvwJQVW]{5,8}(-[0-9]{1,2})?"
}

/// A challenge with these names in any of its places.
fn message() -> impl Strategy<Value = (Vec<u8>, Vec<String>)> {
    let pairs = proptest::collection::vec((0..11_u16, label()), 0..7);
    (label(), pairs, any::<[bool; 2]>()).prop_map(|(name, pairs, [is_wide, ends])| {
        let mut info: Vec<u8> =
            pairs.iter().filter(|(id, _)| *id > 0).flat_map(|(id, text)| pair(*id, &wide(text))).collect();
        info.extend(if ends { pair(0, &[]) } else { Vec::new() });
        let target = if is_wide { wide(&name) } else { name.clone().into_bytes() };
        let message = challenge(if is_wide { FLAGS } else { FLAGS & !1 }, &target, &info);
        (message, pairs.into_iter().filter(|(id, _)| *id != 7).map(|(_, text)| text).chain([name]).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn challenges_with_any_names((message, names) in message(), form in 0..4_u8, cut in proptest::option::weighted(0.2, 0..300_usize)) {
        let token = match form {
            0 => response(1, NTLM, &message),
            1 => offer(&[NTLM], &message),
            _ => message,
        };
        let mut heard = with_token(6, &token);
        heard.truncate(cut.unwrap_or(usize::MAX));
        let secrets: Vec<&str> = names.iter().flat_map(|name| name.split('-')).filter(|part| part.len() > 4).collect();
        check_hides("any", &challenged("ts01", Goal::Challenge, &heard), &secrets);
    }

    #[test]
    fn messages_with_bytes_changed((message, _) in message(), changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5), wrapped: bool) {
        let mut heard = with_token(6, &if wrapped { response(1, NTLM, &message) } else { message });
        for (at, byte) in changes {
            *at.get_mut(&mut heard) = byte;
        }
        check("changed", &challenged("ts01", Goal::Challenge, &heard));
        check("changed", &challenged("ts01", Goal::Verify, &heard));
    }
}
