//! The configuration of a prober.

use std::time::Duration;

use super::known::{KnownCertificates, Store};
use super::network::System;
use super::prober::{Prober, Settings};
use super::proxy::Proxy;
use super::roots::Roots;
use super::tls::Engine;
use crate::certificate::Thumbprint;
use crate::evidence::{Budget, ClientHello, Family, Goal, Package, Request, Rung, ServerName, Trust};
use crate::protocol::Protocols;
#[cfg(feature = "nla")]
use crate::target::Target;

/// Configures a [`Prober`]. The defaults are those of [`Plan::new`](crate::Plan::new), over the operating system's network.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ProberBuilder {
    settings: Settings,
    roots: Option<Roots>,
}

/// A configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A time limit is zero.
    #[error("the {0} budget is zero: give every stage some time")]
    NoTime(&'static str),
    /// A certificate is demanded of a probe that ends before there is one, or whose `ClientHello` gets none.
    #[error("no certificate is seen at the goal negotiate or with such a hello: go as far as TLS, or demand none")]
    NoCertificate,
    /// Strict trust has nothing to trust.
    #[error("strict trust needs roots: give some, or observe")]
    StrictWithoutRoots,
    /// Strict trust would be in a key that the server does not prove to hold.
    #[error(
        "strict trust needs a finished handshake: at the goal hello the server does not prove that it holds its key; go as far \
        as TLS, or observe"
    )]
    StrictWithoutProof,
    /// Trust on first use would keep a key that the server does not prove to hold.
    #[error(
        "trust on first use needs a finished handshake: at the goal hello the server does not prove that it holds its key; \
        nothing is kept; go as far as TLS, or observe"
    )]
    FirstUseWithoutProof,
    /// Trust on first use has nowhere to keep what was seen.
    #[error("trust on first use needs a store of known certificates: give one, or observe")]
    FirstUseWithoutStore,
    /// The server name is not one that TLS can carry.
    #[error("{0:?} is no DNS name that TLS can ask for")]
    ServerName(String),
    /// The TLS library refuses its configuration.
    #[error("the TLS library refuses the configuration")]
    Tls(#[source] TlsConfigError),
}

/// What the TLS library says of its configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TlsConfigError(String);

impl ProberBuilder {
    /// How far to go.
    pub fn goal(mut self, goal: Goal) -> Self {
        self.settings.goal = goal;
        self
    }

    /// Which protocols the Connection Request offers.
    pub fn offer(mut self, offer: Protocols) -> Self {
        self.settings.offer = offer;
        self
    }

    /// What a bad certificate means.
    pub fn trust(mut self, trust: Trust) -> Self {
        self.settings.trust = trust;
        self
    }

