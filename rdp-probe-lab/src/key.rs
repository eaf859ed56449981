//! The fixed test keys of the lab, ready to sign certificates and TLS handshakes.

use std::sync::Arc;

use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::OsRng;
use rsa::sha2::Sha256;
use rsa::signature::{RandomizedSigner, SignatureEncoding, Signer as _};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};
use rustls::sign::{Signer, SigningKey};
use rustls::{SignatureAlgorithm, SignatureScheme};

/// A private key a lab server can use.
///
/// These are fixed test keys, published with the source of this package: everybody has them, so nothing but a
/// test may ever trust them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LabKey {
    /// An ECDSA key on the curve P-256.
    EcdsaP256,
    /// An RSA key of 2048 bits, the kind Windows makes for its own RDP certificate.
    Rsa2048,
    /// Another RSA key of 2048 bits: that of a second server.
    Rsa2048Other,
    /// An RSA key of 1024 bits: too short by today's rules.
    Rsa1024,
}

impl LabKey {
    /// Every key there is.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        &[Self::EcdsaP256, Self::Rsa2048, Self::Rsa2048Other, Self::Rsa1024]
    }

    /// The public key as a DER `SubjectPublicKeyInfo`.
    #[must_use]
    pub const fn spki_der(self) -> &'static [u8] {
        match self {
            Self::EcdsaP256 => include_bytes!("../keys/ecdsa-p256.spki.der"),
            Self::Rsa2048 => include_bytes!("../keys/rsa-2048.spki.der"),
            Self::Rsa2048Other => include_bytes!("../keys/rsa-2048-other.spki.der"),
            Self::Rsa1024 => include_bytes!("../keys/rsa-1024.spki.der"),
        }
    }

    /// The lab key whose public half is in this DER certificate, if it is one of ours.
    ///
    /// This looks for the bytes of the `SubjectPublicKeyInfo`, so it also works on certificates no parser accepts.
    #[must_use]
    pub fn of_certificate(certificate: &[u8]) -> Option<Self> {
        let holds = |key: &Self| certificate.windows(key.spki_der().len()).any(|part| part == key.spki_der());
        Self::all().iter().copied().find(holds)
    }

    /// The private key as DER PKCS#8.
    const fn pkcs8_der(self) -> &'static [u8] {
        match self {
            Self::EcdsaP256 => include_bytes!("../keys/ecdsa-p256.der"),
            Self::Rsa2048 => include_bytes!("../keys/rsa-2048.der"),
            Self::Rsa2048Other => include_bytes!("../keys/rsa-2048-other.der"),
            Self::Rsa1024 => include_bytes!("../keys/rsa-1024.der"),
        }
    }

    /// The key in the form that signs certificates.
    pub(crate) fn certificate_signer(self) -> CertificateSigner {
        match self {
            Self::EcdsaP256 => {
                let der = PrivatePkcs8KeyDer::from(self.pkcs8_der());
                // Cannot fail: the key is a constant, and the tests load it.
                CertificateSigner::Ecdsa(rcgen::KeyPair::try_from(&der).expect("the embedded key is valid"))
            }
            Self::Rsa2048 | Self::Rsa2048Other | Self::Rsa1024 => {
                CertificateSigner::Rsa(RsaCertificateSigner::new(self.rsa_key()))
            }
        }
    }

    /// The key in the form that signs TLS handshakes.
    pub(crate) fn handshake_signer(self) -> Arc<dyn SigningKey> {
        match self {
            Self::EcdsaP256 | Self::Rsa2048 | Self::Rsa2048Other => {
                let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.pkcs8_der()));
                // Cannot fail: the key is a constant, and the tests load it.
                any_supported_type(&der).expect("the embedded key is valid")
            }
            // ring refuses to sign with RSA keys under 2048 bits.
            Self::Rsa1024 => Arc::new(ShortRsaKey { key: Arc::new(self.rsa_key()), spki: self.spki_der() }),
        }
    }

    /// The key for the `rsa` crate; only to be called for the RSA keys.
    fn rsa_key(self) -> RsaPrivateKey {
        // Cannot fail: the RSA keys are constants, and the tests load them.
        RsaPrivateKey::from_pkcs8_der(self.pkcs8_der()).expect("the embedded key is valid")
    }
}

/// A lab key that signs certificates, always with SHA-256.
///
/// SHA-1 is not offered: rcgen knows no such `SignatureAlgorithm` and lets nobody else make one.
pub(crate) enum CertificateSigner {
    /// ECDSA, by way of ring; every signature is different.
    Ecdsa(rcgen::KeyPair),
    /// RSA with PKCS#1 v1.5 padding; the same content always has the same signature.
    Rsa(RsaCertificateSigner),
}

/// An RSA key of any size that signs certificates; ring would refuse the short ones.
pub(crate) struct RsaCertificateSigner {
    key: rsa::pkcs1v15::SigningKey<Sha256>,
    /// The DER `RSAPublicKey`.
    public: Vec<u8>,
}

