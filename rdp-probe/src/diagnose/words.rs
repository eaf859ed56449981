//! What one connection showed, in sentences with its own numbers.

use super::case::Look;
use crate::evidence::{Answer, Dial, Evidence, Goal, Plan, Rung, Stage};
use crate::flight::{self, is_tls};
use crate::{rfc3339, tls};

/// The evidence in words: how it ended, what was negotiated, what TLS and the certificate said.
pub(super) fn of(look: &Look<'_>) -> Vec<String> {
    let evidence = look.evidence;
    let mut words = vec![ending(evidence)];
    words.extend(shortage(evidence));
    words.extend(evidence.answer.map(|answer| answered(evidence, answer)));
    words.extend(hello_sent(evidence));
    words.extend(overlong(evidence));
    words.extend(odd_bytes(evidence).map(|bytes| format!("the peer's first bytes: {}", first_bytes(bytes))));
    words.extend(proxy_said(evidence).map(|bytes| format!("the proxy's first bytes: {}", readable(bytes))));
    if let Some(hello) = &look.hello {
        let version = match tls::version_name(hello.session.version) {
            Some(ssl) if ssl.starts_with("SSL") => ssl.to_owned(),
            Some(number) => format!("TLS {number}"),
            None => "TLS of an unknown version".to_owned(),
        };
        let exchange =
            hello.key_exchange.map(|exchange| format!(", {}", tls::key_exchange(exchange))).unwrap_or_default();
        words.push(format!("the server chose {version} with {}{exchange}", tls::suite_name(hello.session.suite)));
    }
    if let Some(certificate) = &look.certificate {
        let end = rfc3339::print(certificate.not_after);
        words.push(format!("its certificate is {}, valid until {end}", certificate.subject));
    }
    words.extend(super::nla::in_words(evidence));
    words
}

fn ending(evidence: &Evidence) -> String {
    let (stage, end) = (evidence.stage, evidence.end);
    let Some(leg) = evidence.leg(stage) else { return format!("{stage}: {end}") };
    let took = format!("{stage}: {end} after {:.1} ms", leg.elapsed.as_secs_f64() * 1e3);
    match stage {
        Stage::Resolve | Stage::Connect => took,
        Stage::Proxy | Stage::Negotiate | Stage::Tls | Stage::Kerberos | Stage::Nla => {
            format!("{took}, {} bytes out, {} in", leg.sent, leg.received)
        }
    }
}

/// What this machine ran out of, and what to do about it: where that ended the connection, or any attempt at it.
fn shortage(evidence: &Evidence) -> Option<String> {
    let attempts = |dial: &Dial| dial.attempts.iter().filter_map(|attempt| attempt.end).collect::<Vec<_>>();
    let proxied = evidence.dial.proxy.iter().flat_map(|proxied| attempts(&proxied.dial));
    let tried = attempts(&evidence.dial).into_iter().chain(proxied).filter(|_| evidence.negotiate.is_none());
    let mut all = [evidence.end].into_iter().chain(tried).filter_map(|end| end.shortage());
    let shortage = all.next()?;
    Some(format!("{}: {}", shortage.headline(), shortage.remedy()))
}

fn answered(evidence: &Evidence, answer: Answer) -> String {
    let offer = evidence.plan.offered();
    match answer {
        Answer::Legacy => format!("offered {offer}; the server confirmed without negotiation data"),
        Answer::Response { flags, selected } => match selected.name() {
            Some(name) => format!("offered {offer}; the server chose {name} (flags {flags:#04x})"),
            None => format!("offered {offer}; the server chose {:#x}, which is no protocol", selected.0),
        },
        Answer::Failure { code, .. } => {
            format!("offered {offer}; the server refused with {} ({})", code.0, code.symbol().unwrap_or("unknown"))
        }
    }
}

/// The `ClientHello` of our own, where one was sent.
fn hello_sent(evidence: &Evidence) -> Option<String> {
    let Plan { goal, client_hello, .. } = &evidence.plan;
    let offer = match client_hello.rung {
        Rung::Wide => "TLS 1.0 to 1.2 with every usual suite",
        Rung::Tls12 => "TLS 1.2 alone, with the suites of clients of today",
        Rung::Tls13 => "TLS 1.3 alone, without a key share",
        Rung::Nothing => "TLS 1.2 with a suite that no server has",
    };
    let sent = *goal == Goal::Hello && evidence.tls.is_some();
    sent.then(|| format!("a hello of our own offered {offer}; the handshake was not meant to be finished"))
}

/// A message of the handshake that was to be longer than any that is read.
fn overlong(evidence: &Evidence) -> Option<String> {
    let flight = &evidence.handshake.as_ref()?.flight;
    let length = flight::overlong(flight)?;
    Some(format!(
        "a message of the handshake was to have {length} bytes: more than {} are not read",
        flight::MAX_FLIGHT
    ))
}

/// What came in place of an answer, or in place of TLS.
fn odd_bytes(evidence: &Evidence) -> Option<&[u8]> {
    let flight = evidence.handshake.as_ref().map(|handshake| handshake.flight.as_ref());
    let odd = match (evidence.answer, flight) {
        (None, _) => Some(evidence.received.as_ref()),
        (Some(_), Some(flight)) if !is_tls(flight) => Some(flight),
        _ => None,
    };
    odd.filter(|bytes| !bytes.is_empty())
}

/// What came from a proxy that did not let us through.
fn proxy_said(evidence: &Evidence) -> Option<&[u8]> {
    let proxied = evidence.dial.proxy.as_ref().filter(|_| evidence.stage == Stage::Proxy)?;
    let received = proxied.exchange.as_ref()?.received.as_ref();
    (!received.is_empty()).then_some(received)
}

/// All of it where it is text, as the heads of HTTP are: they say why. Else the first bytes.
fn readable(bytes: &[u8]) -> String {
    let is_text = bytes.iter().all(|byte| is_printable(*byte) || matches!(byte, b'\r' | b'\n' | b'\t'));
    if !is_text {
        return first_bytes(bytes);
    }
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    format!("\"{}\"", lines.map(text).collect::<Vec<_>>().join(" / "))
}

/// Hex, and the same as text where it can be read.
pub(super) fn first_bytes(bytes: &[u8]) -> String {
    let shown = bytes.get(..32).unwrap_or(bytes);
    format!("{} \"{}\"", crate::certificate::hex(shown), text(shown))
}

const fn is_printable(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte == b' '
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if is_printable(*byte) { char::from(*byte) } else { '.' }).collect()
}
