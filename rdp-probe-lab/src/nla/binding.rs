//! How both sides say which key they see ([MS-CSSP] 3.1.5).

use rsa::sha2::{Digest as _, Sha256};

use super::act::NlaAct;
use super::der::{SEQUENCE, find, inside};
use crate::key::LabKey;

const FROM_CLIENT: &[u8] = b"CredSSP Client-To-Server Binding Hash\0";
const FROM_SERVER: &[u8] = b"CredSSP Server-To-Client Binding Hash\0";
const BIT_STRING: u8 = 3;

/// The key that TLS was held with, and the client's nonce, where both sides have one.
pub(super) struct Binding {
    key: Vec<u8>,
    nonce: Option<Vec<u8>>,
}

impl Binding {
    pub(super) fn new(key: LabKey, nonce: Option<Vec<u8>>) -> Self {
        // The first byte of a BIT STRING says how many bits are left over.
        let bits = inside(&[SEQUENCE], key.spki_der()).and_then(|spki| find(BIT_STRING, spki)).unwrap_or_default();
        Self { key: bits.get(1..).unwrap_or_default().to_vec(), nonce }
    }

    /// What the client has to say.
    pub(super) fn of_client(&self) -> Vec<u8> {
        self.nonce.as_ref().map_or_else(|| self.key.clone(), |nonce| hash(FROM_CLIENT, nonce, &self.key))
    }

    /// What the server says.
    pub(super) fn of_server(&self, act: Option<&NlaAct>) -> Vec<u8> {
        match (act, &self.nonce) {
            (Some(NlaAct::Echo), _) => self.of_client(),
            (Some(NlaAct::OtherKey), Some(nonce)) => hash(FROM_SERVER, nonce, b"another key"),
            (Some(NlaAct::OtherKey), None) => vec![0x30; self.key.len()],
            (Some(NlaAct::WithoutNonce), _) | (_, None) => self.incremented(),
            (_, Some(nonce)) => hash(FROM_SERVER, nonce, &self.key),
        }
    }

    fn incremented(&self) -> Vec<u8> {
        let mut key = self.key.clone();
        key.first_mut().iter_mut().for_each(|first| **first = first.wrapping_add(1));
        key
    }
}

fn hash(magic: &[u8], nonce: &[u8], key: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(magic).chain_update(nonce).chain_update(key).finalize().to_vec()
}
