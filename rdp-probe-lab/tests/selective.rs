//! Servers that look at what a client asks: what each does with clients that ask differently.

mod client;
mod hello;

use std::time::Duration;

use client::{NAME, negotiate, open, until_closed};
use hello::{AES128_SHA, ECDHE_AES128_GCM, ECDHE_AES128_SHA, Hello, TLS_AES128_GCM};
use ironrdp_pdu::nego::SecurityProtocol;
use rdp_probe_lab::{Ending, Event, Lab, LabKey, Seen, Watcher};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::signature::Verifier as _;
use tls_parser::{TlsMessage, TlsMessageHandshake, parse_tls_message_handshake};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What a server does with a `ClientHello`.
#[derive(Debug, PartialEq, Eq)]
enum Deed {
    /// It begins TLS: with this version, as old servers name it, and suite.
    Begins(u16, u16),
    /// It refuses with this alert, of the version in the second place, and ends so.
    Refuses(u8, u8, Ending),
    /// It says nothing, and ends so.
    Ends(Ending),
}
use Deed::{Begins, Ends, Refuses};

const RESETS: Deed = Ends(Ending::Reset);

/// What TLS 1.2 with a suite that everybody has is answered by a server that is sound.
const SOUND: Deed = Begins(0x0303, ECDHE_AES128_GCM);

/// What the server does; the client stays until it knows.
async fn deed(scenario: &str, hello: &Hello) -> Deed {
    let lab = Lab::start(scenario).await.unwrap();
    let (mut watcher, silence) = (lab.watch(), lab.watch());
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    negotiate(&mut stream, SecurityProtocol::SSL).await;
    stream.write_all(&hello.records()).await.unwrap();
    let answer = tokio::select! {
        answer = record(&mut stream) => answer,
        () = until_silent(silence) => return Ends(Ending::Silence),
    };
    match answer.as_slice() {
        [22, ..] => {
            let (version, suite) = chosen(&answer);
            Begins(version, suite)
        }
        [21, 3, minor, 0, 2, 2, description] => Refuses(*description, *minor, ended(&mut watcher).await),
        [] => Ends(ended(&mut watcher).await),
        other => panic!("{scenario}: {other:02x?}"),
    }
}

/// One record, or nothing where the connection ends.
async fn record(stream: &mut TcpStream) -> Vec<u8> {
    let mut record = vec![0; 5];
    if stream.read_exact(&mut record).await.is_err() {
        return Vec::new();
    }
    record.resize(5 + usize::from(u16::from_be_bytes([record[3], record[4]])), 0);
    stream.read_exact(&mut record[5..]).await.unwrap();
    record
}

async fn ended(watcher: &mut Watcher) -> Ending {
    loop {
        if let Event { seen: Seen::Ended(ending), .. } = watcher.next().await.unwrap() {
            return ending;
        }
    }
}

/// Comes back when the server has decided to say nothing at all.
async fn until_silent(mut watcher: Watcher) {
    let mut answers = 0;
    while let Some(Event { seen, .. }) = watcher.next().await {
        match seen {
            Seen::Answered(_) => answers += 1,
            // The confirm is the one answer.
            Seen::Ended(Ending::Silence) if answers == 1 => return,
            Seen::Ended(_) => break,
            _ => {}
        }
    }
    std::future::pending::<()>().await;
}

/// Version and suite of the `ServerHello` at the beginning of a record.
fn chosen(record: &[u8]) -> (u16, u16) {
    let Ok((_, TlsMessage::Handshake(TlsMessageHandshake::ServerHello(server)))) =
        parse_tls_message_handshake(&record[5..])
    else {
        panic!("{record:02x?}")
    };
    (server.version.0, server.cipher.0)
}

fn tls12(suites: &[u16]) -> Hello {
    Hello::new(0x0303, suites)
}

#[tokio::test]
async fn an_old_server_begins_with_whoever_takes_its_version_and_suite() {
    let alert = |description, minor, ending| move || Refuses(description, minor, ending);
    let (old, cbc) = (alert(70, 1, Ending::Fin), alert(40, 3, Ending::Reset));
    let resets = || RESETS;
    let refusals: [(&str, u16, &dyn Fn() -> Deed); 4] = [
        ("tls10-only", AES128_SHA, &old),
        ("tls10-only-resets", AES128_SHA, &resets),
        ("cbc-only", ECDHE_AES128_SHA, &cbc),
        ("cbc-only-resets", ECDHE_AES128_SHA, &resets),
    ];
    for (scenario, suite, refusal) in refusals {
        let version = if suite == AES128_SHA { 0x0301 } else { 0x0303 };
        let begins = Begins(version, suite);
        for taken in [tls12(&[ECDHE_AES128_GCM, suite]), tls12(&[suite]).naming("a.test").padded_to(3000)] {
            assert_eq!(deed(scenario, &taken).await, begins, "{scenario}");
        }
        let listed = tls12(&[suite]).listing(&[0x0304, 0x0303, 0x0302, 0x0301]);
        assert_eq!(deed(scenario, &listed).await, begins, "{scenario}");
        // Without the suite; and with the suite, but in another version.
        assert_eq!(deed(scenario, &tls12(&[ECDHE_AES128_GCM])).await, refusal(), "{scenario}");
        assert_eq!(deed(scenario, &tls12(&[suite]).listing(&[0x0304])).await, refusal(), "{scenario}");
        assert_eq!(deed(scenario, &Hello::new(version - 1, &[suite])).await, refusal(), "{scenario}");
    }
    assert_eq!(deed("tls10-only", &Hello::new(0x0301, &[AES128_SHA])).await, Begins(0x0301, AES128_SHA));
}

