//! What becomes of a connection, state by state: each way for a server to go on, and to stop.

use std::time::Duration;

use rdp_probe::codes::{ClientStatus, NtStatus};
use rdp_probe::transcript::Happening;
use rdp_probe::{
    Binding, Check, Close, Denial, End, Evidence, Fault, Goal, Handshake, HandshakeEnd, KdcEnd, KdcTraffic, NlaResult,
    Package, Plan, Protocols, SecuredOutcome, SecuredStep, SecurityError, SecurityErrorKind, Stage, Transcript,
};

use super::messages::{NTLM, element, octets, offer, request, response, tokens, usual, with_error, with_token};
use super::oracle;

const ULTIMATUM: [u8; 9] = [3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80];

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A connection that stands inside TLS, and what happens there.
struct Talk(Transcript, u64);

impl Talk {
    fn new(goal: Goal, is_early: bool) -> Self {
        let mut plan = Plan::new("ts01.corp.example".parse().unwrap());
        (plan.goal, plan.offer) = (goal, Protocols::from_bits(11));
        plan.dangers.any_certificate = true;
        let mut transcript = Transcript::new(plan);
        transcript.clock = Some(1_795_219_200);
        let confirm = oracle::confirm(is_early).to_vec();
        let transcript = transcript
            .with(ms(1), Happening::Sent(vec![0; 19].into()))
            .with(ms(2), Happening::Received(confirm.into()))
            .with(ms(3), Happening::Tls(Box::new(oracle::shown())));
        Self(transcript, 3)
    }

    fn challenge() -> Self {
        Self::new(Goal::Challenge, false).wrote()
    }

    /// The package has made its first token, and the server is challenging.
    fn begun(goal: Goal, is_early: bool) -> Self {
        Self::new(goal, is_early).secured(TOKEN).wrote().heard(&with_token(6, &usual()))
    }

    /// The server has said what it makes of its key.
    fn bound(goal: Goal, is_early: bool, binding: Binding) -> Self {
        let talk = Self::begun(goal, is_early).secured(LAST).secured(SecuredOutcome::Sealed(48)).wrote();
        talk.heard(&request(6, &[(3, octets(&[9; 48]))])).secured(SecuredOutcome::Bound(binding))
    }

    fn plan(mut self, change: impl FnOnce(&mut Plan)) -> Self {
        change(&mut self.0.plan);
        self
    }

    fn then(mut self, what: Happening) -> Self {
        self.1 += 1;
        self.0 = self.0.with(ms(self.1), what);
        self
    }

    fn wrote(self) -> Self {
        self.then(Happening::Wrote(usize::MAX))
    }

    fn heard(self, bytes: &[u8]) -> Self {
        self.then(Happening::Received(bytes.to_vec().into()))
    }

    fn secured(self, outcome: SecuredOutcome) -> Self {
        self.then(Happening::Secured(SecuredStep { outcome, kdc: None }))
    }

    fn closed(self, close: Close) -> Self {
        self.then(Happening::Closed(close))
    }

    /// What it came to; the properties of every connection are looked at on the way.
    #[track_caller]
    fn evidence(self) -> Evidence {
        let evidence = self.0.replay();
        oracle::evidence(&evidence);
        evidence
    }

    /// The end of the last stage.
    #[track_caller]
    fn end(self) -> End {
        let evidence = self.evidence();
        assert_eq!(evidence.stage, Stage::Nla);
        evidence.end
    }
}

const TOKEN: SecuredOutcome = SecuredOutcome::Token { length: 40, done: false };
const LAST: SecuredOutcome = SecuredOutcome::Token { length: 300, done: true };

#[test]
fn a_challenge_is_enough_where_it_is_asked_for() {
    let evidence = Talk::challenge().heard(&with_token(6, &usual())).evidence();
    assert_eq!((evidence.stage, evidence.end, evidence.is_ok()), (Stage::Nla, End::Complete, true));
    assert_eq!((evidence.credssp_version(), evidence.clock_skew()), (Some(6), Some(0)));
    assert_eq!(evidence.challenge().unwrap().dns_computer.as_deref(), Some("ts01.corp.example"));
    assert_eq!(evidence.nla_result(), None);

    let wrapped = Talk::challenge().plan(|plan| plan.package = Package::Spnego);
    let evidence = wrapped.heard(&with_token(6, &response(1, NTLM, &usual()))).evidence();
    assert_eq!((evidence.end, evidence.mechanisms().len()), (End::Complete, 1));
    let hints = Talk::challenge().heard(&with_token(2, &offer(&[NTLM], &usual()))).evidence();
    assert_eq!((hints.end, hints.credssp_version()), (End::Complete, Some(2)));
    let several = request(6, &[(1, tokens(&[b"", &usual()]))]);
    assert!(Talk::challenge().heard(&several).evidence().challenge().is_some());
}

