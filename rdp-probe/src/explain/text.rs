//! An explanation for people.

use std::fmt;

use super::{Explanation, Subject};
use crate::codes::{self, Code, DisconnectReason, ExtendedReason, Namespace};
use crate::diagnose::{Cause, Claim, causes_of, causes_of_pair, leading_to};
use crate::evidence::Stage;
use crate::prose::{wrap, wrap_from};

/// Subjects that are explained in full; more of them are listed.
const MOST_IN_FULL: usize = 3;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(word) = &self.not_a_number {
            return writeln!(f, "\"{word}\" is no number: give hex digits behind 0x, or decimal digits.");
        }
        if self.query.is_empty() {
            return writeln!(f, "Ask for a number (0x904/0x7, 2308), a name (nla-required, udp), or words.");
        }
        if self.is_empty() {
            writeln!(f, "Nothing is known of \"{}\".", self.query)?;
        }
        if !self.suggestions.is_empty() {
            writeln!(f, "Did you mean {}?", self.suggestions.join(", "))?;
        }
        if self.searched && !self.is_empty() {
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
    causes(f, reason, extended)?;
    steps(f, reason, extended)
}

fn number(f: &mut fmt::Formatter<'_>, hex: &str, code: Option<&Code>, reason: Option<DisconnectReason>) -> fmt::Result {
    match (code, reason) {
        (Some(code), _) => labelled(f, &code.to_string(), &format!("{} ({})", code.meaning, code.mark.as_str())),
        (None, Some(reason)) => writeln!(f, "  {hex}: in no table; {}", reason.layer()),
        (None, None) => writeln!(f, "  {hex}: in no table"),
    }
}

/// The causes of a pair, stage by stage: what a probe names there and tells apart, and the faults that leave such traces,
/// which each cause's own page tells apart.
fn causes(f: &mut fmt::Formatter<'_>, reason: DisconnectReason, extended: ExtendedReason) -> fmt::Result {
    let names = |causes: &[Cause]| causes.iter().map(|cause| cause.code()).collect::<Vec<_>>().join(", ");
    for trail in causes_of_pair(reason, extended) {
        let Some(stage) = trail.stage else {
            labelled(f, "Beyond what it sees", &names(&trail.faults))?;
            continue;
        };
        if stage > Stage::Tls {
            // A deeper look than the usual one, in few lines: all of it is to fit on a screen.
            let told = format!("{}. Behind these: {}", names(&trail.traces), names(&trail.faults));
            labelled(f, &format!("At {stage} (--depth challenge, verify)"), &told)?;
            continue;
        }
        writeln!(f, "  At {stage}, `rdp-probe check` tells apart:")?;
        for cause in trail.traces {
            writeln!(f, "    {:<24} {}", cause.code(), cause.text().headline)?;
        }
        if !trail.faults.is_empty() {
            write!(f, "    Behind these: ")?;
            wrap_from(f, &names(&trail.faults), 18, 6)?;
        }
    }
    Ok(())
}

fn steps(f: &mut fmt::Formatter<'_>, reason: DisconnectReason, extended: ExtendedReason) -> fmt::Result {
    writeln!(f, "  Run next (explain a cause by its name for what to do about it):")?;
    for (number, step) in (1..).zip(codes::next_steps(reason, extended)) {
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
    let own = causes_of(code);
    own.iter().try_for_each(|cause| writeln!(f, "  Cause: {} - {}", cause.code(), cause.text().headline))?;
    if brief {
        return Ok(());
    }
    if let Some(reason) = reason
        && !leading_to(reason).is_empty()
    {
        causes(f, reason, ExtendedReason::DENIED)?;
        steps(f, reason, ExtendedReason::DENIED)?;
    }
    labelled(f, "Sources", &code.sources.join("; "))
}

fn unknown(f: &mut fmt::Formatter<'_>, reason: DisconnectReason) -> fmt::Result {
    writeln!(f, "{reason} ({}): in no table", reason.0)?;
    if reason.0 >> 31 == 1 {
        return writeln!(f, "  By its form it is a status (NTSTATUS or HRESULT), not a disconnect reason.");
    }
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
        let known = candidate.grade.token();
        wrap(f, &format!("{name}{} Known: {known}. Told by: {}", candidate.what, candidate.proof), 4)?;
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
