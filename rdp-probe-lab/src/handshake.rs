//! TLS as the servers of the lab hold it, whole or in part, and what follows inside it.

use std::io;

use rdp_probe::Protocols;
use rustls::pki_types::CertificateDer;
use rustls::server::Acceptor;
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::behaviour::now;
use crate::certificate::LabCertificate;
use crate::hello;
use crate::key::LabKey;
use crate::mcs;
use crate::player::Ending;
use crate::tls::{FlightPart, Versions, first_flight, server_config};
use crate::watch::{Seen, Teller};

/// Who a server says it is: certificates, leaf first, and the key that signs the handshake.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: LabKey,
}

impl From<&LabCertificate> for Identity {
    fn from(certificate: &LabCertificate) -> Self {
        Self { chain: vec![certificate.der()], key: certificate.key() }
    }
}

impl From<LabCertificate> for Identity {
    fn from(certificate: LabCertificate) -> Self {
        Self::from(&certificate)
    }
}

impl Identity {
    /// A healthy certificate, and a key that is not its own.
    pub(crate) fn with_other_key(now: OffsetDateTime) -> Self {
        Self { key: LabKey::Rsa1024, ..Self::from(LabCertificate::healthy(now)) }
    }

    /// A healthy certificate of a server with another key.
    pub(crate) fn of_other_member(now: OffsetDateTime) -> Self {
        Self::from(LabCertificate::healthy(now).with_key(LabKey::Rsa2048Other))
    }

    /// Four bytes that are no certificate.
    pub(crate) fn unreadable(_: OffsetDateTime) -> Self {
        Self { chain: vec![CertificateDer::from(vec![0xDE, 0xAD, 0xBE, 0xEF])], key: LabKey::Rsa2048 }
    }
}

/// TLS for one connection.
pub(crate) async fn open_tls<'s, S: AsyncRead + AsyncWrite + Unpin>(
    stream: &'s mut S,
    identity: Identity,
    versions: Versions,
    teller: &Teller,
) -> io::Result<TlsStream<&'s mut S>> {
    let config = server_config(identity.chain, identity.key, versions).map_err(io::Error::other)?;
    let begun = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    teller.tell(|| Seen::ClientHello { server_name: begun.client_hello().server_name().map(str::to_owned) });
    let open = begun.into_stream(config).await?;
    let version = open.get_ref().1.protocol_version().map(u16::from).unwrap_or_default();
    teller.tell(|| Seen::TlsComplete { version });
    Ok(open)
}

/// A TLS server for one connection, which goes on with MCS and then waits for the client to go.
pub(crate) async fn serve_tls<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    identity: Identity,
    versions: Versions,
    offer: Protocols,
    teller: &Teller,
) -> io::Result<Ending> {
    let mut open = open_tls(stream, identity, versions, teller).await?;
    mcs::serve(&mut open, offer, teller).await?;
    open.shutdown().await?;
    Ok(Ending::Fin)
}

/// The records of the `ClientHello`.
pub(crate) async fn read_client_hello<S: AsyncRead + Unpin>(stream: &mut S, teller: &Teller) -> io::Result<Vec<u8>> {
    let records = hello::read(stream).await?;
    teller.tell(|| Seen::ClientHello { server_name: hello::name_in(&records) });
    Ok(records)
}

/// Whether a server that is sound finds something in a `ClientHello` that it agrees to.
pub(crate) fn is_agreeable(client_hello: &[u8]) -> bool {
    let Identity { chain, key } = Identity::from(LabCertificate::healthy(now()));
    let flight = server_config(chain, key, Versions::Both).and_then(|config| first_flight(config, client_hello));
    flight.is_ok_and(|flight| !flight.is_empty())
}

/// The first flight of a healthy server with TLS 1.2, up to the end of this part of it.
pub(crate) fn cut_flight(client_hello: &[u8], part: FlightPart) -> Result<Vec<u8>, rustls::Error> {
    let Identity { chain, key } = Identity::from(LabCertificate::healthy(now()));
    let mut flight = first_flight(server_config(chain, key, Versions::Tls12)?, client_hello)?;
    let end = part.end_in(&flight).unwrap_or(flight.len());
    flight.truncate(end);
    Ok(flight)
}
