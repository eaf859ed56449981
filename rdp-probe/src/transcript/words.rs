//! The words of a transcript that are both printed and parsed: times, ends, bytes.

use std::fmt;
use std::str::SplitWhitespace;
use std::time::Duration;

use bytes::Bytes;

use super::credssp::parse_number;
use crate::codes::{ClientStatus, NtStatus};
use crate::evidence::{
    ChainPath, Check, Close, Denial, End, Fault, HandshakeEnd, OsError, OsErrorKind, OsErrorSpace, ProxyRefusal,
    SecurityError, SecurityErrorKind,
};
use crate::protocol::FailureCode;

/// A time in the largest unit that holds it whole, or one without end.
pub(super) struct Time(pub(super) Duration);

/// The word for a time without end, which no number of microseconds is.
const FOREVER: &str = "forever";

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_micros() {
            _ if self.0 == Duration::MAX => f.write_str(FOREVER),
            0 => f.write_str("0us"),
            micros if micros % 1_000_000 == 0 => write!(f, "{}s", micros / 1_000_000),
            micros if micros % 1_000 == 0 => write!(f, "{}ms", micros / 1_000),
            micros => write!(f, "{micros}us"),
        }
    }
}

/// A time that may be without end.
pub(super) fn parse_budget(word: &str) -> Option<Duration> {
    if word == FOREVER { Some(Duration::MAX) } else { parse_time(word) }
}

pub(super) fn parse_time(word: &str) -> Option<Duration> {
    let split = word.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = word.split_at_checked(split)?;
    let scale = match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(scale).map(Duration::from_micros)
}

/// A time since the start of the probe.
pub(super) fn at(words: &mut SplitWhitespace<'_>) -> Option<Duration> {
    parse_time(words.next()?.strip_prefix('@')?)
}

/// A time since something else.
pub(super) fn after(words: &mut SplitWhitespace<'_>) -> Option<Duration> {
    parse_time(words.next()?.strip_prefix('+')?)
}

pub(super) fn parse_hex(text: &str) -> Option<Bytes> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let value = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(value(*high)? << 4 | value(*low)?),
        _ => None,
    });
    pairs.collect::<Option<Vec<u8>>>().map(Bytes::from)
}

/// Bytes as pairs of digits, each behind a space.
pub(super) struct Spaced<'a>(pub(super) &'a [u8]);

impl fmt::Display for Spaced<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, " {byte:02x}"))
    }
}

/// An end with all its detail, in words that [`parse_end`] reads back.
pub(super) struct EndWords(pub(super) End);

impl fmt::Display for EndWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind().as_str())?;
        match self.0 {
            End::Alert(number) => write!(f, " {number}"),
            End::Refusal(code) => write!(f, " {}", code.0),
            End::Denied(denial @ (Denial::Ultimatum(reason) | Denial::DisconnectRequest(reason))) => {
                write!(f, " {} {reason}", denial.as_str())
            }
            End::Untrusted(check) => write!(f, " {}", check.as_str()),
            End::Malformed(fault) => write!(f, " {}", fault.as_str()),
            End::Os(error) => {
                let space = if error.space == OsErrorSpace::Resolver { "resolver" } else { "system" };
                match error.code {
                    Some(code) => write!(f, " {space} {code} {}", error.kind.as_str()),
                    None => write!(f, " {space} - {}", error.kind.as_str()),
                }
            }
            End::ProxyRefusal(ProxyRefusal::SocksMethod(method)) => write!(f, " socks-method {method}"),
            End::ProxyRefusal(ProxyRefusal::SocksPassword(status)) => write!(f, " socks-password {status}"),
            End::ProxyRefusal(ProxyRefusal::Socks(reply)) => write!(f, " socks {reply}"),
            End::ProxyRefusal(ProxyRefusal::Http(status)) => write!(f, " http {status}"),
            End::Rejected(NtStatus(number)) => write!(f, " 0x{number:08X}"),
            End::Unauthorized(number) => write!(f, " {number}"),
            End::Security(SecurityError { kind, status }) => write!(f, " {} 0x{:08X}", kind.as_str(), status.0),
            End::KdcRefusal(number) => write!(f, " {number}"),
            End::Complete | End::Fin | End::Reset | End::Timeout => Ok(()),
        }
    }
}

type Words<'a, 'b> = &'a mut dyn Iterator<Item = &'b str>;

