//! Where to connect to: a host and a port, as people write them.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::str::FromStr;

/// The port of RDP ([MS-RDPBCGR] 2.1).
pub const DEFAULT_PORT: u16 = 3389;

/// A host and a port.
///
/// Written `host`, `host:port`, `[v6]:port`, or a bare IPv6 address. Without a port it is 3389.
///
/// With the feature `idn`, names beyond ASCII are taken as well, and become what DNS and TLS carry: `bücher.example` is
/// `xn--bcher-kva.example` (UTS #46, as browsers do it). Without it they are an error.
///
/// ```
/// use rdp_probe::Target;
///
/// let target: Target = "ts01.example".parse()?;
/// assert_eq!((target.host(), target.port()), ("ts01.example", 3389));
/// assert_eq!("[2001:db8::7]:3390".parse::<Target>()?.host(), "2001:db8::7");
///
/// let error = "ts01:33890000".parse::<Target>().unwrap_err();
/// assert_eq!(error.to_string(), "invalid target \"ts01:33890000\": \"33890000\" is no port (1 to 65535)");
/// assert_eq!(error.span(), 5..13);
/// assert!("256.1.1.1".parse::<Target>().is_err());
/// # Ok::<(), rdp_probe::ParseTargetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    host: Box<str>,
    port: u16,
}

impl Target {
    /// The target that a text names, with this port where it names none.
    pub(crate) fn with_default_port(input: &str, port: u16) -> Result<Self, ParseTargetError> {
        parse(input, port).map_err(|(kind, span)| ParseTargetError { input: input.into(), span, kind })
    }

    /// The host, in ASCII: a name, or an IP address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The host as an address, if it is one. An IPv6 zone (`%eth0`) makes it a matter for the resolver: `None`.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

impl From<std::net::SocketAddr> for Target {
    fn from(address: std::net::SocketAddr) -> Self {
        let host = match address {
            std::net::SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
            other => other.ip().to_string(),
        };
        Self { host: host.into(), port: address.port() }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// A text is not a target. It knows what is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseTargetError {
    input: Box<str>,
    span: Range<usize>,
    kind: TargetFlaw,
}

/// What is wrong with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetFlaw {
    /// There is no host.
    NoHost,
    /// What stands behind the last colon is not a port.
    Port,
    /// An opening bracket has no closing one, or the other way round.
    Bracket,
    /// What stands between the brackets is not an IPv6 address.
    NotV6,
    /// It looks like an IPv4 address and is none.
    NotV4,
    /// Something follows the closing bracket that is not `:port`.
    AfterBracket,
    /// It is a URL: `rdp://`, `https://`.
    Url,
    /// There is a path, a user or another part that a target does not have.
    Character,
    /// The name has letters beyond ASCII, and the feature `idn` is off.
    NotAscii,
    /// The name or one of its labels is too long for DNS.
    TooLong,
    /// IDNA (UTS #46) refuses the label, or the way the labels stand together. Only with the feature `idn`.
    Idna,
}

impl ParseTargetError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> TargetFlaw {
        self.kind
    }

    /// Where it is wrong: bytes of [`ParseTargetError::input`].
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The text as it was given.
    #[must_use]
    pub fn input(&self) -> &str {
        &self.input
    }
}

impl fmt::Display for ParseTargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = self.input.get(self.span.clone()).unwrap_or_default();
        write!(f, "invalid target {:?}: ", self.input)?;
        match self.kind {
            TargetFlaw::NoHost => write!(f, "there is no host"),
            TargetFlaw::Port => write!(f, "{part:?} is no port (1 to 65535)"),
            TargetFlaw::Bracket => {
                write!(f, "brackets do not match; an IPv6 address with a port is written [2001:db8::1]:3389")
            }
            TargetFlaw::NotV6 => write!(f, "{part:?} is no IPv6 address; only those stand in brackets"),
            TargetFlaw::NotV4 => write!(f, "{part:?} is no IPv4 address: four numbers from 0 to 255"),
            TargetFlaw::AfterBracket => write!(f, "{part:?} follows the bracket where only :port can"),
            TargetFlaw::Url => write!(f, "give a host, not a URL: leave out {part:?}"),
            TargetFlaw::Character => write!(f, "{part:?} cannot stand in a host name"),
            TargetFlaw::NotAscii => {
                write!(f, "{part:?} is not ASCII; write the name in its xn-- form, or build with the feature idn")
            }
            TargetFlaw::TooLong => write!(f, "a name has at most 253 characters, each part between dots at most 63"),
            TargetFlaw::Idna => {
                write!(f, "{part:?} can be no part of a name: a character in it, or the order of them, is not allowed")
            }
        }
    }
}

