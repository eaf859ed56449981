//! The client's X.224 Connection Request, as a server reads it ([MS-RDPBCGR] 2.2.1.1).

use std::io;

use ironrdp_core::decode;
use ironrdp_pdu::nego::{ConnectionRequest, ConnectionRequestWithOpaqueRoutingToken, NegoRequestData};
use ironrdp_pdu::x224::X224;
use rdp_probe::Protocols;
use tokio::io::AsyncRead;

use crate::tpkt;

/// The fixed part of a Connection Request, TPKT header included.
const FIXED: usize = 11;

/// CR LF behind a cookie or token.
const LINE_END: usize = 2;

/// The size of `RDP_NEG_REQ` ([MS-RDPBCGR] 2.2.1.1.1).
const NEGOTIATION: usize = 8;

/// What a request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// The protocols that it offers; `None` without negotiation data.
    pub(crate) offer: Option<Protocols>,
    /// The cookie or routing token.
    pub(crate) cookie: Option<String>,
}

impl Request {
    /// The protocols that may be chosen from: without negotiation data, standard RDP security alone.
    pub(crate) fn choices(&self) -> Protocols {
        self.offer.unwrap_or(Protocols::RDP)
    }
}

/// Reads one TPKT, which has to be a Connection Request.
pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Request> {
    let Some(packet) = tpkt::read(stream).await? else {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the client closed without a request"));
    };
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, "what came is no X.224 Connection Request");
    parse(&packet).ok_or_else(wrong)
}

/// A request in any of its forms, with what stands before the negotiation data.
fn parse(packet: &[u8]) -> Option<Request> {
    let (request, cookie) = usual(packet).or_else(|| opaque(packet))?;
    let line = cookie.as_ref().map_or(0, |cookie| cookie.len() + LINE_END);
    let negotiates = packet.len() >= FIXED + line + NEGOTIATION;
    Some(Request { offer: negotiates.then(|| Protocols::from_bits(request.protocol.bits())), cookie })
}

/// With a cookie, with a token in the form of one, or with neither.
fn usual(packet: &[u8]) -> Option<(ConnectionRequest, Option<String>)> {
    let X224(request) = decode::<X224<ConnectionRequest>>(packet).ok()?;
    let cookie = match &request.nego_data {
        Some(NegoRequestData::Cookie(name)) => Some(format!("Cookie: mstshash={}", name.0)),
        Some(NegoRequestData::RoutingToken(token)) => Some(format!("Cookie: msts={}", token.0)),
        None => None,
    };
    Some((request, cookie))
}

/// With any other token.
fn opaque(packet: &[u8]) -> Option<(ConnectionRequest, Option<String>)> {
    let X224(laden) = decode::<X224<ConnectionRequestWithOpaqueRoutingToken>>(packet).ok()?;
    Some((laden.request, Some(laden.routing_token.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The TPKT of a Connection Request with this variable part.
    fn request(variable: &[u8]) -> Vec<u8> {
        let length = u8::try_from(FIXED + variable.len()).unwrap();
        [&[3, 0, 0, length, length - 5, 0xE0, 0, 0, 0, 0, 0], variable].concat()
    }

    #[test]
    fn every_form_is_read() {
        let negotiation = [1, 0, 8, 0, 11, 0, 0, 0];
        let offer = Some(Protocols::default());
        for cookie in ["", "Cookie: mstshash=alice", "Cookie: msts=3640205228.15629.0000", "tsv://farm"] {
            let line = if cookie.is_empty() { String::new() } else { format!("{cookie}\r\n") };
            let cookie = (!cookie.is_empty()).then(|| cookie.to_owned());
            let laden = request(&[line.as_bytes(), &negotiation].concat());
            assert_eq!(parse(&laden), Some(Request { offer, cookie: cookie.clone() }));
            assert_eq!(parse(&request(line.as_bytes())), Some(Request { offer: None, cookie }));
        }
    }

    #[test]
    fn without_negotiation_data_there_is_one_choice() {
        assert_eq!(parse(&request(&[])).unwrap().choices(), Protocols::RDP);
        let standard = parse(&request(&[1, 0, 8, 0, 0, 0, 0, 0])).unwrap();
        assert_eq!((standard.offer, standard.choices()), (Some(Protocols::RDP), Protocols::RDP));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        assert_eq!(parse(&[3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0]), None);
        assert_eq!(parse(&request(&[2, 0, 8, 0, 1, 0, 0, 0])), None);
        assert_eq!(parse(&request(&[1, 0])), None);
    }
}
