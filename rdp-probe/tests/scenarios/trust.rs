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
        assert_eq!(json["certificate"]["verdict"][check], json!({ "ok": false, "reason": reason }), "{scenario}");
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

/// The clock that the lab makes certificates by.
#[expect(clippy::disallowed_methods, reason = "the server's certificate is to be judged by the real clock")]
fn lab_now() -> time::OffsetDateTime {
    std::time::SystemTime::now().into()
}
