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
    let words: Vec<String> = words_of(query).filter(|word| word.len() > 2 && !EMPTY_WORDS.contains(&&**word)).collect();
    let mut found: Vec<(usize, Subject)> = entries()
        .map(|(subject, name, prose)| {
            let shared = |text: &str, word: &String| words_of(text).any(|other| alike(&other, word));
            let score = |word| 3 * usize::from(shared(&name, word)) + usize::from(shared(prose, word));
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

fn words_of(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.to_lowercase().replace("licens", "licenc"))
}

/// The same word, or a form of it.
fn alike(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    short == long || short.len() > 3 && long.starts_with(short) && long.len() <= short.len() + 4
}

/// The first word with a digit in it.
pub(super) fn numeric_word(query: &str) -> Option<&str> {
    query.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| word.contains(|c: char| c.is_ascii_digit()))
}

/// The causes whose texts mention a word, such as the number of an event: first those that it proves.
pub(super) fn mentions(word: &str) -> Vec<Subject> {
    let holds = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|part| part.eq_ignore_ascii_case(word));
    let proves = |cause: &Cause| cause.text().proof.is_some_and(holds);
    let names = |cause: &Cause| {
        let text = cause.text();
        let candidates = text.candidates.iter().any(|candidate| holds(candidate.proof) || holds(candidate.what));
        holds(text.what) || candidates || text.remedies.iter().any(|remedy| holds(remedy.what))
    };
    let others = Cause::all().filter(|cause| !proves(cause) && names(cause));
    Cause::all().filter(proves).chain(others).map(Subject::Cause).take(MOST_FOUND).collect()
}

/// The same digits read the other way, hex for decimal or decimal for hex, where a table knows that.
pub(super) fn other_reading(query: &str) -> Option<String> {
    let word =
        query.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| word.contains(|c: char| c.is_ascii_digit()))?;
    let other = match word.strip_prefix("0x") {
        Some(digits) => digits.to_owned(),
        None => format!("0x{word}"),
    };
    let number = codes::parse_number(&other)?;
    codes::all().any(|code| code.number == number).then_some(other)
}

/// The names that are most like this one.
pub(super) fn suggest(query: &str) -> Vec<String> {
    let query = query.trim().to_lowercase();
    let names = Cause::all().map(Cause::code).chain(Claim::all().map(|claim| claim.code));
    let names = names.chain(codes::all().filter_map(|code| code.symbol));
    let mut alike: Vec<(f64, &'static str)> = names
        .map(|name| (strsim::normalized_damerau_levenshtein(&query, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    alike.dedup_by_key(|(_, name)| *name);
    alike.into_iter().map(|(_, name)| name.to_owned()).take(MOST_SUGGESTED).collect()
}
