//! A transcript, parsed.

use std::fmt;
use std::str::{FromStr, SplitWhitespace};
use std::time::Duration;

use super::plan::Setting;
use super::print::MAGIC;
use super::words::{after, at, close_of, handshake_end_of, named, parse_answer, parse_end, parse_hex, parse_path};
use super::{Event, Happening, Transcript, credssp, dial, plan};
use crate::diagnose::Experiment;
use crate::evidence::{Dial, End, Handshake, Plan, Request, Session};
use crate::rfc3339;
use crate::target::Target;

/// A text is not a transcript. It knows the line, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseTranscriptError {
    line: usize,
    text: Box<str>,
    kind: TranscriptFlaw,
}

/// What is wrong with a line of a transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TranscriptFlaw {
    /// The first line does not name the format, or names another version of it.
    Format,
    /// The line begins with a word that no line begins with.
    Keyword,
    /// Something behind the keyword is missing or cannot be read.
    Value,
    /// There is more than the keyword takes.
    TooMuch,
    /// There is no `target` line.
    NoTarget,
    /// A `certificate` or `flight` line stands before any `tls` line.
    NoHandshake,
}

impl ParseTranscriptError {
    /// The line, counted from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn kind(&self) -> TranscriptFlaw {
        self.kind
    }
}

impl fmt::Display for ParseTranscriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the transcript: ", self.line)?;
        match self.kind {
            TranscriptFlaw::Format => write!(f, "{:?} found where {MAGIC:?} is expected", self.text),
            TranscriptFlaw::Keyword => write!(f, "unknown keyword in {:?}", self.text),
            TranscriptFlaw::Value => write!(f, "missing or unreadable value in {:?}", self.text),
            TranscriptFlaw::TooMuch => write!(f, "too many words in {:?}", self.text),
            TranscriptFlaw::NoTarget => write!(f, "no target line before here"),
            TranscriptFlaw::NoHandshake => write!(f, "no tls line before {:?}", self.text),
        }
    }
}

impl std::error::Error for ParseTranscriptError {}

impl FromStr for Transcript {
    type Err = ParseTranscriptError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unix = text.replace("\r\n", "\n");
        let text = unix.as_str();
        let flaw = |line: usize, text: &str, kind| ParseTranscriptError { line, text: text.into(), kind };
        let (body, expected) = split_expected(text);
        let mut lines = body.lines().enumerate().map(|(index, line)| (index + 1, line));
        match lines.next() {
            Some((_, MAGIC)) => {}
            first => return Err(flaw(1, first.map_or("", |(_, line)| line), TranscriptFlaw::Format)),
        }
        let mut parser = Parser::default();
        let mut last = 1;
        for (number, line) in lines {
            parser.line(line).map_err(|kind| flaw(number, line, kind))?;
            last = number;
        }
        parser.finish(expected).ok_or_else(|| flaw(last, "", TranscriptFlaw::NoTarget))
    }
}

impl Transcript {
    /// Reads one transcript behind the other, as a report of several connections prints them
    /// ([`Report::transcripts`](crate::Report::transcripts)). What is expected may stand behind each.
    ///
    /// # Errors
    /// If one of them cannot be read; lines are counted from the start of the text.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, ParseTranscriptError> {
        let unix = text.replace("\r\n", "\n");
        let mut parts: Vec<(usize, String)> = Vec::new();
        for (before, line) in unix.split_inclusive('\n').enumerate() {
            match parts.last_mut() {
                Some((_, part)) if line.trim_end_matches('\n') != MAGIC => part.push_str(line),
                _ => parts.push((before, line.to_owned())),
            }
        }
        if parts.is_empty() {
            return "".parse().map(|transcript| vec![transcript]);
        }
        let parsed = parts.into_iter().map(|(before, part)| {
            part.parse()
                .map_err(|error: ParseTranscriptError| ParseTranscriptError { line: error.line + before, ..error })
        });
        parsed.collect()
    }
}

/// Cuts off what stands behind the line `--`.
fn split_expected(text: &str) -> (&str, Option<&str>) {
    match text.split_once("\n--\n") {
        Some((body, expected)) => (body, Some(expected)),
        None => (text, None),
    }
}

/// What the lines so far have said.
#[derive(Default)]
struct Parser {
    notes: Vec<String>,
    experiment: Option<Experiment>,
    target: Option<Target>,
    settings: Vec<Setting>,
    request: Request,
    gateway: Option<Target>,
    clock: Option<i64>,
    dial: Dial,
    started: Option<Duration>,
    events: Vec<Event>,
}

