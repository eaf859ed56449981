//! A certificate's thumbprint, as people copy it from elsewhere.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::{Certificate, hex};

/// The hash of a whole certificate, or of its key, by which people know it again.
///
/// Read from hexadecimal digits in either case, with or without colons, hyphens and white space between them, as
/// certmgr, PowerShell, OpenSSL and browsers print it. The invisible mark that the certificate dialog of Windows puts in
/// front when its text is copied (U+200E), and others like it, are passed over. Printed as lower-case digits. That of a key
/// has `key:` before its digits, read and printed, as it is as long as SHA-256.
///
/// ```
/// use rdp_probe::Thumbprint;
///
/// let copied: Thumbprint = "\u{200e}a9 99 3e 36 47 06 81 6a ba 3e 25 71 78 50 c2 6c 9c d0 d8 9d".parse()?;
/// assert_eq!(copied.to_string(), "a9993e364706816aba3e25717850c26c9cd0d89d");
///
/// let error = "a9:99:3e".parse::<Thumbprint>().unwrap_err();
/// assert_eq!(error.to_string(), "invalid thumbprint \"a9:99:3e\": it has 6 digits; SHA-1 has 40, SHA-256 has 64");
/// # Ok::<(), rdp_probe::ParseThumbprintError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Thumbprint {
    /// SHA-1, which Windows shows.
    Sha1([u8; 20]),
    /// SHA-256, which browsers and OpenSSL show.
    Sha256([u8; 32]),
    /// SHA-256 of the `SubjectPublicKeyInfo` (RFC 7469 section 2.4): it stays when a certificate is issued anew for its key.
    Key([u8; 32]),
}

/// What stands before the digits of a key's.
const KEY: &str = "key:";

impl Thumbprint {
    /// Whether it is the thumbprint of this certificate.
    #[must_use]
    pub fn matches(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Sha1(hash) => *hash == certificate.sha1,
            Self::Sha256(hash) => *hash == certificate.sha256,
            Self::Key(hash) => *hash == certificate.key_sha256,
        }
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = match self {
            Self::Sha1(hash) => hex(hash),
            Self::Sha256(hash) => hex(hash),
            Self::Key(hash) => format!("{KEY}{}", hex(hash)),
        };
        f.pad(&digits)
    }
}

/// A text is not a thumbprint. It knows what is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseThumbprintError {
    input: Box<str>,
    span: Range<usize>,
    kind: ThumbprintFlaw,
}

/// What is wrong with a thumbprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ThumbprintFlaw {
    /// Something in it is neither a hexadecimal digit nor a separator.
    Character,
    /// It has as many digits as this, which is neither SHA-1 (40) nor SHA-256 (64), or not the latter for a key.
    Length(usize),
}

impl ParseThumbprintError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> ThumbprintFlaw {
        self.kind
    }

    /// Where it is wrong: bytes of [`ParseThumbprintError::input`].
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The text as it was given.
    #[must_use]
    pub fn input(&self) -> &str {
        &self.input
    }
}

impl fmt::Display for ParseThumbprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = self.input.get(self.span.clone()).unwrap_or_default();
        write!(f, "invalid thumbprint {:?}: ", self.input)?;
        match self.kind {
            ThumbprintFlaw::Character => write!(f, "{part:?} is no hexadecimal digit"),
            ThumbprintFlaw::Length(0) => write!(f, "there are no digits"),
            ThumbprintFlaw::Length(digits) => {
                let noun = if digits == 1 { "digit" } else { "digits" };
                let of_key = self.input.starts_with(KEY);
                let wanted = if of_key { "that of a key has 64" } else { "SHA-1 has 40, SHA-256 has 64" };
                write!(f, "it has {digits} {noun}; {wanted}")?;
                f.write_str(hint(digits))
            }
        }
    }
}

/// What such a length often means.
const fn hint(digits: usize) -> &'static str {
    match digits {
        32 => ". 32 is the length of MD5, which is not taken",
        39 | 63 => ". One digit is missing",
        41 | 65 => ". There is one digit too many",
        96 => ". 96 is the length of SHA-384, which is not taken",
        128 => ". 128 is the length of SHA-512, which is not taken",
        _ => "",
    }
}

impl std::error::Error for ParseThumbprintError {}

impl FromStr for Thumbprint {
    type Err = ParseThumbprintError;

    fn from_str(input: &str) -> Result<Self, Self::Err> {
        parse(input).map_err(|(kind, span)| ParseThumbprintError { input: input.into(), span, kind })
    }
}

fn parse(input: &str) -> Result<Thumbprint, (ThumbprintFlaw, Range<usize>)> {
    let mut nibbles = Vec::with_capacity(64);
    let of_key = input.starts_with(KEY);
    for (at, c) in input.char_indices().skip(if of_key { KEY.len() } else { 0 }) {
        match c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()) {
            Some(digit) => nibbles.push(digit),
            None if separates(c) => {}
            None => return Err((ThumbprintFlaw::Character, at..at + c.len_utf8())),
        }
    }
    let bytes: Vec<u8> =
        nibbles.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, nibble| byte << 4 | nibble)).collect();
    let thumbprint = match nibbles.len() {
        40 if !of_key => bytes.try_into().map(Thumbprint::Sha1).ok(),
        64 if of_key => bytes.try_into().map(Thumbprint::Key).ok(),
        64 => bytes.try_into().map(Thumbprint::Sha256).ok(),
        _ => None,
    };
    thumbprint.ok_or((ThumbprintFlaw::Length(nibbles.len()), 0..input.len()))
}

/// Whether a character may stand between digits: it parts them, or cannot be seen.
fn separates(c: char) -> bool {
    let invisible =
        matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    c == ':' || c == '-' || c.is_whitespace() || invisible
}
