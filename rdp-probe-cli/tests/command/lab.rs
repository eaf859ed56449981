//! `rdp-probe lab`: the list, and a server for other people's tools.

use std::io::{BufRead as _, BufReader, Lines};
use std::net::TcpStream;
use std::process::{Child, ChildStdout};

use super::*;

/// The command serving a scenario; it is ended with the value.
struct Serving {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// The first line.
    begun: String,
}

impl Serving {
    fn start(arguments: &[&str]) -> Self {
        let arguments = [&["lab"], arguments].concat();
        let mut child = command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let begun = lines.next().expect("it says where it listens").unwrap();
        Self { child, lines, begun }
    }

    fn address(&self) -> SocketAddr {
        let words = self.begun.strip_prefix("listening on ").and_then(|rest| rest.split_once(';'));
        words.unwrap_or_else(|| panic!("{}", self.begun)).0.parse().unwrap()
    }

    /// The next lines, up to the one that is over, without number and address of the connection.
    fn connection(&mut self, number: u64) -> Vec<String> {
        let mut seen = Vec::new();
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            let event = line.strip_prefix(&format!("{number} 127.0.0.1:")).and_then(|rest| rest.split_once(": "));
            seen.push(event.unwrap_or_else(|| panic!("{line}")).1.to_owned());
            if seen.last().is_some_and(|event| event == "over") {
                break;
            }
        }
        seen
    }

    /// What Ctrl-C does; gives the exit status.
    #[cfg(unix)]
    fn interrupt(mut self) -> Option<i32> {
        let kill = Command::new("sh").arg("-c").arg(format!("kill -INT {}", self.child.id())).status().unwrap();
        assert!(kill.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn without_a_name_the_scenarios_are_listed() {
    let list = run(&["lab"]);
    assert_eq!((list.status, list.err.as_str()), (Some(0), ""));
    let listed: Vec<_> = list.out.lines().filter_map(|line| line.split_once(' ')).collect();
    let known: Vec<_> = Scenario::all().map(|scenario| (scenario.name(), scenario.about())).collect();
    assert_eq!(listed.into_iter().map(|(name, about)| (name, about.trim())).collect::<Vec<_>>(), known);
}

#[test]
fn each_connection_is_told_line_by_line() {
    let mut serving = Serving::start(&["healthy"]);
    assert!(serving.begun.ends_with("; Ctrl-C ends it"), "{}", serving.begun);
    let address = serving.address().to_string();
    assert_eq!(run(&["check", &address]).status, Some(0));
    let seen = serving.connection(1);
    let expected = [
        "connected",
        "X.224 Connection Request, offers ssl,hybrid,hybrid_ex",
        "answered with 19 bytes: 03 00 00 13 0e d0 00 00 12 34 00 02 1f 08 00 01 00 00 00",
        "TLS ClientHello, no name asked for",
        "TLS 1.3 complete",
        "the server closes (FIN)",
        "over",
    ];
    assert_eq!(seen, expected);
    drop(TcpStream::connect(&address).unwrap());
    let broken = ["connected", "broken off: the client closed without a request", "the server closes (FIN)", "over"];
    assert_eq!(serving.connection(2), broken);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_in_good_order() {
    for scenario in ["healthy", "not-listening", "flood-on-accept"] {
        assert_eq!(Serving::start(&[scenario]).interrupt(), Some(0), "{scenario}");
    }
}

#[test]
fn the_port_is_the_one_that_is_asked_for_and_a_taken_one_is_an_error() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let port = free.to_string();
    let serving = Serving::start(&["healthy", "--port", &port]);
    assert_eq!(serving.address(), (Ipv4Addr::LOCALHOST, free).into());
    run(&["lab", "tls-reset", "--port", &port]).assert_usage_error(&[&format!("127.0.0.1:{port}"), "in use"]);
}

#[test]
fn where_nobody_listens_is_said() {
    let closed = Serving::start(&["not-listening"]);
    assert!(closed.begun.starts_with("nobody listens on 127.0.0.1:"), "{}", closed.begun);
    let two = Serving::start(&["two-addresses"]);
    assert!(two.begun.contains("listening on 127.0.0.1:") && two.begun.contains(", and not on 127."), "{}", two.begun);
}

#[test]
fn other_addresses_than_loopback_are_refused() {
    for address in ["0.0.0.0", "192.0.2.1", "::"] {
        run(&["lab", "healthy", "--address", address]).assert_usage_error(&[address, "loopback"]);
    }
    run(&["lab", "healthy", "--address", "localhost"]).assert_usage_error(&["localhost", "127.0.0.1"]);
    let other = Serving::start(&["healthy", "--address", "127.0.0.9"]);
    assert!(other.begun.starts_with("listening on 127.0.0.9:"), "{}", other.begun);
}

#[test]
fn an_unknown_scenario_is_told_with_the_nearest_names() {
    run(&["lab", "tls-rest"]).assert_usage_error(&["tls-rest", "tls-reset", "rdp-probe lab"]);
    run(&["lab", "certificate-old"]).assert_usage_error(&["certificate-"]);
}
