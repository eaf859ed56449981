//! The prober: configured once, used for any number of targets.

use std::sync::Arc;
use std::time::Duration;

use super::clock::{self, Clock};
use super::network::{Network, System};
use super::roots::Roots;
use super::tls::Engine;
use super::{Stream, converse, dial};
use crate::conversation::{Conversation, Input};
use crate::evidence::{Budget, Dial, Goal, Plan, ServerName, Trust};
use crate::protocol::Protocols;
use crate::report::Report;
use crate::target::Target;

/// Opens RDP connections as far as asked and reports what it saw.
///
/// One is enough for a process; clones share everything. A probe never fails: a dead host gives a report, too.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let prober = rdp_probe::Prober::builder().build()?;
/// let report = prober.probe(&"ts01.example".parse()?).await;
/// println!("{report}");
/// for found in report.causes() {
///     println!("{} ({})", found.cause, found.confidence);
/// }
/// # Ok(())
/// # }
/// ```
///
/// Dropping the future of a probe ends it: the connection is closed. A name lookup of the operating system cannot be
/// cancelled; it is left to end by itself.
#[derive(Debug, Clone)]
pub struct Prober {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: Settings,
    engine: Engine,
}

#[derive(Debug, Clone, Default)]
struct Settings {
    goal: Goal,
    offer: Protocols,
    trust: Trust,
    budget: Budget,
    server_name: ServerName,
    fixed_clock: Option<i64>,
}

/// Configures a [`Prober`]. The defaults are those of [`Plan::new`].
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
    /// Strict trust has nothing to trust.
    #[error("strict trust needs roots: give some, or observe")]
    StrictWithoutRoots,
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
        if self.settings.trust == Trust::Strict && self.roots.is_none() {
            return Err(ConfigError::StrictWithoutRoots);
        }
        if let ServerName::Given(name) = &self.settings.server_name
            && rustls::pki_types::DnsName::try_from(&**name).is_err()
        {
            return Err(ConfigError::ServerName(name.to_string()));
        }
        let engine = Engine::new(self.roots).map_err(|error| ConfigError::Tls(TlsConfigError(error.to_string())))?;
        Ok(Prober { shared: Arc::new(Shared { settings: self.settings, engine }) })
    }
}

impl Prober {
    /// Begins a configuration.
    pub fn builder() -> ProberBuilder {
        ProberBuilder::default()
    }

    /// Probes a target over the operating system's network.
    pub async fn probe(&self, target: &Target) -> Report {
        self.probe_over(&System, target).await
    }

    /// Probes a target over another network.
    pub async fn probe_over<N: Network>(&self, network: &N, target: &Target) -> Report {
        let plan = self.plan(target);
        let (clock, wall) = (Clock::start(), self.wall_clock());
        let (stream, dial) = dial::dial(network, &plan, clock).await;
        let mut conversation = Conversation::new(plan, dial, Some(wall));
        if let Some(stream) = stream {
            return converse(stream, conversation, clock, &self.shared.engine).await.into();
        }
        conversation.step(clock.now(), Input::Start);
        conversation.into_evidence().into()
    }

    /// Probes a target over a stream that is already connected to it.
    pub async fn probe_stream<S: Stream>(&self, target: &Target, stream: S) -> Report {
        let conversation = Conversation::new(self.plan(target), Dial::default(), Some(self.wall_clock()));
        converse(stream, conversation, Clock::start(), &self.shared.engine).await.into()
    }

    /// Probes a target and waits for the result.
    ///
    /// # Panics
    /// Inside an asynchronous context: there, await [`Prober::probe`]. Also if the operating system cannot give
    /// what a runtime needs (an event queue).
    #[must_use]
    #[expect(clippy::expect_used, reason = "documented; there is no report to be had without a runtime")]
    pub fn probe_blocking(&self, target: &Target) -> Report {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("an event queue of the operating system").block_on(self.probe(target))
    }

    fn plan(&self, target: &Target) -> Plan {
        let Settings { goal, offer, trust, budget, server_name, .. } = self.shared.settings.clone();
        Plan { target: target.clone(), goal, offer, trust, budget, server_name }
    }

    fn wall_clock(&self) -> i64 {
        self.shared.settings.fixed_clock.unwrap_or_else(clock::unix_time)
    }
}
