//! Every oracle of this project by the name of its fuzz target, with its seeds: for the fuzz targets, for the tests that replay
//! what they found, and for the programs that count what inputs reach.

mod dictionary;

use std::fs;
use std::path::{Path, PathBuf};

pub use dictionary::dictionary;
use rdp_probe::Transcript;
use rdp_probe::fuzzing::{ORACLES, Oracle, Reached, seeds};

/// The targets whose oracles are not those of the library.
const OTHERS: [(&str, Oracle); 2] =
    [("ffi", rdp_probe_ffi::fuzzing::ffi), ("end_to_end", rdp_probe_lab::fuzzing::end_to_end)];

/// The names of all targets.
pub fn targets() -> impl Iterator<Item = &'static str> {
    all().map(|(name, _)| name)
}

fn all() -> impl Iterator<Item = (&'static str, Oracle)> {
    ORACLES.into_iter().chain(OTHERS)
}

/// Tries an input.
///
/// # Panics
/// If there is no such target, or something does not hold that always should.
pub fn run(target: &str, bytes: &[u8]) {
    let _ = reached(target, bytes);
}

/// Tries an input, and tells what it has reached.
///
/// # Panics
/// As [`run`].
#[must_use]
pub fn reached(target: &str, bytes: &[u8]) -> Reached {
    let (_, oracle) = all().find(|(name, _)| *name == target).unwrap_or_else(|| panic!("{target} is no target"));
    oracle(bytes)
}

/// The inputs that a target begins with, made from the transcripts of the tests, each with a name.
///
/// # Panics
/// If the transcripts cannot be read.
#[must_use]
pub fn seeds_of(target: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for folder in ["transcripts", "cases"] {
        for path in files(&workspace().join("rdp-probe/tests").join(folder)) {
            let text = fs::read_to_string(&path).expect("a transcript");
            let transcripts = Transcript::parse_all(&text).expect("a transcript");
            let made = match target {
                "end_to_end" => transcripts.iter().map(rdp_probe_lab::fuzzing::seed).collect(),
                "ffi" => transcripts.iter().map(rdp_probe_ffi::fuzzing::seed).collect(),
                _ => seeds(target, &transcripts),
            };
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let named = made.into_iter().enumerate().map(|(index, seed)| (format!("{stem}.{index}"), seed));
            all.extend(named);
        }
    }
    all
}

/// The inputs that a target has failed on once, by the path of each.
///
/// # Panics
/// If they cannot be read.
#[must_use]
pub fn crashers_of(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = workspace().join("fuzz/crashers").join(target);
    if !folder.exists() {
        return Vec::new();
    }
    files(&folder).into_iter().map(|path| (path.clone(), fs::read(path).expect("a crasher"))).collect()
}

/// The files of a folder, in order.
///
/// # Panics
/// If the folder cannot be read.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// The root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
