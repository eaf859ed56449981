//! What fuzzing has found once is tried again, and beside it every seed, and seeds with something changed by chance that can be
//! repeated.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use rdp_probe::Stage;
use rdp_probe::fuzzing::Reached;
use rdp_probe_oracles::{crashers_of, reached, seeds_of, targets};

#[path = "../../../rdp-probe/tests/chance/mod.rs"]
#[allow(dead_code, reason = "the part that makes plans is not used here")]
mod chance;

use chance::Chance;

/// Changed seeds of each target.
const CHANGED: usize = 1_000;

/// Tries an input; where it fails, says which one it was.
fn try_one(target: &str, name: &str, bytes: &[u8]) -> Reached {
    catch_unwind(AssertUnwindSafe(|| reached(target, bytes))).unwrap_or_else(|panic| {
        eprintln!("{target} fails on {name}: {bytes:02x?}");
        resume_unwind(panic)
    })
}

/// A seed with a few things changed, or two of them made one.
fn changed(chance: &mut Chance, seeds: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = seeds[chance.size(seeds.len())].1.clone();
    for _ in 0..=chance.below(4) {
        let at = chance.size(bytes.len() + 1);
        match chance.below(6) {
            0 => bytes.truncate(at),
            1 => {
                let more = chance.bytes(6);
                bytes.splice(at..at, more);
            }
            2 => {
                let other = &seeds[chance.size(seeds.len())].1;
                let from = chance.size(other.len() + 1);
                bytes.splice(at.., other[from..].iter().copied());
            }
            3 => drop(bytes.drain(at..(at + chance.size(6)).min(bytes.len()))),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
            }
        }
    }
    bytes
}

/// Everything of a target, and what it reaches.
fn try_all(target: &str) -> Reached {
    let mut all = Reached::default();
    for (path, bytes) in crashers_of(target) {
        all.extend(try_one(target, &path.display().to_string(), &bytes));
    }
    let seeds = seeds_of(target);
    assert!(seeds.len() > 5, "{target} has {} seeds", seeds.len());
    for (name, bytes) in &seeds {
        all.extend(try_one(target, name, bytes));
    }
    let mut chance = Chance(0x0904_0007);
    for number in 0..CHANGED {
        let bytes = changed(&mut chance, &seeds);
        all.extend(try_one(target, &format!("change {number}"), &bytes));
    }
    all
}

macro_rules! replayed {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            try_all(stringify!($name));
        })*

        #[test]
        fn every_target_is_replayed() {
            let mut here = vec!["conversation", "examine", "end_to_end", $(stringify!($name)),*];
            let mut there: Vec<_> = targets().collect();
            here.sort_unstable();
            there.sort_unstable();
            assert_eq!(here, there);
        }
    };
}

replayed!(confirm, flight, certificate, credssp, transcript, target, rdp_file, ffi);

/// Every state of the machine is seen, and every end of every stage.
#[test]
fn conversation() {
    let all = try_all("conversation");
    assert_eq!(all.missing_states().collect::<Vec<_>>(), []);
    assert_eq!(all.missing_ends().collect::<Vec<_>>(), []);
}

/// Rules over several connections fire.
#[test]
fn examine() {
    let all = try_all("examine");
    let missing = all.missing_rules().filter(|rule| rule.takes_several()).count();
    assert!(missing < 10, "{:?}", all.missing_rules().filter(|rule| rule.takes_several()).collect::<Vec<_>>());
}

/// The driver gets through TLS, and into Network Level Authentication.
#[test]
fn end_to_end() {
    let all = try_all("end_to_end");
    let ended = |stage: Stage| all.ends.iter().filter(|(at, _)| *at == stage).count();
    assert!(ended(Stage::Negotiate) >= 6 && ended(Stage::Tls) >= 5 && ended(Stage::Nla) >= 4, "{:?}", all.ends);
}

/// What crashed once lies where it is tried again.
#[test]
fn every_crasher_is_of_a_target() {
    let folder = rdp_probe_oracles::workspace().join("fuzz/crashers");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(targets().any(|target| *target == *name), "fuzz/crashers/{}: there is no such target", name.display());
    }
}

/// What is fuzzed is what is built: of every package that both lock files have, the same version.
#[test]
fn the_locks_agree() {
    let versions = |file: &str| -> BTreeSet<(String, String)> {
        let text = std::fs::read_to_string(rdp_probe_oracles::workspace().join(file)).unwrap();
        let packages = text.split("[[package]]").skip(1).map(|package| {
            let value = |key| package.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().to_owned();
            (value("name = "), value("version = "))
        });
        packages.collect()
    };
    let (ours, fuzzed) = (versions("Cargo.lock"), versions("fuzz/Cargo.lock"));
    let names: BTreeSet<_> = ours.iter().map(|(name, _)| name).collect();
    assert!(fuzzed.iter().filter(|(name, _)| names.contains(name)).count() > 100);
    let other: Vec<_> = fuzzed.difference(&ours).filter(|(name, _)| names.contains(name)).collect();
    assert_eq!(other, Vec::<&(String, String)>::new(), "cargo update --manifest-path fuzz/Cargo.toml -p … --precise …");
}

/// The targets that are built with a sanitizer are those that there are oracles for, and each has what the script that runs them needs.
#[test]
fn every_oracle_has_a_target() {
    let folder = rdp_probe_oracles::workspace().join("fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let mut files: Vec<_> = rdp_probe_oracles::files(&folder.join("fuzz_targets"))
        .iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut named: Vec<_> = targets().map(str::to_owned).collect();
    files.sort();
    named.sort();
    assert_eq!(files, named);
    for target in named {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target} is not in the manifest");
        let body = std::fs::read_to_string(folder.join(format!("fuzz_targets/{target}.rs"))).unwrap();
        assert!(body.contains(&format!("run(\"{target}\"")), "{target} tries something else");
    }
}
