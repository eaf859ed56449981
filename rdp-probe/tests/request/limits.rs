//! What a part of a request may hold, and how much of it.

use rdp_probe::{Protocols, Request, RequestError};

use super::form::decode;
use super::{ID, sent};

#[test]
fn a_line_takes_what_room_there_is_and_no_more() {
    let plain = Request::default;
    let correlated = || plain().with_correlation_id(ID).unwrap();
    let preconnected = || plain().with_preconnection_blob("vm").unwrap();
    let bases: [(Request, usize); 4] =
        [(plain(), 238), (plain().without_negotiation(), 238), (correlated(), 202), (preconnected(), 238)];
    for (base, room) in bases {
        for (prefix, length) in [(17, room), (17, 18), (0, room), (0, 1)] {
            let text = "c".repeat(length - prefix);
            let with = |text: &str| {
                let base = base.clone();
                if prefix == 0 { base.with_routing_token(text) } else { base.with_cookie(text) }
            };
            let form = decode(&sent(with(&text).unwrap(), Protocols::SSL));
            assert_eq!(form.line.map(|line| line.len()), Some(length));
            let longer = with(&"c".repeat(room - prefix + 1));
            assert_eq!(longer, Err(RequestError::TooLong { length: room + 1, room }));
        }
    }
    // Whichever comes last does not fit.
    let full = plain().with_cookie(&"c".repeat(221)).unwrap();
    assert_eq!(full.clone().with_correlation_id(ID), Err(RequestError::TooLong { length: 238, room: 202 }));
    assert_eq!(full.with_routing_token("t").unwrap().with_correlation_id(ID).unwrap().routing_token(), Some("t"));
    // The longest request that there is: every length at its end.
    let longest = plain().with_routing_token(&"t".repeat(238)).unwrap();
    let bytes = sent(longest, Protocols::SSL);
    assert_eq!((bytes.len(), bytes[4]), (259, 254));
}

#[test]
fn a_line_is_printable_ascii() {
    for byte in 0..=u8::MAX {
        let text = format!("a{}b", char::from(byte));
        let printable = (0x20..=0x7E).contains(&byte);
        assert_eq!(Request::default().with_cookie(&text).is_ok(), printable, "{byte:#x}");
        assert_eq!(Request::default().with_routing_token(&text).is_ok(), printable, "{byte:#x}");
    }
    for text in ["", "Ж", "two\r\nlines"] {
        assert_eq!(Request::default().with_cookie(text), Err(RequestError::Characters));
        assert_eq!(Request::default().with_routing_token(text), Err(RequestError::Characters));
    }
}

#[test]
fn a_correlation_id_keeps_its_rules() {
    for first in 0..=u8::MAX {
        let refused = matches!(first, 0 | 0xF4 | 0x0D);
        let id = [&[first], &ID[1..]].concat().try_into().unwrap();
        assert_eq!(Request::default().with_correlation_id(id).is_err(), refused, "{first:#x}");
    }
    for place in 0..16 {
        let with = |byte: u8| {
            let mut id = ID;
            id[place] = byte;
            Request::default().with_correlation_id(id)
        };
        assert_eq!(with(0x0D), Err(RequestError::CorrelationId));
        assert_eq!(with(0xF4).is_ok() && with(0).is_ok(), place > 0);
    }
}

#[test]
fn a_blob_is_text_of_bounded_length() {
    let blob = |text: &str| Request::default().with_preconnection_blob(text);
    for text in ["a".repeat(4_096), "\u{1F5A5}".repeat(2_048), String::new()] {
        let form = decode(&sent(blob(&text).unwrap(), Protocols::SSL));
        assert_eq!(form.preconnection, Some((0, Some(text))));
    }
    for text in ["a".repeat(4_097), format!("{}a", "\u{1F5A5}".repeat(2_048)), "a\0b".into(), "a\nb".into()] {
        assert_eq!(blob(&text), Err(RequestError::Blob));
    }
    let both = blob("vm").unwrap().with_preconnection_id(7);
    assert_eq!(both, Request::default().with_preconnection_id(7).with_preconnection_blob("vm").unwrap());
}
