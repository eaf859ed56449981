//! Servers, and boxes on the way to them, that look at the `ClientHello`: what they do depends on what it offers, names, or
//! weighs. One connection does not show that, several do.

use rdp_probe::diagnose::Cause;

use super::tls::HANDSHAKE_FAILURE;
use super::{SOUND, Scenario, row, tls};
use crate::behaviour::Then;
use crate::condition::Condition;
use crate::flight::OldChoice;
use crate::player::Ending;

/// A fatal alert, `protocol_version`, of a server that knows TLS 1.0 alone.
const PROTOCOL_VERSION_TLS10: &[u8] = &[0x15, 3, 1, 0, 2, 2, 70];

const RESETS: Then = Then::AfterHello(&[], Ending::Reset);
const VANISHES: Then = Then::AfterHello(&[], Ending::Silence);

/// A server that has one version and one suite of old, and does this with a client that takes neither.
const fn old(
    name: &'static str,
    expected: Cause,
    choice: OldChoice,
    refusal: &'static Then,
    about: &'static str,
) -> Scenario {
    const TLS10: &Then = &Then::Old(OldChoice::Tls10, Ending::Silence);
    const CBC: &Then = &Then::Old(OldChoice::Tls12Cbc, Ending::Silence);
    let flight = match choice {
        OldChoice::Tls10 => TLS10,
        OldChoice::Tls12Cbc => CBC,
    };
    row(name, expected, tls(Then::If(Condition::TakesOld(choice), flight, refusal)), about).told_as(Cause::NoCommonTls)
}

/// A sound server, and what happens to a `ClientHello` that is so.
const fn unless(
    name: &'static str,
    expected: Cause,
    condition: Condition,
    then: &'static Then,
    about: &'static str,
) -> Scenario {
    row(name, expected, tls(Then::If(condition, then, &SOUND)), about)
}

pub(super) const SELECTIVE: &[Scenario] = &[
    old(
        "tls10-only",
        Cause::TlsVersionRefused,
        OldChoice::Tls10,
        &Then::AfterHello(PROTOCOL_VERSION_TLS10, Ending::Fin),
        "speaks TLS 1.0 alone, up to its certificate: refuses a client that does not with alert 70",
    ),
    old(
        "tls10-only-resets",
        Cause::TlsNotStarted,
        OldChoice::Tls10,
        &RESETS,
        "speaks TLS 1.0 alone, up to its certificate: resets a client that does not, without a byte",
    ),
    old(
        "cbc-only",
        Cause::TlsHandshakeFailure,
        OldChoice::Tls12Cbc,
        &Then::AfterHello(HANDSHAKE_FAILURE, Ending::Reset),
        "has cipher suites with CBC alone, up to its certificate: refuses a client that has none with alert 40, and resets",
    ),
    old(
        "cbc-only-resets",
        Cause::TlsNotStarted,
        OldChoice::Tls12Cbc,
        &RESETS,
        "has cipher suites with CBC alone, up to its certificate: resets a client that has none, without a byte",
    ),
    unless(
        "sni-resets",
        Cause::TlsNotStarted,
        Condition::NamesServer,
        &RESETS,
        "resets after a ClientHello that names the server; healthy without a name",
    ).told_as(Cause::ServerNameFiltered)
    .for_name(),
    unless(
        "tls13-resets",
        Cause::TlsNotStarted,
        Condition::Takes(0x0304),
        &RESETS,
        "resets after a ClientHello that offers TLS 1.3, as a box between does that does not know it; healthy with TLS 1.2",
    ).told_as(Cause::Tls13NotTolerated),
    unless(
        "two-segment-hello-resets",
        Cause::NoFaultFound,
        Condition::LongerThan(1460),
        &RESETS,
        "resets after a ClientHello of more than 1460 bytes, which takes two segments; healthy after a shorter one",
    ).told_as(Cause::LargeHelloRefused),
    unless(
        "large-hello-resets",
        Cause::NoFaultFound,
        Condition::LongerThan(1500),
        &RESETS,
        "resets after a ClientHello of more than 1500 bytes; healthy after a shorter one",
    ).told_as(Cause::LargeHelloRefused),
    unless(
        "large-hello-vanishes",
        Cause::NoFaultFound,
        Condition::LongerThan(1500),
        &VANISHES,
        "says nothing to a ClientHello of more than 1500 bytes; healthy after a shorter one",
    ).told_as(Cause::MtuBlackHole),
    row(
        "flight-vanishes",
        Cause::TlsSilent,
        tls(Then::If(Condition::Agreeable, &VANISHES, &Then::AfterHello(HANDSHAKE_FAILURE, Ending::Fin))),
        "says nothing where TLS could begin, as if all that is large were lost on the way; refuses with alert 40 elsewhere",
    ).told_as(Cause::MtuBlackHole),
];
