//! Serves whoever connects until its standard input ends, as cheaply as it can: what the benches measure is the client.
//!
//! ```text
//! cargo run --release -p rdp-probe-benches --bin server -- tls1.3-rsa 4
//! ```
//!
//! Prints the addresses on which it listens, a line each: so many of 127.0.0.1 and those behind it. Clients that come in thousands
//! would run out of ports at a single one. For each line of its standard input it prints how many clients wait by then for what it
//! never says.

use std::error::Error;
use std::io;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rdp_probe_benches::bare::{CONFIRM, CONFIRM_HYBRID, REQUEST};
use rdp_probe_benches::server::{Key, Part, Version};
use rdp_probe_lab::{LabCertificate, LabKey};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::NoServerSessionStorage;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The keys of the lab, which are public.
const RSA: &[u8] = include_bytes!("../../../rdp-probe-lab/keys/rsa-2048.der");
const P256: &[u8] = include_bytes!("../../../rdp-probe-lab/keys/ecdsa-p256.der");

/// How many clients have said all that they have to say, and wait.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// How long a server waits that has no descriptors for more.
const BREATH: std::time::Duration = std::time::Duration::from_millis(10);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [part, addresses] = arguments.as_slice() else { return Err("give a part, and a number of addresses".into()) };
    let (part, addresses): (Part, u8) = (part.parse()?, addresses.parse()?);
    let _ = rdp_probe_benches::usage::allow_descriptors(0);
    std::thread::spawn(|| {
        for _ in io::stdin().lines().map_while(Result::ok) {
            println!("{}", WAITING.load(Ordering::Relaxed));
        }
        // Whoever has started it is gone, in whichever way.
        std::process::exit(0);
    });
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(listen(part, addresses))
}

async fn listen(part: Part, addresses: u8) -> Result<(), Box<dyn Error>> {
    let acceptor = match part {
        Part::Tls(version, key) => Some(acceptor(version, key)?),
        Part::SilentInside => Some(acceptor(Version::Tls13, Key::P256)?),
        Part::SilentAtRequest | Part::SilentAtHello => None,
    };
    for last in 1..=addresses {
        let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, last), 0)).await?;
        println!("{}", listener.local_addr()?);
        tokio::spawn(accept(listener, part, acceptor.clone()));
    }
    std::future::pending().await
}

fn acceptor(version: Version, key: Key) -> Result<TlsAcceptor, Box<dyn Error>> {
    let (lab, key) = match key {
        Key::Rsa => (LabKey::Rsa2048, RSA),
        Key::P256 => (LabKey::EcdsaP256, P256),
    };
    let chain = vec![LabCertificate::healthy(OffsetDateTime::now_utc()).with_key(lab).der()];
    let key = ring::sign::any_supported_type(&PrivateKeyDer::try_from(key)?)?;
    let versions = match version {
        Version::Tls12 => &TLS12,
        Version::Tls13 => &TLS13,
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[versions])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(CertifiedKey::new(chain, key))));
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn accept(listener: TcpListener, part: Part, acceptor: Option<TlsAcceptor>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve(stream, part, acceptor.clone()))),
            // Running out of descriptors passes.
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

/// A client that goes early has its reasons.
async fn serve(mut stream: TcpStream, part: Part, acceptor: Option<TlsAcceptor>) -> io::Result<()> {
    let _ = stream.set_nodelay(true);
    stream.read_exact(&mut [0; REQUEST.len()]).await?;
    match (part, acceptor) {
        (Part::Tls(..), Some(acceptor)) => {
            stream.write_all(&CONFIRM).await?;
            until_end(acceptor.accept(stream).await?).await
        }
        (Part::SilentInside, Some(acceptor)) => {
            stream.write_all(&CONFIRM_HYBRID).await?;
            let mut open = acceptor.accept(stream).await?;
            // The first message of CredSSP.
            open.read_u8().await?;
            keep_waiting(open).await
        }
        (Part::SilentAtHello, _) => {
            stream.write_all(&CONFIRM).await?;
            let mut record = [0; 5];
            stream.read_exact(&mut record).await?;
            stream.read_exact(&mut vec![0; usize::from(u16::from_be_bytes([record[3], record[4]]))]).await?;
            keep_waiting(stream).await
        }
        _ => keep_waiting(stream).await,
    }
}

async fn keep_waiting(stream: impl AsyncRead + Unpin) -> io::Result<()> {
    WAITING.fetch_add(1, Ordering::Relaxed);
    let ended = until_end(stream).await;
    WAITING.fetch_sub(1, Ordering::Relaxed);
    ended
}

async fn until_end(mut stream: impl AsyncRead + Unpin) -> io::Result<()> {
    let mut ignored = [0; 256];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}
