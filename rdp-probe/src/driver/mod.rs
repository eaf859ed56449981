//! Everything that touches the world: a thin loop around the pure core.
//!
//! This is the only place with clocks, sockets and cryptography.

#[cfg(feature = "nla")]
mod authenticate;
mod builder;
mod clock;
mod dial;
mod examine;
mod known;
mod network;
mod open;
mod opened;
mod own_signature;
mod patient;
mod prober;
mod proxy;
mod resolver;
mod roots;
mod security;
mod sweep;
mod tap;
mod tls;
mod trace;
mod upgraded;
mod verifier;
mod weak_rsa;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::time::{Instant, timeout_at};

pub use builder::{ConfigError, ProberBuilder, TlsConfigError};
pub use examine::Examining;
pub use known::{KnownCertificates, Remembering};
pub use network::{Network, Resolver, Resolving, System};
pub use opened::Opened;
pub use prober::Prober;
pub use proxy::{Proxy, ProxyError};
pub use roots::{Roots, RootsError};
#[cfg(feature = "nla")]
pub use security::{Credentials, CredentialsError};
pub use sweep::{Probed, Progress, Sweep};
pub use upgraded::Upgraded;

use crate::conversation::{Conversation, Effect, Input};
use crate::evidence::{Close, End, Evidence, OsError, OsErrorKind, Stage};
use clock::Clock;
use known::Store;
use patient::Patient;
use security::Security;
use tls::Engine;
use trace::Scope;

/// What a probe can run over: any ordered, reliable stream of bytes.
pub trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

/// What is read at once: all of a negotiation, or a part of a first flight.
const READ_BUFFER: usize = 512;

/// How long a peer is listened to that was not told everything, because this machine failed the call.
const PATIENCE: Duration = Duration::from_millis(250);

/// What a probe needs beside its stream.
#[derive(Clone, Copy)]
struct Around<'a> {
    engine: &'a Engine,
    store: Option<&'a Store>,
}

/// Carries out effects until there are no more, and tells the store what is to be remembered. What is left of the stream
/// comes back, for whoever goes on with it.
async fn converse<S: Stream>(
    mut stream: S,
    mut conversation: Box<Conversation>,
    clock: Clock,
    around: Around<'_>,
    security: &mut Security,
) -> (Box<Evidence>, Option<Upgraded<S>>) {
    let negotiation = Scope::of(Stage::Negotiate, &conversation.evidence().plan.target);
    let first = conversation.step(clock.now(), Input::Start);
    let next = negotiation.run(carry_out(&mut stream, &mut conversation, clock, security, first)).await;
    let open = match next {
        Effect::Done => Some(Upgraded::plain(stream)),
        Effect::StartTls { until } => {
            // On the heap, as most probes that wait do so before: what is awaited here has a place in what awaits it.
            let scope = Scope::of(Stage::Tls, &conversation.evidence().plan.target);
            let handshake = Box::pin(secure(stream, &mut conversation, clock, clock.at(until), around));
            let (mut open, next) = scope.run(handshake).await;
            if let (Some(open), false) = (&mut open, next == Effect::Done) {
                let scope = Scope::of(Stage::Nla, &conversation.evidence().plan.target);
                scope.run(carry_out(open, &mut conversation, clock, security, next)).await;
            }
            open
        }
        hello => {
            // Behind half a handshake there is nothing to go on with.
            let scope = Scope::of(Stage::Tls, &conversation.evidence().plan.target);
            scope.run(carry_out(&mut stream, &mut conversation, clock, security, hello)).await;
            None
        }
    };
    let mut evidence = conversation.into_kept();
    around.engine.check_hello(&mut evidence);
    (evidence, open)
}

/// The TLS handshake, to be over then.
async fn secure<S: Stream>(
    stream: S,
    conversation: &mut Conversation,
    clock: Clock,
    deadline: Instant,
    around: Around<'_>,
) -> (Option<Upgraded<S>>, Effect) {
    let (handshake, open) = around.engine.handshake(stream, conversation.evidence(), deadline).await;
    let ended = clock.now();
    if let Some(store) = around.store {
        store.remember(conversation, &handshake, clock).await;
    }
    let next = conversation.step(ended, Input::Tls(Box::new(handshake)));
    trace::effect(conversation.evidence().stage, &next);
    trace::ended(if next == Effect::Done { conversation.evidence().end } else { End::Complete });
    (open.map(Upgraded::tls), next)
}

