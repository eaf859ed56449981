//! What a server says in clear text: the answer to the Connection Request, and the first flight of TLS.

use std::time::Duration;

use rdp_probe::conversation::{Conversation, Effect, Input};
use rdp_probe::{
    ClientHello, Close, Dial, End, Evidence, Foreign, Goal, Handshake, HandshakeEnd, Plan, Protocols, Rung, Stage,
};

use super::codec::Codec;
use super::conversation::check;
use super::reached::Reached;
use super::{oracle, plan};

/// What is kept of a first flight at most.
const MOST_OF_A_FLIGHT: usize = 64 * 1024;

/// When everything happens.
const NOW: Duration = Duration::from_millis(7);

/// The answer to a request: first what the request is made of, then the length of pieces, then the answer.
pub(super) fn confirm(bytes: &[u8]) -> Reached {
    let mut codec = Codec::reading(bytes);
    let (mut asked, mut offer, mut size) = (Plan::new(plan::target()), 3, 0);
    plan::code_request(&mut codec, &mut asked.request);
    codec.byte(&mut offer);
    codec.byte(&mut size);
    (asked.goal, asked.offer) = (Goal::Negotiate, Protocols::from_bits(offer.into()));
    let answer = codec.rest();
    let whole = answered(&asked, answer, usize::MAX);
    for size in [1, usize::from(size).max(1)] {
        assert_eq!(answered(&asked, answer, size), whole, "in pieces of {size}");
    }
    assert!(answer.starts_with(&whole.received));
    // Of what is framed no byte behind the frame is taken.
    if let [3, _, high, low, ..] = *answer {
        let length = usize::from(u16::from_be_bytes([high, low]));
        if (7..=512).contains(&length) && matches!(whole.end, End::Complete | End::Refusal(_)) {
            assert_eq!(whole.received.len(), length);
        }
    }
    let _ = Foreign::recognise(answer);
    let mut reached = Reached::default();
    check(&whole, &mut reached, bytes);
    reached
}

/// A seed of [`confirm`].
pub(super) fn confirm_seed(asked: &Plan, answer: &[u8]) -> Vec<u8> {
    let mut codec = Codec::writing();
    plan::code_request(&mut codec, &mut asked.request.clone());
    codec.byte(&mut u8::try_from(asked.offer.bits()).unwrap_or_default());
    codec.byte(&mut 3);
    [codec.into_bytes(), answer.to_vec()].concat()
}

/// Says this to a request, in pieces of this size, and closes.
fn answered(asked: &Plan, answer: &[u8], size: usize) -> Evidence {
    let mut conversation = Conversation::new(asked.clone(), Dial::default(), None);
    let Effect::Send { bytes, .. } = conversation.step(NOW, Input::Start) else { unreachable!("a request") };
    let mut effect = conversation.step(NOW, Input::Sent(bytes.len()));
    let mut rest = answer;
    while let (Effect::Read { at_most, .. }, false) = (&effect, rest.is_empty()) {
        let (piece, behind) = rest.split_at(size.min(*at_most).min(rest.len()));
        effect = conversation.step(NOW, Input::Received(piece));
        rest = behind;
    }
    conversation.step(NOW, Input::Closed(Close::Fin));
    assert!(conversation.is_done());
    conversation.into_evidence()
}

/// The server's first flight: first what is offered, then the length of pieces, then the flight.
pub(super) fn flight(bytes: &[u8]) -> Reached {
    let mut codec = Codec::reading(bytes);
    let (mut rung, mut size) = (Rung::default(), 0);
    codec.choice(&mut rung, &Rung::ALL);
    codec.short(&mut size);
    let flight = codec.rest();
    let whole = listened(rung, flight, usize::MAX);
    for size in [1, usize::from(size).max(1)] {
        alike(&listened(rung, flight, size), &whole);
    }
    assert!(kept(&whole).len() <= MOST_OF_A_FLIGHT && flight.starts_with(kept(&whole)));
    if whole.end == End::Complete {
        let hello = whole.hello().expect("what is complete has been read");
        assert_eq!(hello.chain.is_empty(), hello.session.version == 0x0304);
        assert_eq!(rung == Rung::Tls13, hello.session.version == 0x0304);
    }
    // The same bytes, kept by a library that did not get far with them.
    let mut handshake = Handshake::ended(HandshakeEnd::Reset);
    handshake.flight = flight.to_vec().into();
    if let (Some(read), Some(heard)) = (handshake.hello(), whole.hello()) {
        assert_eq!(read.session, heard.session);
    }
    let mut reached = Reached::default();
    check(&whole, &mut reached, bytes);
    reached
}

/// A seed of [`flight`].
pub(super) fn flight_seed(rung: Rung, flight: &[u8]) -> Vec<u8> {
    let mut codec = Codec::writing();
    codec.choice(&mut rung.clone(), &Rung::ALL);
    codec.short(&mut 40);
    [codec.into_bytes(), flight.to_vec()].concat()
}

fn kept(evidence: &Evidence) -> &[u8] {
    evidence.handshake.as_ref().map_or(&[], |handshake| &handshake.flight)
}

/// What is read in one piece may hold more than the end needs; what is known of the server is the same.
fn alike(in_pieces: &Evidence, whole: &Evidence) {
    assert_eq!((in_pieces.stage, in_pieces.end), (whole.stage, whole.end));
    assert!(kept(whole).starts_with(kept(in_pieces)));
    assert_eq!(in_pieces.hello(), whole.hello());
}

/// Answers our own `ClientHello` so, in pieces of this size, and closes.
fn listened(rung: Rung, flight: &[u8], size: usize) -> Evidence {
    let mut asked = Plan::new(plan::target());
    (asked.goal, asked.client_hello) = (Goal::Hello, ClientHello::new(rung));
    let mut conversation = Conversation::new(asked, Dial::default(), Some(1_795_219_200));
    let Effect::Send { bytes, .. } = conversation.step(NOW, Input::Start) else { unreachable!("a request") };
    conversation.step(NOW, Input::Sent(bytes.len()));
    let confirm = oracle::confirm(false);
    conversation.step(NOW, Input::Received(&confirm[..4]));
    conversation.step(NOW, Input::Received(&confirm[4..]));
    let mut effect = conversation.step(NOW, Input::Sent(usize::MAX));
    let (mut rest, mut pieces) = (flight, 0);
    while let (Effect::Read { at_most, .. }, false) = (&effect, rest.is_empty()) {
        let (piece, behind) = rest.split_at(size.min(*at_most).min(rest.len()));
        effect = conversation.step(NOW, Input::Received(piece));
        (rest, pieces) = (behind, pieces + 1);
    }
    assert!(pieces <= flight.len());
    conversation.step(NOW, Input::Closed(Close::Fin));
    assert!(conversation.is_done() && conversation.evidence().stage == Stage::Tls);
    conversation.into_evidence()
}
