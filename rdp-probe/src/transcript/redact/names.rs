//! Names, and what stands in for them: the same for the same, another for another, over a whole transcript.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::address::{Addresses, spelled};

/// Everything that was masked so far, with its stand-in.
///
/// Stand-ins are numbered by first appearance among those of their length, so that what is masked already is masked by
/// itself.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// By token and length of the stand-in, in lower case.
    tokens: BTreeMap<(String, usize), String>,
    /// How many tokens there are of each length, of digits alone and otherwise.
    counts: BTreeMap<(usize, bool), usize>,
    blobs: BTreeMap<Vec<u8>, Vec<u8>>,
    blob_counts: BTreeMap<usize, usize>,
    /// Certificates and keys that are told apart by a number.
    numbered: [BTreeMap<Vec<u8>, u32>; 2],
    addresses: Addresses,
}

/// What is told apart by a number in place of itself.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numbered {
    Certificate,
    Key,
}

/// Part of a name: a token is masked, what stands between tokens is kept.
fn in_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii()
}

impl Names {
    /// Empty again, and prepared for the addresses that certificates spelled out before.
    pub(super) fn spelling_out(before: Self) -> Self {
        Self { addresses: before.addresses.anew(), ..Self::default() }
    }

    pub(super) fn address(&mut self, address: IpAddr) -> IpAddr {
        self.addresses.stand_in(address)
    }

    /// A host as it stands in a target: a name or an address, perhaps with a zone, perhaps with a dot at its end.
    pub(super) fn host(&mut self, host: &str) -> String {
        let bare = host.strip_suffix('.').unwrap_or(host);
        let (address, zone) = bare.split_once('%').map_or((bare, None), |(address, zone)| (address, Some(zone)));
        let Ok(address) = address.parse::<IpAddr>() else { return self.no_address(host) };
        let mut text = self.address(address).to_string();
        // With a zone it is no address that a certificate could be for, and stays none.
        if let Some(zone) = zone {
            text.push('%');
            text.push_str(&self.tokens(zone, char::len_utf8));
        }
        text.push_str(host.get(bare.len()..).unwrap_or_default());
        text
    }

    /// Text of a certificate, in as many bytes of UTF-8.
    pub(super) fn text(&mut self, text: &str) -> String {
        let address = text.parse::<IpAddr>().ok();
        if let Some(address) = address {
            self.addresses.note_spelled(address, text.len());
        }
        let address = address.and_then(|address| spelled(self.address(address), text.len()));
        address.unwrap_or_else(|| self.no_address(text))
    }

    /// What is no address becomes none: of the letters that stand for others, some are digits of IPv6, and of the digits, some have no zero
    /// before them.
    fn no_address(&mut self, text: &str) -> String {
        let masked = self.tokens(text, char::len_utf8);
        let bare = masked.strip_suffix('.').unwrap_or(&masked);
        let address = bare.split_once('%').map_or(bare, |(address, _)| address);
        if address.parse::<IpAddr>().is_err() {
            return masked;
        }
        let (parts, dot) = (if bare.contains(':') { ':' } else { '.' }, masked.get(bare.len()..).unwrap_or_default());
        bare.replace(parts, "-") + dot
    }

    /// Text in as many characters, which are all ASCII.
    pub(super) fn characters(&mut self, text: &str) -> String {
        self.tokens(text, |_| 1)
    }

    /// Text in as many units of UTF-16, which are all ASCII.
    pub(super) fn wide(&mut self, text: &str) -> String {
        self.tokens(text, char::len_utf16)
    }

    fn tokens(&mut self, text: &str, width: fn(char) -> usize) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let inside = in_token(first);
            let end = rest.find(|c| in_token(c) != inside).unwrap_or(rest.len());
            let (part, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if inside {
                self.push_token(&mut masked, part, width);
            } else {
                masked.push_str(part);
            }
            rest = behind;
        }
        masked
    }

    /// The stand-in, with capitals where the token has them: names that differ in case alone go on doing so.
    fn push_token(&mut self, masked: &mut String, token: &str, width: fn(char) -> usize) {
        let length = token.chars().map(width).sum();
        let stand_in = self.stand_in(token, length);
        let capitals = token.chars().flat_map(|c| std::iter::repeat_n(c.is_ascii_uppercase(), width(c)));
        let letters = stand_in.chars().zip(capitals);
        masked.extend(letters.map(|(c, capital)| if capital { c.to_ascii_uppercase() } else { c }));
    }

    fn stand_in(&mut self, token: &str, length: usize) -> String {
        let key = (token.to_ascii_lowercase(), length);
        if let Some(known) = self.tokens.get(&key) {
            return known.clone();
        }
        let digits = token.bytes().all(|byte| byte.is_ascii_digit());
        let number = count(&mut self.counts, (length, digits));
        let stand_in = if digits { numeral(number, length, b'0', 10) } else { numeral(number, length, b'a', 26) };
        let stand_in: String = stand_in.into_iter().map(char::from).collect();
        self.tokens.insert(key, stand_in.clone());
        stand_in
    }

    /// A number for these bytes: 0 for the first of its kind that was seen.
    pub(super) fn number(&mut self, kind: Numbered, bytes: &[u8]) -> u32 {
        let [certificates, keys] = &mut self.numbered;
        let known = match kind {
            Numbered::Certificate => certificates,
            Numbered::Key => keys,
        };
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry(bytes.to_vec()).or_insert(next)
    }

    /// A stand-in for bytes that are no text: all below 128, as object identifiers want it.
    pub(super) fn blob(&mut self, bytes: &[u8]) -> Vec<u8> {
        if let Some(known) = self.blobs.get(bytes) {
            return known.clone();
        }
        let number = count(&mut self.blob_counts, bytes.len());
        let stand_in = numeral(number, bytes.len(), 0, 128);
        self.blobs.insert(bytes.to_vec(), stand_in.clone());
        stand_in
    }
}

/// Counts one more, and says how many there were before.
fn count<K: Ord>(counts: &mut BTreeMap<K, usize>, key: K) -> usize {
    let count = counts.entry(key).or_default();
    let before = *count;
    *count = before.saturating_add(1);
    before
}

/// A number to some base in so many digits; its highest ones are lost where they are too few.
fn numeral(number: usize, length: usize, zero: u8, base: u8) -> Vec<u8> {
    let mut digits = vec![zero; length];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        *digit = zero.saturating_add(u8::try_from(rest % usize::from(base)).unwrap_or_default());
        rest /= usize::from(base);
    }
    digits
}
