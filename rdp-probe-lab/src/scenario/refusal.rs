//! Servers that refuse in a Negotiation Failure ([MS-RDPBCGR] 2.2.1.2.2).

use rdp_probe::Protocols;
use rdp_probe::diagnose::Cause;

use super::{Scenario, negotiates, row};
use crate::policy::Policy;

pub(super) const REFUSALS: &[Scenario] = &[
    row(
        "tls-required",
        Cause::TlsRequired,
        negotiates(Policy::Tls),
        "insists on TLS without NLA: refuses an offer without it with code 1",
    )
    .for_offer(Protocols::HYBRID),
    row("tls-not-allowed", Cause::TlsNotAllowed, negotiates(Policy::NoTls), "refuses every offer of TLS with code 2"),
    row(
        "no-certificate",
        Cause::NoCertificate,
        negotiates(Policy::Refuse(3)),
        "has no certificate that it can use: refuses with code 3",
    ),
    row(
        "inconsistent-flags",
        Cause::InconsistentFlags,
        negotiates(Policy::TlsAndNlaAlone),
        "knows TLS and CredSSP: refuses an offer of anything newer with code 4",
    ),
    row(
        "nla-required",
        Cause::NlaRequired,
        negotiates(Policy::Nla),
        "insists on Network Level Authentication: refuses an offer without it with code 5",
    )
    .for_offer(Protocols::SSL),
    row(
        "nla-refused-though-offered",
        Cause::NlaRefusedThoughOffered,
        negotiates(Policy::Refuse(5)),
        "refuses with code 5 a client that offers Network Level Authentication",
    ),
    row(
        "client-certificate-required",
        Cause::ClientCertificateRequired,
        negotiates(Policy::Refuse(6)),
        "insists on TLS with a certificate of the client: refuses with code 6",
    ),
    row(
        "entra-required",
        Cause::EntraRequired,
        negotiates(Policy::Entra),
        "insists on sign-in with Entra ID: refuses an offer without it with code 7",
    ),
    row(
        "refused-unknown-code",
        Cause::RefusedUnknownCode,
        negotiates(Policy::Refuse(0xFF)),
        "refuses with a code that no specification knows",
    ),
];
