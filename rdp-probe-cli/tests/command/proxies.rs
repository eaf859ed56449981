//! Proxies: by option and by variable, and their password, which nobody gets to see.

use std::ffi::OsStr;
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, channel};

use super::*;

const SECRET: &str = "s3cret";

/// `alice:s3cret`, as it travels to HTTP proxies.
const ENCODED: &str = "YWxpY2U6czNjcmV0";

impl Run {
    #[track_caller]
    fn assert_discreet(&self) {
        for text in [&self.out, &self.err] {
            assert!(!text.contains(SECRET) && !text.contains(ENCODED), "{self:?}");
        }
    }
}

/// What the command says with this proxy in the variable.
fn with_variable(proxy: impl AsRef<OsStr>, arguments: &[&str]) -> Run {
    command(arguments).env("RDP_PROBE_PROXY", proxy).output().unwrap().into()
}

/// Both ways to name a proxy.
fn both(proxy: &str, arguments: &[&str]) -> [Run; 2] {
    [run(&[arguments, &["--proxy", proxy]].concat()), with_variable(proxy, arguments)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_proxy_is_named_by_option_or_variable_and_its_password_never_shown() {
    let closed = server("not-listening").await;
    let proxy = format!("socks5://alice:s3cret@{}", closed.address);
    let by_option = run(&["check", "--json", "--proxy", &proxy, "ts01.example"]);
    let by_variable: Run =
        command(&["check", "--json", "ts01.example"]).env("RDP_PROBE_PROXY", &proxy).output().unwrap().into();
    for run in [&by_option, &by_variable] {
        let report = run.report();
        assert_eq!((&report["stage"], &report["proxy"]["port"]), (&json!("proxy"), &json!(closed.port)));
        assert_eq!(report["causes"][0]["code"], "proxy-unreachable");
        assert!(!run.out.contains("s3cret"), "{run:?}");
    }
    let wrong = run(&["check", "--proxy", "http://alice:s3cret@proxy.example", "ts01"]);
    wrong.assert_usage_error(&["--proxy", "port"]);
    let help = command(&["check", "--help"]).env("RDP_PROBE_PROXY", &proxy).output().unwrap();
    assert!(!Run::from(help).out.contains("s3cret"));
}

#[test]
fn no_wrong_proxy_is_repeated() {
    let wrong = [
        // A scheme that is none, or missing.
        "https://alice:s3cret@proxy.example:1",
        "alice:s3cret@proxy.example:1",
        "s3cret",
        "-s3cret",
        // Addresses that are none; in some of them the password stands where the host belongs.
        "http://alice:s3cret@proxy.example",
        "socks5://alice:s3cret@proxy.example:99999",
        "socks5://alice:s3cret",
        "socks5://s3cret@",
        "socks5://alice:s3cret@[::1",
        "socks5://alice:s3cret@[s3cret]",
        "socks5://alice:s3cret@[::1]s3cret",
        "socks5://alice:s3cret@300.1.1.1",
        "socks5://alice:s3cret@proxy.example/s3cret",
        "socks5://alice:s3cret@http://proxy.example",
        "socks5://alice@proxy.example:s3cret",
        "socks5://alice:pass@s3cret word",
        "socks5://alice:s3cret@\u{202e}s3cret",
        // Credentials that cannot travel.
        "socks5://alice:s3cret%FF@proxy.example",
        "socks5://:s3cret@proxy.example",
        "http://al%3Aice:s3cret@proxy.example:1",
    ];
    for url in wrong {
        let option = format!("--proxy={url}");
        for run in [run(&["check", "ts01", &option]), with_variable(url, &["check", "ts01"])] {
            run.assert_usage_error(&["error: --proxy: "]);
            run.assert_discreet();
        }
    }
    let by_variable = with_variable(wrong[0], &["check", "ts01"]);
    by_variable.assert_usage_error(&["RDP_PROBE_PROXY", "socks5://host:port"]);
    let twice = run(&["check", "--proxy", wrong[0], "--proxy", wrong[0], "ts01"]);
    twice.assert_usage_error(&["--proxy"]);
    twice.assert_discreet();
}

#[cfg(unix)]
#[test]
fn no_proxy_that_is_not_text_is_repeated() {
    use std::os::unix::ffi::OsStrExt as _;
    let proxy = OsStr::from_bytes(b"socks5://alice:s3cret\xFF@proxy.example");
    let by_option: Run = command(&["check", "ts01", "--proxy"]).arg(proxy).output().unwrap().into();
    for run in [by_option, with_variable(proxy, &["check", "ts01"])] {
        run.assert_usage_error(&["error: --proxy: ", "UTF-8"]);
        run.assert_discreet();
    }
}

/// An HTTP proxy: its address, and the heads that it hears. It leads to the server, or, without one, refuses everything and
/// repeats what it heard.
fn conduit(server: Option<&Server>) -> (SocketAddr, Receiver<String>) {
    let target = server.map(|server| server.address.clone());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let (address, (tell, heard)) = (listener.local_addr().unwrap(), channel());
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                client.read_exact(&mut byte).unwrap();
                head.extend(byte);
            }
            let head = String::from_utf8(head).unwrap();
            let _ = tell.send(head.clone());
            let Some(target) = &target else {
                client.write_all(format!("HTTP/1.1 407 {head}").as_bytes()).unwrap();
                continue;
            };
            client.write_all(b"HTTP/1.1 200 \r\n\r\n").unwrap();
            let server = TcpStream::connect(target).unwrap();
            for (mut from, mut to) in [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)] {
                std::thread::spawn(move || {
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(std::net::Shutdown::Write);
                });
            }
        }
    });
    (address, heard)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn no_probe_shows_what_the_proxy_was_told() {
    let healthy = server("healthy").await;
    for (server, status, stage) in [(Some(&healthy), 0, "tls"), (None, 1, "proxy")] {
        let (address, heard) = conduit(server);
        let proxy = format!("http://alice:{SECRET}@{address}");
        for format in ["human", "json", "markdown"] {
            let file = fresh_file(&format!("proxied-{stage}-{format}.transcript"));
            let arguments = ["check", "--format", format, "--transcript", file.to_str().unwrap(), "ts01.example"];
            for run in both(&proxy, &arguments) {
                assert_eq!(run.status, Some(status), "{run:?}");
                assert!(heard.recv().unwrap().contains(ENCODED), "the proxy was told");
                run.assert_discreet();
                let transcript = std::fs::read_to_string(&file).unwrap();
                assert!(!transcript.contains(SECRET) && !transcript.contains(ENCODED), "{transcript}");
                assert_eq!(transcript.parse::<Transcript>().unwrap().replay().stage.as_str(), stage);
            }
        }
    }
}

