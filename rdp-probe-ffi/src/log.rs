//! What the library does while it does it, told to a callback.

use std::ffi::c_void;

use crate::guard;
use crate::status::Status;
use crate::text::Text;

/// Nothing is told.
pub const RDP_PROBE_LOG_OFF: u32 = 0;
/// What goes wrong in the library itself.
pub const RDP_PROBE_LOG_ERROR: u32 = 1;
/// And what may be going wrong.
pub const RDP_PROBE_LOG_WARN: u32 = 2;
/// And what is worth knowing.
pub const RDP_PROBE_LOG_INFO: u32 = 3;
/// And each step of a probe.
pub const RDP_PROBE_LOG_DEBUG: u32 = 4;
/// And everything.
pub const RDP_PROBE_LOG_TRACE: u32 = 5;

/// Hears a line: its level, one of RDP_PROBE_LOG_; whose it is, "rdp_probe"; and what it says. The texts are good until it
/// returns.
pub type LogCallback = Option<unsafe extern "C" fn(user: *mut c_void, level: u32, target: Text, message: Text)>;

/// Tells this callback what the library does, up to this level, for the whole process; it takes the place of the one before, and NULL, or
/// RDP_PROBE_LOG_OFF, ends it. It is called from any thread, several at once, and may call nothing of the library. When this function
/// has returned, the callback before is not called any more. Credentials are never told.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_log(level: u32, callback: LogCallback, user: *mut c_void) -> Status {
    guard::status(|| imp::set(level, callback, user))
}

#[cfg(not(feature = "log"))]
mod imp {
    use super::{LogCallback, c_void};
    use crate::status::{Failure, RDP_PROBE_UNSUPPORTED};

    pub(super) fn set(_: u32, _: LogCallback, _: *mut c_void) -> Result<(), Failure> {
        Err(Failure::new(RDP_PROBE_UNSUPPORTED, "built without the feature log"))
    }
}

#[cfg(feature = "log")]
#[path = "log_lines.rs"]
mod imp;
