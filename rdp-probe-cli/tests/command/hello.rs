//! Depth hello: certificates in clear text.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_certificate_is_read_in_clear_text() {
    let healthy = steady().await;
    let hello = run(&["check", "--json", "--depth", "hello", &healthy.address]).report();
    let tls = run(&["check", "--json", &healthy.address]).report();
    assert_eq!((&hello["goal"], &tls["goal"]), (&json!("hello"), &json!("tls")));
    assert_eq!((&hello["ok"], &hello["tls"]["version"]), (&json!(true), &json!("1.2")));
    assert_eq!(hello["tls"]["key_exchange"], json!({ "kind": "ecdhe", "group": "x25519", "bits": null }));
    assert_eq!(hello["certificate"]["sha256"], tls["certificate"]["sha256"]);
    assert_eq!((&hello["tls"]["key_proven"], &tls["tls"]["key_proven"]), (&json!(false), &json!(true)));
    assert_eq!(hello["causes"][0]["code"], "hello-answered");
    let words = run(&["check", "--depth", "hello", &healthy.address]).out;
    assert!(words.contains("tls (hello)") && words.contains("has not proven"), "{words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_offered_can_be_chosen() {
    let newest = server("healthy-tls13").await;
    for (offer, status, version, cause) in [
        ("wide", 1, json!(null), "tls13-only"),
        ("tls12", 1, json!(null), "tls-version-refused"),
        ("tls13", 0, json!("1.3"), "hello-answered"),
        ("nothing", 1, json!(null), "tls-version-refused"),
    ] {
        let run = run(&["check", "--json", "--depth", "hello", "--client-hello", offer, &newest.address]);
        let report = run.report();
        assert_eq!((run.status, &report["tls"]["version"]), (Some(status), &version), "{offer}");
        assert_eq!((&report["causes"][0]["code"], &report["certificate"]), (&json!(cause), &json!(null)), "{offer}");
        assert_eq!(report["client_hello"], json!({ "offer": offer, "padded_to": 0 }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_thumbprint_can_be_expected_of_it() {
    let healthy = steady().await;
    let seen = run(&["check", "--json", "--depth", "hello", &healthy.address]).report();
    let sha1 = seen["certificate"]["sha1"].as_str().unwrap();
    for (expected, status) in [(sha1, 0), ("0000000000000000000000000000000000000000", 1)] {
        let run = run(&["check", "--depth", "hello", "--expect-sha1", expected, &healthy.address]);
        assert_eq!(run.status, Some(status), "{}", run.out);
    }
}

#[test]
fn what_it_cannot_show_is_refused() {
    let sha1 = "0".repeat(40);
    let wrong: [(&[&str], &[&str]); 4] = [
        (&["--depth", "hello", "--roots", "roots.pem"], &["--roots", "--depth tls", "prove"]),
        (
            &["--depth", "hello", "--client-hello", "tls13", "--expect-sha1", &sha1],
            &["--expect-sha1", "--client-hello"],
        ),
        (&["--client-hello", "tls12"], &["--client-hello", "--depth hello"]),
        (&["--depth", "hello", "--client-hello", "ssl3"], &["ssl3", "wide", "tls13"]),
    ];
    for (options, says) in wrong {
        run(&[&["check"], options, &["ts01"]].concat()).assert_usage_error(says);
    }
}
