//! Peers that say one byte just before time is over, at every byte of every stage: they get no more time by it, and what they
//! said is kept.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rdp_probe::{Budget, End, Evidence, Goal, Prober, ProberBuilder, Report, Stage};
use rdp_probe_lab::{LabCertificate, LabKey, Log, NlaServer};
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, copy, split};
use tokio::time::sleep;

use super::server::{Server, now};
use super::support::wired::{Wired, beside};
use super::support::{CONFIRM, NOW, meet, ms, outlet, target, timed};

const STAGE: Duration = ms(5_000);

/// When the last byte comes: timers have no finer steps than this.
const LATE: Duration = ms(4_999);

/// How long a probe lasts whose last byte has ended one stage, so that the next began late.
const TWO_STAGES: Duration = ms(9_999);

/// Less than that.
const TOTAL: Duration = ms(7_000);

const ROOM: usize = 65_536;

fn builder(goal: Goal, total: Duration) -> ProberBuilder {
    Prober::builder().goal(goal).budget(Budget { stage: STAGE, total }).fixed_clock(NOW)
}

/// Passes on what is said between client and server: of the server's bytes so many at once, one more when it is almost late,
/// and no more.
async fn relay(far: DuplexStream, server: DuplexStream, at_once: usize) -> io::Result<()> {
    let ((mut client_says, mut client_hears), (mut server_says, mut server_hears)) = (split(far), split(server));
    let drip = async {
        let mut buffer = vec![0; at_once];
        let mut passed = 0;
        while passed < at_once {
            let count = server_says.read(&mut buffer[passed..]).await?;
            if count == 0 {
                return Ok(());
            }
            client_hears.write_all(&buffer[passed..passed + count]).await?;
            passed += count;
        }
        sleep(LATE).await;
        let last = server_says.read_u8().await?;
        client_hears.write_all(&[last]).await?;
        std::future::pending().await
    };
    tokio::try_join!(copy(&mut client_says, &mut server_hears), drip).map(|_| ())
}

/// A probe of a server behind such a relay.
async fn dripped(
    prober: &Prober,
    at_once: usize,
    serve: impl AsyncFnOnce(DuplexStream) -> io::Result<()>,
) -> (Report, Duration) {
    let (behind, server) = tokio::io::duplex(ROOM);
    Box::pin(meet(prober, ROOM, async |far| {
        // Whoever is cut off has no more to say.
        let served = async {
            let _ = serve(server).await;
            std::future::pending::<io::Result<()>>().await
        };
        tokio::try_join!(relay(far, behind, at_once), served)
    }))
    .await
}

/// Bytes that came, as the stages before and in TLS tell: those in front of everything, and those on the wire of the handshake.
fn heard_on_the_wire(evidence: &Evidence) -> u64 {
    [evidence.negotiate, evidence.tls].into_iter().flatten().map(|leg| leg.received).sum()
}

/// Whatever stage it is in: it ended in time, and every byte is there. Whether there was more to come.
#[track_caller]
fn assert_held((report, took): &(Report, Duration), total: Duration, came: usize) -> bool {
    let evidence = report.evidence();
    if report.end() == End::Complete {
        assert!(*took <= LATE, "{took:?}: {report}");
        return false;
    }
    assert_eq!(report.end(), End::Timeout, "{came} bytes: {report}");
    assert!(*took == STAGE || *took == TWO_STAGES.min(total), "{came} bytes took {took:?}: {report}");
    assert!(evidence.total() <= *took && !report.causes().is_empty());
    let kept = evidence.handshake.as_ref().map_or(0, |handshake| handshake.flight.len());
    let heard = heard_on_the_wire(evidence);
    match report.stage() {
        Stage::Negotiate => assert_eq!((heard, evidence.received.len()), (came as u64, came)),
        Stage::Tls => {
            let in_tls = came - CONFIRM.len();
            assert_eq!((heard, evidence.received.len(), kept), (came as u64, CONFIRM.len(), in_tls));
        }
        // Inside TLS, what is counted is what was in it.
        _ => assert!(heard <= came as u64),
    }
    true
}

/// Every length of what a server says, until the probe is complete; how many they were.
async fn at_every_byte(prober: &Prober, total: Duration, serve: impl AsyncFn(DuplexStream) -> io::Result<()>) -> usize {
    let mut at_once = 0;
    loop {
        let met = dripped(prober, at_once, &serve).await;
        if !assert_held(&met, total, at_once + 1) {
            return at_once;
        }
        if at_once % 97 == 0 {
            outlet::transcript(&met.0);
            outlet::json(&met.0);
        }
        at_once += 1;
    }
}

async fn at_every_byte_of_tls(goal: Goal, total: Duration, version: &'static SupportedProtocolVersion) -> usize {
    let (prober, server) = (builder(goal, total).build().unwrap(), Server::healthy());
    at_every_byte(&prober, total, async |stream| server.serve(stream, version).await).await
}

#[tokio::test(start_paused = true)]
async fn at_every_byte_up_to_tls_1_2() {
    let bytes = at_every_byte_of_tls(Goal::Tls, ms(60_000), &TLS12).await;
    assert!(bytes > 400, "{bytes}");
}

