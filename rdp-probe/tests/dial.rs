//! Name lookup and the race of addresses, in virtual time over a scripted network.
#![cfg(feature = "tokio")]

mod support;

use std::future::pending;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rdp_probe::diagnose::Cause;
use rdp_probe::{
    Attempt, End, Family, Lookup, Network, OsError, OsErrorKind, OsErrorSpace, Prober, Report, Stage, Target,
};
use support::{NOW, ms, outlet, prober, target, timed};
use tokio::io::DuplexStream;

const STAGE: Duration = ms(5_000);
const REFUSED: Outcome = Err(ErrorKind::ConnectionRefused);

/// What becomes of an attempt to connect.
type Outcome = Result<(), ErrorKind>;

/// Something happens after this time, or (`None`) never.
type Script<T> = Option<(Duration, T)>;

/// A network that does what it is told, and counts.
#[derive(Default)]
struct ScriptedNetwork {
    lookup: Script<Result<Vec<SocketAddr>, OsError>>,
    /// Addresses that do not stand here never answer.
    connects: Vec<(SocketAddr, Duration, Outcome)>,
    lookups: AtomicUsize,
    started: AtomicUsize,
    under_way: AtomicUsize,
}

/// An attempt that is under way for as long as it is not dropped.
struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl ScriptedNetwork {
    /// A network where the name has these addresses, at once.
    fn naming(addresses: &[SocketAddr]) -> Self {
        Self { lookup: Some((Duration::ZERO, Ok(addresses.to_vec()))), ..Self::default() }
    }

    fn with(mut self, address: SocketAddr, after: u64, outcome: Outcome) -> Self {
        self.connects.push((address, ms(after), outcome));
        self
    }
}

impl Network for ScriptedNetwork {
    type Stream = DuplexStream;

    async fn resolve(&self, _host: &str, _port: u16) -> Result<Vec<SocketAddr>, OsError> {
        self.lookups.fetch_add(1, Ordering::SeqCst);
        let Some((after, answer)) = self.lookup.clone() else { pending().await };
        tokio::time::sleep(after).await;
        answer
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<DuplexStream> {
        self.started.fetch_add(1, Ordering::SeqCst);
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let _under_way = UnderWay(&self.under_way);
        let script = self.connects.iter().find(|(scripted, ..)| *scripted == address);
        let Some((_, after, outcome)) = script.copied() else { pending().await };
        tokio::time::sleep(after).await;
        // The far end is closed, so the conversation is over as soon as it begins.
        outcome.map(|()| tokio::io::duplex(64).0).map_err(io::Error::from)
    }
}

fn v4(last: u8) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, last], 3389))
}

fn v6(last: u16) -> SocketAddr {
    SocketAddr::from(([0xFD00, 0, 0, 0, 0, 0, 0, last], 3389))
}

async fn dial(network: &ScriptedNetwork) -> (Report, Duration) {
    timed(prober(STAGE, ms(15_000)).probe_over(network, &target())).await
}

fn at(report: &Report) -> (Stage, End) {
    (report.stage(), report.end())
}

/// An attempt that was begun and ended (or was abandoned) at these milliseconds.
fn attempt(address: SocketAddr, started: u64, ended: u64, end: Option<End>) -> Attempt {
    Attempt { address, started: Some(ms(started)), elapsed: ms(ended - started), end }
}

fn untried(address: SocketAddr) -> Attempt {
    Attempt { address, started: None, elapsed: Duration::ZERO, end: None }
}

fn os(kind: OsErrorKind) -> End {
    End::Os(OsError { space: OsErrorSpace::System, code: None, kind })
}

fn refused() -> End {
    os(OsErrorKind::ConnectionRefused)
}