/// The challenge that comes late tells the time at which it comes.
#[test]
fn the_clock_is_that_of_the_message_with_the_challenge() {
    let mut talk = Talk::new(Goal::Verify, false).plan(|plan| plan.package = Package::Spnego);
    talk = talk.secured(TOKEN).wrote().heard(&with_token(6, &response(1, NTLM, b"")));
    talk.1 = 4_000;
    let evidence = talk.secured(TOKEN).wrote().heard(&with_token(6, &response(1, NTLM, &usual()))).evidence();
    assert_eq!(evidence.clock_skew(), Some(-4));
}

#[test]
fn the_server_stops() {
    let closes = [
        (Close::Fin, End::Fin),
        (Close::Reset, End::Reset),
        (Close::Alert(49), End::Alert(49)),
        (Close::BrokenTls, End::Malformed(Fault::TlsProtocol)),
    ];
    let part = &with_token(6, &usual())[..60];
    let states: [fn() -> Talk; 5] = [
        Talk::challenge,
        || Talk::new(Goal::Challenge, false),
        || Talk::begun(Goal::Verify, false).secured(LAST).secured(SecuredOutcome::Sealed(48)).wrote(),
        || Talk::bound(Goal::Delegate, true, Binding::Same).secured(SecuredOutcome::Sealed(90)).wrote(),
        || Talk::bound(Goal::Delegate, true, Binding::Same).secured(SecuredOutcome::Sealed(90)).wrote().heard(&[0, 0]),
    ];
    for (close, end) in closes {
        for state in states {
            assert_eq!(state().closed(close).end(), end);
            assert_eq!(state().end(), End::Timeout);
        }
        for length in 1..part.len() {
            assert_eq!(Talk::challenge().heard(&part[..length]).closed(close).end(), end, "behind {length} bytes");
        }
        assert_eq!(Talk::challenge().heard(part).heard(part).closed(close).end(), end);
    }
    assert_eq!(Talk::challenge().heard(part).end(), End::Timeout);
}

#[test]
fn what_is_no_credssp() {
    for said in [&b"SSH-2.0-OpenSSH\r\n"[..], b"\x15\x03", b"0\x80\0\0", &[3, 0, 0, 9, 2, 0xF0, 0x80, 0x64, 0]] {
        let evidence = Talk::challenge().heard(said).closed(Close::Fin).evidence();
        assert_eq!((evidence.end, evidence.closed), (End::Malformed(Fault::NotCredSsp), Some(Close::Fin)));
        assert_eq!(Talk::challenge().heard(said).end(), End::Malformed(Fault::NotCredSsp), "as soon as patience ends");
    }
    let denied = End::Denied(Denial::Ultimatum(3));
    assert_eq!(Talk::challenge().heard(&ULTIMATUM).end(), denied);
    assert_eq!(Talk::challenge().heard(&ULTIMATUM[..3]).heard(&ULTIMATUM[3..]).closed(Close::Reset).end(), denied);
    assert_eq!(Talk::challenge().heard(&[b'x'; 600]).end(), End::Malformed(Fault::NotCredSsp));
}

#[test]
fn messages_that_cannot_be_read() {
    let end = |bytes: &[u8]| Talk::challenge().heard(bytes).end();
    assert_eq!(end(&[0x30, 0x83, 1, 0, 0]), End::Malformed(Fault::TsRequest), "longer than any");
    assert_eq!(end(&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]), End::Malformed(Fault::TsRequest));
    assert_eq!(end(&[0x30, 0]), End::Malformed(Fault::TsRequest));
    assert_eq!(end(&element(0x30, b"??????")), End::Malformed(Fault::TsRequest));
    assert_eq!(end(&request(6, &[])), End::Malformed(Fault::TsRequestField));
    assert_eq!(end(&request(6, &[(3, octets(b"key"))])), End::Malformed(Fault::TsRequestField));
    assert_eq!(end(&with_token(1, &usual())), End::Malformed(Fault::CredSspVersion));
    assert_eq!(end(&with_token(6, &[0; 900])), End::Malformed(Fault::NtlmChallenge));
    assert_eq!(end(&with_token(6, &usual()[..31])), End::Malformed(Fault::NtlmChallenge));
    let flawed = usual();
    let endless = Talk::challenge().heard(&with_token(6, &flawed[..flawed.len() - 4])).evidence();
    assert_eq!(endless.end, End::Malformed(Fault::NtlmChallenge));
    assert_eq!(endless.challenge().unwrap().version.map(|version| version.build), Some(20348), "it tells what it can");
}

