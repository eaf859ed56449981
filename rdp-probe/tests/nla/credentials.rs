//! What is proven, and what is handed over.

use rdp_probe::codes::ClientStatus;
use rdp_probe::{
    Binding, CredSspStep, CredentialsError, Protocols, Request, SecurityError, SecurityErrorKind, Selected, Transcript,
};

use super::*;

const LOGON_FAILURE: NtStatus = NtStatus(0xC000_006D);
const FINE: NtStatus = NtStatus(0);

#[tokio::test(start_paused = true)]
async fn a_right_password_is_verified_and_not_handed_over() {
    for package in PACKAGES {
        for version in [5, 6] {
            let server = server().with_version(version);
            let met = meet_alice(builder(Goal::Verify).package(package), &server).await;
            assert_eq!(met.end(), (Stage::Nla, End::Complete), "{package:?} {version} {:?}", met.seen);
            assert_eq!(met.result(), Some(NlaResult::Verified));
            assert!(met.report.is_ok());
            assert_eq!(met.report.evidence().credssp.as_ref().unwrap().binding(), Some(Binding::Same));
            assert_eq!(met.report.evidence().credssp_version(), Some(version));
            assert_eq!(met.attempts(), [("alice", FINE)]);
            assert_eq!((met.credentials_sent(), met.credentials().len()), (0, 0), "{:?}", met.seen);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn delegation_hands_over_what_was_verified() {
    for package in PACKAGES {
        for offer in [Protocols::default(), Protocols::SSL.union(Protocols::HYBRID)] {
            for version in [5, 6] {
                let server = server().with_version(version);
                let met = meet_alice(builder(Goal::Delegate).package(package).offer(offer), &server).await;
                assert_eq!(met.end(), (Stage::Nla, End::Complete), "{package:?} {version} {:?}", met.seen);
                assert_eq!(met.result(), Some(NlaResult::Verified));
                assert_eq!(met.attempts(), [("alice", FINE)]);
                assert_eq!(met.credentials_sent(), 1);
            }
        }
    }
}

/// Where no early authorization follows, a probe is over when the credentials are sent: the server may see them later.
#[tokio::test(start_paused = true)]
async fn what_is_handed_over_is_what_the_user_is_called() {
    let server = NlaServer::new().with_user("LAB\\alice", PASSWORD).with_certificate(certificate());
    for (user, domain, held) in [
        ("LAB\\alice", None, ("LAB", "alice")),
        ("alice", Some("LAB"), ("LAB", "alice")),
        ("alice@lab", None, ("", "alice@lab")),
    ] {
        for package in PACKAGES {
            let credentials = Credentials::with_password(user, domain, PASSWORD.to_owned()).unwrap();
            let prober = builder(Goal::Delegate).package(package).build().unwrap();
            let met = meet(&prober, &server, Some(&credentials)).await;
            assert_eq!(met.end(), (Stage::Nla, End::Complete), "{user} {:?}", met.seen);
            assert_eq!(met.credentials(), [(held.0, held.1, PASSWORD.len())]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_and_an_unknown_user_are_refused_at_the_first_attempt() {
    for package in PACKAGES {
        for goal in [Goal::Verify, Goal::Delegate] {
            for (user, password) in [("alice", "secret-1"), ("alice", ""), ("bob", PASSWORD)] {
                let credentials = Credentials::with_password(user, None, password.to_owned()).unwrap();
                let prober = builder(goal).package(package).build().unwrap();
                let met = meet(&prober, &server(), Some(&credentials)).await;
                assert_eq!(met.end(), (Stage::Nla, End::Rejected(LOGON_FAILURE)), "{user} {:?}", met.seen);
                assert_eq!(met.result(), Some(NlaResult::Rejected(LOGON_FAILURE)));
                assert!(!met.report.is_ok());
                assert_eq!((met.attempts(), met.credentials_sent()), (vec![(user, LOGON_FAILURE)], 0));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_nt_hash_verifies_and_cannot_be_handed_over_but_by_restricted_admin() {
    let hash = Credentials::with_nt_hash("alice", None, HASH).unwrap();
    let wrong = Credentials::with_nt_hash("alice", None, [0; 16]).unwrap();
    for package in PACKAGES {
        let verify = builder(Goal::Verify).package(package).build().unwrap();
        let met = meet(&verify, &server(), Some(&hash)).await;
        assert_eq!((met.end(), met.credentials_sent()), ((Stage::Nla, End::Complete), 0), "{:?}", met.seen);
        let met = meet(&verify, &server(), Some(&wrong)).await;
        assert_eq!(met.end(), (Stage::Nla, End::Rejected(LOGON_FAILURE)));

        let delegate = builder(Goal::Delegate).package(package).build().unwrap();
        let met = meet(&delegate, &server(), Some(&hash)).await;
        assert_eq!((met.report.stage(), met.report.end().kind().as_str()), (Stage::Nla, "security"), "{:?}", met.seen);
        assert_eq!((met.result(), met.report.evidence().proof_sent()), (Some(NlaResult::Unknown), false));
        assert!(!met.seen.iter().any(|seen| matches!(seen, Seen::TsRequest { .. })), "it was no attempt");

        let request = Request::default().with_restricted_admin();
        let restricted = builder(Goal::Delegate).package(package).request(request).build().unwrap();
        let met = meet(&restricted, &server().with_restricted_admin(), Some(&hash)).await;
        assert_eq!(met.end(), (Stage::Nla, End::Complete), "{:?}", met.seen);
        assert_eq!((met.credentials_sent(), met.credentials()), (1, vec![("", "", 0)]));
    }
}

/// A server that does not allow restricted admin refuses empty credentials, in a `TSRequest` in place of the early result.
#[tokio::test(start_paused = true)]
async fn restricted_admin_is_refused_where_it_is_not_allowed() {
    let request = Request::default().with_restricted_admin();
    let met = meet_alice(builder(Goal::Delegate).request(request), &server()).await;
    assert_eq!(met.end(), (Stage::Nla, End::Rejected(NtStatus(0xC000_006E))), "{:?}", met.seen);
    assert_eq!(met.credentials(), [("", "", 0)]);
}

#[tokio::test(start_paused = true)]
async fn the_early_result_counts_where_the_server_chose_hybrid_ex_and_there_alone() {
    let hybrid = Protocols::SSL.union(Protocols::HYBRID);
    for result in [5, 1, u32::MAX] {
        let server = server().with_early_authorization(result);
        let met = meet_alice(builder(Goal::Delegate), &server).await;
        assert_eq!(met.end(), (Stage::Nla, End::Unauthorized(result)));
        // Any other number is not defined, and takes nothing back of what was proven.
        let expected = if result == 5 { NlaResult::NotAuthorized(5) } else { NlaResult::Verified };
        assert_eq!(met.result(), Some(expected));
        assert!(!met.report.is_ok());

        let met = meet_alice(builder(Goal::Delegate).offer(hybrid), &server).await;
        assert_eq!(met.end(), (Stage::Nla, End::Complete), "nobody asked");
        let met = meet_alice(builder(Goal::Verify), &server).await;
        assert_eq!(met.result(), Some(NlaResult::Verified), "it did not come to that");
    }
}

#[tokio::test(start_paused = true)]
async fn where_no_credentials_are_asked_for_nothing_is_verified() {
    for (knows, selected) in [(Protocols::SSL, Selected(1)), (Protocols::RDP, Selected::RDP)] {
        for goal in [Goal::Verify, Goal::Delegate] {
            let met = meet_alice(builder(goal), &server().with_protocols(knows)).await;
            assert_eq!(met.result(), Some(NlaResult::NotVerifiable(selected)));
            assert!(!met.report.is_ok(), "{}", met.report);
            assert_eq!((met.attempts().len(), met.credentials_sent()), (0, 0));
        }
    }
}

/// Remote credential guard hands nothing over that could be taken, and its package is not here.
#[tokio::test(start_paused = true)]
async fn remote_credential_guard_hands_nothing_over() {
    let request = Request::default().with_redirected_authentication();
    for package in PACKAGES {
        let met = meet_alice(builder(Goal::Delegate).package(package).request(request.clone()), &server()).await;
        let error = SecurityError { kind: SecurityErrorKind::NoPackage, status: ClientStatus(0x8009_0302) };
        assert_eq!(met.end(), (Stage::Nla, End::Security(error)), "{:?}", met.seen);
        assert_eq!((met.attempts().len(), met.credentials_sent()), (0, 0));
        assert!(!met.seen.iter().any(|seen| matches!(seen, Seen::TsRequest { .. })), "{:?}", met.seen);
        // What hands nothing over may ask for it.
        let met = meet_alice(builder(Goal::Verify).package(package).request(request.clone()), &server()).await;
        assert_eq!((met.end(), met.credentials_sent()), ((Stage::Nla, End::Complete), 0), "{:?}", met.seen);
    }
}

/// Neither the length of the password nor that of the name is told.
#[tokio::test(start_paused = true)]
async fn lengths_are_not_told() {
    for (package, goal) in PACKAGES.into_iter().flat_map(|package| [(package, Goal::Verify), (package, Goal::Delegate)])
    {
        let told = |user: &'static str, domain: Option<&'static str>, password: &'static str| async move {
            let name = domain.map_or(user.to_owned(), |domain| format!("{domain}\\{user}"));
            let server = NlaServer::new().with_user(&name, password).with_certificate(certificate());
            let credentials = Credentials::with_password(user, domain, password.to_owned()).unwrap();
            let met = meet(&builder(goal).package(package).build().unwrap(), &server, Some(&credentials)).await;
            assert_eq!(met.end(), (Stage::Nla, End::Complete), "{user} {:?}", met.seen);
            let evidence = met.report.evidence();
            let transcript = Transcript::from(evidence);
            assert_eq!(&transcript.replay(), evidence);
            let steps: Vec<_> = evidence
                .credssp
                .clone()
                .unwrap()
                .events
                .into_iter()
                .map(|event| match event.what {
                    CredSspStep::Received(bytes) => format!("received {}", bytes.len()),
                    other => format!("{other:?}"),
                })
                .collect();
            (steps, evidence.nla.unwrap().sent, evidence.nla.unwrap().received)
        };
        let short = told("al", None, "x").await;
        assert_eq!(short, told("alexandra-the-very-long", None, "Secret".repeat(20).leak()).await);
        assert_eq!(short, told("al", Some("LABORATORY"), "Secret-1").await);
        assert!(short.1 > 0);
    }
}

#[test]
fn credentials_that_are_none() {
    let made = |user: &str, domain: Option<&str>, password: &str| {
        Credentials::with_password(user, domain, password.to_owned()).map(|_| ()).unwrap_err()
    };
    for (user, domain) in [("", None), ("", Some("LAB")), ("LAB\\", None), ("@lab", None), ("alice@", None)] {
        assert_eq!(made(user, domain, PASSWORD), CredentialsError::NoUser, "{user:?}");
    }
    assert_eq!(made("LAB\\alice", Some("LAB"), PASSWORD), CredentialsError::TwoDomains);
    assert_eq!(made("LAB\\a\\b", None, PASSWORD), CredentialsError::BadName);
    assert_eq!(made("alice", Some("LA\\B"), PASSWORD), CredentialsError::BadName);
    assert_eq!(made("alice", None, "$NTLM$:32dd88ba05015976331dd499de64e9d9"), CredentialsError::LikeHash);
    assert!(Credentials::with_password("alice", None, "a $NTLM$: inside".to_owned()).is_ok());
}
