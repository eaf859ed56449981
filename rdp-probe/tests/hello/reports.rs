//! What reports say of a handshake that was not meant to be finished.

use rdp_probe::diagnose::{Case, predict};
use rdp_probe::transcript::Happening;
use rdp_probe::{Fault, Handshake, HandshakeEnd, Report, Session, Transcript};
use serde_json::{Value, json};

use super::flights::{RSA_AES_128_CBC, server_hello, whole};
use super::support::{ms, record};

/// A report whose TLS went so, with these lines of its plan.
fn report(plan: &str, handshake: Handshake) -> Report {
    let text = format!(
        "rdp-probe transcript 1\ntarget lab.rdp-probe.test\nclock 2027-01-15T08:00:00Z\n{plan}\n\
         > +0us 03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 0b 00 00 00\n\
         < +4ms 03 00 00 13 0e d0 00 00 12 34 00 02 1f 08 00 01 00 00 00\n"
    );
    let transcript = text.parse::<Transcript>().unwrap();
    transcript.with(ms(9), Happening::Tls(Box::new(handshake))).replay().into()
}

fn ended(end: HandshakeEnd, flight: &[u8]) -> Handshake {
    Handshake { flight: flight.to_vec().into(), ..Handshake::ended(end) }
}

/// The report of a whole flight.
fn read(at: usize) -> Report {
    let flight = whole().remove(at);
    report(&format!("goal hello\nclient-hello {} 0", flight.rung), ended(HandshakeEnd::Complete, &flight.bytes))
}

fn json_of(report: &Report) -> Value {
    serde_json::from_str(&report.to_json()).unwrap()
}

#[test]
fn the_key_exchange_is_told() {
    let rows = [
        (2, "1.3, TLS_AES_256_GCM_SHA384, ECDHE x25519", json!({ "kind": "ecdhe", "group": "x25519", "bits": null })),
        (
            3,
            "1.0, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, ECDHE secp256r1",
            json!({ "kind": "ecdhe", "group": "secp256r1", "bits": null }),
        ),
        (
            4,
            "1.1, TLS_DHE_RSA_WITH_AES_256_CBC_SHA, DHE 1024 bits",
            json!({ "kind": "dhe", "group": null, "bits": 1024 }),
        ),
        (5, "1.2, TLS_RSA_WITH_AES_128_CBC_SHA, static RSA", json!({ "kind": "rsa", "group": null, "bits": null })),
    ];
    for (at, words, value) in rows {
        let report = read(at);
        assert!(report.to_string().contains(words), "{words}: {report}");
        assert!(report.to_markdown().contains(words), "{words}");
        assert_eq!(json_of(&report)["tls"]["key_exchange"], value);
    }
}

#[test]
fn a_report_says_that_nothing_is_proven() {
    const UNPROVEN: &str = "the handshake was not finished, and the server has not proven that it holds the key";
    let unwrapped = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let hello = read(3);
    for text in [unwrapped(hello.to_string()), unwrapped(hello.to_markdown())] {
        assert!(text.contains(UNPROVEN) && text.contains("tls (hello)"), "{text}");
    }
    let json = json_of(&hello);
    assert_eq!((&json["goal"], &json["ok"]), (&json!("hello"), &json!(true)));
    assert_eq!((&json["tls"]["key_proven"], &json["causes"][0]["code"]), (&json!(false), &json!("hello-answered")));
    assert_eq!(json["client_hello"], json!({ "offer": "wide", "padded_to": 0 }));
    let session = Some(Session { version: 0x0303, suite: 0xC030 });
    let finished = report("goal tls", Handshake { session, ..Handshake::ended(HandshakeEnd::Complete) });
    assert!(!unwrapped(finished.to_string()).contains(UNPROVEN) && !finished.to_string().contains("(hello)"));
    assert_eq!(json_of(&finished)["tls"]["key_proven"], json!(true));
    assert_eq!((&json_of(&finished)["goal"], &json_of(&finished)["client_hello"]), (&json!("tls"), &Value::Null));
}

/// What came before TLS has a name as well.
#[test]
fn ssl_3_is_called_so() {
    let flight = record(22, 0x0300, &server_hello(0x0300, RSA_AES_128_CBC, &[]));
    let old = report("goal hello", ended(HandshakeEnd::Malformed(Fault::TlsUnsupported), &flight));
    let tls = &json_of(&old)["tls"];
    assert_eq!((&tls["version"], &tls["legacy"]), (&json!("SSL 3.0"), &json!(true)));
    for text in [old.to_string(), old.to_markdown()] {
        assert!(text.contains("SSL 3.0, TLS_RSA_WITH_AES_128_CBC_SHA") && !text.contains("TLS SSL"), "{text}");
    }
    assert!(old.to_string().contains("the server chose SSL 3.0 with "), "{old}");
}

/// What a narrow offer is refused with, no Windows client would see.
#[test]
fn no_prediction_is_made_of_a_narrow_offer() {
    let refused = |hello: &str, number: u8| {
        let alert = ended(HandshakeEnd::Alert(number), &[21, 3, 1, 0, 2, 2, number]);
        predict(&Case::of(report(&format!("goal hello\n{hello}"), alert).evidence())).is_some()
    };
    assert!(refused("client-hello wide 0", 40));
    assert!(!refused("client-hello wide 0", 70), "it lacks TLS 1.3");
    for rung in ["tls12", "tls13", "nothing"] {
        assert!(!refused(&format!("client-hello {rung} 0"), 40), "{rung}");
    }
}
