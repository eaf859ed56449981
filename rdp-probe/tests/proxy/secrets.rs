//! User name and password go to the proxy, and nowhere else.

use std::fmt::Debug;

use rdp_probe::{Proxy, ProxyKind, Target};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::support::wired::{Peer, Wired, beside};
use super::support::{outlet, target};
use super::{ROOM, builder, serve, through};

const USER: &str = "al1ce";
const PASSWORD: &str = "p@ss/w#rd %:ö";

/// The same as they stand in URLs and in HTTP: `al1ce:p@ss/w#rd %:ö` in Base64.
const ENCODED: &str = "al1ce:p%40ss%2Fw%23rd%20%25%3A%C3%B6@";
const BASIC: &str = "YWwxY2U6cEBzcy93I3JkICU6w7Y=";

/// What must not stand anywhere: plain, encoded, as numbers, as hex, and the core of the Base64 wherever it begins.
const SECRETS: [&str; 8] = ["al1ce", "p@ss", "w#rd", "p%40ss", "YWwxY2U6", "cEBzcy93", "112, 64, 115, 115", "70407373"];

#[track_caller]
fn assert_silent(what: &str, text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what} tells {secret}: {text}");
    }
}

fn debug(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

/// Both kinds: from a URL, and put together.
fn proxies() -> Vec<Proxy> {
    let address = |text: &str| -> Target { text.parse().unwrap() };
    let both = [(ProxyKind::Socks5, "proxy.example:1080"), (ProxyKind::Http, "proxy.example:3128")];
    let parts = both.map(|(kind, at)| Proxy::new(kind, address(at)).with_credentials(USER, PASSWORD).unwrap());
    let urls = both.map(|(kind, at)| format!("{kind}://{ENCODED}{at}").parse().unwrap());
    parts.into_iter().chain(urls).collect()
}

/// Plays either kind of proxy, and holds what it is told against the credentials.
async fn admit(kind: ProxyKind, peer: &mut Peer, refuses: bool) -> std::io::Result<()> {
    if kind == ProxyKind::Http {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(peer.stream.read_u8().await?);
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.ends_with(&format!("\r\nProxy-Authorization: Basic {BASIC}\r\n\r\n")), "{head}");
        let answer = if refuses { "HTTP/1.1 407 Who?\r\n\r\n" } else { "HTTP/1.1 200 OK\r\n\r\n" };
        return peer.stream.write_all(answer.as_bytes()).await;
    }
    peer.stream.write_all(&[5, 2]).await?;
    let mut heard = vec![0; 4 + 3 + USER.len() + PASSWORD.len()];
    peer.stream.read_exact(&mut heard).await?;
    let parts =
        [USER.as_bytes(), PASSWORD.as_bytes()].map(|part| [&[u8::try_from(part.len()).unwrap()], part].concat());
    assert_eq!(heard[4..], [&[1][..], &parts.concat()].concat());
    peer.stream.write_all(&[1, u8::from(refuses), 5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await
}

#[test]
fn nothing_that_holds_them_prints_them() {
    for proxy in proxies() {
        assert_silent("the proxy", &format!("{} {proxy}", debug(&proxy)));
        assert!(format!("{proxy:?}").contains("credentials given"));
        let builder = builder(proxy);
        assert_silent("the builder", &debug(&builder));
        let prober = builder.build().unwrap();
        assert_silent("the prober", &debug(&prober));
        assert_silent("the plan", &debug(&prober.plan(&target())));
        assert_silent("a sweep", &debug(&prober.probe_plans(vec![prober.plan(&target())])));
    }
}

#[tokio::test(start_paused = true)]
async fn no_report_of_success_or_refusal_has_them() {
    for proxy in proxies() {
        for refuses in [false, true] {
            let kind = proxy.kind();
            let (report, _) = through(proxy.clone(), "ts01", ROOM, async |mut peer| {
                admit(kind, &mut peer, refuses).await?;
                serve(peer.stream).await
            })
            .await;
            assert_eq!(report.is_ok(), !refuses, "{report}");
            assert_silent("the report", &format!("{} {report} {}", debug(&report), report.coloured()));
            assert_silent("JSON", &outlet::json(&report).to_string());
            assert_silent("the transcript", &outlet::transcript(&report));
            assert_silent("the evidence", &debug(report.evidence()));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_opened_connection_and_no_failure_has_them() {
    for proxy in proxies() {
        for refuses in [false, true] {
            let (network, mut peers) = Wired::new(ROOM);
            let prober = builder(proxy.clone()).build().unwrap();
            let target = target();
            let play = async {
                let mut peer = peers.recv().await.unwrap();
                admit(proxy.kind(), &mut peer, refuses).await.unwrap();
                serve(peer.stream).await
            };
            let (opening, _) = beside(prober.open_over(&network, &target), play).await;
            assert_eq!(opening.is_ok(), !refuses);
            assert_silent("what comes of opening", &debug(&opening));
            if let Err(failure) = opening {
                assert_silent("a failure", &failure.to_string());
            }
        }
    }
}
