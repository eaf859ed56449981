//! One name with thousands of addresses: all are recorded, few are tried, and a report of it can be read.

use std::future::pending;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rdp_probe::{End, Goal, Limits, Network, OsError, Prober, Report, Stage};
use tokio::io::DuplexStream;

use super::memory::{counted, runtime};
use super::shown;
use super::support::{NOW, ms, outlet, prober, target, timed};

const STAGE: Duration = ms(5_000);

/// Addresses that are tried at the most.
const TRIED: usize = 16;

/// What becomes of every attempt.
#[derive(Clone, Copy)]
enum Fate {
    Silence,
    Refusal,
    /// Only the last address takes connections, and it is none of those that are tried.
    LastAlone,
}

/// A name with this many addresses of both families, and how many attempts there were: in all, now, and at the most at once.
struct Crowd {
    addresses: Vec<SocketAddr>,
    fate: Fate,
    begun: AtomicUsize,
    now: AtomicUsize,
    peak: AtomicUsize,
}

impl Crowd {
    fn new(count: u32, fate: Fate) -> Self {
        let address = |number: u32| {
            let [_, a, b, c] = number.to_be_bytes();
            let v6 = Ipv6Addr::new(0xFD00, 0, 0, 0, 0, 0, a.into(), u16::from_be_bytes([b, c]));
            let ip = if number.is_multiple_of(2) { IpAddr::from(v6) } else { IpAddr::from([10, a, b, c]) };
            SocketAddr::new(ip, 3389)
        };
        let (begun, now, peak) = Default::default();
        Self { addresses: (0..count).map(address).collect(), fate, begun, now, peak }
    }
}

/// An attempt that is under way for as long as it is not dropped.
struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Network for Crowd {
    type Stream = DuplexStream;

    async fn resolve(&self, _host: &str, _port: u16) -> Result<Vec<SocketAddr>, OsError> {
        Ok(self.addresses.clone())
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<DuplexStream> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.peak.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let _under_way = UnderWay(&self.now);
        match self.fate {
            Fate::LastAlone if Some(&address) == self.addresses.last() => Ok(tokio::io::duplex(64).0),
            Fate::Refusal => Err(io::ErrorKind::ConnectionRefused.into()),
            Fate::Silence | Fate::LastAlone => pending().await,
        }
    }
}

/// What people read names the addresses that were tried, and how many more there are; what programs read has them all.
fn assert_readable(report: &Report, count: usize) {
    let size = shown::unchecked(report);
    assert!(size < 16 * 1024, "{size} bytes");
    for text in [report.to_string(), report.to_markdown()] {
        assert!(text.contains(&format!("{} more", count - TRIED)), "{text}");
        let first = report.evidence().dial.attempts[0].address.to_string();
        assert!(text.contains(&first), "{text}");
    }
    assert_eq!(outlet::json(report)["attempts"].as_array().unwrap().len(), count);
    outlet::transcript(report);
}

#[tokio::test(start_paused = true)]
async fn few_are_tried_and_all_are_recorded() {
    for count in [17, 100, 4_000] {
        for fate in [Fate::Silence, Fate::Refusal, Fate::LastAlone] {
            let network = Crowd::new(count, fate);
            let (report, took) = timed(prober(STAGE, ms(15_000)).probe_over(&network, &target())).await;
            let count = network.addresses.len();
            assert!(report.stage() == Stage::Connect && !report.is_ok(), "{report}");
            let (end, lasts) = match fate {
                Fate::Refusal => (rdp_probe::EndKind::Os, Duration::ZERO),
                Fate::Silence | Fate::LastAlone => (rdp_probe::EndKind::Timeout, STAGE),
            };
            assert_eq!((report.end().kind(), took), (end, lasts));
            assert_eq!((network.begun.into_inner(), network.now.into_inner()), (TRIED, 0));
            assert!(network.peak.into_inner() <= TRIED);
            let attempts = &report.evidence().dial.attempts;
            assert_eq!(attempts.len(), count);
            assert!(attempts.iter().skip(TRIED).all(|attempt| attempt.started.is_none() && attempt.end.is_none()));
            assert_readable(&report, count);
        }
    }
}

/// The whole is over before the stage is; nor does an examination try them all, however much each connection could tell.
#[tokio::test(start_paused = true)]
async fn within_the_whole_and_in_an_examination() {
    let network = Crowd::new(4_000, Fate::Silence);
    let (report, took) = timed(prober(STAGE, ms(1_000)).probe_over(&network, &target())).await;
    assert_eq!((report.stage(), report.end(), took), (Stage::Connect, End::Timeout, ms(1_000)));
    assert_eq!(network.begun.load(Ordering::SeqCst), 4, "one each quarter of a second");

    let prober = Prober::builder().goal(Goal::Negotiate).fixed_clock(NOW).build().unwrap();
    for fate in [Fate::Silence, Fate::Refusal] {
        let network = Crowd::new(4_000, fate);
        let limits = Limits::default();
        let examining = prober.examine_plan_over(&network, prober.plan(&target()), limits, |_| ());
        let (report, took) = timed(examining).await;
        assert!(took <= limits.total, "{took:?}");
        let looks = report.looks().count();
        assert!(looks <= limits.connections, "{looks}");
        assert!(network.begun.into_inner() <= TRIED * looks && network.now.into_inner() == 0);
        assert!(shown::unchecked(&report) < 64 * 1024);
    }
}

/// What is kept of an address is as much for the last as for the first.
#[test]
fn memory_grows_with_their_number_alone() {
    let cost = |count| {
        let (runtime, network, prober, target) =
            (runtime(), Crowd::new(count, Fate::Silence), prober(STAGE, STAGE), target());
        counted(|| runtime.block_on(prober.probe_over(&network, &target))).1.bytes_total
    };
    let [half, whole] = [cost(10_000), cost(20_000)];
    assert!(whole < half * 5 / 2, "{half} and {whole} bytes");
}
