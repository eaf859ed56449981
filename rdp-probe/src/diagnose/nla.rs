//! What facts ask of Network Level Authentication.

use super::case::Look;
use super::cause::Cause;
use super::status::causes_of_status;
use crate::credssp::{NegotiationToken, PATCHED_VERSION, der};
use crate::evidence::{
    Binding, CredSsp, CredSspStep, End, Evidence, Fault, Goal, Package, SecuredOutcome, SecuredStep, SecurityErrorKind,
};

/// Seconds that clocks may differ by: the usual limit of Kerberos (RFC 4120 8.2).
const MOST_SKEW: u64 = 300;

/// Whether the server refuses with a status that stands for these causes, and no others.
pub(super) fn rejected(look: &Look<'_>, causes: &[Cause]) -> bool {
    matches!(look.evidence.end, End::Rejected(status) if causes_of_status(status.0) == causes)
}

/// The same, behind what proves the password. Before it, a server knows neither the password nor, with NTLM, the user.
pub(super) fn disproven(look: &Look<'_>, causes: &[Cause]) -> bool {
    rejected(look, causes) && look.evidence.proof_sent()
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
    !behind_messages(&credssp.received()).is_empty()
}

/// Whether it was the server's turn when it ended: it had been told something, and had not yet answered in full. To be challenged
/// takes no package of the client's, so that it is nobody else's.
pub(super) fn is_peer_turn(look: &Look<'_>) -> bool {
    let Some(credssp) = &look.evidence.credssp else { return false };
    if look.evidence.plan.goal == Goal::Challenge {
        return true;
    }
    match credssp.events.last().map(|event| &event.what) {
        Some(CredSspStep::Sent(_)) => true,
        Some(CredSspStep::Received(_)) => has_rest(credssp),
        Some(CredSspStep::Secured(_)) | None => false,
    }
}

/// Whether the server speaks a version from before the update for CVE-2018-0886. One that changes its mind speaks none.
pub(super) fn is_outdated(look: &Look<'_>) -> Option<bool> {
    let version = look.evidence.credssp_version().filter(|version| *version >= 2)?;
    (look.evidence.end != End::Malformed(Fault::CredSspVersion)).then_some(version < PATCHED_VERSION)
}

/// Whether the clocks differ too much for Kerberos.
pub(super) fn clocks_differ(look: &Look<'_>) -> Option<bool> {
    look.evidence.clock_skew().map(|seconds| seconds.unsigned_abs() > MOST_SKEW)
}

/// Whether NTLM was offered, and the server's answer in SPNEGO does not take it. Unknown where it was not offered, and without such
/// an answer.
pub(super) fn is_without_ntlm(look: &Look<'_>) -> Option<bool> {
    let plan = &look.evidence.plan;
    let offered = plan.package != Package::Kerberos || !plan.goal.needs_credentials();
    let messages = look.evidence.credssp.as_ref().filter(|_| offered)?.messages();
    let tokens = messages.iter().filter_map(|message| NegotiationToken::parse(message.token.as_ref()?));
    let answer = tokens.into_iter().next().filter(|token| token.wrapped)?;
    Some(answer.declines_ntlm())
}

/// What was said in Network Level Authentication, in sentences.
pub(super) fn in_words(evidence: &Evidence) -> Vec<String> {
    let Some(credssp) = &evidence.credssp else { return Vec::new() };
    let mut words = Vec::new();
    words.extend(evidence.credssp_version().map(|version| format!("the server speaks CredSSP {version}")));
    let named: Vec<_> = evidence.mechanisms().iter().map(|mechanism| mechanism.as_str()).collect();
    if !named.is_empty() {
        words.push(format!("security packages that the server named: {}", named.join(", ")));
    }
    words.extend(evidence.clock_skew().map(|seconds| match seconds {
        0 => "the server's clock is that of this machine, to the second".to_owned(),
        1.. => format!("the server's clock is {seconds} s ahead of this machine's"),
        _ => format!("the server's clock is {} s behind this machine's", seconds.unsigned_abs()),
    }));
    if evidence.plan.goal.needs_credentials() {
        words.push(given(evidence, credssp).to_owned());
    }
    let bytes = credssp.received();
    if matches!(evidence.end, End::Malformed(Fault::NotCredSsp) | End::Denied(_)) && !bytes.is_empty() {
        words.push(format!("what came inside TLS ends with: {}", super::words::first_bytes(behind_messages(&bytes))));
    }
    words
}

/// How far the credentials got.
fn given(evidence: &Evidence, credssp: &CredSsp) -> &'static str {
    let sent = |what: &CredSspStep| matches!(what, CredSspStep::Sent(1..));
    let bound = |what: &CredSspStep| {
        matches!(what, CredSspStep::Secured(SecuredStep { outcome: SecuredOutcome::Bound(_), .. }))
    };
    let steps = || credssp.events.iter().map(|event| &event.what);
    let handed_over = steps().skip_while(|what| !bound(what)).any(sent);
    match credssp.binding() {
        None if !evidence.proof_sent() => "nothing that proves the password had been sent to the server",
        None => "the proof of the password had gone out, and the server had not yet proven its key",
        Some(Binding::Same) if !handed_over => {
            "the server has proven that it takes the credentials; nothing was handed over"
        }
        Some(Binding::Same) if evidence.plan.request.restricted_admin() => {
            "the server has proven that it takes the credentials; in restricted admin mode none were handed over"
        }
        Some(Binding::Same) => "the server has proven that it takes the credentials, and they were handed over",
        Some(_) => "the proof of the password had gone out; what the server says of its key does not hold",
    }
}

/// What stands behind the whole messages.
fn behind_messages(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while rest.first() == Some(&der::SEQUENCE) && der::next(&mut rest).is_some() {}
    rest
}
