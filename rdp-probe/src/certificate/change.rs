//! What became of a certificate since it was last seen.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Certificate;

/// What a certificate is against an earlier one of the same server.
///
/// Of several that fit it is the first in the order of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Change {
    /// The very same certificate.
    Same,
    /// Its subject, or a name or address that it is for ([`Certificate::hosts`]), is another. Case and order do not matter.
    OtherName {
        /// Whether the key is the same all the same.
        same_key: bool,
    },
    /// It begins when the earlier one was over: renewed, late, as far as the dates tell.
    Renewed {
        /// Whether the key was kept.
        same_key: bool,
    },
    /// The earlier one was not over when it begins, and the key is the same: issued anew.
    SameKey,
    /// The earlier one was not over when it begins, and the key is another.
    NewKey,
}

impl Change {
    /// Whether the key is the same: whoever holds it then held it before.
    #[must_use]
    pub const fn keeps_key(self) -> bool {
        match self {
            Self::Same | Self::SameKey => true,
            Self::NewKey => false,
            Self::OtherName { same_key } | Self::Renewed { same_key } => same_key,
        }
    }
}

impl Certificate {
    /// What this certificate is against an earlier one.
    ///
    /// ```
    /// use rdp_probe::{Certificate, Change};
    ///
    /// fn is_welcome(served: &Certificate, remembered: &Certificate) -> bool {
    ///     match served.compare(remembered) {
    ///         Change::Same | Change::SameKey => true,
    ///         // Whether late or for other names: what counts is who holds the key.
    ///         change => change.keeps_key(),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn compare(&self, previous: &Self) -> Change {
        let same_key = self.key_sha256 == previous.key_sha256;
        if self.sha256 == previous.sha256 {
            return Change::Same;
        }
        if !self.subject.eq_ignore_ascii_case(&previous.subject) || hosts(self) != hosts(previous) {
            return Change::OtherName { same_key };
        }
        match (previous.not_after < self.not_before, same_key) {
            (true, _) => Change::Renewed { same_key },
            (false, true) => Change::SameKey,
            (false, false) => Change::NewKey,
        }
    }
}

/// What a certificate is for, in one way of writing.
fn hosts(certificate: &Certificate) -> BTreeSet<String> {
    let plain = |name: &String| match name.parse::<IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => name.to_ascii_lowercase(),
    };
    certificate.hosts().iter().map(plain).collect()
}