/// What is answered to this `ClientHello` up to where the server waits, without the header of the one record.
async fn flight(scenario: &str, hello: &Hello) -> Vec<u8> {
    let lab = Lab::start(scenario).await.unwrap();
    let mut watcher = lab.watch();
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    negotiate(&mut stream, SecurityProtocol::SSL).await;
    stream.write_all(&hello.records()).await.unwrap();
    let record = record(&mut stream).await;
    assert_eq!(ended(&mut watcher).await, Ending::Silence);
    record[5..].to_vec()
}

/// The messages of a flight, by their types, and what is in them.
fn messages(mut flight: &[u8]) -> Vec<(u8, &[u8])> {
    let mut messages = Vec::new();
    while let Some(([kind, 0, high, low], rest)) = flight.split_first_chunk() {
        let (body, behind) = rest.split_at(usize::from(u16::from_be_bytes([*high, *low])));
        messages.push((*kind, body));
        flight = behind;
    }
    assert!(flight.is_empty());
    messages
}

#[tokio::test]
async fn the_flight_of_an_old_server_is_whole_and_rightly_signed() {
    let tls10 = flight("tls10-only", &tls12(&[AES128_SHA])).await;
    let parts = messages(&tls10);
    assert_eq!(parts.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [2, 11, 14]);
    assert_eq!(LabKey::of_certificate(parts[1].1), Some(LabKey::Rsa2048));

    let cbc = flight("cbc-only", &tls12(&[ECDHE_AES128_SHA])).await;
    let parts = messages(&cbc);
    assert_eq!(parts.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [2, 11, 12, 14]);
    assert_eq!(LabKey::of_certificate(parts[1].1), Some(LabKey::Rsa2048));
    // A point on P-256, then the scheme and the length of the signature.
    let (params, signature) = parts[2].1.split_at(4 + 65);
    assert_eq!((&params[..5], &signature[..4]), (&[3, 0, 23, 65, 4][..], &[4, 1, 1, 0][..]));
    let signed = [&Hello::RANDOM, &parts[0].1[2..34], params].concat();
    let public = rsa::RsaPublicKey::from_public_key_der(LabKey::Rsa2048.spki_der()).unwrap();
    let key = rsa::pkcs1v15::VerifyingKey::<rsa::sha2::Sha256>::new(public);
    key.verify(&signed, &signature[4..].try_into().unwrap()).unwrap();
}

#[tokio::test]
async fn an_extension_is_answered_to_those_alone_that_know_it() {
    let knows = [ECDHE_AES128_SHA, 0x00FF];
    for (suites, extensions) in [(&knows[..], &[0, 5, 0xFF, 1, 0, 1, 0][..]), (&knows[..1], &[])] {
        let flight = flight("cbc-only", &tls12(suites)).await;
        // Version, random, an empty session, suite, compression.
        assert_eq!(messages(&flight)[0].1[2 + 32 + 1 + 2 + 1..], *extensions);
    }
}

#[tokio::test]
async fn what_is_between_looks_at_names_versions_and_lengths() {
    let sound = || tls12(&[ECDHE_AES128_GCM]);
    let both = || tls12(&[TLS_AES128_GCM, ECDHE_AES128_GCM]).listing(&[0x0304, 0x0303]);
    let rows = [
        ("sni-resets", sound(), SOUND),
        ("sni-resets", sound().padded_to(2000), SOUND),
        ("sni-resets", sound().naming("a.test"), RESETS),
        ("tls13-resets", sound().naming("a.test"), SOUND),
        ("tls13-resets", sound().listing(&[0x0303]), SOUND),
        ("tls13-resets", both(), RESETS),
        ("two-segment-hello-resets", sound().naming("a.test").padded_to(1460), SOUND),
        ("two-segment-hello-resets", sound().padded_to(1461), RESETS),
        ("large-hello-resets", sound().padded_to(1500), SOUND),
        ("large-hello-resets", sound().padded_to(1501), RESETS),
        ("large-hello-vanishes", sound().padded_to(1500), SOUND),
        ("large-hello-vanishes", sound().padded_to(1501), Ends(Ending::Silence)),
        ("flight-vanishes", sound(), Ends(Ending::Silence)),
        ("flight-vanishes", sound().padded_to(2000).naming("a.test"), Ends(Ending::Silence)),
        ("flight-vanishes", tls12(&[AES128_SHA]), Refuses(40, 3, Ending::Fin)),
        ("flight-vanishes", Hello::new(0x0302, &[ECDHE_AES128_GCM]), Refuses(40, 3, Ending::Fin)),
    ];
    for (scenario, hello, expected) in rows {
        assert_eq!(deed(scenario, &hello).await, expected, "{scenario}, {} bytes", hello.records().len());
    }
}

