//! A client, made of ironrdp-pdu, that goes on with MCS inside TLS.

mod client;

use std::borrow::Cow;

use client::{NAME, connect_initial, decoded, in_x224, open, receive, send, until_closed};
use ironrdp_core::decode;
use ironrdp_pdu::gcc::{EncryptionLevel, EncryptionMethod, ServerGccBlocks};
use ironrdp_pdu::mcs::{
    AttachUserConfirm, AttachUserRequest, ChannelJoinConfirm, ChannelJoinRequest, ConnectResponse,
    DisconnectProviderUltimatum, DisconnectReason, ErectDomainPdu, SendDataRequest,
};
use ironrdp_pdu::nego::SecurityProtocol;
use ironrdp_pdu::x224::{X224, X224Data};
use rdp_probe::Protocols;
use rdp_probe_lab::{Ending, Lab, Seen};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// Sends an MCS Connect Initial for these channels, and reads what is answered.
async fn connect(stream: &mut TlsStream<TcpStream>, channels: &[&str]) -> ConnectResponse {
    send(stream, &in_x224(&connect_initial(channels))).await;
    let packet = receive(stream).await;
    let X224(data): X224<X224Data<'_>> = decoded(&packet);
    decode(&data.data).unwrap()
}

fn blocks(response: &ConnectResponse) -> &ServerGccBlocks {
    response.conference_create_response.gcc_blocks()
}

async fn attach(stream: &mut TlsStream<TcpStream>) -> u16 {
    send(stream, &X224(ErectDomainPdu { sub_height: 0, sub_interval: 0 })).await;
    send(stream, &X224(AttachUserRequest)).await;
    let packet = receive(stream).await;
    let X224(confirm): X224<AttachUserConfirm> = decoded(&packet);
    assert_eq!(confirm.result, 0);
    confirm.initiator_id
}

async fn join(stream: &mut TlsStream<TcpStream>, initiator_id: u16, channel_id: u16) -> ChannelJoinConfirm {
    send(stream, &X224(ChannelJoinRequest { initiator_id, channel_id })).await;
    let packet = receive(stream).await;
    let X224(confirm): X224<ChannelJoinConfirm> = decoded(&packet);
    assert_eq!((confirm.initiator_id, confirm.requested_channel_id), (initiator_id, channel_id));
    confirm
}

/// The static virtual channels that the client wants.
const WANTED: [&str; 3] = ["rdpdr", "cliprdr", "rdpsnd"];

/// Goes all the way; gives the user and the channels that were joined, the one that all have first.
async fn walk(stream: &mut TlsStream<TcpStream>) -> (u16, Vec<u16>) {
    let response = connect(stream, &WANTED).await;
    let io_channel = response.global_channel_id();
    let channels = [&[io_channel], response.channel_ids().as_slice()].concat();
    let user = attach(stream).await;
    for channel in channels.iter().chain([&user]) {
        let confirm = join(stream, user, *channel).await;
        assert_eq!((confirm.result, confirm.channel_id), (0, *channel));
    }
    let client_info = Cow::Borrowed([64; 300].as_slice());
    send(stream, &X224(SendDataRequest { initiator_id: user, channel_id: io_channel, user_data: client_info })).await;
    let packet = receive(stream).await;
    let X224(end): X224<DisconnectProviderUltimatum> = decoded(&packet);
    assert_eq!(end.reason, DisconnectReason::ProviderInitiated);
    // An end in good order: TLS's own goodbye, without which this would be an error.
    assert_eq!(stream.read(&mut [0; 16]).await.unwrap(), 0);
    (user, channels)
}

#[tokio::test]
async fn a_client_gets_as_far_as_its_channels_and_is_sent_away() {
    for (scenario, version) in [("healthy", 0x0304), ("healthy-tls12", 0x0303), ("certificate-expired", 0x0304)] {
        let lab = Lab::start(scenario).await.unwrap();
        let mut watcher = lab.watch();
        let mut stream = open(&lab, SecurityProtocol::SSL).await;
        let (user, channels) = walk(&mut stream).await;
        assert_eq!(channels.len(), 1 + WANTED.len());
        drop(stream);

        let mut seen = until_closed(&mut watcher).await;
        assert!(matches!(seen.remove(2), Seen::Answered(confirm) if confirm.len() == 19));
        let mut expected = vec![
            Seen::Accepted,
            Seen::Requested { offer: Some(Protocols::SSL), cookie: Some("Cookie: mstshash=alice".to_owned()) },
            Seen::ClientHello { server_name: Some(NAME.to_owned()) },
            Seen::TlsComplete { version },
            Seen::McsConnectInitial { channels: WANTED.map(str::to_owned).to_vec() },
            Seen::McsErectDomain,
            Seen::McsAttachUser(user),
        ];
        expected.extend(channels.iter().chain([&user]).map(|channel| Seen::McsChannelJoin(*channel)));
        expected.push(Seen::McsData { channel: channels[0], bytes: 300 });
        expected.extend([Seen::ServerDisconnects(1), Seen::Ended(Ending::Fin), Seen::Closed]);
        assert_eq!(seen, expected, "{scenario}");
    }
}

