//! What holds whatever bytes a server sends inside TLS. Each of these takes any bytes and panics where it does not: a property test
//! and a fuzzer can both ask.
#![allow(dead_code, unreachable_pub, reason = "each test uses its own part, and the fuzzing ones theirs")]

use std::time::Duration;

use bytes::Bytes;
use rdp_probe::conversation::{Conversation, Effect, Input, Output, Secured};
use rdp_probe::credssp::{Challenge, Mechanism, NegotiationToken, TsRequest, initial_token};
use rdp_probe::{
    Binding, Close, CredSsp, CredSspStep, Dial, Evidence, Goal, Handshake, HandshakeEnd, Package, Plan, Protocols,
    Transcript,
};

/// A Connection Confirm that chooses HYBRID, or `HYBRID_EX`.
pub const fn confirm(is_early: bool) -> [u8; 19] {
    let selected = if is_early { 8 } else { 2 };
    [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0, selected, 0, 0, 0]
}

/// A message that is read is written so that the same is read again; nothing behind it is.
pub fn ts_request(bytes: &[u8]) {
    let Ok(request) = TsRequest::parse(bytes) else { return };
    let written = request.encode();
    assert_eq!(TsRequest::parse(&written).as_ref(), Ok(&request), "{written:02x?}");
    assert_eq!(TsRequest::parse(&written).unwrap().encode(), written);
    assert!(TsRequest::parse(&[bytes, &[0]].concat()).is_err(), "bytes behind it are none of it");
    let fields = [&request.token, &request.auth_info, &request.pub_key_auth, &request.client_nonce];
    fields.into_iter().flatten().for_each(|field| assert!(is_part(field, bytes)));
    request.token.iter().for_each(|inner| token(inner));
}

/// What is wrapped and written is read as what was wrapped.
pub fn written(bytes: &[u8]) {
    let inner = bytes.get(..bytes.len().min(0x8000)).unwrap_or_default();
    let token = initial_token(&[Mechanism::Ntlm, Mechanism::Kerberos], inner);
    let read = NegotiationToken::parse(&token).expect("what we write");
    assert_eq!((read.inner.as_deref(), read.mechanisms.len()), (Some(inner), 2));
    let field = || Some(Bytes::copy_from_slice(inner));
    for version in [0, 2, 6, 0x7F, 0x80, 0xFFFF, u32::MAX] {
        let request = TsRequest {
            version,
            token: Some(token.clone()),
            auth_info: field(),
            pub_key_auth: field(),
            client_nonce: field(),
            ..TsRequest::default()
        };
        assert_eq!(TsRequest::parse(&request.encode()), Ok(request));
    }
}

/// What is inside of a token is a part of it.
pub fn token(bytes: &[u8]) {
    let Some(token) = NegotiationToken::parse(bytes) else { return };
    assert!(token.mechanisms.len() <= bytes.len());
    if let Some(inner) = token.inner {
        assert!(is_part(&inner, bytes));
        challenge(&inner);
    }
}

/// Names stand in the message, and what is read to the end does not depend on what is behind it.
pub fn challenge(bytes: &[u8]) {
    let Some(read) = Challenge::parse(bytes) else { return };
    let names = [&read.netbios_computer, &read.netbios_domain, &read.dns_computer, &read.dns_domain, &read.dns_forest];
    // What is not UTF-16 stands there in another form.
    for name in names.into_iter().flatten().filter(|name| !name.contains('\u{FFFD}')) {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(is_part(&wide, bytes), "{name:?}");
    }
    if let Some(timestamp) = read.timestamp {
        assert!(is_part(&timestamp.to_le_bytes(), bytes) && read.unix_time().is_some());
    }
    if read.flaw.is_none() && bytes.len() >= 52 {
        assert_eq!(Challenge::parse(&[bytes, &[0xA5; 64]].concat()), Some(read));
    }
}

/// What becomes of a whole connection to a server that says this inside TLS: it ends, within bounds; its transcript comes to the
/// same; how the bytes came in pieces does not matter; and redacted, it still comes to the same end.
pub fn conversation(bytes: &[u8]) {
    for (package, goal) in GOALS {
        evidence(&conversation_with(goal, package, bytes));
    }
}

/// Every package, with and without credentials.
pub const GOALS: [(Package, Goal); 6] = [
    (Package::Ntlm, Goal::Challenge),
    (Package::Ntlm, Goal::Delegate),
    (Package::Spnego, Goal::Challenge),
    (Package::Spnego, Goal::Delegate),
    (Package::Kerberos, Goal::Challenge),
    (Package::Kerberos, Goal::Delegate),
];

/// The same, of one goal and package.
pub fn conversation_with(goal: Goal, package: Package, bytes: &[u8]) -> Evidence {
    let whole = converse(goal, package, bytes, usize::MAX);
    let piece = if bytes.len() < 4096 { 1 } else { 997 };
    assert_eq!(converse(goal, package, bytes, piece), whole, "in pieces");
    whole
}

/// What holds for every connection that is over.
pub fn evidence(evidence: &Evidence) {
    replays(evidence);
    redacts(evidence);
}

