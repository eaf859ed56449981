//! Numbers of what the library has names for. They are part of the ABI: added, never given anew.

use rdp_probe::diagnose::Confidence;
use rdp_probe::{EndKind, Family, Goal, NlaResult, Package, Rung, Stage, Trust};

use crate::status::{Failure, invalid};

/// To the server's answer to the Connection Request.
pub const RDP_PROBE_GOAL_NEGOTIATE: u32 = 1;
/// To the server's first TLS flight, read in clear text: the cheapest way to its certificate, of old servers, too.
pub const RDP_PROBE_GOAL_HELLO: u32 = 2;
/// To the end of the TLS handshake. This is what a prober does unless told otherwise.
pub const RDP_PROBE_GOAL_TLS: u32 = 3;
/// To the challenge of Network Level Authentication: no credentials, no attempt to log on.
pub const RDP_PROBE_GOAL_CHALLENGE: u32 = 4;
/// To the server's word on the credentials, which are proven and not handed over. A wrong password counts at the server.
pub const RDP_PROBE_GOAL_VERIFY: u32 = 5;
/// To the end of Network Level Authentication: the credentials are handed over.
pub const RDP_PROBE_GOAL_DELEGATE: u32 = 6;
/// As far as the protocol takes it that the server chooses.
pub const RDP_PROBE_GOAL_CHOSEN: u32 = 7;

/// Standard RDP security: no bit of an offer.
pub const RDP_PROBE_PROTOCOL_RDP: u32 = 0;
/// TLS.
pub const RDP_PROBE_PROTOCOL_SSL: u32 = 1;
/// CredSSP.
pub const RDP_PROBE_PROTOCOL_HYBRID: u32 = 2;
/// RDSTLS.
pub const RDP_PROBE_PROTOCOL_RDSTLS: u32 = 4;
/// CredSSP with the early user authorization result.
pub const RDP_PROBE_PROTOCOL_HYBRID_EX: u32 = 8;
/// RDS-AAD-Auth.
pub const RDP_PROBE_PROTOCOL_RDSAAD: u32 = 16;

/// All addresses of a name, in the order of the resolver, the families taking turns.
pub const RDP_PROBE_FAMILY_ANY: u32 = 1;
/// IPv4 first.
pub const RDP_PROBE_FAMILY_PREFER_V4: u32 = 2;
/// IPv6 first.
pub const RDP_PROBE_FAMILY_PREFER_V6: u32 = 3;
/// IPv4 alone.
pub const RDP_PROBE_FAMILY_ONLY_V4: u32 = 4;
/// IPv6 alone.
pub const RDP_PROBE_FAMILY_ONLY_V6: u32 = 5;

/// Certificates are judged and reported, and end nothing.
pub const RDP_PROBE_TRUST_OBSERVE: u32 = 1;
/// A certificate that does not lead to the roots, or is bad otherwise, ends the probe.
pub const RDP_PROBE_TRUST_STRICT: u32 = 2;
/// A certificate whose key is another than the one that the target is known by ends the probe.
pub const RDP_PROBE_TRUST_FIRST_USE: u32 = 3;

/// The widest offer, TLS 1.0 to 1.2.
pub const RDP_PROBE_RUNG_WIDE: u32 = 1;
/// TLS 1.2 alone.
pub const RDP_PROBE_RUNG_TLS12: u32 = 2;
/// TLS 1.3 alone: there is no certificate in clear text.
pub const RDP_PROBE_RUNG_TLS13: u32 = 3;
/// An offer that no server can agree to.
pub const RDP_PROBE_RUNG_NOTHING: u32 = 4;

/// NTLM, as it is.
pub const RDP_PROBE_PACKAGE_NTLM: u32 = 1;
/// NTLM inside SPNEGO, as Windows speaks it.
pub const RDP_PROBE_PACKAGE_SPNEGO: u32 = 2;
/// Kerberos inside SPNEGO.
pub const RDP_PROBE_PACKAGE_KERBEROS: u32 = 3;

