//! Trust on first use, over streams in memory: what is asked of a store, what is kept, and when.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, Mutex};

use rcgen::{KeyPair, PKCS_ED25519};
use rdp_probe::diagnose::Cause;
use rdp_probe::{
    Budget, Change, Check, ConfigError, End, Goal, Known, KnownCertificates, Prober, Reason, Remembering, Report,
    Roots, Stage, Target, Thumbprint, Transcript, Trust,
};
use rustls::pki_types::CertificateDer;

use super::server::{Server, VERSIONS, builder, params, signer};
use super::support::{HOST, ms, target, timed};

/// Certificates in memory, and what was asked of them.
#[derive(Default)]
struct Store {
    kept: Mutex<HashMap<Target, Vec<u8>>>,
    asked: Mutex<Vec<String>>,
    fails: bool,
}

impl KnownCertificates for Store {
    fn get<'a>(&'a self, target: &'a Target) -> Remembering<'a, Known> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(format!("get {}", target.host()));
            let kept = self.kept.lock().unwrap().get(target).cloned();
            if self.fails {
                Known::Unavailable
            } else {
                kept.map_or(Known::Nothing, |der| Known::Certificate(der.into()))
            }
        })
    }

    fn put<'a>(&'a self, target: &'a Target, certificate: &'a [u8]) -> Remembering<'a, Known> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(format!("put {}", target.host()));
            let mut all = self.kept.lock().unwrap();
            Known::Certificate(all.entry(target.clone()).or_insert_with(|| certificate.to_vec()).clone().into())
        })
    }
}

