//! The command `rdp-probe`: says why a Remote Desktop connection does not open.

mod args;
mod check;
mod demo;
mod examine;
mod explain;
mod lab;
mod pages;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};

/// Every target is as it should be.
const FINE: u8 = 0;
/// At least one target is not; or nothing is known of what was to be explained.
const NOT_FINE: u8 = 1;
/// The command line is wrong, a file cannot be read or written, or a port cannot be had.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => match args::refused(&error) {
            Some(message) => return complain(&message),
            None => error.exit(),
        },
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&format!("the system gives no event queue: {error}")),
    };
    let outcome = match args.command {
        Command::Check(check) => runtime.block_on(check::run(*check)),
        Command::Examine(examine) => runtime.block_on(examine::run(*examine)),
        Command::Demo(demo) => runtime.block_on(demo::run(&demo)),
        Command::Lab(lab) => runtime.block_on(lab::run(&lab)),
        Command::Explain(question) => Ok(explain::run(&question)),
        Command::Completions { shell } => {
            pages::completions(shell);
            Ok(true)
        }
        Command::Man { subcommand } => pages::man(subcommand.as_deref()).map(|()| true),
    };
    // A lookup that hangs is abandoned.
    runtime.shutdown_background();
    match outcome {
        Ok(true) => ExitCode::from(FINE),
        Ok(false) => ExitCode::from(NOT_FINE),
        Err(message) => complain(&message),
    }
}

fn complain(message: &str) -> ExitCode {
    anstream::eprintln!("\x1b[1;31merror:\x1b[0m {message}");
    ExitCode::from(USAGE)
}

/// Writes to standard output. Whoever reads it may stop early (`| head`), which is no fault of ours; anything else that
/// keeps a report from being read is.
fn print(text: &str) {
    use std::io::Write as _;
    let mut out = anstream::stdout();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        complain(&format!("cannot write the report: {error}"));
        std::process::exit(USAGE.into());
    }
}