/// Reads an end off the front of a line's words.
pub(super) fn parse_end(words: Words<'_, '_>) -> Option<End> {
    Some(match words.next()? {
        "complete" => End::Complete,
        "fin" => End::Fin,
        "reset" => End::Reset,
        "timeout" => End::Timeout,
        "alert" => End::Alert(words.next()?.parse().ok()?),
        "refusal" => End::Refusal(FailureCode(words.next()?.parse().ok()?)),
        "denied" => End::Denied(parse_denial(words)?),
        "untrusted" => End::Untrusted(named(Check::ALL, Check::as_str, words.next()?)?),
        "malformed" => End::Malformed(named(Fault::ALL, Fault::as_str, words.next()?)?),
        "os" => End::Os(parse_os(words)?),
        "proxy-refusal" => End::ProxyRefusal(parse_refusal(words)?),
        "rejected" => End::Rejected(NtStatus(parse_number(words.next()?)?)),
        "unauthorized" => End::Unauthorized(words.next()?.parse().ok()?),
        "security" => {
            let kind = named(SecurityErrorKind::ALL, SecurityErrorKind::as_str, words.next()?)?;
            End::Security(SecurityError { kind, status: ClientStatus(parse_number(words.next()?)?) })
        }
        "kdc-refusal" => End::KdcRefusal(words.next()?.parse().ok()?),
        _ => return None,
    })
}

pub(super) fn named<T: Copy, const N: usize>(all: [T; N], name: fn(T) -> &'static str, word: &str) -> Option<T> {
    all.into_iter().find(|item| name(*item) == word)
}

fn parse_denial(words: Words<'_, '_>) -> Option<Denial> {
    let (word, reason) = (words.next()?, words.next()?.parse().ok()?);
    [Denial::Ultimatum(reason), Denial::DisconnectRequest(reason)].into_iter().find(|denial| denial.as_str() == word)
}

fn parse_refusal(words: Words<'_, '_>) -> Option<ProxyRefusal> {
    Some(match words.next()? {
        "socks-method" => ProxyRefusal::SocksMethod(words.next()?.parse().ok()?),
        "socks-password" => ProxyRefusal::SocksPassword(words.next()?.parse().ok()?),
        "socks" => ProxyRefusal::Socks(words.next()?.parse().ok()?),
        "http" => ProxyRefusal::Http(words.next()?.parse().ok()?),
        _ => return None,
    })
}

fn parse_os(words: Words<'_, '_>) -> Option<OsError> {
    let space = match words.next()? {
        "resolver" => OsErrorSpace::Resolver,
        "system" => OsErrorSpace::System,
        _ => return None,
    };
    let code = match words.next()? {
        "-" => None,
        number => Some(number.parse().ok()?),
    };
    let kind = named(OsErrorKind::ALL, OsErrorKind::as_str, words.next()?)?;
    Some(OsError { space, code, kind })
}

/// The ends that a stream can have.
pub(super) fn close_of(end: End) -> Option<Close> {
    match end {
        End::Fin => Some(Close::Fin),
        End::Reset => Some(Close::Reset),
        End::Os(error) => Some(Close::Os(error)),
        End::Alert(number) => Some(Close::Alert(number)),
        End::Malformed(Fault::TlsProtocol) => Some(Close::BrokenTls),
        _ => None,
    }
}

/// The ends that a handshake can have.
pub(super) fn handshake_end_of(end: End) -> Option<HandshakeEnd> {
    Some(match end {
        End::Complete => HandshakeEnd::Complete,
        End::Fin => HandshakeEnd::Fin,
        End::Reset => HandshakeEnd::Reset,
        End::Timeout => HandshakeEnd::Timeout,
        End::Alert(number) => HandshakeEnd::Alert(number),
        End::Malformed(fault) => HandshakeEnd::Malformed(fault),
        End::Os(error) => HandshakeEnd::Os(error),
        End::Refusal(_)
        | End::Denied(_)
        | End::Untrusted(_)
        | End::ProxyRefusal(_)
        | End::Rejected(_)
        | End::Unauthorized(_)
        | End::Security(_)
        | End::KdcRefusal(_) => return None,
    })
}

/// Yes or no.
pub(super) const fn answer(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// The reverse of [`answer`].
pub(super) fn parse_answer(word: &str) -> Option<bool> {
    named([true, false], answer, word)
}

pub(super) fn parse_path(word: &str) -> Option<ChainPath> {
    named(
        [ChainPath::Trusted, ChainPath::UnknownIssuer, ChainPath::BadSignature, ChainPath::Unusable],
        ChainPath::as_str,
        word,
    )
}
