//! Masks the first TLS flight of a server (RFC 5246 section 7, RFC 8446 section 4), in place.

use std::ops::Range;

use super::certificate;
use super::names::Names;
use crate::flight::{
    ALERT, CERTIFICATE, Extensions, HANDSHAKE, KEY_SHARE, Record, SERVER_HELLO, SERVER_KEY_EXCHANGE,
    SUPPORTED_VERSIONS, mask_alerts, mask_key_exchange, read_hello, split_record,
};

const RECORD_HEADER: usize = 5;

/// A flight of the same length that reads the same, without the names in it. What is encrypted becomes zeros.
pub(super) fn mask(flight: &[u8], names: &mut Names) -> Vec<u8> {
    let mut masked = vec![0; flight.len()];
    let mut put = |at: usize, bytes: &[u8]| {
        let room = masked.get_mut(at..).unwrap_or_default();
        room.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    };
    let (mut messages, mut places) = (Vec::new(), Vec::new());
    let (mut rest, mut clear) = (flight, true);
    while let Some((Record { content_type, body }, behind)) = split_record(rest) {
        let start = flight.len().saturating_sub(rest.len());
        let inside = start.saturating_add(RECORD_HEADER);
        put(start, rest.get(..RECORD_HEADER).unwrap_or_default());
        match content_type {
            HANDSHAKE if clear => {
                messages.extend_from_slice(body);
                places.extend(inside..inside.saturating_add(body.len()));
            }
            // An encrypted alert is longer.
            ALERT if body.len() <= 2 => put(inside, body),
            ALERT => put(inside, &mask_alerts(body)),
            _ => clear = false,
        }
        rest = behind;
    }
    if crate::flight::is_tls(rest) {
        // A record header, cut short.
        put(flight.len().saturating_sub(rest.len()), rest);
    }
    let messages = mask_messages(&messages, names);
    places.into_iter().zip(messages).for_each(|(place, byte)| put(place, &[byte]));
    masked
}

/// The big-endian number of three bytes at the beginning.
fn u24(bytes: &[u8]) -> Option<usize> {
    let [high, middle, low] = *bytes.first_chunk::<3>()?;
    usize::try_from(u32::from_be_bytes([0, high, middle, low])).ok()
}

/// Handshake messages one after another; the last may be cut short.
fn mask_messages(messages: &[u8], names: &mut Names) -> Vec<u8> {
    let mut masked = Vec::with_capacity(messages.len());
    let (mut rest, mut suite) = (messages, None);
    while let Some((header @ [kind, ..], body)) = rest.split_first_chunk::<4>() {
        let Some(length) = rest.get(1..).and_then(u24) else { break };
        let (body, behind) = body.split_at_checked(length).unwrap_or((body, &[]));
        masked.extend(header);
        masked.extend(match *kind {
            SERVER_HELLO => {
                suite = suite.or_else(|| read_hello(body).map(|hello| hello.session.suite));
                mask_hello(body)
            }
            CERTIFICATE => mask_certificates(body, names),
            SERVER_KEY_EXCHANGE => mask_key_exchange(suite.unwrap_or_default(), body),
            _ => vec![0; body.len()],
        });
        rest = behind;
    }
    masked.resize(messages.len(), 0);
    masked
}

/// A `ServerHello` (RFC 8446 section 4.1.3) without its session, and with those of its extensions empty that do not name
/// the version or the group.
fn mask_hello(body: &[u8]) -> Vec<u8> {
    /// Version and random number.
    const BEFORE_SESSION: usize = 34;
    /// Suite, compression and the length of the extensions.
    const BEHIND_SESSION: usize = 5;
    let mut masked = vec![0; body.len()];
    let mut keep = |range: Range<usize>| {
        if let (Some(to), Some(from)) = (masked.get_mut(range.clone()), body.get(range)) {
            to.copy_from_slice(from);
        }
    };
    keep(0..BEFORE_SESSION + 1);
    let Some(session) = body.get(BEFORE_SESSION).map(|length| usize::from(*length)) else { return masked };
    let start = BEFORE_SESSION + 1 + session;
    let end = start + BEHIND_SESSION;
    keep(start..end.min(body.len()));
    let extensions = body.get(end..).map(mask_extensions).unwrap_or_default();
    if let Some(room) = masked.get_mut(end..) {
        room.iter_mut().zip(extensions).for_each(|(to, from)| *to = from);
    }
    masked
}

/// Of each the number and the length; of two what they name: the version, and the group of a key share.
fn mask_extensions(extensions: &[u8]) -> Vec<u8> {
    let mut masked = Vec::with_capacity(extensions.len());
    for (number, content) in Extensions(extensions) {
        let length = u16::try_from(content.len()).unwrap_or_default();
        let kept = if matches!(number, SUPPORTED_VERSIONS | KEY_SHARE) { 2.min(content.len()) } else { 0 };
        masked.extend(number.to_be_bytes());
        masked.extend(length.to_be_bytes());
        masked.extend(content.get(..kept).unwrap_or_default());
        masked.resize(masked.len().saturating_add(content.len()).saturating_sub(kept), 0);
    }
    masked
}

/// A list of certificates up to TLS 1.2 (RFC 5246 section 7.4.2). Of the one that is cut short nothing stays.
fn mask_certificates(body: &[u8], names: &mut Names) -> Vec<u8> {
    let mut masked = body.get(..3).unwrap_or_default().to_vec();
    let list = u24(body).unwrap_or_default();
    let entries = body.get(3..).unwrap_or_default();
    let mut rest = entries.get(..list).unwrap_or(entries);
    while let Some(length) = u24(rest) {
        masked.extend(rest.get(..3).unwrap_or_default());
        let Some((der, behind)) = rest.get(3..).and_then(|rest| rest.split_at_checked(length)) else { break };
        masked.extend(certificate::mask(der, names));
        rest = behind;
    }
    masked.resize(body.len(), 0);
    masked
}
