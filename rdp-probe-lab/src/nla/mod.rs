//! A server of Network Level Authentication: `CredSSP` inside TLS ([MS-CSSP] 3.1.5), with NTLM of the lab's own, so that clients
//! are checked by another implementation than theirs.

mod act;
mod alert;
mod binding;
mod der;
mod exchange;
mod ntlm;
mod seal;
mod spnego;
mod users;
pub(crate) mod words;

use std::io;

use bytes::Bytes;
use rdp_probe::Protocols;
use rdp_probe::codes::NtStatus;
use rdp_probe::credssp::Mechanism;
use tokio::io::{AsyncRead, AsyncWrite};

pub use act::{NlaAct, NlaTurn};
pub use ntlm::NtlmHost;
use users::Account;

use crate::behaviour::now;
use crate::certificate::LabCertificate;
use crate::player::Ending;
use crate::watch::Log;

/// A server of Network Level Authentication, in process: who may log on, what it says of itself, and what it does wrong.
///
/// ```
/// use rdp_probe::codes::NtStatus;
/// use rdp_probe_lab::{Lab, NlaAct, NlaServer, NlaTurn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), rdp_probe_lab::LabError> {
/// let server = NlaServer::new()
///     .with_user("alice", "Secret-1")
///     .with_refused_user("LAB\\bob", "Secret-2", NtStatus(0xC000_0234))
///     .instead_of(NlaTurn::Authorization, NlaAct::Close);
/// let lab = Lab::with_nla(server).await?;
/// println!("connect to {}", lab.address());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct NlaServer {
    accounts: Vec<Account>,
    certificate: LabCertificate,
    protocols: Protocols,
    mechanisms: Vec<Mechanism>,
    version: u32,
    host: NtlmHost,
    challenge: Option<Bytes>,
    early: u32,
    restricted_admin: bool,
    refuses: fn(NtStatus) -> NlaAct,
    acts: Vec<(NlaTurn, NlaAct)>,
}

impl Default for NlaServer {
    fn default() -> Self {
        Self::new()
    }
}

impl NlaServer {
    /// A server as it should be, where nobody may log on yet: `CredSSP` version 6, NTLM, `HYBRID` and `HYBRID_EX`, a healthy
    /// certificate.
    #[must_use]
    pub fn new() -> Self {
        Self {
            accounts: Vec::new(),
            certificate: LabCertificate::healthy(now()),
            protocols: Protocols::HYBRID.union(Protocols::HYBRID_EX),
            mechanisms: vec![Mechanism::Ntlm],
            version: 6,
            host: NtlmHost::default(),
            challenge: None,
            early: 0,
            restricted_admin: false,
            refuses: NlaAct::Refuse,
            acts: Vec::new(),
        }
    }

    /// The same, and this user may log on. A domain may stand in the name (`LAB\alice`); without one, clients may name any.
    #[must_use]
    pub fn with_user(mut self, user: &str, password: &str) -> Self {
        self.accounts.push(Account::new(user, password, None));
        self
    }

    /// The same, and this user is refused with this status, if the password is right; with 0xC000006D otherwise.
    #[must_use]
    pub fn with_refused_user(mut self, user: &str, password: &str, status: NtStatus) -> Self {
        self.accounts.push(Account::new(user, password, Some(status)));
        self
    }

    /// The same with this certificate.
    #[must_use]
    pub fn with_certificate(self, certificate: LabCertificate) -> Self {
        Self { certificate, ..self }
    }

    /// The same, and these are the protocols that it knows. The best of those that are offered, too, is chosen: `HYBRID_EX`,
    /// `HYBRID`, SSL (which goes on without Network Level Authentication), or standard RDP security.
    #[must_use]
    pub fn with_protocols(self, protocols: Protocols) -> Self {
        Self { protocols, ..self }
    }

    /// The same, and these are the packages that it takes in SPNEGO. It can go on with NTLM alone: where that is missing, it
    /// turns to the first of these.
    #[must_use]
    pub fn with_mechanisms(self, mechanisms: impl IntoIterator<Item = Mechanism>) -> Self {
        Self { mechanisms: mechanisms.into_iter().collect(), ..self }
    }

    /// The same, and this is the version of `CredSSP` that it names, sensible or not. From 5 on, the key is bound with the
    /// nonce.
    #[must_use]
    pub fn with_version(self, version: u32) -> Self {
        Self { version, ..self }
    }

    /// The same, and this is what its CHALLENGE says.
    #[must_use]
    pub fn with_host(self, host: NtlmHost) -> Self {
        Self { host, ..self }
    }

    /// The same, and these bytes are its CHALLENGE, whatever they are.
    #[must_use]
    pub fn with_challenge(self, challenge: impl Into<Bytes>) -> Self {
        Self { challenge: Some(challenge.into()), ..self }
    }

    /// The same, and this is its Early User Authorization Result ([MS-RDPBCGR] 2.2.10.2): 0 is success, 5 "not authorised".
    #[must_use]
    pub fn with_early_authorization(self, result: u32) -> Self {
        Self { early: result, ..self }
    }

    /// The same, and it takes empty credentials, as of restricted admin. Else they are refused with 0xC000006E.
    #[must_use]
    pub fn with_restricted_admin(self) -> Self {
        Self { restricted_admin: true, ..self }
    }

    /// The same, but this is how it refuses a log-on, given the status: `NlaAct::RefuseBeside` as `FreeRDP` 3, or
    /// `|_| NlaAct::Close` as `FreeRDP` 2.
    #[must_use]
    pub fn refusing(self, refuses: fn(NtStatus) -> NlaAct) -> Self {
        Self { refuses, ..self }
    }

    /// The same, but this is what it does at this turn.
    #[must_use]
    pub fn instead_of(mut self, turn: NlaTurn, act: NlaAct) -> Self {
        self.acts.push((turn, act));
        self
    }

    /// Serves one connection over a stream of your own, in virtual time if you like, and says how the stream is to end. What
    /// happens goes into the log.
    ///
    /// # Errors
    /// If the client does not do its part: it closes early, or breaks TLS or `CredSSP`.
    pub async fn serve<S>(&self, stream: &mut S, log: &Log) -> io::Result<Ending>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        serve(self, stream, &log.teller()).await
    }

    /// What it does at a turn, where that is not what it should.
    fn act(&self, turn: NlaTurn) -> Option<NlaAct> {
        self.acts.iter().find(|(at, _)| *at == turn).map(|(_, act)| act.clone())
    }
}

pub(crate) use exchange::serve;
