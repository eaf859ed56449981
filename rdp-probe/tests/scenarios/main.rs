//! The lab's scenarios, probed over real sockets, and the JSON of their reports, held against its schema.
#![cfg(feature = "tokio")]

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use jsonschema::Validator;
use rdp_probe::codes::{ClientStatus, NtStatus};
use rdp_probe::diagnose::Cause;
use rdp_probe::{
    Answer, Attempt, Budget, ChainPath, Check, Denial, Dial, End, EndKind, Evidence, Exchange, FailureCode, Fault,
    Handshake, HandshakeEnd, Known, Leg, Lookup, OsError, OsErrorKind, OsErrorSpace, Prober, Protocols, Proxied,
    ProxyKind, ProxyRefusal, Report, Request, Resolver, Resolving, Roots, SecurityError, SecurityErrorKind, Selected,
    ServerName, Session, Stage, System, Trust,
};
use rdp_probe_lab::{Lab, LabCertificate, Scenario};
use serde_json::{Value, json};

mod causes;
mod floods;
mod known;
mod nla;
mod outcomes;
mod schema;
mod several;
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
        let under_way: Vec<_> = visited().map(|scenario| tokio::spawn(visit(scenario))).collect();
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

/// The scenarios that this build can see: those that take credentials need the feature for that.
fn visited() -> impl Iterator<Item = Scenario> {
    Scenario::all().filter(|scenario| cfg!(feature = "nla") || !scenario.goal().needs_credentials())
}

async fn visit(scenario: Scenario) -> Visit {
    let budget = Budget { stage: Duration::from_secs(1), total: Duration::from_secs(3) };
    let builder = Prober::builder().offer(scenario.offer()).goal(scenario.goal()).package(scenario.package());
    // The lab's credentials are no secret.
    let prober = builder.dangerous_any_certificate().budget(budget).build().unwrap();
    let lab = Lab::start(scenario.name()).await.unwrap();
    let report = probe(&prober, &lab).await;
    let json = json_of(&report);
    Visit { scenario, report, json }
}

/// With the credentials of the scenarios, where they are asked for.
#[cfg(feature = "nla")]
async fn probe(prober: &Prober, lab: &Lab) -> Report {
    let plan = prober.plan(&lab.target());
    let password = Scenario::PASSWORD.to_owned();
    let credentials = rdp_probe::Credentials::with_password(Scenario::USER, None, password).unwrap();
    prober.probe_plan_over_as(&network(lab), plan, &credentials).await
}

#[cfg(not(feature = "nla"))]
async fn probe(prober: &Prober, lab: &Lab) -> Report {
    prober.probe_over(&network(lab), &lab.target()).await
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

/// The clock that the lab makes certificates by.
#[expect(clippy::disallowed_methods, reason = "the server's certificate is to be judged by the real clock")]
fn lab_now() -> time::OffsetDateTime {
    std::time::SystemTime::now().into()
}
