//! The TLS side of the lab servers: configurations and flights.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::NoServerSessionStorage;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion};

use crate::key::LabKey;

/// The content type of records that carry handshake messages.
pub(crate) const HANDSHAKE_RECORD: u8 = 22;
/// The length of the header of a record: type, version and length.
pub(crate) const RECORD_HEADER: usize = 5;
/// The length of the header of a handshake message: type and length.
const MESSAGE_HEADER: usize = 4;

/// The TLS versions that a server is willing to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Versions {
    /// TLS 1.2 alone.
    Tls12,
    /// TLS 1.3 alone.
    Tls13,
    /// TLS 1.2 and TLS 1.3.
    Both,
}

impl Versions {
    /// The same for rustls.
    fn supported(self) -> Vec<&'static SupportedProtocolVersion> {
        match self {
            Self::Tls12 => vec![&TLS12],
            Self::Tls13 => vec![&TLS13],
            Self::Both => vec![&TLS13, &TLS12],
        }
    }
}

/// The configuration of a server that presents this chain, whatever is wrong with it, and signs with this key.
///
/// It asks for no client certificate and never resumes a session.
///
/// # Errors
///
/// When rustls finds the versions unusable with its cipher suites, which ring's never are.
pub(crate) fn server_config(
    chain: Vec<CertificateDer<'static>>,
    key: LabKey,
    versions: Versions,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    // `with_single_cert` would parse the certificate and compare its key; a resolver serves it unseen.
    let certified = CertifiedKey::new(chain, key.handshake_signer());
    // The provider is handed over, as a process-wide one would get in the way of the program under test.
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&versions.supported())?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    // For alerts of the lab's choice, which rustls does not send.
    config.enable_secret_extraction = true;
    Ok(Arc::new(config))
}

/// The bytes that a server with this configuration answers to this `ClientHello`, records and all.
///
/// It is empty when `client_hello` is not yet a whole message.
///
/// # Errors
///
/// What rustls has against the `ClientHello`.
pub(crate) fn first_flight(config: Arc<ServerConfig>, client_hello: &[u8]) -> Result<Vec<u8>, rustls::Error> {
    let general = |error: std::io::Error| rustls::Error::General(error.to_string());
    let mut connection = ServerConnection::new(config)?;
    let mut unread = client_hello;
    // rustls reads a few kilobytes at a time. It stops reading, and says 0, once it has seen a close_notify.
    while !unread.is_empty() && connection.read_tls(&mut unread).map_err(general)? > 0 {
        connection.process_new_packets()?;
    }
    let mut flight = Vec::new();
    while connection.wants_write() {
        connection.write_tls(&mut flight).map_err(general)?;
    }
    Ok(flight)
}

/// The records in which a client begins TLS: the `ClientHello` of one that asks for no name.
///
/// # Errors
///
/// What rustls has against its own provider, which is nothing.
pub(crate) fn client_hello() -> Result<Vec<u8>, rustls::Error> {
    let general = |error: std::io::Error| rustls::Error::General(error.to_string());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&Versions::Both.supported())?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let nobody = ServerName::IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into());
    let mut connection = ClientConnection::new(Arc::new(config), nobody)?;
    let mut hello = Vec::new();
    connection.write_tls(&mut hello).map_err(general)?;
    Ok(hello)
}

/// A message of a server's first flight, by its handshake type (RFC 5246 section 7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum FlightPart {
    /// The `ServerHello`.
    ServerHello = 2,
    /// The Certificate of TLS 1.2.
    Certificate = 11,
}

impl FlightPart {
    /// The offset just behind this message in a server's first flight.
    ///
    /// `None` when there is no whole one: in TLS 1.3, for example, the Certificate is encrypted.
    pub(crate) fn end_in(self, flight: &[u8]) -> Option<usize> {
        let mut message = Message::default();
        let mut start = 0;
        while let Some([kind, _, _, high, low]) = flight.get(start..)?.first_chunk::<RECORD_HEADER>() {
            if *kind != HANDSHAKE_RECORD {
                return None;
            }
            let payload = start + RECORD_HEADER;
            start = payload + usize::from(u16::from_be_bytes([*high, *low]));
            let rest = flight.get(payload..)?;
            // Messages may go on from one record to the next, so the state outlives the record.
            for (index, byte) in rest.iter().take(start - payload).enumerate() {
                if message.ended_by(*byte) == Some(self as u8) {
                    return Some(payload + index + 1);
                }
            }
        }
        None
    }
}

/// How far the walk over the bytes of the current handshake message has come.
#[derive(Default)]
struct Message {
    header: [u8; MESSAGE_HEADER],
    /// How many bytes of the message, header included, have been seen.
    seen: usize,
}