/// The whole is over before the second stage could be.
#[tokio::test(start_paused = true)]
async fn at_every_byte_up_to_tls_1_3_with_less_time_in_all() {
    let bytes = at_every_byte_of_tls(Goal::Tls, TOTAL, &TLS13).await;
    assert!(bytes > 400, "{bytes}");
}

#[tokio::test(start_paused = true)]
async fn at_every_byte_of_a_hello_in_clear_text() {
    let bytes = at_every_byte_of_tls(Goal::Hello, ms(60_000), &TLS12).await;
    assert!(bytes > 300, "{bytes}");
}

/// Inside TLS as well, where a byte of a record is none of the message until the record is whole.
#[tokio::test(start_paused = true)]
async fn at_every_byte_up_to_a_challenge() {
    let server = NlaServer::new().with_certificate(LabCertificate::healthy(now()).with_key(LabKey::EcdsaP256));
    let (prober, total) = (builder(Goal::Challenge, ms(60_000)).build().unwrap(), ms(60_000));
    let serve = async |mut stream: DuplexStream| server.serve(&mut stream, &Log::new()).await.map(|_| ());
    let bytes = at_every_byte(&prober, total, serve).await;
    assert!(bytes > 600, "{bytes}");
}

/// What proxies of both kinds say where all goes well.
const PROXIES: [(&str, &[u8]); 2] = [
    ("socks5://proxy.example", &[5, 0, 5, 0, 0, 1, 10, 0, 0, 1, 0x0D, 0x3D]),
    ("http://proxy.example:3128", b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n"),
];

#[tokio::test(start_paused = true)]
async fn at_every_byte_of_a_proxy_and_the_server_behind_it() {
    for (url, said) in PROXIES {
        let all = [said, &CONFIRM].concat();
        let prober = builder(Goal::Negotiate, TOTAL).proxy(url.parse().unwrap()).build().unwrap();
        for at_once in 0..all.len() {
            let (network, mut peers) = Wired::new(ROOM);
            let play = async {
                let mut peer = peers.recv().await.unwrap();
                peer.stream.write_all(&all[..at_once]).await.unwrap();
                sleep(LATE).await;
                peer.stream.write_all(&all[at_once..=at_once]).await.unwrap();
                (peer, peers)
            };
            let target = target();
            let (report, took) = beside(prober.probe_over(&network, &target), play).await;
            let exchange = report.evidence().dial.proxy.as_ref().unwrap().exchange.as_ref().unwrap();
            let (came, of_proxy) = (at_once + 1, (at_once + 1).min(said.len()));
            assert_eq!(&*exchange.received, &said[..of_proxy], "{url}");
            assert_eq!(&*report.evidence().received, &all[of_proxy..came], "{url}");
            let (stage, end, lasts) = match came {
                came if came < said.len() => (Stage::Proxy, End::Timeout, STAGE),
                // The time of the next stage begins with the byte that ends this one.
                came if came == said.len() => (Stage::Negotiate, End::Timeout, TOTAL),
                came if came < all.len() => (Stage::Negotiate, End::Timeout, STAGE),
                _ => (Stage::Negotiate, End::Complete, LATE),
            };
            assert_eq!((report.stage(), report.end(), took), (stage, end, lasts), "{url} {at_once}");
        }
    }
}

/// A peer that ends each stage at the last moment gets the time of all of them, and never more than the whole.
#[tokio::test(start_paused = true)]
async fn the_last_byte_of_every_stage_at_the_last_moment() {
    const TLS_HANDSHAKE: Duration = LATE;
    let server = Server::healthy();
    for (total, end, took) in [(ms(60_000), End::Complete, 2 * LATE), (ms(9_000), End::Timeout, ms(9_000))] {
        let (network, mut peers) = Wired::new(ROOM);
        let network = network
            .naming(Ok(vec![SocketAddr::from(([10, 0, 0, 1], 3389)), SocketAddr::from(([10, 0, 0, 2], 3389))]))
            .slow(LATE, LATE);
        let prober = builder(Goal::Tls, total + 2 * LATE).build().unwrap();
        let play = async {
            let peer = peers.recv().await.unwrap();
            let (behind, far) = tokio::io::duplex(ROOM);
            let late = async {
                let ((mut client_says, mut client_hears), (mut server_says, mut server_hears)) =
                    (split(peer.stream), split(behind));
                let says = async {
                    for stage in [CONFIRM.len(), usize::MAX] {
                        sleep(if stage == usize::MAX { TLS_HANDSHAKE } else { LATE }).await;
                        copy(&mut (&mut server_says).take(stage as u64), &mut client_hears).await?;
                    }
                    io::Result::Ok(())
                };
                tokio::try_join!(copy(&mut client_says, &mut server_hears), says).map(|_| ())
            };
            let _ = tokio::join!(late, server.serve(far, &TLS12));
        };
        let target = target();
        let (report, lasted) = timed(Box::pin(async {
            tokio::select! {
                report = prober.probe_over(&network, &target) => report,
                () = async { play.await; std::future::pending().await } => unreachable!("it pends"),
            }
        }))
        .await;
        assert_eq!((report.end(), lasted), (end, took + 2 * LATE), "{report}");
        assert_eq!(report.evidence().total(), lasted, "to the last moment");
    }
}
