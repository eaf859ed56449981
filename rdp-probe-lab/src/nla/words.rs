//! What happens in `CredSSP`, in a line's words.

use std::fmt;

use rdp_probe::codes::NtStatus;

use crate::watch::Seen;

/// Writes one of the events of this module; others are not written.
pub(crate) fn write(seen: &Seen, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match seen {
        Seen::TsRequest { version, token, pub_key_auth, client_nonce, auth_info } => {
            write!(f, "TSRequest, version {version}")?;
            let fields = [
                (token, "negoTokens"),
                (auth_info, "authInfo"),
                (pub_key_auth, "pubKeyAuth"),
                (client_nonce, "clientNonce"),
            ];
            fields.iter().filter(|(here, _)| **here).try_for_each(|(_, name)| write!(f, ", {name}"))
        }
        Seen::LogonAttempt { domain, user, status: NtStatus(status) } => {
            write!(f, "NTLM AUTHENTICATE of {}, ", Named(domain, user))?;
            if *status == 0 { f.write_str("accepted") } else { write!(f, "refused with 0x{status:08X}") }
        }
        Seen::Credentials { domain, user, password: 0 } if domain.is_empty() && user.is_empty() => {
            f.write_str("empty credentials, as of restricted admin")
        }
        Seen::Credentials { domain, user, password } => {
            write!(f, "credentials of {}, a password of {password} characters", Named(domain, user))
        }
        _ => Ok(()),
    }
}

/// A domain, if there is one, and a user.
struct Named<'a>(&'a str, &'a str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(domain, user) = self;
        let between = if domain.is_empty() { "" } else { "\\" };
        write!(f, "{}{between}{}", domain.escape_debug(), user.escape_debug())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_is_a_line_and_escaped() {
        let (domain, user) = ("LAB".to_owned(), "a\nb".to_owned());
        let request =
            Seen::TsRequest { version: 6, token: true, pub_key_auth: true, client_nonce: true, auth_info: false };
        let attempt =
            |status| Seen::LogonAttempt { domain: domain.clone(), user: user.clone(), status: NtStatus(status) };
        let empty = Seen::Credentials { domain: String::new(), user: String::new(), password: 0 };
        let whole = Seen::Credentials { domain: domain.clone(), user: user.clone(), password: 8 };
        for (seen, line) in [
            (request, "TSRequest, version 6, negoTokens, pubKeyAuth, clientNonce"),
            (attempt(0), "NTLM AUTHENTICATE of LAB\\a\\nb, accepted"),
            (attempt(0xC000_006D), "NTLM AUTHENTICATE of LAB\\a\\nb, refused with 0xC000006D"),
            (empty, "empty credentials, as of restricted admin"),
            (whole, "credentials of LAB\\a\\nb, a password of 8 characters"),
        ] {
            assert_eq!(seen.to_string(), line);
        }
    }
}
