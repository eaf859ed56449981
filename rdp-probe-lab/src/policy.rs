//! How a server chooses among the protocols that it is offered ([MS-RDPBCGR] 2.2.1.2).

use rdp_probe::{FailureCode, Protocols};

/// The flags that Windows sends: extended client data, graphics pipeline, a reserved one, restricted admin, redirected
/// authentication.
const RESPONSE_FLAGS: u8 = 0x1F;

/// A server's choice.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Policy {
    /// TLS, and nothing else: as xrdp with `security_layer=tls`.
    Tls,
    /// Network Level Authentication is required: as Windows by default.
    Nla,
    /// TLS is not allowed: as `freerdp-shadow-cli /sec:rdp`.
    NoTls,
    /// Standard RDP security, whatever is offered: as xrdp with `security_layer=rdp`.
    Standard,
    /// A Connection Confirm without negotiation data: older than negotiation.
    Legacy,
    /// Entra ID sign-in is required.
    Entra,
    /// TLS and `CredSSP` are known; an offer of anything else is an error.
    TlsAndNlaAlone,
    /// A refusal with this code, whatever is offered.
    Refuse(u32),
    /// A protocol that was not offered: as pyrdp, which passes on the answer to an offer of its own.
    Unoffered,
    /// This value as the selected protocol, whatever is offered.
    Select(u32),
}

/// What a policy makes of an offer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    /// The whole TPKT.
    pub(crate) packet: Vec<u8>,
    /// Whether TLS follows it.
    pub(crate) starts_tls: bool,
}

/// A Connection Confirm with eight bytes of negotiation data ([MS-RDPBCGR] 2.2.1.2.1 and 2.2.1.2.2).
fn confirm(kind: u8, flags: u8, value: u32) -> Vec<u8> {
    let mut packet = vec![3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, kind, flags, 8, 0];
    packet.extend(value.to_le_bytes());
    packet
}

fn select(protocol: Protocols) -> Reply {
    Reply { packet: confirm(2, RESPONSE_FLAGS, protocol.bits()), starts_tls: !protocol.is_rdp() }
}

fn refuse(code: u32) -> Reply {
    Reply { packet: confirm(3, 0, FailureCode(code).0), starts_tls: false }
}

impl Policy {
    /// The answer to an offer.
    pub(crate) fn answer(self, offer: Protocols) -> Reply {
        let best = |known: &[Protocols]| known.iter().copied().find(|protocol| offer.contains(*protocol));
        match self {
            Self::Tls => best(&[Protocols::SSL]).map_or_else(|| refuse(1), select),
            Self::Nla => best(&[Protocols::HYBRID_EX, Protocols::HYBRID]).map_or_else(|| refuse(5), select),
            Self::NoTls if !offer.is_rdp() => refuse(2),
            Self::NoTls | Self::Standard => select(Protocols::RDP),
            Self::Legacy => Reply { packet: vec![3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0], starts_tls: false },
            Self::Entra => best(&[Protocols::RDSAAD]).map_or_else(|| refuse(7), select),
            Self::TlsAndNlaAlone => {
                let known = Protocols::SSL.union(Protocols::HYBRID);
                let choice = if known.contains(offer) { best(&[Protocols::HYBRID, Protocols::SSL]) } else { None };
                choice.map_or_else(|| refuse(4), select)
            }
            Self::Refuse(code) => refuse(code),
            Self::Unoffered => {
                let choices = [Protocols::HYBRID, Protocols::RDSTLS, Protocols::RDSAAD];
                select(choices.into_iter().find(|choice| !offer.contains(*choice)).unwrap_or(Protocols::RDP))
            }
            Self::Select(value) => select(Protocols::from_bits(value)),
        }
    }
}
