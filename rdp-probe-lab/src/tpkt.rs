//! TPKT, which frames everything that an RDP client sends until a session stands (RFC 1006 section 6).

use std::io;

use ironrdp_core::ReadCursor;
use ironrdp_pdu::tpkt::TpktHeader;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Reads one packet, header included; `None` if the peer closes in place of one.
///
/// # Errors
/// What the stream says; `InvalidData` if what comes is not framed so.
pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<Vec<u8>>> {
    let mut packet = vec![0; 1];
    if stream.read(&mut packet).await? == 0 {
        return Ok(None);
    }
    if packet.first() != Some(&TpktHeader::VERSION) {
        return Err(NotFramed(packet).into());
    }
    packet.resize(TpktHeader::SIZE, 0);
    stream.read_exact(&mut packet[1..]).await?;
    let Ok(header) = TpktHeader::read(&mut ReadCursor::new(&packet)) else { return Err(NotFramed(packet).into()) };
    packet.resize(header.packet_length(), 0);
    stream.read_exact(&mut packet[TpktHeader::SIZE..]).await?;
    Ok(Some(packet))
}

/// What came is not framed as RDP is; these are the bytes that were read of it.
#[derive(Debug, thiserror::Error)]
#[error("what came is not framed in TPKT: it begins with {0:02x?}")]
pub(crate) struct NotFramed(pub(crate) Vec<u8>);

impl From<NotFramed> for io::Error {
    fn from(wrong: NotFramed) -> Self {
        Self::new(io::ErrorKind::InvalidData, wrong)
    }
}