/// It ended as its stage can, within bounds, and its transcript comes to the same.
pub fn replays(evidence: &Evidence) {
    assert!(evidence.stage.admits(evidence.end.kind()), "{evidence:?}");
    let heard = evidence.credssp.as_ref().map_or(0, |credssp| credssp.received().len());
    assert!(heard <= 0x2_0000 + 512, "{heard} bytes are kept");
    let transcript = Transcript::from(evidence);
    let printed = transcript.to_string();
    let parsed: Transcript = printed.parse().unwrap();
    assert_eq!(parsed, transcript);
    assert_eq!(&parsed.replay(), evidence, "{printed}");
}

/// Redacted, it still comes to the same, once and for all, and can be written down.
pub fn redacts(evidence: &Evidence) {
    let transcript = Transcript::from(evidence);
    let redacted = transcript.redacted();
    let masked = redacted.replay();
    assert_eq!(said(&masked), said(evidence), "{transcript}\n{redacted}");
    assert_eq!(redacted.redacted(), redacted, "{transcript}");
    assert_eq!(redacted.to_string().parse().as_ref(), Ok(&redacted), "{transcript}");
}

/// What redacting keeps of what was said inside TLS.
pub fn said(evidence: &Evidence) -> String {
    let challenge = evidence.challenge().map(|challenge| {
        let names = [
            challenge.target_name,
            challenge.netbios_computer,
            challenge.netbios_domain,
            challenge.dns_computer,
            challenge.dns_domain,
            challenge.dns_forest,
        ];
        let named = names.map(|name| name.is_some());
        (challenge.flags, challenge.version, challenge.timestamp, challenge.flaw, named)
    });
    let events = evidence.credssp.iter().flat_map(|credssp| &credssp.events).map(|event| match &event.what {
        CredSspStep::Received(bytes) => format!("{:?} received {}", event.at, bytes.len()),
        other => format!("{:?} {other:?}", event.at),
    });
    let messages = evidence.credssp.iter().flat_map(CredSsp::messages);
    let parts = [
        format!("{:?} {:?} {:?}", evidence.stage, evidence.end, evidence.closed),
        format!("{:?} {:?} {:?}", evidence.credssp_version(), evidence.mechanisms(), evidence.clock_skew()),
        format!("{:?} {:?} {:?}", evidence.nla, evidence.kerberos, evidence.nla_result()),
        format!("{challenge:?}"),
        events.collect::<Vec<_>>().join("\n"),
        messages.map(|message| format!("{message:?}")).collect::<Vec<_>>().join("\n"),
    ];
    parts.join("\n")
}

/// A connection over which the server says this inside TLS, in pieces of that size, and closes.
fn converse(goal: Goal, package: Package, bytes: &[u8], size: usize) -> Evidence {
    let mut plan = Plan::new("ts01.corp.example".parse().unwrap());
    (plan.goal, plan.package, plan.offer) = (goal, package, Protocols::from_bits(3));
    plan.dangers.any_certificate = true;
    let mut conversation = Conversation::new(plan, Dial::default(), Some(1_795_219_200));
    let now = Duration::from_millis(7);
    let mut effect = conversation.step(now, Input::Start);
    let mut rest = bytes;
    let mut hello = confirm(bytes.len().is_multiple_of(2)).to_vec();
    while effect != Effect::Done {
        effect = match &effect {
            Effect::Send { bytes, .. } => conversation.step(now, Input::Sent(bytes.len())),
            Effect::StartTls { .. } => {
                let handshake = Box::new(shown());
                conversation.step(now, Input::Tls(handshake))
            }
            Effect::Secure { ask, .. } => {
                let output = obliging(ask);
                conversation.step(now, Input::Secured(Box::new(Secured { output, kdc: None })))
            }
            Effect::Read { at_most, .. } if !hello.is_empty() => {
                let piece: Vec<u8> = hello.drain(..(*at_most).min(hello.len())).collect();
                conversation.step(now, Input::Received(&piece))
            }
            Effect::Read { at_most, .. } if !rest.is_empty() => {
                let (piece, behind) = rest.split_at(size.min(*at_most).min(rest.len()));
                rest = behind;
                conversation.step(now, Input::Received(piece))
            }
            _ => conversation.step(now, Input::Closed(Close::Fin)),
        };
    }
    conversation.into_evidence()
}

/// What a package makes that takes anything.
fn obliging(ask: &rdp_probe::conversation::Ask) -> Output {
    use rdp_probe::conversation::Ask;
    match ask {
        Ask::Token(token) => Output::Token { token: Bytes::from_static(&[7; 40]), done: token.len() % 3 == 1 },
        Ask::Compare { .. } => Output::Bound(Binding::Same),
        _ => Output::Sealed(Bytes::from_static(&[7; 60])),
    }
}

/// Whether the second holds the first.
fn is_part(part: &[u8], whole: &[u8]) -> bool {
    part.is_empty() || whole.windows(part.len()).any(|window| window == part)
}

/// A handshake in which the server has shown a certificate with a key to bind to.
pub(crate) fn shown() -> Handshake {
    let mut handshake = Handshake::ended(HandshakeEnd::Complete);
    handshake.chain = vec![Bytes::from_static(include_bytes!("shown.der"))];
    handshake
}
