//! A certificate that is demanded is not got around: neither by a server that chooses less, nor by a goal before TLS.

use rdp_probe::diagnose::Cause;
use rdp_probe::{ConfigError, Goal, Prober, ProberBuilder, Roots, Thumbprint, Trust};
use rdp_probe_lab::{Lab, LabCertificate};
use time::OffsetDateTime;

use super::support::NOW;

/// Builders that demand a certificate in each way there is.
fn demanding() -> [ProberBuilder; 2] {
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    let roots = Roots::from_der([LabCertificate::healthy(now).der().to_vec()]).unwrap();
    [Prober::builder().trust(Trust::Strict).roots(roots), Prober::builder().expect(Thumbprint::Sha1([0; 20]))]
}

#[test]
fn a_goal_without_a_certificate_and_a_demand_for_one_contradict_each_other() {
    for builder in demanding() {
        assert_eq!(builder.clone().goal(Goal::Negotiate).build().unwrap_err(), ConfigError::NoCertificate);
        assert!(builder.goal(Goal::Chosen).build().is_ok());
    }
}

#[tokio::test]
async fn a_server_that_chooses_less_than_tls_is_not_handed_over() {
    let lab = Lab::start("standard-security").await.unwrap();
    for builder in demanding() {
        let failure = builder.goal(Goal::Chosen).build().unwrap().open(&lab.target()).await.unwrap_err();
        assert_eq!(failure.report().causes()[0].cause, Cause::StandardSecurityOnly);
    }
    // Without a demand, the plain stream is what was asked for.
    let opened = Prober::builder().goal(Goal::Chosen).build().unwrap().open(&lab.target()).await.unwrap();
    assert_eq!((opened.selected, opened.stream.is_tls()), (0, false));
    assert_eq!(opened.stream.into_plain().unwrap().peer_addr().unwrap(), lab.address());
}

#[tokio::test]
async fn a_plan_runs_over_a_stream_of_ones_own() {
    let lab = Lab::start("healthy").await.unwrap();
    let prober = Prober::builder().build().unwrap();
    let mut plan = prober.plan(&lab.target());
    plan.thumbprints = vec![Thumbprint::Sha256([7; 32])];
    #[expect(clippy::disallowed_methods, reason = "the test brings its own stream")]
    let connect = async || tokio::net::TcpStream::connect(lab.address()).await.unwrap();
    let failure = prober.open_plan_stream(plan.clone(), connect().await).await.unwrap_err();
    assert_eq!(failure.report().causes()[0].cause, Cause::CertificateUnexpected);
    assert!(!prober.probe_plan_stream(plan, connect().await).await.is_ok());
    let opened = prober.open_stream(&lab.target(), connect().await).await.unwrap();
    assert!(opened.stream.into_plain().is_err(), "it is inside TLS");
}

/// Goals that need credentials need the feature, too: the report says that, and not that credentials are missing.
#[cfg(not(feature = "nla"))]
#[tokio::test]
async fn there_is_no_security_package_without_the_feature() {
    use rdp_probe::codes::ClientStatus;
    use rdp_probe::{End, SecurityError, SecurityErrorKind, Stage};

    let lab = Lab::start("nla").await.unwrap();
    for goal in [Goal::Verify, Goal::Delegate] {
        let report =
            Prober::builder().goal(goal).dangerous_any_certificate().build().unwrap().probe(&lab.target()).await;
        let error = SecurityError { kind: SecurityErrorKind::NoPackage, status: ClientStatus(0x8009_0305) };
        assert_eq!((report.stage(), report.end()), (Stage::Nla, End::Security(error)));
        assert!(!report.is_ok());
    }
}
