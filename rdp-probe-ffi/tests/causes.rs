//! Every cause of the library has a number in the ABI, and keeps it.
//!
//! `UPDATE=1 cargo test --package rdp-probe-ffi --test causes` gives the next numbers to causes that have none.

use std::fs;
use std::path::Path;

use rdp_probe::diagnose::Cause;

/// How a constant begins.
const FIRST: &str = "/// ";

const MARK: &str = "const CODES: &[&str] = &[\n";

/// The codes in the source, in the order of their numbers.
fn numbered(source: &str) -> Vec<String> {
    let (_, list) = source.split_once(MARK).unwrap();
    list.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).map(str::to_owned).collect()
}

/// The source with all of these codes.
fn written(source: &str, codes: &[String]) -> String {
    let (head, _) = source.split_once("\n/// account").unwrap();
    let mut made = format!("{head}\n");
    for (number, code) in (1..).zip(codes) {
        let name = code.to_uppercase().replace('-', "_");
        let cause = Cause::all().find(|cause| cause.code() == code).expect("a cause is never removed");
        made +=
            &format!("{FIRST}{code}: {}.\npub const RDP_PROBE_CAUSE_{name}: u32 = {number};\n", cause.text().headline);
    }
    made += &format!("\n{MARK}");
    for code in codes {
        made += &format!("    \"{code}\",\n");
    }
    made + "];\n"
}

#[test]
fn every_cause_has_its_number() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cause.rs");
    let source = fs::read_to_string(&path).unwrap();
    let mut codes = numbered(&source);
    assert!(codes.len() > 100, "the list is found");
    for cause in Cause::all() {
        if !codes.iter().any(|code| code == cause.code()) {
            codes.push(cause.code().to_owned());
        }
    }
    let made = written(&source, &codes);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &made).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == made,
        "src/cause.rs lacks causes: UPDATE=1 adds them, behind the others"
    );
}
