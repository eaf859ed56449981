//! Lines to settings: `name:type:value`, where the type is `s` (text), `i` (a number) or `b` (bytes).

use super::error::RdpFileError;
use crate::target::Target;

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Text,
    /// Any number; all but 0 stand for yes.
    Flag,
    Number {
        least: i64,
        most: i64,
    },
}

/// Every setting that is read. Passwords, tokens and signatures are not, and so never kept.
const READ: [(&str, Takes); 14] = [
    ("full address", Takes::Text),
    ("alternate full address", Takes::Text),
    ("server port", Takes::Number { least: 1, most: 65_535 }),
    ("gatewayhostname", Takes::Text),
    ("gatewayusagemethod", Takes::Number { least: 0, most: 4 }),
    ("gatewayprofileusagemethod", Takes::Flag),
    ("loadbalanceinfo", Takes::Text),
    ("username", Takes::Text),
    ("domain", Takes::Text),
    ("enablecredsspsupport", Takes::Flag),
    ("enablerdsaadauth", Takes::Flag),
    ("negotiate security layer", Takes::Flag),
    ("authentication level", Takes::Number { least: 0, most: 3 }),
    ("pcb", Takes::Text),
];

#[derive(Debug)]
enum Value {
    Text(String),
    Number(i64),
}

/// The settings of a file that are read, in their order, and how many lines are something else.
#[derive(Debug, Default)]
pub(super) struct Settings {
    read: Vec<(&'static str, usize, Value)>,
    /// Settings of other names.
    pub(super) unread: usize,
    /// Lines that are no setting.
    pub(super) ignored: usize,
}

/// A text that is not empty, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    line: usize,
    setting: &'static str,
    pub(super) value: &'a str,
}

impl Found<'_> {
    /// The value as an address, with this port where it names none.
    pub(super) fn target(self, port: u16) -> Result<Target, RdpFileError> {
        let Self { line, setting, value } = self;
        Target::with_default_port(value, port).map_err(|error| RdpFileError::address(line, setting, &error))
    }
}

impl Settings {
    pub(super) fn read(text: &str) -> Result<Self, RdpFileError> {
        let mut settings = Self::default();
        for (line, number) in text.split('\n').zip(1..) {
            settings.line(trimmed(line), number)?;
        }
        Ok(settings)
    }

    fn line(&mut self, line: &str, number: usize) -> Result<(), RdpFileError> {
        let mut parts = line.splitn(3, ':').map(trimmed);
        let (Some(name), Some(kind @ ("s" | "S" | "i" | "I" | "b" | "B")), Some(value)) =
            (parts.next(), parts.next(), parts.next())
        else {
            self.ignored += usize::from(!line.is_empty());
            return Ok(());
        };
        match READ.iter().find(|(read, _)| read.eq_ignore_ascii_case(name)) {
            Some((name, takes)) => self.read.push((name, number, takes.read(number, name, kind, value)?)),
            None => self.unread += 1,
        }
        Ok(())
    }

    /// The last text of this name that is not empty.
    pub(super) fn text(&self, name: &'static str) -> Option<Found<'_>> {
        self.read.iter().rev().find_map(|(setting, line, value)| match value {
            Value::Text(value) if *setting == name && !value.is_empty() => Some(Found { line: *line, setting, value }),
            _ => None,
        })
    }

    /// The last number of this name.
    pub(super) fn number(&self, name: &'static str) -> Option<i64> {
        self.read.iter().rev().find_map(|(setting, _, value)| match value {
            Value::Number(number) if *setting == name => Some(*number),
            _ => None,
        })
    }
}

impl Takes {
    fn read(self, line: usize, name: &'static str, kind: &str, value: &str) -> Result<Value, RdpFileError> {
        let wanted = if self == Self::Text { "s" } else { "i" };
        if !kind.eq_ignore_ascii_case(wanted) {
            return Err(RdpFileError::of_type(line, name, kind, wanted));
        }
        if self == Self::Text {
            return Ok(Value::Text(value.to_owned()));
        }
        let number = value.parse().map_err(|_| RdpFileError::number(line, name, value))?;
        match self {
            Self::Number { least, most } if !(least..=most).contains(&number) => {
                Err(RdpFileError::range(line, name, number, least, most))
            }
            _ => Ok(Value::Number(number)),
        }
    }
}

/// Without white space around it, nor the zeros that some programs write behind a file's text.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\0')
}
