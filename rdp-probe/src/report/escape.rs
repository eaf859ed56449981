//! Text that stays text in Markdown.

use std::fmt::Write as _;

use crate::prose::visible;

/// Text from elsewhere, in code spans: CommonMark reads nothing inside them, and neither do trackers.
///
/// Vertical bars stand outside, as character references: a table is cut into cells before its spans are read.
pub(super) fn literal(text: &str) -> String {
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let shown: String = text.chars().map(visible).collect();
    shown.split('|').map(span).collect::<Vec<_>>().join("&#124;")
}

/// A code span (CommonMark section 6.1): between more backticks than there are in it, with a space at either end where
/// one would be taken away, or a backtick be lost.
fn span(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(text) + 1);
    let spaced = text.starts_with(' ') && text.ends_with(' ') && text.contains(|c| c != ' ');
    let pad = if spaced || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A code block (CommonMark section 4.5), without the line break behind it.
pub(super) fn fenced(text: &str, language: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Prose of our own tables: what Markdown would read as markup is escaped. Addresses of pages stay whole, so that readers
/// can follow them; what trackers would take for one, or for a mention, becomes code.
pub(super) fn plain(text: &str) -> String {
    let words = text.split_whitespace().map(|word| match word {
        page if page.starts_with("https://") => address(page),
        other if other.contains("://") || other.contains('@') || other.starts_with("www.") => {
            let bare = other.trim_end_matches(['.', ',', ';', ':']);
            literal(bare) + other.get(bare.len()..).unwrap_or_default()
        }
        word => prose(word),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn prose(word: &str) -> String {
    word.chars().fold(String::with_capacity(word.len()), |mut escaped, c| {
        match c {
            '|' => escaped.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '!' | '~' | '&' | '$' | '^' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
        escaped
    })
}

/// An address keeps its letters, and loses what has no place in one: it is written as percent-encoding has it.
fn address(word: &str) -> String {
    word.chars().fold(String::with_capacity(word.len()), |mut escaped, c| {
        match c {
            '|' | '<' | '>' | '`' | '[' | ']' | '*' | '\\' | '^' | '{' | '}' => {
                // Writing to a String cannot fail.
                let _ = write!(escaped, "%{:02X}", u32::from(c));
            }
            c => escaped.push(c),
        }
        escaped
    })
}
