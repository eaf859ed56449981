//! Every other protocol is known by its first bytes, and RDP is taken for none of them.

use std::collections::BTreeSet;

use rdp_probe::Foreign;

/// What servers begin with, or answer to a Connection Request, cut off where listening ends.
const ANSWERS: &[(Foreign, &[u8])] = &[
    (Foreign::Http, b"HTTP/1.1 400 Bad Request\r\nServer:"),
    (Foreign::Http, b"<!DOCTYPE HTML PUBLIC \"-//IETF//D"),
    (Foreign::Http, b"<html><head><title>400"),
    (Foreign::Http2, &[0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100]),
    (Foreign::Ssh, b"SSH-2.0-OpenSSH_9.2p1 Debian-2+d"),
    (Foreign::Tls, &[22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3]),
    (Foreign::TlsAlert, &[21, 3, 1, 0, 2, 2, 70]),
    (Foreign::Vnc, b"RFB 003.008\n"),
    (Foreign::Smb, &[0, 0, 0, 64, 0xFE, b'S', b'M', b'B', 64, 0]),
    (Foreign::Smb, &[0x83, 0, 0, 1, 0x8F]),
    (Foreign::Ftp, b"220 (vsFTPd 3.0.3)\r\n"),
    (Foreign::Smtp, b"220 mail.example ESMTP Postfix\r\n"),
    (Foreign::Smtp, b"554 SMTP synchronization error\r\n"),
    (Foreign::Greeting, b"220 mail.very-long-host-name.exam"),
    (Foreign::Mail, b"* OK [CAPABILITY IMAP4rev1] ready"),
    (Foreign::Mail, b"+OK POP3 ready\r\n"),
    (Foreign::MySql, b"\x4a\0\0\0\x0a8.0.36\0"),
    (Foreign::MySql, b"\x45\0\0\0\xff\x6a\x04Host '10.0.0.9' is not"),
    (Foreign::Socks, &[5, 0xFF]),
    (Foreign::Socks, &[0, 0x5B, 0, 0, 0, 0, 0, 0]),
    (Foreign::CitrixIca, b"\x7f\x7fICA\0\x7f\x7fICA\0"),
    (Foreign::Modbus, &[3, 0, 0, 0, 0, 3, 0, 0x8E, 1]),
    (Foreign::Cotp, &[3, 0, 0, 22, 17, 0xD0, 0, 0, 0, 12, 0, 0xC0, 1, 10, 0xC1, 2, 1, 0, 0xC2, 2, 1, 2]),
    (Foreign::Rtmp, &[3, 0, 15, 66, 64, 0, 0, 0, 0, 0x5A, 0x5A]),
    (Foreign::H323, &[3, 0, 0, 11, 8, 2, 128, 1, 0x5A, 0, 0]),
];

#[test]
fn every_protocol_is_recognised() {
    for (foreign, bytes) in ANSWERS {
        assert_eq!(Foreign::recognise(bytes), Some(*foreign), "{}", String::from_utf8_lossy(bytes));
    }
    let tried: BTreeSet<_> = ANSWERS.iter().map(|(foreign, _)| *foreign).collect();
    let missing: Vec<_> = Foreign::all().filter(|foreign| !tried.contains(foreign)).collect();
    assert_eq!(missing, [], "no bytes of these are tried");
}

#[test]
fn rdp_is_none_of_them_wherever_it_is_cut_off() {
    let answers: [&[u8]; 6] = [
        &[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0, 2, 0, 0, 0],
        &[3, 0, 0, 19, 14, 0xD0, 0, 0, 0, 0, 0, 3, 0, 8, 0, 5, 0, 0, 0],
        &[3, 0, 0, 19, 14, 0xD0, 0, 0, 0, 0, 0, 2, 0, 8, 0, 0, 0, 0, 0],
        &[3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0],
        &[3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80],
        &[3, 0, 0, 11, 6, 0x80, 0, 0, 0, 0, 128],
    ];
    for answer in answers {
        for cut in 0..=answer.len() {
            assert_eq!(Foreign::recognise(&answer[..cut]), None, "{:02x?}", &answer[..cut]);
        }
    }
}

#[test]
fn names_are_told_apart() {
    let names: BTreeSet<_> = Foreign::all().map(Foreign::as_str).collect();
    assert_eq!(names.len(), Foreign::all().count());
    assert!(Foreign::Ssh.is_distinct() && !Foreign::Modbus.is_distinct());
}
