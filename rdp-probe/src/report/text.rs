//! A report for people.

use std::fmt;

use super::words::{CheckWords, Detail};
use super::{Report, looks, nla, words};
use crate::certificate::{Certificate, Verdict, hex};
use crate::diagnose::{Candidate, Case, CauseText, Diagnosis, Look, Prediction, diagnose, predict};
use crate::evidence::{End, Evidence};
use crate::prose::{printable, wrap};

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
        let case = self.report.case();
        let causes = diagnose(&case);
        self.headline(f, evidence, causes.first())?;
        self.line(f, "stages", &stages(evidence))?;
        self.earlier(f)?;
        self.attempts(f, evidence)?;
        self.looks(f, &case)?;
        if let Some(gateway) = &evidence.plan.gateway {
            self.line(f, "gateway", &printable(&format!("{gateway}, {}", words::GATEWAY)))?;
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
        let colour = if self.report.is_ok() { good } else { bad };
        let word = words::outcome(self.report);
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
            Some(top) => writeln!(f, ": {colour}{}{reset}", words::headline(top.cause, evidence)),
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
        let Prediction { confidence, note, .. } = prediction;
        self.line(f, "mstsc", &format!("{} ({confidence}): {note}", words::shown(&prediction)))?;
        words::elsewhere(&prediction, causes).map_or(Ok(()), |also| self.line(f, "", &also))
    }

    /// What became of the offers that were made before.
    fn earlier(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = ["before"].into_iter().chain(std::iter::repeat(""));
        self.report
            .earlier()
            .iter()
            .zip(labels)
            .try_for_each(|(evidence, label)| self.line(f, label, &words::earlier(evidence)))
    }

    /// Each address, where there is more than one.
    fn attempts(&self, f: &mut fmt::Formatter<'_>, evidence: &Evidence) -> fmt::Result {
        let labels = ["addresses"].into_iter().chain(std::iter::repeat(""));
        let mut rows = words::addresses(evidence).into_iter().zip(labels);
        rows.try_for_each(|((address, fate), label)| self.line(f, label, &format!("{address}: {fate}")))
    }

    /// Each of several connections: why it was made, what it showed and what it ruled out.
    fn looks(&self, f: &mut fmt::Formatter<'_>, case: &Case<'_>) -> fmt::Result {
        let labels = ["looks"].into_iter().chain(std::iter::repeat(""));
        for ((told, label), rank) in looks::told(case).iter().zip(labels).zip(1..) {
            self.line(f, label, &format!("{rank}. {}: {}", told.experiment, printable(&told.outcome)))?;
            below(f, told.why)?;
            for (what, causes) in [("so it can be", &told.found), ("ruled out", &told.ruled_out)] {
                if !causes.is_empty() {
                    below(f, &format!("{what}: {}", words::codes(causes)))?;
                }
            }
        }
        if let Some(unmade) = words::unmade(self.report.unmade()) {
            self.line(f, "", &unmade)?;
        }
        words::spreads(case).map_or(Ok(()), |spreads| self.line(f, "spread", &spreads))
    }

    fn facts(&self, f: &mut fmt::Formatter<'_>, look: &Look<'_>) -> fmt::Result {
        let evidence = look.evidence;
        if let Some(answer) = evidence.answer {
            self.line(f, "negotiation", &words::negotiation(evidence, answer))?;
        }
        if let Some(foreign) = look.foreign {
            self.line(f, "answered by", foreign.as_str())?;
        }
        if let Some(hello) = &look.hello {
            self.line(f, "tls", &words::session(hello))?;
            if words::is_unproven(evidence) {
                self.line(f, "proof", words::UNPROVEN)?;
            }
        }
        if let (Some(certificate), Some(verdict)) = (&look.certificate, look.verdict) {
            self.certificate(f, certificate, verdict, evidence)?;
        }
        let lines = [("nla", nla::outcome(evidence)), ("server", nla::server(evidence))];
        lines.iter().try_for_each(|(label, words)| match words {
            Some(words) => self.line(f, label, &printable(words)),
            None => Ok(()),
        })
    }

    fn certificate(
        &self,
        f: &mut fmt::Formatter<'_>,
        certificate: &Certificate,
        verdict: Verdict,
        evidence: &Evidence,
    ) -> fmt::Result {
        let issued = words::issued(certificate, evidence);
        let (key, until) = (words::key(certificate), words::until(certificate));
        let words = format!("{}, {issued}, {key}, {until}", certificate.subject);
        self.line(f, "certificate", &printable(&words))?;
        if !certificate.names.is_empty() {
            self.line(f, "names", &printable(&certificate.names.join(", ")))?;
        }
        self.line(f, "thumbprint", &format!("SHA-1 {}", hex(&certificate.sha1)))?;
        let checks = words::checks(certificate, verdict, evidence).map(|check| in_words(&check));
        self.line(f, "checks", &printable(&checks.collect::<Vec<_>>().join(", ")))
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
        self.settled(f, found)?;
        if found.is_aside() {
            return self.in_short(f, text);
        }
        self.candidates(f, &found.candidates(case))?;
        self.remedies(f, text)?;
        if let Some(proof) = text.proof {
            write!(f, "   {label}Proof:{reset} ")?;
            wrap(f, proof, 10)?;
        }
        write!(f, "   {label}Sources:{reset} ")?;
        wrap(f, &text.sources.join("; "), 12)
    }

    /// How several connections came to it, and what they could not tell it from.
    fn settled(&self, f: &mut fmt::Formatter<'_>, found: &Diagnosis) -> fmt::Result {
        let Palette { label, reset, .. } = self.palette;
        let experiments: Vec<_> = found.settled_by.iter().map(|experiment| experiment.as_str()).collect();
        if !experiments.is_empty() {
            writeln!(f, "   {label}Told by:{reset} {}", experiments.join(", "))?;
        }
        if !found.rivals.is_empty() {
            write!(f, "   {label}Not told apart from here:{reset} ")?;
            wrap(f, &words::codes(&found.rivals), 6)?;
        }
        Ok(())
    }

    /// What remains possible behind the best explanation: what would prove it, and where more stands.
    fn in_short(&self, f: &mut fmt::Formatter<'_>, text: &CauseText) -> fmt::Result {
        let Palette { label, reset, .. } = self.palette;
        if let Some(proof) = text.proof {
            write!(f, "   {label}Proof:{reset} ")?;
            wrap(f, proof, 10)?;
        }
        writeln!(f, "   {label}More:{reset} rdp-probe explain {}", text.code)
    }

    fn candidates(&self, f: &mut fmt::Formatter<'_>, candidates: &[&Candidate]) -> fmt::Result {
        let Palette { label, reset, .. } = self.palette;
        if !candidates.is_empty() {
            writeln!(f, "   {label}This trace fits{reset} (each possible):")?;
        }
        candidates.iter().try_for_each(|candidate| {
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

/// Words that belong to the line above.
fn below(f: &mut fmt::Formatter<'_>, words: &str) -> fmt::Result {
    write!(f, "{:17}", "")?;
    wrap(f, words, 17)
}

/// A check by its name, with why and by what.
fn in_words(check: &CheckWords) -> String {
    let said = format!("{} {}", check.name, check.judgement.reason.as_str());
    match &check.detail {
        None => said,
        Some(Detail { words, names }) if names.is_empty() => format!("{said} ({words})"),
        Some(Detail { words, names }) => format!("{said} ({words} {})", names.join(", ")),
    }
}

/// Every stage that was begun, with its time; the last one with its end.
fn stages(evidence: &Evidence) -> String {
    let stage = |(stage, time, end)| match end {
        End::Complete => format!("{stage} {time}"),
        end => format!("{stage} {time} {end}"),
    };
    let total = format!("total {}", words::milliseconds(evidence.total()));
    words::stages(evidence).map(stage).chain([total]).collect::<Vec<_>>().join(" · ")
}
