//! Tries every input of corpora and counts what they reach together: `reached TARGET=FOLDER...`. Prints what they do not.

use std::path::Path;

use rdp_probe::conversation::State;
use rdp_probe::diagnose::{Cause, RULES, Rule};
use rdp_probe::fuzzing::{Reached, ends};

fn main() {
    let mut all = Reached::default();
    let mut inputs = 0_usize;
    for word in std::env::args().skip(1) {
        let Some((target, folder)) = word.split_once('=') else {
            eprintln!("reached TARGET=FOLDER...");
            std::process::exit(2);
        };
        for path in rdp_probe_oracles::files(Path::new(folder)) {
            let bytes = std::fs::read(&path).expect("an input");
            all.extend(rdp_probe_oracles::reached(target, &bytes));
            inputs += 1;
        }
    }
    println!("{inputs} inputs");
    let ended: Vec<String> = all.missing_ends().map(|(stage, end)| format!("{stage} {}", end.as_str())).collect();
    figure("fuzz states", all.states.len(), State::ALL.len());
    figure("fuzz ends", all.ends.len(), ends().count());
    figure("fuzz rules", all.rules.len(), RULES.len());
    figure("fuzz causes", causes().filter(|cause| all.causes.contains(cause)).count(), causes().count());
    named("states", &all.missing_states().map(|state| format!("{state:?}")).collect::<Vec<_>>());
    named("ends", &ended);
    named("rules", &all.missing_rules().map(words).collect::<Vec<_>>());
}

/// The causes that rules name.
fn causes() -> impl Iterator<Item = Cause> {
    Cause::all().filter(|cause| RULES.iter().any(|rule| rule.cause == *cause))
}

fn words(rule: &'static Rule) -> String {
    format!("{} ({:?} without {:?})", rule.cause, rule.requires, rule.forbids)
}

fn figure(name: &str, count: usize, all: usize) {
    println!("figure\t{name}\t{count} of {all}\t-\t-");
}

fn named(what: &str, missing: &[String]) {
    if !missing.is_empty() {
        println!("no input reached these {what}:\n  {}", missing.join("\n  "));
    }
}
