//! Trusted roots, and whether a chain leads to one of them.

use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter};

use crate::certificate::Certificate;
use crate::evidence::ChainPath;

/// Certificates that are trusted to sign others, or to stand for themselves.
#[derive(Debug, Clone)]
pub struct Roots {
    certificates: Vec<CertificateDer<'static>>,
    anchors: Vec<TrustAnchor<'static>>,
}

/// A root certificate cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RootsError {
    /// The text is not PEM.
    #[error("the roots are not in PEM format")]
    Pem,
    /// There is no certificate in it.
    #[error("there is no certificate among the roots; they are expected in PEM format")]
    Empty,
    /// A certificate cannot be read.
    #[error("certificate {number} of the roots cannot be read")]
    Certificate {
        /// Which one, counted from 1.
        number: usize,
    },
}

impl Roots {
    /// Roots from certificates in PEM.
    ///
    /// # Errors
    /// If the text is not PEM, holds no certificate, or one that cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, RootsError> {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        Self::new(found.map_err(|_| RootsError::Pem)?)
    }

    /// Roots from certificates in DER.
    ///
    /// # Errors
    /// If there is no certificate, or one that cannot be read.
    pub fn from_der<D: Into<Vec<u8>>>(certificates: impl IntoIterator<Item = D>) -> Result<Self, RootsError> {
        Self::new(certificates.into_iter().map(|der| CertificateDer::from(der.into())).collect())
    }

    fn new(certificates: Vec<CertificateDer<'static>>) -> Result<Self, RootsError> {
        if certificates.is_empty() {
            return Err(RootsError::Empty);
        }
        if let Some(index) = certificates.iter().position(|der| Certificate::parse(der).is_none()) {
            return Err(RootsError::Certificate { number: index + 1 });
        }
        // What webpki does not take as an anchor (X.509 v1, say) still stands for itself.
        let anchors = certificates.iter().filter_map(|der| webpki::anchor_from_trusted_cert(der).ok());
        let anchors = anchors.map(|anchor| anchor.to_owned()).collect();
        Ok(Self { certificates, anchors })
    }

    /// Whether the chain leads to one of these roots. Time, names and purposes are judged elsewhere, each for itself:
    /// signatures are checked as of a moment at which the leaf is valid.
    pub(super) fn check(&self, chain: &[CertificateDer<'_>], clock: Option<i64>) -> Option<ChainPath> {
        let (leaf, intermediates) = chain.split_first()?;
        if self.certificates.iter().any(|root| root.as_ref() == leaf.as_ref()) {
            return Some(ChainPath::Trusted);
        }
        let validity = Certificate::parse(leaf).map(|leaf| (leaf.not_before, leaf.not_after));
        let (Ok(end_entity), Some((from, to))) = (EndEntityCert::try_from(leaf), validity) else {
            return Some(ChainPath::Unusable);
        };
        let moment = clock.unwrap_or(from).min(to).max(from);
        let moment = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(moment).unwrap_or_default()));
        let algorithms = webpki::ALL_VERIFICATION_ALGS;
        let found =
            end_entity.verify_for_usage(algorithms, &self.anchors, intermediates, moment, AnyPurpose, None, None);
        Some(match found {
            Ok(_) => ChainPath::Trusted,
            Err(webpki::Error::UnknownIssuer) => ChainPath::UnknownIssuer,
            Err(webpki::Error::InvalidSignatureForPublicKey) => ChainPath::BadSignature,
            Err(_) => ChainPath::Unusable,
        })
    }
}

/// Purposes are a check of their own.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, _purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}
