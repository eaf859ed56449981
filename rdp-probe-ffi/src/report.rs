//! Reports: what a probe gives back.

use std::sync::OnceLock;

use rdp_probe::Certificate;
use rdp_probe::diagnose::Diagnosis;

use crate::cause::number as number_of;
use crate::guard;
use crate::number;
use crate::status::{Failure, RDP_PROBE_INVALID_INPUT, Status, invalid};
use crate::text::{Bytes, Text, bytes, optional_place, place, shared, take_back};

/// What a probe has seen, and what is to be read from it. It never changes; any number of threads may read it.
#[derive(Debug)]
pub struct Report {
    report: rdp_probe::Report,
    target: OnceLock<String>,
    causes: OnceLock<Vec<Diagnosis>>,
    advice: OnceLock<Vec<String>>,
    certificate: OnceLock<Option<Box<Certificate>>>,
    json: OnceLock<String>,
    text: OnceLock<String>,
    markdown: OnceLock<String>,
    transcript: OnceLock<String>,
}

impl Report {
    pub(crate) const fn new(report: rdp_probe::Report) -> Self {
        Self {
            report,
            target: OnceLock::new(),
            causes: OnceLock::new(),
            advice: OnceLock::new(),
            certificate: OnceLock::new(),
            json: OnceLock::new(),
            text: OnceLock::new(),
            markdown: OnceLock::new(),
            transcript: OnceLock::new(),
        }
    }

    fn certificate(&self) -> Option<&Certificate> {
        self.certificate.get_or_init(|| self.report.certificate().map(Box::new)).as_deref()
    }

    fn advice(&self) -> &[String] {
        self.advice.get_or_init(|| self.causes().iter().map(advice).collect())
    }

    fn causes(&self) -> &[Diagnosis] {
        self.causes.get_or_init(|| self.report.causes())
    }
}

/// What to do about a cause.
fn advice(found: &Diagnosis) -> String {
    let mut text = String::new();
    for remedy in found.cause.text().remedies {
        for line in std::iter::once(remedy.what).chain(remedy.command) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
        }
    }
    text
}

/// Reads something from a report.
///
/// # Safety
/// The report is NULL, or lives.
unsafe fn read<T>(report: *const Report, otherwise: T, by: impl FnOnce(&Report) -> T) -> T
where
    T: Copy,
{
    // SAFETY: as the caller promises.
    guard::value(otherwise, || unsafe { shared(report, "report") }.map_or(otherwise, by))
}

/// Whether the goal was reached and the trust that was asked for holds: 1, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_ok(report: *const Report) -> u32 {
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, |report| report.report.is_ok().into()) }
}

/// What was probed, "host:port".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_target(report: *const Report) -> Text {
    let by = |report: &Report| Text::of(report.target.get_or_init(|| report.report.target().to_string()));
    // SAFETY: a report that lives, or NULL; the text stays with it.
    unsafe { read(report, Text::EMPTY, by) }
}

/// The stage at which the connection ended: one of RDP_PROBE_STAGE_.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_stage(report: *const Report) -> u32 {
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, |report| number::of_stage(report.report.stage())) }
}

/// How it ended: one of RDP_PROBE_END_.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_end(report: *const Report) -> u32 {
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, |report| number::of_end(report.report.end().kind())) }
}

/// The number that came with the end: an alert, a failure code, an NTSTATUS, the operating system's. Gives 1 and writes it, or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_end_code(report: *const Report, code: *mut i64) -> u32 {
    // SAFETY: a place for a number, or NULL.
    let place = unsafe { optional_place(code) };
    // SAFETY: a report that lives, or NULL.
    let found = unsafe { read(report, None, |report| report.report.end().code()) };
    if let (Some(place), Some(code)) = (place, found) {
        place.write(code);
    }
    found.is_some().into()
}

