//! Bytes in DER (X.690) that are copied only where it is said that they may be; all others are zeros.

use std::ops::Range;

use x509_parser::asn1_rs::{FromDer as _, Header};

/// A byte of which no number of them begins an element: a tag that goes on without end.
const UNREADABLE: u8 = 0xFF;

/// A source, and what may be seen of it.
pub(super) struct Masked<'a> {
    source: &'a [u8],
    seen: Vec<u8>,
}

/// An element: its tag number, whether others are in it, and where its content lies.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) tag: u32,
    pub(super) constructed: bool,
    pub(super) content: Range<usize>,
}

impl<'a> Masked<'a> {
    /// Nothing can be seen.
    pub(super) fn new(source: &'a [u8]) -> Self {
        Self { source, seen: vec![0; source.len()] }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.seen
    }

    pub(super) fn whole(&self) -> Range<usize> {
        0..self.source.len()
    }

    /// What the source has there.
    pub(super) fn source(&self, range: Range<usize>) -> &'a [u8] {
        self.source.get(range).unwrap_or_default()
    }

    /// Shows what the source has there.
    pub(super) fn keep(&mut self, range: Range<usize>) {
        let source = self.source(range.clone());
        self.put(range.start, source);
    }

    /// Shows these bytes instead, as far as there is room.
    pub(super) fn put(&mut self, start: usize, bytes: &[u8]) {
        let room = self.seen.get_mut(start..).unwrap_or_default();
        room.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    }

    /// Takes the next element off a range and shows its tag and length; `None` at the end, or where there is none that
    /// can be read: what is there then becomes something that cannot either.
    pub(super) fn next(&mut self, rest: &mut Range<usize>) -> Option<Element> {
        let element = self.read(rest.clone());
        match &element {
            Some(Element { content, .. }) => {
                self.keep(rest.start..content.start);
                rest.start = content.end;
            }
            None => self.put(rest.start, &vec![UNREADABLE; rest.len()]),
        }
        element
    }

    fn read(&self, range: Range<usize>) -> Option<Element> {
        let (element, length) = self.header(range.clone())?;
        let end = element.content.start.checked_add(length).filter(|end| *end <= range.end)?;
        Some(Element { content: element.content.start..end, ..element })
    }

    /// An element whose content is taken to be all the rest, and the length that it says it has.
    fn header(&self, range: Range<usize>) -> Option<(Element, usize)> {
        let source = self.source(range.clone());
        let (behind, header) = Header::from_der(source).ok()?;
        let length = header.length().definite().ok()?;
        let content = range.end.checked_sub(behind.len())?..range.end;
        Some((Element { tag: header.tag().0, constructed: header.is_constructed(), content }, length))
    }

    /// Takes the whole rest as one element, whatever length it says it has, and shows its tag and that length.
    pub(super) fn last(&mut self, rest: Range<usize>) -> Option<Element> {
        let (element, _) = self.header(rest.clone())?;
        self.keep(rest.start..element.content.start);
        Some(element)
    }
}

/// An INTEGER of the same sign and as many bits, with nothing in between: the smallest odd one, where it is not 0.
pub(super) fn bare_integer(integer: &[u8]) -> Vec<u8> {
    let mut bare = vec![0; integer.len()];
    let Some(first) = integer.iter().position(|byte| *byte != 0) else { return bare };
    if let Some(last) = bare.last_mut() {
        *last = 1;
    }
    if let (Some(to), Some(from)) = (bare.get_mut(first), integer.get(first)) {
        *to |= 0x80 >> from.leading_zeros();
    }
    bare
}
