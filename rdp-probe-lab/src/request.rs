//! The client's X.224 Connection Request, as a server reads it ([MS-RDPBCGR] 2.2.1.1).

use std::io;

use rdp_probe::Protocols;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The type of `RDP_NEG_REQ` ([MS-RDPBCGR] 2.2.1.1.1).
const TYPE_REQUEST: u8 = 1;

/// Reads one TPKT and returns the protocols that it offers; a request without negotiation data offers none.
pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Protocols> {
    let mut packet = vec![0; 4];
    stream.read_exact(&mut packet).await?;
    let length = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
    packet.resize(length.max(4), 0);
    stream.read_exact(&mut packet[4..]).await?;
    // Cookie and token end with CR LF; the negotiation data are the eight bytes behind.
    let offered = packet.windows(8).rev().find_map(|window| match *window {
        [TYPE_REQUEST, _, 8, 0, a, b, c, d] => Some(u32::from_le_bytes([a, b, c, d])),
        _ => None,
    });
    Ok(Protocols::from_bits(offered.unwrap_or_default()))
}