/// The name of that number, or of the detail of the end: "handshake_failure", "connection-refused". Empty if it has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_end_symbol(report: *const Report) -> Text {
    let by = |report: &Report| report.report.end().symbol().map_or(Text::EMPTY, Text::of);
    // SAFETY: a report that lives, or NULL; the text is static.
    unsafe { read(report, Text::EMPTY, by) }
}

/// How long a stage took, in microseconds; 0 if it was not reached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_stage_us(report: *const Report, stage: u32) -> u64 {
    let by = |report: &Report| {
        let leg = number::stage(stage).and_then(|stage| report.report.evidence().leg(stage));
        leg.map_or(0, |leg| leg.elapsed.as_micros().try_into().unwrap_or(u64::MAX))
    };
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, by) }
}

/// How long all of it took, in microseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_total_us(report: *const Report) -> u64 {
    let by = |report: &Report| report.report.evidence().total().as_micros().try_into().unwrap_or(u64::MAX);
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, by) }
}

/// The protocol that the server chose, as it travels. Gives 1 and writes it, or 0 if it chose none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_selected(report: *const Report, protocol: *mut u32) -> u32 {
    // SAFETY: a place for a number, or NULL.
    let place = unsafe { optional_place(protocol) };
    let by = |report: &Report| report.report.evidence().answer.and_then(|answer| answer.selected());
    // SAFETY: a report that lives, or NULL.
    let found = unsafe { read(report, None, by) };
    if let (Some(place), Some(selected)) = (place, found) {
        place.write(selected.0);
    }
    found.is_some().into()
}

/// What the Windows client would show, as a prediction: the first number, the extended one (UINT32_MAX where it is not known), and how
/// sure that is (RDP_PROBE_LIKELY or RDP_PROBE_POSSIBLE). Gives 1 and writes them, or 0 where nothing is known. Each place may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_windows(
    report: *const Report,
    reason: *mut u32,
    extended: *mut u32,
    confidence: *mut u32,
) -> u32 {
    // SAFETY: a report that lives, or NULL.
    let Some(found) = (unsafe { read(report, None, |report| report.report.windows()) }) else { return 0 };
    let extended_reason = found.extended_reason.map_or(u32::MAX, |extended| extended.0);
    let numbers = [found.disconnect_reason.0, extended_reason, number::of_confidence(found.confidence)];
    for (place, number) in [reason, extended, confidence].into_iter().zip(numbers) {
        // SAFETY: a place for a number, or NULL.
        if let Some(place) = unsafe { optional_place(place) } {
            place.write(number);
        }
    }
    1
}

/// What became of the credentials: one of RDP_PROBE_NLA_.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_nla(report: *const Report) -> u32 {
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, |report| number::of_nla(report.report.evidence().nla_result())) }
}

/// The server's certificate, as DER. Empty if none was seen.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_certificate(report: *const Report) -> Bytes {
    let by = |report: &Report| {
        let handshake = report.report.evidence().handshake.as_ref();
        handshake.and_then(|handshake| handshake.chain.first()).map_or(Bytes::EMPTY, |leaf| Bytes::of(leaf))
    };
    // SAFETY: a report that lives, or NULL; the bytes stay with it.
    unsafe { read(report, Bytes::EMPTY, by) }
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

/// How many causes fit. There is always one at least.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_causes(report: *const Report) -> usize {
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, |report| report.causes().len()) }
}

/// A cause, the most telling first, from 0: one of RDP_PROBE_CAUSE_. 0 behind the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_cause(report: *const Report, index: usize) -> u32 {
    let by = |report: &Report| report.causes().get(index).map_or(0, |found| number_of(found.cause));
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, by) }
}

/// Its code, "closed-on-request", which never changes. Empty behind the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_cause_code(report: *const Report, index: usize) -> Text {
    let by = |report: &Report| report.causes().get(index).map_or(Text::EMPTY, |found| Text::of(found.cause.code()));
    // SAFETY: a report that lives, or NULL; the text is static.
    unsafe { read(report, Text::EMPTY, by) }
}

