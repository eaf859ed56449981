//! What is no success hands out no stream, and tells everything in its report.

use std::io::{self, ErrorKind};
use std::net::Ipv4Addr;
use std::sync::Arc;

use rcgen::KeyPair;
use rdp_probe::{
    Check, Denial, End, EndKind, FailureCode, Fault, Goal, OsError, OsErrorKind, OsErrorSpace, Prober, Roots, Stage,
    Target, Thumbprint, Trust,
};
use rustls::SupportedProtocolVersion;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::server::{Server, VERSIONS, builder, observer, params, signer};
use super::support::wired::{Wired, beside};
use super::support::{CONFIRM, NOW, ms, read_request, target, timed};
use super::tape::{After, Tape};

const REFUSAL: [u8; 19] = [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 3, 0, 8, 0, 5, 0, 0, 0];
const STANDARD: [u8; 19] = [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 0, 0, 0, 0];
const ULTIMATUM: [u8; 9] = [3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80];
const HANDSHAKE_FAILURE: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

/// What a server says, how it ends, and where that ends an opening.
fn rows() -> Vec<(Tape, Stage, End)> {
    let tape = |parts: &[&[u8]], after| Tape::new(parts, after);
    let denied = OsError { space: OsErrorSpace::System, code: None, kind: OsErrorKind::PermissionDenied };
    let system = Tape::new(&[&CONFIRM], After::Silence).failing(19, ErrorKind::PermissionDenied);
    vec![
        (tape(&[], After::Fin), Stage::Negotiate, End::Fin),
        (tape(&[&CONFIRM[..7]], After::Reset), Stage::Negotiate, End::Reset),
        (tape(&[], After::Silence), Stage::Negotiate, End::Timeout),
        (tape(&[&REFUSAL], After::Silence), Stage::Negotiate, End::Refusal(FailureCode(5))),
        (tape(&[&ULTIMATUM], After::Fin), Stage::Negotiate, End::Denied(Denial::Ultimatum(3))),
        (tape(&[b"SSH-2.0-OpenSSH_9.2p1\r\n"], After::Silence), Stage::Negotiate, End::Malformed(Fault::NotTpkt)),
        // The server chose less than was wanted: a success of another probe, and none of this one.
        (tape(&[&STANDARD], After::Silence), Stage::Negotiate, End::Complete),
        (tape(&[&CONFIRM], After::Fin), Stage::Tls, End::Fin),
        (tape(&[&CONFIRM], After::Reset), Stage::Tls, End::Reset),
        (tape(&[&CONFIRM], After::Silence), Stage::Tls, End::Timeout),
        (tape(&[&CONFIRM, &HANDSHAKE_FAILURE], After::Fin), Stage::Tls, End::Alert(40)),
        (tape(&[&CONFIRM, b"220 ready\r\n"], After::Fin), Stage::Tls, End::Malformed(Fault::TlsNotSpoken)),
        (system, Stage::Tls, End::Os(denied)),
    ]
}

#[tokio::test(start_paused = true)]
async fn every_other_end_is_a_failure_with_the_report_of_a_probe() {
    let mut kinds = Vec::new();
    for (tape, stage, end) in rows() {
        let failure = observer().open_stream(&target(), tape.clone()).await.unwrap_err();
        let report = observer().probe_stream(&target(), tape).await;
        assert_eq!((failure.stage(), failure.end()), (stage, end));
        assert!(!failure.report().is_ok() && failure.report().earlier().is_empty());
        assert_eq!(failure.report(), &report, "a probe sees the same");
        let first = report.causes()[0].cause.text().headline;
        // A stage that is complete and not enough is no end to tell of.
        let ended = if end == End::Complete { String::new() } else { format!(" {stage} ended with {end}:") };
        assert_eq!(failure.to_string(), format!("lab.rdp-probe.test:3389:{ended} {first}"));
        assert_eq!(format!("{failure:?}"), failure.to_string());
        assert_eq!(failure.into_report(), report);
        kinds.push(end.kind());
    }
    // Behind a proxy, with a certificate that is not trusted, and inside TLS.
    let elsewhere = [
        EndKind::Untrusted,
        EndKind::ProxyRefusal,
        EndKind::Rejected,
        EndKind::Unauthorized,
        EndKind::Security,
        EndKind::KdcRefusal,
    ];
    assert!(EndKind::ALL.iter().all(|kind| kinds.contains(kind) || elsewhere.contains(kind)), "{kinds:?}");
}

