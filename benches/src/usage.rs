//! What this process uses: time of the processor, memory, descriptors.

use std::error::Error;
use std::time::Duration;

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
#[cfg(unix)]
use rustix::time::{ClockId, clock_gettime};

/// The time of the processor that this process has taken, by itself and in the kernel: the sum that `getrusage` gives, in finer parts.
#[cfg(unix)]
#[must_use]
pub fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let (seconds, part) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or_default(), part.unwrap_or_default())
}

/// Unknown: ratios of it are no numbers, and no bound holds.
#[cfg(not(unix))]
#[must_use]
pub const fn cpu_time() -> Duration {
    Duration::ZERO
}

/// The memory that is resident, in KiB; 0 where the system does not say.
#[must_use]
pub fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// Lets this process have as many descriptors as it may.
///
/// # Errors
/// If it may not have this many.
#[cfg(unix)]
pub fn allow_descriptors(wanted: u64) -> Result<(), Box<dyn Error>> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    match maximum {
        Some(most) if most < wanted => {
            let raise = "raise the hard limit (ulimit -Hn, or LimitNOFILE= of the service)";
            Err(format!("{wanted} descriptors are needed, and this process may have {most}: {raise}").into())
        }
        _ => Ok(()),
    }
}

/// There is no such limit.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn allow_descriptors(_: u64) -> Result<(), Box<dyn Error>> {
    Ok(())
}
