//! Proxies that really go on to a server, over real sockets.

use std::net::{Ipv4Addr, SocketAddr};

use rdp_probe::{End, Prober, Stage};
use rdp_probe_lab::Lab;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use super::proxied;
use super::support::outlet;

/// A proxy of either kind, which goes to one place wherever it is asked to go.
async fn start(to: SocketAddr) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        loop {
            tokio::spawn(forward(listener.accept().await.unwrap().0, to));
        }
    });
    (address, serving)
}

async fn forward(mut near: TcpStream, to: SocketAddr) {
    let socks = near.read_u8().await.unwrap() == 5;
    if socks {
        // One method; then version, command, reserved, the form of the address, its length, name and port.
        near.read_exact(&mut [0; 2]).await.unwrap();
        near.write_all(&[5, 0]).await.unwrap();
        let mut head = [0; 5];
        near.read_exact(&mut head).await.unwrap();
        let mut name = vec![0; usize::from(head[4])];
        near.read_exact(&mut name).await.unwrap();
        assert_eq!((head[..4].to_vec(), name), (vec![5, 1, 0, 3], b"lab.rdp-probe.test".to_vec()));
        assert_eq!(near.read_u16().await.unwrap(), 3389);
    } else {
        let mut head = vec![b'C'];
        while !head.ends_with(b"\r\n\r\n") {
            head.push(near.read_u8().await.unwrap());
        }
        assert!(head.starts_with(b"CONNECT lab.rdp-probe.test:3389 HTTP/1.1\r\n"));
    }
    let answers: [&[u8]; 2] = if socks {
        [&[5, 0, 0, 1, 127, 0, 0, 1, 0, 9], &[5, 5, 0, 1, 0, 0, 0, 0, 0, 0]]
    } else {
        [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 502 Bad Gateway\r\n\r\n"]
    };
    let far = TcpSocket::new_v4().unwrap().connect(to).await;
    near.write_all(answers[usize::from(far.is_err())]).await.unwrap();
    if let Ok(mut far) = far {
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
    }
}

#[tokio::test]
async fn a_connection_is_opened_through_a_proxy() {
    let lab = Lab::start("healthy").await.unwrap();
    let (address, _serving) = start(lab.address()).await;
    for kind in ["socks5", "http"] {
        let proxy = format!("{kind}://{address}").parse().unwrap();
        let prober = Prober::builder().proxy(proxy).build().unwrap();
        // A name that no resolver knows: the proxy alone has to.
        let opened = prober.open(&"lab.rdp-probe.test".parse().unwrap()).await.unwrap();
        assert_eq!((opened.selected, opened.stream.is_tls()), (1, true));
        assert_eq!(opened.stream.get_ref().peer_addr().unwrap(), address);
        assert_eq!((opened.report.stage(), proxied(&opened.report).end()), (Stage::Tls, End::Complete));
        assert_eq!(proxied(&opened.report).dial.connected(), Some(address));
        outlet::json(&opened.report);
        outlet::transcript(&opened.report);
        let words = format!("through {kind} proxy {address}");
        assert!(opened.report.to_string().contains(&words), "{}", opened.report);
    }
}

#[tokio::test]
async fn a_target_that_refuses_the_proxy() {
    let lab = Lab::start("not-listening").await.unwrap();
    let (address, _serving) = start(lab.address()).await;
    for (kind, symbol) in [("socks5", "socks-connection-refused"), ("http", "http-status")] {
        let proxy = format!("{kind}://{address}").parse().unwrap();
        let prober = Prober::builder().proxy(proxy).build().unwrap();
        let report = prober.probe(&"lab.rdp-probe.test".parse().unwrap()).await;
        assert_eq!((report.stage(), report.end().symbol()), (Stage::Proxy, Some(symbol)));
        outlet::transcript(&report);
    }
}

/// Nobody listens where the proxy should be.
#[tokio::test]
async fn a_proxy_that_is_not_there() {
    let lab = Lab::start("not-listening").await.unwrap();
    let proxy = format!("socks5://{}", lab.address()).parse().unwrap();
    let prober = Prober::builder().proxy(proxy).build().unwrap();
    let report = prober.probe(&"lab.rdp-probe.test".parse().unwrap()).await;
    assert_eq!((report.stage(), report.end().symbol()), (Stage::Proxy, Some("connection-refused")));
    assert!(!proxied(&report).is_reached());
}
