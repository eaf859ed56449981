//! Lines of the log, made of the library's spans and events.

use std::ffi::c_void;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, RwLock};

use tracing_core::{Dispatch, Level, Metadata, callsite, dispatcher};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::{filter, fmt, registry};

use super::{
    LogCallback, RDP_PROBE_LOG_DEBUG, RDP_PROBE_LOG_ERROR, RDP_PROBE_LOG_INFO, RDP_PROBE_LOG_OFF, RDP_PROBE_LOG_TRACE,
    RDP_PROBE_LOG_WARN,
};
use crate::known::User;
use crate::status::{Failure, RDP_PROBE_SYSTEM, invalid};
use crate::text::Text;

/// Up to which level anything is told.
static LEVEL: AtomicU32 = AtomicU32::new(RDP_PROBE_LOG_OFF);

/// To whom.
static SINK: RwLock<Option<Sink>> = RwLock::new(None);

/// Who sets both does so alone.
static SETTING: Mutex<()> = Mutex::new(());

/// Whether this process hears its spans and events here.
static INSTALLED: OnceLock<bool> = OnceLock::new();

#[derive(Clone, Copy)]
struct Sink {
    callee: unsafe extern "C" fn(*mut c_void, u32, Text, Text),
    user: User,
}

pub(super) fn set(level: u32, callback: LogCallback, user: *mut c_void) -> Result<(), Failure> {
    if level > RDP_PROBE_LOG_TRACE {
        return Err(invalid(format!("{level} is no level; the header has constants for them")));
    }
    let sink = callback.filter(|_| level != RDP_PROBE_LOG_OFF).map(|callee| Sink { callee, user: User::new(user) });
    let _alone = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
    if sink.is_some() && !*INSTALLED.get_or_init(install) {
        return Err(Failure::new(RDP_PROBE_SYSTEM, "this process has a subscriber of the crate tracing already"));
    }
    LEVEL.store(if sink.is_some() { level } else { RDP_PROBE_LOG_OFF }, Ordering::Relaxed);
    // Waits for calls under way.
    *SINK.write().unwrap_or_else(PoisonError::into_inner) = sink;
    // Each place in the code has noted whether it is listened to.
    callsite::rebuild_interest_cache();
    Ok(())
}

fn install() -> bool {
    let is_wanted = |metadata: &Metadata<'_>| {
        metadata.target().starts_with("rdp_probe") && number(*metadata.level()) <= LEVEL.load(Ordering::Relaxed)
    };
    let lines = fmt::layer().with_writer(Lines).without_time().with_level(false).with_target(false).with_ansi(false);
    let subscriber = registry().with(lines.with_filter(filter::filter_fn(is_wanted)));
    dispatcher::set_global_default(Dispatch::new(subscriber)).is_ok()
}

fn number(level: Level) -> u32 {
    match level {
        Level::ERROR => RDP_PROBE_LOG_ERROR,
        Level::WARN => RDP_PROBE_LOG_WARN,
        Level::INFO => RDP_PROBE_LOG_INFO,
        Level::DEBUG => RDP_PROBE_LOG_DEBUG,
        _ => RDP_PROBE_LOG_TRACE,
    }
}

/// Makes a line for each event.
struct Lines;

/// A line; each write is one, as a whole.
struct Line {
    level: u32,
    target: &'static str,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { level: RDP_PROBE_LOG_INFO, target: "rdp_probe" }
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Line {
        Line { level: number(*metadata.level()), target: "rdp_probe" }
    }
}

impl io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let sink = SINK.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(Sink { callee, user }) = *sink {
            let (target, message) = (Text::of(self.target), Text::of(text.trim_end_matches('\n')));
            // SAFETY: the function and what user means are the caller's; the texts live for the call.
            unsafe { callee(user.pointer(), self.level, target, message) };
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
