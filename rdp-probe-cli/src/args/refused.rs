//! What clap would refuse in words that repeat a secret, or that leave its owner at a loss.

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::check::Check;
use super::login::HEADING;

/// What is said to whoever gives a secret on the command line.
pub(crate) const ON_THE_COMMAND_LINE: &str = "no password and no NT hash is taken from the command line, where other users of \
    this machine and its logs can see it: use --password-prompt, --password-env VARIABLE or --password-fd NUMBER, or the \
    same with --nt-hash";

/// What to say in place of clap's own words, where those do not do.
pub(crate) fn refused(error: &clap::Error) -> Option<String> {
    let subcommand = std::env::args_os().nth(1)?;
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else { return None };
    let option = option.split([' ', '=']).next().unwrap_or_default();
    if subcommand == "examine" && error.kind() == ErrorKind::UnknownArgument && is_of_login(option) {
        return Some(format!(
            "{option}: examine takes no credentials, as it makes connections again and again; rdp-probe check --depth verify \
            makes one attempt to log on"
        ));
    }
    let is_secret = option.starts_with("--pass") || option.starts_with("--nt-hash");
    let repeats = matches!(error.kind(), ErrorKind::UnknownArgument | ErrorKind::TooManyValues);
    (is_secret && repeats).then(|| format!("{option}: {ON_THE_COMMAND_LINE}"))
}

/// Whether it is an option of `check` about credentials.
fn is_of_login(option: &str) -> bool {
    let check = Check::command();
    let mut options = check.get_arguments().filter(|argument| argument.get_help_heading() == Some(HEADING));
    options.any(|argument| argument.get_long().is_some_and(|long| option.strip_prefix("--") == Some(long)))
}
