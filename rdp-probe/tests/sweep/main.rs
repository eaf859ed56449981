//! Many probes, a bounded number at a time: in virtual time over a scripted network, and over real sockets.
#![cfg(feature = "tokio")]

mod network;
mod sockets;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use network::{Counted, PANICS, lasting};
use proptest::prelude::*;
use rdp_probe::{Network, Plan, Probed, Prober, Progress, Stage, Sweep, Target};
use rdp_probe_lab::Lab;
use support::{ms, prober, target, timed};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

fn usual() -> Prober {
    prober(ms(60_000), ms(60_000))
}

fn progress(sweep: &Sweep<impl Iterator<Item = Plan>, impl Network + Send + 'static>) -> (usize, usize) {
    let Progress { done, under_way, .. } = sweep.progress();
    (done, under_way)
}

/// All results, with the time at which each was handed out.
async fn collect<N: Network + Send + 'static>(
    mut sweep: Sweep<impl Iterator<Item = Plan>, N>,
) -> Vec<(usize, Duration)> {
    let mut results = Vec::new();
    let all = async {
        loop {
            let (next, took) = timed(sweep.next()).await;
            let Some(Probed { index, report, .. }) = next else { return };
            assert_eq!(report.stage(), Stage::Connect, "the scripted network refuses");
            results.push((index, took));
        }
    };
    all.await;
    let mut now = Duration::ZERO;
    for (_, took) in &mut results {
        now += *took;
        *took = now;
    }
    results
}

/// When each of these ends, if so many at once are begun in order, the next whenever one ends.
fn expected(lasts: &[u16], at_once: usize) -> Vec<(usize, Duration)> {
    let mut places = vec![0_u64; at_once.max(1)];
    let mut ends: Vec<_> = lasts
        .iter()
        .enumerate()
        .map(|(index, last)| {
            let place = places.iter_mut().min().unwrap();
            *place += u64::from(*last);
            (ms(*place), index)
        })
        .collect();
    ends.sort_unstable();
    ends.into_iter().map(|(at, index)| (index, at)).collect()
}

fn sorted(mut results: Vec<(usize, Duration)>) -> Vec<(usize, Duration)> {
    results.sort_unstable_by_key(|(index, at)| (*at, *index));
    results
}

#[tokio::test(start_paused = true)]
async fn results_come_as_probes_end_and_each_once() {
    let lasts = [300, 100, 200, 50, 400, 10, 10, 70];
    for at_once in [1, 2, 3, 8, 100] {
        let network = Counted::default();
        let sweep = usual().probe_all_over(network.clone(), lasts.map(lasting)).at_once(at_once);
        let results = collect(sweep).await;
        assert!(results.is_sorted_by_key(|(_, at)| *at));
        assert_eq!(sorted(results), expected(&lasts, at_once), "{at_once} at once");
        assert_eq!(network.peak(), at_once.min(lasts.len()), "exactly as many as allowed");
        assert_eq!((network.begun(), network.under_way()), (lasts.len(), 0));
    }
}

#[tokio::test(start_paused = true)]
async fn none_at_once_is_one_and_the_default_is_64() {
    let network = Counted::default();
    let results = collect(usual().probe_all_over(network.clone(), [30, 20, 10].map(lasting)).at_once(0)).await;
    assert_eq!(results, [(0, ms(30)), (1, ms(50)), (2, ms(60))]);
    assert_eq!(network.peak(), 1);

    let network = Counted::default();
    collect(usual().probe_all_over(network.clone(), (0..200).map(|_| lasting(10)))).await;
    assert_eq!((network.peak(), network.begun()), (64, 200));
}

