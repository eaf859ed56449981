//! What a probe gives back: the evidence, and everything that can be read from it.

mod attempts;
mod escape;
mod json;
mod looks;
mod markdown;
mod nla;
mod seen;
mod text;
mod words;

use std::fmt;

pub(crate) use json::cause_text;
use seen::Seen;
use text::Palette;

use crate::certificate::{Certificate, Verdict};
use crate::diagnose::{Case, Diagnosis, Experiment, Prediction, diagnose, predict};
use crate::evidence::{End, Evidence, Stage};
use crate::target::Target;
use crate::transcript::{ParseTranscriptError, Transcript, redact_all};

/// The result of a probe. A dead host is an answer, not an error: there is a report of everything.
///
/// Display prints it for people, [`Report::to_markdown`] for tickets and wikis, [`Report::to_json`] for programs;
/// [`Report::transcript`] is for whoever wants to replay it. Nothing is worked out before it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    evidence: Seen,
    earlier: Vec<Evidence>,
    further: Vec<(Experiment, Evidence)>,
    unmade: Vec<Experiment>,
}

impl From<Evidence> for Report {
    fn from(evidence: Evidence) -> Self {
        Seen::from(evidence).into()
    }
}

impl From<Seen> for Report {
    fn from(evidence: Seen) -> Self {
        Self { evidence, earlier: Vec::new(), further: Vec::new(), unmade: Vec::new() }
    }
}

impl Report {
    /// The report of evidence that `rest` completes, as soon as somebody looks at what it adds.
    #[cfg(feature = "tokio")]
    pub(crate) fn but_for(evidence: Box<Evidence>, rest: fn(&mut Evidence)) -> Self {
        Seen::but_for(evidence, rest).into()
    }

    /// The report that this text is of: one transcript, or several as [`Report::transcripts`] gives them, one behind the other.
    /// Each is played again, and the diagnosis is made anew. Which experiments were left unmade, a transcript does not tell.
    ///
    /// ```
    /// use rdp_probe::{End, Report};
    ///
    /// let report = Report::replay("rdp-probe transcript 1\ntarget ts01\nend +1ms fin\n")?;
    /// assert_eq!(report.end(), End::Fin);
    /// # Ok::<(), rdp_probe::transcript::ParseTranscriptError>(())
    /// ```
    ///
    /// # Errors
    /// If one of them cannot be read; the error names the line.
    pub fn replay(text: &str) -> Result<Self, ParseTranscriptError> {
        let looks: Vec<_> = Transcript::parse_all(text)?.iter().map(|look| (look.experiment, look.replay())).collect();
        let is_further = |experiment: &Experiment| !matches!(experiment, Experiment::First | Experiment::OtherOffer);
        let (further, mut wanted): (Vec<_>, Vec<_>) =
            looks.into_iter().partition(|(experiment, _)| is_further(experiment));
        let mut further = further.into_iter();
        // A second look alone is a report of what it shows.
        let Some((_, evidence)) = wanted.pop().or_else(|| further.next()) else {
            return "".parse::<Transcript>().map(|nothing| nothing.replay().into());
        };
        let earlier = wanted.into_iter().map(|(_, evidence)| evidence).collect();
        Ok(Self { evidence: evidence.into(), earlier, further: further.collect(), unmade: Vec::new() })
    }

    /// With connections that were made before this one, each with another offer.
    #[cfg(feature = "tokio")]
    pub(crate) fn after(self, earlier: Vec<Evidence>) -> Self {
        Self { earlier, ..self }
    }

    /// Of an examination: the connection that was asked for, those that were made beside it, and the experiments that could
    /// have told more and were not made.
    pub(crate) fn examined(first: Evidence, further: Vec<(Experiment, Evidence)>, unmade: Vec<Experiment>) -> Self {
        Self { evidence: first.into(), earlier: Vec::new(), further, unmade }
    }

