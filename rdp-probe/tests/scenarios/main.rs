//! The lab's scenarios, probed over real sockets, and the JSON of their reports, held against its schema.
#![cfg(feature = "tokio")]

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use jsonschema::Validator;
use rdp_probe::diagnose::Cause;
use rdp_probe::{
    Answer, Attempt, Budget, ChainPath, Check, Denial, Dial, End, EndKind, Evidence, Exchange, FailureCode, Fault,
    Handshake, HandshakeEnd, Leg, Lookup, OsError, OsErrorKind, OsErrorSpace, Prober, Protocols, Proxied, ProxyKind,
    ProxyRefusal, Report, Request, Resolver, Resolving, Roots, Selected, ServerName, Session, Stage, System, Trust,
};
use rdp_probe_lab::{Lab, LabCertificate, Scenario};
use serde_json::{Value, json};

mod schema;
mod trust;

/// A scenario, and what a probe of it gave.
struct Visit {
    scenario: Scenario,
    report: Report,
    json: Value,
}

/// Every scenario, probed at the same time: the silent ones take as long as their budget, and no longer together.
static VISITS: LazyLock<Vec<Visit>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let under_way: Vec<_> = Scenario::all().map(|scenario| tokio::spawn(visit(scenario))).collect();
        let mut visits = Vec::new();
        for visit in under_way {
            visits.push(visit.await.unwrap());
        }
        visits
    })
});

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../schema/report-1.schema.json")).unwrap());

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| jsonschema::draft202012::new(&SCHEMA).unwrap());

async fn visit(scenario: Scenario) -> Visit {
    let budget = Budget { stage: Duration::from_secs(1), total: Duration::from_secs(3) };
    let prober = Prober::builder().offer(scenario.offer()).budget(budget).build().unwrap();
    let lab = Lab::start(scenario.name()).await.unwrap();
    let report = prober.probe_over(&network(&lab), &lab.target()).await;
    let json = json_of(&report);
    Visit { scenario, report, json }
}

/// The addresses of a lab, as those of any name.
struct Names(Vec<SocketAddr>);

impl Resolver for Names {
    fn resolve<'a>(&'a self, _host: &'a str, _port: u16) -> Resolving<'a> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}

/// A network in which every name is the lab's.
fn network(lab: &Lab) -> System {
    System::new().with_resolver(Names(lab.addresses()))
}

fn visit_to(scenario: &str) -> &'static Visit {
    let found = VISITS.iter().find(|visit| visit.scenario.name() == scenario);
    found.unwrap_or_else(|| panic!("there is no scenario {scenario}"))
}

fn json_of(report: &Report) -> Value {
    let text = report.to_json();
    assert!(!text.contains('\n'), "the report is one line");
    serde_json::from_str(&text).unwrap()
}

/// What the schema has against a value, each with its place.
fn flaws(json: &Value) -> Vec<String> {
    VALIDATOR.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[track_caller]
fn assert_valid(json: &Value, whose: &str) {
    assert_eq!(flaws(json), [""; 0], "the report of {whose}: {json:#}");
}

/// The pointers to every object in a value, the value's own included.
fn objects_of(json: &Value) -> Vec<String> {
    let below = |name: String, value: &Value| -> Vec<String> {
        objects_of(value).into_iter().map(|pointer| format!("/{name}{pointer}")).collect()
    };
    match json {
        Value::Object(members) => {
            let inner = members.iter().flat_map(|(name, value)| below(name.clone(), value));
            std::iter::once(String::new()).chain(inner).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(index, item)| below(index.to_string(), item)).collect()
        }
        _ => Vec::new(),
    }
}

fn members_of(json: &Value, object: &str) -> Vec<String> {
    json.pointer(object).and_then(Value::as_object).unwrap().keys().cloned().collect()
}

fn without(json: &Value, object: &str, member: &str) -> Value {
    let mut json = json.clone();
    let removed = json.pointer_mut(object).and_then(Value::as_object_mut).and_then(|members| members.remove(member));
    assert!(removed.is_some(), "{object} has no {member}");
    json
}