#[test]
fn refusals() {
    let rejected = End::Rejected(NtStatus(0xC000_006D));
    let code = || (4, element(2, &0xC000_006D_u32.to_be_bytes()));
    let both = request(6, &[(3, octets(&[9; 48])), code()]);
    for refusal in [with_error(6, 0xC000_006D), both, request(6, &[(1, b"??".to_vec()), code()])] {
        assert_eq!(Talk::challenge().heard(&refusal).end(), rejected);
        let binding = || Talk::begun(Goal::Verify, false).secured(LAST).secured(SecuredOutcome::Sealed(48)).wrote();
        let evidence = binding().heard(&refusal).evidence();
        assert_eq!(evidence.end, rejected);
        assert_eq!(evidence.nla_result(), Some(NlaResult::Rejected(NtStatus(0xC000_006D))));
        // In place of the Early User Authorization Result, too.
        let late = Talk::bound(Goal::Delegate, true, Binding::Same).secured(SecuredOutcome::Sealed(90)).wrote();
        assert_eq!(late.heard(&refusal).end(), rejected);
    }
    // Before the proof of the password it says nothing of it.
    let begun = Talk::new(Goal::Verify, false).secured(TOKEN).wrote().heard(&with_error(6, 0xC000_006D)).evidence();
    assert_eq!((begun.end, begun.nla_result(), begun.proof_sent()), (rejected, Some(NlaResult::Unknown), false));
    // Zero refuses nothing.
    let zero = request(6, &[(1, tokens(&[&usual()])), (4, element(2, &[0]))]);
    assert_eq!(Talk::challenge().heard(&zero).end(), End::Complete);
    // Whatever the version, and whether there is one.
    assert_eq!(
        Talk::begun(Goal::Verify, false).secured(TOKEN).wrote().heard(&with_error(2, 0xC000_006D)).end(),
        rejected
    );
    let bare = element(0x30, &element(0xA4, &element(2, &0xC000_006D_u32.to_be_bytes())));
    let evidence = Talk::challenge().heard(&bare).evidence();
    assert_eq!((evidence.end, evidence.credssp_version()), (rejected, None));
}

#[test]
fn versions() {
    let old = |version| Talk::new(Goal::Verify, false).secured(TOKEN).wrote().heard(&with_token(version, &usual()));
    for version in 2..5 {
        assert_eq!(old(version).end(), End::Untrusted(Check::CredSspVersion));
        let taken = old(version).plan(|plan| plan.dangers.old_credssp = true).secured(LAST);
        assert_eq!(taken.secured(SecuredOutcome::Sealed(300)).wrote().closed(Close::Fin).end(), End::Fin);
    }
    let changed = Talk::begun(Goal::Verify, false).secured(TOKEN).wrote().heard(&with_token(5, &usual()));
    assert_eq!(changed.end(), End::Malformed(Fault::CredSspVersion));
}

#[test]
fn bindings() {
    let verified = Talk::bound(Goal::Verify, false, Binding::Same).evidence();
    assert_eq!((verified.end, verified.nla_result()), (End::Complete, Some(NlaResult::Verified)));
    assert_eq!(Talk::bound(Goal::Verify, false, Binding::Other).end(), End::Malformed(Fault::PublicKey));
    assert_eq!(Talk::bound(Goal::Verify, false, Binding::WithoutNonce).end(), End::Malformed(Fault::Nonce));
    let missing = Talk::begun(Goal::Verify, false).secured(LAST).secured(SecuredOutcome::Sealed(48)).wrote();
    assert_eq!(missing.heard(&with_token(6, b"more")).end(), End::Malformed(Fault::TsRequestField));
}

#[test]
fn delegation() {
    let delegated = |early| Talk::bound(Goal::Delegate, early, Binding::Same).secured(SecuredOutcome::Sealed(90));
    assert_eq!(delegated(false).wrote().end(), End::Complete);
    assert_eq!(delegated(false).then(Happening::Wrote(20)).closed(Close::Reset).end(), End::Reset);
    assert_eq!(delegated(true).wrote().heard(&[0; 4]).end(), End::Complete);
    let refused = delegated(true).wrote().heard(&[5, 0]).heard(&[0, 0]).evidence();
    assert_eq!((refused.end, refused.nla_result()), (End::Unauthorized(5), Some(NlaResult::NotAuthorized(5))));
    // A number that begins like a message, and a message of RDP that begins like a number.
    assert_eq!(delegated(true).wrote().heard(&[0x30, 0, 0, 0]).end(), End::Unauthorized(0x30));
    assert_eq!(delegated(true).wrote().heard(&[3, 0, 0, 0]).end(), End::Unauthorized(3));
    assert_eq!(delegated(true).wrote().heard(&ULTIMATUM).end(), End::Denied(Denial::Ultimatum(3)));
}

