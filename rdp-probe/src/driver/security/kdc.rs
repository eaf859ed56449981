//! The talk with a key distribution centre: over TCP, each message behind its length (RFC 4120 7.2.2).

use std::io;

use sspi::{Username, UsernameParts};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout_at};

use super::super::network::{Network as _, System};
use super::KerberosSettings;
use crate::credssp::der;
use crate::evidence::{Close, KdcEnd, KdcTraffic, OsError};
use crate::target::Target;

/// The port of Kerberos.
const PORT: u16 = 88;

/// An answer longer than that is none.
const MOST: usize = 0x1_0000;

/// Where tickets come from.
#[derive(Debug)]
pub(super) struct Kdc {
    address: Option<Target>,
    network: System,
}

/// What passed so far.
#[derive(Debug, Default)]
pub(super) struct KdcTalk {
    traffic: Option<KdcTraffic>,
    /// The last refusal, which the package may have gone on behind.
    pub(super) refusal: Option<i32>,
}

impl KdcTalk {
    pub(super) const fn traffic(&self) -> Option<KdcTraffic> {
        self.traffic
    }
}

impl Kdc {
    /// The one that is given, or the one that the realm's name leads to, as the name of a Windows domain leads to its controllers.
    pub(super) fn new(settings: &KerberosSettings, user: &Username) -> Self {
        let realm = match user.parts() {
            UsernameParts::UserPrincipalName(parts) => Some(parts.suffix()),
            UsernameParts::DownLevelLogonName(parts) => parts.netbios_domain(),
        };
        let of_realm = || format!("{}:{PORT}", realm?).parse().ok();
        Self { address: settings.kdc.clone().or_else(of_realm), network: settings.network.clone() }
    }

    /// What the package knows it by. It is never reached by that.
    pub(super) fn url(&self) -> String {
        self.address.as_ref().map_or_else(|| format!("tcp://localhost:{PORT}"), |address| format!("tcp://{address}"))
    }

    /// Sends a message that has its length in front, and gives the answer with its.
    pub(super) async fn ask(&self, talk: &mut KdcTalk, message: &[u8], deadline: Instant) -> Result<Vec<u8>, KdcEnd> {
        let begun = now();
        let result = timeout_at(deadline, self.exchange(message)).await;
        let traffic = talk.traffic.get_or_insert_default();
        let elapsed = traffic.elapsed.saturating_add(begun.elapsed());
        traffic.elapsed = std::time::Duration::from_micros(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX));
        traffic.sent = traffic.sent.saturating_add(message.len() as u64);
        let answer = match result {
            Err(_) => return Err(KdcEnd::Timeout),
            Ok(answer) => answer?,
        };
        traffic.received = traffic.received.saturating_add(answer.len() as u64);
        talk.refusal = answer.get(4..).and_then(refusal);
        Ok(answer)
    }

    async fn exchange(&self, message: &[u8]) -> Result<Vec<u8>, KdcEnd> {
        let Some(target) = &self.address else { return Err(KdcEnd::Os(OsError::UNKNOWN)) };
        let addresses = match target.ip() {
            Some(ip) => vec![(ip, target.port()).into()],
            None => self.network.resolve(target.host(), target.port()).await.map_err(KdcEnd::Os)?,
        };
        let mut failure = KdcEnd::Os(OsError::UNKNOWN);
        for address in addresses {
            match self.network.connect(address).await {
                Err(error) => failure = end_of(&error),
                Ok(mut stream) => {
                    stream.write_all(message).await.map_err(|error| end_of(&error))?;
                    return answer(&mut stream).await;
                }
            }
        }
        Err(failure)
    }
}

async fn answer(stream: &mut tokio::net::TcpStream) -> Result<Vec<u8>, KdcEnd> {
    let mut answer = vec![0; 4];
    stream.read_exact(&mut answer).await.map_err(|error| end_of(&error))?;
    let length = answer.first_chunk().map(|length| u32::from_be_bytes(*length)).unwrap_or_default();
    let whole = usize::try_from(length).ok().filter(|length| *length <= MOST).ok_or(KdcEnd::Malformed)? + 4;
    answer.resize(whole, 0);
    stream.read_exact(answer.get_mut(4..).unwrap_or_default()).await.map_err(|error| end_of(&error))?;
    // AS-REP, TGS-REP, AP-REP or KRB-ERROR (RFC 4120 5.10).
    matches!(answer.get(4), Some(0x6B | 0x6D | 0x6F | 0x7E)).then_some(answer).ok_or(KdcEnd::Malformed)
}

fn end_of(error: &io::Error) -> KdcEnd {
    match super::super::close_of(error) {
        Close::Fin => KdcEnd::Fin,
        Close::Reset => KdcEnd::Reset,
        Close::Os(error) => KdcEnd::Os(error),
        Close::Alert(_) | Close::BrokenTls => KdcEnd::Malformed,
    }
}

/// The code of a KRB-ERROR (RFC 4120 5.9.1); `None` for another message.
fn refusal(message: &[u8]) -> Option<i32> {
    const KRB_ERROR: u8 = 0x7E;
    let mut fields = der::content(der::SEQUENCE, der::content(KRB_ERROR, message)?)?;
    while let Some((tag, content)) = der::next(&mut fields) {
        if tag == der::context(6) {
            return der::integer(content).and_then(|code| i32::try_from(code).ok());
        }
    }
    None
}

#[allow(clippy::disallowed_methods, reason = "the driver is where the clock is read")]
fn now() -> Instant {
    Instant::now()
}
