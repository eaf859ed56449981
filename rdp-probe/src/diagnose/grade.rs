//! How sure a statement is, and how well it is known.

use std::fmt;

/// How sure the diagnosis is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Confidence {
    /// Compatible with the evidence, and no better than other explanations.
    Possible,
    /// The best explanation of the evidence; others remain.
    Likely,
    /// The evidence itself says so.
    Certain,
}

/// How well the statement behind a row is known. It bounds the [`Confidence`] of whatever leans on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Grade {
    /// A plausible mechanism; no confirmed case is known.
    Plausible,
    /// Reports without control.
    Reported,
    /// First-hand reports with a fix that worked, or a maintainer's statement.
    Confirmed,
    /// The vendor or the specification says so.
    Documented,
    /// The bytes on the wire, or the operating system's own code, say so.
    Observed,
}

impl Confidence {
    /// The word used in reports: `certain`, `likely` or `possible`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Grade {
    /// The highest confidence that a statement of this grade can carry.
    #[must_use]
    pub const fn bound(self) -> Confidence {
        match self {
            Self::Observed | Self::Documented => Confidence::Certain,
            Self::Confirmed => Confidence::Likely,
            Self::Reported | Self::Plausible => Confidence::Possible,
        }
    }

    /// A word for programs, in kebab-case.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Documented => "documented",
            Self::Confirmed => "confirmed",
            Self::Reported => "reported",
            Self::Plausible => "plausible",
        }
    }

    /// What it is, in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "the evidence itself shows it",
            Self::Documented => "documented by the vendor or the specification",
            Self::Confirmed => "confirmed by first-hand reports with a fix that worked",
            Self::Reported => "reported, without control",
            Self::Plausible => "a plausible mechanism; no confirmed case is known",
        }
    }
}
