//! Where secrets come from, and what is refused before any connection: nothing of a secret is ever repeated.

use super::*;

/// What stands for a secret, wherever one is put.
const CANARY: &str = "Canary-7q";

/// All that is needed to go as deep, but for what a test is about.
const VERIFY: [&str; 6] = ["check", "--depth", "verify", "--user", r"LAB\alice", "--dangerous-any-certificate"];

/// A name that leads nowhere: whoever tries it has not refused beforehand.
const NOWHERE: &str = "ts01.invalid";

#[test]
fn no_secret_is_taken_from_the_command_line() {
    let with_value = format!("--password={CANARY}");
    let to_a_flag = format!("--password-prompt={CANARY}");
    let hash_to_a_flag = format!("--nt-hash-prompt={CANARY}");
    let as_freerdp = format!("/p:{CANARY}");
    let wrong: [&[&str]; 8] = [
        &["check", "--user", "alice", "--password", CANARY, NOWHERE],
        &["check", &with_value, NOWHERE],
        &["check", "--pass", CANARY, NOWHERE],
        &["check", "--nt-hash", CANARY, NOWHERE],
        &["check", &to_a_flag, NOWHERE],
        &["check", &hash_to_a_flag, NOWHERE],
        &["check", &as_freerdp, NOWHERE],
        &["examine", "--passwd", CANARY, NOWHERE],
    ];
    for arguments in wrong {
        let run = run(arguments);
        run.assert_usage_error(&["command line", "--password-prompt", "--password-env", "--password-fd"]);
        assert!(!run.err.contains(CANARY), "{run:?}");
    }
    assert!(!run(&["check", &format!("-p{CANARY}"), NOWHERE]).err.contains(CANARY));
    assert!(!run(&["check", "--help"]).out.contains("--password <"), "there is no such option");
}

#[test]
fn a_secret_in_the_place_of_its_source_is_not_repeated() {
    let long = "x".repeat(5000);
    for (options, variable, says) in [
        (["--password-env", CANARY], None, "no environment variable"),
        (["--password-fd", CANARY], None, "number of a descriptor"),
        (["--nt-hash-fd", CANARY], None, "number of a descriptor"),
        (["--password-fd", "97"], None, "cannot be read"),
        (["--password-fd", "2"], None, "descriptors 1 and 2"),
        (["--password-env", "SECRET"], Some(""), "nothing is there"),
        (["--nt-hash-env", "SECRET"], Some(CANARY), "32 hexadecimal digits"),
        (["--nt-hash-env", "SECRET"], Some("0123456789abcdef0123456789abcdeg"), "32 hexadecimal digits"),
        (["--nt-hash-env", "SECRET"], Some(&long), "32 hexadecimal digits"),
    ] {
        let mut command = command(&[&VERIFY[..], &options, &[NOWHERE]].concat());
        let run: Run = command.env("SECRET", variable.unwrap_or("unused")).output().unwrap().into();
        run.assert_usage_error(&[options[0], says]);
        let secret = variable.filter(|secret| !secret.is_empty()).unwrap_or(CANARY);
        assert!(!run.err.contains(secret), "{run:?}");
    }
}

