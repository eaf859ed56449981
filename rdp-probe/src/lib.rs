#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod conversation;
pub mod diagnose;
pub mod transcript;

mod certificate;
mod evidence;
mod flight;
mod foreign;
mod protocol;
mod report;
mod rfc3339;
mod target;
mod tls;

pub use certificate::{Certificate, Judgement, Key, KeyAlgorithm, Reason, Verdict, judge};
pub use conversation::Conversation;
pub use diagnose::diagnose;
pub use evidence::{
    Answer, Arrival, Attempt, Budget, Check, Close, Denial, Dial, End, EndKind, Evidence, Fault, Goal, Handshake,
    HandshakeEnd, Hello, Leg, Lookup, OsError, OsErrorKind, OsErrorSpace, Path, Plan, ServerName, Session, Stage,
    Trust,
};
pub use foreign::Foreign;
pub use protocol::{FailureCode, ParseProtocolsError, Protocols, Selected};
pub use report::{Failure, Palette, Report};
pub use target::{DEFAULT_PORT, ParseTargetError, Target, TargetFlaw};
pub use transcript::Transcript;
