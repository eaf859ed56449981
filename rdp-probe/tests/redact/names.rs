//! Hosts and addresses, and their stand-ins.

use rdp_probe::Transcript;

use super::check::{check, check_hides};

fn redacted(lines: &str) -> Transcript {
    check(lines, &format!("rdp-probe transcript 1\n{lines}\n").parse().unwrap())
}

/// Target and given name in a redacted transcript.
fn host(lines: &str) -> String {
    let text = redacted(lines).to_string();
    let lines = text.lines().filter(|line| line.starts_with("target") || line.starts_with("server-name given"));
    lines.collect::<Vec<_>>().join(", ")
}

#[test]
fn names_keep_their_form() {
    let rows = [
        ("target ts01.corp.example:3390", "target aaaa.aaab.aaaaaaa:3390"),
        ("target TS01.Corp.corp", "target AAaa.Aaab.aaab:3389"),
        ("target DESKTOP-7A8B9C0", "target AAAAAAA-aAaAaAb:3389"),
        ("target web_01.example.", "target aaa_00.aaaaaaa.:3389"),
        ("target xn--bcher-kva.example", "target aa--aaaaa-aaa.aaaaaaa:3389"),
        (
            "target ts01.example\nserver-name given ts02.example",
            "target aaaa.aaaaaaa:3389, server-name given aaab.aaaaaaa",
        ),
        ("target ts01\nserver-name given ZÜRICH.example", "target aaaa:3389, server-name given AaaAAAA.aaaaaab"),
    ];
    for (lines, expected) in rows {
        assert_eq!(host(lines), expected, "{lines}");
    }
}

/// Letters stand for letters, and some are digits of IPv6 as well.
#[test]
fn what_is_no_address_becomes_none() {
    let rows = [
        ("target a\nserver-name given ::g", "target a:3389, server-name given --b"),
        ("target a\nserver-name given ::g%", "target a:3389, server-name given --b%"),
        ("target a\nserver-name given ::x:z.", "target a:3389, server-name given --b-c."),
    ];
    for (lines, expected) in rows {
        assert_eq!(host(lines), expected, "{lines}");
    }
    redacted("target a\nservice ::g%");
    // Of numbers that stand for others, too: the eleventh of two digits is 10.
    let lines = "target 20.21.22.23.24.25.26.27.28.29.example\nserver-name given 01.2.3.4";
    assert!(host(lines).ends_with("server-name given 10-0-1-2"), "{}", host(lines));
}

#[test]
fn addresses_become_those_for_documentation() {
    let rows = [
        ("target 10.20.30.40:3390", "target 192.0.2.1:3390"),
        ("target 10.20.30.40.", "target 192.0.2.1.:3389"),
        ("target [fd00::1234]:3390", "target [2001:db8::1]:3390"),
        ("target [fe80::1234%eth0]:3390", "target [2001:db8::1%aaaa]:3390"),
        ("target 127.0.0.1", "target 127.0.0.1:3389"),
        ("target ::1", "target [::1]:3389"),
        ("target 10.1", "target 00.0:3389"),
        ("target 10.20.30.40\nserver-name given 10.20.30.41", "target 192.0.2.1:3389, server-name given 192.0.2.2"),
    ];
    for (lines, expected) in rows {
        assert_eq!(host(lines), expected, "{lines}");
    }
}

#[test]
fn the_same_address_is_the_same_everywhere() {
    let lines = "target ts01.example\nlookup @0us +1ms complete\nattempt 10.9.8.7:3389 @1ms +1ms reset\n\
                 attempt [fe80::77%3]:3389 untried\nattempt 10.9.8.6:3389 @2ms +1ms reset\nattempt 10.9.8.7:3390 untried";
    let transcript = format!("rdp-probe transcript 1\n{lines}\n").parse().unwrap();
    let redacted = check_hides("attempts", &transcript, &["10.9.8.", "fe80", "ts01", "%3"]);
    let addresses: Vec<_> = redacted.dial.attempts.iter().map(|attempt| attempt.address.to_string()).collect();
    assert_eq!(addresses, ["192.0.2.1:3389", "[2001:db8::1]:3389", "192.0.2.2:3389", "192.0.2.1:3390"]);
}

#[test]
fn a_thousand_names_and_addresses_stay_apart() {
    let attempts = (0..1000).map(|number| format!("attempt 10.0.{}.{}:3389 untried\n", number / 250, number % 250));
    let lines = format!("target ts01\nlookup @0us +1ms complete\n{}", attempts.collect::<String>());
    let redacted = redacted(&lines);
    let mut addresses: Vec<_> = redacted.dial.attempts.iter().map(|attempt| attempt.address).collect();
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(addresses.len(), 1000);
}
