//! What a probe does to the process around it: nothing.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::Duration;

use rdp_probe::{End, Target};
use rdp_probe_lab::Lab;
use rustls::ServerConnection;
use rustls::crypto::CryptoProvider;
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio_rustls::TlsAcceptor;

use super::server::{Server, VERSIONS, observer};
use super::support::{CONFIRM, meet, read_request};

#[tokio::test(start_paused = true)]
async fn no_provider_is_installed_in_the_process() {
    let server = Server::healthy();
    for version in VERSIONS {
        assert_eq!(server.probe(&observer(), version).await.end(), End::Complete);
    }
    assert!(CryptoProvider::get_default().is_none());
}

#[tokio::test]
async fn a_probe_can_be_spawned() {
    let lab = Lab::start("healthy").await.unwrap();
    let (prober, target) = (observer(), lab.target());
    let probes: Vec<_> = (0..8)
        .map(|_| {
            let (prober, target) = (prober.clone(), target.clone());
            tokio::spawn(async move { prober.probe(&target).await })
        })
        .collect();
    for probe in probes {
        assert_eq!(probe.await.unwrap().end(), End::Complete);
    }
}

/// Fewer bytes are taken than a goodbye has: the server has gone deaf once the handshake was over.
#[tokio::test(start_paused = true)]
async fn a_goodbye_that_nobody_reads_is_cut_short() {
    for version in VERSIONS {
        let acceptor = TlsAcceptor::from(Server::healthy().config(version));
        let serve = async |mut far: DuplexStream| {
            read_request(&mut far).await?;
            far.write_all(&CONFIRM).await?;
            acceptor.accept(far).await
        };
        let (report, took) = Box::pin(meet(&observer(), 16, serve)).await;
        assert_eq!((report.end(), report.evidence().total()), (End::Complete, Duration::ZERO));
        assert!(took <= report.evidence().plan.budget.stage, "{took:?}");
    }
}

#[test]
fn a_blocking_probe_needs_no_runtime() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let target = Target::from(listener.local_addr().unwrap());
    let config = Server::healthy().config(VERSIONS[1]);
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 19]).unwrap();
        stream.write_all(&CONFIRM).unwrap();
        ServerConnection::new(config).unwrap().complete_io(&mut stream).unwrap();
        // The client goes, perhaps by a reset: it leaves the session tickets unread.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let report = observer().probe_blocking(&target);
    assert_eq!((report.end(), report.is_ok()), (End::Complete, true));
    server.join().unwrap();
}
