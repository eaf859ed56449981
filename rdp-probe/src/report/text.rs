//! A report for people.

use std::fmt::{self, Write as _};
use std::time::Duration;

use super::Report;
use crate::certificate::hex;
use crate::diagnose::{Case, Cause, CauseText, Diagnosis, Look, Prediction, diagnose, predict};
use crate::evidence::{End, Evidence, Stage};
use crate::prose::{printable, wrap};
use crate::{rfc3339, tls};

/// What is written around parts of a report to colour them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Palette {
    /// Before the headline of a success.
    pub(super) good: &'static str,
    /// Before the headline of a failure.
    pub(super) bad: &'static str,
    /// Before labels.
    pub(super) label: &'static str,
    /// Before commands.
    pub(super) command: &'static str,
    /// Behind each of them.
    pub(super) reset: &'static str,
}

impl Palette {
    /// No colours.
    pub(super) const PLAIN: Self = Self { good: "", bad: "", label: "", command: "", reset: "" };

    /// The colours of an ANSI terminal.
    pub(super) const ANSI: Self =
        Self { good: "\x1b[1;32m", bad: "\x1b[1;31m", label: "\x1b[1m", command: "\x1b[36m", reset: "\x1b[0m" };
}

pub(super) struct Rendered<'a> {
    pub(super) report: &'a Report,
    pub(super) palette: Palette,
}

impl fmt::Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let evidence = self.report.evidence();
        let case = Case::of(evidence);
        let causes = diagnose(&case);
        self.headline(f, evidence, causes.first())?;
        self.line(f, "stages", &stages(evidence))?;
        self.earlier(f)?;
        self.attempts(f, evidence)?;
        if let Some(gateway) = &evidence.plan.gateway {
            let words = format!("{gateway}, which the .rdp file names, is not followed: this is the direct way");
            self.line(f, "gateway", &printable(&words))?;
        }
        if let Some(look) = case.looks().first() {
            self.facts(f, look)?;
        }
        if let Some(prediction) = predict(&case) {
            self.prediction(f, prediction, &causes)?;
        }
        causes.iter().enumerate().try_for_each(|(index, diagnosis)| self.cause(f, index + 1, diagnosis, &case))
    }
}

