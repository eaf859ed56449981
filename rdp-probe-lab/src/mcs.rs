//! What follows TLS, as far as MCS: a client gets a domain, a user and its channels, and then is sent away, as the lab has
//! no desktop to show ([MS-RDPBCGR] 1.3.1.1, 2.2.1.3 to 2.2.1.9).

use std::borrow::Cow;
use std::io;

use bytes::Bytes;
use ironrdp_core::{Encode, decode, encode_vec};
use ironrdp_pdu::gcc::{
    ClientGccBlocks, ConferenceCreateResponse, RdpVersion, ServerCoreData, ServerCoreOptionalData,
    ServerEarlyCapabilityFlags, ServerGccBlocks, ServerNetworkData, ServerSecurityData,
};
use ironrdp_pdu::mcs::{
    AttachUserConfirm, ChannelJoinConfirm, ChannelJoinRequest, ConnectInitial, ConnectResponse,
    DisconnectProviderUltimatum, DisconnectReason, McsMessage,
};
use ironrdp_pdu::nego::SecurityProtocol;
use ironrdp_pdu::x224::{X224, X224Data};
use rdp_probe::Protocols;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::tpkt::{self, NotFramed};
use crate::watch::{Seen, Teller};

/// The channel of everything that is not of a virtual channel, as Windows numbers it.
const IO_CHANNEL: u16 = 1003;

/// The node that a server says it is ([MS-RDPBCGR] 4.1.4); no client looks at it.
const NODE: u16 = 31219;

/// Results of T.125 section 7: it went well, and there is no such channel.
const SUCCESSFUL: u8 = 0;
const NO_SUCH_CHANNEL: u8 = 3;

/// Bytes that are told of something that is not MCS.
const TOLD: usize = 16;

