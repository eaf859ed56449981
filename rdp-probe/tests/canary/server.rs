//! A server that challenges, hears the answer, and refuses it.

use std::io;

use rdp_probe::credssp::{NegotiationToken, TsRequest};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_rustls::TlsAcceptor;

use super::messages::{NTLM, unsigned_response, usual, with_error, with_token};
use super::support::read_request;
use super::tls::{Server, VERSIONS};

/// What it has heard: the AUTHENTICATE message ([MS-NLMP] 2.2.1.3).
#[derive(Debug)]
pub(crate) struct Listener(Vec<u8>);

impl Listener {
    pub(crate) async fn hear(far: DuplexStream, is_wrapped: bool) -> io::Result<Self> {
        serve(far, is_wrapped).await.map(Self)
    }

    /// Everything in it that is made of the password: the answers to the challenge, the sealed session key, the checksum.
    pub(crate) fn answers(&self) -> Vec<&[u8]> {
        let number = |at: usize| u32::from_le_bytes(self.0[at..at + 4].try_into().unwrap()) as usize;
        let field = |at: usize| {
            let (length, offset) = (number(at) & 0xFFFF, number(at + 4));
            &self.0[offset..offset + length]
        };
        let all = [field(20), field(52), &self.0[72..88]];
        // An answer of LAN Manager is zeros where there is none.
        all.into_iter().filter(|answer| answer.iter().any(|byte| *byte != 0)).collect()
    }
}

async fn serve(mut far: DuplexStream, is_wrapped: bool) -> io::Result<Vec<u8>> {
    read_request(&mut far).await?;
    far.write_all(&[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0, 2, 0, 0, 0]).await?;
    let mut open = TlsAcceptor::from(Server::healthy().config(VERSIONS[1])).accept(far).await?;
    read_message(&mut open).await?;
    let challenge = if is_wrapped { unsigned_response(1, NTLM, &usual()) } else { usual() };
    open.write_all(&with_token(6, &challenge)).await?;
    let answer = TsRequest::parse(&read_message(&mut open).await?).unwrap();
    open.write_all(&with_error(6, 0xC000_006D)).await?;
    open.flush().await?;
    let token = NegotiationToken::parse(&answer.token.unwrap()).unwrap().inner.unwrap();
    assert_eq!(&token[..12], b"NTLMSSP\0\x03\0\0\0");
    Ok(token.to_vec())
}

/// One `TSRequest`.
async fn read_message(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut message = vec![0; 2];
    stream.read_exact(&mut message).await?;
    let digits = usize::from(message[1].checked_sub(0x80).unwrap_or_default());
    message.resize(2 + digits, 0);
    stream.read_exact(&mut message[2..]).await?;
    let long = message[2..].iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
    let length = if digits == 0 { usize::from(message[1]) } else { long };
    message.resize(2 + digits + length, 0);
    stream.read_exact(&mut message[2 + digits..]).await?;
    Ok(message)
}
