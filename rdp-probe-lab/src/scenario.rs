//! The scenarios: a row each.

use std::time::Duration;

use rdp_probe::Protocols;
use rdp_probe::diagnose::Cause;

use crate::behaviour::{Answer, Behaviour, Policy, Then};
use crate::certificate::LabCertificate;
use crate::player::Ending;
use crate::tls::Versions;

/// A way for a server to behave, known by name.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    name: &'static str,
    about: &'static str,
    offer: &'static [Protocols],
    expected: Cause,
    behaviour: Behaviour,
}

impl Scenario {
    /// All scenarios, in the order of the stages.
    pub fn all() -> impl Iterator<Item = Self> {
        SCENARIOS.iter().copied()
    }

    /// The scenario of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|scenario| scenario.name == name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the server does, in a line.
    #[must_use]
    pub const fn about(&self) -> &'static str {
        self.about
    }

    /// What a client has to offer to see it: the usual, or less.
    #[must_use]
    pub fn offer(&self) -> Protocols {
        match self.offer {
            [] => Protocols::default(),
            offer => offer.iter().fold(Protocols::RDP, |set, protocol| set.union(*protocol)),
        }
    }

    /// The cause that a diagnosis should come to first.
    #[must_use]
    pub const fn expected(&self) -> Cause {
        self.expected
    }

    pub(crate) const fn behaviour(&self) -> Behaviour {
        self.behaviour
    }
}

const fn row(name: &'static str, expected: Cause, behaviour: Behaviour, about: &'static str) -> Scenario {
    Scenario { name, about, offer: &[], expected, behaviour }
}

/// A server that says nothing to the request.
const fn mute(ending: Ending) -> Behaviour {
    Behaviour::Answer(Answer::Nothing, Then::End(ending))
}

/// A server that negotiates, then waits.
const fn negotiates(policy: Policy) -> Behaviour {
    Behaviour::Answer(Answer::Negotiate(policy), Then::End(Ending::Silence))
}

/// A server that chooses TLS; then this.
const fn tls(then: Then) -> Behaviour {
    Behaviour::Answer(Answer::Negotiate(Policy::Tls), then)
}

/// A server that reads the `ClientHello`, then sends these bytes and ends so.
const fn after_hello(bytes: &'static [u8], ending: Ending) -> Behaviour {
    tls(Then::AfterHello(bytes, ending))
}

const HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n";
const SSH: &[u8] = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n";

/// A fatal alert, `handshake_failure` (RFC 8446 section 6).
const HANDSHAKE_FAILURE: &[u8] = &[0x15, 3, 3, 0, 2, 2, 40];

const SCENARIOS: &[Scenario] = &[
    row(
        "healthy",
        Cause::NoFaultFound,
        tls(Then::Tls(LabCertificate::healthy, Versions::Both)),
        "TLS as a current server does it, 1.2 or 1.3, with a certificate that fits",
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
    row("not-listening", Cause::ConnectionRefused, Behaviour::NotListening, "nobody listens on the port"),
    row(
        "closes-on-request",
        Cause::ClosedOnRequest,
        mute(Ending::Fin),
        "closes after the Connection Request, without a byte",
    ),
    row(
        "resets-on-request",
        Cause::ResetOnRequest,
        mute(Ending::Reset),
        "resets after the Connection Request, without a byte",
    ),
    row(
        "silent-after-request",
        Cause::SilentAfterRequest,
        mute(Ending::Silence),
        "reads the Connection Request and says nothing",
    ),
    row(
        "drip",
        Cause::AnswerStalled,
        Behaviour::Answer(
            Answer::Drip(Policy::Tls, Duration::from_secs(1)),
            Then::Tls(LabCertificate::healthy, Versions::Both),
        ),
        "answers one byte a second",
    ),
    row("http", Cause::OtherProtocol, Behaviour::Answer(Answer::Bytes(HTTP), Then::End(Ending::Fin)), "a web server"),
    row("ssh", Cause::OtherProtocol, Behaviour::Greeting(SSH), "an SSH server"),
    Scenario {
        offer: &[Protocols::SSL],
        ..row(
            "nla-required",
            Cause::NlaRequired,
            Behaviour::Answer(Answer::Negotiate(Policy::Nla), Then::Tls(LabCertificate::healthy, Versions::Both)),
            "insists on Network Level Authentication: refuses an offer without it",
        )
    },
    row("tls-not-allowed", Cause::TlsNotAllowed, negotiates(Policy::NoTls), "refuses every offer of TLS"),
    row(
        "standard-security",
        Cause::StandardSecurityOnly,
        negotiates(Policy::Standard),
        "chooses standard RDP security, whatever is offered",
    ),
    row(
        "legacy-confirm",
        Cause::NoNegotiationData,
        negotiates(Policy::Legacy),
        "confirms in 11 bytes, without negotiation data",
    ),
    row("tls-fin", Cause::TlsNotStarted, after_hello(&[], Ending::Fin), "closes after the ClientHello, without a byte"),
    row(
        "tls-reset",
        Cause::TlsNotStarted,
        after_hello(&[], Ending::Reset),
        "resets after the ClientHello: key unreadable, no common cipher, or a middlebox",
    ),
    row(
        "tls-alert-handshake-failure",
        Cause::TlsHandshakeFailure,
        after_hello(HANDSHAKE_FAILURE, Ending::Fin),
        "refuses the ClientHello with alert 40",
    ),
    row("tls-silent", Cause::TlsSilent, after_hello(&[], Ending::Silence), "says nothing to the ClientHello"),
    row(
        "tls-stalls-after-flight",
        Cause::TlsStalled,
        tls(Then::StallBehindCertificate),
        "sends TLS up to its certificate, then nothing more",
    ),
    row(
        "certificate-expired",
        Cause::CertificateExpired,
        tls(Then::Tls(LabCertificate::expired, Versions::Both)),
        "serves a certificate that is past its end",
    ),
    row(
        "certificate-not-yet-valid",
        Cause::CertificateNotYetValid,
        tls(Then::Tls(LabCertificate::not_yet_valid, Versions::Both)),
        "serves a certificate that is not valid yet",
    ),
    row(
        "certificate-rsa1024",
        Cause::CertificateWeakKey,
        tls(Then::Tls(LabCertificate::rsa1024, Versions::Both)),
        "serves a certificate with an RSA key of 1024 bits",
    ),
    row(
        "certificate-wrong-name",
        Cause::CertificateWrongName,
        tls(Then::Tls(LabCertificate::wrong_name, Versions::Both)),
        "serves a certificate for another host",
    ),
];
