//! The landing page: the report that it shows is the one that is printed, and it names every option.

use super::*;

const README: &str = include_str!("../../../README.md");

/// A report with its port and its times taken out.
fn timeless(report: &str) -> String {
    let port = report.split("127.0.0.1:").nth(1).and_then(|rest| rest.split(':').next()).unwrap();
    let report = report.replace(port, "PORT");
    let words = report.split(' ').collect::<Vec<_>>();
    let is_time = |at: usize| words.get(at + 1).is_some_and(|unit| unit.starts_with("ms"));
    let timed = words.iter().enumerate().map(|(at, word)| if is_time(at) { "TIME" } else { word });
    timed.collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_report_of_the_landing_page_is_the_one_that_is_printed() {
    let section = README.split("## A report").nth(1).unwrap();
    let shown = section.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let closing = server("closes-on-request").await;
    let printed = run(&["check", &closing.address]).out;
    assert_eq!(timeless(&printed), timeless(shown));
}

#[test]
fn the_landing_page_names_every_option() {
    let help = run(&["check", "--help"]).out;
    let words = help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2);
    let options: Vec<_> = words.map(|word| word.trim_end_matches([',', ':', ';', '.'])).collect();
    assert!(options.len() > 20, "{options:?}");
    for option in options.iter().filter(|option| !["--help", "--ipv4", "--ipv6"].contains(option)) {
        assert!(README.contains(option), "{option} is missing");
    }
}
