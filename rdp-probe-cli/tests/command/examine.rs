//! `rdp-probe examine`, and the demo of it.

use rdp_probe::Transcript;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_cause_is_told_and_each_look_says_why() {
    let server = server("cbc-only-resets").await;
    let run = run(&["examine", "--spacing", "20", &server.address]);
    assert_eq!((run.status, run.err.as_str()), (Some(1), ""), "{run:?}");
    assert!(run.out.contains("[no-common-tls, certain; server-admin]"), "{run:?}");
    for words in
        ["1. first: ", "2. repeat: ", "wide-hello: answered with 1.2", "ruled out: ", "Told by: wide-hello", "spread "]
    {
        assert!(run.out.contains(words), "{words:?} is missing: {run:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn json_has_each_look_and_the_causes_that_it_left() {
    let server = server("tls-reset").await;
    let run = run(&["examine", "--json", "--spacing", "20", &server.address]);
    let report = run.report();
    let looks = report["looks"].as_array().unwrap();
    assert_eq!(looks[0]["experiment"], "first");
    assert!(looks.len() > 4 && looks.len() <= 8, "{report}");
    assert!(looks.iter().any(|look| look["ruled_out"] == json!(["no-common-tls"])), "{report}");
    let first = &report["causes"][0];
    assert_eq!((&first["code"], &first["confidence"]), (&json!("key-unreadable"), &json!("likely")));
    let rivals = first["rivals"].as_array().unwrap();
    assert!(rivals.contains(&json!("middlebox-resets-tls")), "{report}");
    assert_eq!((run.status, &report["spread_us"]["connect"]["count"]), (Some(1), &json!(looks.len())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn limits_are_kept_and_what_they_cost_is_named() {
    let server = server("tls-reset").await;
    let report = run(&["examine", "--json", "--spacing", "0", "--connections", "2", &server.address]).report();
    assert_eq!(report["looks"].as_array().unwrap().len(), 2);
    assert_eq!(report["causes"][0]["code"], "tls-not-started");
    assert!(report["unmade"].as_array().unwrap().contains(&json!("wide-hello")), "{report}");

    let one = run(&["examine", "--json", "--connections", "1", &server.address]).report();
    assert_eq!((&one["looks"], &one["causes"][0]["code"]), (&json!([]), &json!("tls-not-started")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn several_targets_come_one_after_the_other_and_one_that_is_not_ok_counts() {
    let (healthy, closing) = (server("healthy").await, server("closes-on-request").await);
    let both = run(&["examine", "--json", "--spacing", "20", &healthy.address, &closing.address]);
    let ports: Vec<_> = both.reports().iter().map(|report| report["target"]["port"].clone()).collect();
    assert_eq!(ports, [json!(healthy.port), json!(closing.port)]);
    assert_eq!(both.reports()[1]["causes"][0]["code"], "dead-forward");
    assert_eq!(both.status, Some(1));
    assert_eq!(run(&["examine", "--spacing", "20", &healthy.address]).status, Some(0));
}

/// What fails now and then is not ok, although the connection that was asked for was.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_comes_and_goes_is_not_ok() {
    let farm = server("farm-member-failing").await;
    let run = run(&["examine", "--json", "--spacing", "20", &farm.address]);
    let report = run.report();
    assert_eq!((&report["ok"], run.status), (&json!(false), Some(1)), "{report}");
    assert_eq!(report["causes"][0]["code"], "farm-member-bad");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_transcript_holds_every_connection() {
    let (server, file) = (server("tls-fin").await, fresh_file("examined.probe"));
    let name = file.display().to_string();
    let run = run(&["examine", "--json", "--redact", "--spacing", "20", "--transcript", &name, &server.address]);
    let transcripts = Transcript::parse_all(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(transcripts.len(), run.report()["looks"].as_array().unwrap().len());
    assert!(transcripts[1..].iter().all(|transcript| transcript.experiment.trial().is_some()));
}

#[test]
fn a_wrong_command_line_says_so() {
    assert_eq!(run(&["examine"]).status, Some(2));
    run(&["examine", "--connections", "0", "ts01"]).assert_usage_error(&["--connections", "0"]);
    run(&["examine", "--total", "0", "ts01"]).assert_usage_error(&["--total", "0"]);
    run(&["examine", "--transcript", "x", "a", "b"]).assert_usage_error(&["--transcript takes one target"]);
    run(&["examine", "--depth", "negotiate", "--expect-sha1", &"0".repeat(40), "ts01"])
        .assert_usage_error(&["--expect-sha1"]);
}

#[test]
fn the_demo_shows_what_one_connection_does_not_tell_apart() {
    let run = run(&["demo", "--examine", "tls-reset", "cbc-only-resets", "healthy"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    for words in ["key-unreadable (likely) by ", "no-common-tls (certain) by wide-hello; ", "no-fault-found", "3 of 3 "]
    {
        assert!(run.out.contains(words), "{words:?} is missing: {run:?}");
    }
}
