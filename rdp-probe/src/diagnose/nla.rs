//! What facts ask of Network Level Authentication.

use super::case::Look;
use super::cause::Cause;
use super::status::causes_of_status;
use crate::credssp::{Mechanism, NegotiationState, NegotiationToken, PATCHED_VERSION, der};
use crate::evidence::{CredSsp, CredSspStep, End, Package, SecurityErrorKind};

/// Seconds that clocks may differ by: the usual limit of Kerberos (RFC 4120 8.2).
const MOST_SKEW: u64 = 300;

/// Whether the server refuses with a status that stands for these causes, and no others.
pub(super) fn rejected(look: &Look<'_>, causes: &[Cause]) -> bool {
    matches!(look.evidence.end, End::Rejected(status) if causes_of_status(status.0) == causes)
}

/// Whether the client's own package has failed so.
pub(super) fn failed(look: &Look<'_>, kind: SecurityErrorKind) -> bool {
    matches!(look.evidence.end, End::Security(error) if error.kind == kind)
}

/// Whether a key distribution centre refuses with one of these codes.
pub(super) fn refused(look: &Look<'_>, codes: &[i32]) -> bool {
    matches!(look.evidence.end, End::KdcRefusal(code) if codes.contains(&code))
}

/// Whether the last message of the server is not whole.
pub(super) fn is_partial(look: &Look<'_>) -> bool {
    look.evidence.credssp.as_ref().is_some_and(has_rest)
}

fn has_rest(credssp: &CredSsp) -> bool {
    let received = credssp.received();
    let mut rest = received.as_slice();
    while rest.first() == Some(&der::SEQUENCE) && der::next(&mut rest).is_some() {}
    !rest.is_empty()
}

/// Whether it was the client's turn when it ended: the server has said what was due, or was not asked yet.
pub(super) fn is_own_turn(look: &Look<'_>) -> bool {
    let Some(credssp) = &look.evidence.credssp else { return false };
    match credssp.events.last().map(|event| &event.what) {
        Some(CredSspStep::Sent(_)) => false,
        Some(CredSspStep::Received(_)) => !has_rest(credssp),
        Some(CredSspStep::Secured(_)) | None => true,
    }
}

/// Whether the server speaks a version from before the update for CVE-2018-0886.
pub(super) fn is_outdated(look: &Look<'_>) -> Option<bool> {
    look.evidence.credssp_version().map(|version| (2..PATCHED_VERSION).contains(&version))
}

/// Whether the clocks differ too much for Kerberos.
pub(super) fn clocks_differ(look: &Look<'_>) -> Option<bool> {
    look.evidence.clock_skew().map(|seconds| seconds.unsigned_abs() > MOST_SKEW)
}

/// Whether NTLM was offered in SPNEGO, and the answer names other packages or none. Unknown where it was not offered so.
pub(super) fn is_without_ntlm(look: &Look<'_>) -> Option<bool> {
    let plan = &look.evidence.plan;
    let offered =
        plan.package == Package::Spnego || plan.package == Package::Kerberos && !plan.goal.needs_credentials();
    let messages = look.evidence.credssp.as_ref().filter(|_| offered)?.messages();
    let tokens = messages.iter().filter_map(|message| NegotiationToken::parse(message.token.as_ref()?));
    let answer = tokens.into_iter().next().filter(|token| token.wrapped)?;
    let other = !answer.mechanisms.is_empty() && !answer.mechanisms.contains(&Mechanism::Ntlm);
    Some(other || answer.state == Some(NegotiationState::Rejected))
}
