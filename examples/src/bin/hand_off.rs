//! Opens a connection with rdp-probe, hands it to `IronRDP`, and goes on: MCS Connect Initial, MCS Connect Response.
//!
//! ```text
//! cargo run -p rdp-probe-examples --bin hand_off -- ts01.example
//! cargo run -p rdp-probe-examples --bin hand_off -- --offer hybrid --other-offer ssl ts01.example
//! cargo run -p rdp-probe-examples --bin hand_off -- --offer rdp ts01.example
//! ```
//!
//! It offers TLS without Network Level Authentication, so that MCS comes next. A server that insists on NLA refuses that;
//! with `--other-offer hybrid` it gets another offer, and chooses `CredSSP`, which this program does not go into:
//! [`Opened`] has what `CredSSP` needs.
//!
//! Exit status: 0 if a Connect Response came and says success, 1 if not, 2 if the command line is wrong.

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use ironrdp::core::{ReadCursor, decode, encode_vec};
use ironrdp::pdu::gcc::{
    ChannelDef, ChannelName, ChannelOptions, ClientCoreData, ClientCoreOptionalData, ClientEarlyCapabilityFlags,
    ClientGccBlocks, ClientNetworkData, ClientSecurityData, ColorDepth, ConnectionType, EncryptionMethod,
    HighColorDepth, KeyboardType, RdpVersion, SecureAccessSequence, SupportedColorDepths,
};
use ironrdp::pdu::mcs::{ConnectInitial, ConnectResponse};
use ironrdp::pdu::nego::SecurityProtocol;
use ironrdp::pdu::tpkt::TpktHeader;
use ironrdp::pdu::x224::{X224, X224Data};
use rdp_probe::{Goal, Opened, Prober, Protocols, Selected, Stream, Target};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// From here on time is the program's own affair: the budget of a probe ends where the stream is handed over.
const MCS: Duration = Duration::from_secs(10);

/// Static virtual channels to ask for: `cliprdr` (the clipboard) and `drdynvc` (the carrier of dynamic channels).
const CHANNELS: [&[u8; 8]; 2] = [b"cliprdr\0", b"drdynvc\0"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = match Options::from_arguments(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("error: {error}\nusage: hand_off [--offer LIST] [--other-offer LIST]… HOST[:PORT]");
            return ExitCode::from(2);
        }
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        // A `Failure` of rdp-probe says in a line where it ended, how, and why.
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug)]
struct Options {
    target: Target,
    offer: Protocols,
    other_offers: Vec<Protocols>,
}

impl Options {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let (mut target, mut offer, mut other_offers) = (None, Protocols::SSL, Vec::new());
        while let Some(argument) = arguments.next() {
            let mut list = || arguments.next().ok_or_else(|| format!("{argument} needs a list of protocols"));
            match argument.as_str() {
                "--offer" => offer = list()?.parse()?,
                "--other-offer" => other_offers.push(list()?.parse()?),
                option if option.starts_with("--") => return Err(format!("there is no option {option}").into()),
                host => target = Some(host.parse()?),
            }
        }
        Ok(Self { target: target.ok_or("give a target")?, offer, other_offers })
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    // Standard RDP security has no TLS in it: where nothing else is offered, the negotiation is all there is to open. Where TLS
    // was offered, `Goal::Chosen` would go on without it, too; this program does not.
    let only_rdp = options.offer.is_rdp() && options.other_offers.is_empty();
    let goal = if only_rdp { Goal::Negotiate } else { Goal::Tls };
    let mut builder = Prober::builder().goal(goal).offer(options.offer);
    for offer in options.other_offers {
        builder = builder.other_offer(offer);
    }
    let mut opened = builder.build()?.open(&options.target).await?;
    print_opening(&opened)?;

    let chosen = SecurityProtocol::from_bits_retain(opened.selected);
    if chosen.intersects(SecurityProtocol::HYBRID | SecurityProtocol::HYBRID_EX) {
        return Err("CredSSP comes next, bound to Opened::subject_public_key: this program ends here".into());
    }
    let message = timeout(MCS, exchange(&mut opened.stream, &connect_initial(chosen)?)).await??;
    print_response(&message)?;
    // A goodbye, which a server in the middle of its opening may not wait for.
    let _ = opened.stream.shutdown().await;
    Ok(())
}

fn print_opening(opened: &Opened<TcpStream>) -> io::Result<()> {
    for earlier in opened.report.earlier() {
        println!("offer {}: {}", earlier.plan.offer, earlier.end);
    }
    let offer = opened.report.evidence().plan.offer;
    let chosen = Selected(opened.selected);
    println!("offer {offer}: the server chose {chosen}");
    println!("connected to {}, inside TLS: {}", opened.stream.get_ref().peer_addr()?, opened.stream.is_tls());
    Ok(())
}

