//! Servers that send without end: a probe ends by itself, keeps little, and shares one thread with the flood.

use super::*;

/// Bytes of an answer, and of a handshake, that are kept at most.
const MAX_RECEIVED: usize = 512 + 32;
const MAX_FLIGHT: usize = 64 * 1024;

const FLOODS: [&str; 3] = ["flood-on-accept", "flood-after-request", "flood-after-hello"];

#[test]
fn little_is_kept_of_a_flood() {
    for name in FLOODS {
        let evidence = visit_to(name).report.evidence();
        let kept = evidence.handshake.as_ref().map_or(0, |handshake| handshake.flight.len());
        assert!(evidence.received.len() <= MAX_RECEIVED && evidence.arrivals.len() <= MAX_RECEIVED, "{name}");
        assert!(kept <= MAX_FLIGHT && evidence.heard() < 2 * MAX_FLIGHT as u64, "{name}: {kept}");
    }
    assert_eq!(visit_to("flood-after-hello").report.evidence().handshake.as_ref().unwrap().flight.len(), MAX_FLIGHT);
}

/// The flood and the probe have one thread between them, and no time is measured: had either starved the other, or the probe
/// waited for an end of the flood, it would have run out of its budget.
#[tokio::test(flavor = "current_thread")]
async fn a_flood_leaves_time_for_others_and_a_probe_ends_before_its_budget() {
    let budget = Budget { stage: Duration::from_mins(1), total: Duration::from_mins(2) };
    let prober = Prober::builder().budget(budget).build().unwrap();
    for name in FLOODS {
        let lab = Lab::start(name).await.unwrap();
        let report = prober.probe(&lab.target()).await;
        assert_eq!(report.end().kind(), EndKind::Malformed, "{report}");
    }
}