/// A scenario, whether its report is ok, the deepest stage that was reached, and where and how it ended.
const OUTCOMES: &[(&str, bool, &str, &str)] = &[
    ("healthy", true, "tls", "tls complete"),
    ("healthy-tls12", true, "tls", "tls complete"),
    ("healthy-tls13", true, "tls", "tls complete"),
    ("not-listening", false, "", "connect os connection-refused"),
    ("closes-on-request", false, "connect", "negotiate fin"),
    ("resets-on-request", false, "connect", "negotiate reset"),
    ("silent-after-request", false, "connect", "negotiate timeout"),
    ("drip", false, "connect", "negotiate timeout"),
    ("http", false, "connect", "negotiate malformed not-tpkt"),
    ("ssh", false, "connect", "negotiate malformed not-tpkt"),
    ("nla-required", false, "connect", "negotiate refusal HYBRID_REQUIRED_BY_SERVER"),
    ("tls-not-allowed", false, "connect", "negotiate refusal SSL_NOT_ALLOWED_BY_SERVER"),
    ("standard-security", false, "negotiate", "negotiate complete"),
    ("legacy-confirm", false, "negotiate", "negotiate complete"),
    ("tls-fin", false, "negotiate", "tls fin"),
    ("tls-reset", false, "negotiate", "tls reset"),
    ("tls-alert-handshake-failure", false, "negotiate", "tls alert handshake_failure"),
    ("tls-silent", false, "negotiate", "tls timeout"),
    ("tls-stalls-after-flight", false, "negotiate", "tls timeout"),
    ("certificate-expired", true, "tls", "tls complete"),
    ("certificate-not-yet-valid", true, "tls", "tls complete"),
    ("certificate-rsa1024", true, "tls", "tls complete"),
    ("certificate-wrong-name", true, "tls", "tls complete"),
];

