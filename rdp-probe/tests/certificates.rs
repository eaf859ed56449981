//! What certificates say of themselves, of every kind of key; how they are judged; what one is against another.
//!
//! Those in `tests/certificates` were made with OpenSSL 3.0, such as `openssl req -x509 -newkey ed448 -nodes -days 36500`.

use proptest::prelude::*;
use rcgen::{
    CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PKCS_ED25519,
    SanType,
};
use rdp_probe::{Certificate, ChainPath, Change, Check, Judgement, Known, Reason, Thumbprint, Verdict, judge};
use rdp_probe_lab::{LabCertificate, LabKey};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use time::OffsetDateTime;

const NOW: i64 = 1_800_000_000;

fn read(name: &str) -> Certificate {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/");
    Certificate::parse(&CertificateDer::from_pem_file(format!("{folder}{name}.pem")).unwrap()).unwrap()
}

fn verdict(certificate: &Certificate) -> Verdict {
    judge(certificate, None, None, "keys.rdp-probe.test", Some(NOW))
}

/// A key in words, or what signed with one, and what is said of it.
type Said<T> = (T, Reason);

/// A certificate, its key with its bits, and what it is signed with.
type Kind = (&'static str, Said<(&'static str, u32)>, Said<&'static str>);

const KINDS: &[Kind] = &[
    ("p521", (("ECDSA", 521), Reason::Strong), ("ecdsa-with-SHA256", Reason::Strong)),
    ("p224", (("ECDSA", 224), Reason::Weak), ("ecdsa-with-SHA256", Reason::Strong)),
    ("secp256k1", (("ECDSA", 256), Reason::Strong), ("ecdsa-with-SHA256", Reason::Strong)),
    ("ed25519", (("Ed25519", 256), Reason::Strong), ("ed25519", Reason::Strong)),
    ("ed448", (("Ed448", 456), Reason::Strong), ("ed448", Reason::Strong)),
    ("rsa-pss-key", (("RSA-PSS", 2048), Reason::Strong), ("rsassaPss-sha256", Reason::Strong)),
    ("rsa-signed-with-pss", (("RSA", 2048), Reason::Strong), ("rsassaPss-sha384", Reason::Strong)),
    ("rsa-signed-with-pss-sha1", (("RSA", 2048), Reason::Strong), ("rsassaPss-sha1", Reason::Weak)),
    ("rsa-sha1", (("RSA", 2048), Reason::Strong), ("sha1WithRSAEncryption", Reason::Weak)),
    ("dsa", (("DSA", 2048), Reason::Weak), ("dsa-with-sha256", Reason::Strong)),
];

#[test]
fn every_kind_of_key_and_signature_is_read_and_judged() {
    for (name, ((key, bits), strength), (signed, trusted)) in KINDS {
        let certificate = read(name);
        assert_eq!((certificate.key.algorithm.as_str(), certificate.key.bits), (*key, Some(*bits)), "{name}");
        assert_eq!(certificate.signature_algorithm, *signed, "{name}");
        let verdict = verdict(&certificate);
        let ok = |reason: Reason| Judgement { ok: Some(reason == Reason::Strong), reason };
        assert_eq!((verdict.key, verdict.signature), (ok(*strength), ok(*trusted)), "{name}");
    }
}

#[test]
fn a_hash_that_nobody_knows_is_not_called_strong() {
    let mut certificate = read("rsa-signed-with-pss");
    certificate.signature_algorithm = "rsassaPss-2.16.840.1.101.3.4.2.99".to_owned();
    assert_eq!(verdict(&certificate).signature, Judgement { ok: None, reason: Reason::UnknownAlgorithm });
    certificate.signature_algorithm = "md2WithRSAEncryption".to_owned();
    assert_eq!(verdict(&certificate).signature.reason, Reason::Weak);
}

fn made(key: &KeyPair, usages: &[KeyUsagePurpose], purposes: &[ExtendedKeyUsagePurpose]) -> Certificate {
    let mut params = CertificateParams::new(vec!["ts01.example".to_owned()]).unwrap();
    params.key_usages = usages.to_vec();
    params.extended_key_usages = purposes.to_vec();
    Certificate::parse(params.self_signed(key).unwrap().der()).unwrap()
}

