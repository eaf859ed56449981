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
