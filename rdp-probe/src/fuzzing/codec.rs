//! Values as bytes and back, by one description of each: so a fuzzer's bytes become an input, and a transcript a seed.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;

/// Goes over values and reads each, or writes each. Any bytes can be read: where they end, values stay as they are.
pub(super) struct Codec<'a> {
    rest: &'a [u8],
    written: Option<Vec<u8>>,
}

impl<'a> Codec<'a> {
    pub(super) const fn reading(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, written: None }
    }

    pub(super) const fn writing() -> Self {
        Self { rest: &[], written: Some(Vec::new()) }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.written.unwrap_or_default()
    }

    pub(super) const fn is_reading(&self) -> bool {
        self.written.is_none()
    }

    /// What is left to be read.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether nothing is left to be read.
    pub(super) const fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    fn raw<const N: usize>(&mut self, value: [u8; N]) -> [u8; N] {
        if let Some(written) = &mut self.written {
            written.extend_from_slice(&value);
            return value;
        }
        let Some((read, rest)) = self.rest.split_first_chunk::<N>() else {
            self.rest = &[];
            return value;
        };
        self.rest = rest;
        *read
    }

    pub(super) fn byte(&mut self, value: &mut u8) {
        [*value] = self.raw([*value]);
    }

    pub(super) fn short(&mut self, value: &mut u16) {
        *value = u16::from_be_bytes(self.raw(value.to_be_bytes()));
    }

    pub(super) fn long(&mut self, value: &mut u32) {
        *value = u32::from_be_bytes(self.raw(value.to_be_bytes()));
    }

    pub(super) fn array<const N: usize>(&mut self, value: &mut [u8; N]) {
        *value = self.raw(*value);
    }

    pub(super) fn flag(&mut self, value: &mut bool) {
        let mut byte = u8::from(*value);
        self.byte(&mut byte);
        *value = byte & 1 == 1;
    }

    /// A number that is seldom large; what is too large for two bytes is cut.
    pub(super) fn size(&mut self, value: &mut usize) {
        let mut short = u16::try_from(*value).unwrap_or(u16::MAX);
        self.short(&mut short);
        *value = short.into();
    }

    pub(super) fn count(&mut self, value: &mut u64) {
        let mut long = u32::try_from(*value).unwrap_or(u32::MAX);
        self.long(&mut long);
        *value = long.into();
    }

    /// A time, in milliseconds.
    pub(super) fn time(&mut self, value: &mut Duration) {
        let mut millis = u16::try_from(value.as_millis()).unwrap_or(u16::MAX);
        self.short(&mut millis);
        *value = Duration::from_millis(millis.into());
    }

    /// One of these; another one is written as the first of them.
    pub(super) fn choice<T: Copy + PartialEq>(&mut self, value: &mut T, all: &[T]) {
        let place = all.iter().position(|one| one == value).unwrap_or_default();
        let mut byte = u8::try_from(place).unwrap_or_default();
        self.byte(&mut byte);
        if let Some(chosen) = all.get(usize::from(byte) % all.len().max(1)) {
            *value = *chosen;
        }
    }

    /// Bytes, their number before them.
    pub(super) fn bytes(&mut self, value: &mut Bytes) {
        let mut length = value.len().min(u16::MAX.into());
        self.size(&mut length);
        if let Some(written) = &mut self.written {
            written.extend_from_slice(&value.slice(..length));
            return;
        }
        let (read, rest) = self.rest.split_at(length.min(self.rest.len()));
        *value = Bytes::copy_from_slice(read);
        self.rest = rest;
    }

    pub(super) fn text(&mut self, value: &mut String) {
        let mut bytes = Bytes::copy_from_slice(value.as_bytes());
        self.bytes(&mut bytes);
        *value = String::from_utf8_lossy(&bytes).into_owned();
    }

    /// Words that can be seen, a blank between them: what a line of a transcript holds.
    pub(super) fn words(&mut self, value: &mut Box<str>) {
        let mut text = value.to_string();
        self.text(&mut text);
        let seen = |word: &str| word.chars().filter(char::is_ascii_graphic).collect::<String>();
        let words: Vec<String> = text.split_whitespace().map(seen).filter(|word| !word.is_empty()).collect();
        *value = words.join(" ").into();
    }

    /// What can be parsed from text; what cannot leaves it as it is.
    pub(super) fn parsed<T: FromStr + Display>(&mut self, value: &mut T) {
        let mut text = value.to_string();
        self.text(&mut text);
        if let Ok(parsed) = text.parse() {
            *value = parsed;
        }
    }

    /// Perhaps a value: what is read begins as `blank`.
    pub(super) fn option<T>(
        &mut self,
        value: &mut Option<T>,
        blank: impl FnOnce() -> T,
        code: impl Fn(&mut Self, &mut T),
    ) {
        let mut is_some = value.is_some();
        self.flag(&mut is_some);
        if !is_some {
            *value = None;
            return;
        }
        code(self, value.get_or_insert_with(blank));
    }

    /// A few values, at most `most`.
    pub(super) fn list<T>(
        &mut self,
        values: &mut Vec<T>,
        most: usize,
        blank: impl Fn() -> T,
        code: impl Fn(&mut Self, &mut T),
    ) {
        let mut count = u8::try_from(values.len().min(most)).unwrap_or(u8::MAX);
        self.byte(&mut count);
        values.resize_with(usize::from(count).min(most), blank);
        for value in values {
            code(self, value);
        }
    }
}
