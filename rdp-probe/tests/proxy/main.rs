//! The way through a proxy: what is said to it, every answer it can give, and what becomes of that.
#![cfg(feature = "tokio")]

mod ends;
mod http;
mod said;
mod secrets;
mod sockets;
mod socks;
#[path = "../support/mod.rs"]
mod support;
#[path = "../tls/tape.rs"]
mod tape;
mod url;

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rdp_probe::diagnose::{Cause, Confidence};
use rdp_probe::{End, Exchange, Goal, Prober, ProberBuilder, Proxied, Proxy, ProxyKind, Report, Stage};
use support::wired::{Peer, Wired, beside};
use support::{CONFIRM, NOW, outlet};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

/// Room for everything that is under way.
const ROOM: usize = 65_536;

/// Where the scripted network has every name.
const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 7)), 3389);

/// The Connection Request of a probe that is not told otherwise.
const REQUEST: [u8; 19] = [3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 11, 0, 0, 0];

fn proxy(url: &str) -> Proxy {
    url.parse().unwrap()
}

fn builder(proxy: Proxy) -> ProberBuilder {
    Prober::builder().goal(Goal::Negotiate).fixed_clock(NOW).proxy(proxy)
}

/// A turn of a talk, seen from the proxy.
#[derive(Clone, Copy)]
enum Turn<'a> {
    Hears(&'a [u8]),
    Says(&'a [u8]),
}

/// Plays the proxy. What it hears has to be what stands here, to the byte.
async fn recite(far: &mut DuplexStream, turns: &[Turn<'_>]) -> io::Result<()> {
    for turn in turns {
        match turn {
            Turn::Hears(expected) => {
                let mut heard = vec![0; expected.len()];
                far.read_exact(&mut heard).await?;
                assert_eq!(heard, *expected, "{}", heard.escape_ascii());
            }
            Turn::Says(bytes) => far.write_all(bytes).await?,
        }
    }
    Ok(())
}

/// The server behind the proxy: a request, behind whatever the proxy did not care to hear, a confirm, and then it waits.
async fn serve(mut far: DuplexStream) -> io::Result<()> {
    let mut heard = Vec::new();
    while !heard.ends_with(&REQUEST) {
        heard.push(far.read_u8().await?);
    }
    far.write_all(&CONFIRM).await?;
    pending().await
}

/// Probes a target through this proxy, which the peer plays, and looks at everything that leaves the report.
async fn through<K>(
    proxy: Proxy,
    target: &str,
    room: usize,
    peer: impl AsyncFnOnce(Peer) -> io::Result<K>,
) -> (Report, Duration) {
    let (network, mut peers) = Wired::new(room);
    let (prober, target) = (builder(proxy.clone()).build().unwrap(), target.parse().unwrap());
    let play = async {
        let peer = peer(peers.recv().await.unwrap()).await;
        (peer, peers)
    };
    let (report, took) = beside(prober.probe_over(&network, &target), play).await;
    assert_eq!(network.connects(), 1, "the proxy alone is connected to");
    let json = outlet::json(&report);
    assert_eq!((report.windows(), &json["windows"]), (None, &serde_json::Value::Null), "mstsc has no such way");
    let kept = exchange(&report).received.as_ref();
    assert_eq!(kept.len() as u64, moved(&report).1.min(Exchange::MOST as u64), "no byte more than was read, none lost");
    assert_eq!(json["proxy"]["raw"].as_str().unwrap_or_default(), hex(kept));
    assert_eq!((&json["proxy"]["kind"], &json["address"]), (&proxy.kind().as_str().into(), &serde_json::Value::Null));
    assert_eq!(json["proxy"]["end"]["kind"], proxied(&report).end().kind().as_str());
    outlet::transcript(&report);
    (report, took)
}

fn proxied(report: &Report) -> &Proxied {
    report.evidence().dial.proxy.as_deref().expect("the way led through a proxy")
}

fn hex(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.map(|half| char::from_digit(half.into(), 16).unwrap()).collect()
}

fn exchange(report: &Report) -> &Exchange {
    proxied(report).exchange.as_ref().expect("there was a connection to the proxy")
}

/// Bytes that were sent to the proxy and received from it.
fn moved(report: &Report) -> (u64, u64) {
    proxied(report).exchange.as_ref().map_or((0, 0), |exchange| (exchange.leg.sent, exchange.leg.received))
}

/// How sure the first cause is.
fn confidence(report: &Report) -> Confidence {
    report.causes()[0].confidence
}

#[track_caller]
fn assert_passed(report: &Report) {
    assert_eq!((report.stage(), report.end()), (Stage::Negotiate, End::Complete), "{report}");
    assert_eq!(&*report.evidence().received, CONFIRM, "not a byte more, not a byte less");
    let dial = &report.evidence().dial;
    assert!(dial.lookup.is_none() && dial.attempts.is_empty(), "the target is the proxy's to look up");
    assert_eq!((proxied(report).dial.connected(), proxied(report).end()), (Some(ADDRESS), End::Complete));
}

#[track_caller]
fn assert_ended(report: &Report, end: End, cause: Cause) {
    assert_eq!((report.stage(), report.end(), report.causes()[0].cause), (Stage::Proxy, end, cause), "{report}");
    assert_eq!((report.evidence().negotiate, proxied(report).end()), (None, end));
    assert!(!report.is_ok() && report.evidence().reached().is_none());
}

#[test]
fn kinds_are_told_apart_in_words() {
    for kind in ProxyKind::ALL {
        let proxy = Proxy::new(kind, "proxy.example:8080".parse().unwrap());
        assert_eq!(proxy.to_string(), format!("{kind}://proxy.example:8080"));
        assert_eq!(proxy.to_string().parse::<Proxy>().unwrap().to_string(), proxy.to_string());
    }
}
