//! A server that speaks TLS as it should until the handshake is over, and from then on seals whatever records it likes.

use std::io;
use std::sync::Arc;

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rustls::crypto::ring as provider;
use rustls::server::ResolvesServerCert;
use rustls::{CipherSuite, ConnectionTrafficSecrets, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio_rustls::TlsAcceptor;

use super::server::Server;
use super::support::read_request;

/// A Connection Confirm that chooses HYBRID.
const CONFIRM: [u8; 19] = [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0, 2, 0, 0, 0];

/// Content types of records (RFC 8446 section 5.1).
pub(crate) const ALERT: u8 = 21;
pub(crate) const HANDSHAKE: u8 = 22;
pub(crate) const DATA: u8 = 23;

/// Suites of one and the same cipher.
const SUITES: [CipherSuite; 2] =
    [CipherSuite::TLS13_AES_128_GCM_SHA256, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];

/// The server's side of a connection inside TLS.
pub(crate) struct Sealed {
    stream: DuplexStream,
    sealer: Sealer,
}

struct Sealer {
    is_tls13: bool,
    key: LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
}

impl Sealed {
    /// Serves up to the end of the handshake.
    pub(crate) async fn open(
        server: &Arc<Server>,
        mut far: DuplexStream,
        version: &'static SupportedProtocolVersion,
    ) -> io::Result<Self> {
        read_request(&mut far).await?;
        far.write_all(&CONFIRM).await?;
        let open = TlsAcceptor::from(config(server, version)).accept(far).await?;
        let (stream, connection) = open.into_inner();
        let secrets = connection.dangerous_extract_secrets().map_err(io::Error::other)?;
        let (sequence, ConnectionTrafficSecrets::Aes128Gcm { key, iv }) = secrets.tx else {
            return Err(io::Error::other("another cipher"));
        };
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key.as_ref()).expect("a key of this cipher"));
        let iv = iv.as_ref().try_into().map_err(io::Error::other)?;
        let is_tls13 = *version == rustls::version::TLS13;
        Ok(Self { stream, sealer: Sealer { is_tls13, key, iv, sequence } })
    }

    /// Sends a record with this in it.
    pub(crate) async fn send(&mut self, content_type: u8, body: &[u8]) -> io::Result<()> {
        let record = if self.sealer.is_tls13 {
            self.sealer.record_of_tls13(content_type, body)
        } else {
            self.sealer.record_of_tls12(content_type, body)
        };
        self.stream.write_all(&record).await
    }
}

fn config(server: &Arc<Server>, version: &'static SupportedProtocolVersion) -> Arc<ServerConfig> {
    let mut only = provider::default_provider();
    only.cipher_suites.retain(|suite| SUITES.contains(&suite.suite()));
    let config = ServerConfig::builder_with_provider(Arc::new(only)).with_protocol_versions(&[version]).unwrap();
    let shown = Arc::clone(server) as Arc<dyn ResolvesServerCert>;
    let mut config = config.with_no_client_auth().with_cert_resolver(shown);
    config.enable_secret_extraction = true;
    config.send_tls13_tickets = 0;
    Arc::new(config)
}

impl Sealer {
    fn next(&mut self) -> [u8; 8] {
        let sequence = self.sequence.to_be_bytes();
        self.sequence += 1;
        sequence
    }

    /// RFC 8446 section 5.2.
    fn record_of_tls13(&mut self, content_type: u8, body: &[u8]) -> Vec<u8> {
        let sequence = self.next();
        let mut nonce = self.iv;
        nonce[4..].iter_mut().zip(sequence).for_each(|(byte, digit)| *byte ^= digit);
        let mut inner = [body, &[content_type]].concat();
        let length = u16::try_from(inner.len() + AES_128_GCM.tag_len()).unwrap().to_be_bytes();
        let header = [DATA, 3, 3, length[0], length[1]];
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(nonce, Aad::from(header), &mut inner).unwrap();
        [header.as_slice(), &inner].concat()
    }

    /// RFC 5246 section 6.2.3.3, RFC 5288 section 3.
    fn record_of_tls12(&mut self, content_type: u8, body: &[u8]) -> Vec<u8> {
        let sequence = self.next();
        let mut nonce = self.iv;
        nonce[4..].copy_from_slice(&sequence);
        let plain = u16::try_from(body.len()).unwrap().to_be_bytes();
        let whole = u16::try_from(body.len() + 8 + AES_128_GCM.tag_len()).unwrap().to_be_bytes();
        let mut inner = body.to_vec();
        let header = [sequence.as_slice(), &[content_type, 3, 3], &plain].concat();
        let explicit = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(explicit, Aad::from(header), &mut inner).unwrap();
        [&[content_type, 3, 3, whole[0], whole[1]], sequence.as_slice(), &inner].concat()
    }
}