#[tokio::test]
async fn the_response_says_what_was_asked_and_that_nothing_is_encrypted_twice() {
    let lab = Lab::start("healthy").await.unwrap();
    let offer = SecurityProtocol::SSL | SecurityProtocol::HYBRID | SecurityProtocol::HYBRID_EX;
    let mut stream = open(&lab, offer).await;
    let response = connect(&mut stream, &[]).await;
    let blocks = blocks(&response);
    assert_eq!(blocks.core.optional_data.client_requested_protocols, Some(offer));
    assert_eq!(blocks.security.encryption_method, EncryptionMethod::empty());
    assert_eq!(blocks.security.encryption_level, EncryptionLevel::None);
    assert_eq!(response.domain_parameters, connect_initial(&[]).target_parameters);
    assert_eq!(response.channel_ids(), Vec::<u16>::new());
}

#[tokio::test]
async fn a_channel_that_is_not_the_clients_is_not_joined() {
    let lab = Lab::start("healthy").await.unwrap();
    let mut stream = open(&lab, SecurityProtocol::SSL).await;
    let response = connect(&mut stream, &["rdpdr"]).await;
    let user = attach(&mut stream).await;
    let stranger = user + 1;
    assert!(!response.channel_ids().contains(&stranger));
    assert_ne!(join(&mut stream, user, stranger).await.result, 0);
    assert_eq!(join(&mut stream, user, user).await.result, 0);
}

#[tokio::test]
async fn a_message_that_cannot_be_read_ends_the_domain_too() {
    let lab = Lab::start("healthy").await.unwrap();
    let mut stream = open(&lab, SecurityProtocol::SSL).await;
    connect(&mut stream, &[]).await;
    stream.write_all(&[3, 0, 0, 8, 2, 0xF0, 0x80, 0xFC]).await.unwrap();
    let packet = receive(&mut stream).await;
    let X224(end): X224<DisconnectProviderUltimatum> = decoded(&packet);
    assert_eq!(end.reason, DisconnectReason::ProviderInitiated);
}

#[tokio::test]
async fn what_is_no_mcs_is_waited_out_and_told() {
    // The beginning of what a client of Network Level Authentication sends, of which one byte says that it is no TPKT; and
    // a TPKT that holds no Connect Initial.
    let ts_request: &[u8] = &[0x30, 0x37, 0xA0, 3, 2, 1, 6, 0xA1, 0x30, 0x30, 0x2E];
    let data: &[u8] = &[3, 0, 0, 9, 2, 0xF0, 0x80, 1, 2];
    for (sent, told) in [(ts_request, 1), (data, data.len())] {
        let lab = Lab::start("healthy").await.unwrap();
        let mut watcher = lab.watch();
        let mut stream = open(&lab, SecurityProtocol::SSL).await;
        stream.write_all(sent).await.unwrap();
        while watcher.next().await.unwrap().seen != Seen::Unexpected(sent[..told].to_vec().into()) {}
        stream.shutdown().await.unwrap();
        assert_eq!(stream.read(&mut [0; 16]).await.unwrap(), 0, "nothing is answered");
        assert_eq!(until_closed(&mut watcher).await, [Seen::Ended(Ending::Fin), Seen::Closed]);
    }
}

#[tokio::test]
async fn a_client_that_disconnects_is_let_go() {
    let lab = Lab::start("healthy").await.unwrap();
    let mut watcher = lab.watch();
    let mut stream = open(&lab, SecurityProtocol::SSL).await;
    connect(&mut stream, &[]).await;
    send(&mut stream, &X224(DisconnectProviderUltimatum::from_reason(DisconnectReason::UserRequested))).await;
    assert_eq!(stream.read(&mut [0; 16]).await.unwrap(), 0);
    drop(stream);
    let seen = until_closed(&mut watcher).await;
    assert!(seen.ends_with(&[Seen::ClientDisconnects(3), Seen::Ended(Ending::Fin), Seen::Closed]), "{seen:?}");
}
