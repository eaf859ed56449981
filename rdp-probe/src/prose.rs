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

/// Whether a character cannot be seen, or moves others about: a name with one of these would look like another on a terminal. Controls,
/// changes of direction, what joins or parts, fillers that are blank, and what selects a form of the one before
/// (`Default_Ignorable_Code_Point` of Unicode, and the blank of Braille).
pub(crate) const fn is_unseen(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(c, '\u{80}'..='\u{9F}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{AD}' | '\u{34F}' | '\u{115F}'..='\u{1160}')
        || matches!(c, '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}')
        || matches!(c, '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
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