#[test]
fn the_package_fails() {
    let error = SecurityError { kind: SecurityErrorKind::Token, status: ClientStatus(0x8009_0308) };
    let begun = || Talk::begun(Goal::Verify, false);
    assert_eq!(begun().secured(SecuredOutcome::Failed(error)).end(), End::Security(error));
    let traffic = KdcTraffic { elapsed: ms(1), sent: 200, received: 90 };
    let refused = SecuredStep { outcome: SecuredOutcome::KdcFailed(KdcEnd::Refusal(24)), kdc: Some(traffic) };
    let evidence = Talk::new(Goal::Verify, false).then(Happening::Secured(refused)).evidence();
    assert_eq!((evidence.stage, evidence.end), (Stage::Kerberos, End::KdcRefusal(24)));
    assert_eq!(evidence.nla_result(), Some(NlaResult::RejectedByKdc(24)));
    // What was not asked for, at any point, and what fits in no message.
    let misused = |end| matches!(end, End::Security(SecurityError { kind: SecurityErrorKind::Other, .. }));
    for wrong in [SecuredOutcome::Sealed(4), SecuredOutcome::Bound(Binding::Same), LAST] {
        assert!(misused(Talk::new(Goal::Verify, false).secured(wrong).end()), "{wrong:?}");
    }
    let much = SecuredOutcome::Token { length: 70_000, done: false };
    assert!(misused(begun().secured(much).end()));
    assert!(misused(begun().secured(SecuredOutcome::Token { length: 0, done: false }).end()));
    assert_eq!(begun().end(), End::Timeout);
}

#[test]
fn nobody_talks_for_ever() {
    let mut talk = Talk::begun(Goal::Verify, false).plan(|plan| plan.package = Package::Spnego);
    for _ in 0..40 {
        talk = talk.secured(TOKEN).wrote().heard(&with_token(6, &response(1, NTLM, &[7; 8000])));
    }
    let evidence = talk.evidence();
    assert_eq!(evidence.end, End::Malformed(Fault::TsRequest));
    assert!(evidence.credssp.unwrap().received().len() <= 0x2_0000);
}

/// What may be a ticket is not kept; what says which package it is of, is.
#[test]
fn tickets_are_not_kept() {
    let ticket = b"a ticket of some length";
    for state in [Close::Fin, Close::Reset] {
        let talk = Talk::new(Goal::Verify, false).plan(|plan| plan.package = Package::Kerberos).secured(TOKEN).wrote();
        let message = request(6, &[(1, tokens(&[b"", ticket, &response(1, super::messages::MS_KERBEROS, ticket)]))]);
        let evidence = talk.heard(&message).secured(TOKEN).wrote().heard(&message[..message.len() - 3]).closed(state);
        let evidence = evidence.evidence();
        assert_eq!(evidence.end, state.into());
        let kept = evidence.credssp.unwrap().received();
        assert_eq!(kept.len(), message.len() * 2 - 3);
        assert!(!kept.windows(6).any(|window| ticket.windows(6).any(|part| part == window)), "{kept:02x?}");
    }
    let talk = Talk::new(Goal::Verify, false).plan(|plan| plan.package = Package::Kerberos).secured(TOKEN).wrote();
    let message = with_token(6, &response(1, super::messages::MS_KERBEROS, ticket));
    assert_eq!(talk.heard(&message).evidence().mechanisms().len(), 1);
}

/// What comes in thousands of pieces is not listened to for ever.
#[test]
fn the_number_of_events_is_bounded() {
    let message = with_token(6, &vec![7; 60_000]);
    let mut talk = Talk::challenge();
    for byte in &message[..4_200] {
        talk = talk.heard(&[*byte]);
    }
    let evidence = talk.evidence();
    assert_eq!(evidence.end, End::Malformed(Fault::TsRequest));
    assert!(evidence.credssp.unwrap().events.len() <= 4097);
}

/// A certificate that no key can be read from binds nothing, nor does none at all.
#[test]
fn without_a_key_nothing_is_given() {
    let chains = [vec![vec![0x30, 0].into()], Vec::new()];
    for (goal, chain) in
        [Goal::Verify, Goal::Delegate].into_iter().flat_map(|goal| chains.clone().map(|chain| (goal, chain)))
    {
        let mut handshake = Handshake::ended(HandshakeEnd::Complete);
        handshake.chain = chain;
        let mut talk = Talk::new(goal, false);
        talk.0.events.last_mut().unwrap().what = Happening::Tls(Box::new(handshake));
        let evidence = talk.secured(TOKEN).wrote().evidence();
        assert_eq!((evidence.stage, evidence.end), (Stage::Tls, End::Untrusted(Check::Readable)), "{goal:?}");
        assert!(evidence.credssp.is_none() && !evidence.proof_sent());
    }
}
