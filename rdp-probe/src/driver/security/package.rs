//! NTLM and Kerberos, by the crate sspi: the only file but its neighbours that names it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use sspi::credssp::SspiContext;
use sspi::generator::{GeneratorInitSecurityContext, GeneratorState};
use sspi::ntlm::{NTLM_HASH_PREFIX, NtlmConfig};
use sspi::{
    AuthIdentity, BufferType, ClientRequestFlags, CredentialsBuffers, DataRepresentation, EncryptionFlags, ErrorKind,
    KerberosConfig, Negotiate, NegotiateConfig, Ntlm, SecurityBuffer, SecurityBufferRef, SecurityStatus, Sspi as _,
    SspiImpl as _,
};
use tokio::time::Instant;
use tracing::dispatcher::{Dispatch, with_default};
use zeroize::Zeroizing;

use super::credentials::{Credentials, Secret};
use super::kdc::{Kdc, KdcTalk};
use super::{KerberosSettings, delegated, failed};
use crate::codes::ClientStatus;
use crate::conversation::{Ask, Output, Secured};
use crate::evidence::{Binding, Goal, KdcEnd, Package, Plan, SecurityError, SecurityErrorKind};

/// A token longer than that is of no package.
const TOKEN: usize = 1024;

/// What the package knows the key distribution centre by. It is never reached by that.
const KDC_NAME: &str = "kdc.invalid";

/// What stands in front of sealed data ([MS-NLMP] 2.2.2.9.1).
const SIGNATURE: usize = 16;

/// A security package in the middle of its work.
pub(in super::super) struct SecurityPackage {
    context: Result<SspiContext, SecurityError>,
    handle: Option<CredentialsBuffers>,
    credentials: Credentials,
    package: Package,
    service: String,
    kdc: Kdc,
}

impl fmt::Debug for SecurityPackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecurityPackage").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

impl SecurityPackage {
    pub(super) fn new(plan: &Plan, credentials: &Credentials, settings: &KerberosSettings) -> Self {
        let kdc = Kdc::new(settings, credentials.user());
        let context = quietly(|| context(plan, credentials, &kdc));
        let handle = Some(CredentialsBuffers::AuthIdentity(identity(credentials).into()));
        Self {
            context,
            handle,
            credentials: credentials.clone(),
            package: plan.package,
            service: plan.service_name(),
            kdc,
        }
    }

    pub(super) async fn answer(&mut self, ask: Ask, deadline: Instant) -> Secured {
        let output = match ask {
            Ask::Token(token) => return self.token(token, deadline).await,
            Ask::Seal(bytes) => self.seal(Zeroizing::new(bytes.to_vec())),
            Ask::Compare { sealed, expected, weaker } => Output::Bound(self.compare(&sealed, &expected, weaker)),
            Ask::Credentials { empty: true } => self.seal(delegated::empty()),
            Ask::Credentials { empty: false } => match self.credentials.secret() {
                Secret::Password(password) => {
                    let credentials = delegated::password(self.credentials.user(), password);
                    self.seal(credentials)
                }
                Secret::NtHash(_) => return failed(SecurityErrorKind::NoCredentials, super::NO_CREDENTIALS),
            },
        };
        Secured { output, kdc: None }
    }

    async fn token(&mut self, token: Bytes, deadline: Instant) -> Secured {
        let context = match &mut self.context {
            Ok(context) => context,
            Err(error) => return Secured { output: Output::Failed(*error), kdc: None },
        };
        let mut input = [SecurityBuffer::new(token.to_vec(), BufferType::Token)];
        let mut output = [SecurityBuffer::new(Vec::with_capacity(TOKEN), BufferType::Token)];
        let mut builder = context
            .initialize_security_context()
            .with_credentials_handle(&mut self.handle)
            .with_context_requirements(requirements(self.package))
            .with_target_data_representation(DataRepresentation::Native)
            .with_target_name(&self.service)
            .with_input(&mut input)
            .with_output(&mut output);
        let mut talk = KdcTalk::default();
        let result = match quietly(|| context.initialize_security_context_impl(&mut builder)) {
            Ok(mut generator) => self.kdc.attend(&mut generator, &mut talk, deadline).await,
            Err(error) => Err(Output::Failed(error)),
        };
        let output = result.map_or_else(
            |failure| failure,
            |done| {
                let token = output.map(|buffer| buffer.buffer).concat().into();
                Output::Token { token, done }
            },
        );
        Secured { output, kdc: talk.traffic() }
    }

