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

use std::process::ExitCode;

use rdp_probe_benches::callgrind::{Program, Result, grouped};
use rdp_probe_benches::figure::figure;
use rdp_probe_lab::Lab;
use tokio::runtime::Builder;

/// How many probes the two runs make whose difference counts.
const FEW: u32 = 1;
const MANY: u32 = 101;

/// What it may cost at most, in thousandths of the Rust call.
const BOUND: u64 = 1_010;

const CALLS: &str = env!("CARGO_BIN_EXE_calls");
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

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
    let holds = share <= BOUND;
    println!("Rust call  {:>9} instructions a probe", grouped(rust));
    println!("C ABI      {:>9} instructions a probe", grouped(c));
    figure("C ABI / Rust call", ratio(share), ratio(BOUND), Some(holds));
    Ok(holds)
}

/// Thousandths, as people write them.
fn ratio(thousandths: u64) -> String {
    format!("ratio {}.{:03}", thousandths / 1_000, thousandths % 1_000)
}

/// The instructions of one probe.
fn measure(target: &str, way: &str) -> Result<u64> {
    let name = format!("calls.{way}");
    Ok(Program { file: CALLS, arguments: &[target, way], folder: FOLDER, name: &name }.count(FEW, MANY)?.instructions)
}
