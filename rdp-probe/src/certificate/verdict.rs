//! Judges a certificate, each check for itself, so that a report can say which one fails and why.

use std::net::IpAddr;

use super::{Certificate, KeyAlgorithm, Thumbprint};
use crate::evidence::{ChainPath, Check};

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
    /// It names other hosts.
    OtherName,
    /// It names nothing.
    NoName,
    /// It may be used for a server.
    ServerAuth,
    /// Its key usages leave out servers.
    OtherPurpose,
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
            Self::Strong => "strong",
            Self::Weak => "weak",
            Self::UnknownAlgorithm => "unknown-algorithm",
            Self::Unreadable => "unreadable",
            Self::Expected => "expected",
            Self::Unexpected => "unexpected",
            Self::NoExpectation => "none-expected",
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
    /// Whether it is the one that was expected, by its thumbprint.
    pub thumbprint: Judgement,
}

impl Verdict {
    /// The judgement of one check; `Readable` has passed where there is a verdict.
    #[must_use]
    pub const fn of(&self, check: Check) -> Option<Judgement> {
        Some(match check {
            Check::Readable => return None,
            Check::Chain => self.chain,
            Check::Time => self.time,
            Check::Name => self.name,
            Check::Purpose => self.purpose,
            Check::Key => self.key,
            Check::Signature => self.signature,
            Check::Thumbprint => self.thumbprint,
        })
    }

    /// The first check that strict trust fails on: one that failed, or one that needed a root or a clock and had
    /// none. That no thumbprint was expected is no failure.
    #[must_use]
    pub fn first_failure(&self) -> Option<Check> {
        let passed = |check: &Check| {
            self.of(*check)
                .is_none_or(|judgement| judgement.ok == Some(true) || judgement.reason == Reason::NoExpectation)
        };
        Check::ALL.into_iter().find(|check| !passed(check))
    }
}

/// Judges a certificate: whether its chain led anywhere (`path`, from whoever checked the signatures), whether it
/// names `host`, and whether it is valid at `now` (seconds since 1970 UTC). Whether it was expected, [`Verdict::with_expected`]
/// says.
#[must_use]
pub fn judge(certificate: &Certificate, path: Option<ChainPath>, host: &str, now: Option<i64>) -> Verdict {
    let yes = |reason| Judgement { ok: Some(true), reason };
    let no = |reason| Judgement { ok: Some(false), reason };
    let unknown = |reason| Judgement { ok: None, reason };
    let chain = match path {
        Some(ChainPath::Trusted) => yes(Reason::Trusted),
        _ if certificate.self_signed => no(Reason::SelfSigned),
        Some(ChainPath::UnknownIssuer) => no(Reason::UnknownIssuer),
        Some(ChainPath::BadSignature) => no(Reason::BadSignature),
        Some(ChainPath::Unusable) => no(Reason::Unusable),
        None => unknown(Reason::NoRoots),
    };
    let time = match now {
        None => unknown(Reason::NoClock),
        Some(now) if now > certificate.not_after => no(Reason::Expired),
        Some(now) if now < certificate.not_before => no(Reason::NotYetValid),
        Some(_) => yes(Reason::Valid),
    };
    let purpose = match certificate.serves {
        Some(true) => yes(Reason::ServerAuth),
        Some(false) => no(Reason::OtherPurpose),
        None => unknown(Reason::Unreadable),
    };
    let key = match (certificate.key.algorithm, certificate.key.bits) {
        (KeyAlgorithm::Rsa, Some(2048..)) | (KeyAlgorithm::Ecdsa, Some(256..)) | (KeyAlgorithm::Ed25519, _) => {
            yes(Reason::Strong)
        }
        (KeyAlgorithm::Rsa | KeyAlgorithm::Ecdsa, Some(_)) | (KeyAlgorithm::Dsa, _) => no(Reason::Weak),
        _ => unknown(Reason::UnknownAlgorithm),
    };
    let algorithm = certificate.signature_algorithm.to_ascii_lowercase();
    let signature = match algorithm.as_str() {
        weak if weak.contains("sha1") || weak.contains("md5") => no(Reason::Weak),
        dotted if dotted.starts_with(|c: char| c.is_ascii_digit()) => unknown(Reason::UnknownAlgorithm),
        _ => yes(Reason::Strong),
    };
    let (named, reason) = judge_name(certificate, host);
    let name = Judgement { ok: Some(named), reason };
    let thumbprint = unknown(Reason::NoExpectation);
    Verdict { chain, time, name, purpose, key, signature, thumbprint }
}

impl Verdict {
    /// With what the thumbprints say that were expected: of each kind that is given, one has to be the certificate's.
    #[must_use]
    pub fn with_expected(self, expected: &[Thumbprint], certificate: &Certificate) -> Self {
        let kinds = [
            |print: &Thumbprint| matches!(print, Thumbprint::Sha1(_)),
            |print: &Thumbprint| matches!(print, Thumbprint::Sha256(_)),
        ];
        let passes = |kind: fn(&Thumbprint) -> bool| {
            let mut of_kind = expected.iter().filter(|print| kind(print)).peekable();
            of_kind.peek().is_none() || of_kind.any(|print| print.matches(certificate))
        };
        let thumbprint = match expected {
            [] => Judgement { ok: None, reason: Reason::NoExpectation },
            _ if kinds.into_iter().all(passes) => Judgement { ok: Some(true), reason: Reason::Expected },
            _ => Judgement { ok: Some(false), reason: Reason::Unexpected },
        };
        Self { thumbprint, ..self }
    }
}

/// Alternative names first; the common name counts only where there are none, as Windows makes its own certificates.
fn judge_name(certificate: &Certificate, host: &str) -> (bool, Reason) {
    let host = host.strip_suffix('.').unwrap_or(host);
    match &certificate.common_name {
        _ if certificate.names.iter().any(|name| matches(name, host)) => (true, Reason::NameMatches),
        _ if !certificate.names.is_empty() => (false, Reason::OtherName),
        Some(name) if matches(name, host) => (true, Reason::CommonNameMatches),
        Some(_) => (false, Reason::OtherName),
        None => (false, Reason::NoName),
    }
}

/// Whether a name in a certificate stands for the host. A wildcard stands for exactly one label (RFC 9525
/// section 6.3); addresses match as addresses.
fn matches(name: &str, host: &str) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        return name.parse() == Ok(address);
    }
    match name.strip_prefix("*.") {
        Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(domain)),
        None => name.eq_ignore_ascii_case(host),
    }
}
