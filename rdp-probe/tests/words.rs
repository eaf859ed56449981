//! What a report says of each transcript in words: `tests/words.txt` holds the sentences, and the tests here what no transcript shows.
//!
//! `UPDATE=1 cargo test -p rdp-probe --test words` rewrites the sentences; read the difference.

use std::fmt::Write as _;
use std::path::Path;

use rdp_probe::credssp::TsRequest;
use rdp_probe::diagnose::{Case, Fact, diagnose};
use rdp_probe::transcript::Happening;
use rdp_probe::{Evidence, Request, Session, Transcript};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");

fn transcript(name: &str) -> Transcript {
    std::fs::read_to_string(format!("{FOLDER}/transcripts/{name}.probe")).unwrap().parse().unwrap()
}

/// What is said for the first cause.
fn words(evidence: &Evidence) -> Vec<String> {
    let case = Case::of(evidence);
    diagnose(&case)[0].in_words(&case)
}

#[test]
fn every_transcript_is_told_in_these_words() {
    let files = std::fs::read_dir(format!("{FOLDER}/transcripts")).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().path().file_stem().unwrap().to_owned()).collect();
    names.sort();
    let mut told = String::new();
    for name in names {
        let name = name.to_str().unwrap();
        writeln!(told, "{name}").unwrap();
        for sentence in words(&transcript(name).replay()) {
            writeln!(told, "    {sentence}").unwrap();
        }
    }
    let path = Path::new(FOLDER).join("words.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, told).unwrap();
    } else {
        let expected = std::fs::read_to_string(path).unwrap();
        for (told, expected) in told.lines().zip(expected.lines()) {
            assert_eq!(told, expected);
        }
        assert_eq!(told.len(), expected.len());
    }
}

fn says(evidence: &Evidence, sentence: &str) -> bool {
    words(evidence).iter().any(|said| said == sentence)
}

/// A challenge of a server whose clock is this much ahead.
fn ahead(seconds: i64) -> Evidence {
    let mut transcript = transcript("no-fault-found.challenge");
    let skew = transcript.replay().clock_skew().unwrap();
    transcript.clock = transcript.clock.map(|clock| clock + skew - seconds);
    transcript.replay()
}

#[test]
fn clocks_are_told_apart_to_the_second() {
    for (seconds, apart, sentence) in [
        (0, false, "the server's clock is that of this machine, to the second"),
        (1, false, "the server's clock is 1 s ahead of this machine's"),
        (-1, false, "the server's clock is 1 s behind this machine's"),
        (300, false, "the server's clock is 300 s ahead of this machine's"),
        (-300, false, "the server's clock is 300 s behind this machine's"),
        (301, true, "the server's clock is 301 s ahead of this machine's"),
        (-301, true, "the server's clock is 301 s behind this machine's"),
    ] {
        let evidence = ahead(seconds);
        assert!(says(&evidence, sentence), "{:?}", words(&evidence));
        assert_eq!(Case::of(&evidence).facts().get(Fact::ClocksApart), Some(apart), "{sentence}");
    }
}

#[test]
fn a_version_of_credssp_is_old_below_the_fifth() {
    for (version, old) in [(1, None), (2, Some(true)), (4, Some(true)), (5, Some(false)), (6, Some(false))] {
        let mut transcript = transcript("no-fault-found.challenge");
        for event in &mut transcript.events {
            if let Happening::Received(bytes) = &mut event.what
                && let Ok(request) = TsRequest::parse(bytes)
            {
                *bytes = TsRequest { version, ..request }.encode().into();
            }
        }
        let evidence = transcript.replay();
        assert_eq!(Case::of(&evidence).facts().get(Fact::CredsspOld), old, "{version}");
        assert!(says(&evidence, &format!("the server speaks CredSSP {version}")), "{:?}", words(&evidence));
    }
}

#[test]
fn restricted_admin_hands_no_credentials_over() {
    let mut transcript = transcript("no-fault-found.delegate");
    assert!(says(
        &transcript.replay(),
        "the server has proven that it takes the credentials, and they were handed over"
    ));
    transcript.plan.request = Request::default().with_restricted_admin();
    let evidence = transcript.replay();
    let none = "the server has proven that it takes the credentials; in restricted admin mode none were handed over";
    assert!(says(&evidence, none), "{:?}", words(&evidence));
}

#[test]
fn a_version_is_named_as_people_name_it() {
    for (version, name) in
        [(0x0300, "SSL 3.0"), (0x0301, "TLS 1.0"), (0x0304, "TLS 1.3"), (0x0999, "TLS of an unknown version")]
    {
        let mut transcript = transcript("no-fault-found");
        for event in &mut transcript.events {
            if let Happening::Tls(handshake) = &mut event.what {
                handshake.session = Some(Session { version, suite: 0x1302 });
            }
        }
        let said = words(&transcript.replay());
        let sentence = format!("the server chose {name} with TLS_AES_256_GCM_SHA384");
        assert!(said.iter().any(|said| said.starts_with(&sentence)), "{said:?}");
    }
}
