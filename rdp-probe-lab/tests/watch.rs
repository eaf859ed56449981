//! What a lab tells of its connections, and that its floods end with whoever they are for.

mod client;

use client::{NAME, config, negotiate, open, start_tls, until_closed};
use ironrdp_pdu::nego::SecurityProtocol;
use rdp_probe::Protocols;
use rdp_probe_lab::{Ending, Event, Lab, Seen};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const FLOODS: [&str; 3] = ["flood-on-accept", "flood-after-request", "flood-after-hello"];

/// A Connection Request that offers TLS.
const REQUEST: [u8; 19] = [3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 1, 0, 0, 0];

/// A client that is being flooded, and has read some of it.
async fn flooded(lab: &Lab) -> TcpStream {
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    stream.write_all(&REQUEST).await.unwrap();
    // A ClientHello that says nothing.
    stream.write_all(&[22, 3, 1, 0, 4, 1, 0, 0, 0]).await.unwrap();
    let mut some = vec![0; 1 << 20];
    stream.read_exact(&mut some).await.unwrap();
    stream
}

#[tokio::test(flavor = "current_thread")]
async fn a_flood_ends_when_the_client_is_gone() {
    for scenario in FLOODS {
        let lab = Lab::start(scenario).await.unwrap();
        let mut watcher = lab.watch();
        drop(flooded(&lab).await);
        let seen = until_closed(&mut watcher).await;
        assert!(seen.contains(&Seen::Flooding), "{scenario}: {seen:?}");
        let end = &seen[seen.len() - 3..];
        assert!(matches!(end, [Seen::Failed(_), Seen::Ended(Ending::Fin), Seen::Closed]), "{scenario}: {seen:?}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_flood_ends_with_its_lab() {
    for scenario in FLOODS {
        let lab = Lab::start(scenario).await.unwrap();
        let mut watcher = lab.watch();
        let mut stream = flooded(&lab).await;
        drop(lab);
        // What is under way still comes; then the end, in whichever form.
        while !matches!(stream.read(&mut [0; 4_096]).await, Ok(0) | Err(_)) {}
        while watcher.next().await.is_some() {}
        assert_eq!(watcher.missed(), 0);
    }
}

#[tokio::test]
async fn connections_are_counted_and_told_apart() {
    let lab = Lab::start("accept-fin").await.unwrap();
    let mut watcher = lab.watch();
    for number in 1..=3 {
        let mut stream = TcpStream::connect(lab.address()).await.unwrap();
        assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
        let peer = stream.local_addr().unwrap();
        drop(stream);
        for seen in [Seen::Accepted, Seen::Ended(Ending::Fin), Seen::Closed] {
            let event = watcher.next().await.unwrap();
            assert_eq!((event.connection, event.peer, event.seen), (number, peer, seen));
        }
    }
}

#[tokio::test]
async fn every_watcher_hears_everything_from_when_it_began() {
    let lab = Lab::start("closes-on-request").await.unwrap();
    let mut early = lab.watch();
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    let Some(Event { seen: Seen::Accepted, .. }) = early.next().await else { panic!("it was accepted") };
    let mut late = lab.watch();
    stream.write_all(&REQUEST).await.unwrap();
    drop(stream);
    let rest = [Seen::Requested { offer: Some(Protocols::SSL), cookie: None }, Seen::Ended(Ending::Fin), Seen::Closed];
    assert_eq!(until_closed(&mut early).await, rest);
    assert_eq!(until_closed(&mut late).await, rest);
}

/// Greetings and answers are told as they were sent.
#[tokio::test]
async fn what_the_server_sends_is_told() {
    let lab = Lab::start("ssh").await.unwrap();
    let mut watcher = lab.watch();
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    let mut greeting = vec![0; 40];
    let count = stream.read(&mut greeting).await.unwrap();
    assert_eq!(watcher.next().await.unwrap().seen, Seen::Accepted);
    assert_eq!(watcher.next().await.unwrap().seen, Seen::Greeted(greeting[..count].to_vec().into()));

    let lab = Lab::start("nla-required").await.unwrap();
    let mut watcher = lab.watch();
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    let refusal = negotiate(&mut stream, SecurityProtocol::SSL).await;
    drop(stream);
    let seen = until_closed(&mut watcher).await;
    assert_eq!(seen[2..], [Seen::Answered(refusal.to_vec().into()), Seen::Ended(Ending::Fin), Seen::Closed]);
}

#[tokio::test]
async fn a_client_that_breaks_off_is_told_with_its_reason() {
    // It speaks HTTP.
    let lab = Lab::start("healthy").await.unwrap();
    let mut watcher = lab.watch();
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(stream.read(&mut [0]).await.unwrap(), 0, "the server closes");
    drop(stream);
    let seen = until_closed(&mut watcher).await;
    let [Seen::Accepted, Seen::Failed(why), Seen::Ended(Ending::Fin), Seen::Closed] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    assert!(why.contains("TPKT") && why.contains("47"), "{why}");

    // It trusts nobody, and says so in an alert.
    let lab = Lab::start("healthy").await.unwrap();
    let mut watcher = lab.watch();
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    negotiate(&mut stream, SecurityProtocol::SSL).await;
    assert!(TlsConnector::from(config(None)).connect(NAME.try_into().unwrap(), stream).await.is_err());
    let seen = until_closed(&mut watcher).await;
    let [.., Seen::ClientHello { .. }, Seen::Failed(why), Seen::Ended(Ending::Fin), Seen::Closed] = seen.as_slice()
    else {
        panic!("{seen:?}")
    };
    assert!(why.contains("UnknownCA"), "{why}");
}

#[tokio::test]
async fn a_server_that_reads_nothing_notices_that_its_client_is_gone() {
    let lab = Lab::start("accept-silent").await.unwrap();
    let mut watcher = lab.watch();
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    stream.write_all(&REQUEST).await.unwrap();
    drop(stream);
    assert_eq!(until_closed(&mut watcher).await, [Seen::Accepted, Seen::Ended(Ending::Silence), Seen::Closed]);
}

#[tokio::test]
async fn a_server_that_resets_does_so_although_the_client_says_nothing() {
    let lab = Lab::start("accept-reset").await.unwrap();
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    assert_eq!(stream.read(&mut [0]).await.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_handshake_that_the_server_breaks_off_is_told() {
    let lab = Lab::start("tls-reset-after-server-hello").await.unwrap();
    let mut watcher = lab.watch();
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    negotiate(&mut stream, SecurityProtocol::SSL).await;
    assert!(start_tls(stream).await.is_err());
    let seen = until_closed(&mut watcher).await;
    let [.., hello, Seen::Answered(flight), Seen::Ended(Ending::Reset), Seen::Closed] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    assert_eq!(*hello, Seen::ClientHello { server_name: Some(NAME.to_owned()) });
    assert_eq!(flight[..2], [22, 3]);
}

#[tokio::test]
async fn a_watcher_that_does_not_listen_misses_events_and_knows_how_many() {
    let lab = Lab::start("accept-fin").await.unwrap();
    let (mut lazy, mut keen) = (lab.watch(), lab.watch());
    let mut told = 0;
    while told < 1024 + 300 {
        drop(TcpStream::connect(lab.address()).await.unwrap());
        told += until_closed(&mut keen).await.len() as u64;
    }
    drop(lab);
    let mut heard = 0;
    while lazy.next().await.is_some() {
        heard += 1;
    }
    assert_eq!((heard + lazy.missed(), keen.missed()), (told, 0));
    assert!(lazy.missed() >= 300, "{}", lazy.missed());
}

/// An event is a line, and what comes from the client cannot break it.
#[tokio::test]
async fn events_are_lines() {
    let lab = Lab::start("healthy").await.unwrap();
    let mut watcher = lab.watch();
    drop(open(&lab, SecurityProtocol::SSL | SecurityProtocol::HYBRID).await);
    let mut lines = Vec::new();
    while let Some(event) = watcher.next().await {
        lines.push(event.to_string());
        if event.seen == Seen::Closed {
            break;
        }
    }
    let ends = |line: &String, end: &str| line.starts_with("1 127.0.0.1:") && line.ends_with(end);
    assert!(ends(&lines[0], ": connected"), "{lines:?}");
    assert!(ends(&lines[1], ": X.224 Connection Request, offers ssl,hybrid, Cookie: mstshash=alice"), "{lines:?}");
    assert!(ends(&lines[3], ": TLS ClientHello for lab.rdp-probe.test"), "{lines:?}");
    assert!(ends(&lines[4], ": TLS 1.3 complete"), "{lines:?}");

    let hostile = Seen::Requested { offer: None, cookie: Some("\u{1b}[2J\n".to_owned()) }.to_string();
    assert!(!hostile.contains(['\u{1b}', '\n']), "{hostile:?}");
}

/// Bytes 3 and 4 of what is no TLS record are no length to wait for.
#[tokio::test]
async fn what_is_no_client_hello_is_not_waited_for() {
    let lab = Lab::start("tls-reset").await.unwrap();
    let mut watcher = lab.watch();
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    stream.write_all(&REQUEST).await.unwrap();
    stream.read_exact(&mut [0; 19]).await.unwrap();
    // MCS in plain, where TLS is due.
    stream.write_all(&[3, 0, 1, 0x9C, 2, 0xF0, 0x80]).await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap_or_default();
    drop(stream);
    let seen = until_closed(&mut watcher).await;
    assert!(seen.iter().any(|seen| matches!(seen, Seen::Failed(_))), "{seen:?}");
    assert!(!seen.iter().any(|seen| matches!(seen, Seen::ClientHello { .. })), "{seen:?}");
}
