//! Strict trust: which chains it takes, and on which check it fails.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, PKCS_ED25519,
};
use rdp_probe::{Check, End, Prober, Reason, Report, Roots, Stage, Transcript, Trust};
use rustls::pki_types::CertificateDer;
use time::Duration;

use super::server::{Server, VERSIONS, builder, now, params, signer};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority_params(name: &str) -> CertificateParams {
    let mut params = params();
    params.subject_alt_names.clear();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn authority(name: &str) -> Authority {
    Authority::self_signed(authority_params(name), KeyPair::generate().unwrap()).unwrap()
}

/// A server with a certificate that this authority has signed, and this behind it in the chain.
fn server(params: &CertificateParams, authority: &Authority, behind: &[CertificateDer<'static>]) -> Arc<Server> {
    let key = KeyPair::generate().unwrap();
    let leaf = params.signed_by(&key, authority).unwrap().der().clone();
    Server::new([&[leaf], behind].concat(), signer(&key))
}

fn strict(roots: &[&CertificateDer<'_>]) -> Prober {
    let roots = Roots::from_der(roots.iter().map(|der| der.to_vec())).unwrap();
    builder().trust(Trust::Strict).roots(roots).build().unwrap()
}

/// Probes with each version, which is to make no difference.
async fn probe(server: &Arc<Server>, prober: &Prober) -> Report {
    let old = server.probe(prober, VERSIONS[0]).await;
    let new = server.probe(prober, VERSIONS[1]).await;
    assert_eq!((old.end(), old.verdict()), (new.end(), new.verdict()));
    assert_eq!(new.stage(), Stage::Tls);
    new
}

fn chain_reason(report: &Report) -> Option<Reason> {
    report.verdict().map(|verdict| verdict.chain.reason)
}

#[tokio::test(start_paused = true)]
async fn a_root_that_is_the_leaf_itself_is_enough() {
    let key = KeyPair::generate().unwrap();
    let leaf: CertificateDer<'static> = params().self_signed(&key).unwrap().into();
    let server = Server::new(vec![leaf.clone()], signer(&key));
    let report = probe(&server, &strict(&[&leaf])).await;
    assert_eq!((report.end(), report.is_ok()), (End::Complete, true));
    let other = authority("other");
    let report = probe(&server, &strict(&[other.der()])).await;
    assert_eq!((report.end(), chain_reason(&report)), (End::Untrusted(Check::Chain), Some(Reason::SelfSigned)));
}

/// Path builders refuse an authority that serves by itself. But who trusts the very certificate trusts it.
#[tokio::test(start_paused = true)]
async fn a_root_that_serves_is_trusted_all_the_same() {
    let key = KeyPair::generate().unwrap();
    let mut own = params();
    own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root: CertificateDer<'static> = own.self_signed(&key).unwrap().into();
    let server = Server::new(vec![root.clone()], signer(&key));
    assert_eq!(probe(&server, &strict(&[&root])).await.end(), End::Complete);
}

#[tokio::test(start_paused = true)]
async fn a_chain_leads_to_its_root() {
    let root = authority("root");
    let report = probe(&server(&params(), &root, &[]), &strict(&[root.der()])).await;
    assert_eq!((report.end(), report.is_ok()), (End::Complete, true));

    let middle = Authority::signed_by(authority_params("middle"), KeyPair::generate().unwrap(), &root).unwrap();
    let whole = server(&params(), &middle, &[middle.der().clone()]);
    assert_eq!(probe(&whole, &strict(&[root.der()])).await.end(), End::Complete);
    assert_eq!(probe(&whole, &strict(&[middle.der()])).await.end(), End::Complete);

    let report = probe(&server(&params(), &middle, &[]), &strict(&[root.der()])).await;
    assert_eq!((report.end(), chain_reason(&report)), (End::Untrusted(Check::Chain), Some(Reason::UnknownIssuer)));
}

#[tokio::test(start_paused = true)]
async fn a_namesake_of_the_root_is_not_the_root() {
    let (root, namesake, stranger) = (authority("root"), authority("root"), authority("stranger"));
    let leaf = server(&params(), &root, &[]);
    for (other, reason) in [(&namesake, Reason::BadSignature), (&stranger, Reason::UnknownIssuer)] {
        let report = probe(&leaf, &strict(&[other.der()])).await;
        assert_eq!((report.end(), chain_reason(&report)), (End::Untrusted(Check::Chain), Some(reason)));
    }
    let report = probe(&leaf, &strict(&[namesake.der(), root.der()])).await;
    assert_eq!(report.end(), End::Complete, "the right one of two is found");
}

#[tokio::test(start_paused = true)]
async fn each_check_fails_for_itself() {
    let root = authority("root");
    let mut expired = params();
    (expired.not_before, expired.not_after) = (now() - Duration::days(60), now() - Duration::days(30));
    let mut early = params();
    (early.not_before, early.not_after) = (now() + Duration::days(30), now() + Duration::days(60));
    let mut other_name = params();
    other_name.subject_alt_names.clear();
    let mut other_purpose = params();
    other_purpose.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let rows =
        [(expired, Check::Time), (early, Check::Time), (other_name, Check::Name), (other_purpose, Check::Purpose)];
    for (params, check) in rows {
        let report = probe(&server(&params, &root, &[]), &strict(&[root.der()])).await;
        assert_eq!((report.end(), chain_reason(&report)), (End::Untrusted(check), Some(Reason::Trusted)));
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_not_trusted() {
    let root = authority("root");
    let server = Server::new(vec![vec![0x30; 64].into()], signer(&KeyPair::generate().unwrap()));
    let report = probe(&server, &strict(&[root.der()])).await;
    assert_eq!(report.end(), End::Untrusted(Check::Readable));
}

/// What a certificate says of its issuer is held against its signature, where there is one that can be checked.
#[tokio::test(start_paused = true)]
async fn whether_a_certificate_signed_itself_is_seen() {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let sound = params().self_signed(&key).unwrap().der().to_vec();
    let mut forged = sound.clone();
    *forged.last_mut().unwrap() ^= 1;
    // Ed448 by the name of what signed it, which nobody here can check.
    let mut odd = sound.clone();
    let at = odd.windows(3).rposition(|window| window == [0x2B, 0x65, 0x70]).unwrap();
    odd[at + 2] = 0x71;
    let root = authority("root");
    let signed = params().signed_by(&key, &root).unwrap().der().to_vec();
    let rows = [
        (sound, Some(true), Reason::SelfSigned, "self-signed,"),
        (forged, Some(false), Reason::UnknownIssuer, "its own issuer by its word, and signed by another key,"),
        (odd, None, Reason::SelfSigned, "self-signed by its own word,"),
        (signed, None, Reason::UnknownIssuer, "issued by CN=root,"),
    ];
    let stranger = authority("stranger");
    for (der, own, reason, words) in rows {
        let server = Server::new(vec![der.into()], signer(&key));
        let report = probe(&server, &strict(&[stranger.der()])).await;
        assert_eq!(report.evidence().handshake.as_ref().unwrap().own_signature, own, "{words}");
        assert_eq!(chain_reason(&report), Some(reason), "{words}");
        let text = report.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(words), "{words}: {report}");
        assert_eq!(report.transcript().to_string().parse::<Transcript>().unwrap().replay(), *report.evidence());
    }
}

#[tokio::test(start_paused = true)]
async fn an_observer_sees_the_same_and_goes_on() {
    let (root, stranger) = (authority("root"), authority("stranger"));
    let roots = Roots::from_der([stranger.der().to_vec()]).unwrap();
    let leaf = server(&params(), &root, &[]);
    let report = probe(&leaf, &builder().roots(roots).build().unwrap()).await;
    assert_eq!((report.end(), chain_reason(&report)), (End::Complete, Some(Reason::UnknownIssuer)));
    let report = probe(&leaf, &builder().build().unwrap()).await;
    assert_eq!((report.end(), chain_reason(&report)), (End::Complete, Some(Reason::NoRoots)));
}
