//! Programs of this package, counted by valgrind's callgrind: how many instructions they execute, and what they print.
//!
//! One run of it tells more than many of a clock, and it does not matter what else the machine does. What callgrind writes stays in
//! the folder that is given, for a closer look with `callgrind_annotate`.

use std::error::Error;
use std::fs;
use std::process::{Command, Stdio};

/// What can go wrong: valgrind is not there, a program fails, or what it wrote cannot be read.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A program that does something so many times: its last argument is the number.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    /// The file.
    pub file: &'a str,
    /// The arguments before the number.
    pub arguments: &'a [&'a str],
    /// Where what callgrind writes is laid, and under which name.
    pub folder: &'a str,
    /// See `folder`.
    pub name: &'a str,
}

/// What a program came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The instructions of one time, without start-up.
    pub instructions: u64,
    /// What it printed at last.
    pub printed: String,
}

impl Program<'_> {
    /// Counts it over a few times and over many: what is left between the two is the thing itself, without start-up.
    ///
    /// # Errors
    /// If it cannot be run, ends otherwise than well, or takes less for more.
    pub fn count(&self, few: u32, many: u32) -> Result<Counted> {
        let (less, _) = self.run(few)?;
        let (more, printed) = self.run(many)?;
        let times = many.checked_sub(few).filter(|times| *times > 0).ok_or("many are not more than few")?;
        let instructions = more.checked_sub(less).ok_or("more of it costs less")? / u64::from(times);
        Ok(Counted { instructions, printed })
    }

    /// One run: all its instructions, and what it printed.
    fn run(&self, count: u32) -> Result<(u64, String)> {
        let counts = format!("{}/callgrind.{}.{count}", self.folder, self.name.replace(' ', "-"));
        let output = Command::new("valgrind")
            .args(["--quiet", "--tool=callgrind", &format!("--callgrind-out-file={counts}"), self.file])
            .args(self.arguments)
            .arg(count.to_string())
            // The room that variables take moves the stack, and what copies bytes looks at where they lie.
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("valgrind cannot be run: {error}"))?;
        if !output.status.success() {
            return Err(format!("{:?}, {count} times, ended with {}", self.arguments, output.status).into());
        }
        let summary = summary(&fs::read_to_string(&counts)?).ok_or("callgrind gave no summary")?;
        Ok((summary, String::from_utf8(output.stdout)?))
    }
}

/// What all of it comes to.
fn summary(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("summary: "))?.trim().parse().ok()
}

/// A number as people read it.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let places = digits.len();
    digits.chars().enumerate().fold(String::new(), |mut text, (place, digit)| {
        if place > 0 && (places - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_is_found_and_nothing_else_taken_for_it() {
        assert_eq!(summary("version: 1\nevents: Ir\nsummary: 1234\n\ntotals: 1250\n"), Some(1_234));
        assert_eq!(summary("version: 1\ntotals: 1250\n"), None);
        assert_eq!(summary("summary: many\n"), None);
    }

    #[test]
    fn numbers_are_grouped_from_their_end() {
        let all = [0, 12, 123, 1_234, 123_456, 1_234_567].map(grouped);
        assert_eq!(all, ["0", "12", "123", "1,234", "123,456", "1,234,567"]);
    }
}
