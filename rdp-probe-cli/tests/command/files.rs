//! Files that the command reads and writes: transcripts and roots.

use super::*;

/// A transcript that the command wrote, and the stage and end that its report gave.
fn transcribed(server: &Server, name: &str) -> (Transcript, [Value; 2]) {
    let file = fresh_file(name);
    let run = run(&["check", "--json", "--timeout", "3", "--transcript", file.to_str().unwrap(), &server.address]);
    let report = run.report();
    let text = std::fs::read_to_string(&file).unwrap();
    (text.parse().unwrap(), [report["stage"].clone(), report["end"].clone()])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_transcript_replays_to_the_same_end() {
    for scenario in Scenario::all() {
        let server = server(scenario.name()).await;
        let (transcript, [stage, end]) = transcribed(&server, &format!("{}.transcript", scenario.name()));
        assert_eq!(transcript.plan.target.port(), server.port);
        let replayed = transcript.replay();
        assert_eq!(stage, replayed.stage.as_str(), "{}", scenario.name());
        assert_eq!(end["kind"], replayed.end.kind().as_str(), "{}", scenario.name());
        assert_eq!(end["code"], json!(replayed.end.code()), "{}", scenario.name());
        assert_eq!(end["symbol"], json!(replayed.end.symbol()), "{}", scenario.name());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_transcript_of_two_targets_is_refused_and_nothing_written() {
    let healthy = server("healthy").await;
    let file = fresh_file("two-targets.transcript");
    let path = file.to_str().unwrap();
    let run = run(&["check", "--json", "--transcript", path, &healthy.address, &healthy.address]);
    run.assert_usage_error(&["--transcript", "one target"]);
    assert!(!file.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_transcript_that_cannot_be_written_is_said_with_its_file() {
    let healthy = server("healthy").await;
    let file = fresh_file("no-such-directory").join("healthy.transcript");
    let run = run(&["check", "--transcript", file.to_str().unwrap(), &healthy.address]);
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(run.err.contains(file.to_str().unwrap()), "{run:?}");
}

#[test]
fn roots_that_cannot_be_had_are_said_with_their_file() {
    let missing = fresh_file("missing-roots.pem");
    let missing = missing.to_str().unwrap();
    run(&["check", "--roots", missing, "ts01"]).assert_usage_error(&[missing]);

    let wordy = fresh_file("wordy-roots.pem");
    std::fs::write(&wordy, "these are no certificates\n").unwrap();
    let wordy = wordy.to_str().unwrap();
    run(&["check", "--roots", wordy, "ts01"]).assert_usage_error(&[wordy]);
}

/// A certificate as PEM (RFC 7468).
fn pem(der: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in der.chunks(3) {
        let bits = (0..3).fold(0, |bits, index| bits << 8 | usize::from(*group.get(index).unwrap_or(&0)));
        for digit in 0..4 {
            let filled = digit <= group.len();
            text.push(if filled { char::from(DIGITS[bits >> (18 - 6 * digit) & 63]) } else { '=' });
        }
    }
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// The end and the status of a check that trusts these roots alone.
fn strictly(server: &Server, roots: &Path) -> (Value, Option<i32>) {
    let run = run(&["check", "--json", "--roots", roots.to_str().unwrap(), &server.address]);
    (run.report()["end"].clone(), run.status)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn roots_make_a_bad_certificate_a_failure() {
    let (healthy, expired) = (Lab::start("healthy").await.unwrap(), server("certificate-expired").await);
    let report = Prober::builder().build().unwrap().probe(&healthy.target()).await;
    let roots = fresh_file("healthy-roots.pem");
    std::fs::write(&roots, pem(&report.evidence().hello().unwrap().chain[0])).unwrap();

    let (end, status) = strictly(&server("healthy").await, &roots);
    assert_eq!((&end["kind"], status), (&json!("complete"), Some(0)));
    let (end, status) = strictly(&expired, &roots);
    assert_eq!((&end["kind"], &end["symbol"], status), (&json!("untrusted"), &json!("time"), Some(1)));
    assert_eq!(run(&["check", &expired.address]).status, Some(0), "without roots it is a finding");
}

/// The system's roots, as the variable of OpenSSL says where they are.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_roots_of_the_system_are_roots_like_others() {
    let healthy = server("healthy").await;
    let report = Prober::builder().build().unwrap().probe(&healthy.address.parse().unwrap()).await;
    let certificate = pem(&report.evidence().hello().unwrap().chain[0]);
    let file = fresh_file("system-roots.pem");
    let check = |text: &str, folder: &str| -> Run {
        std::fs::write(&file, text).unwrap();
        let mut command = command(&["check", "--json", "--roots", "system", &healthy.address]);
        command.env("SSL_CERT_FILE", &file).env_remove("SSL_CERT_DIR");
        if !folder.is_empty() {
            command.env("SSL_CERT_DIR", folder);
        }
        command.output().unwrap().into()
    };
    let trusted = check(&certificate, "");
    assert_eq!((trusted.status, trusted.err.as_str()), (Some(0), ""), "{trusted:?}");
    assert_eq!(trusted.report()["certificate"]["verdict"]["chain"]["reason"], "trusted");

    // What cannot be loaded is told, and the rest is used.
    let gone = fresh_file("no-such-folder.of-roots");
    let partly = check(&format!("{certificate}{}", pem(b"no certificate")), gone.to_str().unwrap());
    assert_eq!(partly.status, Some(0), "{partly:?}");
    let warnings: Vec<_> = partly.err.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert!(warnings.len() == 2 && partly.err.contains(gone.to_str().unwrap()), "{partly:?}");
    assert!(partly.err.contains("a certificate of 14 bytes cannot be read"), "{partly:?}");

    check("", "").assert_usage_error(&["the system has no roots that can be used"]);
    let stranger = pem(b"nobody");
    check(&stranger, "").assert_usage_error(&["a certificate of 6 bytes cannot be read"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_redacted_says_why_and_not_whose() {
    let server = server("certificate-expired").await;
    let file = fresh_file("redacted.transcript");
    let target = format!("localhost:{}", server.port);
    let options = ["--timeout", "3", "--redact", "--cookie", "alice", "--transcript", file.to_str().unwrap(), &target];
    for format in ["human", "json", "markdown"] {
        let run = run(&[&["check", "--format", format], &options[..]].concat());
        assert!(run.status == Some(0) && run.out.contains("certificate-expired"), "{run:?}");
        let transcript = std::fs::read_to_string(&file).unwrap();
        for name in ["localhost", "alice", "lab.rdp-probe.test"] {
            assert!(!run.out.contains(name) && !transcript.contains(name), "{format}: {name} in {run:?} {transcript}");
        }
        let replayed = transcript.parse::<Transcript>().unwrap().replay();
        assert_eq!(replayed.plan.target.port(), server.port);
    }
}
