//! Servers that look alike in one connection and differ in several, over real sockets: what an examination makes of each,
//! and by which experiment.

use std::net::SocketAddr;
use std::time::Duration;

use rdp_probe::diagnose::{Cause, Confidence, Diagnosis, Experiment};
use rdp_probe::{Budget, Examining, Limits, Prober, Report, Resolver, Resolving, System};
use rdp_probe_lab::{Lab, Scenario};

/// Every name has these addresses.
struct Names(Vec<SocketAddr>);

impl Resolver for Names {
    fn resolve<'a>(&'a self, _host: &'a str, _port: u16) -> Resolving<'a> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}

/// Silent servers keep nobody waiting longer than this at each stage.
const BUDGET: Budget = Budget { stage: Duration::from_millis(700), total: Duration::from_secs(3) };

const LIMITS: Limits = Limits { connections: 8, spacing: Duration::from_millis(20), total: Duration::from_secs(30) };

/// Examines a scenario by the name of its server; gives also what was told on the way.
async fn examine(scenario: &str) -> (Report, Vec<Experiment>) {
    let found = Scenario::named(scenario).unwrap_or_else(|| panic!("there is no scenario {scenario}"));
    let lab = Lab::start(scenario).await.unwrap();
    let prober = Prober::builder().offer(found.offer()).budget(BUDGET).build().unwrap();
    let network = System::new().with_resolver(Names(lab.addresses()));
    let mut told = Vec::new();
    let tell = |at: Examining<'_>| {
        if let Examining::Showed(step, _) = at {
            told.push(step.experiment);
        }
    };
    let report = prober.examine_plan_over(&network, prober.plan(&lab.target()), LIMITS, tell).await;
    (report, told)
}

async fn top(scenario: &str) -> (Diagnosis, Report) {
    let (report, told) = examine(scenario).await;
    let made: Vec<_> = report.looks().map(|(experiment, _)| experiment).collect();
    assert_eq!(told, made, "{scenario}: what is told while it runs is what stands in the report");
    assert!(made.len() <= LIMITS.connections, "{scenario}");
    let top = report.causes().into_iter().next().unwrap();
    (top, report)
}

/// A scenario, the cause that an examination is to come to first, how sure, and the experiment that has to have told it.
macro_rules! settled {
    ($($name:ident: $scenario:literal => $cause:ident, $confidence:ident, $experiment:ident;)+) => {
        $(#[tokio::test]
        async fn $name() {
            let (top, report) = top($scenario).await;
            assert_eq!((top.cause, top.confidence), (Cause::$cause, Confidence::$confidence), "{report}");
            assert!(top.settled_by.contains(&Experiment::$experiment), "{top:?}\n{report}");
        })+
    };
}

settled! {
    a_key_that_cannot_be_used: "tls-fin" => KeyUnreadable, Likely, WideHello;
    a_key_that_cannot_be_used_and_a_reset: "tls-reset" => KeyUnreadable, Likely, WideHello;
    a_list_of_suites_cut_down: "cbc-only" => NoCommonTls, Certain, WideHello;
    a_list_of_suites_cut_down_without_an_alert: "cbc-only-resets" => NoCommonTls, Certain, WideHello;
    a_ceiling_of_versions: "tls10-only" => NoCommonTls, Certain, WideHello;
    a_ceiling_of_versions_without_an_alert: "tls10-only-resets" => NoCommonTls, Certain, WideHello;
    a_box_that_does_not_bear_tls13: "tls13-resets" => Tls13NotTolerated, Likely, Tls12Hello;
    a_box_that_looks_at_names: "sni-resets" => ServerNameFiltered, Certain, WithoutName;
    a_box_that_reads_1500_bytes: "large-hello-resets" => LargeHelloRefused, Certain, LargeHello;
    a_box_that_reads_one_segment: "two-segment-hello-resets" => LargeHelloRefused, Certain, LargeHello;
    a_way_on_which_large_packets_vanish: "large-hello-vanishes" => MtuBlackHole, Likely, LargeHello;
    a_way_on_which_the_flight_vanishes: "flight-vanishes" => MtuBlackHole, Likely, NothingHello;
    one_dead_address_of_two: "two-addresses" => AddressDead, Certain, OtherAddress;
    one_bad_member_of_a_farm: "farm-member-failing" => FarmMemberBad, Likely, Repeat;
    two_sound_members_of_a_farm: "farm-of-two" => SeveralMachines, Likely, Repeat;
    a_listener_that_throttles: "throttled" => ConnectionLimit, Likely, AfterPause;
    an_offer_that_is_not_borne: "offer-dropped" => OfferNotTaken, Certain, OnlySsl;
    a_forward_with_nothing_behind_it: "closes-on-request" => DeadForward, Likely, OnlyRdp;
}

