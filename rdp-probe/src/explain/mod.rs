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
mod query;
mod search;
mod text;

use crate::codes::{self, Code, DisconnectReason, ExtendedReason};
use crate::diagnose::{Cause, Claim};

use query::Asked;
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
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Explanation {
    /// The question.
    pub query: String,
    /// What it is about, the most fitting first. Empty if nothing fits.
    pub subjects: Vec<Subject>,
    /// Whether the subjects were searched for by words, and are to be listed rather than explained.
    pub searched: bool,
    /// What may have been meant, where nothing goes by that name.
    pub suggestions: Vec<String>,
    /// What looks like a number in the question and is none.
    pub not_a_number: Option<String>,
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
/// or decimal, a symbol, the code of a cause or of a claim, or free words. Of a very long question only the beginning
/// is read.
#[must_use]
pub fn explain(query: &str) -> Explanation {
    let query = query::clean(query);
    let mut answer = Explanation { subjects: named(&query), ..Explanation::default() };
    if answer.is_empty() {
        match query::read(&query) {
            Asked::Pair(reason, extended) => {
                answer.subjects.push(Subject::Pair(DisconnectReason(reason), ExtendedReason(extended)));
            }
            Asked::Number(number) => answer.look_up(number, &query),
            Asked::NotANumber(word) => answer.not_a_number = Some(word),
            Asked::Words => answer.search(&query),
        }
    }
    answer.query = query;
    answer
}

impl Explanation {
    /// A number: its rows; else whatever mentions it, such as the events of a server; else what can be said of any.
    fn look_up(&mut self, number: u32, query: &str) {
        self.subjects = codes::all().filter(|code| code.number == number).map(Subject::Code).collect();
        if self.is_empty() {
            self.subjects = search::numeric_word(query).map(search::mentions).unwrap_or_default();
            self.searched = !self.is_empty();
        }
        if self.is_empty() {
            self.subjects = vec![Subject::Unknown(DisconnectReason(number))];
            self.suggestions = search::other_reading(query).into_iter().collect();
        }
    }

    fn search(&mut self, query: &str) {
        self.subjects = search::search(query);
        self.suggestions = search::suggest(query);
        self.searched = true;
    }
}

/// Whatever goes by this name: causes and claims by their codes, codes by their symbols.
fn named(name: &str) -> Vec<Subject> {
    let cause = Cause::from_code(name).map(Subject::Cause);
    let claim = Claim::from_code(name).map(Subject::Claim);
    let symbols = codes::all().filter(|code| code.symbol.is_some_and(|symbol| symbol.eq_ignore_ascii_case(name)));
    cause.into_iter().chain(claim).chain(symbols.map(Subject::Code)).collect()
}
