//! Probes targets, prints a report of each, and says what it would do about the cause.
//!
//! ```text
//! cargo run -p rdp-probe-examples --bin check -- ts01.example 192.0.2.7:3390 '[2001:db8::7]'
//! ```
//!
//! A probe never fails: what it meets is in its report. [`Report::ok`] turns a report into a `Result` for whoever wants
//! to write `?`; the [`Failure`] in it is an error of one line that still holds the whole report.
//!
//! Exit status: 0 if every target is ok, 1 if one is not, 2 if the command line is wrong.

use std::process::ExitCode;

use rdp_probe::diagnose::Cause;
use rdp_probe::{Failure, ParseTargetError, Prober, Report, Target};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let targets: Result<Vec<Target>, ParseTargetError> = std::env::args().skip(1).map(|text| text.parse()).collect();
    let targets = match targets {
        Ok(targets) if !targets.is_empty() => targets,
        Ok(_) => return usage("give a target at least: HOST, HOST:PORT or [IPV6]:PORT"),
        Err(error) => return usage(&error.to_string()),
    };
    // One prober for the whole program: its configuration is made once, and clones share it.
    let prober = match Prober::builder().build() {
        Ok(prober) => prober,
        Err(error) => return usage(&error.to_string()),
    };
    let mut all_ok = true;
    for target in &targets {
        match prober.probe(target).await.ok() {
            Ok(report) => opens(&report),
            Err(failure) => {
                all_ok = false;
                fails(&failure);
            }
        }
    }
    if all_ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The goal was reached. There may be something to say all the same: a certificate that has expired, for one, which by
/// default is reported and ends nothing.
fn opens(report: &Report) {
    println!("{report}");
}

/// The goal was not reached: in a line, then why, then in full.
fn fails(failure: &Failure) {
    println!("{failure}");
    // The most telling cause comes first, and there is always one.
    for found in failure.report().causes() {
        let text = found.cause.text();
        println!("cause {} ({}), move of: {}", found.cause, found.confidence, text.who);
        if let Some(reaction) = reaction(found.cause) {
            println!("this program would {reaction}");
        }
    }
    println!("\n{}", failure.report());
}

/// What a program makes of a cause is its own affair: causes are an enum, so nobody needs to look into texts. More of
/// them may come, hence the last arm.
const fn reaction(cause: Cause) -> Option<&'static str> {
    match cause {
        Cause::NlaRequired => Some("ask for a user name and a password, and offer HYBRID"),
        Cause::ConnectTimeout | Cause::SilentAfterRequest | Cause::TlsSilent => Some("try again later"),
        Cause::ConnectionRefused | Cause::ClosedOnRequest => Some("ask whether the host is the right one"),
        Cause::OtherProtocol | Cause::NotRdp => Some("ask whether the port is the right one"),
        _ => None,
    }
}

fn usage(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::from(2)
}
