//! Network Level Authentication against the lab's server: what comes of it, what is sent, and that no secret comes out.

use rdp_probe::Protocols;
use rdp_probe::codes::NtStatus;
use rdp_probe_lab::{NlaServer, Seen, Watcher};

use super::*;

const PASSWORD: &str = "Canary-7q";
/// Of that password.
const NT_HASH: &str = "871f0a809e12a5af760e0a4a9c821c39";
const WRONG: &str = "Mistaken-4w";

/// A server of the lab, and whoever watches it.
struct Watched {
    server: Server,
    watcher: Watcher,
}

impl Watched {
    async fn new(server: NlaServer) -> Self {
        let lab = Lab::with_nla(server).await.unwrap();
        let watcher = lab.watch();
        Self { server: serving(lab), watcher }
    }

    fn address(&self) -> &str {
        &self.server.address
    }

    /// How many attempts to log on the server has seen, and whether credentials were handed over, since it was asked last.
    fn seen(&mut self) -> (usize, bool) {
        let seen = self.watcher.so_far();
        let attempts = seen.iter().filter(|seen| matches!(seen, Seen::LogonAttempt { .. })).count();
        let handed_over = seen.iter().any(|seen| matches!(seen, Seen::TsRequest { auth_info: true, .. }));
        (attempts, handed_over)
    }
}

/// Where alice may log on.
fn for_alice() -> NlaServer {
    NlaServer::new().with_user("alice", PASSWORD)
}

/// A check with these options, and this secret in the environment. Whatever comes of it, the secret does not come out.
fn check(secret: &str, options: &[&str], targets: &[&str]) -> Run {
    let arguments = [&["check", "--user", r"LAB\alice"], options, targets].concat();
    let run: Run = command(&arguments).env("SECRET", secret).output().unwrap().into();
    for secret in [PASSWORD, WRONG, NT_HASH] {
        assert!(!run.out.contains(secret) && !run.err.contains(secret), "{run:?}");
    }
    run
}

