//! The cryptography of NTLM's session security ([MS-NLMP] 3.4), with 128 bits and a key of the session's own.

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::{Digest as _, Md5};

/// The length of a signature ([MS-NLMP] 2.2.2.9.1).
const SIGNATURE: usize = 16;

pub(super) fn md5(parts: &[&[u8]]) -> [u8; 16] {
    parts.iter().fold(Md5::new(), Md5::chain_update).finalize().into()
}

pub(super) fn hmac_md5(key: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    // A key may have any length.
    let mac = Hmac::<Md5>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&[0; 64].into()));
    parts.iter().fold(mac, Hmac::chain_update).finalize().into_bytes().into()
}

/// RC4, as [MS-NLMP] uses it.
#[derive(Clone)]
pub(super) struct Rc4 {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Rc4 {
    pub(super) fn new(key: &[u8; 16]) -> Self {
        let mut state = std::array::from_fn(|index| u8::try_from(index).unwrap_or_default());
        let mut j = 0_u8;
        for i in 0..=255_u8 {
            j = j.wrapping_add(state[usize::from(i)]).wrapping_add(key[usize::from(i) % key.len()]);
            state.swap(usize::from(i), usize::from(j));
        }
        Self { state, i: 0, j: 0 }
    }

    pub(super) fn apply(&mut self, bytes: &[u8]) -> Vec<u8> {
        let one = |byte: &u8| {
            self.i = self.i.wrapping_add(1);
            self.j = self.j.wrapping_add(self.state[usize::from(self.i)]);
            self.state.swap(usize::from(self.i), usize::from(self.j));
            let sum = self.state[usize::from(self.i)].wrapping_add(self.state[usize::from(self.j)]);
            byte ^ self.state[usize::from(sum)]
        };
        bytes.iter().map(one).collect()
    }
}

/// One direction of a session: its keys and the number of the next message.
struct Direction {
    signing: [u8; 16],
    sealing: Rc4,
    sequence: u32,
}

impl Direction {
    fn new(session_key: &[u8; 16], way: &str) -> Self {
        let key = |what: &str| {
            let magic = format!("session key to {way} {what} key magic constant\0");
            md5(&[session_key, magic.as_bytes()])
        };
        Self { signing: key("signing"), sealing: Rc4::new(&key("sealing")), sequence: 0 }
    }

    fn signature(&mut self, message: &[u8]) -> [u8; SIGNATURE] {
        let sequence = self.sequence.to_le_bytes();
        self.sequence = self.sequence.wrapping_add(1);
        let checksum = hmac_md5(&self.signing, &[&sequence, message]);
        let sealed = self.sealing.apply(&checksum[..8]);
        let mut signature = [0; SIGNATURE];
        signature[0] = 1;
        signature[4..12].copy_from_slice(&sealed);
        signature[12..].copy_from_slice(&sequence);
        signature
    }
}

/// The server's end of a session.
pub(super) struct Session {
    from_client: Direction,
    to_client: Direction,
}

impl Session {
    pub(super) fn new(session_key: &[u8; 16]) -> Self {
        Self {
            from_client: Direction::new(session_key, "client-to-server"),
            to_client: Direction::new(session_key, "server-to-client"),
        }
    }

    pub(super) fn seal(&mut self, message: &[u8]) -> Vec<u8> {
        let sealed = self.to_client.sealing.apply(message);
        [self.to_client.signature(message).as_slice(), &sealed].concat()
    }

    /// What the client sealed; `None` where it does not fit the session.
    pub(super) fn open(&mut self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (signature, data) = sealed.split_at_checked(SIGNATURE)?;
        let message = self.from_client.sealing.apply(data);
        (self.from_client.signature(&message) == signature).then_some(message)
    }

    /// The server's word on the list of mechanisms. It takes a number, and leaves the key stream as it is ([MS-SPNG] 3.3.5.1).
    pub(super) fn sign_list(&mut self, list: &[u8]) -> [u8; SIGNATURE] {
        Self::sign(&mut self.to_client, list)
    }

    /// Whether this is the client's word on the list of mechanisms.
    pub(super) fn takes_list(&mut self, list: &[u8], signature: &[u8]) -> bool {
        Self::sign(&mut self.from_client, list) == signature
    }

    fn sign(direction: &mut Direction, list: &[u8]) -> [u8; SIGNATURE] {
        let before = direction.sealing.clone();
        let signature = direction.signature(list);
        direction.sealing = before;
        signature
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of [MS-NLMP] 4.2.4.4: NTLM 2, sealed by the client.
    #[test]
    fn the_published_example_is_opened() {
        let sealed = [
            0x01, 0, 0, 0, 0x7f, 0xb3, 0x8e, 0xc5, 0xc5, 0x5d, 0x49, 0x76, 0, 0, 0, 0, 0x54, 0xe5, 0x01, 0x65, 0xbf,
            0x19, 0x36, 0xdc, 0x99, 0x60, 0x20, 0xc1, 0x81, 0x1b, 0x0f, 0x06, 0xfb, 0x5f,
        ];
        let plain: Vec<u8> = "Plaintext".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(Session::new(&[0x55; 16]).open(&sealed), Some(plain));
        let mut wrong = sealed;
        wrong[20] ^= 1;
        assert_eq!(Session::new(&[0x55; 16]).open(&wrong), None);
        assert_eq!(Session::new(&[0x55; 16]).open(&sealed[..15]), None);
    }
}
