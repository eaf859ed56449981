//! Connections that were opened: read, write, close.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rdp_probe::{Opened, Upgraded};
use tokio::io::{AsyncRead as _, AsyncWriteExt as _, ReadBuf, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

use crate::guard;
use crate::job::time;
use crate::runtime::Threads;
use crate::status::{Failure, RDP_PROBE_CLOSED, RDP_PROBE_IO, RDP_PROBE_TIMEOUT, Status};
use crate::text::{Bytes, buffer, bytes, optional_place, place, shared, take_back};

type Stream = Upgraded<TcpStream>;

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// An opened connection. One thread may read while another writes, and any may close it; further readers and writers wait for their
/// turn.
#[derive(Debug)]
pub struct Connection {
    selected: u32,
    flags: u8,
    is_tls: bool,
    key_info: Option<bytes::Bytes>,
    key: Option<bytes::Bytes>,
    reader: Mutex<Option<ReadHalf<Stream>>>,
    writer: Mutex<Option<WriteHalf<Stream>>>,
    closed: watch::Sender<bool>,
    // Behind the stream, which is theirs: they are dropped in this order.
    threads: Arc<Threads>,
}

impl Connection {
    pub(crate) fn new(opened: Opened<TcpStream>, threads: Arc<Threads>) -> (Self, rdp_probe::Report) {
        let is_tls = opened.stream.is_tls();
        let (reader, writer) = tokio::io::split(opened.stream);
        let connection = Self {
            selected: opened.selected,
            flags: opened.flags,
            is_tls,
            key_info: opened.subject_public_key_info,
            key: opened.subject_public_key,
            reader: Mutex::new(Some(reader)),
            writer: Mutex::new(Some(writer)),
            closed: watch::Sender::new(false),
            threads,
        };
        (connection, opened.report)
    }

    /// What comes of this by then, unless the connection is closed meanwhile.
    fn until<T>(&self, limit: Option<Duration>, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let limited = async {
            match limit {
                Some(limit) => {
                    timeout(limit, work).await.unwrap_or_else(|_| Err(Failure::new(RDP_PROBE_TIMEOUT, "timed out")))
                }
                None => work.await,
            }
        };
        let mut closed = self.closed.subscribe();
        self.threads.wait(async {
            tokio::select! {
                biased;
                _ = closed.wait_for(|is| *is) => Err(is_closed()),
                done = limited => done,
            }
        })?
    }

    fn read(&self, buffer: &mut [MaybeUninit<u8>], limit: Option<Duration>) -> Result<usize, Failure> {
        self.until(limit, async {
            let mut reader = self.reader.lock().await;
            let reader = reader.as_mut().ok_or_else(is_closed)?;
            let mut buffer = ReadBuf::uninit(buffer);
            let read = poll_fn(|context| Pin::new(&mut *reader).poll_read(context, &mut buffer)).await;
            match read {
                // Many servers say no goodbye in TLS. What is missing of RDP, its own lengths tell.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
                read => read.map(|()| buffer.filled().len()).map_err(|error| io_failure(&error)),
            }
        })
    }

    /// Writes all of it, and counts what was written.
    fn write(&self, bytes: &[u8], limit: Option<Duration>, written: &mut usize) -> Result<(), Failure> {
        self.until(limit, async {
            let mut writer = self.writer.lock().await;
            let writer = writer.as_mut().ok_or_else(is_closed)?;
            while let Some(rest) = bytes.get(*written..).filter(|rest| !rest.is_empty()) {
                // One slice at a time: that is sent without SIGPIPE, which several would not be.
                match writer.write(rest).await.map_err(|error| io_failure(&error))? {
                    0 => return Err(io_failure(&io::ErrorKind::WriteZero.into())),
                    count => *written = written.saturating_add(count),
                }
            }
            writer.flush().await.map_err(|error| io_failure(&error))
        })
    }

    fn close(&self) -> Result<(), Failure> {
        // Whoever reads or writes gives its half back now.
        self.closed.send_replace(true);
        self.threads.wait(async {
            drop(self.reader.lock().await.take());
            let writer = self.writer.lock().await.take();
            if let Some(mut writer) = writer {
                // Whether the goodbye is heard is not for the caller to worry about.
                let _ = timeout(GOODBYE, writer.shutdown()).await;
            }
        })
    }
}

fn io_failure(error: &io::Error) -> Failure {
    Failure::io(RDP_PROBE_IO, error)
}

fn is_closed() -> Failure {
    Failure::new(RDP_PROBE_CLOSED, "the connection was closed on this side")
}

/// Reads something from a connection.
///
/// # Safety
/// The connection is NULL, or lives.
unsafe fn about<T: Copy>(connection: *const Connection, otherwise: T, by: impl FnOnce(&Connection) -> T) -> T {
    // SAFETY: as the caller promises.
    guard::value(otherwise, || unsafe { shared(connection, "connection") }.map_or(otherwise, by))
}

/// The protocol that the server chose, as it travels: 0 is standard RDP security, 1 TLS, 2 CredSSP, 8 CredSSP with early user
/// authorization.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_connection_selected(connection: *const Connection) -> u32 {
    // SAFETY: a connection that lives, or NULL.
    unsafe { about(connection, 0, |connection| connection.selected) }
}

