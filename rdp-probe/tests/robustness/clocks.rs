//! Clocks that jump, and budgets without measure: nothing overflows, and what is told of time makes sense.

use std::time::Duration;

use rdp_probe::{Budget, End, Goal, Prober, Report, Stage};
use rdp_probe_lab::{LabCertificate, LabKey, Log, NlaServer};
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio::time::{advance, sleep};

use super::server::{Server, now};
use super::shown;
use super::support::wired::{Wired, beside};
use super::support::{CONFIRM, NOW, meet, ms, prober, read_request, target};

const STAGE: Duration = ms(5_000);
const TOTAL: Duration = ms(15_000);
const ROOM: usize = 16_384;

/// Times that a wall clock may show: long before anything, at the beginning of its own time, now, and when no calendar goes on.
const CLOCKS: [i64; 9] = [i64::MIN, i64::MIN + 1, -62_135_596_801, -1, 0, NOW, 253_402_300_800, i64::MAX - 1, i64::MAX];

/// The wall clock may stand anywhere, and jump from one probe of a server to the next.
#[tokio::test(start_paused = true)]
async fn the_wall_clock_anywhere() {
    let server = NlaServer::new().with_certificate(LabCertificate::healthy(now()).with_key(LabKey::EcdsaP256));
    for clock in CLOCKS {
        for goal in [Goal::Tls, Goal::Challenge] {
            let prober = Prober::builder().goal(goal).fixed_clock(clock).build().unwrap();
            let serve = async |mut far: DuplexStream| server.serve(&mut far, &Log::new()).await;
            let (report, took) = Box::pin(meet(&prober, ROOM, serve)).await;
            assert_eq!((report.end(), took), (End::Complete, Duration::ZERO), "{clock}: {report}");
            assert_eq!(report.evidence().clock, Some(clock));
            shown::everything(&report);
        }
    }
}

/// Virtual time jumps while a probe waits: as behind a machine that slept. The stage is over, and tells how long it really was.
#[tokio::test(start_paused = true)]
async fn days_pass_in_any_stage() {
    let days = Duration::from_hours(72);
    let server = Server::healthy();
    for stage in [Stage::Resolve, Stage::Connect, Stage::Negotiate, Stage::Tls] {
        let (network, mut peers) = Wired::new(ROOM);
        let network = match stage {
            Stage::Resolve => network.slow(ms(4_000), ms(0)),
            Stage::Connect => network.slow(ms(0), ms(4_000)),
            _ => network,
        };
        let play = async {
            if matches!(stage, Stage::Resolve | Stage::Connect) {
                sleep(ms(1_000)).await;
                advance(days).await;
            }
            let mut peer = peers.recv().await.unwrap();
            if stage == Stage::Negotiate {
                advance(days).await;
            } else {
                read_request(&mut peer.stream).await.unwrap();
                peer.stream.write_all(&CONFIRM).await.unwrap();
                tokio::task::yield_now().await;
                advance(days).await;
            }
            let _ = server.serve(peer.stream, &TLS12).await;
        };
        let (prober, target) = (prober(STAGE, TOTAL), target());
        let (report, took) = beside(prober.probe_over(&network, &target), play).await;
        assert!(!report.is_ok() && took >= days, "{stage} {took:?}: {report}");
        assert!(report.evidence().total() <= took, "{report}");
        assert!(report.end() == End::Timeout || report.stage() > stage, "{report}");
        shown::everything(&report);
    }
}

/// What lies ready when the probe wakes up is read all the same, if there is any time left for it.
#[tokio::test(start_paused = true)]
async fn an_answer_that_came_while_time_stood_still() {
    let answer = async |mut far: DuplexStream| {
        read_request(&mut far).await?;
        far.write_all(&CONFIRM).await?;
        advance(STAGE * 1_000).await;
        Ok(far)
    };
    let (report, _) = meet(&prober(STAGE, TOTAL), ROOM, answer).await;
    assert_eq!(report.end(), End::Timeout, "{report}");
    assert_eq!(*report.evidence().received, CONFIRM, "what is there is taken before the time is looked at");
    shown::everything(&report);
}

/// No time at all, in any part of a plan: a builder refuses it, and a plan of one's own is over at once.
#[tokio::test(start_paused = true)]
async fn no_time_at_all() {
    for (stage, total) in [(Duration::ZERO, TOTAL), (STAGE, Duration::ZERO), (Duration::ZERO, Duration::ZERO)] {
        assert!(Prober::builder().budget(Budget { stage, total }).build().is_err());
        for goal in [Goal::Negotiate, Goal::Hello, Goal::Tls, Goal::Challenge] {
            let prober = Prober::builder().goal(goal).fixed_clock(NOW).build().unwrap();
            let mut plan = prober.plan(&target());
            plan.budget = Budget { stage, total };
            let (network, peers) = Wired::new(ROOM);
            let over_network = prober.probe_plan_over(&network, plan.clone());
            let (report, took) = beside(over_network, async { peers }).await;
            assert_over_at_once(&report, took);
            let (near, _far) = tokio::io::duplex(ROOM);
            let (report, took) = beside(prober.probe_plan_stream(plan.clone(), near), async {}).await;
            assert_over_at_once(&report, took);
            let (opened, took) = beside(prober.open_plan_over(&network, plan), async {}).await;
            assert_over_at_once(opened.map(|_| ()).unwrap_err().report(), took);
        }
    }
}

#[track_caller]
fn assert_over_at_once(report: &Report, took: Duration) {
    assert_eq!(report.end(), End::Timeout, "{report}");
    // A timer has no finer steps.
    assert!(took <= ms(1), "{took:?}");
    shown::everything(report);
}

/// Time without end, in every stage: whoever is slow is waited for.
#[tokio::test(start_paused = true)]
async fn time_without_end() {
    let (server, year) = (Server::healthy(), Duration::from_hours(365 * 24));
    for budget in [(Duration::MAX, Duration::MAX), (Duration::MAX, 10 * year), (10 * year, Duration::MAX)] {
        for (goal, version) in [(Goal::Tls, &TLS12), (Goal::Tls, &TLS13), (Goal::Hello, &TLS12)] {
            let budget = Budget { stage: budget.0, total: budget.1 };
            let prober = Prober::builder().goal(goal).budget(budget).fixed_clock(NOW).build().unwrap();
            let (network, mut peers) = Wired::new(ROOM);
            let network = network.slow(year, year);
            let play = async {
                let peer = peers.recv().await.unwrap();
                sleep(year).await;
                server.serve(peer.stream, version).await
            };
            let target = target();
            let (report, took) = beside(prober.probe_over(&network, &target), play).await;
            assert_eq!((report.end(), took), (End::Complete, 3 * year), "{report}");
            assert_eq!(report.evidence().total(), took);
            shown::everything(&report);
        }
    }
}
