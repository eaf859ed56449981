//! Answers that are no RDP.

use rdp_probe::transcript::Happening;
use rdp_probe::{Fault, Foreign, Handshake, HandshakeEnd, Plan, Transcript};

use super::check::{check, check_hides};
use super::support::{CONFIRM, ms, target};

/// A server that answers so, in as many pieces as it takes.
fn answering(answer: &[u8], piece: usize) -> Transcript {
    let mut transcript = Transcript::new(Plan::new(target())).with(ms(0), Happening::Sent(vec![0; 19].into()));
    for (at, part) in (1..).zip(answer.chunks(piece)) {
        transcript = transcript.with(ms(at), Happening::Received(part.to_vec().into()));
    }
    transcript
}

/// A server that answers so in place of TLS.
fn answering_in_tls(answer: &[u8], end: HandshakeEnd) -> Transcript {
    let mut handshake = Handshake::ended(end);
    handshake.flight = answer.to_vec().into();
    answering(&CONFIRM, 19).with(ms(9), Happening::Tls(Box::new(handshake)))
}

fn received(transcript: &Transcript) -> String {
    String::from_utf8_lossy(&transcript.replay().received).into_owned()
}

#[test]
fn of_a_greeting_the_protocol_is_left() {
    let rows: [(&str, Foreign, &str); 7] = [
        ("220 mail.quux.example ESMTP", Foreign::Smtp, "220 xxxx.xxxx.xxxxxxx xSMTP"),
        ("220 smtp.quux.example ESMTP", Foreign::Smtp, "220 xxxx.xxxx.xxxxxxx xSMTP"),
        ("220 ftp-07.quux (FTP)", Foreign::Ftp, "220 xxx-xx.xxxx (FTP)"),
        ("554 quux.example denies", Foreign::Greeting, "554 xxxx.xxxxxxx xxxxxx"),
        ("SSH-2.0-quux_9.2p1", Foreign::Ssh, "SSH-x.x-xxxx_x.xxx"),
        ("HTTP/1.1 400 quux", Foreign::Http, "HTTP/x.x xxx xxxx"),
        ("* OK imap.quux.example", Foreign::Mail, "* OK xxxx.xxxx.xxxxxxx"),
    ];
    for (greeting, foreign, expected) in rows {
        for piece in [1, 3, 64] {
            let redacted = check_hides(greeting, &answering(greeting.as_bytes(), piece), &["quux"]);
            assert_eq!((redacted.replay().foreign(), received(&redacted).as_str()), (Some(foreign), expected));
        }
        // In place of TLS the same is left of it.
        let end = HandshakeEnd::Malformed(Fault::TlsNotSpoken);
        let redacted = check_hides(greeting, &answering_in_tls(greeting.as_bytes(), end), &["quux"]);
        let seen = redacted.replay();
        assert_eq!(seen.foreign(), Some(foreign));
        assert_eq!(seen.handshake.unwrap().flight, expected.as_bytes());
    }
}

#[test]
fn bytes_that_nobody_knows_leave_nothing() {
    let unknown = [&b"\x01\x02quux\xF6\0"[..], b"quux.example\r\n", b"\xDE\xAD\xBE\xEF quux", b"q\0u\0u\0x\0"];
    for bytes in unknown {
        let redacted = check_hides("unknown", &answering(bytes, 64), &["quux", "q\0u\0u\0x"]);
        let left = received(&redacted);
        assert!(left.chars().all(|c| c == 'x' || c.is_ascii_punctuation() || c.is_ascii_whitespace()), "{left}");
    }
}

#[test]
fn addresses_in_binary_are_masked_too() {
    // SOCKS: the reply of RFC 1928 section 6 has the bound address and port.
    let redacted = check("socks", &answering(&[0, 0x5A, 13, 61, 10, 9, 8, 7], 64));
    assert!(!redacted.replay().received.ends_with(&[10, 9, 8, 7]));
}

#[test]
fn what_is_rdp_stays() {
    let denials: [&[u8]; 4] = [
        &CONFIRM,
        &[3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0],
        &[3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80],
        &[3, 0, 0, 11, 6, 0x80, 0, 0, 0, 0, 0x80],
    ];
    for bytes in denials {
        for cut in 0..=bytes.len() {
            let transcript = answering(&bytes[..cut], 64);
            assert_eq!(check("rdp", &transcript).replay().received, transcript.replay().received);
        }
        let end = HandshakeEnd::Malformed(Fault::TlsNotSpoken);
        let redacted = check("denial", &answering_in_tls(bytes, end));
        assert_eq!(redacted.replay().handshake.unwrap().flight, bytes);
    }
}

#[test]
fn what_follows_a_packet_of_rdp_is_masked() {
    // A Connection Confirm with more than negotiation data, and one with the transport selectors of another protocol.
    let mut long = CONFIRM.to_vec();
    long[3] = 27;
    long.extend(b"quux-ts1");
    let selectors = [&[3, 0, 0, 22, 17, 0xD0, 0, 0, 0, 12, 0, 0xC1, 4][..], b"quux", &[0xC2, 3], b"zyz"].concat();
    // A message of MCS, and an ultimatum behind it.
    let message = [&[3, 0, 0, 15, 2, 0xF0, 0x80, 0x68, 0xFC][..], b"quuxts", &[3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80]];
    for bytes in [long, selectors, message.concat()] {
        check_hides("behind", &answering(&bytes, 64), &["quux", "zyz"]);
    }
}

#[test]
fn a_long_answer_is_masked_to_its_end() {
    let packets: Vec<u8> = std::iter::repeat_n([3, 0, 0, 8, 2, 0x10, b'q', b'u'], 8000).flatten().collect();
    let page = [b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), b"<html>quux.example</html>".repeat(2500)].concat();
    let denial = [packets.clone(), vec![3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80]].concat();
    for flight in [packets, page, denial] {
        let end = HandshakeEnd::Malformed(Fault::TlsNotSpoken);
        check_hides("long", &answering_in_tls(&flight, end), &["quux", "qu\u{3}"]);
    }
}
