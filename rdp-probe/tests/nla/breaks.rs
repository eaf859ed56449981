//! Every way to break `CredSSP`, at every message of the server: its end, and what is known of the credentials then.

use bytes::Bytes;
use rdp_probe::{Binding, Denial, EndKind, Fault};
use rdp_probe_lab::{NlaAct, NlaTurn};

use super::*;

/// The messages of a server up to its word on its key, bare and in SPNEGO.
const TURNS: [(Package, NlaTurn); 5] = [
    (Package::Ntlm, NlaTurn::Challenge),
    (Package::Ntlm, NlaTurn::Binding),
    (Package::Spnego, NlaTurn::Challenge),
    (Package::Spnego, NlaTurn::Accept),
    (Package::Spnego, NlaTurn::Binding),
];

/// An MCS Disconnect Provider Ultimatum, as gnome-remote-desktop sends where a `TSRequest` is due.
const ULTIMATUM: &[u8] = &[3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80];

async fn verify(package: Package, server: &NlaServer) -> Met {
    meet_alice(builder(Goal::Verify).package(package), server).await
}

/// What stops the server at any message.
#[tokio::test(start_paused = true)]
async fn whatever_stops_the_server_is_an_end_of_its_own_and_nothing_is_known_then() {
    let status = NtStatus(0xC000_0234);
    let long: &[u8] = &[0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF];
    let acts = [
        (NlaAct::Close, End::Fin),
        (NlaAct::Leave(Ending::Fin), End::Fin),
        (NlaAct::Leave(Ending::Reset), End::Reset),
        (NlaAct::Leave(Ending::Silence), End::Timeout),
        (NlaAct::Alert(49), End::Alert(49)),
        (NlaAct::Alert(80), End::Alert(80)),
        (NlaAct::Cut(1, Ending::Fin), End::Fin),
        (NlaAct::Cut(9, Ending::Fin), End::Fin),
        (NlaAct::Cut(9, Ending::Reset), End::Reset),
        (NlaAct::Cut(1, Ending::Silence), End::Timeout),
        (NlaAct::Cut(9, Ending::Silence), End::Timeout),
        (NlaAct::Refuse(status), End::Rejected(status)),
        (NlaAct::RefuseUnsigned(status), End::Rejected(status)),
        (NlaAct::RefuseBeside(status), End::Rejected(status)),
        (NlaAct::Without, End::Malformed(Fault::TsRequestField)),
        (NlaAct::Version(0), End::Malformed(Fault::CredSspVersion)),
        (NlaAct::Version(1), End::Malformed(Fault::CredSspVersion)),
        (NlaAct::Say(Bytes::from_static(ULTIMATUM), Ending::Fin), End::Denied(Denial::Ultimatum(3))),
        (NlaAct::Say(Bytes::from_static(ULTIMATUM), Ending::Silence), End::Denied(Denial::Ultimatum(3))),
        (NlaAct::Say(Bytes::from_static(b"HTTP/1.1 400\r\n\r\n"), Ending::Fin), End::Malformed(Fault::NotCredSsp)),
        (NlaAct::Say(Bytes::from_static(long), Ending::Silence), End::Malformed(Fault::TsRequest)),
        (NlaAct::Say(Bytes::from_static(&[0x30, 3, 0xA0, 9, 9]), Ending::Silence), End::Malformed(Fault::TsRequest)),
        (NlaAct::Say(Bytes::from_static(&[0x30, 0x80, 0, 0]), Ending::Fin), End::Malformed(Fault::NotCredSsp)),
        (NlaAct::Say(Bytes::from_static(&[0x30, 0]), Ending::Fin), End::Malformed(Fault::TsRequest)),
    ];
    for (package, turn) in TURNS {
        for (act, end) in &acts {
            let met = verify(package, &server().instead_of(turn, act.clone())).await;
            assert_eq!(met.end(), (Stage::Nla, *end), "{package:?} {turn:?} {act:?}: {}", met.report);
            let expected = match end {
                End::Rejected(status) if turn != NlaTurn::Challenge => NlaResult::Rejected(*status),
                _ => NlaResult::Unknown,
            };
            assert_eq!(met.result(), Some(expected), "{turn:?} {act:?}");
            assert!(!met.report.is_ok() && met.attempts().len() <= 1 && met.credentials_sent() == 0, "{act:?}");
        }
    }
}

/// A version that changes in the middle is none to rely on.
#[tokio::test(start_paused = true)]
async fn the_version_stays_what_it_was() {
    for (package, turn) in TURNS {
        for version in [2, 4, 5, 7] {
            let met = verify(package, &server().instead_of(turn, NlaAct::Version(version))).await;
            match turn {
                NlaTurn::Challenge if version < 5 => {
                    let untrusted = End::Untrusted(rdp_probe::Check::CredSspVersion);
                    assert_eq!((met.end(), met.attempts().len()), ((Stage::Nla, untrusted), 0));
                }
                _ => {
                    let end = (Stage::Nla, End::Malformed(Fault::CredSspVersion));
                    assert_eq!(met.end(), end, "{package:?} {turn:?} {version}");
                }
            }
            assert_eq!((met.result(), met.credentials_sent()), (Some(NlaResult::Unknown), 0));
        }
    }
}