/// Writes a message and reads one: a TPKT header says how long it is.
async fn exchange<S: Stream>(stream: &mut S, request: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    stream.write_all(request).await?;
    stream.flush().await?;
    let mut answer = vec![0; TpktHeader::SIZE];
    stream.read_exact(&mut answer).await?;
    let length = TpktHeader::read(&mut ReadCursor::new(&answer))?.packet_length();
    answer.resize(length.max(TpktHeader::SIZE), 0);
    stream.read_exact(&mut answer[TpktHeader::SIZE..]).await?;
    Ok(answer)
}

/// Client MCS Connect Initial PDU ([MS-RDPBCGR] 2.2.1.3) in its X.224 Data TPDU.
fn connect_initial(chosen: SecurityProtocol) -> Result<Vec<u8>, Box<dyn Error>> {
    let options = ChannelOptions::INITIALIZED;
    let channels = CHANNELS.iter().map(|name| ChannelDef { name: ChannelName::from_static(name), options });
    let mut security = ClientSecurityData::no_security();
    if chosen.is_standard_rdp_security() {
        // TLS protects whatever else was chosen; here the server is to pick a cipher of RDP's own.
        security.encryption_methods = EncryptionMethod::all();
    }
    let initial = ConnectInitial::with_gcc_blocks(ClientGccBlocks {
        core: core_data(chosen),
        security,
        network: Some(ClientNetworkData { channels: channels.collect() }),
        cluster: None,
        monitor: None,
        message_channel: None,
        multi_transport_channel: None,
        monitor_extended: None,
    })?;
    Ok(encode_vec(&X224(X224Data { data: encode_vec(&initial)?.into() }))?)
}

/// Client Core Data ([MS-RDPBCGR] 2.2.1.3.2): a US keyboard, a screen, and a name that shows up in the server's logs.
fn core_data(chosen: SecurityProtocol) -> ClientCoreData {
    ClientCoreData {
        version: RdpVersion::V5_PLUS,
        desktop_width: 1024,
        desktop_height: 768,
        color_depth: ColorDepth::Bpp8,
        sec_access_sequence: SecureAccessSequence::Del,
        keyboard_layout: 0x0409,
        client_build: 2600,
        client_name: "rdp-probe".to_owned(),
        keyboard_type: KeyboardType::IbmEnhanced,
        keyboard_subtype: 0,
        keyboard_functional_keys_count: 12,
        ime_file_name: String::new(),
        optional_data: ClientCoreOptionalData {
            post_beta2_color_depth: Some(ColorDepth::Bpp8),
            client_product_id: Some(1),
            serial_number: Some(0),
            high_color_depth: Some(HighColorDepth::Bpp24),
            supported_color_depths: Some(SupportedColorDepths::all()),
            early_capability_flags: Some(ClientEarlyCapabilityFlags::SUPPORT_ERR_INFO_PDU),
            dig_product_id: Some(String::new()),
            connection_type: Some(ConnectionType::NotUsed),
            // What the negotiation came to: a server that is told otherwise ends the connection.
            server_selected_protocol: Some(chosen),
            ..ClientCoreOptionalData::default()
        },
    }
}

/// Server MCS Connect Response PDU ([MS-RDPBCGR] 2.2.1.4).
fn print_response(message: &[u8]) -> Result<(), Box<dyn Error>> {
    let X224(X224Data { data }) = decode::<X224<X224Data<'_>>>(message)?;
    let result = result_of(&data).ok_or("the server's answer is no MCS Connect Response")?;
    if result != 0 {
        return Err(format!("MCS Connect Response with result {result}: the server refuses").into());
    }
    let response: ConnectResponse = decode(&data)?;
    let blocks = response.conference_create_response.gcc_blocks();
    println!("MCS Connect Response: result 0 (rt-successful)");
    println!("server version: {:#010x}", blocks.core.version.0);
    println!("encryption: {:?}, level {:?}", blocks.security.encryption_method, blocks.security.encryption_level);
    println!("I/O channel: {}", response.global_channel_id());
    // A server that allows no channels gives no ids.
    for (name, id) in CHANNELS.iter().zip(response.channel_ids()) {
        println!("channel {}: {id}", String::from_utf8_lossy(&name[..7]));
    }
    Ok(())
}

/// The result, with which a Connect Response begins (T.125 section 7: application tag 102, length, ENUMERATED). The
/// decoder steps over it, so a refusal would look like a success.
fn result_of(data: &[u8]) -> Option<u8> {
    let [0x7F, 0x66, length, fields @ ..] = data else { return None };
    // A length below 128 is a byte, any other one has its size before it.
    let more = if *length < 0x80 { 0 } else { usize::from(*length - 0x80) };
    match fields.get(more..)? {
        [0x0A, 1, result, ..] => Some(*result),
        _ => None,
    }
}
