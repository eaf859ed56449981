//! Scenarios that take more than one address, or more than one connection.

use super::*;

#[test]
fn both_addresses_stand_in_the_report_and_the_one_that_listens_is_used() {
    let Visit { json, report, .. } = visit_to("two-addresses");
    let attempts = json["attempts"].as_array().unwrap();
    let kinds: Vec<_> = attempts.iter().map(|attempt| attempt["end"]["kind"].clone()).collect();
    assert_eq!(kinds, [json!("os"), json!("complete")], "{report}");
    assert_eq!(attempts[0]["end"]["symbol"], "connection-refused", "{report}");
    let evidence = report.evidence();
    let addresses: Vec<_> = evidence.dial.attempts.iter().map(|attempt| attempt.address).collect();
    assert_ne!(addresses[0].ip(), addresses[1].ip());
    assert_eq!(addresses[0].port(), addresses[1].port());
    let text = report.to_string();
    assert!(addresses.iter().all(|address| text.contains(&address.to_string())), "{text}");
    assert_eq!((report.is_ok(), report.causes()[0].cause), (true, Cause::NoFaultFound));
}

#[tokio::test]
async fn a_lab_has_one_address_unless_it_is_for_two() {
    for name in ["healthy", "not-listening"] {
        let lab = Lab::start(name).await.unwrap();
        assert_eq!((lab.addresses(), lab.target()), (vec![lab.address()], lab.address().into()), "{name}");
    }
    let two = Lab::start("two-addresses").await.unwrap();
    assert_eq!((two.addresses().len(), two.addresses()[1]), (2, two.address()));
    assert_eq!(two.target().to_string(), format!("localhost:{}", two.address().port()));
}

#[tokio::test]
async fn every_third_connection_to_the_farm_fails() {
    let prober = Prober::builder().build().unwrap();
    for _ in 0..2 {
        // The count is that of the lab: a second one begins anew.
        let lab = Lab::start("farm-member-failing").await.unwrap();
        let mut causes = Vec::new();
        for _ in 0..7 {
            causes.push(prober.probe(&lab.target()).await.causes()[0].cause);
        }
        let (well, ill) = (Cause::NoFaultFound, Cause::TlsNotStarted);
        assert_eq!(causes, [well, well, ill, well, well, ill, well]);
    }
}

#[tokio::test]
async fn a_server_takes_other_offers_as_its_kind_does() {
    let hybrid = Protocols::SSL.union(Protocols::HYBRID);
    let taken = [
        ("tls-required", hybrid, Some("ssl")),
        ("tls-required", Protocols::RDP, None),
        ("inconsistent-flags", hybrid, Some("hybrid")),
        ("inconsistent-flags", Protocols::SSL, Some("ssl")),
        ("nla-required", hybrid, Some("hybrid")),
        ("entra-required", Protocols::RDSAAD.union(Protocols::SSL), Some("rdsaad")),
        ("tls-not-allowed", Protocols::RDP, Some("rdp")),
        ("no-certificate", Protocols::SSL, None),
        ("client-certificate-required", Protocols::SSL, None),
    ];
    for (name, offer, selected) in taken {
        let lab = Lab::start(name).await.unwrap();
        let report = Prober::builder().offer(offer).build().unwrap().probe(&lab.target()).await;
        assert_eq!(json_of(&report)["negotiation"]["selected"].as_str(), selected, "{name}, {offer}:\n{report}");
    }
}
