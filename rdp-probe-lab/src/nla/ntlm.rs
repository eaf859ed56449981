//! The server's side of NTLM 2 ([MS-NLMP]): the CHALLENGE, and what an AUTHENTICATE proves.

use md4::{Digest as _, Md4};
use rdp_probe::codes::NtStatus;
use rsa::rand_core::{OsRng, RngCore as _};

use super::seal::{Rc4, Session, hmac_md5};
use super::users::{Account, find};

const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";
/// The fixed part of a CHALLENGE.
const FIXED: usize = 56;
/// The place of the MIC in an AUTHENTICATE, and its length.
const MIC: std::ops::Range<usize> = 72..88;
/// `NTLMSSP_NEGOTIATE_KEY_EXCH`: the client chooses the session's key.
const KEY_EXCHANGE: u32 = 0x4000_0000;
/// What is agreed to, of what a client asks for.
const AGREED: u32 = 0xE208_8235;
/// Target information, and the version: always sent.
const ALWAYS: u32 = 0x0280_0000;
/// Whether the target is a domain, or a server.
const DOMAIN: u32 = 0x0001_0000;
const SERVER: u32 = 0x0002_0000;

/// Seconds from 1601, where a FILETIME begins, to 1970.
const EPOCH: i64 = 11_644_473_600;

/// What a server of Network Level Authentication says of itself in its CHALLENGE. A name that is empty is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NtlmHost {
    /// `MsvAvNbComputerName`.
    pub netbios_computer: String,
    /// `MsvAvNbDomainName`, which is also the name of the target.
    pub netbios_domain: String,
    /// `MsvAvDnsComputerName`.
    pub dns_computer: String,
    /// `MsvAvDnsDomainName`.
    pub dns_domain: String,
    /// `MsvAvDnsTreeName`.
    pub dns_forest: String,
    /// Major, minor and build of the operating system.
    pub version: (u8, u8, u16),
    /// The flags; `None` for those that a client asks for, as far as the lab knows them.
    pub flags: Option<u32>,
    /// The server's clock, in seconds since 1970 UTC; `None` for the real one.
    pub clock: Option<i64>,
}

impl Default for NtlmHost {
    /// `LAB\TS01`, `ts01.lab.rdp-probe.test`, 10.0.20348, and the real time.
    fn default() -> Self {
        Self {
            netbios_computer: "TS01".to_owned(),
            netbios_domain: "LAB".to_owned(),
            dns_computer: "ts01.lab.rdp-probe.test".to_owned(),
            dns_domain: "lab.rdp-probe.test".to_owned(),
            dns_forest: "rdp-probe.test".to_owned(),
            version: (10, 0, 20348),
            flags: None,
            clock: None,
        }
    }
}

impl NtlmHost {
    /// A CHALLENGE of this server to a client that asks for these flags.
    #[must_use]
    pub fn challenge(&self, asked: u32) -> Vec<u8> {
        let mut nonce = [0; 8];
        OsRng.fill_bytes(&mut nonce);
        let name = utf16(&self.netbios_domain);
        let info = self.target_info();
        let kind = if self.netbios_domain == self.netbios_computer { SERVER } else { DOMAIN };
        let flags = self.flags.unwrap_or(asked & AGREED | ALWAYS | kind);
        let (major, minor, build) = self.version;
        let mut message = [SIGNATURE.as_slice(), &2_u32.to_le_bytes()].concat();
        message.extend(field(name.len(), FIXED));
        message.extend(flags.to_le_bytes());
        message.extend(nonce);
        message.extend([0; 8]);
        message.extend(field(info.len(), FIXED + name.len()));
        message.extend([major, minor]);
        message.extend(build.to_le_bytes());
        message.extend([0, 0, 0, 15]);
        [message, name, info].concat()
    }

    fn target_info(&self) -> Vec<u8> {
        let names = [
            (2, &self.netbios_domain),
            (1, &self.netbios_computer),
            (4, &self.dns_domain),
            (3, &self.dns_computer),
            (5, &self.dns_forest),
        ];
        let named = names.into_iter().filter(|(_, name)| !name.is_empty());
        let mut info: Vec<u8> = named.flat_map(|(id, name)| pair(id, &utf16(name))).collect();
        let clock = self.clock.unwrap_or_else(|| time::OffsetDateTime::now_utc().unix_timestamp());
        let ticks = u64::try_from(clock.saturating_add(EPOCH)).unwrap_or_default().saturating_mul(10_000_000);
        info.extend(pair(7, &ticks.to_le_bytes()));
        info.extend(pair(0, &[]));
        info
    }
}

pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub(super) fn text(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    String::from_utf16_lossy(&units)
}

/// The NT hash of a password ([MS-NLMP] 3.3.1).
pub(super) fn nt_hash(password: &str) -> [u8; 16] {
    Md4::digest(utf16(password)).into()
}

fn pair(id: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    [&[id, 0], length.to_le_bytes().as_slice(), value].concat()
}

/// Length, room and place of something behind the fixed part.
fn field(length: usize, at: usize) -> [u8; 8] {
    let length = u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes();
    let [a, b, c, d] = u32::try_from(at).unwrap_or(u32::MAX).to_le_bytes();
    [length[0], length[1], length[0], length[1], a, b, c, d]
}

