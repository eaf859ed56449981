//! What a probe gives back: the evidence, and everything that can be read from it.

mod escape;
mod json;
mod markdown;
mod text;
mod words;

use std::fmt;

pub(crate) use json::cause_text;
use text::Palette;

use crate::certificate::{Certificate, Verdict};
use crate::diagnose::{Case, Diagnosis, Experiment, Prediction, diagnose, predict};
use crate::evidence::{End, Evidence, Stage};
use crate::target::Target;
use crate::transcript::Transcript;

/// The result of a probe. A dead host is an answer, not an error: there is a report of everything.
///
/// Display prints it for people, [`Report::to_markdown`] for tickets and wikis, [`Report::to_json`] for programs;
/// [`Report::transcript`] is for whoever wants to replay it. Nothing is worked out before it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    evidence: Evidence,
    earlier: Vec<Evidence>,
}

impl From<Evidence> for Report {
    fn from(evidence: Evidence) -> Self {
        Self { evidence, earlier: Vec::new() }
    }
}

impl Report {
    /// With connections that were made before this one, each with another offer.
    #[cfg(feature = "tokio")]
    pub(crate) fn after(self, earlier: Vec<Evidence>) -> Self {
        Self { earlier, ..self }
    }

    /// What was seen; of several connections, in the last.
    #[must_use]
    pub const fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// What was seen before, in connections whose offer the server did not take. Empty unless other offers were to be made
    /// ([`ProberBuilder::other_offer`](crate::ProberBuilder::other_offer)).
    #[must_use]
    pub fn earlier(&self) -> &[Evidence] {
        &self.earlier
    }

    /// Every connection, in order, with why it was made.
    fn looks(&self) -> impl Iterator<Item = (&Evidence, Experiment)> {
        let all = self.earlier.iter().chain([&self.evidence]);
        all.zip([Experiment::First].into_iter().chain(std::iter::repeat(Experiment::OtherOffer)))
    }

    /// The evidence, for keeps.
    #[must_use]
    pub fn into_evidence(self) -> Evidence {
        self.evidence
    }

    /// What was probed.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.evidence.plan.target
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

    /// The connection as text that can be replayed; of several, the last, as those of [`Report::earlier`] have texts of
    /// their own. It holds host names, addresses and certificates, no secrets.
    #[must_use]
    pub fn transcript(&self) -> Transcript {
        Transcript::from(&self.evidence)
    }

    /// The same report without the names and addresses in it, to be shown to strangers: what
    /// [`Transcript::redacted`] leaves.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let redacted = |evidence| Transcript::from(evidence).redacted().replay();
        Self { evidence: redacted(&self.evidence), earlier: self.earlier.iter().map(redacted).collect() }
    }

    /// The report as one line of JSON, schema 1 (`schema/report-1.schema.json`).
    #[must_use]
    pub fn to_json(&self) -> String {
        json::report(self).to_string()
    }

    /// The report as Markdown, for tickets and wikis: CommonMark with the tables of GitHub.
    ///
    /// Names, greetings and whatever else came over the wire stand in code spans, so that none can be read as markup,
    /// HTML or a link, nor as a mention of somebody.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::Page(self).to_string()
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
#[derive(Clone, PartialEq, Eq)]
pub struct Failure {
    report: Box<Report>,
}

impl Failure {
    #[cfg(feature = "tokio")]
    pub(crate) fn of(report: Report) -> Self {
        Self { report: Box::new(report) }
    }

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
        let (target, stage, end) = (self.report.target(), self.stage(), self.end());
        write!(f, "{target}")?;
        // A stage that is complete and not enough is no end to tell of.
        if end != End::Complete {
            write!(f, ": {stage} ended with {end}")?;
        }
        match self.report.causes().first() {
            Some(first) => write!(f, ": {}", first.cause.text().headline),
            None => Ok(()),
        }
    }
}

/// As Display does: this is what a program prints whose `main` returns it.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failure {}
