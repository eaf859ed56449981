//! What the scenarios are of, taken together: every protocol, and every cause that a server can play.

use std::collections::BTreeSet;

use rdp_probe::Foreign;
use rdp_probe::diagnose::RULES;

use super::*;

/// Causes of traces that no scenario is for, and why.
const NOT_PLAYED: &[(&str, &str)] = &[
    ("name-not-found", "the resolver says so"),
    ("resolver-failed", "the resolver says so"),
    ("resolver-silent", "the resolver says nothing"),
    ("no-route", "the network says so"),
    ("connect-timeout", "the network says nothing"),
    ("connect-reset", "on loopback a connection stands before a server can reset it"),
    ("connect-failed-locally", "the client's own system says so"),
    ("no-address-of-family", "a decision of the client"),
    ("negotiation-lost", "the client's own system says so"),
    ("tls-lost", "the client's own system says so"),
    ("proxy-unreachable", "of a proxy, not of a server"),
    ("proxy-silent", "of a proxy, not of a server"),
    ("proxy-closed", "of a proxy, not of a server"),
    ("proxy-authentication", "of a proxy, not of a server"),
    ("proxy-refused", "of a proxy, not of a server"),
    ("proxy-cannot-reach-target", "of a proxy, not of a server"),
    ("not-a-proxy", "of a proxy, not of a server"),
    ("certificate-untrusted", "a decision of the client"),
    ("certificate-unexpected", "a decision of the client"),
    ("tls13-only", "a client that offers TLS 1.3 does not meet it"),
    ("certificate-changed", "of two connections"),
    ("hello-answered", "a decision of the client"),
    ("credentials-withheld", "a decision of the client"),
    ("nla-not-offered", "a decision of the client"),
    ("credentials-missing", "a decision of the client"),
    ("package-missing", "of the client's own packages"),
    ("service-name-missing", "a decision of the client"),
    ("security-package-failed", "of the client's own packages"),
    ("nla-lost", "the client's own system says so"),
    ("kdc-unreachable", "of a key distribution centre, not of a server"),
    ("kdc-closed", "of a key distribution centre, not of a server"),
    ("kdc-silent", "of a key distribution centre, not of a server"),
    ("not-a-kdc", "of a key distribution centre, not of a server"),
    ("kdc-refuses-credentials", "of a key distribution centre, not of a server"),
    ("kdc-refuses", "of a key distribution centre, not of a server"),
    ("service-unknown", "of a key distribution centre, not of a server"),
    ("etype-unsupported", "of a key distribution centre, not of a server"),
    ("certificate-weak-signature", "what signs the lab's certificates does not do SHA-1"),
];

#[test]
fn every_protocol_that_can_be_recognised_is_played() {
    let seen: BTreeSet<_> = VISITS.iter().filter_map(|visit| visit.report.evidence().foreign()).collect();
    assert_eq!(seen, Foreign::all().collect());
    for Visit { scenario, report, json } in VISITS.iter() {
        let foreign = report.evidence().foreign().map(Foreign::as_str);
        assert_eq!(foreign.is_some(), scenario.expected() == Cause::OtherProtocol, "{}", scenario.name());
        assert_eq!(foreign.map(Value::from), foreign.map(|_| json["end"]["detail"].clone()), "{}", scenario.name());
    }
}

#[test]
fn every_cause_that_a_server_can_play_is_played() {
    let played: BTreeSet<_> = Scenario::all().map(|scenario| scenario.expected()).collect();
    let excused: BTreeSet<_> = NOT_PLAYED.iter().map(|(code, _)| Cause::from_code(code).unwrap()).collect();
    let traces: BTreeSet<_> = RULES.iter().filter(|rule| !rule.takes_several()).map(|rule| rule.cause).collect();
    assert_eq!(played.intersection(&excused).collect::<Vec<_>>(), Vec::<&Cause>::new());
    assert_eq!(traces, &played | &excused);
}

#[test]
fn names_and_lines_are_told_apart() {
    let names: BTreeSet<_> = Scenario::all().map(|scenario| scenario.name()).collect();
    let lines: BTreeSet<_> = Scenario::all().map(|scenario| scenario.about()).collect();
    let count = Scenario::all().count();
    assert_eq!((names.len(), lines.len()), (count, count));
}