impl RsaCertificateSigner {
    fn new(key: RsaPrivateKey) -> Self {
        // Cannot fail: the encoder only fails on numbers longer than DER can express.
        let public = key.to_public_key().to_pkcs1_der().expect("the public key fits into DER").into_vec();
        Self { key: rsa::pkcs1v15::SigningKey::new(key), public }
    }
}

impl rcgen::PublicKeyData for CertificateSigner {
    fn der_bytes(&self) -> &[u8] {
        match self {
            Self::Ecdsa(key) => key.der_bytes(),
            Self::Rsa(key) => &key.public,
        }
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        match self {
            Self::Ecdsa(_) => &rcgen::PKCS_ECDSA_P256_SHA256,
            Self::Rsa(_) => &rcgen::PKCS_RSA_SHA256,
        }
    }
}

impl rcgen::SigningKey for CertificateSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        match self {
            Self::Ecdsa(key) => key.sign(message),
            Self::Rsa(signer) => {
                let signature = signer.key.try_sign(message).map_err(|_| rcgen::Error::RemoteKeyError)?;
                Ok(signature.to_vec())
            }
        }
    }
}

/// An RSA key too short for ring that signs TLS handshakes.
#[derive(Debug)]
struct ShortRsaKey {
    key: Arc<RsaPrivateKey>,
    spki: &'static [u8],
}

impl ShortRsaKey {
    /// What the key can sign with, best first. SHA-512 with PSS would not fit into 1024 bits, so SHA-256 it is.
    ///
    /// TLS 1.3 allows PSS alone, and rustls then offers nothing else to choose from.
    const SCHEMES: [SignatureScheme; 2] = [SignatureScheme::RSA_PSS_SHA256, SignatureScheme::RSA_PKCS1_SHA256];
}

impl SigningKey for ShortRsaKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let scheme = Self::SCHEMES.into_iter().find(|scheme| offered.contains(scheme))?;
        Some(Box::new(ShortRsaSigner { key: Arc::clone(&self.key), scheme }))
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(SubjectPublicKeyInfoDer::from(self.spki))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

/// A [`ShortRsaKey`] that has settled on a scheme.
#[derive(Debug)]
struct ShortRsaSigner {
    key: Arc<RsaPrivateKey>,
    scheme: SignatureScheme,
}

impl Signer for ShortRsaSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let key = RsaPrivateKey::clone(&self.key);
        let signature = match self.scheme {
            SignatureScheme::RSA_PSS_SHA256 => rsa::pss::SigningKey::<Sha256>::new(key)
                .try_sign_with_rng(&mut OsRng, message)
                .map(|signature| signature.to_vec()),
            _ => rsa::pkcs1v15::SigningKey::<Sha256>::new(key).try_sign(message).map(|signature| signature.to_vec()),
        };
        signature.map_err(|error| rustls::Error::General(format!("RSA signature: {error}")))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

#[cfg(test)]
mod tests {
    use rcgen::PublicKeyData;
    use rsa::pkcs8::DecodePublicKey;
    use rsa::signature::Verifier;

    use super::*;

    #[test]
    fn each_private_key_belongs_to_its_public_key() {
        for key in LabKey::all() {
            assert_eq!(key.certificate_signer().subject_public_key_info(), key.spki_der());
            let public = key.handshake_signer().public_key().map(|spki| spki.as_ref().to_vec());
            assert_eq!(public.as_deref(), Some(key.spki_der()));
        }
    }

    #[test]
    fn a_key_is_found_inside_a_certificate_and_nowhere_else() {
        for key in LabKey::all() {
            let certificate = [b"before".as_slice(), key.spki_der(), b"after"].concat();
            assert_eq!(LabKey::of_certificate(&certificate), Some(*key));
            assert_eq!(LabKey::of_certificate(&key.spki_der()[1..]), None);
        }
        assert_eq!(LabKey::of_certificate(&[]), None);
    }

    #[test]
    fn the_short_rsa_key_signs_with_both_schemes() {
        let key = LabKey::Rsa1024.handshake_signer();
        let public = rsa::RsaPublicKey::from_public_key_der(LabKey::Rsa1024.spki_der()).unwrap();
        let sign = |scheme| key.choose_scheme(&[scheme]).unwrap().sign(b"message").unwrap();

        let pss = sign(SignatureScheme::RSA_PSS_SHA256);
        let pss = rsa::pss::Signature::try_from(pss.as_slice()).unwrap();
        rsa::pss::VerifyingKey::<Sha256>::new(public.clone()).verify(b"message", &pss).unwrap();

        let pkcs1 = sign(SignatureScheme::RSA_PKCS1_SHA256);
        let pkcs1 = rsa::pkcs1v15::Signature::try_from(pkcs1.as_slice()).unwrap();
        rsa::pkcs1v15::VerifyingKey::<Sha256>::new(public).verify(b"message", &pkcs1).unwrap();

        assert!(key.choose_scheme(&[SignatureScheme::ED25519]).is_none());
    }
}
