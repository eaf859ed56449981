//! Distinguished names as text (RFC 4514), in the order in which they are encoded.

use std::fmt::Write as _;

use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// The name, with everything escaped that could be taken for another attribute.
pub(super) fn print(name: &X509Name<'_>) -> String {
    let relative = name.iter().map(|relative| relative.iter().map(attribute).collect::<Vec<_>>().join("+"));
    relative.collect::<Vec<_>>().join(", ")
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type();
    let kind = oid2abbrev(oid, oid_registry()).map_or_else(|_| oid.to_id_string(), str::to_owned);
    let value = attribute.as_str().map_or_else(|_| format!("#{}", super::hex(attribute.as_slice())), escape);
    format!("{kind}={value}")
}

/// Escapes what has a meaning in a name, and what cannot be seen (RFC 4514 section 2.4).
fn escape(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    value.chars().enumerate().fold(String::with_capacity(value.len()), |mut text, (at, c)| {
        let edge = c == ' ' && (at == 0 || at == last) || c == '#' && at == 0;
        if edge || matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=') {
            text.push('\\');
            text.push(c);
        } else if c.is_control() {
            let mut utf8 = [0; 4];
            for byte in c.encode_utf8(&mut utf8).bytes() {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\{byte:02x}");
            }
        } else {
            text.push(c);
        }
        text
    })
}
