//! Reads the clear-text part of a server's first TLS flight (RFC 5246 section 7, RFC 8446 section 4).
//!
//! What arrives before a handshake fails or stalls is evidence: version and suite in the `ServerHello`, up to
//! TLS 1.2 the certificates, and alerts. The reader takes any bytes, cut off anywhere.

use bytes::Bytes;
use tls_parser::{
    TlsExtension, TlsMessage, TlsMessageHandshake, TlsServerHelloContents, parse_tls_extensions,
    parse_tls_message_handshake,
};

use crate::evidence::{Hello, Session};

/// Record types (RFC 8446 section 5.1).
pub(crate) const ALERT: u8 = 21;
pub(crate) const HANDSHAKE: u8 = 22;

/// A record of the flight: its type and what there is of its body.
pub(crate) struct Record<'a> {
    pub(crate) content_type: u8,
    pub(crate) body: &'a [u8],
}

/// Splits off the first record; its body may be cut short by the end of the bytes.
pub(crate) fn split_record(bytes: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let (header, rest) = bytes.split_first_chunk::<5>()?;
    let [content_type, major, _minor, high, low] = *header;
    if !(20..=23).contains(&content_type) || major != 3 {
        return None;
    }
    let length = usize::from(u16::from_be_bytes([high, low]));
    let (body, rest) = rest.split_at(length.min(rest.len()));
    Some((Record { content_type, body }, rest))
}

/// Whether these bytes begin as TLS does.
pub(crate) fn is_tls(bytes: &[u8]) -> bool {
    match bytes {
        [] => false,
        [content_type] => (20..=23).contains(content_type),
        [content_type, major, ..] => (20..=23).contains(content_type) && *major == 3,
    }
}

/// The fatal alert in clear text that ended the handshake. Warnings, `close_notify` among them, end nothing.
pub(crate) fn read_alert(mut bytes: &[u8]) -> Option<u8> {
    const FATAL: u8 = 2;
    const CLOSE_NOTIFY: u8 = 0;
    while let Some((record, rest)) = split_record(bytes) {
        match (record.content_type, record.body) {
            (ALERT, [_, CLOSE_NOTIFY]) => return None,
            (ALERT, [FATAL, description]) => return Some(*description),
            // An encrypted alert is longer than two bytes.
            (ALERT, [_, _]) | (HANDSHAKE, _) => bytes = rest,
            _ => return None,
        }
    }
    None
}

/// Version, suite and certificates, as far as they arrived in clear text.
pub(crate) fn read_flight(bytes: &[u8]) -> Option<Hello> {
    let stream = handshake_stream(bytes);
    let mut hello: Option<Hello> = None;
    let mut rest = stream.as_slice();
    while let Ok((behind, TlsMessage::Handshake(message))) = parse_tls_message_handshake(rest) {
        rest = behind;
        match (message, &mut hello) {
            (TlsMessageHandshake::ServerHello(server), None) => {
                hello = Some(Hello { session: session(&server), chain: Vec::new() });
            }
            (TlsMessageHandshake::Certificate(list), Some(hello)) => {
                hello.chain = list.cert_chain.iter().map(|raw| Bytes::copy_from_slice(raw.data)).collect();
                break;
            }
            _ => {}
        }
    }
    hello
}

/// The bodies of the leading handshake records, joined: messages may span records and share them. Warnings may stand
/// between.
fn handshake_stream(mut bytes: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    while let Some((Record { content_type, body }, rest)) = split_record(bytes) {
        match content_type {
            HANDSHAKE => stream.extend_from_slice(body),
            ALERT => {}
            _ => break,
        }
        bytes = rest;
    }
    stream
}

/// TLS 1.3 hides its version in an extension (RFC 8446 section 4.2.1).
fn session(server: &TlsServerHelloContents<'_>) -> Session {
    let extensions = server.ext.and_then(|bytes| parse_tls_extensions(bytes).ok()).map(|(_, list)| list);
    let supported = extensions.into_iter().flatten().find_map(|extension| match extension {
        TlsExtension::SupportedVersions(versions) => versions.first().map(|version| version.0),
        _ => None,
    });
    Session { version: supported.unwrap_or(server.version.0), suite: server.cipher.0 }
}
