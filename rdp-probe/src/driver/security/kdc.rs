//! The talk with a key distribution centre: over TCP, each message behind its length (RFC 4120 7.2.2).

use std::io;
use std::time::Duration;

use sspi::{Username, UsernameParts};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::super::dial::MAX_ATTEMPTS;
use super::super::network::{Network as _, System};
use super::KerberosSettings;
use crate::credssp::der;
use crate::evidence::{Close, KdcEnd, KdcTraffic, OsError};
use crate::target::Target;

/// The length in front of each message.
const LENGTH: usize = 4;

/// The port of Kerberos.
const PORT: u16 = 88;

/// An answer longer than that is none.
const MOST: usize = 0x1_0000;

/// `KDC_ERR_PREAUTH_REQUIRED`: the usual first answer, and no refusal.
const PREAUTH_REQUIRED: i32 = 25;

/// `KRB_AP_ERR_SKEW`.
const SKEW: i32 = 37;

/// Answers that the package goes on behind: the first tells it how to prove the password, the second what the clock says there.
const GOES_ON: [i32; 2] = [PREAUTH_REQUIRED, SKEW];

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

    /// Whether there is one to ask.
    pub(super) const fn is_known(&self) -> bool {
        self.address.is_some()
    }

    /// Sends a message that has its length in front, and gives the answer with its. A refusal that nothing can follow is an error.
    pub(super) async fn ask(&self, talk: &mut KdcTalk, message: &[u8], deadline: Instant) -> Result<Vec<u8>, KdcEnd> {
        let begun = now();
        let (mut sent, mut answer) = (0, Vec::new());
        let result = timeout_at(deadline, self.exchange(message, deadline, &mut sent, &mut answer)).await;
        let traffic = talk.traffic.get_or_insert_default();
        // Exact to the microsecond, as transcripts are.
        let elapsed = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        traffic.elapsed = traffic.elapsed.saturating_add(Duration::from_micros(elapsed));
        traffic.sent = traffic.sent.saturating_add(sent);
        traffic.received = traffic.received.saturating_add(answer.len() as u64);
        result.map_err(|_| KdcEnd::Timeout)??;
        match answer.get(LENGTH..).and_then(refusal) {
            Some(code) if !GOES_ON.contains(&code) => return Err(KdcEnd::Refusal(code)),
            code => talk.refusal = code.filter(|code| *code != PREAUTH_REQUIRED),
        }
        Ok(answer)
    }

    async fn exchange(
        &self,
        message: &[u8],
        deadline: Instant,
        sent: &mut u64,
        answer: &mut Vec<u8>,
    ) -> Result<(), KdcEnd> {
        let mut stream = self.connect(deadline).await?;
        stream.write_all(message).await.map_err(|error| end_of(&error))?;
        *sent = message.len() as u64;
        receive(&mut stream, LENGTH, answer).await?;
        let length = answer.first_chunk().map(|length| u32::from_be_bytes(*length)).unwrap_or_default();
        let length = usize::try_from(length).ok().filter(|length| *length <= MOST).ok_or(KdcEnd::Malformed)?;
        receive(&mut stream, LENGTH + length, answer).await?;
        // AS-REP, TGS-REP or KRB-ERROR (RFC 4120 5.10).
        matches!(answer.get(LENGTH), Some(0x6B | 0x6D | 0x7E)).then_some(()).ok_or(KdcEnd::Malformed)
    }

    /// The first address that takes a connection, of as many as are tried for a target. Each may take an equal share of the time that is left.
    async fn connect(&self, deadline: Instant) -> Result<TcpStream, KdcEnd> {
        let target = self.address.as_ref().ok_or(KdcEnd::Os(OsError::UNKNOWN))?;
        let mut addresses = match target.ip() {
            Some(ip) => vec![(ip, target.port()).into()],
            None => self.network.resolve(target.host(), target.port()).await.map_err(KdcEnd::Os)?,
        };
        let mut failure = KdcEnd::Os(OsError::UNKNOWN);
        addresses.truncate(MAX_ATTEMPTS);
        for (address, left) in addresses.iter().zip((1..=u32::try_from(addresses.len()).unwrap_or(u32::MAX)).rev()) {
            let start = now();
            let share = start + deadline.saturating_duration_since(start) / left;
            failure = match timeout_at(share, self.network.connect(*address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => end_of(&error),
                Err(_) => KdcEnd::Timeout,
            };
        }
        Err(failure)
    }
}

/// Reads until so many bytes are here. What came before an end is kept.
async fn receive(stream: &mut TcpStream, whole: usize, answer: &mut Vec<u8>) -> Result<(), KdcEnd> {
    while let Some(missing @ 1..) = whole.checked_sub(answer.len()) {
        let mut rest = (&mut *stream).take(missing as u64);
        if rest.read_buf(answer).await.map_err(|error| end_of(&error))? == 0 {
            return Err(KdcEnd::Fin);
        }
    }
    Ok(())
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
