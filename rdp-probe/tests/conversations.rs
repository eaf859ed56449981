//! Two million conversations with peers that do anything: none may panic, and together they reach every state, every
//! possible stage × end, every rule and every prediction. Half of them are transcripts with something changed.

mod chance;
#[path = "../src/fuzzing/reached.rs"]
#[allow(dead_code, unreachable_pub, reason = "the fuzzing ones use more of it")]
mod reach;

use std::thread;
use std::time::Duration;

use bytes::Bytes;
use chance::Chance;
use rdp_probe::conversation::{Effect, Input, State};
use rdp_probe::credssp::TsRequest;
use rdp_probe::diagnose::{PREDICTIONS, Rule};
use rdp_probe::transcript::{Event, Happening};
use rdp_probe::{
    Budget, ChainPath, Conversation, CredSspStep, Dial, Evidence, Goal, Handshake, HandshakeEnd, Request,
    SecuredOutcome, SecuredStep, Session, Transcript, Trust,
};
use reach::Reached;

/// Conversations of each kind.
const HALF: u64 = 1_000_000;

/// Takes in how a conversation ended. No more is kept than is said.
fn add(all: &mut Reached, evidence: &Evidence) {
    assert!(evidence.received.len() <= 1024 && evidence.arrivals.len() <= evidence.received.len());
    assert!(evidence.handshake.as_ref().is_none_or(|handshake| handshake.flight.len() <= 64 * 1024));
    all.add(evidence);
}

/// All conversations together have reached everything; but for rules over several connections, which have cases of their own.
fn assert_everything(all: &Reached) {
    assert_eq!(all.missing_states().collect::<Vec<_>>(), [], "states never reached");
    // The first two stages end a probe only by failing; a later one is what Complete is for.
    assert_eq!(all.missing_ends().collect::<Vec<_>>(), [], "ends never reached");
    let unfired = all.missing_rules().filter(|rule| !rule.takes_several());
    assert_eq!(unfired.collect::<Vec<_>>(), Vec::<&Rule>::new(), "rules never fired");
    assert_eq!(all.predictions.len(), PREDICTIONS.len(), "predictions never made");
}

/// What chance makes its inputs of.
struct Corpus {
    flights: Vec<Handshake>,
    /// Messages of servers in `CredSSP`.
    messages: Vec<Bytes>,
    /// Those of them that have a word on the server's key.
    words: Vec<Bytes>,
}

/// Drives a conversation with inputs made by chance, fitting and unfitting, until it is done.
fn converse(chance: &mut Chance, corpus: &Corpus, reached: &mut Reached) -> Evidence {
    let mut now = Duration::ZERO;
    let (mut conversation, mut effect, mut steps) = begun(chance, &corpus.flights);
    let mut unread = Bytes::new();
    while !conversation.is_done() {
        reached.states.insert(conversation.state());
        now += Duration::from_micros(chance.below(200_000));
        let fitting = steps > 0 && steps < 40 && !chance.one_in(8);
        effect = match &effect {
            _ if steps == 0 => conversation.step(now, Input::Start),
            Effect::Read { at_most, .. } if fitting => {
                let bytes = heard(chance, corpus, &conversation, *at_most, &mut unread);
                conversation.step(now, Input::Received(&bytes))
            }
            Effect::Send { bytes, .. } if fitting => conversation.step(now, Input::Sent(bytes.len())),
            Effect::Secure { ask, .. } if fitting => {
                conversation.step(now, Input::Secured(Box::new(chance.secured_for(ask))))
            }
            Effect::StartTls { .. } if fitting => {
                conversation.step(now, Input::Tls(Box::new(outcome(chance, &corpus.flights))))
            }
            _ => anything(chance, &mut conversation, now, &corpus.flights),
        };
        steps += 1;
        // Time does not stand still for ever.
        if steps > 60 {
            now += Duration::from_hours(1);
            effect = conversation.step(now, Input::Tick);
        }
    }
    reached.states.insert(conversation.state());
    assert_eq!(conversation.step(now, Input::Start), Effect::Done);
    conversation.into_evidence()
}

/// A conversation that begins, or one of a few that are further.
fn begun(chance: &mut Chance, flights: &[Handshake]) -> (Conversation, Effect, usize) {
    if chance.one_in(8) {
        return opened(chance, flights);
    }
    let clock = chance.one_in(2).then_some(1_795_219_200);
    (Conversation::new(chance.plan(), chance.dial(), clock), Effect::Done, 0)
}

/// What a server may say where a conversation stands. Inside TLS, what was not asked for stays in the stream.
fn heard(
    chance: &mut Chance,
    corpus: &Corpus,
    conversation: &Conversation,
    at_most: usize,
    unread: &mut Bytes,
) -> Bytes {
    match conversation.state() {
        State::Flight => piece(chance, &corpus.flights),
        State::Hearing | State::HearingForeign | State::Authorizing => {
            if unread.is_empty() {
                let sealed = has_sealed(conversation.evidence());
                *unread = message(chance, if sealed { &corpus.words } else { &corpus.messages });
            }
            unread.split_to(unread.len().min(at_most))
        }
        _ => answer(chance, at_most).into(),
    }
}

