//! A report as Markdown (CommonMark, with the tables of GitHub), for tickets and wikis.
//!
//! Whatever came over the wire stands in code spans, where nothing has a meaning: no markup, no HTML, no link, and none of
//! the mentions and references that trackers look for. Tables hold no other vertical bars than their own.

use std::fmt;

use super::escape::{fenced, literal, plain};
use super::words::{CheckWords, Detail};
use super::{Report, looks, nla, words};
use crate::certificate::{Certificate, Verdict, hex};
use crate::diagnose::{Candidate, Case, Cause, CauseText, Diagnosis, Look, Prediction, diagnose, predict};
use crate::evidence::Evidence;
use crate::rfc3339;

pub(super) struct Page<'a>(pub(super) &'a Report);

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let evidence = self.0.evidence();
        let case = self.0.case();
        let causes = diagnose(&case);
        writeln!(f, "# {} {}", words::outcome(self.0), literal(&evidence.plan.target.to_string()))?;
        if let Some(top) = causes.first() {
            writeln!(f, "\n**{}**", plain(words::headline(top.cause, evidence)))?;
        }
        stages(f, evidence)?;
        attempts(f, evidence)?;
        looks(f, &case, self.0)?;
        if let Some(look) = case.looks().first() {
            table(f, ["fact", "value"], &facts(look, self.0.earlier()))?;
        }
        if let Some(prediction) = predict(&case) {
            windows(f, &prediction, &causes)?;
        }
        causes.iter().zip(1..).try_for_each(|(found, rank)| cause(f, rank, found, &case))
    }
}

/// A table with as many cells in each row as there are columns. Nothing is written where there are no rows.
fn table<const COLUMNS: usize>(
    f: &mut fmt::Formatter<'_>,
    head: [&str; COLUMNS],
    rows: &[[String; COLUMNS]],
) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n| {} |\n|{}", head.join(" | "), "---|".repeat(COLUMNS))?;
    rows.iter().try_for_each(|row| writeln!(f, "| {} |", row.join(" | ")))
}

fn stages(f: &mut fmt::Formatter<'_>, evidence: &Evidence) -> fmt::Result {
    let rows = words::stages(evidence).map(|(stage, time, end)| [stage, time, plain(&end.to_string())]);
    let total = ["total".to_owned(), words::milliseconds(evidence.total()), String::new()];
    table(f, ["stage", "time", "end"], &rows.chain([total]).collect::<Vec<_>>())
}

/// Each address, where there is more than one.
fn attempts(f: &mut fmt::Formatter<'_>, evidence: &Evidence) -> fmt::Result {
    let rows = words::addresses(evidence).into_iter().map(|(address, fate)| [literal(&address), plain(&fate)]);
    let rows: Vec<_> = rows.collect();
    table(f, ["address", "what became of it"], &rows)
}

/// Each of several connections: why it was made, what it showed, what it ruled out.
fn looks(f: &mut fmt::Formatter<'_>, case: &Case<'_>, report: &Report) -> fmt::Result {
    let rows = looks::told(case).into_iter().zip(1..).map(|(told, rank)| {
        let codes = |causes: &[Cause]| plain(&words::codes(causes));
        let (found, ruled_out) = (codes(&told.found), codes(&told.ruled_out));
        [format!("{rank}. {}", told.experiment), plain(told.why), literal(&told.outcome), found, ruled_out]
    });
    let rows: Vec<_> = rows.collect();
    table(f, ["look", "why", "what it showed", "so it can be", "ruled out"], &rows)?;
    let notes = [words::unmade(report.unmade()), words::spreads(case).map(|spreads| format!("Times: {spreads}"))];
    notes.into_iter().flatten().try_for_each(|note| writeln!(f, "\n{}", plain(&note)))
}

