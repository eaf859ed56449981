//! The landing page lists the scenarios as the table has them.

use std::fmt::Write as _;

use rdp_probe_lab::Scenario;

/// `UPDATE=1 cargo test -p rdp-probe-lab --test readme` writes the list anew.
#[test]
fn the_list_of_the_landing_page_is_the_table() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let page = std::fs::read_to_string(file).unwrap();
    let head = "| scenario | what the server does |\n|---|---|\n";
    let (before, rest) = page.split_once(head).expect("the list has a head");
    let length = rest.lines().take_while(|line| line.starts_with('|')).map(|line| line.len() + 1).sum();
    let (listed, behind) = rest.split_at(length);
    let mut table = String::new();
    for scenario in Scenario::all() {
        writeln!(table, "| `{}` | {} |", scenario.name(), scenario.about()).unwrap();
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, [before, head, &table, behind].concat()).unwrap();
    } else {
        assert_eq!(listed, table);
    }
}
