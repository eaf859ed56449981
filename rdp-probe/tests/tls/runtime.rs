//! What a probe does to the process around it: nothing.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use rdp_probe::{End, Target};
use rustls::ServerConnection;
use rustls::crypto::CryptoProvider;

use super::server::{Server, VERSIONS, observer};
use super::support::CONFIRM;

#[tokio::test(start_paused = true)]
async fn no_provider_is_installed_in_the_process() {
    let server = Server::healthy();
    for version in VERSIONS {
        assert_eq!(server.probe(&observer(), version).await.end(), End::Complete);
    }
    assert!(CryptoProvider::get_default().is_none());
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
        // The client says goodbye and goes.
        stream.read_to_end(&mut Vec::new()).unwrap()
    });
    let report = observer().probe_blocking(&target);
    assert_eq!((report.end(), report.is_ok()), (End::Complete, true));
    assert!(server.join().unwrap() > 0, "a close_notify");
}
