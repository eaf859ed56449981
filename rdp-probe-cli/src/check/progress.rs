//! How far a check of many targets has come, on standard error.

use std::collections::BTreeMap;

use indicatif::{ProgressBar, ProgressStyle};
use rdp_probe::Report;
use rdp_probe::diagnose::Cause;

/// So many targets are worth a bar and a summary.
const MANY: usize = 10;

/// A bar where standard error is a terminal, and the counts behind it.
pub(super) struct Progress {
    bar: ProgressBar,
    targets: usize,
    not_ok: usize,
    causes: BTreeMap<Cause, usize>,
}

impl Progress {
    pub(super) fn new(targets: usize) -> Self {
        let bar = if targets >= MANY { ProgressBar::new(targets as u64) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len}, {msg}, {elapsed} ({eta} to go)");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message("0 not ok");
        Self { bar, targets, not_ok: 0, causes: BTreeMap::new() }
    }

    /// Takes another result into account.
    pub(super) fn count(&mut self, report: &Report) {
        if let Some(first) = report.causes().first().filter(|_| self.targets >= MANY) {
            *self.causes.entry(first.cause).or_default() += 1;
        }
        self.not_ok += usize::from(!report.is_ok());
        self.bar.set_message(format!("{} not ok", self.not_ok));
        self.bar.inc(1);
    }

    /// Does something that prints, with the bar out of the way.
    pub(super) fn hide_while<T>(&self, what: impl FnOnce() -> T) -> T {
        self.bar.suspend(what)
    }

    /// Takes the bar away, sums up where there was much, and says whether all were ok.
    pub(super) fn finish(self) -> bool {
        self.bar.finish_and_clear();
        if self.targets >= MANY {
            let mut causes: Vec<_> = self.causes.into_iter().collect();
            causes.sort_by_key(|(cause, count)| (std::cmp::Reverse(*count), *cause));
            anstream::eprintln!("{} targets, {} not ok", self.targets, self.not_ok);
            for (cause, count) in causes {
                anstream::eprintln!("{count:>7}  {cause}");
            }
        }
        self.not_ok == 0
    }
}
