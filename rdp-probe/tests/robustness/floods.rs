//! Floods before and during the handshake: what a probe takes of them is bounded, in memory and in bytes read, at every stage.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rdp_probe::{End, Fault, Goal, Prober, ProberBuilder, ProxyRefusal, Report, Stage};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};

use super::memory::{counted, runtime, uncounted};
use super::shown;
use super::support::wired::{Wired, beside};
use super::support::{NOW, confirm, flight, message, ms, read_request, record, target};

const ROOM: usize = 65_536;

/// What a probe may take at the most: the flight that it keeps, a message of it in one piece, and the buffers of TLS.
const MOST: u64 = 512 * 1024;

/// Where in the opening the flood begins.
#[derive(Clone, Copy)]
enum Behind {
    Nothing,
    Request,
    Hello,
}

fn builder(goal: Goal) -> ProberBuilder {
    Prober::builder().goal(goal).fixed_clock(NOW)
}

async fn flood(
    far: &mut (impl AsyncRead + AsyncWrite + Unpin),
    behind: Behind,
    first: &[u8],
    then: &[u8],
    sent: &AtomicU64,
) -> io::Result<()> {
    match behind {
        Behind::Nothing => {}
        Behind::Request => drop(read_request(far).await?),
        Behind::Hello => drop(confirm(far).await?),
    }
    far.write_all(first).await?;
    loop {
        sent.fetch_add(far.write(then).await? as u64, Ordering::Relaxed);
    }
}

/// Probes a peer that sends the first bytes once and the others without end. What the flood took, and how it ended.
#[track_caller]
fn flooded(builder: ProberBuilder, behind: Behind, first: &[u8], then: &[u8]) -> Report {
    let (runtime, prober, sent) = (runtime(), builder.build().unwrap(), AtomicU64::new(0));
    let ((report, took), info) = counted(|| {
        runtime.block_on(async {
            let (network, mut peers) = Wired::new(ROOM);
            let target = target();
            let play = uncounted(async {
                let mut peer = peers.recv().await.unwrap();
                flood(&mut peer.stream, behind, first, then, &sent).await
            });
            Box::pin(beside(prober.probe_over(&network, &target), play)).await
        })
    });
    let sent = sent.into_inner();
    assert!(info.bytes_max < MOST, "{} bytes at most: {report}", info.bytes_max);
    assert!(sent <= 2 * 65_536 + ROOM as u64, "{sent} bytes were taken: {report}");
    assert_eq!(took, Duration::ZERO, "a flood has no pauses, so nothing is waited for");
    assert!(shown::everything(&report) < 64 * 1024);
    report
}

#[track_caller]
fn assert_ended(report: &Report, stage: Stage, end: End) {
    assert_eq!((report.stage(), report.end()), (stage, end), "{report}");
}

#[test]
fn of_proxies() {
    let socks = || builder(Goal::Tls).proxy("socks5://proxy.example".parse().unwrap());
    let http = || builder(Goal::Tls).proxy("http://proxy.example:3128".parse().unwrap());
    let (not, broken) = (End::Malformed(Fault::NotProxy), End::Malformed(Fault::ProxyAnswer));
    assert_ended(&flooded(socks(), Behind::Nothing, &[], b"SSH-2.0-x\r\n"), Stage::Proxy, not);
    assert_ended(&flooded(socks(), Behind::Nothing, &[5, 0], &[9; 4_096]), Stage::Proxy, broken);
    assert_ended(&flooded(http(), Behind::Nothing, &[], &[0; 4_096]), Stage::Proxy, not);
    let head = b"HTTP/1.1 200 OK\r\n";
    assert_ended(&flooded(http(), Behind::Nothing, head, b"X: y\r\n"), Stage::Proxy, broken);
    assert_ended(&flooded(http(), Behind::Nothing, b"HTTP/1.1 200 ", &[b'K'; 4_096]), Stage::Proxy, broken);
    assert_ended(&flooded(http(), Behind::Nothing, &[], b"HTTP/1.1 100 Continue\r\n\r\n"), Stage::Proxy, broken);
    let refused = End::ProxyRefusal(ProxyRefusal::Http(403));
    assert_ended(&flooded(http(), Behind::Nothing, b"HTTP/1.1 403 No\r\n", b"X: y\r\n"), Stage::Proxy, refused);
}

