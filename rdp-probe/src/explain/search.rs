//! Finds what free words are about, and what a misspelt one may have meant.

use super::Subject;
use crate::codes;
use crate::diagnose::{Cause, Claim};

/// Subjects that a search lists, at most.
const MOST_FOUND: usize = 8;

/// Names that are suggested, at most.
const MOST_SUGGESTED: usize = 3;

/// How alike a name has to be to be suggested, from 0 to 1.
const ALIKE: f64 = 0.85;

/// Words that say nothing about a subject.
const EMPTY_WORDS: [&str; 18] = [
    "the", "and", "for", "with", "not", "does", "why", "what", "how", "error", "code", "extended", "rdp", "remote",
    "desktop", "can", "when", "this",
];

/// A subject, its name, and its prose.
fn entries() -> impl Iterator<Item = (Subject, String, &'static str)> {
    let causes = Cause::all().map(|cause| {
        let text = cause.text();
        (Subject::Cause(cause), format!("{} {}", text.code, text.headline), text.what)
    });
    let claims =
        Claim::all().map(|claim| (Subject::Claim(claim), format!("{} {}", claim.code, claim.claim), claim.why));
    let codes =
        codes::all().map(|code| (Subject::Code(code), code.symbol.unwrap_or_default().replace('_', " "), code.meaning));
    causes.chain(claims).chain(codes)
}

/// The subjects that share the most words with a question, names counting more than prose.
pub(super) fn search(query: &str) -> Vec<Subject> {
    let lower = query.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2 && !EMPTY_WORDS.contains(word))
        .collect();
    let mut found: Vec<(usize, Subject)> = entries()
        .map(|(subject, name, prose)| {
            let (name, prose) = (name.to_lowercase(), prose.to_lowercase());
            let score = |word: &&str| 3 * usize::from(name.contains(*word)) + usize::from(prose.contains(*word));
            (words.iter().map(score).sum(), subject)
        })
        .filter(|(score, _)| *score > 0)
        .collect();
    // A stable sort: causes before claims before codes among equals.
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let best = found.first().map_or(0, |(score, _)| *score);
    // What shares a single word of many is noise.
    let good = found.into_iter().filter(|(score, _)| 2 * score > best && *score + 1 >= words.len());
    good.map(|(_, subject)| subject).take(MOST_FOUND).collect()
}

/// The names that are most like this one.
pub(super) fn suggest(query: &str) -> Vec<&'static str> {
    let query = query.trim().to_lowercase();
    let names = Cause::all().map(Cause::code).chain(Claim::all().map(|claim| claim.code));
    let names = names.chain(codes::all().filter_map(|code| code.symbol));
    let mut alike: Vec<(f64, &'static str)> = names
        .map(|name| (strsim::normalized_damerau_levenshtein(&query, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    alike.dedup_by_key(|(_, name)| *name);
    alike.into_iter().map(|(_, name)| name).take(MOST_SUGGESTED).collect()
}
