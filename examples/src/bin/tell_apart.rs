//! Tells apart what looks alike in one connection, says what each further connection was made for, and what is left open.
//!
//! ```text
//! cargo run -p rdp-probe-examples --bin tell_apart -- ts01.example
//! ```
//!
//! A server that drops the connection when TLS should begin may have a key that it cannot read, or nothing in common with this
//! client, or a firewall before it. [`Prober::examine_plan`] makes further connections until that is known, or cannot be known
//! from outside. None of them sends credentials.
//!
//! Exit status: 0 if the target is ok, 1 if it is not, 2 if the command line is wrong.

use std::process::ExitCode;
use std::time::Duration;

use rdp_probe::{Examining, Limits, Prober, Report, Target};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let target = match std::env::args().nth(1).map(|text| text.parse::<Target>()) {
        Some(Ok(target)) => target,
        Some(Err(error)) => return usage(&error.to_string()),
        None => return usage("give a target: HOST, HOST:PORT or [IPV6]:PORT"),
    };
    let prober = match Prober::builder().build() {
        Ok(prober) => prober,
        Err(error) => return usage(&error.to_string()),
    };
    // Slower than usual, for a server that is not ours.
    let limits = Limits { spacing: Duration::from_millis(400), ..Limits::default() };
    let report = prober.examine_plan(prober.plan(&target), limits, progress).await;
    verdict(&report);
    if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Called before and after each connection, while the examination runs.
fn progress(at: Examining<'_>) {
    match at {
        Examining::Begins(step) => println!("{}: {}", step.experiment, step.why()),
        Examining::Showed(_, evidence) => println!("  {} ended with {}", evidence.stage, evidence.end),
        _ => {}
    }
}

/// The causes that are left, what told each, and what it was not told from.
fn verdict(report: &Report) {
    for found in report.causes() {
        println!("{} ({})", found.cause.text().headline, found.confidence);
        for experiment in &found.settled_by {
            println!("  told by {experiment}");
        }
        for rival in &found.rivals {
            println!("  not told apart from {rival}: {}", rival.text().proof.unwrap_or_default());
        }
    }
    for experiment in report.unmade() {
        println!("{experiment} might tell more, and was not made: raise the limits");
    }
}

fn usage(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::from(2)
}
