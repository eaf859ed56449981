//! The name that TLS asks for.

use super::*;

/// A server that chooses TLS, and the `ClientHello` that it then gets.
fn eavesdropper() -> (SocketAddr, JoinHandle<Vec<u8>>) {
    const CHOOSES_TLS: [u8; 19] = [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 1, 0, 0, 0];
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let hello = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut request, mut header) = ([0; 19], [0; 5]);
        stream.read_exact(&mut request).unwrap();
        stream.write_all(&CHOOSES_TLS).unwrap();
        stream.read_exact(&mut header).unwrap();
        let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
        stream.read_exact(&mut hello).unwrap();
        hello
    });
    (address, hello)
}

/// The `server_name` of the report, and whether these names stand in the `ClientHello`.
fn asked_for(sni: &[&str], host: &str, names: &[&str]) -> (Value, Vec<bool>) {
    let (address, hello) = eavesdropper();
    let target = format!("{host}:{}", address.port());
    let report = run(&[&["check", "--json"], sni, &[&target]].concat()).report();
    assert_eq!(report["stage"], "tls", "{report}");
    let hello = hello.join().unwrap();
    let holds = |name: &&str| hello.windows(name.len()).any(|window| window == name.as_bytes());
    (report["server_name"].clone(), names.iter().map(holds).collect())
}

#[test]
fn sni_is_the_name_that_tls_asks_for() {
    let names = ["other.example", "localhost"];
    let given = asked_for(&["--sni", "other.example"], "localhost", &names);
    assert_eq!(given, (json!("other.example"), vec![true, false]));
    let none = asked_for(&["--sni", "none"], "localhost", &names);
    assert_eq!(none, (json!(null), vec![false, false]));
    let own = asked_for(&[], "localhost", &names);
    assert_eq!(own, (json!("localhost"), vec![false, true]));
    assert_eq!(asked_for(&[], "127.0.0.1", &["127.0.0.1"]), (json!(null), vec![false]));
}

#[test]
fn a_host_that_tls_cannot_ask_for_is_not_reported_as_asked_for() {
    // Resolvers take it for 127.0.0.1; it is no address as RFC 6943 wants them, and no name that TLS can carry.
    assert_eq!(asked_for(&[], "127.1", &["127.1"]), (json!(null), vec![false]));
}

#[test]
fn a_name_that_tls_cannot_ask_for_is_refused() {
    run(&["check", "--sni", "two words", "ts01"]).assert_usage_error(&["two words"]);
    run(&["check", "--sni", "", "ts01"]).assert_usage_error(&["--sni"]);
}
