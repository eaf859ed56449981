//! HTTP's method CONNECT (RFC 9110 section 9.3.6), with Basic authentication (RFC 7617).

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::{Credentials, Stream, Talk};
use crate::evidence::{End, Fault, ProxyRefusal};
use crate::target::Target;

/// The longest head of an answer that is read, those of interim answers before it included.
const MAX_HEAD: usize = 16 * 1024;

/// With what every answer begins (RFC 9112 section 4).
const BEGINNING: &[u8] = b"HTTP/1.";

const NOT_HTTP: End = End::Malformed(Fault::NotProxy);
const BROKEN: End = End::Malformed(Fault::ProxyAnswer);

pub(super) async fn ask<S: Stream>(
    talk: &mut Talk<'_, S>,
    target: &Target,
    credentials: Option<&Credentials>,
) -> Result<(), End> {
    talk.send(&request(target, credentials)).await;
    let mut room = MAX_HEAD;
    loop {
        let head = head(talk, room).await?;
        match status(&head) {
            Some(200..=299) => return Ok(()),
            // Interim answers (RFC 9110 section 15.2). Nothing was asked to be switched to, so 101 is none.
            Some(100 | 102..=199) => room = room.saturating_sub(head.len()),
            Some(status) => return Err(End::ProxyRefusal(ProxyRefusal::Http(status))),
            None => return Err(BROKEN),
        }
    }
}

fn request(target: &Target, credentials: Option<&Credentials>) -> Zeroizing<Vec<u8>> {
    let lines = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    let Some(Credentials { user, password }) = credentials else { return (lines + "\r\n").into_bytes().into() };
    let pair = Zeroizing::new(format!("{}:{}", **user, **password));
    let encoded = Zeroizing::new(BASE64.encode(pair.as_bytes()));
    let parts = [&lines, "Proxy-Authorization: Basic ", &encoded, "\r\n\r\n"];
    // Room for all of it from the start: a buffer that grows leaves copies behind that nobody wipes.
    let mut message = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
    for part in parts {
        message.extend_from_slice(part.as_bytes());
    }
    message
}

/// The head of an answer, up to its empty line. One byte at a time: what follows is the target's.
async fn head<S: Stream>(talk: &mut Talk<'_, S>, room: usize) -> Result<Vec<u8>, End> {
    let mut head = Vec::new();
    // The CR before each LF may be missing (RFC 9112 section 2.2).
    while !head.ends_with(b"\n\r\n") && !head.ends_with(b"\n\n") {
        head.extend(talk.read::<1>().await?);
        if !head.iter().zip(BEGINNING).all(|(found, wanted)| found == wanted) {
            return Err(NOT_HTTP);
        }
        if head.len() > room {
            return Err(BROKEN);
        }
        if head.ends_with(b"\n") && talk.refused.is_none() {
            talk.refused = status(&head).filter(|status| *status >= 300).map(ProxyRefusal::Http);
        }
    }
    Ok(head)
}

/// The three digits behind the version. Words are parted by white space, of which there may be too much (RFC 9112 section 4).
fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|byte| *byte == b'\n').next()?;
    let digits = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).nth(1)?;
    let text = std::str::from_utf8(digits).ok().filter(|text| text.len() == 3)?;
    text.parse().ok().filter(|status| (100..=599).contains(status))
}
