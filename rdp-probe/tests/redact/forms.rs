//! What was asked, and which way: cookies, tokens, ids, proxies, gateways, expected thumbprints.

use rdp_probe::{Foreign, Report, Request, Thumbprint, Transcript};

use crate::check::check_hides;

/// A transcript of the corpus, with these lines behind its target.
fn with(name: &str, lines: &str) -> Transcript {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transcripts/");
    let text = std::fs::read_to_string(format!("{folder}{name}.probe")).unwrap();
    let (target, rest) = text.split_once("\nclock").unwrap();
    format!("{target}\n{lines}clock{rest}").parse().unwrap()
}

#[test]
fn who_asks_and_for_what_is_masked() {
    let lines = "request cookie CORP\\alice.zebra\nrequest correlation-id 3f2504e04f8941d39a0c0305e82c3301\n\
                 request preconnection 47110815\nrequest blob 3f2504e0-4f89-41d3-9a0c-0305e82c3302;EnhancedMode=1\n\
                 gateway rdgw.zebra.example:8443\n";
    let secrets = ["alice", "zebra", "3f2504e0", "47110815", "enhancedmode", "rdgw"];
    let redacted = check_hides("laden", &with("nla-required", lines), &secrets);
    let gateway = redacted.plan.gateway.as_ref().unwrap();
    assert_eq!((gateway.host().len(), gateway.port()), ("rdgw.zebra.example".len(), 8443));
    assert_eq!(redacted.plan.request.cookie().map(str::len), Some("CORP\\alice.zebra".len()));
    assert_eq!(redacted.plan.request.preconnection_id(), Some(0));
}

#[test]
fn a_token_loses_its_address_and_keeps_its_kind() {
    let token = |token: &str| {
        let redacted =
            check_hides("token", &with("nla-required", &format!("request token {token}\n")), &["3640205228"]);
        redacted.plan.request.routing_token().unwrap().to_owned()
    };
    assert_eq!(token("Cookie: msts=3640205228.15629.0000"), "Cookie: msts=0000000000.00000.0000");
    let opaque = token("tsv://MS Terminal Services Plugin.1.Zebra Farm");
    assert!(!opaque.contains("Zebra") && opaque.contains("://") && opaque.len() == 46, "{opaque}");
}

#[test]
fn a_proxy_loses_its_name_and_address() {
    for name in ["proxy-refused", "proxy-unreachable", "proxy-cannot-reach-target", "no-fault-found.proxy"] {
        let redacted = check_hides(name, &with(name, ""), &["proxy.rdp-probe.test"]);
        let proxied = redacted.dial.proxy.as_deref().unwrap();
        assert_eq!(proxied.proxy.host().len(), "proxy.rdp-probe.test".len());
    }
}

/// Of what a proxy said, what another protocol is known by is left, and punctuation.
#[test]
fn what_a_proxy_said_is_masked() {
    let rows = [
        ("proxy-authentication.http", &["zebra", "squid"][..], None),
        ("proxy-refused.portal", &["rdp-probe.test", "login"], None),
        ("proxy-refused.tor", &["\u{5}"], None),
        ("no-fault-found.proxy", &["established"], None),
        ("not-a-proxy", &["openssh", "9.2p1"], Some(Foreign::Ssh)),
        ("not-a-proxy.http", &["bad request"], Some(Foreign::Http)),
        ("not-a-proxy.address", &["\u{5}"], None),
    ];
    for (name, secrets, foreign) in rows {
        let redacted = check_hides(name, &with(name, ""), secrets);
        assert_eq!(redacted.replay().foreign(), foreign, "{name}");
    }
    let redacted = with("not-a-proxy", "").redacted();
    let exchange = redacted.dial.proxy.as_deref().and_then(|proxied| proxied.exchange.as_ref()).unwrap();
    assert_eq!(&*exchange.received, b"SSH-x.x-xxxxxxx_x.xxx\r\n");
}

#[test]
fn an_expected_thumbprint_goes_on_being_expected_or_not() {
    let original = with("certificate-expired", "");
    let certificate = original.replay().certificate().unwrap();
    let hex = Thumbprint::Sha256(certificate.sha256).to_string();
    let expected = with("certificate-expired", &format!("thumbprint {hex}\n"));
    let redacted = check_hides("expected", &expected, &[&hex]);
    assert!(redacted.plan.thumbprints[0].matches(&redacted.replay().certificate().unwrap()));

    let key = Thumbprint::Key(certificate.key_sha256).to_string();
    let redacted = check_hides("key", &with("certificate-expired", &format!("thumbprint {key}\n")), &[&key[4..]]);
    assert!(redacted.plan.thumbprints[0].matches(&redacted.replay().certificate().unwrap()));

    let other = "f".repeat(40);
    let redacted = check_hides("another", &with("certificate-unexpected", &format!("thumbprint {other}\n")), &[&other]);
    assert_eq!(redacted.plan.thumbprints.len(), 2);
}

#[test]
fn nothing_of_the_plain_form_is_made_up() {
    let redacted = Report::from(with("nla-required", "").replay()).redacted();
    assert_eq!(redacted.evidence().plan.request, Request::default());
}
