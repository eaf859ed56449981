//! One target over time, over real sockets: the first use, the same certificate, one issued anew, another key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rdp_probe::{Known, KnownCertificates, Reason, Remembering, Target};
use rdp_probe_lab::LabKey;

use super::*;

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<HashMap<Target, Bytes>>>);

impl KnownCertificates for Memory {
    fn get<'a>(&'a self, target: &'a Target) -> Remembering<'a, Known> {
        let kept = self.0.lock().unwrap().get(target).cloned();
        Box::pin(async { kept.map_or(Known::Nothing, Known::Certificate) })
    }

    fn put<'a>(&'a self, target: &'a Target, certificate: &'a [u8]) -> Remembering<'a, Known> {
        let mut all = self.0.lock().unwrap();
        let kept = all.entry(target.clone()).or_insert_with(|| Bytes::copy_from_slice(certificate)).clone();
        Box::pin(async { Known::Certificate(kept) })
    }
}

/// What the store does at a probe of the lab's usual name while this certificate is served.
async fn served(certificate: LabCertificate, memory: &Memory) -> Report {
    let lab = Lab::with_certificate(certificate).await.unwrap();
    let prober = Prober::builder().trust(Trust::FirstUse).known_certificates(memory.clone()).build().unwrap();
    prober.probe_over(&network(&lab), &"lab.rdp-probe.test:3389".parse().unwrap()).await
}

#[tokio::test]
async fn a_target_is_known_by_what_it_was_first_seen_with() {
    let (now, memory) = (lab_now(), Memory::default());
    let healthy = LabCertificate::healthy(now);
    let over = LabCertificate::expired(now);
    let reissued = healthy.clone().with_validity(healthy.not_before(), now + time::Duration::days(400));
    let rows = [
        // Expired, and trusted all the same: what is asked for is the key.
        (over.clone(), "first-seen", json!(null), true),
        (over, "same", json!(true), true),
        (healthy.clone(), "renewed", json!(true), true),
        (reissued, "renewed", json!(true), true),
        (healthy.clone().with_key(LabKey::EcdsaP256), "renewed", json!(false), false),
        (LabCertificate::wrong_name(now).with_key(LabKey::EcdsaP256), "other-name", json!(false), false),
        (LabCertificate::expired(now).with_key(LabKey::EcdsaP256), "new-key", json!(false), false),
    ];
    for (certificate, reason, ok, passes) in rows {
        let report = served(certificate, &memory).await;
        let json = json_of(&report);
        assert_valid(&json, reason);
        let known = &json["certificate"]["verdict"]["known"];
        assert_eq!((&known["reason"], &known["ok"], report.is_ok()), (&json!(reason), &ok, passes), "{report}");
        assert_eq!(known["sha1"].is_null(), reason == "first-seen", "{known}");
        if !passes {
            assert_eq!(report.end(), End::Untrusted(Check::Known));
            assert_eq!(report.causes()[0].cause, Cause::CertificateChanged);
            let before = format!("known {reason} (known by SHA-1 {}, until ", known["sha1"].as_str().unwrap());
            let text = report.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(&before), "{report}");
        }
    }
    assert_eq!(memory.0.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_opened_connection_is_remembered_as_well() {
    let memory = Memory::default();
    let lab = Lab::start("healthy").await.unwrap();
    let prober = Prober::builder().trust(Trust::FirstUse).known_certificates(memory.clone()).build().unwrap();
    let opened = prober.open(&lab.target()).await.unwrap();
    assert_eq!(opened.report.verdict().unwrap().known.reason, Reason::FirstSeen);
    let kept = memory.0.lock().unwrap().get(&lab.target()).cloned();
    assert_eq!(kept, opened.report.evidence().hello().unwrap().chain.first().cloned());
}

#[tokio::test]
async fn many_probes_of_one_target_at_once_keep_one_certificate() {
    let memory = Memory::default();
    let lab = Lab::with_certificate(LabCertificate::healthy(lab_now())).await.unwrap();
    let prober = Prober::builder().trust(Trust::FirstUse).known_certificates(memory.clone()).build().unwrap();
    let mut sweep = prober.probe_all(vec![lab.target(); 12]).at_once(6);
    let mut reasons = Vec::new();
    while let Some(probed) = sweep.next().await {
        assert!(probed.report.is_ok());
        reasons.push(probed.report.verdict().unwrap().known.reason);
    }
    assert!(reasons.contains(&Reason::FirstSeen) && reasons.contains(&Reason::Same), "{reasons:?}");
    assert_eq!(memory.0.lock().unwrap().len(), 1);
}
