//! The Markdown of a report, read back by a parser of CommonMark: whatever a peer sends stays text, and tables hold.
//!
//! `UPDATE=1 cargo test -p rdp-probe --test markdown` rewrites the reports that are kept; read the difference.

#[path = "support/visible.rs"]
mod visible;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, SanType};
use rdp_probe::diagnose::Cause;
use rdp_probe::{Report, Transcript};
use visible::visible;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn replayed(transcript: &str) -> Report {
    transcript.parse::<Transcript>().unwrap_or_else(|error| panic!("{error}: {transcript}")).replay().into()
}

fn corpus_transcript(name: &str) -> Transcript {
    let file = folder("transcripts").join(format!("{name}.probe"));
    std::fs::read_to_string(file).unwrap().parse().unwrap()
}

/// The report of every transcript that is kept.
fn corpus() -> BTreeMap<String, Report> {
    let files = std::fs::read_dir(folder("transcripts")).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let report = replayed(&std::fs::read_to_string(&path).unwrap());
        (path.file_stem().unwrap().to_string_lossy().into_owned(), report)
    };
    files.map(read).collect()
}

/// Everything that readers of Markdown know beyond `CommonMark`.
fn extensions() -> Options {
    Options::all().difference(Options::ENABLE_SMART_PUNCTUATION)
}

/// The tables of a page: rows of cells, each as the text that a reader sees.
fn tables(page: &str) -> Vec<Vec<Vec<String>>> {
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    let mut in_cell = false;
    for event in Parser::new_ext(page, extensions()) {
        match event {
            Event::Start(Tag::Table(_)) => tables.push(Vec::new()),
            Event::Start(Tag::TableHead | Tag::TableRow) => tables.last_mut().unwrap().push(Vec::new()),
            Event::Start(Tag::TableCell) => {
                tables.last_mut().unwrap().last_mut().unwrap().push(String::new());
                in_cell = true;
            }
            Event::End(TagEnd::TableCell) => in_cell = false,
            Event::Text(text) | Event::Code(text) if in_cell => {
                tables.last_mut().unwrap().last_mut().unwrap().last_mut().unwrap().push_str(&text);
            }
            _ => {}
        }
    }
    tables
}

/// The value of a fact.
fn fact(page: &str, name: &str) -> Option<String> {
    tables(page).into_iter().flatten().find(|row| row[0] == name).map(|row| row[1].clone())
}

/// Each table, line by line, has as many bars in every row as in its head: a reader would fill up or cut off silently.
fn assert_columns_hold(page: &str) {
    let bars = |line: &str| line.matches('|').count();
    let mut head = None;
    for line in page.lines() {
        if line.starts_with('|') {
            assert_eq!(bars(line), *head.get_or_insert(bars(line)), "{line}");
        } else {
            head = None;
        }
    }
    for row in tables(page).iter().flat_map(|table| table.iter().map(move |row| (row.len(), table[0].len()))) {
        assert_eq!(row.0, row.1);
    }
}

/// What a report is made of, besides code blocks.
const fn is_ours(tag: &Tag<'_>) -> bool {
    let block = matches!(tag, Tag::Heading { id: None, .. } | Tag::Paragraph | Tag::List(None) | Tag::Item);
    let table = matches!(tag, Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell);
    block || table || matches!(tag, Tag::Strong)
}

/// No markup but our own, and outside of code nothing that a tracker makes a link or a mention of.
fn assert_harmless(page: &str) {
    static SOURCES: LazyLock<BTreeSet<&str>> =
        LazyLock::new(|| Cause::all().flat_map(|cause| cause.text().sources).copied().collect());
    for options in [Options::empty(), Options::ENABLE_TABLES, extensions()] {
        let mut in_block = false;
        for event in Parser::new_ext(page, options) {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let known = |language: &str| ["powershell", "console", "ini"].contains(&language);
                    assert!(matches!(&kind, CodeBlockKind::Fenced(language) if known(language)), "{kind:?}");
                    in_block = true;
                }
                Event::End(TagEnd::CodeBlock) => in_block = false,
                Event::Text(text) if !in_block => {
                    let plain = ["@", "://", "www."].iter().all(|sign| !text.contains(sign));
                    assert!(plain || SOURCES.contains(&*text), "{text:?}");
                }
                Event::Text(_) | Event::Code(_) | Event::SoftBreak | Event::End(_) => {}
                Event::Start(tag) => assert!(is_ours(&tag), "{tag:?} in {page}"),
                other => panic!("{other:?} in {page}"),
            }
        }
    }
}

