//! What servers answer to each form, through the driver.

use rdp_probe::diagnose::Cause;
use rdp_probe::{End, FailureCode, Goal, Prober, Protocols, Report, Request, Stage};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

use super::support::{CONFIRM, NOW, meet, ms, outlet};
use super::{hex, sent, written_out};

/// What a server makes of a request: its answer, and where that ends a negotiation.
fn answers() -> Vec<(Vec<u8>, End)> {
    let refusal = [&CONFIRM[..11], &[3, 0, 8, 0, 1, 0, 0, 0]].concat();
    vec![
        (CONFIRM.to_vec(), End::Complete),
        (vec![3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0], End::Complete),
        (refusal, End::Refusal(FailureCode(1))),
        (Vec::new(), End::Fin),
    ]
}

/// Probes a server that reads so many bytes and gives this answer.
async fn probe(request: &Request, offer: Protocols, room: usize, expected: &[u8], answer: &[u8]) -> Report {
    let prober = Prober::builder().goal(Goal::Negotiate).offer(offer).request(request.clone()).fixed_clock(NOW);
    let serve = async |mut far: DuplexStream| {
        let mut read = vec![0; expected.len()];
        far.read_exact(&mut read).await?;
        assert_eq!(read, expected);
        far.write_all(answer).await?;
        far.shutdown().await
    };
    meet(&prober.build().unwrap(), room, serve).await.0
}

#[tokio::test(start_paused = true)]
async fn servers_answer_every_form() {
    for (request, offer, bytes) in written_out() {
        for (answer, end) in answers() {
            let report = probe(&request, offer, 4_096, &bytes, &answer).await;
            assert_eq!((report.stage(), report.end()), (Stage::Negotiate, end), "{request:?}");
            let evidence = report.evidence();
            assert_eq!(evidence.negotiate.map(|leg| leg.sent), Some(bytes.len() as u64));
            assert_eq!(evidence.plan.request, request);
            let text = outlet::transcript(&report);
            let wire: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(text.contains(&format!("> +0us {}\n", wire.join(" "))), "{text}");

            let json = outlet::json(&report);
            let offered: Vec<_> = evidence.plan.offered().names().collect();
            assert_eq!(json["negotiation"]["offered"], json!(offered));
            let said = &json["request"];
            assert_eq!(said["negotiates"], json!(request.negotiates()));
            assert_eq!(
                (&said["cookie"], &said["routing_token"]),
                (&json!(request.cookie()), &json!(request.routing_token()))
            );
            assert_eq!(said["preconnection_id"], json!(request.preconnection_id()));
            assert_eq!(said["preconnection_blob"], json!(request.preconnection_blob()));
            assert_eq!(said["restricted_admin"], json!(request.restricted_admin()));
            assert_eq!(said["correlation_id"].is_null(), request.correlation_id().is_none());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_negotiation_data_nothing_is_offered() {
    let bare = Request::default().without_negotiation();
    let report = probe(&bare, Protocols::SSL, 64, &hex("03 00 00 0b 06 e0 00 00 00 00 00"), &CONFIRM).await;
    assert_eq!(outlet::json(&report)["negotiation"]["offered"], json!(["rdp"]));
    assert_eq!(report.causes()[0].cause, Cause::SelectedNotOffered, "TLS was not asked for");
}

/// A long request that a peer takes in small pieces, or not to its end.
#[tokio::test(start_paused = true)]
async fn a_request_that_is_taken_slowly() {
    let request = Request::default().with_preconnection_blob(&"v".repeat(4_000)).unwrap();
    let request = request.with_cookie(&"c".repeat(221)).unwrap();
    let bytes = sent(request.clone(), Protocols::SSL);
    assert_eq!(bytes.len(), 18 + 2 * 4_001 + 259);
    let report = probe(&request, Protocols::SSL, 7, &bytes, &CONFIRM).await;
    assert_eq!(report.end(), End::Complete);

    let prober = Prober::builder().request(request).fixed_clock(NOW).build().unwrap();
    let (report, took) = meet(&prober, 1_000, async |far| Ok(far)).await;
    assert_eq!((report.end(), took), (End::Timeout, ms(5_000)));
    assert_eq!(report.evidence().negotiate.map(|leg| leg.sent), Some(1_000));
    outlet::transcript(&report);
}
