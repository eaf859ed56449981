//! Every example, run against servers of the lab: what it prints, where, and its exit status.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rdp_probe_lab::Lab;

mod hand_off;
mod streams;

/// What a run of an example left behind.
#[derive(Debug)]
struct Run {
    /// `None` if a signal ended it.
    status: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Run {
    /// It ends so, and what it prints has these words.
    #[track_caller]
    fn assert(&self, status: i32, words: &[&str]) {
        assert_eq!(self.status, Some(status), "{self:#?}");
        for words in words {
            assert!(self.out.contains(words), "{words:?} is missing: {self:#?}");
        }
    }

    /// It ends so and says why on standard error, and nothing else.
    #[track_caller]
    fn assert_error(&self, status: i32, words: &str) {
        assert_eq!((self.status, self.out.as_str()), (Some(status), ""), "{self:#?}");
        assert!(self.err.starts_with("error: ") && self.err.contains(words), "{words:?} is missing: {self:#?}");
    }
}

fn run(program: &str, arguments: &[&str]) -> Run {
    Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap().into()
}

const CHECK: &str = env!("CARGO_BIN_EXE_check");
const SWEEP: &str = env!("CARGO_BIN_EXE_sweep");
const BLOCKING: &str = env!("CARGO_BIN_EXE_blocking");
const TELL_APART: &str = env!("CARGO_BIN_EXE_tell_apart");
const OWN_RESOLVER: &str = env!("CARGO_BIN_EXE_own_resolver");

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn check_prints_reports_and_says_what_it_would_do() {
    let (healthy, closing) = (Lab::start("healthy").await.unwrap(), Lab::start("closes-on-request").await.unwrap());
    let (healthy, closing) = (healthy.address().to_string(), closing.address().to_string());
    run(CHECK, &[&healthy]).assert(0, &[&format!("OK {healthy}"), "no-fault-found"]);
    let both = run(CHECK, &[&closing, &healthy]);
    both.assert(
        1,
        &[
            &format!("{closing}: negotiate ended with fin: "),
            "cause closed-on-request (certain), move of: network",
            "this program would ask whether the host is the right one",
            &format!("FAILED {closing}"),
            &format!("OK {healthy}"),
        ],
    );
}

#[test]
fn check_refuses_what_is_no_target() {
    run(CHECK, &[]).assert_error(2, "give a target");
    run(CHECK, &["ts01", "ts02:33890000"]).assert_error(2, "\"33890000\" is no port");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn tell_apart_says_what_each_connection_is_for_and_what_is_left() {
    let (dropping, hardened) = (Lab::start("tls-fin").await.unwrap(), Lab::start("cbc-only-resets").await.unwrap());
    let (dropping, hardened) = (dropping.address().to_string(), hardened.address().to_string());
    run(TELL_APART, &[&dropping]).assert(
        1,
        &[
            "repeat: the same again: does it come and go?",
            "  tls ended with fin",
            "Server cannot use the private key of its certificate (likely)",
            "  told by wide-hello",
            "  not told apart from middlebox-resets-tls: ",
        ],
    );
    run(TELL_APART, &[&hardened])
        .assert(1, &["no TLS version or cipher suite in common (certain)", "told by wide-hello"]);
    run(TELL_APART, &[]).assert_error(2, "give a target");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn sweep_prints_a_line_a_target_and_counts_causes() {
    let (healthy, closing) = (Lab::start("healthy").await.unwrap(), Lab::start("closes-on-request").await.unwrap());
    let list = format!("# a farm\n{0}\n\n{1} # the new one\n{1}\n", healthy.address(), closing.address());
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sweep-targets.txt");
    std::fs::write(&file, &list).unwrap();

    let from_file = run(SWEEP, &[file.to_str().unwrap()]);
    let line = format!("FAILED\t{}\tclosed-on-request\tfin\n", closing.address());
    from_file.assert(1, &[&format!("ok\t{}\tno-fault-found\tcomplete\n", healthy.address())]);
    assert_eq!(from_file.out.matches(&line).count(), 2, "{from_file:#?}");
    let summary: Vec<_> = from_file.out.lines().skip_while(|line| !line.is_empty()).skip(1).collect();
    assert!(summary[0].starts_with("     2  closed-on-request  "), "the most frequent first: {summary:?}");
    assert!(summary[1].starts_with("     1  no-fault-found  ") && summary.len() == 2, "{summary:?}");
    assert!(from_file.err.contains("\r3 of 3 done, 0 under way"), "{from_file:#?}");

    let mut child =
        Command::new(SWEEP).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(healthy.address().to_string().as_bytes()).unwrap();
    Run::from(child.wait_with_output().unwrap()).assert(0, &["no-fault-found"]);
}

#[test]
fn sweep_names_the_line_that_is_no_target() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sweep-broken.txt");
    std::fs::write(&file, "ts01\nhttps://ts02\n").unwrap();
    run(SWEEP, &[file.to_str().unwrap()]).assert_error(2, "line 2: ");
    run(SWEEP, &["no/such/file"]).assert_error(2, "no/such/file: ");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn blocking_takes_a_report_apart() {
    let healthy = Lab::start("healthy-tls12").await.unwrap();
    let address = healthy.address().to_string();
    let words =
        [&*format!("{address}: complete at tls after "), "the server chose: ssl", "TLS: version 0x0303", "127.0.0.1"];
    run(BLOCKING, &[&address]).assert(0, &words);
    // By default a bad certificate is reported, and ends nothing.
    let expired = Lab::start("certificate-expired").await.unwrap();
    run(BLOCKING, &[&expired.address().to_string()]).assert(0, &["cause: certificate-expired (certain)"]);
    let closed = Lab::start("not-listening").await.unwrap();
    run(BLOCKING, &[&closed.address().to_string()]).assert(1, &["at connect", "cause: connection-refused"]);
    run(BLOCKING, &[]).assert_error(1, "give a target");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn own_resolver_knows_its_names_and_asks_the_system_for_others() {
    let lab = Lab::start("healthy").await.unwrap();
    let port = lab.address().port();
    let listed = format!("TS01.example:{port}");
    let listed = run(OWN_RESOLVER, &["ts01.EXAMPLE=127.0.0.1", &listed]);
    // The certificate is for another name than the one that the list leads there.
    listed.assert(0, &[&format!("TS01.example:{port} is 127.0.0.1:{port}"), "certificate-wrong-name"]);

    let other = format!("localhost:{port}");
    run(OWN_RESOLVER, &["ts01.example=192.0.2.7", &other]).assert(0, &[&format!("127.0.0.1:{port}"), "OK localhost"]);

    let gone = run(OWN_RESOLVER, &["localhost=", &other]);
    gone.assert(1, &[&format!("localhost:{port} is nowhere"), "[name-not-found, certain"]);
    run(OWN_RESOLVER, &["ts01=127.0.0.1"]).assert_error(2, "give a target");
    run(OWN_RESOLVER, &["ts01=example", "ts01"]).assert_error(2, "invalid IP address");
}
