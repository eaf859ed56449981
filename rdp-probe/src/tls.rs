//! Names of TLS versions and cipher suites.

use tls_parser::TlsCipherSuite;

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

/// Whether this version is older than TLS 1.2.
pub(crate) const fn is_legacy(version: u16) -> bool {
    version < 0x0303
}
