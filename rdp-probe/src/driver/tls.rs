//! The TLS handshake: run it, and whatever becomes of it, say what was seen.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, PeerMisbehaved};
use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::roots::Roots;
use super::tap::{Tap, is_expired};
use super::verifier::Witness;
use super::{Stream, own_signature};
use crate::evidence::{End, Evidence, Fault, Goal, Handshake, HandshakeEnd, OsError, OsErrorKind, Plan, Session};
use crate::flight::is_tls;

/// How long we wait where nothing depends on it: for the rest of a flight when the handshake has failed on our side, and for
/// the goodbye to be taken.
const PATIENCE: Duration = Duration::from_millis(300);

/// The one TLS configuration of a process, and the roots that chains are checked against.
#[derive(Debug)]
pub(super) struct Engine {
    config: Arc<ClientConfig>,
    roots: Option<Roots>,
}

impl Engine {
    pub(super) fn new(roots: Option<Roots>) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Witness))
            .with_no_client_auth();
        // CredSSP does not support resumption ([MS-CSSP] 3.1.5), and a probe measures whole handshakes.
        config.resumption = rustls::client::Resumption::disabled();
        Ok(Self { config: Arc::new(config), roots })
    }

    #[cfg(feature = "benching")]
    pub(super) fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    /// Runs a handshake until `deadline`. The stream comes back if it is complete.
    pub(super) async fn handshake<S: Stream>(
        &self,
        stream: S,
        evidence: &Evidence,
        deadline: Instant,
    ) -> (Handshake, Option<Box<TlsStream<Tap<S>>>>) {
        let mut hello = Vec::new();
        let (connector, tap) = (TlsConnector::from(Arc::clone(&self.config)), Tap::new(stream, deadline));
        let begun = connector.connect_with(server_name(&evidence.plan), tap, |client| {
            // Writing into memory does not fail.
            let _ = client.write_tls(&mut hello);
        });
        let mut begun = Box::new(begun);
        if let Some(tap) = begun.get_mut() {
            tap.hear(hello).await;
        }
        let (error, tap) = match Box::new(begun.into_fallible()).await {
            Ok(open) => return (self.completed(&open, evidence), Some(Box::new(open))),
            Err(failure) => failure,
        };
        (failed(&error, tap, deadline).await, None)
    }

    /// Whether the chain that was read in clear text leads to one of the roots.
    pub(super) fn check_hello(&self, evidence: &mut Evidence) {
        let Some(roots) = self.roots.as_ref().filter(|_| evidence.plan.goal == Goal::Hello) else { return };
        let Some(handshake) = &mut evidence.handshake else { return };
        let chain = handshake.hello().map(|hello| hello.chain).unwrap_or_default();
        let chain: Vec<_> = chain.iter().map(|der| CertificateDer::from(der.as_ref())).collect();
        handshake.path = roots.check(&chain, evidence.clock);
    }

    fn completed<S: Stream>(&self, open: &TlsStream<Tap<S>>, evidence: &Evidence) -> Handshake {
        let (tap, connection) = open.get_ref();
        let version = connection.protocol_version().map(u16::from);
        let suite = connection.negotiated_cipher_suite().map(|suite| u16::from(suite.suite()));
        let shown = connection.peer_certificates().unwrap_or_default();
        let path = self.roots.as_ref().and_then(|roots| roots.check(shown, evidence.clock));
        let chain: Vec<_> = shown.iter().map(|der| Bytes::copy_from_slice(der)).collect();
        // Where nothing depends on it, the check is left to whoever reads the report.
        let wanted = chain.first().filter(|_| evidence.plan.demands_certificate());
        Handshake {
            end: HandshakeEnd::Complete,
            sent: tap.sent,
            received: tap.received,
            session: version.zip(suite).map(|(version, suite)| Session { version, suite }),
            path,
            own_signature: wanted.and_then(|leaf| own_signature::check(leaf)),
            chain,
            flight: Bytes::new(),
        }
    }
}

/// The name to ask for. An address makes rustls leave the extension out, which is also what "none" needs.
fn server_name(plan: &Plan) -> ServerName<'static> {
    let none = || ServerName::from(std::net::IpAddr::from(Ipv4Addr::UNSPECIFIED));
    plan.asked_name().and_then(|name| ServerName::try_from(name.to_owned()).ok()).unwrap_or_else(none)
}

/// A handshake that did not complete: why, and what the server had said until then.
async fn failed<S: Stream>(error: &io::Error, mut tap: Tap<S>, deadline: Instant) -> Handshake {
    let mut end = classify(error, &tap.flight);
    if tap.write_failed || matches!(end, HandshakeEnd::Malformed(_)) {
        tap.rearm(deadline.min(soon()));
        let last = tap.read_on().await;
        end = how_it_went(end, &last);
    }
    Handshake { sent: tap.sent, received: tap.received, flight: Bytes::from(tap.flight), ..Handshake::ended(end) }
}

/// Writing into a stream that the peer has closed fails as a broken pipe; how it was closed, the read behind it says.
/// A reset shows once, in whichever call comes first, and reads as an end of file from then on.
fn how_it_went(end: HandshakeEnd, last: &io::Result<usize>) -> HandshakeEnd {
    let HandshakeEnd::Os(OsError { kind: OsErrorKind::ConnectionAborted, .. }) = end else { return end };
    match last {
        Ok(0) => HandshakeEnd::Fin,
        Err(error) if End::from(error) == End::Reset => HandshakeEnd::Reset,
        _ => end,
    }
}

#[allow(clippy::disallowed_methods, reason = "the driver is where the clock is read")]
fn soon() -> Instant {
    Instant::now() + PATIENCE
}

fn classify(error: &io::Error, flight: &[u8]) -> HandshakeEnd {
    if is_expired(error) {
        return HandshakeEnd::Timeout;
    }
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return classify_tls(tls, flight);
    }
    match End::from(error) {
        End::Fin => HandshakeEnd::Fin,
        End::Reset => HandshakeEnd::Reset,
        _ => HandshakeEnd::Os(OsError::from(error)),
    }
}

/// rustls says what went wrong on the wire; which of our faults that is.
fn classify_tls(error: &rustls::Error, flight: &[u8]) -> HandshakeEnd {
    use rustls::{AlertDescription, CertificateError, Error};
    let fault = match error {
        // It closes in the orderly way of TLS, and gives no reason.
        Error::AlertReceived(AlertDescription::CloseNotify) => return HandshakeEnd::Fin,
        Error::AlertReceived(alert) => return HandshakeEnd::Alert(u8::from(*alert)),
        _ if !is_tls(flight) => Fault::TlsNotSpoken,
        Error::PeerIncompatible(_)
        | Error::PeerMisbehaved(
            PeerMisbehaved::SelectedUnofferedCipherSuite | PeerMisbehaved::SelectedUnusableCipherSuiteForVersion,
        ) => Fault::TlsUnsupported,
        Error::InvalidCertificate(CertificateError::BadSignature) => Fault::TlsSignature,
        _ => Fault::TlsProtocol,
    };
    HandshakeEnd::Malformed(fault)
}

/// Says goodbye, so that the server logs an end and no fault. Best effort: the evidence is already complete.
pub(super) async fn close<S: Stream>(mut open: Box<TlsStream<Tap<S>>>, deadline: Instant) {
    let _ = timeout_at(deadline.min(soon()), open.shutdown()).await;
}