fn anything(chance: &mut Chance, conversation: &mut Conversation, now: Duration, flights: &[Handshake]) -> Effect {
    match chance.below(7) {
        0 => conversation.step(now, Input::Start),
        1 => conversation.step(now, Input::Sent(chance.size(64))),
        2 => conversation.step(now, Input::Received(&chance.bytes(600))),
        3 => conversation.step(now, Input::Tls(Box::new(outcome(chance, flights)))),
        4 => conversation.step(now, Input::Closed(chance.close())),
        5 => conversation.step(now, Input::Secured(Box::new(chance.secured()))),
        _ => conversation.step(now, Input::Tick),
    }
}

/// Bytes that look like an answer, more often than chance would have it.
fn answer(chance: &mut Chance, at_most: usize) -> Vec<u8> {
    let mut bytes = match (at_most, chance.below(12)) {
        (4, 0..=7) => chance.of(&[[3, 0, 0, 19], [3, 0, 0, 11], [3, 0, 0, 9]]).to_vec(),
        (15, 0..=8) => {
            let (kind, value) = chance.of(&[
                (2, 0),
                (2, 1),
                (2, 2),
                (2, 8),
                (2, 8),
                (2, 8),
                (3, 1),
                (3, 2),
                (3, 5),
                (3, 9),
                (2, 64),
                (9, 1),
            ]);
            vec![14, 0xD0, 0, 0, 0x12, 0x34, 0, kind, 0x1F, 8, 0, value, 0, 0, 0]
        }
        (7, 0..=6) => chance.of(&[[6, 0xD0, 0, 0, 0x12, 0x34, 0], [6, 0x80, 0, 0, 0, 0, 128]]).to_vec(),
        (5, 0..=6) => vec![2, 0xF0, 0x80, 0x21, 0x80],
        _ => chance.bytes(at_most.saturating_add(4)),
    };
    let cut = if chance.one_in(4) { chance.size(bytes.len() + 1) } else { bytes.len() };
    bytes.truncate(cut);
    bytes
}

/// A first flight, or a piece of one, or something else.
fn piece(chance: &mut Chance, corpus: &[Handshake]) -> Bytes {
    let flight = corpus[chance.size(corpus.len())].flight.clone();
    match chance.below(8) {
        0 => chance.bytes(64).into(),
        1 => mutate(chance, &flight),
        2 => Bytes::copy_from_slice(&[21, 3, 1, 0, 2, 2, chance.of(&[0, 40, 70, 80, 112])]),
        3 => flight.slice(chance.size(flight.len() + 1)..),
        4 => flight.slice(..chance.size(flight.len() + 1)),
        _ => flight,
    }
}

/// A conversation that is as far as inside TLS, where chance would bring few.
fn opened(chance: &mut Chance, flights: &[Handshake]) -> (Conversation, Effect, usize) {
    let mut plan = chance.plan();
    plan.goal = chance.of(&[Goal::Challenge, Goal::Verify, Goal::Delegate]);
    (plan.trust, plan.budget, plan.request) = (Trust::Observe, Budget::default(), Request::default());
    let mut conversation = Conversation::new(plan, Dial::default(), Some(1_795_219_200));
    conversation.step(Duration::ZERO, Input::Start);
    conversation.step(Duration::ZERO, Input::Sent(19));
    conversation.step(Duration::ZERO, Input::Received(&[3, 0, 0, 19]));
    let selected = chance.of(&[2, 8]);
    let confirm = [14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0, selected, 0, 0, 0];
    conversation.step(Duration::ZERO, Input::Received(&confirm));
    let complete = Handshake { end: HandshakeEnd::Complete, ..outcome(chance, flights) };
    let effect = conversation.step(Duration::ZERO, Input::Tls(Box::new(complete)));
    (conversation, effect, 1)
}

/// Whether the client has sealed its word on the server's key, and waits for the server's.
fn has_sealed(evidence: &Evidence) -> bool {
    let sealed = |what: &CredSspStep| {
        matches!(what, CredSspStep::Secured(SecuredStep { outcome: SecuredOutcome::Sealed(_), .. }))
    };
    evidence.credssp.iter().flat_map(|credssp| &credssp.events).any(|event| sealed(&event.what))
}

/// A message of the corpus, or a piece of one, or something else.
fn message(chance: &mut Chance, corpus: &[Bytes]) -> Bytes {
    let message = corpus[chance.size(corpus.len())].clone();
    match chance.below(8) {
        0 => chance.bytes(64).into(),
        1 => mutate(chance, &message),
        2 => message.slice(..chance.size(message.len() + 1)),
        _ => message,
    }
}

