//! The exchange of `CredSSP`, step by step.

use std::io;

use bytes::Bytes;
use rdp_probe::Protocols;
use rdp_probe::codes::NtStatus;
use rdp_probe::credssp::{Mechanism, NegotiationToken, TsRequest};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::server::TlsStream;

use super::act::{Done, Leaving};
use super::binding::Binding;
use super::der::{INTEGER, OCTETS, SEQUENCE, context, inside};
use super::ntlm::{Authenticate, asked_flags, text};
use super::seal::Session;
use super::users::Account;
use super::{NlaAct, NlaServer, NlaTurn, alert, spnego};
use crate::behaviour::{read_request, send};
use crate::handshake::{Identity, open_tls, serve_tls};
use crate::mcs;
use crate::player::Ending;
use crate::policy::Policy;
use crate::tls::Versions;
use crate::watch::{Seen, Teller};

/// `SEC_E_UNSUPPORTED_FUNCTION`: what servers say that take no NTLM.
const NOT_SUPPORTED: NtStatus = NtStatus(0x8009_0302);
/// `SEC_E_MESSAGE_ALTERED`: what is sealed does not fit.
const ALTERED: NtStatus = NtStatus(0x8009_030F);
const LOGON_FAILURE: NtStatus = NtStatus(0xC000_006D);
const ACCOUNT_RESTRICTION: NtStatus = NtStatus(0xC000_006E);
/// The lowest version with a nonce.
const WITH_NONCE: u32 = 5;
/// A longer message is of no client.
const LONGEST: usize = 0xFFFF;

/// Whether the exchange goes on, or how it ends.
enum Flow {
    GoesOn,
    Ends(Leaving),
}

/// What stands when the client has proven who it is.
struct Proven {
    session: Session,
    account: Account,
    /// The request that the key is bound in.
    binding: TsRequest,
}

/// Serves one connection: X.224, TLS, `CredSSP`, MCS.
pub(crate) async fn serve<S>(server: &NlaServer, stream: &mut S, teller: &Teller) -> io::Result<Ending>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let offer = read_request(stream, teller).await?;
    let best = [Protocols::HYBRID_EX, Protocols::HYBRID, Protocols::SSL];
    let chosen = best.into_iter().find(|one| offer.contains(*one) && server.protocols.contains(*one));
    let policy = match chosen {
        Some(protocol) => Policy::Select(protocol.bits()),
        None if server.protocols.is_rdp() => Policy::Standard,
        None => Policy::Refuse(5),
    };
    let reply = policy.answer(offer);
    send(stream, &reply.packet).await?;
    teller.tell(|| Seen::Answered(reply.packet.into()));
    let identity = Identity::from(&server.certificate);
    match chosen {
        None => return Ok(Ending::Fin),
        Some(Protocols::SSL) => return serve_tls(stream, identity, Versions::Both, offer, teller).await,
        Some(_) => {}
    }
    let open = open_tls(stream, identity, Versions::Both, teller).await?;
    let mut exchange = Exchange { server, stream: open, teller, early: chosen == Some(Protocols::HYBRID_EX) };
    let leaving = match exchange.run().await? {
        Flow::GoesOn => {
            mcs::serve(&mut exchange.stream, offer, teller).await?;
            Leaving::Close
        }
        Flow::Ends(leaving) => leaving,
    };
    exchange.leave(leaving).await
}

struct Exchange<'a, S> {
    server: &'a NlaServer,
    stream: TlsStream<&'a mut S>,
    teller: &'a Teller,
    /// Whether an Early User Authorization Result is due.
    early: bool,
}

