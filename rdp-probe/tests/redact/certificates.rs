//! Certificates with everything in them that can name somebody.

use std::net::IpAddr;

use rcgen::string::{Ia5String, UniversalString};
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, OtherNameValue, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SanType, SerialNumber,
};
use rdp_probe::transcript::Happening;
use rdp_probe::{
    Certificate, ChainPath, Change, Handshake, HandshakeEnd, Known, Plan, Reason, Session, Transcript, Trust,
};
use rdp_probe_lab::{LabCertificate, LabKey};

use super::check::{check, check_hides};
use super::support::{CONFIRM, NOW, ms};

/// A connection to `host` that shows these certificates.
pub(crate) fn showing(host: &str, chain: &[Vec<u8>]) -> Transcript {
    let mut handshake = Handshake::ended(HandshakeEnd::Complete);
    handshake.session = Some(Session { version: 0x0304, suite: 0x1302 });
    handshake.chain = chain.iter().map(|der| der.clone().into()).collect();
    handshake.path = Some(ChainPath::Trusted);
    let mut transcript = Transcript::new(Plan::new(host.parse().unwrap()));
    transcript.clock = Some(NOW);
    transcript
        .with(ms(0), Happening::Sent(vec![0; 19].into()))
        .with(ms(1), Happening::Received(CONFIRM.to_vec().into()))
        .with(ms(2), Happening::Tls(Box::new(handshake)))
}

fn ia5(text: &str) -> Ia5String {
    text.try_into().unwrap()
}

pub(crate) fn named(common_name: impl Into<DnValue>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params
}

/// A certificate that names its host, its issuer and its company wherever there is room for it.
pub(crate) fn talkative() -> CertificateParams {
    let mut params = named("Quux Wörld Dienste");
    params.distinguished_name.push(DnType::OrganizationName, "Quux Fabrik GmbH & Co. KG");
    for (kind, value) in other_attributes() {
        params.distinguished_name.push(kind, value);
    }
    params.subject_alt_names = vec![
        SanType::DnsName(ia5("ts01.quux.example")),
        SanType::DnsName(ia5("*.Gw.quux.example")),
        SanType::Rfc822Name(ia5("admyn@quux.example")),
        SanType::URI(ia5("https://quux.example/%7Eadmyn?id=77341")),
        SanType::IpAddress("10.77.66.55".parse().unwrap()),
        SanType::IpAddress("fd12:3456::77:66".parse().unwrap()),
        SanType::OtherName((
            vec![1, 3, 6, 1, 4, 1, 311, 20, 2, 3],
            OtherNameValue::Utf8String("u@quux.example".into()),
        )),
    ];
    params.serial_number = Some(SerialNumber::from_slice(&[0x5A, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(3));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::Other(vec![1, 3, 6, 1, 4, 1, 54321, 8]),
        ExtendedKeyUsagePurpose::Other(vec![1, 3, 6, 1, 4, 1, 311, 54, 1, 2]),
    ];
    params.crl_distribution_points =
        vec![CrlDistributionPoint { uris: vec!["http://crl.quux.example/quux.crl".into()] }];
    params.custom_extensions = own_extensions();
    params
}

/// Attributes of a subject in every kind of string, one of them of a company's own type.
fn other_attributes() -> [(DnType, DnValue); 4] {
    let universal: Vec<u8> = "Quux ₥".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    let universal = UniversalString::from_utf32be(universal).unwrap();
    [
        (DnType::CountryName, DnValue::PrintableString("QX".try_into().unwrap())),
        (DnType::LocalityName, DnValue::TeletexString("Quuxhausen".try_into().unwrap())),
        (DnType::OrganizationalUnitName, DnValue::BmpString("Quux Zürich".try_into().unwrap())),
        (DnType::CustomDnType(vec![1, 3, 6, 1, 4, 1, 54321, 7]), DnValue::UniversalString(universal)),
    ]
}

/// A note in an extension of one's own, a template's name (Microsoft), and an issuer's address (RFC 5280 section 4.2.2.1).
fn own_extensions() -> Vec<CustomExtension> {
    let mut own = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 54321, 9], b"\x0C\x09Quux note".to_vec());
    own.set_criticality(true);
    let template = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 311, 20, 2], b"\x1E\x08\0Q\0u\0u\0x".to_vec());
    let issuer = b"\x30\x1C\x30\x1A\x06\x08\x2B\x06\x01\x05\x05\x07\x30\x02\x86\x0Ehttp://quux.ex".to_vec();
    vec![own, template, CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], issuer)]
}

