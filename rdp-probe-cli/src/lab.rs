//! `rdp-probe lab`: one of the lab's servers, for other people's tools.

use std::error::Error as _;
use std::fmt::Write as _;
use std::net::SocketAddr;

use rdp_probe_lab::{Lab, LabError, Scenario, Watcher};

use crate::args;

/// Names that are suggested for one that is not known.
const SUGGESTIONS: usize = 3;

/// Lists the scenarios, or serves one until Ctrl-C.
pub(crate) async fn run(lab: &args::lab::Lab) -> Result<bool, String> {
    match &lab.scenario {
        Some(name) => serve(name, SocketAddr::new(lab.address, lab.port)).await?,
        None => crate::print(&list()),
    }
    Ok(true)
}

/// A line for each scenario.
fn list() -> String {
    let width = Scenario::all().map(|scenario| scenario.name().len()).max().unwrap_or_default();
    let mut text = String::new();
    for scenario in Scenario::all() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:width$}  {}", scenario.name(), scenario.about());
    }
    text
}

async fn serve(name: &str, address: SocketAddr) -> Result<(), String> {
    let lab = Lab::start_on(name, address).await.map_err(|error| explained(&error))?;
    let telling = async {
        crate::print(&format!("{}; Ctrl-C ends it\n", place(name, &lab)));
        tell(lab.watch()).await;
    };
    tokio::select! {
        // First, so that Ctrl-C is waited for before anybody is told of it.
        biased;
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(|error| format!("cannot wait for Ctrl-C: {error}")),
        () = telling => Ok(()),
    }
}

/// Where the lab listens, and where not.
fn place(name: &str, lab: &Lab) -> String {
    match lab.addresses().as_slice() {
        _ if name == "not-listening" => format!("nobody listens on {}", lab.address()),
        [dead, _] => format!("listening on {}, and not on {dead}", lab.address()),
        _ => format!("listening on {}", lab.address()),
    }
}

/// Prints events as they come.
async fn tell(mut watcher: Watcher) {
    let mut told = 0;
    while let Some(event) = watcher.next().await {
        let missed = watcher.missed() - told;
        if missed > 0 {
            told += missed;
            crate::print(&format!("{missed} events came too fast and are left out\n"));
        }
        crate::print(&format!("{event}\n"));
    }
}

fn explained(error: &LabError) -> String {
    match error {
        LabError::UnknownScenario(name) => {
            format!(
                "no scenario is called {name}; the nearest are {}; rdp-probe lab lists all",
                nearest(name).join(", ")
            )
        }
        other => match other.source() {
            Some(source) => format!("{other}: {source}"),
            None => other.to_string(),
        },
    }
}

/// The names that are most like this one.
fn nearest(name: &str) -> Vec<&'static str> {
    let unlike = |scenario: &Scenario| 1.0 - strsim::jaro_winkler(name, scenario.name());
    let mut names: Vec<_> = Scenario::all().map(|scenario| (unlike(&scenario), scenario.name())).collect();
    names.sort_unstable_by(|(one, _), (other, _)| one.total_cmp(other));
    names.into_iter().map(|(_, name)| name).take(SUGGESTIONS).collect()
}
