//! What the project promises about itself: few dependencies, a pure core, an old enough compiler, readable files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The most packages that a user of the library gets.
const MOST_PACKAGES: usize = 110;

/// The most that the feature `nla` makes of it: half of them are cryptography in pure Rust, which sspi takes as it comes.
const MOST_PACKAGES_NLA: usize = 205;

/// The longest a source file may be, unless it is a table of text.
const MOST_LINES: usize = 350;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(workspace()).output().unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Names and versions of everything that the library is built from, each once.
fn packages(features: &[&str]) -> BTreeSet<String> {
    let tree = [&["tree", "--locked", "-p", "rdp-probe", "-e", "normal", "--prefix", "none"], features].concat();
    let lines = cargo(&tree);
    let words = lines.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
    words.filter(|package| !package.is_empty()).collect()
}

#[test]
fn the_library_brings_few_packages() {
    let packages = packages(&[]);
    assert!(packages.iter().any(|package| package.starts_with("rustls ")), "the list is not empty: {packages:?}");
    assert!(packages.len() <= MOST_PACKAGES, "{} packages: {packages:?}", packages.len());
}

#[test]
fn the_core_stands_alone() {
    let packages = packages(&["--no-default-features"]);
    assert!(packages.iter().any(|package| package.starts_with("ironrdp-pdu ")), "the list is not empty: {packages:?}");
    let banned = ["tokio", "tokio-rustls", "rustls", "ring", "sspi", "mio", "socket2", "getrandom", "dns-lookup"];
    let found = packages.iter().filter(|package| banned.contains(&package.split(' ').next().unwrap_or_default()));
    assert_eq!(found.collect::<Vec<_>>(), Vec::<&String>::new());
}

/// Credentials take a security package, and cryptography that nobody else is to build: it comes on demand alone, and brings no
/// library of another language, no client of HTTP and no resolver of its own.
#[test]
fn the_security_package_is_brought_on_demand_alone() {
    let brings = |packages: &BTreeSet<String>, name: &str| {
        packages.iter().any(|package| package.split(' ').next() == Some(name))
    };
    let others: [&[&str]; 3] = [&[], &["--no-default-features"], &["--features", "tracing,system-roots,idn"]];
    for features in others {
        let packages = packages(features);
        assert!(!brings(&packages, "sspi") && !brings(&packages, "picky"), "{features:?}");
    }
    let packages = packages(&["--features", "nla"]);
    assert!(brings(&packages, "sspi"), "the list is not empty: {packages:?}");
    assert!(packages.len() <= MOST_PACKAGES_NLA, "{} packages: {packages:?}", packages.len());
    let banned = ["aws-lc-rs", "aws-lc-sys", "openssl-sys", "native-tls", "reqwest", "hickory-resolver", "pcsc"];
    let found: Vec<_> = banned.into_iter().filter(|name| brings(&packages, name)).collect();
    assert_eq!(found, [""; 0]);
}

/// Spans and events are there for whoever asks for them, and for nobody else.
#[test]
fn tracing_is_brought_on_demand_alone() {
    let brought = |features: &[&str]| packages(features).iter().any(|package| package.starts_with("tracing"));
    assert!(!brought(&[]) && !brought(&["--no-default-features"]));
    assert!(brought(&["--features", "tracing"]));
}

#[test]
fn no_dependency_asks_for_a_newer_compiler() {
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--locked", "--format-version", "1"])).unwrap();
    let all = metadata["packages"].as_array().unwrap();
    let own = all.iter().find(|package| package["name"] == "rdp-probe").unwrap();
    let ours = version(own["rust_version"].as_str().unwrap());
    let newer =
        all.iter().filter(|package| package["rust_version"].as_str().is_some_and(|asked| version(asked) > ours));
    let names: Vec<_> = newer.map(|package| format!("{} {}", package["name"], package["rust_version"])).collect();
    assert!(all.len() > 100 && names.is_empty(), "these ask for more than {ours:?}: {names:?}");
}

#[test]
fn the_system_s_roots_are_brought_on_demand_alone() {
    let brought =
        |features: &[&str]| packages(features).iter().any(|package| package.starts_with("rustls-native-certs"));
    assert!(!brought(&[]) && !brought(&["--no-default-features"]));
    assert!(brought(&["--features", "system-roots"]));
}

