//! Messages of `CredSSP` without what is nobody's to see: everything is zeros but what they are read by.

use std::ops::Range;

use super::der::{self, ENUMERATED, INTEGER, OBJECT, OCTETS, SEQUENCE, context};
use super::spnego::{APPLICATION, Mechanism, SPNEGO};
use super::ts_request::length_of_length;

/// An element that goes on behind its end, whatever that is.
const ENDLESS: [u8; 2] = [0, 0x80];

/// The longest number that is kept; readers take no longer one.
const NUMBER: usize = 8;

/// A message, or the beginning of one, of the same length: it is read as before, but tokens, keys and credentials are zeros.
/// What stands in for a message of NTLM, `ntlm` says. `None` for what does not begin like a message, or goes on behind it.
pub(crate) fn mask<N: FnMut(&[u8]) -> Vec<u8>>(message: &[u8], ntlm: N) -> Option<Vec<u8>> {
    let header = length_of_length(*message.first_chunk()?)?.checked_add(2)?;
    let mut masker = Masker { source: message, out: vec![0; message.len()], ntlm };
    masker.keep(0..header.min(message.len()));
    let mut rest = message;
    if der::next(&mut rest).is_some() {
        if !rest.is_empty() {
            return None;
        }
        masker.fields(header..message.len());
    }
    Some(masker.out)
}

struct Masker<'a, N> {
    source: &'a [u8],
    out: Vec<u8>,
    ntlm: N,
}

impl<N: FnMut(&[u8]) -> Vec<u8>> Masker<'_, N> {
    fn of(&self, range: Range<usize>) -> &[u8] {
        self.source.get(range).unwrap_or_default()
    }

    fn put(&mut self, start: usize, bytes: &[u8]) {
        let room = self.out.get_mut(start..).unwrap_or_default();
        room.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    }

    fn keep(&mut self, range: Range<usize>) {
        let bytes = self.source.get(range.clone()).unwrap_or_default();
        let room = self.out.get_mut(range).unwrap_or_default();
        room.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    }

    /// The next element, as [`der::next`] takes it: tag, header, content.
    fn peek(&self, rest: &Range<usize>) -> Option<(u8, Range<usize>, Range<usize>)> {
        let bytes = self.of(rest.clone());
        let mut behind = bytes;
        let (tag, content) = der::next(&mut behind)?;
        let end = rest.end.checked_sub(behind.len())?;
        let start = end.checked_sub(content.len())?;
        Some((tag, rest.start..start, start..end))
    }

    /// Takes the next element off the front and keeps its header. One that is not whole stays one.
    fn next(&mut self, rest: &mut Range<usize>) -> Option<(u8, Range<usize>)> {
        let Some((tag, header, content)) = self.peek(rest) else {
            self.put(rest.start, ENDLESS.get(..rest.len().min(ENDLESS.len())).unwrap_or_default());
            return None;
        };
        self.keep(header);
        rest.start = content.end;
        Some((tag, content))
    }

    /// The content of the first element, if it has this tag; its header is kept then.
    fn content(&mut self, tag: u8, rest: Range<usize>) -> Option<Range<usize>> {
        let (_, header, content) = self.peek(&rest).filter(|(found, ..)| *found == tag)?;
        self.keep(header);
        Some(content)
    }

    /// The fields of a `TSRequest`.
    fn fields(&mut self, mut rest: Range<usize>) {
        while let Some((tag, content)) = self.next(&mut rest) {
            match tag {
                0xA0 | 0xA4 => self.value(INTEGER, content, NUMBER),
                0xA1 => self.tokens(content).unwrap_or_default(),
                0xA2 | 0xA3 | 0xA5 => self.value(OCTETS, content, 0),
                _ => {}
            }
        }
    }

    /// A value, which is kept where it is no longer than that.
    fn value(&mut self, tag: u8, rest: Range<usize>, most: usize) {
        if let Some(content) = self.content(tag, rest).filter(|content| content.len() <= most) {
            self.keep(content);
        }
    }

    fn tokens(&mut self, rest: Range<usize>) -> Option<()> {
        let mut list = self.content(SEQUENCE, rest)?;
        while let Some((tag, one)) = self.next(&mut list) {
            if tag == SEQUENCE
                && let Some(octets) = self.content(context(0), one)
                && let Some(token) = self.content(OCTETS, octets)
            {
                self.token(token);
            }
        }
        Some(())
    }

    fn token(&mut self, token: Range<usize>) -> Option<()> {
        if self.of(token.clone()).starts_with(b"NTLMSSP\0") {
            self.ntlm(token);
            return None;
        }
        let (tag, ..) = self.peek(&token)?;
        match tag {
            APPLICATION => {
                let mut content = self.content(tag, token)?;
                let (found, object) = self.next(&mut content)?;
                if found == OBJECT && self.of(object.clone()) == SPNEGO {
                    self.keep(object);
                }
                let (tag, ..) = self.peek(&content)?;
                self.negotiation(tag, content)
            }
            tag => self.negotiation(tag, token),
        }
    }

    /// `NegTokenInit`, or `NegTokenResp`.
    fn negotiation(&mut self, tag: u8, rest: Range<usize>) -> Option<()> {
        if !matches!(tag, 0xA0 | 0xA1) {
            return None;
        }
        let wrapper = self.content(tag, rest)?;
        let mut fields = self.content(SEQUENCE, wrapper)?;
        while let Some((field, content)) = self.next(&mut fields) {
            match (field, tag) {
                (0xA0, 0xA0) => self.mechanisms(content),
                (0xA0, _) => self.value(ENUMERATED, content, 1),
                (0xA1, 0xA1) => {
                    if let Some(object) = self.content(OBJECT, content) {
                        self.mechanism(object);
                    }
                }
                (0xA2, _) => {
                    let inner = self.content(OCTETS, content);
                    if let Some(inner) = inner.filter(|inner| self.of(inner.clone()).starts_with(b"NTLMSSP\0")) {
                        self.ntlm(inner);
                    }
                }
                _ => {}
            }
        }
        Some(())
    }

    fn mechanisms(&mut self, rest: Range<usize>) {
        let Some(mut list) = self.content(SEQUENCE, rest) else { return };
        while let Some((tag, object)) = self.next(&mut list) {
            if tag == OBJECT {
                self.mechanism(object);
            }
        }
    }

    /// One that is not known may be anybody's own.
    fn mechanism(&mut self, object: Range<usize>) {
        if Mechanism::of(self.of(object.clone())) != Mechanism::Unknown {
            self.keep(object);
        }
    }

    fn ntlm(&mut self, message: Range<usize>) {
        let masked = (self.ntlm)(self.source.get(message.clone()).unwrap_or_default());
        self.put(message.start, &masked);
    }
}
