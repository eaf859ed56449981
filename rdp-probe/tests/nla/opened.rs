//! What `open_as` hands over: a stream on which the server goes on.

use std::borrow::Cow;

use ironrdp_core::encode_vec;
use ironrdp_pdu::gcc::{
    ClientCoreData, ClientCoreOptionalData, ClientGccBlocks, ClientSecurityData, ColorDepth, KeyboardType, RdpVersion,
    SecureAccessSequence,
};
use ironrdp_pdu::mcs::ConnectInitial;
use ironrdp_pdu::x224::{X224, X224Data};
use rdp_probe::{Failure, Opened, Protocols};
use rdp_probe_lab::Lab;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;

/// MCS Erect Domain Request and Attach User Request ([MS-RDPBCGR] 2.2.1.5, 2.2.1.6).
const ERECT: &[u8] = &[3, 0, 0, 12, 2, 0xF0, 0x80, 4, 1, 0, 1, 0];
const ATTACH: &[u8] = &[3, 0, 0, 8, 2, 0xF0, 0x80, 0x28];

/// An MCS Connect Initial ([MS-RDPBCGR] 2.2.1.3).
fn connect_initial() -> Vec<u8> {
    let core = ClientCoreData {
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
    };
    let blocks = ClientGccBlocks {
        core,
        security: ClientSecurityData::no_security(),
        network: None,
        cluster: None,
        monitor: None,
        message_channel: None,
        multi_transport_channel: None,
        monitor_extended: None,
    };
    let initial = encode_vec(&ConnectInitial::with_gcc_blocks(blocks).unwrap()).unwrap();
    encode_vec(&X224(X224Data { data: Cow::Owned(initial) })).unwrap()
}

async fn open(lab: &Lab, goal: Goal) -> Result<Opened<TcpStream>, Failure> {
    builder(goal).build().unwrap().open_as(&lab.target(), &alice()).await
}

/// The server answers MCS on it, over a real socket.
#[tokio::test]
async fn mcs_goes_on_behind_the_authentication() {
    for protocols in [Protocols::HYBRID, Protocols::HYBRID.union(Protocols::HYBRID_EX)] {
        let lab = Lab::with_nla(server().with_protocols(protocols)).await.unwrap();
        let mut watcher = lab.watch();
        let mut opened = open(&lab, Goal::Delegate).await.unwrap();
        assert_eq!((opened.report.stage(), opened.report.end()), (Stage::Nla, End::Complete));
        opened.stream.write_all(&connect_initial()).await.unwrap();
        opened.stream.flush().await.unwrap();
        let mut head = [0; 4];
        opened.stream.read_exact(&mut head).await.unwrap();
        let mut rest = vec![0; usize::from(u16::from_be_bytes([head[2], head[3]])) - 4];
        opened.stream.read_exact(&mut rest).await.unwrap();
        // Connect-Response: [APPLICATION 102], constructed, behind the X.224 data header.
        assert_eq!(rest[..5], [2, 0xF0, 0x80, 0x7F, 0x66], "{rest:02x?}");
        opened.stream.write_all(&[ERECT, ATTACH].concat()).await.unwrap();
        opened.stream.flush().await.unwrap();
        let mut confirm = [0; 11];
        opened.stream.read_exact(&mut confirm).await.unwrap();
        assert_eq!(confirm[..9], [3, 0, 0, 11, 2, 0xF0, 0x80, 0x2E, 0], "Attach User Confirm, rt-successful");
        let seen = watcher.so_far();
        let attached = seen.iter().any(|seen| matches!(seen, Seen::McsAttachUser(_)));
        assert!(attached && seen.iter().any(|seen| matches!(seen, Seen::Credentials { password: 8, .. })), "{seen:?}");
    }
}

/// With `verify` there is nothing to go on with, and with a wrong password nothing at all.
#[tokio::test]
async fn nothing_is_opened_without_delegation_or_against_a_refusal() {
    let lab = Lab::with_nla(server()).await.unwrap();
    let failure = open(&lab, Goal::Verify).await.unwrap_err();
    assert_eq!(failure.report().evidence().nla_result(), Some(NlaResult::Verified));

    let wrong = Credentials::with_password("alice", None, "wrong".to_owned()).unwrap();
    let mut watcher = lab.watch();
    let prober = builder(Goal::Delegate).build().unwrap();
    let failure = prober.open_as(&lab.target(), &wrong).await.unwrap_err();
    assert_eq!(failure.report().end(), End::Rejected(NtStatus(0xC000_006D)));
    loop {
        let event = watcher.next().await.unwrap();
        assert!(event.connection <= 2, "one call, one connection: {event}");
        if (event.connection, event.seen) == (2, Seen::Closed) {
            break;
        }
    }
}
