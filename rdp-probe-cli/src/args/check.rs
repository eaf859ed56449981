//! The command line of `rdp-probe check`.
#![allow(clippy::doc_markdown, reason = "these comments are the help text")]

use std::path::PathBuf;

use clap::{Parser, ValueHint};

use super::login::Login;
use super::probing::Probing;

#[derive(Debug, Parser)]
#[command(after_help = "\
Targets are checked at the same time, and their reports come in the order in which the targets were given.

Credentials are for --depth verify and delegate: one attempt to log on at each target, never a second. A Windows server logs each \
as a network logon, and a wrong password counts towards a lock-out. A password never stands on the command line. --depth challenge \
takes no credentials and is no attempt to log on.

What became of credentials:
  verified         the server takes them
  rejected         it does not; its status says why
  not-authorized   they are right, but this user may not log on there
  not-verifiable   the server chose a protocol that asks for none: nothing is known of them
  unknown          it ended before anything was known

Examples:
  rdp-probe check ts01.example
  rdp-probe check --depth negotiate --targets hosts.txt --at-once 200 --format json > reports.jsonl
  rdp-probe check --depth hello --targets hosts.txt --format json > certificates.jsonl
  rdp-probe check --depth challenge ts01.example
  rdp-probe check --depth verify --user 'LAB\\alice' --password-prompt --roots system ts01.example
  rdp-probe check --proxy socks5://proxy.example ts01.example
  rdp-probe check farm.rdp")]
pub(crate) struct Check {
    /// Where to: a name or address, with a port if it is not 3389; [2001:db8::1]:3390 for IPv6 with a port; or an .rdp file
    #[arg(value_name = "HOST[:PORT]|FILE.rdp", required_unless_present = "targets", value_hint = ValueHint::FilePath)]
    pub(crate) target: Vec<String>,

    /// Read more targets from a file, one a line, or from standard input (-); a # at the start of a line or behind a space begins a note
    #[arg(long, value_name = "FILE|-", value_hint = ValueHint::FilePath)]
    pub(crate) targets: Option<PathBuf>,

    /// How many targets are checked at the same time, at most
    #[arg(long, value_name = "NUMBER", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=65_535))]
    pub(crate) at_once: u32,

    #[command(flatten)]
    pub(crate) probing: Probing,

    #[command(flatten)]
    pub(crate) login: Login,
}
