//! Servers that fail in the TLS handshake.

use rdp_probe::diagnose::Cause;

use super::request::ULTIMATUM;
use super::{Scenario, after_hello, row, tls};
use crate::behaviour::{Behaviour, Then};
use crate::flood::Flood;
use crate::handshake::Identity;
use crate::player::Ending;
use crate::tls::FlightPart;

/// Fatal alerts (RFC 8446 section 6), as servers of different age frame them.
pub(super) const HANDSHAKE_FAILURE: &[u8] = &[0x15, 3, 3, 0, 2, 2, 40];
const INTERNAL_ERROR: &[u8] = &[0x15, 3, 3, 0, 2, 2, 80];
const UNRECOGNIZED_NAME: &[u8] = &[0x15, 3, 3, 0, 2, 2, 112];

/// A `ServerHello` that chooses TLS 1.0 and `TLS_RSA_WITH_AES_128_CBC_SHA`, no session to resume, no extensions
/// (RFC 2246 section 7.4.1.3).
const TLS10_SERVER_HELLO: &[u8] = b"\x16\x03\x01\0\x2a\x02\0\0\x26\x03\x01\
    rdp-probe-lab, 32 bytes a random\0\0\x2f\0";

/// What a server is that goes on in plain text.
const PLAIN: &[u8] = b"internal error, see the log of the service\r\n";

const fn cut(part: FlightPart, ending: Ending) -> Behaviour {
    tls(Then::Cut(part, ending))
}

pub(super) const HANDSHAKES: &[Scenario] = &[
    row("tls-fin", Cause::TlsNotStarted, after_hello(&[], Ending::Fin), "closes after the ClientHello, without a byte")
        .told_as(Cause::KeyUnreadable),
    row(
        "tls-reset",
        Cause::TlsNotStarted,
        after_hello(&[], Ending::Reset),
        "resets after the ClientHello: key unreadable, no common cipher, or a middlebox",
    )
    .told_as(Cause::KeyUnreadable),
    row("tls-silent", Cause::TlsSilent, after_hello(&[], Ending::Silence), "says nothing to the ClientHello"),
    row(
        "tls-alert-handshake-failure",
        Cause::TlsHandshakeFailure,
        after_hello(HANDSHAKE_FAILURE, Ending::Fin),
        "refuses the ClientHello with alert 40",
    ),
    row(
        "tls-alert-internal-error",
        Cause::TlsServerError,
        after_hello(INTERNAL_ERROR, Ending::Fin),
        "answers the ClientHello with alert 80",
    ),
    row(
        "tls-alert-unrecognized-name",
        Cause::TlsAlert,
        after_hello(UNRECOGNIZED_NAME, Ending::Fin),
        "does not know the name that the ClientHello asks for, or misses one: alert 112",
    ),
    row(
        "tls10-chosen",
        Cause::TlsUnsupported,
        after_hello(TLS10_SERVER_HELLO, Ending::Silence),
        "speaks TLS 1.0 alone, and chooses it, whatever the client speaks",
    ),
    row(
        "tls-denied",
        Cause::TlsDenied,
        after_hello(ULTIMATUM, Ending::Fin),
        "answers the ClientHello with an MCS Disconnect Provider Ultimatum, as xrdp does when its key does not fit",
    ),
    row(
        "plain-text-for-tls",
        Cause::TlsNotSpoken,
        after_hello(PLAIN, Ending::Fin),
        "answers the ClientHello with plain text",
    ),
    row(
        "flood-after-hello",
        Cause::TlsProtocolViolation,
        tls(Then::FloodAfterHello(Flood::Records)),
        "answers the ClientHello with handshake records without end",
    ),
    row(
        "tls-fin-after-server-hello",
        Cause::TlsEndedMidway,
        cut(FlightPart::ServerHello, Ending::Fin),
        "sends a ServerHello, then closes",
    ),
    row(
        "tls-reset-after-server-hello",
        Cause::TlsEndedMidway,
        cut(FlightPart::ServerHello, Ending::Reset),
        "sends a ServerHello, then resets",
    ),
    row(
        "tls-silent-after-server-hello",
        Cause::TlsStalled,
        cut(FlightPart::ServerHello, Ending::Silence),
        "sends a ServerHello, then nothing more",
    ),
    row(
        "tls-fin-after-certificate",
        Cause::TlsEndedMidway,
        cut(FlightPart::Certificate, Ending::Fin),
        "sends TLS up to its certificate, then closes",
    ),
    row(
        "tls-reset-after-certificate",
        Cause::TlsEndedMidway,
        cut(FlightPart::Certificate, Ending::Reset),
        "sends TLS up to its certificate, then resets",
    ),
    row(
        "tls-stalls-after-flight",
        Cause::TlsStalled,
        cut(FlightPart::Certificate, Ending::Silence),
        "sends TLS up to its certificate, then nothing more",
    ),
    row(
        "wrong-key",
        Cause::TlsSignatureInvalid,
        tls(Then::TlsAs(Identity::with_other_key)),
        "signs the handshake with a key that is not that of its certificate",
    ),
];
