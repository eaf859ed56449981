//! Names the protocol that answers where RDP was expected, by its first bytes.

use crate::flight;

/// Another protocol, recognised by how its servers begin, or how they answer what they do not understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Foreign {
    /// HTTP: a status line, or the page that a web server sends without one.
    Http,
    /// HTTP/2: a SETTINGS frame (RFC 9113 section 6.5).
    Http2,
    /// SSH: its identification string (RFC 4253 section 4.2).
    Ssh,
    /// TLS without X.224 before it, handshake or data.
    Tls,
    /// TLS without X.224 before it, which refuses in an alert.
    TlsAlert,
    /// VNC: the version of the RFB protocol (RFC 6143 section 7.1.1).
    Vnc,
    /// SMB over TCP or `NetBIOS` ([MS-SMB2] 2.1).
    Smb,
    /// A greeting of FTP (RFC 959 section 4.2).
    Ftp,
    /// A greeting of SMTP (RFC 5321 section 4.2).
    Smtp,
    /// A greeting of three digits, as FTP, SMTP and others have, which does not say whose it is.
    Greeting,
    /// A greeting of IMAP or POP3 (RFC 9051 section 7.1, RFC 1939 section 4).
    Mail,
    /// The first packet of a `MySQL` or `MariaDB` server.
    MySql,
    /// A SOCKS proxy (RFC 1928 section 3).
    Socks,
    /// Citrix ICA.
    CitrixIca,
    /// Modbus over TCP.
    Modbus,
    /// S7 or another user of COTP: a Connection Confirm with ISO transport parameters (RFC 1006, ISO 8073).
    Cotp,
    /// RTMP: a handshake of version 3.
    Rtmp,
    /// H.323 call signalling: Q.931 over TPKT (ITU-T H.225.0).
    H323,
}

type Test = fn(&[u8]) -> bool;

/// Protocol, name, and how to tell. The order matters where one beginning contains another.
const TESTS: [(Foreign, &str, Test); 18] = [
    (Foreign::Http, "HTTP", is_http),
    (Foreign::Http2, "HTTP/2", |bytes| matches!(bytes, [0, 0, length, 4, 0 | 1, 0, 0, 0, 0, ..] if length % 6 == 0)),
    (Foreign::Ssh, "SSH", |bytes| bytes.starts_with(b"SSH-")),
    (Foreign::TlsAlert, "TLS alert", |bytes| matches!(bytes, [0x15, 3, 0..=4, 0, 2, 1 | 2, ..])),
    (Foreign::Tls, "TLS", |bytes| bytes.len() > 2 && flight::is_tls(bytes)),
    (Foreign::Vnc, "VNC", |bytes| bytes.starts_with(b"RFB ")),
    (Foreign::Smb, "SMB", is_smb),
    (Foreign::Smtp, "SMTP", |bytes| is_reply(bytes) && contains_ignoring_case(bytes, b"smtp")),
    (Foreign::Ftp, "FTP", |bytes| is_reply(bytes) && contains_ignoring_case(bytes, b"ftp")),
    (Foreign::Greeting, "FTP, SMTP or a service like them", is_reply),
    (Foreign::Mail, "IMAP or POP3", |bytes| bytes.starts_with(b"* OK") || bytes.starts_with(b"+OK")),
    (Foreign::MySql, "MySQL", is_mysql),
    (Foreign::Socks, "SOCKS", |bytes| matches!(bytes, [5, 0..=2 | 0xFF] | [0, 0x5A..=0x5D, _, _, _, _, _, _])),
    (Foreign::CitrixIca, "Citrix ICA", |bytes| bytes.starts_with(b"\x7f\x7fICA")),
    (Foreign::Modbus, "Modbus", is_modbus),
    (Foreign::Cotp, "S7 or another COTP service", is_cotp),
    (Foreign::Rtmp, "RTMP", |bytes| bytes.len() > 9 && matches!(bytes, [3, _, _, _, _, 0, 0, 0, 0, ..])),
    (Foreign::H323, "H.323", |bytes| matches!(bytes, [3, 0, _, _, 8, 1 | 2, ..])),
];

impl Foreign {
    /// All protocols that can be recognised.
    pub fn all() -> impl Iterator<Item = Self> {
        TESTS.iter().map(|(foreign, ..)| *foreign)
    }

    /// Recognises a protocol by the first bytes of its server; `None` for RDP and for the unknown.
    #[must_use]
    pub fn recognise(bytes: &[u8]) -> Option<Self> {
        TESTS.iter().find(|(_, _, test)| test(bytes)).map(|(foreign, ..)| *foreign)
    }

    /// Whether its beginning is a signature that nothing else has. The others are known by a few plausible bytes.
    #[must_use]
    pub const fn is_distinct(self) -> bool {
        !matches!(
            self,
            Self::Http2 | Self::Greeting | Self::MySql | Self::Socks | Self::Modbus | Self::Rtmp | Self::H323
        )
    }

    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        TESTS.iter().find(|(foreign, ..)| *foreign == self).map_or("", |(_, name, _)| name)
    }
}

fn contains_ignoring_case(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

fn is_http(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HTTP/")
        || contains_ignoring_case(bytes, b"<html")
        || contains_ignoring_case(bytes, b"<!doctype")
}

/// Three digits and a space or hyphen: a greeting or refusal in the manner of FTP and SMTP.
fn is_reply(bytes: &[u8]) -> bool {
    matches!(bytes, [b'2' | b'4' | b'5', b'0'..=b'5', b'0'..=b'9', b' ' | b'-', ..])
}

/// A session message with an SMB header, or a refusal of the `NetBIOS` session service (RFC 1002 section 4.3).
fn is_smb(bytes: &[u8]) -> bool {
    matches!(bytes, [0, _, _, _, 0xFF | 0xFE, b'S', b'M', b'B', ..] | [0x83, 0, 0, 1, 0x80..=0x8F, ..])
}

/// Length and sequence number 0, then protocol version 10 and the server's version, or an error.
fn is_mysql(bytes: &[u8]) -> bool {
    match bytes {
        [_, _, 0, 0, 10, version, ..] => version.is_ascii_digit(),
        [_, _, 0, 0, 0xFF, _, high, ..] => (4..=16).contains(high),
        _ => false,
    }
}

/// The header echoes our first two bytes as transaction, then protocol 0 and a short length.
fn is_modbus(bytes: &[u8]) -> bool {
    match bytes {
        [3, 0, 0, 0, 0, length, _unit, function, ..] => (3..=253).contains(length) && *function != 0,
        _ => false,
    }
}

/// A Connection Confirm whose variable part holds TPDU size or transport selectors, which RDP never sends.
fn is_cotp(bytes: &[u8]) -> bool {
    matches!(bytes, [3, 0, 0, _, _, 0xD0..=0xDF, _, _, _, _, _, 0xC0..=0xC2, ..])
}
