//! A stream that is listened in on: bytes are counted, the server's first ones kept, and a deadline ends it.

use std::fmt;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::Stream;
use super::patient::patiently;
use crate::flight::MAX_FLIGHT;

/// What is read at once: most first flights whole.
const CHUNK: usize = 2048;

/// What is written together, if it comes in parts: most flights whole. Whoever has more loses nothing by more calls.
const TOGETHER: usize = 4096;

/// The parts that go out with one call, and in one segment: as many as fit, or the first. Not with the system's own call for parts: there,
/// unlike with `send`, nobody can ask for no SIGPIPE, which ends a program that does not know of it (C's do not).
pub(super) fn together<'p>(parts: &'p [IoSlice<'_>], room: &'p mut Vec<u8>) -> &'p [u8] {
    if let [only] = parts {
        return only;
    }
    let first = parts.iter().find(|part| !part.is_empty()).map_or(&[][..], |part| part);
    for part in parts {
        if room.len() + part.len() > TOGETHER {
            break;
        }
        room.extend_from_slice(part);
    }
    if room.len() > first.len() { room } else { first }
}

/// The deadline has passed.
#[derive(Debug)]
struct Expired;

impl fmt::Display for Expired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time for the handshake is over")
    }
}

impl std::error::Error for Expired {}

/// Whether an error is the tap's own deadline.
pub(super) fn is_expired(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<Expired>()).is_some()
}

/// The tap. The deadline lies inside it, so that a handshake which runs out of time gives the stream back like one
/// that fails, and nothing that was seen is lost.
#[derive(Debug)]
pub(super) struct Tap<S> {
    inner: S,
    /// None once the handshake is over and the stream has been handed on.
    deadline: Option<Pin<Box<Sleep>>>,
    pub(super) sent: u64,
    pub(super) received: u64,
    pub(super) flight: Vec<u8>,
    /// What is to be said before anything else.
    unsaid: Vec<u8>,
    is_flushed: bool,
    /// What was read, and not asked for yet.
    ahead: Option<io::Result<Vec<u8>>>,
    /// Whether writing has failed: the peer is gone, and may have said why before.
    pub(super) write_failed: bool,
}

impl<S: Stream> Tap<S> {
    pub(super) fn new(inner: S, deadline: Instant) -> Self {
        let deadline = Some(Box::pin(sleep_until(deadline)));
        Self {
            inner,
            deadline,
            sent: 0,
            received: 0,
            flight: Vec::new(),
            unsaid: Vec::new(),
            is_flushed: true,
            ahead: None,
            write_failed: false,
        }
    }

    /// Sets another deadline, for listening alone.
    pub(super) fn rearm(&mut self, deadline: Instant) {
        self.deadline = Some(Box::pin(sleep_until(deadline)));
        (self.unsaid, self.is_flushed) = (Vec::new(), true);
    }

    /// Lets everything pass from here on, without keeping any of it.
    pub(super) fn release(&mut self) {
        self.deadline = None;
        self.flight = Vec::new();
    }

    /// The stream that it listens in on.
    pub(super) const fn inner(&self) -> &S {
        &self.inner
    }

    /// Says this, and waits for the first that the peer says, which is what is read next. rustls would hold a buffer for all of that
    /// time, and of the probes that wait in TLS, most wait here. What goes wrong is what is read next, too.
    pub(super) async fn hear(&mut self, hello: Vec<u8>) {
        (self.unsaid, self.is_flushed) = (hello, false);
        self.ahead = Some(self.read_some().await);
    }

    /// Says what is still to be said, as much of it as the peer takes.
    fn say(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        while !self.unsaid.is_empty() {
            match patiently(Pin::new(&mut self.inner).poll_write(context, &self.unsaid), context) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Ok(0)) => return Err(self.failed_to_say(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => {
                    self.sent += count as u64;
                    self.unsaid.drain(..count);
                }
                Poll::Ready(Err(error)) => return Err(self.failed_to_say(error)),
            }
        }
        self.unsaid = Vec::new();
        if !self.is_flushed {
            match patiently(Pin::new(&mut self.inner).poll_flush(context), context) {
                Poll::Pending => {}
                Poll::Ready(Ok(())) => self.is_flushed = true,
                Poll::Ready(Err(error)) => return Err(self.failed_to_say(error)),
            }
        }
        Ok(())
    }

