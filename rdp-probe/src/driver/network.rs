//! The two calls that a probe makes of the network before it has a stream.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;

use super::{Stream, resolver};
use crate::evidence::OsError;

/// Name to addresses, address to stream.
///
/// [`System`] asks the operating system. Another implementation can go through a proxy, use a resolver of its own,
/// or play a script in a test.
pub trait Network: Sync {
    /// What connecting gives.
    type Stream: Stream + Send;

    /// The addresses of a name, in the order in which the system would use them. It is not asked about addresses.
    fn resolve(&self, host: &str, port: u16) -> impl Future<Output = Result<Vec<SocketAddr>, OsError>> + Send;

    /// A connection to an address.
    fn connect(&self, address: SocketAddr) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// The operating system's own network.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct System;

impl System {
    /// The operating system's own network.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Network for System {
    type Stream = TcpStream;

    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, OsError> {
        resolver::resolve(host, port).await
    }

    #[allow(clippy::disallowed_methods, reason = "the driver is where sockets are made")]
    async fn connect(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(address).await?;
        // Everything is written in whole messages; waiting for more to fill a segment only costs time.
        // A peer that has reset already makes this fail on some systems; reading will tell.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }
}
