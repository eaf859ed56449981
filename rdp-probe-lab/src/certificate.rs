//! The self-signed certificates of the lab, healthy and otherwise.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::string::Ia5String;
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, SanType, SerialNumber};
use rsa::sha2::{Digest, Sha256};
use rustls::pki_types::CertificateDer;
use time::{Duration, OffsetDateTime};

use crate::key::LabKey;

/// The name that the healthy certificate is for.
const NAME: &str = "lab.rdp-probe.test";

/// The first and the last second that a certificate can name: the years 0000 to 9999.
const EXPRESSIBLE: (i64, i64) = (-62_167_219_200, 253_402_300_799);

/// A DNS name that cannot be put into a certificate, because it is not ASCII.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the DNS name {0:?} is not ASCII and cannot be in a certificate")]
pub struct InvalidDnsName(pub String);

/// A self-signed certificate for a lab server: start from a preset and change what the test is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabCertificate {
    key: LabKey,
    common_name: String,
    dns_names: Vec<Ia5String>,
    ip_addresses: Vec<IpAddr>,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
    purpose: Option<Purpose>,
}

/// What a certificate says that it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Server,
    Client,
}

impl Purpose {
    const fn usage(self) -> ExtendedKeyUsagePurpose {
        match self {
            Self::Server => ExtendedKeyUsagePurpose::ServerAuth,
            Self::Client => ExtendedKeyUsagePurpose::ClientAuth,
        }
    }
}

impl LabCertificate {
    /// A certificate without fault: for `lab.rdp-probe.test`, `localhost`, `127.0.0.1` and `::1`, valid for 180 days
    /// from a day before `now`, with an RSA key of 2048 bits as Windows makes it.
    #[must_use]
    pub fn healthy(now: OffsetDateTime) -> Self {
        let not_before = shifted(now, -1);
        Self {
            key: LabKey::Rsa2048,
            common_name: NAME.to_owned(),
            dns_names: vec![ascii(NAME), ascii("localhost")],
            ip_addresses: vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            not_before,
            not_after: shifted(not_before, 180),
            purpose: Some(Purpose::Server),
        }
    }

    /// As [`healthy`](Self::healthy), but its 180 days ended 30 days before `now`.
    #[must_use]
    pub fn expired(now: OffsetDateTime) -> Self {
        Self::healthy(now).with_validity(shifted(now, -210), shifted(now, -30))
    }

    /// As [`healthy`](Self::healthy), but its 180 days start 30 days after `now`.
    #[must_use]
    pub fn not_yet_valid(now: OffsetDateTime) -> Self {
        Self::healthy(now).with_validity(shifted(now, 30), shifted(now, 210))
    }

    /// As [`healthy`](Self::healthy), but with an RSA key of only 1024 bits.
    #[must_use]
    pub fn rsa1024(now: OffsetDateTime) -> Self {
        Self::healthy(now).with_key(LabKey::Rsa1024)
    }

    /// As [`healthy`](Self::healthy), but for `other.rdp-probe.test` and no other name or address.
    #[must_use]
    pub fn wrong_name(now: OffsetDateTime) -> Self {
        let other = "other.rdp-probe.test";
        let certificate = Self::healthy(now).with_common_name(other).with_ip_addresses([]);
        Self { dns_names: vec![ascii(other)], ..certificate }
    }

    /// As [`healthy`](Self::healthy), but with the extended key usage "client authentication" alone.
    #[must_use]
    pub fn wrong_purpose(now: OffsetDateTime) -> Self {
        Self { purpose: Some(Purpose::Client), ..Self::healthy(now) }
    }

    /// The same certificate with, and signed by, another key.
    #[must_use]
    pub fn with_key(self, key: LabKey) -> Self {
        Self { key, ..self }
    }

    /// The same certificate with another common name, in subject and issuer alike.
    #[must_use]
    pub fn with_common_name(self, common_name: impl Into<String>) -> Self {
        Self { common_name: common_name.into(), ..self }
    }

    /// The same certificate with these DNS names as subject alternative names, in place of those it had.
    ///
    /// # Errors
    ///
    /// [`InvalidDnsName`] when a name is not ASCII; that is the only thing that is checked about it.
    pub fn with_dns_names<N: AsRef<str>>(self, names: impl IntoIterator<Item = N>) -> Result<Self, InvalidDnsName> {
        let encoded = |name: N| {
            let name = name.as_ref();
            Ia5String::try_from(name).map_err(|_| InvalidDnsName(name.to_owned()))
        };
        Ok(Self { dns_names: names.into_iter().map(encoded).collect::<Result<_, _>>()?, ..self })
    }

    /// The same certificate with these addresses as subject alternative names, in place of those it had.
    #[must_use]
    pub fn with_ip_addresses(self, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        Self { ip_addresses: addresses.into_iter().collect(), ..self }
    }

    /// The same certificate with other limits of validity, in any order.
    ///
    /// They are rounded to whole seconds and brought into the years 0000 to 9999: a certificate cannot say more.
    #[must_use]
    pub fn with_validity(self, not_before: OffsetDateTime, not_after: OffsetDateTime) -> Self {
        Self { not_before: expressible(not_before), not_after: expressible(not_after), ..self }
    }

