//! Judges a certificate, each check for itself.

use std::mem::discriminant;
use std::net::IpAddr;

use super::{Certificate, Change, Judgement, KeyAlgorithm, Reason, Thumbprint, Verdict};
use crate::evidence::{ChainPath, Known};

const fn yes(reason: Reason) -> Judgement {
    Judgement { ok: Some(true), reason }
}

const fn no(reason: Reason) -> Judgement {
    Judgement { ok: Some(false), reason }
}

const fn unknown(reason: Reason) -> Judgement {
    Judgement { ok: None, reason }
}

/// Judges a certificate: whether its chain led anywhere (`path`, from whoever checked the signatures, who may also have
/// found whether its own key signed it), whether it names `host`, and whether it is valid at `now` (seconds since 1970 UTC).
/// Whether it was expected, [`Verdict::with_expected`] says; whether the target is known by it, [`Verdict::with_known`].
#[must_use]
pub fn judge(
    certificate: &Certificate,
    path: Option<ChainPath>,
    own_signature: Option<bool>,
    host: &str,
    now: Option<i64>,
) -> Verdict {
    let chain = match path {
        Some(ChainPath::Trusted) => yes(Reason::Trusted),
        // Its own word counts where nobody knows better.
        _ if certificate.self_signed && own_signature != Some(false) => no(Reason::SelfSigned),
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
    Verdict {
        chain,
        time,
        name: judge_name(certificate, host),
        purpose: judge_purpose(certificate),
        key: judge_key(certificate),
        signature: judge_signature(certificate),
        thumbprint: unknown(Reason::NoExpectation),
        known: unknown(Reason::NoneKnown),
    }
}

impl Verdict {
    /// With what the thumbprints say that were expected: of each kind that is given, one has to be the certificate's.
    #[must_use]
    pub fn with_expected(self, expected: &[Thumbprint], certificate: &Certificate) -> Self {
        let of_its_kind = |print: &Thumbprint| {
            let mut kin = expected.iter().filter(|other| discriminant(*other) == discriminant(print));
            kin.any(|other| other.matches(certificate))
        };
        let thumbprint = match expected {
            [] => unknown(Reason::NoExpectation),
            _ if expected.iter().all(of_its_kind) => yes(Reason::Expected),
            _ => no(Reason::Unexpected),
        };
        Self { thumbprint, ..self }
    }

    /// With what the certificate is against the one that the target is known by. It passes if the key is the same.
    #[must_use]
    pub fn with_known(self, known: &Known, certificate: &Certificate) -> Self {
        let known = match known {
            Known::Unasked => unknown(Reason::NoneKnown),
            Known::Nothing => unknown(Reason::FirstSeen),
            Known::Unavailable => unknown(Reason::Unavailable),
            Known::Certificate(der) => match Certificate::parse(der) {
                None => unknown(Reason::Unreadable),
                Some(previous) => {
                    let change = certificate.compare(&previous);
                    Judgement { ok: Some(change.keeps_key()), reason: reason_of(change) }
                }
            },
        };
        Self { known, ..self }
    }
}

const fn reason_of(change: Change) -> Reason {
    match change {
        Change::Same => Reason::Same,
        Change::OtherName { .. } => Reason::OtherName,
        Change::Renewed { .. } => Reason::Renewed,
        Change::SameKey => Reason::SameKey,
        Change::NewKey => Reason::NewKey,
    }
}

fn judge_purpose(certificate: &Certificate) -> Judgement {
    match (certificate.serves, certificate.key_serves) {
        (Some(false), _) => no(Reason::OtherPurpose),
        (_, Some(false)) => no(Reason::OtherKeyUsage),
        (None, _) | (_, None) => unknown(Reason::Unreadable),
        (Some(true), Some(true)) => yes(Reason::ServerAuth),
    }
}

/// RSA from 2048 bits, curves from 256, as today's clients want them; DSA is taken by none of them.
fn judge_key(certificate: &Certificate) -> Judgement {
    use KeyAlgorithm as K;
    match (certificate.key.algorithm, certificate.key.bits) {
        (K::Rsa | K::RsaPss, Some(2048..)) | (K::Ecdsa, Some(256..)) | (K::Ed25519 | K::Ed448, _) => {
            yes(Reason::Strong)
        }
        (K::Rsa | K::RsaPss | K::Ecdsa, Some(_)) | (K::Dsa, _) => no(Reason::Weak),
        _ => unknown(Reason::UnknownAlgorithm),
    }
}

fn judge_signature(certificate: &Certificate) -> Judgement {
    let algorithm = certificate.signature_algorithm.to_ascii_lowercase();
    let hash = algorithm.strip_prefix("rsassapss-").unwrap_or(&algorithm);
    match hash {
        weak if ["sha1", "md5", "md2"].iter().any(|hash| weak.contains(hash)) => no(Reason::Weak),
        dotted if dotted.starts_with(|c: char| c.is_ascii_digit()) => unknown(Reason::UnknownAlgorithm),
        _ => yes(Reason::Strong),
    }
}

/// Alternative names first; the common name counts only where there are none. Where they cannot all be read, the one that
/// is missing may be among the others.
fn judge_name(certificate: &Certificate, host: &str) -> Judgement {
    let host = host.strip_suffix('.').unwrap_or(host);
    match (names(certificate, host), certificate.names.is_empty()) {
        (true, false) => yes(Reason::NameMatches),
        (true, true) => yes(Reason::CommonNameMatches),
        (false, _) if !certificate.names_readable => unknown(Reason::Unreadable),
        (false, _) if certificate.hosts().is_empty() => no(Reason::NoName),
        (false, _) => no(Reason::OtherName),
    }
}

/// Whether the certificate names the host. An address has to be held as one; only a common name can but spell it (RFC 9525
/// section 6.4).
fn names(certificate: &Certificate, host: &str) -> bool {
    let mut hosts = certificate.hosts().iter();
    match host.parse::<IpAddr>() {
        Ok(address) if certificate.names.is_empty() => hosts.any(|name| name.parse() == Ok(address)),
        Ok(address) => certificate.addresses.contains(&address),
        Err(_) => hosts.any(|name| matches(name, host)),
    }
}

/// Whether a name in a certificate stands for the host. A wildcard stands for exactly one label (RFC 9525 section 6.3).
fn matches(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(domain)),
        None => name.eq_ignore_ascii_case(host),
    }
}
