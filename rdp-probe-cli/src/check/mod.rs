//! `rdp-probe check`.

mod known;
mod login;
mod plans;
mod progress;
mod secret;
pub(crate) mod targets;
mod terminal;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rdp_probe::{Credentials, Plan, Prober, ProberBuilder, Report};

use crate::args::check::Check;
use crate::args::probing::{Format, Output, Probing};
use known::KnownFile;
use progress::Progress;
use targets::Wanted;

/// Probes every target; whether all were ok.
pub(crate) async fn run(check: Check) -> Result<bool, String> {
    let targets = targets::read(&check.target, check.targets.as_deref())?;
    login::agree(&check, targets.len())?;
    let Asked { prober, plans, known } = Asked::of(&targets, &check.probing, |made| login::apply(&check.login, made))?;
    make_room(plans.len().min(at_once(&check)))?;
    let credentials = login::credentials(&check.login)?;
    let outcome = probe_all(&prober, plans, &check, credentials).await;
    let kept = known.map_or(Ok(()), |known| known.finish());
    outcome.and_then(|all_ok| kept.map(|()| all_ok))
}

/// What the command line asks for.
pub(crate) struct Asked {
    pub(crate) prober: Prober,
    /// One for each target, in the order given.
    pub(crate) plans: Vec<Plan>,
    /// To be finished when all is over.
    pub(crate) known: Option<Arc<KnownFile>>,
}

impl Asked {
    /// With what a subcommand adds to the prober.
    pub(crate) fn of(
        targets: &[Wanted],
        probing: &Probing,
        more: impl FnOnce(ProberBuilder) -> ProberBuilder,
    ) -> Result<Self, String> {
        if probing.output.transcript.is_some() && targets.len() > 1 {
            return Err("--transcript takes one target: a transcript is of one connection".to_owned());
        }
        plans::provable(probing)?;
        let known = probing.trust.known.as_deref().map(KnownFile::open).transpose()?.map(Arc::new);
        let prober = more(plans::prober(probing, targets, known.as_ref())?);
        let prober = prober.build().map_err(|error| error.to_string())?;
        let plans = targets.iter().map(|target| plans::plan(&prober, probing, target)).collect::<Result<_, _>>()?;
        Ok(Self { prober, plans, known })
    }
}

fn at_once(check: &Check) -> usize {
    usize::try_from(check.at_once).unwrap_or(usize::MAX)
}

/// Sees to it that the process may have a descriptor for each of so many probes under way, and some to spare.
fn make_room(probes: usize) -> Result<(), String> {
    const SPARE: u64 = 32;
    let least = u64::try_from(probes).unwrap_or(u64::MAX).saturating_add(SPARE);
    // A probe holds two where a name has an address that hangs.
    let limit = rlimit::increase_nofile_limit(least.saturating_mul(2)).unwrap_or(u64::MAX);
    if limit >= least {
        return Ok(());
    }
    let most = limit.saturating_sub(SPARE).max(1);
    Err(format!(
        "{probes} targets at the same time need more open files than this process may have ({limit}): try --at-once {most}, or raise the limit (ulimit -n)"
    ))
}

/// Reports come as they end and are shown in the order of the targets.
async fn probe_all(
    prober: &Prober,
    plans: Vec<Plan>,
    check: &Check,
    credentials: Option<Credentials>,
) -> Result<bool, String> {
    let mut progress = Progress::new(plans.len());
    let mut sweep = prober.probe_plans(plans).at_once(at_once(check));
    if let Some(credentials) = credentials {
        // One target, or the caller has said so.
        sweep = sweep.same_credentials_for_all(credentials);
    }
    let (mut waiting, mut shown) = (BTreeMap::new(), 0);
    while let Some(probed) = sweep.next().await {
        progress.count(&probed.report);
        waiting.insert(probed.index, probed.report);
        while let Some(report) = waiting.remove(&shown) {
            progress.hide_while(|| show(&report, &check.probing.output, shown))?;
            shown += 1;
        }
    }
    Ok(progress.finish())
}

pub(crate) fn show(report: &Report, output: &Output, index: usize) -> Result<(), String> {
    let redacted = output.redact.then(|| report.redacted());
    let report = redacted.as_ref().unwrap_or(report);
    let gap = if index == 0 { "" } else { "\n" };
    match output.format() {
        Format::Json => crate::print(&format!("{}\n", report.to_json())),
        Format::Human => crate::print(&format!("{gap}{}", report.coloured())),
        Format::Markdown => crate::print(&format!("{gap}{}", report.to_markdown())),
    }
    match &output.transcript {
        Some(file) => write(file, report),
        None => Ok(()),
    }
}

fn write(file: &Path, report: &Report) -> Result<(), String> {
    let transcripts: String = report.transcripts().iter().map(ToString::to_string).collect();
    std::fs::write(file, transcripts)
        .map_err(|error| format!("cannot write the transcript to {}: {error}", file.display()))
}
