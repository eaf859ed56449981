//! The `ClientHello`, read again by another's reader.

use rdp_probe::{ClientHello, Rung, ServerName};
use tls_parser::{
    TlsClientHelloContents, TlsExtension, TlsMessage, TlsMessageHandshake, TlsVersion, parse_tls_extensions,
    parse_tls_message_handshake,
};

use super::{RANDOM, hello, named, nameless, saying};

/// The longest body of a record, and its header.
const RECORD: usize = 1 << 14;
const HEADER: usize = 5;

/// The handshake message in these records, each of which is as long as it may be but for the last.
fn message(wire: &[u8]) -> Vec<u8> {
    let (mut message, mut rest) = (Vec::new(), wire);
    while let Some((header, behind)) = rest.split_at_checked(HEADER) {
        let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
        assert!(length > 0 && length <= RECORD, "{length}");
        assert_eq!(header[..3], [22, 3, 1], "a handshake record of the version that everybody takes");
        let (body, behind) = behind.split_at(length);
        assert!(length == RECORD || behind.is_empty());
        message.extend_from_slice(body);
        rest = behind;
    }
    assert!(rest.is_empty());
    message
}

/// Hands the parts of a hello to a test: its contents and its extensions.
fn read<T>(wire: &[u8], test: impl FnOnce(&TlsClientHelloContents<'_>, &[TlsExtension<'_>]) -> T) -> T {
    let message = message(wire);
    let (behind, read) = parse_tls_message_handshake(&message).unwrap();
    assert!(behind.is_empty());
    let TlsMessage::Handshake(TlsMessageHandshake::ClientHello(contents)) = read else { panic!("{read:?}") };
    let (behind, extensions) = parse_tls_extensions(contents.ext.unwrap()).unwrap();
    assert!(behind.is_empty(), "every extension is whole");
    test(&contents, &extensions)
}

fn suites(rung: Rung) -> Vec<u16> {
    read(&hello(ClientHello::new(rung)), |contents, _| contents.ciphers.iter().map(|suite| suite.0).collect())
}

fn versions(rung: Rung) -> (u16, Option<Vec<u16>>) {
    read(&hello(ClientHello::new(rung)), |contents, extensions| {
        let listed = extensions.iter().find_map(|extension| match extension {
            TlsExtension::SupportedVersions(versions) => Some(versions.iter().map(|version| version.0).collect()),
            _ => None,
        });
        (contents.version.0, listed)
    })
}

#[test]
fn every_rung_offers_its_versions() {
    assert_eq!(versions(Rung::Wide), (0x0303, None), "all up to TLS 1.2");
    assert_eq!(versions(Rung::Tls12), (0x0303, Some(vec![0x0303])));
    assert_eq!(versions(Rung::Tls13), (0x0303, Some(vec![0x0304])));
    assert_eq!(versions(Rung::Nothing), (0x0303, None));
}

#[test]
fn every_rung_offers_its_suites() {
    let wide = suites(Rung::Wide);
    // ECDHE, DHE and static RSA, with GCM, CBC and SHA-2, CBC and SHA-1, 3DES and RC4; ECDSA and RSA; ChaCha20.
    for suite in [
        0xC02C, 0xC02F, 0x009F, 0xCCA8, 0xC028, 0xC027, 0x0067, 0xC014, 0xC00A, 0x0039, 0x009D, 0x003D, 0x0035, 0x000A,
        0x0005, 0x0004,
    ] {
        assert!(wide.contains(&suite), "{suite:#06x}");
    }
    let place = |suite| wide.iter().position(|other| *other == suite).unwrap();
    assert!(place(0xC02F) < place(0xC013) && place(0xC013) < place(0x002F) && place(0x002F) < place(0x000A));
    assert!([0xC007, 0xC011, 0x0005, 0x0004].into_iter().all(|rc4| place(rc4) > place(0x000A)), "RC4 is last");
    let modern = [0xC02C, 0xC02B, 0xCCA9, 0xC030, 0xC02F, 0xCCA8, 0x00FF];
    assert_eq!(suites(Rung::Tls12), modern);
    assert_eq!(suites(Rung::Tls13), [0x1302, 0x1301, 0x1303]);
    assert_eq!(suites(Rung::Nothing), [0x0A0A], "one that is no suite");
    let unique: std::collections::BTreeSet<_> = wide.iter().collect();
    assert_eq!(unique.len(), wide.len());
}

