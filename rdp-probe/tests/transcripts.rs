//! Every transcript of `tests/transcripts` says what is expected of it, and is played three ways: through the pure core,
//! through the driver over a duplex stream in virtual time, and over a real socket by the lab.
//!
//! `UPDATE=1 cargo test -p rdp-probe --test transcripts` rewrites what is expected; read the difference.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use rdp_probe::diagnose::{Case, Cause, Facts, PREDICTIONS, RULES, diagnose, predict};
use rdp_probe::{Evidence, Transcript};

/// Name and content of every transcript.
fn corpus() -> BTreeMap<String, (PathBuf, Transcript)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let files = std::fs::read_dir(folder).expect("the folder of transcripts").map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let transcript = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, (path, transcript))
    };
    files.map(read).collect()
}

/// What a keeper of transcripts wants to see: where it ended, what it means, what Windows would show.
fn summary(evidence: &Evidence) -> String {
    let case = Case::of(evidence);
    let mut text = format!("{}: {}\n", evidence.stage, evidence.end);
    if let Some(foreign) = evidence.foreign() {
        writeln!(text, "answered by {}", foreign.as_str()).unwrap();
    }
    for found in diagnose(&case) {
        writeln!(text, "{:<9}{}", found.confidence, found.cause).unwrap();
    }
    if let Some(shown) = predict(&case) {
        let extended = shown.extended_reason.map(|reason| format!("/{reason}")).unwrap_or_default();
        writeln!(text, "mstsc    {}{extended} ({})", shown.disconnect_reason, shown.confidence).unwrap();
    }
    text
}

/// The cause that a transcript is named for: the part of the name before the first dot.
fn named_cause(name: &str) -> Cause {
    let code = name.split('.').next().unwrap_or(name);
    Cause::from_code(code).unwrap_or_else(|| panic!("{name} is not named for a cause"))
}

#[test]
fn the_core_sees_what_is_expected() {
    for (name, (path, mut transcript)) in corpus() {
        let seen = summary(&transcript.replay());
        if std::env::var_os("UPDATE").is_some() {
            transcript.expected = Some(seen);
            std::fs::write(path, transcript.to_string()).unwrap();
        } else {
            assert_eq!(transcript.expected.as_deref(), Some(seen.as_str()), "{name}");
        }
    }
}

#[test]
fn every_transcript_comes_to_the_cause_of_its_name() {
    for (name, (_, transcript)) in corpus() {
        let evidence = transcript.replay();
        assert_eq!(diagnose(&Case::of(&evidence))[0].cause, named_cause(&name), "{name}");
    }
}

#[test]
fn every_rule_and_every_prediction_fires_for_a_transcript() {
    let facts: Vec<(Cause, Facts)> = corpus()
        .iter()
        .map(|(name, (_, transcript))| (named_cause(name), Case::of(&transcript.replay()).facts()))
        .collect();
    for rule in RULES.iter().filter(|rule| !rule.takes_several()) {
        let fires = facts.iter().any(|(cause, facts)| rule.cause == *cause && rule.fires(*facts));
        assert!(fires, "no transcript of its name fires {rule:?}");
    }
    for row in PREDICTIONS {
        let chosen = |facts: Facts| PREDICTIONS.iter().find(|row| row.fires(facts)) == Some(row);
        assert!(facts.iter().any(|(_, facts)| chosen(*facts)), "no transcript leads to {row:?}");
    }
    for cause in RULES.iter().filter(|rule| !rule.takes_several()).map(|rule| rule.cause) {
        assert!(corpus().keys().any(|name| named_cause(name) == cause), "no transcript is named for {cause}");
    }
}

#[test]
fn a_report_prints_the_transcript_that_it_came_from() {
    for (name, (_, transcript)) in corpus() {
        let evidence = transcript.replay();
        let printed = Transcript::from(&evidence);
        assert_eq!(printed.to_string().parse::<Transcript>().as_ref(), Ok(&printed), "{name}");
        assert_eq!(printed.replay(), evidence, "{name}");
    }
}

#[cfg(feature = "tokio")]
mod resettable;

#[cfg(feature = "tokio")]
mod played {
    use super::*;
    use crate::resettable::Resettable;
    use rdp_probe::transcript::{Event, Happening};
    use rdp_probe::{ChainPath, Close, Handshake, HandshakeEnd, Prober, Report, Roots, Stream, Trust};
    use rdp_probe_lab::{Ending, Lab, LabCertificate, LabKey, play};
    use tokio::net::TcpStream;

    /// A connection to a lab.
    #[expect(clippy::disallowed_methods, reason = "the test brings its own stream")]
    async fn connect(lab: &Lab) -> TcpStream {
        TcpStream::connect(lab.address()).await.unwrap()
    }

    /// A prober that does what the transcript's did.
    fn prober(transcript: &Transcript) -> Prober {
        let plan = &transcript.plan;
        let mut builder = Prober::builder()
            .goal(plan.goal)
            .offer(plan.offer)
            .request(plan.request.clone())
            .trust(if plan.trust == Trust::FirstUse { Trust::Observe } else { plan.trust })
            .budget(plan.budget)
            .server_name(plan.server_name.clone())
            .client_hello(plan.client_hello)
            .fixed_clock(transcript.clock.expect("a clock"));
        if plan.trust == Trust::Strict {
            builder = builder.roots(Roots::from_der([root(transcript)]).unwrap());
        }
        let builder = plan.thumbprints.iter().fold(builder, |builder, thumbprint| builder.expect(*thumbprint));
        builder.build().unwrap()
    }

