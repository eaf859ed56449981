//! What a claim is: something users are told about 0x904/0x7, and how it stands.

use std::fmt;

use super::cause::Cause;

/// An explanation or remedy that users of 0x904/0x7 meet, and what is known of it.
///
/// The code of a claim is stable: claims are added, never renamed or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// Stable name, in kebab-case.
    pub code: &'static str,
    /// The claim, as users meet it.
    pub claim: &'static str,
    /// How it stands.
    pub verdict: ClaimVerdict,
    /// What is known for and against it, and which numbers would show instead, in one to three sentences.
    pub why: &'static str,
    /// What `rdp-probe` does about it, and what is left to do by hand.
    pub probe: &'static str,
    /// The causes that it is about, the nearest first.
    pub causes: &'static [Cause],
    /// Where the verdict comes from.
    pub sources: &'static [&'static str],
}

/// How a claim about 0x904/0x7 stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ClaimVerdict {
    /// Documents or first-hand reports bear it out.
    Supported,
    /// Part of it is borne out, and part is not.
    HalfTrue,
    /// The mechanism is conceivable; no confirmed case is known.
    Plausible,
    /// No evidence for it was found.
    Unsupported,
    /// What is known speaks against it.
    Contradicted,
    /// Not an explanation, and good advice.
    Useful,
    /// True, and it neither explains nor mends the fault.
    TrueButNotEnough,
}

impl Claim {
    /// All claims.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        super::claims::CLAIMS.iter()
    }

    /// The claim with this code, in any case.
    #[must_use]
    pub fn from_code(code: &str) -> Option<&'static Self> {
        Self::all().find(|claim| claim.code.eq_ignore_ascii_case(code))
    }
}

impl ClaimVerdict {
    /// The word used in reports, such as `half-true`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::HalfTrue => "half-true",
            Self::Plausible => "plausible",
            Self::Unsupported => "unsupported",
            Self::Contradicted => "contradicted",
            Self::Useful => "useful",
            Self::TrueButNotEnough => "true-but-not-enough",
        }
    }
}

impl fmt::Display for ClaimVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
