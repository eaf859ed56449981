//! Futures that are dropped at every point at which they can wait: nothing stays behind, and the peers see it.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use rdp_probe::{
    Budget, Goal, Known, KnownCertificates, Limits, Prober, ProberBuilder, Protocols, Remembering, Target, Trust,
};
use tokio::time::sleep;

use super::memory::{counted, runtime};
use super::slow::{Peer, Slow};
use super::support::{NOW, ms, target};

/// Polls a future so many times, each as soon as it can go on, and drops it. Whether it was over by then.
async fn cut_off<F: Future>(what: F, polls: usize) -> bool {
    let mut what = Box::pin(what);
    let mut left = polls;
    let over = std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match what.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            // One that was polled for the last time is not waited for.
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    });
    over.await
}

/// Drops it behind each poll in turn, until it is over by itself: each time no wait, no stream and no peer is left.
fn at_every_point<F: Future>(name: &str, most: usize, network: &Slow, begin: impl Fn() -> F) -> usize {
    for polls in 0..most {
        let runtime = runtime();
        let (over, left) = runtime.block_on(async {
            let over = cut_off(begin(), polls).await;
            // The peers have to see it: nobody tells them, and their time is without end.
            sleep(ms(60_000)).await;
            (over, network.counts.all())
        });
        assert_eq!(left, [0; 3], "{name} after {polls} polls: waits, streams, peers");
        if over {
            assert!(polls > 3, "{name} waits for more");
            return polls;
        }
    }
    panic!("{name} is not over after {most} polls");
}

fn builder() -> ProberBuilder {
    let budget = Budget { stage: ms(5_000), total: ms(30_000) };
    Prober::builder().budget(budget).fixed_clock(NOW)
}

fn through_proxy(goal: Goal) -> ProberBuilder {
    builder().goal(goal).proxy("socks5://proxy.example".parse().unwrap())
}

#[test]
fn a_probe() {
    let network = Slow::new(Peer::All);
    for goal in [Goal::Negotiate, Goal::Hello, Goal::Tls, Goal::Challenge] {
        let (prober, target) = (through_proxy(goal).build().unwrap(), target());
        let polls = at_every_point("a probe", 500, &network, || async {
            let report = prober.probe_over(&network, &target).await;
            assert!(report.is_ok(), "{report}");
        });
        assert!(polls > 6, "{polls}");
    }
}

#[cfg(feature = "nla")]
#[test]
fn a_logon() {
    let network = Slow::new(Peer::All);
    let credentials = rdp_probe::Credentials::with_password("alice", None, "Secret-1".to_owned()).unwrap();
    let (prober, target) = (through_proxy(Goal::Delegate).build().unwrap(), target());
    at_every_point("a logon", 500, &network, || async {
        let mut plan = prober.plan(&target);
        plan.dangers.any_certificate = true;
        let report = prober.probe_plan_over_as(&network, plan, &credentials).await;
        assert!(report.is_ok(), "{report}");
    });
}

#[test]
fn an_opening_with_several_offers() {
    let network = Slow::new(Peer::Refuses);
    let prober = builder().other_offer(Protocols::SSL).other_offer(Protocols::RDP).build().unwrap();
    let target = target();
    at_every_point("an opening", 500, &network, || async {
        let failure = prober.open_over(&network, &target).await.map(|_| ()).unwrap_err();
        assert_eq!(failure.report().earlier().len(), 2);
    });
}

/// What was opened is dropped with its stream.
#[test]
fn an_opening_that_succeeds() {
    let network = Slow::new(Peer::All);
    let (prober, target) = (through_proxy(Goal::Tls).build().unwrap(), target());
    at_every_point("an opening", 500, &network, || async { drop(prober.open_over(&network, &target).await.unwrap()) });
}

#[test]
fn an_examination() {
    let network = Slow::new(Peer::Refuses);
    let (prober, target) = (builder().build().unwrap(), target());
    at_every_point("an examination", 2_000, &network, || async {
        let plan = prober.plan(&target);
        let report = prober.examine_plan_over(&network, plan, Limits::default(), |_| ()).await;
        assert!(report.further().len() > 2, "{report}");
    });
}

#[test]
fn a_sweep() {
    let network = Slow::new(Peer::All);
    let prober = through_proxy(Goal::Challenge).build().unwrap();
    at_every_point("a sweep", 500, &network, || async {
        let targets: Vec<Target> = (0..7).map(|number| format!("ts{number}.example").parse().unwrap()).collect();
        let mut sweep = prober.probe_all_over(network.clone(), targets).at_once(3);
        let mut done = 0;
        while let Some(probed) = sweep.next().await {
            assert!(probed.report.is_ok());
            done += 1;
        }
        assert_eq!(done, 7);
    });
}

/// A store that takes its time, for each question and each word.
#[derive(Default)]
struct SlowStore(Mutex<HashMap<Target, Vec<u8>>>);

impl KnownCertificates for SlowStore {
    fn get<'a>(&'a self, _target: &'a Target) -> Remembering<'a, Known> {
        Box::pin(async {
            sleep(ms(20)).await;
            Known::Nothing
        })
    }

    fn put<'a>(&'a self, target: &'a Target, certificate: &'a [u8]) -> Remembering<'a, Known> {
        Box::pin(async move {
            sleep(ms(20)).await;
            self.0.lock().unwrap().insert(target.clone(), certificate.to_vec());
            Known::Certificate(certificate.to_vec().into())
        })
    }
}

#[test]
fn a_probe_that_asks_a_store() {
    let network = Slow::new(Peer::All);
    let prober =
        through_proxy(Goal::Tls).trust(Trust::FirstUse).known_certificates(SlowStore::default()).build().unwrap();
    let target = target();
    at_every_point("a probe with a store", 500, &network, || async {
        assert!(prober.probe_over(&network, &target).await.is_ok());
    });
}

/// Not a byte stays allocated of a probe that is cut off, wherever it is.
#[test]
fn no_memory_is_left() {
    let network = Slow::new(Peer::All);
    let (prober, target) = (through_proxy(Goal::Challenge).build().unwrap(), target());
    let round = |polls| {
        counted(|| {
            let runtime = runtime();
            runtime.block_on(async {
                cut_off(prober.probe_over(&network, &target), polls).await;
                sleep(ms(60_000)).await;
            });
        })
        .1
        .bytes_current
    };
    // What lives as long as the process is made in the first round.
    round(500);
    let left: Vec<_> = (0..40).map(round).filter(|left| *left != 0).collect();
    assert_eq!(left, [0; 0], "bytes left");
}

/// A future that is never polled, and one that is polled without anybody to wake.
#[test]
fn a_probe_that_nobody_wakes() {
    let network = Slow::new(Peer::All);
    let (runtime, prober, target) = (runtime(), through_proxy(Goal::Tls).build().unwrap(), target());
    runtime.block_on(async {
        drop(prober.probe_over(&network, &target));
        let mut probe = Box::pin(prober.probe_over(&network, &target));
        for _ in 0..100 {
            assert!(probe.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        drop(probe);
        assert_eq!(network.counts.all(), [0; 3]);
    });
}
