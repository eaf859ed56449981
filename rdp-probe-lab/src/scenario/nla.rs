//! Servers of Network Level Authentication.

use std::time::Duration;

use bytes::Bytes;
use rdp_probe::codes::NtStatus;
use rdp_probe::credssp::{Mechanism, TsRequest};
use rdp_probe::diagnose::Cause;
use rdp_probe::{Goal, Package, Protocols};

use super::request::ULTIMATUM;
use super::{Scenario, row};
use crate::behaviour::Behaviour;
use crate::nla::{NlaAct, NlaServer, NlaTurn, NtlmHost};
use crate::player::Ending;

/// A server as it should be, where the user of the scenarios may log on.
fn sound() -> NlaServer {
    NlaServer::new().with_user(Scenario::USER, Scenario::PASSWORD)
}

/// A server that takes the password, and refuses its owner with this status.
fn refusing(status: u32) -> NlaServer {
    NlaServer::new().with_refused_user(Scenario::USER, Scenario::PASSWORD, NtStatus(status))
}

/// A server that breaks at its word on its key.
fn binds(act: NlaAct) -> NlaServer {
    sound().instead_of(NlaTurn::Binding, act)
}

/// A server that begins so.
fn begins(act: NlaAct) -> NlaServer {
    sound().instead_of(NlaTurn::Challenge, act)
}

const fn says(text: &'static [u8]) -> NlaAct {
    NlaAct::Say(Bytes::from_static(text), Ending::Fin)
}

/// A scenario that takes credentials as far as the server's word on its key.
const fn verify(name: &'static str, expected: Cause, server: fn() -> NlaServer, about: &'static str) -> Scenario {
    row(name, expected, Behaviour::Nla(server), about).for_goal(Goal::Verify)
}

/// The same, and on to the end.
const fn delegate(name: &'static str, expected: Cause, server: fn() -> NlaServer, about: &'static str) -> Scenario {
    row(name, expected, Behaviour::Nla(server), about).for_goal(Goal::Delegate)
}

/// A scenario that takes no credentials.
const fn challenge(name: &'static str, expected: Cause, server: fn() -> NlaServer, about: &'static str) -> Scenario {
    row(name, expected, Behaviour::Nla(server), about).for_goal(Goal::Challenge)
}

/// Servers that know the user, and answer for themselves.
pub(super) const ANSWERS: &[Scenario] = &[
    delegate(
        "nla",
        Cause::NoFaultFound,
        sound,
        "Network Level Authentication as it should be, for alice with the password Secret-1, and MCS behind it",
    ),
    challenge(
        "nla-challenge",
        Cause::NoFaultFound,
        sound,
        "the same, asked for its names, its build and its clock alone",
    ),
    challenge(
        "nla-clock-wrong",
        Cause::ClockSkew,
        || {
            sound().with_host(NtlmHost {
                clock: Some(time::OffsetDateTime::now_utc().unix_timestamp() + 3600),
                ..NtlmHost::default()
            })
        },
        "the same with a clock that is an hour ahead",
    ),
    verify(
        "nla-wrong-password",
        Cause::CredentialsWrong,
        || NlaServer::new().with_user(Scenario::USER, "another"),
        "knows alice by another password: refuses with STATUS_LOGON_FAILURE",
    ),
    verify(
        "nla-wrong-password-beside-binding",
        Cause::CredentialsWrong,
        || NlaServer::new().with_user(Scenario::USER, "another").refusing(NlaAct::RefuseBeside),
        "the same, with a pubKeyAuth beside the refusal, as FreeRDP 3 sends it",
    ),
    verify(
        "nla-wrong-password-silently",
        Cause::CredsspEndsSilently,
        || NlaServer::new().with_user(Scenario::USER, "another").refusing(|_| NlaAct::Close),
        "the same, but closes without a word, as FreeRDP 2 does",
    ),
    verify(
        "nla-password-expired",
        Cause::PasswordExpired,
        || refusing(0xC000_0071),
        "the password of alice has expired",
    ),
    verify(
        "nla-password-must-change",
        Cause::PasswordExpired,
        || refusing(0xC000_0224),
        "alice has to change the password before the first log-on",
    ),
    verify("nla-disabled", Cause::AccountUnusable, || refusing(0xC000_0072), "the account of alice is disabled"),
    verify("nla-locked", Cause::AccountUnusable, || refusing(0xC000_0234), "the account of alice is locked out"),
    verify(
        "nla-logon-type",
        Cause::LogonNotPermitted,
        || refusing(0xC000_015B),
        "alice has not been granted this kind of log-on",
    ),
    delegate(
        "nla-early-denied",
        Cause::LogonNotPermitted,
        || sound().with_early_authorization(5),
        "takes the credentials, and does not authorise alice: the Early User Authorization Result is 5",
    ),
    delegate(
        "nla-early-unknown",
        Cause::AuthorizationUnknown,
        || sound().with_early_authorization(42),
        "takes the credentials; its Early User Authorization Result is 42, which no specification knows",
    ),
    verify(
        "nla-domain-unreachable",
        Cause::DomainUnreachable,
        || refusing(0xC000_005E),
        "finds no domain controller that could say whether the password is right",
    ),
    verify("nla-clock-refused", Cause::ClockSkew, || refusing(0xC000_0133), "refuses because clocks differ"),
    verify("nla-ntlm-blocked", Cause::NtlmBlocked, || refusing(0xC000_0418), "takes no NTLM by its policy"),
    verify(
        "nla-delegation-refused",
        Cause::DelegationRefused,
        || refusing(0x8009_035E),
        "may not be delegated credentials to",
    ),
    verify(
        "nla-not-supported",
        Cause::UnsupportedFunction,
        || sound().with_mechanisms([Mechanism::MsKerberos]),
        "takes Kerberos alone, and refuses a bare message of NTLM with SEC_E_UNSUPPORTED_FUNCTION",
    ),
    challenge(
        "nla-kerberos-only",
        Cause::NtlmNotOffered,
        || sound().with_mechanisms([Mechanism::MsKerberos]),
        "takes Kerberos alone, and says so in SPNEGO",
    )
    .for_package(Package::Spnego),
    verify(
        "nla-refused-unknown",
        Cause::NlaRejected,
        || refusing(0xC00A_0042),
        "refuses with a status that no table knows",
    ),
    verify(
        "nla-not-verifiable",
        Cause::NlaNotChosen,
        || sound().with_protocols(Protocols::SSL),
        "chooses TLS without Network Level Authentication: whatever the password, nothing is known of it",
    ),
];

