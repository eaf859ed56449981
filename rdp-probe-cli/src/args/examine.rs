//! The command line of `rdp-probe examine`.
#![allow(clippy::doc_markdown, reason = "these comments are the help text")]

use std::time::Duration;

use clap::{Args, Parser, ValueHint};
use rdp_probe::Limits;

use super::probing::Probing;
use super::values;

#[derive(Debug, Parser)]
#[command(after_help = "\
One connection often looks like several faults. This one makes more, each to learn one thing: the same again, other addresses of
the name, other offers, other ClientHellos. It stops when the cause is settled, and never sends credentials.

Examples:
  rdp-probe examine ts01.example
  rdp-probe examine --connections 4 --format json ts01.example")]
pub(crate) struct Examine {
    /// Where to: a name or address, with a port if it is not 3389; [2001:db8::1]:3390 for IPv6 with a port; or an .rdp file. One is examined after the other
    #[arg(value_name = "HOST[:PORT]|FILE.rdp", required = true, value_hint = ValueHint::FilePath)]
    pub(crate) target: Vec<String>,

    #[command(flatten)]
    pub(crate) probing: Probing,

    #[command(flatten)]
    pub(crate) bounds: Bounds,
}

/// How far second looks go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct Bounds {
    /// Connections to a target, the first included, at most
    #[arg(long, value_name = "NUMBER", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) connections: u8,

    /// Milliseconds between two connections
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=60_000))]
    pub(crate) spacing: u32,

    /// Seconds for a target in all
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = values::seconds)]
    pub(crate) total: Duration,
}

impl Examine {
    pub(crate) fn limits(&self) -> Limits {
        let Bounds { connections, spacing, total } = self.bounds;
        let spacing = Duration::from_millis(spacing.into());
        Limits { connections: connections.into(), spacing, total }
    }
}