    /// The same certificate with or without the extended key usage "server authentication"; without any other.
    #[must_use]
    pub fn with_server_auth(self, server_auth: bool) -> Self {
        Self { purpose: server_auth.then_some(Purpose::Server), ..self }
    }

    /// The key in the certificate, which is also the one that signs it.
    #[must_use]
    pub const fn key(&self) -> LabKey {
        self.key
    }

    /// When the certificate starts to be valid, in UTC.
    #[must_use]
    pub const fn not_before(&self) -> OffsetDateTime {
        self.not_before
    }

    /// When the certificate stops being valid, in UTC.
    #[must_use]
    pub const fn not_after(&self) -> OffsetDateTime {
        self.not_after
    }

    /// The certificate in DER.
    ///
    /// The same content always has the same serial number and, with an RSA key, the very same bytes. An ECDSA signature
    /// is different each time.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "it does not panic, as the comment at its end explains")]
    pub fn der(&self) -> CertificateDer<'static> {
        let mut params = CertificateParams::default();
        params.not_before = self.not_before;
        params.not_after = self.not_after;
        params.serial_number = Some(self.serial_number());
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, self.common_name.as_str());
        let names = self.dns_names.iter().cloned().map(SanType::DnsName);
        let addresses = self.ip_addresses.iter().copied().map(SanType::IpAddress);
        params.subject_alt_names = names.chain(addresses).collect();
        params.extended_key_usages = self.purpose.map(Purpose::usage).into_iter().collect();
        let certificate = params.self_signed(&self.key.certificate_signer());
        // Cannot fail: names and times were made encodable when they were set, and the keys are constants that sign
        // (ECDSA also wants randomness, and a test machine without any is beyond help).
        certificate.expect("a lab certificate can always be signed").into()
    }

    /// A positive number of 16 bytes that follows from the content alone.
    fn serial_number(&self) -> SerialNumber {
        let digest = Sha256::digest(format!("{self:?}"));
        let mut serial = digest[..16].to_vec();
        // DER integers are signed, and a leading zero byte would shorten the number.
        serial[0] = serial[0] & 0x7F | 0x40;
        SerialNumber::from(serial)
    }
}

/// One of our own names, as certificates hold it.
fn ascii(name: &'static str) -> Ia5String {
    // Cannot fail: only the constants of this file come here.
    Ia5String::try_from(name).expect("the name is ASCII")
}

/// That many days after `moment`, or as far as certificates can tell.
fn shifted(moment: OffsetDateTime, days: i64) -> OffsetDateTime {
    expressible(moment.saturating_add(Duration::days(days)))
}

/// The nearest time that a certificate can name.
fn expressible(moment: OffsetDateTime) -> OffsetDateTime {
    let seconds = moment.unix_timestamp().clamp(EXPRESSIBLE.0, EXPRESSIBLE.1);
    // Cannot fail: the clamped seconds are in the years 0000 to 9999, all of which the type can hold.
    OffsetDateTime::from_unix_timestamp(seconds).expect("the time is in range")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
    }

    fn holds(certificate: &LabCertificate, needle: &[u8]) -> bool {
        certificate.der().windows(needle.len()).any(|part| part == needle)
    }

    #[test]
    fn presets_have_the_fault_they_are_named_after() {
        let healthy = LabCertificate::healthy(now());
        assert!(healthy.not_before() < now() && now() < healthy.not_after());
        assert_eq!(healthy.not_after() - healthy.not_before(), Duration::days(180));
        assert_eq!(now() - LabCertificate::expired(now()).not_after(), Duration::days(30));
        assert_eq!(LabCertificate::not_yet_valid(now()).not_before() - now(), Duration::days(30));
        assert_eq!(LabKey::of_certificate(&LabCertificate::rsa1024(now()).der()), Some(LabKey::Rsa1024));
        let wrong = LabCertificate::wrong_name(now());
        assert!(holds(&wrong, b"other.rdp-probe.test") && !holds(&wrong, b"lab.rdp-probe.test"));
    }

    #[test]
    fn every_key_signs_a_certificate_that_names_it() {
        for key in LabKey::all() {
            let certificate = LabCertificate::healthy(now()).with_key(*key);
            assert_eq!(LabKey::of_certificate(&certificate.der()), Some(*key));
        }
    }

    #[test]
    fn the_same_content_gives_the_same_bytes() {
        let healthy = LabCertificate::healthy(now());
        assert_eq!(healthy.der(), healthy.clone().der());
        let other = healthy.clone().with_server_auth(false);
        assert_ne!(healthy.serial_number(), other.serial_number());
    }

    #[test]
    fn a_name_that_is_not_ascii_is_refused() {
        let healthy = LabCertificate::healthy(now());
        assert_eq!(healthy.clone().with_dns_names(["bücher.test"]), Err(InvalidDnsName("bücher.test".to_owned())));
        assert!(holds(&healthy.with_dns_names(["a.test"]).unwrap(), b"a.test"));
    }

    #[test]
    fn times_out_of_reach_are_brought_into_reach() {
        let (earliest, latest) = (time::PrimitiveDateTime::MIN.assume_utc(), time::PrimitiveDateTime::MAX.assume_utc());
        for now in [earliest, latest] {
            assert!(!LabCertificate::expired(now).der().is_empty());
            assert!(!LabCertificate::not_yet_valid(now).der().is_empty());
        }
    }
}
