//! Why a file cannot be used: the line, what is wrong with it, what to write instead.

use std::fmt;

use crate::target::ParseTargetError;

/// An `.rdp` file cannot be used. It knows the line, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RdpFileError {
    line: Option<usize>,
    setting: &'static str,
    kind: RdpFileFlaw,
    /// The rest of the sentence.
    words: Box<str>,
}

/// What is wrong with an `.rdp` file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RdpFileFlaw {
    /// No line names the computer.
    NoAddress,
    /// The address of the computer or of the gateway is none.
    Address,
    /// A setting that matters here is of another type than it should be.
    Type,
    /// A number is none.
    Number,
    /// A number is not one of those that the setting takes.
    Range,
}

impl RdpFileError {
    pub(super) fn no_address() -> Self {
        let words = "the .rdp file names no computer; write full address:s:<host>".into();
        Self { line: None, setting: "full address", kind: RdpFileFlaw::NoAddress, words }
    }

    pub(super) fn address(line: usize, setting: &'static str, error: &ParseTargetError) -> Self {
        Self { line: Some(line), setting, kind: RdpFileFlaw::Address, words: format!("{setting}: {error}").into() }
    }

    pub(super) fn of_type(line: usize, setting: &'static str, found: &str, wanted: &str) -> Self {
        let words = format!("{setting} is of type {wanted}, not {found}; write {setting}:{wanted}:<value>").into();
        Self { line: Some(line), setting, kind: RdpFileFlaw::Type, words }
    }

    pub(super) fn number(line: usize, setting: &'static str, value: &str) -> Self {
        let words = format!("{value:?} is no number; write {setting}:i:<number>").into();
        Self { line: Some(line), setting, kind: RdpFileFlaw::Number, words }
    }

    pub(super) fn range(line: usize, setting: &'static str, value: i64, least: i64, most: i64) -> Self {
        let words = format!("{setting} takes {least} to {most}, not {value}").into();
        Self { line: Some(line), setting, kind: RdpFileFlaw::Range, words }
    }

    /// The line, counted from 1; `None` where the file as a whole is meant.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    /// The setting that is wrong or missing, in lower case.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        self.setting
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn kind(&self) -> RdpFileFlaw {
        self.kind
    }
}

impl fmt::Display for RdpFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line} of the .rdp file: ")?;
        }
        f.write_str(&self.words)
    }
}

impl std::error::Error for RdpFileError {}
