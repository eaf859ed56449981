//! The pages of the manual are made from the tables.
//!
//! `UPDATE=1 cargo test -p rdp-probe --test manual` writes them anew.

use std::fmt::Write as _;
use std::path::Path;

use rdp_probe::codes::{self, Code, Namespace};
use rdp_probe::diagnose::{Cause, CauseText, Claim, Fact, PREDICTIONS, RULES, TRIALS};

/// Prose that Markdown takes as it is.
fn plain(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let link = word.starts_with("https://") && !word.contains('<');
        if link {
            let end = if word.ends_with(';') { ";" } else { "" };
            return format!("<{}>{end}", word.trim_end_matches(';'));
        }
        word.replace('<', "&lt;").replace('>', "&gt;").replace('|', "\\|").replace('*', "\\*").replace('_', "\\_")
    });
    words.collect::<Vec<_>>().join(" ").replace('[', "\\[").replace(']', "\\]")
}

fn sources(sources: &[&str]) -> String {
    sources.iter().map(|source| plain(source)).collect::<Vec<_>>().join("; ")
}

fn causes_page() -> String {
    let mut page = String::from(
        "# Causes\n\nEvery cause that a report can name, and the faults behind them. Made from the tables of the library.\n",
    );
    for cause in Cause::all() {
        write_cause(&mut page, cause.text());
    }
    page
}

fn write_cause(page: &mut String, text: &CauseText) {
    writeln!(page, "\n## `{}`\n\n**{}** ({})\n\n{}\n", text.code, plain(text.headline), text.who, plain(text.what))
        .unwrap();
    writeln!(page, "How well that is known: {}.\n", text.grade.as_str()).unwrap();
    for rule in RULES.iter().filter(|rule| rule.cause == text.cause) {
        let words = |facts: &[Fact]| facts.iter().map(|fact| plain(fact.words())).collect::<Vec<_>>().join("; ");
        // What one connection forbids is a matter of order; what several do is what they rule out.
        let but = match rule.forbids {
            [_, ..] if rule.takes_several() => format!("; and none of: {}", words(rule.forbids)),
            _ => String::new(),
        };
        writeln!(page, "Named as *{}* when: {}{but}.\n", rule.confidence, words(rule.requires)).unwrap();
    }
    for candidate in text.candidates {
        let name = candidate.cause.map(|cause| format!("`{cause}`: ")).unwrap_or_default();
        let known = candidate.grade.as_str();
        writeln!(page, "- {name}{} *Known:* {known}. *Told by:* {}", plain(candidate.what), plain(candidate.proof))
            .unwrap();
    }
    for (remedy, number) in text.remedies.iter().zip(1..) {
        writeln!(page, "\n{number}. {} *Risk:* {}.", plain(remedy.what), plain(remedy.risk)).unwrap();
        if let Some(command) = remedy.command {
            let indented: Vec<_> = command.lines().map(|line| format!("   {line}")).collect();
            writeln!(page, "\n   ```text\n{}\n   ```", indented.join("\n")).unwrap();
        }
    }
    if let Some(proof) = text.proof {
        writeln!(page, "\nProof: {}", plain(proof)).unwrap();
    }
    writeln!(page, "\nSources: {}", sources(text.sources)).unwrap();
}

fn codes_page() -> String {
    let mut page = String::from(
        "# Codes\n\nEvery number that a server sends or the Windows client shows, as far as it is known. Made from the \
         tables of the library.\n",
    );
    let mut namespaces: Vec<Namespace> = codes::all().map(|code| code.namespace).collect();
    namespaces.sort();
    namespaces.dedup();
    for namespace in namespaces {
        let name = namespace.as_str();
        let (first, rest) = name.split_at(1);
        writeln!(page, "\n## {}{rest}\n", first.to_uppercase()).unwrap();
        writeln!(page, "| number | symbol | meaning | belongs to | known | sources |\n|---|---|---|---|---|---|")
            .unwrap();
        codes::all().filter(|code| code.namespace == namespace).for_each(|code| write_code(&mut page, code));
    }
    writeln!(page, "\n## Predictions\n\nWhat the Windows client would show, and when `rdp-probe` says so.\n").unwrap();
    writeln!(page, "| when | shows | confidence | note |\n|---|---|---|---|").unwrap();
    for row in PREDICTIONS {
        let facts: Vec<_> = row.requires.iter().map(|fact| plain(fact.words())).collect();
        let shown = row.prediction;
        let extended = shown.extended_reason.map(|reason| format!("/{reason}")).unwrap_or_default();
        let (reason, note) = (shown.disconnect_reason, plain(shown.note));
        writeln!(page, "| {} | {reason}{extended} | {} | {note} |", facts.join("; "), shown.confidence).unwrap();
    }
    page
}