/// Who stands between knows no session key, or sees another server key: it is never "verified", and nothing is handed over.
#[tokio::test(start_paused = true)]
async fn a_word_on_another_key_is_no_proof() {
    for package in PACKAGES {
        for goal in [Goal::Verify, Goal::Delegate] {
            for (act, fault, binding) in [
                (NlaAct::OtherKey, Fault::PublicKey, Binding::Other),
                (NlaAct::Echo, Fault::PublicKey, Binding::Other),
                (NlaAct::WithoutNonce, Fault::Nonce, Binding::WithoutNonce),
            ] {
                let server = server().instead_of(NlaTurn::Binding, act.clone());
                let met = meet_alice(builder(goal).package(package), &server).await;
                assert_eq!(met.end(), (Stage::Nla, End::Malformed(fault)), "{act:?}");
                assert_eq!(met.report.evidence().credssp.as_ref().unwrap().binding(), Some(binding));
                assert_eq!((met.result(), met.credentials_sent()), (Some(NlaResult::Unknown), 0));
            }
            let junk = rdp_probe::credssp::TsRequest {
                version: 6,
                pub_key_auth: Some(Bytes::from_static(&[7; 48])),
                ..Default::default()
            };
            let act = NlaAct::Say(junk.encode().into(), Ending::Silence);
            let met = meet_alice(builder(goal).package(package), &server().instead_of(NlaTurn::Binding, act)).await;
            assert_eq!(met.end(), (Stage::Nla, End::Malformed(Fault::PublicKey)));
        }
    }
}

/// How servers of the field refuse a wrong password.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_read_in_every_form() {
    type Refusing = fn(NtStatus) -> NlaAct;
    let wrong = Credentials::with_password("alice", None, "wrong".to_owned()).unwrap();
    let status = NtStatus(0xC000_006D);
    let forms: [(Refusing, End); 5] = [
        (NlaAct::Refuse, End::Rejected(status)),
        (NlaAct::RefuseBeside, End::Rejected(status)),
        (NlaAct::RefuseUnsigned, End::Rejected(status)),
        (|_| NlaAct::Close, End::Fin),
        (|_| NlaAct::Say(Bytes::from_static(ULTIMATUM), Ending::Fin), End::Denied(Denial::Ultimatum(3))),
    ];
    for (refusing, end) in forms {
        for package in PACKAGES {
            for version in [5, 6] {
                let server = server().with_version(version).refusing(refusing);
                let met = meet(&builder(Goal::Delegate).package(package).build().unwrap(), &server, Some(&wrong)).await;
                assert_eq!(met.end(), (Stage::Nla, end), "{package:?} {version} {}", met.report);
                assert_eq!((met.attempts().len(), met.credentials_sent()), (1, 0));
            }
        }
    }
}

/// What comes in place of the early result.
#[tokio::test(start_paused = true)]
async fn the_last_message_can_break_too() {
    let status = NtStatus(0xC000_006E);
    for (act, end) in [
        (NlaAct::Close, End::Fin),
        (NlaAct::Leave(Ending::Reset), End::Reset),
        (NlaAct::Leave(Ending::Silence), End::Timeout),
        (NlaAct::Alert(80), End::Alert(80)),
        (NlaAct::Say(Bytes::from_static(&[0, 0, 0]), Ending::Fin), End::Fin),
        (NlaAct::Say(Bytes::from_static(&[5, 0, 0]), Ending::Silence), End::Timeout),
        (NlaAct::Refuse(status), End::Rejected(status)),
        (NlaAct::RefuseUnsigned(status), End::Rejected(status)),
    ] {
        for package in PACKAGES {
            let server = server().instead_of(NlaTurn::Authorization, act.clone());
            let met = meet_alice(builder(Goal::Delegate).package(package), &server).await;
            assert_eq!(met.end(), (Stage::Nla, end), "{act:?}");
            let rejected = matches!(end, End::Rejected(_));
            let result = if rejected { NlaResult::Rejected(status) } else { NlaResult::Verified };
            assert_eq!((met.result(), met.credentials_sent()), (Some(result), 1), "{act:?}");
            assert!(!met.report.is_ok());
        }
    }
}

/// A server that takes Kerberos alone, asked for NTLM.
#[tokio::test(start_paused = true)]
async fn a_server_without_ntlm_is_told_from_a_wrong_password() {
    let server = server().with_mechanisms([rdp_probe::credssp::Mechanism::MsKerberos]);
    let met = verify(Package::Ntlm, &server).await;
    assert_eq!((met.end(), met.attempts().len()), ((Stage::Nla, End::Rejected(NtStatus(0x8009_0302))), 0));
    assert_eq!(met.result(), Some(NlaResult::Unknown), "nothing that proves the password had gone out");
    let met = verify(Package::Spnego, &server).await;
    assert_eq!((met.report.stage(), met.report.end().kind()), (Stage::Nla, EndKind::Security), "{}", met.report);
    assert_eq!(met.report.evidence().mechanisms(), [rdp_probe::credssp::Mechanism::MsKerberos]);
    assert_eq!((met.result(), met.attempts().len()), (Some(NlaResult::Unknown), 0));
    // To be challenged was the goal, and no challenge came.
    let met = meet(&builder(Goal::Challenge).package(Package::Spnego).build().unwrap(), &server, None).await;
    assert_eq!((met.end(), met.report.is_ok()), ((Stage::Nla, End::Complete), false), "{}", met.report);
    let met = meet(&builder(Goal::Challenge).build().unwrap(), &self::server(), None).await;
    assert!(met.report.is_ok(), "{}", met.report);
}