#[test]
fn every_report_is_read_back_as_it_is_meant() {
    let corpus = corpus();
    assert!(corpus.len() > 70);
    for (name, report) in corpus {
        let page = report.to_markdown();
        assert_columns_hold(&page);
        assert_harmless(&page);
        assert!(page.starts_with(if report.is_ok() { "# OK `" } else { "# FAILED `" }), "{name}");
        let stages = &tables(&page)[0];
        assert_eq!(stages[0], ["stage", "time", "end"], "{name}");
        assert_eq!(stages.last().unwrap()[0], "total", "{name}");
        let ended = stages.iter().find(|row| row[0] == report.stage().as_str());
        let end = report.end().to_string();
        assert!(ended.is_none_or(|row| row[2] == end), "{name}: {ended:?}, not {end}");
        assert_eq!(page.matches("\n## ").count(), report.causes().len(), "{name}");
    }
}

/// What a reader sees of a page: text and code, without markup, and with single spaces.
fn seen(page: &str) -> String {
    let words = Parser::new_ext(page, extensions()).map(|event| match event {
        Event::Text(text) | Event::Code(text) => text.into_string(),
        Event::End(tag) if tag != TagEnd::Strong => " ".to_owned(),
        _ => String::new(),
    });
    single_spaced(&words.collect::<String>())
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn nothing_of_a_cause_is_lost() {
    for (name, report) in corpus() {
        let seen = seen(&report.to_markdown());
        let holds = |words: &str| assert!(seen.contains(&single_spaced(words)), "{name}: {words:?} in {seen}");
        for diagnosis in report.causes() {
            let text = diagnosis.cause.text();
            let mut words = vec![text.headline, text.what, text.code, text.who.as_str()];
            words.extend(text.candidates.iter().flat_map(|candidate| [candidate.what, candidate.proof]));
            words.extend(text.remedies.iter().flat_map(|remedy| [remedy.what, remedy.risk]));
            words.extend(text.remedies.iter().filter_map(|remedy| remedy.command));
            words.extend(text.proof.iter().chain(text.sources));
            words.into_iter().for_each(holds);
        }
        if let Some(shown) = report.windows() {
            holds(&shown.disconnect_reason.to_string());
            holds(shown.note);
        }
    }
}

/// Two reports in both forms for people, word by word.
#[test]
fn the_forms_stay_what_they_are() {
    for name in ["closed-on-request", "certificate-expired"] {
        let report = &corpus()[name];
        for (form, text) in [("txt", report.to_string()), ("md", report.to_markdown())] {
            let file = folder("reports").join(format!("{name}.{form}"));
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&file, &text).unwrap();
            }
            let kept = std::fs::read_to_string(&file).unwrap_or_default();
            assert_eq!(text, kept, "{} is stale: write it anew with UPDATE=1", file.display());
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    format!("{bytes:02x?}").replace(['[', ',', ']'], "")
}

/// A report of a server whose certificate carries these names.
fn certified(common_name: &str, dns_name: &str) -> Report {
    static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.subject_alt_names = vec![SanType::DnsName(dns_name.try_into().unwrap())];
    let certificate = params.self_signed(&*KEY).unwrap();
    replayed(&format!(
        "rdp-probe transcript 1\ntarget ts01\n\
         > +0us 03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 0b 00 00 00\n\
         < +1ms 03 00 00 13 0e d0 00 00 12 34 00 02 1f 08 00 01 00 00 00\n\
         tls +9ms complete version 0x0304 suite 0x1302\ncertificate {}\n",
        hex(certificate.der())
    ))
}

/// A report of a peer that greets in place of an answer.
fn greeted(bytes: &[u8]) -> Report {
    replayed(&format!(
        "rdp-probe transcript 1\ntarget ts01\n\
         > +0us 03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 0b 00 00 00\n< +1ms {}\nend +1ms fin\n",
        hex(bytes)
    ))
}

fn assert_names_stay_text(common_name: &str, dns_name: &str) {
    let report = certified(common_name, dns_name);
    let page = report.to_markdown();
    assert_columns_hold(&page);
    assert_harmless(&page);
    let certificate = report.certificate().unwrap();
    assert_eq!(fact(&page, "certificate"), Some(visible(&certificate.subject)), "{page}");
    assert_eq!(fact(&page, "names"), Some(visible(&certificate.names[0])), "{page}");
    assert_eq!(fact(&page, "check of signature").as_deref(), Some("passed: strong"), "the rows behind are whole");
    let (text, json) = (report.to_string().replace('\n', ""), report.to_json());
    assert_eq!((visible(&text), visible(&json)), (text, json.clone()));
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["certificate"]["subject"], certificate.subject.as_str());
}

