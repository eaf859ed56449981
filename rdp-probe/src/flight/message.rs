//! The handshake messages that a server's first flight consists of.

use bytes::Bytes;
use tls_parser::{
    TlsCipherKx, TlsCipherSuite, TlsMessageHandshake, parse_tls_handshake_msg_certificate,
    parse_tls_handshake_server_hello,
};

use crate::evidence::{Hello, KeyExchange, Session};

/// Handshake types (RFC 5246 section 7.4).
pub(crate) const SERVER_HELLO: u8 = 2;
pub(crate) const CERTIFICATE: u8 = 11;
pub(crate) const SERVER_KEY_EXCHANGE: u8 = 12;

/// Extensions of a `ServerHello` that are read (RFC 8446 4.2.1, 4.2.8).
pub(crate) const SUPPORTED_VERSIONS: u16 = 43;
pub(crate) const KEY_SHARE: u16 = 51;

/// How the parameters of a curve begin (RFC 8422 5.4): spelt out, over a prime or a binary field, or named.
const EXPLICIT_PRIME: u8 = 1;
const EXPLICIT_CHAR2: u8 = 2;
const NAMED_CURVE: u8 = 3;

/// Curves that are spelt out have a number, too (RFC 8422 5.1.1).
const ARBITRARY_PRIME: u16 = 0xFF01;
const ARBITRARY_CHAR2: u16 = 0xFF02;

/// A `ServerHello`, or the `HelloRetryRequest` that travels as one (RFC 8446 4.1.3, 4.1.4).
pub(crate) fn read_hello(body: &[u8]) -> Option<Hello> {
    let (_, server) = parse_tls_handshake_server_hello(body).ok()?;
    let mut session = Session { version: server.version.0, suite: server.cipher.0 };
    let mut group = None;
    for (number, content) in Extensions(server.ext.unwrap_or_default()) {
        match (number, content) {
            // TLS 1.3 hides its version here.
            (SUPPORTED_VERSIONS, [high, low]) => session.version = u16::from_be_bytes([*high, *low]),
            (KEY_SHARE, [high, low, ..]) => group = Some(u16::from_be_bytes([*high, *low])),
            _ => {}
        }
    }
    let key_exchange = match TlsCipherSuite::from_id(session.suite).map(|suite| &suite.kx) {
        Some(TlsCipherKx::Rsa) => Some(KeyExchange::Rsa),
        Some(TlsCipherKx::Tls13) => group.map(of_group),
        _ => None,
    };
    Some(Hello { session, chain: Vec::new(), key_exchange })
}

/// What TLS 1.3 agrees on keys by: one list holds curves and primes (RFC 7919 section 2).
const fn of_group(group: u16) -> KeyExchange {
    match group {
        0x0100 => KeyExchange::Dhe { bits: 2048 },
        0x0101 => KeyExchange::Dhe { bits: 3072 },
        0x0102 => KeyExchange::Dhe { bits: 4096 },
        0x0103 => KeyExchange::Dhe { bits: 6144 },
        0x0104 => KeyExchange::Dhe { bits: 8192 },
        _ => KeyExchange::Ecdhe { group },
    }
}

/// The extensions of a `ServerHello`, as far as they are whole: number and content.
pub(crate) struct Extensions<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Extensions<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let ([number_high, number_low, high, low], rest) = self.0.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((u16::from_be_bytes([*number_high, *number_low]), content))
    }
}

/// The certificates of a message up to TLS 1.2 (RFC 5246 7.4.2), leaf first.
pub(super) fn read_certificates(body: &[u8]) -> Option<Vec<Bytes>> {
    let Ok((_, TlsMessageHandshake::Certificate(list))) = parse_tls_handshake_msg_certificate(body) else {
        return None;
    };
    Some(list.cert_chain.iter().map(|raw| Bytes::copy_from_slice(raw.data)).collect())
}

/// The parameters of a `ServerKeyExchange`, which are of the kind that the suite says.
pub(super) fn read_key_exchange(suite: u16, body: &[u8]) -> Option<KeyExchange> {
    match TlsCipherSuite::from_id(suite)?.kx {
        TlsCipherKx::Ecdhe => match body {
            [NAMED_CURVE, high, low, ..] => Some(KeyExchange::Ecdhe { group: u16::from_be_bytes([*high, *low]) }),
            [EXPLICIT_PRIME, ..] => Some(KeyExchange::Ecdhe { group: ARBITRARY_PRIME }),
            [EXPLICIT_CHAR2, ..] => Some(KeyExchange::Ecdhe { group: ARBITRARY_CHAR2 }),
            _ => None,
        },
        // A prime of no bits is none.
        TlsCipherKx::Dhe => prime(body).map(bits).filter(|bits| *bits > 0).map(|bits| KeyExchange::Dhe { bits }),
        _ => None,
    }
}

/// The prime that the parameters of Diffie-Hellman begin with (RFC 5246 7.4.3).
fn prime(body: &[u8]) -> Option<&[u8]> {
    let ([high, low], rest) = body.split_first_chunk::<2>()?;
    rest.get(..usize::from(u16::from_be_bytes([*high, *low])))
}

/// The length of a big-endian number.
fn bits(number: &[u8]) -> u32 {
    let significant = number.iter().skip_while(|byte| **byte == 0);
    let mut bytes = significant.copied();
    let first = bytes.next().map_or(0, |byte| u8::BITS - byte.leading_zeros());
    // A prime has 65,535 bytes at most.
    u32::try_from(bytes.count()).unwrap_or_default().saturating_mul(8).saturating_add(first)
}

/// The body of a `ServerKeyExchange` that reads the same, without the numbers in it.
pub(crate) fn mask_key_exchange(suite: u16, body: &[u8]) -> Vec<u8> {
    let mut masked = vec![0; body.len()];
    let mut put = |at: usize, byte: u8| masked.get_mut(at).map_or((), |to| *to = byte);
    let kept = match read_key_exchange(suite, body) {
        Some(KeyExchange::Ecdhe { .. }) if body.first() == Some(&NAMED_CURVE) => 3,
        Some(KeyExchange::Ecdhe { .. }) => 1,
        Some(KeyExchange::Dhe { .. }) => 2,
        _ => 0,
    };
    body.iter().take(kept).zip(0..).for_each(|(byte, at)| put(at, *byte));
    if let (2, Some(prime)) = (kept, prime(body))
        && let Some((zeros, first)) = prime.iter().enumerate().find(|(_, byte)| **byte != 0)
    {
        // A number of the same length.
        put(zeros.saturating_add(2), 1 << first.ilog2());
    }
    masked
}
