//! What works took when somebody last looked, with the reason why each count is what it is.
//!
//! A file of lines whose fields are separated by tabs: first where it was counted, then a line for each work with its name, its
//! instructions and the reason.

use std::fmt::{self, Write as _};

/// How far a work may move before the baseline has to, in hundredths of it.
pub const BOUND: u64 = 3;

/// What two counts of the same work may differ by, in thousandths: such a row is left as it is.
const SPREAD: u64 = 5;

const HEAD: &str = "work\tinstructions\treason";

/// Where it was counted. Counts of different compilers, systems or dependencies say nothing against each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The compiler: its version, and the commit that it was built from.
    pub rustc: String,
    /// What it compiles for.
    pub host: String,
    /// The hash of Cargo.lock.
    pub lock: String,
}

impl Place {
    fn fields(&self) -> [(&'static str, &str); 3] {
        [("rustc", &self.rustc), ("host", &self.host), ("lock", &self.lock)]
    }

    /// In words, what is different there.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let pairs = self.fields().into_iter().zip(other.fields());
        let different = pairs.filter(|(here, there)| here != there);
        different.map(|((name, here), (_, there))| format!("{name}: {here}, not {there}")).collect()
    }
}

/// What a work took, and why that is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The work.
    pub name: String,
    /// Its instructions.
    pub instructions: u64,
    /// Why it is not what it was before.
    pub reason: String,
}

impl Row {
    /// Whether this count is within the bound.
    #[must_use]
    pub const fn holds(&self, instructions: u64) -> bool {
        self.instructions.abs_diff(instructions) * 100 <= self.instructions * BOUND
    }

    const fn is_same(&self, instructions: u64) -> bool {
        self.instructions.abs_diff(instructions) * 1_000 <= self.instructions * SPREAD
    }
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// Where it was counted.
    pub place: Place,
    /// Works, in their order.
    pub rows: Vec<Row>,
}

impl Baseline {
    /// One of nothing.
    #[must_use]
    pub const fn new(place: Place) -> Self {
        Self { place, rows: Vec::new() }
    }

    /// Reads the text that Display writes; `None` if it is another.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut field = |name: &str| Some(lines.next()?.strip_prefix(name)?.strip_prefix('\t')?.to_owned());
        let place = Place { rustc: field("rustc")?, host: field("host")?, lock: field("lock")? };
        if lines.next()? != HEAD {
            return None;
        }
        let rows: Option<Vec<Row>> = lines.map(row).collect();
        Some(Self { place, rows: rows? })
    }

    /// What it says of a work.
    #[must_use]
    pub fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }

    /// The baseline that these counts make, in which those that moved have this reason. `None` if it is none: it takes words.
    #[must_use]
    pub fn moved(&self, place: Place, counts: &[(&str, u64)], reason: &str) -> Option<Self> {
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        if !reason.contains(char::is_alphabetic) {
            return None;
        }
        let rows = counts.iter().map(|(name, instructions)| match self.row(name) {
            Some(row) if row.is_same(*instructions) => row.clone(),
            _ => Row { name: (*name).to_owned(), instructions: *instructions, reason: reason.clone() },
        });
        Some(Self { place, rows: rows.collect() })
    }

    /// The works whose count is another than in the baseline before, and whose reason is not.
    #[must_use]
    pub fn unexplained(&self, before: &Self) -> Vec<&str> {
        let is_unexplained = |row: &&Row| {
            let before = before.row(&row.name);
            before.is_some_and(|before| before.instructions != row.instructions && before.reason == row.reason)
        };
        self.rows.iter().filter(is_unexplained).map(|row| row.name.as_str()).collect()
    }
}

fn row(line: &str) -> Option<Row> {
    let mut fields = line.split('\t');
    let (name, instructions, reason) = (fields.next()?.to_owned(), fields.next()?.parse().ok()?, fields.next()?);
    let is_whole = fields.next().is_none() && reason.contains(char::is_alphabetic);
    is_whole.then(|| Row { name, instructions, reason: reason.to_owned() })
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.place.fields() {
            writeln!(f, "{name}\t{value}")?;
        }
        writeln!(f, "{HEAD}")?;
        for Row { name, instructions, reason } in &self.rows {
            writeln!(f, "{name}\t{instructions}\t{reason}")?;
        }
        Ok(())
    }
}

/// Bytes as lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(lock: &str) -> Place {
        Place { rustc: "1.95.0".to_owned(), host: "x86_64-unknown-linux-gnu".to_owned(), lock: lock.to_owned() }
    }

    fn baseline() -> Baseline {
        let counts = [("step tls", 10_000), ("diagnose", 200_000)];
        Baseline::new(place("aa")).moved(place("aa"), &counts, "first counted").unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        let text = "rustc\t1.95.0\nhost\tx86_64-unknown-linux-gnu\nlock\taa\nwork\tinstructions\treason\n\
                    step tls\t10000\tfirst counted\ndiagnose\t200000\tfirst counted\n";
        assert_eq!(baseline().to_string(), text);
        assert_eq!(Baseline::parse(text), Some(baseline()));
    }

    #[test]
    fn what_is_not_whole_is_not_read() {
        let text = baseline().to_string();
        for (from, to) in [("lock\t", "look\t"), ("10000", "ten"), ("\tfirst counted", ""), ("first counted", " - ")] {
            assert_eq!(Baseline::parse(&text.replacen(from, to, 1)), None, "{to:?} in place of {from:?}");
        }
        assert_eq!(Baseline::parse(""), None);
    }

    #[test]
    fn three_hundredths_hold_both_ways_and_no_more() {
        let baseline = baseline();
        let row = baseline.row("step tls").unwrap();
        assert!(row.holds(10_300) && row.holds(9_700) && row.holds(10_000));
        assert!(!row.holds(10_301) && !row.holds(9_699) && !row.holds(0));
    }

    #[test]
    fn only_what_moved_gets_the_reason() {
        let counts = [("step tls", 10_400), ("diagnose", 200_100), ("report json", 5)];
        let moved = baseline().moved(place("bb"), &counts, " a longer\tplan ").unwrap();
        let rows: Vec<_> = moved.rows.iter().map(|row| (row.instructions, row.reason.as_str())).collect();
        assert_eq!(rows, [(10_400, "a longer plan"), (200_000, "first counted"), (5, "a longer plan")]);
        assert_eq!(Baseline::parse(&moved.to_string()).as_ref(), Some(&moved));
        assert_eq!(moved.unexplained(&baseline()), [""; 0]);
    }

    #[test]
    fn a_reason_has_words() {
        for reason in ["", "  ", "1", "\t--\n"] {
            assert_eq!(baseline().moved(place("aa"), &[("step tls", 5)], reason), None, "{reason:?}");
        }
    }

    #[test]
    fn a_count_that_was_changed_under_its_reason_is_found() {
        let mut changed = baseline();
        changed.rows[1].instructions += 1;
        assert_eq!(changed.unexplained(&baseline()), ["diagnose"]);
        changed.rows[1].reason = "one more".to_owned();
        assert_eq!(changed.unexplained(&baseline()), [""; 0]);
    }

    #[test]
    fn places_say_what_is_different() {
        assert_eq!(place("aa").differences(&place("aa")), [""; 0]);
        assert_eq!(place("bb").differences(&place("aa")), ["lock: bb, not aa"]);
    }

    #[test]
    fn hex_has_two_digits_for_each_byte() {
        assert_eq!(hex(&[0, 0x1f, 0xff]), "001fff");
    }
}