/// Name to addresses.
pub const RDP_PROBE_STAGE_RESOLVE: u32 = 1;
/// Address to TCP connection.
pub const RDP_PROBE_STAGE_CONNECT: u32 = 2;
/// The way to and through a proxy.
pub const RDP_PROBE_STAGE_PROXY: u32 = 3;
/// X.224 Connection Request and Confirm.
pub const RDP_PROBE_STAGE_NEGOTIATE: u32 = 4;
/// The TLS handshake, or its first flight.
pub const RDP_PROBE_STAGE_TLS: u32 = 5;
/// The talk with a key distribution centre.
pub const RDP_PROBE_STAGE_KERBEROS: u32 = 6;
/// Network Level Authentication.
pub const RDP_PROBE_STAGE_NLA: u32 = 7;

/// The stage did what it is for.
pub const RDP_PROBE_END_COMPLETE: u32 = 1;
/// The peer closed.
pub const RDP_PROBE_END_FIN: u32 = 2;
/// The peer, or something between, reset the connection.
pub const RDP_PROBE_END_RESET: u32 = 3;
/// The time was over.
pub const RDP_PROBE_END_TIMEOUT: u32 = 4;
/// A fatal TLS alert; its code is the alert's number.
pub const RDP_PROBE_END_ALERT: u32 = 5;
/// A Negotiation Failure; its code is the failure code.
pub const RDP_PROBE_END_REFUSAL: u32 = 6;
/// The server ended the connection in a message that is no answer.
pub const RDP_PROBE_END_DENIED: u32 = 7;
/// The trust that was asked for does not hold; its symbol says which check failed.
pub const RDP_PROBE_END_UNTRUSTED: u32 = 8;
/// What came is not what the protocol says; its symbol says what is wrong.
pub const RDP_PROBE_END_MALFORMED: u32 = 9;
/// The operating system failed the call; its code is the system's or the resolver's number.
pub const RDP_PROBE_END_OS: u32 = 10;
/// A proxy refused; its code is the proxy's.
pub const RDP_PROBE_END_PROXY_REFUSAL: u32 = 11;
/// The server refuses in a TSRequest; its code is an NTSTATUS.
pub const RDP_PROBE_END_REJECTED: u32 = 12;
/// The user may not log on here; its code is the Early User Authorization Result.
pub const RDP_PROBE_END_UNAUTHORIZED: u32 = 13;
/// The client's own security package has failed; its code is a status of SSPI.
pub const RDP_PROBE_END_SECURITY: u32 = 14;
/// A key distribution centre refuses; its code is that of the KRB-ERROR.
pub const RDP_PROBE_END_KDC_REFUSAL: u32 = 15;

/// Nothing was asked of credentials.
pub const RDP_PROBE_NLA_NONE: u32 = 0;
/// The credentials are right: the server has proven that it takes them.
pub const RDP_PROBE_NLA_VERIFIED: u32 = 1;
/// The server refuses them.
pub const RDP_PROBE_NLA_REJECTED: u32 = 2;
/// The key distribution centre refuses them.
pub const RDP_PROBE_NLA_REJECTED_BY_KDC: u32 = 3;
/// They are right, and the user may not log on here.
pub const RDP_PROBE_NLA_NOT_AUTHORIZED: u32 = 4;
/// The server chose a protocol that asks for none: nothing is known of them.
pub const RDP_PROBE_NLA_NOT_VERIFIABLE: u32 = 5;
/// The connection ended before anything was known of them.
pub const RDP_PROBE_NLA_UNKNOWN: u32 = 6;

/// The evidence leaves nothing else.
pub const RDP_PROBE_CERTAIN: u32 = 1;
/// It fits, and others are rare.
pub const RDP_PROBE_LIKELY: u32 = 2;
/// It fits, as others do.
pub const RDP_PROBE_POSSIBLE: u32 = 3;