/// A scenario, a place in its report, and what stands there.
const DETAILS: &[(&str, &str, &str)] = &[
    ("healthy", "/server_name", "null"),
    ("healthy", "/negotiation/offered", r#"["ssl","hybrid","hybrid_ex"]"#),
    ("healthy", "/negotiation/selected", r#""ssl""#),
    ("healthy", "/negotiation/flags", "31"),
    ("healthy", "/negotiation/failure", "null"),
    ("healthy", "/negotiation/raw", r#""030000130ed00000123400021f080001000000""#),
    ("healthy", "/flight", "null"),
    ("healthy", "/tls/version", r#""1.3""#),
    ("healthy", "/certificate/subject", r#""CN=lab.rdp-probe.test""#),
    ("healthy", "/certificate/names", r#"["lab.rdp-probe.test","localhost","127.0.0.1","::1"]"#),
    ("healthy", "/certificate/key", r#"{"algorithm":"RSA","bits":2048}"#),
    ("healthy", "/certificate/signature_algorithm", r#""sha256WithRSAEncryption""#),
    ("healthy", "/certificate/self_signed", "true"),
    ("healthy", "/certificate/days_left", "179"),
    ("healthy", "/windows", "null"),
    ("healthy", "/causes/0/who", r#""nobody""#),
    ("healthy-tls12", "/tls/version", r#""1.2""#),
    ("healthy-tls12", "/tls/legacy", "false"),
    ("healthy-tls13", "/tls/version", r#""1.3""#),
    ("not-listening", "/address", "null"),
    ("not-listening", "/negotiation", "null"),
    ("not-listening", "/timings_us/negotiate", "null"),
    ("not-listening", "/windows/disconnect_reason", r#""0x204""#),
    ("closes-on-request", "/negotiation/raw", "null"),
    ("closes-on-request", "/negotiation/selected", "null"),
    ("closes-on-request", "/windows/disconnect_reason", r#""0x904""#),
    ("closes-on-request", "/windows/extended_reason", r#""0x7""#),
    ("silent-after-request", "/negotiation/raw", "null"),
    ("silent-after-request", "/windows/disconnect_reason", r#""0x108""#),
    ("silent-after-request", "/windows/extended_reason", "null"),
    ("http", "/end/detail", r#""HTTP""#),
    ("ssh", "/end/detail", r#""SSH""#),
    ("nla-required", "/negotiation/offered", r#"["ssl"]"#),
    ("nla-required", "/negotiation/failure", r#"{"code":5,"symbol":"HYBRID_REQUIRED_BY_SERVER"}"#),
    ("nla-required", "/negotiation/flags", "0"),
    ("nla-required", "/end/code", "5"),
    ("nla-required", "/windows/disconnect_reason", r#""0xB09""#),
    ("tls-not-allowed", "/negotiation/failure", r#"{"code":2,"symbol":"SSL_NOT_ALLOWED_BY_SERVER"}"#),
    ("tls-not-allowed", "/negotiation/selected", "null"),
    ("tls-not-allowed", "/timings_us/tls", "null"),
    ("standard-security", "/negotiation/selected", r#""rdp""#),
    ("standard-security", "/negotiation/flags", "31"),
    ("legacy-confirm", "/negotiation/selected", r#""rdp""#),
    ("legacy-confirm", "/negotiation/flags", "null"),
    ("legacy-confirm", "/negotiation/raw", r#""0300000b06d00000123400""#),
    ("tls-reset", "/tls", "null"),
    ("tls-reset", "/windows/disconnect_reason", r#""0x904""#),
    ("tls-alert-handshake-failure", "/end/code", "40"),
    ("tls-alert-handshake-failure", "/flight", r#""15030300020228""#),
    ("tls-alert-handshake-failure", "/tls", "null"),
    ("tls-stalls-after-flight", "/tls/version", r#""1.2""#),
    ("tls-stalls-after-flight", "/certificate/subject", r#""CN=lab.rdp-probe.test""#),
    ("certificate-expired", "/certificate/days_left", "-30"),
    ("certificate-expired", "/windows/disconnect_reason", r#""0x1B07""#),
    ("certificate-rsa1024", "/certificate/key", r#"{"algorithm":"RSA","bits":1024}"#),
    ("certificate-wrong-name", "/certificate/names", r#"["other.rdp-probe.test"]"#),
];

/// A scenario that serves a certificate, and the one check beside the chain that fails there, if one does.
const VERDICTS: &[(&str, Option<(&str, &str)>)] = &[
    ("healthy", None),
    ("tls-stalls-after-flight", None),
    ("certificate-expired", Some(("time", "expired"))),
    ("certificate-not-yet-valid", Some(("time", "not-yet-valid"))),
    ("certificate-rsa1024", Some(("key", "weak"))),
    ("certificate-wrong-name", Some(("name", "other-name"))),
];

#[test]
fn every_scenario_is_diagnosed_as_the_lab_expects() {
    for Visit { scenario, report, json } in VISITS.iter() {
        let top = report.causes().first().map(|diagnosis| diagnosis.cause);
        assert_eq!(top, Some(scenario.expected()), "{}:\n{report}", scenario.name());
        assert_eq!(json["causes"][0]["code"], scenario.expected().code(), "{}", scenario.name());
    }
}

#[test]
fn every_report_is_valid_against_the_schema() {
    for Visit { scenario, json, .. } in VISITS.iter() {
        assert_valid(json, scenario.name());
    }
}

#[test]
fn every_scenario_ends_where_and_as_it_should() {
    for (name, ok, reached, end) in OUTCOMES {
        let Visit { report, json, .. } = visit_to(name);
        let word = |pointer: &str| json.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let ended = [word("/stage"), word("/end/kind"), word("/end/symbol")].join(" ");
        let seen = (json["ok"].as_bool(), word("/reached"), ended.trim_end());
        assert_eq!(seen, (Some(*ok), *reached, *end), "{name}:\n{report}");
    }
}

#[test]
fn known_details_stand_in_the_reports() {
    for (name, pointer, expected) in DETAILS {
        let Visit { json, .. } = visit_to(name);
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(json.pointer(pointer), Some(&expected), "{name} {pointer}");
    }
}

#[test]
fn each_bad_certificate_fails_one_check_and_its_chain() {
    for (name, failing) in VERDICTS {
        let verdict = &visit_to(name).json["certificate"]["verdict"];
        let failed = |(check, judgement): (&String, &Value)| {
            let reason = judgement["reason"].as_str().unwrap_or_default().to_owned();
            // That nothing was expected of the thumbprint is no failure.
            (judgement["ok"] != json!(true) && reason != "none-expected").then(|| (check.clone(), reason))
        };
        let failed: Vec<_> = verdict.as_object().unwrap().iter().filter_map(failed).collect();
        let chain = Some(("chain", "self-signed"));
        let mut expected: Vec<_> =
            chain.into_iter().chain(*failing).map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        expected.sort();
        assert_eq!(failed, expected, "{name}");
    }
}

#[test]
fn a_silent_stage_takes_its_budget_and_names_it() {
    for (name, stage) in [("silent-after-request", "negotiate"), ("drip", "negotiate"), ("tls-silent", "tls")] {
        let timings = &visit_to(name).json["timings_us"];
        let (stage, total) = (timings[stage].as_u64().unwrap(), timings["total"].as_u64().unwrap());
        assert!(stage >= 1_000_000 && total >= stage, "{name}: {timings}");
    }
}
