//! The client's TLS `ClientHello`: read whole, and what a server decides by ([RFC 5246] section 7.4.1.2).
//!
//! [RFC 5246]: https://www.rfc-editor.org/rfc/rfc5246

use std::io;

use rustls::server::Acceptor;
use tls_parser::{
    TlsExtension, TlsMessage, TlsMessageHandshake, parse_tls_client_hello_extensions, parse_tls_message_handshake,
};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::tls::{HANDSHAKE_RECORD, RECORD_HEADER};

/// The handshake type of a `ClientHello`.
const CLIENT_HELLO: u8 = 1;

/// Bytes of a `ClientHello` that are read at most, its records' headers included.
const MOST: usize = 128 * 1024;

/// The newest version that the field of this name stands for: newer ones are offered in an extension alone
/// (RFC 8446 section 4.2.1).
const NEWEST_LEGACY: u16 = 0x0303;

/// A suite that is none: it says that the client knows secure renegotiation (RFC 5746 section 3.3).
const RENEGOTIATION_INFO_SCSV: u16 = 0x00FF;

/// Reads the records that hold a `ClientHello`, as they came; it may lie in several.
///
/// # Errors
/// What the stream says; `InvalidData` if what comes is no TLS, or does not come to an end.
pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Vec<u8>> {
    let (mut records, mut message) = (Vec::new(), Vec::new());
    while !is_whole(&message) {
        let start = records.len();
        records.resize(start + RECORD_HEADER, 0);
        stream.read_exact(&mut records[start..]).await?;
        if records[start] != HANDSHAKE_RECORD {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "what came is no TLS ClientHello"));
        }
        let length = u16::from_be_bytes([records[start + 3], records[start + 4]]);
        let body = records.len();
        records.resize(body + usize::from(length), 0);
        stream.read_exact(&mut records[body..]).await?;
        message.extend_from_slice(&records[body..]);
        if records.len() > MOST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the TLS ClientHello is too long"));
        }
    }
    Ok(records)
}

/// Whether there is nothing more to wait for. What is no `ClientHello` is not waited for.
fn is_whole(message: &[u8]) -> bool {
    match message {
        [CLIENT_HELLO, high, middle, low, body @ ..] => {
            body.len() >= u32::from_be_bytes([0, *high, *middle, *low]) as usize
        }
        [first, ..] => *first != CLIENT_HELLO,
        [] => false,
    }
}

/// What is in the records, without their headers.
fn message_in(mut records: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    while let Some(([_, _, _, high, low], rest)) = records.split_first_chunk::<RECORD_HEADER>() {
        let (body, behind) = rest.split_at(rest.len().min(usize::from(u16::from_be_bytes([*high, *low]))));
        message.extend_from_slice(body);
        records = behind;
    }
    message
}

/// The name that a `ClientHello` asks for, as rustls reads it.
pub(crate) fn name_in(records: &[u8]) -> Option<String> {
    let mut acceptor = Acceptor::default();
    let mut unread = records;
    while !unread.is_empty() && acceptor.read_tls(&mut unread).ok()? > 0 {
        if let Some(accepted) = acceptor.accept().ok()? {
            return accepted.client_hello().server_name().map(str::to_owned);
        }
    }
    None
}

/// What a `ClientHello` offers, as far as it can be read. One that cannot offers nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClientHello {
    /// The client's random bytes, 32 of them.
    pub(crate) random: Vec<u8>,
    /// The cipher suites, in its order.
    suites: Vec<u16>,
    /// The newest version that it names where servers have always looked for it.
    legacy_version: u16,
    /// The versions in the extension `supported_versions`, if it has one.
    versions: Option<Vec<u16>>,
    /// Whether it names the server (RFC 6066 section 3).
    pub(crate) names_server: bool,
    /// Whether it knows secure renegotiation (RFC 5746).
    pub(crate) renegotiates: bool,
}

impl ClientHello {
    /// The offer in these records.
    pub(crate) fn in_records(records: &[u8]) -> Self {
        let mut hello = Self::default();
        let message = message_in(records);
        let Ok((_, TlsMessage::Handshake(TlsMessageHandshake::ClientHello(said)))) =
            parse_tls_message_handshake(&message)
        else {
            return hello;
        };
        hello.random = said.random.to_vec();
        hello.suites = said.ciphers.iter().map(|suite| suite.0).collect();
        hello.legacy_version = said.version.0;
        hello.renegotiates = hello.suites.contains(&RENEGOTIATION_INFO_SCSV);
        let extensions = said.ext.and_then(|bytes| parse_tls_client_hello_extensions(bytes).ok());
        for extension in extensions.into_iter().flat_map(|(_, list)| list) {
            match extension {
                TlsExtension::SNI(names) => hello.names_server = !names.is_empty(),
                TlsExtension::SupportedVersions(list) => {
                    hello.versions = Some(list.iter().map(|version| version.0).collect());
                }
                TlsExtension::RenegotiationInfo(_) => hello.renegotiates = true,
                _ => {}
            }
        }
        hello
    }

