//! A report as JSON, schema 1. Members are added, never changed or removed; what is not known is null, never left out.

use super::{Report, attempts, nla};
use crate::certificate::{Certificate, Judgement, Verdict, hex};
use crate::diagnose::{
    Candidate, Case, Cause, CauseText, Diagnosis, Experiment, Prediction, Remedy, diagnose, predict,
};
use crate::evidence::{
    Answer, ClientHello, End, Evidence, Goal, Handshake, Hello, KeyExchange, Leg, Plan, Proxied, Request, Shortage,
    Stage,
};
use crate::foreign::Foreign;
use crate::json::Value;
use crate::protocol::Selected;
use crate::target::Target;
use crate::{rfc3339, tls};

/// The version of the schema.
const SCHEMA: u8 = 1;

/// Bytes of a broken-off flight that are shown; the transcript has them all.
const FLIGHT_BYTES: usize = 64;

pub(super) fn report(report: &Report) -> Value {
    let evidence = report.evidence();
    let case = report.case();
    let causes = diagnose(&case);
    let look = case.looks().first();
    let certificate = look.and_then(|look| look.certificate.as_ref().zip(look.verdict));
    let target = &evidence.plan.target;
    let at_proxy = look.and_then(|look| look.foreign).filter(|_| evidence.stage == Stage::Proxy);
    Value::Object(vec![
        ("schema", SCHEMA.into()),
        ("target", Value::Object(vec![("host", target.host().into()), ("port", target.port().into())])),
        ("address", evidence.dial.connected().map(|address| address.to_string()).into()),
        ("started", evidence.clock.and_then(rfc3339::format).into()),
        ("server_name", evidence.plan.asked_name().into()),
        ("gateway", evidence.plan.gateway.as_ref().map(Target::to_string).into()),
        ("proxy", evidence.dial.proxy.as_deref().map(|proxied| proxy(proxied, at_proxy)).into()),
        ("goal", evidence.plan.goal.as_str().into()),
        ("client_hello", client_hello(&evidence.plan).into()),
        ("ok", report.is_ok().into()),
        ("reached", evidence.reached().map(Stage::as_str).into()),
        ("stage", evidence.stage.as_str().into()),
        ("end", end(evidence.end, look.and_then(|look| look.foreign).map(Foreign::as_str))),
        ("request", request(&evidence.plan.request)),
        ("negotiation", negotiation(evidence)),
        ("flight", flight(evidence).into()),
        ("tls", look.and_then(|look| look.hello.as_ref()).map(|hello| session(hello, evidence)).into()),
        ("certificate", certificate.map(|(read, verdict)| self::certificate(read, verdict, evidence)).into()),
        ("nla", nla::nla(evidence).into()),
        ("ntlm", nla::ntlm(evidence).into()),
        ("timings_us", timings(evidence)),
        ("windows", predict(&case).map(|prediction| windows(prediction, &causes)).into()),
        ("causes", causes.iter().map(|diagnosis| cause(diagnosis, &case)).collect::<Vec<_>>().into()),
        ("attempts", attempts::attempts(report).into()),
        ("looks", attempts::looks(&case).into()),
        ("spread_us", attempts::spreads(&case)),
        ("unmade", words(report.unmade(), Experiment::as_str)),
    ])
}

/// A list of words, in their order.
pub(super) fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Value {
    all.iter().map(|one| word(*one)).collect::<Vec<_>>().into()
}

pub(super) fn end(end: End, detail: Option<&str>) -> Value {
    Value::Object(vec![
        ("kind", end.kind().as_str().into()),
        ("code", end.code().into()),
        ("symbol", end.symbol().into()),
        ("detail", detail.or_else(|| end.shortage().map(Shortage::as_str)).into()),
    ])
}

/// The form of the Connection Request.
fn request(request: &Request) -> Value {
    Value::Object(vec![
        ("negotiates", request.negotiates().into()),
        ("cookie", request.cookie().into()),
        ("routing_token", request.routing_token().into()),
        ("restricted_admin", request.restricted_admin().into()),
        ("redirected_authentication", request.redirected_authentication().into()),
        ("correlation_id", request.correlation_id().map(|id| hex(&id)).into()),
        ("preconnection_id", request.preconnection_id().into()),
        ("preconnection_blob", request.preconnection_blob().into()),
    ])
}

