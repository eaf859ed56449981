//! How a lab server behaves: what it answers to the request, and what it does then.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use rdp_probe::Protocols;
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};

use crate::certificate::LabCertificate;
use crate::flood::Flood;
use crate::foreign::Service;
use crate::handshake::{Identity, cut_flight, read_client_hello, serve_tls};
use crate::player::Ending;
use crate::policy::Policy;
use crate::request;
use crate::tls::{FlightPart, Versions, client_hello};
use crate::watch::{Seen, Teller};

/// The whole of a server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Behaviour {
    /// The port is taken, and nobody listens.
    NotListening,
    /// A second address, before this one, at which nobody listens.
    BesideDeadAddress(&'static Self),
    /// The end, without anything being read.
    Unread(Ending),
    /// Bytes without end, without anything being read.
    Flood(Flood),
    /// Another protocol.
    Foreign(Service),
    /// It begins TLS by itself, as a client does.
    BeginsTls,
    /// An answer to the request, then the rest.
    Answer(Answer, Then),
    /// The first behaviour; at every third connection the second.
    EveryThird(&'static Self, &'static Self),
}

/// What the server answers to the Connection Request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// Nothing.
    Nothing,
    /// These bytes, whatever was asked.
    Bytes(&'static [u8]),
    /// What this policy makes of the offer.
    Negotiate(Policy),
    /// The same, one byte at a time.
    Drip(Policy, Duration),
    /// So many bytes of the same.
    Cut(Policy, usize),
    /// The same, and in one piece with it these bytes.
    Trailed(Policy, &'static [u8]),
    /// Bytes without end.
    Flood(Flood),
}

/// What follows the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Then {
    /// The end.
    End(Ending),
    /// TLS with this certificate, and MCS inside it.
    Tls(fn(OffsetDateTime) -> LabCertificate, Versions),
    /// The same with this certificate and key, whatever they are.
    TlsAs(fn(OffsetDateTime) -> Identity),
    /// The `ClientHello` is read; then these bytes and the end.
    AfterHello(&'static [u8], Ending),
    /// TLS 1.2 up to the end of this part of the server's first flight; then the end.
    Cut(FlightPart, Ending),
    /// The `ClientHello` is read; then bytes without end.
    FloodAfterHello(Flood),
}

impl Behaviour {
    /// What it does at the connection of this number.
    pub(crate) const fn at(self, connection: u64) -> Self {
        match self {
            Self::EveryThird(_, third) if connection.is_multiple_of(3) => *third,
            Self::EveryThird(others, _) => *others,
            other => other,
        }
    }

    /// Serves one connection, and says how its stream is to end.
    pub(crate) async fn serve<S>(self, stream: &mut S, teller: &Teller) -> io::Result<Ending>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        match self {
            // The lab has seen to these.
            Self::NotListening | Self::BesideDeadAddress(_) | Self::EveryThird(..) => Ok(Ending::Reset),
            Self::Unread(ending) => Ok(ending),
            Self::Flood(flood) => flood.pour(stream, teller).await,
            Self::Foreign(service) => service.serve(stream, teller).await,
            Self::BeginsTls => {
                let hello = Bytes::from(client_hello().map_err(io::Error::other)?);
                send(stream, &hello).await?;
                teller.tell(|| Seen::Greeted(hello));
                Ok(Ending::Silence)
            }
            Self::Answer(answer, then) => {
                let offer = read_request(stream, teller).await?;
                match answer.give(stream, offer, teller).await? {
                    Way::Free => then.follow(stream, offer, teller).await,
                    Way::Barred => Ok(then.without_tls()),
                }
            }
        }
    }
}

/// Reads the Connection Request; gives the protocols that may be chosen from.
pub(crate) async fn read_request<S: AsyncRead + Unpin>(stream: &mut S, teller: &Teller) -> io::Result<Protocols> {
    let request = request::read(stream).await?;
    let offer = request.choices();
    teller.tell(|| Seen::Requested { offer: request.offer, cookie: request.cookie });
    Ok(offer)
}

