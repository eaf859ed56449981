//! The targets of a check: from the command line, from a file, from standard input, from `.rdp` files.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use rdp_probe::{ParseTargetError, RdpFile, Target};

use crate::args::check::Check;

/// Where to, and what an `.rdp` file says of it.
pub(super) enum Wanted {
    Target(Target),
    File(Box<RdpFile>),
}

/// Every target, in the order in which they were given. The first that cannot be read is an error: nothing is probed then.
pub(super) fn read(check: &Check) -> Result<Vec<Wanted>, String> {
    let mut wanted = check.target.iter().map(|text| parse(text)).collect::<Result<Vec<_>, _>>()?;
    if let Some(file) = &check.targets {
        let from_input = file.as_os_str() == "-";
        let name = if from_input { "standard input".to_owned() } else { file.display().to_string() };
        let text = if from_input { read_input() } else { fs::read_to_string(file) };
        let text = text.map_err(|error| format!("cannot read the targets in {name}: {error}"))?;
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let line = line.split('#').next().unwrap_or_default().trim();
            if !line.is_empty() {
                wanted.push(parse(line).map_err(|error| format!("line {number} of {name}: {error}"))?);
            }
        }
    }
    if wanted.is_empty() { Err("there is no target: the list is empty".to_owned()) } else { Ok(wanted) }
}

fn read_input() -> std::io::Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// A target, or the `.rdp` file of that name.
fn parse(text: &str) -> Result<Wanted, String> {
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