    /// What was seen in the connection that was asked for; where it was made with several offers, in the last.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        self.evidence.whole()
    }

    /// What was seen before, in connections whose offer the server did not take. Empty unless other offers were to be made
    /// ([`ProberBuilder::other_offer`](crate::ProberBuilder::other_offer)).
    #[must_use]
    pub fn earlier(&self) -> &[Evidence] {
        &self.earlier
    }

    /// Every connection, in order, with why it was made.
    pub fn looks(&self) -> impl Iterator<Item = (Experiment, &Evidence)> {
        let reasons = [Experiment::First].into_iter().chain(std::iter::repeat(Experiment::OtherOffer));
        let wanted = reasons.zip(self.earlier.iter().chain([self.evidence()]));
        wanted.chain(self.further.iter().map(|(experiment, evidence)| (*experiment, evidence)))
    }

    /// Second looks: the connections that were made to tell apart what the first could be.
    #[must_use]
    pub fn further(&self) -> &[(Experiment, Evidence)] {
        &self.further
    }

    /// Experiments that could have told more, and that limits kept from being made.
    #[must_use]
    pub fn unmade(&self) -> &[Experiment] {
        &self.unmade
    }

    /// Everything that a diagnosis is made of.
    #[must_use]
    pub fn case(&self) -> Case<'_> {
        Case::over(self.evidence(), &self.further)
    }

    /// The evidence, for keeps.
    #[must_use]
    pub fn into_evidence(self) -> Evidence {
        self.evidence.into_whole()
    }

    /// What was probed.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.evidence.at_hand().plan.target
    }

    /// Whether the depth that was asked for was reached and the trust that was asked for holds: after second looks, each
    /// time that just this was asked for, and at each address.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        let asked = |experiment: Experiment| experiment.is_alike() || experiment == Experiment::OtherAddress;
        let again = self.further.iter().filter(|(experiment, _)| asked(*experiment));
        self.evidence.at_hand().is_ok() && again.map(|(_, evidence)| evidence).all(Evidence::is_ok)
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
        self.evidence.at_hand().stage
    }

    /// How it ended.
    #[must_use]
    pub const fn end(&self) -> End {
        self.evidence.at_hand().end
    }

    /// The causes that fit, the most telling first. There is always at least one.
    #[must_use]
    pub fn causes(&self) -> Vec<Diagnosis> {
        diagnose(&self.case())
    }

    /// What the Windows client would show, where that is known.
    #[must_use]
    pub fn windows(&self) -> Option<Prediction> {
        predict(&self.case())
    }

    /// The server's certificate, if one was seen and can be read.
    #[must_use]
    pub fn certificate(&self) -> Option<Certificate> {
        self.evidence.at_hand().certificate()
    }

    /// What each check says of that certificate.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.evidence().verdict()
    }

    /// The connection as text that can be replayed; of several, the last, as those of [`Report::earlier`] have texts of
    /// their own. It holds host names, addresses and certificates, no secrets.
    #[must_use]
    pub fn transcript(&self) -> Transcript {
        Transcript::from(self.evidence())
    }

    /// All its connections as text that can be replayed, one behind the other, in order ([`Transcript::parse_all`]).
    #[must_use]
    pub fn transcripts(&self) -> Vec<Transcript> {
        let of = |(experiment, evidence)| Transcript { experiment, ..Transcript::from(evidence) };
        self.looks().map(of).collect()
    }

    /// The same report without the names and addresses in it, to be shown to strangers: what
    /// [`Transcript::redacted`] leaves.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let all: Vec<&Evidence> = self.looks().map(|(_, evidence)| evidence).collect();
        let mut masked = redact_all(&all).into_iter();
        let earlier: Vec<_> = masked.by_ref().take(self.earlier.len()).collect();
        let evidence = masked.next().unwrap_or_else(|| self.evidence().clone()).into();
        let further = self.further.iter().map(|(experiment, _)| *experiment).zip(masked).collect();
        Self { evidence, earlier, further, unmade: self.unmade.clone() }
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
            Some(first) => write!(f, ": {}", words::headline(first.cause, self.report.evidence())),
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
