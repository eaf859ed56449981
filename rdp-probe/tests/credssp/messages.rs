//! Messages of `CredSSP`, SPNEGO and NTLM as servers write them, byte by byte, by nothing of the library.
#![allow(dead_code, reason = "each test uses its own part")]

/// 1.3.6.1.5.5.2, 1.3.6.1.4.1.311.2.2.10 and 1.2.840.48018.1.2.2.
pub(crate) const SPNEGO: &[u8] = &[0x2B, 6, 1, 5, 5, 2];
pub(crate) const NTLM: &[u8] = &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10];
pub(crate) const MS_KERBEROS: &[u8] = &[0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 1, 2, 2];

/// Unicode, a version, target information.
pub(crate) const FLAGS: u32 = 0xE28A_8233;

/// 2026-11-21 00:00:00 UTC as a FILETIME.
pub(crate) const FILETIME: u64 = 134_396_928_000_000_000;

pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap();
    let [_, a, b, c] = length.to_be_bytes();
    let header = match length {
        0..=0x7F => vec![tag, c],
        0x80..=0xFF => vec![tag, 0x81, c],
        0x100..=0xFFFF => vec![tag, 0x82, b, c],
        _ => vec![tag, 0x83, a, b, c],
    };
    [header, content.to_vec()].concat()
}

/// The same with its length in four bytes, as BER allows.
pub(crate) fn long_element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x84], length.as_slice(), content].concat()
}

pub(crate) fn octets(content: &[u8]) -> Vec<u8> {
    element(4, content)
}

/// What stands in `negoTokens`.
pub(crate) fn tokens(tokens: &[&[u8]]) -> Vec<u8> {
    let one = |token: &&[u8]| element(0x30, &element(0xA0, &octets(token)));
    element(0x30, &tokens.iter().flat_map(one).collect::<Vec<_>>())
}

/// A `TSRequest` with a version and these fields.
pub(crate) fn request(version: u8, fields: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut content = element(0xA0, &[2, 1, version]);
    content.extend(fields.iter().flat_map(|(number, field)| element(0xA0 | number, field)));
    element(0x30, &content)
}

/// One with a token.
pub(crate) fn with_token(version: u8, token: &[u8]) -> Vec<u8> {
    request(version, &[(1, tokens(&[token]))])
}

/// One with an `errorCode`, as Windows writes it.
pub(crate) fn with_error(version: u8, code: u32) -> Vec<u8> {
    request(version, &[(4, element(2, &code.to_be_bytes()))])
}

/// A `NegTokenResp`: state, package, token, and a checksum.
pub(crate) fn response(state: u8, mechanism: &[u8], token: &[u8]) -> Vec<u8> {
    let checksum = element(0xA3, &octets(&[0x11; 16]));
    element(0xA1, &element(0x30, &[chosen(state, mechanism, token), checksum].concat()))
}

/// One without checksum, as long as nothing is agreed on.
pub(crate) fn unsigned_response(state: u8, mechanism: &[u8], token: &[u8]) -> Vec<u8> {
    element(0xA1, &element(0x30, &chosen(state, mechanism, token)))
}

fn chosen(state: u8, mechanism: &[u8], token: &[u8]) -> Vec<u8> {
    let fields = [element(0xA0, &[10, 1, state]), element(0xA1, &element(6, mechanism)), element(0xA2, &octets(token))];
    fields.concat()
}

/// A `NegTokenInit2` with hints ([MS-SPNG] 2.2.1), as servers begin with.
pub(crate) fn offer(mechanisms: &[&[u8]], token: &[u8]) -> Vec<u8> {
    let list: Vec<u8> = mechanisms.iter().flat_map(|object| element(6, object)).collect();
    let hint = element(0x30, &element(0xA0, &element(0x1B, b"not_defined_in_RFC4178@please_ignore")));
    let fields = [element(0xA0, &element(0x30, &list)), element(0xA2, &octets(token)), element(0xA3, &hint)].concat();
    element(0x60, &[element(6, SPNEGO), element(0xA0, &element(0x30, &fields))].concat())
}

pub(crate) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub(crate) fn pair(id: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap();
    [&id.to_le_bytes(), length.to_le_bytes().as_slice(), value].concat()
}

/// A CHALLENGE ([MS-NLMP] 2.2.1.2) with this name and this target information, pairs and all.
pub(crate) fn challenge(flags: u32, target_name: &[u8], info: &[u8]) -> Vec<u8> {
    let field = |length: usize, offset: usize| {
        let length = u16::try_from(length).unwrap().to_le_bytes();
        [length.as_slice(), &length, &u32::try_from(offset).unwrap().to_le_bytes()].concat()
    };
    let mut message = b"NTLMSSP\0\x02\0\0\0".to_vec();
    message.extend(field(target_name.len(), 56));
    message.extend(flags.to_le_bytes());
    message.extend([0x5C; 8]);
    message.extend([0; 8]);
    message.extend(field(info.len(), 56 + target_name.len()));
    message.extend([10, 0, 0x7C, 0x4F, 0, 0, 0, 15]);
    message.extend_from_slice(target_name);
    message.extend_from_slice(info);
    message
}

/// One as a server of a domain sends it, with these names: computer and domain by `NetBIOS`, computer, domain and forest by DNS.
pub(crate) fn named([computer, domain, dns_computer, dns_domain, forest]: [&str; 5]) -> Vec<u8> {
    let info = [
        pair(2, &wide(domain)),
        pair(1, &wide(computer)),
        pair(4, &wide(dns_domain)),
        pair(3, &wide(dns_computer)),
        pair(5, &wide(forest)),
        pair(7, &FILETIME.to_le_bytes()),
        pair(0, &[]),
    ];
    challenge(FLAGS, &wide(domain), &info.concat())
}

/// The one of the tests.
pub(crate) fn usual() -> Vec<u8> {
    named(["TS01", "CORP", "ts01.corp.example", "corp.example", "corp.example"])
}
