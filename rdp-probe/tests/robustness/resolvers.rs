//! Resolvers that hang, in numbers: whoever waits for one is let go in time, and nobody else waits longer for it.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rdp_probe::{Budget, End, Network, OsError, Prober, Resolver, Resolving, Stage, System, Target};
use tokio::io::DuplexStream;

use super::support::{NOW, ms, prober, target, timed};

const STAGE: Duration = ms(5_000);

/// Names that begin like this are never found; others are at once, and nobody listens there.
const HANGS: &str = "hangs";

/// Lookups: those that were begun, and those under way.
#[derive(Debug, Clone, Default)]
struct Lookups(Arc<(AtomicUsize, AtomicUsize)>);

impl Lookups {
    fn begun(&self) -> usize {
        self.0.0.load(Ordering::SeqCst)
    }

    fn under_way(&self) -> usize {
        self.0.1.load(Ordering::SeqCst)
    }

    async fn look_up(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, OsError> {
        self.0.0.fetch_add(1, Ordering::SeqCst);
        self.0.1.fetch_add(1, Ordering::SeqCst);
        let _under_way = UnderWay(self);
        if host.starts_with(HANGS) { pending().await } else { Ok(vec![SocketAddr::from(([10, 0, 0, 7], port))]) }
    }
}

/// A lookup for as long as it is not dropped.
struct UnderWay<'a>(&'a Lookups);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.0.1.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Network for Lookups {
    type Stream = DuplexStream;

    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, OsError> {
        self.look_up(host, port).await
    }

    async fn connect(&self, _address: SocketAddr) -> std::io::Result<DuplexStream> {
        Err(std::io::ErrorKind::ConnectionRefused.into())
    }
}

impl Resolver for Lookups {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Resolving<'a> {
        Box::pin(self.look_up(host, port))
    }
}

fn named(beginning: &str, number: usize) -> Target {
    format!("{beginning}-{number}.example").parse().unwrap()
}

/// All of them are let go when the stage is over, whichever network they are asked over, and nothing goes on behind that.
#[tokio::test(start_paused = true)]
async fn many_that_hang_are_all_let_go_at_the_same_time() {
    let lookups = Lookups::default();
    let own = System::new().with_resolver(lookups.clone());
    let over_system = Prober::builder().network(own).budget(Budget { stage: STAGE, total: STAGE }).build().unwrap();
    let targets = || (0..500).map(|number| named(HANGS, number));
    let (done, took) = timed(async {
        let mut sweeps = (
            prober(STAGE, STAGE).probe_all_over(lookups.clone(), targets()).at_once(500),
            over_system.probe_all(targets()).at_once(500),
        );
        let mut done = 0;
        while let (Some(one), Some(other)) = tokio::join!(sweeps.0.next(), sweeps.1.next()) {
            for probed in [one, other] {
                assert_eq!((probed.report.stage(), probed.report.end()), (Stage::Resolve, End::Timeout));
                done += 1;
            }
        }
        done
    })
    .await;
    assert_eq!((done, took, lookups.begun(), lookups.under_way()), (1_000, STAGE, 1_000, 0));
}

/// Those that hang take their places and no others: as many as are free go on.
#[tokio::test(start_paused = true)]
async fn others_go_on_beside_those_that_hang() {
    let lookups = Lookups::default();
    let targets = (0..1_000).map(|number| named(if number % 10 == 0 { HANGS } else { "found" }, number));
    let mut sweep = prober(STAGE, STAGE).probe_all_over(lookups.clone(), targets).at_once(101);
    let (quick, took) = timed(async {
        let mut quick = 0;
        while quick < 900 {
            let probed = sweep.next().await.unwrap();
            assert_eq!(probed.report.stage(), Stage::Connect, "none of those that hang is over yet");
            quick += 1;
        }
        quick
    })
    .await;
    assert_eq!(
        (quick, took, lookups.under_way()),
        (900, Duration::ZERO, 100),
        "the place beside the hundred is enough"
    );
    drop(sweep);
    tokio::time::sleep(ms(1)).await;
    assert_eq!(lookups.under_way(), 0, "and dropped with the sweep");
}

