//! What a probe asks of the network before it has a stream: name to addresses, address to stream.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use tokio::net::{TcpSocket, TcpStream};

use super::resolver::Place;
use super::{Stream, resolver};
use crate::evidence::OsError;
use crate::target::Target;

/// Name to addresses, address to stream.
///
/// [`System`] asks the operating system. Another implementation can reach targets in ways of its own, or play a script
/// in a test. For a resolver alone, [`Resolver`] is less to write.
pub trait Network: Sync {
    /// What connecting gives.
    type Stream: Stream + Send;

    /// The addresses of a name, in the order in which the system would use them. It is not asked about addresses.
    fn resolve(&self, host: &str, port: u16) -> impl Future<Output = Result<Vec<SocketAddr>, OsError>> + Send;

    /// A connection to an address.
    fn connect(&self, address: SocketAddr) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// A lookup under way.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = Result<Vec<SocketAddr>, OsError>> + Send + 'a>>;

/// A resolver in place of the operating system's ([`System::with_resolver`]).
///
/// ```
/// use rdp_probe::{Resolver, Resolving};
///
/// /// Every name is this machine.
/// struct Here;
///
/// impl Resolver for Here {
///     fn resolve<'a>(&'a self, _host: &'a str, port: u16) -> Resolving<'a> {
///         Box::pin(async move { Ok(vec![([127, 0, 0, 1], port).into()]) })
///     }
/// }
/// # let _ = rdp_probe::System::new().with_resolver(Here);
/// ```
///
/// For names that it leaves to the operating system, it can ask [`System`] in its turn ([`Network::resolve`]).
pub trait Resolver: Send + Sync {
    /// The addresses of a name, each with this port, the best first. An error keeps the resolver's own number, if it has one
    /// ([`OsErrorSpace::Resolver`](crate::OsErrorSpace::Resolver)).
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Resolving<'a>;
}

/// The operating system's own network.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct System {
    resolver: Option<Arc<dyn Resolver>>,
    bind: Option<IpAddr>,
}

impl System {
    /// The operating system's own network, with its resolver.
    #[must_use]
    pub const fn new() -> Self {
        Self { resolver: None, bind: None }
    }

    /// Asks this resolver for names.
    #[must_use]
    pub fn with_resolver(self, resolver: impl Resolver + 'static) -> Self {
        Self { resolver: Some(Arc::new(resolver)), ..self }
    }

    /// Connects from this address of this machine: the way, and what a firewall sees, may depend on it. An address of the
    /// other family cannot be reached then, and is recorded so.
    #[must_use]
    pub fn with_bind(self, address: IpAddr) -> Self {
        Self { bind: Some(address), ..self }
    }
}

impl System {
    /// Waits until a lookup of this name can begin at once. Nothing is waited for where none is needed.
    pub(super) async fn place_for(&self, host: &Target) -> Option<Place> {
        let looks_up = self.resolver.is_none() && host.ip().is_none();
        if looks_up { resolver::place().await } else { None }
    }
}

impl fmt::Debug for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resolver = if self.resolver.is_some() { "own" } else { "system" };
        f.debug_struct("System").field("resolver", &resolver).field("bind", &self.bind).finish()
    }
}

impl Network for System {
    type Stream = TcpStream;

    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, OsError> {
        match &self.resolver {
            Some(resolver) => resolver.resolve(host, port).await,
            None => resolver::resolve(host, port).await,
        }
    }

    #[allow(clippy::disallowed_methods, reason = "the driver is where sockets are made")]
    async fn connect(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let stream = match self.bind {
            None => TcpStream::connect(address).await?,
            Some(from) => connect_from(from, address).await?,
        };
        // Everything is written in whole messages; waiting for more to fill a segment only costs time.
        // A peer that has reset already makes this fail on some systems; reading will tell.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }
}

#[allow(clippy::disallowed_methods, reason = "the driver is where sockets are made")]
async fn connect_from(from: IpAddr, address: SocketAddr) -> io::Result<TcpStream> {
    if from.is_ipv4() != address.is_ipv4() {
        return Err(io::ErrorKind::AddrNotAvailable.into());
    }
    let socket = if from.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.bind(SocketAddr::new(from, 0))?;
    socket.connect(address).await
}