/// Servers that break `CredSSP`.
pub(super) const BROKEN: &[Scenario] = &[
    challenge("nla-silent", Cause::CredsspSilent, || begins(NlaAct::Leave(Ending::Silence)), "says nothing in CredSSP"),
    challenge(
        "nla-old-version",
        Cause::CredsspOutdated,
        || sound().with_version(4),
        "speaks CredSSP 4, without the update for CVE-2018-0886",
    ),
    challenge(
        "nla-version-invalid",
        Cause::CredsspVersionInvalid,
        || sound().with_version(1),
        "names version 1 of CredSSP, which there never was",
    ),
    challenge(
        "nla-challenge-malformed",
        Cause::NtlmChallengeMalformed,
        endless_names,
        "sends an NTLM challenge whose list of names has no end",
    ),
    challenge(
        "nla-plain-text",
        Cause::CredsspNotSpoken,
        || begins(says(b"internal error, see the log of the service\r\n")),
        "answers with plain text inside TLS",
    ),
    challenge(
        "nla-malformed",
        Cause::CredsspMalformed,
        || begins(says(&[0x30, 5, 0xA0, 3, 2, 9, 6])),
        "answers with a TSRequest that is no DER",
    ),
    challenge(
        "nla-drips",
        Cause::CredsspStalled,
        || begins(NlaAct::Drip(Duration::from_secs(1))),
        "answers one byte a second in CredSSP",
    ),
    verify(
        "nla-truncated",
        Cause::CredsspTruncated,
        || binds(NlaAct::Cut(9, Ending::Fin)),
        "closes in the middle of its word on its key",
    ),
    verify(
        "nla-fin",
        Cause::CredsspEndsSilently,
        || binds(NlaAct::Leave(Ending::Fin)),
        "takes the credentials, and closes without a word, and without TLS's goodbye",
    ),
    verify(
        "nla-reset",
        Cause::CredsspEndsSilently,
        || binds(NlaAct::Leave(Ending::Reset)),
        "takes the credentials, and resets the connection",
    ),
    verify(
        "nla-stalls",
        Cause::CredsspStalled,
        || binds(NlaAct::Leave(Ending::Silence)),
        "takes the credentials, and says nothing more",
    ),
    verify("nla-alert", Cause::CredsspAlert, || binds(NlaAct::Alert(49)), "sends alert 49 in place of an answer"),
    verify(
        "nla-ultimatum",
        Cause::NlaDenied,
        || binds(says(ULTIMATUM)),
        "sends an MCS Disconnect Provider Ultimatum inside TLS, as gnome-remote-desktop does",
    ),
    verify(
        "nla-other-key",
        Cause::PublicKeyMismatch,
        || binds(NlaAct::OtherKey),
        "vouches for another key than that of its certificate: somebody stands between",
    ),
    verify(
        "nla-no-nonce",
        Cause::CredsspNonceMissing,
        || binds(NlaAct::WithoutNonce),
        "speaks CredSSP 6, and vouches for its key without the nonce, as version 4 does",
    ),
    verify(
        "nla-list-altered",
        Cause::ServerUnproven,
        || sound().instead_of(NlaTurn::Accept, NlaAct::OtherKey),
        "signs the list of packages in SPNEGO with another key than the session's",
    )
    .for_package(Package::Spnego),
    verify(
        "nla-token-rejected",
        Cause::NtlmNotOffered,
        || sound().with_mechanisms([Mechanism::NegoEx]),
        "has no package in common with NTLM in SPNEGO, and rejects it there",
    )
    .for_package(Package::Spnego),
    verify(
        "nla-token-unwrapped",
        Cause::ServerTokenInvalid,
        || begins(NlaAct::Say(bare_challenge(), Ending::Silence)),
        "answers NTLM in SPNEGO with a bare message of NTLM",
    )
    .for_package(Package::Spnego),
];

/// A challenge that stands in no SPNEGO.
fn bare_challenge() -> Bytes {
    let token = Some(NtlmHost::default().challenge(u32::MAX).into());
    TsRequest { version: 6, token, ..TsRequest::default() }.encode().into()
}

/// The end of the list is no end.
fn endless_names() -> NlaServer {
    let mut challenge = NtlmHost::default().challenge(u32::MAX);
    if let Some(last) = challenge.last_chunk_mut::<4>() {
        *last = [9, 0, 0xFF, 0xFF];
    }
    sound().with_challenge(challenge)
}
