//! TLS without cryptography: our own `ClientHello`, and what a server's first flight says in clear text.
#![cfg(feature = "tokio")]

mod driver;
mod encoder;
mod flights;
mod odd;
mod reader;
mod reports;
#[path = "../support/mod.rs"]
mod support;
#[path = "../tls/tape.rs"]
mod tape;

use std::time::Duration;

use bytes::Bytes;
use rdp_probe::conversation::{Effect, Input, State};
use rdp_probe::{ClientHello, Conversation, Dial, Goal, Plan, Rung, ServerName};
use support::{CONFIRM, HOST};

/// What every hello of these tests has in it.
const RANDOM: [u8; 32] = *b"chance is the same in every test";

fn plan(hello: ClientHello) -> Plan {
    let mut plan = Plan::new(HOST.parse().unwrap());
    (plan.goal, plan.client_hello) = (Goal::Hello, hello);
    plan
}

/// A conversation that waits for its hello to be sent, and the hello.
fn saying(plan: Plan) -> (Conversation, Bytes) {
    let mut conversation = Conversation::new(plan, Dial::default(), None).with_random(RANDOM);
    let now = Duration::ZERO;
    conversation.step(now, Input::Start);
    conversation.step(now, Input::Sent(19));
    conversation.step(now, Input::Received(&CONFIRM[..4]));
    let Effect::Send { bytes, .. } = conversation.step(now, Input::Received(&CONFIRM[4..])) else {
        panic!("{:?}", conversation.state())
    };
    assert_eq!(conversation.state(), State::Hello);
    (conversation, bytes)
}

/// A conversation that waits for the server's first flight.
fn listening(rung: Rung) -> Conversation {
    let (mut conversation, hello) = saying(plan(ClientHello::new(rung)));
    assert!(matches!(conversation.step(Duration::ZERO, Input::Sent(hello.len())), Effect::Read { .. }));
    assert_eq!(conversation.state(), State::Flight);
    conversation
}

/// The hello that is sent to the usual target.
fn hello(hello: ClientHello) -> Bytes {
    saying(plan(hello)).1
}

/// The same, asking for no name.
fn nameless(hello: ClientHello) -> Bytes {
    saying(named(hello, ServerName::None)).1
}

/// A plan that asks for this name.
fn named(hello: ClientHello, name: ServerName) -> Plan {
    let mut plan = plan(hello);
    plan.server_name = name;
    plan
}
