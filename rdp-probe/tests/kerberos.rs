//! The talk with a key distribution centre, whatever that does: over real sockets. Behind it stands a server that asks for Network
//! Level Authentication, and is told nothing where there is no ticket.

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rdp_probe::{
    Budget, Credentials, End, Evidence, Fault, Goal, NlaResult, OsErrorKind, Package, Prober, ProberBuilder, Resolver,
    Resolving, SecurityErrorKind, Stage, System, Target,
};
use rdp_probe_lab::Lab;
use support::{ms, outlet};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const PREAUTH_REQUIRED: u8 = 25;
const CLOCK_SKEW: u8 = 37;

/// What a key distribution centre answers to one request.
#[derive(Debug, Clone)]
enum Act {
    /// These bytes, and closes.
    Say(Vec<u8>),
    /// Nothing, and keeps the connection.
    Hang,
}

/// A KRB-ERROR with this code, behind its length.
fn refuses(code: u8) -> Act {
    Act::Say(behind_its_length(&krb_error(code)))
}

/// A key distribution centre that plays a script, one act a connection; the last one again and again.
struct Kdc {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Kdc {
    async fn start(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let counter = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let number = counter.fetch_add(1, Ordering::SeqCst).min(script.len() - 1);
                read_message(&mut stream).await;
                match &script[number] {
                    Act::Say(bytes) => stream.write_all(bytes).await.unwrap(),
                    Act::Hang => kept.push(stream),
                }
            }
        });
        Self { address, asked }
    }

    fn target(&self) -> Target {
        self.address.to_string().parse().unwrap()
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn read_message(stream: &mut TcpStream) {
    let length = stream.read_u32().await.unwrap();
    let mut message = vec![0; length as usize];
    stream.read_exact(&mut message).await.unwrap();
    // AS-REQ: the first thing that is asked for is a ticket for tickets.
    assert_eq!(message[0], 0x6A);
}

fn behind_its_length(message: &[u8]) -> Vec<u8> {
    [&u32::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

fn der(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag, 0x81, u8::try_from(content.len()).unwrap()];
    if content.len() < 0x80 {
        out.remove(1);
    }
    out.extend(content);
    out
}

fn integer(number: u8) -> Vec<u8> {
    der(2, &[vec![number]])
}

fn text(tag: u8, text: &str) -> Vec<u8> {
    der(tag, &[text.into()])
}

/// RFC 4120 5.9.1, with what has to be there.
fn krb_error(code: u8) -> Vec<u8> {
    const GENERAL_STRING: u8 = 0x1B;
    let names = der(0x30, &[text(GENERAL_STRING, "krbtgt"), text(GENERAL_STRING, "LAB.TEST")]);
    let service = der(0x30, &[der(0xA0, &[integer(2)]), der(0xA1, &[names])]);
    let fields = [
        der(0xA0, &[integer(5)]),
        der(0xA1, &[integer(30)]),
        der(0xA4, &[text(0x18, "20270115080000Z")]),
        der(0xA5, &[integer(0)]),
        der(0xA6, &[integer(code)]),
        der(0xA9, &[text(GENERAL_STRING, "LAB.TEST")]),
        der(0xAA, &[service]),
    ];
    der(0x7E, &[der(0x30, &fields)])
}

fn builder() -> ProberBuilder {
    Prober::builder().goal(Goal::Verify).package(Package::Kerberos).dangerous_any_certificate()
}

fn alice() -> Credentials {
    Credentials::with_password("alice", Some("LAB.TEST"), "Secret-1".to_owned()).unwrap()
}

/// Tries them at a server that asks for NLA. Whatever the report shows fits its schema and replays.
async fn tried(builder: ProberBuilder, credentials: &Credentials) -> Evidence {
    let lab = Lab::start("nla-required").await.unwrap();
    let report = builder.build().unwrap().probe_as(&lab.target(), credentials).await;
    outlet::json(&report);
    outlet::transcript(&report);
    assert_eq!(report.evidence().nla.map(|leg| (leg.sent, leg.received)), Some((0, 0)), "the server is told nothing");
    report.evidence().clone()
}

/// The same, with a key distribution centre that plays this script.
async fn tried_with(script: Vec<Act>) -> (Evidence, usize) {
    let kdc = Kdc::start(script).await;
    let evidence = tried(builder().service("ts01.lab.test").kdc(kdc.target()), &alice()).await;
    (evidence, kdc.asked())
}

fn at(evidence: &Evidence) -> (Stage, End) {
    (evidence.stage, evidence.end)
}

#[tokio::test]
async fn a_refusal_ends_it_and_says_of_the_credentials_what_its_code_says() {
    for (code, result) in [
        (6, NlaResult::RejectedByKdc(6)),
        (7, NlaResult::Unknown),
        (12, NlaResult::RejectedByKdc(12)),
        (18, NlaResult::RejectedByKdc(18)),
        (23, NlaResult::RejectedByKdc(23)),
        (24, NlaResult::RejectedByKdc(24)),
        (68, NlaResult::Unknown),
    ] {
        let (evidence, asked) = tried_with(vec![refuses(code)]).await;
        assert_eq!(at(&evidence), (Stage::Kerberos, End::KdcRefusal(code.into())));
        assert_eq!((evidence.nla_result(), asked), (Some(result), 1), "code {code}");
    }
}

#[tokio::test]
async fn what_passed_is_timed_and_counted_as_a_stage_of_its_own() {
    let (evidence, asked) = tried_with(vec![refuses(PREAUTH_REQUIRED), refuses(24)]).await;
    assert_eq!((at(&evidence), asked), ((Stage::Kerberos, End::KdcRefusal(24)), 2));
    let leg = evidence.kerberos.unwrap();
    assert_eq!(leg.received, 2 * behind_its_length(&krb_error(24)).len() as u64);
    assert!(leg.sent > 200 && !leg.elapsed.is_zero() && leg.started > evidence.nla.unwrap().started, "{leg:?}");
}

#[tokio::test]
async fn to_be_asked_for_a_proof_is_no_refusal() {
    // An AS-REP with nothing in it.
    let empty = behind_its_length(&[0x6B, 0]);
    let (evidence, asked) = tried_with(vec![refuses(PREAUTH_REQUIRED), Act::Say(empty)]).await;
    assert!(matches!(at(&evidence), (Stage::Nla, End::Security(_))), "{:?}", at(&evidence));
    assert_eq!((evidence.nla_result(), asked), (Some(NlaResult::Unknown), 2));
}

#[tokio::test]
async fn a_clock_that_differs_is_named_where_it_is_in_the_way() {
    let (evidence, _) = tried_with(vec![refuses(PREAUTH_REQUIRED), refuses(CLOCK_SKEW)]).await;
    assert_eq!(at(&evidence), (Stage::Kerberos, End::KdcRefusal(CLOCK_SKEW.into())));
    assert_eq!(evidence.nla_result(), Some(NlaResult::Unknown));
}

#[tokio::test]
async fn a_wrong_password_is_proven_once() {
    let (_, asked) = tried_with(vec![refuses(PREAUTH_REQUIRED), refuses(24), refuses(6)]).await;
    assert_eq!(asked, 2);
}

#[tokio::test]
async fn what_is_no_kerberos_and_what_is_cut_off() {
    let malformed = End::Malformed(Fault::Kerberos);
    for (said, end, received) in [
        (Vec::new(), End::Fin, 0),
        (vec![0, 0, 1], End::Fin, 3),
        (behind_its_length(&krb_error(6))[..40].to_vec(), End::Fin, 40),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), malformed, 4),
        (behind_its_length(&[]), malformed, 4),
        (behind_its_length(&[0x30, 0]), malformed, 6),
    ] {
        let (evidence, asked) = tried_with(vec![Act::Say(said.clone())]).await;
        assert_eq!((at(&evidence), asked), ((Stage::Kerberos, end), 1), "{said:?}");
        assert_eq!(evidence.kerberos.map(|leg| leg.received), Some(received), "{said:?}");
    }
}

