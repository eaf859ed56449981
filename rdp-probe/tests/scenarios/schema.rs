//! The schema: what it requires, what it refuses, and that every report fits it.

use super::*;

/// Every object that schema 1 promises, by a place where one stands, and its members.
const CONTRACT: &[(&str, &str)] = &[
    (
        "",
        "schema target address gateway proxy ok reached stage end request negotiation tls certificate nla ntlm timings_us \
         windows causes attempts",
    ),
    ("/target", "host port"),
    ("/end", "kind code symbol detail"),
    (
        "/request",
        "negotiates cookie routing_token restricted_admin redirected_authentication correlation_id preconnection_id \
         preconnection_blob",
    ),
    ("/negotiation", "offered selected flags failure raw"),
    ("/negotiation/failure", "code symbol"),
    ("/tls", "version cipher_suite legacy"),
    (
        "/certificate",
        "subject issuer serial not_before not_after days_left self_signed own_signature names key signature_algorithm \
         sha1 sha256 key_sha256 verdict",
    ),
    ("/certificate/key", "algorithm bits"),
    ("/certificate/verdict", "chain time name purpose key signature thumbprint known"),
    ("/certificate/verdict/chain", "ok reason"),
    ("/certificate/verdict/time", "ok reason clock"),
    ("/certificate/verdict/name", "ok reason would_match"),
    ("/certificate/verdict/purpose", "ok reason"),
    ("/certificate/verdict/key", "ok reason"),
    ("/certificate/verdict/signature", "ok reason"),
    ("/certificate/verdict/thumbprint", "ok reason"),
    ("/certificate/verdict/known", "ok reason sha1 sha256"),
    ("/timings_us", "resolve connect proxy negotiate tls nla total"),
    ("/windows", "disconnect_reason extended_reason confidence"),
    ("/attempts/0", "experiment offered_code address started_us elapsed_us stage end"),
    ("/causes/0", "code confidence who what evidence remedies proof sources"),
    ("/causes/0/remedies/0", "what command risk"),
];

