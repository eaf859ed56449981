//! Makes the connections that an examination names, one after the other.

use tokio::time::sleep_until;

use super::clock::Clock;
use super::network::Network;
use super::own_signature;
use super::prober::Prober;
use super::security::Security;
use crate::evidence::{Evidence, Plan};
use crate::examine::{Examination, Limits, Step};
use crate::report::Report;
use crate::target::Target;

/// What an examination is at, for whoever shows it while it runs.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Examining<'a> {
    /// This connection is to be made, after the pause that it asks for.
    Begins(&'a Step),
    /// This is what it showed.
    Showed(&'a Step, &'a Evidence),
}

impl Prober {
    /// Probes a target, and makes further connections until what it shows is told from what looks alike, or no experiment
    /// could tell more ([`Examination`]). The report has one diagnosis over all of them, and each connection with why it was
    /// made and what it ruled out. The limits are the usual ones; no credentials are sent.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let prober = rdp_probe::Prober::builder().build()?;
    /// let report = prober.examine(&"ts01.example".parse()?).await;
    /// for found in report.causes() {
    ///     println!("{} ({}), told by {:?}", found.cause, found.confidence, found.settled_by);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn examine(&self, target: &Target) -> Report {
        self.examine_plan(self.plan(target), Limits::default(), |_| ()).await
    }

    /// Examines as planned and within these limits; `tell` hears of each connection.
    pub async fn examine_plan(&self, plan: Plan, limits: Limits, tell: impl FnMut(Examining<'_>)) -> Report {
        self.examine_plan_over(self.network(), plan, limits, tell).await
    }

    /// Examines as planned over another network: [`Prober::examine_plan`].
    pub async fn examine_plan_over<N: Network>(
        &self,
        network: &N,
        plan: Plan,
        limits: Limits,
        mut tell: impl FnMut(Examining<'_>),
    ) -> Report {
        let clock = Clock::start();
        let mut examination = Examination::new(plan, limits);
        while let Some(step) = examination.next(clock.now()) {
            tell(Examining::Begins(&step));
            sleep_until(clock.at(step.not_before)).await;
            let (mut evidence, stream) =
                self.connect(network, Box::new(step.plan.clone()), clock, Security::None).await;
            if let Some(stream) = stream {
                stream.close(clock.at(step.plan.budget.total)).await;
            }
            own_signature::complete(&mut evidence);
            tell(Examining::Showed(&step, &evidence));
            examination.saw(step.experiment, *evidence);
        }
        examination.into_report()
    }
}
