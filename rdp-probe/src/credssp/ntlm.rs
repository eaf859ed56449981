//! NTLM as far as it needs no secret: the NEGOTIATE message, and what a CHALLENGE says of its server ([MS-NLMP] 2.2.1).

use std::ops::Range;

use bytes::Bytes;

/// The first bytes of each message.
pub(super) const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";

/// What a client of today asks for: Unicode, the target's name, signing and sealing with 128 bits and a key of its own,
/// extended session security, the version.
const CLIENT_FLAGS: u32 = 0xE208_8237;

/// `NTLMSSP_NEGOTIATE_UNICODE`: names are UTF-16LE.
const UNICODE: u32 = 0x0000_0001;

/// `NTLMSSP_NEGOTIATE_VERSION`: the version field means something.
const VERSION: u32 = 0x0200_0000;

/// `MsvAvTimestamp` ([MS-NLMP] 2.2.2.1).
const TIMESTAMP: u16 = 7;

/// The version field of our own message, as Windows 10 and Server 2019 fill it: 10.0.17763, revision 15.
const OWN_VERSION: [u8; 8] = [10, 0, 0x63, 0x45, 0, 0, 0, 15];

/// Seconds from 1601, where a FILETIME begins, to 1970.
const EPOCH: i64 = 11_644_473_600;

/// The NEGOTIATE message ([MS-NLMP] 2.2.1.1). It names nobody, so it is no attempt to log on.
#[must_use]
pub fn negotiate() -> Bytes {
    let mut message = SIGNATURE.to_vec();
    message.extend_from_slice(&1_u32.to_le_bytes());
    message.extend_from_slice(&CLIENT_FLAGS.to_le_bytes());
    // Neither domain nor workstation.
    message.extend_from_slice(&[0; 16]);
    message.extend_from_slice(&OWN_VERSION);
    message.into()
}

/// What a CHALLENGE message says of the server ([MS-NLMP] 2.2.1.2). Names are as the server sent them, and nobody has proven
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Challenge {
    /// The flags that the server chose ([MS-NLMP] 2.2.2.5).
    pub flags: u32,
    /// The name that it authenticates for: of its domain, or its own.
    pub target_name: Option<String>,
    /// The operating system's version, where the flags say that there is one.
    pub version: Option<NtlmVersion>,
    /// `MsvAvNbComputerName`.
    pub netbios_computer: Option<String>,
    /// `MsvAvNbDomainName`.
    pub netbios_domain: Option<String>,
    /// `MsvAvDnsComputerName`.
    pub dns_computer: Option<String>,
    /// `MsvAvDnsDomainName`.
    pub dns_domain: Option<String>,
    /// `MsvAvDnsTreeName`: the forest.
    pub dns_forest: Option<String>,
    /// `MsvAvTimestamp`: the server's clock, in 100 ns since 1601 UTC.
    pub timestamp: Option<u64>,
    /// What is wrong with the message behind its fixed part. What could be read all the same stands above.
    pub flaw: Option<ChallengeFlaw>,
}

/// An operating system's version ([MS-NLMP] 2.2.2.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NtlmVersion {
    /// `ProductMajorVersion`: 10 for Windows 10 and 11, and for Server 2016 and later.
    pub major: u8,
    /// `ProductMinorVersion`.
    pub minor: u8,
    /// `ProductBuild`: 20348 is Server 2022, 26100 Server 2025.
    pub build: u16,
}

/// What is wrong with a CHALLENGE message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum ChallengeFlaw {
    /// The name of the target lies outside the message.
    #[error("the target's name lies outside the message")]
    TargetName,
    /// The information on the target lies outside the message.
    #[error("the target information lies outside the message")]
    TargetInfo,
    /// A pair in it goes on behind its end, or the list has no end.
    #[error("the list of target information has no end")]
    AvPairs,
}

impl Challenge {
    /// Reads a CHALLENGE message; `None` where it is none, or too short for its fixed part.
    #[must_use]
    pub fn parse(message: &[u8]) -> Option<Self> {
        let kind = number(message, 8)?;
        if !message.starts_with(SIGNATURE) || kind != 2 {
            return None;
        }
        let flags = number(message, 20)?;
        // The server's challenge; whoever sends less sends no CHALLENGE.
        message.get(24..32)?;
        let mut challenge = Self { flags, ..Self::default() };
        match field(message, 12) {
            Some(name) => challenge.target_name = challenge.text(name),
            None => challenge.flaw = Some(ChallengeFlaw::TargetName),
        }
        if flags & VERSION != 0
            && let Some(&[major, minor, low, high]) = message.get(48..52).and_then(|bytes| bytes.first_chunk())
        {
            challenge.version = Some(NtlmVersion { major, minor, build: u16::from_le_bytes([low, high]) });
        }
        // Servers older than NTLM 2 send no such field.
        if message.len() >= 48 {
            match field(message, 40) {
                Some(info) => challenge.read_info(info),
                None => challenge.flaw = challenge.flaw.or(Some(ChallengeFlaw::TargetInfo)),
            }
        }
        Some(challenge)
    }

