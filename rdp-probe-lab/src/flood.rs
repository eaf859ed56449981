//! Servers that send without end.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::player::Ending;
use crate::watch::{Seen, Teller};

/// What is sent without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flood {
    /// Lines of characters, as the character generator of RFC 864 sends them.
    Characters,
    /// A TPKT that announces 65535 bytes, and characters behind it.
    Packet,
    /// TLS records of handshake messages (RFC 8446 section 5.1).
    Records,
}

/// The printable characters of ASCII.
const CHARACTERS: std::ops::RangeInclusive<u8> = b' '..=b'~';

/// The length of a line of the character generator.
const LINE: usize = 72;

impl Flood {
    /// Sends until the client is gone, which is the only way that this ends. Other tasks get their turn between.
    pub(crate) async fn pour<S: AsyncWrite + Unpin>(self, stream: &mut S, teller: &Teller) -> io::Result<Ending> {
        teller.tell(|| Seen::Flooding);
        stream.write_all(self.beginning()).await?;
        let endless = self.endless();
        loop {
            stream.write_all(&endless).await?;
            stream.flush().await?;
            tokio::task::yield_now().await;
        }
    }

    const fn beginning(self) -> &'static [u8] {
        match self {
            Self::Packet => &[3, 0, 0xFF, 0xFF, 2, 0xF0, 0x80],
            Self::Characters | Self::Records => &[],
        }
    }

    /// A piece, of some kilobytes, that is sent again and again.
    fn endless(self) -> Bytes {
        match self {
            Self::Characters | Self::Packet => {
                let line = |first: usize| CHARACTERS.cycle().skip(first).take(LINE).chain(*b"\r\n");
                (0..CHARACTERS.len()).flat_map(line).collect()
            }
            // ServerHello, by its type, whose length says that it goes on for ever.
            Self::Records => {
                let body = [2; 16_000];
                [22, 3, 3, 0x3E, 0x80].into_iter().chain(body).collect()
            }
        }
    }
}