    /// Probes as the transcript's prober did, of whom nothing is known but what the transcript says.
    async fn probe<S: Stream>(transcript: &Transcript, stream: S) -> Report {
        let prober = prober(transcript);
        let mut plan = prober.plan(&transcript.plan.target);
        (plan.trust, plan.known) = (transcript.plan.trust, transcript.plan.known.clone());
        (plan.package, plan.dangers) = (transcript.plan.package, transcript.plan.dangers);
        prober.probe_plan_stream(plan, stream).await
    }

    /// The server's own certificate where the transcript says that it was trusted; else one that has signed nothing:
    /// another key under the same name.
    fn root(transcript: &Transcript) -> Vec<u8> {
        let trusted = transcript.events.iter().find_map(|event| match &event.what {
            Happening::Tls(handshake) if handshake.path == Some(ChainPath::Trusted) => handshake.chain.first(),
            _ => None,
        });
        let now = std::time::SystemTime::UNIX_EPOCH.into();
        let stranger = || LabCertificate::healthy(now).with_key(LabKey::EcdsaP256).der().to_vec();
        trusted.map_or_else(stranger, |certificate| certificate.to_vec())
    }

    /// Errors of the local system and failures to connect are nothing that a peer can play. What happened inside TLS takes a server
    /// with keys of its own.
    fn can_be_played(transcript: &Transcript) -> bool {
        transcript.dial.failure().is_none()
            && transcript.events.iter().all(|Event { what, .. }| match what {
                Happening::Closed(Close::Os(_)) | Happening::Wrote(_) | Happening::Secured(_) => false,
                Happening::Tls(handshake) => !matches!(**handshake, Handshake { end: HandshakeEnd::Os(_), .. }),
                _ => true,
            })
    }

    /// TLS that completes is held with the recorded certificate, where it is one of the lab's.
    fn has_the_lab_s_key(transcript: &Transcript) -> bool {
        transcript.events.iter().all(|Event { what, .. }| match what {
            Happening::Tls(handshake) => {
                handshake.chain.first().is_none_or(|leaf| LabKey::of_certificate(leaf).is_some())
            }
            _ => true,
        })
    }

    fn playable() -> impl Iterator<Item = (String, Transcript)> {
        let all = corpus().into_iter().map(|(name, (_, transcript))| (name, transcript));
        let playable = all.filter(|(_, transcript)| can_be_played(transcript) && has_the_lab_s_key(transcript));
        // Of a way through a proxy, the server behind it is played.
        playable.map(|(name, mut transcript)| {
            transcript.dial.proxy = None;
            (name, transcript)
        })
    }

    fn assert_alike(name: &str, transcript: &Transcript, report: &Report) {
        let (core, seen) = (transcript.replay(), report.evidence());
        assert_eq!(summary(seen), summary(&core), "{name}");
        assert_eq!(seen.received, core.received, "{name}");
        assert_eq!(seen.answer, core.answer, "{name}");
        assert_eq!(seen.hello(), core.hello(), "{name}");
        assert_eq!(seen.certificate(), core.certificate(), "{name}");
    }

    #[tokio::test(start_paused = true)]
    async fn over_a_duplex_stream_in_virtual_time() {
        let mut count = 0;
        for (name, transcript) in playable() {
            let (near, mut far) = tokio::io::duplex(64 * 1024);
            let (near, reset) = Resettable::new(near);
            let script = transcript.clone();
            let server = tokio::spawn(async move {
                match play(&script, &mut far).await {
                    Ok(Ending::Silence) => std::future::pending().await,
                    Ok(Ending::Reset) => reset.now(),
                    _ => {}
                }
            });
            let report = probe(&transcript, near).await;
            server.abort();
            assert_alike(&name, &transcript, &report);
            assert_same_times(&name, &transcript, report.evidence());
            count += 1;
        }
        assert!(count >= 40, "only {count} transcripts can be played");
    }

    /// In virtual time the driver's times are the transcript's own, but for what a peer cannot time: the rest of a flight
    /// that we wait for ourselves.
    fn assert_same_times(name: &str, transcript: &Transcript, seen: &Evidence) {
        let core = transcript.replay();
        let moved = transcript.started;
        let (expected, seen) = (core.negotiate.unwrap(), seen.negotiate.unwrap());
        assert_eq!(seen.elapsed, expected.elapsed, "{name}");
        assert_eq!(seen.started, expected.started.saturating_sub(moved), "{name}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn over_real_sockets_by_the_lab() {
        let mut running = Vec::new();
        for (name, transcript) in playable() {
            running.push(tokio::spawn(async move {
                let lab = Lab::replay(transcript.clone()).await.unwrap();
                let stream = connect(&lab).await;
                let report = probe(&transcript, stream).await;
                assert_alike(&name, &transcript, &report);
            }));
        }
        assert!(running.len() >= 40);
        for one in running {
            one.await.unwrap();
        }
    }
}
