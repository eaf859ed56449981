//! What a server says inside TLS: TSRequest, SPNEGO, NTLM's CHALLENGE, and a connection with it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rdp_probe_oracles::run("credssp", bytes));
