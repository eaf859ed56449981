//! What is expected of the scenarios of Network Level Authentication.

use super::*;

/// A scenario, whether its report is ok, what became of the credentials, and where and how it ended.
const OUTCOMES: &[(&str, bool, Option<&str>, &str)] = &[
    ("nla", true, Some("verified"), "nla complete"),
    ("nla-challenge", true, None, "nla complete"),
    ("nla-clock-wrong", true, None, "nla complete"),
    ("nla-wrong-password", false, Some("rejected"), "nla rejected STATUS_LOGON_FAILURE"),
    ("nla-wrong-password-beside-binding", false, Some("rejected"), "nla rejected STATUS_LOGON_FAILURE"),
    ("nla-wrong-password-silently", false, Some("unknown"), "nla fin"),
    ("nla-password-expired", false, Some("rejected"), "nla rejected STATUS_PASSWORD_EXPIRED"),
    ("nla-password-must-change", false, Some("rejected"), "nla rejected STATUS_PASSWORD_MUST_CHANGE"),
    ("nla-disabled", false, Some("rejected"), "nla rejected STATUS_ACCOUNT_DISABLED"),
    ("nla-locked", false, Some("rejected"), "nla rejected STATUS_ACCOUNT_LOCKED_OUT"),
    ("nla-logon-type", false, Some("rejected"), "nla rejected STATUS_LOGON_TYPE_NOT_GRANTED"),
    ("nla-early-denied", false, Some("not-authorized"), "nla unauthorized AUTHZ_ACCESS_DENIED"),
    ("nla-early-unknown", false, Some("verified"), "nla unauthorized"),
    ("nla-domain-unreachable", false, Some("rejected"), "nla rejected STATUS_NO_LOGON_SERVERS"),
    ("nla-clock-refused", false, Some("rejected"), "nla rejected STATUS_TIME_DIFFERENCE_AT_DC"),
    ("nla-ntlm-blocked", false, Some("rejected"), "nla rejected STATUS_NTLM_BLOCKED"),
    ("nla-delegation-refused", false, Some("rejected"), "nla rejected SEC_E_DELEGATION_POLICY"),
    ("nla-not-supported", false, Some("unknown"), "nla rejected SEC_E_UNSUPPORTED_FUNCTION"),
    ("nla-kerberos-only", false, None, "nla complete"),
    ("nla-refused-unknown", false, Some("rejected"), "nla rejected"),
    ("nla-not-verifiable", false, Some("not-verifiable"), "tls complete"),
    ("nla-silent", false, None, "nla timeout"),
    ("nla-old-version", true, None, "nla complete"),
    ("nla-version-invalid", false, None, "nla malformed credssp-version"),
    ("nla-challenge-malformed", false, None, "nla malformed ntlm-challenge"),
    ("nla-plain-text", false, None, "nla malformed not-credssp"),
    ("nla-malformed", false, None, "nla malformed ts-request"),
    ("nla-drips", false, None, "nla timeout"),
    ("nla-truncated", false, Some("unknown"), "nla fin"),
    ("nla-fin", false, Some("unknown"), "nla fin"),
    ("nla-reset", false, Some("unknown"), "nla reset"),
    ("nla-stalls", false, Some("unknown"), "nla timeout"),
    ("nla-alert", false, Some("unknown"), "nla alert access_denied"),
    ("nla-ultimatum", false, Some("unknown"), "nla denied disconnect-provider-ultimatum"),
    ("nla-other-key", false, Some("unknown"), "nla malformed public-key"),
    ("nla-no-nonce", false, Some("unknown"), "nla malformed nonce"),
    ("nla-list-altered", false, Some("unknown"), "nla security seal"),
    ("nla-token-rejected", false, Some("unknown"), "nla security token"),
    ("nla-token-unwrapped", false, Some("unknown"), "nla security token"),
];

#[test]
fn every_scenario_ends_where_and_as_it_should() {
    let expected: Vec<_> = OUTCOMES.iter().map(|(name, ..)| *name).collect();
    let all = Scenario::all().filter(|scenario| scenario.goal().is_nla());
    assert_eq!(expected, all.map(|scenario| scenario.name()).collect::<Vec<_>>());
    let seen = |name: &str| VISITS.iter().any(|visit| visit.scenario.name() == name);
    for (name, ok, result, end) in OUTCOMES.iter().filter(|(name, ..)| seen(name)) {
        let Visit { report, json, .. } = visit_to(name);
        let word = |pointer: &str| json.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let ended = [word("/stage"), word("/end/kind"), word("/end/symbol")].join(" ");
        let told = json.pointer("/nla/result").and_then(Value::as_str);
        let seen = (json["ok"].as_bool(), told, ended.trim_end());
        assert_eq!(seen, (Some(*ok), *result, *end), "{name}:\n{report}");
    }
}

/// What the challenge says stands in the report.
#[test]
fn the_names_of_the_server_stand_in_the_report() {
    let ntlm = &visit_to("nla-challenge").json["ntlm"];
    assert_eq!((&ntlm["netbios_computer"], &ntlm["dns_forest"]), (&json!("TS01"), &json!("rdp-probe.test")));
    assert_eq!(ntlm["build"], json!(20348));
    let skew = visit_to("nla-clock-wrong").json["ntlm"]["clock_skew_s"].as_i64().unwrap();
    assert!((3598..=3602).contains(&skew), "{skew}");
}
