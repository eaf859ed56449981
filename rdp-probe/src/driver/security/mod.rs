//! The security package: whoever answers what `CredSSP` asks of it, and keeps the secrets.

#[cfg(feature = "nla")]
mod credentials;
#[cfg(feature = "nla")]
mod delegated;
#[cfg(feature = "nla")]
mod kdc;
#[cfg(feature = "nla")]
mod package;

use tokio::time::Instant;

#[cfg(feature = "nla")]
pub use credentials::{Credentials, CredentialsError};
#[cfg(feature = "nla")]
use package::SecurityPackage;

use crate::codes::ClientStatus;
use crate::conversation::{Ask, Output, Secured};
use crate::evidence::{SecurityError, SecurityErrorKind};

/// Who answers.
#[derive(Debug)]
pub(super) enum Security {
    /// Nobody: no credentials were given, or the feature `nla` is not compiled in.
    None,
    /// Nobody: there are no random numbers, and a nonce that anybody can foresee binds nothing.
    Chanceless,
    /// A package, with the credentials that it was given.
    #[cfg(feature = "nla")]
    Package(Box<SecurityPackage>),
}

impl Security {
    /// The package that the plan names, with these credentials.
    #[cfg(feature = "nla")]
    pub(super) fn new(plan: &crate::Plan, credentials: &Credentials, settings: &KerberosSettings) -> Self {
        Self::Package(Box::new(SecurityPackage::new(plan, credentials, settings)))
    }

    /// What comes of it, by then.
    #[cfg_attr(not(feature = "nla"), expect(clippy::unused_async, reason = "with the feature it waits"))]
    pub(super) async fn answer(&mut self, ask: Ask, deadline: Instant) -> Secured {
        match self {
            Self::None => {
                // Whoever has no package has nothing to wait for.
                let _ = (ask, deadline);
                if cfg!(feature = "nla") {
                    failed(SecurityErrorKind::NoCredentials, NO_CREDENTIALS)
                } else {
                    failed(SecurityErrorKind::NoPackage, NO_PACKAGE)
                }
            }
            Self::Chanceless => failed(SecurityErrorKind::Other, INTERNAL_ERROR),
            #[cfg(feature = "nla")]
            Self::Package(package) => package.answer(ask, deadline).await,
        }
    }
}

/// Where tickets come from.
#[cfg(feature = "nla")]
#[derive(Debug, Clone, Default)]
pub(super) struct KerberosSettings {
    /// The key distribution centre; the one that the realm's name leads to where none is given.
    pub(super) kdc: Option<crate::Target>,
    /// The network that it is reached over.
    pub(super) network: super::System,
}

/// `SEC_E_NO_CREDENTIALS`.
const NO_CREDENTIALS: ClientStatus = ClientStatus(0x8009_030E);

/// `SEC_E_INTERNAL_ERROR`.
const INTERNAL_ERROR: ClientStatus = ClientStatus(0x8009_0304);

/// `SEC_E_SECPKG_NOT_FOUND`.
const NO_PACKAGE: ClientStatus = ClientStatus(0x8009_0305);

fn failed(kind: SecurityErrorKind, status: ClientStatus) -> Secured {
    Secured { output: Output::Failed(SecurityError { kind, status }), kdc: None }
}
