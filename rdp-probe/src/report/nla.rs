//! Network Level Authentication in a report: what became of it, and what the server's challenge says of the server.

use std::fmt::Write as _;

use crate::credssp::{Challenge, Mechanism, NtlmVersion, PATCHED_VERSION};
use crate::evidence::{End, Evidence, Fault, NlaResult, Package, Plan, Stage};
use crate::json::Value;
use crate::rfc3339;

/// The member `nla`; none where the goal lies before it.
pub(super) fn nla(evidence: &Evidence) -> Option<Value> {
    let plan = &evidence.plan;
    if !plan.goal.is_nla() {
        return None;
    }
    let version = evidence.credssp_version();
    let status = refusal(evidence).map(|(number, symbol)| {
        Value::Object(vec![
            ("code", number.into()),
            ("hex", format!("0x{number:08X}").into()),
            ("symbol", symbol.into()),
        ])
    });
    let begun = evidence.kerberos.is_some() || evidence.nla.is_some();
    let (package, spnego) = begun.then(|| spoken(plan.package)).unzip();
    Some(Value::Object(vec![
        ("depth", plan.goal.as_str().into()),
        ("result", evidence.nla_result().map(NlaResult::as_str).into()),
        ("status", status.into()),
        ("package", package.into()),
        ("spnego", spnego.into()),
        ("why_not_other", why_not_other(plan).into()),
        ("mechanisms", super::json::words(&evidence.mechanisms(), Mechanism::as_str)),
        ("credssp_version", version.into()),
        ("cve_2018_0886_update", is_updated(evidence).into()),
    ]))
}

/// The member `ntlm`; none where no challenge came.
pub(super) fn ntlm(evidence: &Evidence) -> Option<Value> {
    let challenge = evidence.challenge()?;
    Some(Value::Object(vec![
        ("target_name", challenge.target_name.as_deref().into()),
        ("netbios_computer", challenge.netbios_computer.as_deref().into()),
        ("netbios_domain", challenge.netbios_domain.as_deref().into()),
        ("dns_computer", challenge.dns_computer.as_deref().into()),
        ("dns_domain", challenge.dns_domain.as_deref().into()),
        ("dns_forest", challenge.dns_forest.as_deref().into()),
        ("version", challenge.version.map(|version| version.to_string()).into()),
        ("build", challenge.version.map(|version| u32::from(version.build)).into()),
        ("time", challenge.unix_time().and_then(rfc3339::format).into()),
        ("clock_skew_s", evidence.clock_skew().into()),
        ("flags", format!("0x{:08X}", challenge.flags).into()),
        ("flaw", challenge.flaw.map(|flaw| flaw.to_string()).into()),
    ]))
}

/// The status that the server, or a key distribution centre, refuses with.
fn refusal(evidence: &Evidence) -> Option<(u32, Option<&'static str>)> {
    let end = evidence.end;
    let refuses = matches!(end, End::Rejected(_) | End::Unauthorized(_) | End::KdcRefusal(_));
    let number = end.code().and_then(|code| u32::try_from(code).ok());
    number.filter(|_| refuses).map(|number| (number, end.symbol()))
}

/// Whether the server has the update for CVE-2018-0886, by its version. A version that does not exist, or that changes, tells nothing.
fn is_updated(evidence: &Evidence) -> Option<bool> {
    let version = evidence.credssp_version().filter(|version| *version >= 2)?;
    (evidence.end != End::Malformed(Fault::CredSspVersion)).then_some(version >= PATCHED_VERSION)
}

/// The package, and whether it is wrapped in SPNEGO.
const fn spoken(package: Package) -> (&'static str, bool) {
    match package {
        Package::Ntlm => ("ntlm", false),
        Package::Spnego => ("ntlm", true),
        Package::Kerberos => ("kerberos", true),
    }
}

/// Why the other package was not used.
fn why_not_other(plan: &Plan) -> &'static str {
    match plan.package {
        Package::Kerberos => "Kerberos was asked for, and one call is one attempt: NTLM is not tried behind it",
        Package::Ntlm | Package::Spnego if plan.service.is_none() && plan.target.ip().is_some() => {
            "Kerberos was not asked for, and the target is an address, which no service name fits"
        }
        Package::Ntlm | Package::Spnego => "Kerberos was not asked for",
    }
}

/// What was done and what came of it, in a line; none where the goal lies before it, or nothing of it was begun.
pub(super) fn outcome(evidence: &Evidence) -> Option<String> {
    let begun = evidence.nla.is_some() || matches!(evidence.nla_result(), Some(NlaResult::NotVerifiable(_)));
    let goal = evidence.plan.goal;
    if !goal.is_nla() || !begun {
        return None;
    }
    let (package, spnego) = spoken(evidence.plan.package);
    let wrapped = if spnego { " in SPNEGO" } else { "" };
    let mut line = format!("{}: ", goal.as_str());
    match evidence.nla_result() {
        Some(NlaResult::NotVerifiable(selected)) => {
            let _ = write!(line, "not verifiable: the server chose {selected}, which asks for no credentials");
            return Some(line);
        }
        Some(result) => line.push_str(result.as_str()),
        None if evidence.stage == Stage::Nla && evidence.end == End::Complete => line.push_str("the server answers"),
        None => line.push_str("no challenge that can be read"),
    }
    let _ = write!(line, ", {package}{wrapped}");
    match evidence.credssp_version() {
        Some(version) if is_updated(evidence) == Some(false) => {
            let _ = write!(line, ", CredSSP {version} (without the update for CVE-2018-0886)");
        }
        Some(version) => {
            let _ = write!(line, ", CredSSP {version}");
        }
        None => {}
    }
    Some(line)
}

/// What the challenge says of the server, in a line. Names are as they came: whoever prints them makes them printable.
pub(super) fn server(evidence: &Evidence) -> Option<String> {
    let challenge = evidence.challenge()?;
    let Challenge { netbios_computer, netbios_domain, dns_computer, dns_domain, dns_forest, .. } = &challenge;
    let mut parts = Vec::new();
    parts.extend(both("", netbios_computer.as_deref(), dns_computer.as_deref()));
    parts.extend(both("domain ", netbios_domain.as_deref(), dns_domain.as_deref()));
    parts.extend(dns_forest.as_ref().map(|forest| format!("forest {forest}")));
    parts.extend(challenge.version.map(|version| format!("version {version}")));
    parts.extend(evidence.clock_skew().map(clock));
    Some(parts).filter(|parts| !parts.is_empty()).map(|parts| parts.join(", "))
}

/// A short name, a long one, or both.
fn both(label: &str, short: Option<&str>, long: Option<&str>) -> Option<String> {
    match (short, long) {
        (Some(short), Some(long)) if short != long => Some(format!("{label}{short} ({long})")),
        (name, other) => name.or(other).map(|name| format!("{label}{name}")),
    }
}

fn clock(skew: i64) -> String {
    match skew {
        0 => "clock as here".to_owned(),
        ahead @ 1.. => format!("clock {ahead} s ahead"),
        behind => format!("clock {} s behind", behind.unsigned_abs()),
    }
}

impl std::fmt::Display for NtlmVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.build)
    }
}