impl Rendered<'_> {
    fn headline(&self, f: &mut fmt::Formatter<'_>, evidence: &Evidence, top: Option<&Diagnosis>) -> fmt::Result {
        let Palette { good, bad, reset, .. } = self.palette;
        let (colour, word) = if evidence.is_ok() { (good, "OK") } else { (bad, "FAILED") };
        write!(f, "{colour}{word}{reset} {}", evidence.plan.target)?;
        if let Some(address) = evidence.dial.connected()
            && evidence.plan.target.ip().is_none()
        {
            write!(f, " ({})", address.ip())?;
        }
        if let Some(proxied) = &evidence.dial.proxy {
            write!(f, " through {} proxy {}", proxied.kind, proxied.proxy)?;
        }
        match top {
            Some(top) => writeln!(f, ": {colour}{}{reset}", top.cause.text().headline),
            None => writeln!(f),
        }
    }

    fn line(&self, f: &mut fmt::Formatter<'_>, label: &str, words: &str) -> fmt::Result {
        let Palette { label: on, reset, .. } = self.palette;
        write!(f, "  {on}{label:<12}{reset}")?;
        wrap(f, words, 14)
    }

    /// What the Windows client would show, why, and what else it could have been.
    fn prediction(&self, f: &mut fmt::Formatter<'_>, prediction: Prediction, causes: &[Diagnosis]) -> fmt::Result {
        let Prediction { disconnect_reason: shown, extended_reason, confidence, note, .. } = prediction;
        let extended = extended_reason.map(|reason| format!("/{reason}")).unwrap_or_default();
        self.line(f, "mstsc", &format!("{shown}{extended} ({confidence}): {note}"))?;
        let also: Vec<_> = prediction.also(causes).into_iter().map(Cause::code).collect();
        if also.is_empty() {
            return Ok(());
        }
        let also = also.join(", ");
        self.line(f, "", &format!("elsewhere it comes from {also}; see: rdp-probe explain {shown}{extended}"))
    }

    /// What became of the offers that were made before.
    fn earlier(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = ["before"].into_iter().chain(std::iter::repeat(""));
        self.report.earlier().iter().zip(labels).try_for_each(|(evidence, label)| {
            let (offered, stage, end) = (evidence.plan.offered(), evidence.stage, evidence.end);
            self.line(f, label, &format!("offered {offered}: {stage} ended with {end}"))
        })
    }

    /// Each address, where there is more than one.
    fn attempts(&self, f: &mut fmt::Formatter<'_>, evidence: &Evidence) -> fmt::Result {
        let attempts = &evidence.dial.proxy.as_ref().map_or(&evidence.dial, |proxied| &proxied.dial).attempts;
        if attempts.len() < 2 {
            return Ok(());
        }
        attempts.iter().zip(["addresses"].into_iter().chain(std::iter::repeat(""))).try_for_each(|(attempt, label)| {
            let fate = match (attempt.started, attempt.end) {
                (None, _) => "not tried".to_owned(),
                (Some(_), None) => "given up for a faster one".to_owned(),
                (Some(_), Some(end)) => format!("{end} after {}", milliseconds(attempt.elapsed)),
            };
            self.line(f, label, &format!("{}: {fate}", attempt.address))
        })
    }

    fn facts(&self, f: &mut fmt::Formatter<'_>, look: &Look<'_>) -> fmt::Result {
        let evidence = look.evidence;
        if let Some(answer) = evidence.answer {
            let selected = answer.selected().map(|selected| selected.name().unwrap_or("an unknown protocol"));
            let words = selected.map_or_else(|| evidence.end.to_string(), |name| format!("server chose {name}"));
            self.line(f, "negotiation", &format!("offered {}; {words}", evidence.plan.offered()))?;
        }
        if let Some(foreign) = look.foreign {
            self.line(f, "answered by", foreign.as_str())?;
        }
        if let Some(hello) = &look.hello {
            let version = tls::version_name(hello.session.version).unwrap_or("?");
            self.line(f, "tls", &format!("{version}, {}", tls::suite_name(hello.session.suite)))?;
        }
        let (Some(certificate), Some(verdict)) = (&look.certificate, look.verdict) else { return Ok(()) };
        let issued =
            if certificate.self_signed { "self-signed" } else { &*format!("issued by {}", certificate.issuer) };
        let bits = certificate.key.bits.map(|bits| format!(" {bits}")).unwrap_or_default();
        let key = format!("{}{bits}", certificate.key.algorithm.as_str());
        let end = rfc3339::print(certificate.not_after);
        let words = format!("{}, {issued}, {key}, until {end}", certificate.subject);
        self.line(f, "certificate", &printable(&words))?;
        if !certificate.names.is_empty() {
            self.line(f, "names", &printable(&certificate.names.join(", ")))?;
        }
        self.line(f, "thumbprint", &format!("SHA-1 {}", hex(&certificate.sha1)))?;
        let checks = [verdict.chain, verdict.time, verdict.name, verdict.purpose, verdict.key, verdict.signature];
        let names = ["chain", "time", "name", "purpose", "key", "signature"];
        let checks = names.into_iter().zip(checks).map(|(name, check)| format!("{name} {}", check.reason.as_str()));
        self.line(f, "checks", &checks.collect::<Vec<_>>().join(", "))
    }

    fn cause(&self, f: &mut fmt::Formatter<'_>, rank: usize, found: &Diagnosis, case: &Case<'_>) -> fmt::Result {
        let Palette { label, reset, .. } = self.palette;
        let text = found.cause.text();
        writeln!(f)?;
        writeln!(f, "{rank}. {label}{}{reset} [{}, {}; {}]", text.headline, text.code, found.confidence, text.who)?;
        write!(f, "   ")?;
        wrap(f, text.what, 3)?;
        for words in found.in_words(case) {
            write!(f, "   - ")?;
            wrap(f, &printable(&words), 5)?;
        }
        self.candidates(f, text)?;
        self.remedies(f, text)?;
        if let Some(proof) = text.proof {
            write!(f, "   {label}Proof:{reset} ")?;
            wrap(f, proof, 10)?;
        }
        write!(f, "   {label}Sources:{reset} ")?;
        wrap(f, &text.sources.join("; "), 12)
    }

    fn candidates(&self, f: &mut fmt::Formatter<'_>, text: &CauseText) -> fmt::Result {
        let Palette { label, reset, .. } = self.palette;
        if !text.candidates.is_empty() {
            writeln!(f, "   {label}This trace fits{reset} (each possible):")?;
        }
        text.candidates.iter().try_for_each(|candidate| {
            write!(f, "   * ")?;
            let known = candidate.grade.token();
            wrap(f, &format!("{} Known: {known}. Told by: {}", candidate.what, candidate.proof), 5)
        })
    }

    fn remedies(&self, f: &mut fmt::Formatter<'_>, text: &CauseText) -> fmt::Result {
        let Palette { label, command, reset, .. } = self.palette;
        if !text.remedies.is_empty() {
            writeln!(f, "   {label}To do:{reset}")?;
        }
        for (remedy, letter) in text.remedies.iter().zip('a'..) {
            write!(f, "   {letter}) ")?;
            wrap(f, remedy.what, 6)?;
            for line in remedy.command.into_iter().flat_map(str::lines) {
                writeln!(f, "        {command}{line}{reset}")?;
            }
            write!(f, "      risk: ")?;
            wrap(f, remedy.risk, 12)?;
        }
        Ok(())
    }
}

/// Every stage that was begun, with its time; the last one with its end.
fn stages(evidence: &Evidence) -> String {
    let mut words = String::new();
    for stage in Stage::ALL {
        let Some(leg) = evidence.leg(stage) else { continue };
        let _ = write!(words, "{stage} {}", milliseconds(leg.elapsed));
        if stage == evidence.stage && evidence.end != End::Complete {
            let _ = write!(words, " {}", evidence.end);
        }
        words.push_str(" · ");
    }
    let _ = write!(words, "total {}", milliseconds(evidence.total()));
    words
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
