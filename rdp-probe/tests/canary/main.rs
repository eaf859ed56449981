//! A canary: a password and its hash that would be known again anywhere, and that nothing which the library can print has in it. The
//! whole process listens to every span and event at every level, and to every panic.

mod ear;
mod forms;
#[path = "../credssp/messages.rs"]
mod messages;
#[path = "../../src/fuzzing/oracle.rs"]
mod oracle;
mod server;
#[path = "../support/mod.rs"]
mod support;
#[path = "../tls/server.rs"]
#[allow(dead_code, reason = "the tests of TLS use the rest")]
mod tls;

use std::net::SocketAddr;
use std::time::Duration;

use rdp_probe::codes::NtStatus;
use rdp_probe::conversation::{Ask, Effect, Input, Output, Secured};
use rdp_probe::credssp::TsRequest;
use rdp_probe::{
    Budget, Conversation, Credentials, CredentialsError, Dial, End, Goal, Network, NlaResult, OsError, Package, Plan,
    Prober, ProberBuilder, Report, Stage, Target,
};
use rdp_probe_lab::{Lab, NlaServer};
use support::{NOW, target};
use tracing::instrument::WithSubscriber as _;

use ear::Ear;
use forms::{HASH, PASSWORD, assert_silent, assert_sings};
use server::Listener;

fn password() -> Credentials {
    Credentials::with_password("alice", Some("LAB"), PASSWORD.to_owned()).unwrap()
}

fn hash() -> Credentials {
    Credentials::with_nt_hash("alice", Some("LAB"), HASH).unwrap()
}

fn builder(goal: Goal, package: Package) -> ProberBuilder {
    let budget = Budget { stage: Duration::from_secs(20), total: Duration::from_mins(1) };
    Prober::builder().goal(goal).package(package).dangerous_any_certificate().budget(budget).fixed_clock(NOW)
}

/// Everything that a report can be turned into.
fn printed(report: &Report) -> String {
    let (transcript, redacted) = (report.transcript(), report.redacted());
    let evidence = report.evidence();
    let all = [
        format!("{report} {report:?} {report:#?} {evidence:?}"),
        report.to_json(),
        report.to_markdown(),
        format!("{transcript} {transcript:?}"),
        format!("{redacted} {redacted:?} {} {}", redacted.to_json(), redacted.transcript()),
        format!("{:?} {:?}", evidence.credssp, report.causes()),
    ];
    all.join("\n")
}

/// What the process has told so far, whoever listens: nothing of it is a secret.
fn assert_told_nothing(ears: &[&Ear]) {
    for ear in ears {
        let told = ear.told();
        assert!(told.contains("rdp_probe"), "it does listen");
        assert_silent("spans and events", &told);
    }
    assert_silent("panics", &forms::panics());
}

#[test]
fn the_canary_is_heard_where_it_sings() {
    assert_sings();
}

/// The lab's server takes the credentials, or refuses them: nothing that is left tells them, nor does anything on the way.
#[tokio::test]
async fn against_the_lab() {
    let whole = Ear::of_the_process();
    let lab = NlaServer::new().with_user("alice", PASSWORD).with_refused_user("bob", PASSWORD, NtStatus(0xC000_0234));
    let lab = Lab::with_nla(lab).await.unwrap();
    let bob = Credentials::with_password("bob", None, PASSWORD.to_owned()).unwrap();
    let others = Credentials::with_password("alice", None, format!("{PASSWORD}{PASSWORD}")).unwrap();
    for package in [Package::Ntlm, Package::Spnego] {
        for goal in [Goal::Verify, Goal::Delegate] {
            // A hash is no password to be handed over.
            let hash_works = goal == Goal::Verify;
            for (credentials, works) in
                [(password(), true), (hash(), hash_works), (bob.clone(), false), (others.clone(), false)]
            {
                let ear = Ear::default();
                let builder = builder(goal, package);
                let shown = format!("{builder:?} {credentials:?}");
                let prober = builder.build().unwrap();
                let report = prober.probe_as(&lab.target(), &credentials).with_subscriber(ear.clone()).await;
                let verified = report.evidence().nla_result() == Some(NlaResult::Verified);
                assert_eq!(verified, works, "{report}");
                assert_silent("the report", &format!("{shown} {prober:?} {}", printed(&report)));
                assert_told_nothing(&[&whole, &ear]);
            }
        }
    }
    let opened =
        builder(Goal::Delegate, Package::Ntlm).build().unwrap().open_as(&lab.target(), &password()).await.unwrap();
    assert_silent("what is opened", &format!("{opened:?}"));
    let failure = builder(Goal::Verify, Package::Ntlm).build().unwrap().open_as(&lab.target(), &bob).await.unwrap_err();
    assert_silent("a failure", &format!("{failure} {failure:?} {}", failure.report()));
    assert_told_nothing(&[&whole]);
}

