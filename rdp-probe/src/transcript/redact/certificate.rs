//! Masks certificates (RFC 5280), in place.

use std::net::IpAddr;
use std::ops::Range;

use x509_parser::objects::oid_registry;
use x509_parser::oid_registry::{
    OID_KEY_TYPE_DSA, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION, OID_PKCS1_RSASSAPSS,
    OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE,
    OID_X509_EXT_SUBJECT_ALT_NAME, Oid,
};

use super::der::{Element, Masked, bare_integer};
use super::names::{Names, Numbered};
use crate::certificate::{Certificate, SERVER_PURPOSES};

/// Tags (X.680 section 8.6).
const BOOLEAN: u32 = 1;
const INTEGER: u32 = 2;
const OBJECT_IDENTIFIER: u32 = 6;
const UTF8_STRING: u32 = 12;
const NUMERIC_STRING: u32 = 18;
const PRINTABLE_STRING: u32 = 19;
const IA5_STRING: u32 = 22;
const UNIVERSAL_STRING: u32 = 28;
const BMP_STRING: u32 = 30;

/// The tag of a certificate's extensions (RFC 5280 section 4.1).
const EXTENSIONS: u32 = 3;

/// The other types of strings: `ObjectDescriptor`, `TeletexString`, `VideotexString`, and from `GraphicString` to
/// `GeneralString`. They have a byte a character here.
const BYTE_STRINGS: [u32; 6] = [7, 20, 21, 25, 26, 27];

/// The length of a number of 32 bits, behind a zero that keeps it positive.
const SMALL: usize = 5;

/// The length of the number that tells different keys and certificates apart.
const NUMBER: usize = 4;

/// How deep the parameters of an algorithm are looked into.
const DEPTH: usize = 6;

/// Object identifiers of PKIX (1.3.6.1.5.5.7) and of certificate extensions (2.5.29), which are nobody's own.
const STANDARD: [&[u8]; 2] = [&[0x2B, 6, 1, 5, 5, 7], &[0x55, 0x1D]];

/// A certificate of the same length that says nothing of whom it is for, and the same of everything that is judged. What
/// cannot be read as a certificate becomes zeros, which cannot either.
pub(super) fn mask(der: &[u8], names: &mut Names) -> Vec<u8> {
    let mut masker = Masker { der: Masked::new(der), names };
    if Certificate::parse(der).is_some() {
        masker.certificate();
    }
    masker.der.into_bytes()
}

/// Where something cannot be read, its reader gives up with `None`, and whoever called it goes on behind it.
struct Masker<'a, 'b> {
    der: Masked<'a>,
    names: &'b mut Names,
}

impl Masker<'_, '_> {
    /// The signature is not kept: a number stands in it.
    fn certificate(&mut self) -> Option<()> {
        let mut rest = self.der.whole();
        let mut rest = self.der.next(&mut rest)?.content;
        let signed = self.der.next(&mut rest)?;
        let algorithm = self.der.next(&mut rest)?;
        let signature = self.der.next(&mut rest)?;
        self.algorithm(algorithm.content);
        let whole = self.der.source(self.der.whole());
        self.number(Numbered::Certificate, whole, 1, signature.content);
        self.signed_part(signed.content)
    }

    fn signed_part(&mut self, mut rest: Range<usize>) -> Option<()> {
        let mut serial = self.der.next(&mut rest)?;
        if serial.tag == 0 {
            // The version.
            self.numbers(serial.content, 0);
            serial = self.der.next(&mut rest)?;
        }
        self.integer(serial.content);
        let algorithm = self.der.next(&mut rest)?;
        self.algorithm(algorithm.content);
        let (issuer, validity) = (self.der.next(&mut rest)?, self.der.next(&mut rest)?);
        let (subject, key) = (self.der.next(&mut rest)?, self.der.next(&mut rest)?);
        self.name(subject.content);
        self.name(issuer.content);
        self.validity(validity.content);
        self.key(key.content);
        // Unique identifiers of issuer and subject may come first. Readers do not ask how long the last element is.
        while let Some(element) = self.der.last(rest.clone()) {
            if element.tag == EXTENSIONS {
                self.extensions(element.content);
                break;
            }
            self.der.next(&mut rest)?;
        }
        Some(())
    }

    fn integer(&mut self, content: Range<usize>) {
        let bare = bare_integer(self.der.source(content.clone()));
        self.der.put(content.start, &bare);
    }

    /// Puts the number that this has at the end of some content, if there is room behind its first `before` bytes.
    fn number(&mut self, kind: Numbered, of: &[u8], before: usize, content: Range<usize>) {
        let start = content.end.saturating_sub(NUMBER);
        if start >= content.start.saturating_add(before) {
            let number = self.names.number(kind, of);
            self.der.put(start, &number.to_be_bytes());
        }
    }

