//! `.rdp` files, as mstsc, brokers, web feeds and people write them.

use proptest::prelude::*;
use rdp_probe::{GatewayUse, Protocols, RdpFile, RdpFileError, RdpFileFlaw, ServerAuthentication as Level};

fn read(text: &str) -> RdpFile {
    RdpFile::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn refused(text: &str) -> RdpFileError {
    RdpFile::parse(text.as_bytes()).unwrap_err()
}

/// UTF-16, little end first, with its mark: what mstsc writes.
fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A file as mstsc saves it, with what it saves of a password.
const SAVED: &str = "screen mode id:i:2\r\nuse multimon:i:0\r\ndesktopwidth:i:1920\r\nsession bpp:i:32\r\n\
    winposstr:s:0,3,0,0,800,600\r\ncompression:i:1\r\nfull address:s:ts01.example:3390\r\naudiomode:i:0\r\n\
    authentication level:i:2\r\nprompt for credentials:i:0\r\nnegotiate security layer:i:1\r\nalternate shell:s:\r\n\
    gatewayhostname:s:\r\ngatewayusagemethod:i:4\r\ngatewayprofileusagemethod:i:0\r\nusername:s:CORP\\jason.filley\r\n\
    domain:s:CORP\r\npassword 51:b:01000000D08C9DDF0115D1118C7A00C04FC297EB\r\n";

/// A file as a Connection Broker hands it out, signed.
const PUBLISHED: &str = "redirectclipboard:i:1\nserver port:i:3389\ngatewayusagemethod:i:2\n\
    gatewayprofileusagemethod:i:1\ngatewaycredentialssource:i:0\nfull address:s:RDSH.EXAMPLE\nworkspace id:sRDSH\n\
    use redirection server name:i:1\nloadbalanceinfo:s:tsv://MS Terminal Services Plugin.1.Farm\nusername:s:jason\n\
    gatewayhostname:s:gw.example\ngatewayaccesstoken:s:eyJhbGciOiJub25lIn0\n\
    alternate full address:s:broker.example\nsignscope:s:Full Address,Server Port\nsignature:s:AQABAAEAAAA0CwAAMIIL\n";

#[test]
fn a_file_of_mstsc_is_read() {
    let file = RdpFile::parse(&utf16(SAVED)).unwrap();
    assert_eq!(file.target().to_string(), "ts01.example:3390");
    assert_eq!(file.gateway(), None, "an empty name is none");
    assert_eq!(file.offer(), Protocols::default());
    assert!(file.negotiates());
    assert_eq!(file.server_authentication(), Level::Warn);
    assert_eq!((file.user_name(), file.domain()), (Some("CORP\\jason.filley"), Some("CORP")));
    assert_eq!(file.mstshash(), Some("CORP\\jaso"), "nine characters");
    assert_eq!((file.load_balance_info(), file.preconnection_blob()), (None, None));
    assert_eq!((file.unread_settings(), file.ignored_lines()), (10, 0));
}

#[test]
fn a_file_of_a_broker_is_read() {
    let file = read(PUBLISHED);
    assert_eq!(file.target().to_string(), "broker.example:3389");
    assert_eq!(file.load_balance_info(), Some("tsv://MS Terminal Services Plugin.1.Farm"));
    assert_eq!((file.user_name(), file.mstshash()), (Some("jason"), None), "the token takes the place of the cookie");
    let gateway = file.gateway().unwrap();
    assert_eq!(gateway.target().to_string(), "gw.example:443");
    assert_eq!((gateway.usage(), gateway.is_explicit()), (GatewayUse::IfNeeded, true));
    assert_eq!((file.unread_settings(), file.ignored_lines()), (6, 1), "one line lacks its second colon");
}

#[test]
fn a_file_for_a_virtual_machine_is_read() {
    let file = read(
        "pcb:s:9fd5647c-ad2f-4755;EnhancedMode=1\nfull address:s:hv01\nserver port:i:2179\nnegotiate security layer:i:0\n",
    );
    assert_eq!(file.target().to_string(), "hv01:2179");
    assert_eq!(file.preconnection_blob(), Some("9fd5647c-ad2f-4755;EnhancedMode=1"));
    assert!(!file.negotiates());
    assert_eq!(file.offer(), Protocols::default(), "what is offered where it is negotiated after all");
}

#[test]
fn secrets_are_not_kept() {
    let secrets = ["01000000D08C", "eyJhbGciOiJub25lIn0", "MIIL", "9fd5647c"];
    let blob = "full address:s:ts01\npcb:s:9fd5647c\n";
    for text in [SAVED, PUBLISHED, blob] {
        let file = read(text);
        let shown = format!("{file:?} {file:#?}");
        assert!(secrets.iter().all(|secret| !shown.contains(secret)), "{shown}");
        assert!(secrets.iter().any(|secret| text.contains(secret)));
        let error = refused(&format!("{text}server port:i:x\n"));
        let shown = format!("{error} {error:?}");
        assert!(secrets.iter().all(|secret| !shown.contains(secret)), "{shown}");
    }
}

#[test]
fn addresses_come_in_every_form() {
    for (text, expected) in [
        ("full address:s:ts01", "ts01:3389"),
        ("FULL ADDRESS:S: ts01 \r\n", "ts01:3389"),
        ("full address:s:ts01\nserver port:i:3390", "ts01:3390"),
        ("server port:i:3390\nfull address:s:ts01:3391", "ts01:3391"),
        ("full address:s:[2001:db8::1]:3391\nserver port:i:3390", "[2001:db8::1]:3391"),
        ("full address:s:[2001:db8::1]\nserver port:i:3390", "[2001:db8::1]:3390"),
        ("full address:s:2001:db8::1\nserver port:i:3390", "[2001:db8::1]:3390"),
        ("full address:s:192.0.2.7", "192.0.2.7:3389"),
        ("alternate full address:s:b\nfull address:s:a", "b:3389"),
        ("full address:s:a:3390\nalternate full address:s:b\nserver port:i:3391", "b:3391"),
        ("alternate full address:s:\nfull address:s:a", "a:3389"),
        ("alternate full address:s:b", "b:3389"),
        ("full address:s:a\nfull address:s:b\nfull address:s:", "b:3389"),
        // What is wrong with an address that is not used is no error.
        ("alternate full address:s:b\nfull address:s:///", "b:3389"),
        ("full address:s:a\0", "a:3389"),
    ] {
        assert_eq!(read(text).target().to_string(), expected, "{text:?}");
    }
}

#[test]
fn gateways_are_used_or_not() {
    let usage = |number: u8| {
        let file = read(&format!("full address:s:a\ngatewayhostname:s:gw:8443\ngatewayusagemethod:i:{number}"));
        let gateway = file.gateway().unwrap();
        assert_eq!((gateway.target().to_string().as_str(), gateway.is_explicit()), ("gw:8443", false));
        gateway.usage()
    };
    let all = [0, 1, 2, 3, 4].map(usage);
    let never = GatewayUse::Never;
    assert_eq!(all, [never, GatewayUse::Always, GatewayUse::IfNeeded, GatewayUse::Default, never]);
    assert_eq!(read("full address:s:a\ngatewayhostname:s:gw").gateway().unwrap().usage(), never);
    assert_eq!(read("full address:s:a\ngatewayusagemethod:i:1").gateway(), None);
}

#[test]
fn a_gateway_that_is_not_used_need_not_be_one() {
    for host in ["a b", "gw:99999", "https://gw.example", "[::1", "gw:443:443x"] {
        let text = |usage: &str| format!("gatewayhostname:s:{host}\nfull address:s:a\n{usage}\nusername:s:eltons\n");
        for usage in ["", "gatewayusagemethod:i:0", "gatewayusagemethod:i:4"] {
            let file = read(&text(usage));
            assert_eq!((file.target().host(), file.gateway(), file.user_name()), ("a", None, Some("eltons")), "{host}");
        }
        for usage in ["gatewayusagemethod:i:1", "gatewayusagemethod:i:2", "gatewayusagemethod:i:3"] {
            let error = refused(&text(usage));
            assert_eq!((error.line(), error.setting()), (Some(1), "gatewayhostname"), "{host}");
        }
    }
}

#[test]
fn the_offer_follows_the_file() {
    let offer = |lines: &str| read(&format!("full address:s:a\n{lines}")).offer();
    let default = Protocols::default();
    assert_eq!(offer(""), default);
    assert_eq!(offer("enablecredsspsupport:i:1"), default);
    assert_eq!(offer("EnableCredSspSupport:i:0"), Protocols::SSL);
    assert_eq!(offer("enablerdsaadauth:i:1"), default.union(Protocols::RDSAAD));
    assert_eq!(offer("enablerdsaadauth:i:0"), default);
    let level =
        |number: u8| read(&format!("full address:s:a\nauthentication level:i:{number}")).server_authentication();
    assert_eq!([0, 1, 2, 3].map(level), [Level::Connect, Level::Refuse, Level::Warn, Level::Unspecified]);
    assert_eq!(read("full address:s:a").server_authentication(), Level::Unspecified);
}

#[test]
fn the_cookie_is_cut_between_letters() {
    let cookie = |name: &str| read(&format!("full address:s:a\nusername:s:{name}")).mstshash().map(str::to_owned);
    assert_eq!(cookie("eltons").as_deref(), Some("eltons"));
    assert_eq!(cookie("jörgjörgjörg").as_deref(), Some("jörgjörgj"));
    assert_eq!(cookie(""), None);
}

#[test]
fn errors_name_the_line_and_what_to_write() {
    for (text, line, setting, kind, words) in [
        ("", None, "full address", RdpFileFlaw::NoAddress, "names no computer; write full address:s:<host>"),
        ("full address:s: \n", None, "full address", RdpFileFlaw::NoAddress, "names no computer"),
        ("\r\nfull address:s:ts01:0\r\n", Some(2), "full address", RdpFileFlaw::Address, "\"0\" is no port"),
        ("full address:s:https://gw", Some(1), "full address", RdpFileFlaw::Address, "give a host, not a URL"),
        (
            "gatewayusagemethod:i:1\nfull address:s:a\ngatewayhostname:s:a b",
            Some(3),
            "gatewayhostname",
            RdpFileFlaw::Address,
            "\" \" cannot",
        ),
        ("full address:i:1", Some(1), "full address", RdpFileFlaw::Type, "write full address:s:<value>"),
        ("x\n\nserver port:s:3390", Some(3), "server port", RdpFileFlaw::Type, "write server port:i:<value>"),
        ("server port:i:", Some(1), "server port", RdpFileFlaw::Number, "\"\" is no number"),
        ("enablecredsspsupport:i:yes", Some(1), "enablecredsspsupport", RdpFileFlaw::Number, "\"yes\" is no number"),
        ("server port:i:65536", Some(1), "server port", RdpFileFlaw::Range, "takes 1 to 65535, not 65536"),
        ("gatewayusagemethod:i:-1", Some(1), "gatewayusagemethod", RdpFileFlaw::Range, "takes 0 to 4, not -1"),
    ] {
        let error = refused(text);
        assert_eq!((error.line(), error.setting(), error.kind()), (line, setting, kind), "{text:?}");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.to_string().starts_with("line "), line.is_some());
    }
    // Numbers of settings that are not read are nobody's business.
    assert_eq!(read("full address:s:a\nsession bpp:i:many").unread_settings(), 1);
}

