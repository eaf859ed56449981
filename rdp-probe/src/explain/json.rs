//! An explanation as JSON.

use super::{Explanation, Subject};
use crate::codes::{self, Code, DisconnectReason, ExtendedReason, Namespace};
use crate::diagnose::{Cause, Claim, Trail, causes_of, causes_of_pair};
use crate::evidence::Stage;
use crate::json::Value;

pub(super) fn explanation(answer: &Explanation) -> Value {
    Value::Object(vec![
        ("query", answer.query.as_str().into()),
        ("searched", answer.searched.into()),
        ("subjects", Value::List(answer.subjects.iter().map(subject).collect())),
        ("suggestions", answer.suggestions.clone().into()),
        ("not_a_number", answer.not_a_number.clone().into()),
    ])
}

fn subject(subject: &Subject) -> Value {
    match subject {
        Subject::Pair(reason, extended) => pair(*reason, *extended),
        Subject::Code(row) => code(row),
        Subject::Unknown(reason) => Value::Object(vec![
            ("kind", "unknown".into()),
            ("number", reason.0.into()),
            ("hex", reason.to_string().into()),
            ("layer", layer(*reason)),
        ]),
        Subject::Cause(found) => cause(*found),
        Subject::Claim(found) => claim(found),
    }
}

fn pair(reason: DisconnectReason, extended: ExtendedReason) -> Value {
    let known = codes::find_pair(reason, extended);
    Value::Object(vec![
        ("kind", "pair".into()),
        ("disconnect_reason", reason.to_string().into()),
        ("extended_reason", extended.to_string().into()),
        ("headline", known.map(|pair| pair.headline).into()),
        ("meaning", known.map(|pair| pair.meaning).into()),
        ("known", known.map(|pair| pair.known).into()),
        ("codes", Value::List(reason.code().into_iter().chain(extended.code()).map(code).collect())),
        ("causes", trails(&causes_of_pair(reason, extended))),
        ("next", next(reason, extended)),
    ])
}

fn trails(trails: &[Trail]) -> Value {
    let trail = |trail: &Trail| {
        Value::Object(vec![
            ("stage", trail.stage.map(Stage::as_str).into()),
            ("traces", codes_of(&trail.traces)),
            ("faults", codes_of(&trail.faults)),
        ])
    };
    Value::List(trails.iter().map(trail).collect())
}

fn layer(reason: DisconnectReason) -> Value {
    let layer = reason.layer();
    Value::Object(vec![("name", layer.name.into()), ("class", layer.class.into()), ("index", layer.index.into())])
}

fn codes_of(causes: &[Cause]) -> Value {
    causes.iter().map(|cause| cause.code()).collect::<Vec<_>>().into()
}

fn next(reason: DisconnectReason, extended: ExtendedReason) -> Value {
    let steps = codes::next_steps(reason, extended).iter();
    let step = |step: &codes::Step| Value::Object(vec![("what", step.what.into()), ("command", step.command.into())]);
    Value::List(steps.map(step).collect())
}

fn code(code: &Code) -> Value {
    let reason = (code.namespace == Namespace::DisconnectReason).then_some(DisconnectReason(code.number));
    let shows = code.shows.map(|shows| Value::Object(vec![("text", shows.text.into()), ("known", shows.known.into())]));
    Value::Object(vec![
        ("kind", "code".into()),
        ("family", code.namespace.token().into()),
        ("number", code.number.into()),
        ("hex", code.hex().into()),
        ("symbol", code.symbol.into()),
        ("meaning", code.meaning.into()),
        ("place", code.place.as_str().into()),
        ("known", code.mark.token().into()),
        ("layer", reason.map(layer).into()),
        ("shows", shows.into()),
        ("stands_for", codes_of(causes_of(code))),
        ("causes", reason.map(|reason| trails(&causes_of_pair(reason, ExtendedReason::DENIED))).into()),
        ("next", reason.map(|reason| next(reason, ExtendedReason::DENIED)).into()),
        ("sources", code.sources.to_vec().into()),
    ])
}

fn cause(cause: Cause) -> Value {
    let Value::Object(mut members) = crate::report::cause_text(cause.text()) else { return Value::Null };
    members.insert(0, ("kind", "cause".into()));
    members.insert(1, ("known", cause.text().grade.token().into()));
    Value::Object(members)
}

fn claim(claim: &Claim) -> Value {
    Value::Object(vec![
        ("kind", "claim".into()),
        ("code", claim.code.into()),
        ("claim", claim.claim.into()),
        ("verdict", claim.verdict.as_str().into()),
        ("why", claim.why.into()),
        ("probe", claim.probe.into()),
        ("causes", codes_of(claim.causes)),
        ("sources", claim.sources.to_vec().into()),
    ])
}

/// What can be asked about, as JSON.
pub(super) fn overview() -> Value {
    let named = |code: &'static str, words: &'static str| {
        Value::Object(vec![("code", code.into()), ("headline", words.into())])
    };
    let families = super::text::families().into_iter().map(|(namespace, count)| {
        Value::Object(vec![("family", namespace.token().into()), ("rows", (count as u64).into())])
    });
    Value::Object(vec![
        ("causes", Value::List(Cause::all().map(|cause| named(cause.code(), cause.text().headline)).collect())),
        ("claims", Value::List(Claim::all().map(|claim| named(claim.code, claim.claim)).collect())),
        ("codes", Value::List(families.collect())),
    ])
}
