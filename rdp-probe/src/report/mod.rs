//! What a probe gives back: the evidence, and everything that can be read from it.

mod json;
mod text;

use std::fmt;

pub(crate) use json::cause_text;
use text::Palette;

use crate::certificate::{Certificate, Verdict};
use crate::diagnose::{Case, Diagnosis, Prediction, diagnose, predict};
use crate::evidence::{End, Evidence, Stage};
use crate::transcript::Transcript;

/// The result of a probe. A dead host is an answer, not an error: there is a report of everything.
///
/// Display prints it for people; [`Report::to_json`] for programs; [`Report::transcript`] for whoever wants to
/// replay it. Nothing is worked out before it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    evidence: Evidence,
}

impl From<Evidence> for Report {
    fn from(evidence: Evidence) -> Self {
        Self { evidence }
    }
}

impl Report {
    /// What was seen.
    #[must_use]
    pub const fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The evidence, for keeps.
    #[must_use]
    pub fn into_evidence(self) -> Evidence {
        self.evidence
    }

    /// Whether the depth that was asked for was reached and the trust that was asked for holds.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.evidence.is_ok()
    }

    /// The report of a success, or the [`Failure`] that it is: for whoever wants to write `?`.
    ///
    /// # Errors
    /// If [`Report::is_ok`] is false.
    pub fn ok(self) -> Result<Self, Failure> {
        if self.is_ok() { Ok(self) } else { Err(Failure { report: Box::new(self) }) }
    }

    /// The stage at which the connection ended.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.evidence.stage
    }

    /// How it ended.
    #[must_use]
    pub const fn end(&self) -> End {
        self.evidence.end
    }

    /// The causes that fit, the most telling first. There is always at least one.
    #[must_use]
    pub fn causes(&self) -> Vec<Diagnosis> {
        diagnose(&Case::of(&self.evidence))
    }

    /// What the Windows client would show, where that is known.
    #[must_use]
    pub fn windows(&self) -> Option<Prediction> {
        predict(&Case::of(&self.evidence))
    }

    /// The server's certificate, if one was seen and can be read.
    #[must_use]
    pub fn certificate(&self) -> Option<Certificate> {
        self.evidence.certificate()
    }

    /// What each check says of that certificate.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.evidence.verdict()
    }

    /// The connection as text that can be replayed. It holds host names, addresses and certificates, no secrets.
    #[must_use]
    pub fn transcript(&self) -> Transcript {
        Transcript::from(&self.evidence)
    }

    /// The same report without the names and addresses in it, to be shown to strangers: what
    /// [`Transcript::redacted`] leaves.
    #[must_use]
    pub fn redacted(&self) -> Self {
        self.transcript().redacted().replay().into()
    }

    /// The report as one line of JSON, schema 1 (`schema/report-1.schema.json`).
    #[must_use]
    pub fn to_json(&self) -> String {
        json::report(self).to_string()
    }

    /// The report as Display prints it, with colours for a terminal.
    #[must_use]
    pub fn coloured(&self) -> impl fmt::Display + '_ {
        text::Rendered { report: self, palette: Palette::ANSI }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::Rendered { report: self, palette: Palette::PLAIN }.fmt(f)
    }
}

/// A report whose probe did not reach what was asked for, as an error.
///
/// ```
/// # use rdp_probe::{End, Stage, Transcript, Report};
/// # let evidence = "rdp-probe transcript 1\ntarget ts01\nend +1ms fin\n".parse::<Transcript>().unwrap().replay();
/// # let report = Report::from(evidence);
/// let failure = report.ok().unwrap_err();
/// assert_eq!((failure.stage(), failure.end()), (Stage::Negotiate, End::Fin));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    report: Box<Report>,
}

impl Failure {
    /// The stage at which the connection ended.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.report.stage()
    }

    /// How it ended.
    #[must_use]
    pub fn end(&self) -> End {
        self.report.end()
    }

    /// The whole report.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// The whole report, for keeps.
    #[must_use]
    pub fn into_report(self) -> Report {
        *self.report
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (target, stage, end) = (&self.report.evidence.plan.target, self.stage(), self.end());
        write!(f, "{target}: {stage} ended with {end}")?;
        match self.report.causes().first() {
            Some(first) => write!(f, ": {}", first.cause.text().headline),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}
