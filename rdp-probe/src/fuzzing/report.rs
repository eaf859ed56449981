//! What holds for every report, whatever a peer has sent.

use rdp_probe::Report;

/// Neither a terminal, nor the order in which text is read.
pub(super) fn steers_nothing(printed: &str) {
    let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let odd = printed.chars().find(|c| turns(*c) || c.is_control() && *c != '\n');
    assert_eq!(odd, None, "{printed:?}");
}

/// It prints in every form, and nothing that a peer sent can steer a terminal, break a page or end a line of JSON.
pub(super) fn check(report: &Report) {
    let (text, page, json) = (report.to_string(), report.to_markdown(), report.to_json());
    steers_nothing(&text);
    steers_nothing(&page);
    assert!(!json.chars().any(char::is_control), "{json:?}");
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["stage"], report.stage().as_str(), "{json}");
    let found = read["causes"].as_array().map_or(0, Vec::len);
    assert_eq!(found, report.causes().len(), "{json}");
    // Colours are all that the other form has more.
    let mut plain = String::new();
    let coloured = report.coloured().to_string();
    let mut parts = coloured.split('\u{1b}');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (code, rest) = part.split_once('m').unwrap();
        assert!(code.bytes().all(|byte| byte == b'[' || byte == b';' || byte.is_ascii_digit()), "{code:?}");
        plain.push_str(rest);
    }
    assert_eq!(plain, text);
}