/// The proxy, and how it answered.
fn proxy(proxied: &Proxied, foreign: Option<Foreign>) -> Value {
    let exchange = proxied.exchange.as_ref();
    let elapsed = |leg: Option<Leg>| leg.map(|leg| leg.elapsed.as_micros()).into();
    Value::Object(vec![
        ("kind", proxied.kind.as_str().into()),
        ("host", proxied.proxy.host().into()),
        ("port", proxied.proxy.port().into()),
        ("address", proxied.dial.connected().map(|address| address.to_string()).into()),
        ("end", end(proxied.end(), foreign.map(Foreign::as_str))),
        (
            "raw",
            exchange.filter(|exchange| !exchange.received.is_empty()).map(|exchange| hex(&exchange.received)).into(),
        ),
        (
            "timings_us",
            Value::Object(vec![
                ("resolve", elapsed(proxied.dial.resolve_leg())),
                ("connect", elapsed(proxied.dial.connect_leg())),
                ("exchange", elapsed(exchange.map(|exchange| exchange.leg))),
            ]),
        ),
    ])
}

/// Null where no negotiation was begun.
fn negotiation(evidence: &Evidence) -> Value {
    if evidence.negotiate.is_none() {
        return Value::Null;
    }
    let answer = evidence.answer;
    let flags = match answer {
        Some(Answer::Response { flags, .. } | Answer::Failure { flags, .. }) => Some(flags),
        _ => None,
    };
    let failure = match answer {
        Some(Answer::Failure { code, .. }) => {
            Some(Value::Object(vec![("code", code.0.into()), ("symbol", code.symbol().into())]))
        }
        _ => None,
    };
    let selected = answer.and_then(|answer| answer.selected());
    Value::Object(vec![
        ("offered", evidence.plan.offered().names().collect::<Vec<_>>().into()),
        ("offered_code", evidence.plan.offered().bits().into()),
        ("selected", selected.and_then(Selected::name).into()),
        ("selected_code", selected.map(|selected| selected.0).into()),
        ("flags", flags.into()),
        ("failure", failure.into()),
        ("raw", (!evidence.received.is_empty()).then(|| hex(&evidence.received)).into()),
    ])
}

/// The first bytes that the server sent in answer to the `ClientHello`, where the handshake did not complete.
fn flight(evidence: &Evidence) -> Option<String> {
    let flight = &evidence.handshake.as_ref()?.flight;
    (!flight.is_empty()).then(|| hex(flight.get(..FLIGHT_BYTES).unwrap_or(flight)))
}

pub(super) fn session(hello: &Hello, evidence: &Evidence) -> Value {
    let session = hello.session;
    let key_proven = evidence.handshake.as_ref().is_some_and(Handshake::proves_key);
    Value::Object(vec![
        ("version", tls::version_name(session.version).into()),
        ("cipher_suite", tls::suite_name(session.suite).into()),
        ("legacy", tls::is_legacy(session).into()),
        ("key_exchange", hello.key_exchange.map(key_exchange).into()),
        ("key_proven", key_proven.into()),
    ])
}

fn key_exchange(exchange: KeyExchange) -> Value {
    let (group, bits) = match exchange {
        KeyExchange::Rsa => (None, None),
        KeyExchange::Ecdhe { group } => (Some(tls::group_name(group).into_owned()), None),
        KeyExchange::Dhe { bits } => (None, Some(bits)),
    };
    Value::Object(vec![("kind", exchange.as_str().into()), ("group", group.into()), ("bits", bits.into())])
}

/// The `ClientHello` of our own, where the goal is what it is answered with.
pub(super) fn client_hello(plan: &Plan) -> Option<Value> {
    let ClientHello { rung, length } = plan.client_hello;
    let asked = plan.goal == Goal::Hello;
    asked.then(|| Value::Object(vec![("offer", rung.as_str().into()), ("padded_to", length.into())]))
}

fn certificate(certificate: &Certificate, verdict: Verdict, evidence: &Evidence) -> Value {
    let own_signature = evidence.handshake.as_ref().and_then(|handshake| handshake.own_signature);
    Value::Object(vec![
        ("subject", certificate.subject.as_str().into()),
        ("issuer", certificate.issuer.as_str().into()),
        ("serial", certificate.serial.as_str().into()),
        ("not_before", rfc3339::format(certificate.not_before).into()),
        ("not_after", rfc3339::format(certificate.not_after).into()),
        ("days_left", evidence.clock.map(|now| certificate.days_left(now)).into()),
        ("self_signed", certificate.self_signed.into()),
        ("own_signature", own_signature.into()),
        ("names", certificate.names.clone().into()),
        (
            "key",
            Value::Object(vec![
                ("algorithm", certificate.key.algorithm.as_str().into()),
                ("bits", certificate.key.bits.into()),
            ]),
        ),
        ("signature_algorithm", certificate.signature_algorithm.as_str().into()),
        ("sha1", hex(&certificate.sha1).into()),
        ("sha256", hex(&certificate.sha256).into()),
        ("key_sha256", hex(&certificate.key_sha256).into()),
        ("verdict", self::verdict(certificate, verdict, evidence)),
    ])
}

