//! Probes without async code: `probe_blocking` starts what it needs by itself, and waits.
//!
//! ```text
//! cargo run -p rdp-probe-examples --bin blocking -- ts01.example
//! ```
//!
//! It is for programs that have no runtime: inside one, it panics, and `Prober::probe` is to be awaited there. This
//! program asks for less time than usual, and takes the report apart rather than print it.
//!
//! Exit status: 0 if the target is ok, 1 if it is not, or if the command line is wrong.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use rdp_probe::{Budget, Prober, Report, Target};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, Box<dyn Error>> {
    let target: Target = std::env::args().nth(1).ok_or("give a target: HOST, HOST:PORT or [IPV6]:PORT")?.parse()?;
    // Whatever the peer does, the call is over within the total.
    let budget = Budget { stage: Duration::from_secs(3), total: Duration::from_secs(8) };
    let prober = Prober::builder().budget(budget).build()?;
    let report = prober.probe_blocking(&target);
    print(&target, &report);
    Ok(report.is_ok())
}

fn print(target: &Target, report: &Report) {
    let evidence = report.evidence();
    println!("{target}: {} at {} after {:.1?}", report.end(), report.stage(), evidence.total());
    if let Some(address) = evidence.dial.connected() {
        println!("address: {address}");
    }
    if let Some(chosen) = evidence.answer.and_then(|answer| answer.selected()) {
        println!("the server chose: {}", chosen.name().unwrap_or("a protocol without a name"));
    }
    if let Some(hello) = evidence.hello() {
        println!("TLS: version {:#06x}, suite {:#06x}", hello.session.version, hello.session.suite);
    }
    if let Some(certificate) = report.certificate() {
        println!("certificate: {}, for {}", certificate.subject, certificate.names.join(", "));
    }
    for found in report.causes() {
        println!("cause: {} ({}): {}", found.cause, found.confidence, found.cause.text().headline);
    }
}
