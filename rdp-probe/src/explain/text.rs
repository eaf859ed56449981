//! An explanation for people.

use std::fmt;

use super::{Explanation, Subject};
use crate::codes::{self, Code, DisconnectReason, ExtendedReason, Namespace};
use crate::diagnose::{Cause, Claim, cause_of, leading_to};
use crate::prose::{wrap, wrap_from};

/// Subjects that are explained in full; more of them are listed.
const MOST_IN_FULL: usize = 3;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            writeln!(f, "Nothing is known of \"{}\".", self.query)?;
            if !self.suggestions.is_empty() {
                writeln!(f, "Did you mean {}?", self.suggestions.join(", "))?;
            }
            return Ok(());
        }
        if self.searched {
            if !self.suggestions.is_empty() {
                writeln!(f, "Did you mean {}?", self.suggestions.join(", "))?;
            }
            return list(f, &self.subjects);
        }
        let brief = self.subjects.len() > MOST_IN_FULL;
        for (index, subject) in self.subjects.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            match subject {
                Subject::Pair(reason, extended) => pair(f, *reason, *extended)?,
                Subject::Code(row) => code(f, row, brief)?,
                Subject::Unknown(reason) => unknown(f, *reason)?,
                Subject::Cause(found) => cause(f, *found)?,
                Subject::Claim(found) => claim(f, found)?,
            }
        }
        Ok(())
    }
}

/// A label and what it labels.
fn labelled(f: &mut fmt::Formatter<'_>, label: &str, words: &str) -> fmt::Result {
    write!(f, "  {label}: ")?;
    wrap_from(f, words, label.chars().count() + 4, 4)
}

/// What a search has found, a line each.
fn list(f: &mut fmt::Formatter<'_>, subjects: &[Subject]) -> fmt::Result {
    writeln!(f, "These may be about it; explain one by its name:")?;
    subjects.iter().try_for_each(|subject| match subject {
        Subject::Cause(cause) => writeln!(f, "  cause  {:<28} {}", cause.code(), cause.text().headline),
        Subject::Claim(claim) => writeln!(f, "  claim  {:<28} {}", claim.code, claim.claim),
        Subject::Code(code) => {
            write!(f, "  code   {:<28} ", code.to_string())?;
            wrap(f, code.meaning, 38)
        }
        Subject::Pair(..) | Subject::Unknown(_) => Ok(()),
    })
}

fn pair(f: &mut fmt::Formatter<'_>, reason: DisconnectReason, extended: ExtendedReason) -> fmt::Result {
    if let Some(known) = codes::find_pair(reason, extended) {
        writeln!(f, "{reason}/{extended}: {}", known.headline)?;
        write!(f, "  ")?;
        wrap(f, known.meaning, 2)?;
        labelled(f, "Known", known.known)?;
    } else {
        writeln!(f, "{reason}/{extended}: nothing is known of the pair as a pair; its two numbers are")?;
        number(f, &reason.to_string(), reason.code(), Some(reason))?;
        number(f, &extended.to_string(), extended.code(), None)?;
    }
    // The extended reason 0 of a closed socket says that the opening had succeeded: its causes are others.
    if extended != ExtendedReason::NO_INFO || reason != DisconnectReason::SOCKET_CLOSED {
        causes(f, reason)?;
    }
    steps(f, reason)
}

fn number(f: &mut fmt::Formatter<'_>, hex: &str, code: Option<&Code>, reason: Option<DisconnectReason>) -> fmt::Result {
    match (code, reason) {
        (Some(code), _) => {
            write!(f, "  {code}: ")?;
            wrap(f, &format!("{} ({})", code.meaning, code.mark.as_str()), 4)
        }
        (None, Some(reason)) => writeln!(f, "  {hex}: in no table; {}", reason.layer()),
        (None, None) => writeln!(f, "  {hex}: in no table"),
    }
}

/// The causes that lead to a number, each with the headline that tells it from the others.
fn causes(f: &mut fmt::Formatter<'_>, reason: DisconnectReason) -> fmt::Result {
    let causes = leading_to(reason);
    if causes.is_empty() {
        return Ok(());
    }
    writeln!(f, "  What `rdp-probe check` would find, and by what it tells them apart:")?;
    causes.iter().try_for_each(|cause| writeln!(f, "    {:<24} {}", cause.code(), cause.text().headline))
}

fn steps(f: &mut fmt::Formatter<'_>, reason: DisconnectReason) -> fmt::Result {
    writeln!(f, "  Run next:")?;
    for (number, step) in (1..).zip(codes::next_steps(reason)) {
        write!(f, "    {number}. ")?;
        wrap(f, step.what, 7)?;
        writeln!(f, "         {}", step.command)?;
    }
    Ok(())
}

