//! Writes our own `ClientHello` (RFC 5246 7.4.1.2, RFC 8446 4.1.2), as bytes and without cryptography.
//!
//! It fits one segment unless it is padded. Finite-field groups (RFC 7919) are named to nobody below TLS 1.3: a server that sees one
//! may choose its prime from the list only, and the one it is set to is what we want to see.

use bytes::Bytes;

use crate::evidence::{ClientHello, Rung};
use crate::flight::HANDSHAKE;

/// The longest body of a record (RFC 5246 6.2.1), and what stands before it.
const RECORD: usize = 1 << 14;
const RECORD_HEADER: usize = 5;

/// The version that records carry before one is chosen: what every server has taken for one since TLS 1.0 (RFC 5246 E.1).
const RECORD_VERSION: u16 = 0x0301;

const CLIENT_HELLO: u8 = 1;
const TLS_1_2: u16 = 0x0303;
const TLS_1_3: u16 = 0x0304;

/// Extensions (IANA, "TLS `ExtensionType` Values").
const SERVER_NAME: u16 = 0;
const SUPPORTED_GROUPS: u16 = 10;
const EC_POINT_FORMATS: u16 = 11;
const SIGNATURE_ALGORITHMS: u16 = 13;
const PADDING: u16 = 21;
const EXTENDED_MASTER_SECRET: u16 = 23;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;

/// Type and length of an extension.
const EXTENSION_HEADER: usize = 4;

/// Says that renegotiation would be safe, to servers that insist (RFC 5746 3.3).
const RENEGOTIATION_SCSV: u16 = 0x00FF;

/// A suite that no server has, ever (RFC 8701).
const NO_SUITE: u16 = 0x0A0A;

/// ECDHE, DHE and static RSA, by what they encrypt with: AEAD, CBC with SHA-2, CBC with SHA-1, 3DES and RC4 last.
const WIDE_SUITES: &[u16] = &[
    0xC02C,
    0xC02B,
    0xC030,
    0xC02F,
    0xCCA9,
    0xCCA8,
    0x009F,
    0x009E,
    0xCCAA, // ECDHE and DHE with AEAD
    0xC024,
    0xC023,
    0xC028,
    0xC027,
    0x006B,
    0x0067, // ECDHE and DHE with CBC and SHA-2
    0xC00A,
    0xC009,
    0xC014,
    0xC013,
    0x0039,
    0x0033, // ECDHE and DHE with CBC and SHA-1
    0x009D,
    0x009C,
    0x003D,
    0x003C,
    0x0035,
    0x002F, // static RSA
    0xC008,
    0xC012,
    0x0016,
    0x000A, // 3DES
    0xC007,
    0xC011,
    0x0005,
    0x0004, // RC4
    RENEGOTIATION_SCSV,
];

/// What the TLS library of the driver offers for TLS 1.2.
const TLS_1_2_SUITES: &[u16] = &[0xC02C, 0xC02B, 0xCCA9, 0xC030, 0xC02F, 0xCCA8, RENEGOTIATION_SCSV];
const TLS_1_3_SUITES: &[u16] = &[0x1302, 0x1301, 0x1303];

/// x25519, the curves of NIST, x448 and those of Brainpool.
const WIDE_GROUPS: &[u16] = &[0x001D, 0x0017, 0x0018, 0x0019, 0x001E, 0x001A, 0x001B, 0x001C];
const TLS_1_2_GROUPS: &[u16] = &[0x001D, 0x0017, 0x0018];
const TLS_1_3_GROUPS: &[u16] = &[0x001D, 0x0017, 0x0018, 0x0019, 0x001E, 0x0100, 0x0101, 0x11EC];

/// ECDSA, RSA-PSS, `EdDSA`, RSA, and SHA-1 last: Schannel with a SHA-1 certificate refuses clients that do not offer it.
const WIDE_SIGNATURES: &[u16] = &[
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0807, 0x0808, 0x0401, 0x0501, 0x0601,
    0x0203, 0x0201,
];
const TLS_1_2_SIGNATURES: &[u16] = &[0x0503, 0x0403, 0x0807, 0x0806, 0x0805, 0x0804, 0x0601, 0x0501, 0x0401, 0x0201];

/// The lists of a rung.
struct Offer {
    suites: &'static [u16],
    groups: &'static [u16],
    signatures: &'static [u16],
    /// The one version that the offer is limited to (RFC 8446 4.2.1).
    only: Option<u16>,
}

impl Offer {
    const fn of(rung: Rung) -> Self {
        let (groups, signatures) = (WIDE_GROUPS, WIDE_SIGNATURES);
        match rung {
            Rung::Wide => Self { suites: WIDE_SUITES, groups, signatures, only: None },
            Rung::Tls12 => Self {
                suites: TLS_1_2_SUITES,
                groups: TLS_1_2_GROUPS,
                signatures: TLS_1_2_SIGNATURES,
                only: Some(TLS_1_2),
            },
            Rung::Tls13 => Self { suites: TLS_1_3_SUITES, groups: TLS_1_3_GROUPS, signatures, only: Some(TLS_1_3) },
            Rung::Nothing => Self { suites: &[NO_SUITE], groups, signatures, only: None },
        }
    }
}

