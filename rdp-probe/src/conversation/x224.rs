//! X.224 over TPKT: the Connection Request, and whatever a server answers to it ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2).
//!
//! Writing and framing are ironrdp-pdu's. Its decoder of the confirm is strict where servers are not, so the eight
//! bytes of negotiation data are read here: unknown flags and codes are kept, lengths are not insisted on.

use bytes::Bytes;
use ironrdp_core::{ReadCursor, encode_vec};
use ironrdp_pdu::nego::{ConnectionRequest, RequestFlags, SecurityProtocol};
use ironrdp_pdu::tpdu::{TpduCode, TpduHeader};
use ironrdp_pdu::tpkt::TpktHeader;
use ironrdp_pdu::x224::X224;

use crate::evidence::{Answer, Denial};
use crate::protocol::{FailureCode, Protocols, Selected};

/// The size of a TPKT header.
pub(super) const TPKT_HEADER: usize = TpktHeader::SIZE;

/// The first byte of a TPKT.
pub(super) const TPKT_VERSION: u8 = TpktHeader::VERSION;

/// The longest answer that is taken for one: a Connection Confirm has 19 bytes, a length indicator ends at 255.
const MAX_TPKT: usize = 512;

/// The fixed part of a Connection Confirm, TPKT header included.
const CONFIRM_FIXED: usize = 11;

/// Types of negotiation data ([MS-RDPBCGR] 2.2.1.2.1, 2.2.1.2.2).
const TYPE_RESPONSE: u8 = 2;
const TYPE_FAILURE: u8 = 3;

/// The whole TPKT with which a client asks for these protocols. Without cookie it has 19 bytes.
pub(crate) fn connection_request(offer: Protocols) -> Bytes {
    let request = ConnectionRequest {
        nego_data: None,
        flags: RequestFlags::empty(),
        protocol: SecurityProtocol::from_bits_retain(offer.bits()),
        correlation_info: None,
    };
    // Encoding fails only for lengths that do not fit, and nothing here has a length.
    encode_vec(&X224(request)).map(Bytes::from).unwrap_or_default()
}

/// The length that a TPKT header announces, if it is one that an answer can have.
pub(super) fn tpkt_length(header: &[u8]) -> Option<usize> {
    let length = TpktHeader::read(&mut ReadCursor::new(header)).ok()?.packet_length();
    (length <= MAX_TPKT).then_some(length)
}

/// What a whole TPKT in place of the confirm is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tpdu {
    /// A Connection Confirm.
    Confirm(Answer),
    /// A message that ends the connection.
    Denial(Denial),
    /// Another TPDU, or none.
    Other,
    /// A Connection Confirm whose negotiation data cannot be read.
    Broken,
}

/// Reads a whole TPKT.
pub(super) fn read_tpdu(packet: &[u8]) -> Tpdu {
    // The length indicator is not asked: where it is wrong, the data behind it can still be read.
    let Some(code) = packet.get(TPKT_HEADER + 1).copied().map(TpduCode::from) else { return Tpdu::Other };
    match code {
        // The low half of the code is the credit, which class 0 leaves at 0 and we ignore.
        code if u8::from(code) & 0xF0 == u8::from(TpduCode::CONNECTION_CONFIRM) => read_confirm(packet),
        TpduCode::DISCONNECT_REQUEST => {
            Tpdu::Denial(Denial::DisconnectRequest(packet.get(CONFIRM_FIXED - 1).copied().unwrap_or_default()))
        }
        TpduCode::DATA => read_ultimatum(packet).map_or(Tpdu::Other, Tpdu::Denial),
        _ => Tpdu::Other,
    }
}

fn read_confirm(packet: &[u8]) -> Tpdu {
    match packet.get(CONFIRM_FIXED..) {
        None | Some([]) => Tpdu::Confirm(Answer::Legacy),
        Some(&[kind @ (TYPE_RESPONSE | TYPE_FAILURE), flags, _, _, a, b, c, d, ..]) => {
            let value = u32::from_le_bytes([a, b, c, d]);
            Tpdu::Confirm(if kind == TYPE_RESPONSE {
                Answer::Response { flags, selected: Selected(value) }
            } else {
                Answer::Failure { flags, code: FailureCode(value) }
            })
        }
        // Transport parameters that only other users of COTP send (ISO 8073 section 13.3.4).
        Some([0xC0..=0xC2, ..]) => Tpdu::Other,
        Some(_) => Tpdu::Broken,
    }
}

/// An MCS Disconnect Provider Ultimatum in aligned PER (T.125 section 7): choice 8, then a reason of three bits,
/// which is kept even where the specification names none.
fn read_ultimatum(packet: &[u8]) -> Option<Denial> {
    const DISCONNECT_PROVIDER_ULTIMATUM: u8 = 8;
    let [choice, reason] = packet.get(TPKT_HEADER + TpduHeader::DATA_FIXED_PART_SIZE..)?.first_chunk::<2>()?;
    (choice >> 2 == DISCONNECT_PROVIDER_ULTIMATUM).then_some(Denial::Ultimatum((choice & 0x03) << 1 | reason >> 7))
}

/// The first ultimatum or disconnect request in a run of TPKTs.
pub(super) fn find_denial(mut bytes: &[u8]) -> Option<Denial> {
    while let Some(packet) = tpkt_length(bytes).and_then(|length| bytes.get(..length)) {
        if let Tpdu::Denial(denial) = read_tpdu(packet) {
            return Some(denial);
        }
        bytes = bytes.get(packet.len()..)?;
    }
    None
}
