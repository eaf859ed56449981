//! Prose for terminals: wrapped, and with nothing in it that moves a cursor.

use std::fmt;

/// The width that prose is wrapped to.
const WIDTH: usize = 100;

/// Text from the wire, with characters made visible that are not.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(visible).collect()
}

/// A character, or what stands for one that is unseen.
pub(crate) const fn visible(c: char) -> char {
    if is_unseen(c) { char::REPLACEMENT_CHARACTER } else { c }
}

/// Whether a character cannot be seen, or moves others about: a name with one of these would look like another on a terminal.
pub(crate) const fn is_unseen(c: char) -> bool {
    matches!(c, '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Writes words in lines of [`WIDTH`], the first one where the cursor is, the others indented.
pub(crate) fn wrap(f: &mut fmt::Formatter<'_>, words: &str, indent: usize) -> fmt::Result {
    wrap_from(f, words, indent, indent)
}

/// The same where the cursor stands elsewhere than the lines that follow.
pub(crate) fn wrap_from(f: &mut fmt::Formatter<'_>, words: &str, start: usize, indent: usize) -> fmt::Result {
    let mut column = start;
    for (index, word) in words.split_whitespace().enumerate() {
        let length = word.chars().count();
        if index > 0 && column + 1 + length > WIDTH {
            write!(f, "\n{:indent$}", "")?;
            column = indent;
        } else if index > 0 {
            f.write_str(" ")?;
            column += 1;
        }
        f.write_str(word)?;
        column += length;
    }
    writeln!(f)
}
