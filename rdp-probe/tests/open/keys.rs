//! The public key that CredSSP binds to is the one in the certificate, to the byte.

use std::sync::Arc;

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PublicKeyData as _};
use rdp_probe::Opened;
use rdp_probe_lab::{Lab, LabCertificate, LabKey};
use rustls::SupportedProtocolVersion;
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio_rustls::TlsAcceptor;

use super::server::{Server, VERSIONS, now, observer, params, signer};
use super::support::{CONFIRM, read_request, target};

/// A DER element: its contents, itself with its head, and what follows it.
struct Element<'a> {
    contents: &'a [u8],
    whole: &'a [u8],
    rest: &'a [u8],
}

fn element(der: &[u8], tag: u8) -> Element<'_> {
    assert_eq!(der[0], tag);
    let (head, length) = match der[1] {
        short @ 0..=0x7F => (2, usize::from(short)),
        0x81 => (3, usize::from(der[2])),
        0x82 => (4, usize::from(u16::from_be_bytes([der[2], der[3]]))),
        long => panic!("a length of {long:#x}"),
    };
    let (whole, rest) = der.split_at(head + length);
    Element { contents: &whole[head..], whole, rest }
}

/// `SubjectPublicKeyInfo` and `SubjectPublicKey` of a certificate (RFC 5280 section 4.1), read by walking over what stands
/// before them.
fn walk(certificate: &[u8]) -> (&[u8], &[u8]) {
    const SEQUENCE: u8 = 0x30;
    let tbs = element(element(certificate, SEQUENCE).contents, SEQUENCE).contents;
    let behind_version = element(tbs, 0xA0).rest;
    let behind_serial = element(behind_version, 2).rest;
    // Algorithm, issuer, validity, subject.
    let info = (0..4).fold(behind_serial, |rest, _| element(rest, SEQUENCE).rest);
    let info = element(info, SEQUENCE);
    let bits = element(element(info.contents, SEQUENCE).rest, 3).contents;
    assert_eq!(bits[0], 0, "no bit of the last byte is unused");
    (info.whole, &bits[1..])
}

async fn open(server: &Arc<Server>, version: &'static SupportedProtocolVersion) -> Opened<DuplexStream> {
    let (near, mut far) = tokio::io::duplex(16_384);
    let acceptor = TlsAcceptor::from(server.config(version));
    let serve = async {
        read_request(&mut far).await.unwrap();
        far.write_all(&CONFIRM).await.unwrap();
        acceptor.accept(far).await.unwrap()
    };
    let (observer, target) = (observer(), target());
    tokio::join!(observer.open_stream(&target, near), serve).0.unwrap()
}

fn keys(opened: &Opened<DuplexStream>) -> (Option<&[u8]>, Option<&[u8]>) {
    (opened.subject_public_key_info.as_deref(), opened.subject_public_key.as_deref())
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_key_is_the_servers_own() {
    for algorithm in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let certificate = params().self_signed(&key).unwrap();
        let (info, bits) = walk(certificate.der());
        assert_eq!((info, bits), (&*key.subject_public_key_info(), key.der_bytes()), "the walk itself");
        let server = Server::new(vec![certificate.der().clone()], signer(&key));
        for version in VERSIONS {
            assert_eq!(keys(&open(&server, version).await), (Some(info), Some(bits)), "{algorithm:?} {version:?}");
        }
    }
}

#[tokio::test]
async fn rsa_keys_are_the_labs_own() {
    for key in LabKey::all() {
        let certificate = LabCertificate::healthy(now()).with_key(*key);
        let lab = Lab::with_certificate(certificate.clone()).await.unwrap();
        let opened = observer().open(&lab.target()).await.unwrap();
        let der = certificate.der();
        let (info, bits) = walk(&der);
        assert_eq!(info, key.spki_der());
        assert_eq!(opened.subject_public_key_info.as_deref(), Some(info), "{key:?}");
        assert_eq!(opened.subject_public_key.as_deref(), Some(bits), "{key:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_the_leafs_and_not_that_of_another_in_the_chain() {
    let (leaf, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let chain = [&leaf, &other].map(|key| params().self_signed(key).unwrap().into());
    let server = Server::new(chain.to_vec(), signer(&leaf));
    let opened = open(&server, VERSIONS[1]).await;
    assert_eq!(keys(&opened).0, Some(&*leaf.subject_public_key_info()));
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_cannot_be_read_has_no_key_and_opens_all_the_same() {
    let server = Server::new(vec![vec![0x30; 64].into()], signer(&KeyPair::generate().unwrap()));
    let opened = open(&server, VERSIONS[0]).await;
    assert_eq!(keys(&opened), (None, None));
    assert!(opened.stream.is_tls() && opened.report.is_ok());
}
