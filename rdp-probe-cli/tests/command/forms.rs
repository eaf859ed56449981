//! What is asked, and which way: forms of the request, expected thumbprints, addresses.

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
    let healthy = steady().await;
    let seen = run(&["check", "--json", &healthy.address]).report()["certificate"].clone();
    let (sha1, sha256) = (seen["sha1"].as_str().unwrap(), seen["sha256"].as_str().unwrap());
    // As certificate dialogs print it.
    let spaced: Vec<_> = sha1.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();
    let spaced = format!("\u{200e}{}", spaced.join(" ").to_uppercase());
    let other = "0".repeat(40);
    let key = seen["key_sha256"].as_str().unwrap();
    let prefixed = format!("key:{key}");
    for (options, status) in [
        (vec!["--expect-sha1", &spaced], 0),
        (vec!["--expect-sha256", sha256, "--expect-sha1", sha1], 0),
        (vec!["--expect-sha1", &other, "--expect-sha1", sha1], 0),
        (vec!["--expect-sha1", &other], 1),
        (vec!["--expect-sha1", &other, "--expect-sha256", sha256], 1),
        (vec!["--expect-key", key, "--expect-sha1", sha1], 0),
        (vec!["--expect-key", &prefixed], 0),
        (vec!["--expect-key", sha256, "--expect-sha1", sha1], 1),
    ] {
        let run = run(&[&["check", "--json"], &options[..], &[&healthy.address]].concat());
        assert_eq!(run.status, Some(status), "{options:?}: {run:?}");
        let cause = if status == 0 { "no-fault-found" } else { "certificate-unexpected" };
        assert_eq!(run.report()["causes"][0]["code"], cause, "{options:?}");
    }
    run(&["check", "--expect-sha1", sha256, "ts01"]).assert_usage_error(&["--expect-sha256"]);
    run(&["check", "--expect-sha256", "abc", "ts01"]).assert_usage_error(&["64"]);
    run(&["check", "--expect-sha256", &prefixed, "ts01"]).assert_usage_error(&["--expect-key"]);
    run(&["check", "--expect-key", sha1, "ts01"]).assert_usage_error(&["64 digits"]);
    run(&["check", "--expect-key", key, "--depth", "negotiate", "ts01"]).assert_usage_error(&["--expect-key"]);
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
fn an_address_of_the_other_family_is_said_before_anything_is_probed() {
    // The first target would be probed, and take its time.
    let list = fresh_file("families.txt");
    std::fs::write(&list, "ts01.example\n[2001:db8::7]:3390\n").unwrap();
    let (file, narrow) = (fresh_file("v6.rdp"), fresh_file("v4.rdp"));
    std::fs::write(&file, "full address:s:2001:db8::8\n").unwrap();
    std::fs::write(&narrow, "full address:s:192.0.2.8\n").unwrap();
    let [list, file, narrow] = [&list, &file, &narrow].map(|path| path.to_str().unwrap());
    for (options, says) in [
        (&["-4", "ts01.example", "2001:db8::1"][..], ["-4 uses IPv4", "[2001:db8::1]:3389 is an IPv6 address"]),
        (&["-4", "fe80::1%eth0"], ["-4 uses IPv4", "[fe80::1%eth0]:3389 is an IPv6 address"]),
        (&["-4", "--targets", list], ["-4 uses IPv4", "[2001:db8::7]:3390 is an IPv6 address"]),
        (&["-4", file], ["-4 uses IPv4", "[2001:db8::8]:3389 is an IPv6 address"]),
        (&["-6", "ts01.example", "192.0.2.1"], ["-6 uses IPv6", "192.0.2.1:3389 is an IPv4 address"]),
        (&["-6", narrow], ["-6 uses IPv6", "192.0.2.8:3389 is an IPv4 address"]),
        // Behind a proxy nothing else is connected to.
        (&["-4", "--proxy", "socks5://[::1]", "ts01"], ["-4 uses IPv4", "the proxy [::1]:1080 is an IPv6 address"]),
        (
            &["-6", "--proxy", "socks5://127.0.0.1", "::1"],
            ["-6 uses IPv6", "the proxy 127.0.0.1:1080 is an IPv4 address"],
        ),
    ] {
        run(&[&["check"], options].concat()).assert_usage_error(&says);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn behind_a_proxy_a_target_may_be_of_the_other_family() {
    let closed = server("not-listening").await;
    let proxy = format!("socks5://{}", closed.address);
    let report = run(&["check", "--json", "-4", "--proxy", &proxy, "2001:db8::1"]).report();
    assert_eq!((&report["stage"], &report["causes"][0]["code"]), (&json!("proxy"), &json!("proxy-unreachable")));
    let help = run(&["check", "--help"]).out;
    for option in ["--ipv4", "--ipv6", "--prefer"] {
        let after = help.split(option).nth(1).unwrap().split("\n  -").next().unwrap();
        let words = after.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("behind a proxy, of the proxy's addresses"), "{option}: {words}");
    }
}

#[test]
fn certificates_are_not_expected_where_none_is_seen() {
    let (sha1, sha256) = ("0".repeat(40), "0".repeat(64));
    for (option, value) in [("--expect-sha1", &*sha1), ("--expect-sha256", &*sha256), ("--roots", "roots.pem")] {
        let run = run(&["check", option, value, "--depth", "negotiate", "ts01"]);
        run.assert_usage_error(&[option, "--depth negotiate", "no certificate is seen"]);
    }
}
