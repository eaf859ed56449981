//! Reads the clear-text part of a server's first TLS flight (RFC 5246 section 7, RFC 8446 section 4).
//!
//! What arrives before a handshake fails or stalls is evidence: version and suite in the `ServerHello`, up to
//! TLS 1.2 the certificates and the key exchange, and alerts. The reader takes any bytes, cut off anywhere.

mod message;
mod reader;

use crate::evidence::Hello;
pub(crate) use message::{
    CERTIFICATE, Extensions, KEY_SHARE, SERVER_HELLO, SERVER_KEY_EXCHANGE, SUPPORTED_VERSIONS, mask_key_exchange,
    read_hello,
};
pub(crate) use reader::{Reader, Reading};

/// What is kept of a server's first flight, at most.
pub(crate) const MAX_FLIGHT: usize = 64 * 1024;

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
    let (content_type, length) = read_header(*header)?;
    let (body, rest) = rest.split_at(length.min(rest.len()));
    Some((Record { content_type, body }, rest))
}

/// Type and length of the record that begins so; `None` where none does.
fn read_header(header: [u8; 5]) -> Option<(u8, usize)> {
    let [content_type, _, _, high, low] = header;
    is_tls(&header).then(|| (content_type, usize::from(u16::from_be_bytes([high, low]))))
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
    while let Some((record, rest)) = split_record(bytes) {
        match (record.content_type, alerts(record.body)) {
            (ALERT, Some(Alerts::Fatal(description))) => return Some(description),
            (ALERT, Some(Alerts::Warning)) | (HANDSHAKE, _) => bytes = rest,
            _ => return None,
        }
    }
    None
}

/// What the alerts of one record come to.
enum Alerts {
    /// A fatal one is among them; this one.
    Fatal(u8),
    /// `close_notify`, and none that is fatal.
    Goodbye,
    /// None that ends anything.
    Warning,
}

/// An alert (RFC 5246 section 7.2), and as many of them as a record in clear text may hold: an encrypted one is longer.
const ALERT_LENGTH: usize = 2;
const MOST_ALERTS: usize = 16;

/// Levels and descriptions of alerts (RFC 5246 section 7.2).
const WARNING: u8 = 1;
const FATAL: u8 = 2;
const CLOSE_NOTIFY: u8 = 0;
const NO_RENEGOTIATION: u8 = 100;

/// Whether a record of this length can be one of alerts in clear text. Several may share one (RFC 5246 section 6.2.1).
const fn holds_alerts(length: usize) -> bool {
    length > 0 && length <= MOST_ALERTS && length.is_multiple_of(ALERT_LENGTH)
}

/// Reads the alerts of a record in clear text; `None` if it holds none.
fn alerts(body: &[u8]) -> Option<Alerts> {
    if !holds_alerts(body.len()) {
        return None;
    }
    let (all, _) = body.as_chunks::<ALERT_LENGTH>();
    let fatal = all.iter().find(|[level, description]| *level == FATAL && *description != CLOSE_NOTIFY);
    Some(match fatal {
        Some([_, description]) => Alerts::Fatal(*description),
        None if all.iter().any(|[_, description]| *description == CLOSE_NOTIFY) => Alerts::Goodbye,
        None => Alerts::Warning,
    })
}

/// Alerts in as many bytes that come to the same; of what is none, zeros. Only the one that counts is kept.
pub(crate) fn mask_alerts(body: &[u8]) -> Vec<u8> {
    let first = match alerts(body) {
        Some(Alerts::Fatal(description)) => [FATAL, description],
        Some(Alerts::Goodbye) => [WARNING, CLOSE_NOTIFY],
        Some(Alerts::Warning) => [WARNING, NO_RENEGOTIATION],
        None => return vec![0; body.len()],
    };
    let others = [WARNING, NO_RENEGOTIATION].into_iter().cycle();
    first.into_iter().chain(others).take(body.len()).collect()
}

/// The length of the message in which a flight ends, where it is longer than what is kept.
pub(crate) fn overlong(bytes: &[u8]) -> Option<usize> {
    let mut reader = Reader::default();
    reader.push(bytes);
    reader.overlong()
}

/// Version, suite, certificates and key exchange, as far as they arrived in clear text.
pub(crate) fn read_flight(bytes: &[u8]) -> Option<Hello> {
    let mut reader = Reader::default();
    reader.push(bytes);
    reader.into_hello()
}
