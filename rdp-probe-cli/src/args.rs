//! The command line.
#![allow(clippy::doc_markdown, reason = "these comments are the help text")]

pub(crate) mod check;
pub(crate) mod examine;
pub(crate) mod lab;
pub(crate) mod login;
pub(crate) mod probing;
mod refused;
pub(crate) mod values;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use check::Check;
use examine::Examine;
use lab::Lab;

pub(crate) use refused::{ON_THE_COMMAND_LINE, refused};

/// Says why a Remote Desktop connection does not open.
///
/// Exit status: 0 if every target is ok, as deep as was asked, 1 if one is not (or nothing is known of what was to be explained), 2 if the
/// command line is wrong, a file cannot be read or written, or a port cannot be had.
#[derive(Debug, Parser)]
#[command(name = "rdp-probe", version, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Opens connections as far as asked, and says what stands in the way
    Check(Box<Check>),
    /// Makes further connections, each to learn one thing, until the cause is told from what looks alike
    Examine(Box<Examine>),
    /// Explains a number of Windows, a cause, a claim: 0x904/0x7, 2308, nla-required, udp, STATUS_LOGON_FAILURE, free words
    Explain(Explain),
    /// Starts servers that misbehave on purpose on this machine, and checks each: no Windows needed
    Demo(Demo),
    /// Serves one of those servers to other people's tools, until Ctrl-C; lists them if none is named
    Lab(Lab),
    /// Prints completions for a shell, such as: rdp-probe completions bash > /etc/bash_completion.d/rdp-probe
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Prints the manual page, or that of a subcommand, for man: rdp-probe man > rdp-probe.1
    Man {
        /// The subcommand
        subcommand: Option<String>,
    },
}

#[derive(Debug, Parser)]
pub(crate) struct Explain {
    /// What to explain; without it, everything that can be explained is listed
    #[arg(value_name = "WORDS", allow_negative_numbers = true)]
    pub(crate) words: Vec<String>,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Parser)]
pub(crate) struct Demo {
    /// Scenarios to run; all of them without
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenarios: Vec<String>,

    /// Make second looks: of scenarios that look alike in one connection, all of them without names
    #[arg(long)]
    pub(crate) examine: bool,

    /// Print the whole report of each
    #[arg(long)]
    pub(crate) reports: bool,
}
