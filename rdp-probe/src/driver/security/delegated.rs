//! `TSCredentials`: what is handed over in the end ([MS-CSSP] 2.2.1.2).

use sspi::Username;
use zeroize::Zeroizing;

use crate::credssp::der::{INTEGER, OCTETS, SEQUENCE, context, header, size};

/// `credType` of a password ([MS-CSSP] 2.2.1.2).
const PASSWORD: [u8; 3] = [INTEGER, 1, 1];

/// Domain, user and password as `TSPasswordCreds` ([MS-CSSP] 2.2.1.2.1), written in one piece, so that no copy stays behind.
pub(super) fn password(user: &Username, password: &str) -> Zeroizing<Vec<u8>> {
    let domain = domain(user);
    // A user principal name goes over as it is.
    let name = if domain.is_empty() { user.inner() } else { user.account_name() };
    encode([domain, name, password])
}

/// The same with nothing in it, as restricted admin has it.
pub(super) fn empty() -> Zeroizing<Vec<u8>> {
    encode([""; 3])
}

/// The domain of a down-level name; none of a user principal name, whose suffix is no `NetBIOS` name.
fn domain(user: &Username) -> &str {
    match user.parts() {
        sspi::UsernameParts::DownLevelLogonName(parts) => parts.netbios_domain().unwrap_or_default(),
        sspi::UsernameParts::UserPrincipalName(_) => "",
    }
}

fn encode(fields: [&str; 3]) -> Zeroizing<Vec<u8>> {
    let lengths = fields.map(|field| field.encode_utf16().count() * 2);
    let inner: usize = lengths.iter().map(|length| size(size(*length))).sum();
    let octets = size(inner);
    let content = size(PASSWORD.len()) + size(size(octets));
    let mut out = Zeroizing::new(Vec::with_capacity(size(content)));
    header(&mut out, SEQUENCE, content);
    header(&mut out, context(0), PASSWORD.len());
    out.extend_from_slice(&PASSWORD);
    header(&mut out, context(1), size(octets));
    header(&mut out, OCTETS, octets);
    header(&mut out, SEQUENCE, inner);
    for (number, (field, length)) in (0..).zip(fields.into_iter().zip(lengths)) {
        header(&mut out, context(number), size(length));
        header(&mut out, OCTETS, length);
        field.encode_utf16().for_each(|unit| out.extend_from_slice(&unit.to_le_bytes()));
    }
    out
}