/// Every scenario that says what an examination tells of it is one of the above, and says the same.
#[tokio::test]
async fn every_scenario_that_is_told_apart_is_told_as_it_says() {
    let scenarios: Vec<_> = Scenario::all().filter(|scenario| scenario.examined().is_some()).collect();
    assert!(scenarios.len() >= 18, "{}", scenarios.len());
    for scenario in scenarios {
        let (top, report) = top(scenario.name()).await;
        assert_eq!(Some(top.cause), scenario.examined(), "{}\n{report}", scenario.name());
        assert_ne!(
            Some(scenario.expected()),
            scenario.examined(),
            "one connection tells it already: {}",
            scenario.name()
        );
    }
}

/// What leaves nothing open needs no experiment, and gets those only that could bring up something beside it.
#[tokio::test]
async fn a_certificate_that_is_over_and_served_all_the_same() {
    let (top, report) = top("certificate-expired").await;
    assert_eq!((top.cause, top.confidence), (Cause::CertificateExpired, Confidence::Certain), "{report}");
    assert!(report.is_ok(), "{report}");
}

#[tokio::test]
async fn a_healthy_server_stays_healthy() {
    let (top, report) = top("healthy").await;
    assert_eq!((top.cause, top.confidence), (Cause::NoFaultFound, Confidence::Certain), "{report}");
    assert!(report.is_ok() && report.unmade().is_empty(), "{report}");
}

/// What cannot be settled from outside says so: the others stand beside it, each with the event that would prove it.
#[tokio::test]
async fn what_one_cannot_see_stays_open() {
    for scenario in ["tls-fin", "tls-reset"] {
        let (top, report) = top(scenario).await;
        let causes = report.causes();
        assert!(top.confidence < Confidence::Certain);
        for rival in [Cause::BoundCertificateUnusable, Cause::RenewalFailed, Cause::MiddleboxResetsTls] {
            assert!(top.rivals.contains(&rival), "{rival}\n{report}");
            let other = causes.iter().find(|found| found.cause == rival).unwrap();
            assert_eq!(other.confidence, Confidence::Possible);
            assert!(other.rivals.contains(&Cause::KeyUnreadable) && other.cause.text().proof.is_some());
        }
        assert!(top.cause.text().proof.unwrap().contains("36870"), "the server's event is named");
        assert!(causes.iter().all(|found| found.cause != Cause::NoCommonTls), "it is ruled out\n{report}");
    }
}

/// One connection of each of these shows the same; that is what further ones are for.
#[tokio::test]
async fn one_look_does_not_tell_them_apart() {
    let mut first = Vec::new();
    for scenario in ["tls-reset", "cbc-only-resets", "tls10-only-resets", "tls13-resets", "sni-resets"] {
        let found = Scenario::named(scenario).unwrap();
        first.push(found.expected());
    }
    assert!(first.iter().all(|cause| *cause == Cause::TlsNotStarted), "{first:?}");
}

#[tokio::test]
async fn a_limit_of_one_connection_is_a_probe() {
    let lab = Lab::start("tls-reset").await.unwrap();
    let prober = Prober::builder().budget(BUDGET).build().unwrap();
    let network = System::new().with_resolver(Names(lab.addresses()));
    let limits = Limits { connections: 1, ..LIMITS };
    let report = prober.examine_plan_over(&network, prober.plan(&lab.target()), limits, |_| ()).await;
    assert_eq!(report.causes()[0].cause, Cause::TlsNotStarted);
    assert!(report.further().is_empty());
    assert!(report.unmade().contains(&Experiment::Repeat), "{:?}", report.unmade());
    assert!(report.to_string().contains("not made, for the limits: repeat"), "{report}");
}
