//! Which causes a number of the tables stands for.

use super::cause::Cause;
use crate::codes::{Code, Namespace};

/// The causes that a number stands for by itself; none where it says too little, or nothing is known.
#[must_use]
pub fn causes_of(code: &Code) -> &'static [Cause] {
    match code.namespace {
        Namespace::NegotiationFailure => failure(code.number),
        Namespace::NtStatus | Namespace::ClientStatus => causes_of_status(code.number),
        Namespace::DisconnectReason => reason(code.number),
        Namespace::ErrorInfo | Namespace::ExtendedReason => session(code.number),
        Namespace::EarlyAuthorization if code.number == 5 => &[Cause::LogonNotPermitted],
        Namespace::RdstlsResult => rdstls(code.number),
        Namespace::CredSspAlert => &[Cause::CredsspAlert],
        Namespace::KerberosError => kerberos(code.number),
        _ => &[],
    }
}

const fn failure(number: u32) -> &'static [Cause] {
    match number {
        1 => &[Cause::TlsRequired],
        2 => &[Cause::TlsNotAllowed],
        3 => &[Cause::NoCertificate],
        4 => &[Cause::InconsistentFlags],
        5 => &[Cause::NlaRequired],
        6 => &[Cause::ClientCertificateRequired],
        7 => &[Cause::EntraRequired],
        _ => &[],
    }
}

/// NTSTATUS of a server, and statuses of the client's packages.
pub(super) const fn causes_of_status(number: u32) -> &'static [Cause] {
    match number {
        0xC000_006D | 0xC000_006A | 0xC000_0064 | 0x8009_030C => &[Cause::CredentialsWrong],
        0xC000_0071 | 0xC000_0224 => &[Cause::PasswordExpired],
        0xC000_006E | 0xC000_0072 | 0xC000_0193 | 0xC000_0234 | 0xC000_02FA => &[Cause::AccountUnusable],
        0xC000_006F | 0xC000_0070 | 0xC000_015B | 0xC000_0413 | 0xC00A_0037 => &[Cause::LogonNotPermitted],
        0xC000_005E | 0xC000_018B..=0xC000_018D | 0xC000_0192 | 0xC000_0233 | 0x8009_0311 => {
            &[Cause::DomainUnreachable]
        }
        0xC000_0133 | 0x8009_0324 => &[Cause::ClockSkew],
        0xC000_0418 => &[Cause::NtlmBlocked],
        0x8009_035E | 0x8009_035F => &[Cause::DelegationRefused],
        0x8009_0328 => &[Cause::CertificateExpired],
        0x8009_0302 => &[Cause::UnsupportedFunction, Cause::CredsspOracle, Cause::NtlmBlocked],
        0x8009_0303 | 0x8009_0322 => &[Cause::ServiceNameMissing],
        0x8009_0305 => &[Cause::PackageMissing],
        0x8009_0308 | 0x8009_0310 | 0x8009_0318 => &[Cause::ServerTokenInvalid],
        // In an event of Schannel it speaks of the server's own key.
        0x8009_030D => &[Cause::KeyUnreadable, Cause::CredentialsMissing],
        0x8009_030E | 0x8009_0320 => &[Cause::CredentialsMissing],
        0x8009_030F | 0x8009_0330 => &[Cause::ServerUnproven],
        0x8008_0005 => &[Cause::ClientAtFault],
        _ => &[],
    }
}

const fn kerberos(number: u32) -> &'static [Cause] {
    match number {
        1 | 18 | 21 => &[Cause::AccountUnusable],
        6 | 24 => &[Cause::KdcRefusesCredentials],
        7 => &[Cause::ServiceUnknown],
        12 => &[Cause::LogonNotPermitted],
        14 => &[Cause::EtypeUnsupported],
        23 => &[Cause::PasswordExpired],
        37 => &[Cause::ClockSkew],
        _ => &[Cause::KdcRefuses],
    }
}

const fn reason(number: u32) -> &'static [Cause] {
    match number {
        0x208 | 0x508 | 0x604 => &[Cause::NameNotFound],
        0x704 => &[Cause::ConnectTimeout],
        0xD09 => &[Cause::StandardSecurityOnly, Cause::NoNegotiationData, Cause::TlsNotAllowed],
        0x807 | 0xA07 => &[Cause::CredentialsWrong],
        0xF07 | 0x1207 => &[Cause::PasswordExpired],
        0xB07 | 0xC07 | 0xD07 | 0xE07 => &[Cause::AccountUnusable],
        0x1007 | 0x1107 | 0x1307 => &[Cause::LogonNotPermitted],
        0x1807 => &[Cause::DomainUnreachable],
        0x1D07 => &[Cause::ClockSkew],
        0xF08 | 0x1607 | 0x1707 => &[Cause::DelegationRefused],
        0x808 | 0x908 => &[Cause::LicensingFails],
        0xC06 | 0xE08 => &[Cause::PathUnstable],
        0x0300_0001..=0x03FF_FFFF => &[Cause::GatewayLeg],
        _ => &[],
    }
}

/// What a server says once the connection is complete, and the client's twin of it.
const fn session(number: u32) -> &'static [Cause] {
    match number {
        0x9 => &[Cause::LogonNotPermitted],
        0xF..=0x12 | 0x17 | 0x18 => &[Cause::SessionFails],
        0x100..=0x10B => &[Cause::LicensingFails],
        0x400..=0x412 => &[Cause::FarmMemberBad],
        _ => &[],
    }
}

const fn rdstls(number: u32) -> &'static [Cause] {
    match number {
        5 | 0x530 => &[Cause::LogonNotPermitted],
        0x52E => &[Cause::CredentialsWrong],
        0x532 | 0x773 => &[Cause::PasswordExpired],
        0x533 | 0x775 => &[Cause::AccountUnusable],
        _ => &[],
    }
}
