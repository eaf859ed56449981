//! Probes over a stream that the program has made itself. Anything that reads and writes asynchronously will do.
//!
//! ```text
//! bring_your_own_stream ts01.example tcp 192.0.2.7:3389                 # a socket with options of one's own
//! bring_your_own_stream ts01.example unix /run/tunnel.sock              # a tunnel that ends in a Unix socket
//! bring_your_own_stream ts01.example command ssh -W ts01:3389 jumphost  # a tunnel that is a process
//! ```
//!
//! (each behind `cargo run -p rdp-probe-examples --bin`, and with `--` behind its name)
//!
//! The target is who the stream leads to: TLS asks for this name, and the certificate is held against it. How the stream
//! came about is nothing that the library has seen: the report begins with the negotiation, and the time that connecting
//! takes is the program's own affair.
//!
//! Exit status: 0 if the target is ok, 1 if it is not, 2 if there is no stream or the command line is wrong.

use std::error::Error;
use std::net::SocketAddr;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use rdp_probe::{Prober, Stream, Target};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::Command;
use tokio::time::timeout;

/// For what the library does not do here: connecting.
const CONNECT: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<bool, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [target, "tcp", address] => over_tcp(&target.parse()?, address.parse()?).await,
        #[cfg(unix)]
        [target, "unix", path] => over_unix(&target.parse()?, path).await,
        [target, "command", program, arguments @ ..] => over_command(&target.parse()?, program, arguments).await,
        _ => Err("give HOST[:PORT], then tcp ADDRESS:PORT, unix PATH, or command PROGRAM ARGUMENTS…".into()),
    }
}

/// A TCP connection with a small receive buffer. `open_stream` hands it back once TLS stands, so the program can go on
/// with it; and while the library has it, it is still to be asked for what it alone knows.
async fn over_tcp(target: &Target, address: SocketAddr) -> Result<bool, Box<dyn Error>> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_keepalive(true)?;
    socket.set_recv_buffer_size(16 * 1024)?;
    let stream = timeout(CONNECT, socket.connect(address)).await??;
    stream.set_nodelay(true)?;
    match Prober::builder().build()?.open_stream(target, stream).await {
        Ok(opened) => {
            let tcp: &TcpStream = opened.stream.get_ref();
            println!("{} to {}, TLS: {}", tcp.local_addr()?, tcp.peer_addr()?, opened.stream.is_tls());
            print!("{}", opened.report);
            Ok(true)
        }
        Err(failure) => {
            print!("{}", failure.report());
            Ok(false)
        }
    }
}

/// Where a tunnel ends in this machine.
#[cfg(unix)]
async fn over_unix(target: &Target, path: &str) -> Result<bool, Box<dyn Error>> {
    probe(target, tokio::net::UnixStream::connect(path).await?).await
}

/// A process whose standard input and output are the two directions, as `ssh -W` is one.
async fn over_command(target: &Target, program: &str, arguments: &[&str]) -> Result<bool, Box<dyn Error>> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| format!("{program}: {error}"))?;
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("the process has no pipes".into());
    };
    // Its standard error is ours: what ssh has to say is to be seen.
    probe(target, tokio::io::join(output, input)).await
}

/// One function for all streams: `Stream` stands for [`AsyncRead`](tokio::io::AsyncRead),
/// [`AsyncWrite`](tokio::io::AsyncWrite) and [`Unpin`] together.
async fn probe<S: Stream>(target: &Target, stream: S) -> Result<bool, Box<dyn Error>> {
    let report = Prober::builder().build()?.probe_stream(target, stream).await;
    print!("{report}");
    Ok(report.is_ok())
}
