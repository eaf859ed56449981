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
#[derive(Debug)]
pub(crate) struct Tape {
    bytes: Vec<u8>,
    read: usize,
    after: After,
    /// Bytes that can be written, and how writing fails behind them.
    writable: usize,
    failure: ErrorKind,
}

impl Tape {
    pub(crate) fn new(parts: &[&[u8]], after: After) -> Self {
        Self { bytes: parts.concat(), read: 0, after, writable: usize::MAX, failure: ErrorKind::Other }
    }

    /// The same, but writing fails so behind this number of bytes.
    pub(crate) fn failing(self, writable: usize, failure: ErrorKind) -> Self {
        Self { writable, failure, ..self }
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
        Poll::Ready(if count > 0 { Ok(count) } else { Err(self.failure.into()) })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
