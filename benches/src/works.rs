//! What the core does, without I/O and without cryptography: each work is one closure over recorded connections, and whoever measures
//! measures that.

use std::fmt;
use std::hint::black_box;
use std::time::Duration;

use rdp_probe::conversation::{Conversation, Effect, Input};
use rdp_probe::diagnose::Case;
use rdp_probe::{Certificate, ChainPath, Evidence, Report, Transcript, diagnose, judge};

macro_rules! transcripts {
    ($($name:literal),* $(,)?) => {
        [$(include_str!(concat!("../../rdp-probe/tests/transcripts/", $name, ".probe"))),*]
    };
}

/// A current server, asked for TLS.
const HEALTHY: [&str; 1] = transcripts!["no-fault-found"];
/// A server that refuses what is offered.
const REFUSAL: [&str; 1] = transcripts!["nla-required"];
/// A server of another protocol.
const FOREIGN: [&str; 1] = transcripts!["other-protocol.http"];
/// Network Level Authentication, until the server has proven that it takes the credentials.
const NLA: [&str; 1] = transcripts!["no-fault-found.verify"];
/// Servers that were read in clear text, with the three ways of agreeing on keys.
const CLEAR: [&str; 3] = transcripts!["hello-answered", "hello-answered.dhe", "hello-answered.rsa"];
/// Certificates, sound and not.
const CERTIFICATES: [&str; 4] =
    transcripts!["no-fault-found", "certificate-expired", "certificate-weak-signature", "certificate-weak-key"];
/// Connections that ended at each stage and in most ways, for diagnoses.
const ENDS: [&str; 12] = transcripts![
    "name-not-found",
    "connect-timeout.dual",
    "proxy-refused",
    "not-rdp",
    "nla-required",
    "tls-not-offered",
    "tls-handshake-failure",
    "tls-ended-midway",
    "certificate-expired",
    "hello-answered",
    "nla-rejected",
    "no-fault-found",
];

/// As many bytes as come at once from a network, as a rule.
const SEGMENT: usize = 1_460;

/// Something to be done any number of times.
pub struct Work {
    /// What it is called.
    pub name: &'static str,
    run: Box<dyn Fn()>,
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Work {
    fn new(name: &'static str, run: impl Fn() + 'static) -> Self {
        Self { name, run: Box::new(run) }
    }

    /// A work over each of several things.
    fn over<T: 'static, R>(name: &'static str, things: Vec<T>, by: impl Fn(&T) -> R + 'static) -> Self {
        Self::new(name, move || {
            for thing in black_box(&things) {
                drop(black_box(by(thing)));
            }
        })
    }

    /// All of them. What they work on is read here, and is no part of any.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let whole = |name, texts: &[&str]| Self::over(name, read(texts), Transcript::replay);
        let ends = evidences(&ENDS);
        let reports = || [REFUSAL, NLA].concat().iter().map(|text| evidence(text).into()).collect();
        vec![
            whole("step tls", &HEALTHY),
            whole("step refusal", &REFUSAL),
            whole("step foreign", &FOREIGN),
            whole("step nla", &NLA),
            Self::over("step hello", vec![Clear::read(CLEAR[0])], Clear::converse),
            Self::over("diagnose", ends, |evidence| diagnose(&Case::of(evidence))),
            Self::over("clear-text read", evidences(&CLEAR), Evidence::hello),
            Self::over("certificate facts", evidences(&CERTIFICATES), facts),
            Self::over("report json", reports(), Report::to_json),
            Self::over("report text", reports(), Report::to_string),
        ]
    }

    /// The one that is called so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|work| work.name == name)
    }

    /// Does it once.
    pub fn run(&self) {
        (self.run)();
    }
}

/// # Panics
/// If a transcript is not one: they are those that the library is tested with.
fn read(texts: &[&str]) -> Vec<Transcript> {
    let parse = |text: &&str| text.parse().unwrap_or_else(|error| panic!("{error}: {text}"));
    texts.iter().map(parse).collect()
}

fn evidence(text: &str) -> Evidence {
    read(&[text]).remove(0).replay()
}

fn evidences(texts: &[&str]) -> Vec<Evidence> {
    texts.iter().map(|text| evidence(text)).collect()
}

/// What a certificate says of itself, and what each check says of it.
fn facts(evidence: &Evidence) -> Option<rdp_probe::Verdict> {
    let der = evidence.handshake.as_ref()?.chain.first()?;
    let certificate = Certificate::parse(der)?;
    let host = evidence.plan.expected_name();
    Some(judge(&certificate, Some(ChainPath::UnknownIssuer), None, host, evidence.clock))
}

/// A conversation in which the machine speaks TLS itself, with the bytes of the server.
struct Clear {
    asked: Transcript,
    server: Vec<u8>,
}

impl Clear {
    fn read(text: &str) -> Self {
        let asked = read(&[text]).remove(0);
        let seen = asked.replay();
        let flight = seen.handshake.iter().flat_map(|handshake| handshake.flight.iter());
        let server = seen.received.iter().chain(flight).copied().collect();
        Self { asked, server }
    }

    /// Answers each effect as a driver does.
    fn converse(&self) -> Evidence {
        let Transcript { plan, dial, clock, .. } = &self.asked;
        let (mut conversation, mut now) = (Conversation::new(plan.clone(), dial.clone(), *clock), Duration::ZERO);
        let (mut effect, mut rest) = (conversation.step(now, Input::Start), self.server.as_slice());
        loop {
            now += Duration::from_millis(1);
            effect = match effect {
                Effect::Send { bytes, .. } => conversation.step(now, Input::Sent(bytes.len())),
                Effect::Read { at_most, .. } if !rest.is_empty() => {
                    let (come, later) = rest.split_at(at_most.min(SEGMENT).min(rest.len()));
                    rest = later;
                    conversation.step(now, Input::Received(come))
                }
                Effect::Read { until, .. } => conversation.step(until, Input::Tick),
                _ => return conversation.into_evidence(),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rdp_probe::{End, Stage};

    #[test]
    fn each_has_a_name_of_its_own_and_runs() {
        let all = Work::all();
        for (place, work) in all.iter().enumerate() {
            work.run();
            assert!(all.iter().skip(place + 1).all(|other| other.name != work.name), "{}", work.name);
            assert_eq!(Work::named(work.name).map(|found| found.name), Some(work.name));
        }
        assert!(Work::named("nothing").is_none());
    }

    #[test]
    fn whole_conversations_end_where_their_names_say() {
        let end = |texts: [&str; 1]| (evidence(texts[0]).stage, evidence(texts[0]).end);
        assert_eq!(end(HEALTHY), (Stage::Tls, End::Complete));
        assert_eq!(end(NLA), (Stage::Nla, End::Complete));
        assert!(matches!(end(REFUSAL), (Stage::Negotiate, End::Refusal(_))));
        assert!(evidence(FOREIGN[0]).foreign().is_some());
    }

    #[test]
    fn what_is_read_in_clear_text_is_what_was_recorded() {
        for text in CLEAR {
            let (seen, spoken) = (evidence(text), Clear::read(text).converse());
            assert_eq!((spoken.stage, spoken.end), (Stage::Tls, End::Complete));
            let hello = spoken.hello().expect("a hello");
            assert!(!hello.chain.is_empty());
            assert_eq!(Some(hello), seen.hello());
        }
    }

    #[test]
    fn certificates_can_be_read_and_are_judged() {
        for text in CERTIFICATES {
            assert!(facts(&evidence(text)).is_some_and(|verdict| verdict.time.ok.is_some()), "{text}");
        }
    }
}
