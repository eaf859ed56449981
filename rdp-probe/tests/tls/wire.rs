//! What stands on the wire in place of a handshake, and how much of it is kept.

use std::future::pending;
use std::io::{self, ErrorKind};
use std::net::Ipv4Addr;
use std::sync::Arc;

use rdp_probe::diagnose::Cause;
use rdp_probe::{End, Evidence, Fault, Foreign, OsError, OsErrorKind, OsErrorSpace, Report, Session, Stage, Target};
use rdp_probe_lab::LabCertificate;
use rustls::{ServerConfig, ServerConnection};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, DuplexStream};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::server::{Server, VERSIONS, now, observer};
use super::support::{CONFIRM, confirm, flight, meet, read_client_hello, read_request, record, target};
use super::tape::{After, Tape};

const HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
const HANDSHAKE_FAILURE: &[u8] = &[21, 3, 3, 0, 2, 2, 40];
const RSA_AES_CBC: u16 = 0x002F;
const ECDHE_RSA_AES_GCM: u16 = 0xC02F;

fn at(report: &Report) -> (Stage, End) {
    (report.stage(), report.end())
}

fn kept(evidence: &Evidence) -> &[u8] {
    evidence.handshake.as_ref().map_or(&[], |handshake| &handshake.flight)
}

fn os(kind: OsErrorKind) -> End {
    End::Os(OsError { space: OsErrorSpace::System, code: None, kind })
}

/// Probes a peer over a real socket. What the peer keeps stays open until the probe is over.
async fn meet_on_loopback<T>(peer: impl AsyncFnOnce(TcpStream) -> io::Result<T>) -> Report {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let target = Target::from(listener.local_addr().unwrap());
    let serve = async {
        let _kept = peer(listener.accept().await.unwrap().0).await;
        pending::<()>().await;
    };
    let prober = observer();
    tokio::select! {
        report = prober.probe(&target) => report,
        () = serve => unreachable!("it pends"),
    }
}

/// What a server with this configuration answers to this `ClientHello`.
fn first_flight(config: &Arc<ServerConfig>, mut hello: &[u8]) -> Vec<u8> {
    let mut connection = ServerConnection::new(Arc::clone(config)).unwrap();
    connection.read_tls(&mut hello).unwrap();
    connection.process_new_packets().unwrap();
    let mut flight = Vec::new();
    while connection.wants_write() {
        connection.write_tls(&mut flight).unwrap();
    }
    flight
}

/// Answers the `ClientHello` with these bytes, says no more, and closes in an orderly way.
async fn answer<S: AsyncRead + AsyncWrite + Unpin>(mut far: S, bytes: &[u8]) -> io::Result<S> {
    confirm(&mut far).await?;
    far.write_all(bytes).await?;
    far.shutdown().await?;
    Ok(far)
}

/// Confirms and says this in one breath.
async fn blurt<S: AsyncRead + AsyncWrite + Unpin>(mut far: S, bytes: &[u8]) -> io::Result<S> {
    read_request(&mut far).await?;
    far.write_all(&[&CONFIRM, bytes].concat()).await?;
    read_client_hello(&mut far).await?;
    Ok(far)
}

/// What the probe makes of an answer in memory and over a real socket: the same.
async fn both_ways(bytes: &[u8]) -> Report {
    let (in_memory, _) = meet(&observer(), 100_000, async |far| answer(far, bytes).await).await;
    let over_tcp = meet_on_loopback(async |far| answer(far, bytes).await).await;
    assert_eq!((at(&in_memory), kept(in_memory.evidence())), (at(&over_tcp), kept(over_tcp.evidence())));
    over_tcp
}

#[tokio::test]
async fn text_in_place_of_tls_is_recognised() {
    let report = both_ways(HTTP).await;
    assert_eq!(at(&report), (Stage::Tls, End::Malformed(Fault::TlsNotSpoken)));
    assert_eq!(report.evidence().foreign(), Some(Foreign::Http));
    assert_eq!(kept(report.evidence()), HTTP);
}

#[tokio::test]
async fn nothing_behind_the_confirm_is_lost() {
    for (bytes, end) in [(HANDSHAKE_FAILURE, End::Alert(40)), (HTTP, End::Malformed(Fault::TlsNotSpoken))] {
        let (in_memory, _) = meet(&observer(), 4_096, async |far| blurt(far, bytes).await).await;
        let over_tcp = meet_on_loopback(async |far| blurt(far, bytes).await).await;
        for report in [in_memory, over_tcp] {
            assert_eq!(at(&report), (Stage::Tls, end));
            assert_eq!((&*report.evidence().received, kept(report.evidence())), (CONFIRM.as_slice(), bytes));
        }
    }
}

