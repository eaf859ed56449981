//! The clock of one probe: times since its start, in whole microseconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Where a budget without end ends: 30 years ahead, which every system's clock can tell.
const FOREVER: Duration = Duration::from_hours(30 * 365 * 24);

/// When the probe began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    start: Instant,
}

impl Clock {
    #[allow(clippy::disallowed_methods, reason = "the driver is where the clock is read")]
    pub(super) fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// Time since the start. Evidence is written down in microseconds, so finer parts are cut off.
    pub(super) fn now(self) -> Duration {
        let elapsed = self.start.elapsed();
        elapsed.saturating_sub(Duration::from_nanos(u64::from(elapsed.subsec_nanos() % 1_000)))
    }

    /// The instant that lies so far behind the start.
    pub(super) fn at(self, since: Duration) -> Instant {
        self.start + since.min(FOREVER)
    }
}

/// Seconds since 1970 UTC.
#[allow(clippy::disallowed_methods, reason = "the driver is where the clock is read")]
pub(super) fn unix_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
