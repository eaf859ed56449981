//! Messages, byte by byte: as the specifications have them, and as servers send them.

use rdp_probe::codes::NtStatus;
use rdp_probe::credssp::{
    Challenge, ChallengeFlaw, Mechanism, NegotiationState, NegotiationToken, NtlmVersion, TsRequest, TsRequestFlaw,
    initial_token, negotiate,
};

use super::messages::{
    FLAGS, MS_KERBEROS, NTLM, challenge, element, long_element, named, octets, offer, pair, request, response, tokens,
    usual, wide, with_error, with_token,
};
use super::oracle;

/// The CHALLENGE of [MS-NLMP] 4.2.4.3.
const PUBLISHED: &str = "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef00000000000000002400240044000000\
    060070170000000f53006500720076006500720002000c0044006f006d00610069006e0001000c005300650072007600650072000000000\
    0";

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.bytes().map(|digit| u8::try_from(char::from(digit).to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[test]
fn the_challenge_of_the_specification() {
    let read = Challenge::parse(&hex(PUBLISHED)).unwrap();
    assert_eq!((read.flags, read.target_name.as_deref()), (0xE28A_8233, Some("Server")));
    assert_eq!(read.version, Some(NtlmVersion { major: 6, minor: 0, build: 6000 }));
    assert_eq!(
        (read.netbios_domain.as_deref(), read.netbios_computer.as_deref(), read.dns_computer.as_deref()),
        (Some("Domain"), Some("Server"), None)
    );
    assert_eq!((read.timestamp, read.flaw), (None, None));
    oracle::challenge(&hex(PUBLISHED));
}

#[test]
fn the_challenge_of_a_member_of_a_domain() {
    let read = Challenge::parse(&usual()).unwrap();
    let names = [&read.netbios_computer, &read.netbios_domain, &read.dns_computer, &read.dns_domain, &read.dns_forest];
    let names = names.map(|name| name.as_deref().unwrap());
    assert_eq!(names, ["TS01", "CORP", "ts01.corp.example", "corp.example", "corp.example"]);
    assert_eq!(read.version, Some(NtlmVersion { major: 10, minor: 0, build: 20348 }));
    assert_eq!((read.unix_time(), read.flaw), (Some(1_795_219_200), None));
}

#[test]
fn the_fixed_part_decides_whether_it_is_a_challenge() {
    let whole = usual();
    assert!(Challenge::parse(&whole[..32]).is_some(), "what it points to is a flaw at most");
    assert!((0..32).all(|length| Challenge::parse(&whole[..length]).is_none()));
    for (at, byte) in [(0, b'M'), (8, 1), (8, 3), (11, 1)] {
        let mut other = whole.clone();
        other[at] = byte;
        assert_eq!(Challenge::parse(&other), None);
    }
    // Servers older than the target information stop before it.
    let old = Challenge::parse(&challenge(FLAGS, &[], &[])[..40]).unwrap();
    assert_eq!((old.version, old.flaw), (None, None));
}

#[test]
fn what_is_wrong_with_a_challenge_does_not_hide_the_rest() {
    let flaw = |bytes: &[u8]| {
        oracle::challenge(bytes);
        let read = Challenge::parse(bytes).unwrap();
        (read.flaw, read.netbios_computer)
    };
    let named = Some("TS01".to_owned());
    let computer = pair(1, &wide("TS01"));
    assert_eq!(flaw(&challenge(FLAGS, &[], &computer)), (Some(ChallengeFlaw::AvPairs), named.clone()), "no end");
    let overlong = [computer.as_slice(), &[2, 0, 0xFF, 0xFF, b'C', 0]].concat();
    assert_eq!(flaw(&challenge(FLAGS, &[], &overlong)), (Some(ChallengeFlaw::AvPairs), named.clone()));
    let ended = [computer.as_slice(), &[0, 0, 0xFF, 0xFF]].concat();
    assert_eq!(flaw(&challenge(FLAGS, &[], &ended)), (None, named.clone()), "the end is the end, however long");
    // A number of two bytes: 256 is neither 0 nor any that is known.
    let unknown = [pair(256, b"??"), computer.clone(), pair(0x0102, &wide("NO")), pair(0, &[])].concat();
    assert_eq!(flaw(&challenge(FLAGS, &[], &unknown)), (None, named.clone()));
    let mut outside = usual();
    outside[16..20].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
    assert_eq!(flaw(&outside), (Some(ChallengeFlaw::TargetName), named));
    let mut outside = usual();
    outside[44..48].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(flaw(&outside), (Some(ChallengeFlaw::TargetInfo), None));
}

#[test]
fn names_of_odd_form() {
    let name =
        |flags: u32, bytes: &[u8]| Challenge::parse(&challenge(flags, bytes, &pair(0, &[]))).unwrap().target_name;
    assert_eq!(name(FLAGS & !1, b"WORKGROUP").as_deref(), Some("WORKGROUP"), "not Unicode");
    assert_eq!(name(FLAGS, &[b'A', 0, b'B']).as_deref(), Some("A"), "half a unit");
    assert_eq!(name(FLAGS, &[0, 0xD8, b'A', 0]).as_deref(), Some("\u{FFFD}A"), "half a pair");
    assert_eq!(name(FLAGS, &wide("\u{1F5A5}-Büro")).as_deref(), Some("\u{1F5A5}-Büro"));
    assert_eq!(name(FLAGS, &[]), None);
    let twice = [pair(1, &wide("ONE")), pair(1, &wide("TWO")), pair(0, &[])].concat();
    assert_eq!(Challenge::parse(&challenge(FLAGS, &[], &twice)).unwrap().netbios_computer.as_deref(), Some("ONE"));
}

#[test]
fn many_pairs() {
    let info: Vec<u8> = (0..16_000).flat_map(|_| pair(9, &[])).chain(pair(0, &[])).collect();
    assert_eq!(Challenge::parse(&challenge(FLAGS, &[], &info)).unwrap().flaw, None);
}

#[test]
fn requests_byte_by_byte() {
    let token = TsRequest { version: 6, token: Some(b"abc".as_slice().into()), ..TsRequest::default() };
    let bytes = hex("3015a003020106a10e300c300aa0080406616263646566");
    assert_eq!(TsRequest::parse(&bytes).unwrap().token.unwrap(), "abcdef");
    assert_eq!(token.encode(), hex("3012a003020106a10b30093007a0050403616263"));
    assert_eq!(token.encode(), with_token(6, b"abc"));
    let refusal = TsRequest { version: 3, error_code: Some(NtStatus(0xC000_0234)), ..TsRequest::default() };
    assert_eq!(refusal.encode(), hex("300da003020103a4060204c0000234"));
    assert_eq!(TsRequest::parse(&refusal.encode()), Ok(refusal));
}

/// As NTSTATUS is: a signed number of four bytes; and as others write it.
#[test]
fn error_codes_of_any_length() {
    let code = |content: &[u8]| TsRequest::parse(&request(6, &[(4, element(2, content))])).map(|read| read.error_code);
    assert_eq!(code(&[0xC0, 0, 0, 0x6D]), Ok(Some(NtStatus(0xC000_006D))));
    assert_eq!(code(&[0, 0xC0, 0, 0, 0x6D]), Ok(Some(NtStatus(0xC000_006D))));
    assert_eq!(code(&[0xFF, 0xFF, 0xFF, 0xFF, 0xC0, 0, 0, 0x6D]), Ok(Some(NtStatus(0xC000_006D))));
    assert_eq!(code(&[5]), Ok(Some(NtStatus(5))));
    assert_eq!(code(&[0x80, 9, 3, 0x0C]), Ok(Some(NtStatus(0x8009_030C))));
    assert_eq!(code(&[]), Err(TsRequestFlaw::Field));
    assert_eq!(code(&[0; 9]), Err(TsRequestFlaw::Field));
}

#[test]
fn a_refusal_is_read_whatever_stands_beside_it() {
    let code = element(0xA4, &element(2, &[0xC0, 0, 0, 0x64]));
    let beside = [
        element(0xA0, &[2, 1, 6]),
        element(0xA0, &[4, 1, 6]),
        element(0xA1, b"no tokens"),
        element(0xA3, &[2, 1, 0]),
        element(0xA9, b"of a later version"),
        Vec::new(),
        vec![0xA1, 0x7F],
    ];
    for field in beside {
        let bytes = element(0x30, &[code.clone(), field].concat());
        assert_eq!(TsRequest::parse(&bytes).unwrap().error_code, Some(NtStatus(0xC000_0064)), "{bytes:02x?}");
        oracle::ts_request(&bytes);
    }
}

#[test]
fn lengths_in_their_long_form() {
    let token = long_element(0xA1, &tokens(&[&usual()]));
    let bytes = long_element(0x30, &[long_element(0xA0, &long_element(2, &[6])), token].concat());
    assert_eq!(TsRequest::parse(&bytes).unwrap().token.unwrap(), usual());
    assert_eq!(TsRequest::parse(&[0x30, 0x80, 0, 0]), Err(TsRequestFlaw::Sequence), "no end is known");
    assert_eq!(TsRequest::parse(&[0x30, 0x85, 0, 0, 0, 0, 0]), Err(TsRequestFlaw::Sequence));
    assert_eq!(TsRequest::parse(&[]), Err(TsRequestFlaw::Sequence));
}

#[test]
fn what_is_wrong_with_a_request() {
    assert_eq!(TsRequest::parse(&element(0x30, &[])), Err(TsRequestFlaw::Version));
    assert_eq!(TsRequest::parse(&element(0x31, &[0xA0, 3, 2, 1, 6])), Err(TsRequestFlaw::Sequence));
    assert_eq!(TsRequest::parse(&[0x30, 5, 0xA0, 3, 2, 1, 6, 0]), Err(TsRequestFlaw::Trailing));
    assert_eq!(TsRequest::parse(&request(6, &[(1, b"..".to_vec())])), Err(TsRequestFlaw::Field));
    assert_eq!(TsRequest::parse(&request(6, &[(3, element(2, &[1]))])), Err(TsRequestFlaw::Field));
    assert_eq!(TsRequest::parse(&request(0x80, &[])), Err(TsRequestFlaw::Version), "below zero");
    assert_eq!(TsRequest::parse(&request(6, &[(1, element(0x30, &[]))])).unwrap().token, None, "no tokens");
}

#[test]
fn of_several_tokens_the_first_that_says_something() {
    let token = |list: &[u8]| TsRequest::parse(&request(6, &[(1, list.to_vec())])).map(|read| read.token.unwrap());
    assert_eq!(token(&tokens(&[b"", b"one", b"two"])).unwrap(), "one");
    assert_eq!(token(&tokens(&[b"", b""])).unwrap(), "");
    let odd = element(0x30, &[vec![5, 0], element(0x30, &element(0xA0, &octets(b"one")))].concat());
    assert_eq!(token(&odd).unwrap(), "one");
}

#[test]
fn its_debug_shows_lengths_alone() {
    let fields = [(1, tokens(&[b"token"])), (2, octets(b"sealed")), (3, octets(b"bound!!")), (5, octets(b"noncense"))];
    let shown = format!("{:?}", TsRequest::parse(&request(6, &fields)).unwrap());
    assert_eq!(
        shown,
        "TsRequest { version: 6, token_bytes: Some(5), auth_info_bytes: Some(6), pub_key_auth_bytes: Some(7), \
         error_code: None, client_nonce_bytes: Some(8) }"
    );
}

#[test]
fn tokens_of_spnego() {
    let read = NegotiationToken::parse(&response(1, NTLM, &usual())).unwrap();
    assert_eq!((read.wrapped, read.state), (true, Some(NegotiationState::Incomplete)));
    assert_eq!((read.mechanisms.as_slice(), read.inner.unwrap()), (&[Mechanism::Ntlm][..], usual().into()));

    let unknown = [0x2B, 6, 1, 9];
    let read = NegotiationToken::parse(&offer(&[MS_KERBEROS, NTLM, &unknown], b"first")).unwrap();
    assert_eq!(read.mechanisms, [Mechanism::MsKerberos, Mechanism::Ntlm, Mechanism::Unknown]);
    assert_eq!((read.state, read.inner.unwrap()), (None, "first".into()));
    // Without the frame of GSS-API, as some do.
    let inner = element(0x30, &element(0xA0, &element(0x30, &element(6, NTLM))));
    assert_eq!(NegotiationToken::parse(&element(0xA0, &inner)).unwrap().mechanisms, [Mechanism::Ntlm]);

    let bare = NegotiationToken::parse(&usual()).unwrap();
    assert_eq!((bare.wrapped, bare.mechanisms.as_slice()), (false, &[][..]));
    let rejected = element(0xA1, &element(0x30, &element(0xA0, &[10, 1, 2])));
    assert_eq!(NegotiationToken::parse(&rejected).unwrap().state, Some(NegotiationState::Rejected));
    for nothing in [&[][..], &[0; 40], b"HTTP/1.1 400", &element(0x60, &element(6, NTLM)), &element(0xA1, &[4, 0])] {
        assert_eq!(NegotiationToken::parse(nothing), None, "{nothing:02x?}");
    }
}

/// The field that cannot be read hides none that can.
#[test]
fn tokens_of_spnego_are_read_as_far_as_they_go() {
    let fields = [element(0xA0, b"??"), element(0xA2, &octets(&usual())), vec![0xA3, 0x70, 1]].concat();
    let read = NegotiationToken::parse(&element(0xA1, &element(0x30, &fields))).unwrap();
    assert_eq!((read.state, read.inner.unwrap()), (None, usual().into()));
    assert_eq!(NegotiationToken::parse(&element(0xA1, &element(0x30, &[0xA3, 0x70, 1]))), None);
}

#[test]
fn what_the_client_begins_with() {
    let message = negotiate();
    assert_eq!(&message[..16], b"NTLMSSP\0\x01\0\0\0\x37\x82\x08\xE2");
    assert_eq!((message.len(), &message[16..32]), (40, &[0; 16][..]), "it names nobody");
    let token = initial_token(&[Mechanism::Ntlm, Mechanism::MsKerberos, Mechanism::Unknown], &message);
    let read = NegotiationToken::parse(&token).unwrap();
    assert_eq!(read.mechanisms, [Mechanism::Ntlm, Mechanism::MsKerberos]);
    assert_eq!((read.wrapped, read.inner), (true, Some(message)));
}

/// FreeRDP pads its target information behind the end of the list; `IronRDP` leaves the names empty.
#[test]
fn challenges_of_other_servers() {
    let padded = [pair(1, &wide("HOST")), pair(3, &wide("host")), pair(0, &[]), vec![0; 8]].concat();
    let read = Challenge::parse(&challenge(FLAGS, &wide("HOST"), &padded)).unwrap();
    assert_eq!((read.netbios_computer.as_deref(), read.flaw), (Some("HOST"), None));
    let read = Challenge::parse(&named([""; 5])).unwrap();
    assert_eq!((read.netbios_computer, read.target_name, read.flaw), (None, None, None));
    assert_eq!(TsRequest::parse(&with_error(6, 0xC007_0308)).unwrap().error_code, Some(NtStatus(0xC007_0308)));
}
