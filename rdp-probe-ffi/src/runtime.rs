//! The threads that probes run on.

use std::fmt;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::status::{Failure, RDP_PROBE_SYSTEM};

/// How long a function of the caller's that blocks is waited for, at the end: such threads are left behind then.
const PATIENCE: Duration = Duration::from_secs(5);

/// The threads of a prober. They end with the last who holds them: the prober, its callback thread, its connections.
pub(crate) struct Threads(Option<Runtime>);

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Threads")
    }
}

impl Threads {
    pub(crate) fn new() -> Result<Self, Failure> {
        let built = Builder::new_multi_thread().thread_name("rdp-probe").enable_all().build();
        built.map(|runtime| Self(Some(runtime))).map_err(|error| Failure::io(RDP_PROBE_SYSTEM, &error))
    }

    /// Where tasks go. `None` does not occur before the drop.
    pub(crate) fn handle(&self) -> Option<&Handle> {
        self.0.as_ref().map(Runtime::handle)
    }

    /// Waits for a future on the caller's thread.
    pub(crate) fn wait<F: Future>(&self, future: F) -> Result<F::Output, Failure> {
        let gone = || Failure::new(RDP_PROBE_SYSTEM, "the threads are gone");
        Ok(self.0.as_ref().ok_or_else(gone)?.block_on(future))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_timeout(PATIENCE);
        }
    }
}

/// Waits for a future on the caller's thread and on no other.
pub(crate) fn wait_alone<F: Future>(future: F) -> Result<F::Output, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| Failure::io(RDP_PROBE_SYSTEM, &error))?.block_on(future))
}
