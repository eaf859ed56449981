//! What happens on a lab's connections, as events for whoever watches.

use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;
use rdp_probe::Protocols;
use rdp_probe::codes::NtStatus;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::nla::words;
use crate::player::Ending;

/// Events that wait for a watcher at most; one that falls further behind misses the oldest.
const WAITING: usize = 1024;

/// Something that happened on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The number of the connection; the first that a lab accepts is 1.
    pub connection: u64,
    /// The client's address.
    pub peer: SocketAddr,
    /// What happened.
    pub seen: Seen,
}

/// What can happen on a connection, in the order in which it does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seen {
    /// The connection was accepted: its first event.
    Accepted,
    /// The server sent these bytes before it had read any.
    Greeted(Bytes),
    /// The client's X.224 Connection Request was read ([MS-RDPBCGR] 2.2.1.1).
    Requested {
        /// The protocols that it offers; `None` without negotiation data.
        offer: Option<Protocols>,
        /// The cookie or routing token, as it came.
        cookie: Option<String>,
    },
    /// The server answered the request, the `ClientHello`, or a `TSRequest` inside TLS, with these bytes.
    Answered(Bytes),
    /// The server sends bytes without end, as fast as they are taken.
    Flooding,
    /// The client's TLS `ClientHello` was read.
    ClientHello {
        /// The name that it asks for.
        server_name: Option<String>,
    },
    /// The TLS handshake is complete.
    TlsComplete {
        /// The version: 0x0303 is TLS 1.2, 0x0304 is TLS 1.3.
        version: u16,
    },
    /// A `TSRequest` of the client was read ([MS-CSSP] 2.2.1); which fields it has.
    TsRequest {
        /// The version that the client speaks.
        version: u32,
        /// `negoTokens`.
        token: bool,
        /// `pubKeyAuth`.
        pub_key_auth: bool,
        /// `clientNonce`.
        client_nonce: bool,
        /// `authInfo`: the sealed credentials.
        auth_info: bool,
    },
    /// An NTLM AUTHENTICATE was judged: somebody has tried to log on.
    LogonAttempt {
        /// The domain that the client names; empty where it names none.
        domain: String,
        /// The user.
        user: String,
        /// What the server makes of it; 0 is success.
        status: NtStatus,
    },
    /// The client handed over credentials, and they could be read; all empty is restricted admin.
    Credentials {
        /// The domain.
        domain: String,
        /// The user.
        user: String,
        /// The length of the password, in characters.
        password: usize,
    },
    /// The client's MCS Connect Initial was read, and answered ([MS-RDPBCGR] 2.2.1.3, 2.2.1.4).
    McsConnectInitial {
        /// The static virtual channels that it asks for.
        channels: Vec<String>,
    },
    /// The client's MCS Erect Domain Request was read.
    McsErectDomain,
    /// The client's MCS Attach User Request was answered with this user channel.
    McsAttachUser(u16),
    /// The client's MCS Channel Join Request for this channel was answered.
    McsChannelJoin(u16),
    /// The client sent so many bytes on a channel, where the lab goes no further.
    McsData {
        /// The channel.
        channel: u16,
        /// How many.
        bytes: usize,
    },
    /// The server sent an MCS Disconnect Provider Ultimatum, with this reason (T.125 section 7).
    ServerDisconnects(u8),
    /// The client sent one.
    ClientDisconnects(u8),
    /// Something came that is not what was due; these are its first bytes. The server waits for the client to go.
    Unexpected(Bytes),
    /// The client did not do its part: it went early, broke a protocol, or refused in an alert.
    Failed(String),
    /// The server has done what it does, and ends so.
    Ended(Ending),
    /// The connection is over: its last event.
    Closed,
}

/// Listens to the events of a lab, those of each connection in their order.
///
/// ```
/// use rdp_probe_lab::{Lab, Seen};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let lab = Lab::start("closes-on-request").await?;
/// let mut watcher = lab.watch();
/// let client = tokio::net::TcpStream::connect(lab.address()).await?;
/// let event = watcher.next().await.expect("the lab lives");
/// assert_eq!((event.connection, event.peer, event.seen), (1, client.local_addr()?, Seen::Accepted));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Watcher {
    events: broadcast::Receiver<Event>,
    missed: u64,
}

impl Watcher {
    /// The next event; `None` when the lab is gone and everything has been told. A call that is given up loses nothing.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            match self.events.recv().await {
                Ok(event) => return Some(event),
                Err(RecvError::Lagged(count)) => self.missed += count,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// What happened so far and was not fetched yet, without waiting.
    pub fn so_far(&mut self) -> Vec<Seen> {
        let mut seen = Vec::new();
        loop {
            match self.events.try_recv() {
                Ok(event) => seen.push(event.seen),
                Err(TryRecvError::Lagged(count)) => self.missed += count,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return seen,
            }
        }
    }

    /// Events that were lost because more than 1024 were waiting to be fetched.
    #[must_use]
    pub const fn missed(&self) -> u64 {
        self.missed
    }
}

