//! A network in which everything takes a while, and which counts what is there: waits, streams, peers.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use rdp_probe::{Network, OsError};
use rdp_probe_lab::{LabCertificate, LabKey, Log, NlaServer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf};
use tokio::time::sleep;

use super::server::now;
use super::support::{ms, read_request};

const ROOM: usize = 512;

/// Waits, streams and peers that are there.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    waits: AtomicUsize,
    streams: AtomicUsize,
    peers: AtomicUsize,
}

impl Counts {
    pub(crate) fn all(&self) -> [usize; 3] {
        [&self.waits, &self.streams, &self.peers].map(|count| count.load(Ordering::SeqCst))
    }
}

/// One more, for as long as it is not dropped.
struct There(Arc<Counts>, fn(&Counts) -> &AtomicUsize);

impl There {
    fn of(counts: &Arc<Counts>, which: fn(&Counts) -> &AtomicUsize) -> Self {
        which(counts).fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(counts), which)
    }
}

impl Drop for There {
    fn drop(&mut self) {
        (self.1)(&self.0).fetch_sub(1, Ordering::SeqCst);
    }
}

/// A stream that counts.
pub(crate) struct Counted {
    inner: DuplexStream,
    _there: There,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

/// What is listening at every address.
#[derive(Clone, Copy)]
pub(crate) enum Peer {
    /// A proxy, and behind it a server of Network Level Authentication.
    All,
    /// A server that takes no offer.
    Refuses,
}

/// A network in which everything takes a while: lookups, two addresses of which one refuses, and a peer behind the other.
#[derive(Clone)]
pub(crate) struct Slow {
    pub(crate) counts: Arc<Counts>,
    peer: Peer,
    server: Arc<NlaServer>,
}

impl Slow {
    pub(crate) fn new(peer: Peer) -> Self {
        let certificate = LabCertificate::healthy(now()).with_key(LabKey::EcdsaP256);
        let server = NlaServer::new().with_user("alice", "Secret-1").with_certificate(certificate);
        Self { counts: Arc::default(), peer, server: Arc::new(server) }
    }

    async fn wait(&self, time: Duration) {
        let _there = There::of(&self.counts, |counts| &counts.waits);
        sleep(time).await;
    }
}

impl Network for Slow {
    type Stream = Counted;

    async fn resolve(&self, _host: &str, port: u16) -> Result<Vec<SocketAddr>, OsError> {
        self.wait(ms(10)).await;
        Ok([1, 2].map(|last| SocketAddr::from(([10, 0, 0, last], port))).to_vec())
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<Counted> {
        self.wait(ms(300)).await;
        if address.ip().to_string().ends_with('1') {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let (inner, far) = tokio::io::duplex(ROOM);
        let (peer, server) = (There::of(&self.counts, |counts| &counts.peers), Arc::clone(&self.server));
        tokio::spawn(play(far, self.peer, server, peer));
        Ok(Counted { inner, _there: There::of(&self.counts, |counts| &counts.streams) })
    }
}

/// Plays the peer until it sees the end of the connection.
async fn play(mut far: DuplexStream, peer: Peer, server: Arc<NlaServer>, _there: There) {
    let talk = async {
        if let Peer::Refuses = peer {
            read_request(&mut far).await?;
            return far.write_all(&[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 3, 0, 8, 0, 2, 0, 0, 0]).await;
        }
        far.read_exact(&mut [0; 3]).await?;
        far.write_all(&[5, 0]).await?;
        let mut request = [0; 5];
        far.read_exact(&mut request).await?;
        far.read_exact(&mut vec![0; usize::from(request[4]) + 2]).await?;
        sleep(ms(5)).await;
        far.write_all(&[5, 0, 0, 1, 10, 0, 0, 9, 0x0D, 0x3D]).await?;
        server.serve(&mut far, &Log::new()).await.map(|_| ())
    };
    let _ = talk.await;
    // To the end, which comes when the client has gone.
    let _ = far.read_to_end(&mut Vec::new()).await;
}
