//! A proxy, as people write it.

use std::str::FromStr;

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::Proxy;
use crate::evidence::ProxyKind;
use crate::target::{ParseTargetError, Target};

/// The port of SOCKS (RFC 1928 section 3). HTTP proxies have none of their own.
const SOCKS_PORT: u16 = 1080;

/// A text is not a proxy. It repeats no part that could be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// It does not begin with a kind of proxy that can be used.
    #[error(
        "a proxy is written socks5://host:port or http://host:port, with user:password@ before the host if need be"
    )]
    Scheme,
    /// Host or port cannot be read.
    #[error("the proxy's address: {0}")]
    Address(#[from] ParseTargetError),
    /// The port is missing.
    #[error("an HTTP proxy has no port of its own: give one, such as http://proxy.example:3128")]
    NoPort,
    /// User name or password cannot be read, or cannot travel.
    #[error(
        "user name or password of the proxy cannot be sent: percent-encode odd characters; SOCKS takes 1 to 255 bytes each"
    )]
    Credentials,
}

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.split_once("://").ok_or(ProxyError::Scheme)?;
        let kind = match scheme.to_ascii_lowercase().as_str() {
            "socks5" | "socks5h" => ProxyKind::Socks5,
            "http" => ProxyKind::Http,
            _ => return Err(ProxyError::Scheme),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (credentials, host) = match rest.rsplit_once('@') {
            Some((credentials, host)) => (Some(credentials), host),
            None => (None, rest),
        };
        let proxy = Self::new(kind, address(kind, host)?);
        let Some(credentials) = credentials else { return Ok(proxy) };
        let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
        proxy.with_credentials(&decoded(user)?, &decoded(password)?)
    }
}

/// Host and port. A target without a port would have that of RDP.
fn address(kind: ProxyKind, text: &str) -> Result<Target, ProxyError> {
    let behind = text.rsplit_once(']').map_or(text, |(_, behind)| behind);
    if behind.contains(':') {
        return Ok(text.parse()?);
    }
    match kind {
        ProxyKind::Socks5 => Ok(format!("{text}:{SOCKS_PORT}").parse()?),
        ProxyKind::Http => Err(ProxyError::NoPort),
    }
}

fn decoded(text: &str) -> Result<Zeroizing<String>, ProxyError> {
    let bytes = percent_decode_str(text).decode_utf8().map_err(|_| ProxyError::Credentials)?;
    Ok(bytes.into_owned().into())
}