#[test]
fn every_encoding_keeps_the_address() {
    let text = "full address:s:ts01.example\r\nusername:s:jörg\r\nserver port:i:3390\r\n";
    let units = || text.encode_utf16();
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let files = [
        text.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        utf16(text),
        units().flat_map(u16::to_le_bytes).collect(),
        units().flat_map(u16::to_be_bytes).collect(),
        [&[0xFE, 0xFF][..], &units().flat_map(u16::to_be_bytes).collect::<Vec<_>>()].concat(),
        latin,
    ];
    for bytes in files {
        let file = RdpFile::parse(&bytes).unwrap_or_else(|error| panic!("{bytes:x?}: {error}"));
        assert_eq!(file.target().to_string(), "ts01.example:3390", "{bytes:x?}");
        assert_eq!(file.user_name(), Some("jörg"), "{bytes:x?}");
    }
    // Half a character, and a byte that is left over.
    let broken = [utf16("full address:s:ts01\n\u{FFFF}"), vec![0, 0xD8, 7]].concat();
    assert_eq!(RdpFile::parse(&broken).unwrap().target().host(), "ts01");
}

#[test]
fn one_line_in_another_encoding_spoils_no_other() {
    let file = RdpFile::parse(b"username:s:j\xF6rg \x80\x85\nfull address:s:ts01\ndomain:s:\xC3\xBC\n").unwrap();
    assert_eq!((file.user_name(), file.domain()), (Some("jörg €…"), Some("ü")));
}

