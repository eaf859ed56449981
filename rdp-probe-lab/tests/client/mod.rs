//! What the tests need of an RDP client: a request, TLS that believes everything, and MCS messages.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use ironrdp_core::{Decode, Encode, decode, encode_vec};
use ironrdp_pdu::gcc::{
    ChannelDef, ChannelName, ChannelOptions, ClientCoreData, ClientCoreOptionalData, ClientGccBlocks,
    ClientNetworkData, ClientSecurityData, ColorDepth, KeyboardType, RdpVersion, SecureAccessSequence,
};
use ironrdp_pdu::mcs::ConnectInitial;
use ironrdp_pdu::nego::{ConnectionRequest, NegoRequestData, RequestFlags, SecurityProtocol};
use ironrdp_pdu::x224::{X224, X224Data};
use rdp_probe_lab::{Event, Lab, Seen, Watcher};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The name that the client asks TLS for.
pub(crate) const NAME: &str = "lab.rdp-probe.test";

/// Believes every certificate and every signature.
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
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// A Connection Request with a cookie, and the 19 bytes that are answered to it.
pub(crate) async fn negotiate(stream: &mut TcpStream, protocol: SecurityProtocol) -> [u8; 19] {
    let nego_data = Some(NegoRequestData::cookie("alice".to_owned()));
    let flags = RequestFlags::empty();
    send(stream, &X224(ConnectionRequest { nego_data, flags, protocol, correlation_info: None })).await;
    let mut confirm = [0; 19];
    stream.read_exact(&mut confirm).await.unwrap();
    confirm
}

/// Connects, asks for TLS, and completes it.
pub(crate) async fn open(lab: &Lab, protocol: SecurityProtocol) -> TlsStream<TcpStream> {
    let mut stream = TcpStream::connect(lab.address()).await.unwrap();
    negotiate(&mut stream, protocol).await;
    start_tls(stream).await.unwrap()
}

pub(crate) async fn start_tls(stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    TlsConnector::from(config(Some(Arc::new(AcceptAll)))).connect(NAME.try_into().unwrap(), stream).await
}

/// A client that leaves trust to this verifier, or trusts nobody.
pub(crate) fn config(verifier: Option<Arc<dyn ServerCertVerifier>>) -> Arc<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    Arc::new(match verifier {
        Some(verifier) => builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth(),
        None => builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
    })
}

pub(crate) async fn send(stream: &mut (impl AsyncWrite + Unpin), message: &impl Encode) {
    stream.write_all(&encode_vec(message).unwrap()).await.unwrap();
    stream.flush().await.unwrap();
}

/// One TPKT.
pub(crate) async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut packet = vec![0; 4];
    stream.read_exact(&mut packet).await.unwrap();
    packet.resize(usize::from(u16::from_be_bytes([packet[2], packet[3]])), 0);
    stream.read_exact(&mut packet[4..]).await.unwrap();
    packet
}

/// What one TPKT carries, decoded.
pub(crate) fn decoded<'a, T: Decode<'a>>(packet: &'a [u8]) -> T {
    decode(packet).unwrap()
}

/// A message in an X.224 Data TPDU, as the two of MCS travel that are not of its domain.
pub(crate) fn in_x224(message: &impl Encode) -> X224<X224Data<'static>> {
    X224(X224Data { data: Cow::Owned(encode_vec(message).unwrap()) })
}

/// An MCS Connect Initial of a client that wants these static virtual channels.
pub(crate) fn connect_initial(channels: &[&str]) -> ConnectInitial {
    let channel =
        |name: &&str| ChannelDef { name: ChannelName::from_utf8(name).unwrap(), options: ChannelOptions::INITIALIZED };
    let network = ClientNetworkData { channels: channels.iter().map(channel).collect() };
    ConnectInitial::with_gcc_blocks(ClientGccBlocks {
        core: core_data(),
        security: ClientSecurityData::no_security(),
        network: (!channels.is_empty()).then_some(network),
        cluster: None,
        monitor: None,
        message_channel: None,
        multi_transport_channel: None,
        monitor_extended: None,
    })
    .unwrap()
}

fn core_data() -> ClientCoreData {
    ClientCoreData {
        version: RdpVersion::V5_PLUS,
        desktop_width: 1024,
        desktop_height: 768,
        color_depth: ColorDepth::Bpp8,
        sec_access_sequence: SecureAccessSequence::Del,
        keyboard_layout: 0x409,
        client_build: 1,
        client_name: "test".to_owned(),
        keyboard_type: KeyboardType::IBM_ENHANCED,
        keyboard_subtype: 0,
        keyboard_functional_keys_count: 12,
        ime_file_name: String::new(),
        optional_data: ClientCoreOptionalData::default(),
    }
}

/// The next events, as many as end with the one that is over.
pub(crate) async fn until_closed(watcher: &mut Watcher) -> Vec<Seen> {
    let mut seen = Vec::new();
    while let Some(Event { seen: next, .. }) = watcher.next().await {
        seen.push(next);
        if seen.last() == Some(&Seen::Closed) {
            break;
        }
    }
    seen
}
