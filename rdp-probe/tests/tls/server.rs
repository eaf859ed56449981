//! Servers with certificates and keys of the test's choice.

use std::io;
use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, KeyPair, PKCS_ED25519, SignatureAlgorithm};
use rdp_probe::{Prober, ProberBuilder, Report, Target};
use rdp_probe_lab::LabCertificate;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SigningKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, SupportedProtocolVersion};
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

use super::support::{CONFIRM, HOST, NOW, read_request, target};

/// The versions that rustls serves.
pub(crate) const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// The moment as of which certificates are made.
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).unwrap()
}

/// A prober that judges as of that moment.
pub(crate) fn observer() -> Prober {
    builder().build().unwrap()
}

pub(crate) fn builder() -> ProberBuilder {
    Prober::builder().fixed_clock(NOW)
}

/// What a certificate of the tests says unless they say otherwise.
pub(crate) fn params() -> CertificateParams {
    let mut params = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
    let healthy = LabCertificate::healthy(now());
    (params.not_before, params.not_after) = (healthy.not_before(), healthy.not_after());
    params
}

/// A key in the form that signs handshakes.
pub(crate) fn signer(key: &KeyPair) -> Arc<dyn SigningKey> {
    let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ring::sign::any_supported_type(&der).unwrap()
}

/// A server that shows one chain to everybody, whatever key it signs with, and writes down who was asked for.
#[derive(Debug)]
pub(crate) struct Server {
    shown: Arc<CertifiedKey>,
    asked: Mutex<Vec<Option<String>>>,
}

impl ResolvesServerCert for Server {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.asked.lock().unwrap().push(hello.server_name().map(str::to_owned));
        Some(Arc::clone(&self.shown))
    }
}

impl Server {
    pub(crate) fn new(chain: Vec<CertificateDer<'static>>, key: Arc<dyn SigningKey>) -> Arc<Self> {
        Arc::new(Self { shown: Arc::new(CertifiedKey::new(chain, key)), asked: Mutex::default() })
    }

    /// A server with a fresh key and a certificate for it.
    pub(crate) fn healthy() -> Arc<Self> {
        Self::keyed(&PKCS_ED25519)
    }

    /// The same with a key of this kind.
    pub(crate) fn keyed(algorithm: &'static SignatureAlgorithm) -> Arc<Self> {
        let key = KeyPair::generate_for(algorithm).unwrap();
        Self::new(vec![params().self_signed(&key).unwrap().into()], signer(&key))
    }

    pub(crate) fn config(self: &Arc<Self>, version: &'static SupportedProtocolVersion) -> Arc<ServerConfig> {
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[version]).unwrap();
        Arc::new(config.with_no_client_auth().with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>))
    }

    /// The names that were asked for so far.
    pub(crate) fn asked(&self) -> Vec<Option<String>> {
        self.asked.lock().unwrap().clone()
    }

    /// Probes this server as the usual target.
    pub(crate) async fn probe(self: &Arc<Self>, prober: &Prober, version: &'static SupportedProtocolVersion) -> Report {
        self.probe_as(prober, &target(), version).await
    }

    /// Probes this server as this target.
    pub(crate) async fn probe_as(
        self: &Arc<Self>,
        prober: &Prober,
        target: &Target,
        version: &'static SupportedProtocolVersion,
    ) -> Report {
        let (near, far) = tokio::io::duplex(16_384);
        tokio::join!(prober.probe_stream(target, near), self.serve(far, version)).0
    }

    /// Confirms, holds a handshake, and waits for the client to go.
    pub(crate) async fn serve(
        self: &Arc<Self>,
        mut far: impl AsyncRead + AsyncWrite + Unpin,
        version: &'static SupportedProtocolVersion,
    ) -> io::Result<()> {
        read_request(&mut far).await?;
        far.write_all(&CONFIRM).await?;
        let mut open = TlsAcceptor::from(self.config(version)).accept(far).await?;
        open.read_to_end(&mut Vec::new()).await?;
        open.shutdown().await
    }
}
