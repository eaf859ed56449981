//! The lines of a transcript that say what happened inside TLS, printed and parsed.

use std::fmt;
use std::str::SplitWhitespace;

use bytes::Bytes;

use super::words::{EndWords, Time, close_of, named, parse_end, parse_time};
use super::{Event, Happening, Transcript};
use crate::codes::ClientStatus;
use crate::conversation::{Output, Secured};
use crate::credssp::MAX_TS_REQUEST;
use crate::evidence::{
    Binding, Close, CredSspStep, End, Evidence, Fault, KdcEnd, KdcTraffic, SecuredOutcome, SecuredStep, SecurityError,
    SecurityErrorKind, Stage,
};

impl Transcript {
    pub(super) fn add_credssp(&mut self, evidence: &Evidence) {
        let events = evidence.credssp.iter().flat_map(|credssp| &credssp.events);
        self.events.extend(events.map(|event| Event {
            at: event.at,
            what: match &event.what {
                CredSspStep::Sent(count) => Happening::Wrote(*count),
                CredSspStep::Received(bytes) => Happening::Received(bytes.clone()),
                CredSspStep::Secured(step) => Happening::Secured(*step),
            },
        }));
        let Some(leg) = evidence.nla.filter(|_| evidence.stage == Stage::Nla) else { return };
        let last = match (evidence.closed, evidence.end) {
            (Some(close), _) => Some(Happening::Closed(close)),
            (None, End::Malformed(Fault::NotCredSsp) | End::Denied(_)) => Some(Happening::Timeout),
            (None, end) => super::stream_end(end),
        };
        self.events.extend(last.map(|what| Event { at: leg.ended(), what }));
    }
}

/// The line behind its keyword and its time.
pub(super) struct Step(pub(super) SecuredStep);

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SecuredStep { outcome, kdc } = self.0;
        if let Some(KdcTraffic { elapsed, sent, received }) = kdc {
            write!(f, " kdc {} {sent} {received}", Time(elapsed))?;
        }
        match outcome {
            SecuredOutcome::Token { length, done } => {
                write!(f, " token {length} {}", if done { "done" } else { "more" })
            }
            SecuredOutcome::Sealed(length) => write!(f, " sealed {length}"),
            SecuredOutcome::Bound(binding) => write!(f, " bound {}", binding.as_str()),
            SecuredOutcome::Failed(SecurityError { kind, status }) => {
                write!(f, " failed {} 0x{:08X}", kind.as_str(), status.0)
            }
            SecuredOutcome::KdcFailed(end) => write!(f, " kdc-failed {}", EndWords(end.into())),
        }
    }
}

pub(super) fn parse_step(words: &mut SplitWhitespace<'_>) -> Option<SecuredStep> {
    let mut word = words.next()?;
    let mut kdc = None;
    if word == "kdc" {
        let elapsed = parse_time(words.next()?)?;
        let (sent, received) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        kdc = Some(KdcTraffic { elapsed, sent, received });
        word = words.next()?;
    }
    let outcome = match word {
        "token" => {
            let length = words.next()?.parse().ok()?;
            SecuredOutcome::Token {
                length,
                done: named([true, false], |done| if done { "done" } else { "more" }, words.next()?)?,
            }
        }
        "sealed" => SecuredOutcome::Sealed(words.next()?.parse().ok()?),
        "bound" => SecuredOutcome::Bound(named(Binding::ALL, Binding::as_str, words.next()?)?),
        "failed" => {
            let kind = named(SecurityErrorKind::ALL, SecurityErrorKind::as_str, words.next()?)?;
            SecuredOutcome::Failed(SecurityError { kind, status: ClientStatus(parse_number(words.next()?)?) })
        }
        "kdc-failed" => SecuredOutcome::KdcFailed(kdc_end(parse_end(words)?)?),
        _ => return None,
    };
    Some(SecuredStep { outcome, kdc })
}

pub(super) fn parse_number(word: &str) -> Option<u32> {
    u32::from_str_radix(word.strip_prefix("0x")?, 16).ok()
}

fn kdc_end(end: End) -> Option<KdcEnd> {
    Some(match end {
        End::Timeout => KdcEnd::Timeout,
        End::KdcRefusal(code) => KdcEnd::Refusal(code),
        End::Malformed(_) => KdcEnd::Malformed,
        end => match close_of(end)? {
            Close::Fin => KdcEnd::Fin,
            Close::Reset => KdcEnd::Reset,
            Close::Os(error) => KdcEnd::Os(error),
            Close::Alert(_) | Close::BrokenTls => return None,
        },
    })
}

/// Bytes longer than any that a package makes are not made up: one more is too many already.
const MOST: usize = MAX_TS_REQUEST + 1;

/// What the package would have made: bytes of the same number, which say nothing.
pub(super) fn replayed(step: SecuredStep) -> Secured {
    let zeros = |length: usize| Bytes::from(vec![0; length.min(MOST)]);
    let output = match step.outcome {
        SecuredOutcome::Token { length, done } => Output::Token { token: zeros(length), done },
        SecuredOutcome::Sealed(length) => Output::Sealed(zeros(length)),
        SecuredOutcome::Bound(binding) => Output::Bound(binding),
        SecuredOutcome::Failed(error) => Output::Failed(error),
        SecuredOutcome::KdcFailed(end) => Output::KdcFailed(end),
    };
    Secured { output, kdc: step.kdc }
}
