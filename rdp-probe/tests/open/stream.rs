//! The stream that is handed over carries everything, both ways, for as long as it is kept.

use std::io::{self, Read as _, Write as _};
use std::iter::repeat_with;
use std::sync::Arc;
use std::time::Duration;

use rdp_probe::{Budget, End, Goal, Opened, Prober, Stage};
use rustls::{ServerConfig, ServerConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::server::{Server, VERSIONS, builder, observer};
use super::support::{CONFIRM, NOW, ms, read_request, target};

const MIB: usize = 1 << 20;

/// Bytes without a period that a mistake could hide behind.
fn pattern(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    repeat_with(next).take(length).collect()
}

/// Confirms and holds a handshake.
async fn accept(mut far: DuplexStream, config: Arc<ServerConfig>) -> io::Result<TlsStream<DuplexStream>> {
    read_request(&mut far).await?;
    far.write_all(&CONFIRM).await?;
    TlsAcceptor::from(config).accept(far).await
}

/// A server that says this as soon as it may, each of its flights in one piece, closes, and gives back the lengths of its flights and
/// what it hears.
async fn in_one_breath(
    mut far: DuplexStream,
    config: Arc<ServerConfig>,
    data: Vec<u8>,
) -> io::Result<(Vec<usize>, Vec<u8>)> {
    read_request(&mut far).await?;
    far.write_all(&CONFIRM).await?;
    let mut connection = ServerConnection::new(config).unwrap();
    connection.set_buffer_limit(None);
    connection.writer().write_all(&data)?;
    let (mut flights, mut heard, mut buffer) = (Vec::new(), Vec::new(), vec![0; 65_536]);
    loop {
        let count = far.read(&mut buffer).await?;
        if count == 0 {
            return Ok((flights, heard));
        }
        let mut fresh = &buffer[..count];
        while !fresh.is_empty() {
            connection.read_tls(&mut fresh)?;
            let state = connection.process_new_packets().map_err(io::Error::other)?;
            let mut plain = vec![0; state.plaintext_bytes_to_read()];
            connection.reader().read_exact(&mut plain)?;
            heard.extend(plain);
        }
        let mut flight = Vec::new();
        while connection.wants_write() {
            connection.write_tls(&mut flight)?;
        }
        if !flight.is_empty() {
            flights.push(flight.len());
            far.write_all(&flight).await?;
        }
    }
}

async fn open(prober: &Prober, near: DuplexStream) -> Opened<DuplexStream> {
    prober.open_stream(&target(), near).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_the_server_says_with_its_finished_is_read() {
    for (version, flight) in VERSIONS.into_iter().zip([1, 0]) {
        for length in [1, 100, 20_000, 200_000] {
            let mut config = (*Server::healthy().config(version)).clone();
            (config.send_half_rtt_data, config.send_tls13_tickets) = (true, 0);
            let (data, answer) = (pattern(length, 1), pattern(500, 2));
            let (near, far) = tokio::io::duplex(MIB);
            let server = tokio::spawn(in_one_breath(far, Arc::new(config), data.clone()));

            let mut opened = open(&observer(), near).await;
            let mut read = vec![0; length];
            opened.stream.read_exact(&mut read).await.unwrap();
            assert!(read == data, "{version:?} {length}");
            opened.stream.write_all(&answer).await.unwrap();
            opened.stream.shutdown().await.unwrap();
            drop(opened);

            let (flights, heard) = server.await.unwrap().unwrap();
            let with_data = flights.iter().position(|sent| *sent > length.max(10_000));
            assert_eq!(with_data, (length > 10_000).then_some(flight), "it went with the Finished");
            assert_eq!(heard, answer, "{version:?} {length}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_mebibyte_each_way_at_the_same_time() {
    for version in VERSIONS {
        let (here, there) = (pattern(MIB + 17, 3), pattern(MIB + 5, 4));
        let (near, far) = tokio::io::duplex(1_000);
        let (expected, sent) = (here.clone(), there.clone());
        let config = Server::healthy().config(version);
        let server = tokio::spawn(async move {
            let (mut reads, mut writes) = tokio::io::split(accept(far, config).await.unwrap());
            let mut heard = vec![0; expected.len()];
            let writing = async {
                writes.write_all(&sent).await.unwrap();
                writes.flush().await.unwrap();
            };
            let (count, ()) = tokio::join!(reads.read_exact(&mut heard), writing);
            assert!(count.unwrap() == heard.len() && heard == expected);
        });
        let (mut reads, mut writes) = tokio::io::split(open(&observer(), near).await.stream);
        let mut heard = vec![0; there.len()];
        let writing = async {
            writes.write_all(&here).await.unwrap();
            writes.flush().await.unwrap();
        };
        let (count, ()) = tokio::join!(reads.read_exact(&mut heard), writing);
        assert!(count.unwrap() == heard.len() && heard == there, "{version:?}");
        server.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn many_small_messages_go_to_and_fro() {
    for version in VERSIONS {
        let (near, far) = tokio::io::duplex(4_096);
        let config = Server::healthy().config(version);
        let server = tokio::spawn(async move {
            let mut open = accept(far, config).await.unwrap();
            let mut buffer = [0; 64];
            loop {
                match open.read(&mut buffer).await.unwrap() {
                    0 => return open.shutdown().await.unwrap(),
                    count => open.write_all(&buffer[..count]).await.unwrap(),
                }
                open.flush().await.unwrap();
            }
        });
        let mut stream = open(&observer(), near).await.stream;
        for count in 0..4_000 {
            let message = pattern(count % 13 + 1, u32::try_from(count).unwrap());
            let mut echo = vec![0; message.len()];
            stream.write_all(&message).await.unwrap();
            stream.flush().await.unwrap();
            stream.read_exact(&mut echo).await.unwrap();
            assert_eq!(echo, message);
        }
        stream.shutdown().await.unwrap();
        assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0, "the server's goodbye");
        server.await.unwrap();
    }
}

/// The deadline of the handshake, and everything that is kept of it, is gone.
#[tokio::test(start_paused = true)]
async fn no_deadline_and_no_record_stay_behind() {
    let budget = Budget { stage: ms(500), total: ms(800) };
    let prober = builder().budget(budget).build().unwrap();
    for version in VERSIONS {
        let (near, far) = tokio::io::duplex(65_536);
        let config = Server::healthy().config(version);
        let server = tokio::spawn(async move {
            let mut open = accept(far, config).await.unwrap();
            let mut heard = [0; 4];
            open.read_exact(&mut heard).await.unwrap();
            sleep(budget.total * 7).await;
            open.write_all(&pattern(MIB, 5)).await.unwrap();
            open.flush().await.unwrap();
            (heard, open)
        });
        let mut stream = open(&prober, near).await.stream;
        assert!(timeout(Duration::from_hours(24), stream.read(&mut [0; 9])).await.is_err(), "it waits for ever");
        let before = format!("{stream:?}");
        stream.write_all(b"late").await.unwrap();
        stream.flush().await.unwrap();
        let mut read = vec![0; MIB];
        stream.read_exact(&mut read).await.unwrap();
        assert!(read == pattern(MIB, 5));
        let (heard, _open) = server.await.unwrap();
        assert_eq!(&heard, b"late");
        let after = format!("{stream:?}");
        assert!(after.len() < before.len() + 100 && after.contains("flight: []"), "{} {}", before.len(), after.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_negotiation_hands_over_the_plain_stream_behind_its_last_byte() {
    let prober = Prober::builder().goal(Goal::Negotiate).fixed_clock(NOW).build().unwrap();
    let legacy = [3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0];
    for confirm in [CONFIRM.as_slice(), &legacy] {
        let (near, mut far) = tokio::io::duplex(MIB);
        far.write_all(&[confirm, &pattern(100_000, 6)].concat()).await.unwrap();
        let mut opened = open(&prober, near).await;
        assert!(!opened.stream.is_tls() && opened.subject_public_key_info.is_none());
        assert_eq!((opened.report.stage(), opened.report.end()), (Stage::Negotiate, End::Complete));
        assert_eq!(&*opened.report.evidence().received, confirm);
        let mut read = vec![0; 100_000];
        opened.stream.read_exact(&mut read).await.unwrap();
        assert!(read == pattern(100_000, 6));

        opened.stream.write_all(&pattern(70_000, 7)).await.unwrap();
        opened.stream.shutdown().await.unwrap();
        let mut heard = Vec::new();
        far.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard.len(), 19 + 70_000);
        assert!(heard[19..] == pattern(70_000, 7), "as it was written, and nothing in between");
    }
}

/// What the server chose, and its flags, as they stand on the wire.
#[tokio::test(start_paused = true)]
async fn selected_and_flags_are_those_of_the_wire() {
    let answer = |flags: u8, selected: u32| {
        let mut packet = CONFIRM;
        packet[12] = flags;
        packet[15..].copy_from_slice(&selected.to_le_bytes());
        packet
    };
    let negotiator = Prober::builder().goal(Goal::Negotiate).fixed_clock(NOW).build().unwrap();
    for flags in [0, 0x1F, 0x80, 0xFF] {
        for selected in [0, 1, 2, 4, 8, 16] {
            let (near, mut far) = tokio::io::duplex(64);
            far.write_all(&answer(flags, selected)).await.unwrap();
            let opened = open(&negotiator, near).await;
            assert_eq!((opened.selected, opened.flags), (selected, flags));
        }
        for selected in [1, 2, 8] {
            let (near, mut far) = tokio::io::duplex(MIB);
            let config = Server::healthy().config(VERSIONS[1]);
            far.write_all(&answer(flags, selected)).await.unwrap();
            let server = tokio::spawn(async move {
                read_request(&mut far).await.unwrap();
                TlsAcceptor::from(config).accept(far).await
            });
            let opened = open(&observer(), near).await;
            assert_eq!((opened.selected, opened.flags, opened.stream.is_tls()), (selected, flags, true));
            server.await.unwrap().unwrap();
        }
    }
    let (near, mut far) = tokio::io::duplex(64);
    far.write_all(&[3, 0, 0, 11, 6, 0xD0, 0, 0, 0, 0, 0]).await.unwrap();
    let opened = open(&negotiator, near).await;
    assert_eq!((opened.selected, opened.flags), (0, 0), "there is no negotiation data");
}

/// The stream below can be asked for what it is, before and behind TLS.
#[tokio::test]
async fn the_stream_below_is_the_socket() {
    let lab = rdp_probe_lab::Lab::start("healthy").await.unwrap();
    for goal in [Goal::Negotiate, Goal::Tls] {
        let prober = Prober::builder().goal(goal).build().unwrap();
        let target = lab.target();
        let opened = tokio::spawn(async move { prober.open(&target).await }).await.unwrap().unwrap();
        assert_eq!(opened.stream.get_ref().peer_addr().unwrap(), lab.address());
        assert_eq!(opened.stream.is_tls(), goal == Goal::Tls);
    }
}
