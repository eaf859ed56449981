//! Nobody gets an answer to a challenge who is not trusted as the caller asked.

use rdp_probe::{Check, Known, KnownCertificates, Remembering, Target, Trust};

use super::*;

/// A builder that demands no certificate.
fn undemanding(goal: Goal) -> ProberBuilder {
    Prober::builder().goal(goal).fixed_clock(NOW)
}

fn nothing_left(met: &Met) -> bool {
    let any = met.seen.iter().any(|seen| matches!(seen, Seen::TsRequest { .. } | Seen::LogonAttempt { .. }));
    !any && met.credentials_sent() == 0 && met.report.evidence().credssp.is_none()
}

#[tokio::test(start_paused = true)]
async fn credentials_need_a_demand_or_a_danger_taken_by_name() {
    for goal in [Goal::Verify, Goal::Delegate] {
        for package in PACKAGES {
            let met = meet_alice(undemanding(goal).package(package), &server()).await;
            assert_eq!(met.end(), (Stage::Tls, End::Untrusted(Check::Demanded)));
            assert_eq!(met.result(), Some(NlaResult::Unknown));
            assert!(nothing_left(&met), "{:?}", met.seen);

            let met = meet_alice(undemanding(goal).package(package).dangerous_any_certificate(), &server()).await;
            assert_eq!((met.end(), met.attempts().len()), ((Stage::Nla, End::Complete), 1), "{}", met.report);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_untrusted_server_gets_nothing() {
    let other = server().with_certificate(certificate().with_common_name("somebody else"));
    for goal in [Goal::Verify, Goal::Delegate, Goal::Challenge] {
        let met = meet_alice(builder(goal), &other).await;
        assert_eq!(met.end(), (Stage::Tls, End::Untrusted(Check::Thumbprint)), "{goal:?}");
        assert!(nothing_left(&met), "{:?}", met.seen);

        // A danger that is taken does not lift a demand that was made.
        let met = meet_alice(builder(goal).dangerous_any_certificate(), &other).await;
        assert_eq!(met.end(), (Stage::Tls, End::Untrusted(Check::Thumbprint)), "{goal:?}");
        assert!(nothing_left(&met));

        let roots = rdp_probe::Roots::from_der([other_root()]).unwrap();
        let strict = undemanding(goal).roots(roots).trust(Trust::Strict);
        let met = meet_alice(strict, &server()).await;
        assert_eq!(met.end(), (Stage::Tls, End::Untrusted(Check::Chain)), "{goal:?}");
        assert!(nothing_left(&met));
    }
}

/// A root that has signed nothing of the lab's.
fn other_root() -> Vec<u8> {
    certificate().with_common_name("a root").with_key(rdp_probe_lab::LabKey::EcdsaP256).der().to_vec()
}

/// Servers without the update for CVE-2018-0886 get credentials only where that danger is taken by name.
#[tokio::test(start_paused = true)]
async fn old_servers_get_nothing_unless_that_danger_is_taken() {
    for version in 2..=4 {
        for package in PACKAGES {
            for goal in [Goal::Verify, Goal::Delegate] {
                let old = server().with_version(version);
                let met = meet_alice(builder(goal).package(package), &old).await;
                assert_eq!(met.end(), (Stage::Nla, End::Untrusted(Check::CredSspVersion)), "{version}");
                assert_eq!((met.attempts().len(), met.credentials_sent()), (0, 0), "{:?}", met.seen);
                let evidence = met.report.evidence();
                assert_eq!((met.result(), evidence.reached()), (Some(NlaResult::Unknown), Some(Stage::Tls)));

                let met = meet_alice(builder(goal).package(package).dangerous_old_credssp(), &old).await;
                assert_eq!(met.end(), (Stage::Nla, End::Complete), "{version} {package:?} {}", met.report);
                assert_eq!(met.result(), Some(NlaResult::Verified));
                assert_eq!(met.credentials_sent(), usize::from(goal == Goal::Delegate));
                let nonces = met.seen.iter().any(|seen| matches!(seen, Seen::TsRequest { client_nonce: true, .. }));
                assert!(!nonces, "{:?}", met.seen);
            }
        }
    }
}

/// With a goal that takes none, credentials stay where they are.
#[tokio::test(start_paused = true)]
async fn a_challenge_takes_no_credentials() {
    for goal in [Goal::Tls, Goal::Challenge] {
        let met = meet_alice(builder(goal), &server()).await;
        assert!(met.attempts().is_empty() && met.credentials_sent() == 0, "{:?}", met.seen);
    }
}

/// Without credentials there is no attempt, and the report says why.
#[tokio::test(start_paused = true)]
async fn nobody_logs_on_without_credentials() {
    for goal in [Goal::Verify, Goal::Delegate] {
        let met = meet(&builder(goal).build().unwrap(), &server(), None).await;
        assert_eq!((met.report.stage(), met.report.end().kind().as_str()), (Stage::Nla, "security"), "{}", met.report);
        assert!(met.attempts().is_empty() && met.credentials_sent() == 0);
    }
}

/// Says that it knows nothing, and keeps nothing.
struct Forgetful(Option<Known>);

impl KnownCertificates for Forgetful {
    fn get<'a>(&'a self, _: &'a Target) -> Remembering<'a, Known> {
        Box::pin(async { Known::Nothing })
    }

    fn put<'a>(&'a self, _: &'a Target, certificate: &'a [u8]) -> Remembering<'a, Known> {
        Box::pin(async move {
            match &self.0 {
                Some(Known::Certificate(_)) => Known::Certificate(certificate.to_vec().into()),
                Some(other) => other.clone(),
                None => pending().await,
            }
        })
    }
}

/// A first use that nobody keeps is one each time, for whoever comes.
#[tokio::test(start_paused = true)]
async fn a_first_use_that_is_not_kept_gets_nothing() {
    for goal in [Goal::Verify, Goal::Delegate] {
        let first = |kept| undemanding(goal).trust(Trust::FirstUse).known_certificates(Forgetful(kept));
        for kept in [Some(Known::Unavailable), Some(Known::Nothing), Some(Known::Unasked), None] {
            let met = meet_alice(first(kept.clone()), &server()).await;
            assert!(nothing_left(&met) && !met.report.is_ok(), "{kept:?} {:?}", met.seen);
            assert_eq!(met.end(), (Stage::Tls, End::Untrusted(Check::Known)), "{kept:?}");
        }
        let met = meet_alice(first(Some(Known::Certificate(Vec::new().into()))), &server()).await;
        assert_eq!((met.end(), met.attempts().len()), ((Stage::Nla, End::Complete), 1), "{:?}", met.seen);
    }
    // Where nothing is given, the connection is what it was.
    let challenged = undemanding(Goal::Challenge).trust(Trust::FirstUse);
    let met = meet_alice(challenged.known_certificates(Forgetful(Some(Known::Unavailable))), &server()).await;
    assert_eq!(met.end(), (Stage::Nla, End::Complete), "{}", met.report);
}
