//! What binds `CredSSP` to the server's key: what the client says of it, and what the server should ([MS-CSSP] 3.1.5).

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::Conversation;
use crate::credssp::PATCHED_VERSION;

/// What is put in front of what the client, and what the server, hash to bind the key ([MS-CSSP] 3.1.5).
const CLIENT_HASH: &[u8] = b"CredSSP Client-To-Server Binding Hash\0";
const SERVER_HASH: &[u8] = b"CredSSP Server-To-Client Binding Hash\0";

impl Conversation {
    pub(super) fn has_nonce(&self) -> bool {
        self.nla.version.is_some_and(|version| version >= PATCHED_VERSION)
    }

    /// What the client says of the server's key: its hash with the nonce, or, before version 5, the key itself.
    pub(super) fn own_binding(&self) -> Bytes {
        let key = self.server_key();
        if self.has_nonce() { self.hash(CLIENT_HASH, &key) } else { key }
    }

    /// What the server should say of its key, and what it would say without the nonce.
    pub(super) fn expected_binding(&self) -> (Bytes, Option<Bytes>) {
        let key = self.server_key();
        let mut incremented = key.to_vec();
        if let Some(first) = incremented.first_mut() {
            *first = first.wrapping_add(1);
        }
        let old = Bytes::from(incremented);
        if self.has_nonce() { (self.hash(SERVER_HASH, &key), Some(old)) } else { (old, None) }
    }

    fn hash(&self, magic: &[u8], key: &[u8]) -> Bytes {
        let hash = Sha256::new().chain_update(magic).chain_update(self.random).chain_update(key).finalize();
        Bytes::copy_from_slice(&hash)
    }

    /// Whether TLS showed a key that credentials can be bound to.
    pub(super) fn has_key(&self) -> bool {
        !self.server_key().is_empty()
    }

    /// The `SubjectPublicKey` of the certificate that TLS showed; empty without one that can be read.
    fn server_key(&self) -> Bytes {
        let leaf = self.evidence.handshake.as_ref().and_then(|handshake| handshake.chain.first());
        leaf.and_then(crate::certificate::public_key).map(|(_, key)| key).unwrap_or_default()
    }
}