#[test]
fn hostile_names_stay_text() {
    for name in [
        "a|b||c|",
        "\\|\\\\|\\",
        "`",
        "``x`|`y```",
        "<script>alert(1)</script> <img src=x onerror=alert(1)> <!-- -->",
        "[click](https://evil.example) ![x](https://evil.example/x.png)",
        "<https://evil.example> https://evil.example www.evil.example mailto:a@evil.example",
        "@everyone #1 owner/repo#2 !3",
        "line\nbreak\r\n\n# heading\n| x | y |\n|---|---|\n- item",
        "~~~\n```\n    code",
        "**bold** _it_ ~~gone~~ ==x== $x$ :tada: [^1] [ ] [[wiki]]",
        "&#124; &amp; &lt;",
        "\u{202e}txt.exe \u{200b}\u{feff}\u{2028}\u{85}\0\u{1b}[2J",
        "s\u{ad}rv01\u{3164} \u{2800}\u{fe0f}\u{34f} \u{e0041}\u{e0100}",
        " two  spaces ",
    ] {
        let ascii: String = name.chars().filter(char::is_ascii).collect();
        assert_names_stay_text(name, &ascii);
    }
}

#[test]
fn hostile_greetings_stay_text() {
    for greeting in
        ["SSH-2.0-`|<b>|`[x](y)\r\n", "220 <script>|@x https://e.x/ `", "HTTP/1.1 400 | `` <a href=x>\r\n\r\n"]
    {
        let page = greeted(greeting.as_bytes()).to_markdown();
        assert_columns_hold(&page);
        assert_harmless(&page);
        let start = visible(&greeting.replace(['\r', '\n'], "."));
        assert!(seen(&page).contains(start.get(..20).unwrap()), "{page}");
    }
}

#[test]
fn a_gateway_is_named_and_said_not_to_be_followed() {
    let gateway = "[2001:db8::5]:8443";
    let mut transcript = corpus_transcript("closed-on-request");
    transcript.plan.gateway = Some(gateway.parse().unwrap());
    let page = Report::from(transcript.replay()).to_markdown();
    assert_columns_hold(&page);
    assert_harmless(&page);
    assert!(fact(&page, "gateway").unwrap().starts_with(&format!("{gateway}, which the .rdp file names")), "{page}");
}

/// The check of the thumbprint is named where one was expected, in both forms.
#[test]
fn an_expected_thumbprint_is_a_check() {
    let mut transcript = corpus_transcript("certificate-expired");
    let plain = Report::from(transcript.replay());
    assert_eq!(fact(&plain.to_markdown(), "check of thumbprint"), None);
    assert!(!plain.to_string().contains("signature strong, thumbprint"));
    transcript.plan.thumbprints = vec!["a9993e364706816aba3e25717850c26c9cd0d89d".parse().unwrap()];
    let report = Report::from(transcript.replay());
    let reason = report.verdict().unwrap().thumbprint.reason.as_str();
    assert_eq!(fact(&report.to_markdown(), "check of thumbprint"), Some(format!("failed: {reason}")));
    assert!(single_spaced(&report.to_string()).contains(&format!("signature strong, thumbprint {reason}")), "{report}");
}

/// What is known of a target is a check where somebody was asked, in both forms.
#[test]
fn what_is_known_is_a_check() {
    let mut transcript = corpus_transcript("certificate-changed");
    let report = Report::from(transcript.replay());
    let print = rdp_probe::Thumbprint::Sha1(report.evidence().known().unwrap().sha1);
    let page = report.to_markdown();
    assert_columns_hold(&page);
    assert!(
        fact(&page, "check of known").unwrap().starts_with(&format!("failed: new-key; known by SHA-1 {print}, until"))
    );
    assert!(single_spaced(&report.to_string()).contains(&format!("known new-key (known by SHA-1 {print}, until")));
    transcript.plan.known = rdp_probe::Known::Nothing;
    let first = Report::from(transcript.replay()).to_markdown();
    assert_eq!(fact(&first, "check of known"), Some("not known: first-seen".to_owned()));
    transcript.plan.known = rdp_probe::Known::Unasked;
    assert_eq!(fact(&Report::from(transcript.replay()).to_markdown(), "check of known"), None);
}

/// Of many names a few are shown behind the check, and all of them once.
#[test]
fn of_many_names_a_few_are_told() {
    let mut transcript = corpus_transcript("certificate-expired");
    transcript.plan.target = "ts77.example".parse().unwrap();
    let page = Report::from(transcript.replay()).to_markdown();
    let told = fact(&page, "check of name").unwrap();
    assert_eq!(told, "failed: other-name; it is for lab.rdp-probe.test, localhost, 127.0.0.1, ::1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_name_stays_text(
        common_name in "[|`\\\\<>\\[\\]()*_~@#&;! a-z0-9./:=\n\t\u{202e}-]{1,40}|\\PC{1,20}",
        dns_name in "[ -~\t\n]{1,40}|[|`\\\\ ]{1,12}",
    ) {
        assert_names_stay_text(&common_name, &dns_name);
    }

    #[test]
    fn any_greeting_stays_text(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), 0x20_u8..0x7F], 1..60)) {
        let page = greeted(&bytes).to_markdown();
        assert_columns_hold(&page);
        assert_harmless(&page);
    }
}
