//! Whoever uses the library chooses the cryptography of the process: nothing here does it behind their back, whatever the security
//! package's own TLS would like. It takes a process of its own, as what is installed stays.

use std::time::Duration;

use rdp_probe::{Budget, Credentials, End, Goal, NlaResult, Package, Prober, Stage};
use rdp_probe_lab::{Lab, NlaServer};
use rustls::crypto::CryptoProvider;

const PASSWORD: &str = "Secret-1";

#[tokio::test]
async fn no_provider_is_installed_for_the_process() {
    assert!(CryptoProvider::get_default().is_none());
    let lab = Lab::with_nla(NlaServer::new().with_user("alice", PASSWORD)).await.unwrap();
    let alice = Credentials::with_password("alice", None, PASSWORD.to_owned()).unwrap();
    let budget = Budget { stage: Duration::from_secs(20), total: Duration::from_secs(60) };
    let builder =
        |goal, package| Prober::builder().goal(goal).package(package).dangerous_any_certificate().budget(budget);
    for package in [Package::Ntlm, Package::Spnego] {
        for goal in [Goal::Verify, Goal::Delegate] {
            let report = builder(goal, package).build().unwrap().probe_as(&lab.target(), &alice).await;
            assert_eq!(report.evidence().nla_result(), Some(NlaResult::Verified), "{report}");
            assert!(CryptoProvider::get_default().is_none(), "{goal:?} by {package:?}");
        }
    }
    // As far as a key distribution centre that hangs up.
    let centre = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let kdc = centre.local_addr().unwrap().into();
    let hang_up = tokio::spawn(async move { drop(centre.accept().await.unwrap()) });
    let user = Credentials::with_password("alice@LAB.EXAMPLE", None, PASSWORD.to_owned()).unwrap();
    let prober = builder(Goal::Verify, Package::Kerberos).kdc(kdc).service("ts01.lab.example").build().unwrap();
    let report = prober.probe_as(&lab.target(), &user).await;
    assert_eq!(report.stage(), Stage::Kerberos, "{report}");
    assert!(matches!(report.end(), End::Fin | End::Reset), "{report}");
    hang_up.await.unwrap();
    assert!(CryptoProvider::get_default().is_none());
}