#[tokio::test(start_paused = true)]
async fn a_resolver_that_never_answers_ends_at_the_stage_budget() {
    let (report, took) = dial(&ScriptedNetwork::default()).await;
    let dial = &report.evidence().dial;
    assert_eq!((at(&report), took), ((Stage::Resolve, End::Timeout), STAGE));
    assert_eq!(dial.lookup, Some(Lookup { started: Duration::ZERO, elapsed: STAGE, end: End::Timeout }));
    assert!(dial.attempts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_the_resolver_says_is_kept() {
    let error = OsError { space: OsErrorSpace::Resolver, code: Some(-2), kind: OsErrorKind::NameNotFound };
    let network = ScriptedNetwork { lookup: Some((ms(30), Err(error))), ..ScriptedNetwork::default() };
    let (report, took) = dial(&network).await;
    assert_eq!((at(&report), took), ((Stage::Resolve, End::Os(error)), ms(30)));
    assert_eq!(report.end().code(), Some(-2));
}

#[tokio::test(start_paused = true)]
async fn a_name_without_addresses_is_the_resolvers_fault() {
    let (report, _) = dial(&ScriptedNetwork::naming(&[])).await;
    assert_eq!(at(&report), (Stage::Resolve, End::Os(OsError::UNKNOWN)));
    assert_eq!(report.evidence().dial.lookup.map(|lookup| lookup.end), Some(End::Complete));
}

#[tokio::test(start_paused = true)]
async fn an_address_is_not_looked_up() {
    for address in [v4(1), v6(1)] {
        let network = ScriptedNetwork::default().with(address, 20, Ok(()));
        let report = prober(STAGE, STAGE).probe_over(&network, &Target::from(address)).await;
        assert_eq!(network.lookups.load(Ordering::SeqCst), 0);
        assert_eq!(report.evidence().dial.lookup, None);
        assert_eq!(report.evidence().dial.attempts, [attempt(address, 0, 20, Some(End::Complete))]);
        assert_eq!(report.stage(), Stage::Negotiate);
    }
}

#[tokio::test(start_paused = true)]
async fn families_take_turns_at_250_ms_and_all_time_out_together() {
    let given = [v6(1), v6(2), v4(1), v6(3), v4(2)];
    let network = ScriptedNetwork::naming(&given);
    let (report, took) = dial(&network).await;
    let timeout = |address, started| attempt(address, started, 5_000, Some(End::Timeout));
    let expected =
        [timeout(v6(1), 0), timeout(v4(1), 250), timeout(v6(2), 500), timeout(v4(2), 750), timeout(v6(3), 1_000)];
    assert_eq!(report.evidence().dial.attempts, expected);
    assert_eq!((at(&report), took), ((Stage::Connect, End::Timeout), STAGE));
    assert_eq!(network.under_way.load(Ordering::SeqCst), 0);

    let (report, _) = dial(&ScriptedNetwork::naming(&[v4(1), v4(2), v6(1)])).await;
    let order: Vec<_> = report.evidence().dial.attempts.iter().map(|attempt| attempt.address).collect();
    assert_eq!(order, [v4(1), v6(1), v4(2)]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_starts_the_next_attempt_at_once() {
    let network = ScriptedNetwork::naming(&[v4(1), v4(2), v4(3), v4(4), v4(5)])
        .with(v4(2), 50, REFUSED)
        .with(v4(3), 0, Err(ErrorKind::HostUnreachable))
        .with(v4(5), 10, Ok(()));
    let (report, _) = dial(&network).await;
    let expected = [
        attempt(v4(1), 0, 560, None),
        attempt(v4(2), 250, 300, Some(refused())),
        attempt(v4(3), 300, 300, Some(os(OsErrorKind::HostUnreachable))),
        attempt(v4(4), 300, 560, None),
        attempt(v4(5), 550, 560, Some(End::Complete)),
    ];
    assert_eq!(report.evidence().dial.attempts, expected);
}

#[tokio::test(start_paused = true)]
async fn the_first_connection_wins_and_the_others_are_written_down() {
    let network = ScriptedNetwork::naming(&[v6(1), v4(1), v6(2)]).with(v6(1), 400, Ok(())).with(v4(1), 50, Ok(()));
    let (report, _) = dial(&network).await;
    let dial = &report.evidence().dial;
    let expected = [attempt(v6(1), 0, 300, None), attempt(v4(1), 250, 300, Some(End::Complete)), untried(v6(2))];
    assert_eq!(dial.attempts, expected);
    assert_eq!((dial.connected(), dial.ended()), (Some(v4(1)), ms(300)));
    assert_eq!(report.evidence().negotiate.map(|leg| leg.started), Some(ms(300)));
    assert_eq!(network.under_way.load(Ordering::SeqCst), 0, "the loser is dropped");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_was_begun_before_may_still_win() {
    let network = ScriptedNetwork::naming(&[v6(1), v4(1)]).with(v6(1), 300, Ok(())).with(v4(1), 10, REFUSED);
    let (report, _) = dial(&network).await;
    let expected = [attempt(v6(1), 0, 300, Some(End::Complete)), attempt(v4(1), 250, 260, Some(refused()))];
    assert_eq!(report.evidence().dial.attempts, expected);
}

#[tokio::test(start_paused = true)]
async fn the_telling_end_of_several_is_the_one_that_shows_a_host() {
    let reset = Err(ErrorKind::ConnectionReset);
    let unreachable = Err(ErrorKind::NetworkUnreachable);
    let rows: [(&[Option<Outcome>], End, u64); 5] = [
        (&[None, Some(REFUSED)], refused(), 5_000),
        (&[Some(unreachable), Some(REFUSED)], refused(), 0),
        (&[Some(unreachable), Some(reset)], End::Reset, 0),
        (&[None, Some(unreachable)], End::Timeout, 5_000),
        (&[Some(Err(ErrorKind::PermissionDenied)), Some(unreachable)], os(OsErrorKind::PermissionDenied), 0),
    ];
    for (outcomes, end, ended) in rows {
        let addresses: Vec<_> = (1..).map(v4).take(outcomes.len()).collect();
        let named = ScriptedNetwork::naming(&addresses);
        let scripted = addresses.iter().zip(outcomes).filter_map(|(address, outcome)| Some((*address, (*outcome)?)));
        let network = scripted.fold(named, |network, (address, outcome)| network.with(address, 0, outcome));
        let (report, took) = dial(&network).await;
        assert_eq!((at(&report), took), ((Stage::Connect, end), ms(ended)), "{outcomes:?}");
        assert!(report.evidence().dial.attempts.iter().all(|attempt| attempt.end.is_some()));
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_are_bounded_and_addresses_recorded() {
    let addresses: Vec<_> = (1..=20).map(v4).collect();
    let silent = ScriptedNetwork::naming(&addresses);
    let (report, took) = dial(&silent).await;
    let begun = (0..16).map(|place| attempt(addresses[place], 250 * place as u64, 5_000, Some(End::Timeout)));
    let expected: Vec<_> = begun.chain(addresses[16..].iter().copied().map(untried)).collect();
    assert_eq!(report.evidence().dial.attempts, expected);
    assert_eq!((at(&report), took), ((Stage::Connect, End::Timeout), STAGE));

    let refusing = addresses.iter().fold(ScriptedNetwork::naming(&addresses), |net, a| net.with(*a, 0, REFUSED));
    let (report, took) = dial(&refusing).await;
    assert_eq!((at(&report), took), ((Stage::Connect, refused()), Duration::ZERO));
    assert_eq!(refusing.started.load(Ordering::SeqCst), 16);
    assert_eq!(report.evidence().dial.attempts.len(), 20);
}

#[tokio::test(start_paused = true)]
async fn doubles_are_tried_once_and_do_not_disturb_the_turns() {
    let given = [v4(1), v4(1), v4(2), v6(1), v6(2), v6(1)];
    let (report, _) = dial(&ScriptedNetwork::naming(&given)).await;
    let order: Vec<_> = report.evidence().dial.attempts.iter().map(|attempt| attempt.address).collect();
    assert_eq!(order, [v4(1), v6(1), v4(2), v6(2)]);
}

#[tokio::test(start_paused = true)]
async fn the_total_budget_wins_where_it_is_the_shorter() {
    let (report, took) = timed(prober(STAGE, ms(1_000)).probe_over(&ScriptedNetwork::default(), &target())).await;
    assert_eq!((at(&report), took), ((Stage::Resolve, End::Timeout), ms(1_000)));

    let slow = ScriptedNetwork { lookup: Some((ms(700), Ok(vec![v4(1), v4(2), v4(3)]))), ..Default::default() };
    let (report, took) = timed(prober(STAGE, ms(1_000)).probe_over(&slow, &target())).await;
    assert_eq!((at(&report), took), ((Stage::Connect, End::Timeout), ms(1_000)));
    let timeout = |address, started| attempt(address, started, 1_000, Some(End::Timeout));
    assert_eq!(report.evidence().dial.attempts, [timeout(v4(1), 700), timeout(v4(2), 950), untried(v4(3))]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_at_the_last_moment_leaves_nothing_for_the_rest() {
    let late = ScriptedNetwork { lookup: Some((ms(1_000), Ok(vec![v4(1)]))), ..Default::default() };
    let (report, took) = timed(prober(STAGE, ms(1_000)).probe_over(&late, &target())).await;
    assert_eq!((at(&report), took), ((Stage::Connect, End::Timeout), ms(1_000)));
    assert_eq!(report.evidence().dial.attempts, [untried(v4(1))]);

    let just = ScriptedNetwork::naming(&[v4(1)]).with(v4(1), 1_000, Ok(()));
    let (report, took) = timed(prober(STAGE, ms(1_000)).probe_over(&just, &target())).await;
    assert_eq!(report.evidence().dial.attempts, [attempt(v4(1), 0, 1_000, Some(End::Complete))]);
    assert_eq!((report.stage(), took), (Stage::Negotiate, ms(1_000)));
}

#[tokio::test(start_paused = true)]
async fn a_budget_without_end_waits_for_as_long_as_it_takes() {
    let days = Duration::from_hours(72);
    let network = ScriptedNetwork { lookup: Some((days, Ok(Vec::new()))), ..Default::default() };
    let (report, took) = timed(prober(Duration::MAX, Duration::MAX).probe_over(&network, &target())).await;
    assert_eq!((report.stage(), took), (Stage::Resolve, days));
    assert_eq!(report.evidence().dial.lookup.map(|lookup| lookup.end), Some(End::Complete));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_probe_drops_every_attempt() {
    let network = ScriptedNetwork::naming(&[v4(1), v6(1), v4(2)]);
    let (prober, target) = (prober(STAGE, STAGE), target());
    let probe = prober.probe_over(&network, &target);
    assert!(tokio::time::timeout(ms(600), probe).await.is_err());
    assert_eq!((network.started.load(Ordering::SeqCst), network.under_way.load(Ordering::SeqCst)), (3, 0));
}

/// A dial of a name that leads to these addresses, with this choice among them.
async fn choose(family: Family, network: &ScriptedNetwork) -> (Report, Vec<SocketAddr>) {
    let prober = Prober::builder().family(family).fixed_clock(NOW).build().unwrap();
    let report = prober.probe_over(network, &target()).await;
    outlet::json(&report);
    outlet::transcript(&report);
    let order = report.evidence().dial.attempts.iter().map(|attempt| attempt.address).collect();
    (report, order)
}

#[tokio::test(start_paused = true)]
async fn the_preferred_family_begins_and_the_other_follows() {
    let (six, four) = ([v6(1), v6(2), v4(1), v4(2)], [v4(1), v4(2), v6(1), v6(2)]);
    let (six_first, four_first) = ([v6(1), v4(1), v6(2), v4(2)], [v4(1), v6(1), v4(2), v6(2)]);
    let rows = [
        (Family::Any, six, six_first),
        (Family::Any, four, four_first),
        (Family::PreferV4, six, four_first),
        (Family::PreferV4, four, four_first),
        (Family::PreferV6, six, six_first),
        (Family::PreferV6, four, six_first),
    ];
    for (family, given, order) in rows {
        assert_eq!(choose(family, &ScriptedNetwork::naming(&given)).await.1, order, "{family:?}");
    }
    // What is preferred and is not there is done without.
    let (report, _) = choose(Family::PreferV6, &ScriptedNetwork::naming(&[v4(1)]).with(v4(1), 0, Ok(()))).await;
    assert_eq!(report.stage(), Stage::Negotiate);
}

#[tokio::test(start_paused = true)]
async fn of_a_family_that_is_left_out_nothing_is_tried() {
    let given = [v6(1), v4(1), v6(2), v6(1), v4(2)];
    let network = ScriptedNetwork::naming(&given).with(v4(1), 10, REFUSED).with(v4(2), 20, Ok(()));
    let (report, _) = choose(Family::OnlyV4, &network).await;
    let tried = [attempt(v4(1), 0, 10, Some(refused())), attempt(v4(2), 10, 30, Some(End::Complete))];
    let dial = &report.evidence().dial;
    assert_eq!((dial.attempts.as_slice(), dial.unwanted.as_slice()), (&tried[..], &[v6(1), v6(2)][..]));
    assert_eq!((report.stage(), network.started.load(Ordering::SeqCst)), (Stage::Negotiate, 2));

    // None is left: no fault of the addresses, and none of the name.
    let network = ScriptedNetwork::naming(&[v4(1), v4(2)]);
    let (report, _) = choose(Family::OnlyV6, &network).await;
    assert_eq!(at(&report), (Stage::Connect, os(OsErrorKind::AddressNotAvailable)));
    let dial = &report.evidence().dial;
    assert_eq!((dial.attempts.as_slice(), dial.unwanted.as_slice()), (&[][..], &[v4(1), v4(2)][..]));
    assert_eq!((network.started.load(Ordering::SeqCst), report.evidence().total()), (0, Duration::ZERO));
    assert_eq!(report.causes()[0].cause, Cause::NoAddressOfFamily);

    // Whoever names an address means it.
    let network = ScriptedNetwork::default().with(v6(1), 0, Ok(()));
    let prober = Prober::builder().family(Family::OnlyV4).build().unwrap();
    assert_eq!(prober.probe_over(&network, &Target::from(v6(1))).await.stage(), Stage::Negotiate);
}
