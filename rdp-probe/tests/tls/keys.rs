//! Keys of every kind complete a handshake; the wrong key does not.

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};
use rdp_probe::diagnose::Cause;
use rdp_probe::transcript::Happening;
use rdp_probe::{End, Fault, Handshake, HandshakeEnd, Key, KeyAlgorithm, Plan, Report, Session, Stage, Transcript};
use rdp_probe_lab::{LabCertificate, LabKey, play};

use super::server::{Server, VERSIONS, now, observer, params, signer};
use super::support::{CONFIRM, meet, ms, target};

fn at(report: &Report) -> (Stage, End) {
    (report.stage(), report.end())
}

fn version(report: &Report) -> Option<u16> {
    report.evidence().hello().map(|hello| hello.session.version)
}

/// What a server has said that completed a handshake: the lab plays it with the same version and certificate.
fn completed(version: u16, certificate: &LabCertificate) -> Transcript {
    let mut handshake = Handshake::ended(HandshakeEnd::Complete);
    handshake.session = Some(Session { version, suite: 0 });
    handshake.chain = vec![certificate.der().to_vec().into()];
    Transcript::new(Plan::new(target()))
        .with(ms(0), Happening::Sent(vec![0; 19].into()))
        .with(ms(0), Happening::Received(CONFIRM.to_vec().into()))
        .with(ms(0), Happening::Tls(Box::new(handshake)))
}

#[tokio::test(start_paused = true)]
async fn every_key_of_the_lab_completes_every_version() {
    let rows = [
        (LabKey::Rsa1024, KeyAlgorithm::Rsa, 1024),
        (LabKey::Rsa2048, KeyAlgorithm::Rsa, 2048),
        (LabKey::EcdsaP256, KeyAlgorithm::Ecdsa, 256),
    ];
    for (key, algorithm, bits) in rows {
        let certificate = LabCertificate::healthy(now()).with_key(key);
        for number in [0x0303, 0x0304] {
            let transcript = completed(number, &certificate);
            let serve = async |mut far| play(&transcript, &mut far).await;
            let (report, _) = Box::pin(meet(&observer(), 16_384, serve)).await;
            assert_eq!(at(&report), (Stage::Tls, End::Complete), "{key:?} {number:#x}");
            assert_eq!(version(&report), Some(number));
            assert_eq!(report.certificate().map(|read| read.key), Some(Key { algorithm, bits: Some(bits) }));
            assert_eq!(report.causes()[0].cause == Cause::CertificateWeakKey, bits == 1024);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_key_that_is_offered_completes() {
    for algorithm in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519] {
        let server = Server::keyed(algorithm);
        for version in VERSIONS {
            let report = server.probe(&observer(), version).await;
            assert_eq!(at(&report), (Stage::Tls, End::Complete), "{algorithm:?} {version:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_signature_by_another_key_is_noticed() {
    let (own, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let edwards = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let ecdsa = || params().self_signed(&own).unwrap().der().clone();
    let rsa = LabCertificate::healthy(now()).der();
    let short = LabCertificate::rsa1024(now()).der();
    for (certificate, key) in [(ecdsa(), &other), (ecdsa(), &edwards), (rsa, &other), (short, &other)] {
        let server = Server::new(vec![certificate], signer(key));
        for version in VERSIONS {
            let report = server.probe(&observer(), version).await;
            assert_eq!(at(&report), (Stage::Tls, End::Malformed(Fault::TlsSignature)), "{version:?}");
            assert_eq!(report.causes()[0].cause, Cause::TlsSignatureInvalid);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_cannot_be_read_is_seen_and_named() {
    let garbage = |seed: u8| (0..200_u8).map(|byte| byte.wrapping_mul(151) ^ seed).collect::<Vec<u8>>().into();
    for seed in 0..32 {
        let server = Server::new(vec![garbage(seed)], signer(&KeyPair::generate().unwrap()));
        for version in VERSIONS {
            let report = server.probe(&observer(), version).await;
            assert_eq!(at(&report), (Stage::Tls, End::Complete));
            assert!(report.certificate().is_none() && report.verdict().is_none());
            assert_eq!(report.causes()[0].cause, Cause::CertificateUnreadable);
        }
    }
}
