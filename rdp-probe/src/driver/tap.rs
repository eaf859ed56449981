//! A stream that is listened in on: bytes are counted, the server's first ones kept, and a deadline ends it.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::Stream;
use super::patient::patiently;
use crate::flight::MAX_FLIGHT;

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
    /// Whether writing has failed: the peer is gone, and may have said why before.
    pub(super) write_failed: bool,
}

impl<S: Stream> Tap<S> {
    pub(super) fn new(inner: S, deadline: Instant) -> Self {
        let deadline = Some(Box::pin(sleep_until(deadline)));
        Self { inner, deadline, sent: 0, received: 0, flight: Vec::new(), write_failed: false }
    }

    /// Sets another deadline.
    pub(super) fn rearm(&mut self, deadline: Instant) {
        self.deadline = Some(Box::pin(sleep_until(deadline)));
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

    /// Reads on until the peer ends, the time is over, or enough is kept. Gives what the last read gave.
    pub(super) async fn read_on(&mut self) -> io::Result<usize> {
        let (mut buffer, mut count) = ([0; 1024], 1);
        while count > 0 && self.flight.len() < MAX_FLIGHT {
            count = self.read(&mut buffer).await?;
        }
        Ok(count)
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
        match patiently(Pin::new(&mut self.inner).poll_write(context, bytes), context) {
            Poll::Pending => self.or_expired(context),
            Poll::Ready(Ok(count)) => {
                self.sent += count as u64;
                Poll::Ready(Ok(count))
            }
            failed @ Poll::Ready(Err(_)) => {
                self.write_failed = true;
                failed
            }
        }
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
