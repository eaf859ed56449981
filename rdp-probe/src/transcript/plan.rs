//! The lines of a transcript that say what was asked, printed and parsed.

use std::fmt;
use std::str::SplitWhitespace;

use super::words::{Time, named, parse_hex, parse_time};
use crate::certificate::hex;
use crate::evidence::{Budget, ClientHello, Family, Goal, Plan, Request, Rung, ServerName, Trust};
use crate::prose::printable;

/// Something that a line says of the plan.
pub(super) type Setting = Box<dyn FnOnce(&mut Plan)>;

/// Prints all lines but the target's and the clock's.
pub(super) fn print(f: &mut fmt::Formatter<'_>, plan: &Plan) -> fmt::Result {
    writeln!(f, "goal {}", plan.goal.as_str())?;
    writeln!(f, "offer {}", plan.offer)?;
    print_request(f, &plan.request)?;
    writeln!(f, "trust {}", if plan.trust == Trust::Strict { "strict" } else { "observe" })?;
    writeln!(f, "budget {} {}", Time(plan.budget.stage), Time(plan.budget.total))?;
    match &plan.server_name {
        ServerName::Target => writeln!(f, "server-name target")?,
        ServerName::Given(name) => writeln!(f, "server-name given {}", printable(name))?,
        ServerName::None => writeln!(f, "server-name none")?,
    }
    if plan.client_hello != ClientHello::default() {
        writeln!(f, "client-hello {} {}", plan.client_hello.rung, plan.client_hello.length)?;
    }
    plan.thumbprints.iter().try_for_each(|thumbprint| writeln!(f, "thumbprint {thumbprint}"))?;
    if plan.family != Family::default() {
        writeln!(f, "family {}", plan.family.as_str())?;
    }
    plan.gateway.as_ref().map_or(Ok(()), |gateway| writeln!(f, "gateway {gateway}"))
}

/// A line for each part that the plain form does not have.
fn print_request(f: &mut fmt::Formatter<'_>, request: &Request) -> fmt::Result {
    if let Some(id) = request.preconnection_id() {
        writeln!(f, "request preconnection {id}")?;
    }
    if let Some(blob) = request.preconnection_blob() {
        writeln!(f, "request blob {blob}")?;
    }
    if let Some(name) = request.cookie() {
        writeln!(f, "request cookie {name}")?;
    }
    if let Some(token) = request.routing_token() {
        writeln!(f, "request token {token}")?;
    }
    if !request.negotiates() {
        writeln!(f, "request no-negotiation")?;
    }
    if request.restricted_admin() {
        writeln!(f, "request restricted-admin")?;
    }
    if request.redirected_authentication() {
        writeln!(f, "request redirected-authentication")?;
    }
    request.correlation_id().map_or(Ok(()), |id| writeln!(f, "request correlation-id {}", hex(&id)))
}

/// Reads a line that consists of words.
pub(super) fn parse(keyword: &str, words: &mut SplitWhitespace<'_>) -> Option<Setting> {
    let word = words.next()?;
    Some(match keyword {
        "goal" => {
            let goal = named(Goal::ALL, Goal::as_str, word)?;
            Box::new(move |plan| plan.goal = goal)
        }
        "offer" => {
            let offer = word.parse().ok()?;
            Box::new(move |plan| plan.offer = offer)
        }
        "trust" => {
            let trust = match word {
                "observe" => Trust::Observe,
                "strict" => Trust::Strict,
                _ => return None,
            };
            Box::new(move |plan| plan.trust = trust)
        }
        "budget" => {
            let budget = Budget { stage: parse_time(word)?, total: parse_time(words.next()?)? };
            Box::new(move |plan| plan.budget = budget)
        }
        "client-hello" => {
            let rung = named(Rung::ALL, Rung::as_str, word)?;
            let length = words.next()?.parse().ok()?;
            Box::new(move |plan| plan.client_hello = ClientHello::new(rung).padded_to(length))
        }
        "thumbprint" => {
            let thumbprint = word.parse().ok()?;
            Box::new(move |plan| plan.thumbprints.push(thumbprint))
        }
        "family" => {
            let family = named(Family::ALL, Family::as_str, word)?;
            Box::new(move |plan| plan.family = family)
        }
        _ => {
            let name = server_name(word, words)?;
            Box::new(move |plan| plan.server_name = name)
        }
    })
}

fn server_name(word: &str, words: &mut SplitWhitespace<'_>) -> Option<ServerName> {
    Some(match word {
        "target" => ServerName::Target,
        "none" => ServerName::None,
        // A name that TLS cannot carry may have spaces.
        "given" => ServerName::Given(words.collect::<Vec<_>>().join(" ").into()),
        _ => return None,
    })
}

/// Adds what a `request` line says. Its text goes on to the end of the line: tokens may have spaces.
pub(super) fn parse_request(request: Request, rest: &str) -> Option<Request> {
    let (part, text) = rest.split_once(' ').map_or((rest, None), |(part, text)| (part, Some(text)));
    match (part, text) {
        ("preconnection", Some(id)) => Some(request.with_preconnection_id(id.parse().ok()?)),
        ("blob", Some(blob)) => request.with_preconnection_blob(blob).ok(),
        ("cookie", Some(name)) => request.with_cookie(name).ok(),
        ("token", Some(token)) => request.with_routing_token(token).ok(),
        ("correlation-id", Some(id)) => request.with_correlation_id(parse_hex(id)?.as_ref().try_into().ok()?).ok(),
        ("no-negotiation", None) => Some(request.without_negotiation()),
        ("restricted-admin", None) => Some(request.with_restricted_admin()),
        ("redirected-authentication", None) => Some(request.with_redirected_authentication()),
        _ => None,
    }
}
