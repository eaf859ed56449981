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
    /// Those that a certificate has as text, and the fewest characters that it has them in.
    spelled: BTreeMap<IpAddr, usize>,
    /// Up to where the stand-ins of IPv4 are taken or do not fit, for each length that is wanted; and those of IPv6, for the
    /// short ones and the others. So none is looked at again.
    next_v4: BTreeMap<Option<usize>, u32>,
    next_v6: BTreeMap<bool, u128>,
}

impl Addresses {
    /// None so far, but the same ones are known to be spelled out.
    pub(super) fn anew(self) -> Self {
        Self { spelled: self.spelled, ..Self::default() }
    }

    pub(super) fn note_spelled(&mut self, address: IpAddr, length: usize) {
        let fewest = self.spelled.entry(address).or_insert(length);
        *fewest = length.min(*fewest);
    }

    /// Loopback and the address that is none are the same everywhere.
    pub(super) fn stand_in(&mut self, address: IpAddr) -> IpAddr {
        if address.is_loopback() || address.is_unspecified() {
            return address;
        }
        if let Some(known) = self.stand_ins.get(&address) {
            return *known;
        }
        let spelled = self.spelled.get(&address).copied();
        let stand_in = if address.is_ipv4() { self.v4(spelled) } else { self.v6(spelled) };
        self.stand_ins.insert(address, stand_in);
        self.taken.insert(stand_in);
        stand_in
    }

    /// The next one that is free, of this length if one is wanted: from the networks for documentation, else from those
    /// that are no host's (240.0.0.0/4, and for the short ones 0.0.0.0/8; RFC 6890 section 2.2.2).
    fn v4(&mut self, wanted: Option<usize>) -> IpAddr {
        let reserved: u32 = match wanted {
            Some(..=8) => 1,
            Some(15..) => 0xF064_6464,
            _ => 0xF000_0000,
        };
        let fits = |address: &Ipv4Addr| wanted.is_none_or(|wanted| length(*address) == wanted);
        let next = self.next_v4.entry(wanted).or_default();
        let all = (*next..).map_while(|index| nth_v4(index, reserved).map(|address| (index, address)));
        let mut free = all.filter(|(_, address)| fits(address) && !self.taken.contains(&IpAddr::from(*address)));
        let (index, address) = free.next().unwrap_or((u32::MAX, Ipv4Addr::UNSPECIFIED));
        *next = index;
        address.into()
    }

    /// The next one that is free, for documentation; or, where it has to be shorter, one with zeros before its end,
    /// which is no host's either (RFC 4291 section 2.5.5.1).
    fn v6(&mut self, wanted: Option<usize>) -> IpAddr {
        const SHORTEST: usize = "2001:db8::1".len();
        let short = wanted.is_some_and(|wanted| wanted < SHORTEST);
        let next = self.next_v6.entry(short).or_insert(if short { 2 } else { DOCUMENTATION_V6 | 1 });
        let mut free = (*next..=u128::MAX).filter(|number| !self.taken.contains(&Ipv6Addr::from(*number).into()));
        *next = free.next().unwrap_or_default();
        Ipv6Addr::from(*next).into()
    }
}

/// The stand-ins of IPv4 by number: those for documentation, then 2^24 from there on; `None` behind them.
fn nth_v4(index: u32, reserved: u32) -> Option<Ipv4Addr> {
    /// In each of the networks for documentation.
    const HOSTS: u32 = 254;
    let number = if let Some(network) = DOCUMENTATION.get(usize::try_from(index / HOSTS).ok()?) {
        network.start().checked_add(index % HOSTS)?
    } else {
        let behind = index.checked_sub(HOSTS.saturating_mul(3))?;
        reserved.checked_add(behind).filter(|_| behind <= 0x00FF_FFFF)?
    };
    Some(Ipv4Addr::from(number))
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
    let longer = (0..=5).map(|zeros| {
        let inner = ":0".repeat(zeros);
        let gap = if zeros == 5 { ":" } else { "::" };
        format!("{first:x}:{second:x}{inner}{gap}{last:x}")
    });
    let texts = std::iter::once(address.to_string()).chain(longer);
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