/// The longest that SOCKS has room for; and behind what a proxy says, what it says is the target's.
#[test]
fn behind_proxies() {
    let socks = builder(Goal::Tls).proxy("socks5://proxy.example".parse().unwrap());
    let answer = [&[5, 0, 5, 0, 0, 3, 255], [b'p'; 257].as_slice()].concat();
    let report = flooded(socks, Behind::Nothing, &answer, b"HTTP/1.1 400 Bad Request\r\n");
    assert_ended(&report, Stage::Negotiate, End::Malformed(Fault::NotTpkt));
}

#[test]
fn in_place_of_a_confirm() {
    let rows: [(&[u8], Fault); 4] = [
        (&[0; 16_384], Fault::NotTpkt),
        (&[3, 0, 0xFF, 0xFF], Fault::TpktLength),
        (&[3, 0, 2, 0, 2, 0xF0, 0x80], Fault::NotConfirm),
        (&[3, 0, 0, 7, 2, 0xF0, 0x80], Fault::NotConfirm),
    ];
    for goal in [Goal::Negotiate, Goal::Hello, Goal::Tls, Goal::Challenge] {
        for behind in [Behind::Nothing, Behind::Request] {
            for (bytes, fault) in rows {
                let report = flooded(builder(goal), behind, &[], bytes);
                assert_ended(&report, Stage::Negotiate, End::Malformed(fault));
            }
        }
    }
}

/// Records of 16 KiB that are one message of 16 MiB, and everything that has no meaning.
#[test]
fn in_place_of_a_flight() {
    let huge = record(22, 0x0303, &[&[11, 0xFF, 0xFF, 0xFF], [0; 16_380].as_slice()].concat());
    let more = record(22, 0x0303, &[0; 16_384]);
    let hello = flight(0x0303, 0xC02F, &[]);
    let hello = &hello[..hello.iter().skip(5).position(|byte| *byte == 22).unwrap() + 5];
    let tickets = record(22, 0x0303, &message(4, &[0; 1_000]));
    let rows: [(&str, Vec<u8>, Vec<u8>); 9] = [
        ("a message without a hello", huge.clone(), more.clone()),
        ("certificates behind a hello", [hello, &huge].concat(), more.clone()),
        ("hellos", Vec::new(), hello.to_vec()),
        ("warnings", hello.to_vec(), record(21, 0x0303, &[1, 90])),
        ("records of nothing", hello.to_vec(), record(22, 0x0303, &[])),
        ("alerts of nothing", hello.to_vec(), record(21, 0x0303, &[])),
        ("changes of cipher", hello.to_vec(), record(20, 0x0303, &[1])),
        ("tickets", hello.to_vec(), tickets),
        ("data", hello.to_vec(), record(23, 0x0303, &[0; 16_384])),
    ];
    for goal in [Goal::Hello, Goal::Tls] {
        for (name, first, then) in &rows {
            let report = flooded(builder(goal), Behind::Hello, first, then);
            assert_eq!(
                (report.stage(), report.end()),
                (Stage::Tls, End::Malformed(Fault::TlsProtocol)),
                "{name}: {report}"
            );
        }
    }
}

/// Bytes that come faster than anybody reads them do not hold the deadline up.
#[test]
fn a_flood_of_foreign_bytes_behind_a_late_beginning() {
    let prober = builder(Goal::Tls).build().unwrap();
    let report = runtime().block_on(async {
        let (network, mut peers) = Wired::new(ROOM);
        let target = target();
        let play = async {
            let mut peer = peers.recv().await.unwrap();
            tokio::time::sleep(ms(4_990)).await;
            flood(&mut peer.stream, Behind::Nothing, &[], b"220 ready\r\n", &AtomicU64::new(0)).await
        };
        beside(prober.probe_over(&network, &target), play).await
    });
    assert_eq!((report.0.end(), report.1), (End::Malformed(Fault::NotTpkt), ms(4_990)));
}
