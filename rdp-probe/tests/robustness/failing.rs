//! A network whose calls fail with numbers of the operating system.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use rdp_probe::{Network, OsError};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

/// Where the system fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fails {
    Lookup,
    Connect,
    /// Writing or reading, when so many bytes have been read.
    Write(usize),
    Read(usize),
}

/// A network that fails so, with this number.
pub(crate) struct Short {
    fails: Fails,
    number: i32,
    peer: Mutex<Option<DuplexStream>>,
}

impl Short {
    /// The network, and the far end of its only connection.
    pub(crate) fn new(fails: Fails, number: i32) -> (Self, DuplexStream) {
        let (near, far) = tokio::io::duplex(16_384);
        (Self { fails, number, peer: Some(near).into() }, far)
    }
}

impl Network for Short {
    type Stream = Failing;

    async fn resolve(&self, _host: &str, port: u16) -> Result<Vec<SocketAddr>, OsError> {
        match self.fails {
            Fails::Lookup => Err(OsError::from(&io::Error::from_raw_os_error(self.number))),
            _ => Ok(vec![SocketAddr::from(([10, 0, 0, 7], port))]),
        }
    }

    async fn connect(&self, _address: SocketAddr) -> io::Result<Failing> {
        if self.fails == Fails::Connect {
            return Err(io::Error::from_raw_os_error(self.number));
        }
        let inner = self.peer.lock().unwrap().take().expect("one connection");
        Ok(Failing { inner, fails: self.fails, number: self.number, read: 0, again: 0 })
    }
}

/// A stream on which a call fails.
pub(crate) struct Failing {
    inner: DuplexStream,
    fails: Fails,
    number: i32,
    read: usize,
    /// How often a call is interrupted before it goes on, where that is what fails.
    again: usize,
}

pub(crate) const INTERRUPTED: i32 = 4;

/// More than any call is tried in a row; odd, so that where reading and writing are tried by turns, each goes on at times.
const TIMES: usize = 1_001;

impl Failing {
    /// The failure, where it is due. What is interrupted goes on in the end.
    fn failure(&mut self, due: bool) -> Option<io::Error> {
        if self.number == INTERRUPTED {
            self.again += 1;
            return (!self.again.is_multiple_of(TIMES)).then(|| io::ErrorKind::Interrupted.into());
        }
        due.then(|| io::Error::from_raw_os_error(self.number))
    }
}

impl AsyncRead for Failing {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = match self.fails {
            Fails::Read(most) => most - self.read,
            _ => usize::MAX,
        };
        if let Some(error) = self.failure(left == 0) {
            return Poll::Ready(Err(error));
        }
        let before = buffer.filled().len();
        let mut part = buffer.take(left);
        let polled = Pin::new(&mut self.inner).poll_read(context, &mut part);
        let count = part.filled().len();
        buffer.set_filled(before + count);
        self.read += count;
        polled
    }
}

impl AsyncWrite for Failing {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let due = matches!(self.fails, Fails::Write(behind) if self.read >= behind);
        match self.failure(due) {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.inner).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
