//! Spans and events for the crate `tracing`. Without the feature nothing of it is compiled in.
//!
//! A span a stage, with the target; an event for each effect that is carried out, for each address that is tried and for
//! the end. They carry numbers of bytes and ends, never the bytes themselves, and no credentials: those never come here.
//! All of them are of the target `rdp_probe` and the level debug.

use std::future::Future;
use std::net::SocketAddr;

use crate::conversation::Effect;
use crate::evidence::{End, Stage};
use crate::target::Target;

/// The span of a stage.
pub(super) struct Scope {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
mod on {
    use tracing::{Instrument as _, debug, debug_span};

    use super::{Effect, End, Future, Scope, SocketAddr, Stage, Target};

    impl Scope {
        /// The span of a stage. On the way to a proxy, the target is the proxy.
        pub(in super::super) fn of(stage: Stage, target: &Target) -> Self {
            let span = match stage {
                Stage::Resolve => debug_span!(target: "rdp_probe", "resolve", %target),
                Stage::Connect => debug_span!(target: "rdp_probe", "connect", %target),
                Stage::Proxy => debug_span!(target: "rdp_probe", "proxy", %target),
                Stage::Negotiate => debug_span!(target: "rdp_probe", "negotiate", %target),
                Stage::Tls => debug_span!(target: "rdp_probe", "tls", %target),
                Stage::Kerberos => debug_span!(target: "rdp_probe", "kerberos", %target),
                Stage::Nla => debug_span!(target: "rdp_probe", "nla", %target),
            };
            Self { span }
        }

        /// Runs the stage in its span.
        pub(in super::super) fn run<F: Future>(self, what: F) -> impl Future<Output = F::Output> {
            what.instrument(self.span)
        }
    }

    /// An effect is to be carried out.
    pub(in super::super) fn effect(stage: Stage, effect: &Effect) {
        match effect {
            // The length of what is said there would tell those of user and password.
            Effect::Send { .. } if stage == Stage::Nla => debug!(target: "rdp_probe", "send"),
            Effect::Send { bytes, .. } => debug!(target: "rdp_probe", bytes = bytes.len(), "send"),
            Effect::Read { at_most, .. } => debug!(target: "rdp_probe", at_most, "read"),
            Effect::Secure { .. } => debug!(target: "rdp_probe", "ask the security package"),
            Effect::StartTls { .. } => debug!(target: "rdp_probe", "start tls"),
            Effect::Done => debug!(target: "rdp_probe", "done"),
        }
    }

    /// An address is tried.
    pub(in super::super) fn attempt(address: SocketAddr) {
        debug!(target: "rdp_probe", %address, "attempt");
    }

    /// Something ended so.
    pub(in super::super) fn ended(end: End) {
        debug!(target: "rdp_probe", %end, "ended");
    }

    /// Keeps a task that is spawned in the span of who spawns it.
    pub(in super::super) fn in_current_span<F: Future>(what: F) -> impl Future<Output = F::Output> {
        what.in_current_span()
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use super::{Effect, End, Future, Scope, SocketAddr, Stage, Target};

    impl Scope {
        pub(in super::super) const fn of(_: Stage, _: &Target) -> Self {
            Self {}
        }

        #[allow(clippy::unused_self, reason = "with the feature it is used")]
        pub(in super::super) fn run<F: Future>(self, what: F) -> F {
            what
        }
    }

    pub(in super::super) const fn effect(_: Stage, _: &Effect) {}

    pub(in super::super) const fn attempt(_: SocketAddr) {}

    pub(in super::super) const fn ended(_: End) {}

    pub(in super::super) fn in_current_span<F: Future>(what: F) -> F {
        what
    }
}

#[cfg(not(feature = "tracing"))]
pub(super) use off::{attempt, effect, ended, in_current_span};
#[cfg(feature = "tracing")]
pub(super) use on::{attempt, effect, ended, in_current_span};
