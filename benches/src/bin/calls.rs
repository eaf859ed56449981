//! Probes one server so many times, by the Rust call or by the C ABI, and takes the same from each report. This is what callgrind is
//! shown; `c_abi` runs it.
//!
//! ```text
//! cargo run --release -p rdp-probe-benches --bin calls -- 127.0.0.1:3389 c 10
//! ```
//!
//! Exit status: 0 if every probe was ok and found no fault, 1 if one was not, or if the command line is wrong.

use std::error::Error;
use std::ffi::CString;
use std::hint::black_box;
use std::process::ExitCode;
use std::ptr::{null, null_mut};

use rdp_probe::diagnose::Cause;
use rdp_probe::{Prober, Target};
use rdp_probe_ffi::{
    Credentials, RDP_PROBE_CAUSE_NO_FAULT_FOUND, RDP_PROBE_OK, RDP_PROBE_STAGE_TLS, Report, rdp_probe_prober_free,
    rdp_probe_prober_new, rdp_probe_report_cause, rdp_probe_report_certificate, rdp_probe_report_free,
    rdp_probe_report_ok, rdp_probe_report_stage, rdp_probe_run,
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [target, way, count] = arguments.as_slice() else { return Err("give HOST:PORT, rust or c, a count".into()) };
    let count = count.parse()?;
    let is_sound = match way.as_str() {
        "rust" => by_rust(target, count)?,
        "c" => by_c(target, count)?,
        _ => return Err("give rust or c".into()),
    };
    if is_sound { Ok(()) } else { Err("a probe was not ok".into()) }
}

fn by_rust(target: &str, count: u32) -> Result<bool, Box<dyn Error>> {
    let prober = Prober::builder().build()?;
    let mut is_sound = true;
    for _ in 0..count {
        let target: Target = black_box(target).parse()?;
        let report = prober.probe_blocking(&target);
        is_sound &= report.is_ok() && report.stage() == rdp_probe::Stage::Tls;
        is_sound &= report.evidence().handshake.as_ref().is_some_and(|handshake| !handshake.chain.is_empty());
        is_sound &= report.causes().first().is_some_and(|found| found.cause == Cause::NoFaultFound);
    }
    Ok(is_sound)
}

/// A function that the compiler cannot look into, as that of a library.
type Run = unsafe extern "C" fn(
    *const rdp_probe_ffi::Prober,
    *const std::ffi::c_char,
    *const Credentials,
    *mut *mut Report,
) -> u32;

#[expect(unsafe_code, reason = "it is what C does")]
fn by_c(target: &str, count: u32) -> Result<bool, Box<dyn Error>> {
    let target = CString::new(target)?;
    let (mut prober, mut is_sound) = (null_mut(), true);
    // SAFETY: each pointer is of what lives, and each object is freed once.
    unsafe {
        is_sound &= rdp_probe_prober_new(null(), &raw mut prober) == RDP_PROBE_OK;
        let run: Run = black_box(rdp_probe_run);
        for _ in 0..count {
            let mut report = null_mut();
            is_sound &= run(prober, target.as_ptr(), null(), &raw mut report) == RDP_PROBE_OK;
            is_sound &= rdp_probe_report_ok(report) == 1 && rdp_probe_report_stage(report) == RDP_PROBE_STAGE_TLS;
            is_sound &= rdp_probe_report_certificate(report).len > 0;
            is_sound &= rdp_probe_report_cause(report, 0) == RDP_PROBE_CAUSE_NO_FAULT_FOUND;
            rdp_probe_report_free(report);
        }
        rdp_probe_prober_free(prober);
    }
    Ok(is_sound)
}
