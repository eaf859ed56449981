//! The answer to a Connection Request, whole and in pieces.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rdp_probe_oracles::run("confirm", bytes));