    /// Sealed in place.
    fn seal(&mut self, mut bytes: Zeroizing<Vec<u8>>) -> Output {
        let Ok(context) = &mut self.context else { return Output::Failed(MISUSED) };
        let mut token = [0; TOKEN];
        let mut buffers = [SecurityBufferRef::token_buf(&mut token), SecurityBufferRef::data_buf(&mut bytes)];
        match quietly(|| context.encrypt_message(EncryptionFlags::empty(), &mut buffers)) {
            Ok(_) => Output::Sealed(buffers.iter().flat_map(|buffer| buffer.data().iter().copied()).collect()),
            Err(error) => Output::Failed(error),
        }
    }

    fn compare(&mut self, sealed: &[u8], expected: &[u8], weaker: Option<Bytes>) -> Binding {
        let mut sealed = sealed.to_vec();
        let (Ok(context), Some((signature, data))) = (&mut self.context, sealed.split_at_mut_checked(SIGNATURE)) else {
            return Binding::Other;
        };
        let mut buffers = [SecurityBufferRef::data_buf(data), SecurityBufferRef::token_buf(signature)];
        if quietly(|| context.decrypt_message(&mut buffers)).is_err() {
            return Binding::Other;
        }
        let opened = SecurityBufferRef::buf_data(&buffers, BufferType::Data).unwrap_or_default();
        match (opened == expected, weaker) {
            (true, _) => Binding::Same,
            (false, Some(weaker)) if opened == weaker => Binding::WithoutNonce,
            (false, _) => Binding::Other,
        }
    }
}

impl Kdc {
    /// Answers what the package asks of a key distribution centre, until the package is through: whether its context stands then.
    async fn attend(
        &self,
        generator: &mut GeneratorInitSecurityContext<'_>,
        talk: &mut KdcTalk,
        deadline: Instant,
    ) -> Result<bool, Output> {
        let mut state = guarded(|| generator.start());
        loop {
            match state.map_err(Output::Failed)? {
                GeneratorState::Completed(Ok(result)) => return Ok(result.status == SecurityStatus::Ok),
                GeneratorState::Completed(Err(error)) => {
                    return Err(match talk.refusal {
                        Some(code) => Output::KdcFailed(KdcEnd::Refusal(code)),
                        None => Output::Failed(error_of(&error)),
                    });
                }
                GeneratorState::Suspended(request) => {
                    // A ticket for another realm leads to a centre that nobody has named.
                    if request.url.host_str() != Some(KDC_NAME) {
                        return Err(Output::Failed(OTHER_REALM));
                    }
                    let message = Zeroizing::new(request.data);
                    let answer = self.ask(talk, &message, deadline).await.map_err(Output::KdcFailed)?;
                    state = guarded(|| generator.resume(Ok(answer)));
                }
            }
        }
    }
}

/// What is asked of the context. Kerberos goes without the session key of the server's ticket (user-to-user): a service has a key of
/// its own, and its ticket is asked for before a word is said to it.
fn requirements(package: Package) -> ClientRequestFlags {
    let usual = ClientRequestFlags::MUTUAL_AUTH | ClientRequestFlags::INTEGRITY | ClientRequestFlags::CONFIDENTIALITY;
    if package == Package::Kerberos { usual } else { usual | ClientRequestFlags::USE_SESSION_KEY }
}

