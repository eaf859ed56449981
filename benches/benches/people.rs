//! What the core's work takes in time, for people: no bound hangs on it. `counts` holds the same works to their instructions.
//!
//! ```text
//! cargo bench -p rdp-probe-benches --bench people
//! cargo bench -p rdp-probe-benches --bench people -- diagnose   # those whose names have this in them
//! cargo bench -p rdp-probe-benches --bench people -- --test     # each once
//! ```

use criterion::Criterion;
use rdp_probe_benches::works::Work;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for work in Work::all() {
        criterion.bench_function(work.name, |bencher| bencher.iter(|| work.run()));
    }
    criterion.final_summary();
}
