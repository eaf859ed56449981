//! HTTP's method CONNECT (RFC 9110 section 9.3.6), with Basic authentication (RFC 7617).

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::{Credentials, Stream, Talk};
use crate::evidence::{End, Fault, ProxyRefusal};
use crate::target::Target;

/// The longest head of an answer that is read.
const MAX_HEAD: usize = 16 * 1024;

/// With what every answer begins (RFC 9112 section 4).
const BEGINNING: &[u8] = b"HTTP/1.";

pub(super) async fn ask<S: Stream>(
    talk: &mut Talk<'_, S>,
    target: &Target,
    credentials: Option<&Credentials>,
) -> Result<(), End> {
    talk.send(&request(target, credentials)).await?;
    match status(&head(talk).await?) {
        Some(200..=299) => Ok(()),
        Some(status) => Err(End::ProxyRefusal(ProxyRefusal::Http(status))),
        None => Err(End::Malformed(Fault::NotProxy)),
    }
}

fn request(target: &Target, credentials: Option<&Credentials>) -> Zeroizing<Vec<u8>> {
    let mut message = Zeroizing::new(Vec::with_capacity(1024));
    message.extend(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes());
    if let Some(Credentials { user, password }) = credentials {
        let pair = Zeroizing::new(format!("{}:{}", **user, **password));
        let encoded = Zeroizing::new(BASE64.encode(pair.as_bytes()));
        message.extend(b"Proxy-Authorization: Basic ");
        message.extend(encoded.as_bytes());
        message.extend(b"\r\n");
    }
    message.extend(b"\r\n");
    message
}

/// The head of the answer, up to its empty line. One byte at a time: what follows is the target's.
async fn head<S: Stream>(talk: &mut Talk<'_, S>) -> Result<Vec<u8>, End> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        head.extend(talk.read::<1>().await?);
        let begins = head.iter().zip(BEGINNING).all(|(found, wanted)| found == wanted);
        if !begins || head.len() > MAX_HEAD {
            return Err(End::Malformed(Fault::NotProxy));
        }
    }
    Ok(head)
}

/// The three digits behind the version.
fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|byte| *byte == b'\n').next()?;
    let digits = line.split(u8::is_ascii_whitespace).nth(1)?;
    let text = std::str::from_utf8(digits).ok().filter(|text| text.len() == 3)?;
    text.parse().ok().filter(|status| (100..=599).contains(status))
}