/// The flags that a NEGOTIATE asks for; `None` where it is none.
pub(super) fn asked_flags(negotiate: &[u8]) -> Option<u32> {
    let flags = negotiate.get(12..)?.first_chunk()?;
    (negotiate.starts_with(SIGNATURE) && negotiate.get(8) == Some(&1)).then(|| u32::from_le_bytes(*flags))
}

/// An AUTHENTICATE, as it came.
pub(super) struct Authenticate<'a> {
    message: &'a [u8],
    proof: [u8; 16],
    /// What the proof is over, beside the server's nonce.
    blob: &'a [u8],
    pub(super) domain: String,
    pub(super) user: String,
    session_key: &'a [u8],
    flags: u32,
}

impl<'a> Authenticate<'a> {
    pub(super) fn parse(message: &'a [u8]) -> Option<Self> {
        if !message.starts_with(SIGNATURE) || message.get(8) != Some(&3) {
            return None;
        }
        let field = |at: usize| {
            let length = usize::from(u16::from_le_bytes(*message.get(at..)?.first_chunk()?));
            let offset = usize::try_from(u32::from_le_bytes(*message.get(at + 4..)?.first_chunk()?)).ok()?;
            message.get(offset..offset.checked_add(length)?)
        };
        let (proof, blob) = field(20)?.split_first_chunk()?;
        Some(Self {
            message,
            proof: *proof,
            blob,
            domain: text(field(28)?),
            user: text(field(36)?),
            session_key: field(52)?,
            flags: u32::from_le_bytes(*message.get(60..)?.first_chunk()?),
        })
    }

    /// The session that stands with it, or why the server refuses.
    pub(super) fn judge(
        &self,
        accounts: &[Account],
        negotiate: &[u8],
        challenge: &[u8],
    ) -> Result<(Session, Account), NtStatus> {
        const LOGON_FAILURE: NtStatus = NtStatus(0xC000_006D);
        let account = find(accounts, &self.domain, &self.user).ok_or(LOGON_FAILURE)?;
        let identity = utf16(&format!("{}{}", self.user.to_uppercase(), self.domain));
        let response_key = hmac_md5(&account.nt_hash, &[&identity]);
        let nonce = challenge.get(24..32).unwrap_or_default();
        if hmac_md5(&response_key, &[nonce, self.blob]) != self.proof {
            return Err(LOGON_FAILURE);
        }
        let base = hmac_md5(&response_key, &[&self.proof]);
        let key = match self.session_key.first_chunk::<16>() {
            Some(sealed) if self.flags & KEY_EXCHANGE != 0 => Rc4::new(&base).apply(sealed).try_into().unwrap_or(base),
            _ => base,
        };
        if !self.is_whole(&key, negotiate, challenge) {
            return Err(LOGON_FAILURE);
        }
        // A server says what is wrong with an account to those alone who know its password.
        account.refusal.map_or_else(|| Ok((Session::new(&key), account.clone())), Err)
    }

    /// Whether the message integrity code, where the client says that there is one, fits all three messages.
    fn is_whole(&self, key: &[u8; 16], negotiate: &[u8], challenge: &[u8]) -> bool {
        let Some(code) = self.message.get(MIC).filter(|_| self.says_mic()) else { return true };
        let mut blank = self.message.to_vec();
        blank[MIC].fill(0);
        hmac_md5(key, &[negotiate, challenge, &blank]) == code
    }

    /// Bit 1 of `MsvAvFlags` in the client's target information.
    fn says_mic(&self) -> bool {
        let mut pairs = self.blob.get(28..).unwrap_or_default();
        while let Some((&[id, _, low, high], rest)) = pairs.split_first_chunk::<4>() {
            let Some((value, more)) = rest.split_at_checked(usize::from(u16::from_le_bytes([low, high]))) else {
                break;
            };
            match id {
                0 => break,
                6 => return value.first().is_some_and(|flags| flags & 2 != 0),
                _ => pairs = more,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [MS-NLMP] 4.2.2.1.2, and the well-known hash of nothing.
    #[test]
    fn the_hash_of_a_password() {
        let of_password =
            [0xa4, 0xf4, 0x9c, 0x40, 0x65, 0x10, 0xbd, 0xca, 0xb6, 0x82, 0x4e, 0xe7, 0xc3, 0x0f, 0xd8, 0x52];
        assert_eq!(nt_hash("Password"), of_password);
        assert_eq!(nt_hash("")[..4], [0x31, 0xd6, 0xcf, 0xe0]);
    }

    #[test]
    fn a_challenge_says_what_it_was_told_to() {
        let host = NtlmHost { clock: Some(1_800_000_000), dns_forest: String::new(), ..NtlmHost::default() };
        let read = rdp_probe::credssp::Challenge::parse(&host.challenge(0xE208_8237)).unwrap();
        assert_eq!((read.flaw, read.unix_time(), read.dns_forest.clone()), (None, Some(1_800_000_000), None));
        assert_eq!(read.netbios_computer.as_deref(), Some("TS01"));
        assert_eq!(read.version.map(|version| version.build), Some(20348));
    }
}
