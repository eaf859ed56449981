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
//! The keys in this crate are public: they prove nothing, and belong on no real server.

mod behaviour;
mod certificate;
mod key;
mod lab;
mod player;
mod request;
mod scenario;
mod tls;

pub use certificate::{InvalidDnsName, LabCertificate};
pub use key::LabKey;
pub use lab::{Lab, LabError};
pub use player::{Ending, play};
pub use scenario::Scenario;

// The example of the landing page compiles and runs like all others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct LandingPage;