    /// An integer in which the number of a key stands: not in the bits that its size and its being odd depend on.
    fn numbered_integer(&mut self, key: &[u8], content: Range<usize>) {
        let source = self.der.source(content.clone());
        let first = source.iter().position(|byte| *byte != 0).unwrap_or(source.len());
        self.integer(content.clone());
        let inside = content.start..content.end.saturating_sub(1);
        self.number(Numbered::Key, key, first.saturating_add(1), inside);
    }

    fn validity(&mut self, mut rest: Range<usize>) -> Option<()> {
        let (from, to) = (self.der.next(&mut rest)?, self.der.next(&mut rest)?);
        self.der.keep(from.content);
        self.der.keep(to.content);
        Some(())
    }

    /// An `AlgorithmIdentifier`: what it is called, and of its parameters the names of others.
    fn algorithm(&mut self, mut rest: Range<usize>) -> Option<()> {
        let name = self.der.next(&mut rest)?;
        self.der.keep(name.content);
        self.numbers(rest, DEPTH);
        Some(())
    }

    /// Nested elements, of which small numbers, flags and object identifiers are kept.
    fn numbers(&mut self, mut rest: Range<usize>, depth: usize) {
        while let Some(Element { tag, constructed, content }) = self.der.next(&mut rest) {
            match tag {
                _ if constructed && depth > 0 => self.numbers(content, depth.saturating_sub(1)),
                BOOLEAN | INTEGER if content.len() <= SMALL => self.der.keep(content),
                INTEGER => self.integer(content),
                OBJECT_IDENTIFIER => self.der.keep(content),
                _ => {}
            }
        }
    }

    /// A `SubjectPublicKeyInfo`: algorithm and size, and a number that is that of no other key.
    fn key(&mut self, whole: Range<usize>) -> Option<()> {
        let info = self.der.source(whole.clone());
        let mut rest = whole;
        let (algorithm, key) = (self.der.next(&mut rest)?, self.der.next(&mut rest)?);
        self.algorithm(algorithm.content.clone());
        let mut rest = algorithm.content;
        let name = self.der.next(&mut rest)?.content;
        let name = Oid::new(self.der.source(name).into());
        // The first byte of a BIT STRING counts the bits that its last one lacks.
        let mut bits = key.content.start.checked_add(1)?..key.content.end;
        if name == OID_PKCS1_RSAENCRYPTION || name == OID_PKCS1_RSASSAPSS {
            let mut rest = self.der.next(&mut bits)?.content;
            let modulus = self.der.next(&mut rest)?;
            self.numbered_integer(info, modulus.content);
            let exponent = self.der.next(&mut rest)?;
            self.integer(exponent.content);
        } else if name == OID_KEY_TYPE_DSA {
            let number = self.der.next(&mut bits)?;
            self.numbered_integer(info, number.content);
        } else {
            self.number(Numbered::Key, info, 1, bits.clone());
            let form: &[u8] = match self.der.source(bits.clone()) {
                [4, ..] => &[4],
                [2 | 3, ..] => &[2],
                _ => &[],
            };
            self.der.put(bits.start, if name == OID_KEY_TYPE_EC_PUBLIC_KEY { form } else { &[] });
        }
        Some(())
    }

    /// A `Name`: the types of its attributes, and their values masked.
    fn name(&mut self, mut rest: Range<usize>) {
        while let Some(mut relative) = self.der.next(&mut rest) {
            while let Some(mut attribute) = self.der.next(&mut relative.content) {
                if let Some(kind) = self.der.next(&mut attribute.content) {
                    self.identifier(kind.content);
                }
                if let Some(value) = self.der.next(&mut attribute.content) {
                    self.value(value);
                }
            }
        }
    }

    fn value(&mut self, Element { tag, content, .. }: Element) {
        match tag {
            UTF8_STRING | NUMERIC_STRING | PRINTABLE_STRING | IA5_STRING => self.text(content),
            UNIVERSAL_STRING => self.wide_text(content, 4),
            BMP_STRING => self.wide_text(content, 2),
            tag if BYTE_STRINGS.contains(&tag) => self.wide_text(content, 1),
            _ => self.blob(content),
        }
    }

    /// Text in UTF-8, or else what is none either.
    fn text(&mut self, content: Range<usize>) {
        let source = self.der.source(content.clone());
        if let Ok(text) = std::str::from_utf8(source) {
            let masked = self.names.text(text);
            self.der.put(content.start, masked.as_bytes());
        } else {
            self.no_text(content);
        }
    }