#[tokio::test]
async fn old_versions_and_unoffered_suites_are_read_in_clear_text() {
    let certificate = LabCertificate::healthy(now()).der();
    let rows = [(0x0301, "1.0", RSA_AES_CBC), (0x0302, "1.1", RSA_AES_CBC), (0x0303, "1.2", RSA_AES_CBC)];
    for (version, name, suite) in rows {
        let report = both_ways(&flight(version, suite, &[&certificate])).await;
        assert_eq!(at(&report), (Stage::Tls, End::Malformed(Fault::TlsUnsupported)));
        let hello = report.evidence().hello().expect("a ServerHello");
        assert_eq!(
            (hello.session, &*hello.chain),
            (Session { version, suite }, &[certificate.to_vec()].map(Into::into)[..])
        );
        assert_eq!(report.certificate().unwrap().common_name.as_deref(), Some("lab.rdp-probe.test"));
        assert_eq!(report.causes()[0].cause, Cause::TlsUnsupported);
        let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        assert_eq!((&json["tls"]["version"], &json["tls"]["legacy"]), (&name.into(), &true.into()));
        assert_eq!(json["tls"]["cipher_suite"], "TLS_RSA_WITH_AES_128_CBC_SHA");
    }
}

/// What is known at one length of a flight is known at every greater one.
#[tokio::test(start_paused = true)]
async fn a_flight_that_is_cut_anywhere() {
    let certificate = LabCertificate::healthy(now()).der();
    let observer = observer();
    for (version, suite) in [(0x0303, ECDHE_RSA_AES_GCM), (0x0301, RSA_AES_CBC)] {
        let flight = flight(version, suite, &[&certificate]);
        for (after, end) in [(After::Fin, End::Fin), (After::Reset, End::Reset), (After::Silence, End::Timeout)] {
            let mut known = (false, 0);
            for cut in 0..=flight.len() {
                let tape = Tape::new(&[&CONFIRM, &flight[..cut]], after);
                let report = observer.probe_stream(&target(), tape).await;
                let unsupported = report.end() == End::Malformed(Fault::TlsUnsupported) && version < 0x0303;
                assert!(report.stage() == Stage::Tls && (report.end() == end || unsupported), "{cut}: {report}");
                assert_eq!((kept(report.evidence()), report.evidence().heard()), (&flight[..cut], cut as u64));
                let hello = report.evidence().hello();
                let now = (hello.is_some(), hello.map_or(0, |hello| hello.chain.len()));
                assert!(now >= known, "{cut}: {now:?} after {known:?}");
                known = now;
                assert!(!report.causes().is_empty() && !report.to_json().is_empty());
            }
            assert_eq!(known, (true, 1));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_alert_is_heard_whatever_ends_the_stream() {
    let warning = record(21, 0x0303, &[1, 112]);
    for after in [After::Fin, After::Reset, After::Silence] {
        let tape = Tape::new(&[&CONFIRM, HANDSHAKE_FAILURE], after);
        assert_eq!(at(&observer().probe_stream(&target(), tape).await), (Stage::Tls, End::Alert(40)));
        let tape = Tape::new(&[&CONFIRM, &warning, HANDSHAKE_FAILURE], after);
        assert_eq!(at(&observer().probe_stream(&target(), tape).await), (Stage::Tls, End::Alert(40)));
    }
}

/// The same with a flight that answers the very `ClientHello` that was sent, and goes on in ciphers.
#[tokio::test(start_paused = true)]
async fn a_real_flight_that_is_cut_anywhere() {
    for (version, number) in VERSIONS.into_iter().zip([0x0303, 0x0304]) {
        let config = Server::healthy().config(version);
        let (mut known, mut cut, mut length) = ((None, 0), 0, 1);
        while cut < length {
            let answer = async |mut far: DuplexStream| {
                let hello = confirm(&mut far).await?;
                let flight = first_flight(&config, &hello);
                length = flight.len();
                far.write_all(&flight[..cut]).await
            };
            let (report, _) = meet(&observer(), 16_384, answer).await;
            assert_eq!((at(&report), kept(report.evidence()).len()), ((Stage::Tls, End::Fin), cut), "{version:?}");
            let hello = report.evidence().hello();
            let now = (hello.as_ref().map(|hello| hello.session.version), hello.map_or(0, |hello| hello.chain.len()));
            assert!(now >= known, "{version:?} {cut}: {now:?} after {known:?}");
            (known, cut) = (now, cut + 1);
        }
        assert_eq!(known, (Some(number), usize::from(number == 0x0303)), "TLS 1.3 hides its certificate");
    }
}

#[tokio::test]
async fn a_peer_that_confirms_and_goes() {
    let report = both_ways(&[]).await;
    assert_eq!((at(&report), report.evidence().heard()), ((Stage::Tls, End::Fin), 0));
    let vanish = async |mut far: DuplexStream| {
        read_request(&mut far).await?;
        far.write_all(&CONFIRM).await
    };
    let (report, _) = meet(&observer(), 4_096, vanish).await;
    assert_eq!(at(&report), (Stage::Tls, End::Fin));
}

/// The peer is gone before the `ClientHello` is out: what it had said, and how it went, is still to be read.
#[tokio::test(start_paused = true)]
async fn a_write_that_fails_is_not_the_last_word() {
    let rows = [
        (ErrorKind::BrokenPipe, After::Fin, End::Fin),
        (ErrorKind::BrokenPipe, After::Reset, End::Reset),
        // A reset that the write has shown reads as an end of file.
        (ErrorKind::ConnectionReset, After::Fin, End::Reset),
        (ErrorKind::ConnectionReset, After::Reset, End::Reset),
        (ErrorKind::ConnectionReset, After::Silence, End::Reset),
        (ErrorKind::TimedOut, After::Fin, os(OsErrorKind::TimedOut)),
        (ErrorKind::PermissionDenied, After::Silence, os(OsErrorKind::PermissionDenied)),
    ];
    for (failure, after, end) in rows {
        for writable in [19, 30] {
            let gone = Tape::new(&[&CONFIRM], after).failing(writable, failure);
            for tape in [gone.clone(), gone.buffered()] {
                assert_eq!(at(&observer().probe_stream(&target(), tape).await), (Stage::Tls, end), "{failure}");
            }
            let alert = Tape::new(&[&CONFIRM, HANDSHAKE_FAILURE], after).failing(writable, failure);
            let report = observer().probe_stream(&target(), alert).await;
            assert_eq!((at(&report), kept(report.evidence())), ((Stage::Tls, End::Alert(40)), HANDSHAKE_FAILURE));
        }
    }
}

/// Linux keeps what has arrived before a reset. Elsewhere it may be gone.
#[tokio::test]
async fn an_alert_before_a_reset_on_a_real_socket() {
    let refuse = async |mut far: TcpStream| {
        confirm(&mut far).await?;
        far.write_all(HANDSHAKE_FAILURE).await?;
        far.set_zero_linger()
    };
    // The reset is there before the ClientHello is written.
    let refuse_early = async |mut far: TcpStream| {
        read_request(&mut far).await?;
        far.write_all(&[&CONFIRM, HANDSHAKE_FAILURE].concat()).await?;
        far.set_zero_linger()
    };
    for report in [meet_on_loopback(refuse).await, meet_on_loopback(refuse_early).await] {
        let lost = !cfg!(target_os = "linux") && report.end() == End::Reset;
        assert!(at(&report) == (Stage::Tls, End::Alert(40)) || lost, "{report}");
    }
}

/// A reset shows once, in whichever call comes first: one that stopped the request is not taken for an orderly end.
#[tokio::test(start_paused = true)]
async fn a_reset_of_the_request_itself_is_a_reset() {
    let rows = [
        (ErrorKind::ConnectionReset, After::Fin, End::Reset),
        (ErrorKind::ConnectionReset, After::Reset, End::Reset),
        (ErrorKind::ConnectionReset, After::Silence, End::Reset),
        (ErrorKind::BrokenPipe, After::Fin, End::Fin),
        (ErrorKind::BrokenPipe, After::Reset, End::Reset),
    ];
    for (failure, after, end) in rows {
        for writable in [0, 7] {
            let gone = Tape::new(&[], after).failing(writable, failure);
            let late = observer().probe_stream(&target(), gone.clone().buffered()).await;
            let report = observer().probe_stream(&target(), gone).await;
            assert_eq!(
                (at(&report), at(&late)),
                ((Stage::Negotiate, end), (Stage::Negotiate, end)),
                "{failure} {after:?}"
            );
            assert_eq!(report.evidence().negotiate.map(|leg| leg.sent), Some(writable as u64));
        }
        let greeted = Tape::new(&[b"SSH-2.0-OpenSSH_9.2p1\r\n"], after).failing(0, failure);
        let report = observer().probe_stream(&target(), greeted).await;
        assert_eq!(report.evidence().foreign(), Some(Foreign::Ssh), "{failure} {after:?}");
    }
}

#[tokio::test]
async fn a_reset_before_the_request_on_a_real_socket() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let near = TcpSocket::new_v4().unwrap().connect(address).await.unwrap();
    let (far, _) = listener.accept().await.unwrap();
    far.set_zero_linger().unwrap();
    drop(far);
    // Ready to be read is what a stream is once the reset has arrived.
    near.readable().await.unwrap();
    let report = observer().probe_stream(&Target::from(address), near).await;
    assert_eq!((at(&report), report.causes()[0].cause), ((Stage::Negotiate, End::Reset), Cause::ResetOnRequest));
}