impl std::error::Error for ParseTargetError {}

impl FromStr for Target {
    type Err = ParseTargetError;

    fn from_str(input: &str) -> Result<Self, Self::Err> {
        Self::with_default_port(input, DEFAULT_PORT)
    }
}

type Flawed<T> = Result<T, (TargetFlaw, Range<usize>)>;

fn parse(input: &str, default_port: u16) -> Flawed<Target> {
    let whole = 0..input.len();
    if let Some(at) = input.find("://") {
        return Err((TargetFlaw::Url, 0..at + 3));
    }
    if is_v6(input) {
        return Ok(Target { host: input.into(), port: default_port });
    }
    if let Some(rest) = input.strip_prefix('[') {
        let Some((host, after)) = rest.split_once(']') else { return Err((TargetFlaw::Bracket, whole)) };
        let end = host.len() + 2;
        if !is_v6(host) {
            return Err((TargetFlaw::NotV6, 1..end - 1));
        }
        return match after.strip_prefix(':') {
            Some(port) => Ok(Target { host: host.into(), port: parse_port(port, end + 1)? }),
            None if after.is_empty() => Ok(Target { host: host.into(), port: default_port }),
            None => Err((TargetFlaw::AfterBracket, end..input.len())),
        };
    }
    let (host, port) = match input.rsplit_once(':') {
        Some((host, port)) => (read_host(host)?, parse_port(port, host.len() + 1)?),
        None => (read_host(input)?, default_port),
    };
    Ok(Target { host: host.into(), port })
}

/// An IPv6 address, perhaps with a zone behind it.
fn is_v6(text: &str) -> bool {
    let (address, zone) = text.split_once('%').map_or((text, None), |(address, zone)| (address, Some(zone)));
    address.parse::<Ipv6Addr>().is_ok()
        && zone.is_none_or(|zone| {
            !zone.is_empty() && zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        })
}

fn parse_port(text: &str, at: usize) -> Flawed<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u16>() {
        Ok(port) if port > 0 && digits => Ok(port),
        _ => Err((TargetFlaw::Port, at..at + text.len())),
    }
}

/// The host in ASCII: as it is written, or in its xn-- form where it has letters beyond.
fn read_host(host: &str) -> Flawed<Cow<'_, str>> {
    check_characters(host)?;
    #[cfg(feature = "idn")]
    if !host.is_ascii() {
        let name = crate::idn::to_ascii(host).map_err(|label| (TargetFlaw::Idna, label))?;
        // What is wrong with the xn-- form is wrong with the name as a whole.
        check_name(&name).map_err(|(kind, _)| (kind, 0..host.len()))?;
        return Ok(Cow::Owned(name));
    }
    check_name(host)?;
    Ok(Cow::Borrowed(host))
}

/// Host names as Windows has them: letters, digits, hyphens, single dots, and the underscore that NetBIOS allows.
fn check_characters(host: &str) -> Flawed<()> {
    let foreign = |c: char| cfg!(feature = "idn") && !c.is_ascii();
    let odd = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_') || foreign(c));
    let Some((at, c)) = host.char_indices().find(|(_, c)| odd(*c)) else { return check_dots(host) };
    let kind = match c {
        '[' | ']' => TargetFlaw::Bracket,
        c if c.is_ascii() => TargetFlaw::Character,
        _ => TargetFlaw::NotAscii,
    };
    Err((kind, at..at + c.len_utf8()))
}

fn check_dots(host: &str) -> Flawed<()> {
    host.find("..").map_or(Ok(()), |at| Err((TargetFlaw::Character, at..at + 2)))
}

/// Names as DNS has them: labels of at most 63 bytes, none of them empty, and nothing that only looks like an address.
fn check_name(host: &str) -> Flawed<()> {
    let name = host.strip_suffix('.').unwrap_or(host);
    if name.is_empty() {
        return Err((TargetFlaw::NoHost, 0..host.len()));
    }
    if name.len() > 253 || name.split('.').any(|label| label.len() > 63) {
        return Err((TargetFlaw::TooLong, 0..host.len()));
    }
    check_dots(host)?;
    if name.starts_with('.') {
        return Err((TargetFlaw::Character, 0..1));
    }
    // Fewer numbers are a short form that resolvers know, such as 127.1.
    if is_four_numbers(name) && name.parse::<Ipv4Addr>().is_err() {
        return Err((TargetFlaw::NotV4, 0..host.len()));
    }
    Ok(())
}

fn is_four_numbers(name: &str) -> bool {
    name.split('.').count() >= 4 && name.split('.').all(|label| label.bytes().all(|byte| byte.is_ascii_digit()))
}
