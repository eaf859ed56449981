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
    passed_over: Vec<String>,
}

/// A root certificate cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    /// Of the roots that the operating system has, none can be used. Only with the feature `system-roots`.
    #[error("the system has no roots that can be used{0}")]
    System(
        /// What went wrong, in words behind a colon, as far as the system tells.
        String,
    ),
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
        Ok(Self::of(certificates).0)
    }

    /// Roots from certificates that can be read, and which of them can sign for nobody here.
    fn of(certificates: Vec<CertificateDer<'static>>) -> (Self, Vec<CertificateDer<'static>>) {
        let anchor = |der| webpki::anchor_from_trusted_cert(der).ok().map(|anchor| anchor.to_owned());
        let anchors = certificates.iter().filter_map(anchor).collect();
        // What webpki does not take as an anchor still stands for itself.
        let unable = certificates.iter().filter(|der| anchor(der).is_none()).cloned().collect();
        (Self { certificates, anchors, passed_over: Vec::new() }, unable)
    }

    /// The roots that the operating system trusts: those that OpenSSL would find on Unix, or that the variables
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` name; the keychains on macOS; the root store of the user and the machine on
    /// Windows. This reads files and may take a while: load them once.
    ///
    /// What cannot be loaded is left out, and [`Roots::passed_over`] tells of it.
    ///
    /// # Errors
    /// If not one can be loaded.
    #[cfg(feature = "system-roots")]
    pub fn system() -> Result<Self, RootsError> {
        let found = rustls_native_certs::load_native_certs();
        let mut passed_over: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
        let (readable, unreadable): (Vec<_>, Vec<_>) =
            found.certs.into_iter().partition(|der| Certificate::parse(der).is_some());
        passed_over.extend(unreadable.iter().map(|der| format!("a certificate of {} bytes cannot be read", der.len())));
        if readable.is_empty() {
            let why = if passed_over.is_empty() { "" } else { ": " };
            return Err(RootsError::System(format!("{why}{}", passed_over.join("; "))));
        }
        let (roots, unable) = Self::of(readable);
        let subjects = unable.iter().filter_map(|der| Certificate::parse(der)).map(|read| read.subject);
        passed_over.extend(subjects.map(|subject| format!("{subject}: this certificate can sign for no other")));
        Ok(Self { passed_over, ..roots })
    }

    /// What the operating system has among its roots that could not be loaded, and why, in words for people.
    #[must_use]
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
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