fn write_code(page: &mut String, code: &Code) {
    let symbol = code.symbol.map(|symbol| format!("`{symbol}`")).unwrap_or_default();
    let shows = code.shows.map(|shows| format!(" *Windows shows:* {} ({}).", plain(shows.text), plain(shows.known)));
    let (hex, number, meaning) = (code.hex(), code.number, plain(code.meaning));
    let (place, mark) = (code.place.as_str(), plain(code.mark.as_str()));
    let shows = shows.unwrap_or_default();
    writeln!(
        page,
        "| {hex} ({number}) | {symbol} | {meaning}.{shows} | {place} | {mark} | {} |",
        sources(code.sources)
    )
    .unwrap();
}

fn claims_page() -> String {
    let mut page = String::from(
        "# Popular claims about 0x904/0x7\n\nWhat the web says, how it stands, and what `rdp-probe` does about it. Made \
         from the tables of the library.\n",
    );
    for claim in Claim::all() {
        writeln!(page, "\n## `{}`\n\n\"{}\" **{}**\n", claim.code, plain(claim.claim), claim.verdict).unwrap();
        writeln!(page, "{}\n\n*What rdp-probe does about it:* {}\n", plain(claim.why), plain(claim.probe)).unwrap();
        let causes: Vec<_> = claim.causes.iter().map(|cause| format!("`{cause}`")).collect();
        if !causes.is_empty() {
            writeln!(page, "Causes: {}\n", causes.join(", ")).unwrap();
        }
        writeln!(page, "Sources: {}", sources(claim.sources)).unwrap();
    }
    page
}

fn experiments_page() -> String {
    let mut page = String::from(
        "# Experiments\n\nThe further connections that `rdp-probe examine` makes, in the order in which they are preferred: \
         what each is made for, the facts that it answers, and the causes that those facts tell apart. One is made only where a \
         cause that still stands asks for a fact that is not known, and where what it needs is given. Made from the tables of the \
         library.\n",
    );
    for trial in TRIALS {
        writeln!(page, "\n## `{}`\n\n{}\n", trial.experiment, plain(trial.why)).unwrap();
        writeln!(page, "It answers whether:\n").unwrap();
        trial.settles.iter().for_each(|fact| writeln!(page, "- {}", plain(fact.words())).unwrap());
        let asks = |cause: &Cause| {
            let rules = RULES.iter().filter(|rule| rule.cause == *cause);
            rules.flat_map(|rule| rule.requires.iter().chain(rule.forbids)).any(|fact| trial.settles.contains(fact))
        };
        let causes: Vec<_> = Cause::all().filter(asks).map(|cause| format!("`{cause}`")).collect();
        writeln!(page, "\nTells apart: {}.", causes.join(", ")).unwrap();
        for (facts, words) in [(trial.needs, "It needs"), (trial.spares, "It is spared where")] {
            let facts: Vec<_> = facts.iter().map(|fact| plain(fact.words())).collect();
            if !facts.is_empty() {
                writeln!(page, "\n{words}: {}.", facts.join("; ")).unwrap();
            }
        }
        match trial.times {
            1 => writeln!(page, "\nMade once."),
            times => writeln!(page, "\nMade at most {times} times."),
        }
        .unwrap();
    }
    page
}

#[test]
fn the_pages_are_fresh() {
    let pages = [
        ("causes.md", causes_page()),
        ("codes.md", codes_page()),
        ("claims.md", claims_page()),
        ("experiments.md", experiments_page()),
    ];
    for (name, page) in pages {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &page).unwrap();
        }
        let stored = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(stored == page, "docs/{name} is stale: write it anew with UPDATE=1");
    }
}
