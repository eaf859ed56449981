//! From the command line to what is probed.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::Arc;

use rdp_probe::{
    Budget, ClientHello, Family, Plan, Prober, ProberBuilder, Proxy, RdpFile, Request, Roots, ServerName, System,
    Target, Trust,
};

use super::known::KnownFile;
use super::targets::Wanted;
use crate::args::probing::{Depth, Offered, Probing, RequestForm, Trusted};
use crate::args::values::Offer;

/// Names a proxy where the command line names none.
const PROXY_VARIABLE: &str = "RDP_PROBE_PROXY";

/// Names the roots of the operating system, where a file is expected; a file of that name is ./system.
const SYSTEM: &str = "system";

/// What the prober for all these targets is made of.
pub(super) fn prober(
    probing: &Probing,
    wanted: &[Wanted],
    known: Option<&Arc<KnownFile>>,
) -> Result<ProberBuilder, String> {
    let proxy = proxy(probing.way.proxy.as_deref(), std::env::var_os(PROXY_VARIABLE))?;
    reachable(probing.way.family(), proxy.as_ref(), wanted)?;
    let mut builder = Prober::builder()
        .goal(probing.depth.into())
        .budget(Budget::within(probing.timeout))
        .client_hello(ClientHello::new(probing.trust.client_hello.into()))
        .server_name(probing.trust.sni.clone().unwrap_or(ServerName::Target))
        .family(probing.way.family());
    if let Some(address) = probing.way.bind {
        builder = builder.network(System::new().with_bind(address));
    }
    if let Some(proxy) = proxy {
        builder = builder.proxy(proxy);
    }
    let Trusted { expect_sha1, expect_sha256, expect_key, .. } = &probing.trust;
    for thumbprint in expect_sha1.iter().chain(expect_sha256).chain(expect_key) {
        builder = builder.expect(*thumbprint);
    }
    if let Some(file) = known {
        builder = builder.known_certificates(Arc::clone(file)).trust(Trust::FirstUse);
    }
    if let Some(file) = &probing.trust.roots {
        builder = builder.roots(roots(file)?).trust(Trust::Strict);
    }
    Ok(builder)
}

/// The proxy, from the option or else from the variable; an empty variable counts as not set. No error repeats anything of
/// either: it may be a password.
fn proxy(option: Option<&OsStr>, variable: Option<OsString>) -> Result<Option<Proxy>, String> {
    let variable = variable.filter(|text| !text.is_empty());
    let (text, source) = match (option, &variable) {
        (Some(text), _) => (text, ""),
        (None, Some(text)) => (text.as_os_str(), " (this is the variable RDP_PROBE_PROXY)"),
        (None, None) => return Ok(None),
    };
    let Some(text) = text.to_str() else {
        return Err(format!("--proxy: this is no UTF-8: percent-encode odd characters{source}"));
    };
    if text.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| format!("--proxy: {error}{source}"))
}

/// Sees to it that -4 and -6 leave every target an address to connect to. Behind a proxy only the proxy is connected to.
fn reachable(family: Family, proxy: Option<&Proxy>, wanted: &[Wanted]) -> Result<(), String> {
    let (option, only, other) = match family {
        Family::OnlyV4 => ("-4", "IPv4", "IPv6"),
        Family::OnlyV6 => ("-6", "IPv6", "IPv4"),
        _ => return Ok(()),
    };
    let excluded = |target: &&Target| match family {
        Family::OnlyV4 => is_v6(target),
        _ => target.ip().is_some_and(|address| address.is_ipv4()),
    };
    let found = match proxy {
        Some(proxy) => Some(proxy.address()).filter(excluded).map(|address| ("the proxy ", address)),
        None => wanted.iter().map(Wanted::target).find(excluded).map(|target| ("", target)),
    };
    let Some((what, target)) = found else { return Ok(()) };
    Err(format!("{option} uses {only} addresses only, and {what}{target} is an {other} address"))
}

/// With a zone (`%eth0`) as well, which no name has.
fn is_v6(target: &Target) -> bool {
    target.host().contains(':')
}

/// What is asked of a certificate, or of a hello, would be passed over in silence where there is none.
pub(super) fn provable(probing: &Probing) -> Result<(), String> {
    let Probing { depth, trust, .. } = probing;
    let (depth, offered) = (*depth, trust.client_hello);
    if depth != Depth::Hello && offered != Offered::Wide {
        return Err(
            "--client-hello needs --depth hello: the hello of a whole handshake is not ours to choose".to_owned()
        );
    }
    let asked = [
        ("--roots", trust.roots.is_some()),
        ("--expect-sha1", !trust.expect_sha1.is_empty()),
        ("--known", trust.known.is_some()),
        ("--expect-sha256", !trust.expect_sha256.is_empty()),
        ("--expect-key", !trust.expect_key.is_empty()),
    ];
    let Some((option, _)) = asked.iter().find(|(_, given)| *given) else { return Ok(()) };
    match (depth, offered) {
        (Depth::Negotiate, _) => Err(format!(
            "{option} needs --depth tls: with --depth negotiate no certificate is seen that could be checked"
        )),
        (Depth::Hello, Offered::Tls13 | Offered::Nothing) => {
            Err(format!("{option} needs a certificate: none is seen with this --client-hello"))
        }
        (Depth::Hello, _) if trust.roots.is_some() => {
            Err("--roots needs --depth tls: with --depth hello the server does not prove that it holds the key of its \
            certificate, so there is nothing to trust; a thumbprint may be expected"
                .to_owned())
        }
        (Depth::Hello, _) if trust.known.is_some() => Err(
            "--known needs --depth tls: with --depth hello the server does not prove that it holds its key; nothing \
            is kept"
                .to_owned(),
        ),
        _ => Ok(()),
    }
}

fn roots(file: &Path) -> Result<Roots, String> {
    if file == Path::new(SYSTEM) {
        let roots = Roots::system().map_err(|error| error.to_string())?;
        for flaw in roots.passed_over() {
            anstream::eprintln!("\x1b[1;33mwarning:\x1b[0m of this system's roots one is left out: {flaw}");
        }
        return Ok(roots);
    }
    let pem = std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    Roots::from_pem(&pem).map_err(|error| format!("{}: {error}", file.display()))
}

/// What is asked of one target. The command line has the last word over an `.rdp` file.
pub(super) fn plan(prober: &Prober, probing: &Probing, wanted: &Wanted) -> Result<Plan, String> {
    let mut plan = match wanted {
        Wanted::Target(target) => prober.plan(target),
        Wanted::File(file) => planned(prober, file),
    };
    match probing.request.offer {
        Some(Offer::Protocols(offer)) => plan.offer = offer,
        Some(Offer::Nothing) => plan.request = plan.request.without_negotiation(),
        None => {}
    }
    plan.request = request(plan.request, &probing.request)?;
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
