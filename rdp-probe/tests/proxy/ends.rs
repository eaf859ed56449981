//! Proxies that fall silent, go away or are not there, at every step.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use proptest::prelude::*;
use rdp_probe::diagnose::Cause;
use rdp_probe::{
    Attempt, Budget, End, Evidence, Exchange, Lookup, Network, OsError, OsErrorKind, OsErrorSpace, Report, Stage,
};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::time::sleep;

use super::support::wired::{Wired, beside};
use super::support::{CONFIRM, ms, outlet, target};
use super::tape::{self, Tape};
use super::{ADDRESS, ROOM, assert_ended, assert_passed, builder, exchange, moved, proxied, proxy, through};

const STAGE: Duration = ms(5_000);

/// Proxies, and everything that each says on the way to success.
const TALKS: [(&str, &[u8]); 3] = [
    ("socks5://proxy.example", &[5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    ("socks5://alice:s3cret@proxy.example", &[5, 2, 1, 0, 5, 0, 0, 3, 2, b'x', b'y', 0, 0]),
    ("http://alice:s3cret@proxy.example:3128", b"HTTP/1.1 200 OK\r\n\r\n"),
];

#[derive(Debug, Clone, Copy)]
enum After {
    Silence,
    Fin,
    Reset,
}

#[tokio::test(start_paused = true)]
async fn an_end_at_every_step() {
    let rows = [
        (After::Silence, End::Timeout, Cause::ProxySilent, STAGE),
        (After::Fin, End::Fin, Cause::ProxyClosed, ms(0)),
        (After::Reset, End::Reset, Cause::ProxyClosed, ms(0)),
    ];
    for (url, said) in TALKS {
        for cut in 0..said.len() {
            for (after, end, cause, lasts) in rows {
                let (report, took) = through(proxy(url), "ts01", ROOM, async |mut peer| {
                    peer.stream.write_all(&said[..cut]).await?;
                    match after {
                        After::Silence => return Ok(Some(peer)),
                        After::Reset => peer.reset.now(),
                        After::Fin => {}
                    }
                    // Everything that the client may say has room: it is closed when it looks.
                    Ok(None)
                })
                .await;
                assert_ended(&report, end, cause);
                assert_eq!((moved(&report).1, took), (cut as u64, lasts), "{url} {cut} {after:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_drips_ends_with_the_stage() {
    for (url, said) in TALKS {
        let pause = STAGE / u32::try_from(said.len()).unwrap() + ms(1);
        let (report, took) = through(proxy(url), "ts01", ROOM, async |mut peer| {
            for byte in said {
                sleep(pause).await;
                peer.stream.write_all(&[*byte]).await?;
            }
            Ok(peer)
        })
        .await;
        assert_ended(&report, End::Timeout, Cause::ProxySilent);
        assert_eq!((moved(&report).1, took), (said.len() as u64 - 1, STAGE), "{url}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_proxy_that_does_not_listen() {
    for (url, _) in TALKS {
        let (report, took) = through(proxy(url), "ts01", 2, async |peer| Ok(peer)).await;
        assert_ended(&report, End::Timeout, Cause::ProxySilent);
        assert_eq!((moved(&report), took), ((2, 0), STAGE), "what was written is written down");
    }
}

/// Lookup, connection and talk have the time of a stage each; the total is over all of them.
#[tokio::test(start_paused = true)]
async fn stages_on_the_way_add_up_to_the_total_and_no_further() {
    for (total, stage, took) in
        [(60_000, Stage::Proxy, 13_000), (6_000, Stage::Proxy, 6_000), (9_000, Stage::Proxy, 9_000)]
    {
        for (url, _) in TALKS {
            let (network, peers) = Wired::new(ROOM);
            let network = network.slow(ms(4_000), ms(4_000));
            let prober = builder(proxy(url)).budget(Budget { stage: STAGE, total: ms(total) }).build().unwrap();
            let target = target();
            let (report, lasted) = beside(prober.probe_over(&network, &target), async { peers }).await;
            assert_eq!((report.stage(), report.end(), lasted), (stage, End::Timeout, ms(took)), "{url}");
            assert_eq!(report.evidence().total(), ms(took));
            let cause = if total == 6_000 { Cause::ProxyUnreachable } else { Cause::ProxySilent };
            assert_eq!(report.causes()[0].cause, cause);
            outlet::transcript(&report);
        }
    }
}

/// Behind the proxy, the stages have their own time again.
#[tokio::test(start_paused = true)]
async fn a_target_that_is_silent_behind_a_proxy() {
    let (url, said) = TALKS[0];
    let (report, took) = through(proxy(url), "ts01", ROOM, async |mut peer| {
        sleep(ms(4_000)).await;
        peer.stream.write_all(said).await?;
        Ok(peer)
    })
    .await;
    assert_eq!((report.stage(), report.end(), took), (Stage::Negotiate, End::Timeout, ms(9_000)));
    assert_eq!(report.causes()[0].cause, Cause::SilentAfterRequest);
    assert_eq!(report.evidence().negotiate.map(|leg| leg.started), Some(ms(4_000)));
}

/// A network where nobody plays the peers: every connection is refused.
fn deserted() -> Wired {
    let (network, peers) = Wired::new(ROOM);
    drop(peers);
    network
}

async fn unreachable(network: Wired) -> Report {
    let report = builder(proxy(TALKS[2].0)).build().unwrap().probe_over(&network, &target()).await;
    assert_ended(&report, report.end(), Cause::ProxyUnreachable);
    assert_eq!(report.windows(), None, "mstsc has no such way");
    assert!(proxied(&report).exchange.is_none() && !proxied(&report).is_reached());
    outlet::transcript(&report);
    report
}

#[tokio::test(start_paused = true)]
async fn a_proxy_whose_name_is_not_found() {
    let error = OsError { space: OsErrorSpace::Resolver, code: Some(-2), kind: OsErrorKind::NameNotFound };
    let report = unreachable(deserted().naming(Err(error)).slow(ms(30), ms(0))).await;
    let Evidence { dial, .. } = report.evidence();
    assert_eq!(report.end(), End::Os(error));
    assert_eq!(dial.lookup, None, "the target's name is not looked up here");
    let lookup = Lookup { started: ms(0), elapsed: ms(30), end: End::Os(error) };
    assert_eq!((proxied(&report).dial.lookup, report.evidence().total()), (Some(lookup), ms(30)));
    let json = outlet::json(&report);
    assert_eq!((&json["proxy"]["address"], &json["attempts"]), (&json!(null), &json!([])));
    assert_eq!(json["proxy"]["end"]["symbol"], "name-not-found");
}

#[tokio::test(start_paused = true)]
async fn a_proxy_whose_address_refuses() {
    let report = unreachable(deserted().slow(ms(0), ms(20))).await;
    let refused = OsError { space: OsErrorSpace::System, code: None, kind: OsErrorKind::ConnectionRefused };
    let attempt = Attempt { address: ADDRESS, started: Some(ms(0)), elapsed: ms(20), end: Some(End::Os(refused)) };
    assert_eq!(proxied(&report).dial.attempts, [attempt]);
    assert!(report.evidence().dial.attempts.is_empty());
    let json = outlet::json(&report);
    assert_eq!(json["attempts"][0]["stage"], "proxy");
    assert_eq!((&json["proxy"]["host"], &json["proxy"]["port"]), (&json!("proxy.example"), &json!(3128)));
}

#[tokio::test(start_paused = true)]
async fn a_proxy_without_addresses() {
    let report = unreachable(deserted().naming(Ok(Vec::new()))).await;
    assert_eq!(report.end(), End::Os(OsError::UNKNOWN));
}

/// A network where every connection is this tape.
struct Taped(Tape);

impl Network for Taped {
    type Stream = Tape;

    async fn resolve(&self, _host: &str, _port: u16) -> Result<Vec<SocketAddr>, OsError> {
        Ok(vec![ADDRESS])
    }

    async fn connect(&self, _address: SocketAddr) -> io::Result<Tape> {
        Ok(self.0.clone())
    }
}

/// A reset shows once, in whichever call comes first, and reads as an end of file from then on.
#[tokio::test(start_paused = true)]
async fn a_write_that_fails_is_not_the_last_word() {
    let rows = [
        (ErrorKind::ConnectionReset, tape::After::Fin, End::Reset),
        (ErrorKind::ConnectionReset, tape::After::Reset, End::Reset),
        (ErrorKind::ConnectionReset, tape::After::Silence, End::Reset),
        (ErrorKind::BrokenPipe, tape::After::Fin, End::Fin),
        (ErrorKind::BrokenPipe, tape::After::Reset, End::Reset),
        (ErrorKind::BrokenPipe, tape::After::Silence, End::Timeout),
    ];
    for (url, _) in TALKS {
        for (failure, after, end) in rows {
            for writable in [0, 2] {
                let gone = Tape::new(&[], after).failing(writable, failure);
                for tape in [gone.clone(), gone.buffered()] {
                    let prober = builder(proxy(url)).build().unwrap();
                    let report = prober.probe_over(&Taped(tape), &target()).await;
                    assert_eq!((report.stage(), report.end()), (Stage::Proxy, end), "{url} {failure} {after:?}");
                }
            }
        }
        // What it had said before says more.
        let words: &[u8] = if url.starts_with('h') { b"HTTP/1.1 403 No\r\n\r\n" } else { &[5, 0xFF] };
        let told = Tape::new(&[words], tape::After::Reset).failing(0, ErrorKind::ConnectionReset);
        let report = builder(proxy(url)).build().unwrap().probe_over(&Taped(told), &target()).await;
        assert!(matches!(report.end(), End::ProxyRefusal(_)), "{report}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    /// Whatever a proxy says, and however slowly: an end that can be told, printed and replayed, in time.
    #[test]
    fn no_proxy_holds_a_probe(
        which in 0..TALKS.len(),
        right in 0_usize..20,
        chunks in prop::collection::vec((0_u64..2_000, prop::collection::vec(any::<u8>(), 0..40)), 0..6),
        closes: bool,
        room in 1_usize..2_000,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (url, said) = TALKS[which];
        let (report, took) = runtime.block_on(through(proxy(url), "ts01", room, async |mut peer| {
            peer.stream.write_all(&said[..right.min(said.len())]).await?;
            for (pause, bytes) in &chunks {
                sleep(ms(*pause)).await;
                peer.stream.write_all(bytes).await?;
            }
            Ok((!closes).then_some(peer))
        }));
        prop_assert!(took <= 2 * STAGE && report.evidence().total() <= took);
        prop_assert!(!report.causes().is_empty() && !report.to_string().is_empty());
        let exchange: &Exchange = exchange(&report);
        prop_assert_eq!(exchange.end == End::Complete, report.stage() != Stage::Proxy);
    }
}

/// What the target says at once behind the proxy's last byte, cut anywhere.
#[tokio::test(start_paused = true)]
async fn an_answer_in_two_pieces_cut_anywhere() {
    for (url, said) in TALKS {
        let all = [said, &CONFIRM].concat();
        for cut in 0..all.len() {
            let (report, _) = through(proxy(url), "ts01", ROOM, async |mut peer| {
                peer.stream.write_all(&all[..cut]).await?;
                sleep(ms(10)).await;
                peer.stream.write_all(&all[cut..]).await?;
                Ok(peer)
            })
            .await;
            assert_passed(&report);
            assert_eq!(moved(&report).1, said.len() as u64, "{url} {cut}");
        }
    }
}
