//! RDP servers that misbehave on purpose, in process, on loopback.
//!
//! A tool that opens Remote Desktop connections meets servers that refuse, stall, reset, speak another protocol or
//! show an expired certificate. This crate plays them all, so that the tool can be tested without Windows:
//!
//! ```
//! use rdp_probe_lab::Lab;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), rdp_probe_lab::LabError> {
//! let lab = Lab::start("closes-on-request").await?;
//! println!("connect to {}", lab.address());
//! # Ok(())
//! # }
//! ```
//!
//! A [`Lab`] serves until it is dropped, any number of connections at once. [`Scenario::all`] lists what there is;
//! [`Lab::replay`] plays the server of any transcript that `rdp-probe` has written.
//!
//! [`Lab::watch`] tells what a client does, step by step: what it offered, whether it completed TLS, how it ended.
//! Servers that complete TLS go on as an RDP server does, as far as MCS: the client gets its domain, its user and its
//! channels, and is sent away at the first thing behind, for there is no desktop to show.
//!
//! [`NlaServer`] speaks Network Level Authentication before that: it knows users and their passwords, refuses them as told,
//! and breaks `CredSSP` at every step. What it got of a client's credentials, [`Seen`] tells.
//!
//! The keys in this crate are public: they prove nothing, and belong on no real server.

mod answer;
mod behaviour;
mod certificate;
mod condition;
mod ending;
mod flight;
mod flood;
mod foreign;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod handshake;
mod hello;
mod key;
mod lab;
mod mcs;
mod nla;
mod pace;
mod player;
mod policy;
mod request;
mod scenario;
mod tls;
mod tpkt;
mod watch;

pub use certificate::{InvalidDnsName, LabCertificate};
pub use key::LabKey;
pub use lab::{Lab, LabError};
pub use nla::{NlaAct, NlaServer, NlaTurn, NtlmHost};
pub use player::{Ending, play};
pub use scenario::Scenario;
pub use watch::{Event, Log, Seen, Watcher};

// The example of the landing page compiles and runs like all others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct LandingPage;