    /// Nothing more is said to a peer that does not take it.
    fn failed_to_say(&mut self, error: io::Error) -> io::Error {
        (self.unsaid, self.is_flushed, self.write_failed) = (Vec::new(), true, true);
        error
    }

    /// Reads on until the peer ends, the time is over, or enough is kept. Gives what the last read gave.
    pub(super) async fn read_on(&mut self) -> io::Result<usize> {
        let mut count = 1;
        while count > 0 && self.flight.len() < MAX_FLIGHT {
            count = self.read_some().await?.len();
        }
        Ok(count)
    }

    /// What is there to read, as soon as something is. While nothing is, no buffer is held.
    async fn read_some(&mut self) -> io::Result<Vec<u8>> {
        poll_fn(|context| {
            let mut room = [0; CHUNK];
            let mut buffer = ReadBuf::new(&mut room);
            ready!(Pin::new(&mut *self).poll_read(context, &mut buffer))?;
            Poll::Ready(Ok(buffer.filled().to_vec()))
        })
        .await
    }

    /// Gives out what was read ahead, if anything was.
    fn give_ahead(&mut self, buffer: &mut ReadBuf<'_>) -> Option<io::Result<()>> {
        let given = self.ahead.take()?.map(|mut bytes| {
            let rest = bytes.split_off(bytes.len().min(buffer.remaining()));
            buffer.put_slice(&bytes);
            self.ahead = Some(Ok(rest)).filter(|rest| rest.as_ref().is_ok_and(|rest| !rest.is_empty()));
        });
        Some(given)
    }

    /// What came of writing.
    fn note_written(&mut self, written: Poll<io::Result<usize>>, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Pending => return self.or_expired(context),
            Poll::Ready(Ok(count)) => self.sent += *count as u64,
            Poll::Ready(Err(_)) => self.write_failed = true,
        }
        written
    }

    /// What to say while the stream has nothing to say.
    fn or_expired<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        match self.deadline.as_mut().map(|deadline| deadline.as_mut().poll(context)) {
            Some(Poll::Ready(())) => Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, Expired))),
            Some(Poll::Pending) | None => Poll::Pending,
        }
    }
}

impl<S: Stream> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(given) = self.give_ahead(buffer) {
            return Poll::Ready(given);
        }
        self.say(context)?;
        let before = buffer.filled().len();
        // A peer that always has one more byte must not outrun the deadline.
        if let Poll::Ready(expired) = self.or_expired(context) {
            return Poll::Ready(expired);
        }
        match patiently(Pin::new(&mut self.inner).poll_read(context, buffer), context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => {
                let fresh = buffer.filled().get(before..).unwrap_or_default();
                self.received += fresh.len() as u64;
                if self.deadline.is_some() {
                    let room = MAX_FLIGHT.saturating_sub(self.flight.len());
                    self.flight.extend_from_slice(fresh.get(..room).unwrap_or(fresh));
                }
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl<S: Stream> AsyncWrite for Tap<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.say(context)?;
        if !self.unsaid.is_empty() {
            return self.or_expired(context);
        }
        let written = patiently(Pin::new(&mut self.inner).poll_write(context, bytes), context);
        self.note_written(written, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_write(context, together(parts, &mut Vec::new()))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match patiently(Pin::new(&mut self.inner).poll_flush(context), context) {
            Poll::Pending => self.or_expired(context),
            Poll::Ready(done) => {
                self.write_failed |= done.is_err();
                Poll::Ready(done)
            }
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match patiently(Pin::new(&mut self.inner).poll_shutdown(context), context) {
            Poll::Pending => self.or_expired(context),
            done @ Poll::Ready(_) => done,
        }
    }
}
