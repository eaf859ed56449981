//! Credentials: whose, and what proves it.

use std::fmt;

use sspi::ntlm::NTLM_HASH_PREFIX;
use sspi::{Username, UsernameParts};
use zeroize::Zeroizing;

/// A user, and what proves that it is this one.
///
/// The secret is wiped when the last copy is dropped, and shown nowhere: not in `Debug`, and in no report, transcript or span.
///
/// ```
/// use rdp_probe::Credentials;
///
/// let credentials = Credentials::with_password("alice", Some("LAB"), "Secret-1".to_owned())?;
/// assert_eq!(format!("{credentials:?}"), r#"Credentials { user: "LAB\\alice", secret: "password" }"#);
/// # Ok::<(), rdp_probe::CredentialsError>(())
/// ```
#[derive(Clone)]
pub struct Credentials {
    user: Username,
    secret: Secret,
}

#[derive(Clone)]
pub(super) enum Secret {
    Password(Zeroizing<String>),
    NtHash(Zeroizing<[u8; 16]>),
}

/// Why there are no such credentials. It repeats nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// There is no user.
    #[error("credentials need a user")]
    NoUser,
    /// The password begins like what the security package takes for an NT hash, and would be sent as one.
    #[error("a password that begins with $NTLM$: would be taken for an NT hash")]
    LikeHash,
    /// The user's name is neither a name, nor `DOMAIN\user`, nor `user@domain`.
    #[error("the user's name is none: user, DOMAIN\\user or user@domain")]
    BadName,
    /// User and domain contradict each other.
    #[error("the domain stands in the user's name (DOMAIN\\user or user@domain) or beside it, and not in both")]
    TwoDomains,
}

impl Credentials {
    /// A user with a password. The domain may stand in the name: `DOMAIN\user`, or `user@domain`; without one, the server takes the
    /// account for one of its own, or of its domain.
    ///
    /// # Errors
    /// If there is no user, or two domains, or if the password begins with `$NTLM$:`: the security package would take it for a hash.
    pub fn with_password(
        user: &str,
        domain: Option<&str>,
        password: impl Into<Zeroizing<String>>,
    ) -> Result<Self, CredentialsError> {
        let password = password.into();
        if password.starts_with(NTLM_HASH_PREFIX) {
            return Err(CredentialsError::LikeHash);
        }
        Ok(Self { user: username(user, domain)?, secret: Secret::Password(password) })
    }

    /// A user with the NT hash of a password ([MS-NLMP] 3.3.1), which NTLM takes in its place. It can verify, and delegate in
    /// restricted admin mode; handing a password over takes the password.
    ///
    /// # Errors
    /// If there is no user, or two domains.
    pub fn with_nt_hash(user: &str, domain: Option<&str>, hash: [u8; 16]) -> Result<Self, CredentialsError> {
        Ok(Self { user: username(user, domain)?, secret: Secret::NtHash(Zeroizing::new(hash)) })
    }

    pub(super) const fn user(&self) -> &Username {
        &self.user
    }

    pub(super) const fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = match self.secret {
            Secret::Password(_) => "password",
            Secret::NtHash(_) => "NT hash",
        };
        f.debug_struct("Credentials").field("user", &self.user.inner()).field("secret", &secret).finish()
    }
}

fn username(user: &str, domain: Option<&str>) -> Result<Username, CredentialsError> {
    let domain = domain.filter(|domain| !domain.is_empty());
    if user.is_empty() {
        return Err(CredentialsError::NoUser);
    }
    if domain.is_some() && user.contains(['\\', '@']) {
        return Err(CredentialsError::TwoDomains);
    }
    let username = Username::new(user, domain).map_err(|_| CredentialsError::BadName)?;
    let is_whole = match username.parts() {
        UsernameParts::UserPrincipalName(parts) => !parts.suffix().is_empty(),
        UsernameParts::DownLevelLogonName(_) => true,
    };
    if username.account_name().is_empty() || !is_whole {
        return Err(CredentialsError::NoUser);
    }
    Ok(username)
}
