//! Masks what was said inside TLS.

use std::ops::Range;

use bytes::Bytes;

use super::names::Names;
use super::outline;
use crate::credssp::{Layout, layout, mask};
use crate::evidence::{Dangers, Evidence, Known, Plan, Trust};
use crate::transcript::Transcript;

/// A broken pair of target information stays one: it says that more follows than can.
const ENDLESS: [u8; 4] = [0xFF; 4];

/// Masks messages, down to what they are read by, and whatever came in place of one, down to what it is recognised by.
pub(super) fn masked(mut evidence: Evidence, names: &mut Names) -> Evidence {
    let Some(mut credssp) = evidence.credssp.clone() else { return evidence };
    // Whether it came as far is no matter of these bytes.
    let plan = Plan {
        trust: Trust::Observe,
        thumbprints: Vec::new(),
        known: Known::Unasked,
        dangers: Dangers { any_certificate: true, ..evidence.plan.dangers },
        ..evidence.plan.clone()
    };
    let seen = Evidence { plan, ..evidence.clone() };
    credssp.replace_heard(|index, bytes| {
        let message = mask(bytes, |message| ntlm(message, names));
        message.unwrap_or_else(|| outline::draw(bytes, &outline::blank(bytes), |bytes| result(&seen, index, bytes)))
    });
    evidence.credssp = Some(credssp);
    evidence
}

/// What it comes to if the server sends these bytes in this place.
fn result(seen: &Evidence, index: usize, bytes: &[u8]) -> impl PartialEq + use<> {
    let mut credssp = seen.credssp.clone().unwrap_or_default();
    credssp.replace_heard(|at, before| if at == index { bytes.to_vec() } else { before.to_vec() });
    let seen = Transcript::from(&Evidence { credssp: Some(credssp), ..seen.clone() }).replay();
    let events = seen.credssp.iter().flat_map(|credssp| &credssp.events).map(|event| event.at).collect::<Vec<_>>();
    (seen.stage, seen.end, seen.closed, seen.nla, events)
}

/// A message of NTLM of the same length. A name that lies across something else is zeros there: what was read of it, would be read
/// in another way once that is masked.
fn ntlm(message: &[u8], names: &mut Names) -> Vec<u8> {
    let Layout { target_name, is_wide, values, plain, endless } = layout(message);
    let mut masked = vec![0; message.len()];
    let mut put = |start: usize, bytes: &[u8]| {
        let room = masked.get_mut(start..).unwrap_or_default();
        room.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    };
    let of = |range: &Range<usize>| message.get(range.clone()).unwrap_or_default();
    let is_free = |name: &Range<usize>| !plain.iter().chain(&endless).any(|other| overlap(name, other));
    if is_free(&target_name) && !values.iter().any(|value| overlap(value, &target_name)) {
        let name = of(&target_name);
        // In some code page, where it is not Unicode.
        let text = || name.iter().copied().map(char::from).collect::<String>();
        put(target_name.start, &if is_wide { wide(name, names) } else { names.characters(&text()).into() });
    }
    for value in values.iter().filter(|value| is_free(value)) {
        put(value.start, &wide(of(value), names));
    }
    if let Some(range) = &endless {
        put(range.start, ENDLESS.get(..range.len().min(ENDLESS.len())).unwrap_or_default());
    }
    for range in &plain {
        put(range.start, of(range));
    }
    masked
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// A name in UTF-16LE. The byte behind an odd one is left out.
fn wide(bytes: &[u8], names: &mut Names) -> Bytes {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
    let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    names.wide(&text).encode_utf16().flat_map(u16::to_le_bytes).collect()
}
