//! DER as attackers write it: elements of every size, in each other and in numbers.

/// The lowest byte of a number.
pub(crate) fn low(number: usize) -> u8 {
    number.to_le_bytes()[0]
}

/// An element, with its length in the fewest bytes.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits: Vec<u8> = length.into_iter().skip_while(|digit| *digit == 0).collect();
    match content.len() {
        0..=0x7F => [&[tag, low(content.len())], content].concat(),
        _ => [&[tag, 0x80 | low(digits.len())], digits.as_slice(), content].concat(),
    }
}

pub(crate) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// Elements in elements, as many as make up so many bytes. Lengths in two bytes, so that they can be told before.
pub(crate) fn nested(tag: u8, bytes: usize) -> Vec<u8> {
    let depth = bytes / 4;
    let headers = (1..=depth).rev().flat_map(|left| {
        let length = u16::try_from((left - 1) * 4).unwrap().to_be_bytes();
        [tag, 0x82, length[0], length[1]]
    });
    headers.collect()
}

/// As many as fit, each made from its number.
pub(crate) fn fill(bytes: usize, part: impl Fn(usize) -> Vec<u8>) -> Vec<Vec<u8>> {
    let count = bytes / part(0).len();
    (0..count).map(part).collect()
}

/// An object identifier of nobody, one for each number.
pub(crate) fn own_object(number: usize) -> Vec<u8> {
    vec![0x2B, 6, 1, 4, 1, 0x80 | low((number >> 7) % 126 + 1), low(number & 0x7F)]
}
