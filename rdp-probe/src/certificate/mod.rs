//! What a certificate says of itself (RFC 5280), read without judging it.

mod algorithms;
mod change;
mod judge;
mod name;
mod thumbprint;
mod verdict;

use std::fmt::Write as _;
use std::net::IpAddr;

use bytes::Bytes;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::FromDer as _;

#[cfg(feature = "tokio")]
pub(crate) use algorithms::pss;
pub use algorithms::{Key, KeyAlgorithm};
pub use change::Change;
pub use judge::judge;
pub use thumbprint::{ParseThumbprintError, Thumbprint, ThumbprintFlaw};
pub use verdict::{Judgement, Reason, Verdict};

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
    /// Whether subject and issuer are the same. Whether its own key has signed it, too, is a matter of cryptography:
    /// [`Handshake::own_signature`](crate::Handshake::own_signature).
    pub self_signed: bool,
    /// DNS names and addresses of the subject alternative name, in their order.
    pub names: Vec<String>,
    /// Those of them that are addresses. A DNS name that spells an address is not one (RFC 9525 section 6.4).
    pub addresses: Vec<IpAddr>,
    /// Whether the subject alternative name can be read, or is not there. It cannot where it is no such extension, is there
    /// twice, or has an address of a length that none has.
    pub names_readable: bool,
    /// The public key.
    pub key: Key,
    /// The algorithm it is signed with, by its usual name, or as a dotted OID.
    pub signature_algorithm: String,
    /// X.509 version, 1 to 3.
    pub version: u32,
    /// Whether it may be used for a server, as far as its extended key usage says; `None` if that cannot be read.
    pub serves: Option<bool>,
    /// Whether its key may do what TLS asks of a key of its kind, as far as its key usage says; `None` if that cannot be
    /// read. RSA has to sign or to decipher; every other kind has to sign (RFC 5246 section 7.4.2, RFC 8446 section
    /// 4.4.2.2).
    pub key_serves: Option<bool>,
    /// SHA-1 of the DER: the thumbprint that Windows shows.
    pub sha1: [u8; 20],
    /// SHA-256 of the DER.
    pub sha256: [u8; 32],
    /// SHA-256 of the `SubjectPublicKeyInfo` in it, as DER: what pins of a key are made of (RFC 7469 section 2.4).
    pub key_sha256: [u8; 32],
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
        let (validity, key) = (x509.validity(), algorithms::key(&x509));
        let Alternatives { names, addresses, readable: names_readable } = Alternatives::of(&x509);
        Some(Self {
            subject: name::print(x509.subject()),
            issuer: name::print(x509.issuer()),
            common_name: x509.subject().iter_common_name().find_map(|name| name.as_str().ok()).map(str::to_owned),
            serial: hex(positive(x509.raw_serial())),
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            self_signed: x509.subject().as_raw() == x509.issuer().as_raw(),
            names,
            addresses,
            names_readable,
            key,
            signature_algorithm: algorithms::signature_algorithm(&x509.signature_algorithm),
            version: x509.version().0.saturating_add(1),
            serves: serves(&x509),
            key_serves: key_serves(&x509, key.algorithm),
            sha1: Sha1::digest(der).into(),
            sha256: Sha256::digest(der).into(),
            key_sha256: Sha256::digest(x509.public_key().raw).into(),
        })
    }

    /// The names and addresses that it is for: those of the subject alternative name, and only where there is none of them,
    /// nor may be, the common name, as Windows makes its own certificates.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        match (self.names.as_slice(), &self.common_name) {
            ([], Some(name)) if self.names_readable => std::slice::from_ref(name),
            (names, _) => names,
        }
    }

    /// Whole days until the end of validity, negative behind it.
    #[must_use]
    pub fn days_left(&self, now: i64) -> i64 {
        self.not_after.saturating_sub(now).div_euclid(86_400)
    }
}

/// The `SubjectPublicKeyInfo` of a certificate as DER, and the contents of the BIT STRING in it.
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

/// The tags of dNSName and iPAddress (RFC 5280 section 4.2.1.6): a name of another kind is no host's, readable or not.
const HOST_TAGS: [u32; 2] = [2, 7];

/// The subject alternative name, as far as it can be read.
struct Alternatives {
    names: Vec<String>,
    addresses: Vec<IpAddr>,
    readable: bool,
}

impl Alternatives {
    fn of(x509: &X509Certificate<'_>) -> Self {
        let extension = x509.subject_alternative_name();
        let mut all = Self { names: Vec::new(), addresses: Vec::new(), readable: extension.is_ok() };
        let names = extension.ok().flatten().map(|extension| extension.value.general_names.iter());
        for name in names.into_iter().flatten() {
            match name {
                GeneralName::DNSName(name) => all.names.push((*name).to_owned()),
                GeneralName::IPAddress(bytes) => match address(bytes) {
                    Some(address) => {
                        all.names.push(address.to_string());
                        all.addresses.push(address);
                    }
                    None => all.readable = false,
                },
                GeneralName::Invalid(tag, _) if HOST_TAGS.contains(&tag.0) => all.readable = false,
                _ => {}
            }
        }
        all
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

fn serves(x509: &X509Certificate<'_>) -> Option<bool> {
    Some(x509.extended_key_usage().ok()?.is_none_or(|usage| {
        let other = usage.value.other.iter().map(Oid::to_id_string);
        let named = other.into_iter().any(|oid| SERVER_PURPOSES.contains(&&*oid));
        usage.value.any || usage.value.server_auth || named
    }))
}

fn key_serves(x509: &X509Certificate<'_>, kind: KeyAlgorithm) -> Option<bool> {
    Some(x509.key_usage().ok()?.is_none_or(|usage| {
        let (signs, deciphers) = (usage.value.digital_signature(), usage.value.key_encipherment());
        match kind {
            KeyAlgorithm::Rsa => signs || deciphers,
            // Of what is not known nothing is said against any use.
            KeyAlgorithm::Other => signs || deciphers || usage.value.key_agreement(),
            _ => signs,
        }
    }))
}

/// An INTEGER without the zero byte that keeps it positive in DER.
fn positive(integer: &[u8]) -> &[u8] {
    match integer {
        [0, rest @ ..] if !rest.is_empty() => rest,
        whole => whole,
    }
}