impl Message {
    /// Takes the next byte; the type of the message if this was its last one.
    fn ended_by(&mut self, byte: u8) -> Option<u8> {
        if let Some(slot) = self.header.get_mut(self.seen) {
            *slot = byte;
        }
        self.seen += 1;
        let [kind, high, middle, low] = self.header;
        let length = u32::from_be_bytes([0, high, middle, low]) as usize;
        if self.seen < MESSAGE_HEADER || self.seen < MESSAGE_HEADER + length {
            return None;
        }
        *self = Self::default();
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use rsa::pkcs8::DecodePublicKey;
    use rsa::sha2::Sha256;
    use rsa::signature::Verifier;
    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
    use rustls::pki_types::UnixTime;
    use rustls::{DigitallySignedStruct, Error, ProtocolVersion, SignatureScheme};
    use time::OffsetDateTime;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::{TlsAcceptor, TlsConnector};

    use super::*;
    use crate::certificate::LabCertificate;

    /// Fails the test on a wrong signature by the short RSA key, the only one that is not made by ring.
    fn check_short_rsa(message: &[u8], certificate: &[u8], signed: &DigitallySignedStruct) {
        if LabKey::of_certificate(certificate) == Some(LabKey::Rsa1024) {
            assert_eq!(signed.scheme, SignatureScheme::RSA_PSS_SHA256);
            let public = rsa::RsaPublicKey::from_public_key_der(LabKey::Rsa1024.spki_der()).unwrap();
            let signature = rsa::pss::Signature::try_from(signed.signature()).unwrap();
            rsa::pss::VerifyingKey::<Sha256>::new(public).verify(message, &signature).unwrap();
        }
    }

    /// A verifier that believes everything, short RSA signatures excepted.
    #[derive(Debug)]
    struct AcceptAll;

    impl ServerCertVerifier for AcceptAll {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            Ok(ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            check_short_rsa(message, certificate, signed);
            Ok(HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            check_short_rsa(message, certificate, signed);
            Ok(HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            ring::default_provider().signature_verification_algorithms.supported_schemes()
        }
    }

    fn server(key: LabKey, versions: Versions) -> Arc<ServerConfig> {
        let certificate = LabCertificate::expired(OffsetDateTime::UNIX_EPOCH).with_key(key).der();
        server_config(vec![certificate], key, versions).unwrap()
    }

    fn client() -> Arc<ClientConfig> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&Versions::Both.supported())
            .unwrap();
        Arc::new(config.dangerous().with_custom_certificate_verifier(Arc::new(AcceptAll)).with_no_client_auth())
    }

    async fn handshake(key: LabKey, versions: Versions) -> Option<ProtocolVersion> {
        let (near, far) = tokio::io::duplex(4096);
        let acceptor = TlsAcceptor::from(server(key, versions));
        let serve = async move { acceptor.accept(far).await.unwrap().write_all(b"hello").await.unwrap() };
        let connect = async move {
            let name = ServerName::try_from("a.test").unwrap();
            let mut stream = TlsConnector::from(client()).connect(name, near).await.unwrap();
            let mut greeting = [0; 5];
            stream.read_exact(&mut greeting).await.unwrap();
            assert_eq!(&greeting, b"hello");
            let connection = stream.get_ref().1;
            let certificate = &connection.peer_certificates().unwrap()[0];
            assert_eq!(LabKey::of_certificate(certificate), Some(key));
            connection.protocol_version()
        };
        tokio::join!(serve, connect).1
    }

    #[tokio::test]
    async fn every_key_completes_every_version() {
        for key in LabKey::all().iter().copied() {
            assert_eq!(handshake(key, Versions::Tls12).await, Some(ProtocolVersion::TLSv1_2));
            assert_eq!(handshake(key, Versions::Tls13).await, Some(ProtocolVersion::TLSv1_3));
            assert_eq!(handshake(key, Versions::Both).await, Some(ProtocolVersion::TLSv1_3));
        }
    }

    #[test]
    fn the_parts_of_a_flight_end_where_they_do() {
        let certificate = LabCertificate::healthy(OffsetDateTime::UNIX_EPOCH).der();
        let config = server_config(vec![certificate.clone()], LabKey::Rsa2048, Versions::Tls12).unwrap();
        let flight = first_flight(config, &client_hello().unwrap()).unwrap();
        let end = FlightPart::Certificate.end_in(&flight).unwrap();
        assert!(flight[..end].ends_with(&certificate) && end < flight.len());
        assert_eq!(FlightPart::Certificate.end_in(&flight[..end]), Some(end));
        for cut in 0..end {
            assert_eq!(FlightPart::Certificate.end_in(&flight[..cut]), None);
        }
        let hello = FlightPart::ServerHello.end_in(&flight).unwrap();
        assert!(hello < end && flight[RECORD_HEADER] == FlightPart::ServerHello as u8);
        assert_eq!(FlightPart::ServerHello.end_in(&flight[..hello]), Some(hello));
    }

    #[test]
    fn the_certificate_message_may_span_records_and_be_hidden() {
        // A ServerHello of one byte, then a Certificate of two bytes, cut into records of three bytes.
        let messages = [2, 0, 0, 1, 9, 11, 0, 0, 2, 8, 8, 14];
        let flight: Vec<u8> = messages.chunks(3).flat_map(|part| [&[22, 3, 3, 0, 3], part].concat()).collect();
        assert_eq!(FlightPart::Certificate.end_in(&flight), Some(3 * 8 + 5 + 2));
        assert_eq!(FlightPart::Certificate.end_in(&[21, 3, 3, 0, 2, 2, 40]), None);
        assert_eq!(FlightPart::Certificate.end_in(&[255; 64]), None);

        let hidden = first_flight(server(LabKey::EcdsaP256, Versions::Tls13), &client_hello().unwrap()).unwrap();
        assert_eq!(FlightPart::Certificate.end_in(&hidden), None);
    }

    #[test]
    fn a_partial_or_wrong_client_hello_has_no_flight() {
        let config = server(LabKey::Rsa1024, Versions::Both);
        assert_eq!(first_flight(Arc::clone(&config), &client_hello().unwrap()[..20]), Ok(Vec::new()));
        assert!(first_flight(config, b"GET / HTTP/1.1\r\n\r\n").is_err());
    }
}