/// A `ClientHello` that was looked at is served like any other, as far as MCS.
#[tokio::test]
async fn who_is_let_through_completes_tls() {
    for scenario in ["large-hello-resets", "large-hello-vanishes", "two-segment-hello-resets"] {
        let lab = Lab::start(scenario).await.unwrap();
        let mut watcher = lab.watch();
        drop(open(&lab, SecurityProtocol::SSL).await);
        let seen = until_closed(&mut watcher).await;
        let hellos = seen.iter().filter(|seen| matches!(seen, Seen::ClientHello { .. }));
        assert_eq!(hellos.collect::<Vec<_>>(), [&Seen::ClientHello { server_name: Some(NAME.to_owned()) }]);
        assert!(seen.contains(&Seen::TlsComplete { version: 0x0304 }), "{scenario}: {seen:?}");
    }
}

#[tokio::test]
async fn an_offer_of_the_newest_is_dropped_and_no_other() {
    let lab = Lab::start("offer-dropped").await.unwrap();
    for offer in [SecurityProtocol::SSL, SecurityProtocol::SSL | SecurityProtocol::HYBRID] {
        open(&lab, offer).await;
    }
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    let refused = negotiate(&mut stream, SecurityProtocol::HYBRID).await;
    assert_eq!(refused[11..], [3, 0, 8, 0, 1, 0, 0, 0]);
    for offer in [SecurityProtocol::HYBRID_EX, SecurityProtocol::SSL | SecurityProtocol::HYBRID_EX] {
        let mut stream = TcpStream::connect(lab.address()).await.unwrap();
        stream.write_all(&[3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0]).await.unwrap();
        stream.write_all(&offer.bits().to_le_bytes()).await.unwrap();
        assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
    }
}

/// The key of the certificate that a connection shows, if it is served.
async fn member(lab: &Lab) -> Option<LabKey> {
    let mut watcher = lab.watch();
    let stream = open(lab, SecurityProtocol::SSL).await;
    let key = LabKey::of_certificate(&stream.get_ref().1.peer_certificates().unwrap()[0]);
    drop(stream);
    until_closed(&mut watcher).await;
    key
}

#[tokio::test]
async fn the_members_of_a_farm_take_turns() {
    let lab = Lab::start("farm-of-two").await.unwrap();
    for _ in 0..3 {
        assert_eq!(member(&lab).await, Some(LabKey::Rsa2048));
        assert_eq!(member(&lab).await, Some(LabKey::Rsa2048Other));
    }
}

/// Whether the request is answered; if not, the connection is closed.
async fn is_answered(lab: &Lab) -> bool {
    let mut watcher = lab.watch();
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    stream.write_all(&[3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 1, 0, 0, 0]).await.unwrap();
    let mut confirm = Vec::new();
    stream.shutdown().await.unwrap();
    stream.read_to_end(&mut confirm).await.unwrap();
    drop(stream);
    until_closed(&mut watcher).await;
    !confirm.is_empty()
}

#[tokio::test(start_paused = true)]
async fn a_throttled_server_serves_those_who_wait() {
    const PAUSE: Duration = Duration::from_secs(1);
    let lab = Lab::start("throttled").await.unwrap();
    for _ in 0..3 {
        assert_eq!(member(&lab).await, Some(LabKey::Rsa2048));
        // Those who are sent away do not make it longer for others.
        for _ in 0..4 {
            assert!(!is_answered(&lab).await);
            tokio::time::advance(PAUSE / 4).await;
        }
    }
    assert!(is_answered(&lab).await, "a connection that comes to nothing is one that was served");
    assert!(!is_answered(&lab).await);

    // During a connection there is no other, however long it lasts.
    tokio::time::advance(PAUSE).await;
    let mut watcher = lab.watch();
    let stream = open(&lab, SecurityProtocol::SSL).await;
    tokio::time::advance(PAUSE * 5).await;
    assert!(!is_answered(&lab).await);
    drop(stream);
    while watcher.next().await.unwrap().seen != Seen::Ended(Ending::Fin) {}
}

/// A farm with a bad member fails where a throttled server does not: by turns, however long one waits, and behind the request.
#[tokio::test(start_paused = true)]
async fn a_bad_member_fails_whoever_waits() {
    let lab = Lab::start("farm-member-failing").await.unwrap();
    for _ in 0..2 {
        for key in [LabKey::Rsa2048, LabKey::Rsa2048Other] {
            assert_eq!(member(&lab).await, Some(key));
            tokio::time::advance(Duration::from_secs(10)).await;
        }
        let mut stream = TcpStream::connect(lab.address()).await.unwrap();
        negotiate(&mut stream, SecurityProtocol::SSL).await;
        stream.write_all(&tls12(&[ECDHE_AES128_GCM]).records()).await.unwrap();
        assert_eq!(record(&mut stream).await, [0; 0]);
    }
}
