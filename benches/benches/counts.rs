//! What the core's work takes, in instructions: at most 3 % more or less than the baseline says.
//!
//! ```text
//! cargo bench -p rdp-probe-benches --bench counts
//! UPDATE="why they moved" cargo bench -p rdp-probe-benches --bench counts
//! ```
//!
//! Each work runs in a process of its own (`works`), which callgrind counts. Where compiler, host and Cargo.lock are those of
//! `baseline.tsv`, a work that moved beyond the bound is a failure, until the baseline moves with it and says why; elsewhere the
//! differences are printed. Nothing here reads a clock.
//!
//! With UPDATE, rows that moved are written anew, with the reason that it is. Without a reason, nothing is written.
//!
//! Exit status: 0 if all holds, 1 if a work moved, if a row of the baseline moved and its reason did not, or if anything could not
//! be run.

use std::fs;
use std::process::{Command, ExitCode};

use rdp_probe_benches::baseline::{BOUND, Baseline, Place, hex};
use rdp_probe_benches::callgrind::{Program, Result, grouped};
use rdp_probe_benches::figure::figure;
use rdp_probe_benches::works::Work;
use sha2::{Digest as _, Sha256};

/// How often the two runs do a work whose difference counts. By then the allocator has seen all that it will.
const FEW: u32 = 10;
const MANY: u32 = 60;

const WORKS: &str = env!("CARGO_BIN_EXE_works");
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");
const FILE: &str = "baseline.tsv";

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
    let place = here()?;
    let file = format!("{PACKAGE}/{FILE}");
    let stored = match fs::read_to_string(&file) {
        Ok(text) => Baseline::parse(&text).ok_or_else(|| format!("{FILE} is no baseline"))?,
        Err(_) => Baseline::new(place.clone()),
    };
    let works = Work::all();
    let mut counts = Vec::new();
    for Work { name, .. } in &works {
        let program = Program { file: WORKS, arguments: &[name], folder: FOLDER, name };
        counts.push((*name, program.count(FEW, MANY)?.instructions));
    }
    if let Some(reason) = std::env::var_os("UPDATE") {
        let moved = stored.moved(place, &counts, &reason.to_string_lossy());
        let moved = moved.ok_or("UPDATE has to say why the counts moved, in words")?;
        fs::write(file, moved.to_string())?;
        return Ok(print(&moved, &counts, true));
    }
    let differences = place.differences(&stored.place);
    for difference in &differences {
        println!("not where the baseline was counted: {difference}");
    }
    let hold = print(&stored, &counts, differences.is_empty());
    Ok(hold & is_explained(&stored))
}

/// Prints each work beside what the baseline says of it, and whether all hold. Where they were counted elsewhere, none is held to it.
fn print(baseline: &Baseline, counts: &[(&str, u64)], is_binding: bool) -> bool {
    let mut all = true;
    for (name, instructions) in counts {
        let row = baseline.row(name);
        let holds = row.is_some_and(|row| row.holds(*instructions));
        let bound = row.map_or("no row in the baseline".to_owned(), |row| {
            format!("{} ± {BOUND} % ({:+.2} %)", grouped(row.instructions), percent(row.instructions, *instructions))
        });
        // A work that has no row fails everywhere.
        let verdict = (is_binding || row.is_none()).then_some(holds);
        figure(&format!("instructions, {name}"), grouped(*instructions), bound, verdict);
        all &= verdict.unwrap_or(true);
    }
    for row in &baseline.rows {
        if !counts.iter().any(|(name, _)| *name == row.name) {
            println!("the baseline has a row of {:?}, which is no work", row.name);
            all = false;
        }
    }
    all
}

#[expect(clippy::cast_precision_loss, reason = "for two digits")]
fn percent(before: u64, now: u64) -> f64 {
    (now as f64 / before as f64 - 1.0) * 100.0
}

/// Where this is.
fn here() -> Result<Place> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = String::from_utf8(Command::new(rustc).arg("-vV").current_dir(PACKAGE).output()?.stdout)?;
    let line = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
    let rustc = format!("{} ({})", line("release:"), line("commit-hash:"));
    let lock = hex(&Sha256::digest(fs::read(format!("{PACKAGE}/../Cargo.lock"))?));
    Ok(Place { rustc, host: line("host:").to_owned(), lock })
}

/// Whether each row that is another than before has a reason that is another. What was before, git knows: the last commit, or where
/// that has this very baseline, the one before the last that changed it.
fn is_explained(baseline: &Baseline) -> bool {
    let changed = git(&["log", "-1", "--format=%H", "--", FILE]).unwrap_or_default();
    let committed = git(&["show", &format!("HEAD:./{FILE}")]).and_then(|text| Baseline::parse(&text));
    let before = match committed {
        Some(committed) if committed != *baseline => Some(committed),
        _ => git(&["show", &format!("{}^:./{FILE}", changed.trim())]).and_then(|text| Baseline::parse(&text)),
    };
    let Some(before) = before else {
        println!("no earlier baseline is known here, so its reasons are not compared");
        return true;
    };
    let unexplained = baseline.unexplained(&before);
    for name in &unexplained {
        println!("{name}: its count moved in the baseline, and its reason did not");
    }
    unexplained.is_empty()
}

/// What git prints, if all goes well.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).current_dir(PACKAGE).output().ok()?;
    output.status.success().then_some(output.stdout).and_then(|bytes| String::from_utf8(bytes).ok())
}
