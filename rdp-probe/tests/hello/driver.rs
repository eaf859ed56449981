//! The driver at the goal hello: in memory, over sockets, against the servers of the lab.

use std::io::ErrorKind;
use std::sync::Arc;

use rdp_probe::diagnose::Cause;
use rdp_probe::{
    Check, ClientHello, ConfigError, End, Fault, Goal, Known, Prober, ProberBuilder, Reason, Report, Roots, Rung,
    ServerName, Stage, Thumbprint, Transcript, Trust,
};
use rdp_probe_lab::{Lab, LabCertificate, LabKey};
use time::OffsetDateTime;
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio::sync::Mutex;

use super::flights::{certificate, whole};
use super::support::{CONFIRM, NOW, confirm, meet, ms, record, target};
use super::tape::{After, Tape};

fn builder(rung: Rung) -> ProberBuilder {
    Prober::builder().goal(Goal::Hello).client_hello(ClientHello::new(rung)).fixed_clock(NOW)
}

fn prober(rung: Rung) -> Prober {
    builder(rung).build().unwrap()
}

fn at(report: &Report) -> (Stage, End) {
    (report.stage(), report.end())
}

#[tokio::test(start_paused = true)]
async fn every_flight_is_read_in_memory() {
    for flight in whole() {
        let answer = async |mut far: DuplexStream| {
            confirm(&mut far).await?;
            for piece in flight.bytes.chunks(100) {
                far.write_all(piece).await?;
            }
            Ok(far)
        };
        let (report, took) = meet(&prober(flight.rung), 200, answer).await;
        assert_eq!((at(&report), took), ((Stage::Tls, End::Complete), ms(0)), "it is over with the last byte");
        let hello = report.evidence().hello().unwrap();
        assert_eq!((hello.session, hello.chain.len()), (flight.session, flight.chain));
        assert!(report.is_ok());
    }
}

#[tokio::test]
async fn every_server_of_the_lab_is_read_over_sockets() {
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    for key in LabKey::all() {
        let lab = Lab::with_certificate(LabCertificate::healthy(now).with_key(*key)).await.unwrap();
        for rung in [Rung::Wide, Rung::Tls12] {
            let report = prober(rung).probe(&lab.target()).await;
            assert_eq!(at(&report), (Stage::Tls, End::Complete), "{key:?} {rung}");
            let read = LabKey::of_certificate(&report.evidence().hello().unwrap().chain[0]);
            assert_eq!(read, Some(*key));
        }
        let report = prober(Rung::Tls13).probe(&lab.target()).await;
        let hello = report.evidence().hello().unwrap();
        assert_eq!((report.is_ok(), hello.session.version, hello.chain.len()), (true, 0x0304, 0), "{key:?}");
        let report = prober(Rung::Nothing).probe(&lab.target()).await;
        assert_eq!(at(&report), (Stage::Tls, End::Alert(40)), "{key:?}");
    }
}

/// Longer than a segment, and than a record: servers take it all the same.
#[tokio::test]
async fn a_padded_hello_is_answered() {
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    let lab = Lab::with_certificate(LabCertificate::healthy(now)).await.unwrap();
    for length in [600, 1_600, 9_000, 16_388, 16_400, 40_000] {
        for rung in [Rung::Wide, Rung::Tls13] {
            let hello = ClientHello::new(rung).padded_to(length);
            let prober = builder(rung).client_hello(hello).build().unwrap();
            let report = prober.probe(&lab.target()).await;
            assert_eq!(at(&report), (Stage::Tls, End::Complete), "{rung} {length}");
            assert!(report.evidence().tls.unwrap().sent >= u64::from(length));
        }
    }
}

#[tokio::test]
async fn a_server_of_tls_1_3_alone_is_told_as_such() {
    let lab = Lab::start("healthy-tls13").await.unwrap();
    let report = prober(Rung::Wide).probe(&lab.target()).await;
    assert_eq!((at(&report), report.causes()[0].cause), ((Stage::Tls, End::Alert(70)), Cause::Tls13Only));
    let report = prober(Rung::Tls12).probe(&lab.target()).await;
    assert_eq!((at(&report), report.causes()[0].cause), ((Stage::Tls, End::Alert(70)), Cause::TlsVersionRefused));
    assert!(prober(Rung::Tls13).probe(&lab.target()).await.is_ok());
    let lab = Lab::start("healthy-tls12").await.unwrap();
    let report = prober(Rung::Tls13).probe(&lab.target()).await;
    assert_eq!((at(&report), report.causes()[0].cause), ((Stage::Tls, End::Alert(70)), Cause::TlsVersionRefused));
    assert!(prober(Rung::Wide).probe(&lab.target()).await.is_ok());
}

