//! How much a bench does.

use std::env;

/// The form of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Everything once: that it works. `cargo test` runs benches so, and nothing is measured.
    Once,
    /// A minute at most: `cargo bench`.
    Short,
    /// As long as it takes: `RDP_PROBE_BENCH=full cargo bench`.
    Full,
}

impl Form {
    /// That of this run. Cargo tells benches that they are one.
    #[must_use]
    pub fn of_this_run() -> Self {
        let is_bench = env::args().any(|argument| argument == "--bench");
        match env::var_os("RDP_PROBE_BENCH") {
            _ if !is_bench => Self::Once,
            Some(form) if form == "full" => Self::Full,
            _ => Self::Short,
        }
    }

    /// What belongs to this form, of the three.
    #[must_use]
    pub fn of<T>(self, once: T, short: T, full: T) -> T {
        match self {
            Self::Once => once,
            Self::Short => short,
            Self::Full => full,
        }
    }

    /// Whether figures are held against their bounds, and printed.
    #[must_use]
    pub fn measures(self) -> bool {
        self != Self::Once
    }
}