#[tokio::test(start_paused = true)]
async fn dropping_a_probe_drops_its_lookup() {
    let (lookups, prober, target) = (Lookups::default(), prober(STAGE, STAGE), named(HANGS, 0));
    let probes: Vec<_> = (0..100).map(|_| Box::pin(prober.probe_over(&lookups, &target))).collect();
    let mut probes: Vec<_> = probes.into_iter().map(|probe| Box::pin(tokio::time::timeout(ms(100), probe))).collect();
    for probe in &mut probes {
        assert!(
            std::future::poll_fn(|context| std::task::Poll::Ready(probe.as_mut().poll(context))).await.is_pending()
        );
    }
    assert_eq!((lookups.begun(), lookups.under_way()), (100, 100));
    drop(probes);
    assert_eq!(lookups.under_way(), 0);
}

/// The one of a proxy is no other.
#[tokio::test(start_paused = true)]
async fn of_a_proxy() {
    let lookups = Lookups::default();
    let proxy = "socks5://hangs.example".parse().unwrap();
    let prober =
        Prober::builder().proxy(proxy).budget(Budget { stage: STAGE, total: STAGE }).fixed_clock(NOW).build().unwrap();
    let (report, took) = timed(prober.probe_over(&lookups, &target())).await;
    assert_eq!((report.stage(), report.end(), took), (Stage::Proxy, End::Timeout, STAGE));
    assert_eq!(lookups.under_way(), 0);
}

#[cfg(target_os = "linux")]
mod of_the_system {
    //! The operating system's own resolver, which cannot be told to let go: in a child process whose name server never answers,
    //! where this machine lets a process have names and network of its own.

    use std::process::Command;

    use super::*;

    const CHILD: &str = "RDP_PROBE_SILENT_NAME_SERVER";

    /// Lookups that are under way at the same time.
    const AT_ONCE: usize = 64;

    fn threads() -> usize {
        std::fs::read_dir("/proc/self/task").unwrap().count()
    }

    /// What the child does: a name server that takes every question and answers none, and probes of names.
    async fn probe_beside_a_silent_name_server() {
        let server = tokio::net::UdpSocket::bind("127.0.0.1:53").await.unwrap();
        let budget = Budget { stage: ms(300), total: ms(600) };
        let prober = Prober::builder().budget(budget).build().unwrap();
        let before = threads();
        // A sweep gives each probe its place before its time begins, so that those behind the places wait and are not over.
        let mut sweep = prober.probe_all((0..200).map(|number| named(HANGS, number))).at_once(200);
        for _ in 0..AT_ONCE {
            let probed = sweep.next().await.unwrap();
            assert_eq!((probed.report.stage(), probed.report.end()), (Stage::Resolve, End::Timeout));
        }
        assert!(server.readable().await.is_ok(), "it was asked");
        assert!(threads() - before <= AT_ONCE, "{} threads", threads() - before);
        // A probe by itself is over in its time, with a place or without; and addresses need none.
        let report = prober.probe(&named(HANGS, 0)).await;
        assert_eq!((report.stage(), report.end()), (Stage::Resolve, End::Timeout));
        let report = prober.probe(&"127.0.0.1:1".parse().unwrap()).await;
        assert_eq!(report.stage(), Stage::Connect, "{report}");
        // Nobody waits for the threads that hang.
        assert!(sweep.progress().under_way > 0);
        drop(sweep);
        assert!(threads() - before <= AT_ONCE, "{} threads", threads() - before);
    }

    #[tokio::test]
    async fn a_name_server_that_never_answers_holds_so_many_threads_and_no_probe() {
        if std::env::var_os(CHILD).is_some() {
            return probe_beside_a_silent_name_server().await;
        }
        let folder = std::env::temp_dir().join(format!("rdp-probe-resolver-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("resolv.conf");
        std::fs::write(&file, "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n").unwrap();
        let script = r#"ip link set lo up && mount --bind "$1" /etc/resolv.conf || exit 77
            shift; exec "$@""#;
        let own = Command::new("unshare")
            .args(["--map-root-user", "--mount", "--net", "sh", "-c", script, "sh"])
            .arg(&file)
            .arg(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "resolvers::of_the_system::a_name_server_that_never_answers_holds_so_many_threads_and_no_probe",
            ])
            .env(CHILD, "1")
            .output();
        let _ = std::fs::remove_dir_all(&folder);
        match own {
            Ok(output) if output.status.success() => {
                assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "the child has run it");
            }
            Ok(output) if output.status.code() == Some(77) || output.stderr.starts_with(b"unshare:") => {
                println!("no namespaces here: {}", String::from_utf8_lossy(&output.stderr));
            }
            Err(error) => println!("no unshare here: {error}"),
            Ok(output) => {
                panic!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
            }
        }
    }
}