#[test]
fn purposes_and_key_usages_are_told_apart() {
    use ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
    use KeyUsagePurpose::{DataEncipherment, DigitalSignature, KeyAgreement, KeyEncipherment};
    let key = KeyPair::generate().unwrap();
    let rows: [(&[KeyUsagePurpose], &[ExtendedKeyUsagePurpose], Reason); 7] = [
        (&[], &[], Reason::ServerAuth),
        (&[DigitalSignature], &[ServerAuth, ClientAuth], Reason::ServerAuth),
        (&[DigitalSignature], &[ClientAuth], Reason::OtherPurpose),
        (&[KeyAgreement], &[ServerAuth], Reason::OtherKeyUsage),
        (&[KeyEncipherment], &[ServerAuth], Reason::OtherKeyUsage),
        (&[DataEncipherment], &[], Reason::OtherKeyUsage),
        // Both: the purpose is what whoever issued it has to change first.
        (&[KeyAgreement], &[ClientAuth], Reason::OtherPurpose),
    ];
    for (usages, purposes, reason) in rows {
        let judged = verdict(&made(&key, usages, purposes)).purpose;
        assert_eq!(judged, Judgement { ok: Some(reason == Reason::ServerAuth), reason }, "{usages:?} {purposes:?}");
    }
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

#[test]
fn only_an_rsa_key_may_decipher_in_place_of_signing() {
    // As Windows makes its own: key encipherment and data encipherment, with RSA.
    let windows = rsa_with_key_usage(0x30);
    assert_eq!((windows.key_serves, verdict(&windows).purpose.reason), (Some(true), Reason::ServerAuth));
    assert_eq!(rsa_with_key_usage(0x80).key_serves, Some(true), "digital signature");
    assert_eq!(rsa_with_key_usage(0x08).key_serves, Some(false), "key agreement alone");
    let deciphers = made(&KeyPair::generate().unwrap(), &[KeyUsagePurpose::KeyEncipherment], &[]);
    assert_eq!(deciphers.key_serves, Some(false));
}

/// An RSA certificate with these bits of a key usage in place of its basic constraints, which are as long.
fn rsa_with_key_usage(bits: u8) -> Certificate {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/");
    let der = CertificateDer::from_pem_file(format!("{folder}rsa-sha1.pem")).unwrap();
    let constraints = [0x55, 0x1D, 0x13, 1, 1, 0xFF, 4, 5, 0x30, 3, 1, 1, 0xFF];
    // Nine bits, of which the last is not set.
    let usage = [0x55, 0x1D, 0x0F, 1, 1, 0xFF, 4, 5, 3, 3, 7, bits, 0];
    Certificate::parse(&replaced(&der, &constraints, &usage)).unwrap()
}

#[test]
fn the_names_that_would_match_are_those_that_are_looked_at() {
    let key = KeyPair::generate().unwrap();
    let named = made(&key, &[], &[]);
    assert_eq!(named.hosts(), ["ts01.example"]);
    let common = read("ed448");
    assert_eq!(common.hosts(), ["keys.rdp-probe.test"]);
    assert_eq!(verdict(&common).name.reason, Reason::CommonNameMatches);
    let mut params = CertificateParams::default();
    params.distinguished_name.remove(DnType::CommonName);
    let nameless = Certificate::parse(params.self_signed(&key).unwrap().der()).unwrap();
    assert_eq!((nameless.hosts().len(), verdict(&nameless).name.reason), (0, Reason::NoName));
}

/// Names in an extension that cannot be read may be any: neither does the common name count, nor are they others.
#[test]
fn alternative_names_that_cannot_be_read_are_not_none() {
    const ALTERNATIVE: [u64; 4] = [2, 5, 29, 17];
    let key = KeyPair::generate().unwrap();
    let with = |contents: &[&[u8]]| {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "keys.rdp-probe.test");
        let extensions =
            contents.iter().map(|content| CustomExtension::from_oid_content(&ALTERNATIVE, content.to_vec()));
        params.custom_extensions = extensions.collect();
        Certificate::parse(params.self_signed(&key).unwrap().der()).unwrap()
    };
    let other = b"\x30\x09\x82\x07ts.test".as_slice();
    let unknown = Judgement { ok: None, reason: Reason::Unreadable };
    for (name, contents) in [
        ("no sequence", vec![b"\x04\x01?".as_slice()]),
        ("cut short", vec![b"\x30\x7f\x82\x07ts.test".as_slice()]),
        ("an address of three bytes", vec![b"\x30\x05\x87\x03\x0a\0\x01".as_slice()]),
        (
            "another name, and a mask behind an address",
            vec![b"\x30\x13\x82\x07ts.test\x87\x08\x0a\0\0\x01\xff\0\0\0".as_slice()],
        ),
        ("two of them", vec![other, other]),
    ] {
        let certificate = with(&contents);
        assert!(!certificate.names_readable, "{name}");
        assert!(!certificate.hosts().contains(&"keys.rdp-probe.test".to_owned()), "{name}");
        assert_eq!(verdict(&certificate).name, unknown, "{name}");
        let strict =
            judge(&certificate, Some(ChainPath::Trusted), None, "keys.rdp-probe.test", Some(certificate.not_before));
        assert_eq!(strict.first_failure(), Some(Check::Name), "{name}");
    }
    assert_eq!(verdict(&with(&[other])).name.reason, Reason::OtherName);
    assert_eq!(verdict(&with(&[])).name.reason, Reason::CommonNameMatches);
    // What was read is what it is for, whatever stands beside it.
    let beside = with(&[b"\x30\x13\x82\x07ts.test\x87\x08\x0a\0\0\x01\xff\0\0\0"]);
    assert_eq!(judge(&beside, None, None, "ts.test", None).name.reason, Reason::NameMatches);
}

