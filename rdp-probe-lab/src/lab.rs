//! A lab: one server on loopback, for as long as the value lives.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rdp_probe::{End, OsErrorKind, Stage, Target, Transcript};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::behaviour::{Behaviour, serve_certificate};
use crate::certificate::LabCertificate;
use crate::ending::{end, end_unread};
use crate::nla::{self, NlaServer};
use crate::pace::{Pace, Place};
use crate::player::{Ending, play_told};
use crate::scenario::Scenario;
use crate::watch::{Events, Seen, Teller, Watcher};

/// A server on loopback that plays one scenario, or one transcript, for every connection it gets.
///
/// It serves until it is dropped; then its port is closed and its connections are ended.
#[derive(Debug)]
pub struct Lab {
    address: SocketAddr,
    /// A port at which nobody listens, in place of the server or beside it.
    dead: Option<DeadPort>,
    /// Whether clients have to know it by a name.
    by_name: bool,
    /// The task that accepts connections.
    server: Option<JoinHandle<()>>,
    events: Events,
}

/// Bound and not listening: the system refuses connections, and nobody else can take the port.
#[derive(Debug)]
struct DeadPort {
    address: SocketAddr,
    _socket: TcpSocket,
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

/// Loopback addresses beside the usual one. Linux and Windows have them all; elsewhere they may have to be set up.
const OTHERS: [Ipv4Addr; 2] = [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3)];

/// Ports that are tried, if any will do, until one is free at both addresses.
const TRIES: usize = 16;

/// How long a server waits that cannot take a connection.
const BREATH: std::time::Duration = std::time::Duration::from_millis(50);

/// What a server plays.
#[derive(Debug, Clone)]
enum Part {
    Behaviour(Behaviour),
    Transcript(Arc<Transcript>),
    Certificate(Arc<LabCertificate>),
    Nla(Arc<NlaServer>),
}

impl Part {
    /// What it is at the connection of this number, and the place that this takes.
    fn at(self, connection: u64, pace: &Pace) -> (Self, Option<Place>) {
        match self {
            Self::Behaviour(behaviour) => {
                let (behaviour, place) = behaviour.at(connection, pace);
                (Self::Behaviour(behaviour), place)
            }
            other => (other, None),
        }
    }
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
            Behaviour::BesideDeadAddress(behaviour) => listen_beside_dead(address, Part::Behaviour(*behaviour)).await,
            behaviour => listen(address, Part::Behaviour(behaviour)).await,
        };
        let mut lab = started.map_err(|source| LabError::Listen { address, source })?;
        lab.by_name = found.by_name();
        Ok(lab)
    }

    /// Plays the server of this transcript on a free port, for every connection anew (see [`crate::play`]). Where the connection
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

    /// A server of Network Level Authentication of your choice, on a free port.
    ///
    /// # Errors
    /// If there is no port.
    pub async fn with_nla(server: NlaServer) -> Result<Self, LabError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let started = listen(address, Part::Nla(Arc::new(server))).await;
        started.map_err(|source| LabError::Listen { address, source })
    }

    /// Where it listens, or (`not-listening`) does not.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// All of its addresses, in the order in which a resolver should give them: that of [`Lab::address`], and before it, in
    /// the scenario `two-addresses`, one at which nobody listens.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let dead = self.dead.iter().map(|dead| dead.address).filter(|dead| *dead != self.address);
        dead.chain([self.address]).collect()
    }

    /// What a client should be told to connect to: the address. Where there are two, or where it matters that the client
    /// names the server, it is the name `localhost`, which the certificates carry, and for which the client's resolver has
    /// to give [`Lab::addresses`]; by the system's own resolver it leads to the one that listens.
    #[must_use]
    pub fn target(&self) -> Target {
        let address = Target::from(self.address);
        if self.by_name || self.addresses().len() > 1 {
            // This name and a port are always a target.
            format!("localhost:{}", self.address.port()).parse().unwrap_or(address)
        } else {
            address
        }
    }

    /// Watches what happens on its connections from now on.
    #[must_use]
    pub fn watch(&self) -> Watcher {
        self.events.watch()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if let Some(task) = &self.server {
            task.abort();
        }
    }
}

fn bind_dead(address: SocketAddr) -> io::Result<DeadPort> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.bind(address)?;
    Ok(DeadPort { address: socket.local_addr()?, _socket: socket })
}

fn keep_closed(address: SocketAddr) -> io::Result<Lab> {
    let dead = bind_dead(address)?;
    Ok(Lab { address: dead.address, dead: Some(dead), by_name: false, server: None, events: Events::new() })
}

async fn listen(address: SocketAddr, part: Part) -> io::Result<Lab> {
    let listener = TcpListener::bind(address).await?;
    let (address, events) = (listener.local_addr()?, Events::new());
    let server = tokio::spawn(accept(listener, part, events.clone()));
    Ok(Lab { address, dead: None, by_name: false, server: Some(server), events })
}

/// The same, and beside it another address with the same port, at which nobody listens.
async fn listen_beside_dead(address: SocketAddr, part: Part) -> io::Result<Lab> {
    let other = OTHERS.into_iter().map(IpAddr::V4).find(|other| *other != address.ip()).unwrap_or(OTHERS[0].into());
    for _ in 1..TRIES {
        let mut lab = listen(address, part.clone()).await?;
        match bind_dead(SocketAddr::new(other, lab.address.port())) {
            Ok(dead) => {
                lab.dead = Some(dead);
                return Ok(lab);
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && address.port() == 0 => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

/// Accepts until it is aborted. The set of connections goes with it, and they with the set.
async fn accept(listener: TcpListener, part: Part, events: Events) {
    let (mut connections, pace) = (JoinSet::new(), Pace::default());
    let mut count = 0;
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                match accepted {
                    Ok((stream, peer)) => {
                        count += 1;
                        let (part, place) = part.clone().at(count, &pace);
                        drop(connections.spawn(serve(stream, part, place, events.teller(count, peer))));
                    }
                    // Running out of descriptors passes.
                    Err(_) => tokio::time::sleep(BREATH).await,
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(mut stream: TcpStream, part: Part, place: Option<Place>, teller: Teller) {
    teller.tell(|| Seen::Accepted);
    let _ = stream.set_nodelay(true);
    let ending = match &part {
        Part::Behaviour(behaviour) => behaviour.serve(&mut stream, &teller).await,
        Part::Transcript(transcript) => play_told(transcript, &mut stream, &teller).await,
        Part::Certificate(certificate) => serve_certificate(&mut stream, certificate, &teller).await,
        Part::Nla(server) => nla::serve(server, &mut stream, &teller).await,
    };
    // A client that does not do its part has gone, or will go.
    let ending = ending.unwrap_or_else(|error| {
        teller.tell(|| Seen::Failed(error.to_string()));
        Ending::Fin
    });
    teller.tell(|| Seen::Ended(ending));
    match part {
        Part::Behaviour(Behaviour::Unread(_)) => end_unread(stream, ending).await,
        _ => end(stream, ending).await,
    }
    drop(place);
    teller.tell(|| Seen::Closed);
}
