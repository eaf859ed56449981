//! TLS behind the Connection Confirm: what servers do to it, in memory and over real sockets.
#![cfg(feature = "tokio")]

mod keys;
mod known;
mod names;
mod runtime;
mod server;
#[path = "../support/mod.rs"]
mod support;
mod tape;
mod trust;
mod wire;