const GOALS: [(u32, Goal); 7] = [
    (RDP_PROBE_GOAL_NEGOTIATE, Goal::Negotiate),
    (RDP_PROBE_GOAL_HELLO, Goal::Hello),
    (RDP_PROBE_GOAL_TLS, Goal::Tls),
    (RDP_PROBE_GOAL_CHALLENGE, Goal::Challenge),
    (RDP_PROBE_GOAL_VERIFY, Goal::Verify),
    (RDP_PROBE_GOAL_DELEGATE, Goal::Delegate),
    (RDP_PROBE_GOAL_CHOSEN, Goal::Chosen),
];

const FAMILIES: [(u32, Family); 5] = [
    (RDP_PROBE_FAMILY_ANY, Family::Any),
    (RDP_PROBE_FAMILY_PREFER_V4, Family::PreferV4),
    (RDP_PROBE_FAMILY_PREFER_V6, Family::PreferV6),
    (RDP_PROBE_FAMILY_ONLY_V4, Family::OnlyV4),
    (RDP_PROBE_FAMILY_ONLY_V6, Family::OnlyV6),
];

const TRUSTS: [(u32, Trust); 3] = [
    (RDP_PROBE_TRUST_OBSERVE, Trust::Observe),
    (RDP_PROBE_TRUST_STRICT, Trust::Strict),
    (RDP_PROBE_TRUST_FIRST_USE, Trust::FirstUse),
];

const RUNGS: [(u32, Rung); 4] = [
    (RDP_PROBE_RUNG_WIDE, Rung::Wide),
    (RDP_PROBE_RUNG_TLS12, Rung::Tls12),
    (RDP_PROBE_RUNG_TLS13, Rung::Tls13),
    (RDP_PROBE_RUNG_NOTHING, Rung::Nothing),
];

const PACKAGES: [(u32, Package); 3] = [
    (RDP_PROBE_PACKAGE_NTLM, Package::Ntlm),
    (RDP_PROBE_PACKAGE_SPNEGO, Package::Spnego),
    (RDP_PROBE_PACKAGE_KERBEROS, Package::Kerberos),
];

const STAGES: [(u32, Stage); 7] = [
    (RDP_PROBE_STAGE_RESOLVE, Stage::Resolve),
    (RDP_PROBE_STAGE_CONNECT, Stage::Connect),
    (RDP_PROBE_STAGE_PROXY, Stage::Proxy),
    (RDP_PROBE_STAGE_NEGOTIATE, Stage::Negotiate),
    (RDP_PROBE_STAGE_TLS, Stage::Tls),
    (RDP_PROBE_STAGE_KERBEROS, Stage::Kerberos),
    (RDP_PROBE_STAGE_NLA, Stage::Nla),
];

const ENDS: [(u32, EndKind); 15] = [
    (RDP_PROBE_END_COMPLETE, EndKind::Complete),
    (RDP_PROBE_END_FIN, EndKind::Fin),
    (RDP_PROBE_END_RESET, EndKind::Reset),
    (RDP_PROBE_END_TIMEOUT, EndKind::Timeout),
    (RDP_PROBE_END_ALERT, EndKind::Alert),
    (RDP_PROBE_END_REFUSAL, EndKind::Refusal),
    (RDP_PROBE_END_DENIED, EndKind::Denied),
    (RDP_PROBE_END_UNTRUSTED, EndKind::Untrusted),
    (RDP_PROBE_END_MALFORMED, EndKind::Malformed),
    (RDP_PROBE_END_OS, EndKind::Os),
    (RDP_PROBE_END_PROXY_REFUSAL, EndKind::ProxyRefusal),
    (RDP_PROBE_END_REJECTED, EndKind::Rejected),
    (RDP_PROBE_END_UNAUTHORIZED, EndKind::Unauthorized),
    (RDP_PROBE_END_SECURITY, EndKind::Security),
    (RDP_PROBE_END_KDC_REFUSAL, EndKind::KdcRefusal),
];

