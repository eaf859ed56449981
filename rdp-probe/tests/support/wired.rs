//! A network in memory: whoever is connected to, the test plays.

use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rdp_probe::{Network, OsError};
use tokio::io::DuplexStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;

use super::resettable::{Reset, Resettable};
use super::timed;

/// Those who are connected to, in order.
pub(crate) type Peers = UnboundedReceiver<Peer>;

/// The far end of a connection.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) stream: DuplexStream,
    pub(crate) reset: Reset,
}

/// A network where every name has the same addresses, and every address takes connections.
pub(crate) struct Wired {
    named: Result<Vec<SocketAddr>, OsError>,
    room: usize,
    /// How long looking up, and connecting, takes.
    slowness: (Duration, Duration),
    peers: UnboundedSender<Peer>,
    pub(crate) connects: AtomicUsize,
}

impl Wired {
    /// Streams hold `room` bytes each way.
    pub(crate) fn new(room: usize) -> (Self, Peers) {
        let (peers, taken) = unbounded_channel();
        let named = Ok(vec![SocketAddr::from(([10, 0, 0, 7], 3389))]);
        let slowness = (Duration::ZERO, Duration::ZERO);
        (Self { named, room, slowness, peers, connects: AtomicUsize::new(0) }, taken)
    }

    /// The same, but this is what names lead to.
    pub(crate) fn naming(mut self, named: Result<Vec<SocketAddr>, OsError>) -> Self {
        self.named = named;
        self
    }

    /// The same, but looking up and connecting take so long.
    pub(crate) fn slow(mut self, lookup: Duration, connect: Duration) -> Self {
        self.slowness = (lookup, connect);
        self
    }

    /// Connections that were made so far.
    pub(crate) fn connects(&self) -> usize {
        self.connects.load(Ordering::SeqCst)
    }
}

impl Network for Wired {
    type Stream = Resettable;

    async fn resolve(&self, _host: &str, _port: u16) -> Result<Vec<SocketAddr>, OsError> {
        sleep(self.slowness.0).await;
        self.named.clone()
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<Resettable> {
        self.connects.fetch_add(1, Ordering::SeqCst);
        sleep(self.slowness.1).await;
        let (near, stream) = tokio::io::duplex(self.room);
        let (near, reset) = Resettable::new(near);
        // Where nobody plays any more, connections are refused.
        match self.peers.send(Peer { address, stream, reset }) {
            Ok(()) => Ok(near),
            Err(_) => Err(io::ErrorKind::ConnectionRefused.into()),
        }
    }
}

/// Does something while the peers do their part, and tells how long it took. What the peers keep when they have done
/// their part stays open until then.
pub(crate) fn beside<T, K>(
    what: impl Future<Output = T>,
    peers: impl Future<Output = K>,
) -> impl Future<Output = (T, Duration)> {
    // Boxed: together they are large.
    let (what, peers) = (Box::pin(what), Box::pin(peers));
    async move {
        let serve = async {
            let _kept = peers.await;
            pending::<()>().await;
        };
        tokio::select! {
            biased;
            done = timed(what) => done,
            () = serve => unreachable!("it pends"),
        }
    }
}
