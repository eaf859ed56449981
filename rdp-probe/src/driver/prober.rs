//! The prober: configured once, used for any number of targets.

use std::sync::Arc;

use super::builder::ProberBuilder;
use super::clock::{self, Clock};
use super::known::Store;
use super::network::{Network, System};
use super::proxy::Proxy;
use super::security::Security;
use super::sweep::Sweep;
use super::tls::Engine;
use super::upgraded::Upgraded;
use super::{Around, Stream, converse, dial, own_signature};
use crate::certificate::Thumbprint;
use crate::conversation::{Conversation, Input};
use crate::evidence::{
    Budget, ClientHello, Dangers, Dial, Evidence, Family, Goal, Package, Plan, Request, ServerName, Trust,
};
use crate::protocol::Protocols;
use crate::report::Report;
use crate::target::Target;
use ring::rand::{SecureRandom as _, SystemRandom};

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
pub(super) struct Settings {
    pub(super) goal: Goal,
    pub(super) offer: Protocols,
    pub(super) other_offers: Vec<Protocols>,
    pub(super) trust: Trust,
    pub(super) budget: Budget,
    pub(super) server_name: ServerName,
    pub(super) client_hello: ClientHello,
    pub(super) request: Request,
    pub(super) thumbprints: Vec<Thumbprint>,
    pub(super) family: Family,
    pub(super) network: System,
    pub(super) proxy: Option<Proxy>,
    pub(super) package: Package,
    pub(super) service: Option<Box<str>>,
    pub(super) dangers: Dangers,
    #[cfg(feature = "nla")]
    pub(super) kdc: Option<Target>,
    pub(super) fixed_clock: Option<i64>,
    pub(super) store: Option<Store>,
}

impl Prober {
    pub(super) fn new(settings: Settings, engine: Engine) -> Self {
        Self { shared: Arc::new(Shared { settings, engine }) }
    }

    /// Begins a configuration.
    pub fn builder() -> ProberBuilder {
        ProberBuilder::default()
    }

    /// The plan that this configuration makes for a target, to be changed for this one and handed to
    /// [`Prober::probe_plan`] or [`Prober::open_plan`].
    #[must_use]
    pub fn plan(&self, target: &Target) -> Plan {
        let settings = &self.shared.settings;
        let Settings { goal, offer, trust, budget, server_name, client_hello, request, thumbprints, .. } = settings;
        let Settings { family, package, service, dangers, .. } = settings;
        Plan {
            goal: *goal,
            offer: *offer,
            trust: *trust,
            budget: *budget,
            server_name: server_name.clone(),
            client_hello: *client_hello,
            request: request.clone(),
            thumbprints: thumbprints.clone(),
            family: *family,
            package: *package,
            service: service.clone(),
            dangers: *dangers,
            ..Plan::new(target.clone())
        }
    }

    /// Probes a target over the operating system's network.
    pub async fn probe(&self, target: &Target) -> Report {
        self.probe_securely(self.network(), Box::new(self.plan(target)), Security::None).await
    }

    /// Probes as planned over the operating system's network.
    pub async fn probe_plan(&self, plan: Plan) -> Report {
        self.probe_securely(self.network(), Box::new(plan), Security::None).await
    }

    /// Probes a target over another network.
    pub async fn probe_over<N: Network>(&self, network: &N, target: &Target) -> Report {
        self.probe_securely(network, Box::new(self.plan(target)), Security::None).await
    }

    /// Probes as planned over another network.
    pub async fn probe_plan_over<N: Network>(&self, network: &N, plan: Plan) -> Report {
        self.probe_securely(network, Box::new(plan), Security::None).await
    }

    pub(super) async fn probe_securely<N: Network>(&self, network: &N, plan: Box<Plan>, security: Security) -> Report {
        let (clock, deadline) = (Clock::start(), plan.budget.total);
        let (evidence, stream) = self.connect(network, plan, clock, security).await;
        if let Some(stream) = stream {
            stream.close(clock.at(deadline)).await;
        }
        own_signature::report(evidence)
    }

    /// Probes a target over a stream that is already connected to it. The budget begins here.
    pub async fn probe_stream<S: Stream>(&self, target: &Target, stream: S) -> Report {
        self.probe_stream_securely(Box::new(self.plan(target)), stream, Security::None).await
    }

    /// Probes as planned over a stream that is already connected to the target.
    pub async fn probe_plan_stream<S: Stream>(&self, plan: Plan, stream: S) -> Report {
        self.probe_stream_securely(Box::new(plan), stream, Security::None).await
    }

