//! A certificate: read, judged, compared, shown in a connection.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rdp_probe_oracles::run("certificate", bytes));