fn facts(look: &Look<'_>, earlier: &[Evidence]) -> Vec<[String; 2]> {
    let evidence = look.evidence;
    let mut rows = Vec::new();
    let mut row = |name: &str, value: String| rows.push([name.to_owned(), value]);
    if let Some(begun) = evidence.clock.and_then(rfc3339::format) {
        row("probed at", begun);
    }
    if let Some(proxied) = &evidence.dial.proxy {
        row(&format!("{} proxy", proxied.kind), literal(&proxied.proxy.to_string()));
    }
    if let Some(gateway) = &evidence.plan.gateway {
        row("gateway", format!("{}, {}", literal(&gateway.to_string()), plain(words::GATEWAY)));
    }
    if let Some(address) = evidence.dial.connected() {
        row("connected to", literal(&address.to_string()));
    }
    for evidence in earlier {
        row("before", plain(&words::earlier(evidence)));
    }
    if let Some(answer) = evidence.answer {
        row("negotiation", plain(&words::negotiation(evidence, answer)));
    }
    if let Some(foreign) = look.foreign {
        row("answered by", plain(foreign.as_str()));
    }
    if let Some(hello) = &look.hello {
        row("TLS", literal(&words::session(hello)));
    }
    if look.hello.is_some() && words::is_unproven(evidence) {
        row("proof", plain(words::UNPROVEN));
    }
    if let Some((certificate, verdict)) = look.certificate.as_ref().zip(look.verdict) {
        self::certificate(&mut row, certificate, verdict, evidence);
    }
    if let Some(outcome) = nla::outcome(evidence) {
        row("NLA", plain(&outcome));
    }
    if let Some(server) = nla::server(evidence) {
        row("server", literal(&server));
    }
    rows
}

fn certificate(row: &mut impl FnMut(&str, String), certificate: &Certificate, verdict: Verdict, evidence: &Evidence) {
    row("certificate", literal(&certificate.subject));
    let self_signed = words::self_signed(certificate, evidence).map(plain);
    row("issuer", self_signed.unwrap_or_else(|| literal(&certificate.issuer)));
    row("key", plain(&words::key(certificate)));
    row("valid", words::until(certificate));
    if !certificate.names.is_empty() {
        let names: Vec<_> = certificate.names.iter().map(|name| literal(name)).collect();
        row("names", names.join(", "));
    }
    row("thumbprint, SHA-1", literal(&hex(&certificate.sha1)));
    row("thumbprint, SHA-256", literal(&hex(&certificate.sha256)));
    row("key, SHA-256", literal(&hex(&certificate.key_sha256)));
    for check in words::checks(certificate, verdict, evidence) {
        row(&format!("check of {}", check.name), self::check(&check));
    }
}

/// Whether a check passed, why, and by what.
fn check(check: &CheckWords) -> String {
    let word = match check.judgement.ok {
        Some(true) => "passed",
        Some(false) => "failed",
        None => "not known",
    };
    let said = format!("{word}: {}", plain(check.judgement.reason.as_str()));
    let Some(Detail { words, names }) = &check.detail else { return said };
    let names: Vec<_> = names.iter().map(|name| literal(name)).collect();
    let gap = if names.is_empty() { "" } else { " " };
    format!("{said}; {}{gap}{}", plain(words), names.join(", "))
}

/// What the Windows client would show, why, and what else it could have been.
fn windows(f: &mut fmt::Formatter<'_>, prediction: &Prediction, causes: &[Diagnosis]) -> fmt::Result {
    let (shown, Prediction { confidence, note, .. }) = (words::shown(prediction), prediction);
    let also = words::elsewhere(prediction, causes).map(|also| format!("; {also}")).unwrap_or_default();
    writeln!(f, "\nWhat mstsc would show: **{shown}** ({confidence}): {}{}", plain(note), plain(&also))
}