/// Goes on until the client goes, or until it is sent away. Whatever is not MCS is waited out: a client of Network Level
/// Authentication, for example, gets no answer to its `TSRequest`.
pub(crate) async fn serve<S>(stream: &mut S, offer: Protocols, teller: &Teller) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Some(first) = read(stream, teller).await? else { return Ok(()) };
    let Some(initial) = connect_initial(&first) else { return wait_out(stream, &first, teller).await };
    let domain = Domain::of(initial.conference_create_request.gcc_blocks());
    send(stream, domain.connect_response(&initial, offer)).await?;
    teller.tell(|| Seen::McsConnectInitial { channels: channel_names(&initial) });
    while let Some(packet) = read(stream, teller).await? {
        // What cannot be read is answered as what goes too far is.
        let reply =
            decode::<X224<McsMessage<'_>>>(&packet).map_or(Reply::SendAway, |message| domain.reply(&message.0, teller));
        match reply {
            Reply::None => {}
            Reply::Confirm(packet) => send(stream, packet).await?,
            Reply::Gone => return Ok(()),
            Reply::SendAway => {
                let reason = DisconnectReason::ProviderInitiated;
                send(stream, encode(&X224(DisconnectProviderUltimatum { reason }))).await?;
                teller.tell(|| Seen::ServerDisconnects(reason as u8));
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The next packet; `None` where there are no more: the client has gone, or speaks another protocol and has been waited out.
async fn read<S: AsyncRead + Unpin>(stream: &mut S, teller: &Teller) -> io::Result<Option<Vec<u8>>> {
    match tpkt::read(stream).await {
        // Many clients leave without TLS's goodbye.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(NotFramed(begun)) => wait_out(stream, begun, teller).await.map(|()| None),
            None => Err(error),
        },
        packet => packet,
    }
}

/// Waits until the client is gone.
async fn wait_out<S: AsyncRead + Unpin>(stream: &mut S, begun: &[u8], teller: &Teller) -> io::Result<()> {
    teller.tell(|| Seen::Unexpected(Bytes::copy_from_slice(&begun[..begun.len().min(TOLD)])));
    let mut ignored = [0; 1024];
    loop {
        match stream.read(&mut ignored).await {
            Ok(1..) => {}
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            _ => return Ok(()),
        }
    }
}

async fn send<S: AsyncWrite + Unpin>(stream: &mut S, packet: io::Result<Vec<u8>>) -> io::Result<()> {
    stream.write_all(&packet?).await?;
    stream.flush().await
}

fn encode(message: &impl Encode) -> io::Result<Vec<u8>> {
    encode_vec(message).map_err(io::Error::other)
}

fn connect_initial(packet: &[u8]) -> Option<ConnectInitial> {
    let X224(data) = decode::<X224<X224Data<'_>>>(packet).ok()?;
    decode(&data.data).ok()
}

fn channel_names(initial: &ConnectInitial) -> Vec<String> {
    let name = |name: &[u8]| String::from_utf8_lossy(name).trim_end_matches('\0').to_owned();
    initial.channel_names().unwrap_or_default().iter().map(|channel| name(channel.name.as_bytes())).collect()
}

/// What is answered to a message.
enum Reply {
    None,
    Confirm(io::Result<Vec<u8>>),
    /// The client goes.
    Gone,
    /// The lab goes no further.
    SendAway,
}

/// The one client of an MCS domain, and its channels.
struct Domain {
    /// The static virtual channels.
    channels: Vec<u16>,
    /// The client's own channel.
    user: u16,
}

impl Domain {
    /// As many channels as the client asks for, numbered from behind the channel that all have.
    fn of(client: &ClientGccBlocks) -> Self {
        let count = client.network.as_ref().map_or(0, |network| network.channels.len());
        let channels: Vec<u16> = (IO_CHANNEL + 1..).take(count).collect();
        let user = channels.last().unwrap_or(&IO_CHANNEL) + 1;
        Self { channels, user }
    }

    /// The MCS Connect Response with GCC Conference Create Response: no encryption beside TLS.
    fn connect_response(&self, initial: &ConnectInitial, offer: Protocols) -> io::Result<Vec<u8>> {
        let blocks = ServerGccBlocks {
            core: ServerCoreData {
                version: RdpVersion::V10,
                optional_data: ServerCoreOptionalData {
                    client_requested_protocols: Some(SecurityProtocol::from_bits_retain(offer.bits())),
                    early_capability_flags: Some(ServerEarlyCapabilityFlags::empty()),
                },
            },
            network: ServerNetworkData { channel_ids: self.channels.clone(), io_channel: IO_CHANNEL },
            security: ServerSecurityData::no_security(),
            message_channel: None,
            multi_transport_channel: None,
        };
        let response = ConnectResponse {
            // A few dozen bytes are within its limit.
            conference_create_response: ConferenceCreateResponse::new(NODE, blocks).map_err(io::Error::other)?,
            called_connect_id: 0,
            domain_parameters: initial.target_parameters.clone(),
        };
        encode(&X224(X224Data { data: Cow::Owned(encode(&response)?) }))
    }

    /// What becomes of a message of the domain.
    fn reply(&self, message: &McsMessage<'_>, teller: &Teller) -> Reply {
        match message {
            McsMessage::ErectDomainRequest(_) => {
                teller.tell(|| Seen::McsErectDomain);
                Reply::None
            }
            McsMessage::AttachUserRequest(_) => {
                teller.tell(|| Seen::McsAttachUser(self.user));
                let confirm = AttachUserConfirm { result: SUCCESSFUL, initiator_id: self.user };
                Reply::Confirm(encode(&X224(confirm)))
            }
            McsMessage::ChannelJoinRequest(request) => {
                teller.tell(|| Seen::McsChannelJoin(request.channel_id));
                Reply::Confirm(encode(&X224(self.join(request))))
            }
            McsMessage::DisconnectProviderUltimatum(ultimatum) => {
                teller.tell(|| Seen::ClientDisconnects(ultimatum.reason as u8));
                Reply::Gone
            }
            McsMessage::SendDataRequest(data) => {
                teller.tell(|| Seen::McsData { channel: data.channel_id, bytes: data.user_data.len() });
                Reply::SendAway
            }
            _ => Reply::SendAway,
        }
    }

    fn join(&self, request: &ChannelJoinRequest) -> ChannelJoinConfirm {
        let channel = request.channel_id;
        let known = channel == IO_CHANNEL || channel == self.user || self.channels.contains(&channel);
        ChannelJoinConfirm {
            result: if known { SUCCESSFUL } else { NO_SUCH_CHANNEL },
            initiator_id: self.user,
            requested_channel_id: channel,
            channel_id: channel,
        }
    }
}
