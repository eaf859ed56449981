//! The command line.
#![allow(clippy::doc_markdown, reason = "these comments are the help text")]

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use rdp_probe::{Goal, ParseTargetError, Protocols, ServerName, Target};

/// Says why a Remote Desktop connection does not open.
///
/// Exit status: 0 if every target is ok, 1 if one is not (or nothing is known of what was to be explained), 2 if the
/// command line is wrong or a file cannot be read or written.
#[derive(Debug, Parser)]
#[command(name = "rdp-probe", version, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Opens connections as far as asked, and says what stands in the way
    Check(Check),
    /// Explains a number of Windows, a cause, a claim: 0x904/0x7, 2308, nla-required, udp, STATUS_LOGON_FAILURE, free words
    Explain(Explain),
    /// Starts servers that misbehave on purpose on this machine, and checks each: no Windows needed
    Demo(Demo),
}

#[derive(Debug, Parser)]
pub(crate) struct Check {
    /// Where to: a name or address, with a port if it is not 3389; [2001:db8::1]:3390 for IPv6 with a port
    #[arg(required = true, value_name = "HOST[:PORT]", value_parser = parse_target)]
    pub(crate) targets: Vec<Target>,

    /// Print one JSON object per target and line
    #[arg(long)]
    pub(crate) json: bool,

    /// How far to go
    #[arg(long, value_enum, default_value_t = Depth::Tls)]
    pub(crate) depth: Depth,

    /// Seconds for each target in all; a stage gets a third of it
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = parse_seconds)]
    pub(crate) timeout: Duration,

    /// Protocols to offer: rdp, ssl, hybrid, hybrid_ex, rdstls, rdsaad, separated by commas
    #[arg(long, value_name = "LIST", default_value = "ssl,hybrid,hybrid_ex")]
    pub(crate) offer: Protocols,

    /// The name that TLS asks for, in place of the target's own; none leaves it out
    #[arg(long, value_name = "NAME|none", value_parser = parse_sni)]
    pub(crate) sni: Option<ServerName>,

    /// Trust only these roots (certificates in PEM), and fail where a certificate does not pass every check
    #[arg(long, value_name = "FILE")]
    pub(crate) roots: Option<PathBuf>,

    /// Write the connection down as text that can be replayed; takes one target
    #[arg(long, value_name = "FILE")]
    pub(crate) transcript: Option<PathBuf>,
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

    /// Print the whole report of each
    #[arg(long)]
    pub(crate) reports: bool,
}

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Depth {
    /// To the server's answer to the Connection Request
    Negotiate,
    /// Through the TLS handshake
    Tls,
}

impl From<Depth> for Goal {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::Negotiate => Self::Negotiate,
            Depth::Tls => Self::Tls,
        }
    }
}

/// A target, or where it is wrong, pointed at.
fn parse_target(text: &str) -> Result<Target, String> {
    text.parse().map_err(|error: ParseTargetError| {
        let before = error.input().get(..error.span().start).unwrap_or_default().chars().count();
        let part = error.input().get(error.span()).unwrap_or_default().chars().count();
        format!("{error}\n\n    {}\n    {}{}", error.input(), " ".repeat(before), "^".repeat(part.max(1)))
    })
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "give a number of seconds, such as 10 or 2.5".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if time >= Duration::from_millis(1) && seconds <= 3600.0 => Ok(time),
        _ => Err("give between 0.001 and 3600 seconds".to_owned()),
    }
}

fn parse_sni(text: &str) -> Result<ServerName, String> {
    match text {
        "none" => Ok(ServerName::None),
        "" => Err("give a name, or none".to_owned()),
        name => Ok(ServerName::Given(name.into())),
    }
}
