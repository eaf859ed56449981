//! Targets, thumbprints, offers, parts of requests, and questions to explain.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rdp_probe_oracles::run("target", bytes));
