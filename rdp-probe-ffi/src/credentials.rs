//! Credentials: whose, and what proves it. They are given with a call, and no prober keeps them.

use std::ffi::c_char;

use crate::guard;
#[cfg(feature = "nla")]
use crate::status::RDP_PROBE_INVALID_INPUT;
#[cfg(not(feature = "nla"))]
use crate::status::RDP_PROBE_UNSUPPORTED;
use crate::status::{Failure, Status};
use crate::text::{bytes, optional_text, place, take_back, text};

/// A user, and what proves that it is this one. Any number of threads may use it. The secret is wiped when it is freed, and shown
/// nowhere.
#[derive(Debug)]
pub struct Credentials {
    #[cfg(feature = "nla")]
    pub(crate) inner: rdp_probe::Credentials,
}

#[cfg(feature = "nla")]
fn with_password(user: &str, domain: Option<&str>, password: &str) -> Result<Credentials, Failure> {
    let inner = rdp_probe::Credentials::with_password(user, domain, password.to_owned());
    inner.map(|inner| Credentials { inner }).map_err(|error| Failure::of(RDP_PROBE_INVALID_INPUT, &error))
}

#[cfg(feature = "nla")]
fn with_nt_hash(user: &str, domain: Option<&str>, hash: &[u8]) -> Result<Credentials, Failure> {
    let mut copy = zeroize::Zeroizing::new([0; 16]);
    copy.copy_from_slice(hash);
    let inner = rdp_probe::Credentials::with_nt_hash(user, domain, *copy);
    inner.map(|inner| Credentials { inner }).map_err(|error| Failure::of(RDP_PROBE_INVALID_INPUT, &error))
}

#[cfg(not(feature = "nla"))]
fn with_password(_: &str, _: Option<&str>, _: &str) -> Result<Credentials, Failure> {
    Err(Failure::new(RDP_PROBE_UNSUPPORTED, "built without the feature nla"))
}

#[cfg(not(feature = "nla"))]
fn with_nt_hash(_: &str, _: Option<&str>, _: &[u8]) -> Result<Credentials, Failure> {
    Err(Failure::new(RDP_PROBE_UNSUPPORTED, "built without the feature nla"))
}

/// A user with a password. The domain may stand in the name (DOMAIN\\user or user@domain) or beside it, or be NULL. The
/// caller's copy of the password stays the caller's to wipe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_credentials_password(
    user: *const c_char,
    domain: *const c_char,
    password: *const c_char,
    out: *mut *mut Credentials,
) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer.
        let out = unsafe { place(out, "out") }?;
        // SAFETY: texts that stay for the call, here and below.
        let user = unsafe { text(user, "user") }?;
        // SAFETY: as above.
        let domain = unsafe { optional_text(domain, "domain") }?;
        // SAFETY: as above.
        let password = unsafe { text(password, "password") }?;
        out.give(with_password(user, domain, password)?);
        Ok(())
    })
}

/// A user with the NT hash of a password, 16 bytes. It can verify; to delegate, it takes restricted admin mode.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_credentials_nt_hash(
    user: *const c_char,
    domain: *const c_char,
    hash: *const u8,
    out: *mut *mut Credentials,
) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer.
        let out = unsafe { place(out, "out") }?;
        // SAFETY: texts that stay for the call, here and below.
        let user = unsafe { text(user, "user") }?;
        // SAFETY: as above.
        let domain = unsafe { optional_text(domain, "domain") }?;
        // SAFETY: 16 bytes that stay for the call.
        let hash = unsafe { bytes(hash, 16, "hash") }?;
        out.give(with_nt_hash(user, domain, hash)?);
        Ok(())
    })
}

/// Wipes and frees credentials. What is under way with them keeps a copy of its own until it ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_credentials_free(credentials: *mut Credentials) {
    // SAFETY: given away by one of the functions above, and freed once.
    guard::value((), || drop(unsafe { take_back(credentials) }));
}
