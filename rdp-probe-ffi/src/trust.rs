//! Options: whom to trust.

use std::ffi::c_char;

use rdp_probe::{ProberBuilder, Roots};

use crate::number;
use crate::options::{Options, build, parsed};
use crate::status::{Failure, RDP_PROBE_INVALID_INPUT, Status};
use crate::text::{bytes, text};

/// What a bad certificate means: one of RDP_PROBE_TRUST_.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_trust(options: *mut Options, trust: u32) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.trust(number::trust(trust)?))) }
}

/// The roots that chains are checked against, in PEM. They take the place of those given before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_roots_pem(options: *mut Options, pem: *const u8, len: usize) -> Status {
    let set = |builder: ProberBuilder| {
        // SAFETY: bytes that stay for the call.
        let pem = unsafe { bytes(pem, len, "pem") }?;
        let roots = Roots::from_pem(pem).map_err(|error| Failure::of(RDP_PROBE_INVALID_INPUT, &error))?;
        Ok(builder.roots(roots))
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

/// Checks chains against the roots that the operating system trusts. They take the place of those given before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_roots_system(options: *mut Options) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.roots(system_roots()?))) }
}

#[cfg(feature = "system-roots")]
fn system_roots() -> Result<Roots, Failure> {
    Roots::system().map_err(|error| Failure::of(RDP_PROBE_INVALID_INPUT, &error))
}

#[cfg(not(feature = "system-roots"))]
fn system_roots() -> Result<Roots, Failure> {
    Err(Failure::new(crate::status::RDP_PROBE_UNSUPPORTED, "built without the feature system-roots"))
}

/// The thumbprint that the server's certificate is expected to have, whatever the trust: hexadecimal digits of SHA-1 or SHA-256, with
/// or without colons and blanks, or "key:" and SHA-256 of its SubjectPublicKeyInfo. Called again, it adds one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_expect(options: *mut Options, thumbprint: *const c_char) -> Status {
    let set = |builder: ProberBuilder| {
        // SAFETY: a text that stays for the call.
        let thumbprint = unsafe { text(thumbprint, "thumbprint") }?;
        Ok(builder.expect(parsed(thumbprint)?))
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

/// Judges certificates as of this moment, in seconds since 1970 UTC, in place of now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_fixed_clock(options: *mut Options, seconds: i64) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.fixed_clock(seconds))) }
}

/// Gives credentials to whoever answers, though no check of its certificate is demanded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_dangerous_any_certificate(options: *mut Options) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.dangerous_any_certificate())) }
}

/// Gives credentials to a server without the update for CVE-2018-0886.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_dangerous_old_credssp(options: *mut Options) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.dangerous_old_credssp())) }
}
