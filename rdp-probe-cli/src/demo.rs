//! `rdp-probe demo`: the lab's scenarios, checked on this machine.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rdp_probe::diagnose::Diagnosis;
use rdp_probe::{Budget, Credentials, Limits, Prober, Report, Resolver, Resolving, System};
use rdp_probe_lab::{Lab, Scenario};
use tokio::sync::Semaphore;

use crate::args::Demo;

/// Enough on loopback, and the silent scenarios do not keep anybody waiting.
const BUDGET: Budget = Budget { stage: Duration::from_secs(1), total: Duration::from_secs(3) };

/// Enough to make every experiment; loopback is not driven into throttling.
const LIMITS: Limits = Limits { connections: 8, spacing: Duration::from_millis(50), total: Duration::from_secs(30) };

/// Scenarios that are checked at the same time: all that there are, within reason.
const AT_ONCE: usize = 128;

/// Checks the scenarios, all at the same time; whether each came to its cause.
pub(crate) async fn run(demo: &Demo) -> Result<bool, String> {
    let scenarios = chosen(&demo.scenarios, demo.examine)?;
    crate::print(&format!("{} scenarios of the lab, on loopback:\n\n", scenarios.len()));
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let runs: Vec<_> =
        scenarios.iter().map(|scenario| tokio::spawn(check(*scenario, demo.examine, Arc::clone(&places)))).collect();
    let mut found = 0;
    let width = scenarios.iter().map(|scenario| scenario.name().len()).max().unwrap_or_default();
    for (scenario, run) in scenarios.iter().zip(runs) {
        let report = run.await.map_err(|error| format!("a probe broke off: {error}"))??;
        found += usize::from(show(scenario, width, &report, demo));
    }
    crate::print(&format!("\n{found} of {} diagnosed as they should be.\n", scenarios.len()));
    let more = match demo {
        Demo { reports: true, .. } => "",
        Demo { examine: true, .. } => "For a whole report: rdp-probe demo --examine --reports tls-reset\n",
        Demo { .. } => {
            "For a whole report: rdp-probe demo --reports tls-reset\n\
             For what one connection does not tell apart: rdp-probe demo --examine\n"
        }
    };
    crate::print(more);
    Ok(found == scenarios.len())
}

fn chosen(names: &[String], examine: bool) -> Result<Vec<Scenario>, String> {
    if names.is_empty() {
        return Ok(Scenario::all().filter(|scenario| !examine || scenario.examined().is_some()).collect());
    }
    let known = || Scenario::all().map(|scenario| scenario.name()).collect::<Vec<_>>().join(", ");
    let named = |name: &String| {
        Scenario::named(name).ok_or_else(|| format!("no scenario is called {name}; there are: {}", known()))
    };
    names.iter().map(named).collect()
}

async fn check(scenario: Scenario, examine: bool, places: Arc<Semaphore>) -> Result<Report, String> {
    // The semaphore is never closed.
    let _place = places.acquire_owned().await;
    let lab = Lab::start(scenario.name()).await.map_err(|error| error.to_string())?;
    let builder = Prober::builder().offer(scenario.offer()).goal(scenario.goal()).package(scenario.package());
    // The credentials are the lab's own, and known to all.
    let prober = builder.dangerous_any_certificate().budget(BUDGET).build().map_err(|error| error.to_string())?;
    let network = System::new().with_resolver(Addresses(lab.addresses()));
    if examine {
        return Ok(prober.examine_plan_over(&network, prober.plan(&lab.target()), LIMITS, |_| ()).await);
    }
    if !scenario.goal().needs_credentials() {
        return Ok(prober.probe_over(&network, &lab.target()).await);
    }
    let password = Scenario::PASSWORD.to_owned();
    let credentials = Credentials::with_password(Scenario::USER, None, password).map_err(|error| error.to_string())?;
    Ok(prober.probe_plan_over_as(&network, prober.plan(&lab.target()), &credentials).await)
}

/// Every name has these.
struct Addresses(Vec<SocketAddr>);

impl Resolver for Addresses {
    fn resolve<'a>(&'a self, _host: &'a str, _port: u16) -> Resolving<'a> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}

/// A line for the scenario, or the whole report; whether it came to its cause.
fn show(scenario: &Scenario, width: usize, report: &Report, demo: &Demo) -> bool {
    let causes = report.causes();
    let top = causes.first();
    let told = scenario.examined().filter(|_| demo.examine);
    let expected = told.unwrap_or_else(|| scenario.expected());
    let as_expected = top.is_some_and(|top| top.cause == expected);
    let mut text = String::new();
    let mark = if as_expected { "\x1b[32mok\x1b[0m  " } else { "\x1b[31mWRONG\x1b[0m" };
    let verdict = top.map_or_else(String::new, |top| verdict(top, report));
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{mark} {:width$} {verdict}", scenario.name());
    if !as_expected {
        let _ = writeln!(text, "      expected {expected}");
    }
    if demo.reports {
        let _ = writeln!(text, "\n{}", report.coloured());
    }
    crate::print(&text);
    as_expected
}

/// The cause and how sure it is; of an examination, also what told it, of how many connections.
fn verdict(top: &Diagnosis, report: &Report) -> String {
    let words = format!("{} ({})", top.cause, top.confidence);
    if report.further().is_empty() {
        return words;
    }
    let told: Vec<_> = top.settled_by.iter().map(|experiment| experiment.as_str()).collect();
    format!("{words} by {}; {} connections", told.join(", "), report.looks().count())
}