#[cfg(feature = "idn")]
#[test]
fn an_address_beyond_ascii_is_taken() {
    assert_eq!(
        RdpFile::parse(&utf16("full address:s:bücher.example")).unwrap().target().host(),
        "xn--bcher-kva.example"
    );
}

/// Lines as they occur, and lines that do not.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "(full address|Alternate Full Address|gatewayhostname):s:[a-z0-9.:ü\\[\\]-]{0,12}",
        "(server port|gatewayusagemethod|enablecredsspsupport|authentication level):[isb]:-?[0-9]{0,6}",
        "(username|domain|loadbalanceinfo|pcb|password 51|signature):[sb]:\\PC{0,12}",
        "\\PC{0,20}",
    ];
    proptest::collection::vec((line, "\r?\n"), 0..6)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + &end).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = RdpFile::parse(&bytes);
    }

    #[test]
    fn encodings_of_one_text_give_one_file(text in prop_oneof![lines(), ".{0,40}"]) {
        let marked = RdpFile::parse(&[b"\xEF\xBB\xBF", text.as_bytes()].concat());
        prop_assert_eq!(&RdpFile::parse(&utf16(&text)), &marked);
        // Without a mark as well, unless the text begins with one, or with what looks like UTF-16.
        let begins = text.as_bytes();
        if !text.starts_with('\u{FEFF}') && begins.get(1) != Some(&0) && begins.first() != Some(&0) {
            prop_assert_eq!(&RdpFile::parse(begins), &marked);
        }
    }

    #[test]
    fn a_password_is_nowhere(text in lines(), secret in "[0-9A-F]{32,64}") {
        let whole = format!("{text}full address:s:ts01\npassword 51:b:{secret}\npassword:s:{secret}\n");
        let shown = match RdpFile::parse(whole.as_bytes()) {
            Ok(file) => format!("{file:?}"),
            Err(error) => format!("{error} {error:?}"),
        };
        prop_assert!(!shown.contains(&secret), "{}", shown);
    }
}
