//! What the Connection Request carries beside its offer.

use std::ffi::c_char;

use rdp_probe::{Request, RequestError};

use crate::options::{Options, change};
use crate::status::{Failure, RDP_PROBE_INVALID_INPUT, Status};
use crate::text::{bytes, text};

/// Changes the request.
///
/// # Safety
/// As for [`change`].
unsafe fn form(options: *mut Options, by: impl FnOnce(Request) -> Result<Request, Failure>) -> Status {
    let by = |options: &mut Options| {
        options.request = by(options.request.clone())?;
        Ok(())
    };
    // SAFETY: as the caller promises.
    unsafe { change(options, by) }
}

fn fitting(request: Result<Request, RequestError>) -> Result<Request, Failure> {
    request.map_err(|error| Failure::of(RDP_PROBE_INVALID_INPUT, &error))
}

/// The cookie mstshash, which names the user: load balancers send a user back to the same host by it. It takes the place of a
/// routing token.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_cookie(options: *mut Options, name: *const c_char) -> Status {
    // SAFETY: a text that stays for the call.
    let by = |request: Request| fitting(request.with_cookie(unsafe { text(name, "name") }?));
    // SAFETY: options are this thread's.
    unsafe { form(options, by) }
}

/// A routing token, as a broker gave it, without CR LF. It takes the place of a cookie.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_routing_token(options: *mut Options, token: *const c_char) -> Status {
    // SAFETY: a text that stays for the call.
    let by = |request: Request| fitting(request.with_routing_token(unsafe { text(token, "token") }?));
    // SAFETY: options are this thread's.
    unsafe { form(options, by) }
}

/// Asks as clients did before there was anything to negotiate: nothing is offered, and there is no place for restricted admin,
/// redirected authentication and correlation id, which stay away.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_without_negotiation(options: *mut Options) -> Status {
    // SAFETY: options are this thread's.
    unsafe { form(options, |request| Ok(request.without_negotiation())) }
}

/// Asks for restricted admin mode.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_restricted_admin(options: *mut Options) -> Status {
    // SAFETY: options are this thread's.
    unsafe { form(options, |request| Ok(request.with_restricted_admin())) }
}

/// Asks for redirected authentication (Remote Credential Guard).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_redirected_authentication(options: *mut Options) -> Status {
    // SAFETY: options are this thread's.
    unsafe { form(options, |request| Ok(request.with_redirected_authentication())) }
}

/// A correlation id of 16 bytes, by which a connection is followed through gateway, broker and host. It begins with neither 0x00
/// nor 0xF4 and contains no 0x0D.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_correlation_id(options: *mut Options, id: *const u8) -> Status {
    let by = |request: Request| {
        // SAFETY: 16 bytes that stay for the call.
        let id = unsafe { bytes(id, 16, "id") }?;
        let mut copy = [0; 16];
        copy.copy_from_slice(id);
        fitting(request.with_correlation_id(copy))
    };
    // SAFETY: options are this thread's.
    unsafe { form(options, by) }
}

/// The number in a pre-connection PDU.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_preconnection_id(options: *mut Options, id: u32) -> Status {
    // SAFETY: options are this thread's.
    unsafe { form(options, |request| Ok(request.with_preconnection_id(id))) }
}

/// The text in a pre-connection PDU: the id of a virtual machine at a Hyper-V host (port 2179).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_preconnection_blob(options: *mut Options, blob: *const c_char) -> Status {
    // SAFETY: a text that stays for the call.
    let by = |request: Request| fitting(request.with_preconnection_blob(unsafe { text(blob, "blob") }?));
    // SAFETY: options are this thread's.
    unsafe { form(options, by) }
}