/// The flags of the server's answer, as they travel.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_connection_flags(connection: *const Connection) -> u32 {
    // SAFETY: a connection that lives, or NULL.
    unsafe { about(connection, 0, |connection| connection.flags.into()) }
}

/// Whether what is read and written goes through TLS: 1, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_connection_is_tls(connection: *const Connection) -> u32 {
    // SAFETY: a connection that lives, or NULL.
    unsafe { about(connection, 0, |connection| connection.is_tls.into()) }
}

/// The SubjectPublicKey of the server's certificate, which CredSSP binds to. Empty without TLS. It belongs to the connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_connection_public_key(connection: *const Connection) -> Bytes {
    let by = |connection: &Connection| connection.key.as_deref().map_or(Bytes::EMPTY, Bytes::of);
    // SAFETY: a connection that lives, or NULL; the bytes stay with it.
    unsafe { about(connection, Bytes::EMPTY, by) }
}

/// The SubjectPublicKeyInfo of the server's certificate, as DER. Empty without TLS. It belongs to the connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_connection_public_key_info(connection: *const Connection) -> Bytes {
    let by = |connection: &Connection| connection.key_info.as_deref().map_or(Bytes::EMPTY, Bytes::of);
    // SAFETY: a connection that lives, or NULL; the bytes stay with it.
    unsafe { about(connection, Bytes::EMPTY, by) }
}

/// Reads what comes, at most so many bytes, and waits for the first of them; for others that read it waits as well. RDP_PROBE_OK and 0 read: the server has ended, or there
/// was no room. RDP_PROBE_TIMEOUT: nothing has come by then, and nothing is lost.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_connection_read(
    connection: *const Connection,
    buffer: *mut u8,
    capacity: usize,
    timeout_ms: u32,
    read: *mut usize,
) -> Status {
    guard::status(|| {
        // SAFETY: a place for a number.
        let out = unsafe { place(read, "read") }?;
        // SAFETY: a connection that lives.
        let connection = unsafe { shared(connection, "connection") }?;
        // SAFETY: so many bytes of the caller's.
        let buffer = unsafe { self::buffer(buffer, capacity, "buffer") }?;
        out.write(connection.read(buffer, time(timeout_ms))?);
        Ok(())
    })
}

/// Writes all of these bytes. However it ends, the number of those that were taken is written, unless its place is NULL: behind
/// RDP_PROBE_TIMEOUT, call again with the rest until it is RDP_PROBE_OK, with no bytes too: what was taken may not have been sent yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_connection_write(
    connection: *const Connection,
    bytes: *const u8,
    len: usize,
    timeout_ms: u32,
    written: *mut usize,
) -> Status {
    guard::status(|| {
        // SAFETY: a place for a number, or NULL.
        let out = unsafe { optional_place(written) };
        // SAFETY: a connection that lives.
        let connection = unsafe { shared(connection, "connection") }?;
        // SAFETY: bytes that stay for the call.
        let bytes = unsafe { self::bytes(bytes, len, "bytes") }?;
        let mut count = 0;
        let done = connection.write(bytes, time(timeout_ms), &mut count);
        if let Some(out) = out {
            out.write(count);
        }
        done
    })
}

/// Says goodbye and closes the connection, from any thread. Calls under way with it end with RDP_PROBE_CLOSED, as do later ones.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_connection_close(connection: *const Connection) -> Status {
    // SAFETY: a connection that lives.
    guard::status(|| unsafe { shared(connection, "connection") }?.close())
}

/// Closes a connection, unless it is closed already, and frees it. No other call may be under way with it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_connection_free(connection: *mut Connection) {
    guard::value((), || {
        // SAFETY: given away by what opened it, and freed once.
        let Some(connection) = (unsafe { take_back(connection) }) else { return };
        let _ = connection.close();
    });
}
