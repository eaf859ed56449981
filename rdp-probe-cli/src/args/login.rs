//! Credentials on the command line: whose, and where the secret is read. The secret itself never stands there.
#![allow(clippy::doc_markdown, reason = "these comments are the help text")]

use std::ffi::{OsStr, OsString};

use clap::{Args, ValueEnum};
use rdp_probe::{Package, Target};

use super::values;

/// The heading of these options, by which they are known.
pub(crate) const HEADING: &str = "Network Level Authentication";

/// Who logs on, and what is taken into account for it.
#[derive(Debug, Args)]
#[command(next_help_heading = HEADING)]
pub(crate) struct Login {
    /// The user of --depth verify and delegate: alice, LAB\alice or alice@lab.example
    #[arg(long, value_name = "USER")]
    pub(crate) user: Option<String>,

    /// The user's domain, where it does not stand in the name; none means an account of the server, or of its domain
    #[arg(long, value_name = "DOMAIN", requires = "user")]
    pub(crate) domain: Option<String>,

    #[command(flatten)]
    pub(crate) secret: SecretOptions,

    /// What authenticates: NTLM as the Windows client sends it, NTLM in SPNEGO, or Kerberos in SPNEGO [default: ntlm]
    #[arg(long, value_enum, value_name = "PACKAGE")]
    pub(crate) package: Option<Spoken>,

    /// The host of the service's name, TERMSRV/HOST, in place of the target's: for Kerberos where the target is an address or an alias
    #[arg(long, value_name = "HOST", value_parser = values::service)]
    pub(crate) service: Option<String>,

    /// The key distribution centre, with a port if it is not 88; without it, the realm's name is looked up
    #[arg(long, value_name = "HOST[:PORT]", value_parser = values::kdc)]
    pub(crate) kdc: Option<Target>,

    /// Give the credentials to whoever answers, though nothing is demanded of its certificate
    #[arg(long)]
    pub(crate) dangerous_any_certificate: bool,

    /// Give the credentials to a server without the update for CVE-2018-0886 too (CredSSP below version 5)
    #[arg(long)]
    pub(crate) dangerous_old_credssp: bool,

    /// Try the same credentials at every target, where there are several: a wrong password is then wrong as often, and a lock-out near
    #[arg(long)]
    pub(crate) same_credentials_for_all_targets: bool,
}

/// Where the secret is read: one of these.
#[derive(Debug, Args)]
#[group(id = "secret", multiple = false)]
pub(crate) struct SecretOptions {
    /// Ask for the password on the terminal, which does not show it
    #[arg(long)]
    password_prompt: bool,

    /// Take the password from this environment variable
    // Read by hand, like the numbers below: clap would repeat in its errors what may be a password in the wrong place.
    #[arg(long, value_name = "VARIABLE")]
    password_env: Option<OsString>,

    /// Read the password from this file descriptor, up to the end of the line
    #[arg(long, value_name = "NUMBER")]
    password_fd: Option<OsString>,

    /// Ask for the NT hash of the password on the terminal: 32 hexadecimal digits, in place of the password, for NTLM
    #[arg(long)]
    nt_hash_prompt: bool,

    /// Take the NT hash from this environment variable
    #[arg(long, value_name = "VARIABLE")]
    nt_hash_env: Option<OsString>,

    /// Read the NT hash from this file descriptor, up to the end of the line
    #[arg(long, value_name = "NUMBER")]
    nt_hash_fd: Option<OsString>,
}

/// A secret that is to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Secret<'a> {
    /// The option that says so.
    pub(crate) option: &'static str,
    /// What it is.
    pub(crate) kind: SecretKind,
    /// Where it is.
    pub(crate) source: Source<'a>,
}

/// What proves that it is this user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecretKind {
    Password,
    NtHash,
}

/// Where a secret is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    Terminal,
    Variable(&'a OsStr),
    Descriptor(&'a OsStr),
}

impl SecretOptions {
    /// The secret that is asked for, if one is.
    pub(crate) fn secret(&self) -> Option<Secret<'_>> {
        let prompt = |given: bool| given.then_some(Source::Terminal);
        let all = [
            ("--password-prompt", SecretKind::Password, prompt(self.password_prompt)),
            ("--password-env", SecretKind::Password, self.password_env.as_deref().map(Source::Variable)),
            ("--password-fd", SecretKind::Password, self.password_fd.as_deref().map(Source::Descriptor)),
            ("--nt-hash-prompt", SecretKind::NtHash, prompt(self.nt_hash_prompt)),
            ("--nt-hash-env", SecretKind::NtHash, self.nt_hash_env.as_deref().map(Source::Variable)),
            ("--nt-hash-fd", SecretKind::NtHash, self.nt_hash_fd.as_deref().map(Source::Descriptor)),
        ];
        all.into_iter().find_map(|(option, kind, source)| Some(Secret { option, kind, source: source? }))
    }
}

/// A security package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Spoken {
    /// NTLM, its messages as they are
    Ntlm,
    /// NTLM in SPNEGO
    Spnego,
    /// Kerberos in SPNEGO
    Kerberos,
}

impl From<Spoken> for Package {
    fn from(spoken: Spoken) -> Self {
        match spoken {
            Spoken::Ntlm => Self::Ntlm,
            Spoken::Spnego => Self::Spnego,
            Spoken::Kerberos => Self::Kerberos,
        }
    }
}