    /// Whether the client takes this version: it lists it, or lists none and names one that is as new.
    pub(crate) fn takes_version(&self, version: u16) -> bool {
        match &self.versions {
            Some(listed) => listed.contains(&version),
            None => version <= self.legacy_version.min(NEWEST_LEGACY),
        }
    }

    /// Whether the client takes this suite.
    pub(crate) fn takes_suite(&self, suite: u16) -> bool {
        self.suites.contains(&suite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::client_hello;

    /// A message in records of so many bytes each.
    fn in_records(message: &[u8], size: usize) -> Vec<u8> {
        let record =
            |part: &[u8]| [&[22, 3, 1], u16::try_from(part.len()).unwrap().to_be_bytes().as_slice(), part].concat();
        message.chunks(size).flat_map(record).collect()
    }

    /// A `ClientHello` with this version, two suites, and these extensions.
    fn hello(version: u16, extensions: &[u8]) -> Vec<u8> {
        let mut body = version.to_be_bytes().to_vec();
        body.extend([7; 32]);
        body.extend([0, 0, 4, 0xC0, 0x13, 0, 0xFF, 1, 0]);
        if !extensions.is_empty() {
            body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
            body.extend(extensions);
        }
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[CLIENT_HELLO], &length[1..], &body].concat()
    }

    #[tokio::test]
    async fn a_hello_in_pieces_is_read_whole_and_no_byte_behind_it() {
        let message = message_in(&client_hello().unwrap());
        for size in [1, 3, 4, 5, 100, message.len()] {
            let records = in_records(&message, size);
            let stream = [records.as_slice(), b"behind"].concat();
            let mut unread = stream.as_slice();
            assert_eq!(read(&mut unread).await.unwrap(), records);
            assert_eq!(unread, b"behind");
            let whole = ClientHello::in_records(&records);
            assert!(whole.takes_version(0x0304) && whole.takes_version(0x0303) && !whole.takes_version(0x0302));
            assert!(!whole.names_server);
        }
    }

    #[tokio::test]
    async fn what_is_no_hello_is_not_waited_for_and_what_is_endless_is_given_up() {
        let finished: &[u8] = &[22, 3, 3, 0, 1, 20];
        assert_eq!(read(&mut { finished }).await.unwrap(), finished);
        assert!(read(&mut &[3, 0, 0, 9, 2, 0xF0, 0x80][..]).await.is_err());
        let empty = [22, 3, 3, 0, 0].repeat(MOST);
        assert_eq!(read(&mut empty.as_slice()).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn the_offer_is_read_in_all_its_forms() {
        let old = ClientHello::in_records(&in_records(&hello(0x0301, &[]), 64));
        assert!(old.takes_version(0x0301) && !old.takes_version(0x0302));
        assert!(old.takes_suite(0xC013) && !old.takes_suite(0x002F) && old.renegotiates && !old.names_server);
        assert_eq!(old.random, [7; 32]);
        // A version that does not exist in this place.
        assert!(!ClientHello::in_records(&in_records(&hello(0x0304, &[]), 64)).takes_version(0x0304));
        // A name, "a", and TLS 1.2 alone.
        let extensions = [0, 0, 0, 6, 0, 4, 0, 0, 1, b'a', 0, 43, 0, 3, 2, 3, 3];
        let named = ClientHello::in_records(&in_records(&hello(0x0303, &extensions), 200));
        assert!(named.names_server && named.takes_version(0x0303) && !named.takes_version(0x0301));
    }

    #[test]
    fn any_bytes_are_read() {
        let records = in_records(&hello(0x0303, &[0, 0, 0, 6, 0, 4, 0, 0, 1, b'a']), 30);
        for cut in 0..records.len() {
            assert_eq!(ClientHello::in_records(&records[..cut]), ClientHello::default());
            for byte in [0, 1, 0x7F, 0xFF] {
                let mut bent = records.clone();
                bent[cut] = byte;
                assert!(!ClientHello::in_records(&bent).takes_version(0x0304));
            }
        }
    }
}
