//! A server that is recorded: it says what it says, whatever it is told.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What is read behind the last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    Fin,
    Reset,
    Silence,
}

/// A stream that reads as it was recorded.
#[derive(Debug, Clone)]
pub(crate) struct Tape {
    bytes: Vec<u8>,
    read: usize,
    after: After,
    /// Bytes that can be written, and how writing fails behind them.
    writable: usize,
    failure: ErrorKind,
    /// Whether a write that fails is noticed by the flush behind it.
    is_buffered: bool,
    has_failed: bool,
}

impl Tape {
    pub(crate) fn new(parts: &[&[u8]], after: After) -> Self {
        let (writable, failure) = (usize::MAX, ErrorKind::Other);
        Self { bytes: parts.concat(), read: 0, after, writable, failure, is_buffered: false, has_failed: false }
    }

    /// The same, but writing fails so behind this number of bytes.
    pub(crate) fn failing(self, writable: usize, failure: ErrorKind) -> Self {
        Self { writable, failure, ..self }
    }

    /// The same, but only flushing fails.
    pub(crate) fn buffered(self) -> Self {
        Self { is_buffered: true, ..self }
    }
}

impl AsyncRead for Tape {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let rest = &self.bytes[self.read..];
        let count = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..count]);
        self.read += count;
        match self.after {
            After::Reset if count == 0 => Poll::Ready(Err(ErrorKind::ConnectionReset.into())),
            // Nobody is to wake the reader; only its own deadline does.
            After::Silence if count == 0 => Poll::Pending,
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for Tape {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let count = bytes.len().min(self.writable);
        self.writable -= count;
        self.has_failed |= count < bytes.len();
        let failure = Err(self.failure.into());
        Poll::Ready(match count {
            _ if self.is_buffered => Ok(bytes.len()),
            0 => failure,
            _ => Ok(count),
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let fails = self.is_buffered && self.has_failed;
        Poll::Ready(if fails { Err(self.failure.into()) } else { Ok(()) })
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
