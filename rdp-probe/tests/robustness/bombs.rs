//! DER that is made to cost: nested deeply, with lengths that cannot be, with thousands of everything. What it costs grows with
//! its length and no faster, and no stack is used up.

use std::thread;
use std::time::Duration;

use bytes::Bytes;
use rdp_probe::conversation::{Conversation, Input};
use rdp_probe::credssp::{Challenge, NegotiationToken, TsRequest};
use rdp_probe::{Certificate, Dial, Handshake, HandshakeEnd, Plan, Report, Session};

use super::burdened::{alternatives, certificates};
use super::der::{element, fill, low, nested, own_object, sequence};
use super::memory::counted;
use super::shown;
use super::support::{CONFIRM, NOW, target};

/// A thread has this at the least, on every system; others have more.
const STACK: usize = 256 * 1024;

/// The longest certificate that can come.
const LONGEST: usize = 64_000;

/// What anything may cost at the most: so many bytes are allocated for each byte of it, and for whatever is always there. Most is
/// what an address costs, which has six bytes and stands as text in every form of a report.
const WORK_PER_BYTE: u64 = 1_500;
const WORK: u64 = 4 * 1024 * 1024;

/// The report of a handshake in which this chain was shown, as if it had been completed.
fn report(chain: Vec<Bytes>) -> Report {
    let mut conversation = Conversation::new(Plan::new(target()), Dial::default(), Some(NOW));
    for input in [Input::Start, Input::Sent(19), Input::Received(&CONFIRM[..4]), Input::Received(&CONFIRM[4..])] {
        conversation.step(Duration::ZERO, input);
    }
    let session = Some(Session { version: 0x0303, suite: 0xC02B });
    let handshake = Handshake { session, chain, ..Handshake::ended(HandshakeEnd::Complete) };
    conversation.step(Duration::ZERO, Input::Tls(Box::new(handshake)));
    conversation.into_evidence().into()
}

/// Does something on a thread with a small stack, and gives what it allocated in all.
fn on_a_small_stack(what: impl FnOnce() + Send) -> u64 {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK);
        thread.spawn_scoped(scope, || counted(what).1.bytes_total).unwrap().join().unwrap()
    })
}

/// What it costs at half the length and at the whole: no more than twice as much, and what is always there.
#[track_caller]
fn assert_linear(name: &str, of: impl Fn(usize) -> Vec<u8>, what: impl Fn(&[u8]) + Sync) {
    let [half, whole] = [LONGEST / 2, LONGEST].map(|bytes| {
        let bomb = of(bytes);
        let cost = on_a_small_stack(|| what(&bomb));
        let most = WORK + WORK_PER_BYTE * bomb.len() as u64;
        assert!(cost <= most, "{name}: {cost} bytes allocated for {}", bomb.len());
        cost
    });
    assert!(whole <= half * 5 / 2 + 65_536, "{name}: {half} bytes for half of it, {whole} for the whole");
}

#[test]
fn in_certificates() {
    for (index, (name, _)) in certificates(100).into_iter().enumerate() {
        let of = |bytes| certificates(bytes).swap_remove(index).1;
        assert_linear(name, of, |der| drop(Certificate::parse(der)));
        assert_linear(name, of, |der| {
            let size = shown::unchecked(&report(vec![Bytes::copy_from_slice(der)]));
            assert!(size < 64 * 1024 + 8 * der.len(), "{name}: {size} bytes to read");
        });
    }
}

/// Thousands of certificates, each of which is next to nothing.
#[test]
fn in_chains() {
    let of = |bytes: usize| vec![0x30; bytes];
    for length in [4, 500] {
        assert_linear("a chain of little", of, |bytes| {
            let chain = bytes.chunks(length).map(Bytes::copy_from_slice).collect();
            assert!(shown::unchecked(&report(chain)) < 64 * 1024);
        });
    }
}

