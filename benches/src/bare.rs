//! What any client has to do to open RDP over TLS, and nothing besides: the bare loop that a probe is held against.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A Connection Request ([MS-RDPBCGR] 2.2.1.1) that offers TLS and both kinds of Network Level Authentication: what a prober sends by itself.
pub const REQUEST: [u8; 19] = [3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 11, 0, 0, 0];

/// A Connection Confirm that chooses TLS ([MS-RDPBCGR] 2.2.1.2).
pub const CONFIRM: [u8; 19] = [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0, 1, 0, 0, 0];

/// One that chooses Network Level Authentication.
pub const CONFIRM_HYBRID: [u8; 19] = [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0, 2, 0, 0, 0];

/// Opens one connection, as far as the end of the TLS handshake, and says goodbye. Gives the version that TLS has agreed on.
///
/// # Errors
/// If that does not work out.
pub async fn open(address: SocketAddr, config: &Arc<ClientConfig>) -> io::Result<u16> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    stream.write_all(&REQUEST).await?;
    let mut confirm = [0; CONFIRM.len()];
    stream.read_exact(&mut confirm).await?;
    // An address is no name to ask for.
    let name = ServerName::from(address.ip());
    let mut open = TlsConnector::from(Arc::clone(config)).connect(name, stream).await?;
    let version = open.get_ref().1.protocol_version().map(u16::from).unwrap_or_default();
    open.shutdown().await?;
    Ok(version)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rdp_probe::conversation::{Conversation, Effect, Input};
    use rdp_probe::{Dial, Plan};

    use super::*;

    #[test]
    fn the_request_is_that_of_a_probe() {
        let plan = Plan::new("127.0.0.1".parse().unwrap());
        let mut conversation = Conversation::new(plan, Dial::default(), None);
        let Effect::Send { bytes, .. } = conversation.step(Duration::ZERO, Input::Start) else {
            panic!("it begins so")
        };
        assert_eq!(bytes, REQUEST.as_slice());
    }
}
