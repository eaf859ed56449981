//! Names beyond ASCII, in the form in which DNS and TLS carry them.

use std::ops::Range;

use idna::AsciiDenyList;

/// What cannot stand in a host name: all that is visible in ASCII but letters, digits, hyphen, dot, and the underscore
/// that Windows allows.
const DENIED: AsciiDenyList = AsciiDenyList::new(true, "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~");

/// The name with each label beyond ASCII in its xn-- form, all in lower case, as browsers make it: UTS #46,
/// non-transitional, without its checks of lengths and hyphens.
///
/// # Errors
/// Where the name is wrong: the label that IDNA refuses, or the whole name if each label is sound for itself.
pub(crate) fn to_ascii(name: &str) -> Result<String, Range<usize>> {
    let ascii = |text: &str| idna::domain_to_ascii_cow(text.as_bytes(), DENIED).map(std::borrow::Cow::into_owned);
    ascii(name).map_err(|_| {
        let mut labels = labels(name);
        labels.find(|label| name.get(label.clone()).is_some_and(|label| ascii(label).is_err())).unwrap_or(0..name.len())
    })
}

/// Where the labels of a name lie. Four characters part them (UTS #46 section 2.3).
fn labels(name: &str) -> impl Iterator<Item = Range<usize>> {
    let dot = |c: char| matches!(c, '.' | '\u{3002}' | '\u{FF0E}' | '\u{FF61}');
    let mut start = 0;
    name.split_inclusive(dot).map(move |piece| {
        let label = start..start + piece.trim_end_matches(dot).len();
        start += piece.len();
        label
    })
}
