//! Manual pages and completions.

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
