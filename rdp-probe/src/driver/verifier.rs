//! The witness: proves that the server holds the key of its certificate, and judges nothing else.
//!
//! The key is read with x509-parser and the signature checked with ring, because stricter readers refuse X.509
//! version 1, short RSA keys and SHA-1 before anything is seen. Whether such a certificate is any good is decided
//! later, from the evidence.

use ring::signature as ring_signature;
use ring::signature::{UnparsedPublicKey, VerificationAlgorithm};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::weak_rsa;

#[derive(Debug)]
pub(super) struct Witness;

/// What the `ClientHello` offers: today's algorithms first, SHA-1 last, because Schannel with a SHA-1 certificate
/// refuses clients that do not offer it.
const SCHEMES: [SignatureScheme; 10] = [
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ED25519,
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA1,
];

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }
}

fn verify(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    // Without a readable key there is nothing to check against. The report says that the certificate cannot be read,
    // and strict trust ends there.
    let Ok((_, x509)) = X509Certificate::from_der(certificate) else { return Ok(HandshakeSignatureValid::assertion()) };
    let key = x509.public_key().subject_public_key.data.as_ref();
    if is_signed(signed.scheme, key, message, signed.signature()) {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(Error::InvalidCertificate(CertificateError::BadSignature))
    }
}

/// Whether this is the signature of a message by this key: the contents of the BIT STRING of its `SubjectPublicKeyInfo`.
pub(super) fn is_signed(scheme: SignatureScheme, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let valid = algorithm(scheme, key)
        .is_some_and(|algorithm| UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok());
    valid || weak_rsa::verify(scheme, key, message, signature)
}

/// The algorithm of a scheme. In TLS 1.2 an ECDSA scheme names the hash alone; the curve is the key's, told by the size
/// of its uncompressed point.
fn algorithm(scheme: SignatureScheme, key: &[u8]) -> Option<&'static dyn VerificationAlgorithm> {
    const P256: usize = 65;
    Some(match (scheme, key.len()) {
        (SignatureScheme::ECDSA_NISTP256_SHA256, P256) => &ring_signature::ECDSA_P256_SHA256_ASN1,
        (SignatureScheme::ECDSA_NISTP256_SHA256, _) => &ring_signature::ECDSA_P384_SHA256_ASN1,
        (SignatureScheme::ECDSA_NISTP384_SHA384, P256) => &ring_signature::ECDSA_P256_SHA384_ASN1,
        (SignatureScheme::ECDSA_NISTP384_SHA384, _) => &ring_signature::ECDSA_P384_SHA384_ASN1,
        (SignatureScheme::ED25519, _) => &ring_signature::ED25519,
        (SignatureScheme::RSA_PSS_SHA256, _) => &ring_signature::RSA_PSS_2048_8192_SHA256,
        (SignatureScheme::RSA_PSS_SHA384, _) => &ring_signature::RSA_PSS_2048_8192_SHA384,
        (SignatureScheme::RSA_PSS_SHA512, _) => &ring_signature::RSA_PSS_2048_8192_SHA512,
        (SignatureScheme::RSA_PKCS1_SHA1, _) => &ring_signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (SignatureScheme::RSA_PKCS1_SHA256, _) => &ring_signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        (SignatureScheme::RSA_PKCS1_SHA384, _) => &ring_signature::RSA_PKCS1_2048_8192_SHA384,
        (SignatureScheme::RSA_PKCS1_SHA512, _) => &ring_signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        _ => return None,
    })
}
