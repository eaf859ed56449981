//! The lines of a transcript that say what was asked, printed and parsed.

use std::fmt;
use std::str::SplitWhitespace;

use super::words::{Time, named, parse_budget, parse_hex};
use crate::certificate::hex;
use crate::evidence::{
    Budget, ClientHello, Dangers, Family, Goal, Known, Package, Plan, Request, Rung, ServerName, Trust,
};
use crate::prose::printable;

/// Something that a line says of the plan.
pub(super) type Setting = Box<dyn FnOnce(&mut Plan)>;

/// Prints all lines but the target's and the clock's.
pub(super) fn print(f: &mut fmt::Formatter<'_>, plan: &Plan) -> fmt::Result {
    writeln!(f, "goal {}", plan.goal.as_str())?;
    writeln!(f, "offer {}", plan.offer)?;
    print_request(f, &plan.request)?;
    writeln!(f, "trust {}", plan.trust.as_str())?;
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
    match &plan.known {
        Known::Unasked => {}
        Known::Nothing => writeln!(f, "known-certificate none")?,
        Known::Unavailable => writeln!(f, "known-certificate unavailable")?,
        Known::Certificate(der) => writeln!(f, "known-certificate {}", hex(der))?,
    }
    if plan.family != Family::default() {
        writeln!(f, "family {}", plan.family.as_str())?;
    }
    if let Some(address) = plan.address {
        writeln!(f, "address {address}")?;
    }
    print_nla(f, plan)?;
    plan.gateway.as_ref().map_or(Ok(()), |gateway| writeln!(f, "gateway {gateway}"))
}

/// What belongs to Network Level Authentication, where it is not the usual.
fn print_nla(f: &mut fmt::Formatter<'_>, plan: &Plan) -> fmt::Result {
    if plan.package != Package::default() {
        writeln!(f, "package {}", plan.package.as_str())?;
    }
    if let Some(service) = &plan.service {
        writeln!(f, "service {}", printable(service))?;
    }
    if plan.dangers == Dangers::default() {
        return Ok(());
    }
    let Dangers { any_certificate, old_credssp } = plan.dangers;
    let words = [(any_certificate, " any-certificate"), (old_credssp, " old-credssp")];
    let words: String = words.into_iter().filter(|(taken, _)| *taken).map(|(_, word)| word).collect();
    writeln!(f, "dangers{words}")
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
    match keyword {
        "dangers" => return parse_dangers(words),
        "known-certificate" => return parse_known(words),
        "service" => return Some(parse_service(words)),
        _ => {}
    }
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
            let trust = named(Trust::ALL, Trust::as_str, word)?;
            Box::new(move |plan| plan.trust = trust)
        }
        "budget" => {
            let budget = Budget { stage: parse_budget(word)?, total: parse_budget(words.next()?)? };
            Box::new(move |plan| plan.budget = budget)
        }
        "client-hello" => {
            let rung = named(Rung::ALL, Rung::as_str, word)?;
            let length = words.next()?.parse().ok()?;
            Box::new(move |plan| plan.client_hello = ClientHello::new(rung).padded_to(length))
        }
        "thumbprint" | "family" | "address" => return way(keyword, word),
        "package" => {
            let package = named(Package::ALL, Package::as_str, word)?;
            Box::new(move |plan| plan.package = package)
        }
        _ => {
            let name = server_name(word, words)?;
            Box::new(move |plan| plan.server_name = name)
        }
    })
}

/// Which addresses are connected to, and whose certificate is expected there.
fn way(keyword: &str, word: &str) -> Option<Setting> {
    Some(match keyword {
        "thumbprint" => {
            let thumbprint = word.parse().ok()?;
            Box::new(move |plan| plan.thumbprints.push(thumbprint))
        }
        "family" => {
            let family = named(Family::ALL, Family::as_str, word)?;
            Box::new(move |plan| plan.family = family)
        }
        _ => {
            let address = word.parse().ok()?;
            Box::new(move |plan| plan.address = Some(address))
        }
    })
}

/// Reads the name of a service, to the end of the line.
fn parse_service(words: &mut SplitWhitespace<'_>) -> Setting {
    let service = words.collect::<Vec<_>>().join(" ").into();
    Box::new(move |plan| plan.service = Some(service))
}

/// Reads which dangers are taken.
fn parse_dangers(words: &mut SplitWhitespace<'_>) -> Option<Setting> {
    let mut dangers = Dangers::default();
    for word in words {
        match word {
            "any-certificate" => dangers.any_certificate = true,
            "old-credssp" => dangers.old_credssp = true,
            _ => return None,
        }
    }
    Some(Box::new(move |plan| plan.dangers = dangers))
}

/// Reads what the target is known by: a word, or hex to the end of the line.
fn parse_known(words: &mut SplitWhitespace<'_>) -> Option<Setting> {
    let text: String = words.collect();
    let known = match text.as_str() {
        "none" => Known::Nothing,
        "unavailable" => Known::Unavailable,
        digits => Known::Certificate(parse_hex(digits)?),
    };
    Some(Box::new(move |plan| plan.known = known))
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
