//! From a target to a stream: lookup, then the addresses in the order and at the pace of RFC 8305.

use std::collections::HashSet;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{sleep_until, timeout_at};

use super::Stream;
use super::clock::Clock;
use super::network::Network;
use super::proxy::Proxy;
use super::trace::{self, Scope};
use crate::evidence::{Attempt, Dial, End, Exchange, Family, Leg, Lookup, Plan, Proxied, Stage};
use crate::target::Target;

/// How long an address may keep the next one waiting (RFC 8305 section 5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Addresses that are tried. A name with more has them all recorded.
pub(super) const MAX_ATTEMPTS: usize = 16;

/// A stream, if there is one, and the record of how it came about or did not.
pub(super) async fn dial<N: Network>(
    network: &N,
    plan: &Plan,
    proxy: Option<&Proxy>,
    clock: Clock,
) -> (Option<N::Stream>, Dial) {
    let Some(proxy) = proxy else { return reach(network, &plan.target, plan.address, plan, clock).await };
    let (stream, way) = reach(network, proxy.address(), None, plan, clock).await;
    let mut proxied = Proxied::new(proxy.kind(), proxy.address().clone(), way, None);
    let stream = match stream {
        Some(stream) => Scope::of(Stage::Proxy, &plan.target).run(pass(stream, proxy, plan, clock, &mut proxied)).await,
        None => None,
    };
    (stream, Dial { proxy: Some(Box::new(proxied)), ..Dial::default() })
}

/// Gets past the proxy, or not.
async fn pass<S: Stream>(mut stream: S, proxy: &Proxy, plan: &Plan, clock: Clock, proxied: &mut Proxied) -> Option<S> {
    let started = clock.now();
    let deadline = clock.at(plan.budget.deadline(started));
    let exchange = proxy.exchange(&mut stream, &plan.target, deadline).await;
    let end = exchange.end;
    trace::ended(end);
    let leg = Leg { started, elapsed: clock.now().saturating_sub(started), ..exchange.leg };
    proxied.exchange = Some(Exchange { leg, ..exchange });
    (end == End::Complete).then_some(stream)
}

/// A connection to a host; to this address of it, where one is given.
async fn reach<N: Network>(
    network: &N,
    host: &Target,
    address: Option<SocketAddr>,
    plan: &Plan,
    clock: Clock,
) -> (Option<N::Stream>, Dial) {
    let mut dial = Dial::default();
    let known = address.or_else(|| host.ip().map(|ip| SocketAddr::new(ip, host.port())));
    let (addresses, unwanted): (Vec<_>, Vec<_>) = if let Some(address) = known {
        (vec![address], Vec::new())
    } else {
        let found = Scope::of(Stage::Resolve, host).run(look_up(network, host, plan, clock, &mut dial)).await;
        found.into_iter().partition(|address| plan.family.admits(address.ip()))
    };
    let untried = |address| Attempt { address, started: None, elapsed: Duration::ZERO, end: None };
    let wanted = interleave(addresses, plan.family);
    let tried = wanted.len().min(MAX_ATTEMPTS);
    dial.attempts = wanted.into_iter().map(untried).collect();
    dial.unwanted = interleave(unwanted, plan.family);
    if tried == 0 {
        return (None, dial);
    }
    let connecting = async {
        let stream = race(network, plan, clock, &mut dial.attempts, tried).await;
        trace::ended(dial.failure().map_or(End::Complete, |(_, end)| end));
        stream
    };
    let stream = Scope::of(Stage::Connect, host).run(connecting).await;
    (stream, dial)
}

async fn look_up<N: Network>(
    network: &N,
    host: &Target,
    plan: &Plan,
    clock: Clock,
    dial: &mut Dial,
) -> Vec<SocketAddr> {
    let started = clock.now();
    let deadline = clock.at(plan.budget.deadline(started));
    let answer = timeout_at(deadline, network.resolve(host.host(), host.port())).await;
    let (addresses, end) = match answer {
        Ok(Ok(addresses)) => (addresses, End::Complete),
        Ok(Err(error)) => (Vec::new(), End::Os(error)),
        Err(_) => (Vec::new(), End::Timeout),
    };
    trace::ended(end);
    dial.lookup = Some(Lookup { started, elapsed: clock.now().saturating_sub(started), end });
    addresses
}

