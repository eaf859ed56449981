//! The operating system's network with parts of one's own: a resolver, an address to connect from. Over real sockets.
#![cfg(feature = "tokio")]

mod support;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rdp_probe::diagnose::Cause;
use rdp_probe::{
    Budget, End, Lookup, OsError, OsErrorKind, OsErrorSpace, Prober, Resolver, Resolving, Stage, System, Target,
};
use rdp_probe_lab::Lab;
use support::outlet;
use tokio::net::TcpListener;

/// A resolver that gives one answer to everything, and writes down what it is asked.
#[derive(Clone)]
struct Own {
    answer: Option<Result<Vec<SocketAddr>, OsError>>,
    asked: Arc<Mutex<Vec<(String, u16)>>>,
}

impl Own {
    /// `None` never answers.
    fn answering(answer: Option<Result<Vec<SocketAddr>, OsError>>) -> Self {
        Self { answer, asked: Arc::default() }
    }

    fn asked(&self) -> Vec<(String, u16)> {
        self.asked.lock().unwrap().clone()
    }
}

impl Resolver for Own {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Resolving<'a> {
        self.asked.lock().unwrap().push((host.to_owned(), port));
        Box::pin(async move {
            match self.answer.clone() {
                Some(answer) => answer,
                None => std::future::pending().await,
            }
        })
    }
}

fn over(network: System) -> Prober {
    Prober::builder().network(network).build().unwrap()
}

#[tokio::test]
async fn names_are_asked_of_the_own_resolver_and_addresses_of_nobody() {
    let lab = Lab::start("healthy").await.unwrap();
    let own = Own::answering(Some(Ok(vec![lab.address()])));
    let prober = over(System::new().with_resolver(own.clone()));
    let target: Target = "no.such.name.example:4711".parse().unwrap();
    let report = prober.probe(&target).await;
    assert!(report.is_ok(), "{report}");
    let dial = &report.evidence().dial;
    assert_eq!((dial.lookup.map(|lookup| lookup.end), dial.connected()), (Some(End::Complete), Some(lab.address())));
    assert_eq!(own.asked(), [("no.such.name.example".to_owned(), 4711)]);
    outlet::transcript(&report);

    assert!(prober.probe(&lab.target()).await.is_ok());
    assert_eq!(own.asked().len(), 1);
    // Sweeps and openings go over the same network.
    let mut sweep = prober.probe_all([target.clone(), target.clone()]);
    while let Some(probed) = sweep.next().await {
        assert!(probed.report.is_ok());
    }
    assert!(prober.open(&target).await.is_ok());
    assert_eq!(own.asked().len(), 4);
}

#[tokio::test]
async fn what_the_own_resolver_says_is_kept() {
    let error = OsError { space: OsErrorSpace::Resolver, code: Some(-3), kind: OsErrorKind::NameServerFailed };
    let report = over(System::new().with_resolver(Own::answering(Some(Err(error)))))
        .probe(&"ts01.example".parse().unwrap())
        .await;
    assert_eq!((report.stage(), report.end()), (Stage::Resolve, End::Os(error)));
    outlet::transcript(&report);
}

#[tokio::test]
async fn a_resolver_that_never_answers_is_not_waited_for() {
    let budget = Budget { stage: Duration::from_millis(50), total: Duration::from_mins(10) };
    let network = System::new().with_resolver(Own::answering(None));
    let prober = Prober::builder().network(network).budget(budget).build().unwrap();
    let report = prober.probe(&"ts01.example".parse().unwrap()).await;
    assert_eq!((report.stage(), report.end()), (Stage::Resolve, End::Timeout));
    assert!(report.evidence().dial.lookup.is_some_and(|Lookup { elapsed, .. }| elapsed >= budget.stage));
}

#[test]
fn it_says_what_is_its_own() {
    let (plain, own) = (System::new(), System::new().with_resolver(Own::answering(None)));
    assert_eq!(format!("{plain:?}"), r#"System { resolver: "system", bind: None }"#);
    let from = own.with_bind(Ipv4Addr::LOCALHOST.into());
    assert_eq!(format!("{from:?}"), r#"System { resolver: "own", bind: Some(127.0.0.1) }"#);
}

/// On Linux all of 127.0.0.0/8 is this machine.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_server_sees_the_address_that_was_bound() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let target = Target::from(listener.local_addr().unwrap());
    let from = IpAddr::from([127, 0, 0, 2]);
    let prober = over(System::new().with_bind(from));
    let accepted = async { listener.accept().await.unwrap().1 };
    let (report, peer) = tokio::join!(prober.probe(&target), accepted);
    assert_eq!((peer.ip(), report.stage()), (from, Stage::Negotiate), "{report}");

    let lab = Lab::start("healthy").await.unwrap();
    let opened = prober.open(&lab.target()).await.unwrap();
    assert_eq!(opened.stream.get_ref().local_addr().unwrap().ip(), from);
}

#[tokio::test]
async fn an_address_of_the_other_family_cannot_be_reached_and_is_recorded() {
    let prober = over(System::new().with_bind(Ipv4Addr::LOCALHOST.into()));
    let report = prober.probe(&Target::from(SocketAddr::from((Ipv6Addr::LOCALHOST, 3389)))).await;
    let none = OsError { space: OsErrorSpace::System, code: None, kind: OsErrorKind::AddressNotAvailable };
    assert_eq!((report.stage(), report.end()), (Stage::Connect, End::Os(none)));
    assert_eq!(report.causes()[0].cause, Cause::ConnectFailedLocally);

    // Of a name with both, the one that can be reached is.
    let lab = Lab::start("healthy").await.unwrap();
    let both = vec![SocketAddr::from((Ipv6Addr::LOCALHOST, 3389)), lab.address()];
    let network = System::new().with_bind(Ipv4Addr::LOCALHOST.into()).with_resolver(Own::answering(Some(Ok(both))));
    let report = over(network).probe(&"ts01.example".parse().unwrap()).await;
    assert!(report.is_ok(), "{report}");
    let ends: Vec<_> = report.evidence().dial.attempts.iter().map(|attempt| attempt.end).collect();
    assert_eq!(ends, [Some(End::Os(none)), Some(End::Complete)]);
}

/// 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
#[tokio::test]
async fn an_address_that_is_not_of_this_machine() {
    let lab = Lab::start("healthy").await.unwrap();
    let report = over(System::new().with_bind([192, 0, 2, 77].into())).probe(&lab.target()).await;
    let End::Os(error) = report.end() else { panic!("{report}") };
    assert_eq!((report.stage(), error.kind), (Stage::Connect, OsErrorKind::AddressNotAvailable));
    assert!(error.code.is_some(), "the system's own number");
}
