//! The command itself, run against the lab's servers: exit status, what it prints and where, what it writes.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;

use rdp_probe::{Prober, Transcript};
use rdp_probe_lab::{Lab, LabCertificate, Scenario};
use serde_json::{Value, json};

mod examine;
mod files;
mod forms;
mod hello;
mod known;
mod lab;
mod lists;
mod names;
mod nla;
mod pages;
mod proxies;
mod readme;
mod secrets;

/// What a run of the command left behind.
#[derive(Debug)]
struct Run {
    /// `None` if a signal ended it.
    status: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    /// The reports of `--json`: one line each.
    fn reports(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{self:?}"))).collect()
    }

    /// The only report.
    fn report(&self) -> Value {
        let mut reports = self.reports();
        assert_eq!(reports.len(), 1, "{self:?}");
        reports.remove(0)
    }

    /// A usage error says so on standard error, and nothing on standard output.
    #[track_caller]
    fn assert_usage_error(&self, says: &[&str]) {
        assert_eq!((self.status, self.out.as_str()), (Some(2), ""), "{self:?}");
        assert!(self.err.starts_with("error: "), "{self:?}");
        for words in says {
            assert!(self.err.contains(words), "{words:?} is missing: {self:?}");
        }
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// The command with these arguments, in an environment that says nothing about colours.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdp-probe"));
    command.args(arguments).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RDP_PROBE_PROXY"] {
        command.env_remove(variable);
    }
    command
}

fn run(arguments: &[&str]) -> Run {
    command(arguments).output().unwrap().into()
}

/// A scenario that is served while the value lives, and its address as the command line takes it.
struct Server {
    _lab: Lab,
    address: String,
    port: u16,
}

async fn server(scenario: &str) -> Server {
    serving(Lab::start(scenario).await.unwrap())
}

/// A healthy server that shows one certificate to all: a scenario makes one anew for each connection, by the clock.
async fn steady() -> Server {
    let certificate = LabCertificate::healthy(std::time::SystemTime::now().into());
    serving(Lab::with_certificate(certificate).await.unwrap())
}

fn serving(lab: Lab) -> Server {
    Server { address: lab.address().to_string(), port: lab.address().port(), _lab: lab }
}