    /// The server's clock, in seconds since 1970 UTC.
    #[must_use]
    pub fn unix_time(&self) -> Option<i64> {
        i64::try_from(self.timestamp? / 10_000_000).ok()?.checked_sub(EPOCH)
    }

    /// Reads the pairs ([MS-NLMP] 2.2.2.1). Of two with the same name the first counts.
    fn read_info(&mut self, mut info: &[u8]) {
        let is_there = !info.is_empty();
        while let Some((id, value)) = pair(&mut info) {
            match id {
                0 => return,
                1 => keep(&mut self.netbios_computer, value),
                2 => keep(&mut self.netbios_domain, value),
                3 => keep(&mut self.dns_computer, value),
                4 => keep(&mut self.dns_domain, value),
                5 => keep(&mut self.dns_forest, value),
                TIMESTAMP => {
                    self.timestamp = self.timestamp.or(value.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)));
                }
                _ => {}
            }
        }
        if is_there {
            self.flaw = self.flaw.or(Some(ChallengeFlaw::AvPairs));
        }
    }

    /// A name in the form that the flags say. The other form is of the server's code page, which nobody tells.
    fn text(&self, bytes: &[u8]) -> Option<String> {
        let text = if self.flags & UNICODE != 0 { utf16(bytes) } else { String::from_utf8_lossy(bytes).into_owned() };
        (!text.is_empty()).then_some(text)
    }
}

fn keep(name: &mut Option<String>, value: &[u8]) {
    if name.is_none() && !value.is_empty() {
        *name = Some(utf16(value));
    }
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    });
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn number(message: &[u8], at: usize) -> Option<u32> {
    message.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// What the field at this place points to: length, room, offset. Nothing is nothing, wherever it points.
fn field(message: &[u8], at: usize) -> Option<&[u8]> {
    message.get(field_range(message, at)?)
}

fn field_range(message: &[u8], at: usize) -> Option<Range<usize>> {
    let length = usize::from(u16::from_le_bytes(*message.get(at..)?.first_chunk()?));
    if length == 0 {
        return Some(0..0);
    }
    let offset = usize::try_from(number(message, at.checked_add(4)?)?).ok()?;
    Some(offset..offset.checked_add(length)?).filter(|range| range.end <= message.len())
}

/// Takes a pair off the front: its number and its value. The last one, of number zero, has none, whatever it says.
fn pair<'a>(info: &mut &'a [u8]) -> Option<(u16, &'a [u8])> {
    let (&[id, high_id, low, high], rest) = info.split_first_chunk::<4>()?;
    let id = u16::from_le_bytes([id, high_id]);
    let length = if id == 0 { 0 } else { usize::from(u16::from_le_bytes([low, high])) };
    let (value, rest) = rest.split_at_checked(length)?;
    *info = rest;
    Some((id, value))
}

/// Where the parts of a CHALLENGE lie.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// The name of the target.
    pub(crate) target_name: Range<usize>,
    /// Whether it is UTF-16LE.
    pub(crate) is_wide: bool,
    /// Values of pairs, which are UTF-16LE if they are text.
    pub(crate) values: Vec<Range<usize>>,
    /// What nobody is named in: headers, flags, version, and the clock.
    pub(crate) plain: Vec<Range<usize>>,
    /// Where the list of pairs goes on behind its end.
    pub(crate) endless: Option<Range<usize>>,
}

/// Where the parts of a message of NTLM lie. Of one that is no CHALLENGE no more is plain than what it is.
pub(crate) fn layout(message: &[u8]) -> Layout {
    let mut layout = Layout::default();
    let Some(challenge) = Challenge::parse(message) else {
        layout.plain.push(0..message.len().min(12));
        return layout;
    };
    layout.target_name = field_range(message, 12).unwrap_or_default();
    layout.is_wide = challenge.flags & UNICODE != 0;
    layout.plain.push(0..24);
    if challenge.version.is_some() {
        layout.plain.push(48..52);
    }
    if message.len() < 48 {
        return layout;
    }
    layout.plain.push(40..48);
    let info = field_range(message, 40).unwrap_or_default();
    let mut rest = message.get(info.clone()).unwrap_or_default();
    loop {
        let start = info.end.saturating_sub(rest.len());
        let Some((id, value)) = pair(&mut rest) else {
            layout.endless = (!info.is_empty()).then_some(start..info.end);
            return layout;
        };
        let value = start.saturating_add(4)..start.saturating_add(4).saturating_add(value.len());
        layout.plain.push(start..value.start);
        match id {
            0 => return layout,
            TIMESTAMP => layout.plain.push(value.start..value.end.min(value.start.saturating_add(8))),
            1..=5 => layout.values.push(value),
            _ => {}
        }
    }
}
