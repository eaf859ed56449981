//! Certificate chains of 10 MB, as one certificate and as many: no more than the beginning of them is taken.

use std::io;
use std::sync::Arc;

use rcgen::{CustomExtension, KeyPair};
use rdp_probe::diagnose::Cause;
use rdp_probe::{End, Fault, Goal, Prober, Report, Stage};
use rustls::SupportedProtocolVersion;
use rustls::pki_types::CertificateDer;
use rustls::version::{TLS12, TLS13};
use tokio::io::DuplexStream;

use super::memory::{counted, runtime, uncounted};
use super::server::{Server, params, signer};
use super::shown;
use super::support::{NOW, meet};

const TEN_MB: usize = 10_000_000;

const ROOM: usize = 65_536;

/// What a probe may take at the most: the flight that it keeps, twice while it is read, and the buffers of TLS.
const MOST: u64 = 512 * 1024;

/// A certificate with an extension that nobody knows, so long that all of it has about this many bytes.
fn certificate(key: &KeyPair, length: usize) -> CertificateDer<'static> {
    let mut params = params();
    params.custom_extensions = vec![CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 311, 99], vec![4; length])];
    params.self_signed(key).unwrap().into()
}

/// One certificate, many of them, and many that are none.
fn chains(key: &KeyPair) -> [(&'static str, Vec<CertificateDer<'static>>); 3] {
    let small = certificate(key, 0);
    let none = CertificateDer::from(vec![0x30, 0]);
    [
        ("one", vec![certificate(key, TEN_MB)]),
        ("many", vec![small.clone(); TEN_MB / small.len()]),
        ("of nothing", [vec![small], vec![none; TEN_MB / 5]].concat()),
    ]
}

/// A server with this chain, and a probe of it; what the probe took at the most.
fn probed(goal: Goal, server: &Arc<Server>, version: &'static SupportedProtocolVersion) -> (Report, u64) {
    let prober = Prober::builder().goal(goal).fixed_clock(NOW).build().unwrap();
    let runtime = runtime();
    let serve = async |far: DuplexStream| -> io::Result<()> { uncounted(server.serve(far, version)).await };
    let ((report, _), info) = counted(|| runtime.block_on(meet(&prober, ROOM, serve)));
    (report, info.bytes_max)
}

/// The clear text of TLS 1.2 is kept as far as it is kept, and says what the server chose. In TLS 1.3 nothing of it can be seen.
#[test]
fn of_ten_megabytes() {
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    for (name, chain) in chains(&key) {
        let server = Server::new(chain, signer(&key));
        for (goal, version) in [(Goal::Tls, &TLS12), (Goal::Tls, &TLS13), (Goal::Hello, &TLS12)] {
            let (report, most) = probed(goal, &server, version);
            let wanted = (Stage::Tls, End::Malformed(Fault::TlsProtocol));
            assert_eq!((report.stage(), report.end()), wanted, "{name}: {report}");
            assert!(most < MOST, "{name}: {most} bytes");
            let evidence = report.evidence();
            assert!(evidence.heard() <= 2 * 65_536, "{name}: {} bytes were read", evidence.heard());
            let kept = evidence.handshake.as_ref().unwrap().flight.len();
            assert_eq!(kept, 65_536, "{name}");
            assert_eq!(report.causes()[0].cause, Cause::TlsProtocolViolation);
            // What is encrypted is not seen.
            let told = report.to_string().contains("a message of the handshake was to have ");
            assert_eq!(told, *version != TLS13, "how long it was to be: {report}");
            assert!(shown::everything(&report) < 64 * 1024, "{name}");
        }
    }
}

/// As long as a chain may be, it is taken whole.
#[test]
fn that_just_fit() {
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let small = certificate(&key, 0);
    let many = vec![small.clone(); 65_000 / (small.len() + 5)];
    for chain in [vec![certificate(&key, 64_000)], many] {
        let (length, server) = (chain.len(), Server::new(chain, signer(&key)));
        for version in [&TLS12, &TLS13] {
            let (report, most) = probed(Goal::Tls, &server, version);
            assert_eq!((report.stage(), report.end()), (Stage::Tls, End::Complete), "{report}");
            assert_eq!(report.evidence().handshake.as_ref().unwrap().chain.len(), length);
            assert!(most < MOST, "{most} bytes");
            assert!(shown::everything(&report) < 64 * 1024);
        }
    }
}
