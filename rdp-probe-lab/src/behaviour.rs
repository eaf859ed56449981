//! How a lab server behaves: what it answers to the request, and what it does then.

use std::io;
use std::time::Duration;

use rdp_probe::{FailureCode, Protocols};
use rustls::pki_types::CertificateDer;
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

use crate::certificate::LabCertificate;
use crate::player::Ending;
use crate::request;
use crate::tls::{Versions, end_of_certificate_message, first_flight, server_config};

/// The whole of a server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Behaviour {
    /// The port is taken, and nobody listens.
    NotListening,
    /// A greeting, before or in place of reading anything.
    Greeting(&'static [u8]),
    /// An answer to the request, then the rest.
    Answer(Answer, Then),
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
}

/// How a server chooses among the protocols that it is offered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Policy {
    /// TLS, and nothing else: as xrdp with `security_layer=tls`.
    Tls,
    /// Network Level Authentication is required: as Windows by default.
    Nla,
    /// TLS is not allowed: as `freerdp-shadow-cli /sec:rdp`.
    NoTls,
    /// Standard RDP security, whatever is offered: as xrdp with `security_layer=rdp`.
    Standard,
    /// A Connection Confirm without negotiation data: older than negotiation.
    Legacy,
}

/// What follows the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Then {
    /// The end.
    End(Ending),
    /// TLS with this certificate, to the end of the handshake.
    Tls(fn(OffsetDateTime) -> LabCertificate, Versions),
    /// The `ClientHello` is read; then these bytes and the end.
    AfterHello(&'static [u8], Ending),
    /// TLS 1.2 up to the end of the server's certificate; then nothing more.
    StallBehindCertificate,
}

/// A Connection Confirm with eight bytes of negotiation data ([MS-RDPBCGR] 2.2.1.2.1 and 2.2.1.2.2).
fn confirm(kind: u8, flags: u8, value: u32) -> Vec<u8> {
    let mut packet = vec![3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, kind, flags, 8, 0];
    packet.extend(value.to_le_bytes());
    packet
}

/// The flags that Windows sends: extended client data, graphics pipeline, restricted admin, redirected authentication.
const RESPONSE_FLAGS: u8 = 0x1F;

impl Policy {
    /// The answer to an offer, and whether TLS follows it.
    fn answer(self, offer: Protocols) -> (Vec<u8>, bool) {
        let select = |protocol: Protocols| (confirm(2, RESPONSE_FLAGS, protocol.bits()), !protocol.is_rdp());
        let refuse = |code: u32| (confirm(3, 0, FailureCode(code).0), false);
        match self {
            Self::Tls if offer.contains(Protocols::SSL) => select(Protocols::SSL),
            Self::Tls => refuse(1),
            Self::Nla if offer.contains(Protocols::HYBRID_EX) => select(Protocols::HYBRID_EX),
            Self::Nla if offer.contains(Protocols::HYBRID) => select(Protocols::HYBRID),
            Self::Nla => refuse(5),
            Self::NoTls if !offer.is_rdp() => refuse(2),
            Self::NoTls | Self::Standard => select(Protocols::RDP),
            Self::Legacy => (vec![3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0], false),
        }
    }
}

impl Behaviour {
    /// Serves one connection, and says how its stream is to end.
    pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(self, stream: &mut S) -> io::Result<Ending> {
        match self {
            Self::NotListening => Ok(Ending::Reset),
            Self::Greeting(bytes) => {
                stream.write_all(bytes).await?;
                stream.flush().await?;
                Ok(Ending::Silence)
            }
            Self::Answer(answer, then) => {
                let offer = request::read(stream).await?;
                if answer.give(stream, offer).await? { then.follow(stream).await } else { Ok(then.without_tls()) }
            }
        }
    }
}

impl Answer {
    /// Answers, and says whether the way to what follows is free.
    async fn give<S: AsyncWrite + Unpin>(self, stream: &mut S, offer: Protocols) -> io::Result<bool> {
        let (bytes, free) = match self {
            Self::Nothing => return Ok(true),
            Self::Bytes(bytes) => (bytes.to_vec(), true),
            Self::Negotiate(policy) | Self::Drip(policy, _) => policy.answer(offer),
        };
        let Self::Drip(_, pause) = self else {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            return Ok(free);
        };
        for byte in bytes {
            stream.write_all(&[byte]).await?;
            stream.flush().await?;
            tokio::time::sleep(pause).await;
        }
        Ok(free)
    }
}

impl Then {
    /// What remains where TLS does not follow: the server waits for the client, or ends as it was told to.
    const fn without_tls(self) -> Ending {
        match self {
            Self::End(ending) => ending,
            Self::Tls(..) | Self::AfterHello(..) | Self::StallBehindCertificate => Ending::Fin,
        }
    }

    async fn follow<S: AsyncRead + AsyncWrite + Unpin>(self, stream: &mut S) -> io::Result<Ending> {
        match self {
            Self::End(ending) => Ok(ending),
            Self::Tls(certificate, versions) => {
                let certificate = certificate(now());
                serve_tls(stream, vec![certificate.der()], certificate.key(), versions).await
            }
            Self::AfterHello(bytes, ending) => {
                read_client_hello(stream).await?;
                stream.write_all(bytes).await?;
                stream.flush().await?;
                Ok(ending)
            }
            Self::StallBehindCertificate => {
                let hello = read_client_hello(stream).await?;
                let certificate = LabCertificate::healthy(now());
                let config = server_config(vec![certificate.der()], certificate.key(), Versions::Tls12);
                let flight = config.and_then(|config| first_flight(config, &hello)).map_err(io::Error::other)?;
                let end = end_of_certificate_message(&flight).unwrap_or(flight.len());
                stream.write_all(&flight[..end]).await?;
                stream.flush().await?;
                Ok(Ending::Silence)
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
) -> io::Result<Ending> {
    let offer = request::read(stream).await?;
    if Answer::Negotiate(Policy::Tls).give(stream, offer).await? {
        return serve_tls(stream, vec![certificate.der()], certificate.key(), Versions::Both).await;
    }
    Ok(Ending::Fin)
}

/// A TLS server for one connection, which waits for the client to go.
pub(crate) async fn serve_tls<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    chain: Vec<CertificateDer<'static>>,
    key: crate::key::LabKey,
    versions: Versions,
) -> io::Result<Ending> {
    let config = server_config(chain, key, versions).map_err(io::Error::other)?;
    let mut open = TlsAcceptor::from(config).accept(stream).await?;
    let mut ignored = [0; 1024];
    while open.read(&mut ignored).await? > 0 {}
    open.shutdown().await?;
    Ok(Ending::Fin)
}

/// One TLS record: the `ClientHello` of a client that sends it in one piece.
pub(crate) async fn read_client_hello<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Vec<u8>> {
    let mut record = vec![0; 5];
    stream.read_exact(&mut record).await?;
    let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
    record.resize(5 + length, 0);
    stream.read_exact(&mut record[5..]).await?;
    Ok(record)
}
