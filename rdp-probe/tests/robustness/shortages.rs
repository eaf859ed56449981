//! A machine that is short of everything: the number of its error is kept, and the report says in words what ran out.

use std::future::pending;
use std::io;
use std::net::SocketAddr;

use rdp_probe::diagnose::Cause;
use rdp_probe::{End, Goal, Network, OsError, OsErrorKind, OsErrorSpace, Prober, Report, Shortage, Stage};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

use super::failing::{Fails, INTERRUPTED, Short};
use super::server::Server;
use super::shown;
use super::support::wired::beside;
use super::support::{CONFIRM, NOW, outlet, read_request, target};

/// Numbers of errors of this system, what they mean, and what ran out.
#[cfg(target_os = "linux")]
const ROWS: [(i32, OsErrorKind, Shortage, &str); 6] = [
    (24, OsErrorKind::OutOfResources, Shortage::Descriptors, "This process has no file descriptors left"),
    (23, OsErrorKind::OutOfResources, Shortage::SystemDescriptors, "no file descriptors left for any process"),
    (105, OsErrorKind::OutOfResources, Shortage::Buffers, "no buffers left"),
    (12, OsErrorKind::OutOfResources, Shortage::Memory, "no memory left"),
    (98, OsErrorKind::AddressNotAvailable, Shortage::Ports, "no local ports left"),
    (99, OsErrorKind::AddressNotAvailable, Shortage::PortsOrAddresses, "no local port left, or no address"),
];

#[cfg(not(target_os = "linux"))]
const ROWS: [(i32, OsErrorKind, Shortage, &str); 0] = [];

/// A probe over a network that fails so, of a server behind a proxy or without one.
async fn probed(fails: Fails, number: i32, goal: Goal, proxy: bool) -> Report {
    let builder = Prober::builder().goal(goal).fixed_clock(NOW);
    let builder = if proxy { builder.proxy("socks5://proxy.example".parse().unwrap()) } else { builder };
    let (network, mut far) = Short::new(fails, number);
    let play = async {
        if proxy {
            far.read_exact(&mut [0; 3]).await?;
            far.write_all(&[5, 0]).await?;
            let mut request = [0; 5];
            far.read_exact(&mut request).await?;
            far.read_exact(&mut vec![0; usize::from(request[4]) + 2]).await?;
            far.write_all(&[5, 0, 0, 1, 10, 0, 0, 9, 0x0D, 0x3D]).await?;
        }
        if goal == Goal::Negotiate {
            read_request(&mut far).await?;
            far.write_all(&CONFIRM).await?;
            pending::<()>().await;
        }
        Server::healthy().serve(far, &rustls::version::TLS12).await
    };
    let (prober, target) = (builder.build().unwrap(), target());
    beside(prober.probe_over(&network, &target), play).await.0
}

/// What ran out is said in every form of the report, beside the number: in the headline, in the evidence, in the error.
#[track_caller]
fn assert_named(report: &Report, number: i32, shortage: Shortage, words: &str) {
    let End::Os(error) = report.end() else { panic!("{report}") };
    assert_eq!((error.space, error.code, error.shortage()), (OsErrorSpace::System, Some(number), Some(shortage)));
    let json = outlet::json(report);
    assert_eq!((&json["end"]["code"], &json["end"]["detail"]), (&number.into(), &shortage.as_str().into()));
    let evidence = json["causes"][0]["evidence"].to_string();
    let failure = report.clone().ok().unwrap_err().to_string();
    let headline = report.to_string().lines().next().unwrap().to_owned();
    for text in [headline, evidence, failure, report.to_markdown()] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(report.to_string().replace("\n     ", " ").contains(shortage.remedy()), "what to do: {report}");
    assert_eq!(report.causes().iter().map(|found| found.cause).collect::<Vec<_>>(), [Cause::ConnectFailedLocally]);
    shown::everything(report);
}

#[tokio::test(start_paused = true)]
async fn what_ran_out_is_named_wherever_it_does() {
    for (number, kind, shortage, words) in ROWS {
        assert_eq!(OsError::from(&io::Error::from_raw_os_error(number)).kind, kind);
        for (fails, goal, stage) in [
            (Fails::Lookup, Goal::Tls, Stage::Resolve),
            (Fails::Connect, Goal::Tls, Stage::Connect),
            (Fails::Read(0), Goal::Tls, Stage::Negotiate),
            (Fails::Read(10), Goal::Tls, Stage::Negotiate),
            (Fails::Read(19), Goal::Tls, Stage::Tls),
            (Fails::Read(500), Goal::Tls, Stage::Tls),
            (Fails::Write(19), Goal::Tls, Stage::Tls),
            (Fails::Read(19), Goal::Hello, Stage::Tls),
            (Fails::Read(100), Goal::Hello, Stage::Tls),
        ] {
            let report = probed(fails, number, goal, false).await;
            assert_eq!(report.stage(), stage, "{fails:?}: {report}");
            assert_named(&report, number, shortage, words);
        }
        for fails in [Fails::Lookup, Fails::Connect, Fails::Read(0), Fails::Read(2), Fails::Read(11)] {
            let report = probed(fails, number, Goal::Tls, true).await;
            assert_eq!(
                (report.stage(), report.causes()[0].cause),
                (Stage::Proxy, Cause::ConnectFailedLocally),
                "{report}"
            );
            assert_named(&report, number, shortage, words);
        }
    }
}