fn cause(f: &mut fmt::Formatter<'_>, rank: usize, found: &Diagnosis, case: &Case<'_>) -> fmt::Result {
    let text = found.cause.text();
    writeln!(f, "\n## {rank}. {}", plain(text.headline))?;
    writeln!(f, "\nCause {}, {}; whose move: {}", literal(text.code), found.confidence, text.who)?;
    writeln!(f, "\n{}\n\nWhat speaks for it:\n", plain(text.what))?;
    // Behind what the connection showed, in its own words, come the facts of the rule, in ours.
    let words = found.in_words(case);
    let (shown, facts) = words.split_at_checked(words.len().saturating_sub(found.because.len())).unwrap_or_default();
    shown.iter().try_for_each(|words| writeln!(f, "- {}", literal(words)))?;
    facts.iter().try_for_each(|words| writeln!(f, "- {}", plain(words)))?;
    settled(f, found)?;
    candidates(f, &found.candidates(case))?;
    remedies(f, text)?;
    if let Some(proof) = text.proof {
        writeln!(f, "\nProof: {}", plain(proof))?;
    }
    writeln!(f, "\nSources:\n")?;
    text.sources.iter().try_for_each(|source| writeln!(f, "- {}", self::source(source)))
}

/// How several connections came to it, and what they could not tell it from.
fn settled(f: &mut fmt::Formatter<'_>, found: &Diagnosis) -> fmt::Result {
    let experiments: Vec<_> = found.settled_by.iter().map(|experiment| experiment.as_str()).collect();
    if !experiments.is_empty() {
        writeln!(f, "\nTold by: {}", experiments.join(", "))?;
    }
    if !found.rivals.is_empty() {
        writeln!(f, "\nNot told apart from here: {}", plain(&words::codes(&found.rivals)))?;
    }
    Ok(())
}

fn candidates(f: &mut fmt::Formatter<'_>, candidates: &[&Candidate]) -> fmt::Result {
    if !candidates.is_empty() {
        writeln!(f, "\nThis trace fits (each possible):\n")?;
    }
    candidates.iter().try_for_each(|candidate| {
        let (what, proof) = (plain(candidate.what), plain(candidate.proof));
        writeln!(f, "- {what} Known: {}. Told by: {proof}", candidate.grade.token())
    })
}

fn remedies(f: &mut fmt::Formatter<'_>, text: &CauseText) -> fmt::Result {
    if !text.remedies.is_empty() {
        writeln!(f, "\nTo do:")?;
    }
    for (remedy, letter) in text.remedies.iter().zip('a'..) {
        writeln!(f, "\n**{letter})** {}", plain(remedy.what))?;
        if let Some(command) = remedy.command {
            writeln!(f, "\n{}", fenced(command, language(command)))?;
        }
        writeln!(f, "\nRisk: {}", plain(remedy.risk))?;
    }
    Ok(())
}

/// An address that readers can follow, or words that no tracker takes for a reference of its own.
fn source(source: &str) -> String {
    if source.starts_with("https://") { plain(source) } else { literal(source) }
}

/// Programs of Windows without a hyphen in their name, as remedies use them.
const WINDOWS: [&str; 21] = [
    "certutil", "chglogon", "cmdkey", "dism", "icacls", "ipconfig", "klist", "logoff", "mstsc", "netsh", "nltest",
    "pathping", "ping", "qwinsta", "reg", "secedit", "setspn", "takeown", "tracert", "w32tm", "gpresult",
];

/// The language of a command: PowerShell for Windows, lines of an `.rdp` file, or a shell.
fn language(command: &str) -> &'static str {
    let mut words = command.lines().filter_map(|line| line.split_whitespace().next());
    let cmdlet = |word: &str| word.contains('-') && word.starts_with(|c: char| c.is_ascii_uppercase() || c == '(');
    if words.any(|word| cmdlet(word) || word.starts_with(['$', '(']) || WINDOWS.contains(&word)) {
        "powershell"
    } else if command.contains(":i:") {
        "ini"
    } else {
        "console"
    }
}