/// What must be left nowhere: names, and numbers as bytes.
const SECRETS: [&str; 9] =
    ["quux", "fabrik", "rich", "rld", "admyn", "77341", "10.77.66", "fd12:3456", "2b06010401a831"];

fn issued(params: &CertificateParams) -> Vec<u8> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let issuer = talkative_issuer();
    let issuer = Issuer::from_params(&issuer, KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap());
    params.signed_by(&key, &issuer).unwrap().der().to_vec()
}

fn talkative_issuer() -> CertificateParams {
    named("Quux Issuing CA 07")
}

pub(crate) fn self_signed(params: &CertificateParams, key: &KeyPair) -> Vec<u8> {
    params.self_signed(key).unwrap().der().to_vec()
}

#[test]
fn no_name_is_left_in_a_talkative_certificate() {
    let leaf = issued(&talkative());
    for host in ["ts01.quux.example", "x.gw.QUUX.example", "other.quux.example", "10.77.66.55", "fd12:3456::77:66"] {
        let transcript = showing(host, &[leaf.clone(), issued(&talkative_issuer())]);
        let redacted = check_hides(host, &transcript, &SECRETS);
        let read = redacted.replay().certificate().unwrap();
        assert_eq!(read.names.len(), 4);
        assert_eq!(read.names[1].find("*."), Some(0));
        assert!(read.subject.contains("CN=Aaa"), "{}", read.subject);
        // Numbers of a company's own are no more to be found than its name.
        assert!(!read.subject.contains("54321"), "{}", read.subject);
    }
}

#[test]
fn nothing_is_left_that_a_certificate_can_be_looked_up_by() {
    for algorithm in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let der = self_signed(&talkative(), &key);
        let redacted =
            showing_one(&check_hides("key", &showing("ts01.quux.example", std::slice::from_ref(&der)), &SECRETS));
        assert_eq!(redacted.len(), der.len());
        assert_ne!(Certificate::parse(&redacted).unwrap().sha256, Certificate::parse(&der).unwrap().sha256);
        // Neither the key nor its identifiers nor the signature: of no eight bytes that look like chance is any left.
        let chance = |window: &&[u8]| window.iter().collect::<std::collections::BTreeSet<_>>().len() >= 7;
        let public = key.public_key_raw().windows(8).filter(chance);
        let signature = der[der.len() - 48..].windows(8).filter(chance);
        let identifier = talkative().key_identifier(&key);
        for secret in public.chain(signature).chain(identifier.windows(8).filter(chance)) {
            assert!(!super::check::holds(&redacted, secret), "{algorithm:?}: {secret:02x?}");
        }
    }
}

/// The certificate of a transcript with one.
fn showing_one(transcript: &Transcript) -> Vec<u8> {
    transcript.replay().handshake.unwrap().chain[0].to_vec()
}

#[test]
fn rsa_keys_keep_their_size() {
    for key in LabKey::all() {
        let now = time(NOW);
        let certificate = LabCertificate::healthy(now).with_key(*key).with_common_name("ts01.quux.example");
        let der = certificate.with_dns_names(["ts01.quux.example"]).unwrap().der().to_vec();
        check_hides("rsa", &showing("ts01.quux.example", &[der]), &["quux"]);
    }
}

fn time(seconds: i64) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp(seconds).unwrap()
}

#[test]
fn subject_and_issuer_that_differ_in_case_alone_still_do() {
    let key = KeyPair::generate().unwrap();
    for (subject, issuer) in [("Quux CA", "QUUX CA"), ("Quux CA", "Quux CA"), ("Quux CÄ", "Quux Cä"), ("7 1", "7 2")]
    {
        let parent = named(issuer);
        let parent = Issuer::from_params(&parent, &key);
        let der = named(subject).signed_by(&key, &parent).unwrap().der().to_vec();
        let redacted = check_hides(subject, &showing("ts01", &[der]), &["quux"]);
        assert_eq!(redacted.replay().certificate().unwrap().self_signed, subject == issuer);
    }
}