/// Carries out this effect and those that follow, as long as the stage lasts. Gives the one that it leaves to others.
async fn carry_out<S: Stream>(
    stream: &mut S,
    conversation: &mut Conversation,
    clock: Clock,
    security: &mut Security,
    mut effect: Effect,
) -> Effect {
    let stage = conversation.evidence().stage;
    let mut failed = None;
    loop {
        trace::effect(conversation.evidence().stage, &effect);
        effect = match effect {
            Effect::Send { bytes, until } => {
                let (written, failure) = write(stream, &bytes, clock.at(until)).await;
                failed = failed.or(failure);
                conversation.step(clock.now(), Input::Sent(written))
            }
            Effect::Read { at_most, until } => {
                let mut bytes = Vec::new();
                let deadline = clock.at(patience(until, clock, failed));
                let input = match (read(stream, at_most, &mut bytes, deadline).await, failed) {
                    (Input::Closed(Close::Fin) | Input::Tick, Some(failure)) => Input::Closed(failure),
                    (other, _) => other,
                };
                conversation.step(clock.now(), input)
            }
            Effect::Secure { ask, until } => {
                let secured = security.answer(ask, clock.at(until)).await;
                conversation.step(clock.now(), Input::Secured(Box::new(secured)))
            }
            Effect::StartTls { .. } => {
                trace::ended(End::Complete);
                return effect;
            }
            Effect::Done => {
                trace::ended(conversation.evidence().end);
                return effect;
            }
        };
        if conversation.evidence().stage != stage && matches!(effect, Effect::Send { .. }) {
            trace::ended(End::Complete);
            return effect;
        }
    }
}

/// Writes as much as the peer takes in time: how much that is, and what stopped it, where reading does not tell. None of it is the
/// end: what the peer has sent before is still to be read. But a reset shows once, and reads as an end of file from then on; and
/// what this machine is short of, it may have when it reads.
async fn write(stream: &mut impl Stream, bytes: &[u8], deadline: Instant) -> (usize, Option<Close>) {
    let (mut written, mut stream) = (0, Patient(stream));
    let all = async {
        while let Some(rest @ [_, ..]) = bytes.get(written..) {
            match stream.write(rest).await? {
                0 => break,
                count => written += count,
            }
        }
        stream.flush().await
    };
    // The read that follows has the same deadline.
    let done = timeout_at(deadline, all).await;
    (written, done.ok().and_then(Result::err).and_then(|error| telling(&error)))
}

/// Until when an answer is waited for. What was not sent is not answered.
fn patience(until: Duration, clock: Clock, failed: Option<Close>) -> Duration {
    match failed {
        Some(Close::Os(_)) => until.min(clock.now().saturating_add(PATIENCE)),
        _ => until,
    }
}

/// How writing failed, where reading does not tell it better: of a stream that the peer has closed it does.
fn telling(error: &io::Error) -> Option<Close> {
    match close_of(error) {
        Close::Os(OsError { kind: OsErrorKind::ConnectionAborted, .. }) => None,
        failure @ (Close::Reset | Close::Os(_)) => Some(failure),
        _ => None,
    }
}

/// Reads into a buffer that is there only while something is read: probes that wait, and those are many, hold none.
async fn read<'b>(stream: &mut impl Stream, at_most: usize, bytes: &'b mut Vec<u8>, deadline: Instant) -> Input<'b> {
    let mut stream = Patient(stream);
    let reading = poll_fn(|context| {
        let mut room = [0; READ_BUFFER];
        let mut buffer = ReadBuf::new(room.get_mut(..at_most.min(READ_BUFFER)).unwrap_or_default());
        ready!(Pin::new(&mut stream).poll_read(context, &mut buffer))?;
        bytes.extend_from_slice(buffer.filled());
        Poll::Ready(Ok::<_, io::Error>(()))
    });
    match timeout_at(deadline, reading).await {
        Err(_) => Input::Tick,
        Ok(Ok(())) if bytes.is_empty() => Input::Closed(Close::Fin),
        Ok(Ok(())) => Input::Received(bytes),
        Ok(Err(error)) => Input::Closed(close_of(&error)),
    }
}

fn close_of(error: &io::Error) -> Close {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return match tls {
            rustls::Error::AlertReceived(rustls::AlertDescription::CloseNotify) => Close::Fin,
            rustls::Error::AlertReceived(alert) => Close::Alert(u8::from(*alert)),
            _ => Close::BrokenTls,
        };
    }
    match End::from(error) {
        End::Fin => Close::Fin,
        End::Reset => Close::Reset,
        _ => Close::Os(OsError::from(error)),
    }
}