#[tokio::test(start_paused = true)]
async fn without_targets_there_are_no_results() {
    let mut sweep = usual().probe_all_over(Counted::default(), []);
    assert_eq!(progress(&sweep), (0, 0));
    assert!(sweep.next().await.is_none() && sweep.next().await.is_none());
    assert!(usual().probe_plans(Vec::new()).next().await.is_none());
    assert!(usual().probe_all(Vec::new()).next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn progress_counts_what_was_handed_out_and_what_was_begun() {
    let mut sweep = usual().probe_all_over(Counted::default(), [10, 20, 30, 40, 50].map(lasting)).at_once(3);
    assert_eq!(progress(&sweep), (0, 0), "nothing is begun before it is asked for");
    let mut seen = Vec::new();
    while sweep.next().await.is_some() {
        seen.push(progress(&sweep));
    }
    assert_eq!(seen, [(1, 3), (2, 3), (3, 2), (4, 1), (5, 0)]);
    assert_eq!(progress(&sweep), (5, 0));
}

/// What is there already can be taken without waiting, and nothing new is begun by that.
#[tokio::test(start_paused = true)]
async fn the_rest_is_taken_without_waiting() {
    let network = Counted::default();
    let mut sweep = usual().probe_all_over(network.clone(), [10, 20, 20, 90, 10].map(lasting)).at_once(4);
    assert!(sweep.try_next().is_none(), "nothing is begun before it is asked for");
    assert_eq!(sweep.next().await.unwrap().index, 0);
    sleep(ms(15)).await;
    let rest: Vec<_> = std::iter::from_fn(|| sweep.try_next()).map(|probed| probed.index).collect();
    assert_eq!(rest.into_iter().collect::<std::collections::BTreeSet<_>>(), [1, 2, 4].into());
    assert_eq!((progress(&sweep), network.begun()), ((4, 1), 5));
}

/// Targets are taken when there is room for them, and no earlier: there may be endlessly many.
#[tokio::test(start_paused = true)]
async fn targets_are_taken_lazily() {
    let (sender, taken) = std::sync::mpsc::channel();
    let endless = (0..).map(move |index: usize| {
        sender.send(index).unwrap();
        lasting(10)
    });
    let taken = || taken.try_iter().count();
    let network = Counted::default();
    let mut sweep = usual().probe_all_over(network.clone(), endless).at_once(7);
    assert_eq!(taken(), 0);
    sweep.next().await.unwrap();
    assert_eq!(taken(), 8, "seven, and one in the place of the one that is done");
    for _ in 0..100 {
        sweep.next().await.unwrap();
    }
    assert_eq!((taken(), network.peak()), (100, 7));
    // Those under way go on while nobody asks, and no new ones are begun.
    sleep(ms(1_000)).await;
    assert_eq!((network.begun(), network.under_way(), progress(&sweep)), (108, 0, (101, 7)));
}

/// An iterator that has ended is not asked again, even if it would begin anew.
#[tokio::test(start_paused = true)]
async fn an_iterator_that_has_ended_has_ended() {
    let mut count = 0;
    let restless = std::iter::from_fn(move || {
        count += 1;
        (count % 4 != 0 && count < 100).then(|| lasting(10))
    });
    let results = collect(usual().probe_all_over(Counted::default(), restless).at_once(1)).await;
    assert_eq!(results.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn dropping_a_sweep_ends_every_probe() {
    let network = Counted::default();
    let mut sweep = usual().probe_all_over(network.clone(), (0..50).map(|index| lasting(10 + index))).at_once(20);
    for _ in 0..5 {
        sweep.next().await.unwrap();
    }
    assert_eq!((network.begun(), network.under_way()), (24, 19), "the last was not polled yet");
    drop(sweep);
    yield_now().await;
    assert_eq!(network.under_way(), 0);
    sleep(ms(1_000)).await;
    assert_eq!(network.begun(), 24, "and none is begun");
}

/// Whoever stops waiting for a result loses none.
#[tokio::test(start_paused = true)]
async fn waiting_can_be_given_up_and_taken_up() {
    let mut sweep =
        usual().probe_all_over(Counted::default(), (0..100).map(|index| lasting(index * 7 % 50))).at_once(9);
    let (mut seen, mut given_up) = (BTreeMap::new(), 0);
    loop {
        match timeout(ms(1), sweep.next()).await {
            Err(_) => given_up += 1,
            Ok(None) => break,
            Ok(Some(probed)) => *seen.entry(probed.index).or_insert(0) += 1,
        }
        // A future that is polled once, or never.
        tokio::select! {
            biased;
            probed = sweep.next() => match probed {
                None => break,
                Some(probed) => *seen.entry(probed.index).or_insert(0) += 1,
            },
            () = std::future::ready(()) => {}
        }
        drop(sweep.next());
    }
    assert_eq!(seen, (0..100).map(|index| (index, 1)).collect());
    assert!(given_up > 50, "{given_up}");
}

/// What becomes of a future, panics included.
async fn caught<T>(what: impl Future<Output = T>) -> std::thread::Result<T> {
    let mut what = pin!(what);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| what.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_network_goes_to_whoever_waits_and_the_rest_goes_on() {
    let targets = [lasting(10), lasting(PANICS), lasting(30)];
    let mut sweep = usual().probe_all_over(Counted::default(), targets).at_once(3);
    let (mut indices, mut panics) = (Vec::new(), Vec::new());
    loop {
        match caught(sweep.next()).await {
            Ok(Some(probed)) => indices.push(probed.index),
            Ok(None) => break,
            Err(panic) => panics.push((sweep.panicked(), *panic.downcast_ref::<&str>().unwrap())),
        }
    }
    assert_eq!((indices, panics), (vec![0, 2], vec![(Some(1), "the network's own fault")]));
}

/// A task of its own for every target: it had better be small.
#[test]
fn a_probe_is_a_few_kibibytes() {
    let (prober, target) = (usual(), target());
    let (probe, open) = (size_of_val(&prober.probe(&target)), size_of_val(&prober.open(&target)));
    assert!(probe < 8 * 1024 && open < 8 * 1024, "{probe} and {open} bytes");
}

#[tokio::test]
async fn every_plan_is_its_own() {
    let prober = usual();
    let lab = Lab::start("not-listening").await.unwrap();
    let plans = ["gw1.example", "gw2.example"].map(|gateway| {
        let mut plan = prober.plan(&lab.target());
        plan.gateway = Some(gateway.parse().unwrap());
        plan
    });
    let mut sweep = prober.probe_plans(plans.clone()).at_once(2);
    let mut seen = Vec::new();
    while let Some(probed) = sweep.next().await {
        seen.push((probed.index, probed.report.evidence().plan.clone()));
    }
    seen.sort_unstable_by_key(|(index, _)| *index);
    assert_eq!(seen, plans.into_iter().enumerate().collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_crowd_at_any_width(lasts in prop::collection::vec(1_u16..100, 0..60), at_once in 0_usize..20) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let network = Counted::default();
            let targets: Vec<Target> = lasts.iter().copied().map(lasting).collect();
            let results = collect(usual().probe_all_over(network.clone(), targets).at_once(at_once)).await;
            assert_eq!(sorted(results), expected(&lasts, at_once));
            assert_eq!(network.peak(), at_once.max(1).min(lasts.len()));
        });
    }
}
