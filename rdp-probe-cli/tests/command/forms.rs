//! What is asked, and which way: forms of the request, expected thumbprints, proxies, addresses; the pages about it.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_form_of_the_request_can_be_asked_for() {
    let healthy = server("healthy").await;
    let arguments = [
        "check",
        "--json",
        "--routing-token",
        "tsv://farm",
        "--restricted-admin",
        "--redirected-authentication",
        "--correlation-id",
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        &healthy.address,
    ];
    let report = run(&arguments).report();
    let request = json!({
        "negotiates": true, "cookie": null, "routing_token": "tsv://farm", "restricted_admin": true,
        "redirected_authentication": true, "correlation_id": "3f2504e04f8941d39a0c0305e82c3301",
        "preconnection_id": null, "preconnection_blob": null,
    });
    assert_eq!((&report["request"], &report["ok"]), (&request, &json!(true)));

    let legacy = server("legacy-confirm").await;
    let bare = run(&["check", "--json", "--offer", "none", "--cookie", "alice", &legacy.address]).report();
    assert_eq!((&bare["request"]["negotiates"], &bare["negotiation"]["offered"]), (&json!(false), &json!(["rdp"])));
    assert_eq!(bare["causes"][0]["code"], "tls-not-offered");
}

#[test]
fn a_form_that_cannot_be_sent_is_said_by_its_option() {
    let wrong: [(&[&str], &[&str]); 6] = [
        (&["--cookie", "büro"], &["--cookie", "ASCII"]),
        (&["--routing-token", &"x".repeat(300)], &["--routing-token", "300"]),
        (&["--correlation-id", "12"], &["--correlation-id", "32 hexadecimal"]),
        (&["--correlation-id", "00000000000000000000000000000001"], &["--correlation-id", "00"]),
        (&["--cookie", "a", "--routing-token", "b"], &["--cookie", "--routing-token"]),
        (&["--offer", "none", "--restricted-admin"], &["--offer none"]),
    ];
    for (options, says) in wrong {
        run(&[&["check"], options, &["ts01"]].concat()).assert_usage_error(says);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_expected_thumbprint_decides() {
    let healthy = server("healthy").await;
    let seen = run(&["check", "--json", &healthy.address]).report()["certificate"].clone();
    let (sha1, sha256) = (seen["sha1"].as_str().unwrap(), seen["sha256"].as_str().unwrap());
    // As certificate dialogs print it.
    let spaced: Vec<_> = sha1.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();
    let spaced = format!("\u{200e}{}", spaced.join(" ").to_uppercase());
    let other = "0".repeat(40);
    for (options, status) in [
        (vec!["--expect-sha1", &spaced], 0),
        (vec!["--expect-sha256", sha256, "--expect-sha1", sha1], 0),
        (vec!["--expect-sha1", &other, "--expect-sha1", sha1], 0),
        (vec!["--expect-sha1", &other], 1),
        (vec!["--expect-sha1", &other, "--expect-sha256", sha256], 1),
    ] {
        let run = run(&[&["check", "--json"], &options[..], &[&healthy.address]].concat());
        assert_eq!(run.status, Some(status), "{options:?}: {run:?}");
        let cause = if status == 0 { "no-fault-found" } else { "certificate-unexpected" };
        assert_eq!(run.report()["causes"][0]["code"], cause, "{options:?}");
    }
    run(&["check", "--expect-sha1", sha256, "ts01"]).assert_usage_error(&["--expect-sha256"]);
    run(&["check", "--expect-sha256", "abc", "ts01"]).assert_usage_error(&["64"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_proxy_is_named_by_option_or_variable_and_its_password_never_shown() {
    let closed = server("not-listening").await;
    let proxy = format!("socks5://alice:s3cret@{}", closed.address);
    let by_option = run(&["check", "--json", "--proxy", &proxy, "ts01.example"]);
    let by_variable: Run =
        command(&["check", "--json", "ts01.example"]).env("RDP_PROBE_PROXY", &proxy).output().unwrap().into();
    for run in [&by_option, &by_variable] {
        let report = run.report();
        assert_eq!((&report["stage"], &report["proxy"]["port"]), (&json!("proxy"), &json!(closed.port)));
        assert_eq!(report["causes"][0]["code"], "proxy-unreachable");
        assert!(!run.out.contains("s3cret"), "{run:?}");
    }
    let wrong = run(&["check", "--proxy", "http://alice:s3cret@proxy.example", "ts01"]);
    wrong.assert_usage_error(&["--proxy", "port"]);
    let help = command(&["check", "--help"]).env("RDP_PROBE_PROXY", &proxy).output().unwrap();
    assert!(!Run::from(help).out.contains("s3cret"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_way_can_be_chosen() {
    let healthy = server("healthy").await;
    assert_eq!(run(&["check", "--bind", "127.0.0.3", &healthy.address]).status, Some(0));
    let other = run(&["check", "--json", "--bind", "::1", &healthy.address]).report();
    assert_eq!(other["end"]["symbol"], "address-not-available");
    let named = format!("localhost:{}", healthy.port);
    assert_eq!(run(&["check", "-4", &named]).status, Some(0));
    assert_eq!(run(&["check", "--prefer", "ipv4", &named]).status, Some(0));
    let none = run(&["check", "--json", "-6", &named]).report();
    assert_eq!((&none["stage"], &none["ok"]), (&json!("connect"), &json!(false)));
    run(&["check", "-4", "-6", "ts01"]).assert_usage_error(&["--ipv4", "--ipv6"]);
}

#[test]
fn the_pages_tell_of_every_option_and_of_the_exit_status() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]);
        assert!(script.status == Some(0) && script.out.contains("expect-sha256"), "{shell}");
    }
    let page = run(&["man"]);
    assert!(page.status == Some(0) && page.out.contains(".TH") && page.out.contains("Exit status"), "{page:?}");
    let page = run(&["man", "check"]);
    assert!(page.out.contains("routing\\-token") && page.out.contains("at\\-once"), "{page:?}");
    run(&["man", "chekc"]).assert_usage_error(&["chekc", "check"]);
}
