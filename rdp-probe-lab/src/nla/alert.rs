//! An alert of the server's choice behind the handshake. TLS libraries send those alone that they find reason for.

use std::io;

use rustls::crypto::cipher::{OutboundChunks, OutboundPlainMessage};
use rustls::{ConnectionTrafficSecrets, ContentType, ProtocolVersion, ServerConnection};

/// The record of a fatal alert, as the connection would encrypt it (RFC 8446 5.2).
///
/// # Errors
/// If the connection is not of TLS 1.3.
pub(super) fn alert(connection: ServerConnection, number: u8) -> io::Result<Vec<u8>> {
    let suite = connection.negotiated_cipher_suite().and_then(|suite| suite.tls13());
    let suite = suite.ok_or_else(|| io::Error::other("alerts are sent in TLS 1.3 alone"))?;
    let (sequence, secrets) = connection.dangerous_extract_secrets().map_err(io::Error::other)?.tx;
    let (ConnectionTrafficSecrets::Aes128Gcm { key, iv }
    | ConnectionTrafficSecrets::Aes256Gcm { key, iv }
    | ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv }) = secrets
    else {
        return Err(io::Error::other("the suite is not known here"));
    };
    let plain = OutboundPlainMessage {
        typ: ContentType::Alert,
        version: ProtocolVersion::TLSv1_2,
        payload: OutboundChunks::Single(&[2, number]),
    };
    let record = suite.aead_alg.encrypter(key, iv).encrypt(plain, sequence).map_err(io::Error::other)?;
    Ok(record.encode())
}