/// What answers a challenge is as good as the password to whoever has time: none of it is kept either.
#[tokio::test]
async fn what_answers_the_challenge_is_not_kept() {
    let whole = Ear::of_the_process();
    for (credentials, package, goal) in [
        (password(), Package::Ntlm, Goal::Delegate),
        (hash(), Package::Ntlm, Goal::Verify),
        (password(), Package::Spnego, Goal::Delegate),
    ] {
        let (near, far) = tokio::io::duplex(16_384);
        let ear = Ear::default();
        let prober = builder(goal, package).build().unwrap();
        let plan = prober.plan(&target());
        let probing = prober.probe_plan_stream_as(plan, near, &credentials).with_subscriber(ear.clone());
        let (report, heard) = tokio::join!(probing, Listener::hear(far, package == Package::Spnego));
        assert_eq!((report.stage(), report.end()), (Stage::Nla, End::Rejected(NtStatus(0xC000_006D))), "{report}");
        let heard = heard.unwrap();
        let answers = heard.answers();
        assert!(answers.iter().all(|answer| answer.len() >= 16) && answers.len() >= 2, "the answer came: {heard:?}");
        let all = format!("{} {} {}", printed(&report), ear.told(), whole.told());
        for answer in answers {
            forms::assert_absent("the answer", &all, &answer[..16]);
        }
        assert_silent("the report", &all);
    }
}

/// A ticket is asked for with what the password proves; whoever stands in for the key distribution centre hears no more than that.
#[tokio::test]
async fn asking_for_a_ticket() {
    let whole = Ear::of_the_process();
    let lab = Lab::with_nla(NlaServer::new().with_user("alice", PASSWORD)).await.unwrap();
    let centre = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let kdc: Target = centre.local_addr().unwrap().into();
    let listening = tokio::spawn(async move {
        let (mut stream, _) = centre.accept().await.unwrap();
        let mut heard = vec![0; 4];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut heard).await.unwrap();
        heard
    });
    let alice = Credentials::with_password("alice@LAB.EXAMPLE", None, PASSWORD.to_owned()).unwrap();
    let builder = builder(Goal::Verify, Package::Kerberos).kdc(kdc).service("ts01.lab.example");
    let shown = format!("{builder:?}");
    let report = builder.build().unwrap().probe_as(&lab.target(), &alice).await;
    assert_eq!(report.stage(), Stage::Kerberos, "{report}");
    assert!(listening.await.unwrap().iter().any(|byte| *byte != 0));
    assert_silent("the report", &format!("{shown} {}", printed(&report)));
    assert_told_nothing(&[&whole]);
}

/// A network that fails in the worst way, with credentials at hand.
struct Panicking;

impl Network for Panicking {
    type Stream = tokio::io::DuplexStream;

    async fn resolve(&self, _: &str, _: u16) -> Result<Vec<SocketAddr>, OsError> {
        Ok(vec![([127, 0, 0, 1], 3389).into()])
    }

    async fn connect(&self, _: SocketAddr) -> std::io::Result<Self::Stream> {
        panic!("the canary's network is gone")
    }
}

