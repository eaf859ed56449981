//! What a report says of TLS and the certificate.

use crate::report::{Report, read};
use crate::text::{Bytes, Text, optional_place};

/// The server's certificate, as DER. Empty if none was seen.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_certificate(report: *const Report) -> Bytes {
    // SAFETY: a report that lives, or NULL; the bytes stay with it.
    unsafe { read(report, Bytes::EMPTY, |report| Bytes::of(report.leaf())) }
}

/// From when to when that certificate is valid, in seconds since 1970 UTC. Gives 1 and writes them, or 0 if none was seen that can be
/// read. Each place may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_certificate_validity(
    report: *const Report,
    not_before: *mut i64,
    not_after: *mut i64,
) -> u32 {
    let by = |report: &Report| report.certificate().map(|certificate| [certificate.not_before, certificate.not_after]);
    // SAFETY: a report that lives, or NULL.
    let Some(times) = (unsafe { read(report, None, by) }) else { return 0 };
    for (place, time) in [not_before, not_after].into_iter().zip(times) {
        // SAFETY: a place for a number, or NULL.
        if let Some(place) = unsafe { optional_place(place) } {
            place.write(time);
        }
    }
    1
}

/// Whose certificate it is, "CN=ts01.example". Empty if none was seen that can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_certificate_subject(report: *const Report) -> Text {
    let by = |report: &Report| report.certificate().map_or(Text::EMPTY, |certificate| Text::of(&certificate.subject));
    // SAFETY: a report that lives, or NULL; the text stays with it.
    unsafe { read(report, Text::EMPTY, by) }
}

/// Its thumbprint as Windows shows it: SHA-1, 20 bytes. Empty if none was seen that can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_certificate_sha1(report: *const Report) -> Bytes {
    let by = |report: &Report| report.certificate().map_or(Bytes::EMPTY, |certificate| Bytes::of(&certificate.sha1));
    // SAFETY: a report that lives, or NULL; the bytes stay with it.
    unsafe { read(report, Bytes::EMPTY, by) }
}

/// The version of TLS that the server chose, as it travels: 0x0303 is TLS 1.2, 0x0304 TLS 1.3. 0 if it did not come to that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_tls_version(report: *const Report) -> u32 {
    let by = |report: &Report| report.report.evidence().hello().map_or(0, |hello| hello.session.version.into());
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, by) }
}
