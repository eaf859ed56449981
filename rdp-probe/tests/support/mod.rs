//! What the tests of the driver share: a target, the time that something takes, and the server's side of an opening.
#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod outlet;
#[path = "../resettable/mod.rs"]
pub(crate) mod resettable;
pub(crate) mod wired;

use std::future::{Future, pending};
use std::io;
use std::time::Duration;

use rdp_probe::{Budget, Prober, Report, Target};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream};
use tokio::time::Instant;

/// A Connection Confirm that chooses TLS.
pub(crate) const CONFIRM: [u8; 19] = [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0, 1, 0, 0, 0];

/// The moment as of which certificates are made and judged.
pub(crate) const NOW: i64 = 1_800_000_000;

/// The name that the lab's certificates carry.
pub(crate) const HOST: &str = "lab.rdp-probe.test";

pub(crate) fn target() -> Target {
    HOST.parse().unwrap()
}

pub(crate) const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A prober with these budgets.
pub(crate) fn prober(stage: Duration, total: Duration) -> Prober {
    Prober::builder().budget(Budget { stage, total }).fixed_clock(NOW).build().unwrap()
}

/// How long something takes.
#[expect(clippy::disallowed_methods, reason = "virtual time is what these tests measure")]
pub(crate) async fn timed<T>(what: impl Future<Output = T>) -> (T, Duration) {
    let start = Instant::now();
    let done = what.await;
    (done, start.elapsed())
}

/// Probes a peer over a stream in memory that holds `room` bytes each way. Whatever the peer keeps when it has done
/// its part stays open until the probe is over; a stream that it drops is closed.
pub(crate) async fn meet<T>(
    prober: &Prober,
    room: usize,
    peer: impl AsyncFnOnce(DuplexStream) -> io::Result<T>,
) -> (Report, Duration) {
    let (near, far) = tokio::io::duplex(room);
    let serve = async {
        let _kept = peer(far).await;
        pending::<()>().await;
    };
    let target = target();
    tokio::select! {
        biased;
        met = timed(prober.probe_stream(&target, near)) => met,
        () = serve => unreachable!("it pends"),
    }
}

/// Reads the client's Connection Request: one TPKT.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut packet = vec![0; 4];
    stream.read_exact(&mut packet).await?;
    packet.resize(usize::from(u16::from_be_bytes([packet[2], packet[3]])), 0);
    stream.read_exact(&mut packet[4..]).await?;
    Ok(packet)
}

/// Reads the `ClientHello`: one TLS record.
pub(crate) async fn read_client_hello(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut record = vec![0; 5];
    stream.read_exact(&mut record).await?;
    record.resize(5 + usize::from(u16::from_be_bytes([record[3], record[4]])), 0);
    stream.read_exact(&mut record[5..]).await?;
    Ok(record)
}

/// Answers the request with the confirm and reads the `ClientHello`.
pub(crate) async fn confirm(far: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<Vec<u8>> {
    read_request(far).await?;
    far.write_all(&CONFIRM).await?;
    read_client_hello(far).await
}

/// A TLS record (RFC 8446 section 5.1).
pub(crate) fn record(content_type: u8, version: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&[content_type], version.to_be_bytes().as_slice(), &length.to_be_bytes(), body].concat()
}

/// A handshake message (RFC 8446 section 4).
pub(crate) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[kind], &length[1..], body].concat()
}

/// The first flight of a server up to its certificates, in clear text: `ServerHello` and Certificate, a record each for
/// the first, and as many as it takes for the second.
pub(crate) fn flight(version: u16, suite: u16, chain: &[&[u8]]) -> Vec<u8> {
    let random = [0x5A; 32];
    let hello = [&version.to_be_bytes(), random.as_slice(), &[0], &suite.to_be_bytes(), &[0]].concat();
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..].to_vec();
    let entries: Vec<u8> = chain.iter().flat_map(|der| [length(der), der.to_vec()].concat()).collect();
    let certificate = message(11, &[length(&entries), entries].concat());
    let mut bytes = record(22, version, &message(2, &hello));
    bytes.extend(certificate.chunks(16_384).flat_map(|part| record(22, version, part)));
    bytes
}
