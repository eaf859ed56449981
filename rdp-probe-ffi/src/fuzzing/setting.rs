//! Options, set to anything. A call that fails changes nothing, and says so.

use std::ptr::null;

use super::checked;
use super::input::{Input, pointer};
use crate::*;

type OfNumber = unsafe extern "C" fn(*mut Options, u32) -> Status;
type OfText = unsafe extern "C" fn(*mut Options, *const std::ffi::c_char) -> Status;
type OfNothing = unsafe extern "C" fn(*mut Options) -> Status;

const OF_NUMBERS: [OfNumber; 8] = [
    rdp_probe_options_goal,
    rdp_probe_options_offer,
    rdp_probe_options_other_offer,
    rdp_probe_options_family,
    rdp_probe_options_package,
    rdp_probe_options_trust,
    rdp_probe_options_threads,
    rdp_probe_options_preconnection_id,
];

const OF_TEXTS: [OfText; 9] = [
    rdp_probe_options_bind,
    rdp_probe_options_proxy,
    rdp_probe_options_server_name,
    rdp_probe_options_service,
    rdp_probe_options_kdc,
    rdp_probe_options_expect,
    rdp_probe_options_cookie,
    rdp_probe_options_routing_token,
    rdp_probe_options_preconnection_blob,
];

const OF_NOTHING: [OfNothing; 6] = [
    rdp_probe_options_without_negotiation,
    rdp_probe_options_restricted_admin,
    rdp_probe_options_redirected_authentication,
    rdp_probe_options_same_credentials_for_all,
    rdp_probe_options_dangerous_any_certificate,
    rdp_probe_options_dangerous_old_credssp,
];

fn one_of<T: Copy>(all: &[T], input: &mut Input<'_>) -> T {
    all[usize::from(input.byte()) % all.len()]
}

/// A setting of one number, or of several.
pub(super) fn number(options: *mut Options, input: &mut Input<'_>) {
    let which = input.byte();
    let status = match which % 12 {
        8 => {
            let (rung, length) = (input.number(), input.number());
            // SAFETY: options that live.
            unsafe { rdp_probe_options_client_hello(options, rung, length) }
        }
        9 => {
            let (connections, spacing, total) = (input.number(), input.number(), input.number());
            // SAFETY: options that live.
            unsafe { rdp_probe_options_examine(options, connections, spacing, total) }
        }
        10 => {
            let (stage, total) = (input.number(), input.number());
            // SAFETY: options that live.
            unsafe { rdp_probe_options_budget(options, stage, total) }
        }
        11 => {
            let seconds = i64::from(input.number()) << (input.byte() % 32);
            // SAFETY: options that live.
            unsafe { rdp_probe_options_fixed_clock(options, seconds) }
        }
        place => {
            let (set, value) = (OF_NUMBERS[usize::from(place)], input.number());
            // Threads are not made before there is work for them; so many there need not be.
            // SAFETY: options that live.
            unsafe { set(options, value) }
        }
    };
    checked(status);
}

/// A setting of a text, or of nothing.
pub(super) fn text(options: *mut Options, input: &mut Input<'_>) {
    let which = input.byte();
    let status = if which >= 0xC0 {
        let set = one_of(&OF_NOTHING, input);
        // SAFETY: options that live.
        unsafe { set(options) }
    } else {
        let (set, text) = (OF_TEXTS[usize::from(which) % OF_TEXTS.len()], input.text());
        // SAFETY: options that live, and a text or NULL.
        unsafe { set(options, pointer(text.as_ref())) }
    };
    checked(status);
}

/// A setting of bytes: roots, or an id of sixteen of them; or NULL, with a length or without.
pub(super) fn bytes(options: *mut Options, input: &mut Input<'_>) {
    let (which, bytes) = (input.byte(), input.bytes());
    let status = match which % 4 {
        // SAFETY: options that live, and bytes of ours.
        0 => unsafe { rdp_probe_options_roots_pem(options, bytes.as_ptr(), bytes.len()) },
        // SAFETY: options that live; NULL is an error, or no bytes.
        1 => unsafe { rdp_probe_options_roots_pem(options, null(), bytes.len()) },
        2 => {
            let mut id = [0; 16];
            id.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from);
            // SAFETY: options that live, and sixteen bytes of ours.
            unsafe { rdp_probe_options_correlation_id(options, id.as_ptr()) }
        }
        // SAFETY: options that live; NULL is an error.
        _ => unsafe { rdp_probe_options_correlation_id(options, null()) },
    };
    checked(status);
}