async fn send<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Whether the answer leaves the way to what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Free,
    Barred,
}

impl Answer {
    /// Answers.
    pub(crate) async fn give<S>(self, stream: &mut S, offer: Protocols, teller: &Teller) -> io::Result<Way>
    where
        S: AsyncWrite + Unpin,
    {
        let (mut bytes, way) = self.bytes(offer);
        match self {
            Self::Nothing => return Ok(Way::Free),
            Self::Flood(flood) => return flood.pour(stream, teller).await.map(|_| Way::Free),
            Self::Drip(_, pause) => {
                for byte in &bytes {
                    send(stream, &[*byte]).await?;
                    tokio::time::sleep(pause).await;
                }
            }
            Self::Bytes(_) | Self::Negotiate(_) => send(stream, &bytes).await?,
            Self::Cut(_, count) => {
                bytes.truncate(count);
                send(stream, &bytes).await?;
            }
            Self::Trailed(_, behind) => {
                bytes.extend_from_slice(behind);
                send(stream, &bytes).await?;
            }
        }
        teller.tell(|| Seen::Answered(bytes.into()));
        Ok(way)
    }

    /// The whole answer, as it would be without further ado.
    fn bytes(self, offer: Protocols) -> (Vec<u8>, Way) {
        match self {
            Self::Nothing | Self::Flood(_) => (Vec::new(), Way::Free),
            Self::Bytes(bytes) => (bytes.to_vec(), Way::Free),
            Self::Cut(policy, _) => (policy.answer(offer).packet, Way::Free),
            Self::Negotiate(policy) | Self::Drip(policy, _) | Self::Trailed(policy, _) => {
                let reply = policy.answer(offer);
                (reply.packet, if reply.starts_tls { Way::Free } else { Way::Barred })
            }
        }
    }
}

impl Then {
    /// What remains where TLS does not follow: the server waits for the client, or ends as it was told to.
    const fn without_tls(self) -> Ending {
        match self {
            Self::End(ending) => ending,
            _ => Ending::Fin,
        }
    }

    async fn follow<S>(self, stream: &mut S, offer: Protocols, teller: &Teller) -> io::Result<Ending>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        match self {
            Self::End(ending) => Ok(ending),
            Self::Tls(certificate, versions) => {
                serve_tls(stream, Identity::from(certificate(now())), versions, offer, teller).await
            }
            Self::TlsAs(identity) => serve_tls(stream, identity(now()), Versions::Both, offer, teller).await,
            Self::AfterHello(bytes, ending) => {
                read_client_hello(stream, teller).await?;
                if !bytes.is_empty() {
                    send(stream, bytes).await?;
                    teller.tell(|| Seen::Answered(Bytes::from_static(bytes)));
                }
                Ok(ending)
            }
            Self::Cut(part, ending) => {
                let hello = read_client_hello(stream, teller).await?;
                let flight = Bytes::from(cut_flight(&hello, part).map_err(io::Error::other)?);
                send(stream, &flight).await?;
                teller.tell(|| Seen::Answered(flight));
                Ok(ending)
            }
            Self::FloodAfterHello(flood) => {
                read_client_hello(stream, teller).await?;
                flood.pour(stream, teller).await
            }
        }
    }
}

/// The clock that certificates are made by.
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// A healthy server with this certificate, for one connection.
pub(crate) async fn serve_certificate<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    certificate: &LabCertificate,
    teller: &Teller,
) -> io::Result<Ending> {
    let offer = read_request(stream, teller).await?;
    match Answer::Negotiate(Policy::Tls).give(stream, offer, teller).await? {
        Way::Free => serve_tls(stream, Identity::from(certificate), Versions::Both, offer, teller).await,
        Way::Barred => Ok(Ending::Fin),
    }
}
