//! First flights of servers older than rustls: put together message by message, up to `ServerHelloDone`
//! (RFC 5246 section 7.4, RFC 2246 section 7.4).

use rustls::{Error, SignatureScheme};

use crate::behaviour::now;
use crate::certificate::LabCertificate;
use crate::handshake::Identity;
use crate::hello::ClientHello;
use crate::key::LabKey;
use crate::tls::HANDSHAKE_RECORD;

/// Types of handshake messages.
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_KEY_EXCHANGE: u8 = 12;
const SERVER_HELLO_DONE: u8 = 14;

/// What stands for the server's random bytes. Nothing is ever encrypted with them.
const RANDOM: &[u8; 32] = b"rdp-probe-lab, 32 bytes a random";

/// What a server without rustls chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OldChoice {
    /// TLS 1.0 with `TLS_RSA_WITH_AES_128_CBC_SHA`.
    Tls10,
    /// TLS 1.2 with `TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA`, on the curve P-256.
    Tls12Cbc,
}

impl OldChoice {
    const fn version(self) -> u16 {
        match self {
            Self::Tls10 => 0x0301,
            Self::Tls12Cbc => 0x0303,
        }
    }

    const fn suite(self) -> u16 {
        match self {
            Self::Tls10 => 0x002F,
            Self::Tls12Cbc => 0xC013,
        }
    }

    /// Whether the client takes the version and the suite.
    pub(crate) fn is_taken(self, hello: &ClientHello) -> bool {
        hello.takes_version(self.version()) && hello.takes_suite(self.suite())
    }

    /// The whole flight, with a healthy certificate, in one record. It is signed as it should be.
    ///
    /// # Errors
    /// If the key does not sign, which it does.
    pub(crate) fn flight(self, hello: &ClientHello) -> Result<Vec<u8>, Error> {
        let identity = Identity::from(LabCertificate::healthy(now()));
        let mut messages = self.server_hello(hello);
        let certificates: Vec<u8> = identity.chain.iter().flat_map(|der| lengthy(der)).collect();
        messages.extend(message(CERTIFICATE, &lengthy(&certificates)));
        if self == Self::Tls12Cbc {
            messages.extend(message(SERVER_KEY_EXCHANGE, &key_exchange(hello, identity.key)?));
        }
        messages.extend(message(SERVER_HELLO_DONE, &[]));
        let [high, low] = self.version().to_be_bytes();
        Ok([&[HANDSHAKE_RECORD, high, low], &length_of(&messages)[1..], &messages].concat())
    }

    fn server_hello(self, hello: &ClientHello) -> Vec<u8> {
        let mut body = self.version().to_be_bytes().to_vec();
        body.extend(RANDOM);
        // No session to resume.
        body.push(0);
        body.extend(self.suite().to_be_bytes());
        // No compression.
        body.push(0);
        if hello.renegotiates {
            // Extensions: renegotiation_info, of a connection that is new.
            body.extend([0, 5, 0xFF, 1, 0, 1, 0]);
        }
        message(SERVER_HELLO, &body)
    }
}

/// A `ServerKeyExchange`: a point on P-256, signed with RSA and SHA-256 (RFC 8422 section 5.4).
///
/// The point is that of the lab's ECDSA key: it only has to lie on the curve, as nothing comes of the exchange.
fn key_exchange(hello: &ClientHello, key: LabKey) -> Result<Vec<u8>, Error> {
    const SCHEME: SignatureScheme = SignatureScheme::RSA_PKCS1_SHA256;
    const POINT: usize = 65;
    let spki = LabKey::EcdsaP256.spki_der();
    let point = &spki[spki.len() - POINT..];
    // A named curve: secp256r1.
    let params = [&[3, 0, 23, 65], point].concat();
    let signed = [hello.random.as_slice(), RANDOM, &params].concat();
    let signer = key.handshake_signer().choose_scheme(&[SCHEME]);
    let signature = signer.ok_or(Error::General("the key is not RSA".to_owned()))?.sign(&signed)?;
    let scheme = u16::from(SCHEME).to_be_bytes();
    Ok([&params, scheme.as_slice(), &length_of(&signature)[1..], &signature].concat())
}

/// A handshake message.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], lengthy(body).as_slice()].concat()
}

/// Bytes, and before them how many they are, in three bytes.
fn lengthy(bytes: &[u8]) -> Vec<u8> {
    [&length_of(bytes), bytes].concat()
}

/// How many bytes these are; nothing here has more than 64 kilobytes.
fn length_of(bytes: &[u8]) -> [u8; 3] {
    let [high, low] = u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
    [0, high, low]
}
