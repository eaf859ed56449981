//! Strict trust, asked of real handshakes.

use super::*;

fn certificate_of(scenario: &str) -> Bytes {
    visit_to(scenario).report.evidence().hello().unwrap().chain[0].clone()
}

/// The report of a prober that trusts this certificate alone.
async fn strict_report(scenario: &str, root: &Bytes) -> Report {
    let roots = Roots::from_der([root.to_vec()]).unwrap();
    let lab = Lab::start(scenario).await.unwrap();
    Prober::builder().roots(roots).trust(Trust::Strict).build().unwrap().probe(&lab.target()).await
}

/// A scenario, the scenario whose certificate is the only root, and the first check that fails then, with why.
const DISTRUSTED: &[(&str, &str, &str, &str)] = &[
    ("certificate-expired", "healthy", "time", "expired"),
    ("certificate-not-yet-valid", "healthy", "time", "not-yet-valid"),
    ("certificate-wrong-name", "certificate-wrong-name", "name", "other-name"),
    // Another name, or another key under the same name: the root did not sign it.
    ("certificate-wrong-name", "healthy", "chain", "self-signed"),
    ("certificate-rsa1024", "healthy", "chain", "self-signed"),
];

#[tokio::test]
async fn strict_trust_ends_at_the_first_check_that_fails() {
    for (scenario, root, check, reason) in DISTRUSTED {
        let report = strict_report(scenario, &certificate_of(root)).await;
        let json = json_of(&report);
        assert_valid(&json, scenario);
        assert_eq!((report.is_ok(), &json["ok"], &json["reached"]), (false, &json!(false), &json!("tls")), "{report}");
        assert_eq!((&json["end"]["kind"], &json["end"]["symbol"]), (&json!("untrusted"), &json!(check)), "{report}");
        let judged = &json["certificate"]["verdict"][check];
        assert_eq!((&judged["ok"], &judged["reason"]), (&json!(false), &json!(reason)), "{scenario}");
        assert_eq!(report.causes()[0].cause, Cause::CertificateUntrusted, "{report}");
    }
}

#[tokio::test]
async fn strict_trust_holds_where_every_check_passes() {
    let report = strict_report("healthy", &certificate_of("healthy")).await;
    let json = json_of(&report);
    assert_valid(&json, "healthy under strict trust");
    assert_eq!((report.is_ok(), report.end()), (true, End::Complete), "{report}");
    assert_eq!(json["certificate"]["verdict"]["chain"], json!({ "ok": true, "reason": "trusted" }));
}

/// A check that fails says by what: the clock, and whom the certificate would be right for.
#[tokio::test]
async fn what_a_check_was_judged_by_is_told() {
    let (prober, lab) = (Prober::builder(), Lab::start("certificate-wrong-name").await.unwrap());
    let report = prober.fixed_clock(4_000_000_000).build().unwrap().probe(&lab.target()).await;
    let verdict = &json_of(&report)["certificate"]["verdict"];
    let (clock, host) = ("2096-10-02T07:06:40Z", "other.rdp-probe.test");
    assert_eq!(verdict["time"], json!({ "ok": false, "reason": "expired", "clock": clock }));
    assert_eq!(verdict["name"], json!({ "ok": false, "reason": "other-name", "would_match": [host] }));
    let text = report.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains(&format!("time expired (by the clock here, {clock}), name other-name (it is for {host})")),
        "{text}"
    );
    let page = report.to_markdown();
    assert!(page.contains(&format!("| failed: expired; by the clock here, {clock} |")), "{page}");
    assert!(page.contains(&format!("| failed: other-name; it is for `{host}` |")), "{page}");
}

#[tokio::test]
async fn the_lab_serves_any_certificate() {
    let now = lab_now();
    let certificate = LabCertificate::expired(now).with_common_name("old.rdp-probe.test");
    let lab = Lab::with_certificate(certificate).await.unwrap();
    let report = Prober::builder().build().unwrap().probe(&lab.target()).await;
    assert_eq!(report.certificate().unwrap().subject, "CN=old.rdp-probe.test");
    assert_eq!(report.causes()[0].cause, Cause::CertificateExpired);
}

#[tokio::test]
async fn the_lab_plays_a_refusal_and_refuses_to_play_a_lookup() {
    let refused =
        "rdp-probe transcript 1\ntarget 192.0.2.1\nattempt 192.0.2.1:3389 @0us +1ms os system 111 connection-refused\n";
    let lab = Lab::replay(refused.parse().unwrap()).await.unwrap();
    let report = Prober::builder().build().unwrap().probe(&lab.target()).await;
    assert_eq!(report.causes()[0].cause, Cause::ConnectionRefused);

    let unknown = "rdp-probe transcript 1\ntarget ts01\nlookup @0us +1ms os resolver -2 name-not-found\n";
    let error = Lab::replay(unknown.parse().unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("resolve"), "{error}");
}
