//! Bytes that are no RDP, down to the outline that they are recognised by.

use std::iter;
use std::ops::Range;

/// Types of TPDUs (X.224 section 13.3 to 13.7), and how long they are with the TPKT header before them: Connection
/// Confirm and Disconnect Request, and Data with choice and reason of an MCS ultimatum.
const CONFIRM: u8 = 0xD0;
const DISCONNECT_REQUEST: u8 = 0x80;
const DATA: u8 = 0xF0;
const FIXED: usize = 11;
const DATA_FIXED: usize = 9;
const HEADER: usize = 6;

/// The length of negotiation data ([MS-RDPBCGR] 2.2.1.2.1, 2.2.1.2.2).
const NEGOTIATION: usize = 8;

/// The longest TPKT that is looked at.
const LONGEST: usize = 512;

/// The bytes of an RDP negotiation: of each TPKT at the beginning the part in which nothing can be named.
fn negotiation(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut kept = Vec::new();
    let mut start = 0_usize;
    while let Some(packet @ [3, ..]) = bytes.get(start..) {
        let fixed = match packet.get(5) {
            Some(code) if code & 0xF0 == CONFIRM && matches!(packet.get(FIXED), Some(2 | 3)) => FIXED + NEGOTIATION,
            Some(code) if code & 0xF0 == CONFIRM || *code == DISCONNECT_REQUEST => FIXED,
            Some(&DATA) => DATA_FIXED,
            // Of others, header and type.
            _ => HEADER,
        };
        let length = match packet {
            [_, _, high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
            // Cut off before its length.
            cut => cut.len(),
        };
        kept.push(start..start.saturating_add(fixed.min(length)));
        if !(HEADER..=LONGEST).contains(&length) {
            break;
        }
        start = start.saturating_add(length);
    }
    kept
}

/// Masks all bytes but those of an RDP negotiation, and punctuation.
pub(super) fn blank(bytes: &[u8]) -> Vec<u8> {
    let kept = negotiation(bytes);
    let mut masked: Vec<u8> = bytes.iter().map(|byte| stand_in(*byte)).collect();
    for range in kept {
        let range = range.start..range.end.min(bytes.len());
        if let (Some(to), Some(from)) = (masked.get_mut(range.clone()), bytes.get(range)) {
            to.copy_from_slice(from);
        }
    }
    masked
}

/// What stands in for a byte: an `x`, unless it is ASCII and can name nothing.
fn stand_in(byte: u8) -> u8 {
    match byte {
        b' ' | b'\t' | b'\r' | b'\n' => byte,
        byte if byte.is_ascii_punctuation() => byte,
        _ => b'x',
    }
}

/// The masked bytes, and the fewest others that have to stay for the result to be that of the bytes.
pub(super) fn draw<R: PartialEq>(bytes: &[u8], masked: &[u8], result: impl Fn(&[u8]) -> R) -> Vec<u8> {
    let wanted = result(bytes);
    let mut drawn = bytes.to_vec();
    let mut ranges: Vec<_> = iter::once(0..bytes.len()).collect();
    while let Some(range) = ranges.pop() {
        let mut tried = drawn.clone();
        if let (Some(to), Some(from)) = (tried.get_mut(range.clone()), masked.get(range.clone())) {
            to.copy_from_slice(from);
        }
        if result(&tried) == wanted {
            drawn = tried;
        } else if range.len() > 1 {
            let middle = range.start.midpoint(range.end);
            // The front is tried first: names stand before what a greeting is known by more often than behind it.
            ranges.extend([middle..range.end, range.start..middle]);
        }
    }
    drawn
}
