//! A proxy, as people write it.

use std::str::FromStr;

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::Proxy;
use crate::evidence::ProxyKind;
use crate::target::{Target, TargetFlaw};

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
    /// Host or port cannot be read. Only the kind of the flaw is told: what stands where the host belongs may be the
    /// password.
    #[error("the proxy's address, behind the last @, is not host:port or [v6]:port: {}", words(*.0))]
    Address(TargetFlaw),
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

/// Host and port.
fn address(kind: ProxyKind, text: &str) -> Result<Target, ProxyError> {
    let parse = |port| Target::with_default_port(text, port).map_err(|error| ProxyError::Address(error.kind()));
    let found = parse(SOCKS_PORT)?;
    // A port that follows the default was not written.
    let is_written = parse(SOCKS_PORT + 1)?.port() == found.port();
    if kind == ProxyKind::Http && !is_written { Err(ProxyError::NoPort) } else { Ok(found) }
}

/// What is wrong with an address, without a word of it.
const fn words(flaw: TargetFlaw) -> &'static str {
    match flaw {
        TargetFlaw::NoHost => "there is no host",
        TargetFlaw::Port => "the port is none (1 to 65535)",
        TargetFlaw::Bracket => "brackets do not match",
        TargetFlaw::NotV6 => "what stands in brackets is no IPv6 address",
        TargetFlaw::NotV4 => "it looks like an IPv4 address and is none",
        TargetFlaw::AfterBracket => "something other than a port follows the bracket",
        TargetFlaw::Url | TargetFlaw::Character => "it has a character that no host name has",
        TargetFlaw::NotAscii => "it has letters beyond ASCII",
        TargetFlaw::Idna => "it has letters that no host name has",
        TargetFlaw::TooLong => "the name is too long for DNS",
    }
}

fn decoded(text: &str) -> Result<Zeroizing<String>, ProxyError> {
    let bytes = percent_decode_str(text).decode_utf8().map_err(|_| ProxyError::Credentials)?;
    Ok(bytes.into_owned().into())
}
