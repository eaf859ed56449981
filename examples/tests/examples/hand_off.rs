//! `hand_off` against the lab, which goes on behind TLS, and against a server made here for what the lab does not do.

use std::net::SocketAddr;

use ironrdp::core::{decode, encode_vec};
use ironrdp::pdu::gcc::{
    ConferenceCreateResponse, EncryptionMethod, RdpVersion, ServerCoreData, ServerCoreOptionalData, ServerGccBlocks,
    ServerNetworkData, ServerSecurityData,
};
use ironrdp::pdu::mcs::{ConnectInitial, ConnectResponse, DomainParameters};
use ironrdp::pdu::nego::SecurityProtocol;
use ironrdp::pdu::x224::{X224, X224Data};
use rdp_probe_lab::{Lab, Seen};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

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

/// Serves one connection with standard RDP security; afterwards, what the client has sent as its Connect Initial.
async fn serve(listener: TcpListener, says: Says) -> ConnectInitial {
    let (mut stream, _) = listener.accept().await.unwrap();
    read(&mut stream).await;
    stream.write_all(&[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 0, 0, 0, 0]).await.unwrap();
    let message = read(&mut stream).await;
    let X224(X224Data { data }) = decode::<X224<X224Data<'_>>>(&message).unwrap();
    let initial: ConnectInitial = decode(&data).unwrap();
    let data = match says {
        Says::Response(result) => response(&initial, result),
        Says::Ultimatum => vec![0x21, 0x80],
    };
    stream.write_all(&encode_vec(&X224(X224Data { data: data.into() })).unwrap()).await.unwrap();
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
async fn read(stream: &mut TcpStream) -> Vec<u8> {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn mcs_goes_on_inside_tls() {
    let lab = Lab::start("healthy").await.unwrap();
    let mut watcher = lab.watch();
    let address = lab.address().to_string();
    let run = run(HAND_OFF, &["--offer", "hybrid", "--other-offer", "ssl", &address]);
    run.assert(0, &["offer hybrid: refusal 1 (SSL_REQUIRED_BY_SERVER)", "offer ssl: the server chose ssl"]);
    run.assert(0, &[&format!("connected to {address}, inside TLS: true"), "MCS Connect Response: result 0"]);
    run.assert(0, &["I/O channel: 1003", "channel cliprdr: 1004", "channel drdynvc: 1005"]);
    let asked = loop {
        if let Seen::McsConnectInitial { channels } = watcher.next().await.unwrap().seen {
            break channels;
        }
    };
    assert_eq!(asked, ["cliprdr", "drdynvc"], "the server has seen what was handed over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn mcs_goes_on_without_tls() {
    let (listener, address) = listen().await;
    let server = tokio::spawn(serve(listener, Says::Response(0)));
    let run = run(HAND_OFF, &["--offer", "rdp", &address.to_string()]);
    run.assert(0, &["offer rdp: the server chose rdp", "inside TLS: false", "MCS Connect Response: result 0"]);
    run.assert(0, &["server version: 0x00080005", "channel drdynvc: 1005"]);
    let initial = server.await.unwrap();
    let blocks = initial.conference_create_request.gcc_blocks();
    assert_eq!(blocks.core.optional_data.server_selected_protocol, Some(SecurityProtocol::empty()));
    assert_eq!(blocks.security.encryption_methods, EncryptionMethod::all(), "nothing else protects what follows");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn anything_else_than_a_success_is_none() {
    for (says, words) in [(Says::Response(14), "with result 14"), (Says::Ultimatum, "no MCS Connect Response")] {
        let (listener, address) = listen().await;
        let server = tokio::spawn(serve(listener, says));
        let run = run(HAND_OFF, &["--offer", "rdp", &address.to_string()]);
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
