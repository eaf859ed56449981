//! TLS as the servers of the lab hold it, whole or in part, and what follows inside it.

use std::io;

use rdp_probe::Protocols;
use rustls::pki_types::CertificateDer;
use rustls::server::Acceptor;
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::LazyConfigAcceptor;

use crate::behaviour::now;
use crate::certificate::LabCertificate;
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

    /// Four bytes that are no certificate.
    pub(crate) fn unreadable(_: OffsetDateTime) -> Self {
        Self { chain: vec![CertificateDer::from(vec![0xDE, 0xAD, 0xBE, 0xEF])], key: LabKey::Rsa2048 }
    }
}

/// A TLS server for one connection, which goes on with MCS and then waits for the client to go.
pub(crate) async fn serve_tls<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    identity: Identity,
    versions: Versions,
    offer: Protocols,
    teller: &Teller,
) -> io::Result<Ending> {
    let config = server_config(identity.chain, identity.key, versions).map_err(io::Error::other)?;
    let begun = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    teller.tell(|| Seen::ClientHello { server_name: begun.client_hello().server_name().map(str::to_owned) });
    let mut open = begun.into_stream(config).await?;
    let version = open.get_ref().1.protocol_version().map(u16::from).unwrap_or_default();
    teller.tell(|| Seen::TlsComplete { version });
    mcs::serve(&mut open, offer, teller).await?;
    open.shutdown().await?;
    Ok(Ending::Fin)
}

/// The type of a record that holds handshake messages (RFC 8446 section 5.1).
const HANDSHAKE: u8 = 22;

/// One TLS record: the `ClientHello` of a client that sends it in one piece.
pub(crate) async fn read_client_hello<S: AsyncRead + Unpin>(stream: &mut S, teller: &Teller) -> io::Result<Vec<u8>> {
    let mut record = vec![0; 5];
    stream.read_exact(&mut record).await?;
    if record[0] != HANDSHAKE {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "what came is no TLS ClientHello"));
    }
    let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
    record.resize(5 + length, 0);
    stream.read_exact(&mut record[5..]).await?;
    teller.tell(|| Seen::ClientHello { server_name: name_in(&record) });
    Ok(record)
}

/// The name that a `ClientHello` asks for.
fn name_in(record: &[u8]) -> Option<String> {
    let mut acceptor = Acceptor::default();
    acceptor.read_tls(&mut &*record).ok()?;
    let accepted = acceptor.accept().ok()??;
    accepted.client_hello().server_name().map(str::to_owned)
}

/// The first flight of a healthy server with TLS 1.2, up to the end of this part of it.
pub(crate) fn cut_flight(client_hello: &[u8], part: FlightPart) -> Result<Vec<u8>, rustls::Error> {
    let Identity { chain, key } = Identity::from(LabCertificate::healthy(now()));
    let mut flight = first_flight(server_config(chain, key, Versions::Tls12)?, client_hello)?;
    let end = part.end_in(&flight).unwrap_or(flight.len());
    flight.truncate(end);
    Ok(flight)
}
