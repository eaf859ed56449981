//! Spans and events for the crate `tracing`. Without the feature nothing of it is compiled in.
//!
//! A span a stage, with the target; an event for each effect that is carried out and for the end. They carry numbers of
//! bytes and ends, never the bytes themselves, and no credentials: those never come here.

use std::future::Future;

use crate::conversation::Effect;
use crate::evidence::{End, Stage};
use crate::target::Target;

/// Runs a stage in its span.
#[cfg(feature = "tracing")]
pub(super) fn stage<F: Future>(stage: Stage, target: &Target, what: F) -> impl Future<Output = F::Output> {
    use tracing::Instrument as _;
    let span = match stage {
        Stage::Resolve => tracing::debug_span!("resolve", %target),
        Stage::Connect => tracing::debug_span!("connect", %target),
        Stage::Proxy => tracing::debug_span!("proxy", %target),
        Stage::Negotiate => tracing::debug_span!("negotiate", %target),
        Stage::Tls => tracing::debug_span!("tls", %target),
    };
    what.instrument(span)
}

#[cfg(not(feature = "tracing"))]
pub(super) fn stage<F: Future>(_: Stage, _: &Target, what: F) -> F {
    what
}

/// An effect is to be carried out.
#[cfg(feature = "tracing")]
pub(super) fn effect(effect: &Effect) {
    match effect {
        Effect::Send { bytes, .. } => tracing::debug!(bytes = bytes.len(), "send"),
        Effect::Read { at_most, .. } => tracing::debug!(at_most, "read"),
        Effect::StartTls { .. } => tracing::debug!("start tls"),
        Effect::Done => tracing::debug!("done"),
    }
}

#[cfg(not(feature = "tracing"))]
pub(super) const fn effect(_: &Effect) {}

/// Something ended so.
#[cfg(feature = "tracing")]
pub(super) fn ended(end: End) {
    tracing::debug!(%end, "ended");
}

#[cfg(not(feature = "tracing"))]
pub(super) const fn ended(_: End) {}
