//! `rdp-probe examine`.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use rdp_probe::{Examining, Limits, Plan, Prober, Report};

use crate::args::examine::Examine;
use crate::args::probing::Output;
use crate::check::{self, Asked, targets};

/// How often the line on the terminal moves while nothing else does.
const TICK: Duration = Duration::from_millis(100);

/// Examines every target, one after the other; whether all were ok.
pub(crate) async fn run(examine: Examine) -> Result<bool, String> {
    let limits = examine.limits();
    let (depth, output) = (examine.probing.depth, &examine.probing.output);
    if depth.needs_credentials() {
        return Err(format!(
            "examine takes no credentials, as it makes connections again and again, and so goes no deeper than challenge: rdp-probe \
            check --depth {} makes one attempt to log on",
            depth.as_str()
        ));
    }
    let targets = targets::read(&examine.target, None)?;
    let Asked { prober, plans, known } = Asked::of(&targets, &examine.probing, |prober| prober)?;
    let outcome = examine_all(&prober, plans, limits, output).await;
    let kept = known.map_or(Ok(()), |known| known.finish());
    outcome.and_then(|all_ok| kept.map(|()| all_ok))
}

async fn examine_all(prober: &Prober, plans: Vec<Plan>, limits: Limits, output: &Output) -> Result<bool, String> {
    let mut fine = true;
    for (index, plan) in plans.into_iter().enumerate() {
        let report = look(prober, plan, limits).await;
        fine &= report.is_ok();
        check::show(&report, output, index)?;
    }
    Ok(fine)
}

/// Examines one target. Where standard error is a terminal, a line there says what is being tried.
async fn look(prober: &Prober, plan: Plan, limits: Limits) -> Report {
    let target = plan.target.clone();
    let line = ProgressBar::new_spinner();
    line.set_style(
        ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    line.enable_steady_tick(TICK);
    let mut made = 0;
    let report = prober.examine_plan(plan, limits, |at| {
        if let Examining::Begins(step) = at {
            made += 1;
            line.set_message(format!("{target}: {made}. {}: {}", step.experiment, step.why()));
        }
    });
    let report = report.await;
    line.finish_and_clear();
    report
}
