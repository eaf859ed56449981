//! Thumbprints, as people copy them from everywhere.

use proptest::prelude::*;
use rdp_probe::{Certificate, ParseThumbprintError, Thumbprint, ThumbprintFlaw};
use sha1::Digest as _;

/// A certificate of a server, in hex, as a transcript holds it.
fn certificate() -> Vec<u8> {
    let text = include_str!("transcripts/certificate-expired.probe");
    let transcript: rdp_probe::Transcript = text.parse().unwrap();
    transcript.replay().hello().unwrap().chain[0].to_vec()
}

fn flaw(text: &str) -> (ThumbprintFlaw, String) {
    let error: ParseThumbprintError = text.parse::<Thumbprint>().unwrap_err();
    (error.kind(), error.to_string())
}

/// The SHA-1 and SHA-256 of "abc" (FIPS 180-2, appendices A.1 and B.1).
const SHA1: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";
const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[test]
fn every_way_of_writing_is_read() {
    let expected: Thumbprint = SHA1.parse().unwrap();
    assert!(matches!(expected, Thumbprint::Sha1([0xA9, 0x99, .., 0x9D])));
    let pairs: Vec<&str> = (0..20).map(|at| &SHA1[at * 2..at * 2 + 2]).collect();
    let upper = SHA1.to_uppercase();
    let ways = [
        upper.clone(),
        pairs.join(" "),
        pairs.join(":"),
        pairs.join("-").to_uppercase(),
        format!("\u{200e}{}", pairs.join(" ")),
        format!(" {upper}\r\n"),
        format!("\u{feff}{}\u{a0}\n{}", &upper[..20], &upper[20..]),
    ];
    for way in ways {
        assert_eq!(way.parse(), Ok(expected), "{way:?}");
    }
    assert!(matches!(SHA256.parse(), Ok(Thumbprint::Sha256([0xBA, 0x78, .., 0xAD]))));
}

#[test]
fn what_is_none_is_refused_with_a_hint() {
    let missing = flaw(&SHA1[1..]);
    assert_eq!(missing.0, ThumbprintFlaw::Length(39));
    assert!(
        missing.1.ends_with("it has 39 digits; SHA-1 has 40, SHA-256 has 64. One digit is missing"),
        "{}",
        missing.1
    );
    assert!(flaw(&format!("{SHA256}0")).1.ends_with("There is one digit too many"));
    assert!(flaw(&SHA1[..32]).1.contains("MD5"));
    assert!(flaw(&format!("{SHA256}{SHA256}")).1.contains("SHA-512"));
    assert!(flaw("7").1.contains("1 digit;"));
    assert!(flaw(&format!("key:{SHA1}")).1.ends_with("it has 40 digits; that of a key has 64"));
    assert_eq!(flaw(&format!("key: {SHA256}key:")).0, ThumbprintFlaw::Character);
    assert_eq!(flaw(" \u{200e}").1, "invalid thumbprint \" \\u{200e}\": there are no digits");
    let error = format!("sha1 {SHA1}").parse::<Thumbprint>().unwrap_err();
    assert_eq!((error.kind(), error.span()), (ThumbprintFlaw::Character, 0..1));
    let error = "a9ü".parse::<Thumbprint>().unwrap_err();
    assert_eq!(&error.input()[error.span()], "ü");
}

#[test]
fn a_certificate_is_known_by_either() {
    let der = certificate();
    let read = Certificate::parse(&der).unwrap();
    let (sha1, sha256) = (sha1::Sha1::digest(&der).into(), sha2::Sha256::digest(&der).into());
    assert!(Thumbprint::Sha1(sha1).matches(&read));
    assert!(Thumbprint::Sha256(sha256).matches(&read));
    assert!(Thumbprint::Key(read.key_sha256).matches(&read) && !Thumbprint::Key(sha256).matches(&read));
    assert!(!Thumbprint::Sha256(read.key_sha256).matches(&read));
    assert!(!SHA1.parse::<Thumbprint>().unwrap().matches(&read));
    assert!(!SHA256.parse::<Thumbprint>().unwrap().matches(&read));
    let mut other = sha1;
    other[19] ^= 1;
    assert!(!Thumbprint::Sha1(other).matches(&read));
}

proptest! {
    #[test]
    fn a_thumbprint_is_what_it_prints(sha1: [u8; 20], sha256: [u8; 32]) {
        for thumbprint in [Thumbprint::Sha1(sha1), Thumbprint::Sha256(sha256), Thumbprint::Key(sha256)] {
            let printed = thumbprint.to_string();
            let digits = printed.strip_prefix("key:").unwrap_or(&printed);
            prop_assert_eq!(digits == printed, !matches!(thumbprint, Thumbprint::Key(_)));
            prop_assert!(digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
            prop_assert_eq!(printed.parse(), Ok(thumbprint));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,70}|(key:)?[0-9a-fA-F: ]{0,130}") {
        if let Err(error) = text.parse::<Thumbprint>() {
            prop_assert!(text.get(error.span()).is_some(), "the span lies in the text");
        }
    }
}