/// The outcome of a handshake, with flights and chains of the corpus, cut and flipped.
fn outcome(chance: &mut Chance, corpus: &[Handshake]) -> Handshake {
    let mut outcome = corpus[chance.size(corpus.len())].clone();
    outcome.end = chance.handshake_end();
    if outcome.end == HandshakeEnd::Complete && chance.one_in(2) {
        outcome.session = Some(Session { version: 0x0304, suite: 0x1302 });
    }
    outcome.path = chance.of(&[None, Some(ChainPath::Trusted), Some(ChainPath::UnknownIssuer)]);
    if chance.one_in(4) {
        outcome.flight = mutate(chance, &outcome.flight);
    }
    if chance.one_in(8) && !outcome.chain.is_empty() {
        outcome.chain[0] = mutate(chance, &outcome.chain[0]);
    }
    outcome
}

fn mutate(chance: &mut Chance, bytes: &Bytes) -> Bytes {
    let mut bytes = bytes.to_vec();
    for _ in 0..=chance.below(3) {
        match chance.below(3) {
            0 if !bytes.is_empty() => {
                let at = chance.size(bytes.len());
                bytes[at] ^= 1 << chance.below(8);
            }
            1 => bytes.truncate(chance.size(bytes.len() + 1)),
            _ => {
                let at = chance.size(bytes.len() + 1);
                let more = chance.bytes(8);
                bytes.splice(at..at, more);
            }
        }
    }
    bytes.into()
}

/// Changes something about a transcript.
fn change(chance: &mut Chance, transcript: &mut Transcript, flights: &[Handshake]) {
    let plan = chance.plan();
    match chance.below(6) {
        0 => transcript.plan = plan,
        1 => transcript.dial = chance.dial(),
        2 => transcript.clock = None,
        _ => {}
    }
    if transcript.events.is_empty() {
        return;
    }
    let at = chance.size(transcript.events.len());
    match chance.below(8) {
        0 => drop(transcript.events.remove(at)),
        1 => transcript.events.truncate(at),
        2 => transcript.events[at].what = Happening::Closed(chance.close()),
        3 => transcript.events[at].what = Happening::Timeout,
        4 => transcript.events[at].what = Happening::Tls(Box::new(outcome(chance, flights))),
        5 => transcript.events[at].at += chance.time(),
        _ => {
            if let Event { what: Happening::Received(bytes), .. } = &mut transcript.events[at] {
                *bytes = mutate(chance, bytes);
            }
        }
    }
}

fn corpus() -> Vec<Transcript> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transcripts");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    files.map(|text| text.parse().unwrap()).collect()
}

/// What the transcripts have that a server said.
fn said(transcripts: &[Transcript]) -> Corpus {
    let events = transcripts.iter().flat_map(|transcript| &transcript.events);
    let flights = events
        .filter_map(|event| match &event.what {
            Happening::Tls(handshake) => Some((**handshake).clone()),
            _ => None,
        })
        .collect();
    let inside = transcripts
        .iter()
        .flat_map(|transcript| transcript.events.iter().skip_while(|event| !matches!(event.what, Happening::Tls(_))));
    let messages: Vec<Bytes> = inside
        .filter_map(|event| match &event.what {
            Happening::Received(bytes) => Some(bytes.clone()),
            _ => None,
        })
        .collect();
    let is_word = |bytes: &Bytes| TsRequest::parse(bytes).is_ok_and(|request| request.pub_key_auth.is_some());
    let words = messages.iter().filter(|bytes| is_word(bytes)).cloned().collect();
    Corpus { flights, messages, words }
}

fn changed(transcripts: &[Transcript], corpus: &Corpus) -> Reached {
    let (mut chance, mut reached) = (Chance(0x0904_0007), Reached::default());
    for _ in 0..HALF {
        let original = &transcripts[chance.size(transcripts.len())];
        let mut transcript = original.clone();
        while transcript == *original {
            change(&mut chance, &mut transcript, &corpus.flights);
        }
        add(&mut reached, &transcript.replay());
    }
    reached
}

fn made_up(corpus: &Corpus) -> Reached {
    let (mut chance, mut reached) = (Chance(0x0904_0008), Reached::default());
    for _ in 0..HALF {
        let evidence = converse(&mut chance, corpus, &mut reached);
        add(&mut reached, &evidence);
    }
    reached
}

#[test]
fn two_million_conversations() {
    let transcripts = corpus();
    let corpus = said(&transcripts);
    let reached = thread::scope(|scope| {
        let first = scope.spawn(|| changed(&transcripts, &corpus));
        let mut reached = made_up(&corpus);
        reached.extend(first.join().unwrap());
        reached
    });
    assert_everything(&reached);
}
