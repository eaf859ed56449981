//! What a call through the C ABI costs beside the Rust call, in instructions that the client executes: a hundredth more at most.
//!
//! ```text
//! cargo bench -p rdp-probe-benches --bench c_abi
//! ```
//!
//! The server is the lab's, and runs in this process. The client is a process of its own (`calls`), which callgrind counts, once for
//! a few probes and once for more of them: what is left between the two is probes alone. Nothing here reads a clock.
//!
//! Exit status: 0 if the bound holds, 1 if it does not, if a probe was not ok, or if anything could not be run.

use std::error::Error;
use std::fs;
use std::process::{Command, ExitCode, Stdio};

use rdp_probe_lab::Lab;
use tokio::runtime::Builder;

/// How many probes the two runs make whose difference counts.
const FEW: u32 = 1;
const MANY: u32 = 101;

/// What it may cost at most, in thousandths of the Rust call.
const BOUND: u64 = 1_010;

const CALLS: &str = env!("CARGO_BIN_EXE_calls");
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match compare() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<bool> {
    // The server goes on while this thread waits for a client.
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let lab = runtime.block_on(Lab::start("healthy"))?;
    let target = lab.target().to_string();
    let [rust, c] = [measure(&target, "rust")?, measure(&target, "c")?];
    let share = c * 1_000 / rust;
    let verdict = if share <= BOUND { "ok" } else { "FAILED" };
    println!("Rust call  {rust:>9} instructions a probe");
    println!("C ABI      {c:>9} instructions a probe");
    println!(
        "share      {}.{:03}, {}.{:03} at most: {verdict}",
        share / 1_000,
        share % 1_000,
        BOUND / 1_000,
        BOUND % 1_000
    );
    Ok(share <= BOUND)
}

/// The instructions of one probe.
fn measure(target: &str, way: &str) -> Result<u64> {
    let [few, many] = [run(target, way, FEW)?, run(target, way, MANY)?];
    Ok(many.checked_sub(few).ok_or("more probes cost less")? / u64::from(MANY - FEW))
}

/// Lets callgrind count a run of so many probes.
fn run(target: &str, way: &str, count: u32) -> Result<u64> {
    let counts = format!("{FOLDER}/callgrind.calls.{way}.{count}");
    let status = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind", &format!("--callgrind-out-file={counts}"), CALLS])
        .args([target, way, &count.to_string()])
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("valgrind cannot be run: {error}"))?;
    if !status.success() {
        return Err(format!("{way}: {count} probes ended with {status}").into());
    }
    let text = fs::read_to_string(&counts)?;
    let summary = text.lines().find_map(|line| line.strip_prefix("summary: ")).ok_or("callgrind gave no summary")?;
    Ok(summary.trim().parse()?)
}