impl Store {
    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

/// A store, and a prober that trusts by it.
fn first_use() -> (Arc<Store>, Prober) {
    let store = Arc::<Store>::default();
    (Arc::clone(&store), builder().trust(Trust::FirstUse).known_certificates(store).build().unwrap())
}

/// A server, its certificate, and another server with a certificate that was issued anew for the same key.
fn servers() -> (Arc<Server>, CertificateDer<'static>, Arc<Server>) {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let first: CertificateDer<'static> = params().self_signed(&key).unwrap().into();
    let mut later = params();
    later.serial_number = Some(vec![9; 8].into());
    let second = later.self_signed(&key).unwrap().into();
    (Server::new(vec![first.clone()], signer(&key)), first, Server::new(vec![second], signer(&key)))
}

async fn probe(server: &Arc<Server>, prober: &Prober) -> Report {
    server.probe(prober, VERSIONS[1]).await
}

fn known(report: &Report) -> (Option<bool>, Reason) {
    let known = report.verdict().unwrap().known;
    (known.ok, known.reason)
}

#[tokio::test(start_paused = true)]
async fn what_is_seen_first_is_kept_and_nothing_is_written_over_it() {
    let (store, prober) = first_use();
    let (server, certificate, reissued) = servers();
    let (get, put) = (format!("get {HOST}"), format!("put {HOST}"));

    let first = probe(&server, &prober).await;
    assert_eq!((first.is_ok(), known(&first)), (true, (None, Reason::FirstSeen)), "{first}");
    assert_eq!(store.calls(), [get.clone(), put]);
    assert_eq!(store.kept.lock().unwrap()[&target()], certificate.as_ref());

    let same = probe(&server, &prober).await;
    assert_eq!((same.is_ok(), known(&same)), (true, (Some(true), Reason::Same)));
    let anew = probe(&reissued, &prober).await;
    assert_eq!((anew.is_ok(), known(&anew)), (true, (Some(true), Reason::SameKey)));
    assert_eq!(anew.evidence().change(), Some(Change::SameKey));

    let changed = probe(&Server::healthy(), &prober).await;
    assert_eq!((changed.stage(), changed.end()), (Stage::Tls, End::Untrusted(Check::Known)));
    assert_eq!((changed.is_ok(), known(&changed)), (false, (Some(false), Reason::NewKey)));
    assert_eq!(changed.causes()[0].cause, Cause::CertificateChanged);

    assert_eq!(store.calls(), [get.clone(), get.clone(), get], "asked each time, told no more");
    assert_eq!(store.kept.lock().unwrap()[&target()], certificate.as_ref());
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_is_not_kept() {
    let (server, ..) = servers();
    let store = Arc::<Store>::default();
    let prober = builder().trust(Trust::FirstUse).known_certificates(Arc::clone(&store));
    let prober = prober.expect(Thumbprint::Sha1([0; 20])).build().unwrap();
    assert_eq!(probe(&server, &prober).await.end(), End::Untrusted(Check::Thumbprint));
    // A certificate that cannot be read proves nothing.
    let unreadable = Server::new(vec![vec![0x30; 64].into()], signer(&KeyPair::generate().unwrap()));
    let (store_too, prober) = first_use();
    assert_eq!(probe(&unreadable, &prober).await.end(), End::Untrusted(Check::Readable));
    // Nor does one whose key the server does not hold.
    let stolen = Server::new(
        vec![params().self_signed(&KeyPair::generate_for(&PKCS_ED25519).unwrap()).unwrap().into()],
        signer(&KeyPair::generate_for(&PKCS_ED25519).unwrap()),
    );
    assert!(!probe(&stolen, &prober).await.is_ok());
    assert!(store.kept.lock().unwrap().is_empty() && store_too.kept.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_observer_is_told_and_goes_on_and_keeps_nothing() {
    let store = Arc::<Store>::default();
    let prober = builder().known_certificates(Arc::clone(&store)).build().unwrap();
    let report = probe(&Server::healthy(), &prober).await;
    assert_eq!((report.is_ok(), known(&report).1), (true, Reason::FirstSeen));
    assert!(store.kept.lock().unwrap().is_empty());

    store
        .kept
        .lock()
        .unwrap()
        .insert(target(), params().self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec());
    let report = probe(&Server::healthy(), &prober).await;
    assert_eq!((report.is_ok(), known(&report)), (true, (Some(false), Reason::NewKey)));
    assert_eq!(report.causes()[0].cause, Cause::CertificateChanged);
}

#[tokio::test(start_paused = true)]
async fn a_root_does_not_make_up_for_another_key() {
    let (server, certificate, _) = servers();
    let store = Arc::<Store>::default();
    let roots = Roots::from_der([certificate.to_vec()]).unwrap();
    let prober = builder().trust(Trust::Strict).roots(roots).known_certificates(Arc::clone(&store)).build().unwrap();
    assert!(probe(&server, &prober).await.is_ok(), "nothing is known yet");
    store
        .kept
        .lock()
        .unwrap()
        .insert(target(), params().self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec());
    let report = probe(&server, &prober).await;
    assert_eq!(report.end(), End::Untrusted(Check::Known));
    assert_eq!(report.causes()[0].cause, Cause::CertificateChanged);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_say_is_no_reason_to_trust() {
    let store = Arc::new(Store { fails: true, ..Store::default() });
    let prober = builder().trust(Trust::FirstUse).known_certificates(Arc::clone(&store)).build().unwrap();
    let report = probe(&Server::healthy(), &prober).await;
    assert_eq!((report.end(), known(&report)), (End::Untrusted(Check::Known), (None, Reason::Unavailable)));
    assert_eq!(report.causes()[0].cause, Cause::CertificateUntrusted);
    assert!(store.kept.lock().unwrap().is_empty());

    // A plan that asks for it, and nobody to ask.
    let prober = builder().build().unwrap();
    let mut plan = prober.plan(&target());
    plan.trust = Trust::FirstUse;
    let (near, far) = tokio::io::duplex(16_384);
    let serve = Server::healthy();
    let (report, _) = tokio::join!(prober.probe_plan_stream(plan, near), serve.serve(far, VERSIONS[1]));
    assert_eq!((report.end(), known(&report).1), (End::Untrusted(Check::Known), Reason::NoneKnown));
}

/// Two probes of a target at the same time, to which nothing is known: what the first one saw, the other is judged by.
#[tokio::test(start_paused = true)]
async fn of_two_at_the_same_time_one_is_first() {
    let (server, first, reissued) = servers();
    for (second, expected, ok) in [
        (&server, (None, Reason::FirstSeen), true),
        (&reissued, (Some(true), Reason::SameKey), true),
        (&Server::healthy(), (Some(false), Reason::NewKey), false),
    ] {
        let (store, prober) = first_use();
        let mut plan = prober.plan(&target());
        // It was asked before the other one was through.
        plan.known = Known::Nothing;
        store.kept.lock().unwrap().insert(target(), first.to_vec());
        let (near, far) = tokio::io::duplex(16_384);
        let (report, _) = tokio::join!(prober.probe_plan_stream(plan, near), second.serve(far, VERSIONS[1]));
        assert_eq!((report.is_ok(), known(&report)), (ok, expected), "{report}");
        let evidence = report.evidence();
        assert_eq!(Transcript::from(evidence).replay(), *evidence);
        assert_eq!(store.kept.lock().unwrap()[&target()], first.as_ref());
    }
}

/// Never answers, and never takes anything.
struct Hung;

impl KnownCertificates for Hung {
    fn get<'a>(&'a self, _: &'a Target) -> Remembering<'a, Known> {
        Box::pin(pending())
    }

    fn put<'a>(&'a self, _: &'a Target, _: &'a [u8]) -> Remembering<'a, Known> {
        Box::pin(pending())
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_is_waited_for_as_long_as_a_stage() {
    let budget = Budget { stage: ms(200), total: ms(700) };
    let prober = builder().budget(budget).trust(Trust::FirstUse).known_certificates(Hung).build().unwrap();
    let (report, took) = Box::pin(timed(probe(&Server::healthy(), &prober))).await;
    assert_eq!(known(&report).1, Reason::Unavailable);
    assert!((ms(200)..ms(300)).contains(&took), "{took:?}");
    assert!(report.evidence().negotiate.unwrap().started >= ms(200));

    // Telling it takes no longer than the probe may.
    let mut plan = prober.plan(&target());
    plan.known = Known::Nothing;
    let (near, far) = tokio::io::duplex(16_384);
    let server = Server::healthy();
    let probe = async { tokio::join!(prober.probe_plan_stream(plan, near), server.serve(far, VERSIONS[1])).0 };
    let (report, took) = Box::pin(timed(probe)).await;
    assert!(report.is_ok() && took <= ms(700), "{took:?} {report}");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_where_no_certificate_is_seen_or_the_plan_knows() {
    let store = Arc::<Store>::default();
    let prober = builder().goal(Goal::Negotiate).known_certificates(Arc::clone(&store)).build().unwrap();
    let (near, far) = tokio::io::duplex(16_384);
    let server = Server::healthy();
    let target = target();
    tokio::select! {
        report = prober.probe_stream(&target, near) => assert!(report.is_ok()),
        _ = server.serve(far, VERSIONS[1]) => {}
    }
    assert_eq!(store.calls(), Vec::<String>::new());
}

#[test]
fn first_use_needs_a_store_and_a_certificate() {
    let alone = Prober::builder().trust(Trust::FirstUse).build().unwrap_err();
    assert_eq!(alone, ConfigError::FirstUseWithoutStore);
    let shallow = Prober::builder().trust(Trust::FirstUse).known_certificates(Hung).goal(Goal::Negotiate);
    assert_eq!(shallow.build().unwrap_err(), ConfigError::NoCertificate);
    let unproven = Prober::builder().trust(Trust::FirstUse).known_certificates(Hung).goal(Goal::Hello);
    assert_eq!(unproven.build().unwrap_err(), ConfigError::FirstUseWithoutProof);
}
