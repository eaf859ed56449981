//! Opens connections and hands their streams over.

use tokio::time::Instant;

use super::clock::Clock;
use super::network::Network;
use super::opened::Opened;
use super::prober::Prober;
use super::security::Security;
use super::upgraded::Upgraded;
use super::{Stream, own_signature};
use crate::evidence::{Denial, End, Evidence, Goal, Plan, Stage};
use crate::report::{Failure, Report};
use crate::target::Target;

impl Prober {
    /// Opens a connection to a target, and hands the stream over where the goal is reached: any RDP client can go on
    /// with it. If the server does not take the offer, the others that
    /// [`ProberBuilder::other_offer`](crate::ProberBuilder::other_offer) allows are made.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let prober = rdp_probe::Prober::builder().build()?;
    /// let opened = prober.open(&"ts01.example".parse()?).await?;
    /// println!("the server chose {:#x}; go on with MCS over {:?}", opened.selected, opened.stream.get_ref());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the goal is not reached, or the trust that was asked for does not hold. The error has the report. With
    /// [`Goal::Hello`](crate::Goal::Hello), [`Goal::Challenge`] and [`Goal::Verify`] always: behind half a handshake, of TLS or of
    /// `CredSSP`, there is nothing to go on with, though the report may be one of success.
    pub async fn open(&self, target: &Target) -> Result<Opened<tokio::net::TcpStream>, Failure> {
        self.open_plan(self.plan(target)).await
    }

    /// Opens a connection as planned: [`Prober::open`].
    ///
    /// # Errors
    /// As for [`Prober::open`].
    pub async fn open_plan(&self, plan: Plan) -> Result<Opened<tokio::net::TcpStream>, Failure> {
        self.open_plan_over(self.network(), plan).await
    }

    /// Opens a connection to a target over another network: [`Prober::open`].
    ///
    /// # Errors
    /// As for [`Prober::open`].
    pub async fn open_over<N: Network>(&self, network: &N, target: &Target) -> Result<Opened<N::Stream>, Failure> {
        self.open_plan_over(network, self.plan(target)).await
    }

    /// Opens a connection as planned over another network: [`Prober::open`].
    ///
    /// # Errors
    /// As for [`Prober::open`].
    pub async fn open_plan_over<N: Network>(&self, network: &N, plan: Plan) -> Result<Opened<N::Stream>, Failure> {
        let clock = Clock::start();
        let mut offers = self.other_offers().iter();
        let (mut plan, mut earlier) = (plan, Vec::new());
        loop {
            let (evidence, stream) = self.connect(network, Box::new(plan.clone()), clock, Security::None).await;
            let other = if is_turned_down(&evidence) && clock.now() < plan.budget.total { offers.next() } else { None };
            let Some(offer) = other else {
                let deadline = clock.at(plan.budget.total);
                return hand_over(own_signature::report(evidence).after(earlier), stream, deadline).await;
            };
            earlier.push(*evidence);
            plan.offer = *offer;
        }
    }

    /// Opens a connection over a stream that is already connected to the target, and hands it over as
    /// [`Prober::open`] does. There is one stream, so there is one offer.
    ///
    /// # Errors
    /// As for [`Prober::open`].
    pub async fn open_stream<S: Stream>(&self, target: &Target, stream: S) -> Result<Opened<S>, Failure> {
        self.open_plan_stream(self.plan(target), stream).await
    }

    /// Opens a connection as planned over a stream that is already connected to the target: [`Prober::open_stream`].
    ///
    /// # Errors
    /// As for [`Prober::open`].
    pub async fn open_plan_stream<S: Stream>(&self, plan: Plan, stream: S) -> Result<Opened<S>, Failure> {
        open_stream_securely(self, plan, stream, Security::None).await
    }
}

/// One offer, with or without credentials.
#[cfg(feature = "nla")]
pub(super) async fn open_securely<N: Network>(
    prober: &Prober,
    network: &N,
    plan: Plan,
    security: Security,
) -> Result<Opened<N::Stream>, Failure> {
    let (clock, deadline) = (Clock::start(), plan.budget.total);
    let (evidence, stream) = prober.connect(network, Box::new(plan), clock, security).await;
    hand_over(own_signature::report(evidence), stream, clock.at(deadline)).await
}

pub(super) async fn open_stream_securely<S: Stream>(
    prober: &Prober,
    plan: Plan,
    stream: S,
    security: Security,
) -> Result<Opened<S>, Failure> {
    let (clock, deadline) = (Clock::start(), plan.budget.total);
    let (evidence, stream) = prober.converse_over(stream, Box::new(plan), clock, security).await;
    hand_over(own_signature::report(evidence), stream, clock.at(deadline)).await
}

/// The connection, or a goodbye where the server is not one to go on with.
async fn hand_over<S: Stream>(
    report: Report,
    stream: Option<Upgraded<S>>,
    deadline: Instant,
) -> Result<Opened<S>, Failure> {
    match stream {
        Some(stream) if !report.is_ok() || matches!(report.evidence().plan.goal, Goal::Challenge | Goal::Verify) => {
            stream.close(deadline).await;
            Opened::new(report, None)
        }
        other => Opened::new(report, other),
    }
}

/// Whether the server's answer, or the lack of one, may have been to the offer. Without negotiation data there was none.
fn is_turned_down(evidence: &Evidence) -> bool {
    let by_its_end = match evidence.end {
        End::Refusal(_) | End::Fin | End::Reset | End::Complete => true,
        End::Denied(denial) => matches!(denial, Denial::DisconnectRequest(_)),
        _ => false,
    };
    let at_negotiation = evidence.stage == Stage::Negotiate && evidence.plan.request.negotiates();
    at_negotiation && by_its_end && !evidence.is_ok()
}