/// Whether a rung offers this version and suite.
pub(crate) fn offers(rung: Rung, version: u16, suite: u16) -> bool {
    let offer = Offer::of(rung);
    let versions = match offer.only {
        Some(only) => only..=only,
        None => 0x0301..=TLS_1_2,
    };
    versions.contains(&version) && suite != RENEGOTIATION_SCSV && offer.suites.contains(&suite)
}

/// The bytes of a `ClientHello` in its record, or records, as they go onto the wire.
pub(crate) fn encode(hello: ClientHello, name: Option<&str>, random: &[u8; 32]) -> Bytes {
    let before = before_extensions(hello.rung, random);
    let mut extensions = extensions(hello.rung, name);
    let bare = before.len().saturating_add(extensions.len()).saturating_add(MESSAGE_OVERHEAD);
    if let Some(padding) = padding(bare, usize::from(hello.length)) {
        put_extension(&mut extensions, PADDING, &vec![0; padding]);
    }
    let body = [before, sized16(&extensions)].concat();
    let mut message = vec![CLIENT_HELLO];
    let length = u32::try_from(body.len()).unwrap_or_default().to_be_bytes();
    message.extend_from_slice(length.get(1..).unwrap_or_default());
    message.extend(body);
    let mut wire = Vec::with_capacity(message.len().saturating_add(RECORD_HEADER));
    for part in message.chunks(RECORD) {
        wire.push(HANDSHAKE);
        put16(&mut wire, RECORD_VERSION);
        wire.extend(sized16(part));
    }
    wire.into()
}

/// Type and length of the message, and the length of its extensions.
const MESSAGE_OVERHEAD: usize = 4 + 2;

/// Version, random number, session, suites and compression. The session that clients of TLS 1.3 name for boxes on the way
/// (RFC 8446 D.4) is as good as any.
fn before_extensions(rung: Rung, random: &[u8; 32]) -> Vec<u8> {
    let mut before = Vec::new();
    put16(&mut before, TLS_1_2);
    before.extend_from_slice(random);
    let session: &[u8] = if rung == Rung::Tls13 { random } else { &[] };
    before.extend(sized8(session));
    before.extend(sized16(&numbers(Offer::of(rung).suites)));
    before.extend(sized8(&[0]));
    before
}

fn extensions(rung: Rung, name: Option<&str>) -> Vec<u8> {
    let offer = Offer::of(rung);
    let mut extensions = Vec::new();
    if let Some(name) = name {
        // A list of one name, of type 0 (RFC 6066 section 3), which has no dot at its end.
        let name = name.strip_suffix('.').unwrap_or(name);
        put_extension(&mut extensions, SERVER_NAME, &sized16(&[vec![0], sized16(name.as_bytes())].concat()));
    }
    if offer.only != Some(TLS_1_3) {
        put_extension(&mut extensions, EXTENDED_MASTER_SECRET, &[]);
        put_extension(&mut extensions, EC_POINT_FORMATS, &sized8(&[0]));
    }
    put_extension(&mut extensions, SUPPORTED_GROUPS, &sized16(&numbers(offer.groups)));
    if let Some(version) = offer.only {
        put_extension(&mut extensions, SUPPORTED_VERSIONS, &sized8(&version.to_be_bytes()));
    }
    if offer.only == Some(TLS_1_3) {
        put_extension(&mut extensions, KEY_SHARE, &sized16(&[]));
    }
    put_extension(&mut extensions, SIGNATURE_ALGORITHMS, &sized16(&numbers(offer.signatures)));
    extensions
}

/// How much padding makes a message of `bare` bytes so long on the wire; `None` where it is already.
fn padding(bare: usize, wanted: usize) -> Option<usize> {
    let on_the_wire = |message: usize| message.saturating_add(message.div_ceil(RECORD).saturating_mul(RECORD_HEADER));
    if on_the_wire(bare) >= wanted {
        return None;
    }
    let padded = bare.saturating_add(EXTENSION_HEADER);
    let headers = wanted.div_ceil(RECORD).saturating_mul(RECORD_HEADER);
    let shortest = padded.max(wanted.saturating_sub(headers));
    (shortest..=wanted.max(padded))
        .find(|message| on_the_wire(*message) >= wanted)
        .map(|message| message.saturating_sub(padded))
}

fn put16(bytes: &mut Vec<u8>, number: u16) {
    bytes.extend_from_slice(&number.to_be_bytes());
}

fn put_extension(bytes: &mut Vec<u8>, number: u16, content: &[u8]) {
    put16(bytes, number);
    bytes.extend(sized16(content));
}

fn numbers(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// Bytes behind their number, in one byte. Nothing here is longer.
fn sized8(content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [[length].as_slice(), content].concat()
}

/// Bytes behind their number, in two bytes. Nothing here is longer: a hello of 65,535 bytes is the longest.
fn sized16(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    [length.to_be_bytes().as_slice(), content].concat()
}
