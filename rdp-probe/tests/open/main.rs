//! Connections that are opened and handed over: the stream, what is told of it, and everything that is no success.
#![cfg(feature = "tokio")]

mod demands;
mod ends;
mod keys;
mod offers;
#[path = "../tls/server.rs"]
#[allow(dead_code, reason = "the tests of TLS use the rest")]
mod server;
mod stream;
#[path = "../support/mod.rs"]
mod support;
#[path = "../tls/tape.rs"]
#[allow(dead_code, reason = "the tests of TLS use the rest")]
mod tape;
