//! Probes many targets, a bounded number at a time, and says which causes there are and how often.
//!
//! ```text
//! cargo run -p rdp-probe-examples --bin sweep -- hosts.txt
//! some-inventory | cargo run -p rdp-probe-examples --bin sweep
//! ```
//!
//! One target a line; blank lines and what stands behind a `#` count for nothing. Results are printed as they come, a
//! line each; how far it has come goes to standard error.
//!
//! Exit status: 0 if every target is ok, 1 if one is not, 2 if the targets cannot be read.

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;

use rdp_probe::diagnose::Cause;
use rdp_probe::{Goal, Prober, Report, Target};

/// Probes under way at the same time. Each takes a descriptor or two: `ulimit -n` is to allow for them.
const AT_ONCE: usize = 128;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<bool, Box<dyn Error>> {
    let targets = targets(&text()?)?;
    let prober = Prober::builder().goal(Goal::Tls).build()?;
    let total = targets.len();
    let mut counts: BTreeMap<Cause, usize> = BTreeMap::new();
    let mut all_ok = true;
    // Targets are taken from the iterator when there is room for them; it need not be a list.
    let mut sweep = prober.probe_all(targets).at_once(AT_ONCE);
    while let Some(probed) = sweep.next().await {
        let report = probed.report;
        all_ok &= report.is_ok();
        // There is always a cause, and the first says most.
        if let Some(found) = report.causes().first() {
            print(&report, found.cause);
            *counts.entry(found.cause).or_default() += 1;
        }
        let progress = sweep.progress();
        eprint!("\r{} of {total} done, {} under way ", progress.done, progress.under_way);
    }
    eprintln!();
    summary(&counts);
    Ok(all_ok)
}

/// The file that is named on the command line, or what comes in on standard input.
fn text() -> Result<String, Box<dyn Error>> {
    match std::env::args().nth(1) {
        Some(file) => std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}").into()),
        None => Ok(std::io::read_to_string(std::io::stdin())?),
    }
}

/// A line that is no target stops all of them: better now than in the middle.
fn targets(text: &str) -> Result<Vec<Target>, String> {
    let mut targets = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let target = line.split('#').next().unwrap_or_default().trim();
        if !target.is_empty() {
            targets.push(target.parse().map_err(|error| format!("line {number}: {error}"))?);
        }
    }
    Ok(targets)
}

/// The report knows its target. `Probed::index` is for whoever keeps more than that of each.
fn print(report: &Report, cause: Cause) {
    let outcome = if report.is_ok() { "ok" } else { "FAILED" };
    println!("{outcome}\t{}\t{cause}\t{}", report.evidence().plan.target, report.end());
}

fn summary(counts: &BTreeMap<Cause, usize>) {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    println!();
    for (cause, count) in counts {
        let text = cause.text();
        println!("{count:>6}  {:<26}  {}", text.code, text.headline);
    }
}