    pub(super) async fn probe_stream_securely<S: Stream>(
        &self,
        plan: Box<Plan>,
        stream: S,
        security: Security,
    ) -> Report {
        let (clock, deadline) = (Clock::start(), plan.budget.total);
        let (evidence, stream) = self.converse_over(stream, plan, clock, security).await;
        if let Some(stream) = stream {
            stream.close(clock.at(deadline)).await;
        }
        own_signature::report(evidence)
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

    /// Probes any number of targets, a bounded number at a time ([`Sweep::at_once`]), over the operating system's network.
    pub fn probe_all<I: IntoIterator<Item = Target>>(
        &self,
        targets: I,
    ) -> Sweep<impl Iterator<Item = Plan> + use<I>, System> {
        let prober = self.clone();
        let plans = targets.into_iter().map(move |target| prober.plan(&target));
        Sweep::of_system(self.clone(), self.network().clone(), plans)
    }

    /// Probes any number of targets over another network.
    pub fn probe_all_over<N: Network + Send + 'static, I: IntoIterator<Item = Target>>(
        &self,
        network: N,
        targets: I,
    ) -> Sweep<impl Iterator<Item = Plan> + use<N, I>, N> {
        let prober = self.clone();
        Sweep::new(self.clone(), network, targets.into_iter().map(move |target| prober.plan(&target)))
    }

    /// Probes as planned, any number of times, over the operating system's network.
    pub fn probe_plans<I: IntoIterator<Item = Plan>>(&self, plans: I) -> Sweep<I::IntoIter, System> {
        Sweep::of_system(self.clone(), self.network().clone(), plans.into_iter())
    }

    /// What TLS is done with, for a loop that does the same without a prober. It is for this project's own benches.
    #[cfg(feature = "benching")]
    #[doc(hidden)]
    #[must_use]
    pub fn tls_config(&self) -> Arc<rustls::ClientConfig> {
        self.shared.engine.config()
    }

    /// The host that is looked up first: the proxy's, where there is one.
    pub(super) fn first_host<'a>(&'a self, plan: &'a Plan) -> &'a Target {
        self.shared.settings.proxy.as_ref().map_or(&plan.target, Proxy::address)
    }

    /// Offers that may be made where the server does not take the one before.
    pub(super) fn other_offers(&self) -> &[Protocols] {
        &self.shared.settings.other_offers
    }

    #[cfg(feature = "nla")]
    pub(super) fn kdc(&self) -> Option<&Target> {
        self.shared.settings.kdc.as_ref()
    }

    pub(super) fn network(&self) -> &System {
        &self.shared.settings.network
    }

    /// One connection as planned. What futures hold they hold once for each level that passes it on: so plan and machine are boxed.
    pub(super) async fn connect<N: Network>(
        &self,
        network: &N,
        mut plan: Box<Plan>,
        clock: Clock,
        mut security: Security,
    ) -> (Box<Evidence>, Option<Upgraded<N::Stream>>) {
        let wall = self.wall_clock();
        if let Some(store) = self.store() {
            store.recall(&mut plan, clock).await;
        }
        let (stream, dial) = dial::dial(network, &plan, self.shared.settings.proxy.as_ref(), clock).await;
        let mut conversation = conversation(*plan, dial, wall, &mut security);
        if let Some(stream) = stream {
            return converse(stream, conversation, clock, self.around(), &mut security).await;
        }
        conversation.step(clock.now(), Input::Start);
        (conversation.into_kept(), None)
    }

    pub(super) async fn converse_over<S: Stream>(
        &self,
        stream: S,
        mut plan: Box<Plan>,
        clock: Clock,
        mut security: Security,
    ) -> (Box<Evidence>, Option<Upgraded<S>>) {
        if let Some(store) = self.store() {
            store.recall(&mut plan, clock).await;
        }
        let conversation = conversation(*plan, Dial::default(), self.wall_clock(), &mut security);
        converse(stream, conversation, clock, self.around(), &mut security).await
    }

    fn around(&self) -> Around<'_> {
        Around { engine: &self.shared.engine, store: self.store() }
    }

    fn store(&self) -> Option<&Store> {
        self.shared.settings.store.as_ref()
    }

    fn wall_clock(&self) -> i64 {
        self.shared.settings.fixed_clock.unwrap_or_else(clock::unix_time)
    }
}

/// A conversation that has not begun, with chance of its own where it needs any. Without chance, a hello works all the same, and
/// credentials go nowhere.
fn conversation(plan: Plan, dial: Dial, wall: i64, security: &mut Security) -> Box<Conversation> {
    let mut random = [0; 32];
    let needs = plan.goal == Goal::Hello || plan.goal.needs_credentials();
    if needs && SystemRandom::new().fill(&mut random).is_err() {
        *security = Security::Chanceless;
    }
    Box::new(Conversation::new(plan, dial, Some(wall)).with_random(random))
}