/// Lengths that no message has: of 4 GiB and beyond, without end, in more digits than there are.
const LENGTHS: [&[u8]; 9] = [
    &[0x84, 0xFF, 0xFF, 0xFF, 0xFF],
    &[0x84, 0x7F, 0xFF, 0xFF, 0xFF],
    &[0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    &[0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    &[0x85, 1, 0, 0, 0, 0],
    &[0x80],
    &[0xFF],
    &[0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    &[0x83, 0xFF, 0xFF, 0xFF],
];

/// Each length in a message in turn is one that cannot be.
fn with_impossible_lengths(message: &[u8], read: impl Fn(&[u8]) + Sync) {
    for at in 1..message.len().min(300) {
        for length in LENGTHS {
            let bomb = [&message[..at], length, &message[at + 1..]].concat();
            let cost = on_this_stack(|| read(&bomb));
            assert!(cost < WORK, "{cost} bytes allocated for {length:02X?} at {at}");
        }
    }
}

fn on_this_stack(what: impl FnOnce()) -> u64 {
    counted(what).1.bytes_max
}

#[test]
fn of_impossible_lengths() {
    let der = alternatives(&[element(0x82, b"a.example")]);
    with_impossible_lengths(&der, |der| {
        let _ = Certificate::parse(der);
        let _ = report(vec![Bytes::copy_from_slice(der)]).redacted();
    });
    let request = ts_request(&element(0x60, &[element(6, SPNEGO), element(0xA0, &sequence(&[]))].concat()));
    with_impossible_lengths(&request, |bytes| drop(TsRequest::parse(bytes)));
    let offer = offer(&[element(0xA0, &sequence(&[element(6, NTLM)]))]);
    with_impossible_lengths(&offer, |bytes| drop(NegotiationToken::parse(bytes)));
}

const SPNEGO: &[u8] = &[0x2B, 6, 1, 5, 5, 2];
const NTLM: &[u8] = &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10];

/// A `TSRequest` with this token.
fn ts_request(token: &[u8]) -> Vec<u8> {
    let tokens = sequence(&[sequence(&[element(0xA0, &element(4, token))])]);
    sequence(&[element(0xA0, &[2, 1, 6]), element(0xA1, &tokens)])
}

/// A `NegTokenInit` with these fields.
fn offer(fields: &[Vec<u8>]) -> Vec<u8> {
    element(0x60, &[element(6, SPNEGO), element(0xA0, &sequence(fields))].concat())
}

/// A CHALLENGE with these pairs.
fn challenge(info: &[u8]) -> Vec<u8> {
    let length = u16::try_from(info.len()).unwrap().to_le_bytes();
    let field = [length.as_slice(), &length, &56_u32.to_le_bytes()].concat();
    [
        b"NTLMSSP\0\x02\0\0\0\0\0\0\0\x38\0\0\0\x05\x02\x8A\xA2",
        [0x5C; 8].as_slice(),
        &[0; 8],
        &field,
        &[10, 0, 0x7C, 0x4F, 0, 0, 0, 15],
        info,
    ]
    .concat()
}

/// Pairs of NTLM's target information ([MS-NLMP] 2.2.2.1), one behind the other.
fn pairs(bytes: usize, pair: impl Fn(usize) -> (u16, Vec<u8>)) -> Vec<u8> {
    let written = |number| {
        let (id, value) = pair(number);
        [&id.to_le_bytes(), u16::try_from(value.len()).unwrap().to_le_bytes().as_slice(), &value].concat()
    };
    fill(bytes, written).concat()
}

/// Reads a message in place of the server's first inside TLS, as far as anybody would.
fn read_request(message: &[u8]) {
    let Ok(request) = TsRequest::parse(message) else { return };
    let _ = request.encode();
    if let Some(token) = &request.token {
        let _ = NegotiationToken::parse(token);
        let _ = Challenge::parse(token);
    }
}

/// Makes a message of so many bytes.
type Make = fn(usize) -> Vec<u8>;

#[test]
fn inside_tls() {
    let rows: [(&str, Make); 9] = [
        ("nothing but depth", |bytes| nested(0x30, bytes)),
        ("depth in a token", |bytes| ts_request(&nested(0x30, bytes))),
        ("depth in SPNEGO", |bytes| ts_request(&nested(0x60, bytes))),
        ("depth in an answer", |bytes| ts_request(&nested(0xA1, bytes))),
        ("many tokens", |bytes| {
            let tokens = fill(bytes, |_| sequence(&[element(0xA0, &element(4, b"x"))]));
            sequence(&[element(0xA0, &[2, 1, 6]), element(0xA1, &sequence(&tokens))])
        }),
        ("many fields", |bytes| sequence(&fill(bytes, |_| element(0xA0, &[2, 1, 6])))),
        ("many packages", |bytes| {
            ts_request(&offer(&[element(0xA0, &sequence(&fill(bytes, |number| element(6, &own_object(number)))))]))
        }),
        ("pairs of nothing", |bytes| {
            ts_request(&challenge(&pairs(bytes, |number| (u16::from(low(number % 9)) + 1, Vec::new()))))
        }),
        ("many names", |bytes| {
            ts_request(&challenge(&pairs(bytes, |number| (u16::from(low(number % 5)) + 1, vec![b'a', 0, b'b', 0]))))
        }),
    ];
    for (name, of) in rows {
        assert_linear(name, of, read_request);
    }
}