impl Parser {
    fn line(&mut self, line: &str) -> Result<(), TranscriptFlaw> {
        if let Some(note) = line.strip_prefix('#') {
            self.notes.push(note.to_owned());
            return Ok(());
        }
        let line = line.trim_start();
        let mut words = line.split_whitespace();
        let Some(keyword) = words.next() else { return Ok(()) };
        let done = match keyword {
            "experiment" => {
                let named = words.next().and_then(|word| named(Experiment::ALL, Experiment::as_str, word));
                named.map(|experiment| self.experiment = Some(experiment))
            }
            "target" => words.next().and_then(|word| word.parse().ok()).map(|target| self.target = Some(target)),
            "sent" => after(&mut words)
                .zip(words.next().and_then(|word| word.parse().ok()))
                .and_then(|(after, count)| self.push(after, Happening::Wrote(count))),
            "secured" => after(&mut words)
                .zip(credssp::parse_step(&mut words))
                .and_then(|(after, step)| self.push(after, Happening::Secured(step))),
            "goal" | "offer" | "trust" | "budget" | "server-name" | "client-hello" | "thumbprint" | "family"
            | "address" | "package" | "service" | "dangers" | "known-certificate" => {
                plan::parse(keyword, &mut words).map(|setting| self.settings.push(setting))
            }
            "request" => return self.request(line),
            "gateway" => words.next().and_then(|word| word.parse().ok()).map(|gateway| self.gateway = Some(gateway)),
            "clock" => words.next().and_then(rfc3339::parse).map(|clock| self.clock = Some(clock)),
            "lookup" | "attempt" | "unwanted" | "proxy" | "exchange" | "answer" => {
                dial::parse(&mut self.dial, keyword, &mut words)
            }
            "start" => at(&mut words).map(|at| self.started = Some(at)),
            ">" => self.bytes(&mut words, Happening::Sent),
            "<" => self.bytes(&mut words, Happening::Received),
            "end" => self.end(&mut words),
            "tls" => self.tls(&mut words),
            "certificate" | "flight" => return self.attachment(keyword, &mut words),
            _ => return Err(TranscriptFlaw::Keyword),
        };
        done.ok_or(TranscriptFlaw::Value)?;
        if words.next().is_some() { Err(TranscriptFlaw::TooMuch) } else { Ok(()) }
    }

    /// The text of a `request` line goes on to its end.
    fn request(&mut self, line: &str) -> Result<(), TranscriptFlaw> {
        let (_, rest) = line.split_once(' ').ok_or(TranscriptFlaw::Value)?;
        let request = std::mem::take(&mut self.request);
        self.request = plan::parse_request(request, rest).ok_or(TranscriptFlaw::Value)?;
        Ok(())
    }

    /// Times of events count from the event before, the first from the start.
    fn push(&mut self, after: Duration, what: Happening) -> Option<()> {
        let before = match self.events.last() {
            Some(event) => event.at,
            None => *self.started.get_or_insert_with(|| self.dial.ended()),
        };
        self.events.push(Event { at: before.checked_add(after)?, what });
        Some(())
    }

    fn bytes(&mut self, words: &mut SplitWhitespace<'_>, what: fn(bytes::Bytes) -> Happening) -> Option<()> {
        let after = after(words)?;
        let hex: String = words.collect();
        self.push(after, what(parse_hex(&hex)?))
    }

    fn end(&mut self, words: &mut SplitWhitespace<'_>) -> Option<()> {
        let after = after(words)?;
        let what = match parse_end(words)? {
            End::Timeout => Happening::Timeout,
            end => Happening::Closed(close_of(end)?),
        };
        self.push(after, what)
    }

    fn tls(&mut self, words: &mut SplitWhitespace<'_>) -> Option<()> {
        let after = after(words)?;
        let mut handshake = Handshake::ended(handshake_end_of(parse_end(words)?)?);
        let (mut version, mut suite) = (None, None);
        while let Some(word) = words.next() {
            let value = words.next()?;
            let number = || u16::from_str_radix(value.strip_prefix("0x")?, 16).ok();
            match word {
                "sent" => handshake.sent = value.parse().ok()?,
                "received" => handshake.received = value.parse().ok()?,
                "version" => version = Some(number()?),
                "suite" => suite = Some(number()?),
                "path" => handshake.path = Some(parse_path(value)?),
                "own-signature" => handshake.own_signature = Some(parse_answer(value)?),
                _ => return None,
            }
        }
        handshake.session = version.zip(suite).map(|(version, suite)| Session { version, suite });
        self.push(after, Happening::Tls(Box::new(handshake)))
    }

    fn attachment(&mut self, keyword: &str, words: &mut SplitWhitespace<'_>) -> Result<(), TranscriptFlaw> {
        let Some(Event { what: Happening::Tls(handshake), .. }) = self.events.last_mut() else {
            return Err(TranscriptFlaw::NoHandshake);
        };
        let bytes = parse_hex(&words.collect::<String>()).ok_or(TranscriptFlaw::Value)?;
        match keyword {
            "flight" => handshake.flight = bytes,
            _ => handshake.chain.push(bytes),
        }
        Ok(())
    }

    fn finish(self, expected: Option<&str>) -> Option<Transcript> {
        let mut plan = Plan { request: self.request, gateway: self.gateway, ..Plan::new(self.target?) };
        self.settings.into_iter().for_each(|setting| setting(&mut plan));
        Some(Transcript {
            notes: self.notes,
            experiment: self.experiment.unwrap_or(Experiment::First),
            plan,
            clock: self.clock,
            started: self.started.unwrap_or_else(|| self.dial.ended()),
            dial: self.dial,
            events: self.events,
            expected: expected.map(str::to_owned),
        })
    }
}