/// Code that the compiler does not vouch for is where C is called, and where a bench counts what is allocated; each block says why it is
/// sound. Nowhere else can it be allowed: the workspace forbids it.
#[test]
fn unsafe_code_is_argued_or_forbidden() {
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert!(read(&workspace().join("Cargo.toml")).contains("[workspace.lints.rust]\nunsafe_code = \"forbid\"\n"));
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--locked", "--no-deps", "--format-version", "1"])).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 5);
    for package in packages {
        let manifest = read(Path::new(package["manifest_path"].as_str().unwrap()));
        let inherits = manifest.contains("[lints]\nworkspace = true\n");
        let argues = manifest.contains("undocumented_unsafe_blocks = \"deny\"\n");
        let may = ["rdp-probe-ffi", "rdp-probe-benches"].iter().any(|name| package["name"] == *name);
        assert!(if may { argues } else { inherits }, "{}", package["name"]);
    }
}

/// What SECURITY.md claims is shown by tests and files; those that it names are there.
#[test]
fn what_security_rests_on_is_there() {
    let text = std::fs::read_to_string(workspace().join("SECURITY.md")).unwrap();
    let code: String = sources().iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let named: BTreeSet<_> = text.split('`').skip(1).step_by(2).collect();
    let is_test =
        |name: &str| name.matches('_').count() > 1 && name.chars().all(|c| c == '_' || c.is_ascii_lowercase());
    let tests: Vec<_> = named.iter().filter(|name| is_test(name)).collect();
    let files: Vec<_> = named.iter().filter(|name| name.contains('/')).collect();
    assert!(tests.len() > 20 && files.len() > 5, "{tests:?}, {files:?}");
    for test in tests {
        assert!(code.contains(&format!("fn {test}(")), "there is no {test}");
    }
    for file in files {
        assert!(workspace().join(file).exists(), "there is no {file}");
    }
}

/// The workflow builds with the compiler that the manifests ask for.
#[test]
fn the_workflow_has_the_oldest_compiler() {
    let workflow = std::fs::read_to_string(workspace().join(".github/workflows/ci.yml")).unwrap();
    assert!(workflow.contains(&format!("image: rust:{}-", env!("CARGO_PKG_RUST_VERSION"))));
}

fn version(text: &str) -> Vec<u32> {
    let mut parts: Vec<u32> = text.split('.').map(|part| part.parse().unwrap()).collect();
    parts.resize(3, 0);
    parts
}

/// Every Rust file of the workspace.
fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let members = ["rdp-probe", "rdp-probe-lab", "rdp-probe-cli", "rdp-probe-ffi", "examples", "benches"];
    let fuzz = ["fuzz/fuzz_targets", "fuzz/oracles", "fuzz/programs"];
    let mut folders: Vec<PathBuf> = members.iter().chain(&fuzz).map(|name| workspace().join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.extension() {
                _ if entry.is_dir() => folders.push(entry),
                Some(extension) if extension == "rs" => files.push(entry),
                Some(extension) if extension == "orig" || extension == "rej" => {
                    panic!("{} is left over", entry.display())
                }
                _ => {}
            }
        }
    }
    files
}

#[test]
fn files_stay_readable() {
    let files = sources();
    assert!(files.len() > 50);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        // Tables are as long as they are.
        let tables = ["cause.rs", "causes", "codes", "claims.rs", "fact.rs", "rules.rs"];
        let table = file.components().any(|part| tables.iter().any(|table| part.as_os_str() == *table));
        let lines = text.lines().count();
        assert!(table || lines <= MOST_LINES, "{} has {lines} lines", file.display());
        assert!(text.starts_with("//!"), "{} does not say what it is", file.display());
        // Written in two parts, so that this line is none of them.
        for mark in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), concat!("#[ign", "ore")] {
            assert!(!text.contains(mark), "{} holds {mark}", file.display());
        }
    }
}

#[test]
fn the_schema_names_the_version_that_reports_do() {
    let schema = std::fs::read_to_string(workspace().join("rdp-probe/schema/report-1.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let transcript: rdp_probe::Transcript = "rdp-probe transcript 1\ntarget ts01\n".parse().unwrap();
    let report: Value = serde_json::from_str(&rdp_probe::Report::from(transcript.replay()).to_json()).unwrap();
    assert_eq!(schema["properties"]["schema"]["const"], report["schema"]);
}

#[test]
fn the_schema_lists_every_cause() {
    let schema = std::fs::read_to_string(workspace().join("rdp-probe/schema/report-1.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let listed = schema["$defs"]["cause"]["properties"]["code"]["anyOf"][0]["enum"].as_array().unwrap();
    let listed: BTreeSet<_> = listed.iter().map(|code| code.as_str().unwrap()).collect();
    let known: BTreeSet<_> = rdp_probe::diagnose::Cause::all().map(rdp_probe::diagnose::Cause::code).collect();
    assert_eq!(listed, known);
}
