//! Probing and opening with credentials: one attempt a call, never a retry.

use super::network::Network;
use super::opened::Opened;
use super::prober::Prober;
use super::security::{Credentials, KerberosSettings, Security};
use super::{Stream, open};
use crate::evidence::Plan;
use crate::report::{Failure, Report};
use crate::target::Target;

/// With credentials. They are given with each call and never kept, so nothing else of a prober can use them: no sweep, no second
/// look, no further offer.
///
/// One call is one attempt to log on at most. A Windows server logs it, and a wrong password counts towards a lock-out.
impl Prober {
    /// Probes a target with credentials: [`Goal::Verify`](crate::Goal::Verify), [`Goal::Delegate`](crate::Goal::Delegate).
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// use rdp_probe::{Credentials, Goal, NlaResult, Prober};
    ///
    /// let thumbprint = "0123456789abcdef0123456789abcdef01234567".parse()?;
    /// let prober = Prober::builder().goal(Goal::Verify).expect(thumbprint).build()?;
    /// let credentials = Credentials::with_password("alice", Some("LAB"), "Secret-1".to_owned())?;
    /// let report = prober.probe_as(&"ts01.example".parse()?, &credentials).await;
    /// if report.evidence().nla_result() == Some(NlaResult::Verified) {
    ///     println!("the password is right, and was not handed over");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn probe_as(&self, target: &Target, credentials: &Credentials) -> Report {
        self.probe_plan_as(self.plan(target), credentials).await
    }

    /// Probes as planned with credentials: [`Prober::probe_as`].
    pub async fn probe_plan_as(&self, plan: Plan, credentials: &Credentials) -> Report {
        self.probe_plan_over_as(self.network(), plan, credentials).await
    }

    /// Probes as planned over another network, with credentials: [`Prober::probe_as`].
    pub async fn probe_plan_over_as<N: Network>(&self, network: &N, plan: Plan, credentials: &Credentials) -> Report {
        let security = self.security(&plan, credentials);
        self.probe_securely(network, Box::new(plan), security).await
    }

    /// Probes as planned over a stream that is already connected to the target, with credentials: [`Prober::probe_as`].
    pub async fn probe_plan_stream_as<S: Stream>(&self, plan: Plan, stream: S, credentials: &Credentials) -> Report {
        let security = self.security(&plan, credentials);
        self.probe_stream_securely(Box::new(plan), stream, security).await
    }

    /// Opens a connection with credentials, and hands the authenticated stream over, where the goal is
    /// [`Goal::Delegate`](crate::Goal::Delegate). The first offer alone is made.
    ///
    /// # Errors
    /// As for [`Prober::open`]. With [`Goal::Verify`](crate::Goal::Verify) always: the server still waits for the credentials then,
    /// and there is nothing to go on with.
    pub async fn open_as(
        &self,
        target: &Target,
        credentials: &Credentials,
    ) -> Result<Opened<tokio::net::TcpStream>, Failure> {
        self.open_plan_as(self.plan(target), credentials).await
    }

    /// Opens a connection as planned, with credentials: [`Prober::open_as`].
    ///
    /// # Errors
    /// As for [`Prober::open_as`].
    pub async fn open_plan_as(
        &self,
        plan: Plan,
        credentials: &Credentials,
    ) -> Result<Opened<tokio::net::TcpStream>, Failure> {
        self.open_plan_over_as(self.network(), plan, credentials).await
    }

    /// Opens a connection as planned over another network, with credentials: [`Prober::open_as`].
    ///
    /// # Errors
    /// As for [`Prober::open_as`].
    pub async fn open_plan_over_as<N: Network>(
        &self,
        network: &N,
        plan: Plan,
        credentials: &Credentials,
    ) -> Result<Opened<N::Stream>, Failure> {
        let security = self.security(&plan, credentials);
        open::open_securely(self, network, plan, security).await
    }

    /// Opens a connection as planned over a stream that is already connected to the target, with credentials:
    /// [`Prober::open_as`].
    ///
    /// # Errors
    /// As for [`Prober::open_as`].
    pub async fn open_plan_stream_as<S: Stream>(
        &self,
        plan: Plan,
        stream: S,
        credentials: &Credentials,
    ) -> Result<Opened<S>, Failure> {
        let security = self.security(&plan, credentials);
        open::open_stream_securely(self, plan, stream, security).await
    }

    pub(super) fn security(&self, plan: &Plan, credentials: &Credentials) -> Security {
        if !plan.goal.needs_credentials() {
            return Security::None;
        }
        let settings = KerberosSettings { kdc: self.kdc().cloned(), network: self.network().clone() };
        Security::new(plan, credentials, &settings)
    }
}