const VERIFY: [&str; 6] = ["--json", "--depth", "verify", "--dangerous-any-certificate", "--password-env", "SECRET"];
const DELEGATE: [&str; 6] =
    ["--json", "--depth", "delegate", "--dangerous-any-certificate", "--password-env", "SECRET"];

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_challenge_takes_no_credentials_and_is_no_attempt_to_log_on() {
    let mut lab = Watched::new(for_alice()).await;
    for package in ["ntlm", "spnego"] {
        let run = run(&["check", "--json", "--depth", "challenge", "--package", package, lab.address()]);
        let report = run.report();
        assert_eq!((run.status, &report["ok"], &report["stage"]), (Some(0), &json!(true), &json!("nla")), "{report}");
        assert_eq!((&report["nla"]["depth"], &report["nla"]["result"]), (&json!("challenge"), &json!(null)));
        assert!(report["ntlm"]["netbios_computer"].is_string(), "{report}");
        assert_eq!(report["nla"]["credssp_version"], 6);
    }
    assert_eq!(lab.seen(), (0, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn verify_says_whether_the_password_is_right_and_hands_nothing_over() {
    let mut lab = Watched::new(for_alice()).await;
    let right = check(PASSWORD, &VERIFY, &[lab.address()]);
    assert_eq!((right.status, &right.report()["nla"]["result"]), (Some(0), &json!("verified")), "{right:?}");
    assert_eq!(lab.seen(), (1, false));

    let wrong = check(WRONG, &VERIFY, &[lab.address()]);
    let nla = &wrong.report()["nla"];
    assert_eq!((wrong.status, &nla["result"]), (Some(1), &json!("rejected")), "{wrong:?}");
    assert_eq!(
        (&nla["status"]["hex"], &nla["status"]["symbol"]),
        (&json!("0xC000006D"), &json!("STATUS_LOGON_FAILURE"))
    );
    assert_eq!(lab.seen(), (1, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn delegate_hands_the_password_over_and_restricted_admin_nothing() {
    let mut lab = Watched::new(for_alice()).await;
    let run = check(PASSWORD, &DELEGATE, &[lab.address()]);
    assert_eq!((run.status, &run.report()["nla"]["result"]), (Some(0), &json!("verified")), "{run:?}");
    assert_eq!(lab.seen(), (1, true));

    let lab = Watched::new(for_alice().with_restricted_admin()).await;
    let hash = ["--depth", "delegate", "--dangerous-any-certificate", "--restricted-admin", "--nt-hash-env", "SECRET"];
    assert_eq!(check(NT_HASH, &hash, &[lab.address()]).status, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_nt_hash_does_for_the_password() {
    let lab = Watched::new(for_alice()).await;
    let options = ["--json", "--depth", "verify", "--dangerous-any-certificate", "--nt-hash-env", "SECRET"];
    for (hash, status, result) in [(NT_HASH, 0, "verified"), ("00000000000000000000000000000000", 1, "rejected")] {
        let run = check(hash, &options, &[lab.address()]);
        assert_eq!((run.status, &run.report()["nla"]["result"]), (Some(status), &json!(result)), "{run:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn only_the_depth_that_was_asked_for_is_a_success() {
    let plain = Watched::new(for_alice().with_protocols(Protocols::SSL)).await;
    let denying = Watched::new(for_alice().with_early_authorization(5)).await;
    let locked = Watched::new(NlaServer::new().with_refused_user("alice", PASSWORD, NtStatus(0xC000_0234))).await;
    for (lab, options, result, status) in [
        (&plain, &VERIFY, "not-verifiable", json!(null)),
        (&plain, &DELEGATE, "not-verifiable", json!(null)),
        (&denying, &DELEGATE, "not-authorized", json!("0x00000005")),
        (&locked, &VERIFY, "rejected", json!("0xC0000234")),
    ] {
        let run = check(PASSWORD, options, &[lab.address()]);
        let nla = &run.report()["nla"];
        assert_eq!((run.status, &nla["result"]), (Some(1), &json!(result)), "{run:?}");
        assert_eq!(nla["status"]["hex"], status, "{run:?}");
    }
    assert_eq!(run(&["check", "--depth", "challenge", plain.address()]).status, Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn credentials_go_to_whom_the_certificate_says_it_is() {
    let mut lab = Watched::new(for_alice()).await;
    let seen = run(&["check", "--json", lab.address()]).report();
    let sha256 = seen["certificate"]["sha256"].as_str().unwrap();
    for (expected, status, attempts) in [(sha256, 0, 1), (&"0".repeat(64), 1, 0)] {
        let options = ["--depth", "verify", "--password-env", "SECRET", "--expect-sha256", expected];
        assert_eq!(check(PASSWORD, &options, &[lab.address()]).status, Some(status), "{expected}");
        assert_eq!(lab.seen(), (attempts, false), "{expected}");
    }
    let known = fresh_file("known-nla");
    let known = known.display().to_string();
    let options = ["--depth", "verify", "--password-env", "SECRET", "--known", &known];
    assert_eq!(check(PASSWORD, &options, &[lab.address()]).status, Some(0));
    assert!(std::fs::read_to_string(&known).unwrap().contains(lab.address()));
    assert_eq!(lab.seen(), (1, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_old_server_gets_credentials_only_where_the_danger_is_taken() {
    let mut lab = Watched::new(for_alice().with_version(4)).await;
    assert_eq!(check(PASSWORD, &VERIFY, &[lab.address()]).status, Some(1));
    assert_eq!(lab.seen(), (0, false));
    let danger = [&VERIFY[..], &["--dangerous-old-credssp"]].concat();
    assert_eq!(check(PASSWORD, &danger, &[lab.address()]).status, Some(0));
    assert_eq!(lab.seen(), (1, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn several_targets_are_an_attempt_each_and_only_if_it_is_said() {
    let (mut one, mut two) = (Watched::new(for_alice()).await, Watched::new(NlaServer::new()).await);
    let (first, second) = (one.address().to_owned(), two.address().to_owned());
    check(PASSWORD, &VERIFY, &[&first, &second]).assert_usage_error(&["--same-credentials-for-all-targets"]);
    assert_eq!((one.seen(), two.seen()), ((0, false), (0, false)));

    let said = [&VERIFY[..], &["--same-credentials-for-all-targets"]].concat();
    let run = check(PASSWORD, &said, &[&first, &second]);
    let results: Vec<_> = run.reports().iter().map(|report| report["nla"]["result"].clone()).collect();
    assert_eq!((run.status, results), (Some(1), vec![json!("verified"), json!("rejected")]));
    assert_eq!((one.seen(), two.seen()), ((1, false), (1, false)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn no_secret_is_in_anything_that_comes_out() {
    let lab = Watched::new(for_alice()).await;
    for (number, (secret, depth)) in
        [(PASSWORD, "verify"), (WRONG, "verify"), (PASSWORD, "delegate")].iter().enumerate()
    {
        for format in ["human", "json", "markdown"] {
            let file = fresh_file(&format!("secret-{number}-{format}.probe"));
            let name = file.display().to_string();
            let output = ["--format", format, "--transcript", &name, "--depth", depth];
            let options = [&output[..], &["--dangerous-any-certificate", "--password-env", "SECRET"]].concat();
            let run = check(secret, &options, &[lab.address()]);
            assert!(!run.out.contains("alice"), "nor is the user: {run:?}");
            let written = std::fs::read_to_string(&file).unwrap();
            assert!(written.contains("goal ") && !written.contains(secret) && !written.contains("alice"), "{written}");
            let in_utf16: Vec<_> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for bytes in [secret.as_bytes(), &in_utf16] {
                assert!(!written.contains(&data_encoding::HEXLOWER.encode(bytes)), "{written}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_secret_is_read_from_a_descriptor() {
    let lab = Watched::new(for_alice()).await;
    let arguments = ["check", "--depth", "verify", "--user", "alice", "--dangerous-any-certificate", lab.address()];
    let read = |line: &str, redirected: &str, descriptor: &str| {
        // A descriptor of another number is for a shell to give.
        let script = format!(r#"printf "$LINE" | {{ "$@" --password-fd {descriptor} {redirected}; }}"#);
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_rdp-probe")]).args(arguments).env("LINE", line);
        Run::from(shell.output().unwrap())
    };
    for (redirected, descriptor) in [("", "0"), ("3<&0 0</dev/null", "3"), ("9<&0 0</dev/null", "9")] {
        for line in [r"Canary-7q\n", "Canary-7q", r"Canary-7q\r\nMistaken-4w\n"] {
            let run = read(line, redirected, descriptor);
            assert!(run.status == Some(0) && !run.out.contains(PASSWORD), "{descriptor} {line:?}: {run:?}");
        }
    }
    assert_eq!(read(r"Mistaken-4w\n", "", "0").status, Some(1));
}

/// What a terminal shows, as `script` makes one, where this is typed at the question; and the exit status.
#[cfg(target_os = "linux")]
fn on_a_terminal(shell: &str, typed: &str) -> (String, Option<i32>) {
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", shell, "/dev/null"]);
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut keys, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut shown = Vec::new();
    while !shown.ends_with(b": ") {
        let mut byte = [0];
        assert_eq!(screen.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&shown));
        shown.push(byte[0]);
    }
    keys.write_all(typed.as_bytes()).unwrap();
    screen.read_to_end(&mut shown).unwrap();
    drop(keys);
    (String::from_utf8_lossy(&shown).into_owned(), child.wait().unwrap().code())
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_terminal_asks_and_does_not_show_what_is_typed() {
    let mut lab = Watched::new(for_alice()).await;
    let asks = format!(
        "{} check --depth verify --user alice --domain LAB --dangerous-any-certificate --password-prompt {}",
        env!("CARGO_BIN_EXE_rdp-probe"),
        lab.address()
    );
    for (typed, status, attempts) in [
        ("Canary-7q\n", 0, 1),
        ("Mistaken-4w\n", 1, 1),
        ("Mistaken-4w\u{15}Canary-7w\u{e4}\u{7f}\u{7f}q\r", 0, 1),
        ("\n", 2, 0),
        ("Canary-7q\u{3}", 2, 0),
        // An arrow key is a sequence; nobody means it as a part of a password.
        ("Canary-7q\u{1b}[A\n", 2, 0),
    ] {
        // The terminal is as it was behind it.
        let shell = format!(r#"before=$(stty -g); {asks}; status=$?; test "$before" = "$(stty -g)" && exit $status"#);
        let (shown, ended) = on_a_terminal(&shell, typed);
        assert!(shown.contains(r"Password of LAB\alice: "), "{shown}");
        assert!(!shown.contains("Canary") && !shown.contains("Mistaken"), "{shown}");
        assert_eq!((ended, lab.seen()), (Some(status), (attempts, false)), "{typed:?}: {shown}");
    }
}
