//! Messages of servers that mean no good, made by chance, and what holds for each.

use proptest::prelude::*;

use super::messages::{
    FLAGS, MS_KERBEROS, NTLM, challenge, element, named, octets, offer, pair, request, response, tokens, usual,
    with_error, with_token,
};
use super::oracle;

/// Any number, but more often one at which something is decided.
fn number() -> impl Strategy<Value = u16> {
    prop_oneof![any::<u16>(), proptest::sample::select(vec![0, 1, 2, 12, 24, 40, 48, 56, 60, 0x7F, 0x80, 0xFF, 0xFFFF])]
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..most)
}

/// Pairs of any number and length, with an end or without.
fn info() -> impl Strategy<Value = Vec<u8>> {
    let one = (prop_oneof![0_u16..11, any::<u16>()], bytes(24), proptest::option::weighted(0.1, number()));
    (proptest::collection::vec(one, 0..8), any::<bool>()).prop_map(|(pairs, ends)| {
        let written = pairs.into_iter().flat_map(|(id, value, length)| {
            let mut bytes = pair(id, &value);
            if let Some(length) = length {
                bytes[2..4].copy_from_slice(&length.to_le_bytes());
            }
            bytes
        });
        let end = if ends { pair(0, &[]) } else { Vec::new() };
        written.chain(end).collect()
    })
}

/// A CHALLENGE whose fields point anywhere.
fn any_challenge() -> impl Strategy<Value = Vec<u8>> {
    let field = || proptest::option::weighted(0.3, (number(), number()));
    let flags = prop_oneof![Just(FLAGS), any::<u32>()];
    (flags, bytes(24), info(), field(), field(), number()).prop_map(|(flags, name, info, first, second, cut)| {
        let mut message = challenge(flags, &name, &info);
        for (at, field) in [(12, first), (40, second)] {
            if let Some((length, offset)) = field {
                message[at..at + 2].copy_from_slice(&length.to_le_bytes());
                message[at + 4..at + 6].copy_from_slice(&offset.to_le_bytes());
            }
        }
        message.truncate(usize::from(cut).max(if cut % 4 == 0 { 0 } else { 400 }));
        message
    })
}

fn any_token() -> impl Strategy<Value = Vec<u8>> {
    let plain = prop_oneof![3 => any_challenge(), 1 => bytes(40), 1 => Just(usual()), 1 => Just(vec![0; 60])];
    (plain, 0..5_u8).prop_map(|(token, wrap)| match wrap {
        0 => response(1, NTLM, &token),
        1 => response(3, MS_KERBEROS, &token),
        2 => offer(&[NTLM, b"\x2B\x06\x01\x09", MS_KERBEROS], &token),
        _ => token,
    })
}

/// A `TSRequest` with any fields.
fn any_request() -> impl Strategy<Value = Vec<u8>> {
    let field = prop_oneof![
        4 => any_token().prop_map(|token| (1, tokens(&[&token]))),
        1 => (any_token(), any_token()).prop_map(|(one, two)| (1, tokens(&[&one, &two]))),
        1 => bytes(60).prop_map(|sealed| (2, octets(&sealed))),
        2 => bytes(60).prop_map(|sealed| (3, octets(&sealed))),
        1 => bytes(9).prop_map(|code| (4, element(2, &code))),
        1 => bytes(33).prop_map(|nonce| (5, octets(&nonce))),
        1 => (0..16_u8, bytes(20)),
    ];
    (0..8_u8, proptest::collection::vec(field, 0..4)).prop_map(|(version, fields)| request(version, &fields))
}

/// Several of them, with bytes changed, and perhaps something that is none of them.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let one = prop_oneof![
        6 => any_request(),
        2 => Just(with_token(6, &usual())),
        1 => Just(with_token(6, &response(1, NTLM, &named(["A"; 5])))),
        1 => Just(request(6, &[(3, octets(&[9; 48]))])),
        1 => Just(with_error(6, 0xC000_006D)),
        1 => Just(vec![0, 0, 0, 0]),
        1 => Just(vec![5, 0, 0, 0]),
        1 => Just(vec![3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80]),
        1 => bytes(60),
    ];
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (proptest::collection::vec(one, 1..5), prop_oneof![Just(Vec::new()), changes]).prop_map(|(all, changes)| {
        let mut bytes = all.concat();
        if !bytes.is_empty() {
            for (at, byte) in changes {
                *at.get_mut(&mut bytes) = byte;
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8192))]

    #[test]
    fn readers_take_any_bytes(bytes in bytes(300)) {
        oracle::ts_request(&bytes);
        oracle::token(&bytes);
        oracle::challenge(&[b"NTLMSSP\0\x02\0\0\0".as_slice(), &bytes].concat());
    }

    #[test]
    fn challenges_of_any_form(message in any_challenge()) {
        oracle::challenge(&message);
    }

    #[test]
    fn requests_with_bytes_changed(mut message in any_request(), changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4)) {
        for (at, byte) in changes {
            *at.get_mut(&mut message) = byte;
        }
        oracle::ts_request(&message);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn conversations_of_any_form(bytes in stream()) {
        oracle::conversation(&bytes);
    }
}

/// As long as a message can be, and longer; and without end.
#[test]
fn messages_of_any_length() {
    let filler = |length: usize| with_token(6, &vec![7; length]);
    let most = (65_400..65_535).find(|length| filler(*length).len() == 65_535).unwrap();
    for length in [most - 1, most, most + 1, 0x1_8000] {
        oracle::conversation(&filler(length));
        oracle::conversation(&filler(length).repeat(9));
    }
    oracle::conversation(&with_token(6, &usual()).repeat(4000));
}
