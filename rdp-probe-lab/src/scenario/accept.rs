//! Servers without a fault, and those that fail before they have read anything.

use std::time::Duration;

use rdp_probe::diagnose::Cause;

use super::{SOUND, Scenario, after_hello, row, tls};
use crate::behaviour::{Behaviour, Then};
use crate::certificate::LabCertificate;
use crate::flood::Flood;
use crate::handshake::Identity;
use crate::player::Ending;
use crate::tls::Versions;

const WELL: Behaviour = tls(SOUND);
/// Another member, with a key of its own.
const OTHER: Behaviour = tls(Then::TlsAs(Identity::of_other_member));
const ILL: Behaviour = after_hello(&[], Ending::Reset);

pub(super) const HEALTHY: &[Scenario] = &[
    row(
        "healthy",
        Cause::NoFaultFound,
        WELL,
        "TLS as a current server does it, 1.2 or 1.3, with a certificate that fits, and MCS inside it",
    ),
    row(
        "healthy-tls12",
        Cause::NoFaultFound,
        tls(Then::Tls(LabCertificate::healthy, Versions::Tls12)),
        "the same with TLS 1.2 alone",
    ),
    row(
        "healthy-tls13",
        Cause::NoFaultFound,
        tls(Then::Tls(LabCertificate::healthy, Versions::Tls13)),
        "the same with TLS 1.3 alone",
    ),
    row(
        "farm-member-failing",
        Cause::NoFaultFound,
        Behaviour::Turns(&[WELL, OTHER, ILL]),
        "a farm of three by turns: two members are sound, each with a key of its own, the third resets after the ClientHello",
    )
    .told_as(Cause::FarmMemberBad),
    row(
        "farm-of-two",
        Cause::NoFaultFound,
        Behaviour::Turns(&[WELL, OTHER]),
        "healthy, by turns of two servers behind one address, each with a certificate and key of its own",
    )
    .told_as(Cause::SeveralMachines),
    row(
        "throttled",
        Cause::NoFaultFound,
        Behaviour::Paced(&WELL, Duration::from_secs(1)),
        "healthy, but closes after the request whoever comes within a second of the connection served last",
    )
    .told_as(Cause::ConnectionLimit),
    row(
        "two-addresses",
        Cause::NoFaultFound,
        Behaviour::BesideDeadAddress(&WELL),
        "a name with two addresses: at the first nobody listens, the second is healthy",
    )
    .told_as(Cause::AddressDead),
];

pub(super) const UNREAD: &[Scenario] = &[
    row("not-listening", Cause::ConnectionRefused, Behaviour::NotListening, "nobody listens on the port"),
    row("accept-fin", Cause::ClosedOnRequest, Behaviour::Unread(Ending::Fin), "closes as soon as it is connected to"),
    row(
        "accept-reset",
        Cause::ResetOnRequest,
        Behaviour::Unread(Ending::Reset),
        "resets the connection, the Connection Request unread",
    ),
    row(
        "accept-silent",
        Cause::SilentAfterRequest,
        Behaviour::Unread(Ending::Silence),
        "takes the connection, reads nothing and says nothing",
    ),
    row(
        "flood-on-accept",
        Cause::NotRdp,
        Behaviour::Flood(Flood::Characters),
        "sends characters without end, whatever comes",
    ),
];