#[test]
fn every_rung_offers_groups_and_signatures_with_sha1_last() {
    for rung in Rung::ALL {
        read(&hello(ClientHello::new(rung)), |_, extensions| {
            let groups = extensions.iter().find_map(|extension| match extension {
                TlsExtension::EllipticCurves(groups) => Some(groups.iter().map(|group| group.0).collect::<Vec<_>>()),
                _ => None,
            });
            let groups = groups.unwrap();
            assert!([0x001D, 0x0017, 0x0018].into_iter().all(|group| groups.contains(&group)), "{rung}");
            // A server that sees a finite-field group may no longer choose its own prime (RFC 7919 section 4).
            assert_eq!(groups.iter().any(|group| group >> 8 == 1), rung == Rung::Tls13, "{rung}");
            let signatures = extensions.iter().find_map(|extension| match extension {
                TlsExtension::SignatureAlgorithms(signatures) => Some(signatures.clone()),
                _ => None,
            });
            let signatures = signatures.unwrap();
            assert!([0x0401, 0x0804, 0x0403].into_iter().all(|scheme| signatures.contains(&scheme)), "{rung}");
            assert_eq!(signatures.last(), Some(&0x0201), "RSA with SHA-1 is the last of {rung}");
        });
    }
}

#[test]
fn only_tls_1_3_has_an_empty_key_share() {
    for rung in Rung::ALL {
        read(&hello(ClientHello::new(rung)), |contents, extensions| {
            let shares: Vec<_> = extensions.iter().filter(|one| matches!(one, TlsExtension::KeyShare(_))).collect();
            assert_eq!(shares.len(), usize::from(rung == Rung::Tls13));
            assert!(shares.iter().all(|share| matches!(share, TlsExtension::KeyShare([0, 0]))), "{shares:?}");
            assert_eq!(contents.session_id.is_some(), rung == Rung::Tls13);
            assert_eq!((contents.random, contents.version), (RANDOM.as_slice(), TlsVersion(0x0303)));
        });
    }
}

/// The name that a hello asks for.
fn name_in(wire: &[u8]) -> Option<String> {
    read(wire, |_, extensions| {
        extensions.iter().find_map(|extension| match extension {
            TlsExtension::SNI(names) => Some(String::from_utf8(names[0].1.to_vec()).unwrap()),
            _ => None,
        })
    })
}

#[test]
fn it_asks_for_the_name_that_was_asked_for() {
    let asked = |target: &str, name: ServerName| {
        let mut plan = named(ClientHello::default(), name);
        plan.target = target.parse().unwrap();
        name_in(&saying(plan).1)
    };
    let given = |name: &str| ServerName::Given(name.into());
    assert_eq!(asked("ts01.example", ServerName::Target).as_deref(), Some("ts01.example"));
    assert_eq!(asked("ts01.example.", ServerName::Target).as_deref(), Some("ts01.example"), "no dot at the end");
    assert_eq!(asked("ts01.example", given("ts02.example")).as_deref(), Some("ts02.example"));
    assert_eq!(asked("192.0.2.7", given("ts02.example")).as_deref(), Some("ts02.example"));
    for nameless in [asked("192.0.2.7", ServerName::Target), asked("ts01.example", ServerName::None)] {
        assert_eq!(nameless, None);
    }
}

#[test]
fn it_is_one_segment() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    for rung in Rung::ALL {
        let (_, wire) = saying(named(ClientHello::new(rung), ServerName::Given(longest.clone().into())));
        assert_eq!(name_in(&wire).as_deref(), Some(&*longest));
        assert!(wire.len() < 1_400, "{rung}: {} bytes", wire.len());
    }
}

fn padding_in(wire: &[u8]) -> Option<usize> {
    read(wire, |_, extensions| {
        extensions.iter().find_map(|extension| match extension {
            TlsExtension::Padding(zeros) => {
                assert!(zeros.iter().all(|byte| *byte == 0));
                Some(zeros.len())
            }
            _ => None,
        })
    })
}

#[test]
fn padding_makes_it_as_long_as_asked() {
    for rung in Rung::ALL {
        let bare = nameless(ClientHello::new(rung)).len();
        for length in 0..2_000 {
            let wire = nameless(ClientHello::new(rung).padded_to(length));
            let length = usize::from(length);
            // An extension takes four bytes at least: where fewer are missing, that many are too many.
            let expected = if length <= bare { bare } else { length.max(bare + 4) };
            assert_eq!(wire.len(), expected, "{rung} padded to {length}");
            assert_eq!(padding_in(&wire), (length > bare).then(|| expected - bare - 4));
        }
    }
}

#[test]
fn long_padding_takes_more_records() {
    let lengths = [16_388, 16_389, 32_778, 49_167, 65_535].into_iter().flat_map(|edge| edge - 12..=edge);
    for length in lengths {
        let hello = ClientHello::default().padded_to(u16::try_from(length).unwrap());
        let wire = nameless(hello);
        let records = message(&wire).len().div_ceil(RECORD);
        assert_eq!(wire.len(), message(&wire).len() + records * HEADER);
        assert_eq!(wire.len(), length, "padded to {length}, in {records} records");
    }
    // Between the end of one record and the first byte in the next there are lengths that none has.
    for length in 16_390..16_395_u16 {
        assert_eq!(nameless(ClientHello::default().padded_to(length)).len(), 16_395);
    }
}
