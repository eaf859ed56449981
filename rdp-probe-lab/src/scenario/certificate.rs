//! Servers whose certificate has a fault.

use rdp_probe::diagnose::Cause;
use time::OffsetDateTime;

use super::{Scenario, row, tls};
use crate::behaviour::Then;
use crate::certificate::LabCertificate;
use crate::handshake::Identity;
use crate::tls::Versions;

const fn serves(
    name: &'static str,
    expected: Cause,
    certificate: fn(OffsetDateTime) -> LabCertificate,
    about: &'static str,
) -> Scenario {
    row(name, expected, tls(Then::Tls(certificate, Versions::Both)), about)
}

pub(super) const CERTIFICATES: &[Scenario] = &[
    serves(
        "certificate-expired",
        Cause::CertificateExpired,
        LabCertificate::expired,
        "serves a certificate that is past its end",
    ),
    serves(
        "certificate-not-yet-valid",
        Cause::CertificateNotYetValid,
        LabCertificate::not_yet_valid,
        "serves a certificate that is not valid yet",
    ),
    serves(
        "certificate-rsa1024",
        Cause::CertificateWeakKey,
        LabCertificate::rsa1024,
        "serves a certificate with an RSA key of 1024 bits",
    ),
    serves(
        "certificate-wrong-name",
        Cause::CertificateWrongName,
        LabCertificate::wrong_name,
        "serves a certificate for another host",
    ),
    serves(
        "certificate-wrong-purpose",
        Cause::CertificateWrongPurpose,
        LabCertificate::wrong_purpose,
        "serves a certificate that is meant for clients",
    ),
    row(
        "certificate-unreadable",
        Cause::CertificateUnreadable,
        tls(Then::TlsAs(Identity::unreadable)),
        "serves four bytes that are no certificate",
    ),
];