#[test]
fn an_address_is_named_as_an_address() {
    let key = KeyPair::generate().unwrap();
    let judged = |names: Vec<SanType>, host: &str| {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "192.0.2.7");
        params.subject_alt_names = names;
        let certificate = Certificate::parse(params.self_signed(&key).unwrap().der()).unwrap();
        judge(&certificate, None, None, host, None).name.reason
    };
    let spelt = |text: &str| SanType::DnsName(text.try_into().unwrap());
    assert_eq!(judged(vec![spelt("192.0.2.7")], "192.0.2.7"), Reason::OtherName);
    assert_eq!(
        judged(vec![spelt("192.0.2.7"), SanType::IpAddress([192, 0, 2, 7].into())], "192.0.2.7"),
        Reason::NameMatches
    );
    assert_eq!(
        judged(vec![SanType::IpAddress([0x2001, 0xdb8, 0, 0, 0, 0, 0, 7].into())], "2001:DB8:0::7"),
        Reason::NameMatches
    );
    assert_eq!(judged(Vec::new(), "192.0.2.7"), Reason::CommonNameMatches);
}

#[test]
fn who_signed_it_is_believed_until_somebody_knows_better() {
    let certificate = read("ed25519");
    let chain = |path, own| judge(&certificate, path, own, "ts01", None).chain;
    let no = |reason| Judgement { ok: Some(false), reason };
    for own in [None, Some(true)] {
        assert_eq!(chain(None, own), no(Reason::SelfSigned));
        assert_eq!(chain(Some(ChainPath::UnknownIssuer), own), no(Reason::SelfSigned));
    }
    assert_eq!(chain(Some(ChainPath::UnknownIssuer), Some(false)), no(Reason::UnknownIssuer));
    assert_eq!(chain(None, Some(false)), Judgement { ok: None, reason: Reason::NoRoots });
    for own in [None, Some(true), Some(false)] {
        let trusted = Judgement { ok: Some(true), reason: Reason::Trusted };
        assert_eq!(chain(Some(ChainPath::Trusted), own), trusted, "a given root is trusted, whoever signed it");
    }
}

fn at(days: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW + days * 86_400).unwrap()
}

fn lab(key: LabKey, from: i64, to: i64) -> LabCertificate {
    LabCertificate::healthy(at(0)).with_key(key).with_validity(at(from), at(to))
}

fn parsed(certificate: &LabCertificate) -> Certificate {
    Certificate::parse(&certificate.der()).unwrap()
}

#[test]
fn each_change_is_called_by_its_name() {
    let (old, key, other) = (lab(LabKey::Rsa2048, 0, 180), LabKey::Rsa2048, LabKey::EcdsaP256);
    let renamed =
        |certificate: LabCertificate| certificate.with_dns_names(["lab.rdp-probe.test", "ts02.test"]).unwrap();
    let shouted = lab(key, 1, 180).with_dns_names(["LOCALHOST", "Lab.rdp-probe.test"]).unwrap();
    let rows = [
        (old.clone(), Change::Same),
        (lab(key, 90, 270), Change::SameKey),
        (lab(other, 90, 270), Change::NewKey),
        // The last second belongs to the old one.
        (lab(key, 180, 360), Change::SameKey),
        (lab(other, 181, 360), Change::Renewed { same_key: false }),
        (lab(key, 181, 360), Change::Renewed { same_key: true }),
        // Whom it is for goes before when it begins, and that before the key.
        (renamed(lab(key, 90, 270)), Change::OtherName { same_key: true }),
        (renamed(lab(other, 181, 360)), Change::OtherName { same_key: false }),
        (lab(key, 90, 270).with_common_name("ts02.test"), Change::OtherName { same_key: true }),
        (lab(key, 90, 270).with_ip_addresses([]), Change::OtherName { same_key: true }),
        // Neither case nor order makes another name.
        (shouted, Change::SameKey),
    ];
    for (now, change) in rows {
        assert_eq!(parsed(&now).compare(&parsed(&old)), change, "{now:?}");
    }
}

