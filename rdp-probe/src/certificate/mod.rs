//! What a certificate says of itself (RFC 5280), read without judging it.

mod name;
mod thumbprint;
mod verdict;

use std::fmt::Write as _;
use std::net::IpAddr;

#[cfg(feature = "tokio")]
use bytes::Bytes;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;
use x509_parser::signature_algorithm::SignatureAlgorithm;
use x509_parser::x509::AlgorithmIdentifier;

pub use thumbprint::{ParseThumbprintError, Thumbprint, ThumbprintFlaw};
pub use verdict::{Judgement, Reason, Verdict, judge};

/// A server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Certificate {
    /// The subject, as a distinguished name.
    pub subject: String,
    /// The issuer, as a distinguished name.
    pub issuer: String,
    /// The subject's common name, if it has one.
    pub common_name: Option<String>,
    /// The serial number, lower-case hex.
    pub serial: String,
    /// Start of validity, seconds since 1970 UTC.
    pub not_before: i64,
    /// End of validity, seconds since 1970 UTC.
    pub not_after: i64,
    /// Whether subject and issuer are the same.
    pub self_signed: bool,
    /// DNS names and addresses of the subject alternative name, in their order.
    pub names: Vec<String>,
    /// The public key.
    pub key: Key,
    /// The algorithm it is signed with, by its usual name, or as a dotted OID.
    pub signature_algorithm: String,
    /// X.509 version, 1 to 3.
    pub version: u32,
    /// Whether it may be used for a server, as far as its key usages say; `None` if they cannot be read.
    pub serves: Option<bool>,
    /// SHA-1 of the DER: the thumbprint that Windows shows.
    pub sha1: [u8; 20],
    /// SHA-256 of the DER.
    pub sha256: [u8; 32],
}

/// A public key, by kind and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// The kind.
    pub algorithm: KeyAlgorithm,
    /// Its size in bits, where it is known.
    pub bits: Option<u32>,
}

/// The kind of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are those of the algorithms")]
pub enum KeyAlgorithm {
    Rsa,
    Ecdsa,
    Ed25519,
    Dsa,
    Other,
}

impl KeyAlgorithm {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::Ecdsa => "ECDSA",
            Self::Ed25519 => "Ed25519",
            Self::Dsa => "DSA",
            Self::Other => "other",
        }
    }
}

/// Key purposes that let a certificate serve RDP: server authentication, Remote Desktop authentication (Microsoft), any.
pub(crate) const SERVER_PURPOSES: [&str; 3] = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.4.1.311.54.1.2", "2.5.29.37.0"];

impl Certificate {
    /// Reads a certificate from DER; `None` if it is not one.
    ///
    /// What strict readers refuse (X.509 version 1, weak keys, odd extensions) is read all the same.
    #[must_use]
    pub fn parse(der: &[u8]) -> Option<Self> {
        let (_, x509) = X509Certificate::from_der(der).ok()?;
        let validity = x509.validity();
        Some(Self {
            subject: name::print(x509.subject()),
            issuer: name::print(x509.issuer()),
            common_name: x509.subject().iter_common_name().find_map(|name| name.as_str().ok()).map(str::to_owned),
            serial: hex(positive(x509.raw_serial())),
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            self_signed: x509.subject().as_raw() == x509.issuer().as_raw(),
            names: names(&x509),
            key: key(&x509),
            signature_algorithm: signature_algorithm(&x509.signature_algorithm),
            version: x509.version().0.saturating_add(1),
            serves: serves(&x509),
            sha1: Sha1::digest(der).into(),
            sha256: Sha256::digest(der).into(),
        })
    }

    /// Whole days until the end of validity, negative behind it.
    #[must_use]
    pub fn days_left(&self, now: i64) -> i64 {
        self.not_after.saturating_sub(now).div_euclid(86_400)
    }
}

/// The `SubjectPublicKeyInfo` of a certificate as DER, and the contents of the BIT STRING in it.
#[cfg(feature = "tokio")]
pub(crate) fn public_key(der: &Bytes) -> Option<(Bytes, Bytes)> {
    let (_, x509) = X509Certificate::from_der(der).ok()?;
    let info = x509.public_key();
    Some((Bytes::copy_from_slice(info.raw), Bytes::copy_from_slice(&info.subject_public_key.data)))
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn names(x509: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = x509.subject_alternative_name() else { return Vec::new() };
    let names = extension.value.general_names.iter();
    names
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
            _ => None,
        })
        .collect()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

fn key(x509: &X509Certificate<'_>) -> Key {
    let size = |bits: usize| u32::try_from(bits).ok().filter(|bits| *bits > 0);
    let (algorithm, bits) = match x509.public_key().parsed() {
        Ok(PublicKey::RSA(rsa)) => (KeyAlgorithm::Rsa, size(bit_length(rsa.modulus))),
        Ok(PublicKey::EC(point)) => (KeyAlgorithm::Ecdsa, size(point.key_size())),
        Ok(PublicKey::DSA(_)) => (KeyAlgorithm::Dsa, None),
        _ if x509.public_key().algorithm.algorithm.to_id_string() == "1.3.101.112" => {
            (KeyAlgorithm::Ed25519, Some(256))
        }
        _ => (KeyAlgorithm::Other, None),
    };
    Key { algorithm, bits }
}

fn serves(x509: &X509Certificate<'_>) -> Option<bool> {
    let extended = x509.extended_key_usage().ok()?.is_none_or(|usage| {
        let other = usage.value.other.iter().map(Oid::to_id_string);
        let named = other.into_iter().any(|oid| SERVER_PURPOSES.contains(&&*oid));
        usage.value.any || usage.value.server_auth || named
    });
    let basic = x509.key_usage().ok()?.is_none_or(|usage| {
        usage.value.digital_signature() || usage.value.key_encipherment() || usage.value.key_agreement()
    });
    Some(extended && basic)
}

/// An INTEGER without the zero byte that keeps it positive in DER.
fn positive(integer: &[u8]) -> &[u8] {
    match integer {
        [0, rest @ ..] if !rest.is_empty() => rest,
        whole => whole,
    }
}

/// The size of a modulus, whatever zeros stand before it.
fn bit_length(modulus: &[u8]) -> usize {
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let first = modulus.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    (modulus.len() - zeros) * 8 - first
}

fn signature_algorithm(identifier: &AlgorithmIdentifier<'_>) -> String {
    // Of RSASSA-PSS the parameters name the hash (RFC 4055 section 3.1), and that is what is strong or weak.
    if let Ok(SignatureAlgorithm::RSASSA_PSS(parameters)) = SignatureAlgorithm::try_from(identifier) {
        return format!("rsassaPss-{}", hash_name(&parameters.hash_algorithm_oid().to_id_string()));
    }
    let id = identifier.algorithm.to_id_string();
    let known = match id.as_str() {
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.113549.1.1.14" => "sha224WithRSAEncryption",
        "1.2.840.10045.4.1" => "ecdsa-with-SHA1",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.3.101.112" => "ed25519",
        _ => return id,
    };
    known.to_owned()
}

fn hash_name(oid: &str) -> &str {
    match oid {
        "1.3.14.3.2.26" => "sha1",
        "1.2.840.113549.2.5" => "md5",
        "2.16.840.1.101.3.4.2.1" => "sha256",
        "2.16.840.1.101.3.4.2.2" => "sha384",
        "2.16.840.1.101.3.4.2.3" => "sha512",
        other => other,
    }
}
