//! DER (X.690) as far as `CredSSP` needs it: tags of one byte, definite lengths of at most four.

/// `SEQUENCE`.
pub(crate) const SEQUENCE: u8 = 0x30;
/// `INTEGER`.
pub(crate) const INTEGER: u8 = 0x02;
/// `OCTET STRING`.
pub(crate) const OCTETS: u8 = 0x04;
/// `OBJECT IDENTIFIER`.
pub(crate) const OBJECT: u8 = 0x06;
/// `ENUMERATED`.
pub(crate) const ENUMERATED: u8 = 0x0A;

/// The tag of a context's own, constructed.
pub(crate) const fn context(number: u8) -> u8 {
    0xA0 | number
}

/// Takes the next element off the front: its tag and its content. `None` where it is not whole.
pub(crate) fn next<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&tag, behind) = rest.split_first()?;
    let (&first, mut behind) = behind.split_first()?;
    let mut length = usize::from(first);
    if first & 0x80 != 0 {
        let count = usize::from(first & 0x7F);
        let (digits, more) = behind.split_at_checked(count).filter(|_| (1..=4).contains(&count))?;
        length = digits.iter().fold(0, |value: usize, digit| value << 8 | usize::from(*digit));
        behind = more;
    }
    let (content, more) = behind.split_at_checked(length)?;
    *rest = more;
    Some((tag, content))
}

/// The content of the element that these bytes begin with, if it has this tag.
pub(crate) fn content(tag: u8, mut bytes: &[u8]) -> Option<&[u8]> {
    next(&mut bytes).filter(|(found, _)| *found == tag).map(|(_, content)| content)
}

/// The value of an `INTEGER`, of at most eight bytes.
pub(crate) fn integer(bytes: &[u8]) -> Option<i64> {
    let digits = content(INTEGER, bytes)?;
    let sign = if digits.first()? & 0x80 == 0 { 0 } else { -1 };
    (digits.len() <= 8).then(|| digits.iter().fold(sign, |value: i64, digit| value << 8 | i64::from(*digit)))
}

/// How many bytes an element takes whose content has so many.
#[must_use]
pub(crate) const fn size(length: usize) -> usize {
    let header = match length {
        0..=0x7F => 2,
        0x80..=0xFF => 3,
        0x100..=0xFFFF => 4,
        0x1_0000..=0xFF_FFFF => 5,
        _ => 6,
    };
    header + length
}

/// Writes tag and length of an element whose content follows.
pub(crate) fn header(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    let digits: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|digit| *digit == 0).collect();
    match (length, u8::try_from(digits.len())) {
        (0..=0x7F, _) => out.push(digits.first().copied().unwrap_or_default()),
        (_, Ok(count)) => {
            out.push(0x80 | count);
            out.extend_from_slice(&digits);
        }
        (_, Err(_)) => {}
    }
}

/// An element with this content.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(size(content.len()));
    header(&mut out, tag, content.len());
    out.extend_from_slice(content);
    out
}
