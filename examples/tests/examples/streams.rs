//! `bring_your_own_stream` over each kind of stream that it makes.

use rdp_probe_lab::Lab;
#[cfg(unix)]
use tokio::net::{TcpStream, UnixListener};

use crate::run;

const BRING: &str = env!("CARGO_BIN_EXE_bring_your_own_stream");

/// No lookup and no connecting stand in a report of somebody else's stream.
const STAGES: &str = "stages      negotiate ";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn tcp_with_options_of_its_own() {
    let lab = Lab::start("healthy").await.unwrap();
    let address = lab.address().to_string();
    let words = [&*format!(" to {address}, TLS: true"), "OK localhost:3389", STAGES];
    run(BRING, &["localhost", "tcp", &address]).assert(0, &words);
    let closing = Lab::start("closes-on-request").await.unwrap();
    let closed = run(BRING, &["localhost", "tcp", &closing.address().to_string()]);
    closed.assert(1, &["FAILED localhost:3389", "[closed-on-request, certain", STAGES]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_process() {
    let lab = Lab::start("healthy").await.unwrap();
    let (relay, address) = (env!("CARGO_BIN_EXE_relay"), lab.address().to_string());
    run(BRING, &["localhost", "command", relay, &address]).assert(0, &["OK localhost:3389", STAGES]);
    // A process that ends at once is a peer that closes; whose move that is, its standard error says.
    run(BRING, &["localhost", "command", relay]).assert(1, &["FAILED localhost:3389"]);
    run(BRING, &["localhost", "command", "no/such/program"]).assert_error(2, "no/such/program: ");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_unix_socket() {
    let lab = Lab::start("healthy").await.unwrap();
    let address = lab.address();
    // Paths of sockets are short: the folder of the build may be too deep for one.
    let path = std::env::temp_dir().join(format!("rdp-probe-{}.sock", std::process::id()));
    let listener = UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        let (mut inward, _) = listener.accept().await.unwrap();
        let mut outward = TcpStream::connect(address).await.unwrap();
        tokio::io::copy_bidirectional(&mut inward, &mut outward).await
    });
    let found = run(BRING, &["localhost", "unix", path.to_str().unwrap()]);
    std::fs::remove_file(&path).unwrap();
    found.assert(0, &["OK localhost:3389", STAGES]);
}

#[test]
fn a_wrong_command_line() {
    run(BRING, &["localhost"]).assert_error(2, "give HOST");
    run(BRING, &["localhost", "tcp", "nowhere"]).assert_error(2, "invalid socket address");
}
