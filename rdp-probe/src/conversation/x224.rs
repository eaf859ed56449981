//! X.224 over TPKT: the Connection Request, and whatever a server answers to it ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2).
//!
//! Writing and framing are ironrdp-pdu's. Its decoder of the confirm is strict where servers are not, so the eight
//! bytes of negotiation data are read here: unknown flags and codes are kept, lengths are not insisted on.

use bytes::Bytes;
use ironrdp_core::{DecodeResult, EncodeResult, ReadCursor, WriteCursor, encode_vec, ensure_size};
use ironrdp_pdu::nego::{
    ConnectionRequest, ConnectionRequestWithOpaqueRoutingToken, CorrelationInfo, OpaqueRoutingToken, RequestFlags,
    SecurityProtocol,
};
use ironrdp_pdu::pcb::{PcbVersion, PreconnectionBlob};
use ironrdp_pdu::tpdu::{TpduCode, TpduHeader};
use ironrdp_pdu::tpkt::TpktHeader;
use ironrdp_pdu::x224::{X224, X224Pdu};

use crate::evidence::{Answer, Denial, Plan, Request};
use crate::protocol::{FailureCode, Selected};

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

/// Everything with which a client opens: the pre-connection PDU, if there is one, and the TPKT of the request. In its
/// plain form that has 19 bytes.
pub(crate) fn connection_request(plan: &Plan) -> Bytes {
    // Encoding fails only for lengths that do not fit, and `Request` has seen to those.
    let mut bytes = preconnection(&plan.request).unwrap_or_default();
    bytes.extend(request(plan).unwrap_or_default());
    bytes.into()
}

/// The pre-connection PDU ([MS-RDPEPS] 2.2.1), of version 2 if it has a blob.
fn preconnection(request: &Request) -> Option<Vec<u8>> {
    let id = request.preconnection_id()?;
    let v2_payload = request.preconnection_blob().map(str::to_owned);
    let version = if v2_payload.is_some() { PcbVersion::V2 } else { PcbVersion::V1 };
    encode_vec(&PreconnectionBlob { version, id, v2_payload }).ok()
}

fn request(plan: &Plan) -> EncodeResult<Vec<u8>> {
    let form = &plan.request;
    let line = form.line();
    if !form.negotiates() {
        return encode_vec(&X224(BareRequest(line)));
    }
    let mut flags = RequestFlags::empty();
    flags.set(RequestFlags::RESTRICTED_ADMIN_MODE_REQUIRED, form.restricted_admin());
    flags.set(RequestFlags::REDIRECTED_AUTHENTICATION_MODE_REQUIRED, form.redirected_authentication());
    let request = ConnectionRequest {
        nego_data: None,
        flags,
        protocol: SecurityProtocol::from_bits_retain(plan.offer.bits()),
        correlation_info: form.correlation_id().map(|correlation_id| CorrelationInfo { correlation_id }),
    };
    match line.map(OpaqueRoutingToken) {
        Some(routing_token) => encode_vec(&X224(ConnectionRequestWithOpaqueRoutingToken { request, routing_token })),
        None => encode_vec(&X224(request)),
    }
}

/// A Connection Request without negotiation data, which ironrdp-pdu does not write: at most a line.
struct BareRequest(Option<String>);

/// What ends a line.
const LINE_END: &[u8] = b"\r\n";

impl X224Pdu<'_> for BareRequest {
    const X224_NAME: &'static str = "Client X.224 Connection Request without negotiation data";
    const TPDU_CODE: TpduCode = TpduCode::CONNECTION_REQUEST;

    fn x224_body_encode(&self, dst: &mut WriteCursor<'_>) -> EncodeResult<()> {
        ensure_size!(ctx: Self::X224_NAME, in: dst, size: self.tpdu_header_variable_part_size());
        if let Some(line) = &self.0 {
            dst.write_slice(line.as_bytes());
            dst.write_slice(LINE_END);
        }
        Ok(())
    }

    fn x224_body_decode(_: &mut ReadCursor<'_>, _: &TpktHeader, _: &TpduHeader) -> DecodeResult<Self> {
        // Only servers read requests.
        Ok(Self(None))
    }

    fn tpdu_header_variable_part_size(&self) -> usize {
        self.0.as_ref().map_or(0, |line| line.len() + LINE_END.len())
    }

    fn tpdu_user_data_size(&self) -> usize {
        0
    }
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
    (choice >> 2 == DISCONNECT_PROVIDER_ULTIMATUM).then_some(Denial::Ultimatum((choice & 0x03) * 2 + (reason >> 7)))
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
