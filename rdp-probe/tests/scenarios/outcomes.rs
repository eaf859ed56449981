//! What is expected of each scenario: where and how it ends, what its report says.

use super::*;

/// A scenario, whether its report is ok, the deepest stage that was reached, and where and how it ended: a row for each.
const OUTCOMES: &[(&str, bool, &str, &str)] = &[
    ("healthy", true, "tls", "tls complete"),
    ("healthy-tls12", true, "tls", "tls complete"),
    ("healthy-tls13", true, "tls", "tls complete"),
    ("farm-member-failing", true, "tls", "tls complete"),
    ("farm-of-two", true, "tls", "tls complete"),
    ("throttled", true, "tls", "tls complete"),
    ("two-addresses", true, "tls", "tls complete"),
    ("not-listening", false, "", "connect os connection-refused"),
    ("accept-fin", false, "connect", "negotiate fin"),
    ("accept-reset", false, "connect", "negotiate reset"),
    ("accept-silent", false, "connect", "negotiate timeout"),
    ("flood-on-accept", false, "connect", "negotiate malformed not-tpkt"),
    ("closes-on-request", false, "connect", "negotiate fin"),
    ("resets-on-request", false, "connect", "negotiate reset"),
    ("silent-after-request", false, "connect", "negotiate timeout"),
    ("offer-dropped", false, "connect", "negotiate fin"),
    ("drip", false, "connect", "negotiate timeout"),
    ("confirm-cut-fin", false, "connect", "negotiate fin"),
    ("confirm-cut-reset", false, "connect", "negotiate reset"),
    ("confirm-cut-silent", false, "connect", "negotiate timeout"),
    ("flood-after-request", false, "connect", "negotiate malformed tpkt-length"),
    ("ultimatum-for-confirm", false, "connect", "negotiate denied disconnect-provider-ultimatum"),
    ("disconnect-request-for-confirm", false, "connect", "negotiate denied x224-disconnect-request"),
    ("http", false, "connect", "negotiate malformed not-tpkt"),
    ("http2", false, "connect", "negotiate malformed not-tpkt"),
    ("ssh", false, "connect", "negotiate malformed not-tpkt"),
    ("begins-tls", false, "connect", "negotiate malformed not-tpkt"),
    ("tls-without-x224", false, "connect", "negotiate malformed not-tpkt"),
    ("vnc", false, "connect", "negotiate malformed not-tpkt"),
    ("smb", false, "connect", "negotiate malformed not-tpkt"),
    ("ftp", false, "connect", "negotiate malformed not-tpkt"),
    ("smtp", false, "connect", "negotiate malformed not-tpkt"),
    ("imap", false, "connect", "negotiate malformed not-tpkt"),
    ("pop3", false, "connect", "negotiate malformed not-tpkt"),
    ("nntp", false, "connect", "negotiate malformed not-tpkt"),
    ("mysql", false, "connect", "negotiate malformed not-tpkt"),
    ("socks", false, "connect", "negotiate malformed not-tpkt"),
    ("citrix-ica", false, "connect", "negotiate malformed not-tpkt"),
    ("modbus", false, "connect", "negotiate malformed tpkt-length"),
    ("s7", false, "connect", "negotiate malformed not-confirm"),
    ("rtmp", false, "connect", "negotiate malformed tpkt-length"),
    ("h323", false, "connect", "negotiate malformed not-confirm"),
    ("tls-required", false, "connect", "negotiate refusal SSL_REQUIRED_BY_SERVER"),
    ("tls-not-allowed", false, "connect", "negotiate refusal SSL_NOT_ALLOWED_BY_SERVER"),
    ("no-certificate", false, "connect", "negotiate refusal SSL_CERT_NOT_ON_SERVER"),
    ("inconsistent-flags", false, "connect", "negotiate refusal INCONSISTENT_FLAGS"),
    ("nla-required", false, "connect", "negotiate refusal HYBRID_REQUIRED_BY_SERVER"),
    ("nla-refused-though-offered", false, "connect", "negotiate refusal HYBRID_REQUIRED_BY_SERVER"),
    ("client-certificate-required", false, "connect", "negotiate refusal SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER"),
    ("entra-required", false, "connect", "negotiate refusal ENTRA_AUTH_REQUIRED_BY_SERVER"),
    ("refused-unknown-code", false, "connect", "negotiate refusal"),
    ("standard-security", false, "negotiate", "negotiate complete"),
    ("legacy-confirm", false, "negotiate", "negotiate complete"),
    ("tls-not-offered", false, "negotiate", "negotiate complete"),
    ("selects-unoffered", true, "tls", "tls complete"),
    ("selects-unknown", false, "connect", "negotiate malformed selected-protocol"),
    ("garbage-behind-confirm", false, "negotiate", "tls malformed tls-not-spoken"),
    ("alert-with-confirm", false, "negotiate", "tls alert internal_error"),
    ("tls-fin", false, "negotiate", "tls fin"),
    ("tls-reset", false, "negotiate", "tls reset"),
    ("tls-silent", false, "negotiate", "tls timeout"),
    ("tls-alert-handshake-failure", false, "negotiate", "tls alert handshake_failure"),
    ("tls-alert-internal-error", false, "negotiate", "tls alert internal_error"),
    ("tls-alert-unrecognized-name", false, "negotiate", "tls alert unrecognized_name"),
    ("tls10-chosen", false, "negotiate", "tls malformed tls-unsupported"),
    ("tls-denied", false, "negotiate", "tls denied disconnect-provider-ultimatum"),
    ("plain-text-for-tls", false, "negotiate", "tls malformed tls-not-spoken"),
    ("flood-after-hello", false, "negotiate", "tls malformed tls-protocol"),
    ("tls-fin-after-server-hello", false, "negotiate", "tls fin"),
    ("tls-reset-after-server-hello", false, "negotiate", "tls reset"),
    ("tls-silent-after-server-hello", false, "negotiate", "tls timeout"),
    ("tls-fin-after-certificate", false, "negotiate", "tls fin"),
    ("tls-reset-after-certificate", false, "negotiate", "tls reset"),
    ("tls-stalls-after-flight", false, "negotiate", "tls timeout"),
    ("wrong-key", false, "negotiate", "tls malformed tls-signature"),
    ("tls10-only", false, "negotiate", "tls alert protocol_version"),
    ("tls10-only-resets", false, "negotiate", "tls reset"),
    ("cbc-only", false, "negotiate", "tls alert handshake_failure"),
    ("cbc-only-resets", false, "negotiate", "tls reset"),
    ("sni-resets", false, "negotiate", "tls reset"),
    ("tls13-resets", false, "negotiate", "tls reset"),
    ("two-segment-hello-resets", true, "tls", "tls complete"),
    ("large-hello-resets", true, "tls", "tls complete"),
    ("large-hello-vanishes", true, "tls", "tls complete"),
    ("flight-vanishes", false, "negotiate", "tls timeout"),
    ("certificate-expired", true, "tls", "tls complete"),
    ("certificate-not-yet-valid", true, "tls", "tls complete"),
    ("certificate-rsa1024", true, "tls", "tls complete"),
    ("certificate-wrong-name", true, "tls", "tls complete"),
    ("certificate-wrong-purpose", true, "tls", "tls complete"),
    ("certificate-unreadable", true, "tls", "tls complete"),
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
    ("two-addresses", "/server_name", r#""localhost""#),
    ("sni-resets", "/server_name", r#""localhost""#),
    ("confirm-cut-fin", "/negotiation/raw", r#""030000130ed00000123400""#),
    ("ultimatum-for-confirm", "/end/code", "3"),
    ("disconnect-request-for-confirm", "/end/code", "128"),
    ("tls-required", "/negotiation/offered", r#"["hybrid"]"#),
    ("refused-unknown-code", "/negotiation/failure", r#"{"code":255,"symbol":null}"#),
    ("tls-not-offered", "/negotiation/offered", r#"["rdp"]"#),
    ("selects-unoffered", "/negotiation/selected", r#""rdstls""#),
    ("garbage-behind-confirm", "/negotiation/raw", r#""030000130ed00000123400021f080001000000""#),
    // Nothing is lost of what came in one piece with the confirm.
    ("alert-with-confirm", "/negotiation/raw", r#""030000130ed00000123400021f080001000000""#),
    ("alert-with-confirm", "/flight", r#""15030300020250""#),
    ("alert-with-confirm", "/end/code", "80"),
    ("tls10-only", "/flight", r#""15030100020246""#),
    ("tls10-chosen", "/tls/version", r#""1.0""#),
    ("tls10-chosen", "/tls/legacy", "true"),
    ("tls-fin-after-server-hello", "/tls/version", r#""1.2""#),
    ("tls-fin-after-server-hello", "/certificate", "null"),
    ("tls-reset-after-certificate", "/certificate/subject", r#""CN=lab.rdp-probe.test""#),
    ("certificate-unreadable", "/certificate", "null"),
];

/// A scenario that serves a certificate, and the one check beside the chain that fails there, if one does.
const VERDICTS: &[(&str, Option<(&str, &str)>)] = &[
    ("healthy", None),
    ("tls-stalls-after-flight", None),
    ("certificate-expired", Some(("time", "expired"))),
    ("certificate-not-yet-valid", Some(("time", "not-yet-valid"))),
    ("certificate-rsa1024", Some(("key", "weak"))),
    ("certificate-wrong-name", Some(("name", "other-name"))),
    ("certificate-wrong-purpose", Some(("purpose", "other-purpose"))),
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
    let expected: Vec<_> = OUTCOMES.iter().map(|(name, ..)| *name).collect();
    let before = Scenario::all().filter(|scenario| !scenario.goal().is_nla());
    assert_eq!(expected, before.map(|scenario| scenario.name()).collect::<Vec<_>>());
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
            // That nothing was expected or known is no failure.
            let asked = !["none-expected", "none-known"].contains(&reason.as_str());
            (judgement["ok"] != json!(true) && asked).then(|| (check.clone(), reason))
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
    let silent = [("accept-silent", "negotiate"), ("drip", "negotiate"), ("tls-silent", "tls")];
    for (name, stage) in silent {
        let timings = &visit_to(name).json["timings_us"];
        let (stage, total) = (timings[stage].as_u64().unwrap(), timings["total"].as_u64().unwrap());
        assert!(stage >= 1_000_000 && total >= stage, "{name}: {timings}");
    }
}
