//! Says why a Remote Desktop connection does not open.
//!
//! A [`Prober`] opens an RDP connection as far as asked (name lookup, TCP, the X.224 Connection Request, TLS), keeps
//! everything the wire showed as [`Evidence`], and reads it against a table of causes: what happened, how sure that is,
//! what the Windows client would show, what to do, and whose move it is.
//!
//! ```no_run
//! # #[cfg(feature = "tokio")]
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use rdp_probe::Prober;
//!
//! let prober = Prober::builder().build()?;
//! let report = prober.probe(&"ts01.example".parse()?).await;
//! println!("{report}");
//! # Ok(())
//! # }
//! ```
//!
//! # How it hangs together
//!
//! - A [`Target`] says where to, a [`Plan`] how far and for how long. [`Goal::Hello`] needs no cryptography, and so the core
//!   alone is enough for it.
//! - A [`Conversation`] is a pure machine: it takes inputs, names effects, and folds what it sees into [`Evidence`].
//!   It does no I/O and reads no clock. Drive it yourself on another runtime, or let [`Prober`] do it on tokio.
//! - [`mod@diagnose`] reads evidence against tables of facts, rules and causes.
//! - An [`Examination`] says which further connections tell apart what looks alike in one; [`Prober::examine`] makes them.
//! - A [`Report`] prints all of it for people, as JSON, or as a [`Transcript`] that replays the connection.
//!
//! # What it does not claim
//!
//! Numbers of the Windows client are predictions with a confidence, never facts. Faults that leave the same trace
//! share one cause, which lists them all. Certificates are judged and reported; by default a bad one does not end a
//! probe ([`Trust`]). With [`Goal::Hello`] a certificate is read in clear text: who showed it has not proven to hold its key.
//!
//! # Features
//!
//! - `tokio` (default): the driver, with name lookup, sockets and TLS (rustls, ring). Without it the crate is the core
//!   alone.
//! - `nla`: credentials, for [`Goal::Verify`] and [`Goal::Delegate`] (crate sspi). [`Goal::Challenge`] needs none, and not this
//!   feature either; see [`manual::nla`].
//! - `system-roots`: `Roots::system`, the roots that the operating system trusts (crate rustls-native-certs).
//! - `tracing`: a span for each stage of a probe (`resolve`, `connect`, `proxy`, `negotiate`, `tls`, each with its target)
//!   and an event for each step, at level debug. Numbers of bytes and ends are told, bytes and credentials are not.
//! - `idn`: targets with letters beyond ASCII, in their xn-- form (crate idna). Without it they are an error.
//!
//! # Panics
//!
//! None, on any input from the network. [`Prober::probe_blocking`] panics inside an asynchronous context, everything
//! else that is asynchronous outside a tokio runtime with its drivers on.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

// What is tried from within speaks of the library as those do who use it.
#[cfg(feature = "fuzzing")]
extern crate self as rdp_probe;

pub mod codes;
pub mod conversation;
pub mod credssp;
pub mod diagnose;
pub mod explain;
pub mod manual;
pub mod transcript;

mod certificate;
mod client_hello;
#[cfg(feature = "tokio")]
mod driver;
mod evidence;
mod examine;
mod flight;
mod foreign;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "idn")]
mod idn;
mod json;
mod prose;
mod protocol;
mod rdp_file;
mod report;
mod rfc3339;
mod target;
mod tls;

pub use certificate::{
    Certificate, Change, Judgement, Key, KeyAlgorithm, ParseThumbprintError, Reason, Thumbprint, ThumbprintFlaw,
    Verdict, judge,
};
pub use conversation::Conversation;
pub use diagnose::diagnose;
#[cfg(feature = "tokio")]
pub use driver::{
    ConfigError, Examining, KnownCertificates, Network, Opened, Probed, Prober, ProberBuilder, Progress, Proxy,
    ProxyError, Remembering, Resolver, Resolving, Roots, RootsError, Stream, Sweep, System, TlsConfigError, Upgraded,
};
#[cfg(feature = "nla")]
pub use driver::{Credentials, CredentialsError};
pub use evidence::{
    Answer, Arrival, Attempt, Binding, Budget, ChainPath, Check, ClientHello, Close, CredSsp, CredSspEvent,
    CredSspStep, Dangers, Denial, Dial, End, EndKind, Evidence, Exchange, Family, Fault, Goal, Handshake, HandshakeEnd,
    Hello, KdcEnd, KdcTraffic, KeyExchange, Known, Leg, Lookup, NlaResult, OsError, OsErrorKind, OsErrorSpace, Package,
    Plan, Proxied, ProxyKind, ProxyRefusal, Request, RequestError, Rung, SecuredOutcome, SecuredStep, SecurityError,
    SecurityErrorKind, ServerName, Session, Shortage, Stage, Trust,
};
pub use examine::{Examination, Limits, Step};
pub use foreign::Foreign;
pub use protocol::{FailureCode, ParseProtocolsError, Protocols, Selected};
pub use rdp_file::{Gateway, GatewayUse, RdpFile, RdpFileError, RdpFileFlaw, ServerAuthentication};
pub use report::{Failure, Report};
pub use target::{DEFAULT_PORT, ParseTargetError, Target, TargetFlaw};
pub use transcript::Transcript;

// The examples of the landing pages compile and run like all others.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../../README.md")]
struct LandingPages;
