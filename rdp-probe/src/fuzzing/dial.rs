//! How connections come about, from bytes and as bytes: lookups, attempts, proxies.

use rdp_probe::{
    Attempt, Dial, End, EndKind, Exchange, Fault, Leg, Lookup, OsError, OsErrorKind, OsErrorSpace, Proxied, ProxyKind,
    ProxyRefusal,
};

use super::codec::Codec;
use super::plan::target;

pub(super) fn code(codec: &mut Codec<'_>, dial: &mut Dial) {
    let mut proxied = dial.proxy.take().map(|proxied| *proxied);
    let blank = || Proxied::new(ProxyKind::Socks5, target(), Dial::default(), None);
    codec.option(&mut proxied, blank, code_proxied);
    match proxied {
        Some(proxied) => *dial = through(proxied),
        None => code_direct(codec, dial),
    }
}

fn through(proxied: Proxied) -> Dial {
    Dial { proxy: Some(Box::new(proxied)), ..Dial::default() }
}

fn code_proxied(codec: &mut Codec<'_>, proxied: &mut Proxied) {
    codec.choice(&mut proxied.kind, &ProxyKind::ALL);
    codec.parsed(&mut proxied.proxy);
    code_direct(codec, &mut proxied.dial);
    let blank = || Exchange::new(Leg::default(), End::Complete);
    codec.option(&mut proxied.exchange, blank, |codec, exchange| {
        codec.time(&mut exchange.leg.started);
        codec.time(&mut exchange.leg.elapsed);
        codec.count(&mut exchange.leg.sent);
        codec.count(&mut exchange.leg.received);
        code_end(codec, &mut exchange.end, &PROXY_ENDS);
        let mut said = exchange.received.clone();
        codec.bytes(&mut said);
        *exchange = Exchange::new(exchange.leg, exchange.end).with_received(said);
    });
}

fn code_direct(codec: &mut Codec<'_>, dial: &mut Dial) {
    let blank = || Lookup { started: Leg::default().started, elapsed: Leg::default().elapsed, end: End::Complete };
    codec.option(&mut dial.lookup, blank, |codec, lookup| {
        codec.time(&mut lookup.started);
        codec.time(&mut lookup.elapsed);
        code_end(codec, &mut lookup.end, &DIAL_ENDS);
    });
    let address = || ([192, 0, 2, 7], 3389).into();
    let blank = || Attempt { address: address(), started: None, elapsed: Leg::default().elapsed, end: None };
    codec.list(&mut dial.attempts, 6, blank, |codec, attempt| {
        codec.parsed(&mut attempt.address);
        let mut begun = attempt.started.map(|started| (started, attempt.elapsed, attempt.end));
        codec.option(&mut begun, Default::default, |codec, (started, elapsed, end)| {
            codec.time(started);
            codec.time(elapsed);
            codec.option(end, || End::Complete, |codec, end| code_end(codec, end, &DIAL_ENDS));
        });
        // What was not begun took no time and had no end.
        attempt.started = begun.map(|(started, ..)| started);
        (attempt.elapsed, attempt.end) = begun.map(|(_, elapsed, end)| (elapsed, end)).unwrap_or_default();
    });
    codec.list(&mut dial.unwanted, 3, address, Codec::parsed);
}

/// The ends that lookups and attempts have.
const DIAL_ENDS: [EndKind; 4] = [EndKind::Complete, EndKind::Timeout, EndKind::Reset, EndKind::Os];

/// The ends that the exchange with a proxy has.
const PROXY_ENDS: [EndKind; 7] = [
    EndKind::Complete,
    EndKind::Timeout,
    EndKind::Reset,
    EndKind::Os,
    EndKind::Fin,
    EndKind::Malformed,
    EndKind::ProxyRefusal,
];

fn code_end(codec: &mut Codec<'_>, end: &mut End, kinds: &[EndKind]) {
    let mut kind = end.kind();
    codec.choice(&mut kind, kinds);
    *end = match (kind, *end) {
        (EndKind::Timeout, _) => End::Timeout,
        (EndKind::Reset, _) => End::Reset,
        (EndKind::Fin, _) => End::Fin,
        (EndKind::Os, end) => {
            let mut error = if let End::Os(error) = end { error } else { OsError::UNKNOWN };
            code_os(codec, &mut error);
            End::Os(error)
        }
        (EndKind::Malformed, end) => {
            let mut fault = if let End::Malformed(fault) = end { fault } else { Fault::NotProxy };
            codec.choice(&mut fault, &[Fault::NotProxy, Fault::ProxyAnswer]);
            End::Malformed(fault)
        }
        (EndKind::ProxyRefusal, end) => {
            let mut refusal = if let End::ProxyRefusal(refusal) = end { refusal } else { ProxyRefusal::Http(0) };
            code_refusal(codec, &mut refusal);
            End::ProxyRefusal(refusal)
        }
        _ => End::Complete,
    };
}

fn code_refusal(codec: &mut Codec<'_>, refusal: &mut ProxyRefusal) {
    let (mut kind, mut number) = match *refusal {
        ProxyRefusal::SocksMethod(number) => (0, number.into()),
        ProxyRefusal::SocksPassword(number) => (1, number.into()),
        ProxyRefusal::Socks(number) => (2, number.into()),
        ProxyRefusal::Http(number) => (3, number),
    };
    codec.byte(&mut kind);
    codec.short(&mut number);
    let [_, low] = number.to_be_bytes();
    *refusal = match kind % 4 {
        0 => ProxyRefusal::SocksMethod(low),
        1 => ProxyRefusal::SocksPassword(low),
        2 => ProxyRefusal::Socks(low),
        _ => ProxyRefusal::Http(number),
    };
}

pub(super) fn code_os(codec: &mut Codec<'_>, error: &mut OsError) {
    codec.choice(&mut error.kind, &OsErrorKind::ALL);
    codec.choice(&mut error.space, &[OsErrorSpace::System, OsErrorSpace::Resolver]);
    codec.option(&mut error.code, || 0, code_number);
}

/// A number that may be below zero.
pub(super) fn code_number(codec: &mut Codec<'_>, number: &mut i32) {
    let mut long = number.cast_unsigned();
    codec.long(&mut long);
    *number = long.cast_signed();
}
