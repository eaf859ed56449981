//! Manual pages and completions.

use rdp_probe::diagnose::Cause;

use super::*;

#[test]
fn the_pages_tell_of_every_option_and_of_the_exit_status() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]);
        assert!(script.status == Some(0) && script.out.contains("expect-sha256"), "{shell}");
    }
    let page = run(&["man"]);
    assert!(page.status == Some(0) && page.out.contains(".TH") && page.out.contains("Exit status"), "{page:?}");
    let page = run(&["man", "check"]);
    assert!(page.out.contains("routing\\-token") && page.out.contains("at\\-once"), "{page:?}");
    run(&["man", "chekc"]).assert_usage_error(&["chekc", "check"]);
}

#[test]
fn help_and_page_say_what_a_log_on_costs_and_what_may_come_of_it() {
    let (help, page) = (run(&["check", "--help"]).out, run(&["man", "check"]).out.replace("\\-", "-"));
    for text in [help, page] {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in [
            "logs each as a network logon",
            "a wrong password counts towards a lock-out",
            "no attempt to log on",
            "A password never stands on the command line",
            "verified",
            "rejected",
            "not-authorized",
            "not-verifiable",
            "unknown",
        ] {
            assert!(text.contains(words), "{words:?} is missing: {text}");
        }
    }
}

/// What reports and the manual tell people to run is what the command takes: it connects, and to nobody.
#[test]
fn the_commands_that_remedies_name_are_understood() {
    let remedies = Cause::all().flat_map(|cause| cause.text().remedies).filter_map(|remedy| remedy.command);
    let ours: Vec<_> = remedies.flat_map(str::lines).filter_map(|line| line.strip_prefix("rdp-probe ")).collect();
    assert!(ours.len() > 10, "{ours:?}");
    for line in ours {
        let arguments = filled(line);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let run: Run = command(&arguments).env("RDP_PROBE_SECRET", "Secret-1").output().unwrap().into();
        assert!(matches!(run.status, Some(0 | 1)), "rdp-probe {line}, as {arguments:?}: {run:?}");
    }
}

/// A command line with something for each placeholder: targets at a port where nobody listens, and an environment variable in
/// place of the question for a password.
fn filled(line: &str) -> Vec<String> {
    let line = line.replace("--password-prompt", "--password-env RDP_PROBE_SECRET").replace("<file.pem>", "system");
    let (mut text, mut rest) = (String::new(), line.as_str());
    while let Some((before, behind)) = rest.split_once('<') {
        text.push_str(before);
        let (name, after) = behind.split_once('>').unwrap();
        let thumbprint = "0".repeat(64);
        text.push_str(match (name, text.split_whitespace().last()) {
            ("thumbprint", _) => &thumbprint,
            ("number" | "status", _) => "0x904",
            ("user", _) => "alice",
            ("realm", _) => "LAB.TEST",
            (_, Some("--sni" | "--service" | "--domain")) => "other.example",
            (_, Some("-4" | "-6")) => "localhost:1",
            _ => "127.0.0.1:1",
        });
        rest = after;
    }
    text.push_str(rest);
    text.split_whitespace().map(str::to_owned).collect()
}

/// The lines of a section of a page.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let after =
        page.split_once(&format!(".SH \"{heading}\"\n")).or_else(|| page.split_once(&format!(".SH {heading}\n")));
    let (_, after) = after.unwrap_or_else(|| panic!("{heading} is missing: {page}"));
    after.split("\n.SH ").next().unwrap()
}

#[test]
fn a_page_tells_of_the_exit_status_and_of_the_environment() {
    let (every, part) = (["\\fB0\\fR", "\\fB1\\fR", "\\fB2\\fR"], ["\\fB0\\fR", "\\fB2\\fR"]);
    for (arguments, statuses, connects) in [
        (&["man"][..], &every[..], true),
        (&["man", "check"], &every, true),
        (&["man", "explain"], &every, false),
        (&["man", "demo"], &every, false),
        (&["man", "lab"], &part, false),
    ] {
        let page = run(arguments).out;
        let told: Vec<_> = section(&page, "EXIT STATUS").lines().filter(|line| line.starts_with("\\fB")).collect();
        assert_eq!(told, statuses, "{arguments:?}");
        let environment = section(&page, "ENVIRONMENT");
        let variables = ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"];
        assert!(variables.iter().all(|name| environment.contains(&format!("\\fB{name}\\fR"))), "{environment}");
        assert_eq!(environment.contains("\\fBRDP_PROBE_PROXY\\fR"), connects, "{arguments:?}");
        assert_eq!(environment.contains("SSL_CERT_FILE"), connects, "{arguments:?}");
    }
}

#[test]
fn a_page_is_titled_with_its_whole_name() {
    let version = env!("CARGO_PKG_VERSION");
    for (arguments, title) in [
        (&["man"][..], "RDP-PROBE"),
        (&["man", "check"], "RDP-PROBE-CHECK"),
        (&["man", "completions"], "RDP-PROBE-COMPLETIONS"),
    ] {
        let page = run(arguments).out;
        let heading = page.lines().find(|line| line.starts_with(".TH ")).unwrap();
        // Title, section, date, source.
        assert!(heading.starts_with(&format!(".TH {title} 1 \" \" \"rdp-probe {version}\"")), "{heading}");
    }
}

#[test]
fn files_are_completed_where_files_are_taken() {
    let zsh = run(&["completions", "zsh"]).out;
    let positional = zsh.lines().find(|line| line.starts_with("'*::target ")).unwrap();
    assert!(positional.contains(":_files'"), "{positional}");
    let (bash, fish) = (run(&["completions", "bash"]).out, run(&["completions", "fish"]).out);
    for option in ["targets", "roots", "known", "transcript"] {
        let line = zsh.lines().find(|line| line.contains(&format!("--{option}=["))).unwrap();
        assert!(line.contains(":_files'"), "{line}");
        let line = fish.lines().find(|line| line.contains(&format!(" -l {option} "))).unwrap();
        assert!(line.ends_with(" -r -F"), "{line}");
        let block = bash.split(&format!("--{option})\n")).nth(1).unwrap().split(";;").next().unwrap();
        assert!(block.contains("compopt -o filenames"), "{block}");
    }
}
