//! The text of transcripts: read, printed, replayed, redacted.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rdp_probe_oracles::run("transcript", bytes));
