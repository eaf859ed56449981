//! What is said of a certificate, of each check for itself, so that a report can say which one fails and why.

use crate::evidence::Check;

/// What one check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Judgement {
    /// Passed, failed, or not known.
    pub ok: Option<bool>,
    /// Why.
    pub reason: Reason,
}

/// Why a check says what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// The chain leads to a given root.
    Trusted,
    /// The certificate is its own issuer and no given root.
    SelfSigned,
    /// No roots were given to check against.
    NoRoots,
    /// Nobody who is trusted signed it.
    UnknownIssuer,
    /// A signature in the chain is wrong.
    BadSignature,
    /// A certificate in the chain cannot be used there.
    Unusable,
    /// Now lies within its validity.
    Valid,
    /// Its end is past.
    Expired,
    /// Its start is ahead.
    NotYetValid,
    /// No clock was given to judge by.
    NoClock,
    /// A subject alternative name is the host.
    NameMatches,
    /// It has no alternative names, and its common name is the host.
    CommonNameMatches,
    /// It names other hosts: than the one that was asked for, or than the certificate that the target is known by. There `ok`
    /// says whether the key is the same.
    OtherName,
    /// It names nothing.
    NoName,
    /// It may be used for a server.
    ServerAuth,
    /// Its extended key usage leaves out servers.
    OtherPurpose,
    /// Its key usage leaves out what TLS asks of a key of its kind.
    OtherKeyUsage,
    /// The key is strong enough.
    Strong,
    /// The key, or the signature's algorithm, is weaker than today's clients accept.
    Weak,
    /// The algorithm is not known here.
    UnknownAlgorithm,
    /// What the check looks at cannot be read.
    Unreadable,
    /// It is the one that was expected.
    Expected,
    /// It is another than the one that was expected.
    Unexpected,
    /// None was expected.
    NoExpectation,
    /// Nobody asked which one the target is known by.
    NoneKnown,
    /// The target is known by none yet: this is the first.
    FirstSeen,
    /// It is the very one that the target is known by.
    Same,
    /// It is another than the target is known by, with the same key, and that one was not over yet.
    SameKey,
    /// It is another than the target is known by, and begins when that one was over; `ok` says whether the key is the same.
    Renewed,
    /// It has another key than the one that the target is known by, which was not over yet.
    NewKey,
    /// Whoever keeps what targets are known by could not say.
    Unavailable,
}

impl Reason {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::SelfSigned => "self-signed",
            Self::NoRoots => "no-roots-given",
            Self::UnknownIssuer => "unknown-issuer",
            Self::BadSignature => "bad-signature",
            Self::Unusable => "unusable",
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::NoClock => "no-clock",
            Self::NameMatches => "name-matches",
            Self::CommonNameMatches => "common-name-matches",
            Self::OtherName => "other-name",
            Self::NoName => "no-name",
            Self::ServerAuth => "server-auth",
            Self::OtherPurpose => "other-purpose",
            Self::OtherKeyUsage => "other-key-usage",
            Self::Strong => "strong",
            Self::Weak => "weak",
            Self::UnknownAlgorithm => "unknown-algorithm",
            Self::Unreadable => "unreadable",
            Self::Expected => "expected",
            Self::Unexpected => "unexpected",
            Self::NoExpectation => "none-expected",
            Self::NoneKnown => "none-known",
            Self::FirstSeen => "first-seen",
            Self::Same => "same",
            Self::SameKey => "same-key",
            Self::Renewed => "renewed",
            Self::NewKey => "new-key",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What each check says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether it leads to a trusted root.
    pub chain: Judgement,
    /// Whether it is valid now.
    pub time: Judgement,
    /// Whether it names the host.
    pub name: Judgement,
    /// Whether it may be used for a server.
    pub purpose: Judgement,
    /// Whether its key is strong enough.
    pub key: Judgement,
    /// Whether it is signed with a trusted algorithm.
    pub signature: Judgement,
    /// Whether it is the one that was expected, by its thumbprint or by that of its key.
    pub thumbprint: Judgement,
    /// Whether it has the key that the target is known by, and what became of the certificate since.
    pub known: Judgement,
}

impl Verdict {
    /// The judgement of one check; `Readable` has passed where there is a verdict.
    #[must_use]
    pub const fn of(&self, check: Check) -> Option<Judgement> {
        Some(match check {
            Check::Readable | Check::Demanded | Check::CredSspVersion => return None,
            Check::Chain => self.chain,
            Check::Time => self.time,
            Check::Name => self.name,
            Check::Purpose => self.purpose,
            Check::Key => self.key,
            Check::Signature => self.signature,
            Check::Thumbprint => self.thumbprint,
            Check::Known => self.known,
        })
    }

    /// The first check that strict trust fails on: one that failed, or one that needed a root, a clock or what the target is
    /// known by and had none of it. That nothing was expected, or nothing is known yet, is no failure.
    #[must_use]
    pub fn first_failure(&self) -> Option<Check> {
        let nothing_asked = [Reason::NoExpectation, Reason::NoneKnown, Reason::FirstSeen];
        let passed = |judgement: Judgement| judgement.ok == Some(true) || nothing_asked.contains(&judgement.reason);
        Check::ALL.into_iter().find(|check| self.of(*check).is_some_and(|judgement| !passed(judgement)))
    }

    /// Whether trust on first use holds: the target is known by this key, or by none yet.
    #[must_use]
    pub fn holds_on_first_use(&self) -> bool {
        self.known.ok == Some(true) || self.known.reason == Reason::FirstSeen
    }
}