/// Servers that fail in TLS are diagnosed as with a whole handshake.
#[tokio::test]
async fn failing_servers_are_told_apart() {
    let rows = [
        ("tls-reset", Cause::TlsNotStarted),
        ("tls-fin-after-server-hello", Cause::TlsEndedMidway),
        ("tls-reset-after-certificate", Cause::TlsEndedMidway),
        ("tls-denied", Cause::TlsDenied),
        ("plain-text-for-tls", Cause::TlsNotSpoken),
        ("flood-after-hello", Cause::TlsProtocolViolation),
        ("certificate-expired", Cause::CertificateExpired),
        ("accept-fin", Cause::ClosedOnRequest),
    ];
    for (scenario, cause) in rows {
        let lab = Lab::start(scenario).await.unwrap();
        let prober = Prober::builder().goal(Goal::Hello).build().unwrap();
        let report = prober.probe(&lab.target()).await;
        assert_eq!(report.causes()[0].cause, cause, "{scenario}: {report}");
    }
}

/// A peer that is gone before the hello is out: how it went is still to be read, as with a whole handshake.
#[tokio::test(start_paused = true)]
async fn a_write_that_fails_is_not_the_last_word() {
    let alert = record(21, 0x0303, &[2, 40]);
    let rows: [(ErrorKind, After, &[u8], End); 5] = [
        (ErrorKind::BrokenPipe, After::Fin, &[], End::Fin),
        (ErrorKind::BrokenPipe, After::Reset, &[], End::Reset),
        (ErrorKind::ConnectionReset, After::Fin, &[], End::Reset),
        (ErrorKind::ConnectionReset, After::Silence, &[], End::Reset),
        (ErrorKind::BrokenPipe, After::Reset, &alert, End::Alert(40)),
    ];
    for (failure, after, bytes, end) in rows {
        for writable in [19, 30] {
            let tape = Tape::new(&[&CONFIRM, bytes], after).failing(writable, failure);
            for tape in [tape.clone(), tape.buffered()] {
                assert_eq!(at(&prober(Rung::Wide).probe_stream(&target(), tape).await), (Stage::Tls, end), "{failure}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_drips_or_falls_silent_ends_with_the_stage() {
    let flight = whole().remove(3).bytes;
    let drip = async |mut far: DuplexStream| {
        confirm(&mut far).await?;
        for byte in flight.chunks(1) {
            far.write_all(byte).await?;
            tokio::time::sleep(ms(70)).await;
        }
        Ok(far)
    };
    let (report, took) = meet(&prober(Rung::Wide), 4_096, drip).await;
    assert_eq!((at(&report), took), ((Stage::Tls, End::Timeout), ms(5_000)));
    assert_eq!(report.evidence().heard(), 5_000_u64.div_ceil(70));
    let silent = async |mut far: DuplexStream| confirm(&mut far).await.map(|_| far);
    let (report, took) = meet(&prober(Rung::Wide), 4_096, silent).await;
    assert_eq!(
        (at(&report), took, report.causes()[0].cause),
        ((Stage::Tls, End::Timeout), ms(5_000), Cause::TlsSilent)
    );
    // What is no TLS is listened to for a quarter of a second.
    let http = async |mut far: DuplexStream| {
        confirm(&mut far).await?;
        far.write_all(b"HTTP/1.1 400 Bad Request\r\n").await?;
        Ok(far)
    };
    let (report, took) = meet(&prober(Rung::Wide), 4_096, http).await;
    assert_eq!((at(&report), took), ((Stage::Tls, End::Malformed(Fault::TlsNotSpoken)), ms(250)));
}

/// No two hellos are alike.
#[tokio::test(start_paused = true)]
async fn every_hello_has_a_random_number_of_its_own() {
    let hellos = Arc::new(Mutex::new(Vec::new()));
    for _ in 0..2 {
        let listen = async |mut far: DuplexStream| {
            hellos.lock().await.push(confirm(&mut far).await?);
            Ok::<_, std::io::Error>(())
        };
        meet(&prober(Rung::Wide), 4_096, listen).await;
    }
    let hellos = hellos.lock().await;
    // Record, message and version come before it.
    let random = |hello: &Vec<u8>| hello[11..43].to_vec();
    assert!(random(&hellos[0]) != random(&hellos[1]) && hellos.iter().all(|hello| random(hello) != [0; 32]));
    assert_eq!(hellos[0][43..], hellos[1][43..]);
}

#[tokio::test(start_paused = true)]
async fn given_roots_say_where_the_chain_leads() {
    let flight = whole().remove(3).bytes;
    let tape = || Tape::new(&[&CONFIRM, &flight], After::Silence);
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    let stranger = LabCertificate::healthy(now).with_key(LabKey::EcdsaP256).with_common_name("stranger").der().to_vec();
    for (roots, ok, reason) in [
        (Some(certificate()), Some(true), Reason::Trusted),
        (Some(stranger), Some(false), Reason::SelfSigned),
        (None, Some(false), Reason::SelfSigned),
    ] {
        let builder = builder(Rung::Wide);
        let builder = match roots {
            Some(root) => builder.roots(Roots::from_der([root]).unwrap()),
            None => builder,
        };
        let report = builder.build().unwrap().probe_stream(&target(), tape()).await;
        let chain = report.verdict().unwrap().chain;
        assert_eq!((at(&report), chain.ok, chain.reason), ((Stage::Tls, End::Complete), ok, reason));
        assert_eq!(report.transcript().to_string().parse::<Transcript>().unwrap().replay(), *report.evidence());
    }
}

#[tokio::test(start_paused = true)]
async fn a_thumbprint_may_be_expected_and_trust_not() {
    let flight = whole().remove(3).bytes;
    let sha1 = rdp_probe::Certificate::parse(&certificate()).unwrap().sha1;
    for (expected, ok) in [(sha1, true), ([7; 20], false)] {
        let prober = builder(Rung::Wide).expect(Thumbprint::Sha1(expected)).build().unwrap();
        let report = prober.probe_stream(&target(), Tape::new(&[&CONFIRM, &flight], After::Silence)).await;
        assert_eq!(report.is_ok(), ok);
        let cause = if ok { Cause::HelloAnswered } else { Cause::CertificateUnexpected };
        assert_eq!(report.causes()[0].cause, cause);
    }
    let strict = builder(Rung::Wide).trust(Trust::Strict).roots(Roots::from_der([certificate()]).unwrap());
    assert_eq!(strict.build().unwrap_err(), ConfigError::StrictWithoutProof);
    for rung in [Rung::Tls13, Rung::Nothing] {
        let error = builder(rung).expect(Thumbprint::Sha1(sha1)).build().unwrap_err();
        assert_eq!(error, ConfigError::NoCertificate, "{rung}");
    }
}

/// A plan made by hand may ask for what no builder takes. It comes to nothing, and to the same nothing when it is replayed,
/// although the chain was checked only behind the end.
#[tokio::test(start_paused = true)]
async fn no_trust_holds_where_no_key_is_proven() {
    let flight = whole().remove(3).bytes;
    let prober = builder(Rung::Wide).roots(Roots::from_der([certificate()]).unwrap()).build().unwrap();
    for (trust, known, check) in [
        (Trust::Strict, Known::Unasked, Check::Chain),
        (Trust::FirstUse, Known::Nothing, Check::Known),
        (Trust::FirstUse, Known::Certificate(certificate().into()), Check::Known),
    ] {
        for name in [ServerName::Target, ServerName::Given("other.example".into())] {
            let mut plan = prober.plan(&target());
            (plan.trust, plan.known, plan.server_name) = (trust, known.clone(), name);
            let report = prober.probe_plan_stream(plan, Tape::new(&[&CONFIRM, &flight], After::Silence)).await;
            assert_eq!(at(&report), (Stage::Tls, End::Untrusted(check)), "{report}");
            assert!(report.evidence().handshake.as_ref().unwrap().path.is_some());
            assert_eq!(Transcript::from(report.evidence()).replay(), *report.evidence());
        }
    }
}

/// Behind half a handshake nobody can go on.
#[tokio::test(start_paused = true)]
async fn nothing_is_opened() {
    let flight = whole().remove(3).bytes;
    let tape = Tape::new(&[&CONFIRM, &flight], After::Silence);
    let failure = prober(Rung::Wide).open_stream(&target(), tape).await.unwrap_err();
    assert!(failure.report().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_chooses_no_tls_is_a_failure() {
    let mut confirm = CONFIRM;
    confirm[15] = 0;
    let report = prober(Rung::Wide).probe_stream(&target(), Tape::new(&[&confirm], After::Silence)).await;
    assert_eq!((at(&report), report.is_ok()), ((Stage::Negotiate, End::Complete), false));
    assert_eq!(report.causes()[0].cause, Cause::StandardSecurityOnly);
}