#[tokio::test]
async fn a_kdc_that_says_nothing_costs_no_more_than_the_budget() {
    let kdc = Kdc::start(vec![Act::Hang]).await;
    let budget = Budget { stage: ms(400), total: ms(5_000) };
    let evidence = tried(builder().service("ts01").kdc(kdc.target()).budget(budget), &alice()).await;
    assert_eq!(at(&evidence), (Stage::Kerberos, End::Timeout));
    assert_eq!((evidence.nla_result(), kdc.asked()), (Some(NlaResult::Unknown), 1));
    assert!(evidence.kerberos.is_some_and(|leg| leg.sent > 0 && leg.received == 0));
}

/// Leads every name to these addresses.
struct Leads(Vec<SocketAddr>);

impl Resolver for Leads {
    fn resolve<'a>(&'a self, _host: &'a str, _port: u16) -> Resolving<'a> {
        Box::pin(async move { Ok(self.0.clone()) })
    }
}

#[tokio::test]
async fn the_realm_leads_to_its_kdcs_and_one_that_is_down_to_the_next() {
    let (nobody, kdc) = (Lab::start("not-listening").await.unwrap(), Kdc::start(vec![refuses(6)]).await);
    let down = nobody.address();
    let realm = |addresses| builder().service("ts01").network(System::new().with_resolver(Leads(addresses)));
    let evidence = tried(realm(vec![down, kdc.address]), &alice()).await;
    assert_eq!((at(&evidence), kdc.asked()), ((Stage::Kerberos, End::KdcRefusal(6)), 1));

    let evidence = tried(realm(vec![down, down]), &alice()).await;
    assert!(matches!(evidence.end, End::Os(error) if error.kind == OsErrorKind::ConnectionRefused), "{}", evidence.end);
    assert_eq!(evidence.kerberos.map(|leg| (leg.sent, leg.received)), Some((0, 0)));
}

#[tokio::test]
async fn without_what_kerberos_takes_nobody_is_asked() {
    let kdc = Kdc::start(vec![refuses(6)]).await;
    let by_address = tried(builder().kdc(kdc.target()), &alice()).await;
    let hash = Credentials::with_nt_hash("alice", Some("LAB.TEST"), [7; 16]).unwrap();
    let with_hash = tried(builder().service("ts01").kdc(kdc.target()), &hash).await;
    let nowhere_to_ask = Credentials::with_password("alice", None, "Secret-1".to_owned()).unwrap();
    let nowhere_to_ask = tried(builder().service("ts01"), &nowhere_to_ask).await;
    for (evidence, kind) in [
        (by_address, SecurityErrorKind::NoServiceName),
        (with_hash, SecurityErrorKind::NoCredentials),
        (nowhere_to_ask, SecurityErrorKind::NoCredentials),
    ] {
        assert_eq!(evidence.stage, Stage::Nla);
        assert!(matches!(evidence.end, End::Security(error) if error.kind == kind), "{}", evidence.end);
        assert_eq!((evidence.kerberos, evidence.nla_result()), (None, Some(NlaResult::Unknown)));
    }
    assert_eq!(kdc.asked(), 0);
}