/// A host, and what the one name of a certificate is that has no alternative names.
#[test]
fn names_match_after_as_they_did_before() {
    let key = KeyPair::generate().unwrap();
    let rows = [
        ("ts01.quux.example", "TS01.quux.example", true),
        ("ts01.quux.example", "ts01.quux.example.", false),
        ("ts01.quux.example.", "ts01.quux.example", true),
        ("ts01.quux.example", "*.quux.example", true),
        ("a.ts01.quux.example", "*.quux.example", false),
        ("quux.example", "*.quux.example", false),
        ("quux", "quux2", false),
        ("10.0.0.5", "10.0.0.5", true),
        ("10.0.0.5", "10.0.0.6", false),
        ("10.0.0.5.", "10.0.0.5", true),
        ("1.2.3.4", "1.2.3.4", true),
        ("192.168.1.1", "192.168.1.1", true),
        ("192.168.100.100", "192.168.100.100", true),
        ("192.168.100.100", "192.168.100.101", false),
        ("fd00:1111::5", "fd00:1111::5", true),
        ("fd00:1111::5", "FD00:1111:0:0::0005", true),
        ("fd00:1111::5", "fd00:1111:0000:0000:0000:0000:0000:0005", true),
        ("fd00:1111::5", "fd00:1111::6", false),
        ("fd00::5", "fd00::5", true),
        ("fd00::5", "FD00:0::05", true),
        ("a::b", "a::b", true),
        ("a::b", "a::c", false),
        ("::", "::", true),
        ("::1", "0:0:0:0:0:0:0:1", true),
        ("fe80::1111%eth0", "fe80::1111", false),
        ("10.1", "10.1", true),
        ("127.0.0.1", "127.0.0.1", true),
    ];
    for (host, name, matches) in rows {
        let der = self_signed(&named(name), &key);
        let mut transcript = showing(host, &[der]);
        for trust in [Trust::Observe, Trust::Strict] {
            transcript.plan.trust = trust;
            let redacted = check_hides(host, &transcript, &["quux", "fd00", "fe80", "168.1", "a::"]).replay();
            let reason = if matches { Reason::CommonNameMatches } else { Reason::OtherName };
            assert_eq!(redacted.verdict().unwrap().name.reason, reason, "{host} {name}: {redacted:?}");
        }
    }
}

#[test]
fn an_address_in_an_alternative_name_matches_where_it_is_held_as_one() {
    let key = KeyPair::generate().unwrap();
    for host in ["10.0.0.5", "192.168.100.100", "fd00:1111::5"] {
        let address: IpAddr = host.parse().unwrap();
        for (name, reason) in
            [(SanType::IpAddress(address), Reason::NameMatches), (SanType::DnsName(ia5(host)), Reason::OtherName)]
        {
            let mut params = named("Quux");
            params.subject_alt_names = vec![SanType::DnsName(ia5("quux.example")), name];
            let redacted = check_hides(host, &showing(host, &[self_signed(&params, &key)]), &["quux", host]).replay();
            assert_eq!(redacted.verdict().unwrap().name.reason, reason, "{host}");
        }
    }
}

/// As many as a certificate has room for, each with a stand-in of its own and of its length, and each looked for once: to begin
/// anew for every one took minutes.
#[test]
fn many_addresses_that_are_spelled_out() {
    let spelled = (0..40_000_u32).map(|number| std::net::Ipv4Addr::from(0x0A0A_0000 + number).to_string());
    let spelled: Vec<_> = spelled.chain((0..20_000).map(|number| format!("fd00:1111::{number:x}"))).collect();
    let mut params = named("Quux");
    params.subject_alt_names = spelled.iter().map(|text| SanType::DnsName(ia5(text))).collect();
    let der = self_signed(&params, &KeyPair::generate().unwrap());
    let redacted = showing("quux", &[der]).redacted().replay().certificate().unwrap();
    let lengths = |all: &[String]| all.iter().map(String::len).collect::<Vec<_>>();
    assert_eq!(lengths(&redacted.names), lengths(&spelled));
    let apart: std::collections::BTreeSet<_> = redacted.names.iter().collect();
    assert_eq!(apart.len(), spelled.len());
    assert!(redacted.names.iter().all(|name| !name.starts_with("10.10.") && !name.starts_with("fd00:")));
}