/// The context of the package that the plan names.
fn context(plan: &Plan, credentials: &Credentials, kdc: &Kdc) -> Result<SspiContext, sspi::Error> {
    let has_password = matches!(credentials.secret(), Secret::Password(_));
    // There will be nothing to hand over, so nothing is begun that counts as an attempt.
    if !has_password && plan.goal == Goal::Delegate && !plan.request.restricted_admin() {
        return Err(sspi::Error::new(ErrorKind::NoCredentials, "an NT hash cannot be handed over"));
    }
    let ntlm = || NtlmConfig::default();
    let negotiate = |config, packages: &str| {
        let config = NegotiateConfig::new(config, Some(packages.to_owned()), String::new());
        Negotiate::new_client(config).map(SspiContext::Negotiate)
    };
    match plan.package {
        Package::Ntlm => Ok(SspiContext::Ntlm(Ntlm::with_config(ntlm()))),
        Package::Spnego => negotiate(Box::new(ntlm()), "ntlm"),
        Package::Kerberos if plan.service.is_none() && plan.target.ip().is_some() => {
            Err(sspi::Error::new(ErrorKind::TargetUnknown, "an address has no service name"))
        }
        // Nothing may go out that the package would take for a password, and count as a wrong one.
        Package::Kerberos if !(has_password && kdc.is_known()) => Err(sspi::Error::new(
            ErrorKind::IncompleteCredentials,
            "Kerberos takes a password, and a realm or a centre",
        )),
        Package::Kerberos => {
            let config = KerberosConfig::new_with_kdc_url(&format!("tcp://{KDC_NAME}"), String::new());
            negotiate(Box::new(config), "kerberos")
        }
    }
}

fn identity(credentials: &Credentials) -> AuthIdentity {
    let password = match credentials.secret() {
        Secret::Password(password) => password.to_string(),
        Secret::NtHash(hash) => {
            // In one piece, which the package wipes.
            let mut text = String::with_capacity(NTLM_HASH_PREFIX.len() + 2 * hash.len());
            text.push_str(NTLM_HASH_PREFIX);
            let digits = hash.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
            text.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
            text
        }
    };
    AuthIdentity { username: credentials.user().clone(), password: password.into() }
}

/// Without the spans and events of the package, which tell what is sealed; and a panic in it is an error like any other.
fn quietly<T>(what: impl FnOnce() -> Result<T, sspi::Error>) -> Result<T, SecurityError> {
    guarded(what)?.map_err(|error| error_of(&error))
}

fn guarded<T>(what: impl FnOnce() -> T) -> Result<T, SecurityError> {
    with_default(&Dispatch::none(), || catch_unwind(AssertUnwindSafe(what))).map_err(|_| MISUSED)
}

fn error_of(error: &sspi::Error) -> SecurityError {
    let kind = match error.error_type {
        ErrorKind::NoCredentials | ErrorKind::UnknownCredentials | ErrorKind::IncompleteCredentials => {
            SecurityErrorKind::NoCredentials
        }
        ErrorKind::SecurityPackageNotFound => SecurityErrorKind::NoPackage,
        ErrorKind::TargetUnknown | ErrorKind::WrongPrincipalName => SecurityErrorKind::NoServiceName,
        ErrorKind::InvalidToken | ErrorKind::OutOfSequence | ErrorKind::IncompleteMessage => SecurityErrorKind::Token,
        ErrorKind::MessageAltered | ErrorKind::DecryptFailure => SecurityErrorKind::Seal,
        _ => SecurityErrorKind::Other,
    };
    SecurityError { kind, status: ClientStatus(error.error_type as u32) }
}

/// `SEC_E_INTERNAL_ERROR`.
const MISUSED: SecurityError = SecurityError { kind: SecurityErrorKind::Other, status: ClientStatus(0x8009_0304) };

/// `SEC_E_NO_AUTHENTICATING_AUTHORITY`.
const OTHER_REALM: SecurityError = SecurityError { kind: SecurityErrorKind::Other, status: ClientStatus(0x8009_0311) };
