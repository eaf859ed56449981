//! What is known can be asked for, by every name it has.

use rdp_probe::codes::{self, Code, DisconnectReason, ExtendedReason, Layer, Mark, Namespace};
use rdp_probe::diagnose::{Cause, Claim, PREDICTIONS};
use rdp_probe::explain::{Subject, explain, overview};

fn answers(query: &str, code: &Code) -> bool {
    explain(query).subjects.contains(&Subject::Code(codes::find(code.namespace, code.number).unwrap()))
}

#[test]
fn every_number_and_symbol_of_the_tables_is_explained() {
    let mut rows = 0;
    for code in codes::all() {
        assert!(answers(&format!("{:#x}", code.number), code), "{code} in hex");
        assert!(answers(&format!("0X{:X}", code.number), code), "{code} in upper-case hex");
        assert!(answers(&code.number.to_string(), code), "{code} in decimal");
        if let Some(symbol) = code.symbol {
            for written in [symbol.to_owned(), symbol.to_lowercase(), symbol.to_uppercase()] {
                assert!(answers(&written, code), "{code} by its symbol");
            }
        }
        rows += 1;
    }
    assert_eq!(rows, 428, "the tables have this many rows; if one was added, say so here");
}

#[test]
fn the_tables_hold_what_the_references_hold() {
    let count = |namespaces: &[Namespace]| codes::all().filter(|code| namespaces.contains(&code.namespace)).count();
    assert_eq!(count(&[Namespace::DisconnectReason]), 153);
    assert_eq!(count(&[Namespace::ExtendedReason]), 48);
    assert_eq!(count(&[Namespace::ErrorInfo]), 121);
    assert_eq!(count(&[Namespace::NegotiationFailure]), 7);
    for code in codes::all() {
        let twins = codes::all().filter(|other| (other.namespace, other.number) == (code.namespace, code.number));
        assert_eq!(twins.count(), 1, "{code} has one row");
        assert!(!code.meaning.is_empty() && !code.sources.is_empty(), "{code}");
    }
}

#[test]
fn weak_rows_are_never_predicted() {
    let weak: Vec<_> = codes::all().filter(|code| code.mark == Mark::Weak).collect();
    assert!(!weak.is_empty());
    for row in PREDICTIONS {
        let predicted = row.prediction.disconnect_reason.code().expect("a predicted number is in the tables");
        assert!(!weak.contains(&predicted), "{predicted} is weak");
        let extended = row.prediction.extended_reason.map(|reason| reason.code().expect("and so is the second"));
        assert!(extended.is_none_or(|code| !weak.contains(&code)), "{extended:?} is weak");
        assert!(predicted.mark >= Mark::Observed, "{predicted}");
    }
}

#[test]
fn every_cause_and_claim_is_explained_by_its_code_in_any_case() {
    for cause in Cause::all() {
        assert_eq!(explain(&cause.code().to_uppercase()).subjects[0], Subject::Cause(cause));
    }
    for claim in Claim::all() {
        assert!(explain(claim.code).subjects.contains(&Subject::Claim(claim)), "{}", claim.code);
    }
}

#[test]
fn whoever_knows_only_the_pair_gets_to_the_next_commands_on_one_screen() {
    for query in [
        "0x904/0x7",
        "0x904 0x7",
        "2308/7",
        "2308, 7",
        "0x904/7",
        "2308/0x7",
        "Error code: 0x904. Extended error code: 0x7.",
    ] {
        let text = explain(query).to_string();
        assert!(
            text.starts_with("0x904/0x7: the socket closed before the connection was complete\n"),
            "{query}: {text}"
        );
        assert!(text.lines().count() <= 30 && text.lines().all(|line| line.chars().count() <= 120), "{text}");
        let next = text.split("Run next").nth(1).expect("what to run next");
        for (number, command) in [("1. ", "rdp-probe check"), ("2. ", "Get-WinEvent"), ("3. ", "qwinsta")] {
            assert!(next.contains(number) && next.contains(command), "{next}");
        }
        // The traces, the faults behind them, and what lies beyond.
        for cause in ["closed-on-request", "dead-forward", "tls-not-started", "key-unreadable", "credssp-ends-silently"]
        {
            assert!(text.contains(cause), "{cause} is missing: {text}");
        }
    }
}

