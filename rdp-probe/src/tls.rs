//! Names of TLS versions and cipher suites.

use tls_parser::TlsCipherSuite;

use crate::evidence::Session;

/// As it travels.
pub(crate) const TLS_1_3: u16 = 0x0304;

/// `1.0` to `1.3`; `None` for anything else.
pub(crate) const fn version_name(version: u16) -> Option<&'static str> {
    Some(match version {
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

/// The suites of TLS 1.2 with forward secrecy and authenticated encryption.
const MODERN: [u16; 6] = [0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9];

/// Whether clients of today, this one's usual TLS among them, would not agree to such a session: a version before TLS 1.2,
/// or a suite of it without forward secrecy or authenticated encryption.
pub(crate) fn is_legacy(session: Session) -> bool {
    session.version < 0x0303 || session.version == 0x0303 && !MODERN.contains(&session.suite)
}
