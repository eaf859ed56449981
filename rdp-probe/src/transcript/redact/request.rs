//! What was asked, without whom and by whom.

use super::names::Names;
use super::{certificate, target};
use crate::certificate::{Certificate, Thumbprint};
use crate::evidence::{Known, Plan, Request, ServerName};

/// What a routing token of the documented kind begins with; the address in it follows ([MS-RDPBCGR] 2.2.1.1).
const KNOWN_TOKEN: &str = "Cookie: msts=";

/// The classes of services that tickets for Remote Desktop are asked for.
const CLASSES: [&str; 3] = ["TERMSRV", "HOST", "RestrictedKrbHost"];

/// Masks a plan. `leaf` is the server's certificate before and after.
pub(super) fn plan(plan: &Plan, names: &mut Names, leaf: Option<(&Certificate, &Certificate)>) -> Plan {
    let Plan {
        target,
        goal,
        offer,
        trust,
        budget,
        server_name,
        client_hello,
        request,
        family,
        address,
        thumbprints,
        known,
        package,
        service,
        dangers,
        gateway,
    } = plan;
    Plan {
        target: self::target(target, names),
        goal: *goal,
        offer: *offer,
        trust: *trust,
        budget: *budget,
        server_name: self::server_name(server_name, names),
        client_hello: *client_hello,
        request: masked(request, names).unwrap_or_default(),
        family: *family,
        address: address.map(|address| super::address_of(address, names)),
        thumbprints: (0..).zip(thumbprints).map(|(at, expected)| thumbprint(at, expected, leaf)).collect(),
        known: self::known(known, names),
        package: *package,
        service: service.as_ref().map(|service| self::service(service, names).into()),
        dangers: *dangers,
        gateway: gateway.as_ref().map(|gateway| self::target(gateway, names)),
    }
}

fn server_name(name: &ServerName, names: &mut Names) -> ServerName {
    match name {
        ServerName::Given(name) => ServerName::Given(names.host(name).into()),
        ServerName::Target | ServerName::None => name.clone(),
    }
}

/// A class of services says nothing of whose it is; host, port and realm behind it do.
fn service(service: &str, names: &mut Names) -> String {
    match service.split_once('/') {
        Some((class, rest)) if CLASSES.iter().any(|known| known.eq_ignore_ascii_case(class)) => {
            format!("{class}/{}", names.host(rest))
        }
        _ => names.host(service),
    }
}

/// Cookie, token and blob keep their lengths; ids become one that says nothing.
fn masked(request: &Request, names: &mut Names) -> Option<Request> {
    let mut masked = Request::default();
    if request.preconnection_id().is_some() {
        masked = masked.with_preconnection_id(0);
    }
    if let Some(blob) = request.preconnection_blob() {
        masked = masked.with_preconnection_blob(&names.characters(blob)).ok()?;
    }
    if let Some(name) = request.cookie() {
        masked = masked.with_cookie(&names.text(name)).ok()?;
    }
    if let Some(token) = request.routing_token() {
        let known = if token.starts_with(KNOWN_TOKEN) { KNOWN_TOKEN } else { "" };
        let rest = token.strip_prefix(known).unwrap_or_default();
        masked = masked.with_routing_token(&format!("{known}{}", names.characters(rest))).ok()?;
    }
    if request.correlation_id().is_some() {
        masked = masked.with_correlation_id([1; 16]).ok()?;
    }
    masked = if request.negotiates() { masked } else { masked.without_negotiation() };
    masked = if request.restricted_admin() { masked.with_restricted_admin() } else { masked };
    Some(if request.redirected_authentication() { masked.with_redirected_authentication() } else { masked })
}

/// Masked with the stand-ins that the server's own certificate has: so what it is against it stays.
fn known(known: &Known, names: &mut Names) -> Known {
    match known {
        Known::Certificate(der) => Known::Certificate(certificate::mask(der, names).into()),
        Known::Unasked | Known::Nothing | Known::Unavailable => known.clone(),
    }
}

/// One that was the certificate's is that of the masked certificate; another becomes one that is nobody's.
fn thumbprint(at: u8, expected: &Thumbprint, leaf: Option<(&Certificate, &Certificate)>) -> Thumbprint {
    let after = leaf.filter(|(before, _)| expected.matches(before)).map(|(_, after)| after);
    match expected {
        Thumbprint::Sha1(_) => Thumbprint::Sha1(after.map_or([at; 20], |after| after.sha1)),
        Thumbprint::Sha256(_) => Thumbprint::Sha256(after.map_or([at; 32], |after| after.sha256)),
        Thumbprint::Key(_) => Thumbprint::Key(after.map_or([at; 32], |after| after.key_sha256)),
    }
}
