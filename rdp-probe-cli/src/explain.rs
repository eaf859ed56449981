//! `rdp-probe explain`.

use rdp_probe::explain::{explain, overview};

use crate::args::Explain;

/// Explains; whether anything was known.
pub(crate) fn run(question: &Explain) -> bool {
    if question.words.is_empty() {
        let all = overview();
        crate::print(&if question.json { format!("{}\n", all.to_json()) } else { all.to_string() });
        return true;
    }
    let answer = explain(&question.words.join(" "));
    crate::print(&if question.json { format!("{}\n", answer.to_json()) } else { answer.to_string() });
    !answer.is_empty()
}
