//! Another offer, where the first is not taken and others are allowed.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use rdp_probe::diagnose::Cause;
use rdp_probe::{Budget, End, Goal, Opened, Plan, Prober, ProberBuilder, Protocols, Report, Request, Stage};
use rdp_probe_lab::Lab;
use rustls::ServerConfig;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use super::server::{Server, VERSIONS, builder};
use super::support::resettable::Resettable;
use super::support::wired::{Peers, Wired, beside};
use super::support::{CONFIRM, ms, outlet, read_request, target};

const NLA: Protocols = Protocols::HYBRID;
const TLS: Protocols = Protocols::SSL;
const NONE: Protocols = Protocols::RDP;

/// What one connection meets.
#[derive(Clone)]
enum Meets {
    /// A Negotiation Failure with this code.
    Refusal(u8),
    /// These bytes, and nothing behind them.
    Bytes(&'static [u8]),
    Fin,
    Reset,
    Silence,
    /// TLS.
    Tls(Arc<ServerConfig>),
}

const STANDARD: &[u8] = &[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 0, 0, 0, 0];
const ULTIMATUM: &[u8] = &[3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80];
const DISCONNECT: &[u8] = &[3, 0, 0, 11, 6, 0x80, 0, 0, 0x12, 0x34, 0];
const TLS_ALERT: &[u8] = &[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 1, 0, 0, 0, 21, 3, 3, 0, 2, 2, 40];

fn tls() -> Meets {
    Meets::Tls(Server::healthy().config(VERSIONS[1]))
}

/// What each connection offered, and when it was made.
type Seen = RefCell<Vec<u32>>;

/// Plays the connections one after the other, each answered after this time, and writes down what they offer.
async fn serve(mut peers: Peers, script: Vec<(u64, Meets)>, seen: &Seen) -> Vec<tokio::io::DuplexStream> {
    let mut kept = Vec::new();
    for (after, meets) in script {
        let Some(peer) = peers.recv().await else { break };
        let mut far = peer.stream;
        let request = read_request(&mut far).await.unwrap();
        let offered = request.last_chunk().copied().map(u32::from_le_bytes);
        seen.borrow_mut().push(offered.unwrap_or_default());
        sleep(ms(after)).await;
        match meets {
            Meets::Refusal(code) => {
                far.write_all(&[&STANDARD[..11], &[3, 0, 8, 0, code, 0, 0, 0]].concat()).await.unwrap();
                kept.push(far);
            }
            Meets::Bytes(bytes) => {
                far.write_all(bytes).await.unwrap();
                kept.push(far);
            }
            Meets::Fin => drop(far),
            Meets::Reset => peer.reset.now(),
            Meets::Silence => kept.push(far),
            Meets::Tls(config) => {
                far.write_all(&CONFIRM).await.unwrap();
                let mut open = TlsAcceptor::from(config).accept(far).await.unwrap();
                let _ = open.read_to_end(&mut Vec::new()).await;
            }
        }
    }
    kept
}

/// What became of an opening: the stream or the report, what was offered, and how long it took.
struct Outcome {
    opened: Option<Opened<Resettable>>,
    report: Report,
    offered: Vec<u32>,
    took: Duration,
}

async fn open(prober: &Prober, script: &[(u64, Meets)]) -> Outcome {
    let ((network, peers), seen) = (Wired::new(16_384), Seen::default());
    let target = target();
    let (opening, took) = beside(prober.open_over(&network, &target), serve(peers, script.to_vec(), &seen)).await;
    let offered = seen.take();
    assert_eq!(network.connects(), offered.len());
    let (opened, report) = match opening {
        Ok(opened) => (Some(opened), None),
        Err(failure) => (None, Some(failure.into_report())),
    };
    let report = report.or_else(|| opened.as_ref().map(|opened| opened.report.clone())).unwrap();
    Outcome { opened, report, offered, took }
}

/// A prober that offers NLA, and these behind it.
fn offering(others: &[Protocols]) -> ProberBuilder {
    others.iter().fold(builder().offer(NLA), |builder, offer| builder.other_offer(*offer))
}

fn attempts(report: &Report) -> Vec<Value> {
    let json = outlet::json(report);
    let row = |attempt: &Value| {
        json!([attempt["experiment"], attempt["offered_code"], attempt["stage"], attempt["end"]["kind"]])
    };
    json["attempts"].as_array().unwrap().iter().map(row).collect()
}

#[tokio::test(start_paused = true)]
async fn an_offer_that_is_not_taken_is_followed_by_the_next() {
    let prober = offering(&[TLS]).build().unwrap();
    let rows = [
        (Meets::Refusal(1), "refusal"),
        (Meets::Fin, "fin"),
        (Meets::Reset, "reset"),
        (Meets::Bytes(STANDARD), "complete"),
        (Meets::Bytes(DISCONNECT), "denied"),
    ];
    for (meets, kind) in rows {
        let outcome = open(&prober, &[(40, meets), (0, tls())]).await;
        let opened = outcome.opened.unwrap();
        assert_eq!((outcome.offered, opened.selected), (vec![2, 1], 1), "{kind}");
        assert!(opened.stream.is_tls() && opened.report.is_ok());
        let [earlier] = opened.report.earlier() else { panic!("one before: {:?}", opened.report.earlier()) };
        assert_eq!((earlier.plan.offer, earlier.stage, earlier.end.kind().as_str()), (NLA, Stage::Negotiate, kind));
        assert_eq!(opened.report.evidence().plan.offer, TLS);
        assert_eq!(
            attempts(&opened.report),
            [
                json!(["first", 2, "connect", "complete"]),
                json!(["first", 2, "negotiate", kind]),
                json!(["other-offer", 1, "connect", "complete"]),
            ]
        );
        // Times of the second go on where the first ended.
        assert_eq!(opened.report.evidence().negotiate.unwrap().started, ms(40));
        assert!(opened.report.to_string().contains("before      offered hybrid"), "{}", opened.report);
        outlet::transcript(&opened.report);
    }
}

#[tokio::test(start_paused = true)]
async fn all_offers_are_made_in_their_order_and_all_are_reported() {
    let prober = offering(&[TLS, NONE, NLA]).build().unwrap();
    let script = [Meets::Refusal(5), Meets::Fin, Meets::Bytes(STANDARD), Meets::Refusal(2)].map(|meets| (10, meets));
    let outcome = open(&prober, &script).await;
    assert!(outcome.opened.is_none());
    assert_eq!((outcome.offered, outcome.took), (vec![2, 1, 0, 2], ms(40)));
    assert_eq!(outcome.report.end(), End::Refusal(rdp_probe::FailureCode(2)), "the last one counts");
    let ends: Vec<_> = outcome.report.earlier().iter().map(|evidence| evidence.end.to_string()).collect();
    assert_eq!(ends, ["refusal 5 (HYBRID_REQUIRED_BY_SERVER)", "fin", "complete"]);
    let codes: Vec<_> = attempts(&outcome.report).iter().map(|row| row[1].clone()).collect();
    assert_eq!(codes, [2, 2, 1, 1, 0, 0, 2]);
}

#[tokio::test(start_paused = true)]
async fn the_first_success_ends_the_search() {
    let prober = offering(&[TLS, NONE]).build().unwrap();
    let outcome = open(&prober, &[(0, tls())]).await;
    assert_eq!((outcome.offered, outcome.report.earlier().len()), (vec![2], 0));
    let negotiator = offering(&[TLS]).goal(Goal::Negotiate).build().unwrap();
    let outcome = open(&negotiator, &[(0, Meets::Bytes(STANDARD))]).await;
    assert!(outcome.opened.is_some() && outcome.offered == [2], "here, standard security is no less than was wanted");
    let content = offering(&[TLS]).goal(Goal::Chosen).build().unwrap();
    let outcome = open(&content, &[(0, Meets::Bytes(STANDARD))]).await;
    assert!(outcome.opened.is_some_and(|opened| !opened.stream.is_tls()) && outcome.offered == [2], "nor here");
    let outcome = open(&content, &[(0, Meets::Refusal(1)), (0, tls())]).await;
    assert!(outcome.opened.is_some_and(|opened| opened.stream.is_tls()) && outcome.offered == [2, 1]);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_answer_to_the_offer_is_not_asked_again() {
    let prober = offering(&[TLS]).build().unwrap();
    let rows = [
        (Meets::Silence, "negotiate timeout"),
        (Meets::Bytes(ULTIMATUM), "negotiate denied"),
        (Meets::Bytes(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "negotiate malformed"),
        (Meets::Bytes(TLS_ALERT), "tls alert"),
        (Meets::Bytes(&CONFIRM), "tls timeout"),
    ];
    for (meets, ended) in rows {
        let outcome = open(&prober, &[(0, meets), (0, tls())]).await;
        let (stage, end) = (outcome.report.stage(), outcome.report.end());
        assert_eq!((format!("{stage} {}", end.kind().as_str()), outcome.offered), (ended.to_owned(), vec![2]));
        assert!(outcome.report.earlier().is_empty());
    }
    let (network, peers) = Wired::new(64);
    drop(peers);
    let failure = prober.open_over(&network, &target()).await.unwrap_err();
    assert_eq!((failure.stage(), network.connects()), (Stage::Connect, 1));
}

#[tokio::test(start_paused = true)]
async fn nothing_else_is_offered_unless_told_and_never_by_a_probe() {
    let outcome = open(&builder().offer(NLA).build().unwrap(), &[(0, Meets::Refusal(1)), (0, tls())]).await;
    assert_eq!((outcome.offered, outcome.report.earlier().len()), (vec![2], 0));

    let prober = offering(&[TLS]).build().unwrap();
    let ((network, peers), seen) = (Wired::new(4_096), Seen::default());
    let script = vec![(0, Meets::Refusal(1)), (0, tls())];
    let target = target();
    let (report, _) = beside(prober.probe_over(&network, &target), serve(peers, script, &seen)).await;
    assert_eq!((report.end().symbol(), seen.take()), (Some("SSL_REQUIRED_BY_SERVER"), vec![2]));

    let (near, mut far) = tokio::io::duplex(64);
    far.write_all(STANDARD).await.unwrap();
    let failure = prober.open_stream(&target, near).await.unwrap_err();
    assert_eq!((failure.end(), failure.report().earlier().len()), (End::Complete, 0), "there is one stream");
}

/// Without negotiation data nothing is offered, and another offer would be the same question.
#[tokio::test(start_paused = true)]
async fn a_request_without_an_offer_is_not_made_twice() {
    let prober = offering(&[TLS]).request(Request::default().without_negotiation()).build().unwrap();
    let outcome = open(&prober, &[(0, Meets::Fin), (0, Meets::Fin)]).await;
    assert_eq!(outcome.offered.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn all_offers_share_the_total_budget() {
    let budget = |total: u64| Budget { stage: ms(5_000), total: ms(total) };
    let prober = |total: u64| offering(&[TLS, NONE]).budget(budget(total)).build().unwrap();
    // The second has what the first has left.
    let outcome = open(&prober(6_000), &[(4_000, Meets::Refusal(1)), (0, Meets::Silence)]).await;
    assert_eq!((outcome.took, outcome.report.end(), outcome.offered.len()), (ms(6_000), End::Timeout, 2));
    assert_eq!(outcome.report.evidence().total(), ms(6_000));
    // With time enough, the limit of a stage is its own again.
    let outcome = open(&prober(15_000), &[(4_000, Meets::Refusal(1)), (0, Meets::Silence)]).await;
    assert_eq!((outcome.took, outcome.report.end(), outcome.offered.len()), (ms(9_000), End::Timeout, 2));
    // All answer late, and nobody is asked behind the end.
    let late = [Meets::Refusal(1), Meets::Refusal(1), tls()].map(|meets| (3_000, meets));
    let outcome = open(&prober(6_000), &late).await;
    assert_eq!((outcome.took, outcome.offered.len()), (ms(6_000), 2));
    assert_eq!((outcome.report.end(), outcome.report.earlier().len()), (End::Timeout, 1));
}

/// A changed plan counts where it is opened; the other offers are the prober's.
#[tokio::test(start_paused = true)]
async fn a_plan_is_opened_as_it_is() {
    let prober = offering(&[TLS]).build().unwrap();
    let ((network, peers), seen) = (Wired::new(16_384), Seen::default());
    let script = vec![(0, Meets::Refusal(1)), (0, tls())];
    let mut plan: Plan = prober.plan(&target());
    plan.offer = Protocols::HYBRID_EX;
    let opening = async { prober.open_plan_over(&network, plan).await.unwrap() };
    let (opened, _) = beside(opening, serve(peers, script, &seen)).await;
    assert_eq!((seen.take(), opened.selected), (vec![8, 1], 1));
}

#[tokio::test]
async fn over_real_sockets_by_the_lab() {
    let lab = Lab::start("healthy").await.unwrap();
    let opened = offering(&[TLS]).build().unwrap().open(&lab.target()).await.unwrap();
    assert_eq!((opened.selected, opened.report.earlier().len()), (1, 1), "the lab's server knows TLS alone");
    let first = outlet::json(&opened.report)["attempts"][1].clone();
    assert_eq!((&first["end"]["symbol"], &first["stage"]), (&json!("SSL_REQUIRED_BY_SERVER"), &json!("negotiate")));

    let lab = Lab::start("tls-not-allowed").await.unwrap();
    let prober = offering(&[TLS, NONE]).build().unwrap();
    let failure = prober.open(&lab.target()).await.unwrap_err();
    assert_eq!((failure.end(), failure.report().earlier().len()), (End::Complete, 2));
    assert_eq!(failure.report().causes()[0].cause, Cause::TlsNotOffered);
}