#[tokio::test(start_paused = true)]
async fn no_connection_is_a_failure_too() {
    let error = OsError { space: OsErrorSpace::Resolver, code: Some(-2), kind: OsErrorKind::NameNotFound };
    let (network, peers) = Wired::new(64);
    let nameless = network.naming(Err(error));
    let failure = observer().open_over(&nameless, &target()).await.unwrap_err();
    assert_eq!((failure.stage(), failure.end(), nameless.connects()), (Stage::Resolve, End::Os(error), 0));
    drop(peers);
    let refusing = Wired::new(64).0;
    let failure = observer().open_over(&refusing, &target()).await.unwrap_err();
    assert_eq!((failure.stage(), failure.end().symbol()), (Stage::Connect, Some("connection-refused")));
}

/// A server that says nothing behind its handshake.
fn acceptor(server: &Arc<Server>, version: &'static SupportedProtocolVersion) -> TlsAcceptor {
    let mut config = (*server.config(version)).clone();
    config.send_tls13_tickets = 0;
    Arc::new(config).into()
}

/// Confirms, completes TLS, and gives back how the client then went.
async fn part(mut far: DuplexStream, acceptor: TlsAcceptor) -> io::Result<usize> {
    read_request(&mut far).await?;
    far.write_all(&CONFIRM).await?;
    acceptor.accept(far).await?.read_to_end(&mut Vec::new()).await
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_trusted_is_told_goodbye() {
    let (key, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let certificate = params().self_signed(&key).unwrap();
    let stranger = params().self_signed(&other).unwrap();
    let server = Server::new(vec![certificate.der().clone()], signer(&key));
    let strict = |root: &rcgen::Certificate| {
        let roots = Roots::from_der([root.der().to_vec()]).unwrap();
        builder().trust(Trust::Strict).roots(roots).build().unwrap()
    };
    for version in VERSIONS {
        let (near, far) = tokio::io::duplex(16_384);
        let served = tokio::spawn(part(far, acceptor(&server, version)));
        let failure = strict(&stranger).open_stream(&target(), near).await.unwrap_err();
        assert_eq!((failure.stage(), failure.end()), (Stage::Tls, End::Untrusted(Check::Chain)));
        assert!(failure.report().certificate().is_some());
        assert_eq!(served.await.unwrap().unwrap(), 0, "{version:?}: an orderly end, and no byte before it");

        let (network, mut peers) = Wired::new(16_384);
        let quiet = acceptor(&server, version);
        let served = tokio::spawn(async move { part(peers.recv().await.unwrap().stream, quiet).await });
        let failure = strict(&stranger).open_over(&network, &target()).await.unwrap_err();
        assert_eq!(failure.end(), End::Untrusted(Check::Chain));
        assert_eq!(served.await.unwrap().unwrap(), 0, "{version:?}: an orderly end, and no byte before it");

        let (near, far) = tokio::io::duplex(16_384);
        let served = tokio::spawn(part(far, acceptor(&server, version)));
        let mut opened = strict(&certificate).open_stream(&target(), near).await.unwrap();
        opened.stream.shutdown().await.unwrap();
        assert_eq!(served.await.unwrap().unwrap(), 0);
    }
}

/// Nor is one handed over whose certificate is not the expected one, whatever the trust.
#[tokio::test(start_paused = true)]
async fn a_certificate_that_is_not_the_expected_one() {
    let server = Server::healthy();
    let shown = server.probe(&observer(), VERSIONS[0]).await.certificate().unwrap().sha256;
    for expected in [[0; 32], shown] {
        let (near, far) = tokio::io::duplex(16_384);
        let served = tokio::spawn(part(far, acceptor(&server, VERSIONS[0])));
        let prober = builder().expect(Thumbprint::Sha256(expected)).build().unwrap();
        match prober.open_stream(&target(), near).await {
            Ok(mut opened) => {
                assert_eq!(expected, shown);
                opened.stream.shutdown().await.unwrap();
            }
            Err(failure) => {
                assert_eq!((failure.end(), expected), (End::Untrusted(Check::Thumbprint), [0; 32]));
            }
        }
        assert_eq!(served.await.unwrap().unwrap(), 0, "an orderly end");
    }
}

/// The goodbye waits for nobody: not past its own patience, not past the end of the budget.
#[tokio::test(start_paused = true)]
async fn a_goodbye_to_a_deaf_server_is_cut_short() {
    let (key, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let server = Server::new(vec![params().self_signed(&key).unwrap().into()], signer(&key));
    let roots = Roots::from_der([params().self_signed(&other).unwrap().der().to_vec()]).unwrap();
    let prober = builder().trust(Trust::Strict).roots(roots).build().unwrap();
    let quiet = acceptor(&server, VERSIONS[1]);
    let (near, mut far) = tokio::io::duplex(16);
    let deaf = async {
        read_request(&mut far).await?;
        far.write_all(&CONFIRM).await?;
        quiet.accept(far).await
    };
    let (opening, took) = beside(prober.open_stream(&target(), near), deaf).await;
    assert_eq!(opening.unwrap_err().end(), End::Untrusted(Check::Chain));
    assert_eq!(took, ms(300));
}

/// Whoever stops waiting has closed the connection, wherever it stood.
#[tokio::test(start_paused = true)]
async fn a_dropped_opening_closes_its_connection() {
    for confirms in [false, true] {
        let (network, mut peers) = Wired::new(4_096);
        let prober = observer();
        let target = target();
        let opening = prober.open_over(&network, &target);
        let peer = async {
            let mut far = peers.recv().await.unwrap().stream;
            read_request(&mut far).await.unwrap();
            if confirms {
                far.write_all(&CONFIRM).await.unwrap();
            }
            far
        };
        let mut far = tokio::select! {
            _ = opening => unreachable!("nobody answers"),
            far = async {
                let far = peer.await;
                tokio::time::sleep(ms(50)).await;
                far
            } => far,
        };
        let mut rest = Vec::new();
        far.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest.first(), confirms.then_some(&22), "a ClientHello where TLS had begun, and the end behind it");
    }
}

#[tokio::test]
async fn a_dropped_opening_closes_its_socket() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let target = Target::from(listener.local_addr().unwrap());
    for goal in [Goal::Negotiate, Goal::Tls] {
        let prober = Prober::builder().goal(goal).fixed_clock(NOW).build().unwrap();
        let accepted = async {
            let mut far: TcpStream = listener.accept().await.unwrap().0;
            read_request(&mut far).await.unwrap();
            far
        };
        let mut far = tokio::select! {
            _ = prober.open(&target) => unreachable!("nobody answers"),
            far = accepted => far,
        };
        assert!(matches!(far.read(&mut [0; 1]).await, Ok(0) | Err(_)), "closed");
    }
}

/// A stream that was handed over is closed when it is dropped, in both forms.
#[tokio::test(start_paused = true)]
async fn a_dropped_stream_is_closed() {
    let negotiator = Prober::builder().goal(Goal::Negotiate).fixed_clock(NOW).build().unwrap();
    let (near, mut far) = tokio::io::duplex(64);
    far.write_all(&CONFIRM).await.unwrap();
    drop(negotiator.open_stream(&target(), near).await.unwrap());
    let mut heard = Vec::new();
    let (_, took) = timed(far.read_to_end(&mut heard)).await;
    assert_eq!((heard.len(), took), (19, ms(0)));

    let (near, far) = tokio::io::duplex(16_384);
    let served = tokio::spawn(part(far, acceptor(&Server::healthy(), VERSIONS[0])));
    drop(observer().open_stream(&target(), near).await.unwrap());
    assert_eq!(served.await.unwrap().unwrap_err().kind(), ErrorKind::UnexpectedEof, "whoever drops it says no goodbye");
}
