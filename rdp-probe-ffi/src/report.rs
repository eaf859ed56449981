//! Reports: what a probe gives back.

use std::sync::OnceLock;

use rdp_probe::Certificate;
use rdp_probe::diagnose::Diagnosis;

use crate::diagnosis::advice;
use crate::guard;
use crate::number;
use crate::status::{Failure, RDP_PROBE_INVALID_INPUT, Status, invalid};
use crate::text::{Text, bytes, optional_place, place, shared, take_back};

/// What a probe has seen, and what is to be read from it. It never changes; any number of threads may read it.
#[derive(Debug)]
pub struct Report {
    pub(crate) report: rdp_probe::Report,
    target: OnceLock<String>,
    causes: OnceLock<Vec<Diagnosis>>,
    advice: OnceLock<Vec<String>>,
    certificate: OnceLock<Option<Box<Certificate>>>,
    leaf: OnceLock<Vec<u8>>,
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
            leaf: OnceLock::new(),
            json: OnceLock::new(),
            text: OnceLock::new(),
            markdown: OnceLock::new(),
            transcript: OnceLock::new(),
        }
    }

    pub(crate) fn certificate(&self) -> Option<&Certificate> {
        self.certificate.get_or_init(|| self.report.certificate().map(Box::new)).as_deref()
    }

    /// The certificate as DER, out of the handshake or of what was read of it in clear text. Empty if none was seen.
    pub(crate) fn leaf(&self) -> &[u8] {
        self.leaf.get_or_init(|| {
            let hello = self.report.evidence().hello();
            hello.and_then(|hello| hello.chain.first().map(|leaf| leaf.to_vec())).unwrap_or_default()
        })
    }

    pub(crate) fn advice(&self) -> &[String] {
        self.advice.get_or_init(|| self.causes().iter().map(advice).collect())
    }

    pub(crate) fn causes(&self) -> &[Diagnosis] {
        self.causes.get_or_init(|| self.report.causes())
    }
}

/// Reads something from a report.
///
/// # Safety
/// The report is NULL, or lives.
pub(crate) unsafe fn read<T>(report: *const Report, otherwise: T, by: impl FnOnce(&Report) -> T) -> T
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