/// Families take turns, beginning with the preferred one, or with that of the first address; the system's order stays
/// within each (RFC 8305 section 4). Doubles go first, lest they take a turn.
fn interleave(addresses: Vec<SocketAddr>, family: Family) -> Vec<SocketAddr> {
    let [first, _, ..] = *addresses.as_slice() else { return addresses };
    let v4_first = match family {
        Family::PreferV4 => true,
        Family::PreferV6 => false,
        _ => first.is_ipv4(),
    };
    let mut seen = HashSet::new();
    let fresh = addresses.into_iter().filter(|address| seen.insert(*address));
    let (same, other): (Vec<_>, Vec<_>) = fresh.partition(|address| address.is_ipv4() == v4_first);
    let (mut same, mut other) = (same.into_iter(), other.into_iter());
    let mut order: Vec<SocketAddr> = Vec::new();
    loop {
        let turn: Vec<SocketAddr> = same.next().into_iter().chain(other.next()).collect();
        if turn.is_empty() {
            return order;
        }
        order.extend(turn);
    }
}

type Connecting<'a, S> = Pin<Box<dyn Future<Output = io::Result<S>> + Send + 'a>>;

/// Starts one attempt after the other, the next as soon as the last has failed or kept us waiting. The first
/// connection wins; the others are dropped. Only the first `tried` are begun.
async fn race<N: Network>(
    network: &N,
    plan: &Plan,
    clock: Clock,
    attempts: &mut [Attempt],
    tried: usize,
) -> Option<N::Stream> {
    let deadline = plan.budget.deadline(clock.now());
    let mut pending: Vec<(usize, Connecting<'_, N::Stream>)> = Vec::new();
    let mut next = 0;
    let mut next_at = clock.now();
    loop {
        let now = clock.now();
        if now >= deadline {
            give_up(attempts, now);
            return None;
        }
        if next < tried && (now >= next_at || pending.is_empty()) {
            if let Some(attempt) = attempts.get_mut(next) {
                attempt.started = Some(now);
                trace::attempt(attempt.address);
                pending.push((next, Box::pin(network.connect(attempt.address))));
            }
            next += 1;
            next_at = now.saturating_add(ATTEMPT_DELAY);
            continue;
        }
        if pending.is_empty() {
            return None;
        }
        let wake = if next < tried { next_at.min(deadline) } else { deadline };
        let Some((index, outcome)) = first_of(&mut pending, clock, wake).await else { continue };
        if let Some(stream) = settle(attempts, index, outcome, clock.now()) {
            return Some(stream);
        }
        next_at = clock.now();
    }
}

/// The first attempt that ends before `wake`.
async fn first_of<S>(
    pending: &mut Vec<(usize, Connecting<'_, S>)>,
    clock: Clock,
    wake: Duration,
) -> Option<(usize, io::Result<S>)> {
    let any = poll_fn(|context| {
        let ready = pending.iter_mut().enumerate().find_map(|(place, (index, connecting))| {
            match connecting.as_mut().poll(context) {
                Poll::Ready(outcome) => Some((place, *index, outcome)),
                Poll::Pending => None,
            }
        });
        ready.map_or(Poll::Pending, Poll::Ready)
    });
    tokio::select! {
        biased;
        (place, index, outcome) = any => {
            drop(pending.swap_remove(place));
            Some((index, outcome))
        }
        () = sleep_until(clock.at(wake)) => None,
    }
}

/// Writes an outcome down; on success the others are abandoned where they stand.
fn settle<S>(attempts: &mut [Attempt], index: usize, outcome: io::Result<S>, now: Duration) -> Option<S> {
    let elapsed = |attempt: &Attempt| attempt.started.map_or(Duration::ZERO, |started| now.saturating_sub(started));
    if let Some(attempt) = attempts.get_mut(index) {
        attempt.elapsed = elapsed(attempt);
        attempt.end = Some(match &outcome {
            Ok(_) => End::Complete,
            Err(error) => End::from(error),
        });
    }
    let stream = outcome.ok()?;
    for attempt in attempts.iter_mut().filter(|attempt| attempt.started.is_some() && attempt.end.is_none()) {
        attempt.elapsed = elapsed(attempt);
    }
    Some(stream)
}

/// The time is over for every attempt still under way.
fn give_up(attempts: &mut [Attempt], now: Duration) {
    for attempt in attempts.iter_mut().filter(|attempt| attempt.end.is_none()) {
        if let Some(started) = attempt.started {
            attempt.elapsed = now.saturating_sub(started);
            attempt.end = Some(End::Timeout);
        }
    }
}
