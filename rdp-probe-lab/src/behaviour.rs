//! How a lab server behaves: what it answers to the request, and what it does then.

use std::io;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use rdp_probe::Protocols;
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::answer::{Answer, Way};
use crate::certificate::LabCertificate;
use crate::condition::Condition;
use crate::flight::OldChoice;
use crate::flood::Flood;
use crate::foreign::Service;
use crate::handshake::{Identity, cut_flight, read_client_hello, serve_tls};
use crate::hello::{self, ClientHello};
use crate::nla::{self, NlaServer};
use crate::pace::{Pace, Place};
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
    /// Network Level Authentication.
    Nla(fn() -> NlaServer),
    /// An answer to the request, then the rest.
    Answer(Answer, Then),
    /// These behaviours in turn, a connection each.
    Turns(&'static [Self]),
    /// This behaviour, and a pause of this length after each connection that was served: whoever comes during a connection
    /// or within the pause finds the connection closed when the request has been read.
    Paced(&'static Self, Duration),
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
    /// The `ClientHello` is read; then the first flight of an old server, and the end.
    Old(OldChoice, Ending),
    /// The first of these after a `ClientHello` that is so, the second after others.
    If(Condition, &'static Self, &'static Self),
}

impl Behaviour {
    /// What it does at the connection of this number, the first being 1; and the place that the connection takes, where only
    /// one may.
    pub(crate) fn at(self, connection: u64, pace: &Pace) -> (Self, Option<Place>) {
        const CLOSED: Behaviour = Behaviour::Answer(Answer::Close, Then::End(Ending::Fin));
        match self {
            Self::Turns(members) => {
                let turn = connection.saturating_sub(1).checked_rem(members.len() as u64);
                let member = turn.and_then(|turn| members.get(usize::try_from(turn).ok()?));
                (member.copied().unwrap_or(CLOSED), None)
            }
            Self::Paced(behaviour, pause) => match pace.admit(pause) {
                Some(place) => (*behaviour, Some(place)),
                None => (CLOSED, None),
            },
            other => (other, None),
        }
    }

    /// Serves one connection, and says how its stream is to end.
    pub(crate) async fn serve<S>(self, stream: &mut S, teller: &Teller) -> io::Result<Ending>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        match self {
            // The lab has seen to these.
            Self::NotListening | Self::BesideDeadAddress(_) | Self::Turns(_) | Self::Paced(..) => Ok(Ending::Reset),
            Self::Unread(ending) => Ok(ending),
            Self::Flood(flood) => flood.pour(stream, teller).await,
            Self::Foreign(service) => service.serve(stream, teller).await,
            Self::BeginsTls => {
                let hello = Bytes::from(client_hello().map_err(io::Error::other)?);
                send(stream, &hello).await?;
                teller.tell(|| Seen::Greeted(hello));
                Ok(Ending::Silence)
            }
            Self::Nla(server) => Box::pin(nla::serve(&server(), stream, teller)).await,
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

pub(crate) async fn send<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

impl Then {
    /// What remains where TLS does not follow: the server waits for the client, or ends as it was told to.
    const fn without_tls(self) -> Ending {
        match self {
            Self::End(ending) => ending,
            _ => Ending::Fin,
        }
    }

    /// Looks at the `ClientHello` where that matters, and goes on as if it had not been read.
    async fn follow<S>(self, stream: &mut S, offer: Protocols, teller: &Teller) -> io::Result<Ending>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        if !matches!(self, Self::If(..)) {
            return self.go_on(stream, offer, teller).await;
        }
        let records = hello::read(stream).await?;
        let choice = self.after(&records);
        let (reader, writer) = tokio::io::split(stream);
        choice.go_on(&mut tokio::io::join(records.as_slice().chain(reader), writer), offer, teller).await
    }

    /// What follows this `ClientHello`.
    fn after(self, records: &[u8]) -> Self {
        let hello = ClientHello::in_records(records);
        let mut this = self;
        while let Self::If(condition, so, otherwise) = this {
            this = if condition.holds(&hello, records) { *so } else { *otherwise };
        }
        this
    }

    async fn go_on<S>(self, stream: &mut S, offer: Protocols, teller: &Teller) -> io::Result<Ending>
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
                answer_hello(stream, Bytes::from_static(bytes), teller).await?;
                Ok(ending)
            }
            Self::Cut(part, ending) => {
                let hello = read_client_hello(stream, teller).await?;
                let flight = cut_flight(&hello, part).map_err(io::Error::other)?;
                answer_hello(stream, flight.into(), teller).await?;
                Ok(ending)
            }
            Self::FloodAfterHello(flood) => {
                read_client_hello(stream, teller).await?;
                flood.pour(stream, teller).await
            }
            Self::Old(choice, ending) => {
                let hello = read_client_hello(stream, teller).await?;
                let flight = choice.flight(&ClientHello::in_records(&hello)).map_err(io::Error::other)?;
                answer_hello(stream, flight.into(), teller).await?;
                Ok(ending)
            }
            // There is none left.
            Self::If(..) => Ok(Ending::Reset),
        }
    }
}

async fn answer_hello<S: AsyncWrite + Unpin>(stream: &mut S, bytes: Bytes, teller: &Teller) -> io::Result<()> {
    if !bytes.is_empty() {
        send(stream, &bytes).await?;
        teller.tell(|| Seen::Answered(bytes));
    }
    Ok(())
}

/// The time that certificates are made by: one moment of this process, so that a server shows the same one every time.
pub(crate) fn now() -> OffsetDateTime {
    static FIRST: LazyLock<OffsetDateTime> = LazyLock::new(OffsetDateTime::now_utc);
    *FIRST
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
