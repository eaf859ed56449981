//! The driver against a peer that does anything, in clear text and inside TLS, in virtual time.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rdp_probe_oracles::run("end_to_end", bytes));
