//! Targets as people write them, with and without names beyond ASCII.

use proptest::prelude::*;
use rdp_probe::{ParseTargetError, Target, TargetFlaw};

/// What is wrong, and the part of the text that is.
fn flaw(text: &str) -> (TargetFlaw, &str) {
    let error: ParseTargetError = text.parse::<Target>().unwrap_err();
    assert!(error.to_string().starts_with("invalid target "), "{error}");
    (error.kind(), &text[error.span()])
}

#[test]
fn ascii_is_taken_as_it_is_written() {
    for (text, host, port) in [
        ("TS01", "TS01", 3389),
        ("ts_01.example.", "ts_01.example.", 3389),
        ("xn--bcher-kva.example:3390", "xn--bcher-kva.example", 3390),
        ("127.1", "127.1", 3389),
        ("[fe80::1%eth0]:3391", "fe80::1%eth0", 3391),
    ] {
        let target: Target = text.parse().unwrap();
        assert_eq!((target.host(), target.port()), (host, port), "{text}");
    }
}

#[test]
fn what_is_wrong_in_ascii_is_named_where_it_stands() {
    assert_eq!(flaw(""), (TargetFlaw::NoHost, ""));
    assert_eq!(flaw(":3389"), (TargetFlaw::NoHost, ""));
    assert_eq!(flaw("."), (TargetFlaw::NoHost, "."));
    assert_eq!(flaw("ts01/x"), (TargetFlaw::Character, "/"));
    assert_eq!(flaw("ts01..example"), (TargetFlaw::Character, ".."));
    assert_eq!(flaw("ts01.."), (TargetFlaw::Character, ".."));
    assert_eq!(flaw(".example"), (TargetFlaw::Character, "."));
    assert_eq!(flaw("256.1.1.1"), (TargetFlaw::NotV4, "256.1.1.1"));
    assert_eq!(flaw("ts01:0"), (TargetFlaw::Port, "0"));
}

#[cfg(not(feature = "idn"))]
#[test]
fn beyond_ascii_is_an_error_that_names_both_ways_out() {
    assert_eq!(flaw("bücher.example"), (TargetFlaw::NotAscii, "ü"));
    assert_eq!(flaw("bü/cher"), (TargetFlaw::NotAscii, "ü"));
    let error = "bücher.example".parse::<Target>().unwrap_err().to_string();
    assert!(error.contains("xn--") && error.contains("feature idn"), "{error}");
}

#[cfg(feature = "idn")]
mod idn {
    use super::*;

    #[test]
    fn names_take_their_xn_form() {
        for (text, host, port) in [
            ("bücher.example", "xn--bcher-kva.example", 3389),
            ("BÜCHER.Example:3390", "xn--bcher-kva.example", 3390),
            // Composed and decomposed are one name, and so is the sharp s of its own (not "ss").
            ("bu\u{308}cher.example", "xn--bcher-kva.example", 3389),
            ("straße.example", "xn--strae-oqa.example", 3389),
            ("例え。テスト", "xn--r8jz45g.xn--zckzah", 3389),
            ("ts_01.bücher.example.", "ts_01.xn--bcher-kva.example.", 3389),
            ("１２７．０．０．１", "127.0.0.1", 3389),
            ("xn--bcher-kva.müller.example", "xn--bcher-kva.xn--mller-kva.example", 3389),
        ] {
            let target: Target = text.parse().unwrap();
            assert_eq!((target.host(), target.port()), (host, port), "{text}");
            assert!(target.host().is_ascii());
        }
    }

    #[test]
    fn what_idna_refuses_points_at_the_label() {
        // A zero-width joiner where none can join, right-to-left mixed with left-to-right, an unassigned letter, and a
        // label that only claims to be one.
        assert_eq!(flaw("ts01.bü\u{200d}cher.example:3389"), (TargetFlaw::Idna, "bü\u{200d}cher"));
        assert_eq!(flaw("é.אa.example"), (TargetFlaw::Idna, "אa"));
        assert_eq!(flaw("ü。a\u{378}"), (TargetFlaw::Idna, "a\u{378}"));
        assert_eq!(flaw("ü.xn--a"), (TargetFlaw::Idna, "xn--a"));
        // The invisible mark that Windows copies along.
        assert_eq!(flaw("\u{200e}ts01"), (TargetFlaw::Idna, "\u{200e}ts01"));
        let error = "אa.example".parse::<Target>().unwrap_err().to_string();
        assert!(error.contains("\"אa\" can be no part of a name"), "{error}");
    }

    #[test]
    fn each_label_can_be_sound_and_the_name_not() {
        // A label that begins with a digit is none in a name with right-to-left letters (RFC 5893 section 2).
        assert_eq!(flaw("א.1a"), (TargetFlaw::Idna, "א.1a"));
    }

    #[test]
    fn what_letters_turn_into_is_checked_as_well() {
        // A fullwidth solidus and a fullwidth dot are what they look like; a soft hyphen is nothing.
        assert_eq!(flaw("ts01／x.example"), (TargetFlaw::Idna, "ts01／x"));
        assert_eq!(flaw("ü．.example"), (TargetFlaw::Character, "ü．.example"));
        assert_eq!(flaw("\u{ad}"), (TargetFlaw::NoHost, "\u{ad}"));
        assert_eq!(flaw("２５６．1.1.1"), (TargetFlaw::NotV4, "２５６．1.1.1"));
        assert_eq!(flaw("ü..example"), (TargetFlaw::Character, ".."));
        let long = "ü".repeat(70);
        assert_eq!(flaw(&long), (TargetFlaw::TooLong, long.as_str()));
        assert_eq!(flaw("bü/cher"), (TargetFlaw::Character, "/"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn whatever_is_taken_is_ascii_and_stays_what_it_is(text in "\\PC{0,20}|[a-zäß。.\u{200d}א-ת0-9-]{1,20}(:[0-9]{1,5})?") {
        match text.parse::<Target>() {
            Ok(target) => {
                prop_assert!(target.host().is_ascii());
                prop_assert_eq!(target.to_string().parse(), Ok(target));
            }
            Err(error) => prop_assert!(text.get(error.span()).is_some(), "{:?} lies in the text", error.span()),
        }
    }
}
