//! What a probe is asked to do.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::{ClientHello, Dangers, Known, Package, Request};
use crate::certificate::Thumbprint;
use crate::protocol::Protocols;
use crate::target::Target;

/// Everything that decides what a probe does, but for the world.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// Where to.
    pub target: Target,
    /// How far.
    pub goal: Goal,
    /// What the Connection Request offers.
    pub offer: Protocols,
    /// What a bad certificate means.
    pub trust: Trust,
    /// How long it may take.
    pub budget: Budget,
    /// Which name TLS asks for.
    pub server_name: ServerName,
    /// What our own `ClientHello` offers, where [`Goal::Hello`] sends it.
    pub client_hello: ClientHello,
    /// What else the Connection Request carries.
    pub request: Request,
    /// Which addresses of a name are used, and in which order.
    pub family: Family,
    /// The address and port to connect to in place of those that the name leads to, which is not looked up then. The name remains what
    /// is asked for and what the certificate should carry. Behind a proxy it has no meaning.
    pub address: Option<SocketAddr>,
    /// The thumbprints that the server's certificate, or its key, is expected to have, whatever the trust: of each kind that
    /// is given, one. Another certificate ends the probe as [`End::Untrusted`](super::End::Untrusted).
    pub thumbprints: Vec<Thumbprint>,
    /// The certificate that the target is known by. The server's is compared with it whatever the trust; what that decides,
    /// [`Trust`] says.
    pub known: Known,
    /// Which security package is spoken, where the goal lies in Network Level Authentication.
    pub package: Package,
    /// The host of the service's name (`TERMSRV/…`) that Kerberos asks a ticket for; the target's where none is given.
    pub service: Option<Box<str>>,
    /// What credentials are given in spite of.
    pub dangers: Dangers,
    /// A gateway that the target's `.rdp` file names. It is not followed: the probe goes straight to the target.
    pub gateway: Option<Target>,
}

impl Plan {
    /// The plan that the defaults make for a target: goal TLS, offer SSL, HYBRID and `HYBRID_EX`, observe, 5 s a stage and
    /// 15 s in all, the target's own name.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self {
            target,
            goal: Goal::default(),
            offer: Protocols::default(),
            trust: Trust::default(),
            budget: Budget::default(),
            server_name: ServerName::default(),
            client_hello: ClientHello::default(),
            request: Request::default(),
            family: Family::default(),
            address: None,
            thumbprints: Vec::new(),
            known: Known::default(),
            package: Package::default(),
            service: None,
            dangers: Dangers::default(),
            gateway: None,
        }
    }

    /// Whether a certificate is demanded, and which: by strict trust, by trust on first use, or by an expected thumbprint.
    #[must_use]
    pub fn demands_certificate(&self) -> bool {
        self.trust != Trust::Observe || !self.thumbprints.is_empty()
    }

    /// The name of the service, as security packages know it ([MS-CSSP] 3.1.5).
    #[must_use]
    pub fn service_name(&self) -> String {
        format!("TERMSRV/{}", self.service.as_deref().unwrap_or_else(|| self.target.host()))
    }

    /// What is offered: nothing but standard RDP security where the request carries no negotiation data.
    #[must_use]
    pub const fn offered(&self) -> Protocols {
        if self.request.negotiates() { self.offer } else { Protocols::RDP }
    }

    /// The name that goes into the `ClientHello`, if one does: none if the target is an address, or is called what TLS cannot
    /// carry.
    #[must_use]
    pub fn asked_name(&self) -> Option<&str> {
        match &self.server_name {
            ServerName::Target => Some(self.target.host()).filter(|host| is_dns_name(host)),
            ServerName::Given(name) => Some(&**name).filter(|name| is_dns_name(name)),
            ServerName::None => None,
        }
    }

    /// The name that the server's certificate should carry.
    #[must_use]
    pub fn expected_name(&self) -> &str {
        match &self.server_name {
            ServerName::Given(name) => name,
            ServerName::Target | ServerName::None => self.target.host(),
        }
    }
}

/// How far a probe goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Goal {
    /// To the server's answer to the Connection Request. There is no certificate to be trusted then.
    Negotiate,
    /// Through the server's first flight of TLS, in clear text: version, suite, certificate and key exchange, without
    /// cryptography. The handshake is not finished, and the server does not prove that it holds the key of its certificate.
    /// What is offered, [`Plan::client_hello`] says. A server that chooses less than TLS is a failure.
    Hello,
    /// Through the TLS handshake. A server that chooses less is a failure.
    #[default]
    Tls,
    /// Through TLS to the server's NTLM challenge, which needs no credentials and is no attempt to log on: it tells the server's
    /// names, build and clock. A server that chooses less than Network Level Authentication is a failure.
    Challenge,
    /// Through `CredSSP` to the server's word on its key, which proves that it takes the credentials. Nothing is delegated, and the
    /// connection ends there. A Windows server logs a network logon all the same, and a wrong password counts towards a
    /// lock-out.
    Verify,
    /// Through all of `CredSSP`: the credentials are handed over, and the early user authorization result is read where the
    /// server chose `HYBRID_EX`. Where it chose plain `HYBRID` nobody confirms what was handed over: a server that does not allow
    /// restricted admin says so behind that, if at all.
    Delegate,
    /// As far as the server's choice needs: through the TLS handshake where it chose a protocol that begins with TLS, to its
    /// answer where it chose standard RDP security. For clients that can go on with either; anybody on the way can so take
    /// TLS away.
    Chosen,
}

