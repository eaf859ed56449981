//! Names of TLS versions and cipher suites.

use std::borrow::Cow;

use tls_parser::TlsCipherSuite;

use crate::evidence::{KeyExchange, Session};

/// As it travels.
pub(crate) const TLS_1_3: u16 = 0x0304;

/// `1.0` to `1.3`, or `SSL 3.0`; `None` for anything else.
pub(crate) const fn version_name(version: u16) -> Option<&'static str> {
    Some(match version {
        0x0300 => "SSL 3.0",
        0x0301 => "1.0",
        0x0302 => "1.1",
        0x0303 => "1.2",
        0x0304 => "1.3",
        _ => return None,
    })
}

/// The name registered with IANA, or the number in hex.
pub(crate) fn suite_name(suite: u16) -> String {
    TlsCipherSuite::from_id(suite).map_or_else(|| format!("{suite:#06x}"), |known| known.name.to_owned())
}

/// The name of a group registered with IANA ("TLS Supported Groups"), or the number in hex.
pub(crate) fn group_name(group: u16) -> Cow<'static, str> {
    Cow::Borrowed(match group {
        0x0013 => "secp192r1",
        0x0015 => "secp224r1",
        0x0016 => "secp256k1",
        0x0017 => "secp256r1",
        0x0018 => "secp384r1",
        0x0019 => "secp521r1",
        0x001A => "brainpoolP256r1",
        0x001B => "brainpoolP384r1",
        0x001C => "brainpoolP512r1",
        0x001D => "x25519",
        0x001E => "x448",
        0x001F => "brainpoolP256r1tls13",
        0x0020 => "brainpoolP384r1tls13",
        0x0021 => "brainpoolP512r1tls13",
        0x11EB => "SecP256r1MLKEM768",
        0x11EC => "X25519MLKEM768",
        0x11ED => "SecP384r1MLKEM1024",
        0xFF01 => "arbitrary_explicit_prime_curves",
        0xFF02 => "arbitrary_explicit_char2_curves",
        _ => return Cow::Owned(format!("{group:#06x}")),
    })
}

/// How keys are agreed on, in words: `ECDHE x25519`, `DHE 1024 bits`, `static RSA`.
pub(crate) fn key_exchange(key_exchange: KeyExchange) -> Cow<'static, str> {
    match key_exchange {
        KeyExchange::Rsa => Cow::Borrowed("static RSA"),
        KeyExchange::Ecdhe { group } => format!("ECDHE {}", group_name(group)).into(),
        KeyExchange::Dhe { bits } => format!("DHE {bits} bits").into(),
    }
}

/// The suites of TLS 1.2 with forward secrecy and authenticated encryption.
const MODERN: [u16; 6] = [0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9];

/// Whether clients of today, this one's usual TLS among them, would not agree to such a session: a version before TLS 1.2,
/// or a suite of it without forward secrecy or authenticated encryption.
pub(crate) fn is_legacy(session: Session) -> bool {
    session.version < 0x0303 || session.version == 0x0303 && !MODERN.contains(&session.suite)
}