#[test]
fn a_descriptor_gives_one_line_and_no_more_than_a_secret_is_long() {
    let read = |bytes: &[u8]| {
        let mut child = command(&[&VERIFY[..], &["--nt-hash-fd", "0", NOWHERE]].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Whoever reads a line may be gone before the rest is written.
        let _ = child.stdin.take().unwrap().write_all(bytes);
        Run::from(child.wait_with_output().unwrap())
    };
    for good in ["00112233445566778899aabbccddeeff", "00112233445566778899AABBCCDDEEFF\r\nanother line\n"] {
        // It went on, to a name that does not exist.
        assert_eq!(read(good.as_bytes()).status, Some(1), "{good:?}");
    }
    read(b"\n").assert_usage_error(&["--nt-hash-fd", "nothing is there"]);
    read(b"\xff\xfe\n").assert_usage_error(&["--nt-hash-fd", "no UTF-8"]);
    read(&[b'a'; 10_000]).assert_usage_error(&["--nt-hash-fd", "more than any password"]);
}

#[test]
fn what_does_not_go_together_is_refused_before_any_connection() {
    let env = ["--password-env", "SECRET"];
    let user = ["--user", "alice"];
    let any = ["--dangerous-any-certificate"];
    let (verify, delegate) = (["--depth", "verify"], ["--depth", "delegate"]);
    let wrong: [(&[&[&str]], &[&str]); 20] = [
        (&[&verify], &["--depth verify", "--user"]),
        (&[&verify, &user], &["--depth verify", "--password-prompt", "--password-env", "--password-fd", "--nt-hash"]),
        (&[&verify, &env], &["--depth verify", "--user"]),
        (&[&delegate, &user, &env], &["--depth delegate", "--roots", "--known", "--expect-sha256", any[0]]),
        (&[&user, &env], &["--user", "--depth verify or delegate", "--depth tls"]),
        (&[&["--depth", "challenge"], &env], &["--password-env", "--depth verify or delegate"]),
        (&[&any], &[any[0], "--depth verify or delegate"]),
        (&[&["--same-credentials-for-all-targets"]], &["--same-credentials", "--depth verify or delegate"]),
        (&[&["--domain", "LAB"]], &["--user"]),
        (&[&["--package", "spnego"]], &["--package", "--depth challenge, verify or delegate"]),
        (&[&["--depth", "challenge", "--package", "kerberos"]], &["--package kerberos", "ticket"]),
        (&[&verify, &user, &env, &any, &["--kdc", "dc01"]], &["--kdc", "--package kerberos"]),
        (&[&verify, &user, &env, &any, &["--package", "kerberos"]], &["--package kerberos", "realm"]),
        (&[&verify, &user, &env, &any, &["ts02.invalid"]], &["2 targets", "--same-credentials-for-all-targets"]),
        (&[&verify, &user, &env, &any, &["--password-prompt"]], &["--password-prompt", "--password-env"]),
        (&[&delegate, &user, &any, &["--nt-hash-env", "SECRET"]], &["--nt-hash-env", "--restricted-admin"]),
        (&[&delegate, &user, &env, &any, &["--redirected-authentication"]], &["--redirected-authentication"]),
        (&[&verify, &["--user", r"LAB\alice", "--domain", "LAB"], &env, &any], &["--user", "not in both"]),
        (&[&verify, &["--user", ""], &env, &any], &["--user", "need a user"]),
        (&[&verify, &user, &any, &["--password-fd", "0", "--targets", "-"]], &["--password-fd 0", "--targets -"]),
    ];
    for (options, says) in wrong {
        let mut command = command(&[&["check"], &options.concat()[..], &[NOWHERE]].concat());
        let run: Run = command.env("SECRET", CANARY).output().unwrap().into();
        run.assert_usage_error(says);
        assert!(!run.err.contains(CANARY), "{run:?}");
    }
}

#[test]
fn examine_takes_no_credentials_and_says_so() {
    for option in ["--user", "--password-prompt", "--nt-hash-fd", "--dangerous-any-certificate"] {
        run(&["examine", option, "x", NOWHERE]).assert_usage_error(&[option, "takes no credentials", "check"]);
    }
    for depth in ["verify", "delegate"] {
        run(&["examine", "--depth", depth, NOWHERE]).assert_usage_error(&["takes no credentials", depth]);
    }
    // Anything else that it does not know is refused as ever.
    run(&["examine", "--targets", "x", NOWHERE]).assert_usage_error(&["--targets", "unexpected"]);
}

#[test]
fn services_and_distribution_centres_are_read_before_anything_is_asked() {
    for (option, value) in
        [("--service", "TERMSRV/ts01"), ("--service", ""), ("--kdc", "dc01:99999"), ("--kdc", "x::y"), ("--kdc", "")]
    {
        run(&[&VERIFY[..], &[option, value, NOWHERE]].concat()).assert_usage_error(&[option]);
    }
    let kerberos = [&VERIFY[..], &["--package", "kerberos", "--password-env", "SECRET"]].concat();
    for kdc in ["127.0.0.1", "127.0.0.1:1", "::1", "[::1]", "[::1]:1", "localhost", "localhost:1"] {
        let mut command = command(&[&kerberos[..], &["--kdc", kdc, NOWHERE]].concat());
        assert_eq!(Run::from(command.env("SECRET", CANARY).output().unwrap()).status, Some(1), "{kdc}");
    }
}

/// A new session has no terminal to ask on, even where this test was started on one.
#[cfg(target_os = "linux")]
#[test]
fn without_a_terminal_nobody_is_asked() {
    for option in ["--password-prompt", "--nt-hash-prompt"] {
        let arguments = [&VERIFY[..], &[option, NOWHERE]].concat();
        let mut setsid = Command::new("setsid");
        setsid.arg("--wait").arg(env!("CARGO_BIN_EXE_rdp-probe")).args(arguments).stdin(Stdio::null());
        Run::from(setsid.output().unwrap()).assert_usage_error(&[option, "no terminal", "-env", "-fd"]);
    }
}
