//! For fuzzers: the real driver against a peer that does whatever the fuzzer's bytes say, in clear text and inside TLS, in virtual
//! time. No part of the public interface.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "an oracle is there to panic, and to do so where it finds something"
)]

mod peer;

use std::sync::LazyLock;
use std::time::Duration;

use rdp_probe::fuzzing::Reached;
use rdp_probe::transcript::Happening;
use rdp_probe::{Budget, Credentials, Goal, Package, Plan, Prober, Protocols, Report, Transcript, Trust};
use tokio::io::DuplexStream;
use tokio::time::Instant;

use crate::certificate::LabCertificate;
use peer::{Act, Bytes, Peer};

/// The moment as of which the certificate is made and judged.
const NOW: i64 = 1_800_000_000;

/// How long a probe may take.
const BUDGET: Budget = Budget { stage: Duration::from_secs(5), total: Duration::from_secs(15) };

/// Who logs on, where somebody does. The servers here have no users: their word is never right.
static ALICE: LazyLock<Credentials> =
    LazyLock::new(|| Credentials::with_password("alice", Some("LAB"), "Secret-1".to_owned()).expect("a user"));

static PROBER: LazyLock<Prober> =
    LazyLock::new(|| Prober::builder().budget(BUDGET).fixed_clock(NOW).build().expect("a prober"));

/// What is asked, and how.
struct Asked {
    plan: Plan,
    /// Bytes that are under way at most.
    room: usize,
    peer: Peer,
    acts: Vec<Act>,
    /// Whether the stream stays open when the peer has done its part.
    stays: bool,
}

impl Asked {
    fn read(bytes: &[u8]) -> Self {
        let mut bytes = Bytes(bytes);
        let mut plan = PROBER.plan(&"lab.rdp-probe.test".parse().expect("a target"));
        plan.goal = Goal::ALL[usize::from(bytes.byte()) % Goal::ALL.len()];
        plan.offer = Protocols::from_bits(bytes.byte().into());
        let choices = bytes.byte();
        // Kerberos would look for a key distribution centre, on a network.
        plan.package = match choices & 3 {
            0 => Package::Spnego,
            1 if !plan.goal.needs_credentials() => Package::Kerberos,
            _ => Package::Ntlm,
        };
        plan.dangers.any_certificate = choices & 4 == 0;
        plan.dangers.old_credssp = choices & 8 == 0;
        plan.trust = if choices & 16 == 0 { Trust::Observe } else { Trust::Strict };
        let stays = choices & 32 == 0;
        let room = [4096, 1, 17, 256, 0x1_0000][usize::from(bytes.byte()) % 5];
        let peer = Peer::of(bytes.byte());
        Self { plan, room, peer, acts: bytes.acts(), stays }
    }
}

/// Probes the peer that these bytes say: the probe ends in time, and what it gives back holds.
///
/// # Panics
/// If it does not.
#[must_use]
pub fn end_to_end(bytes: &[u8]) -> Reached {
    let asked = Asked::read(bytes);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let (report, took) = runtime.expect("a runtime").block_on(meet(asked));
    assert!(took <= BUDGET.total + Duration::from_millis(1), "{took:?}: {report}");
    assert!(report.evidence().total() <= BUDGET.total, "{report}");
    rdp_probe::fuzzing::connection(report.evidence(), bytes)
}

/// Both sides, and how long they took.
async fn meet(asked: Asked) -> (Report, Duration) {
    let (near, far) = tokio::io::duplex(asked.room);
    let started = Instant::now();
    let Asked { plan, peer, acts, stays, .. } = asked;
    let serve = async {
        let side = peer.play(far, &acts).await;
        let _kept = stays.then_some(side);
        std::future::pending::<()>().await;
    };
    let report = tokio::select! {
        biased;
        report = probe(plan, near) => report,
        () = serve => unreachable!("it pends"),
    };
    (report, started.elapsed())
}

async fn probe(plan: Plan, stream: DuplexStream) -> Report {
    if plan.goal.needs_credentials() {
        return PROBER.probe_plan_stream_as(plan, stream, &ALICE).await;
    }
    PROBER.probe_plan_stream(plan, stream).await
}

/// An input in which the peer does what the server of a transcript did.
#[must_use]
pub fn seed(transcript: &Transcript) -> Vec<u8> {
    let plan = &transcript.plan;
    let goal = Goal::ALL.iter().position(|goal| *goal == plan.goal).unwrap_or_default();
    let package = match plan.package {
        Package::Spnego => 0,
        Package::Kerberos => 1,
        _ => 2,
    };
    let ends = transcript.events.iter().any(|event| matches!(event.what, Happening::Closed(_)));
    let choices = package | if ends { 32 } else { 0 };
    let offer = u8::try_from(plan.offer.bits()).unwrap_or_default();
    let tls12 = transcript.events.iter().any(|event| {
        matches!(&event.what, Happening::Tls(handshake) if handshake.session.is_some_and(|session| session.version == 0x0303))
    });
    let mut bytes = vec![u8::try_from(goal).unwrap_or_default(), offer, choices, 0, u8::from(tls12)];
    for event in &transcript.events {
        match &event.what {
            Happening::Sent(_) | Happening::Wrote(_) => Act::Hear.write(&mut bytes),
            Happening::Received(said) => Act::Say(said.to_vec()).write(&mut bytes),
            Happening::Tls(handshake) if handshake.flight.is_empty() => Act::Shake.write(&mut bytes),
            Happening::Tls(handshake) => {
                Act::Hear.write(&mut bytes);
                Act::Raw(handshake.flight.to_vec()).write(&mut bytes);
            }
            _ => {}
        }
    }
    bytes
}

/// The certificate of the peer, made once.
fn certificate(key: crate::LabKey) -> rustls::pki_types::CertificateDer<'static> {
    let now = time::OffsetDateTime::from_unix_timestamp(NOW).expect("a time");
    LabCertificate::healthy(now).with_key(key).der()
}
