//! What goes out together is written with one call: a probe sends as few segments as any client does.
#![cfg(feature = "tokio")]

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use rdp_probe::{Goal, Prober};
use rdp_probe_lab::{Lab, Scenario};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;

/// A connection whose writes are counted.
struct Counted {
    stream: TcpStream,
    writes: Arc<AtomicUsize>,
}

impl Counted {
    fn count<T>(&self, done: Poll<T>) -> Poll<T> {
        self.writes.fetch_add(usize::from(done.is_ready()), Ordering::Relaxed);
        done
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.count(done)
    }

    // A socket that its peer has closed raises SIGPIPE here: a program in C that probes would die of it.
    fn poll_write_vectored(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        panic!("a probe writes in a way that raises SIGPIPE");
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[tokio::test]
async fn a_flight_is_one_write() {
    for scenario in ["healthy", "healthy-tls12"] {
        let lab = Lab::start(scenario).await.unwrap();
        let writes = Arc::new(AtomicUsize::new(0));
        let stream = Counted { stream: connected(&lab).await, writes: Arc::clone(&writes) };
        let report = Prober::builder().build().unwrap().probe_stream(&lab.target(), stream).await;
        assert!(report.is_ok(), "{scenario}: {report}");
        // The request, the ClientHello, the second flight, and the goodbye.
        assert_eq!(writes.load(Ordering::Relaxed), 4, "{scenario}");
    }
}

/// Whoever goes on with the stream writes its parts so, too, with TLS and without.
#[tokio::test]
async fn what_goes_on_writes_so_too() {
    for (scenario, goal) in [("healthy", Goal::Tls), ("standard-security", Goal::Negotiate)] {
        let lab = Lab::start(scenario).await.unwrap();
        let writes = Arc::new(AtomicUsize::new(0));
        let stream = Counted { stream: connected(&lab).await, writes: Arc::clone(&writes) };
        let prober = Prober::builder().goal(goal).offer(Scenario::named(scenario).unwrap().offer()).build().unwrap();
        let mut opened = prober.open_stream(&lab.target(), stream).await.unwrap();
        let before = writes.swap(0, Ordering::Relaxed);
        assert!(before > 0 && opened.stream.is_write_vectored(), "{scenario}");
        let parts = [&[3; 4][..], &[], &[4; 100]].map(IoSlice::new);
        assert_eq!(opened.stream.write_vectored(&parts).await.unwrap(), 104, "{scenario}");
        opened.stream.flush().await.unwrap();
        assert_eq!(writes.load(Ordering::Relaxed), 1, "{scenario}");
        // More than goes together goes in part; without anything, nothing does.
        let large = vec![5; 100_000];
        assert!(opened.stream.write_vectored(&[IoSlice::new(&large), IoSlice::new(&large)]).await.unwrap() > 0);
        assert_eq!(opened.stream.write_vectored(&[]).await.unwrap(), 0, "{scenario}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the stream is what is tested")]
async fn connected(lab: &Lab) -> TcpStream {
    TcpStream::connect(lab.address()).await.unwrap()
}
