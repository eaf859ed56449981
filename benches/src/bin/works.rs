//! Does one work of the core so many times. This is what callgrind is shown; `counts` runs it.
//!
//! ```text
//! cargo run --release -p rdp-probe-benches --bin works -- "step tls" 10
//! ```
//!
//! Without arguments it prints their names. Exit status: 0, or 1 if the command line is wrong.

use std::process::ExitCode;

use rdp_probe_benches::works::Work;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => {
            for work in Work::all() {
                println!("{}", work.name);
            }
            ExitCode::SUCCESS
        }
        [name, count] => {
            let (Some(work), Ok(count)) = (Work::named(name), count.parse::<u32>()) else {
                eprintln!("error: there is no work {name:?}, or {count:?} is no number");
                return ExitCode::FAILURE;
            };
            for _ in 0..count {
                work.run();
            }
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("error: give the name of a work and a count, or nothing");
            ExitCode::FAILURE
        }
    }
}
