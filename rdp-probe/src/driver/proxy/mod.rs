//! The way through a proxy: where it is, and the few bytes that are exchanged with it.
//!
//! The exchange is evidence like the rest: every end is told apart, and no byte behind the proxy's answer is taken.

mod http;
mod socks;
mod url;
mod veil;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout, timeout_at};
use zeroize::Zeroizing;

use super::patient::Patient;
use super::{Stream, telling};
use crate::evidence::{End, Exchange, Leg, ProxyKind, ProxyRefusal};
use crate::target::Target;

pub use url::ProxyError;

/// How long something that is not the proxy is listened to.
const PATIENCE: Duration = Duration::from_millis(250);

/// A proxy to go through: `socks5://proxy.example:1080`, `http://user:password@proxy.example:3128`.
///
/// The proxy looks the target's name up, whichever kind it is. User name and password stand in it percent-encoded where
/// they hold `:`, `@`, `/` or `%`. They are never printed, and wiped when the last clone is dropped; a proxy gets them
/// in clear text, as both protocols have it.
///
/// ```
/// use rdp_probe::{Proxy, ProxyKind};
///
/// let proxy: Proxy = "socks5://alice:s%40cret@proxy.example".parse()?;
/// assert_eq!((proxy.kind(), proxy.address().port()), (ProxyKind::Socks5, 1080));
/// assert!(!format!("{proxy:?} {proxy}").contains("cret"));
/// assert!("ftp://proxy.example".parse::<Proxy>().is_err());
/// # Ok::<(), rdp_probe::ProxyError>(())
/// ```
#[derive(Clone)]
pub struct Proxy {
    kind: ProxyKind,
    address: Target,
    credentials: Option<Arc<Credentials>>,
}

/// User name and password for a proxy.
struct Credentials {
    user: Zeroizing<String>,
    password: Zeroizing<String>,
}

impl Proxy {
    /// A proxy of this kind at this address, without credentials.
    #[must_use]
    pub const fn new(kind: ProxyKind, address: Target) -> Self {
        Self { kind, address, credentials: None }
    }

    /// With a user name and password.
    ///
    /// # Errors
    /// If they cannot travel: SOCKS has room for 255 bytes each, and one at least; in HTTP the name has no colon.
    pub fn with_credentials(self, user: &str, password: &str) -> Result<Self, ProxyError> {
        let length = |text: &str| (1..=255).contains(&text.len());
        let fits = match self.kind {
            ProxyKind::Socks5 => length(user) && length(password),
            ProxyKind::Http => !user.contains(':'),
        };
        if !fits || [user, password].iter().any(|text| text.chars().any(char::is_control)) {
            return Err(ProxyError::Credentials);
        }
        let credentials = Credentials { user: user.to_owned().into(), password: password.to_owned().into() };
        Ok(Self { credentials: Some(Arc::new(credentials)), ..self })
    }

    /// What kind of proxy.
    #[must_use]
    pub const fn kind(&self) -> ProxyKind {
        self.kind
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> &Target {
        &self.address
    }

    /// Asks the proxy for the way to the target: how that ended, and what was said. The times are the caller's to fill in.
    pub(super) async fn exchange<S: Stream>(&self, stream: &mut S, target: &Target, deadline: Instant) -> Exchange {
        let mut talk = Talk::new(stream);
        let credentials = self.credentials.as_deref();
        let asked = async {
            match self.kind {
                ProxyKind::Socks5 => socks::ask(&mut talk, target, credentials).await,
                ProxyKind::Http => http::ask(&mut talk, target, credentials).await,
            }
        };
        let end = match timeout_at(deadline, asked).await {
            Ok(Ok(())) => End::Complete,
            Ok(Err(end)) => end,
            Err(_) => talk.failed.unwrap_or(End::Timeout),
        };
        let end = talk.refused.map_or(end, End::ProxyRefusal);
        if matches!(end, End::Malformed(_)) {
            talk.listen(deadline).await;
        }
        if let Some(credentials) = credentials {
            veil::veil(&mut talk.kept, credentials);
        }
        let leg = Leg { sent: talk.sent, received: talk.received, ..Leg::default() };
        Exchange::new(leg, end).with_received(talk.kept.into())
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.kind, self.address)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let credentials = if self.credentials.is_some() { "given" } else { "none" };
        f.debug_tuple("Proxy").field(&format_args!("{self}")).field(&format_args!("credentials {credentials}")).finish()
    }
}

/// A talk with a proxy, counted. What ends it early is an [`End`].
struct Talk<'a, S> {
    stream: &'a mut S,
    sent: u64,
    received: u64,
    /// The first bytes that were received, at most [`Exchange::MOST`].
    kept: Vec<u8>,
    /// What the proxy has begun to refuse with. Whatever becomes of the rest of its answer, that stands.
    refused: Option<ProxyRefusal>,
    /// How writing has failed, where reading does not tell: a reset shows once, and reads as an end of file from then on.
    failed: Option<End>,
}

impl<'a, S: Stream> Talk<'a, S> {
    fn new(stream: &'a mut S) -> Self {
        // Room for all of it from the start: it may hold a password for a while.
        let kept = Vec::with_capacity(Exchange::MOST);
        Self { stream, sent: 0, received: 0, kept, refused: None, failed: None }
    }

    /// What answers is not the proxy. Its next bytes may still tell what it is.
    async fn listen(&mut self, deadline: Instant) {
        let listening = async { while self.kept.len() < Exchange::MOST && self.read::<1>().await.is_ok() {} };
        // Whichever comes first is enough.
        let _ = timeout(PATIENCE, timeout_at(deadline, listening)).await;
    }

    /// Sends a message. That the proxy is gone, reading tells better: it may have said why.
    async fn send(&mut self, message: &[u8]) {
        let written = self.write(message).await;
        self.failed = self.failed.or(written.err().and_then(|error| telling(&error)).map(End::from));
    }

    async fn write(&mut self, mut message: &[u8]) -> io::Result<()> {
        while let [_, ..] = message {
            match Patient(self.stream).write(message).await? {
                0 => break,
                count => {
                    self.sent += count as u64;
                    message = message.get(count..).unwrap_or_default();
                }
            }
        }
        Patient(self.stream).flush().await
    }

    /// Reads exactly as many bytes as the buffer has.
    async fn read<const N: usize>(&mut self) -> Result<[u8; N], End> {
        let mut buffer = [0; N];
        let mut filled = 0;
        while let Some(rest @ [_, ..]) = buffer.get_mut(filled..) {
            let mut stream = Patient(self.stream);
            let read = stream.read(rest);
            let read = match self.failed {
                // What was not sent is not answered.
                Some(failure @ End::Os(_)) => timeout(PATIENCE, read).await.map_err(|_| failure)?,
                _ => read.await,
            };
            let count = read.map_err(|error: io::Error| End::from(&error))?;
            if count == 0 {
                return Err(self.failed.unwrap_or(End::Fin));
            }
            self.received += count as u64;
            let room = Exchange::MOST.saturating_sub(self.kept.len());
            self.kept.extend(rest.iter().take(count.min(room)));
            filled += count;
        }
        Ok(buffer)
    }
}