    /// The roots that chains are checked against. Without them the chain is reported as not known.
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = Some(roots);
        self
    }

    /// How long a stage, and the whole probe, may take.
    pub fn budget(mut self, budget: Budget) -> Self {
        self.settings.budget = budget;
        self
    }

    /// Which name TLS asks for.
    pub fn server_name(mut self, server_name: ServerName) -> Self {
        self.settings.server_name = server_name;
        self
    }

    /// What our own `ClientHello` offers, where [`Goal::Hello`] sends it.
    pub fn client_hello(mut self, client_hello: ClientHello) -> Self {
        self.settings.client_hello = client_hello;
        self
    }

    /// What the Connection Request carries beside the offer.
    pub fn request(mut self, request: Request) -> Self {
        self.settings.request = request;
        self
    }

    /// Where the certificates are kept that targets are known by. It is asked about every target of which a certificate may be
    /// seen; that is compared with what is kept, and the report says what it is against it. With [`Trust::FirstUse`] another
    /// key ends the probe, and what is seen for the first time is kept; nothing is ever written over.
    pub fn known_certificates(mut self, store: impl KnownCertificates + 'static) -> Self {
        self.settings.store = Some(Store::new(store));
        self
    }

    /// The thumbprint that the server's certificate, or its key, is expected to have, whatever the trust. Called again, it adds one: of
    /// each kind that is given, one has to be the certificate's.
    pub fn expect(mut self, thumbprint: Thumbprint) -> Self {
        self.settings.thumbprints.push(thumbprint);
        self
    }

    /// Which addresses of a name are used, and in which order.
    pub fn family(mut self, family: Family) -> Self {
        self.settings.family = family;
        self
    }

    /// The network to go over: with a resolver of your own, from an address of your choice.
    pub fn network(mut self, network: System) -> Self {
        self.settings.network = network;
        self
    }

    /// Which security package is spoken, where the goal lies in Network Level Authentication.
    pub fn package(mut self, package: Package) -> Self {
        self.settings.package = package;
        self
    }

    /// The host of the service's name that Kerberos asks a ticket for, in place of the target's.
    pub fn service(mut self, host: &str) -> Self {
        self.settings.service = Some(host.into());
        self
    }

    /// The key distribution centre, in place of the one that the realm's name leads to. It is reached over TCP, over the network of
    /// this prober and never through its proxy. Its port has to be in it, 88 as a rule: a target without one has that of RDP.
    #[cfg(feature = "nla")]
    pub fn kdc(mut self, kdc: Target) -> Self {
        self.settings.kdc = Some(kdc);
        self
    }

    /// Gives credentials to whoever answers, though no check of its certificate is demanded. Without this, a goal that needs
    /// credentials asks for strict trust, for trust on first use, or for an expected thumbprint.
    pub fn dangerous_any_certificate(mut self) -> Self {
        self.settings.dangers.any_certificate = true;
        self
    }

    /// Gives credentials to a server without the update for CVE-2018-0886, of which somebody between can take advantage.
    ///
    /// Without it, nothing of NTLM that proves the password reaches such a server. The ticket of Kerberos does: it leaves in the first
    /// message, before the server has named its version.
    pub fn dangerous_old_credssp(mut self) -> Self {
        self.settings.dangers.old_credssp = true;
        self
    }

    /// Goes through this proxy, which looks the target's name up itself. The stage *proxy* then has the time of three: each
    /// of lookup, connection and talk may take as long as the budget gives a stage, and all of them no longer than the total.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.settings.proxy = Some(proxy);
        self
    }

    /// Lets [`Prober::open`] make this offer if the server does not take the one before it: it refuses, closes or resets
    /// in answer to the request, or chooses less than the goal needs. Called again, it adds one more. Each offer is a
    /// connection of its own, and stands in the report; all of them share the total budget. A request without negotiation
    /// data has no offer, and is made once. A server that chooses TLS alone has answered, also where the goal lies in Network Level
    /// Authentication: no other offer is made then.
    ///
    /// To offer [`Protocols::RDP`] behind a better offer is to let anybody on the way take the better one away; with
    /// [`Goal::Tls`] it is in vain.
    pub fn other_offer(mut self, offer: Protocols) -> Self {
        self.settings.other_offers.push(offer);
        self
    }

    /// Judges certificates as of this moment, in seconds since 1970 UTC, in place of now.
    pub fn fixed_clock(mut self, seconds: i64) -> Self {
        self.settings.fixed_clock = Some(seconds);
        self
    }

    /// The prober.
    ///
    /// # Errors
    /// If the settings contradict each other; the error says which.
    pub fn build(self) -> Result<Prober, ConfigError> {
        let Budget { stage, total } = self.settings.budget;
        for (name, time) in [("stage", stage), ("total", total)] {
            if time == Duration::ZERO {
                return Err(ConfigError::NoTime(name));
            }
        }
        if self.settings.trust == Trust::Strict && self.settings.goal == Goal::Hello {
            return Err(ConfigError::StrictWithoutProof);
        }
        if self.settings.trust == Trust::FirstUse && self.settings.goal == Goal::Hello {
            return Err(ConfigError::FirstUseWithoutProof);
        }
        if self.settings.trust == Trust::Strict && self.roots.is_none() {
            return Err(ConfigError::StrictWithoutRoots);
        }
        if self.settings.trust == Trust::FirstUse && self.settings.store.is_none() {
            return Err(ConfigError::FirstUseWithoutStore);
        }
        let demands = self.settings.trust != Trust::Observe || !self.settings.thumbprints.is_empty();
        let shown = match self.settings.goal {
            Goal::Negotiate => false,
            Goal::Hello => matches!(self.settings.client_hello.rung, Rung::Wide | Rung::Tls12),
            Goal::Tls | Goal::Challenge | Goal::Verify | Goal::Delegate | Goal::Chosen => true,
        };
        if demands && !shown {
            return Err(ConfigError::NoCertificate);
        }
        if let ServerName::Given(name) = &self.settings.server_name
            && rustls::pki_types::DnsName::try_from(&**name).is_err()
        {
            return Err(ConfigError::ServerName(name.to_string()));
        }
        let engine = Engine::new(self.roots).map_err(|error| ConfigError::Tls(TlsConfigError(error.to_string())))?;
        Ok(Prober::new(self.settings, engine))
    }
}
