//! What the depth `hello` costs beside a full probe, in instructions that the client executes: a third at most.
//!
//! ```text
//! cargo bench -p rdp-probe-benches --bench depths
//! ```
//!
//! The servers are those of the lab, and run in this process. The client is a process of its own (`probes`), which callgrind
//! counts: once for a few probes and once for more of them, so that what is left between the two is probes alone, without
//! start-up. Nothing here reads a clock. What callgrind writes stays in the folder that is named at the end, for a closer look.
//!
//! Exit status: 0 if the bound holds, 1 if it does not, if a probe was not ok, or if anything could not be run.

use std::fmt;
use std::process::ExitCode;

use rdp_probe_benches::callgrind::{Program, Result, grouped};
use rdp_probe_benches::figure::figure;
use rdp_probe_lab::Lab;
use tokio::runtime::Builder;

/// How many probes the two runs make whose difference counts.
const FEW: u32 = 1;
const MANY: u32 = 41;

/// A full probe has to cost at least so many times what the depth `hello` costs.
const TIMES: u64 = 3;

/// Servers of the lab, and the version of TLS that a full probe agrees on with each.
const SERVERS: [(&str, &str); 2] = [("healthy", "0x0304"), ("healthy-tls12", "0x0303")];

/// What the depth `hello` sees of both: it does not offer TLS 1.3.
const HELLO_VERSION: &str = "0x0303";

const PROBES: &str = env!("CARGO_BIN_EXE_probes");
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

fn main() -> ExitCode {
    match compare_all() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare_all() -> Result<bool> {
    // The servers go on while this thread waits for a client.
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut all = true;
    for (scenario, version) in SERVERS {
        let lab = runtime.block_on(Lab::start(scenario))?;
        let target = lab.target().to_string();
        let full = Probe::measure(scenario, &target, "tls", version)?;
        let hello = Probe::measure(scenario, &target, "hello", HELLO_VERSION)?;
        let holds = hello.instructions * TIMES <= full.instructions;
        println!("{scenario}");
        println!("  full probe   {full}");
        println!("  depth hello  {hello}");
        let share = format!("{:.3} of a full probe", hello.share_of(&full));
        figure(&format!("depth hello, {scenario}"), share, format!("1/{TIMES}"), Some(holds));
        all &= holds;
    }
    println!("counts of callgrind: {FOLDER}");
    Ok(all)
}

/// What one probe costs and moves.
struct Probe {
    instructions: u64,
    /// The version of TLS, as it travels.
    version: String,
    sent: String,
    received: String,
}

impl Probe {
    fn measure(scenario: &str, target: &str, depth: &str, expected_version: &str) -> Result<Self> {
        let (arguments, name) = ([target, depth], format!("{scenario}.{depth}"));
        let counted = Program { file: PROBES, arguments: &arguments, folder: FOLDER, name: &name }.count(FEW, MANY)?;
        let mut words = counted.printed.split_whitespace().map(str::to_owned);
        let (Some(version), Some(sent), Some(received)) = (words.next(), words.next(), words.next()) else {
            return Err(format!("probes printed {:?}", counted.printed).into());
        };
        if version != expected_version {
            return Err(format!("{scenario}, {depth}: spoke {version}, not {expected_version}").into());
        }
        Ok(Self { instructions: counted.instructions, version, sent, received })
    }

    #[expect(clippy::cast_precision_loss, reason = "for three digits")]
    fn share_of(&self, other: &Self) -> f64 {
        self.instructions as f64 / other.instructions as f64
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { instructions, version, sent, received } = self;
        let instructions = grouped(*instructions);
        write!(f, "{instructions:>9} instructions, version {version}, {sent} bytes out, {received} in")
    }
}
