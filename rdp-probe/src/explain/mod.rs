//! Explains a number, a symbol, a cause or a claim, without a connection.
//!
//! ```
//! use rdp_probe::explain::{Subject, explain};
//!
//! let answer = explain("0x904/0x7");
//! assert!(matches!(answer.subjects[0], Subject::Pair(..)));
//! println!("{answer}");
//!
//! assert_eq!(explain("nla-requird").suggestions, ["nla-required"]);
//! ```

mod json;
mod search;
mod text;

use crate::codes::{self, Code, DisconnectReason, ExtendedReason};
use crate::diagnose::{Cause, Claim};

pub use text::{Overview, overview};

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Subject {
    /// The pair of numbers that the Windows client shows.
    Pair(DisconnectReason, ExtendedReason),
    /// A number of a table.
    Code(&'static Code),
    /// A number that no table knows, taken for a disconnect reason.
    Unknown(DisconnectReason),
    /// A cause.
    Cause(Cause),
    /// A popular claim.
    Claim(&'static Claim),
}

/// The answer to a question. Display prints it for people, [`Explanation::to_json`] for programs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// The question.
    pub query: String,
    /// What it is about, the most fitting first. Empty if nothing fits.
    pub subjects: Vec<Subject>,
    /// Whether the subjects were searched for by words, and are to be listed rather than explained.
    pub searched: bool,
    /// What may have been meant, where nothing goes by that name.
    pub suggestions: Vec<&'static str>,
}

impl Explanation {
    /// The answer as one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::explanation(self).to_string()
    }

    /// Whether anything fits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty()
    }
}

/// Answers a question: a pair (`0x904/0x7`, `2308 7`, or the sentence of the dialog that holds both), a number in hex
/// or decimal, a symbol, the code of a cause or of a claim, or free words.
#[must_use]
pub fn explain(query: &str) -> Explanation {
    let exact = named(query.trim());
    let numbers: Vec<u32> = numbers(query);
    let mut subjects = match (exact.is_empty(), numbers.as_slice()) {
        (false, _) => exact,
        (true, [reason, extended]) => vec![Subject::Pair(DisconnectReason(*reason), ExtendedReason(*extended))],
        (true, [number]) => numbered(*number),
        _ => Vec::new(),
    };
    let searched = subjects.is_empty();
    if searched {
        subjects = search::search(query);
    }
    let suggestions = if searched { search::suggest(query) } else { Vec::new() };
    Explanation { query: query.trim().to_owned(), subjects, searched, suggestions }
}

/// Whatever goes by this name: causes and claims by their codes, codes by their symbols.
fn named(name: &str) -> Vec<Subject> {
    let cause = Cause::from_code(name).map(Subject::Cause);
    let claim = Claim::from_code(name).map(Subject::Claim);
    let symbols = codes::all().filter(|code| code.symbol.is_some_and(|symbol| symbol.eq_ignore_ascii_case(name)));
    cause.into_iter().chain(claim).chain(symbols.map(Subject::Code)).collect()
}

/// The numbers in a question, in their order.
fn numbers(query: &str) -> Vec<u32> {
    let words = query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    words.filter(|word| word.contains(|c: char| c.is_ascii_digit())).filter_map(codes::parse_number).collect()
}

fn numbered(number: u32) -> Vec<Subject> {
    let known: Vec<Subject> = codes::all().filter(|code| code.number == number).map(Subject::Code).collect();
    if known.is_empty() { vec![Subject::Unknown(DisconnectReason(number))] } else { known }
}
