//! SOCKS version 5 (RFC 1928), with user name and password (RFC 1929).

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::{Credentials, Stream, Talk};
use crate::evidence::{End, Fault, ProxyRefusal};
use crate::target::Target;

const VERSION: u8 = 5;
const NO_AUTHENTICATION: u8 = 0;
const USER_PASSWORD: u8 = 2;
const CONNECT: u8 = 1;
const V4: u8 = 1;
const NAME: u8 = 3;
const V6: u8 = 4;

const NOT_SOCKS: End = End::Malformed(Fault::NotProxy);
const BROKEN: End = End::Malformed(Fault::ProxyAnswer);

pub(super) async fn ask<S: Stream>(
    talk: &mut Talk<'_, S>,
    target: &Target,
    credentials: Option<&Credentials>,
) -> Result<(), End> {
    match credentials {
        Some(_) => talk.send(&[VERSION, 2, NO_AUTHENTICATION, USER_PASSWORD]).await,
        None => talk.send(&[VERSION, 1, NO_AUTHENTICATION]).await,
    }
    let [version] = talk.read().await?;
    if version != VERSION {
        return Err(NOT_SOCKS);
    }
    match (talk.read().await?, credentials) {
        ([NO_AUTHENTICATION], _) => {}
        ([USER_PASSWORD], Some(credentials)) => authenticate(talk, credentials).await?,
        ([method], _) => return Err(End::ProxyRefusal(ProxyRefusal::SocksMethod(method))),
    }
    talk.send(&request(target)).await;
    answer(talk).await
}

async fn authenticate<S: Stream>(talk: &mut Talk<'_, S>, credentials: &Credentials) -> Result<(), End> {
    let mut message = Zeroizing::new(vec![1]);
    for text in [&credentials.user, &credentials.password] {
        // `Proxy::with_credentials` has seen to the length.
        message.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
        message.extend(text.as_bytes());
    }
    talk.send(&message).await;
    // The version should be 1; some proxies repeat that of SOCKS.
    match talk.read().await? {
        [_, 0] => Ok(()),
        [_, status] => Err(End::ProxyRefusal(ProxyRefusal::SocksPassword(status))),
    }
}

/// Asks for a connection. A name goes as it is: the proxy looks it up.
fn request(target: &Target) -> Vec<u8> {
    let mut message = vec![VERSION, CONNECT, 0];
    match target.ip() {
        Some(IpAddr::V4(v4)) => {
            message.push(V4);
            message.extend(v4.octets());
        }
        Some(IpAddr::V6(v6)) => {
            message.push(V6);
            message.extend(v6.octets());
        }
        None => {
            // A name has at most 253 characters, an address with its zone hardly more than 60.
            let name = target.host().as_bytes();
            message.extend([NAME, u8::try_from(name.len()).unwrap_or(u8::MAX)]);
            message.extend(name);
        }
    }
    message.extend(target.port().to_be_bytes());
    message
}

/// The reply, and behind it the address that the proxy connects from, which is read and passed over.
async fn answer<S: Stream>(talk: &mut Talk<'_, S>) -> Result<(), End> {
    let [version, reply] = talk.read().await?;
    if version != VERSION {
        return Err(BROKEN);
    }
    if reply != 0 {
        return Err(End::ProxyRefusal(ProxyRefusal::Socks(reply)));
    }
    let length = match talk.read().await? {
        [_, V4] => 4,
        [_, V6] => 16,
        [_, NAME] => {
            let [length] = talk.read().await?;
            usize::from(length)
        }
        _ => return Err(BROKEN),
    };
    for _ in 0..length + 2 {
        let [_] = talk.read().await?;
    }
    Ok(())
}
