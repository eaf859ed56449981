//! How a call ended: a number for programs, and words for people.

use std::cell::RefCell;
use std::error::Error;
use std::fmt::Write as _;

use crate::text::Text;

/// How a call ended.
pub type Status = u32;

/// It did what it is for.
pub const RDP_PROBE_OK: u32 = 0;
/// A NULL where none may be, text that is not UTF-8, a number that no constant has.
pub const RDP_PROBE_INVALID_ARGUMENT: u32 = 1;
/// The target cannot be read. The text of the error points at what is wrong with it.
pub const RDP_PROBE_INVALID_TARGET: u32 = 2;
/// The options contradict each other, or the call.
pub const RDP_PROBE_INVALID_OPTIONS: u32 = 3;
/// What was given cannot be read: a certificate, an .rdp file, a transcript, a thumbprint, a proxy, a cookie, credentials.
pub const RDP_PROBE_INVALID_INPUT: u32 = 4;
/// This library was built without what it takes.
pub const RDP_PROBE_UNSUPPORTED: u32 = 5;
/// It was cancelled.
pub const RDP_PROBE_CANCELLED: u32 = 6;
/// The connection did not open as far as asked: the report says why.
pub const RDP_PROBE_NOT_REACHED: u32 = 7;
/// The time was over.
pub const RDP_PROBE_TIMEOUT: u32 = 8;
/// The connection was closed by rdp_probe_connection_close().
pub const RDP_PROBE_CLOSED: u32 = 9;
/// The connection failed; rdp_probe_last_error_code() has the operating system's number, if it has one.
pub const RDP_PROBE_IO: u32 = 10;
/// Inside a callback it would wait for itself.
pub const RDP_PROBE_IN_CALLBACK: u32 = 11;
/// The operating system gives no thread or no event queue.
pub const RDP_PROBE_SYSTEM: u32 = 12;
/// A fault of the library. It goes on, and so may the caller.
pub const RDP_PROBE_PANIC: u32 = 13;

/// Why a call failed.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    text: String,
    code: i64,
}

thread_local! {
    /// The last failure of this thread.
    static LAST: RefCell<Option<Failure>> = const { RefCell::new(None) };
}

impl Failure {
    pub(crate) fn new(status: Status, text: impl Into<String>) -> Self {
        Self { status, text: text.into(), code: 0 }
    }

    /// Of an error, with all that it stems from.
    pub(crate) fn of(status: Status, error: &dyn Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            // Writing to a String cannot fail.
            let _ = write!(text, ": {cause}");
            source = cause.source();
        }
        Self::new(status, text)
    }

    /// Of an error of the operating system.
    pub(crate) fn io(status: Status, error: &std::io::Error) -> Self {
        Self { code: error.raw_os_error().map_or(0, i64::from), ..Self::of(status, error) }
    }

    /// The same with another status.
    #[cfg_attr(rdp_probe_loom, expect(dead_code, reason = "the threads of models are never refused"))]
    pub(crate) fn with(self, status: Status) -> Self {
        Self { status, ..self }
    }

    /// Keeps it for whoever asks on this thread, and gives its number.
    pub(crate) fn told(self) -> Status {
        let status = self.status;
        // A thread that is ending has nobody who asks.
        let _ = LAST.try_with(|last| last.replace(Some(self)));
        status
    }
}

/// A NULL, a wrong number, a text that is none.
pub(crate) fn invalid(text: impl Into<String>) -> Failure {
    Failure::new(RDP_PROBE_INVALID_ARGUMENT, text)
}

/// What went wrong in the last call of this thread that failed, in words. Empty if none has. It is good until another call of
/// this thread fails.
#[unsafe(no_mangle)]
pub extern "C" fn rdp_probe_last_error() -> Text {
    let text = LAST.try_with(|last| last.borrow().as_ref().map(|failure| Text::of(&failure.text)));
    text.ok().flatten().unwrap_or(Text::EMPTY)
}

/// The operating system's number of that error, 0 if it has none.
#[unsafe(no_mangle)]
pub extern "C" fn rdp_probe_last_error_code() -> i64 {
    LAST.try_with(|last| last.borrow().as_ref().map_or(0, |failure| failure.code)).unwrap_or(0)
}

/// What a status means, in a few words.
#[unsafe(no_mangle)]
pub extern "C" fn rdp_probe_status_text(status: Status) -> Text {
    Text::of(match status {
        RDP_PROBE_OK => "ok",
        RDP_PROBE_INVALID_ARGUMENT => "invalid argument",
        RDP_PROBE_INVALID_TARGET => "invalid target",
        RDP_PROBE_INVALID_OPTIONS => "options contradict each other",
        RDP_PROBE_INVALID_INPUT => "input cannot be read",
        RDP_PROBE_UNSUPPORTED => "built without it",
        RDP_PROBE_CANCELLED => "cancelled",
        RDP_PROBE_NOT_REACHED => "not opened as far as asked",
        RDP_PROBE_TIMEOUT => "timed out",
        RDP_PROBE_CLOSED => "closed",
        RDP_PROBE_IO => "connection failed",
        RDP_PROBE_IN_CALLBACK => "not possible inside a callback",
        RDP_PROBE_SYSTEM => "the operating system gives no thread or event queue",
        RDP_PROBE_PANIC => "fault of the library",
        _ => "unknown status",
    })
}
