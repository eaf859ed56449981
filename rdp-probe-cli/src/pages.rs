//! `rdp-probe completions` and `rdp-probe man`: made from the command line's own description.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Args;

/// The completions for a shell.
pub(crate) fn completions(shell: Shell) {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "rdp-probe", &mut script);
    crate::print(&String::from_utf8_lossy(&script));
}

/// The manual page, in roff; that of a subcommand where one is named.
pub(crate) fn man(subcommand: Option<&str>) -> Result<(), String> {
    let mut command = Args::command();
    command.build();
    let chosen = match subcommand {
        None => command,
        Some(name) => {
            let known = command.get_subcommands().map(clap::Command::get_name).collect::<Vec<_>>().join(", ");
            let found = command.find_subcommand(name).cloned();
            // Built within its parent, it knows its full name.
            found.ok_or_else(|| format!("there is no subcommand {name}; there are: {known}"))?
        }
    };
    let (name, title) = (chosen.get_name().to_owned(), chosen.get_display_name().unwrap_or("rdp-probe").to_uppercase());
    let mut page = Vec::new();
    clap_mangen::Man::new(chosen)
        .title(title)
        .source(concat!("rdp-probe ", env!("CARGO_PKG_VERSION")))
        // An empty one would be left out, and what follows would take its place.
        .date(" ")
        .render(&mut page)
        .map_err(|error| format!("cannot write the manual page: {error}"))?;
    crate::print(&with_sections(&String::from_utf8_lossy(&page), &name));
    Ok(())
}

/// The page with what clap does not know of: before the sections that close a page, as manuals have it.
fn with_sections(page: &str, command: &str) -> String {
    let closing = [".SH EXTRA\n", ".SH VERSION\n"];
    let at = closing.iter().filter_map(|heading| page.find(heading)).min().unwrap_or(page.len());
    let (before, after) = page.split_at(at);
    let statuses = section("EXIT STATUS", statuses(command));
    let environment = section("ENVIRONMENT", environment(command));
    format!("{before}{statuses}{environment}{after}")
}

/// A section of terms and what they mean.
fn section(heading: &str, entries: &[(&str, &str)]) -> String {
    let escaped = |text: &str| text.replace('-', "\\-");
    let entries = entries.iter().map(|(term, text)| format!(".TP\n\\fB{term}\\fR\n{}\n", escaped(text)));
    format!(".SH \"{heading}\"\n{}", entries.collect::<String>())
}

const fn statuses(command: &str) -> &'static [(&'static str, &'static str)] {
    const USAGE: (&str, &str) =
        ("2", "The command line is wrong, a file cannot be read or written, or a port cannot be had.");
    match command.as_bytes() {
        b"check" | b"examine" => &[
            ("0", "Every target is ok: the depth that was asked for was reached, with the trust that was asked for."),
            ("1", "A target is not; credentials that are not verifiable count so, too."),
            USAGE,
        ],
        b"explain" => &[("0", "Something is known."), ("1", "Nothing is known of what was to be explained."), USAGE],
        b"demo" => &[("0", "Every scenario was diagnosed as it should be."), ("1", "One was not."), USAGE],
        b"rdp-probe" => &[
            ("0", "Every target is ok."),
            ("1", "A target is not, or nothing is known of what was to be explained."),
            USAGE,
        ],
        _ => &[("0", "All went well."), USAGE],
    }
}

fn environment(command: &str) -> &'static [(&'static str, &'static str)] {
    const ALL: &[(&str, &str)] = &[
        (
            "RDP_PROBE_PROXY",
            "The proxy of rdp-probe check and rdp-probe examine where --proxy is not given; this keeps a password out of \
             the process list. Empty, it counts as not set; --proxy none goes directly although it is set.",
        ),
        (
            "SSL_CERT_FILE, SSL_CERT_DIR",
            "Where rdp-probe check --roots system looks for certificates, in place of where this system keeps them.",
        ),
        ("NO_COLOR", "If this is set to anything but nothing, there are no colours."),
        ("CLICOLOR_FORCE", "If this is set to anything but nothing, there are colours on what is no terminal, too."),
        ("CLICOLOR", "If this is 0, there are no colours; otherwise they are for terminals alone."),
    ];
    let connects = ["check", "examine", "rdp-probe"].contains(&command);
    if connects { ALL } else { ALL.get(2..).unwrap_or_default() }
}
