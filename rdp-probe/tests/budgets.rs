//! A probe returns within its budgets and keeps a bounded number of bytes, whatever the peer does: in virtual time.
#![cfg(feature = "tokio")]

mod support;

use std::io;
use std::time::Duration;

use proptest::prelude::*;
use rdp_probe::{Budget, End, Evidence, Fault, Foreign, Goal, Prober, Protocols, Report, Stage};
use support::wired::{Wired, beside};
use support::{CONFIRM, NOW, confirm, flight, meet, message, ms, outlet, prober, read_request, record, target};
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio::time::sleep;

const STAGE: Duration = ms(5_000);
const TOTAL: Duration = ms(15_000);

/// Room for everything that a well-behaved peer has under way.
const ROOM: usize = 4_096;

/// Bytes of a handshake that are kept at most.
const MAX_FLIGHT: usize = 64 * 1024;

fn usual() -> Prober {
    prober(STAGE, TOTAL)
}

fn at(report: &Report) -> (Stage, End) {
    (report.stage(), report.end())
}

fn flight_kept(report: &Report) -> usize {
    report.evidence().handshake.as_ref().map_or(0, |handshake| handshake.flight.len())
}

fn is_bounded(evidence: &Evidence) -> bool {
    let flight = evidence.handshake.as_ref().map_or(0, |handshake| handshake.flight.len());
    evidence.received.len() <= 512 + 32 && evidence.arrivals.len() <= 512 + 32 && flight <= MAX_FLIGHT
}

/// A `ServerHello` and a certificate, in clear text, that rustls would go on from.
fn promising_flight() -> Vec<u8> {
    flight(0x0303, 0xC02F, &[&[0x30; 100]])
}

/// Writes one byte after the other, the first at once.
async fn drip(far: &mut DuplexStream, bytes: &[u8], pause: Duration) -> io::Result<()> {
    for byte in bytes {
        far.write_all(&[*byte]).await?;
        sleep(pause).await;
    }
    Ok(())
}