const CONFIDENCES: [(u32, Confidence); 3] = [
    (RDP_PROBE_CERTAIN, Confidence::Certain),
    (RDP_PROBE_LIKELY, Confidence::Likely),
    (RDP_PROBE_POSSIBLE, Confidence::Possible),
];

pub(crate) fn goal(number: u32) -> Result<Goal, Failure> {
    named(&GOALS, number, "goal")
}

pub(crate) fn family(number: u32) -> Result<Family, Failure> {
    named(&FAMILIES, number, "family")
}

pub(crate) fn trust(number: u32) -> Result<Trust, Failure> {
    named(&TRUSTS, number, "trust")
}

pub(crate) fn rung(number: u32) -> Result<Rung, Failure> {
    named(&RUNGS, number, "rung")
}

pub(crate) fn package(number: u32) -> Result<Package, Failure> {
    named(&PACKAGES, number, "package")
}

pub(crate) fn stage(number: u32) -> Option<Stage> {
    named(&STAGES, number, "stage").ok()
}

pub(crate) fn of_stage(stage: Stage) -> u32 {
    numbered(&STAGES, stage)
}

pub(crate) fn of_end(end: EndKind) -> u32 {
    numbered(&ENDS, end)
}

pub(crate) fn of_confidence(confidence: Confidence) -> u32 {
    numbered(&CONFIDENCES, confidence)
}

pub(crate) const fn of_nla(result: Option<NlaResult>) -> u32 {
    match result {
        None => RDP_PROBE_NLA_NONE,
        Some(NlaResult::Verified) => RDP_PROBE_NLA_VERIFIED,
        Some(NlaResult::Rejected(_)) => RDP_PROBE_NLA_REJECTED,
        Some(NlaResult::RejectedByKdc(_)) => RDP_PROBE_NLA_REJECTED_BY_KDC,
        Some(NlaResult::NotAuthorized(_)) => RDP_PROBE_NLA_NOT_AUTHORIZED,
        Some(NlaResult::NotVerifiable(_)) => RDP_PROBE_NLA_NOT_VERIFIABLE,
        Some(_) => RDP_PROBE_NLA_UNKNOWN,
    }
}

fn named<T: Copy>(table: &[(u32, T)], number: u32, name: &str) -> Result<T, Failure> {
    let row = table.iter().find(|(known, _)| *known == number);
    row.map(|(_, value)| *value)
        .ok_or_else(|| invalid(format!("{number} is no {name}; the header has constants for them")))
}

/// 0 for what has no number yet.
fn numbered<T: Copy + PartialEq>(table: &[(u32, T)], value: T) -> u32 {
    table.iter().find(|(_, known)| *known == value).map_or(0, |(number, _)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the library names has a number, and each number is one thing's.
    #[test]
    fn all_are_numbered() {
        assert!(Goal::ALL.iter().all(|goal| GOALS.iter().any(|(_, known)| known == goal)));
        assert!(Family::ALL.iter().all(|family| FAMILIES.iter().any(|(_, known)| known == family)));
        assert!(Trust::ALL.iter().all(|trust| TRUSTS.iter().any(|(_, known)| known == trust)));
        assert!(Rung::ALL.iter().all(|rung| RUNGS.iter().any(|(_, known)| known == rung)));
        assert!(Package::ALL.iter().all(|package| PACKAGES.iter().any(|(_, known)| known == package)));
        assert!(Stage::ALL.iter().all(|stage| of_stage(*stage) != 0));
        assert!(EndKind::ALL.iter().all(|end| of_end(*end) != 0));
        for (number, known) in STAGES {
            assert_eq!((stage(number), of_stage(known)), (Some(known), number));
        }
        assert!(goal(0).is_err() && goal(8).is_err() && stage(0).is_none());
    }
}