#[test]
fn the_same_reason_with_extended_0_is_another_matter() {
    let text = explain("0x904/0x0").to_string();
    assert!(text.contains("after the connection had been complete") && !text.contains("closed-on-request"), "{text}");
    assert!(text.contains("path-unstable") && text.contains("LocalSessionManager"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&explain("0x904/0x0").to_json()).unwrap();
    assert_eq!(json["subjects"][0]["causes"][0]["stage"], serde_json::Value::Null);
}

#[test]
fn unknown_numbers_show_layer_and_index() {
    let text = explain("0x9907").to_string();
    assert!(text.contains("in no table") && text.contains("layer 0x7") && text.contains("index 153"), "{text}");
    let gateway = Layer::of(0x0300_00FF);
    assert_eq!((gateway.name, gateway.index), (Some("RD Gateway"), 0xFF));
    assert_eq!(DisconnectReason(0x9907).code(), None);
    assert_eq!(DisconnectReason::from_symbol("DISCONNECTREASONATCLIENTWINSOCKFDCLOSE"), Some(DisconnectReason(0x904)));
}

#[test]
fn misspelt_names_get_suggestions() {
    for (misspelt, meant) in [
        ("nla-requird", "nla-required"),
        ("STATUS_LOGON_FAILRE", "STATUS_LOGON_FAILURE"),
        ("tls-not-startet", "tls-not-started"),
        ("expired-certifcate", "expired-certificate"),
    ] {
        let answer = explain(misspelt);
        assert_eq!(answer.suggestions.first().map(String::as_str), Some(meant), "{misspelt}");
        assert!(answer.to_string().contains(meant));
    }
    let nothing = explain("qqqqzzzz");
    assert!(nothing.is_empty() && nothing.suggestions.is_empty());
    assert!(nothing.to_string().contains("Nothing is known"));
}

#[test]
fn free_words_are_searched_for() {
    let codes_of = |query: &str| explain(query).to_string();
    assert!(codes_of("certificate expired").contains("certificate-expired"));
    assert!(codes_of("why does it say network level authentication").contains("nla-required"));
    assert!(codes_of("licence server").contains("licensing"));
}

#[test]
fn numbers_among_words_are_taken_for_what_they_are() {
    let pair = |reason, extended| Some(Subject::Pair(DisconnectReason(reason), ExtendedReason(extended)));
    for query in ["0x904/0x7 on Server 2012 R2", "Windows 10 error code 0x904 extended error code 0x7", "2308 7"] {
        assert_eq!(explain(query).subjects.first().copied(), pair(0x904, 7), "{query}");
    }
    let closed = Subject::Code(codes::find(Namespace::DisconnectReason, 2308).unwrap());
    assert_eq!(explain("error 2308 on Windows 11").subjects, [closed]);
    for query in ["TLS 1.0", "TLS 1.2 disabled", "windows 11 22H2", "port 3389 closed"] {
        let answer = explain(query);
        assert!(answer.searched, "{query}: {:?}", answer.subjects);
    }
    assert_eq!(explain("0x904/0xZZ").not_a_number.as_deref(), Some("0xZZ"));
    assert!(explain("0x904/0xZZ").to_string().contains("is no number"));
}

#[test]
fn what_texts_mention_can_be_asked_for() {
    for event in ["36870", "1058", "event 1058", "0x8009030D?"] {
        assert!(explain(event).to_string().contains("key-unreadable"), "{event}");
    }
    for (asked, cause) in [
        ("KDC_ERR_PREAUTH_FAILED", "kdc-refuses-credentials"),
        ("24", "kdc-refuses-credentials"),
        ("KDC_ERR_CLIENT_NOTYET", "account-unusable"),
        ("0x80090302", "unsupported-function"),
        ("0x80090305", "package-missing"),
        ("SEC_E_INVALID_TOKEN", "server-token-invalid"),
    ] {
        assert!(explain(asked).to_string().contains(cause), "{asked}");
    }
    assert_eq!(explain("904").suggestions, ["0x904"]);
    let licence = explain("license").to_string();
    assert!(licence.contains("licensing-fails"), "{licence}");
    assert!(explain("5").to_string().contains("nla-required"));
    assert!(explain("0x808/0x100").to_string().contains("licensing-fails"));
}

#[test]
fn of_an_endless_question_only_the_beginning_is_read() {
    let answer = explain(&"certificate ".repeat(100_000));
    assert!(answer.query.len() <= 256 && !answer.is_empty());
    assert_eq!(explain("0x9\u{200B}04\u{7}").query, "0x904");
}

#[test]
fn json_says_the_same() {
    for query in
        ["0x904/0x7", "2308", "0x99999", "nla-required", "udp", "STATUS_LOGON_FAILURE", "expired", "\"\\ \u{1}"]
    {
        let json: serde_json::Value = serde_json::from_str(&explain(query).to_json()).unwrap();
        assert_eq!(json["subjects"].as_array().unwrap().len(), explain(query).subjects.len(), "{query}");
        assert_eq!(json["query"], explain(query).query);
    }
    let pair: serde_json::Value = serde_json::from_str(&explain("0x904/0x7").to_json()).unwrap();
    assert_eq!(pair["subjects"][0]["next"].as_array().unwrap().len(), 3);
    let all: serde_json::Value = serde_json::from_str(&overview().to_json()).unwrap();
    assert_eq!(all["causes"].as_array().unwrap().len(), Cause::all().count());
    assert!(overview().to_string().lines().count() > Cause::all().count() + Claim::all().count());
}