    /// What is no text, and begins with a byte that none does. It is never empty: that would be text.
    fn no_text(&mut self, content: Range<usize>) {
        let start = content.start;
        self.blob(content);
        self.der.put(start, &[0xFF]);
    }

    /// Text with so many bytes a character, or else what is none either.
    fn wide_text(&mut self, content: Range<usize>, width: usize) {
        // Half of a surrogate pair becomes a character for private use, by which it still differs from others.
        let character = |unit: &[u8]| match unit {
            [high @ 0xD8..=0xDF, low] => char::from_u32(u32::from_be_bytes([0, 0x0F, *high, *low])),
            [_, ..] if unit.len() == width => {
                char::from_u32(unit.iter().fold(0, |number: u32, byte| number << 8 | u32::from(*byte)))
            }
            _ => None,
        };
        let text: Option<String> = self.der.source(content.clone()).chunks(width).map(character).collect();
        let Some(text) = text else { return self.no_text(content) };
        let masked = self.names.characters(&text);
        let units = masked.bytes().flat_map(|byte| std::iter::repeat_n(0, width.saturating_sub(1)).chain([byte]));
        self.der.put(content.start, &units.collect::<Vec<_>>());
    }

    fn blob(&mut self, content: Range<usize>) {
        let masked = self.names.blob(self.der.source(content.clone()));
        self.der.put(content.start, &masked);
    }

    /// An object identifier, if it is a known one: others may be a company's own.
    fn identifier(&mut self, content: Range<usize>) {
        let source = self.der.source(content.clone());
        let identifier = Oid::new(source.into());
        let known = STANDARD.iter().any(|standard| source.starts_with(standard))
            || oid_registry().get(&identifier).is_some()
            || SERVER_PURPOSES.contains(&identifier.to_id_string().as_str());
        if known { self.der.keep(content) } else { self.blob(content) }
    }

    fn extensions(&mut self, mut rest: Range<usize>) {
        let Some(mut list) = self.der.next(&mut rest) else { return };
        while let Some(extension) = self.der.next(&mut list.content) {
            self.extension(extension.content);
        }
    }

    fn extension(&mut self, mut rest: Range<usize>) -> Option<()> {
        let kind = self.der.next(&mut rest)?.content;
        self.identifier(kind.clone());
        let mut value = self.der.next(&mut rest)?;
        if value.tag == BOOLEAN {
            self.der.keep(value.content.start..value.content.end.min(value.content.start.saturating_add(1)));
            value = self.der.next(&mut rest)?;
        }
        let kind = Oid::new(self.der.source(kind).into());
        let mut content = value.content;
        if kind == OID_X509_EXT_SUBJECT_ALT_NAME {
            let names = self.der.next(&mut content)?;
            self.general_names(names.content);
        } else if kind == OID_X509_EXT_EXTENDED_KEY_USAGE {
            let mut purposes = self.der.next(&mut content)?.content;
            while let Some(purpose) = self.der.next(&mut purposes) {
                self.identifier(purpose.content);
            }
        } else if kind == OID_X509_EXT_KEY_USAGE {
            // Nine bits are in use: two bytes, behind the one that counts unused bits.
            let bits = self.der.next(&mut content)?.content;
            self.der.keep(bits.start..bits.end.min(bits.start.saturating_add(3)));
        } else if kind == OID_X509_EXT_BASIC_CONSTRAINTS {
            self.numbers(content, 1);
        }
        Some(())
    }

    /// Alternative names (RFC 5280 section 4.2.1.6), by their tags.
    fn general_names(&mut self, mut rest: Range<usize>) {
        while let Some(Element { tag, mut content, .. }) = self.der.next(&mut rest) {
            match tag {
                // rfc822Name, dNSName, uniformResourceIdentifier
                1 | 2 | 6 => self.text(content),
                // directoryName
                4 => {
                    if let Some(name) = self.der.next(&mut content) {
                        self.name(name.content);
                    }
                }
                // iPAddress
                7 => self.address(content),
                _ => {}
            }
        }
    }

    /// Four bytes or sixteen; others are no address that could match.
    fn address(&mut self, content: Range<usize>) {
        let source = self.der.source(content.clone());
        let v4 = <[u8; 4]>::try_from(source).map(IpAddr::from);
        let Ok(address) = v4.or_else(|_| <[u8; 16]>::try_from(source).map(IpAddr::from)) else { return };
        match self.names.address(address) {
            IpAddr::V4(masked) => self.der.put(content.start, &masked.octets()),
            IpAddr::V6(masked) => self.der.put(content.start, &masked.octets()),
        }
    }
}
