//! Oracles for fuzzers: each takes any bytes, drives one reader or the whole machine with them, and panics where something does not
//! hold that always should. No part of the public interface.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "an oracle is there to panic, and to do so where it finds something"
)]

mod answers;
mod certificate;
mod codec;
mod conversation;
mod dial;
mod moves;
mod oracle;
mod plan;
mod reached;
mod report;
mod script;
mod seeds;
mod texts;

use rdp_probe::Evidence;

pub use reached::{Reached, ends};
pub use seeds::seeds;

/// What tries an input.
pub type Oracle = fn(&[u8]) -> Reached;

/// Every oracle of the library, by the name of its target.
pub const ORACLES: [(&str, Oracle); 9] = [
    ("conversation", conversation::conversation),
    ("examine", conversation::examine),
    ("confirm", answers::confirm),
    ("flight", answers::flight),
    ("certificate", certificate::certificate),
    ("credssp", credssp),
    ("transcript", texts::transcript),
    ("target", texts::target),
    ("rdp_file", texts::rdp_file),
];

/// What holds for every connection that is over, whoever has driven it.
///
/// # Panics
/// If something of it does not hold.
#[must_use]
pub fn connection(evidence: &Evidence, input: &[u8]) -> Reached {
    let mut reached = Reached::default();
    conversation::check(evidence, &mut reached, input);
    reached
}

/// What a server says inside TLS: its messages one by one, and a whole connection to it.
fn credssp(bytes: &[u8]) -> Reached {
    oracle::ts_request(bytes);
    oracle::token(bytes);
    oracle::challenge(bytes);
    oracle::written(bytes);
    let mut reached = Reached::default();
    // One of six connections: all of them take six times as long, and the other seeds have the others.
    let (package, goal) = oracle::GOALS[bytes.len() % oracle::GOALS.len()];
    conversation::check(&oracle::conversation_with(goal, package, bytes), &mut reached, bytes);
    reached
}
