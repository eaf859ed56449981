//! Lines that a script gathers into a table: name, value, bound, and whether it holds, with a TAB between.

use std::fmt::Display;

/// Prints one figure. `bound` is `-` where there is none, and `ok` is `None`.
pub fn figure(name: &str, value: impl Display, bound: impl Display, ok: Option<bool>) {
    println!("{}", line(name, &value, &bound, ok));
}

fn line(name: &str, value: &dyn Display, bound: &dyn Display, ok: Option<bool>) -> String {
    let verdict = match ok {
        Some(true) => "ok",
        Some(false) => "FAILED",
        None => "-",
    };
    format!("figure\t{name}\t{value}\t{bound}\t{verdict}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_five_fields() {
        assert_eq!(line("size", &"3 KiB", &"4 KiB", Some(true)), "figure\tsize\t3 KiB\t4 KiB\tok");
        assert_eq!(line("size", &5, &4, Some(false)), "figure\tsize\t5\t4\tFAILED");
        assert_eq!(line("size", &5, &"-", None), "figure\tsize\t5\t-\t-");
    }
}
