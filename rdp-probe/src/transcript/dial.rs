//! The lines of a transcript that say how the connection came about, printed and parsed.

use std::fmt;
use std::net::SocketAddr;
use std::str::SplitWhitespace;
use std::time::Duration;

use super::words::{EndWords, Spaced, Time, after, at, named, parse_end, parse_hex};
use crate::evidence::{Attempt, Dial, Exchange, Leg, Lookup, Proxied, ProxyKind};

/// Prints the proxy, if there is one, lookup and attempts.
pub(super) fn print(f: &mut fmt::Formatter<'_>, dial: &Dial) -> fmt::Result {
    if let Some(lookup) = dial.lookup {
        writeln!(f, "lookup @{} +{} {}", Time(lookup.started), Time(lookup.elapsed), EndWords(lookup.end))?;
    }
    dial.attempts.iter().try_for_each(|attempt| print_attempt(f, attempt))?;
    dial.unwanted.iter().try_for_each(|address| writeln!(f, "unwanted {address}"))?;
    let Some(proxied) = &dial.proxy else { return Ok(()) };
    writeln!(f, "proxy {} {}", proxied.kind, proxied.proxy)?;
    print(f, &proxied.dial)?;
    let Some(Exchange { leg, end, received }) = &proxied.exchange else { return Ok(()) };
    let (started, elapsed) = (Time(leg.started), Time(leg.elapsed));
    writeln!(f, "exchange @{started} +{elapsed} sent {} received {} {}", leg.sent, leg.received, EndWords(*end))?;
    if received.is_empty() { Ok(()) } else { writeln!(f, "answer{}", Spaced(received)) }
}

fn print_attempt(f: &mut fmt::Formatter<'_>, attempt: &Attempt) -> fmt::Result {
    write!(f, "attempt {}", attempt.address)?;
    let Some(started) = attempt.started else { return writeln!(f, " untried") };
    write!(f, " @{} +{}", Time(started), Time(attempt.elapsed))?;
    match attempt.end {
        Some(end) => writeln!(f, " {}", EndWords(end)),
        None => writeln!(f, " abandoned"),
    }
}

/// Adds what a line says. Lookups and attempts behind the proxy's line are the proxy's.
pub(super) fn parse(dial: &mut Dial, keyword: &str, words: &mut SplitWhitespace<'_>) -> Option<()> {
    match keyword {
        "proxy" if dial.proxy.is_none() => {
            let kind = named(ProxyKind::ALL, ProxyKind::as_str, words.next()?)?;
            let proxied = Proxied::new(kind, words.next()?.parse().ok()?, Dial::default(), None);
            dial.proxy = Some(Box::new(proxied));
        }
        "exchange" => {
            let proxied = dial.proxy.as_deref_mut()?;
            let (started, elapsed) = (at(words)?, after(words)?);
            let leg = Leg { started, elapsed, sent: count(words, "sent")?, received: count(words, "received")? };
            proxied.exchange = Some(Exchange::new(leg, parse_end(words)?));
        }
        "answer" => {
            let exchange = dial.proxy.as_deref_mut()?.exchange.as_mut()?;
            let bytes = parse_hex(&words.collect::<String>())?;
            if !exchange.received.is_empty() || bytes.len() > Exchange::MOST {
                return None;
            }
            exchange.received = bytes;
        }
        _ => match &mut dial.proxy {
            Some(proxied) => parse_way(&mut proxied.dial, keyword, words)?,
            None => parse_way(dial, keyword, words)?,
        },
    }
    Some(())
}

fn parse_way(dial: &mut Dial, keyword: &str, words: &mut SplitWhitespace<'_>) -> Option<()> {
    match keyword {
        "lookup" => dial.lookup = Some(Lookup { started: at(words)?, elapsed: after(words)?, end: parse_end(words)? }),
        "attempt" => dial.attempts.push(parse_attempt(words)?),
        "unwanted" => dial.unwanted.push(words.next()?.parse().ok()?),
        _ => return None,
    }
    Some(())
}

fn count(words: &mut SplitWhitespace<'_>, label: &str) -> Option<u64> {
    if words.next()? == label { words.next()?.parse().ok() } else { None }
}

fn parse_attempt(words: &mut SplitWhitespace<'_>) -> Option<Attempt> {
    let address: SocketAddr = words.next()?.parse().ok()?;
    let mut attempt = Attempt { address, started: None, elapsed: Duration::ZERO, end: None };
    if words.clone().next() == Some("untried") {
        words.next();
        return Some(attempt);
    }
    attempt.started = Some(at(words)?);
    attempt.elapsed = after(words)?;
    if words.clone().next() == Some("abandoned") {
        words.next();
    } else {
        attempt.end = Some(parse_end(words)?);
    }
    Some(attempt)
}