fn code(f: &mut fmt::Formatter<'_>, code: &Code, brief: bool) -> fmt::Result {
    writeln!(f, "{code}: {} ({})", code.namespace.as_str(), code.number)?;
    write!(f, "  ")?;
    wrap(f, code.meaning, 2)?;
    write!(f, "  Known: {}; belongs to: {}", code.mark.as_str(), code.place.as_str())?;
    let reason = (code.namespace == Namespace::DisconnectReason).then_some(DisconnectReason(code.number));
    match reason {
        Some(reason) => writeln!(f, "; {}", reason.layer())?,
        None => writeln!(f)?,
    }
    if let Some(shows) = code.shows {
        labelled(f, "The Windows client shows", &format!("{} ({})", shows.text, shows.known))?;
    }
    if brief {
        return Ok(());
    }
    if let Some(reason) = reason {
        causes(f, reason)?;
        if !leading_to(reason).is_empty() {
            steps(f, reason)?;
        }
    }
    if let Some(cause) = cause_of(code) {
        writeln!(f, "  Cause: {} - {}", cause.code(), cause.text().headline)?;
    }
    labelled(f, "Sources", &code.sources.join("; "))
}

fn unknown(f: &mut fmt::Formatter<'_>, reason: DisconnectReason) -> fmt::Result {
    writeln!(f, "{reason} ({}): in no table", reason.0)?;
    writeln!(f, "  As a disconnect reason it would be of {}.", reason.layer())?;
    writeln!(f, "  That structure is inferred from the published numbers, not documented.")
}

fn cause(f: &mut fmt::Formatter<'_>, cause: Cause) -> fmt::Result {
    let text = cause.text();
    writeln!(f, "{}: {} [cause; {}]", text.code, text.headline, text.who)?;
    write!(f, "  ")?;
    wrap(f, text.what, 2)?;
    writeln!(f, "  Known: {}", text.grade.as_str())?;
    for candidate in text.candidates {
        write!(f, "  * ")?;
        let name = candidate.cause.map(|cause| format!("[{cause}] ")).unwrap_or_default();
        wrap(f, &format!("{name}{} Told by: {}", candidate.what, candidate.proof), 4)?;
    }
    for (remedy, letter) in text.remedies.iter().zip('a'..) {
        write!(f, "  {letter}) ")?;
        wrap(f, remedy.what, 5)?;
        remedy.command.into_iter().flat_map(str::lines).try_for_each(|line| writeln!(f, "       {line}"))?;
        write!(f, "     risk: ")?;
        wrap(f, remedy.risk, 11)?;
    }
    if let Some(proof) = text.proof {
        labelled(f, "Proof", proof)?;
    }
    labelled(f, "Sources", &text.sources.join("; "))
}

fn claim(f: &mut fmt::Formatter<'_>, claim: &Claim) -> fmt::Result {
    writeln!(f, "{}: \"{}\" [claim; {}]", claim.code, claim.claim, claim.verdict)?;
    for (label, words) in [("For and against", claim.why), ("What rdp-probe does about it", claim.probe)] {
        labelled(f, label, words)?;
    }
    let causes: Vec<_> = claim.causes.iter().map(|cause| cause.code()).collect();
    if !causes.is_empty() {
        writeln!(f, "  Causes: {}", causes.join(", "))?;
    }
    labelled(f, "Sources", &claim.sources.join("; "))
}

/// What can be asked about: causes, claims, and the families of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overview;

/// What can be asked about.
#[must_use]
pub const fn overview() -> Overview {
    Overview
}

impl Overview {
    /// The same as one line of JSON.
    #[must_use]
    pub fn to_json(self) -> String {
        super::json::overview().to_string()
    }
}

impl fmt::Display for Overview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Causes:")?;
        Cause::all().try_for_each(|cause| writeln!(f, "  {:<28} {}", cause.code(), cause.text().headline))?;
        writeln!(f, "\nPopular claims about 0x904/0x7:")?;
        Claim::all().try_for_each(|claim| writeln!(f, "  {:<24} {:<20} {}", claim.code, claim.verdict, claim.claim))?;
        writeln!(f, "\nNumbers, in hex or decimal, and their symbols:")?;
        families().into_iter().try_for_each(|(namespace, count)| writeln!(f, "  {count:>4}  {}", namespace.as_str()))
    }
}

/// The families of numbers, and how many each has.
pub(super) fn families() -> Vec<(Namespace, usize)> {
    let mut families: Vec<(Namespace, usize)> = Vec::new();
    for code in codes::all() {
        match families.iter_mut().find(|(namespace, _)| *namespace == code.namespace) {
            Some((_, count)) => *count += 1,
            None => families.push((code.namespace, 1)),
        }
    }
    families
}
