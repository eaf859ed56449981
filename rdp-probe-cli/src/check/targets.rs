//! The targets of a check: from the command line, from a file, from standard input, from `.rdp` files.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use rdp_probe::{ParseTargetError, RdpFile, Target};

use crate::args::ON_THE_COMMAND_LINE;

/// Where to, and what an `.rdp` file says of it.
pub(crate) enum Wanted {
    Target(Target),
    File(Box<RdpFile>),
}

impl Wanted {
    pub(super) fn target(&self) -> &Target {
        match self {
            Self::Target(target) => target,
            Self::File(file) => file.target(),
        }
    }
}

/// Every target, in the order in which they were given. The first that cannot be read is an error: nothing is probed then.
pub(crate) fn read(named: &[String], list: Option<&Path>) -> Result<Vec<Wanted>, String> {
    let mut wanted = named.iter().map(|text| parse(text)).collect::<Result<Vec<_>, _>>()?;
    if let Some(file) = list {
        let from_input = file.as_os_str() == "-";
        let name = if from_input { "standard input".to_owned() } else { file.display().to_string() };
        let bytes = if from_input { read_input() } else { fs::read(file) };
        let text = bytes.and_then(decoded).map_err(|error| format!("cannot read the targets in {name}: {error}"))?;
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let line = without_note(line);
            if !line.is_empty() {
                wanted.push(parse(line).map_err(|error| format!("line {number} of {name}: {error}"))?);
            }
        }
    }
    if wanted.is_empty() { Err("there is no target: the list is empty".to_owned()) } else { Ok(wanted) }
}

fn read_input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a list: UTF-8, or UTF-16 with its mark, as PowerShell's `>` writes it.
fn decoded(bytes: Vec<u8>) -> io::Result<String> {
    let text = match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok(),
    };
    text.ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidData, "it is neither UTF-8 nor UTF-16 with a byte order mark")
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, []) = bytes.as_chunks() else { return None };
    String::from_utf16(&pairs.iter().copied().map(unit).collect::<Vec<_>>()).ok()
}

/// A line up to its note, which begins with a # at the start or behind white space: file names may hold one.
fn without_note(line: &str) -> &str {
    let begins =
        |at: usize| line.get(..at).is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace));
    let note = line.match_indices('#').map(|(at, _)| at).find(|at| begins(*at));
    note.and_then(|at| line.get(..at)).unwrap_or(line).trim()
}

/// A target, or the `.rdp` file of that name.
fn parse(text: &str) -> Result<Wanted, String> {
    // As xfreerdp takes a password: an error about the target would repeat it.
    if let Some(option) = ["/p:", "/pth:", "/password:"].iter().find(|option| text.starts_with(**option)) {
        return Err(format!("{option} {ON_THE_COMMAND_LINE}"));
    }
    let is_file = Path::new(text).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("rdp"));
    if !is_file {
        return text.parse().map(Wanted::Target).map_err(|error| pointed_at(&error));
    }
    let bytes = fs::read(text).map_err(|error| format!("cannot read {text}: {error}"))?;
    let file = RdpFile::parse(&bytes).map_err(|error| format!("{text}: {error}"))?;
    Ok(Wanted::File(Box::new(file)))
}

/// What is wrong with a target, and an arrow that points there.
fn pointed_at(error: &ParseTargetError) -> String {
    let before = error.input().get(..error.span().start).unwrap_or_default().chars().count();
    let part = error.input().get(error.span()).unwrap_or_default().chars().count();
    format!("{error}\n\n    {}\n    {}{}", error.input(), " ".repeat(before), "^".repeat(part.max(1)))
}
