//! Thousands of targets in one process, over real sockets: all are reported, each once, each right, and nothing stays behind.
//!
//! `RDP_PROBE_CROWD=10000 cargo test --release -p rdp-probe --test crowd -- --nocapture` prints what a great crowd takes.
#![cfg(feature = "tokio")]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use rdp_probe::{Budget, Plan, Probed, Prober, Sweep, System};
use rdp_probe_lab::{Lab, LabCertificate, LabKey, Scenario};
use support::{ms, timed};
use time::OffsetDateTime;
use tokio::time::{sleep, timeout};

/// As many as this are probed at the same time, where the process may have the descriptors.
const AT_ONCE: usize = 1_000;

/// How servers of the mixed crowd behave. Those that are silent are left out: what they take is time.
const MIX: [&str; 10] = [
    "healthy",
    "not-listening",
    "closes-on-request",
    "resets-on-request",
    "http",
    "ssh",
    "standard-security",
    "tls-fin",
    "tls-alert-handshake-failure",
    "certificate-expired",
];

/// A number behind a name in a file of this process's own, where the system has such files.
fn told(file: &str, name: &str) -> Option<usize> {
    let text = std::fs::read_to_string(format!("/proc/self/{file}")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

fn descriptors() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count())
}

/// What the process holds, in words.
fn held() -> String {
    let kib = |name| told("status", name).unwrap_or_default();
    let open = descriptors().unwrap_or_default();
    format!("{} KiB resident, {} at most, {open} descriptors", kib("VmRSS:"), kib("VmHWM:"))
}

/// Both ends of every connection are in this process.
fn at_once() -> usize {
    let limit = told("limits", "Max open files").unwrap_or(256);
    AT_ONCE.min(limit.saturating_sub(descriptors().unwrap_or(64) + 64) / 2)
}

fn crowd() -> usize {
    std::env::var("RDP_PROBE_CROWD").map_or(2_000, |count| count.parse().expect("RDP_PROBE_CROWD is a number"))
}

/// The usual, with time enough that only a lost result can run into it.
fn prober() -> Prober {
    let budget = Budget { stage: Duration::from_mins(1), total: Duration::from_mins(2) };
    Prober::builder().budget(budget).build().unwrap()
}

/// Runs to the end: every index once, and each result is looked at.
async fn run(name: &str, count: usize, mut sweep: Sweep<impl Iterator<Item = Plan>, System>, look: impl Fn(&Probed)) {
    let (mut seen, mut peak) = (BTreeMap::new(), 0);
    let all = async {
        while let Some(probed) = sweep.next().await {
            look(&probed);
            *seen.entry(probed.index).or_insert(0) += 1;
            if seen.len() % 100 == 0 {
                peak = peak.max(descriptors().unwrap_or_default());
            }
        }
    };
    let ((), took) = timed(all).await;
    println!("{name}: {count} in {:.1} s; {}, {peak} at most", took.as_secs_f64(), held());
    assert_eq!(seen, (0..count).map(|index| (index, 1)).collect());
    assert_eq!((sweep.progress().done, sweep.progress().under_way), (count, 0));
}

/// Waits until the process holds this many descriptors, for as long as that may take on a busy machine.
async fn settled(done: impl Fn(usize) -> bool) -> usize {
    for _ in 0..3_000 {
        if descriptors().is_none_or(&done) {
            break;
        }
        sleep(ms(10)).await;
    }
    descriptors().unwrap_or_default()
}

/// Nothing stays behind: the process holds as many descriptors as before.
async fn assert_settled(base: usize, behind: &str) {
    assert_eq!(settled(|open| open <= base).await, base, "descriptors behind {behind}");
}

async fn healthy_ones(prober: &Prober, count: usize, width: usize) {
    let certificate = LabCertificate::healthy(OffsetDateTime::now_utc()).with_key(LabKey::EcdsaP256);
    let base = descriptors().unwrap_or_default();
    let lab = Lab::with_certificate(certificate).await.unwrap();
    let targets = std::iter::repeat_n(lab.target(), count);
    run("healthy", count, prober.probe_all(targets).at_once(width), |probed| {
        assert!(probed.report.is_ok(), "{}: {}", probed.index, probed.report);
    })
    .await;
    drop(lab);
    assert_settled(base, "the healthy ones").await;
}

async fn mixed_ones(prober: &Prober, count: usize, width: usize) {
    let base = descriptors().unwrap_or_default();
    let mut labs = Vec::new();
    for name in MIX {
        labs.push((Scenario::named(name).unwrap(), Lab::start(name).await.unwrap()));
    }
    let plans = (0..count).map(|index| {
        let (scenario, lab) = &labs[index % labs.len()];
        let mut plan = prober.plan(&lab.target());
        plan.offer = scenario.offer();
        plan
    });
    run("mixed", count, prober.probe_plans(plans).at_once(width), |Probed { index, report, .. }| {
        let (scenario, lab) = &labs[index % labs.len()];
        assert_eq!(report.evidence().plan.target, lab.target());
        assert_eq!(report.causes()[0].cause, scenario.expected(), "{index}: {}: {report}", scenario.name());
    })
    .await;
    drop(labs);
    assert_settled(base, "the mixed ones").await;
}

async fn dropped_ones(prober: &Prober, count: usize, width: usize) {
    let lab = Lab::start("silent-after-request").await.unwrap();
    let base = descriptors().unwrap_or_default();
    let width = width.min(count);
    let mut sweep = prober.probe_all(std::iter::repeat_n(lab.target(), count)).at_once(width);
    assert!(timeout(ms(1), sweep.next()).await.is_err());
    assert_eq!((sweep.progress().done, sweep.progress().under_way), (0, width));
    let open = settled(|open| open >= base + 2 * width).await;
    assert!(open >= base + 2 * width || open == 0, "{open} descriptors with {width} under way");
    drop(sweep);
    assert_settled(base, "the drop").await;
    println!("dropped: {open} descriptors before; then {}", held());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_is_probed_and_nothing_stays_behind() {
    let (count, width, prober) = (crowd(), at_once(), prober());
    println!("{count} targets, {width} at once; {}", held());
    healthy_ones(&prober, count, width).await;
    mixed_ones(&prober, count, width).await;
    dropped_ones(&prober, count, width).await;
}
