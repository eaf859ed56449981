//! The stream of an opened connection, from where the opening has left it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;

use super::tap::{Tap, together};
use super::{Stream, tls};

/// The stream behind an opening: inside TLS where that was the goal, plain where the opening ended with the
/// negotiation. The next byte to write is the client's next message, and no byte of the server is lost.
#[derive(Debug)]
pub struct Upgraded<S> {
    way: Way<S>,
}

#[derive(Debug)]
enum Way<S> {
    Plain(S),
    Tls(Box<TlsStream<Tap<S>>>),
}

impl<S: Stream> Upgraded<S> {
    pub(super) const fn plain(stream: S) -> Self {
        Self { way: Way::Plain(stream) }
    }

    /// The tap has done its work: from here on it keeps nothing, and no deadline ends the stream.
    pub(super) fn tls(mut open: Box<TlsStream<Tap<S>>>) -> Self {
        open.get_mut().0.release();
        Self { way: Way::Tls(open) }
    }

    /// Whether it is inside TLS.
    #[must_use]
    pub const fn is_tls(&self) -> bool {
        matches!(self.way, Way::Tls(_))
    }

    /// The stream that it runs over: to ask for addresses, or to set options. Reading from it would break TLS.
    #[must_use]
    pub fn get_ref(&self) -> &S {
        match &self.way {
            Way::Plain(stream) => stream,
            Way::Tls(open) => open.get_ref().0.inner(),
        }
    }

    /// The stream itself, where it is not inside TLS.
    ///
    /// # Errors
    /// If it is inside TLS: then itself, unchanged.
    pub fn into_plain(self) -> Result<S, Self> {
        match self.way {
            Way::Plain(stream) => Ok(stream),
            way @ Way::Tls(_) => Err(Self { way }),
        }
    }

    /// Says goodbye where there is anybody to say it to.
    pub(super) async fn close(self, deadline: Instant) {
        if let Way::Tls(open) = self.way {
            tls::close(open, deadline).await;
        }
    }
}

impl<S: Stream> AsyncRead for Upgraded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.way {
            Way::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Way::Tls(open) => Pin::new(open).poll_read(context, buffer),
        }
    }
}

impl<S: Stream> AsyncWrite for Upgraded<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.way {
            Way::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Way::Tls(open) => Pin::new(open).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.way {
            Way::Plain(stream) => Pin::new(stream).poll_write(context, together(parts, &mut Vec::new())),
            Way::Tls(open) => Pin::new(open).poll_write_vectored(context, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.way {
            Way::Plain(stream) => Pin::new(stream).poll_flush(context),
            Way::Tls(open) => Pin::new(open).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.way {
            Way::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Way::Tls(open) => Pin::new(open).poll_shutdown(context),
        }
    }
}
