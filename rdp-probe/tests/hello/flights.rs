//! Flights that servers answer with, and what is to be read of them.

use std::sync::Arc;

use rcgen::KeyPair;
use rdp_probe::{ClientHello, KeyExchange, Rung, Session};
use rdp_probe_lab::LabCertificate;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::ServerConfig;
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConnection, SupportedProtocolVersion};
use time::OffsetDateTime;

use super::hello;
use super::support::{NOW, message, record};

pub(crate) const ECDHE_RSA_AES_256_GCM: u16 = 0xC030;
pub(crate) const DHE_RSA_AES_256_CBC: u16 = 0x0039;
pub(crate) const RSA_AES_128_CBC: u16 = 0x002F;

/// A `ServerHelloDone` (RFC 5246 section 7.4.5).
pub(crate) fn done() -> Vec<u8> {
    message(14, &[])
}

/// A `ServerHello` with these extensions.
pub(crate) fn server_hello(version: u16, suite: u16, extensions: &[u8]) -> Vec<u8> {
    let length = u16::try_from(extensions.len()).unwrap().to_be_bytes();
    let body = [&version.to_be_bytes(), [0x5A; 32].as_slice(), &[0], &suite.to_be_bytes(), &[0], &length, extensions];
    message(2, &body.concat())
}

/// A Certificate message up to TLS 1.2.
pub(crate) fn certificates(chain: &[&[u8]]) -> Vec<u8> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..].to_vec();
    let entries: Vec<u8> = chain.iter().flat_map(|der| [length(der), der.to_vec()].concat()).collect();
    message(11, &[length(&entries), entries].concat())
}

/// The parameters of a named curve, with a point and a signature that nobody checks.
pub(crate) fn curve(group: u16) -> Vec<u8> {
    message(12, &[&[3], group.to_be_bytes().as_slice(), &[32], &[9; 32], &[4, 1, 1, 0], &[7; 256]].concat())
}

/// The parameters of Diffie-Hellman with this prime.
pub(crate) fn prime(prime: &[u8]) -> Vec<u8> {
    let length = u16::try_from(prime.len()).unwrap().to_be_bytes();
    message(12, &[length.as_slice(), prime, &[0, 1, 2, 0, 1, 9], &[4, 1, 0, 1, 7]].concat())
}

/// A certificate of the lab.
pub(crate) fn certificate() -> Vec<u8> {
    LabCertificate::healthy(OffsetDateTime::from_unix_timestamp(NOW).unwrap()).der().to_vec()
}

/// These messages in records of this many bytes.
pub(crate) fn in_records(version: u16, messages: &[Vec<u8>], size: usize) -> Vec<u8> {
    messages.concat().chunks(size).flat_map(|part| record(22, version, part)).collect()
}

/// A whole flight and what is to be read of it.
pub(crate) struct Flight {
    pub(crate) rung: Rung,
    pub(crate) bytes: Vec<u8>,
    pub(crate) session: Session,
    pub(crate) chain: usize,
    pub(crate) key_exchange: Option<KeyExchange>,
}

/// What a server of rustls answers to our own hello.
pub(crate) fn of_rustls(rung: Rung, version: &'static SupportedProtocolVersion) -> Vec<u8> {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateDer::from(
        rcgen::CertificateParams::new(vec!["lab.rdp-probe.test".to_owned()]).unwrap().self_signed(&key).unwrap(),
    );
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_protocol_versions(&[version]).unwrap().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate], key).unwrap();
    let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
    connection.read_tls(&mut &*hello(ClientHello::new(rung))).unwrap();
    let _refused = connection.process_new_packets();
    let mut flight = Vec::new();
    while connection.wants_write() {
        connection.write_tls(&mut flight).unwrap();
    }
    flight
}

/// Flights of every kind that is to be read: of rustls, and made by hand for what rustls does not do.
pub(crate) fn whole() -> Vec<Flight> {
    let x25519 = Some(KeyExchange::Ecdhe { group: 0x001D });
    let rows = [
        (Rung::Wide, of_rustls(Rung::Wide, &TLS12), 0x0303, 0xC02C, 1, x25519),
        (Rung::Tls12, of_rustls(Rung::Tls12, &TLS12), 0x0303, 0xC02C, 1, x25519),
        (Rung::Tls13, of_rustls(Rung::Tls13, &TLS13), 0x0304, 0x1302, 0, x25519),
        (
            Rung::Wide,
            by_hand(0x0301, 0xC014, Some(curve(0x0017)), 1),
            0x0301,
            0xC014,
            1,
            Some(KeyExchange::Ecdhe { group: 0x0017 }),
        ),
        (
            Rung::Wide,
            by_hand(0x0302, DHE_RSA_AES_256_CBC, Some(prime(&[0xFF; 128])), 2),
            0x0302,
            DHE_RSA_AES_256_CBC,
            2,
            Some(KeyExchange::Dhe { bits: 1024 }),
        ),
        (Rung::Wide, by_hand(0x0303, RSA_AES_128_CBC, None, 1), 0x0303, RSA_AES_128_CBC, 1, Some(KeyExchange::Rsa)),
    ];
    let flight = |(rung, bytes, version, suite, chain, key_exchange)| Flight {
        rung,
        bytes,
        session: Session { version, suite },
        chain,
        key_exchange,
    };
    rows.into_iter().map(flight).collect()
}

/// A flight with so many certificates, in records that messages share and span, a warning between them.
fn by_hand(version: u16, suite: u16, key_exchange: Option<Vec<u8>>, chain: usize) -> Vec<u8> {
    let certificate = certificate();
    let chain = vec![certificate.as_slice(); chain];
    let messages = [server_hello(version, suite, &[]), certificates(&chain), key_exchange.unwrap_or_default(), done()];
    let records = in_records(version, &messages, 300);
    let warning = record(21, version, &[1, 112]);
    [&records[..305], &warning, &records[305..]].concat()
}
