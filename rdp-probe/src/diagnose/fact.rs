//! The table of facts: named questions about a case. Most are asked of the connection that was wanted, some of all that were
//! made.

use super::case::Look;
use super::cause::Cause;
use super::compare;
use super::experiment::Experiment;
use super::fact_set::FactSet;
use super::nla;
use crate::certificate::{Judgement, Reason};
use crate::evidence::{
    Answer, Check, ClientHello, Denial, End, Fault, Goal, OsError, OsErrorKind, Plan, ProxyRefusal, Rung,
    SecurityErrorKind, Stage,
};
use crate::foreign::Foreign;
use crate::protocol::{Protocols, Selected};

macro_rules! facts {
    (
        first { $($(#[doc = $doc:expr])+ $name:ident, $words:literal, |$look:ident| $answer:expr;)+ }
        all { $($(#[doc = $all_doc:expr])+ $all_name:ident, $all_words:literal, |$looks:ident| $all_answer:expr;)+ }
    ) => {
        /// A question about a case, answered true, false or unknown.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Fact {
            $($(#[doc = $doc])+ $name,)+
            $($(#[doc = $all_doc])+ $all_name,)+
        }

        /// Each fact, the words that say it is true, and how it is answered.
        const TABLE: &[(Fact, &str, Test)] = &[
            $((Fact::$name, $words, |looks| looks.first().and_then(|$look| Truth::from($answer).0)),)+
            $((Fact::$all_name, $all_words, |$looks| Truth::from($all_answer).0),)+
        ];

        /// The facts that take several connections to answer.
        const SEVERAL: &[Fact] = &[$(Fact::$all_name,)+];
    };
}

type Test = fn(&[Look<'_>]) -> Option<bool>;

/// What a row of the table may answer with: a plain truth, or one that can be unknown.
struct Truth(Option<bool>);

impl From<bool> for Truth {
    fn from(known: bool) -> Self {
        Self(Some(known))
    }
}

impl From<Option<bool>> for Truth {
    fn from(perhaps: Option<bool>) -> Self {
        Self(perhaps)
    }
}

facts! {
first {
    /// The connection ended while the name was looked up.
    AtResolve, "the name was being looked up", |look| at(look, Stage::Resolve);
    /// The connection ended while it was being set up.
    AtConnect, "the connection was being set up", |look| at(look, Stage::Connect);
    /// The connection ended at a proxy, or on the way to it.
    AtProxy, "it ended at a proxy, or on the way to it", |look| at(look, Stage::Proxy);
    /// The connection ended during X.224 negotiation.
    AtNegotiate, "the X.224 Connection Request had been made", |look| at(look, Stage::Negotiate);
    /// The connection ended during TLS.
    AtTls, "TLS had been started", |look| at(look, Stage::Tls);
    /// The connection ended while a key distribution centre was asked.
    AtKerberos, "a key distribution centre was being asked", |look| at(look, Stage::Kerberos);
    /// The connection ended in Network Level Authentication.
    AtNla, "Network Level Authentication had been started", |look| at(look, Stage::Nla);
    /// The stage was completed.
    EndedComplete, "the stage was completed", |look| ended(look, |end| end == End::Complete);
    /// The peer closed in an orderly way.
    EndedFin, "the peer closed the connection (FIN)", |look| ended(look, |end| end == End::Fin);
    /// The connection was reset.
    EndedReset, "the connection was reset (RST)", |look| ended(look, |end| end == End::Reset);
    /// The time was over.
    EndedTimeout, "nothing more came in the time allowed", |look| ended(look, |end| end == End::Timeout);
    /// A fatal TLS alert.
    EndedAlert, "the server sent a fatal TLS alert", |look| ended(look, |end| matches!(end, End::Alert(_)));
    /// A Negotiation Failure.
    EndedRefusal, "the server answered with a Negotiation Failure",
        |look| ended(look, |end| matches!(end, End::Refusal(_)));
    /// A message that ends the connection.
    EndedDenied, "the server sent a disconnect message", |look| ended(look, |end| matches!(end, End::Denied(_)));
    /// That message is one of MCS, which RDP speaks and other users of X.224 do not.
    DeniedInMcs, "the disconnect message is an MCS ultimatum", |look| {
        matches!(look.evidence.end, End::Denied(Denial::Ultimatum(_)))
    };
    /// The trust that was asked for does not hold.
    EndedUntrusted, "a check that the trust asked for demands has not passed",
        |look| ended(look, |end| matches!(end, End::Untrusted(_)));
    /// What came is not what the protocol says.
    EndedMalformed, "what came is not what the protocol says",
        |look| ended(look, |end| matches!(end, End::Malformed(_)));
    /// The operating system failed the call.
    EndedOs, "the operating system failed the call", |look| ended(look, |end| matches!(end, End::Os(_)));
    /// A proxy's refusal.
    EndedProxyRefusal, "the proxy refused", |look| ended(look, |end| matches!(end, End::ProxyRefusal(_)));
    /// The server's refusal in a `TSRequest`.
    EndedRejected, "the server refused in a TSRequest", |look| ended(look, |end| matches!(end, End::Rejected(_)));
    /// The Early User Authorization Result is no success.
    EndedUnauthorized, "the Early User Authorization Result is no success",
        |look| ended(look, |end| matches!(end, End::Unauthorized(_)));
    /// The client's own security package has failed.
    EndedSecurity, "the client's own security package failed", |look| ended(look, |end| matches!(end, End::Security(_)));
    /// A key distribution centre's refusal.
    EndedKdcRefusal, "the key distribution centre refused",
        |look| ended(look, |end| matches!(end, End::KdcRefusal(_)));
    /// In the stage where it ended, the peer sent nothing at all.
    PeerSilent, "the peer had sent no byte in this stage", |look| look.evidence.heard() == 0;
    /// The name has addresses, of another family than was to be used.
    FamilyLacking, "every address of the name is of another family than was to be used", |look| {
        let dial = &look.evidence.dial;
        dial.proxy.as_ref().map_or(dial, |proxied| &proxied.dial).lacks_family()
    };
    /// There was a connection to the proxy.
    ProxyReached, "the proxy had taken the connection", |look| {
        look.evidence.dial.proxy.as_ref().map(|proxied| proxied.is_reached())
    };
    /// No connection to the proxy was tried: its name gave nothing to try.
    ProxyUnresolved, "the proxy's name led to no address", |look| {
        before_proxy(look, |stage, _| stage == Stage::Resolve)
    };
    /// It was this machine that could not connect to the proxy.
    ProxyFailedLocally, "the operating system here could not connect to the proxy, by a fault of its own", |look| {
        before_proxy(look, |stage, end| stage == Stage::Connect && is_local(end))
    };
    /// This machine ran out of something that a probe takes.
    RanOut, "this machine ran out of what a connection takes", |look| look.evidence.end.shortage().is_some();
    /// The proxy wants to know who asks.
    ProxyWantsCredentials, "the refusal is about authentication",
        |look| refusal(look, ProxyRefusal::is_authentication);
    /// The proxy says that it does not reach the target.
    ProxyBlocked, "the refusal says that the proxy does not reach the target",
        |look| refusal(look, ProxyRefusal::is_unreachable);
    /// It may be that the proxy does not reach the target.
    ProxyPerhapsBlocked, "the refusal may mean that the proxy does not reach the target, or a fault of the proxy's own",
        |look| refusal(look, ProxyRefusal::is_perhaps_unreachable);
    /// The number of the refusal does not say why.
    ProxyRefusalUnclear, "the number of the refusal leaves open why", |look| refusal(look, |refusal| !refusal.is_plain());
    /// The proxy's answer begins as it should.
    ProxyAnswerBroken, "the answer began as the protocol of the proxy has it, and went on in another way",
        |look| fault(look, &[Fault::ProxyAnswer]);
    /// The resolver knows no such name.
    NoSuchName, "the resolver knows no such name", |look| os(look, &[OsErrorKind::NameNotFound]);
    /// The connection was refused.
    Refused, "the address refused the connection", |look| os(look, &[OsErrorKind::ConnectionRefused]);
    /// There is no route.
    Unreachable, "the network says that there is no way to the address",
        |look| os(look, &[OsErrorKind::HostUnreachable, OsErrorKind::NetworkUnreachable]);
    /// The operating system's own timer ran out.
    OsTimedOut, "the operating system gave up waiting", |look| os(look, &[OsErrorKind::TimedOut]);
    /// Negotiation Failure 1.
    FailureTlsRequired, "failure code 1, SSL_REQUIRED_BY_SERVER", |look| failure(look, 1);
    /// Negotiation Failure 2.
    FailureTlsNotAllowed, "failure code 2, SSL_NOT_ALLOWED_BY_SERVER", |look| failure(look, 2);
    /// Negotiation Failure 3.
    FailureNoCertificate, "failure code 3, SSL_CERT_NOT_ON_SERVER", |look| failure(look, 3);
    /// Negotiation Failure 4.
    FailureInconsistentFlags, "failure code 4, INCONSISTENT_FLAGS", |look| failure(look, 4);
    /// Negotiation Failure 5.
    FailureNlaRequired, "failure code 5, HYBRID_REQUIRED_BY_SERVER", |look| failure(look, 5);
    /// Negotiation Failure 6.
    FailureClientCertificate, "failure code 6, SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER", |look| failure(look, 6);
    /// Negotiation Failure 7.
    FailureEntraRequired, "failure code 7, ENTRA_AUTH_REQUIRED_BY_SERVER", |look| failure(look, 7);
    /// TLS, or something that contains it, was offered.
    TlsOffered, "TLS was offered", |look| !look.evidence.plan.offered().is_rdp();
    /// Network Level Authentication was offered.
    NlaOffered, "Network Level Authentication was offered",
        |look| look.evidence.plan.offered().intersects(Protocols::HYBRID.union(Protocols::HYBRID_EX));
    /// TLS was the goal.
    TlsWanted, "TLS was to be reached", |look| {
        let plan = &look.evidence.plan;
        let beyond = plan.goal == Goal::Chosen && plan.demands_certificate();
        matches!(plan.goal, Goal::Hello | Goal::Tls) || plan.goal.is_nla() || beyond
    };
    /// Network Level Authentication was the goal.
    NlaWanted, "Network Level Authentication was to be reached", |look| look.evidence.plan.goal.is_nla();
    /// The server's first flight was the goal.
    HelloWanted, "no more than the server's first flight was to be read", |look| look.evidence.plan.goal == Goal::Hello;
    /// The server chose standard RDP security.
    SelectedRdp, "the server chose standard RDP security",
        |look| look.evidence.answer.map(|answer| answer.selected() == Some(Selected::RDP));
    /// The confirm carries no negotiation data where the request did.
    NoNegotiation, "the Connection Confirm carries no negotiation data, and the request did", |look| {
        look.evidence.answer.map(|answer| answer == Answer::Legacy && look.evidence.plan.request.negotiates())
    };
    /// The server chose a protocol that was not offered.
    Unoffered, "the server chose a protocol that was not offered", |look| {
        let selected = look.evidence.answer.and_then(|answer| answer.selected());
        selected.map(|selected| !look.evidence.plan.offered().contains(Protocols::from_bits(selected.0)))
    };
    /// The first byte of the answer is no TPKT.
    FirstByteForeign, "the first byte of the answer is not that of RDP", |look| fault(look, &[Fault::NotTpkt]);
    /// Another protocol is known by its first bytes.
    ForeignKnown, "the first bytes are those of another protocol", |look| look.foreign.is_some();
    /// It is known by a signature that leaves no doubt.
    ForeignDistinct, "those bytes are a signature that leaves no doubt",
        |look| look.foreign.is_some_and(Foreign::is_distinct);
    /// After the Connection Confirm came something that is not TLS.
    NotTls, "what followed the Connection Confirm is not TLS", |look| fault(look, &[Fault::TlsNotSpoken]);
    /// The server chose a TLS version or suite that cannot be spoken.
    TlsUnspeakable, "the server chose a TLS version or suite that this client cannot speak",
        |look| fault(look, &[Fault::TlsUnsupported]);
    /// The handshake signature is wrong.
    SignatureWrong, "the handshake signature does not match the certificate's key",
        |look| fault(look, &[Fault::TlsSignature]);
    /// The server had chosen version and suite before.
    ServerHelloSeen, "the server had chosen a TLS version and suite before", |look| look.hello.is_some();
    /// The alert says that there is nothing in common.
    AlertNothingInCommon, "the alert is handshake_failure or insufficient_security", |look| alert(look, &[40, 71]);
    /// The alert says that the version is refused.
    AlertVersion, "the alert is protocol_version", |look| alert(look, &[70]);
    /// Our own `ClientHello` offered every version up to TLS 1.2.
    HelloUpToTls12, "TLS 1.0 to 1.2 was offered, and TLS 1.3 was not", |look| hello_offered(look, Rung::Wide);
    /// Our own `ClientHello` offered no suite that a server could take.
    HelloOfNothing, "no suite was offered that a server could take", |look| hello_offered(look, Rung::Nothing);
    /// The alert says that the server failed inside.
    AlertInternal, "the alert is internal_error", |look| alert(look, &[80]);
    /// The certificate is past its end.
    CertificateExpired, "the certificate's end of validity is past", |look| judged(look, |verdict| {
        reason(verdict.time, Reason::Expired)
    });
    /// The certificate is not valid yet.
    CertificateEarly, "the certificate's start of validity lies ahead", |look| judged(look, |verdict| {
        reason(verdict.time, Reason::NotYetValid)
    });
    /// The certificate names other hosts.
    CertificateOtherName, "the certificate does not name the host", |look| judged(look, |verdict| {
        verdict.name.ok.map(|ok| !ok)
    });
    /// The certificate is not meant for servers.
    CertificateOtherPurpose, "the certificate's usages leave out what a server does", |look| judged(look, |verdict| {
        verdict.purpose.ok.map(|ok| !ok)
    });
    /// The certificate is not the expected one.
    CertificateUnexpected, "the thumbprint of the certificate, or of its key, is another than the one that was expected",
        |look| look.evidence.end == End::Untrusted(Check::Thumbprint);
    /// The certificate has another key than the target is known by.
    CertificateChanged, "the certificate has another key than the one that the target is known by",
        |look| look.verdict.is_some_and(|verdict| verdict.known.ok == Some(false));
    /// That ended the connection.
    EndedByChange, "trust on first use, or strict trust, ended the connection there",
        |look| {
            let changed = look.verdict.is_some_and(|verdict| verdict.known.ok == Some(false));
            look.evidence.end == End::Untrusted(Check::Known) && changed
        };
    /// The certificate's key is weak.
    CertificateWeakKey, "the certificate's key is too short", |look| judged(look, |verdict| {
        verdict.key.ok.map(|ok| !ok)
    });
    /// The certificate's signature algorithm is weak.
    CertificateWeakSignature, "the certificate is signed with SHA-1 or MD5", |look| judged(look, |verdict| {
        verdict.signature.ok.map(|ok| !ok)
    });
    /// There is a certificate, and it cannot be read.
    CertificateUnreadable, "the server's certificate is not X.509 in DER", |look| {
        let sent = look.hello.as_ref().is_some_and(|hello| !hello.chain.is_empty());
        sent.then_some(look.certificate.is_none())
    };
    /// Credentials were to be given, and no check of the certificate was demanded.
    CheckLacking, "no check of the certificate was demanded, and credentials were to be given",
        |look| look.evidence.end == End::Untrusted(Check::Demanded);
    /// The last message of the server in `CredSSP` is not whole.
    MessagePartial, "the server's last CredSSP message is not whole", |look| nla::is_partial(look);
    /// It was the server's turn to say something in `CredSSP`.
    PeerTurn, "it was the server's turn", |look| at(look, Stage::Nla) && nla::is_peer_turn(look);
    /// Inside TLS came something else than `CredSSP`.
    CredsspForeign, "what came inside TLS does not begin like CredSSP", |look| fault(look, &[Fault::NotCredSsp]);
    /// The version of `CredSSP` is none, or was another before.
    CredsspVersionOdd, "the CredSSP version does not exist, or was another before",
        |look| fault(look, &[Fault::CredSspVersion]);
    /// The server's token cannot be read.
    TokenUnreadable, "the server's token is neither NTLM nor SPNEGO, or a challenge that cannot be read to its end",
        |look| fault(look, &[Fault::NtlmChallenge]);
    /// The server's word is on another key.
    KeyOther, "the server's word on its key is on another key, or does not open", |look| fault(look, &[Fault::PublicKey]);
    /// The server's word lacks the nonce.
    NonceMissing, "the server's word on its key lacks the nonce", |look| fault(look, &[Fault::Nonce]);
    /// A record of TLS could not be opened.
    TlsBroken, "a TLS record could not be opened", |look| fault(look, &[Fault::TlsProtocol]);
    /// The status speaks of the credentials, and they had been proven.
    RejectedCredentials, "behind the proof of the password, the status says that user name or password are wrong",
        |look| nla::disproven(look, &[Cause::CredentialsWrong]);
    /// The status speaks of the password's age, and it had been proven.
    RejectedPassword, "behind the proof of the password, the status says that it has expired or must be changed",
        |look| nla::disproven(look, &[Cause::PasswordExpired]);
    /// The status speaks of the account, and the server knew which.
    RejectedAccount, "behind the proof of the password, the status says that the account cannot be used",
        |look| nla::disproven(look, &[Cause::AccountUnusable]);
    /// The status speaks of the right to log on, and the server knew whose.
    RejectedLogon, "behind the proof of the password, the status says that the log-on is not permitted here, or not now",
        |look| nla::disproven(look, &[Cause::LogonNotPermitted]);
    /// The status speaks of the domain.
    RejectedDomain, "the status says that the server cannot ask its domain",
        |look| nla::rejected(look, &[Cause::DomainUnreachable]);
    /// The status speaks of clocks.
    RejectedClock, "the status says that clocks differ", |look| nla::rejected(look, &[Cause::ClockSkew]);
    /// The status speaks of NTLM.
    RejectedNtlm, "the status says that NTLM is blocked", |look| nla::rejected(look, &[Cause::NtlmBlocked]);
    /// The status stands for a lack of the update, and for NTLM that is blocked.
    RejectedUnsupported, "the status says that the function is not supported",
        |look| nla::rejected(look, &[Cause::UnsupportedFunction, Cause::CredsspOracle, Cause::NtlmBlocked]);
    /// The status speaks of delegation.
    RejectedDelegation, "the status says that credentials may not be handed over",
        |look| nla::rejected(look, &[Cause::DelegationRefused]);
    /// The Early User Authorization Result is the one that denies.
    AuthorizationDenied, "the Early User Authorization Result denies access",
        |look| look.evidence.end == End::Unauthorized(5);
    /// The package has no credentials.
    CredentialsLacking, "there are no credentials, or not of the kind that is needed",
        |look| nla::failed(look, SecurityErrorKind::NoCredentials);
    /// There is no such package.
    PackageLacking, "there is no such security package here", |look| nla::failed(look, SecurityErrorKind::NoPackage);
    /// There is no name for the service.
    ServiceNameLacking, "the target has no name that Kerberos could know it by",
        |look| nla::failed(look, SecurityErrorKind::NoServiceName);
    /// The package does not take the token.
    TokenNotTaken, "the package does not take the server's token", |look| nla::failed(look, SecurityErrorKind::Token);
    /// What the server sealed does not open.
    SealBroken, "what the server sealed does not open", |look| nla::failed(look, SecurityErrorKind::Seal);
    /// The centre speaks of user or password.
    KdcCredentials, "the key distribution centre does not know the user, or finds the password wrong",
        |look| nla::refused(look, &[6, 24]);
    /// The centre does not know the service.
    KdcService, "the key distribution centre does not know the service", |look| nla::refused(look, &[7]);
    /// The centre's policy speaks against it.
    KdcPolicy, "a policy of the key distribution centre forbids it", |look| nla::refused(look, &[12]);
    /// The centre has no key of a kind that was offered.
    KdcEtype, "the key distribution centre supports none of the encryption types", |look| nla::refused(look, &[14]);
    /// The centre has revoked the account, or its time is over or has not come.
    KdcRevoked, "the key distribution centre has the account revoked, expired or not yet valid",
        |look| nla::refused(look, &[1, 18, 21]);
    /// The centre finds the password expired.
    KdcExpired, "the key distribution centre finds the password expired", |look| nla::refused(look, &[23]);
    /// The centre finds the clocks apart.
    KdcSkew, "the key distribution centre finds the clocks too far apart", |look| nla::refused(look, &[37]);
    /// The server's version of `CredSSP` is from before the update for CVE-2018-0886.
    CredsspOld, "the server speaks a CredSSP version below 5", |look| nla::is_outdated(look);
    /// The server's clock is more than five minutes from ours.
    ClocksApart, "the server's clock is more than five minutes from this machine's", |look| nla::clocks_differ(look);
    /// The server takes another package than NTLM, which was offered first.
    NtlmNotTaken, "NTLM was offered in SPNEGO, and the answer names other packages or none",
        |look| nla::is_without_ntlm(look);
    /// The probe reached what it was to reach.
    GoalReached, "the depth that was asked for was reached", |look| look.evidence.is_ok();
    /// The peer ended the connection in answer to the request, without a byte.
    RequestDropped, "the peer dropped the connection on its request, without a byte", |look| {
        at(look, Stage::Negotiate) && is_drop(look) && look.evidence.heard() == 0
    };
    /// The peer ended the connection in answer to the `ClientHello`, without a byte.
    HelloDropped, "the peer dropped the connection on its ClientHello, without a byte", |look| {
        is_usual(look).then(|| at(look, Stage::Tls) && is_drop(look) && look.evidence.heard() == 0)
    };
    /// The `ClientHello` led to nothing: dropped, refused with an alert, or left without an answer.
    HelloNotTaken, "the ClientHello was not taken", |look| {
        let unanswered = matches!(look.evidence.end, End::Alert(_)) || is_silence(look) || is_drop(look);
        is_usual(look).then(|| at(look, Stage::Tls) && unanswered && look.hello.is_none())
    };
    /// TLS 1.3 was offered, and TLS 1.2.
    Tls13Offered, "the ClientHello offers TLS 1.3 beside TLS 1.2", |look| {
        matches!(look.evidence.plan.goal, Goal::Tls | Goal::Chosen) || look.evidence.plan.goal.is_nla()
    };
    /// A server name was asked for.
    NameSent, "a server name is asked for in the ClientHello", |look| look.evidence.plan.asked_name().is_some();
}
all {
    /// The name has more addresses than the one that was connected to, and none of them is a proxy's.
    OtherAddresses, "the name has other addresses, too", |looks| compare::other_addresses(looks);
    /// The same connection ends now so, now so.
    Varies, "the same connection ends now so, now so", |looks| compare::varies(looks);
    /// Where it comes and goes, it sometimes fails before it stands.
    FailsAtConnect, "sometimes it fails before the connection stands", |looks| {
        compare::sometimes(looks, |look| matches!(look.evidence.stage, Stage::Resolve | Stage::Connect))
    };
    /// Where it comes and goes, it is sometimes dropped on its request.
    FailsAtRequest, "sometimes it is dropped on its request", |looks| {
        compare::sometimes(looks, |look| look.evidence.stage == Stage::Negotiate && look.evidence.heard() == 0)
    };
    /// Behind the experiments, the connection that was asked for ends as it did.
    Confirmed, "made once more behind all that, the connection ends as it did first", |looks| compare::confirmed(looks);
    /// The same address shows certificates with different keys for the same question.
    CertificatesDiffer, "the same address shows now a certificate with this key, now with that", |looks| {
        compare::certificates_differ(looks)
    };
    /// After a pause it works, where it did not in quick succession.
    PauseHelps, "after a pause it works, and in quick succession it did not", |looks| compare::pause_helps(looks);
    /// Connecting takes a second more, now and then: as long as a lost SYN costs (RFC 6298 section 2).
    SynLost, "connecting sometimes takes as much longer as a lost SYN costs", |looks| compare::syn_lost(looks);
    /// That happened more than once.
    SynLostAgain, "that happened more than once", |looks| compare::syn_lost_again(looks);
    /// Of the name's addresses some work and some do not.
    AddressFails, "of the name's addresses some work and some do not", |looks| compare::address_fails(looks);
    /// All addresses of one family fail, and one of the other works.
    FamilyFails, "every address of one family fails, and one of the other works", |looks| {
        compare::family_fails(looks)
    };
    /// A request for standard RDP security is answered.
    RdpAnswered, "a request for standard RDP security alone is answered", |looks| {
        compare::negotiated(looks, Experiment::OnlyRdp)
    };
    /// A request for TLS alone is answered.
    SslAnswered, "a request for TLS alone is answered", |looks| compare::negotiated(looks, Experiment::OnlySsl);
    /// The widest offer of TLS 1.0 to 1.2 is answered.
    WideAnswered, "a ClientHello with the widest offer is answered", |looks| {
        compare::answered(looks, Experiment::WideHello)
    };
    /// What is chosen from it is a version or a suite that this client's usual TLS does not have.
    WideLegacy, "what the server chose from it, this client does not offer otherwise, as others without TLS 1.0, CBC and static RSA",
        |looks| compare::is_legacy(looks);
    /// Every `ClientHello` was dropped without a byte.
    AllDropped, "every ClientHello was dropped without a byte, however it was made", |looks| compare::all_dropped(looks);
    /// The widest offer is answered where no server name is asked for.
    NamelessAnswered, "without a server name, a ClientHello is answered", |looks| compare::nameless(looks);
    /// TLS 1.2 alone, with the suites of today, is answered.
    Tls12Answered, "a ClientHello that offers TLS 1.2 alone is answered", |looks| {
        compare::answered(looks, Experiment::Tls12Hello)
    };
    /// TLS 1.3 alone is answered.
    Tls13Answered, "a ClientHello that offers TLS 1.3 alone is answered", |looks| compare::tls13_answered(looks);
    /// What has a small answer gets it.
    SmallAnswered, "a ClientHello whose answer is small is answered", |looks| compare::small_answered(looks);
    /// A large `ClientHello` is never answered.
    LargeLost, "a ClientHello past 1,500 bytes is never answered", |looks| {
        compare::large_ended(looks, is_silence)
    };
    /// A large `ClientHello` ends the connection.
    LargeDropped, "a ClientHello past 1,500 bytes ends the connection", |looks| {
        compare::large_ended(looks, is_drop)
    };
    /// One just past a segment is answered.
    SegmentTaken, "one of a little more than a segment is answered", |looks| {
        compare::answered(looks, Experiment::SegmentHello)
    };
    /// With the address in place of the name, it fails.
    AddressFormFails, "with the address in place of the name it fails", |looks| compare::by_address_fails(looks);
    /// The end in TLS comes faster than the server could send it.
    EndedEarly, "the end came sooner than the way to the server and back takes", |looks| compare::ended_early(looks);
    /// Something is remarkable all the same.
    Remarkable, "something is remarkable", |looks| {
        let is = |fact: Fact| fact.ask(looks) == Some(true);
        // What is seen once of what comes and goes, or may do so, is no finding.
        let steady = Fact::Varies.ask(looks) == Some(false);
        let turned_down = is(Fact::SelectedRdp) && is(Fact::TlsOffered);
        turned_down || FINDINGS.into_iter().any(is) || steady && STEADY_FINDINGS.into_iter().any(is)
    };
}
}

/// What makes a completed probe remarkable; without any of it no fault was found.
const FINDINGS: [Fact; 17] = [
    Fact::NoNegotiation,
    Fact::Unoffered,
    Fact::CertificateChanged,
    Fact::CertificateExpired,
    Fact::CertificateEarly,
    Fact::CertificateOtherName,
    Fact::CertificateOtherPurpose,
    Fact::CertificateWeakKey,
    Fact::CertificateWeakSignature,
    Fact::CertificateUnreadable,
    Fact::CredsspOld,
    Fact::ClocksApart,
    Fact::NtlmNotTaken,
    Fact::Varies,
    Fact::SynLostAgain,
    Fact::AddressFails,
    Fact::FamilyFails,
];

/// The same, where the outcome does not vary.
const STEADY_FINDINGS: [Fact; 4] =
    [Fact::CertificatesDiffer, Fact::LargeLost, Fact::LargeDropped, Fact::AddressFormFails];

/// The facts of a case: which are answered, and which of those are true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    known: FactSet,
    truths: FactSet,
}

const _: () = assert!(TABLE.len() <= super::fact_set::ROOM, "facts need a wider set");

impl Fact {
    /// All facts.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(fact, ..)| *fact)
    }

    /// The words that say it is true.
    #[must_use]
    pub fn words(self) -> &'static str {
        TABLE.get(self as usize).map_or("", |(_, words, _)| words)
    }

    /// Whether it takes several connections to answer it.
    #[must_use]
    pub fn takes_several(self) -> bool {
        SEVERAL.contains(&self) && self != Self::Remarkable
    }

    fn ask(self, looks: &[Look<'_>]) -> Option<bool> {
        TABLE.get(self as usize).and_then(|(_, _, test)| test(looks))
    }

    pub(super) fn all_of(looks: &[Look<'_>]) -> Facts {
        let mut facts = Facts::default();
        for (fact, _, test) in TABLE {
            if let Some(answer) = test(looks) {
                let bit = FactSet::of(&[*fact]);
                facts.known = facts.known.union(bit);
                facts.truths = facts.truths.union(if answer { bit } else { FactSet::EMPTY });
            }
        }
        facts
    }
}

impl Facts {
    /// What is answered for a fact; `None` where it is unknown.
    #[must_use]
    pub const fn get(&self, fact: Fact) -> Option<bool> {
        let bit = FactSet::of(&[fact]);
        if bit.is_within(self.known) { Some(bit.is_within(self.truths)) } else { None }
    }

    /// Which are answered.
    #[must_use]
    pub(crate) const fn known(&self) -> FactSet {
        self.known
    }

    const fn falsehoods(&self) -> FactSet {
        self.known.without(self.truths)
    }

    /// Whether all facts of one set are true and all of the other false.
    #[must_use]
    pub(crate) const fn satisfy(&self, required: FactSet, forbidden: FactSet) -> bool {
        required.is_within(self.truths) && forbidden.is_within(self.falsehoods())
    }

    /// Whether no fact contradicts: none of the one set is false, none of the other true.
    #[must_use]
    pub(crate) const fn allow(&self, required: FactSet, forbidden: FactSet) -> bool {
        required.and(self.falsehoods()).is_empty() && forbidden.and(self.truths).is_empty()
    }
}

/// Whether the peer ended the connection: which way is a matter of what was unread, and says nothing.
pub(super) const fn is_drop(look: &Look<'_>) -> bool {
    matches!(look.evidence.end, End::Fin | End::Reset | End::Os(OsError { kind: OsErrorKind::ConnectionAborted, .. }))
}

/// Whether the time was over without a word.
pub(super) fn is_silence(look: &Look<'_>) -> bool {
    look.evidence.end == End::Timeout && look.evidence.heard() == 0
}

/// Whether the `ClientHello` was one that a client of today could take for its own, or a wider one.
fn is_usual(look: &Look<'_>) -> bool {
    let Plan { goal, client_hello, .. } = &look.evidence.plan;
    *goal != Goal::Hello || *client_hello == ClientHello::default()
}

fn at(look: &Look<'_>, stage: Stage) -> bool {
    look.evidence.stage == stage
}

fn ended(look: &Look<'_>, test: fn(End) -> bool) -> bool {
    test(look.evidence.end)
}

fn os(look: &Look<'_>, kinds: &[OsErrorKind]) -> bool {
    matches!(look.evidence.end, End::Os(OsError { kind, .. }) if kinds.contains(&kind))
}

/// Whether the way to the proxy ended so. Unknown without a proxy.
fn before_proxy(look: &Look<'_>, test: fn(Stage, End) -> bool) -> Option<bool> {
    let proxied = look.evidence.dial.proxy.as_ref()?;
    let failure = proxied.dial.failure().filter(|_| !proxied.is_reached());
    Some(failure.is_some_and(|(stage, end)| test(stage, end)))
}

/// Whether the operating system speaks of itself, not of the address or the way there.
pub(super) const fn is_local(end: End) -> bool {
    use OsErrorKind as K;
    matches!(end, End::Os(OsError { kind, .. })
        if matches!(kind, K::AddressNotAvailable | K::OutOfResources | K::PermissionDenied | K::Interrupted | K::Other))
}

fn refusal(look: &Look<'_>, test: fn(ProxyRefusal) -> bool) -> bool {
    matches!(look.evidence.end, End::ProxyRefusal(refusal) if test(refusal))
}

fn failure(look: &Look<'_>, number: u32) -> bool {
    matches!(look.evidence.end, End::Refusal(code) if code.0 == number)
}

fn fault(look: &Look<'_>, faults: &[Fault]) -> bool {
    matches!(look.evidence.end, End::Malformed(fault) if faults.contains(&fault))
}

fn alert(look: &Look<'_>, numbers: &[u8]) -> bool {
    matches!(look.evidence.end, End::Alert(number) if numbers.contains(&number))
}

/// Whether a `ClientHello` of our own was to be sent, of this rung.
fn hello_offered(look: &Look<'_>, rung: Rung) -> bool {
    let plan = &look.evidence.plan;
    plan.goal == Goal::Hello && plan.client_hello.rung == rung
}

/// Unknown without a certificate, and where the check itself is.
fn judged(look: &Look<'_>, test: fn(&crate::certificate::Verdict) -> Option<bool>) -> Option<bool> {
    look.verdict.as_ref().and_then(test)
}

fn reason(judgement: Judgement, reason: Reason) -> Option<bool> {
    judgement.ok.map(|_| judgement.reason == reason)
}
