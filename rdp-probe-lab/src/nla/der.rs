//! DER (X.690) as far as `CredSSP` and SPNEGO need it.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const OBJECT: u8 = 0x06;
pub(super) const ENUMERATED: u8 = 0x0A;
pub(super) const SEQUENCE: u8 = 0x30;
/// `[APPLICATION 0]`, constructed: the first token of SPNEGO.
pub(super) const APPLICATION: u8 = 0x60;

/// The tag of a context's own, constructed.
pub(super) const fn context(number: u8) -> u8 {
    0xA0 | number
}

/// An element with this content.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length: Vec<u8> = content.len().to_be_bytes().into_iter().skip_while(|digit| *digit == 0).collect();
    let mut out = vec![tag];
    match (content.len(), length.as_slice()) {
        (0, _) => out.push(0),
        (1..=0x7F, digits) => out.extend(digits),
        (_, digits) => {
            out.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
            out.extend(digits);
        }
    }
    out.extend(content);
    out
}

/// Takes the next element off the front: its tag and its content.
pub(super) fn next<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&[tag, first], mut behind) = rest.split_first_chunk::<2>()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let (digits, more) =
            behind.split_at_checked(usize::from(first & 0x7F)).filter(|(digits, _)| digits.len() <= 4)?;
        length = digits.iter().fold(0, |value: usize, digit| value << 8 | usize::from(*digit));
        behind = more;
    }
    let (content, more) = behind.split_at_checked(length)?;
    *rest = more;
    Some((tag, content))
}

/// The content of the first element with this tag.
pub(super) fn find(tag: u8, mut bytes: &[u8]) -> Option<&[u8]> {
    loop {
        let (found, content) = next(&mut bytes)?;
        if found == tag {
            return Some(content);
        }
    }
}

/// The content of the element that these tags lead to, one inside the other.
pub(super) fn inside<'a>(tags: &[u8], bytes: &'a [u8]) -> Option<&'a [u8]> {
    tags.iter().try_fold(bytes, |content, tag| find(*tag, content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x1_0000] {
            let content = vec![7; length];
            let whole = element(OCTETS, &content);
            assert_eq!(inside(&[SEQUENCE, OCTETS], &element(SEQUENCE, &whole)), Some(content.as_slice()));
            assert_eq!(find(OCTETS, &whole[..whole.len() - 1]), None);
            assert_eq!(find(INTEGER, &whole), None);
        }
    }
}
