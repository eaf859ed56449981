//! Values of the command line, read with errors that say what to write.

use std::net::Ipv6Addr;
use std::str::FromStr;
use std::time::Duration;

use rdp_probe::{ParseTargetError, Protocols, ServerName, Target, Thumbprint};

/// What is offered: protocols, or no negotiation data at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    Protocols(Protocols),
    Nothing,
}

impl FromStr for Offer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self::Nothing);
        }
        let protocols = text.parse().map(Self::Protocols);
        protocols.map_err(|error| format!("{error}; or none, alone, for no negotiation data"))
    }
}

pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "give a number of seconds, such as 10 or 2.5".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if time >= Duration::from_millis(1) && seconds <= 3600.0 => Ok(time),
        _ => Err("give between 0.001 and 3600 seconds".to_owned()),
    }
}

pub(crate) fn sni(text: &str) -> Result<ServerName, String> {
    match text {
        "none" => Ok(ServerName::None),
        "" => Err("give a name, or none".to_owned()),
        name => Ok(ServerName::Given(name.into())),
    }
}

pub(crate) fn correlation_id(text: &str) -> Result<[u8; 16], String> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let number = u128::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 32 && !digits.starts_with('+'));
    let number = number.ok_or("give 32 hexadecimal digits, such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301")?;
    Ok(number.to_be_bytes())
}

pub(crate) fn sha1(text: &str) -> Result<Thumbprint, String> {
    match text.parse() {
        Ok(Thumbprint::Sha256(_)) => Err("this is a SHA-256 thumbprint: give it to --expect-sha256".to_owned()),
        Ok(Thumbprint::Key(_)) => Err(OF_A_KEY.to_owned()),
        Ok(thumbprint) => Ok(thumbprint),
        Err(error) => Err(error.to_string()),
    }
}

pub(crate) fn sha256(text: &str) -> Result<Thumbprint, String> {
    match text.parse() {
        Ok(Thumbprint::Sha1(_)) => Err("this is a SHA-1 thumbprint: give it to --expect-sha1".to_owned()),
        Ok(Thumbprint::Key(_)) => Err(OF_A_KEY.to_owned()),
        Ok(thumbprint) => Ok(thumbprint),
        Err(error) => Err(error.to_string()),
    }
}

const OF_A_KEY: &str = "this is the thumbprint of a key: give it to --expect-key";

pub(crate) fn key(text: &str) -> Result<Thumbprint, String> {
    match text.parse() {
        Ok(Thumbprint::Sha256(hash) | Thumbprint::Key(hash)) => Ok(Thumbprint::Key(hash)),
        Ok(_) => Err("this is as short as SHA-1: the SHA-256 of a key has 64 digits".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

pub(crate) fn service(text: &str) -> Result<String, String> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "/\\@:".contains(c);
    if text.is_empty() || text.contains(odd) {
        return Err("give a host alone, such as ts01.example: TERMSRV/ is put before it".to_owned());
    }
    Ok(text.to_owned())
}

/// Kerberos has another port than what targets are meant for.
pub(crate) fn kdc(text: &str) -> Result<Target, String> {
    const PORT: u16 = 88;
    let is_bare_v6 = text.parse::<Ipv6Addr>().is_ok();
    let has_port = !is_bare_v6 && text.rsplit(']').next().is_some_and(|rest| rest.contains(':'));
    let whole = match (is_bare_v6, has_port) {
        (true, _) => format!("[{text}]:{PORT}"),
        (_, false) => format!("{text}:{PORT}"),
        (_, true) => text.to_owned(),
    };
    whole.parse().map_err(|error: ParseTargetError| error.to_string())
}
