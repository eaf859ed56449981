//! Network Level Authentication against the lab's server, over streams in memory and in virtual time: what is proven, what is
//! handed over, how each way to break it ends, and what never leaves.

mod breaks;
mod challenge;
mod credentials;
mod deadlines;
mod opened;
mod statuses;
#[path = "../support/mod.rs"]
mod support;
mod trust;

use std::future::pending;
use std::time::Duration;

use rdp_probe::codes::NtStatus;
use rdp_probe::{Credentials, End, Goal, NlaResult, Package, Prober, ProberBuilder, Report, Stage};
use rdp_probe_lab::{Ending, LabCertificate, Log, NlaServer, Seen, Watcher};
use support::resettable::Resettable;
use support::{NOW, target, timed};

const PASSWORD: &str = "Secret-1";

/// The NT hash of that password.
const HASH: [u8; 16] = [0x32, 0xDD, 0x88, 0xBA, 0x05, 0x01, 0x59, 0x76, 0x33, 0x1D, 0xD4, 0x99, 0xDE, 0x64, 0xE9, 0xD9];

/// Packages that the lab's server speaks.
const PACKAGES: [Package; 2] = [Package::Ntlm, Package::Spnego];

fn certificate() -> LabCertificate {
    LabCertificate::healthy(time::OffsetDateTime::from_unix_timestamp(NOW).unwrap())
}

/// A server with one user, and a certificate that is valid now.
fn server() -> NlaServer {
    NlaServer::new().with_user("alice", PASSWORD).with_certificate(certificate())
}

fn alice() -> Credentials {
    Credentials::with_password("alice", None, PASSWORD.to_owned()).unwrap()
}

/// A prober for this goal that takes the lab's certificate for the one it should be.
fn builder(goal: Goal) -> ProberBuilder {
    let thumbprint = rdp_probe::Certificate::parse(&certificate().der()).unwrap().sha256;
    let thumbprint = thumbprint.map(|byte| format!("{byte:02x}")).concat();
    Prober::builder().goal(goal).fixed_clock(NOW).expect(thumbprint.parse().unwrap())
}

/// What came of a probe: the report, what the server saw, and how long it took.
struct Met {
    report: Report,
    seen: Vec<Seen>,
    elapsed: Duration,
}

impl Met {
    fn end(&self) -> (Stage, End) {
        (self.report.stage(), self.report.end())
    }

    fn result(&self) -> Option<NlaResult> {
        self.report.evidence().nla_result()
    }

    /// Who tried to log on, and what came of it.
    fn attempts(&self) -> Vec<(&str, NtStatus)> {
        let attempts = self.seen.iter().filter_map(|seen| match seen {
            Seen::LogonAttempt { user, status, .. } => Some((user.as_str(), *status)),
            _ => None,
        });
        attempts.collect()
    }

    /// How many messages with `authInfo` came.
    fn credentials_sent(&self) -> usize {
        self.seen.iter().filter(|seen| matches!(seen, Seen::TsRequest { auth_info: true, .. })).count()
    }

    /// What those messages held: domain, user, and the length of the password.
    fn credentials(&self) -> Vec<(&str, &str, usize)> {
        let held = self.seen.iter().filter_map(|seen| match seen {
            Seen::Credentials { domain, user, password } => Some((domain.as_str(), user.as_str(), *password)),
            _ => None,
        });
        held.collect()
    }
}

/// Plays the server until the other side is done.
async fn serve(server: &NlaServer, far: tokio::io::DuplexStream, reset: support::resettable::Reset, log: &Log) {
    let mut far = far;
    match server.serve(&mut far, log).await {
        Ok(Ending::Reset) => reset.now(),
        Ok(Ending::Silence) => pending().await,
        _ => {}
    }
    drop(far);
    pending::<()>().await;
}

/// Probes a server with these credentials, or without.
async fn meet(prober: &Prober, server: &NlaServer, credentials: Option<&Credentials>) -> Met {
    let (near, far) = tokio::io::duplex(16_384);
    let (near, reset) = Resettable::new(near);
    let log = Log::new();
    let mut watcher: Watcher = log.watch();
    let plan = prober.plan(&target());
    let probing = async {
        match credentials {
            Some(credentials) => prober.probe_plan_stream_as(plan, near, credentials).await,
            None => prober.probe_plan_stream(plan, near).await,
        }
    };
    let mut serving = Box::pin(serve(server, far, reset, &log));
    let (report, elapsed) = tokio::select! {
        biased;
        met = Box::pin(timed(probing)) => met,
        () = &mut serving => unreachable!("it pends"),
    };
    // What the client sent last is read when the client has gone.
    assert!(tokio::time::timeout(Duration::from_mins(1), serving).await.is_err(), "it pends");
    Met { report, seen: watcher.so_far(), elapsed }
}

/// The same with the lab's user.
async fn meet_alice(builder: ProberBuilder, server: &NlaServer) -> Met {
    meet(&builder.build().unwrap(), server, Some(&alice())).await
}
