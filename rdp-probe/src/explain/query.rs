//! Reads a question: which numbers it asks for, and whether it asks for nothing else.

use crate::codes::{self, DisconnectReason};

/// The longest question that is read. Whatever is longer was not typed.
const MOST: usize = 256;

/// Words that stand around numbers in the client's dialog and say nothing more.
const FILLERS: [&str; 12] =
    ["error", "code", "codes", "extended", "reason", "disconnect", "and", "windows", "event", "events", "id", "why"];

/// What a question asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// One number.
    Number(u32),
    /// The pair of the client's dialog.
    Pair(u32, u32),
    /// Something that looks like a number and is none.
    NotANumber(String),
    /// Words.
    Words,
}

/// The question without what cannot be seen, and not longer than anybody types.
pub(super) fn clean(query: &str) -> String {
    let seen = |c: &char| !(c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}'));
    let spaced = query.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    spaced.filter(seen).take(MOST).collect::<String>().trim().to_owned()
}

/// What the question asks for.
pub(super) fn read(query: &str) -> Asked {
    let words: Vec<&str> = query.split(|c: char| c.is_whitespace() || "/,;:()=\"'".contains(c)).collect();
    let trimmed = words.into_iter().map(|word| word.trim_matches(|c: char| "?!.[]<>".contains(c)));
    let words: Vec<&str> = trimmed.filter(|word| !word.is_empty()).collect();
    let is_filler = |word: &&&str| FILLERS.iter().any(|filler| filler.eq_ignore_ascii_case(word));
    let telling: Vec<&str> = words.iter().filter(|word| !is_filler(word)).copied().collect();
    if let Some(odd) = telling.iter().find(|word| is_hex_like(word) && codes::parse_number(word).is_none()) {
        return Asked::NotANumber((*odd).to_owned());
    }
    // Numbers and nothing else, or numbers in hex, which nobody writes for anything else.
    let all: Option<Vec<u32>> = telling.iter().map(|word| codes::parse_number(word)).collect();
    let hex: Vec<u32> =
        words.iter().filter(|word| is_hex_like(word)).filter_map(|word| codes::parse_number(word)).collect();
    match (all.as_deref(), hex.as_slice()) {
        (Some([number]), _) => Asked::Number(*number),
        (Some([reason, extended]), _) | (_, [reason, extended]) => Asked::Pair(*reason, *extended),
        (_, [number]) => Asked::Number(*number),
        _ => a_reason_in_words(&words).map_or(Asked::Words, Asked::Number),
    }
}

fn is_hex_like(word: &str) -> bool {
    word.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"))
}

/// A decimal number among words counts only where it is a disconnect reason, and too large to be anything else that
/// people write beside it.
fn a_reason_in_words(words: &[&str]) -> Option<u32> {
    let numbers = words.iter().filter_map(|word| codes::parse_number(word));
    numbers.into_iter().find(|number| *number >= 256 && *number != 3389 && DisconnectReason(*number).code().is_some())
}
