//! What a proxy said: kept, shown, recognised, and without the credentials that it may repeat.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use rdp_probe::diagnose::{Cause, Confidence, Fact};
use rdp_probe::{
    Attempt, End, Exchange, Fault, Foreign, Network, OsError, OsErrorKind, Protocols, ProxyRefusal, Report, Stage,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

use super::support::wired::{Wired, beside};
use super::support::{CONFIRM, ms, outlet, read_request, target};
use super::{ADDRESS, ROOM, assert_ended, builder, confidence, exchange, hex, moved, proxied, proxy, through};

const SOCKS: &str = "socks5://proxy.example";
const HTTP: &str = "http://proxy.example:3128";

/// A peer that says this, and is silent from then on or closes.
async fn says(url: &str, said: &[u8], closes: bool) -> Report {
    let (report, _) = through(proxy(url), "ts01", ROOM, async |mut peer| {
        peer.stream.write_all(said).await?;
        Ok((!closes).then_some(peer))
    })
    .await;
    report
}

#[tokio::test(start_paused = true)]
async fn another_protocol_is_named_by_its_first_bytes() {
    let rows: [(&str, &[u8], Foreign, &str); 5] = [
        (SOCKS, b"SSH-2.0-OpenSSH_9.2p1\r\n", Foreign::Ssh, "\"SSH-2.0-OpenSSH_9.2p1\""),
        (HTTP, b"SSH-2.0-OpenSSH_9.2p1\r\n", Foreign::Ssh, "\"SSH-2.0-OpenSSH_9.2p1\""),
        (SOCKS, b"HTTP/1.1 400 Bad Request\r\n\r\n", Foreign::Http, "\"HTTP/1.1 400 Bad Request\""),
        (HTTP, b"\x05\xFF", Foreign::Socks, "05ff \"..\""),
        (HTTP, b"\x15\x03\x01\0\x02\x02\x46", Foreign::TlsAlert, "15030100020246 \"......F\""),
    ];
    for (url, said, foreign, words) in rows {
        for closes in [false, true] {
            let report = says(url, said, closes).await;
            assert_ended(&report, End::Malformed(Fault::NotProxy), Cause::NotAProxy);
            assert_eq!((report.evidence().foreign(), &*exchange(&report).received), (Some(foreign), said));
            let json = outlet::json(&report);
            let name = json!(foreign.as_str());
            assert_eq!((&json["end"]["detail"], &json["proxy"]["end"]["detail"]), (&name, &name));
            assert_eq!(json["address"], json!(null));
            let (text, page) = (report.to_string(), report.to_markdown());
            let line = format!("the proxy's first bytes: {words}");
            assert!(text.contains(&line) && page.contains(&line), "{text}{page}");
            assert!(text.contains("answered by") && page.contains("answered by"), "{text}{page}");
        }
    }
}

/// Bytes of a proxy of the right kind are no other protocol's.
#[tokio::test(start_paused = true)]
async fn a_proxy_that_speaks_its_protocol_is_not_another() {
    for (url, said) in [
        (SOCKS, &[5_u8, 0xFF][..]),
        (HTTP, b"HTTP/1.1 403 No\r\n\r\n"),
        (SOCKS, &[5, 0, 5, 0, 0, 0]),
        (HTTP, b"HTTP/1.1 x\r\n\r\n"),
    ] {
        let report = says(url, said, false).await;
        assert_eq!((report.evidence().foreign(), &outlet::json(&report)["end"]["detail"]), (None, &json!(null)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_head_of_a_refusal_is_shown() {
    let head = b"HTTP/1.1 407 Who?\r\nVia: 1.1 quux\r\nProxy-Authenticate: NTLM\r\n\r\n<html>";
    let report = says(HTTP, head, false).await;
    assert_ended(&report, End::ProxyRefusal(ProxyRefusal::Http(407)), Cause::ProxyAuthentication);
    assert_eq!(*exchange(&report).received, head[..head.len() - 6], "nothing behind the head is read");
    let words = "\"HTTP/1.1 407 Who? / Via: 1.1 quux / Proxy-Authenticate: NTLM\"";
    let found = report.causes()[0].in_words(&rdp_probe::diagnose::Case::of(report.evidence()));
    assert!(found.iter().any(|line| line.ends_with(words)), "{found:?}");
    assert!(report.to_markdown().contains(words));
}

/// As many bytes as are kept, of a head and of what is no head.
#[tokio::test(start_paused = true)]
async fn no_more_than_the_first_bytes_are_kept() {
    let head = format!("HTTP/1.1 302 Found\r\nX: {}\r\n\r\n", "y".repeat(2_000));
    let report = says(HTTP, head.as_bytes(), false).await;
    assert_eq!(moved(&report).1, head.len() as u64);
    assert_eq!(*exchange(&report).received, head.as_bytes()[..Exchange::MOST]);

    let report = says(SOCKS, &[b'y'; 2_000], false).await;
    assert_ended(&report, End::Malformed(Fault::NotProxy), Cause::NotAProxy);
    assert_eq!((moved(&report).1, exchange(&report).received.len()), (512, Exchange::MOST));
}

/// What a proxy refuses with stands, whatever becomes of the rest of its answer.
#[tokio::test(start_paused = true)]
async fn a_refusal_whose_head_breaks_off_is_that_refusal() {
    let head = b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic\r\n\r\n";
    let line = head.iter().position(|byte| *byte == b'\n').unwrap();
    for cut in 1..head.len() {
        for (how, end, cause, lasts) in [
            ("silence", End::Timeout, Cause::ProxySilent, 5_000),
            ("fin", End::Fin, Cause::ProxyClosed, 0),
            ("reset", End::Reset, Cause::ProxyClosed, 0),
        ] {
            let (report, took) = through(proxy(HTTP), "ts01", ROOM, async |mut peer| {
                peer.stream.write_all(&head[..cut]).await?;
                if how == "reset" {
                    peer.reset.now();
                }
                Ok((how == "silence").then_some(peer))
            })
            .await;
            let refused = (End::ProxyRefusal(ProxyRefusal::Http(407)), Cause::ProxyAuthentication);
            let (end, cause) = if cut > line { refused } else { (end, cause) };
            assert_ended(&report, end, cause);
            assert_eq!((moved(&report).1, took), (cut as u64, ms(lasts)), "{how} {cut}");
        }
    }
    // A success that breaks off is none, and an interim answer is no refusal.
    for head in ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\n", "HTTP/1.1 100 Continue\r\n\r\n"] {
        assert_ended(&says(HTTP, head.as_bytes(), true).await, End::Fin, Cause::ProxyClosed);
    }
}

const SECRETS: [&str; 4] = ["al1ce", "s3cret", "YWwxY2U6czNjcmV0", "YWwx"];

/// Services that repeat what they hear: no credential stands in anything that leaves the report.
#[tokio::test(start_paused = true)]
async fn credentials_that_come_back_are_not_kept() {
    let url = |kind: &str| format!("{kind}://al1ce:s3cret@proxy.example:3128");
    let echo = async |mut far: DuplexStream, before: &[u8]| -> io::Result<DuplexStream> {
        far.write_all(before).await?;
        let mut heard = [0; 256];
        loop {
            let count = far.read(&mut heard).await?;
            far.write_all(&heard[..count]).await?;
            if count == 0 {
                return Ok(far);
            }
        }
    };
    // Cut off in the middle of each, too.
    let mut befores: Vec<Vec<u8>> = (330..=430).map(|length| vec![b'-'; length]).collect();
    befores.extend([Vec::new(), b"HTTP/1.1 400 Bad\r\n".to_vec(), b"al1ce s3cret\r\n".to_vec()]);
    for before in befores {
        for kind in ["http", "socks5"] {
            let (report, _) =
                through(proxy(&url(kind)), "ts01", ROOM, async |peer| echo(peer.stream, &before).await).await;
            let (stored, json) = (&exchange(&report).received, outlet::json(&report).to_string());
            let readable = String::from_utf8_lossy(stored).into_owned();
            let printed = format!("{report} {} {json} {:?}", report.to_markdown(), report.evidence());
            for secret in SECRETS {
                let hex = hex(secret.as_bytes());
                for text in [&readable, &printed] {
                    assert!(!text.contains(secret) && !text.contains(&hex), "{kind} tells {secret}: {text}");
                }
            }
            assert_eq!(stored.len() as u64, moved(&report).1.min(512), "as long as before");
        }
    }
}

/// A network whose lookup works, and whose connections fail so.
struct Failing(OsErrorKind);

impl Network for Failing {
    type Stream = DuplexStream;

    async fn resolve(&self, _host: &str, _port: u16) -> Result<Vec<SocketAddr>, OsError> {
        Ok(vec![ADDRESS])
    }

    async fn connect(&self, _address: SocketAddr) -> io::Result<DuplexStream> {
        Err(match self.0 {
            OsErrorKind::PermissionDenied => ErrorKind::PermissionDenied.into(),
            OsErrorKind::AddressNotAvailable => ErrorKind::AddrNotAvailable.into(),
            OsErrorKind::OutOfResources => ErrorKind::OutOfMemory.into(),
            OsErrorKind::ConnectionRefused => ErrorKind::ConnectionRefused.into(),
            OsErrorKind::HostUnreachable => ErrorKind::HostUnreachable.into(),
            OsErrorKind::TimedOut => ErrorKind::TimedOut.into(),
            _ => io::Error::other("odd"),
        })
    }
}

#[tokio::test(start_paused = true)]
async fn faults_of_this_machine_are_not_the_proxy_s() {
    let rows = [
        (OsErrorKind::PermissionDenied, Cause::ConnectFailedLocally, Some(Fact::ProxyFailedLocally)),
        (OsErrorKind::AddressNotAvailable, Cause::ConnectFailedLocally, Some(Fact::ProxyFailedLocally)),
        (OsErrorKind::OutOfResources, Cause::ConnectFailedLocally, Some(Fact::ProxyFailedLocally)),
        (OsErrorKind::Other, Cause::ConnectFailedLocally, Some(Fact::ProxyFailedLocally)),
        (OsErrorKind::ConnectionRefused, Cause::ProxyUnreachable, Some(Fact::Refused)),
        (OsErrorKind::HostUnreachable, Cause::ProxyUnreachable, None),
        (OsErrorKind::TimedOut, Cause::ProxyUnreachable, None),
    ];
    for (kind, cause, fact) in rows {
        let report = builder(proxy(HTTP)).build().unwrap().probe_over(&Failing(kind), &target()).await;
        assert_ended(&report, report.end(), cause);
        assert_eq!((report.end().symbol(), confidence(&report)), (Some(kind.as_str()), Confidence::Certain));
        let because: Vec<_> = [Fact::AtProxy].into_iter().chain(fact).collect();
        assert_eq!((report.causes().len(), &report.causes()[0].because), (1, &because));
        outlet::transcript(&report);
        outlet::json(&report);
    }
}

/// A name that is not found and one that nobody looks up are told apart, and both from an address that refuses.
#[tokio::test(start_paused = true)]
async fn a_lookup_that_fails_says_so() {
    for (kind, told) in [(OsErrorKind::NameNotFound, true), (OsErrorKind::NameServerFailed, false)] {
        let (network, _peers) = Wired::new(ROOM);
        let network = network.naming(Err(kind.into()));
        let report = builder(proxy(HTTP)).build().unwrap().probe_over(&network, &target()).await;
        assert_ended(&report, report.end(), Cause::ProxyUnreachable);
        let because = &report.causes()[0].because;
        assert_eq!((because.contains(&Fact::ProxyUnresolved), because.contains(&Fact::NoSuchName)), (true, told));
        assert!(report.to_string().contains("the proxy's name led to no address"));
    }
}

#[tokio::test(start_paused = true)]
async fn each_step_of_the_way_has_its_time() {
    let timed = async |url: &str, said: &'static [u8]| {
        let (network, mut peers) = Wired::new(ROOM);
        let network = network.slow(ms(30), ms(20));
        let (prober, target) = (builder(proxy(url)).build().unwrap(), target());
        let play = async {
            let mut peer = peers.recv().await.unwrap();
            tokio::time::sleep(ms(7)).await;
            peer.stream.write_all(said).await.unwrap();
            (peer, peers)
        };
        let (report, _) = beside(prober.probe_over(&network, &target), play).await;
        outlet::json(&report)["proxy"]["timings_us"].clone()
    };
    assert_eq!(timed(SOCKS, &[5, 0xFF]).await, json!({"resolve": 30_000, "connect": 20_000, "exchange": 7_000}));
    let address = "socks5://10.0.0.7:1080";
    assert_eq!(timed(address, &[5, 0xFF]).await, json!({"resolve": null, "connect": 20_000, "exchange": 7_000}));

    let report = builder(proxy(HTTP)).build().unwrap().probe_over(&Failing(OsErrorKind::TimedOut), &target()).await;
    let json = outlet::json(&report);
    assert_eq!(json["proxy"]["timings_us"], json!({"resolve": 0, "connect": 0, "exchange": null}));
    assert_eq!(json["proxy"]["raw"], json!(null));
}

/// An earlier connection that ended at the target: whose address that end belongs to, the proxy alone knows.
#[tokio::test(start_paused = true)]
async fn an_end_of_the_target_s_does_not_stand_beside_the_proxy_s_address() {
    let (network, mut peers) = Wired::new(ROOM);
    let prober = builder(proxy(SOCKS)).offer(Protocols::HYBRID).other_offer(Protocols::SSL).build().unwrap();
    let target = "ts01".parse().unwrap();
    let play = async {
        let granted = [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        let mut kept = Vec::new();
        for refuses in [true, false] {
            let mut far = peers.recv().await.unwrap().stream;
            far.write_all(&granted).await.unwrap();
            far.read_exact(&mut [0; 3 + 11]).await.unwrap();
            read_request(&mut far).await.unwrap();
            let refusal = [&CONFIRM[..11], &[3, 0, 8, 0, 1, 0, 0, 0]].concat();
            far.write_all(if refuses { &refusal } else { &CONFIRM }).await.unwrap();
            kept.push(far);
        }
        kept
    };
    let (opening, _) = beside(prober.open_over(&network, &target), play).await;
    let report = opening.unwrap().report;
    let json = outlet::json(&report);
    let row = |attempt: &Value| json!([attempt["stage"], attempt["address"], attempt["end"]["kind"]]);
    let address = ADDRESS.to_string();
    assert_eq!(
        json["attempts"].as_array().unwrap().iter().map(row).collect::<Vec<_>>(),
        [
            json!(["proxy", address, "complete"]),
            json!(["negotiate", null, "refusal"]),
            json!(["proxy", address, "complete"]),
        ]
    );
    let [Attempt { address, .. }] = proxied(&report).dial.attempts[..] else { panic!("one address") };
    assert_eq!((address, report.stage(), report.earlier().len()), (ADDRESS, Stage::Negotiate, 1));
}
