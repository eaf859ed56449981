//! The way through a proxy: where it is, and the few bytes that are exchanged with it.
//!
//! The exchange is evidence like the rest: every end is told apart, and no byte behind the proxy's answer is taken.

mod http;
mod socks;
mod url;

use std::fmt;
use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::Stream;
use crate::evidence::{End, ProxyKind};
use crate::target::Target;

pub use url::ProxyError;

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

    /// Asks the proxy for the way to the target: how that ended, and the bytes sent and received.
    pub(super) async fn exchange<S: Stream>(
        &self,
        stream: &mut S,
        target: &Target,
        deadline: Instant,
    ) -> (End, u64, u64) {
        let mut talk = Talk { stream, sent: 0, received: 0, was_reset: false };
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
            Err(_) if talk.was_reset => End::Reset,
            Err(_) => End::Timeout,
        };
        (end, talk.sent, talk.received)
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
    /// A reset shows once, and reads as an end of file from then on.
    was_reset: bool,
}

impl<S: Stream> Talk<'_, S> {
    /// Sends a message. That the proxy is gone, reading tells better: it may have said why.
    async fn send(&mut self, message: &[u8]) {
        let written = self.write(message).await;
        self.was_reset |= written.is_err_and(|error| End::from(&error) == End::Reset);
    }

    async fn write(&mut self, mut message: &[u8]) -> io::Result<()> {
        while let [_, ..] = message {
            match self.stream.write(message).await? {
                0 => break,
                count => {
                    self.sent += count as u64;
                    message = message.get(count..).unwrap_or_default();
                }
            }
        }
        self.stream.flush().await
    }

    /// Reads exactly as many bytes as the buffer has.
    async fn read<const N: usize>(&mut self) -> Result<[u8; N], End> {
        let mut buffer = [0; N];
        let mut filled = 0;
        while let Some(rest @ [_, ..]) = buffer.get_mut(filled..) {
            let count = self.stream.read(rest).await.map_err(|error: io::Error| End::from(&error))?;
            if count == 0 {
                return Err(if self.was_reset { End::Reset } else { End::Fin });
            }
            self.received += count as u64;
            filled += count;
        }
        Ok(buffer)
    }
}
