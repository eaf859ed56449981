//! Addresses that stand in for others.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

/// The networks for documentation (RFC 5737): 192.0.2.0, 198.51.100.0 and 203.0.113.0, without their ends.
const DOCUMENTATION: [RangeInclusive<u32>; 3] =
    [0xC000_0201..=0xC000_02FE, 0xC633_6401..=0xC633_64FE, 0xCB00_7101..=0xCB00_71FE];

/// The prefix for documentation (RFC 3849).
const DOCUMENTATION_V6: u128 = 0x2001_0db8 << 96;

/// The addresses so far.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    stand_ins: BTreeMap<IpAddr, IpAddr>,
    taken: BTreeSet<IpAddr>,
    /// Those that a certificate has as text, where only text of the same length fits.
    spelled: BTreeSet<Ipv4Addr>,
    next_v6: u128,
}

impl Addresses {
    /// None so far, but the same ones are known to be spelled out.
    pub(super) fn anew(self) -> Self {
        Self { spelled: self.spelled, ..Self::default() }
    }

    pub(super) fn note_spelled(&mut self, address: Ipv4Addr) {
        self.spelled.insert(address);
    }

    /// Loopback is the same everywhere, and says something about a connection.
    pub(super) fn stand_in(&mut self, address: IpAddr) -> IpAddr {
        if address.is_loopback() {
            return address;
        }
        if let Some(known) = self.stand_ins.get(&address) {
            return *known;
        }
        let stand_in = match address {
            IpAddr::V4(v4) => self.v4(self.spelled.contains(&v4).then(|| length(v4))),
            IpAddr::V6(_) => {
                self.next_v6 = self.next_v6.saturating_add(1);
                Ipv6Addr::from(DOCUMENTATION_V6 | self.next_v6).into()
            }
        };
        self.stand_ins.insert(address, stand_in);
        self.taken.insert(stand_in);
        stand_in
    }

    /// The next one that is free, of this length if one is wanted: from the networks for documentation, else from those
    /// that are no host's (240.0.0.0/4, and for the short ones 0.0.0.0/8; RFC 6890 section 2.2.2).
    fn v4(&self, wanted: Option<usize>) -> IpAddr {
        let reserved: u32 = match wanted {
            Some(..=8) => 1,
            Some(15..) => 0xF064_6464,
            _ => 0xF000_0000,
        };
        let fits = |address: &Ipv4Addr| wanted.is_none_or(|wanted| length(*address) == wanted);
        let all = DOCUMENTATION.into_iter().flatten().chain(reserved..=reserved.saturating_add(0x00FF_FFFF));
        let mut free = all.map(Ipv4Addr::from).filter(fits).map(IpAddr::from);
        free.find(|address| !self.taken.contains(address)).unwrap_or(Ipv4Addr::UNSPECIFIED.into())
    }
}

/// Characters of an address in dotted form.
fn length(address: Ipv4Addr) -> usize {
    let digits = |octet: u8| match octet {
        0..=9 => 1,
        10..=99 => 2,
        _ => 3,
    };
    3 + address.octets().into_iter().map(digits).sum::<usize>()
}

/// An address in exactly so many characters; `None` if it cannot be written so.
pub(super) fn spelled(address: IpAddr, length: usize) -> Option<String> {
    let shortest = address.to_string();
    match address {
        _ if shortest.len() == length => Some(shortest),
        IpAddr::V4(_) => None,
        IpAddr::V6(address) => spelled_v6(address, length),
    }
}

/// IPv6 can be written longer: with zeros before each group, and with more groups in place of `::`.
fn spelled_v6(address: Ipv6Addr, length: usize) -> Option<String> {
    let groups = address.segments();
    let [first, second, .., last] = groups;
    // How many groups of zeros are written out: five are all that a documentation address has between its ends.
    let texts = (0..=5).map(|zeros| {
        let inner = ":0".repeat(zeros);
        let gap = if zeros == 5 { ":" } else { "::" };
        format!("{first:x}:{second:x}{inner}{gap}{last:x}")
    });
    texts.filter(|text| text.parse() == Ok(address)).find_map(|text| padded(&text, length))
}

/// Puts zeros before groups, each up to four digits, until the text is as long as it should be.
fn padded(text: &str, length: usize) -> Option<String> {
    let mut missing = length.checked_sub(text.len())?;
    let groups: Vec<String> = text
        .split(':')
        .map(|group| {
            let room = if group.is_empty() { 0 } else { 4_usize.saturating_sub(group.len()) };
            let zeros = room.min(missing);
            missing = missing.saturating_sub(zeros);
            "0".repeat(zeros) + group
        })
        .collect();
    (missing == 0).then(|| groups.join(":"))
}
