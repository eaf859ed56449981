//! From the command line to what is probed.

use std::path::Path;

use rdp_probe::{Budget, Plan, Prober, RdpFile, Request, Roots, ServerName, System, Trust};

use super::targets::Wanted;
use crate::args::check::{Check, RequestForm};
use crate::args::values::Offer;

/// The prober for all targets.
pub(super) fn prober(check: &Check) -> Result<Prober, String> {
    let mut builder = Prober::builder()
        .goal(check.depth.into())
        .budget(Budget::within(check.timeout))
        .server_name(check.trust.sni.clone().unwrap_or(ServerName::Target))
        .family(check.way.family());
    if let Some(address) = check.way.bind {
        builder = builder.network(System::new().with_bind(address));
    }
    if let Some(proxy) = &check.way.proxy {
        builder = builder.proxy(proxy.clone());
    }
    for thumbprint in check.trust.expect_sha1.iter().chain(&check.trust.expect_sha256) {
        builder = builder.expect(*thumbprint);
    }
    if let Some(file) = &check.trust.roots {
        builder = builder.roots(roots(file)?).trust(Trust::Strict);
    }
    builder.build().map_err(|error| error.to_string())
}

fn roots(file: &Path) -> Result<Roots, String> {
    let pem = std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    Roots::from_pem(&pem).map_err(|error| format!("{}: {error}", file.display()))
}

/// What is asked of one target. The command line has the last word over an `.rdp` file.
pub(super) fn plan(prober: &Prober, check: &Check, wanted: &Wanted) -> Result<Plan, String> {
    let mut plan = match wanted {
        Wanted::Target(target) => prober.plan(target),
        Wanted::File(file) => planned(prober, file),
    };
    match check.request.offer {
        Some(Offer::Protocols(offer)) => plan.offer = offer,
        Some(Offer::Nothing) => plan.request = plan.request.without_negotiation(),
        None => {}
    }
    plan.request = request(plan.request, &check.request)?;
    Ok(plan)
}

fn planned(prober: &Prober, file: &RdpFile) -> Plan {
    let mut plan = prober.plan(file.target());
    file.apply(&mut plan);
    plan
}

/// What the options add to the request.
fn request(mut request: Request, form: &RequestForm) -> Result<Request, String> {
    let option = |name: &'static str| move |error| format!("--{name}: {error}");
    if let Some(id) = form.preconnection_id {
        request = request.with_preconnection_id(id);
    }
    if let Some(blob) = &form.preconnection_blob {
        request = request.with_preconnection_blob(blob).map_err(option("preconnection-blob"))?;
    }
    if let Some(name) = &form.cookie {
        request = request.with_cookie(name).map_err(option("cookie"))?;
    }
    if let Some(token) = &form.routing_token {
        request = request.with_routing_token(token).map_err(option("routing-token"))?;
    }
    if form.restricted_admin {
        request = request.with_restricted_admin();
    }
    if form.redirected_authentication {
        request = request.with_redirected_authentication();
    }
    if let Some(id) = form.correlation_id {
        request = request.with_correlation_id(id).map_err(option("correlation-id"))?;
    }
    let lost = form.restricted_admin || form.redirected_authentication || form.correlation_id.is_some();
    if lost && !request.negotiates() {
        return Err("--offer none leaves no place for flags and correlation id: leave those out".to_owned());
    }
    Ok(request)
}
