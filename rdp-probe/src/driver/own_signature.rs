//! Whether a certificate that says that it is its own issuer is signed with its own key (RFC 5280 section 4.1.1.3).

use num_bigint::BigUint;
use rustls::SignatureScheme;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::RSAPublicKey;

use super::verifier::is_signed;
use super::weak_rsa;
use crate::evidence::Evidence;
use crate::report::Report;

/// The report of a connection. Who has signed the certificate is worked out when somebody looks, if nobody had to know before.
pub(super) fn report(evidence: Box<Evidence>) -> Report {
    Report::but_for(evidence, complete)
}

/// Adds what [`report`] leaves out.
pub(super) fn complete(evidence: &mut Evidence) {
    let Some(handshake) = evidence.handshake.as_mut().filter(|handshake| handshake.proves_key()) else { return };
    if handshake.own_signature.is_none() {
        handshake.own_signature = handshake.chain.first().and_then(|leaf| check(leaf));
    }
}

/// `None` where issuer and subject differ, and where the signature cannot be checked here: another answer would be a guess.
pub(super) fn check(der: &[u8]) -> Option<bool> {
    let (_, x509) = X509Certificate::from_der(der).ok()?;
    if x509.subject().as_raw() != x509.issuer().as_raw() {
        return None;
    }
    let scheme = scheme(&x509)?;
    let key = x509.public_key().subject_public_key.data.as_ref();
    Some(is_signed(scheme, key, x509.tbs_certificate.as_ref(), &x509.signature_value.data))
}

/// What the certificate is signed with, where its own key is one that such a signature can be checked with. A key of another
/// kind has not signed it, but there may be more kinds than are known here.
fn scheme(x509: &X509Certificate<'_>) -> Option<SignatureScheme> {
    use SignatureScheme as S;
    let id = |oid: &x509_parser::oid_registry::Oid<'_>| oid.to_id_string();
    let info = &x509.public_key().algorithm;
    let curve = info.parameters.as_ref().and_then(|any| any.as_oid().ok()).map(|oid| oid.to_id_string());
    Some(match (id(&info.algorithm).as_str(), curve.as_deref(), id(&x509.signature_algorithm.algorithm).as_str()) {
        (RSA, _, signature) if is_ours(x509) => match signature {
            "1.2.840.113549.1.1.5" => S::RSA_PKCS1_SHA1,
            "1.2.840.113549.1.1.11" => S::RSA_PKCS1_SHA256,
            "1.2.840.113549.1.1.12" => S::RSA_PKCS1_SHA384,
            "1.2.840.113549.1.1.13" => S::RSA_PKCS1_SHA512,
            _ => return pss_scheme(x509),
        },
        (RSA_PSS, ..) if is_ours(x509) => return pss_scheme(x509),
        (CURVE, Some(P256 | P384), "1.2.840.10045.4.3.2") if is_uncompressed(x509) => S::ECDSA_NISTP256_SHA256,
        (CURVE, Some(P256 | P384), "1.2.840.10045.4.3.3") if is_uncompressed(x509) => S::ECDSA_NISTP384_SHA384,
        (ED25519, _, ED25519) => S::ED25519,
        _ => return None,
    })
}

const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = "1.2.840.113549.1.1.10";
const CURVE: &str = "1.2.840.10045.2.1";
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";
const ED25519: &str = "1.3.101.112";

/// A point with both of its coordinates (SEC 1 section 2.3.3).
fn is_uncompressed(x509: &X509Certificate<'_>) -> bool {
    x509.public_key().subject_public_key.data.first() == Some(&4)
}

/// PSS, where the salt is as long as the hash, and the mask made with the same: that is what can be checked.
fn pss_scheme(x509: &X509Certificate<'_>) -> Option<SignatureScheme> {
    let parameters = crate::certificate::pss(&x509.signature_algorithm)?;
    if parameters.mask_gen_algorithm().ok()?.hash != *parameters.hash_algorithm_oid() {
        return None;
    }
    Some(match (parameters.hash_algorithm_oid().to_id_string().as_str(), parameters.salt_length()) {
        ("2.16.840.1.101.3.4.2.1", 32) => SignatureScheme::RSA_PSS_SHA256,
        ("2.16.840.1.101.3.4.2.2", 48) => SignatureScheme::RSA_PSS_SHA384,
        ("2.16.840.1.101.3.4.2.3", 64) => SignatureScheme::RSA_PSS_SHA512,
        _ => return None,
    })
}

/// Whether an RSA key is one that signatures are checked with here, by its size and exponent.
fn is_ours(x509: &X509Certificate<'_>) -> bool {
    let Ok((_, key)) = RSAPublicKey::from_der(&x509.public_key().subject_public_key.data) else { return false };
    let (modulus, exponent) = (BigUint::from_bytes_be(key.modulus), BigUint::from_bytes_be(key.exponent));
    weak_rsa::BITS.contains(&modulus.bits()) && exponent.bit(0) && (2..=33).contains(&exponent.bits())
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    fn der(name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/");
        CertificateDer::from_pem_file(format!("{folder}{name}.pem")).unwrap().to_vec()
    }

    /// Self-signed all of them, and whether that can be seen here.
    const CERTIFICATES: [(&str, bool); 10] = [
        ("rsa-sha1", true),
        ("rsa-signed-with-pss", true),
        ("rsa-pss-key", true),
        ("ed25519", true),
        ("rsa-signed-with-pss-sha1", false),
        ("p224", false),
        ("p521", false),
        ("secp256k1", false),
        ("ed448", false),
        ("dsa", false),
    ];

    #[test]
    fn a_signature_is_checked_where_it_can_be() {
        for (name, seen) in CERTIFICATES {
            assert_eq!(check(&der(name)), seen.then_some(true), "{name}");
        }
    }

    #[test]
    fn another_signature_is_noticed_where_it_can_be() {
        for (name, seen) in CERTIFICATES {
            let mut der = der(name);
            *der.last_mut().unwrap() ^= 1;
            assert_eq!(check(&der), seen.then_some(false), "{name}");
        }
    }
}
