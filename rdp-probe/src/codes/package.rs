//! Statuses that the client's own security packages give, beside those that a client shows a number for; and the errors of a key
//! distribution centre.

use super::code::{Code, Mark, Namespace as N, Place};
use super::source::{KRB_ERROR, SSPI_STATUS};

const fn status(number: u32, symbol: &'static str, meaning: &'static str) -> Code {
    Code {
        namespace: N::ClientStatus,
        number,
        symbol: Some(symbol),
        meaning,
        place: Place::CredSsp,
        mark: Mark::Documented,
        shows: None,
        sources: &[SSPI_STATUS],
    }
}

const fn kerberos(number: u32, symbol: &'static str, meaning: &'static str) -> Code {
    Code {
        namespace: N::KerberosError,
        number,
        symbol: Some(symbol),
        meaning,
        place: Place::Kerberos,
        mark: Mark::Documented,
        shows: None,
        sources: &[KRB_ERROR],
    }
}

pub(super) static TABLE: &[Code] = &[
    status(0x8009_0301, "SEC_E_INVALID_HANDLE", "The package was given a handle that is none"),
    status(0x8009_0303, "SEC_E_TARGET_UNKNOWN", "The package does not know the target, or has no name for it"),
    status(
        0x8009_0304,
        "SEC_E_INTERNAL_ERROR",
        "The package fails inside, or the security authority cannot be reached",
    ),
    status(0x8009_0305, "SEC_E_SECPKG_NOT_FOUND", "There is no such package"),
    status(0x8009_0308, "SEC_E_INVALID_TOKEN", "The package cannot use the token that it was given"),
    status(
        0x8009_030D,
        "SEC_E_UNKNOWN_CREDENTIALS",
        "The package does not recognise the credentials; of Schannel, the key of a certificate",
    ),
    status(0x8009_030E, "SEC_E_NO_CREDENTIALS", "The package has no credentials"),
    status(0x8009_030F, "SEC_E_MESSAGE_ALTERED", "What was to be verified has been changed"),
    status(0x8009_0310, "SEC_E_OUT_OF_SEQUENCE", "What was to be verified does not follow on what came before"),
    status(0x8009_0318, "SEC_E_INCOMPLETE_MESSAGE", "The message is not whole"),
    status(0x8009_0320, "SEC_E_INCOMPLETE_CREDENTIALS", "The credentials are not complete"),
    status(0x8009_0322, "SEC_E_WRONG_PRINCIPAL", "The name of the target is not that of who answers"),
    status(0x8009_0329, "SEC_E_ENCRYPT_FAILURE", "The package could not encrypt"),
    status(0x8009_0330, "SEC_E_DECRYPT_FAILURE", "The package could not decrypt"),
    status(0x8009_0331, "SEC_E_ALGORITHM_MISMATCH", "Both sides have no algorithm in common"),
    kerberos(1, "KDC_ERR_NAME_EXP", "The account has expired"),
    kerberos(6, "KDC_ERR_C_PRINCIPAL_UNKNOWN", "The user is not known"),
    kerberos(7, "KDC_ERR_S_PRINCIPAL_UNKNOWN", "The service is not known"),
    kerberos(12, "KDC_ERR_POLICY", "A policy of the centre forbids it"),
    kerberos(14, "KDC_ERR_ETYPE_NOSUPP", "None of the encryption types is supported"),
    kerberos(18, "KDC_ERR_CLIENT_REVOKED", "The account is revoked: disabled or locked, for one"),
    kerberos(21, "KDC_ERR_CLIENT_NOTYET", "The account is not valid yet"),
    kerberos(23, "KDC_ERR_KEY_EXPIRED", "The password has expired"),
    kerberos(24, "KDC_ERR_PREAUTH_FAILED", "What was made with the password is wrong: so is the password, as a rule"),
    kerberos(25, "KDC_ERR_PREAUTH_REQUIRED", "The centre wants the password proven first; a client then does so"),
    kerberos(27, "KDC_ERR_MUST_USE_USER2USER", "The service takes tickets from user to user only"),
    kerberos(29, "KDC_ERR_SVC_UNAVAILABLE", "A service that the centre needs is not available"),
    kerberos(37, "KRB_AP_ERR_SKEW", "The clocks are too far apart"),
    kerberos(41, "KRB_AP_ERR_MODIFIED", "The message was changed, or made with another key"),
    kerberos(52, "KRB_ERR_RESPONSE_TOO_BIG", "The answer is too large for UDP; a client then asks over TCP"),
    kerberos(60, "KRB_ERR_GENERIC", "An error without a number of its own"),
    kerberos(68, "KDC_ERR_WRONG_REALM", "The user is of another realm than the one that was asked"),
];