#[test]
fn text_that_is_none_stays_none() {
    let key = KeyPair::generate().unwrap();
    // A common name that is no UTF-8 is passed over for the next one; one that is cut in a character of two bytes too.
    for (at, byte) in [(0, 0xFF), (3, 0xC3), (2, 0x80)] {
        let mut der = self_signed(&named("Quux"), &key);
        let places = der.windows(4).enumerate().filter(|(_, window)| *window == b"Quux").map(|(place, _)| place);
        for place in places.collect::<Vec<_>>() {
            der[place + at] = byte;
        }
        assert_eq!(Certificate::parse(&der).unwrap().common_name, None);
        check_hides("text", &showing("quux", &[der]), &["quux"]);
    }
}

#[test]
fn what_cannot_be_read_becomes_zeros() {
    let der = self_signed(&talkative(), &KeyPair::generate().unwrap());
    for bytes in [&b"quux"[..], b"", &der[..der.len() - 1], &der[..9], &der[1..]] {
        let redacted = check_hides("garbage", &showing("quux", &[bytes.to_vec(), der.clone()]), &SECRETS);
        assert_eq!(showing_one(&redacted), vec![0; bytes.len()]);
    }
}

/// What a certificate is against the one that is known stays what it was, for every kind of key, and neither can be looked
/// up by what is left.
#[test]
fn what_a_certificate_is_against_another_stays() {
    let now = time(NOW);
    let day = |days| now + time::Duration::days(days);
    let mut certificates = Vec::new();
    for key in LabKey::all() {
        for (from, to) in [(0, 90), (45, 200), (91, 300)] {
            for name in ["ts01.quux.example", "ts02.quux.example"] {
                let certificate = LabCertificate::healthy(now).with_key(*key).with_validity(day(from), day(to));
                certificates.push(certificate.with_common_name(name).with_dns_names([name]).unwrap().der().to_vec());
            }
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for served in &certificates {
        for known in &certificates {
            let mut transcript = showing("ts01.quux.example", std::slice::from_ref(served));
            transcript.plan.trust = Trust::FirstUse;
            transcript.plan.known = Known::Certificate(known.clone().into());
            let evidence = check_hides("known", &transcript, &["quux"]).replay();
            seen.insert(evidence.change().unwrap());
            assert_eq!(evidence.change(), transcript.replay().change());
        }
    }
    assert_eq!(seen.len(), 7, "every change is seen: {seen:?}");
}

/// Certificates that differ in nothing but what is masked.
#[test]
fn certificates_of_one_key_stay_different() {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let with_serial = |number: u8| {
        let mut params = named("ts01.quux.example");
        params.serial_number = Some(SerialNumber::from(vec![0x40, number]));
        self_signed(&params, &key)
    };
    let mut transcript = showing("ts01.quux.example", &[with_serial(3)]);
    transcript.plan.known = Known::Certificate(with_serial(5).into());
    assert_eq!(check("serials", &transcript).replay().change(), Some(Change::SameKey));
    transcript.plan.known = Known::Certificate(with_serial(3).into());
    assert_eq!(check("serials", &transcript).replay().change(), Some(Change::Same));
    transcript.plan.known = Known::Certificate(b"quux".to_vec().into());
    check_hides("unreadable", &transcript, &["quux"]);
}

#[test]
fn bytes_behind_a_certificate_are_masked() {
    let mut der = self_signed(&talkative(), &KeyPair::generate().unwrap());
    der.extend(b"quux behind it");
    assert!(showing_one(&check("behind", &showing("quux", &[der]))).ends_with(&[0; 14]));
}
