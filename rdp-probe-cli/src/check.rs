//! `rdp-probe check`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rdp_probe::{Budget, Prober, Report, Roots, ServerName, Target, Trust};
use tokio::sync::Semaphore;

use crate::args::Check;

/// Targets that are probed at the same time.
const AT_ONCE: usize = 32;

/// Probes every target; whether all were ok.
pub(crate) async fn run(check: Check) -> Result<bool, String> {
    if check.transcript.is_some() && check.targets.len() > 1 {
        return Err("--transcript takes one target: a transcript is of one connection".to_owned());
    }
    let prober = prober(&check)?;
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let probes: Vec<_> = check
        .targets
        .into_iter()
        .map(|target| tokio::spawn(probe(prober.clone(), target, Arc::clone(&places))))
        .collect();
    let mut all_ok = true;
    for (index, probe) in probes.into_iter().enumerate() {
        let report = probe.await.map_err(|error| format!("a probe broke off: {error}"))?;
        all_ok &= report.is_ok();
        show(&report, check.json, index);
        if let Some(file) = &check.transcript {
            write(file, &report)?;
        }
    }
    Ok(all_ok)
}

async fn probe(prober: Prober, target: Target, places: Arc<Semaphore>) -> Report {
    // The semaphore is never closed.
    let _place = places.acquire_owned().await;
    prober.probe(&target).await
}

fn prober(check: &Check) -> Result<Prober, String> {
    let mut builder = Prober::builder()
        .goal(check.depth.into())
        .offer(check.offer)
        .budget(budget(check.timeout))
        .server_name(check.sni.clone().unwrap_or(ServerName::Target));
    if let Some(file) = &check.roots {
        let pem = std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let roots = Roots::from_pem(&pem).map_err(|error| format!("{}: {error}", file.display()))?;
        builder = builder.roots(roots).trust(Trust::Strict);
    }
    builder.build().map_err(|error| error.to_string())
}

/// A stage gets a third: one that hangs leaves time for the others.
fn budget(total: Duration) -> Budget {
    Budget { stage: total / 3, total }
}

fn show(report: &Report, json: bool, index: usize) {
    if json {
        crate::print(&format!("{}\n", report.to_json()));
    } else {
        let gap = if index == 0 { "" } else { "\n" };
        crate::print(&format!("{gap}{}", report.coloured()));
    }
}

fn write(file: &Path, report: &Report) -> Result<(), String> {
    std::fs::write(file, report.transcript().to_string())
        .map_err(|error| format!("cannot write the transcript to {}: {error}", file.display()))
}
