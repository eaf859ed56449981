//! A stream whose calls are made again where they were interrupted, which says nothing of the peer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Stream;

/// The stream.
pub(super) struct Patient<'a, S>(pub(super) &'a mut S);

/// What a call gives. One that was interrupted is to be made again: soon, and not at once, so that deadlines are looked at between.
pub(super) fn patiently<T>(polled: Poll<io::Result<T>>, context: &Context<'_>) -> Poll<io::Result<T>> {
    match polled {
        Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
        other => other,
    }
}

impl<S: Stream> AsyncRead for Patient<'_, S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        patiently(Pin::new(&mut *self.0).poll_read(context, buffer), context)
    }
}

impl<S: Stream> AsyncWrite for Patient<'_, S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        patiently(Pin::new(&mut *self.0).poll_write(context, bytes), context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        patiently(Pin::new(&mut *self.0).poll_flush(context), context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        patiently(Pin::new(&mut *self.0).poll_shutdown(context), context)
    }
}
