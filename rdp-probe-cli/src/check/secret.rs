//! Secrets: asked for on the terminal, taken from the environment, read from a descriptor. No error repeats anything of what was
//! found, nor of where it was looked for: people put a password there by mistake.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};

use data_encoding::HEXLOWER_PERMISSIVE;
use rdp_probe::Credentials;
use zeroize::Zeroizing;

use super::terminal;
use crate::args::login::{Login, Secret, SecretKind, Source};

/// What is read of a secret at most, bytes: no password is longer.
pub(super) const LONGEST: usize = 4096;

/// Whom the credentials are of, and the secret that proves it.
pub(super) fn credentials(login: &Login, user: &str, secret: Secret<'_>) -> Result<Credentials, String> {
    let domain = login.domain.as_deref();
    // Nobody is asked for a password in vain.
    Credentials::with_nt_hash(user, domain, [0; 16]).map_err(|error| format!("--user: {error}"))?;
    let Secret { option, kind, source } = secret;
    let text = read(user, domain, kind, source).map_err(|flaw| format!("{option}: {flaw}"))?;
    if text.is_empty() {
        return Err(format!("{option}: nothing is there, and an empty password would be an attempt to log on as well"));
    }
    let made = match kind {
        SecretKind::Password => Credentials::with_password(user, domain, text),
        SecretKind::NtHash => {
            Credentials::with_nt_hash(user, domain, *hash(&text).map_err(|flaw| format!("{option}: {flaw}"))?)
        }
    };
    made.map_err(|error| format!("--user: {error}"))
}

fn read(user: &str, domain: Option<&str>, kind: SecretKind, source: Source<'_>) -> Result<Zeroizing<String>, String> {
    let bytes = match source {
        Source::Terminal => return ask(user, domain, kind),
        Source::Variable(name) => {
            let value = std::env::var_os(name).ok_or("no environment variable has the name that is given here")?;
            Zeroizing::new(value.into_encoded_bytes())
        }
        Source::Descriptor(number) => line(number)?,
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| "what is there is no UTF-8")?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn ask(user: &str, domain: Option<&str>, kind: SecretKind) -> Result<Zeroizing<String>, String> {
    let what = match kind {
        SecretKind::Password => "Password",
        SecretKind::NtHash => "NT hash",
    };
    let domain = domain.map(|domain| format!("{domain}\\")).unwrap_or_default();
    terminal::ask(&format!("{what} of {domain}{user}: ")).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted | io::ErrorKind::InvalidData => format!("{error}; nothing was tried"),
        _ => format!("no terminal to ask on ({error}): take the secret from a variable (-env) or a descriptor (-fd)"),
    })
}

/// The digits of an NT hash.
fn hash(text: &str) -> Result<Zeroizing<[u8; 16]>, String> {
    let mut hash = Zeroizing::new([0; 16]);
    let read = if text.len() == 32 { HEXLOWER_PERMISSIVE.decode_mut(text.as_bytes(), &mut *hash).ok() } else { None };
    read.map(|_| hash).ok_or_else(|| "an NT hash is 32 hexadecimal digits, and what is there is none".to_owned())
}

/// The first line of what a descriptor gives. Byte by byte, so that what stands behind it is left to others.
fn line(number: &OsStr) -> Result<Zeroizing<Vec<u8>>, String> {
    let number: Option<u32> = number.to_str().and_then(|text| text.parse().ok());
    let number = number.ok_or("give the number of a descriptor, such as 3; no secret stands here")?;
    if matches!(number, 1 | 2) {
        return Err("descriptors 1 and 2 are for what is printed: take another".to_owned());
    }
    let mut file = descriptor(number).map_err(|error| format!("the descriptor cannot be read: {error}"))?;
    if file.is_terminal() {
        return Err("this descriptor is a terminal, which would show what is typed: let it ask (-prompt)".to_owned());
    }
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut byte = Zeroizing::new([0]);
    while line.len() < LONGEST {
        match file.read(&mut *byte) {
            Ok(0) => return Ok(line),
            Ok(_) if *byte == *b"\n" => {
                line.pop_if(|last| *last == b'\r');
                return Ok(line);
            }
            Ok(_) => line.extend_from_slice(&*byte),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(format!("the descriptor cannot be read: {error}")),
        }
    }
    Err("there is more than any password is long".to_owned())
}

/// A descriptor of this process, opened once more by its name.
#[cfg(unix)]
fn descriptor(number: u32) -> io::Result<File> {
    File::open(format!("/dev/fd/{number}"))
}

#[cfg(not(unix))]
fn descriptor(_: u32) -> io::Result<File> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system has none: take the secret from a variable (-env)"))
}