/// A scenario, a place in its report, and what must not stand there.
const BREAKS: &[(&str, &str, &str)] = &[
    ("healthy", "/schema", "2"),
    ("healthy", "/target/port", r#""3389""#),
    ("healthy", "/target/port", "65536"),
    ("healthy", "/target/host", "null"),
    ("healthy", "/address", r#""localhost""#),
    ("healthy", "/ok", "null"),
    ("healthy", "/ok", r#""true""#),
    ("healthy", "/reached", r#""mcs""#),
    ("healthy", "/stage", r#""TLS""#),
    ("healthy", "/stage", "null"),
    ("healthy", "/end/kind", r#""closed""#),
    ("healthy", "/end/kind", "null"),
    ("healthy", "/end/code", r#""40""#),
    ("healthy", "/negotiation/offered/0", r#""tls""#),
    ("healthy", "/negotiation/selected", "1"),
    ("healthy", "/negotiation/flags", r#""0x1f""#),
    ("healthy", "/negotiation/raw", r#""030000130ED00000""#),
    ("healthy", "/negotiation/raw", r#""03000""#),
    ("tls-not-allowed", "/negotiation/failure/code", "null"),
    ("tls-alert-handshake-failure", "/flight", r#""15 03 03 00 02 02 28""#),
    ("healthy", "/tls/version", r#""TLS 1.3""#),
    ("healthy", "/tls/legacy", "null"),
    ("healthy", "/certificate/not_after", "1798761600"),
    ("healthy", "/certificate/not_after", r#""2027-01-01 00:00:00""#),
    ("healthy", "/certificate/not_before", r#""2027-01-01T00:00:00+01:00""#),
    ("healthy", "/certificate/serial", r#""00:fe""#),
    ("healthy", "/certificate/sha1", r#""DA39A3EE5E6B4B0D3255BFEF95601890AFD80709""#),
    ("healthy", "/certificate/sha1", r#""da39a3ee5e6b4b0d3255bfef95601890afd807""#),
    (
        "healthy",
        "/certificate/sha256",
        r#""e3:b0:c4:42:98:fc:1c:14:9a:fb:f4:c8:99:6f:b9:24:27:ae:41:e4:64:9b:93:4c:a4:95:99:1b:78:52:b8:55""#,
    ),
    ("healthy", "/certificate/verdict/time/reason", r#""trusted""#),
    ("healthy", "/certificate/verdict/chain/reason", r#""self signed""#),
    ("healthy", "/certificate/verdict/chain/ok", r#""no""#),
    ("healthy", "/certificate/verdict/time/clock", r#""today""#),
    ("healthy", "/certificate/verdict/name/would_match", "null"),
    ("healthy", "/certificate/verdict/known/reason", r#""valid""#),
    ("healthy", "/certificate/verdict/known/sha1", r#""da:39""#),
    ("healthy", "/certificate/own_signature", r#""yes""#),
    ("healthy", "/certificate/key_sha256", "null"),
    ("healthy", "/certificate/key/bits", "0"),
    ("healthy", "/nla", "true"),
    ("healthy", "/request", "null"),
    ("healthy", "/request/negotiates", "null"),
    ("healthy", "/request/correlation_id", r#""12""#),
    ("healthy", "/gateway", "1"),
    ("healthy", "/proxy", r#""socks5""#),
    ("healthy", "/attempts/0/offered_code", "-1"),
    ("healthy", "/certificate/verdict/thumbprint/reason", r#""trusted""#),
    ("healthy", "/timings_us/tls", "-1"),
    ("healthy", "/timings_us/connect", "0.5"),
    ("healthy", "/timings_us/total", "null"),
    ("tls-reset", "/windows/disconnect_reason", "2308"),
    ("tls-reset", "/windows/disconnect_reason", r#""904""#),
    ("tls-reset", "/windows/extended_reason", r#""0xg""#),
    ("tls-reset", "/windows/confidence", r#""sure""#),
    ("tls-reset", "/causes", "[]"),
    ("tls-reset", "/causes/0/code", r#""TlsNotStarted""#),
    ("tls-reset", "/causes/0/confidence", r#""guess""#),
    ("tls-reset", "/causes/0/who", r#""admin""#),
    ("tls-reset", "/causes/0/remedies/0/what", "null"),
    ("tls-reset", "/causes/0/candidates/0/confidence", "null"),
    ("tls-reset", "/causes/0/sources", "null"),
    ("tls-reset", "/attempts", "null"),
    ("tls-reset", "/attempts/0/end/kind", r#""won""#),
];

#[test]
fn the_schema_is_a_schema_of_its_draft() {
    jsonschema::draft202012::meta::validate(&SCHEMA).unwrap();
}

/// Of a member that stands twice, readers take one or the other.
#[test]
fn no_member_of_the_schema_stands_twice() {
    let written = include_str!("../../schema/report-1.schema.json").matches("\": ").count();
    let read: usize = objects_of(&SCHEMA).iter().map(|object| members_of(&SCHEMA, object).len()).sum();
    assert_eq!(written, read);
}

#[test]
fn the_contract_is_required() {
    for (object, members) in CONTRACT {
        let holder = VISITS.iter().find(|visit| visit.json.pointer(object).is_some_and(Value::is_object));
        let Visit { json, scenario, .. } = holder.unwrap_or_else(|| panic!("no report has {object}"));
        for member in members.split_whitespace() {
            let broken = without(json, object, member);
            assert!(!flaws(&broken).is_empty(), "{}: {object} may lack {member}", scenario.name());
        }
    }
}

#[test]
fn no_member_that_is_written_may_be_left_out() {
    for Visit { json, scenario, .. } in VISITS.iter() {
        for object in objects_of(json) {
            for member in members_of(json, &object) {
                let broken = without(json, &object, &member);
                assert!(!flaws(&broken).is_empty(), "{}: {object} may lack {member}", scenario.name());
            }
        }
    }
}

#[test]
fn members_that_are_added_are_ignored() {
    let mut json = visit_to("certificate-expired").json.clone();
    for object in objects_of(&json) {
        json.pointer_mut(&object).unwrap()["added_later"] = json!({ "by": ["a", "version", 2] });
    }
    assert_valid(&json, "a later version");
}

#[test]
fn wrong_values_are_rejected() {
    for (name, pointer, wrong) in BREAKS {
        let mut json = visit_to(name).json.clone();
        assert_valid(&json, name);
        let place = json.pointer_mut(pointer).unwrap_or_else(|| panic!("{name} has no {pointer}"));
        *place = serde_json::from_str(wrong).unwrap();
        assert!(!flaws(&json).is_empty(), "{pointer} may be {wrong}");
    }
}

#[test]
fn the_words_of_the_schema_are_those_of_the_contract() {
    let words = |pointer: &str| -> Vec<&str> {
        let list = SCHEMA.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("no {pointer}"));
        list.iter().filter_map(Value::as_str).collect()
    };
    let kinds: Vec<_> =
        "complete fin reset timeout alert refusal denied untrusted malformed os proxy-refusal rejected \
                         unauthorized security kdc-refusal"
            .split_whitespace()
            .collect();
    assert_eq!(words("/$defs/end/properties/kind/enum"), kinds);
    assert_eq!(EndKind::ALL.map(EndKind::as_str).to_vec(), kinds);
    let stages = ["resolve", "connect", "proxy", "negotiate", "tls", "kerberos", "nla"];
    assert_eq!(words("/$defs/stage/enum"), stages);
    assert!(Stage::ALL.iter().all(|stage| stages.contains(&stage.as_str())));
    assert_eq!(words("/$defs/confidence/enum"), ["certain", "likely", "possible"]);
    let who = words("/$defs/cause/properties/who/enum");
    assert!(Cause::all().all(|cause| who.contains(&cause.text().who.as_str())));
    assert_eq!(words("/$defs/protocol/enum"), ["rdp", "ssl", "hybrid", "hybrid_ex", "rdstls", "rdsaad"]);
    assert_eq!(words("/$defs/tls/properties/version/enum"), ["SSL 3.0", "1.0", "1.1", "1.2", "1.3"]);
}

/// Every end there is, with every detail that has a name and some that have none.
fn ends() -> Vec<End> {
    let mut ends = vec![End::Complete, End::Fin, End::Reset, End::Timeout];
    ends.extend((0..=u8::MAX).map(End::Alert));
    ends.extend((0..9).chain([u32::MAX]).map(|code| End::Refusal(FailureCode(code))));
    ends.extend([Denial::Ultimatum(3), Denial::DisconnectRequest(128)].map(End::Denied));
    ends.extend(Check::ALL.map(End::Untrusted));
    ends.extend(Fault::ALL.map(End::Malformed));
    for kind in OsErrorKind::ALL {
        for code in [None, Some(-2), Some(i32::MAX)] {
            ends.push(End::Os(OsError { space: OsErrorSpace::System, code, kind }));
        }
    }
    ends.extend([1, 2, 3, 0xFF].map(|method| End::ProxyRefusal(ProxyRefusal::SocksMethod(method))));
    ends.push(End::ProxyRefusal(ProxyRefusal::SocksPassword(1)));
    ends.extend((0..10).map(|reply| End::ProxyRefusal(ProxyRefusal::Socks(reply))));
    ends.extend([403, 407, 502, 599].map(|status| End::ProxyRefusal(ProxyRefusal::Http(status))));
    ends.extend([0xC000_006D, 0xC007_00EA, 0x8009_0302, u32::MAX].map(|status| End::Rejected(NtStatus(status))));
    ends.extend([5, 6, u32::MAX].map(End::Unauthorized));
    for kind in SecurityErrorKind::ALL {
        ends.extend([0x8009_030E, 0].map(|status| End::Security(SecurityError { kind, status: ClientStatus(status) })));
    }
    ends.extend([6, 24, 99, -1].map(End::KdcRefusal));
    ends
}

#[test]
fn every_possible_end_gives_a_valid_report() {
    let mut evidence = visit_to("certificate-expired").report.evidence().clone();
    for stage in Stage::ALL {
        for end in ends().into_iter().filter(|end| stage.admits(end.kind())) {
            (evidence.stage, evidence.end) = (stage, end);
            assert_valid(&json_of(&Report::from(evidence.clone())), &format!("{stage} {end}"));
        }
    }
}

type Change = fn(&mut Evidence);

/// What a lab server does not do, and a report can hold all the same.
const RARITIES: &[(&str, Change)] = &[
    ("no clock", |evidence| evidence.clock = None),
    ("the year 0", |evidence| evidence.clock = Some(-62_167_219_200)),
    ("the year 9999", |evidence| evidence.clock = Some(253_402_300_799)),
    ("a stream that was brought along", |evidence| evidence.dial = Dial::default()),
    ("addresses not needed", |evidence| evidence.dial = crowded()),
    ("a proxy that refuses", |evidence| evidence.dial = proxied()),
    ("a laden request", |evidence| evidence.plan.request = laden()),
    ("a routing token", |evidence| {
        evidence.plan.request = Request::default().with_routing_token("tsv://farm").unwrap().without_negotiation();
    }),
    ("a gateway", |evidence| evidence.plan.gateway = "gateway.example".parse().ok()),
    ("another name", |evidence| evidence.plan.server_name = ServerName::Given("ts01.example".into())),
    ("bits without a name", |evidence| evidence.plan.offer = Protocols::from_bits(0x8000_0040)),
    ("an unknown choice", |evidence| {
        evidence.answer = Some(Answer::Response { flags: 0xFF, selected: Selected(u32::MAX) });
    }),
    ("an unknown refusal", |evidence| {
        evidence.answer = Some(Answer::Failure { flags: 0xFF, code: FailureCode(u32::MAX) });
    }),
    ("SSL 3.0", |evidence| handshake_of(evidence).session = Some(Session { version: 0x0300, suite: 0x000A })),
    ("TLS 1.0", |evidence| handshake_of(evidence).session = Some(Session { version: 0x0301, suite: 0x002F })),
    ("a TLS to come", |evidence| handshake_of(evidence).session = Some(Session { version: 0x0305, suite: 0xFAFA })),
    ("no certificate", |evidence| handshake_of(evidence).chain.clear()),
    ("no readable certificate", |evidence| handshake_of(evidence).chain = vec![Bytes::from_static(b"0")]),
    ("a first use", |evidence| evidence.plan.known = Known::Nothing),
    ("a store out of reach", |evidence| evidence.plan.known = Known::Unavailable),
    ("an unreadable certificate from before", |evidence| {
        evidence.plan.known = Known::Certificate(Bytes::from_static(b"0"));
    }),
    ("the same certificate from before", |evidence| {
        evidence.plan.known = Known::Certificate(handshake_of(evidence).chain[0].clone());
    }),
    ("signed by another key", |evidence| handshake_of(evidence).own_signature = Some(false)),
    ("a trusted chain", |evidence| handshake_of(evidence).path = Some(ChainPath::Trusted)),
    ("a handshake that ended without a word", |evidence| {
        evidence.handshake = Some(Handshake::ended(HandshakeEnd::Timeout));
    }),
];

fn handshake_of(evidence: &mut Evidence) -> &mut Handshake {
    evidence.handshake.as_mut().unwrap()
}

/// A lookup that gave addresses of both families, of which one answered.
fn crowded() -> Dial {
    let attempt = |address: &str, started, end| {
        let started = Option::map(started, Duration::from_millis);
        Attempt { address: address.parse().unwrap(), started, elapsed: Duration::from_millis(7), end }
    };
    let mut dial = Dial::default();
    dial.lookup = Some(Lookup { started: Duration::ZERO, elapsed: Duration::from_millis(3), end: End::Complete });
    dial.attempts = vec![
        attempt("[2001:db8::7]:3389", Some(3), None),
        attempt("[fe80::1%2]:3389", Some(253), Some(End::Timeout)),
        attempt("[::ffff:192.0.2.8]:3389", Some(503), Some(End::Complete)),
        attempt("192.0.2.9:65535", None, None),
    ];
    dial
}

/// The same addresses, of a proxy that refuses.
fn proxied() -> Dial {
    let end = End::ProxyRefusal(ProxyRefusal::Http(407));
    let exchange = Exchange::new(Leg { sent: 60, received: 40, ..Leg::default() }, end);
    let exchange = exchange.with_received(Bytes::from_static(b"HTTP/1.1 407 Proxy Authentication Re\r\n\r\n"));
    let mut dial = Dial::default();
    let proxy = "proxy.example:3128".parse().unwrap();
    dial.proxy = Some(Box::new(Proxied::new(ProxyKind::Http, proxy, crowded(), Some(exchange))));
    dial
}

/// A request with all that one can carry.
fn laden() -> Request {
    let request = Request::default().with_cookie("alice").unwrap().with_restricted_admin();
    let request = request.with_redirected_authentication().with_correlation_id([7; 16]).unwrap();
    request.with_preconnection_id(u32::MAX).with_preconnection_blob("a virtual machine;EnhancedMode=1").unwrap()
}

#[test]
fn rare_reports_are_valid() {
    for (rarity, make) in RARITIES {
        let mut evidence = visit_to("certificate-expired").report.evidence().clone();
        make(&mut evidence);
        assert_valid(&json_of(&Report::from(evidence)), rarity);
    }
}

/// The expired certificate with the algorithm of its key replaced by one that nobody knows.
fn of_unknown_algorithm(evidence: &Evidence) -> Bytes {
    const RSA_ENCRYPTION: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];
    let mut der = evidence.hello().unwrap().chain[0].to_vec();
    let at = der.windows(RSA_ENCRYPTION.len()).position(|window| window == RSA_ENCRYPTION).unwrap();
    der[at + RSA_ENCRYPTION.len() - 1] = 0x63;
    der.into()
}

#[test]
fn the_size_of_an_unknown_key_is_null() {
    let mut evidence = visit_to("certificate-expired").report.evidence().clone();
    handshake_of(&mut evidence).chain = vec![of_unknown_algorithm(&evidence)];
    let json = json_of(&Report::from(evidence));
    assert_eq!(json["certificate"]["key"], json!({ "algorithm": "other", "bits": null }));
    assert_valid(&json, "a certificate with an unknown key");
}

#[test]
fn a_clock_beyond_the_calendar_gives_a_valid_report() {
    let mut evidence = visit_to("certificate-expired").report.evidence().clone();
    evidence.clock = Some(i64::MAX);
    assert_valid(&json_of(&Report::from(evidence)), "a clock beyond the year 9999");
}
