//! A lab: one server on loopback, for as long as the value lives.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rdp_probe::{End, OsErrorKind, Stage, Target, Transcript};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::behaviour::{Behaviour, serve_certificate};
use crate::certificate::LabCertificate;
use crate::player::{Ending, play};
use crate::scenario::Scenario;

/// A server on loopback that plays one scenario, or one transcript, for every connection it gets.
///
/// It serves until it is dropped; then its port is closed and its connections are ended.
#[derive(Debug)]
pub struct Lab {
    address: SocketAddr,
    server: Server,
}

/// What keeps the port.
#[derive(Debug)]
enum Server {
    /// Bound and not listening: the system refuses connections, and nobody else can take the port.
    Closed { _socket: TcpSocket },
    /// A task that accepts connections.
    Open(JoinHandle<()>),
}

/// A lab cannot be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// There is no scenario of this name.
    #[error("no scenario is called {0:?}; Scenario::all() lists them")]
    UnknownScenario(String),
    /// The transcript ends before there was a connection.
    #[error("no server can play a transcript that ends at {stage} with {end}")]
    NothingToPlay {
        /// Where it ends.
        stage: Stage,
        /// How.
        end: End,
    },
    /// The port cannot be had.
    #[error("the lab cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

/// How long a server waits that cannot take a connection.
const BREATH: std::time::Duration = std::time::Duration::from_millis(50);

/// What a server plays.
#[derive(Debug, Clone)]
enum Part {
    Behaviour(Behaviour),
    Transcript(Arc<Transcript>),
    Certificate(Arc<LabCertificate>),
}

impl Lab {
    /// Starts the scenario of this name on a free port.
    ///
    /// # Errors
    /// If there is no such scenario, or no port.
    pub async fn start(scenario: &str) -> Result<Self, LabError> {
        Self::start_on(scenario, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Starts the scenario of this name on this address.
    ///
    /// # Errors
    /// If there is no such scenario, or the address cannot be had.
    pub async fn start_on(scenario: &str, address: SocketAddr) -> Result<Self, LabError> {
        let found = Scenario::named(scenario).ok_or_else(|| LabError::UnknownScenario(scenario.to_owned()))?;
        let started = match found.behaviour() {
            Behaviour::NotListening => keep_closed(address),
            behaviour => listen(address, Part::Behaviour(behaviour)).await,
        };
        started.map_err(|source| LabError::Listen { address, source })
    }

    /// Plays the server of this transcript on a free port, for every connection anew (see [`play`]). Where the connection
    /// was refused, nobody listens on the port.
    ///
    /// # Errors
    /// If there is no port, or if the transcript ends before there was a connection in another way than by a refusal:
    /// no server can play a name that is not found or a network that is silent.
    pub async fn replay(transcript: Transcript) -> Result<Self, LabError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let started = match transcript.dial.failure() {
            None => listen(address, Part::Transcript(Arc::new(transcript))).await,
            Some((_, End::Os(error))) if error.kind == OsErrorKind::ConnectionRefused => keep_closed(address),
            Some((stage, end)) => return Err(LabError::NothingToPlay { stage, end }),
        };
        started.map_err(|source| LabError::Listen { address, source })
    }

    /// A healthy server, TLS 1.2 and 1.3, with a certificate of your choice, on a free port.
    ///
    /// # Errors
    /// If there is no port.
    pub async fn with_certificate(certificate: LabCertificate) -> Result<Self, LabError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let started = listen(address, Part::Certificate(Arc::new(certificate))).await;
        started.map_err(|source| LabError::Listen { address, source })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as a target.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::from(self.address)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if let Server::Open(task) = &self.server {
            task.abort();
        }
    }
}

fn keep_closed(address: SocketAddr) -> io::Result<Lab> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.bind(address)?;
    Ok(Lab { address: socket.local_addr()?, server: Server::Closed { _socket: socket } })
}

async fn listen(address: SocketAddr, part: Part) -> io::Result<Lab> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok(Lab { address, server: Server::Open(tokio::spawn(accept(listener, part))) })
}

/// Accepts until it is aborted. The set of connections goes with it, and they with the set.
async fn accept(listener: TcpListener, part: Part) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                match accepted {
                    Ok((stream, _)) => drop(connections.spawn(serve(stream, part.clone()))),
                    // Running out of descriptors passes.
                    Err(_) => tokio::time::sleep(BREATH).await,
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(mut stream: TcpStream, part: Part) {
    let _ = stream.set_nodelay(true);
    let ending = match &part {
        Part::Behaviour(behaviour) => behaviour.serve(&mut stream).await,
        Part::Transcript(transcript) => play(transcript, &mut stream).await,
        Part::Certificate(certificate) => serve_certificate(&mut stream, certificate).await,
    };
    // A client that does not do its part has gone, or will go.
    end(stream, ending.unwrap_or(Ending::Fin)).await;
}

/// Ends a stream as the scenario wants it.
async fn end(mut stream: TcpStream, ending: Ending) {
    match ending {
        Ending::Reset => {
            // With a linger time of zero, closing sends a reset.
            let _ = stream.set_zero_linger();
        }
        Ending::Fin => {
            let _ = stream.shutdown().await;
            drain(&mut stream).await;
        }
        Ending::Silence => drain(&mut stream).await,
    }
}

/// Reads until the client has gone: closing over unread bytes would send a reset.
async fn drain(stream: &mut TcpStream) {
    let mut ignored = [0; 1024];
    while matches!(stream.read(&mut ignored).await, Ok(1..)) {}
}
