//! A proxy as people write it, and what is told of one that cannot be read: never a part that could be a password.

use std::error::Error as _;

use rdp_probe::{Proxy, ProxyError, ProxyKind};

#[test]
fn what_is_a_proxy() {
    let rows = [
        ("socks5://proxy.example", ProxyKind::Socks5, "proxy.example", 1080),
        ("socks5h://proxy.example/", ProxyKind::Socks5, "proxy.example", 1080),
        ("SOCKS5://proxy.example:9050", ProxyKind::Socks5, "proxy.example", 9050),
        ("socks5://192.0.2.8", ProxyKind::Socks5, "192.0.2.8", 1080),
        ("socks5://[2001:db8::8]", ProxyKind::Socks5, "2001:db8::8", 1080),
        ("socks5://2001:db8::8", ProxyKind::Socks5, "2001:db8::8", 1080),
        ("socks5://a:b@2001:db8::8", ProxyKind::Socks5, "2001:db8::8", 1080),
        ("socks5://[2001:db8::8]:3389", ProxyKind::Socks5, "2001:db8::8", 3389),
        ("socks5://proxy.example:3389", ProxyKind::Socks5, "proxy.example", 3389),
        ("http://proxy.example:3128", ProxyKind::Http, "proxy.example", 3128),
        ("HTTP://proxy.example:3128/", ProxyKind::Http, "proxy.example", 3128),
        ("http://[2001:db8::8]:3389", ProxyKind::Http, "2001:db8::8", 3389),
        ("http://user@proxy.example:3128", ProxyKind::Http, "proxy.example", 3128),
        ("http://us:er:p@ss/wo#rd?@proxy.example:3128", ProxyKind::Http, "proxy.example", 3128),
    ];
    for (text, kind, host, port) in rows {
        let proxy: Proxy = text.parse().unwrap();
        assert_eq!((proxy.kind(), proxy.address().host(), proxy.address().port()), (kind, host, port), "{text}");
    }
}

#[test]
fn an_http_proxy_has_no_port_of_its_own() {
    for host in ["proxy.example", "192.0.2.8", "2001:db8::8", "[2001:db8::8]", "a:b@proxy.example", "proxy.example/"] {
        assert_eq!(format!("http://{host}").parse::<Proxy>().unwrap_err(), ProxyError::NoPort, "{host}");
    }
}

#[test]
fn what_can_travel() {
    let proxy = |kind| Proxy::new(kind, "proxy.example:1".parse().unwrap());
    let (long, longer) = ("x".repeat(255), "x".repeat(256));
    let socks = [("a", "b", true), (&long, &long, true), ("", "b", false), ("a", "", false), (&longer, "b", false)];
    for (user, password, travels) in socks.into_iter().chain([("a", &*longer, false), ("a:b", "c:d", true)]) {
        assert_eq!(proxy(ProxyKind::Socks5).with_credentials(user, password).is_ok(), travels);
    }
    for (user, password, travels) in [("", "", true), ("a", &longer, true), ("a:b", "c", false), ("a", "b:c", true)] {
        assert_eq!(proxy(ProxyKind::Http).with_credentials(user, password).is_ok(), travels);
    }
    for kind in ProxyKind::ALL {
        for odd in ["a\r\nHost: b", "\0", "\u{85}"] {
            assert_eq!(proxy(kind).with_credentials("a", odd).unwrap_err(), ProxyError::Credentials);
            assert_eq!(proxy(kind).with_credentials(odd, "b").unwrap_err(), ProxyError::Credentials);
        }
    }
}

/// Texts that are none, each with a password somewhere.
const WRONG: &[&str] = &[
    "",
    "s3cret",
    "alice:s3cret@proxy.example:1080",
    "ftp://alice:s3cret@proxy.example",
    "https://alice:s3cret@proxy.example:443",
    "s3cret://proxy.example",
    "socks5:/alice:s3cret@proxy.example",
    "socks5//alice:s3cret@proxy.example",
    // The host is forgotten, or stands behind an @ that is encoded.
    "http://alice:s3cret",
    "http://alice:s3cret:3128",
    "http://alice:s3cret@",
    "http://alice:s3cret@:3128",
    "socks5://alice:s3cret",
    "socks5://alice:s3cret%40proxy.example:1080",
    "socks5://alice:s3cret/proxy.example",
    "socks5://alice:pass@s3cret!",
    "http://alice:pass@s3cret:99999",
    "http://alice:pass@word/s3cret:3128",
    "http://alice:pass@s3cret#:3128",
    "http://[s3cret]:3128",
    "http://s3cret]:3128",
    "http://alice:[s3cret:3128",
    "http://[::1]s3cret:3128",
    "http://256.1.1.1:s3cret",
    // The address is wrong.
    "http://alice:s3cret@proxy.example",
    "http://alice:s3cret@proxy.example:port",
    "http://alice:s3cret@proxy.example:3128/path",
    "http://alice:s3cret@proxy example:3128",
    // User name and password themselves.
    "socks5://alice:s3cret%FF@proxy.example",
    "socks5://alice:s3cret%0A@proxy.example",
    "socks5://:s3cret@proxy.example",
    "socks5://s3cret@proxy.example",
    "socks5://s3cret:@proxy.example",
    "http://al%3Aice:s3cret@proxy.example:3128",
];

#[test]
fn no_error_repeats_what_could_be_a_password() {
    let long = format!("socks5://alice:{}@proxy.example", "s3cret".repeat(43));
    for text in WRONG.iter().copied().chain([long.as_str()]) {
        let error = text.parse::<Proxy>().unwrap_err();
        let told = format!("{error} {error:?} {error:#?}");
        assert!(error.source().is_none(), "nothing more is told");
        assert!(!told.contains("s3cret") && told.len() > 20, "{text}: {told}");
    }
}
