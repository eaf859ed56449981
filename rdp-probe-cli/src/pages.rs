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
    let mut page = Vec::new();
    clap_mangen::Man::new(chosen)
        .render(&mut page)
        .map_err(|error| format!("cannot write the manual page: {error}"))?;
    crate::print(&String::from_utf8_lossy(&page));
    Ok(())
}