fn verdict(certificate: &Certificate, verdict: Verdict, evidence: &Evidence) -> Value {
    let with = |judgement: Judgement, more: Vec<(&'static str, Value)>| {
        let members = vec![("ok", judgement.ok.into()), ("reason", judgement.reason.as_str().into())];
        Value::Object(members.into_iter().chain(more).collect())
    };
    let check = |judgement| with(judgement, Vec::new());
    let known = evidence.known();
    let thumbprints = vec![
        ("sha1", known.as_ref().map(|known| hex(&known.sha1)).into()),
        ("sha256", known.as_ref().map(|known| hex(&known.sha256)).into()),
    ];
    Value::Object(vec![
        ("chain", check(verdict.chain)),
        ("time", with(verdict.time, vec![("clock", evidence.clock.and_then(rfc3339::format).into())])),
        ("name", with(verdict.name, vec![("would_match", certificate.hosts().to_vec().into())])),
        ("purpose", check(verdict.purpose)),
        ("key", check(verdict.key)),
        ("signature", check(verdict.signature)),
        ("thumbprint", check(verdict.thumbprint)),
        ("known", with(verdict.known, thumbprints)),
    ])
}

fn timings(evidence: &Evidence) -> Value {
    let elapsed = |stage: Stage| evidence.leg(stage).map(|leg| leg.elapsed.as_micros()).into();
    Value::Object(vec![
        ("resolve", elapsed(Stage::Resolve)),
        ("connect", elapsed(Stage::Connect)),
        ("proxy", elapsed(Stage::Proxy)),
        ("negotiate", elapsed(Stage::Negotiate)),
        ("tls", elapsed(Stage::Tls)),
        ("kerberos", elapsed(Stage::Kerberos)),
        ("nla", elapsed(Stage::Nla)),
        ("total", evidence.total().as_micros().into()),
    ])
}

fn windows(prediction: Prediction, found: &[Diagnosis]) -> Value {
    let also = prediction.also(found).into_iter().map(Cause::code).collect::<Vec<_>>();
    Value::Object(vec![
        ("disconnect_reason", prediction.disconnect_reason.to_string().into()),
        ("extended_reason", prediction.extended_reason.map(|reason| reason.to_string()).into()),
        ("confidence", prediction.confidence.as_str().into()),
        ("note", prediction.note.into()),
        ("source", prediction.source.into()),
        ("also", also.into()),
    ])
}

fn cause(diagnosis: &Diagnosis, case: &Case<'_>) -> Value {
    let text = diagnosis.cause.text();
    let Value::Object(mut members) = with_candidates(text, &diagnosis.candidates(case)) else { return Value::Null };
    members.insert(1, ("confidence", diagnosis.confidence.as_str().into()));
    members.insert(5, ("evidence", diagnosis.in_words(case).into()));
    members.push(("settled_by", words(&diagnosis.settled_by, Experiment::as_str)));
    members.push(("rivals", words(&diagnosis.rivals, Cause::code)));
    Value::Object(members)
}

/// The text of a cause, without what a report adds to it.
pub(crate) fn cause_text(text: &CauseText) -> Value {
    with_candidates(text, &text.candidates.iter().collect::<Vec<_>>())
}

fn with_candidates(text: &CauseText, candidates: &[&Candidate]) -> Value {
    let candidates = candidates.iter().map(|candidate| {
        Value::Object(vec![
            ("cause", candidate.cause.map(Cause::code).into()),
            ("what", candidate.what.into()),
            ("confidence", candidate.confidence().as_str().into()),
            ("known", candidate.grade.token().into()),
            ("proof", candidate.proof.into()),
        ])
    });
    Value::Object(vec![
        ("code", text.code.into()),
        ("who", text.who.as_str().into()),
        ("headline", text.headline.into()),
        ("what", text.what.into()),
        ("candidates", Value::List(candidates.collect())),
        ("remedies", text.remedies.iter().map(remedy).collect::<Vec<_>>().into()),
        ("proof", text.proof.into()),
        ("sources", text.sources.to_vec().into()),
    ])
}

fn remedy(remedy: &Remedy) -> Value {
    Value::Object(vec![("what", remedy.what.into()), ("command", remedy.command.into()), ("risk", remedy.risk.into())])
}