#[test]
fn no_page_shows_the_variable() {
    for arguments in [
        &["check", "--help"][..],
        &["check", "-h"],
        &["--help"],
        &["man"],
        &["man", "check"],
        &["completions", "bash"],
        &["check"],
        &["check", "--no-such-option"],
    ] {
        let run = with_variable("http://alice:s3cret@proxy.example:1", arguments);
        assert!(!run.out.is_empty() || run.status == Some(2), "{run:?}");
        run.assert_discreet();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_direct_way_can_be_asked_for_although_the_variable_is_set() {
    let (healthy, closed) = (server("healthy").await, server("not-listening").await);
    let proxy = format!("socks5://{}", closed.address);
    assert_eq!(with_variable(&proxy, &["check", &healthy.address]).status, Some(1), "the variable counts");
    for run in [
        with_variable(&proxy, &["check", "--json", "--proxy", "none", &healthy.address]),
        with_variable("none", &["check", "--json", &healthy.address]),
        with_variable("", &["check", "--json", &healthy.address]),
    ] {
        let report = run.report();
        assert_eq!((run.status, &report["proxy"]), (Some(0), &json!(null)), "{run:?}");
    }
    // An option without a value is a slip, such as a variable of a script that is not set.
    with_variable(&proxy, &["check", "--proxy", "", "ts01"]).assert_usage_error(&["--proxy: "]);
}
