//! Options: how Network Level Authentication is gone about.

use std::ffi::c_char;

use rdp_probe::{ProberBuilder, Target};

use crate::number;
use crate::options::{Options, build, change, input, parsed};
use crate::status::{Failure, Status};
use crate::text::text;

/// Which security package is spoken in Network Level Authentication: one of RDP_PROBE_PACKAGE_.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_package(options: *mut Options, package: u32) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.package(number::package(package)?))) }
}

/// The host of the service's name (TERMSRV/host) that Kerberos asks a ticket for, in place of the target's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_service(options: *mut Options, host: *const c_char) -> Status {
    let set = |builder: ProberBuilder| {
        // SAFETY: a text that stays for the call.
        let host = unsafe { text(host, "host") }?;
        let name: Target = parsed(host)?;
        if name.host() != host {
            return Err(input(format!("{host:?} is not the name of a host alone")));
        }
        Ok(builder.service(host))
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

/// The key distribution centre, "host:88", in place of the one that the realm's name leads to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_kdc(options: *mut Options, address: *const c_char) -> Status {
    // SAFETY: a text that stays for the call.
    let set = |builder: ProberBuilder| with_kdc(builder, unsafe { text(address, "address") }?);
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

#[cfg(feature = "nla")]
fn with_kdc(builder: ProberBuilder, address: &str) -> Result<ProberBuilder, Failure> {
    Ok(builder.kdc(parsed(address)?))
}

#[cfg(not(feature = "nla"))]
fn with_kdc(_: ProberBuilder, _: &str) -> Result<ProberBuilder, Failure> {
    Err(Failure::new(crate::status::RDP_PROBE_UNSUPPORTED, "built without the feature nla"))
}

/// Lets rdp_probe_start() try the credentials that it is given at each of several targets. Where they share a directory of users,
/// these are as many attempts at one account, and a wrong password may lock it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_same_credentials_for_all(options: *mut Options) -> Status {
    let set = |options: &mut Options| {
        options.same_credentials_for_all = true;
        Ok(())
    };
    // SAFETY: options are this thread's.
    unsafe { change(options, set) }
}