/// A file of one test, which is not there yet.
fn fresh_file(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&file);
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_exit_status_says_whether_every_target_is_ok() {
    let (healthy, closing) = (server("healthy").await, server("closes-on-request").await);
    assert_eq!(run(&["check", &healthy.address]).status, Some(0));
    assert_eq!(run(&["check", &closing.address]).status, Some(1));
    assert_eq!(run(&["check", &closing.address, &healthy.address]).status, Some(1));
    assert_eq!(run(&["check", &healthy.address, &healthy.address]).status, Some(0));
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    assert_eq!(run(&[]).status, Some(2));
    assert_eq!(run(&["check"]).status, Some(2));
    run(&["check", "--no-such-option", "ts01"]).assert_usage_error(&["--no-such-option"]);
    run(&["check", "--depth", "nla-and-more", "ts01"]).assert_usage_error(&["nla-and-more", "negotiate", "tls"]);
    for seconds in ["0", "soon", "NaN", "1e9"] {
        run(&["check", "--timeout", seconds, "ts01"]).assert_usage_error(&["--timeout", seconds]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn json_is_a_line_per_target_in_the_order_given() {
    // The first target takes longest: its line has to wait for nobody's but its own turn.
    let (slow, closing) = (server("silent-after-request").await, server("closes-on-request").await);
    let healthy = server("healthy").await;
    let targets = [&slow, &closing, &healthy, &closing];
    let mut arguments = vec!["check", "--json", "--timeout", "3"];
    arguments.extend(targets.iter().map(|server| server.address.as_str()));
    let run = run(&arguments);
    let ports: Vec<_> = run.reports().iter().map(|report| report["target"]["port"].clone()).collect();
    assert_eq!(ports, targets.map(|server| json!(server.port)));
    let kinds: Vec<_> = run.reports().iter().map(|report| report["end"]["kind"].clone()).collect();
    assert_eq!(kinds, ["timeout", "fin", "complete", "fin"]);
    assert_eq!((run.status, run.err.as_str()), (Some(1), ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn without_json_a_report_for_people_is_printed_per_target() {
    let (healthy, closing) = (server("healthy").await, server("closes-on-request").await);
    let run = run(&["check", &healthy.address, &closing.address]);
    let headlines: Vec<_> = run.out.lines().filter(|line| line.contains("127.0.0.1:")).collect();
    assert_eq!(headlines.len(), 2, "{run:?}");
    assert!(headlines[0].starts_with(&format!("OK {}: ", healthy.address)), "{run:?}");
    assert!(headlines[1].starts_with(&format!("FAILED {}: ", closing.address)), "{run:?}");
    assert!(run.out.contains("[closed-on-request, ") && run.err.is_empty(), "{run:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn depth_says_how_far_to_go() {
    let healthy = server("healthy").await;
    let shallow = run(&["check", "--json", "--depth", "negotiate", &healthy.address]).report();
    assert_eq!((&shallow["stage"], &shallow["tls"]), (&json!("negotiate"), &json!(null)));
    assert_eq!((&shallow["timings_us"]["tls"], &shallow["ok"]), (&json!(null), &json!(true)));
    let deep = run(&["check", "--json", "--depth", "tls", &healthy.address]).report();
    assert_eq!((&deep["stage"], &deep["tls"]["version"]), (&json!("tls"), &json!("1.3")));

    let standard = server("standard-security").await;
    assert_eq!(run(&["check", "--depth", "negotiate", &standard.address]).status, Some(0));
    assert_eq!(run(&["check", &standard.address]).status, Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_offer_is_what_the_server_is_asked_for() {
    let nla = server("nla-required").await;
    let without = run(&["check", "--json", "--offer", "ssl", &nla.address]);
    let negotiation = &without.report()["negotiation"];
    assert_eq!(negotiation["offered"], json!(["ssl"]));
    assert_eq!(negotiation["failure"], json!({ "code": 5, "symbol": "HYBRID_REQUIRED_BY_SERVER" }));
    assert_eq!(without.status, Some(1));

    let with = run(&["check", "--json", "--offer", "HYBRID, ssl", &nla.address]);
    let negotiation = &with.report()["negotiation"];
    assert_eq!(negotiation["offered"], json!(["ssl", "hybrid"]));
    assert_eq!((&negotiation["selected"], with.status), (&json!("hybrid"), Some(0)));
}

#[test]
fn an_unknown_offer_lists_the_choices() {
    let choices = "rdp, ssl, hybrid, hybrid_ex, rdstls or rdsaad";
    run(&["check", "--offer", "ssl,tls", "ts01"]).assert_usage_error(&[
        "--offer",
        "\"tls\"",
        choices,
        "or none, alone",
    ]);
    run(&["check", "--offer", "ssl,none", "ts01"]).assert_usage_error(&["--offer", "\"none\"", "or none, alone"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_timeout_bounds_a_silent_server() {
    let silent = server("silent-after-request").await;
    let run = run(&["check", "--json", "--timeout", "0.9", &silent.address]);
    let report = run.report();
    assert_eq!((&report["end"]["kind"], run.status), (&json!("timeout"), Some(1)));
    // A third for the stage; without the option it would be 5 s.
    let total = report["timings_us"]["total"].as_u64().unwrap();
    assert!((300_000..4_000_000).contains(&total), "{report}");
}

/// What the line of carets points at in the line above it.
fn pointed_at(err: &str) -> Option<String> {
    let lines: Vec<&str> = err.lines().collect();
    let is_pointer = |line: &str| line.contains('^') && line.trim().bytes().all(|byte| byte == b'^');
    let row = lines.iter().position(|line| is_pointer(line))?;
    let start = lines[row].chars().take_while(|c| *c == ' ').count();
    let length = lines[row].trim().len();
    Some(lines.get(row.checked_sub(1)?)?.chars().skip(start).take(length).collect())
}

#[test]
fn a_bad_target_is_pointed_at() {
    let flaws = [
        ("ts01:33890000", "33890000"),
        ("ts01:rdp", "rdp"),
        ("rdp://ts01", "rdp://"),
        ("user@ts01", "@"),
        ("ts01.b\u{202e}ro", "b\u{202e}ro"),
        ("[2001:db8::zz]:3389", "2001:db8::zz"),
        ("[2001:db8::1]3389", "3389"),
    ];
    for (target, part) in flaws {
        let run = run(&["check", "ts02", target]);
        run.assert_usage_error(&[target]);
        assert_eq!(pointed_at(&run.err).as_deref(), Some(part), "{target}:\n{}", run.err);
    }
}

/// All that the command prints of these arguments, with these variables set.
fn printed(arguments: &[&str], variables: &[&str]) -> String {
    let run: Run = command(arguments).envs(variables.iter().map(|name| (name, "1"))).output().unwrap().into();
    run.out + &run.err
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn colours_are_for_terminals_and_for_who_wants_them() {
    const ESCAPE: char = '\x1b';
    let closing = server("closes-on-request").await;
    let missing = ["check", "--roots", "no-such-roots.pem", "ts01"];
    let coloured = [&["check", &closing.address], &["demo", "closes-on-request"], &missing[..]];
    for arguments in coloured {
        // The second run proves that there is a colour to be left out.
        assert!(!printed(arguments, &[]).contains(ESCAPE), "{arguments:?}");
        assert!(printed(arguments, &["CLICOLOR_FORCE"]).contains(ESCAPE), "{arguments:?}");
        assert!(!printed(arguments, &["CLICOLOR_FORCE", "NO_COLOR"]).contains(ESCAPE), "{arguments:?}");
    }
    let json = printed(&["check", "--json", &closing.address], &["CLICOLOR_FORCE"]);
    assert!(json.starts_with('{') && !json.contains(ESCAPE), "{json}");
}

#[test]
fn the_demo_runs_the_scenarios_that_are_named() {
    let run = run(&["demo", "healthy", "http"]);
    let verdicts: Vec<_> = run.out.lines().filter(|line| line.starts_with("ok ")).collect();
    assert_eq!((run.status, verdicts.len()), (Some(0), 2), "{run:?}");
    assert!(verdicts[0].contains(" healthy ") && verdicts[0].contains(" no-fault-found "), "{run:?}");
    assert!(verdicts[1].contains(" http ") && verdicts[1].contains(" other-protocol "), "{run:?}");
    assert!(run.out.contains("2 of 2 diagnosed") && run.err.is_empty(), "{run:?}");
}

#[test]
fn an_unknown_scenario_lists_those_there_are() {
    let known: Vec<_> = Scenario::all().map(|scenario| scenario.name()).collect();
    run(&["demo", "healthy", "haunted"]).assert_usage_error(&["haunted", &known.join(", ")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_reader_that_stops_early_causes_no_panic() {
    // The silent server holds the output back until the pipe is closed.
    let silent = server("silent-after-request").await;
    for arguments in [&["check", "--json"][..], &["check"]] {
        let arguments = [arguments, &["--timeout", "3", &silent.address]].concat();
        let mut child = command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run: Run = child.wait_with_output().unwrap().into();
        assert_eq!((run.status, run.err.as_str()), (Some(1), ""), "{arguments:?}");
    }
}

#[test]
fn explain_answers_and_its_exit_status_says_whether_anything_is_known() {
    let pair = run(&["explain", "0x904/0x7"]);
    assert_eq!(pair.status, Some(0), "{pair:?}");
    assert!(pair.out.starts_with("0x904/0x7: ") && pair.out.contains("rdp-probe check <host>"), "{pair:?}");
    // As people paste it, in several words, and a number that begins with a minus.
    assert_eq!(run(&["explain", "0x904", "0x7"]).out, pair.out);
    assert!(run(&["explain", "-1073741715"]).out.contains("STATUS_LOGON_FAILURE"));

    let misspelt = run(&["explain", "tls-not-startet"]);
    assert!(misspelt.out.contains("Did you mean tls-not-started"), "{misspelt:?}");
    let unknown = run(&["explain", "qqqqzzzz"]);
    assert_eq!(unknown.status, Some(1), "{unknown:?}");

    let json = run(&["explain", "--json", "udp"]).report();
    assert_eq!(run(&["explain", "udp", "--json"]).report(), json);
    assert_eq!(run(&["explain", "--nonsense"]).status, Some(2));
    assert_eq!(
        (json["subjects"][0]["kind"].as_str(), json["subjects"][0]["verdict"].as_str()),
        (Some("claim"), Some("contradicted"))
    );
    let all = run(&["explain"]);
    assert!(all.status == Some(0) && all.out.contains("nla-required") && all.out.contains("Popular claims"), "{all:?}");
}
