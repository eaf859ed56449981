//! Probes one server so many times, one after the other, and takes from each report what users take: the certificate and
//! the causes. This is what callgrind is shown; `depths` runs it.
//!
//! ```text
//! cargo run --release -p rdp-probe-benches --bin probes -- 127.0.0.1:3389 hello 10
//! ```
//!
//! Prints what the last probe agreed on and moved: version, bytes sent, bytes received. Exit status: 0 if every probe was
//! ok and found no fault, 1 if one was not, or if the command line is wrong.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use rdp_probe::diagnose::Cause;
use rdp_probe::{Goal, Prober, Report, Stage, Target};

fn main() -> ExitCode {
    match run() {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [target, depth, count] = arguments.as_slice() else { return Err("give HOST:PORT, a depth, a count".into()) };
    let (target, count): (Target, u32) = (target.parse()?, count.parse()?);
    let depths = [Goal::Hello, Goal::Tls];
    let goal = depths.into_iter().find(|goal| goal.as_str() == depth).ok_or("give hello or tls as depth")?;
    let prober = Prober::builder().goal(goal).build()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut line = None;
    for _ in 0..count {
        line = Some(read(&runtime.block_on(prober.probe(&target)).ok()?)?);
    }
    line.ok_or_else(|| "no probe is no measure".into())
}

/// Takes from a report what a user does, and checks that it is what a healthy server shows.
fn read(report: &Report) -> Result<String, Box<dyn Error>> {
    let (certificate, causes) = (black_box(report.certificate()), black_box(report.causes()));
    let sound = [Cause::NoFaultFound, Cause::HelloAnswered];
    if !causes.first().is_some_and(|found| sound.contains(&found.cause)) {
        return Err(format!("the server has a fault: {causes:?}").into());
    }
    let (Some(_), Some(hello)) = (certificate, report.evidence().hello()) else {
        return Err("the server showed no certificate".into());
    };
    let legs = [Stage::Negotiate, Stage::Tls].map(|stage| report.evidence().leg(stage).unwrap_or_default());
    let (sent, received): (u64, u64) =
        (legs.iter().map(|leg| leg.sent).sum(), legs.iter().map(|leg| leg.received).sum());
    Ok(format!("{:#06x} {sent} {received}", hello.session.version))
}
