//! Calls of the C ABI, one after the other.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rdp_probe_oracles::run("ffi", bytes));