fn broken(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl<S: AsyncRead + AsyncWrite + Unpin> Exchange<'_, S> {
    async fn run(&mut self) -> io::Result<Flow> {
        let Some(first) = self.hear().await? else { return Ok(Flow::Ends(Leaving::Close)) };
        let token = first.token.as_deref().ok_or_else(|| broken("the first TSRequest has no token"))?;
        let read = NegotiationToken::parse(token).ok_or_else(|| broken("a token of no package"))?;
        let list = if read.wrapped { spnego::mechanism_list(token) } else { None };
        if !self.server.mechanisms.contains(&Mechanism::Ntlm) {
            return self.turn_to_other(&read).await;
        }
        let negotiate = read.inner.ok_or_else(|| broken("no message of NTLM in the first token"))?;
        let asked = asked_flags(&negotiate).ok_or_else(|| broken("the first message of NTLM is no NEGOTIATE"))?;
        let given = || Bytes::from(self.server.host.challenge(asked));
        let challenge = self.server.challenge.clone().unwrap_or_else(given);
        let token = if list.is_some() { spnego::chooses_ntlm(&challenge).into() } else { challenge.clone() };
        if let Flow::Ends(leaving) =
            self.say(NlaTurn::Challenge, TsRequest { token: Some(token), ..self.own() }).await?
        {
            return Ok(Flow::Ends(leaving));
        }
        let Some(second) = self.hear().await? else { return Ok(Flow::Ends(Leaving::Close)) };
        match self.prove(second, &negotiate, &challenge, list).await? {
            Ok(proven) => self.bind(proven, first.version).await,
            Err(flow) => Ok(flow),
        }
    }

    /// NTLM is not taken: SPNEGO can say so, and a bare message is refused.
    async fn turn_to_other(&mut self, read: &NegotiationToken) -> io::Result<Flow> {
        let other = self.server.mechanisms.first().filter(|_| read.wrapped).copied();
        let Some(other) = other else { return self.perform(NlaAct::Refuse(NOT_SUPPORTED), self.own()).await };
        let token = spnego::turns_to(other, read.mechanisms.contains(&other));
        self.say(NlaTurn::Challenge, TsRequest { token: Some(token.into()), ..self.own() }).await?;
        // Whatever comes is not known here.
        Ok(Flow::Ends(Leaving::As(Ending::Silence)))
    }

    /// Judges the AUTHENTICATE, and, in SPNEGO, says that the context stands.
    async fn prove(
        &mut self,
        request: TsRequest,
        negotiate: &[u8],
        challenge: &[u8],
        list: Option<Vec<u8>>,
    ) -> io::Result<Result<Proven, Flow>> {
        let token = request.token.clone().ok_or_else(|| broken("the second TSRequest has no token"))?;
        let inner = NegotiationToken::parse(&token).and_then(|read| read.inner);
        let inner = inner.ok_or_else(|| broken("no message of NTLM in the second token"))?;
        let message = Authenticate::parse(&inner).ok_or_else(|| broken("the second message is no AUTHENTICATE"))?;
        let judged = message.judge(&self.server.accounts, negotiate, challenge);
        let status = judged.as_ref().err().copied().unwrap_or(NtStatus(0));
        let (domain, user) = (message.domain.clone(), message.user.clone());
        self.teller.tell(|| Seen::LogonAttempt { domain, user, status });
        let (mut session, account) = match judged {
            Ok(proven) => proven,
            Err(status) => return self.refuse(status).await.map(Err),
        };
        let Some(list) = list.filter(|_| request.pub_key_auth.is_none()) else {
            return Ok(Ok(Proven { session, account, binding: request }));
        };
        let signature = spnego::list_signature(&token);
        if signature.is_some_and(|signature| !session.takes_list(&list, signature)) {
            return self.refuse(ALTERED).await.map(Err);
        }
        // Whoever has another key signs another list as well as this one.
        let signed = if self.server.act(NlaTurn::Accept) == Some(NlaAct::OtherKey) { &[] } else { list.as_slice() };
        let own = signature.map(|_| session.sign_list(signed));
        let accepted = TsRequest { token: Some(spnego::accepts(own).into()), ..self.own() };
        if let Flow::Ends(leaving) = self.say(NlaTurn::Accept, accepted).await? {
            return Ok(Err(Flow::Ends(leaving)));
        }
        let Some(binding) = self.hear().await? else { return Ok(Err(Flow::Ends(Leaving::Close))) };
        Ok(Ok(Proven { session, account, binding }))
    }

    /// Compares keys, and takes the credentials.
    async fn bind(&mut self, proven: Proven, version: u32) -> io::Result<Flow> {
        let Proven { mut session, account, binding: request } = proven;
        let nonce = request.client_nonce.filter(|_| version.min(self.server.version) >= WITH_NONCE);
        let binding = Binding::new(self.server.certificate.key(), nonce.map(|nonce| nonce.to_vec()));
        let sealed = request.pub_key_auth.ok_or_else(|| broken("pubKeyAuth is missing"))?;
        if session.open(&sealed) != Some(binding.of_client()) {
            return self.refuse(ALTERED).await;
        }
        let word = session.seal(&binding.of_server(self.server.act(NlaTurn::Binding).as_ref()));
        // Whoever sends both in SPNEGO at once is told both at once.
        let wrapped = request.token.filter(|token| !token.starts_with(b"NTLMSSP\0"));
        let token = wrapped.map(|_| Bytes::from(spnego::accepts(None)));
        let answer = TsRequest { pub_key_auth: Some(word.into()), token, ..self.own() };
        if let Flow::Ends(leaving) = self.say(NlaTurn::Binding, answer).await? {
            return Ok(Flow::Ends(leaving));
        }
        let Some(last) = self.hear().await? else { return Ok(Flow::Ends(Leaving::Close)) };
        let sealed = last.auth_info.ok_or_else(|| broken("authInfo is missing"))?;
        let Some(opened) = session.open(&sealed) else { return self.refuse(ALTERED).await };
        self.take(&account, &opened).await
    }

    /// Compares the credentials with those that were proven, and says whether their owner may log on.
    async fn take(&mut self, account: &Account, credentials: &[u8]) -> io::Result<Flow> {
        let [domain, user, password] =
            password_credentials(credentials).ok_or_else(|| broken("TSCredentials cannot be read"))?;
        let is_empty = domain.is_empty() && user.is_empty() && password.is_empty();
        let fits = account.fits(&domain, &user, &password);
        let length = password.chars().count();
        self.teller.tell(|| Seen::Credentials { domain, user, password: length });
        match (is_empty, self.server.restricted_admin) {
            (true, false) => return self.refuse(ACCOUNT_RESTRICTION).await,
            (false, _) if !fits => return self.refuse(LOGON_FAILURE).await,
            _ => {}
        }
        if !self.early {
            return Ok(Flow::GoesOn);
        }
        let result = self.server.early;
        if let Some(act) = self.server.act(NlaTurn::Authorization) {
            return self.perform(act, self.own()).await;
        }
        self.send(&result.to_le_bytes()).await?;
        Ok(if result == 0 { Flow::GoesOn } else { Flow::Ends(Leaving::Close) })
    }

    /// A message with nothing but the version in it.
    fn own(&self) -> TsRequest {
        TsRequest { version: self.server.version, ..TsRequest::default() }
    }

    async fn refuse(&mut self, status: NtStatus) -> io::Result<Flow> {
        self.perform((self.server.refuses)(status), self.own()).await
    }

    /// Sends a message, or does what the server does at this turn.
    async fn say(&mut self, turn: NlaTurn, message: TsRequest) -> io::Result<Flow> {
        match self.server.act(turn) {
            Some(act) => self.perform(act, message).await,
            None => self.send(&message.encode()).await.map(|()| Flow::GoesOn),
        }
    }

    async fn perform(&mut self, act: NlaAct, message: TsRequest) -> io::Result<Flow> {
        match act.on(message) {
            Done::Sends(bytes) => self.send(&bytes).await.map(|()| Flow::GoesOn),
            Done::Drips(bytes, pause) => {
                for byte in bytes {
                    self.send(&[byte]).await?;
                    tokio::time::sleep(pause).await;
                }
                Ok(Flow::GoesOn)
            }
            Done::Ends(bytes, leaving) => {
                self.send(&bytes).await?;
                Ok(Flow::Ends(leaving))
            }
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !bytes.is_empty() {
            send(&mut self.stream, bytes).await?;
            self.teller.tell(|| Seen::Answered(Bytes::copy_from_slice(bytes)));
        }
        Ok(())
    }

    /// The next message of the client; `None` where it has gone.
    async fn hear(&mut self) -> io::Result<Option<TsRequest>> {
        let mut message = vec![0; 2];
        match self.stream.read(&mut message[..1]).await {
            Ok(0) => return Ok(None),
            // Many clients leave without TLS's goodbye.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        };
        self.stream.read_exact(&mut message[1..]).await?;
        let digits = usize::from(message[1].saturating_sub(0x80));
        message.resize(2 + digits.min(4), 0);
        self.stream.read_exact(&mut message[2..]).await?;
        let length = match &message[2..] {
            [] => usize::from(message[1]),
            digits => digits.iter().fold(0, |value: usize, digit| value << 8 | usize::from(*digit)),
        };
        let start = message.len();
        if message[0] != SEQUENCE || length > LONGEST {
            return Err(broken("what came is no TSRequest"));
        }
        message.resize(start + length, 0);
        self.stream.read_exact(&mut message[start..]).await?;
        let request = TsRequest::parse(&message).map_err(|flaw| io::Error::new(io::ErrorKind::InvalidData, flaw))?;
        self.teller.tell(|| Seen::TsRequest {
            version: request.version,
            token: request.token.is_some(),
            pub_key_auth: request.pub_key_auth.is_some(),
            client_nonce: request.client_nonce.is_some(),
            auth_info: request.auth_info.is_some(),
        });
        Ok(Some(request))
    }

    async fn leave(mut self, leaving: Leaving) -> io::Result<Ending> {
        match leaving {
            Leaving::As(ending) => Ok(ending),
            Leaving::Close => {
                self.stream.shutdown().await?;
                Ok(Ending::Fin)
            }
            Leaving::Alert(number) => {
                let (stream, connection) = self.stream.into_inner();
                send(stream, &alert::alert(connection, number)?).await?;
                Ok(Ending::Fin)
            }
        }
    }
}

/// Domain, user and password of `TSCredentials` ([MS-CSSP] 2.2.1.2).
fn password_credentials(bytes: &[u8]) -> Option<[String; 3]> {
    const PASSWORD: &[u8] = &[1];
    let kind = inside(&[SEQUENCE, context(0), INTEGER], bytes)?;
    let inner = inside(&[SEQUENCE, context(1), OCTETS, SEQUENCE], bytes).filter(|_| kind == PASSWORD)?;
    let field = |number| inside(&[context(number), OCTETS], inner).map(text);
    Some([field(0)?, field(1)?, field(2)?])
}