impl Goal {
    /// All goals.
    pub const ALL: [Self; 7] =
        [Self::Negotiate, Self::Hello, Self::Tls, Self::Challenge, Self::Verify, Self::Delegate, Self::Chosen];

    /// The word used in transcripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Negotiate => "negotiate",
            Self::Hello => "hello",
            Self::Tls => "tls",
            Self::Challenge => "challenge",
            Self::Verify => "verify",
            Self::Delegate => "delegate",
            Self::Chosen => "chosen",
        }
    }
}

/// What a bad verdict on the certificate means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Trust {
    /// It is reported, and the probe is a success all the same.
    #[default]
    Observe,
    /// Every check has to pass, the chain up to a given root included; else the probe ends as
    /// [`End::Untrusted`](super::End::Untrusted). Where a certificate is known for the target, its key has to be the same.
    Strict,
    /// The key has to be the one that the target is known by, if it is known; else the probe ends as
    /// [`End::Untrusted`](super::End::Untrusted), and so it does where nobody could say whether it is known. A certificate
    /// that was issued anew for the same key passes, whoever signed it.
    FirstUse,
}

impl Trust {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::Observe, Self::Strict, Self::FirstUse];

    /// The word used in transcripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Strict => "strict",
            Self::FirstUse => "first-use",
        }
    }
}

/// Time limits. Both are promises: a probe returns within them, whatever the peer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Budget {
    /// For each stage.
    pub stage: Duration,
    /// For the whole probe.
    pub total: Duration,
}

impl Default for Budget {
    /// 5 s a stage: a lost SYN costs 1 s, two cost 3 s, and three are a fault. 15 s in all.
    fn default() -> Self {
        Self { stage: Duration::from_secs(5), total: Duration::from_secs(15) }
    }
}

impl Budget {
    /// So much for the whole probe, and a third of it for each stage: one that hangs leaves time for the others.
    #[must_use]
    pub fn within(total: Duration) -> Self {
        Self { stage: total / 3, total }
    }

    /// When a stage that begins at `start` has to be over.
    #[must_use]
    pub fn deadline(&self, start: Duration) -> Duration {
        start.saturating_add(self.stage).min(self.total)
    }
}

/// Which name goes into the `server_name` extension of the `ClientHello` (RFC 6066 section 3).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ServerName {
    /// The target's host if it is a name; none if it is an address.
    #[default]
    Target,
    /// This name, which is then also the one that the certificate should carry.
    Given(Box<str>),
    /// None: the extension is left out.
    None,
}

/// Which addresses of a name are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum Family {
    /// All, in the order in which the resolver gives them; the families take turns (RFC 8305 section 4).
    #[default]
    Any,
    /// All, beginning with one of IPv4.
    PreferV4,
    /// All, beginning with one of IPv6.
    PreferV6,
    /// Those of IPv4; the others are recorded as unwanted.
    OnlyV4,
    /// Those of IPv6; the others are recorded as unwanted.
    OnlyV6,
}

impl Family {
    /// All choices.
    pub const ALL: [Self; 5] = [Self::Any, Self::PreferV4, Self::PreferV6, Self::OnlyV4, Self::OnlyV6];

    /// The word used in transcripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::PreferV4 => "prefer-v4",
            Self::PreferV6 => "prefer-v6",
            Self::OnlyV4 => "only-v4",
            Self::OnlyV6 => "only-v6",
        }
    }

    /// Whether this address may be used.
    #[must_use]
    pub const fn admits(self, address: IpAddr) -> bool {
        match self {
            Self::OnlyV4 => address.is_ipv4(),
            Self::OnlyV6 => address.is_ipv6(),
            Self::Any | Self::PreferV4 | Self::PreferV6 => true,
        }
    }
}

/// Whether a host is a name as TLS can carry it (RFC 6066 section 3): labels of letters, digits, hyphens inside, and the
/// underscore that Windows allows; and no address, which the last label tells.
fn is_dns_name(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let label = |label: &str| {
        let inside = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        inside && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    let numeric = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    name.len() <= 253 && name.split('.').all(label) && !name.rsplit('.').next().is_none_or(numeric)
}