/// Events of connections that a test makes itself, over streams of its own; those of [`Lab`](crate::Lab) are watched there.
#[derive(Debug, Clone)]
pub struct Log(Events);

impl Default for Log {
    fn default() -> Self {
        Self::new()
    }
}

impl Log {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self(Events::new())
    }

    /// Watches what happens from now on.
    #[must_use]
    pub fn watch(&self) -> Watcher {
        self.0.watch()
    }

    pub(crate) fn teller(&self) -> Teller {
        self.0.teller(1, SocketAddr::from(([0; 4], 0)))
    }
}

/// Where a lab's events come together.
#[derive(Debug, Clone)]
pub(crate) struct Events(broadcast::Sender<Event>);

impl Events {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(WAITING))
    }

    pub(crate) fn watch(&self) -> Watcher {
        Watcher { events: self.0.subscribe(), missed: 0 }
    }

    /// The teller of a connection.
    pub(crate) fn teller(&self, connection: u64, peer: SocketAddr) -> Teller {
        Teller(Some((self.clone(), connection, peer)))
    }
}

/// Tells of one connection.
#[derive(Debug, Clone)]
pub(crate) struct Teller(Option<(Events, u64, SocketAddr)>);

impl Teller {
    /// One that nobody hears.
    pub(crate) const fn mute() -> Self {
        Self(None)
    }

    /// Tells what happened, if anybody listens.
    pub(crate) fn tell(&self, seen: impl FnOnce() -> Seen) {
        if let Some((Events(sender), connection, peer)) = &self.0
            && sender.receiver_count() > 0
        {
            // The last listener may have gone since.
            let _ = sender.send(Event { connection: *connection, peer: *peer, seen: seen() });
        }
    }
}

/// As one line: `1 127.0.0.1:50312: TLS 1.3 complete`.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.connection, self.peer, self.seen)
    }
}

/// In a line's words. What came from the client is escaped.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("connected"),
            Self::Greeted(bytes) => write!(f, "greeted with {}", Hex(bytes)),
            Self::Requested { offer, cookie } => {
                f.write_str("X.224 Connection Request, ")?;
                match offer {
                    Some(offer) => write!(f, "offers {offer}")?,
                    None => f.write_str("without negotiation data")?,
                }
                cookie.iter().try_for_each(|cookie| write!(f, ", {}", cookie.escape_debug()))
            }
            Self::Answered(bytes) => write!(f, "answered with {}", Hex(bytes)),
            Self::Flooding => f.write_str("flooded from here on"),
            Self::ClientHello { server_name: Some(name) } => write!(f, "TLS ClientHello for {}", name.escape_debug()),
            Self::ClientHello { server_name: None } => f.write_str("TLS ClientHello, no name asked for"),
            Self::TlsComplete { version: 0x0303 } => f.write_str("TLS 1.2 complete"),
            Self::TlsComplete { version: 0x0304 } => f.write_str("TLS 1.3 complete"),
            Self::TlsComplete { version } => write!(f, "TLS {version:#06x} complete"),
            Self::TsRequest { .. } | Self::LogonAttempt { .. } | Self::Credentials { .. } => words::write(self, f),
            Self::McsConnectInitial { channels } if channels.is_empty() => {
                f.write_str("MCS Connect Initial, no static channels")
            }
            Self::McsConnectInitial { channels } => {
                write!(f, "MCS Connect Initial, channels {}", channels.join(",").escape_debug())
            }
            Self::McsErectDomain => f.write_str("MCS Erect Domain Request"),
            Self::McsAttachUser(user) => write!(f, "MCS Attach User Request, becomes user {user}"),
            Self::McsChannelJoin(channel) => write!(f, "MCS Channel Join Request, channel {channel}"),
            Self::McsData { channel, bytes } => write!(f, "MCS Send Data Request, {bytes} bytes on channel {channel}"),
            Self::ServerDisconnects(reason) => write!(f, "MCS Disconnect Provider Ultimatum sent, reason {reason}"),
            Self::ClientDisconnects(reason) => write!(f, "MCS Disconnect Provider Ultimatum, reason {reason}"),
            Self::Unexpected(bytes) => write!(f, "something else came, beginning with {}", Hex(bytes)),
            Self::Failed(why) => write!(f, "broken off: {}", why.escape_debug()),
            Self::Ended(Ending::Fin) => f.write_str("the server closes (FIN)"),
            Self::Ended(Ending::Reset) => f.write_str("the server resets (RST)"),
            Self::Ended(Ending::Silence) => f.write_str("the server says nothing more"),
            Self::Closed => f.write_str("over"),
        }
    }
}

/// A number of bytes, and the first of them.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 24;
        let plural = if self.0.len() == 1 { "" } else { "s" };
        write!(f, "{} byte{plural}:", self.0.len())?;
        self.0.iter().take(SHOWN).try_for_each(|byte| write!(f, " {byte:02x}"))?;
        f.write_str(if self.0.len() > SHOWN { " ..." } else { "" })
    }
}