/// Where the request cannot be written, it is what the write said; what the peer had sent before is still read.
#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_written() {
    for (number, _, shortage, words) in ROWS {
        let report = probed(Fails::Write(0), number, Goal::Negotiate, false).await;
        assert_eq!(report.stage(), Stage::Negotiate, "{report}");
        assert_named(&report, number, shortage, words);
        let report = probed(Fails::Write(0), number, Goal::Negotiate, true).await;
        assert_eq!(report.stage(), Stage::Proxy, "{report}");
        assert_named(&report, number, shortage, words);
    }
}

/// A call that is interrupted is made again, however often, and nobody sees anything of it.
#[tokio::test(start_paused = true)]
async fn what_is_interrupted_is_done_again() {
    for goal in [Goal::Negotiate, Goal::Hello, Goal::Tls] {
        for proxy in [false, true] {
            let report = probed(Fails::Write(0), INTERRUPTED, goal, proxy).await;
            assert_eq!(report.end(), End::Complete, "{report}");
        }
    }
}

/// An attempt that is interrupted is over: whether it goes on, the system does not say. The report does.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_interrupted_is_told() {
    let report = probed(Fails::Connect, INTERRUPTED, Goal::Tls, false).await;
    let End::Os(error) = report.end() else { panic!("{report}") };
    assert_eq!((report.stage(), error.kind, error.shortage()), (Stage::Connect, OsErrorKind::Interrupted, None));
    assert_eq!(report.causes()[0].cause, Cause::ConnectFailedLocally);
    assert!(report.to_string().contains("interrupted"), "{report}");
    shown::everything(&report);
}

/// Of several addresses one may show more than that this machine is short of something; that is said all the same.
#[tokio::test(start_paused = true)]
async fn beside_another_end_it_is_not_lost() {
    struct Mixed;
    impl Network for Mixed {
        type Stream = DuplexStream;

        async fn resolve(&self, _host: &str, port: u16) -> Result<Vec<SocketAddr>, OsError> {
            Ok([7, 8].map(|last| SocketAddr::from(([10, 0, 0, last], port))).to_vec())
        }

        async fn connect(&self, address: SocketAddr) -> io::Result<DuplexStream> {
            let refused = address.ip().to_string().ends_with('7');
            Err(if refused { io::ErrorKind::ConnectionRefused.into() } else { io::Error::from_raw_os_error(24) })
        }
    }
    let report = Prober::builder().fixed_clock(NOW).build().unwrap().probe_over(&Mixed, &target()).await;
    assert_eq!(report.causes()[0].cause, Cause::ConnectionRefused);
    if cfg!(unix) {
        let text = report.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(text.matches("This process has no file descriptors left").count(), 2, "{text}");
        assert!(report.to_markdown().contains("This process has no file descriptors left"));
    }
}

/// Numbers mean the same wherever a report is read: none of them is another's on another system.
#[test]
fn numbers_of_other_systems() {
    let of = |kind, code| OsError { space: OsErrorSpace::System, code, kind }.shortage();
    let out = |code| of(OsErrorKind::OutOfResources, Some(code));
    for (codes, shortage) in [
        ([24, 10_024].as_slice(), Shortage::Descriptors),
        (&[23], Shortage::SystemDescriptors),
        (&[105, 55, 10_055], Shortage::Buffers),
        (&[12, 8, 14], Shortage::Memory),
        (&[11, 35], Shortage::Threads),
    ] {
        assert!(codes.iter().all(|code| out(*code) == Some(shortage)), "{shortage:?}");
    }
    let address = |code| of(OsErrorKind::AddressNotAvailable, code);
    assert!([98, 48, 10_048].iter().all(|code| address(Some(*code)) == Some(Shortage::Ports)));
    assert!([99, 49, 10_049].iter().all(|code| address(Some(*code)) == Some(Shortage::PortsOrAddresses)));
    assert_eq!(
        (address(None), of(OsErrorKind::OutOfResources, None)),
        (None, None),
        "without a number nothing is told"
    );
    assert!(
        OsErrorKind::ALL
            .iter()
            .filter(|kind| **kind != OsErrorKind::OutOfResources)
            .all(|kind| of(*kind, Some(24)).is_none())
    );
    let memory = OsError { space: OsErrorSpace::Resolver, code: Some(-10), kind: OsErrorKind::OutOfResources };
    assert_eq!(memory.shortage(), Some(Shortage::Memory));
    let words: std::collections::BTreeSet<_> = Shortage::ALL.iter().map(|one| one.as_str()).collect();
    assert_eq!(words.len(), Shortage::ALL.len());
    assert!(Shortage::ALL.iter().all(|one| one.headline().len() <= 80 && !one.remedy().ends_with('.')));
}
