//! The numbers of RDP security negotiation: protocols, flags and failure codes.

use std::fmt;
use std::str::FromStr;

/// A set of security protocols, as a client offers it in `requestedProtocols`
/// ([MS-RDPBCGR] 2.2.1.1.1).
///
/// The empty set stands for standard RDP security, which has no bit and is always implied.
///
/// ```
/// use rdp_probe::Protocols;
///
/// let offer: Protocols = "ssl,hybrid".parse()?;
/// assert_eq!(offer.bits(), 3);
/// assert_eq!(offer.to_string(), "ssl,hybrid");
/// assert!("ssl,tls".parse::<Protocols>().is_err());
/// # Ok::<(), rdp_probe::ParseProtocolsError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Protocols(u32);

/// Bit and name of each protocol, in the order of [MS-RDPBCGR] 2.2.1.1.1.
const NAMES: [(u32, &str); 5] = [(1, "ssl"), (2, "hybrid"), (4, "rdstls"), (8, "hybrid_ex"), (16, "rdsaad")];

impl Protocols {
    /// Standard RDP security only: no bit set.
    pub const RDP: Self = Self(0);
    /// TLS.
    pub const SSL: Self = Self(1);
    /// `CredSSP` over TLS, which is Network Level Authentication.
    pub const HYBRID: Self = Self(2);
    /// RDSTLS, used after a redirection.
    pub const RDSTLS: Self = Self(4);
    /// `CredSSP` followed by the Early User Authorization Result.
    pub const HYBRID_EX: Self = Self(8);
    /// Entra ID sign-in over TLS.
    pub const RDSAAD: Self = Self(16);

    /// The set with these bits. Bits without a name are kept.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits, as they travel.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every protocol of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any protocol of `other` is in this set.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether this is standard RDP security alone.
    #[must_use]
    pub const fn is_rdp(self) -> bool {
        self.0 == 0
    }

    /// The names of the protocols in the set; `rdp` alone for the empty set. Bits without a name are left out.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let rdp = self.is_rdp().then_some("rdp");
        rdp.into_iter().chain(NAMES.into_iter().filter(move |(bit, _)| self.0 & bit != 0).map(|(_, name)| name))
    }
}

impl Default for Protocols {
    /// What the Windows client offers to begin with: TLS, `CredSSP`, and `CredSSP` with early authorization.
    fn default() -> Self {
        Self::SSL.union(Self::HYBRID).union(Self::HYBRID_EX)
    }
}

impl fmt::Display for Protocols {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = self.names();
        if let Some(first) = names.next() {
            f.write_str(first)?;
        }
        names.try_for_each(|name| write!(f, ",{name}"))?;
        let unnamed = NAMES.iter().fold(self.0, |rest, (bit, _)| rest & !bit);
        match (unnamed, unnamed == self.0) {
            (0, _) => Ok(()),
            (_, true) => write!(f, "{unnamed:#x}"),
            (_, false) => write!(f, ",{unnamed:#x}"),
        }
    }
}

impl fmt::Debug for Protocols {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Protocols({self})")
    }
}

/// A word in a list of protocols is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown protocol {word:?}: use rdp, ssl, hybrid, hybrid_ex, rdstls or rdsaad, separated by commas")]
pub struct ParseProtocolsError {
    word: String,
}

impl ParseProtocolsError {
    /// The word that is not a protocol.
    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }
}

impl FromStr for Protocols {
    type Err = ParseProtocolsError;

    fn from_str(list: &str) -> Result<Self, Self::Err> {
        list.split(',').map(str::trim).try_fold(Self::RDP, |set, word| {
            let named = NAMES.iter().find(|(_, name)| name.eq_ignore_ascii_case(word)).map(|(bit, _)| *bit);
            let bits = named
                .or_else(|| word.eq_ignore_ascii_case("rdp").then_some(0))
                .or_else(|| word.strip_prefix("0x").and_then(|hex| u32::from_str_radix(hex, 16).ok()))
                .ok_or_else(|| ParseProtocolsError { word: word.to_owned() })?;
            Ok(set.union(Self(bits)))
        })
    }
}

/// The one protocol that a server selected, as it travels in `selectedProtocol` ([MS-RDPBCGR] 2.2.1.2.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Selected(pub u32);

impl Selected {
    /// Standard RDP security.
    pub const RDP: Self = Self(0);

    /// The name that an offer would use: `rdp`, `ssl`, `hybrid`, `hybrid_ex`, `rdstls`, `rdsaad`; `None` for any
    /// other value.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self.0 {
            0 => Some("rdp"),
            bits => NAMES.iter().find(|(bit, _)| *bit == bits).map(|(_, name)| *name),
        }
    }

    /// Whether TLS follows this choice.
    #[must_use]
    pub fn starts_tls(self) -> bool {
        self.0 != 0 && self.name().is_some()
    }

    /// Whether Network Level Authentication follows TLS.
    #[must_use]
    pub const fn uses_credssp(self) -> bool {
        self.0 == Protocols::HYBRID.bits() || self.is_early()
    }

    /// Whether an Early User Authorization Result follows that.
    #[must_use]
    pub const fn is_early(self) -> bool {
        self.0 == Protocols::HYBRID_EX.bits()
    }
}

/// The name, or the number of a protocol that has none.
impl fmt::Display for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "{:#x}", self.0),
        }
    }
}

/// The code of a Negotiation Failure ([MS-RDPBCGR] 2.2.1.2.2). Unknown codes stay what they are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FailureCode(pub u32);

impl FailureCode {
    /// The symbol of the specification, `None` for a code that no published source knows.
    #[must_use]
    pub const fn symbol(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "SSL_REQUIRED_BY_SERVER",
            2 => "SSL_NOT_ALLOWED_BY_SERVER",
            3 => "SSL_CERT_NOT_ON_SERVER",
            4 => "INCONSISTENT_FLAGS",
            5 => "HYBRID_REQUIRED_BY_SERVER",
            6 => "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER",
            7 => "ENTRA_AUTH_REQUIRED_BY_SERVER",
            _ => return None,
        })
    }
}

/// The symbol, or the number of a code that has none.
impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.symbol() {
            Some(symbol) => f.pad(symbol),
            None => write!(f, "{}", self.0),
        }
    }
}
