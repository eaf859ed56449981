//! A plan, a dial and inputs of every kind, in any order: diagnosed, printed, replayed, redacted.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rdp_probe_oracles::run("conversation", bytes));
