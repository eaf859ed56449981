//! What of the command line goes together where somebody is to log on. All of it is settled before any connection, and before
//! anybody is asked for a password.

use std::ffi::OsStr;

use rdp_probe::{Credentials, Package, ProberBuilder};

use super::secret;
use crate::args::check::Check;
use crate::args::login::{Login, Secret, SecretKind, Source, Spoken};
use crate::args::probing::{Depth, Probing, Trusted};

/// Says what does not go together.
pub(super) fn agree(check: &Check, targets: usize) -> Result<(), String> {
    let Check { probing, login, .. } = check;
    let Probing { depth, trust, .. } = probing;
    wanted(login, *depth)?;
    if !depth.needs_credentials() {
        return Ok(());
    }
    let depth = depth.as_str();
    let secret = match (&login.user, login.secret.secret()) {
        (Some(_), Some(secret)) => secret,
        (None, _) => return Err(format!("--depth {depth} needs a user to log on: give --user, and --password-prompt")),
        (_, None) => {
            return Err(format!(
                "--depth {depth} needs what proves who --user is: give --password-prompt, --password-env VARIABLE or \
                --password-fd NUMBER, or the same with --nt-hash"
            ));
        }
    };
    fits(check, secret)?;
    if !demands_certificate(trust) && !login.dangerous_any_certificate {
        return Err(format!(
            "--depth {depth} gives the credentials to no server that anybody could be: demand a certificate (--roots, --known, \
            --expect-sha1, --expect-sha256 or --expect-key), or take the danger (--dangerous-any-certificate)"
        ));
    }
    if targets > 1 && !login.same_credentials_for_all_targets {
        return Err(format!(
            "there are {targets} targets, and each is an attempt to log on: check one, or say --same-credentials-for-all-targets"
        ));
    }
    Ok(())
}

/// No option is passed over in silence.
fn wanted(login: &Login, depth: Depth) -> Result<(), String> {
    let secret = login.secret.secret().map(|secret| secret.option);
    let of_credentials = [
        ("--user", login.user.is_some()),
        (secret.unwrap_or_default(), secret.is_some()),
        ("--service", login.service.is_some()),
        ("--kdc", login.kdc.is_some()),
        ("--dangerous-any-certificate", login.dangerous_any_certificate),
        ("--dangerous-old-credssp", login.dangerous_old_credssp),
        ("--same-credentials-for-all-targets", login.same_credentials_for_all_targets),
    ];
    let given = of_credentials.into_iter().find(|(_, given)| *given);
    if let (Some((option, _)), false) = (given, depth.needs_credentials()) {
        let depth = depth.as_str();
        return Err(format!("{option} needs --depth verify or delegate: with --depth {depth} nobody logs on"));
    }
    let needs = |option: &str, needs: &str| Err(format!("{option} needs {needs}"));
    match (login.package, depth) {
        (Some(_), Depth::Negotiate | Depth::Hello | Depth::Tls) => {
            needs("--package", "--depth challenge, verify or delegate: less deep, none is spoken")
        }
        (Some(Spoken::Kerberos), Depth::Challenge) => {
            needs("--package kerberos", "--depth verify or delegate: without a user there is no ticket")
        }
        (package, _) if login.kdc.is_some() && package != Some(Spoken::Kerberos) => {
            needs("--kdc", "--package kerberos")
        }
        _ => Ok(()),
    }
}

/// What this kind of secret, and this package, can do.
fn fits(check: &Check, secret: Secret<'_>) -> Result<(), String> {
    let Check { probing, login, .. } = check;
    let (option, is_hash) = (secret.option, secret.kind == SecretKind::NtHash);
    let is_kerberos = login.package == Some(Spoken::Kerberos);
    let form = &probing.request;
    let has_realm = login.domain.is_some() || login.user.as_ref().is_some_and(|user| user.contains(['\\', '@']));
    let reads_targets = check.targets.as_deref().is_some_and(|file| file.as_os_str() == "-");
    let from_input = matches!(secret.source, Source::Descriptor(number) if number == OsStr::new("0"));
    if is_hash && is_kerberos {
        Err(format!("{option}: an NT hash is for NTLM, and no proof for Kerberos: give the password"))
    } else if is_hash && probing.depth == Depth::Delegate && !form.restricted_admin {
        Err(format!(
            "{option}: an NT hash cannot be handed over: give the password, or hand over nothing (--restricted-admin)"
        ))
    } else if probing.depth == Depth::Delegate && form.redirected_authentication {
        Err("--redirected-authentication cannot be used with --depth delegate: there is no Remote Credential Guard here"
            .to_owned())
    } else if is_kerberos && !has_realm {
        Err("--package kerberos needs the user's realm: --user alice@lab.example, or --domain".to_owned())
    } else if reads_targets && from_input {
        Err(format!("{option} 0 and --targets - both read standard input: take another descriptor"))
    } else {
        Ok(())
    }
}

fn demands_certificate(trust: &Trusted) -> bool {
    let Trusted { roots, known, expect_sha1, expect_sha256, expect_key, .. } = trust;
    let expects = [expect_sha1, expect_sha256, expect_key].iter().any(|thumbprints| !thumbprints.is_empty());
    expects || roots.is_some() || known.is_some()
}

/// What the prober has to know beside the credentials.
pub(super) fn apply(login: &Login, mut builder: ProberBuilder) -> ProberBuilder {
    builder = builder.package(login.package.map_or(Package::Ntlm, Package::from));
    if let Some(host) = &login.service {
        builder = builder.service(host);
    }
    if let Some(kdc) = &login.kdc {
        builder = builder.kdc(kdc.clone());
    }
    if login.dangerous_any_certificate {
        builder = builder.dangerous_any_certificate();
    }
    if login.dangerous_old_credssp {
        builder = builder.dangerous_old_credssp();
    }
    builder
}

/// The credentials, read from where they are, if the depth needs them.
pub(super) fn credentials(login: &Login) -> Result<Option<Credentials>, String> {
    match (&login.user, login.secret.secret()) {
        (Some(user), Some(found)) => secret::credentials(login, user, found).map(Some),
        _ => Ok(None),
    }
}