#[tokio::test]
async fn a_panic_tells_nothing() {
    let whole = Ear::of_the_process();
    forms::hear_panics();
    for credentials in [password(), hash()] {
        let task = tokio::spawn(async move {
            let prober = builder(Goal::Delegate, Package::Ntlm).build().unwrap();
            let plan = prober.plan(&target());
            prober.probe_plan_over_as(&Panicking, plan, &credentials).await
        });
        let error = task.await.unwrap_err();
        assert_silent("the error", &format!("{error} {error:?}"));
        assert!(forms::panics().contains("the canary's network is gone"));
    }
    assert_told_nothing(&[&whole]);
}

/// Whoever drives the machine by hand has the bytes, and no `Debug` prints them.
#[test]
fn values_on_the_way() {
    let bytes = || bytes::Bytes::from_static(PASSWORD.as_bytes());
    let asks = [
        Ask::Token(bytes()),
        Ask::Seal(bytes()),
        Ask::Compare { sealed: bytes(), expected: bytes(), weaker: Some(bytes()) },
    ];
    let outputs = [Output::Token { token: bytes(), done: true }, Output::Sealed(bytes())];
    let request = TsRequest::parse(&messages::request(
        6,
        &[1, 2, 3, 5].map(|number| {
            let octets = messages::octets(PASSWORD.as_bytes());
            (number, if number == 1 { messages::tokens(&[PASSWORD.as_bytes()]) } else { octets })
        }),
    ));
    let mut shown = vec![format!("{request:?}")];
    for ask in asks {
        shown.push(format!("{ask:?} {:#?}", Effect::Secure { ask: ask.clone(), until: Duration::ZERO }));
    }
    shown.push(format!("{:?}", Effect::Send { bytes: bytes(), until: Duration::ZERO }));
    for output in outputs {
        let secured = Secured { output: output.clone(), kdc: None };
        shown.push(format!("{output:?} {secured:?} {:?}", Input::Secured(Box::new(secured.clone()))));
    }
    let errors = [
        Credentials::with_password("", None, PASSWORD.to_owned()).unwrap_err(),
        Credentials::with_password(r"LAB\alice", Some("LAB"), PASSWORD.to_owned()).unwrap_err(),
    ];
    assert_eq!(errors[0], CredentialsError::NoUser);
    shown.push(format!("{errors:?} {} {} {:?} {:?}", errors[0], errors[1], password(), hash()));
    assert_silent("values", &shown.join("\n"));
}

/// The machine itself, at each step of a delegation in which all that the package makes is the canary.
#[test]
fn the_machine_at_every_step() {
    let mut plan = Plan::new(target());
    (plan.goal, plan.dangers.any_certificate) = (Goal::Delegate, true);
    let mut conversation = Conversation::new(plan, Dial::default(), None);
    let now = Duration::ZERO;
    let song = || bytes::Bytes::from_static(PASSWORD.as_bytes());
    let mut said = [
        vec![3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0, 2, 0, 0, 0],
        messages::with_token(6, &messages::usual()),
        messages::request(6, &[(3, messages::octets(&[9; 48]))]),
    ]
    .concat();
    let mut effect = conversation.step(now, Input::Start);
    while effect != Effect::Done {
        assert_silent("a step", &format!("{conversation:?} {effect:?}"));
        effect = match effect {
            Effect::Send { bytes, .. } => conversation.step(now, Input::Sent(bytes.len())),
            Effect::Read { at_most, .. } => {
                let piece: Vec<u8> = said.drain(..at_most.min(said.len())).collect();
                conversation.step(now, Input::Received(&piece))
            }
            Effect::StartTls { .. } => conversation.step(now, Input::Tls(Box::new(oracle::shown()))),
            Effect::Secure { ask, .. } => {
                let output = match ask {
                    Ask::Token(token) => Output::Token { token: song(), done: !token.is_empty() },
                    Ask::Compare { .. } => Output::Bound(rdp_probe::Binding::Same),
                    _ => Output::Sealed(song()),
                };
                conversation.step(now, Input::Secured(Box::new(Secured { output, kdc: None })))
            }
            other => unreachable!("{other:?}"),
        };
    }
    let report = Report::from(conversation.into_evidence());
    assert_eq!((report.stage(), report.end()), (Stage::Nla, End::Complete));
    assert_silent("the report", &printed(&report));
}