/// A certificate of one of few keys, hosts and years, so that any two have much in common.
fn certificate() -> impl Strategy<Value = LabCertificate> {
    let name = proptest::sample::select(vec!["ts01.test", "TS01.test", "ts02.test"]);
    let key = proptest::sample::select(LabKey::all().to_vec());
    (name, key, 0_i64..4, 1_i64..3, any::<bool>()).prop_map(|(name, key, from, years, addresses)| {
        let certificate = lab(key, from * 365, (from + years) * 365).with_common_name("lab").with_dns_names([name]);
        let certificate = certificate.unwrap();
        if addresses { certificate } else { certificate.with_ip_addresses([]) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_compared_holds_together(now in certificate(), before in certificate()) {
        let (now_read, before_read) = (parsed(&now), parsed(&before));
        let (change, back) = (now_read.compare(&before_read), before_read.compare(&now_read));
        prop_assert_eq!(now_read.compare(&now_read), Change::Same);
        prop_assert_eq!(change.keeps_key(), now.key() == before.key());
        prop_assert_eq!(change.keeps_key(), back.keeps_key());
        prop_assert_eq!(change == Change::Same, back == Change::Same);
        prop_assert_eq!(matches!(change, Change::OtherName { .. }), matches!(back, Change::OtherName { .. }));
        // Two cannot both have come after the other was over.
        let both_renewed = matches!((change, back), (Change::Renewed { .. }, Change::Renewed { .. }));
        prop_assert!(!both_renewed);
        // The judgement says the same, and pins on the key fit as long as it is kept.
        let known = Known::Certificate(before.der().to_vec().into());
        let judged = verdict(&now_read).with_known(&known, &now_read).known;
        prop_assert_eq!(judged.ok, Some(change.keeps_key()));
        prop_assert_eq!(Thumbprint::Key(before_read.key_sha256).matches(&now_read), change.keeps_key());
    }
}

#[test]
fn of_each_kind_of_thumbprint_one_has_to_fit() {
    let certificate = read("ed25519");
    let (key, other) = (Thumbprint::Key(certificate.key_sha256), Thumbprint::Key([0; 32]));
    let sha1 = Thumbprint::Sha1(certificate.sha1);
    let judged = |expected: &[Thumbprint]| verdict(&certificate).with_expected(expected, &certificate).thumbprint.ok;
    assert_eq!([judged(&[key]), judged(&[other, key]), judged(&[sha1, key])], [Some(true); 3]);
    assert_eq!([judged(&[other]), judged(&[sha1, other])], [Some(false); 2]);
    assert_eq!(judged(&[]), None);
}

#[test]
fn what_is_known_is_judged_by_the_key() {
    let now = read("ed25519");
    let judged = |known: &Known| verdict(&now).with_known(known, &now);
    let unknown = |reason| Judgement { ok: None, reason };
    assert_eq!(judged(&Known::Unasked).known, unknown(Reason::NoneKnown));
    assert_eq!(judged(&Known::Nothing).known, unknown(Reason::FirstSeen));
    assert_eq!(judged(&Known::Unavailable).known, unknown(Reason::Unavailable));
    assert_eq!(judged(&Known::Certificate(vec![0x30].into())).known, unknown(Reason::Unreadable));
    let holds = [Known::Nothing, Known::Unasked, Known::Unavailable, Known::Certificate(vec![1].into())];
    assert_eq!(holds.map(|known| judged(&known).holds_on_first_use()), [true, false, false, false]);
    let other = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![SanType::IpAddress([192, 0, 2, 1].into())];
    let known = Known::Certificate(params.self_signed(&other).unwrap().der().to_vec().into());
    let changed = judged(&known);
    assert_eq!(changed.known, Judgement { ok: Some(false), reason: Reason::OtherName });
    assert!(!changed.holds_on_first_use());
}
