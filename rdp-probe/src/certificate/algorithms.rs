//! Keys and signature algorithms, by the names that people know.

use x509_parser::asn1_rs::Integer;
use x509_parser::certificate::X509Certificate;
use x509_parser::oid_registry::OID_PKCS1_RSASSAPSS;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::{PublicKey, RSAPublicKey};
use x509_parser::signature_algorithm::{RsaSsaPssParams, SignatureAlgorithm};
use x509_parser::x509::AlgorithmIdentifier;

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
    /// An RSA key that may sign with PSS and do nothing else (RFC 4055 section 3.1).
    RsaPss,
    Ecdsa,
    Ed25519,
    Ed448,
    Dsa,
    Other,
}

impl KeyAlgorithm {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::RsaPss => "RSA-PSS",
            Self::Ecdsa => "ECDSA",
            Self::Ed25519 => "Ed25519",
            Self::Ed448 => "Ed448",
            Self::Dsa => "DSA",
            Self::Other => "other",
        }
    }
}

/// The key of a certificate.
pub(super) fn key(x509: &X509Certificate<'_>) -> Key {
    let size = |bits: usize| u32::try_from(bits).ok().filter(|bits| *bits > 0);
    let info = x509.public_key();
    let (algorithm, bits) = match (info.algorithm.algorithm.to_id_string().as_str(), info.parsed()) {
        (_, Ok(PublicKey::RSA(rsa))) => (KeyAlgorithm::Rsa, size(bit_length(rsa.modulus))),
        // A coordinate of P-521 has bits to spare in its first byte; no other curve is as long.
        (_, Ok(PublicKey::EC(point))) => {
            (KeyAlgorithm::Ecdsa, size(if point.key_size() == 528 { 521 } else { point.key_size() }))
        }
        (_, Ok(PublicKey::DSA(_))) => (KeyAlgorithm::Dsa, dsa_prime(&info.algorithm).and_then(size)),
        _ if info.algorithm.algorithm == OID_PKCS1_RSASSAPSS => {
            let key = RSAPublicKey::from_der(&info.subject_public_key.data).ok();
            (KeyAlgorithm::RsaPss, key.and_then(|(_, key)| size(bit_length(key.modulus))))
        }
        // Of these there is one size each (RFC 8032 sections 5.1.5 and 5.2.5).
        ("1.3.101.112", _) => (KeyAlgorithm::Ed25519, Some(256)),
        ("1.3.101.113", _) => (KeyAlgorithm::Ed448, Some(456)),
        _ => (KeyAlgorithm::Other, None),
    };
    Key { algorithm, bits }
}

/// The bits of the prime that a DSA key counts with: the first of its parameters (RFC 3279 section 2.3.2).
fn dsa_prime(algorithm: &AlgorithmIdentifier<'_>) -> Option<usize> {
    let parameters = algorithm.parameters.as_ref()?;
    let (_, prime) = Integer::from_der(parameters.data).ok()?;
    Some(bit_length(prime.as_ref()))
}

/// The size of a number, whatever zeros stand before it.
fn bit_length(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    (number.len() - zeros) * 8 - first
}

/// What a certificate is signed with, by its usual name, or as a dotted OID.
pub(super) fn signature_algorithm(identifier: &AlgorithmIdentifier<'_>) -> String {
    let id = identifier.algorithm.to_id_string();
    if let Some(parameters) = pss(identifier) {
        return format!("rsassaPss-{}", hash_name(&parameters.hash_algorithm_oid().to_id_string()));
    }
    let known = match id.as_str() {
        "1.2.840.113549.1.1.2" => "md2WithRSAEncryption",
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        // The same by an older name, as makecert of Windows writes it.
        "1.3.14.3.2.29" => "sha1WithRSA",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.113549.1.1.14" => "sha224WithRSAEncryption",
        "1.2.840.10040.4.3" => "dsa-with-sha1",
        "2.16.840.1.101.3.4.3.1" => "dsa-with-sha224",
        "2.16.840.1.101.3.4.3.2" => "dsa-with-sha256",
        "1.2.840.10045.4.1" => "ecdsa-with-SHA1",
        "1.2.840.10045.4.3.1" => "ecdsa-with-SHA224",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.3.101.112" => "ed25519",
        "1.3.101.113" => "ed448",
        _ => return id,
    };
    known.to_owned()
}

/// The parameters of RSASSA-PSS: they name the hash (RFC 4055 section 3.1), and that is what is strong or weak.
pub(crate) fn pss<'a>(identifier: &AlgorithmIdentifier<'a>) -> Option<Box<RsaSsaPssParams<'a>>> {
    // Built for debugging, the reader prints to standard error what it does not know.
    if identifier.algorithm != OID_PKCS1_RSASSAPSS {
        return None;
    }
    match SignatureAlgorithm::try_from(identifier) {
        Ok(SignatureAlgorithm::RSASSA_PSS(parameters)) => Some(parameters),
        _ => None,
    }
}

fn hash_name(oid: &str) -> &str {
    match oid {
        "1.3.14.3.2.26" => "sha1",
        "1.2.840.113549.2.5" => "md5",
        "2.16.840.1.101.3.4.2.1" => "sha256",
        "2.16.840.1.101.3.4.2.2" => "sha384",
        "2.16.840.1.101.3.4.2.3" => "sha512",
        "2.16.840.1.101.3.4.2.4" => "sha224",
        other => other,
    }
}
