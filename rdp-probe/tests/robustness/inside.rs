//! Floods inside TLS: records of 16 KiB, of nothing and of all kinds, without end.

use std::io;
use std::sync::Arc;

use rdp_probe::{Budget, End, Fault, Goal, Prober, Report, Stage};
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};
use tokio::io::DuplexStream;
use tokio::time::sleep;

use super::memory::{counted, runtime, uncounted};
use super::sealed::{ALERT, DATA, HANDSHAKE, Sealed};
use super::server::{Server, params, signer};
use super::shown;
use super::support::{NOW, meet, message, ms};

/// Records that the peer may send between two pauses. Whoever reads them all gets megabytes.
const BURST: usize = 40;

const STAGE: std::time::Duration = ms(500);

const ROOM: usize = 65_536;

/// What a probe may take at the most while it is flooded: buffers of TLS for one message of 64 KiB, that message taken apart, and
/// what is kept of it.
const MOST: u64 = 512 * 1024;

/// What a flood consists of: one record each time, told by its number.
type Record = fn(usize) -> (u8, Vec<u8>);

/// A `NewSessionTicket` (RFC 8446 section 4.6.1) with so long a ticket.
fn ticket(length: u16) -> Vec<u8> {
    let head = [0, 0, 0x1C, 0x20, 1, 2, 3, 4, 1, 0];
    let rest = [vec![7; length.into()], vec![0, 0]].concat();
    message(4, &[head.as_slice(), &length.to_be_bytes(), &rest].concat())
}

/// The beginning of a `TSRequest` of this many bytes, and bytes of it.
fn ts_request(number: usize, length: u16) -> Vec<u8> {
    let header = if number == 0 { [&[0x30, 0x82], length.to_be_bytes().as_slice()].concat() } else { Vec::new() };
    [header, vec![0x04; 16_000]].concat()
}

/// A server that sends these without end as soon as the handshake is over.
async fn flooded(server: &Arc<Server>, version: &'static SupportedProtocolVersion, record: Record) -> (Report, u64) {
    let budget = Budget { stage: STAGE, total: ms(60_000) };
    let prober = Prober::builder().goal(Goal::Challenge).budget(budget).fixed_clock(NOW).build().unwrap();
    let sent = std::sync::atomic::AtomicU64::new(0);
    let flood = async |far: DuplexStream| -> io::Result<()> {
        uncounted(async {
            let mut open = Sealed::open(server, far, version).await?;
            for number in 0.. {
                let (content_type, body) = record(number);
                open.send(content_type, &body).await?;
                sent.fetch_add(body.len() as u64 + 22, std::sync::atomic::Ordering::Relaxed);
                if number % BURST == BURST - 1 {
                    sleep(ms(10)).await;
                }
            }
            Ok(())
        })
        .await
    };
    let (report, took) = Box::pin(meet(&prober, ROOM, flood)).await;
    assert!(took <= STAGE, "{took:?}");
    (report, sent.into_inner())
}

/// Runs the flood, and looks at what it took and what is shown of it.
#[track_caller]
fn assert_bounded(name: &str, version: &'static SupportedProtocolVersion, record: Record, end: End, most_sent: u64) {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let server = Server::new(vec![params().self_signed(&key).unwrap().into()], signer(&key));
    let runtime = runtime();
    let ((report, sent), info) = counted(|| runtime.block_on(flooded(&server, version, record)));
    // What comes right behind the end of a handshake is read with it up to TLS 1.2.
    let is_inside = report.stage() == Stage::Nla || report.stage() == Stage::Tls && *version == TLS12;
    assert!(is_inside && report.end() == end, "{name}: {report}");
    assert!(info.bytes_max < MOST, "{name}: {} bytes at most, {sent} sent", info.bytes_max);
    assert!(sent <= most_sent, "{name}: {sent} bytes were taken");
    assert!(shown::unchecked(&report) < 64 * 1024, "{name}");
}

/// What the server may get rid of before the probe has ended by itself: what it reads, and what is under way.
const SOON: u64 = 2 * 65_536 + ROOM as u64;

const BROKEN: End = End::Malformed(Fault::TlsProtocol);
const NO_TS_REQUEST: End = End::Malformed(Fault::TsRequest);

#[test]
fn handshake_messages_that_never_end() {
    let record: Record = |number| match number {
        0 => (HANDSHAKE, [&[4, 0xFF, 0xFF, 0xFF], vec![0; 16_000].as_slice()].concat()),
        _ => (HANDSHAKE, vec![0; 16_384]),
    };
    assert_bounded("a ticket of 16 MiB", &TLS13, record, BROKEN, SOON);
    assert_bounded("the same in TLS 1.2", &TLS12, record, BROKEN, SOON);
}

/// Tickets may come at any time, and any number of them: they cost time, and nothing else.
#[test]
fn session_tickets_without_end() {
    assert_bounded("short", &TLS13, |_| (HANDSHAKE, ticket(32)), End::Timeout, u64::MAX);
    assert_bounded("long", &TLS13, |_| (HANDSHAKE, ticket(16_000)), End::Timeout, u64::MAX);
    assert_bounded("many a record", &TLS13, |_| (HANDSHAKE, ticket(32).repeat(300)), End::Timeout, u64::MAX);
}

#[test]
fn alerts_and_records_of_nothing_without_end() {
    let rows: [(&str, Record); 4] = [
        ("warnings", |_| (ALERT, vec![1, 90])),
        ("records of nothing", |_| (DATA, Vec::new())),
        ("alerts of nothing", |_| (ALERT, Vec::new())),
        ("messages of nothing", |_| (HANDSHAKE, Vec::new())),
    ];
    for version in [&TLS12, &TLS13] {
        for (name, record) in rows {
            assert_bounded(name, version, record, BROKEN, SOON);
        }
    }
    // In TLS 1.3 every alert but the goodbyes is an end.
    for (version, end) in [(&TLS12, BROKEN), (&TLS13, End::Alert(100))] {
        assert_bounded("no renegotiation", version, |_| (ALERT, vec![1, 100]), end, SOON);
    }
    assert_bounded("requests for a handshake", &TLS12, |_| (HANDSHAKE, message(0, &[])), BROKEN, SOON);
    assert_bounded("new keys", &TLS13, |_| (HANDSHAKE, message(24, &[1])), BROKEN, SOON);
}

#[test]
fn data_without_end() {
    let foreign = End::Malformed(Fault::NotCredSsp);
    for version in [&TLS12, &TLS13] {
        assert_bounded("text", version, |_| (DATA, vec![b'A'; 16_384]), foreign, SOON);
        assert_bounded("letters", version, |_| (DATA, vec![b'A']), foreign, SOON);
        assert_bounded("too long", version, |number| (DATA, ts_request(number, 0xFFFF)), NO_TS_REQUEST, SOON);
        assert_bounded("no request", version, |number| (DATA, ts_request(number, 60_000)), NO_TS_REQUEST, SOON);
        let huge: Record = |number| match number {
            0 => (DATA, [&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], vec![4; 16_000].as_slice()].concat()),
            _ => (DATA, vec![4; 16_384]),
        };
        assert_bounded("of 4 GiB", version, huge, NO_TS_REQUEST, SOON);
    }
}

/// As long as a message may be, a byte a record: what is kept grows with what came, and not with its square.
#[test]
fn a_message_a_byte_at_a_time() {
    let spoonful: Record = |number| match number {
        0 => (DATA, vec![0x30, 0x82, 0xFF, 0x00]),
        _ => (DATA, vec![4]),
    };
    assert_bounded("a byte a record", &TLS13, spoonful, End::Timeout, u64::MAX);
}
