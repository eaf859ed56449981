//! `hand_off` against servers that go on behind the opening, and against such as do not.

use std::net::SocketAddr;
use std::sync::Arc;

use ironrdp::core::{decode, encode_vec};
use ironrdp::pdu::gcc::{
    ConferenceCreateResponse, RdpVersion, ServerCoreData, ServerCoreOptionalData, ServerGccBlocks, ServerNetworkData,
    ServerSecurityData,
};
use ironrdp::pdu::mcs::{ConnectInitial, ConnectResponse, DomainParameters};
use ironrdp::pdu::nego::SecurityProtocol;
use ironrdp::pdu::x224::{X224, X224Data};
use rdp_probe_lab::Lab;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::run;

const HAND_OFF: &str = env!("CARGO_BIN_EXE_hand_off");

/// What a server says to an MCS Connect Initial.
#[derive(Debug, Clone, Copy)]
enum Says {
    /// A Connect Response with this result.
    Response(u8),
    /// An MCS Disconnect Provider Ultimatum.
    Ultimatum,
}

/// Serves one connection with this protocol; afterwards, what the client has sent as its Connect Initial.
async fn serve(listener: TcpListener, protocol: SecurityProtocol, says: Says) -> ConnectInitial {
    let (mut stream, _) = listener.accept().await.unwrap();
    read(&mut stream).await;
    let mut confirm = vec![3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0];
    confirm.extend(protocol.bits().to_le_bytes());
    stream.write_all(&confirm).await.unwrap();
    if protocol.is_empty() {
        return answer(stream, says).await;
    }
    answer(acceptor().accept(stream).await.unwrap(), says).await
}

fn acceptor() -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, says: Says) -> ConnectInitial {
    let message = read(&mut stream).await;
    let X224(X224Data { data }) = decode::<X224<X224Data<'_>>>(&message).unwrap();
    let initial: ConnectInitial = decode(&data).unwrap();
    let data = match says {
        Says::Response(result) => response(&initial, result),
        Says::Ultimatum => vec![0x21, 0x80],
    };
    stream.write_all(&encode_vec(&X224(X224Data { data: data.into() })).unwrap()).await.unwrap();
    stream.flush().await.unwrap();
    // Until the client has read it and gone.
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    initial
}

/// Ids count on from that of the I/O channel, as every server has them.
fn response(initial: &ConnectInitial, result: u8) -> Vec<u8> {
    let channels = initial.channel_names().unwrap_or_default();
    let blocks = ServerGccBlocks {
        core: ServerCoreData { version: RdpVersion::V10, optional_data: ServerCoreOptionalData::default() },
        network: ServerNetworkData { channel_ids: (1004..).take(channels.len()).collect(), io_channel: 1003 },
        security: ServerSecurityData::no_security(),
        message_channel: None,
        multi_transport_channel: None,
    };
    let response = ConnectResponse {
        conference_create_response: ConferenceCreateResponse::new(1001, blocks).unwrap(),
        called_connect_id: 0,
        domain_parameters: DomainParameters::target(),
    };
    let mut bytes = encode_vec(&response).unwrap();
    let place = bytes.windows(3).position(|field| field == [0x0A, 1, 0]).unwrap();
    bytes[place + 2] = result;
    bytes
}

/// One message in its TPKT.
async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Vec<u8> {
    let mut message = vec![0; 4];
    stream.read_exact(&mut message).await.unwrap();
    message.resize(usize::from(u16::from_be_bytes([message[2], message[3]])), 0);
    stream.read_exact(&mut message[4..]).await.unwrap();
    message
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcs_goes_on_over_the_stream_that_was_opened() {
    for (offer, protocol) in [("ssl", SecurityProtocol::SSL), ("rdp", SecurityProtocol::empty())] {
        let (listener, address) = listen().await;
        let server = tokio::spawn(serve(listener, protocol, Says::Response(0)));
        let run = run(HAND_OFF, &["--offer", offer, &address.to_string()]);
        run.assert(0, &[&format!("offer {offer}: the server chose {offer}"), "MCS Connect Response: result 0"]);
        run.assert(0, &["server version: 0x00080005", "I/O channel: 1003", "channel cliprdr: 1004", "drdynvc: 1005"]);
        let initial = server.await.unwrap();
        let core = &initial.conference_create_request.gcc_blocks().core;
        assert_eq!(core.optional_data.server_selected_protocol, Some(protocol), "the client tells what was negotiated");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anything_else_than_a_success_is_none() {
    for (says, words) in [(Says::Response(14), "with result 14"), (Says::Ultimatum, "no MCS Connect Response")] {
        let (listener, address) = listen().await;
        let server = tokio::spawn(serve(listener, SecurityProtocol::SSL, says));
        let run = run(HAND_OFF, &[&address.to_string()]);
        assert!(run.status == Some(1) && run.err.contains(words), "{run:#?}");
        assert!(!run.out.contains("MCS"), "{run:#?}");
        server.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_failure_is_told_in_a_line() {
    let lab = Lab::start("nla-required").await.unwrap();
    let address = lab.address().to_string();
    let words = format!("{address}: negotiate ended with refusal 5 (HYBRID_REQUIRED_BY_SERVER)");
    run(HAND_OFF, &[&address]).assert_error(1, &words);
    // Another offer gets further than that, to where this program cannot go.
    let other = run(HAND_OFF, &["--other-offer", "hybrid", &address]);
    other.assert(1, &["offer ssl: refusal 5 (HYBRID_REQUIRED_BY_SERVER)", "offer hybrid: the server chose hybrid"]);
    assert!(other.err.contains("CredSSP comes next"), "{other:#?}");
}

#[test]
fn a_wrong_command_line() {
    run(HAND_OFF, &[]).assert_error(2, "give a target");
    run(HAND_OFF, &["--offer"]).assert_error(2, "--offer needs a list");
    run(HAND_OFF, &["--ofer", "ssl", "ts01"]).assert_error(2, "there is no option --ofer");
    run(HAND_OFF, &["--offer", "tls", "ts01"]).assert_error(2, "unknown protocol \"tls\"");
}
