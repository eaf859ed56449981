//! The boundary: no panic crosses it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::status::{Failure, RDP_PROBE_OK, RDP_PROBE_PANIC, Status};

/// Runs a call that can fail.
///
/// What a panic leaves half done is a handle of the caller's at worst, whose fields are all valid by themselves.
pub(crate) fn status(call: impl FnOnce() -> Result<(), Failure>) -> Status {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(())) => RDP_PROBE_OK,
        Ok(Err(failure)) => failure.told(),
        Err(panic) => panicked(&*panic).told(),
    }
}

/// Runs a call that gives a value, and this one if it panics.
pub(crate) fn value<T>(on_panic: T, call: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        panicked(&*panic).told();
        on_panic
    })
}

/// The failure that a panic is.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Failure::new(RDP_PROBE_PANIC, format!("fault of the library: {}", text.unwrap_or("a panic without words")))
}
