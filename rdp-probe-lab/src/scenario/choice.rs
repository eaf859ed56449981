//! Servers that confirm, and whose choice ends the way to TLS, or spoils it.

use rdp_probe::Protocols;
use rdp_probe::diagnose::Cause;

use super::{SOUND, Scenario, negotiates, row};
use crate::answer::Answer;
use crate::behaviour::{Behaviour, Then};
use crate::player::Ending;
use crate::policy::Policy;

/// Bytes that are not TLS.
const GARBAGE: &[u8] = b"\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// A fatal alert, `internal_error` (RFC 8446 section 6).
const INTERNAL_ERROR: &[u8] = &[0x15, 3, 3, 0, 2, 2, 80];

/// A server that negotiates so, and waits where the client begins with standard RDP security.
const fn waits(policy: Policy) -> Behaviour {
    Behaviour::Answer(Answer::Negotiate(policy), Then::End(Ending::Silence))
}

pub(super) const CHOICES: &[Scenario] = &[
    row(
        "standard-security",
        Cause::StandardSecurityOnly,
        waits(Policy::Standard),
        "chooses standard RDP security, whatever is offered",
    ),
    row(
        "legacy-confirm",
        Cause::NoNegotiationData,
        waits(Policy::Legacy),
        "confirms in 11 bytes, without negotiation data",
    ),
    row(
        "tls-not-offered",
        Cause::TlsNotOffered,
        waits(Policy::NoTls),
        "takes standard RDP security where nothing else is offered",
    )
    .for_offer(Protocols::RDP),
    row(
        "selects-unoffered",
        Cause::SelectedNotOffered,
        negotiates(Policy::Unoffered),
        "chooses a protocol that was not offered, and goes on with TLS",
    ),
    row(
        "selects-unknown",
        Cause::ConfirmMalformed,
        Behaviour::Answer(Answer::Negotiate(Policy::Select(0x40)), Then::End(Ending::Silence)),
        "chooses a protocol that no specification knows",
    ),
    row(
        "garbage-behind-confirm",
        Cause::TlsNotSpoken,
        Behaviour::Answer(Answer::Trailed(Policy::Tls, GARBAGE), SOUND),
        "sends bytes behind its Connection Confirm that are no TLS, then TLS",
    ),
    row(
        "alert-with-confirm",
        Cause::TlsServerError,
        Behaviour::Answer(Answer::Trailed(Policy::Tls, INTERNAL_ERROR), Then::AfterHello(&[], Ending::Fin)),
        "sends alert 80 in one piece with its Connection Confirm, before there is a ClientHello",
    ),
];