/// What has happened, in a sentence. Empty behind the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_cause_headline(report: *const Report, index: usize) -> Text {
    let by =
        |report: &Report| report.causes().get(index).map_or(Text::EMPTY, |found| Text::of(found.cause.text().headline));
    // SAFETY: a report that lives, or NULL; the text is static.
    unsafe { read(report, Text::EMPTY, by) }
}

/// How sure it is: RDP_PROBE_CERTAIN, RDP_PROBE_LIKELY or RDP_PROBE_POSSIBLE. 0 behind the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_cause_confidence(report: *const Report, index: usize) -> u32 {
    let by = |report: &Report| report.causes().get(index).map_or(0, |found| number::of_confidence(found.confidence));
    // SAFETY: a report that lives, or NULL.
    unsafe { read(report, 0, by) }
}

/// What to do about it, best first: a line for each thing, with its command behind it. Empty behind the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_cause_advice(report: *const Report, index: usize) -> Text {
    let by = |report: &Report| report.advice().get(index).map_or(Text::EMPTY, |advice| Text::of(advice));
    // SAFETY: a report that lives, or NULL; the text stays with it.
    unsafe { read(report, Text::EMPTY, by) }
}

/// All of the report as one line of JSON: evidence, causes, remedies, prediction (schema 1). Members are added, never changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_json(report: *const Report) -> Text {
    let by = |report: &Report| Text::of(report.json.get_or_init(|| report.report.to_json()));
    // SAFETY: a report that lives, or NULL; the text stays with it.
    unsafe { read(report, Text::EMPTY, by) }
}

/// The report for people, as the command rdp-probe prints it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_text(report: *const Report) -> Text {
    let by = |report: &Report| Text::of(report.text.get_or_init(|| report.report.to_string()));
    // SAFETY: a report that lives, or NULL; the text stays with it.
    unsafe { read(report, Text::EMPTY, by) }
}

/// The report as Markdown, for tickets and wikis.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_markdown(report: *const Report) -> Text {
    let by = |report: &Report| Text::of(report.markdown.get_or_init(|| report.report.to_markdown()));
    // SAFETY: a report that lives, or NULL; the text stays with it.
    unsafe { read(report, Text::EMPTY, by) }
}

/// Its connections as text that rdp_probe_report_replay() reads again. It holds names, addresses and certificates, and no secrets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_transcript(report: *const Report) -> Text {
    let by = |report: &Report| {
        let all = || report.report.transcripts().iter().map(ToString::to_string).collect();
        Text::of(report.transcript.get_or_init(all))
    };
    // SAFETY: a report that lives, or NULL; the text stays with it.
    unsafe { read(report, Text::EMPTY, by) }
}

/// The same report without the names and addresses in it, to be shown to strangers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_redacted(report: *const Report, out: *mut *mut Report) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer.
        let out = unsafe { place(out, "out") }?;
        // SAFETY: a report that lives.
        let report = unsafe { shared(report, "report") }?;
        out.give(Report::new(report.report.redacted()));
        Ok(())
    })
}

/// The report of a stored transcript, of one connection or of all of one target: they are played again, and the diagnosis is made
/// anew.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_replay(transcript: *const u8, len: usize, out: *mut *mut Report) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer.
        let out = unsafe { place(out, "out") }?;
        // SAFETY: bytes that stay for the call.
        let transcript = unsafe { bytes(transcript, len, "transcript") }?;
        let text = str::from_utf8(transcript).map_err(|_| invalid("transcript is not UTF-8"))?;
        let report = rdp_probe::Report::replay(text).map_err(|error| Failure::of(RDP_PROBE_INVALID_INPUT, &error))?;
        out.give(Report::new(report));
        Ok(())
    })
}

/// Frees a report, and with it the text that was asked of it. From any thread, inside callbacks too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_report_free(report: *mut Report) {
    // SAFETY: given away by one of the functions that do, and freed once.
    guard::value((), || drop(unsafe { take_back(report) }));
}