/// Writes the same bytes for as long as the client reads.
async fn flood(mut far: DuplexStream, bytes: &[u8]) -> io::Result<()> {
    loop {
        far.write_all(bytes).await?;
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_nothing_and_says_nothing() {
    let (report, took) = meet(&usual(), ROOM, async |far| Ok(far)).await;
    assert_eq!((at(&report), took), ((Stage::Negotiate, End::Timeout), STAGE));
    assert_eq!(report.evidence().negotiate.map(|leg| (leg.sent, leg.elapsed)), Some((19, STAGE)));
}

#[tokio::test(start_paused = true)]
async fn a_peer_whose_buffer_is_full() {
    let (report, took) = meet(&usual(), 8, async |far| Ok(far)).await;
    assert_eq!((at(&report), took), ((Stage::Negotiate, End::Timeout), STAGE));
    assert_eq!(report.evidence().negotiate.map(|leg| leg.sent), Some(8), "what was written is written down");

    let jam = async |mut far: DuplexStream| {
        read_request(&mut far).await?;
        far.write_all(&CONFIRM).await?;
        Ok(far)
    };
    let (report, took) = meet(&usual(), 64, jam).await;
    assert_eq!((at(&report), took), ((Stage::Tls, End::Timeout), STAGE));
    assert_eq!(report.evidence().tls.map(|leg| leg.sent), Some(64));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_talks_and_does_not_listen() {
    let (report, took) = meet(&usual(), 16, async |far| flood(far, b"SSH-2.0-OpenSSH_9.2p1\r\n").await).await;
    assert_eq!((at(&report), took), ((Stage::Negotiate, End::Malformed(Fault::NotTpkt)), STAGE));
    assert_eq!((report.evidence().foreign(), report.evidence().received.len()), (Some(Foreign::Ssh), 16));
}

#[tokio::test(start_paused = true)]
async fn a_confirm_that_stops_anywhere() {
    for cut in 0..CONFIRM.len() {
        let answer = async |mut far: DuplexStream| {
            far.write_all(&CONFIRM[..cut]).await?;
            Ok(far)
        };
        let (report, took) = meet(&usual(), ROOM, answer).await;
        assert_eq!((at(&report), took), ((Stage::Negotiate, End::Timeout), STAGE), "{cut} bytes");
        assert_eq!(report.evidence().received, CONFIRM[..cut]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_confirm_that_drips() {
    let slowly = async |mut far: DuplexStream| drip(&mut far, &CONFIRM, ms(300)).await.map(|()| far);
    let (report, took) = meet(&usual(), ROOM, slowly).await;
    assert_eq!((at(&report), took), ((Stage::Negotiate, End::Timeout), STAGE));
    assert_eq!(report.evidence().received, CONFIRM[..17]);
    assert_eq!(report.evidence().arrivals.len(), 17);
}

#[tokio::test(start_paused = true)]
async fn foreign_bytes_that_drip_are_listened_to_for_a_quarter_of_a_second() {
    for (before, ended) in [(0, 250), (4_000, 4_250), (4_900, 5_000)] {
        let greet = async |mut far: DuplexStream| {
            sleep(ms(before)).await;
            drip(&mut far, &[b'H'; 512], ms(100)).await.map(|()| far)
        };
        let (report, took) = meet(&usual(), ROOM, greet).await;
        assert_eq!((at(&report), took), ((Stage::Negotiate, End::Malformed(Fault::NotTpkt)), ms(ended)));
    }
}

#[tokio::test(start_paused = true)]
async fn endless_bytes_in_place_of_the_confirm() {
    let rows: [(&[u8], Fault, usize); 4] = [
        (b"HTTP/1.1 200 OK\r\n", Fault::NotTpkt, 32),
        (&[3, 0, 0xFF, 0xFF, 0], Fault::TpktLength, 32),
        (&[3, 0, 2, 0, 2, 0xF0, 0x80, 0], Fault::NotConfirm, 512 + 32),
        (&[3, 0, 0, 7, 2, 0xF0, 0x80], Fault::NotConfirm, 7 + 32),
    ];
    for (bytes, fault, kept) in rows {
        let (report, took) = meet(&usual(), 32, async |far| flood(far, bytes).await).await;
        assert_eq!((at(&report), took), ((Stage::Negotiate, End::Malformed(fault)), Duration::ZERO));
        assert_eq!(report.evidence().received.len(), kept);
        assert!(is_bounded(report.evidence()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_hello_that_stops_anywhere() {
    let flight = promising_flight();
    for cut in 0..flight.len() {
        let answer = async |mut far: DuplexStream| {
            confirm(&mut far).await?;
            far.write_all(&flight[..cut]).await?;
            Ok(far)
        };
        let (report, took) = meet(&usual(), ROOM, answer).await;
        assert_eq!((at(&report), took), ((Stage::Tls, End::Timeout), STAGE), "{cut} bytes");
        assert_eq!((report.evidence().heard(), flight_kept(&report)), (cut as u64, cut));
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_hello_that_drips() {
    let slowly = async |mut far: DuplexStream| {
        confirm(&mut far).await?;
        drip(&mut far, &promising_flight(), ms(70)).await.map(|()| far)
    };
    let (report, took) = meet(&usual(), ROOM, slowly).await;
    assert_eq!((at(&report), took), ((Stage::Tls, End::Timeout), STAGE));
    assert_eq!(report.evidence().heard(), 5_000_u64.div_ceil(70));
}

#[tokio::test(start_paused = true)]
async fn endless_bytes_after_the_confirm() {
    let rows: [(&str, Vec<u8>, Fault); 8] = [
        ("garbage", b"220 ready\r\n".to_vec(), Fault::TlsNotSpoken),
        ("long handshake records", record(22, 0x0303, &[2; 16_000]), Fault::TlsProtocol),
        ("empty handshake records", record(22, 0x0303, &[]), Fault::TlsProtocol),
        ("application data", record(23, 0x0303, &[0; 1_000]), Fault::TlsProtocol),
        ("change cipher specs", record(20, 0x0303, &[1]), Fault::TlsProtocol),
        ("warnings", record(21, 0x0303, &[1, 90]), Fault::TlsProtocol),
        ("hello requests", record(22, 0x0303, &message(0, &[])), Fault::TlsProtocol),
        ("an old flight", flight(0x0301, 0x002F, &[&vec![0x30; 100_000]]), Fault::TlsUnsupported),
    ];
    for (name, bytes, fault) in rows {
        let answer = async |mut far: DuplexStream| {
            confirm(&mut far).await?;
            flood(far, &bytes).await
        };
        let (report, took) = meet(&usual(), ROOM, answer).await;
        assert_eq!(at(&report), (Stage::Tls, End::Malformed(fault)), "{name}");
        assert_eq!((flight_kept(&report), took), (MAX_FLIGHT, Duration::ZERO), "{name}");
        assert!(report.evidence().heard() < 2 * MAX_FLIGHT as u64, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_a_broken_flight_is_waited_for_briefly_and_never_past_the_end() {
    for (before, ended) in [(0, 300), (4_600, 4_900), (4_900, 5_000)] {
        let answer = async |mut far: DuplexStream| {
            confirm(&mut far).await?;
            sleep(ms(before)).await;
            drip(&mut far, &[b'H'; 512], ms(90)).await.map(|()| far)
        };
        let (report, took) = meet(&usual(), ROOM, answer).await;
        assert_eq!((at(&report), took), ((Stage::Tls, End::Malformed(Fault::TlsNotSpoken)), ms(ended)));
    }
}

#[tokio::test(start_paused = true)]
async fn stages_add_up_to_the_total_and_no_further() {
    let late = async |mut far: DuplexStream| {
        sleep(ms(4_900)).await;
        confirm(&mut far).await?;
        Ok(far)
    };
    let (report, took) = meet(&usual(), ROOM, late).await;
    assert_eq!((at(&report), took), ((Stage::Tls, End::Timeout), ms(9_900)));
    let (report, took) = meet(&prober(STAGE, ms(6_000)), ROOM, late).await;
    assert_eq!((at(&report), took), ((Stage::Tls, End::Timeout), ms(6_000)));
    let (report, took) = meet(&prober(STAGE, ms(2_000)), ROOM, late).await;
    assert_eq!((at(&report), took), ((Stage::Negotiate, End::Timeout), ms(2_000)));
}

#[tokio::test(start_paused = true)]
async fn budgets_finer_than_the_clock_end_all_the_same() {
    for budget in [Duration::from_nanos(1), Duration::from_nanos(999_999_500)] {
        let (report, took) = meet(&prober(budget, budget), ROOM, async |far| Ok(far)).await;
        assert_eq!(at(&report), (Stage::Negotiate, End::Timeout));
        assert!(took >= budget && took <= budget + ms(1), "{took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stage_that_is_not_wanted_takes_no_time() {
    let prober = Prober::builder().goal(Goal::Negotiate).fixed_clock(NOW).build().unwrap();
    let answer = async |mut far: DuplexStream| {
        confirm(&mut far).await?;
        Ok(far)
    };
    let (report, took) = meet(&prober, ROOM, answer).await;
    assert_eq!((at(&report), took), ((Stage::Negotiate, End::Complete), Duration::ZERO));
}

/// Something that a peer without rhyme or reason might write.
fn chunk() -> impl Strategy<Value = Vec<u8>> {
    let part = |bytes: Vec<u8>| (0..=bytes.len()).prop_map(move |cut| bytes[..cut].to_vec());
    prop_oneof![
        2 => Just(CONFIRM.to_vec()),
        1 => part(CONFIRM.to_vec()),
        1 => Just(promising_flight()),
        1 => part(promising_flight()),
        1 => (20_u8..=23, prop::collection::vec(any::<u8>(), 0..64)).prop_map(|(kind, body)| record(kind, 0x0303, &body)),
        1 => prop::collection::vec(any::<u8>(), 0..2_000),
        1 => Just(vec![3; 70_000]),
    ]
}

/// Writes each chunk after its pause, then closes or falls silent.
async fn ramble(mut far: DuplexStream, chunks: &[(u64, Vec<u8>)], closes: bool) -> io::Result<Option<DuplexStream>> {
    for (pause, bytes) in chunks {
        sleep(ms(*pause)).await;
        far.write_all(bytes).await?;
    }
    Ok((!closes).then_some(far))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_peer_holds_a_probe(
        chunks in prop::collection::vec((0_u64..900, chunk()), 0..8),
        closes: bool,
        room in 1_usize..ROOM,
        stage in 1_u64..2_000,
        total in 1_u64..4_000,
        goal in prop::sample::select(Goal::ALL.to_vec()),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let builder = Prober::builder().goal(goal).budget(Budget { stage: ms(stage), total: ms(total) }).fixed_clock(NOW);
        let (prober, peer) = (builder.build().unwrap(), async |far| ramble(far, &chunks, closes).await);
        let (report, took) = runtime.block_on(meet(&prober, room, peer));
        prop_assert!(took <= ms(total.min(2 * stage)), "{took:?}");
        prop_assert!(is_bounded(report.evidence()));
        prop_assert!(report.evidence().total() <= took);
        prop_assert!(!report.causes().is_empty() && !report.to_string().is_empty());
    }

    /// Nor an opening, however many offers are made: all of them share the total.
    #[test]
    fn no_peer_holds_an_opening(
        talks in prop::collection::vec(prop::collection::vec((0_u64..900, chunk()), 0..4), 1..5),
        closes: bool,
        stage in 1_u64..2_000,
        total in 1_u64..4_000,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let budget = Budget { stage: ms(stage), total: ms(total) };
        let others = [Protocols::HYBRID, Protocols::SSL, Protocols::RDP];
        let builder = Prober::builder().budget(budget).fixed_clock(NOW);
        let prober = others.iter().fold(builder, |builder, offer| builder.other_offer(*offer)).build().unwrap();
        let (network, mut peers) = Wired::new(ROOM);
        let play = async {
            let mut kept = Vec::new();
            for chunks in talks.iter().cycle() {
                let Some(peer) = peers.recv().await else { break };
                kept.push(ramble(peer.stream, chunks, closes).await);
            }
        };
        let target = target();
        let (opening, took) = runtime.block_on(beside(prober.open_over(&network, &target), play));
        let report = opening.unwrap_err().into_report();
        prop_assert!(took <= ms(total), "{took:?}");
        prop_assert!(report.earlier().len() <= others.len() && network.connects() == report.earlier().len() + 1);
        prop_assert!(report.earlier().iter().chain([report.evidence()]).all(|one| is_bounded(one) && one.total() <= took));
        outlet::json(&report);
    }
}
