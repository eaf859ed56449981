//! How a lab leaves its sockets.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest, Ready};
use tokio::net::TcpStream;

use crate::player::Ending;

/// How long a server waits for a client that says nothing, before it resets.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often a server that reads nothing looks whether its client is still there.
const GLANCE: Duration = Duration::from_millis(50);

/// Ends a stream as the scenario wants it.
pub(crate) async fn end(mut stream: TcpStream, ending: Ending) {
    match ending {
        Ending::Reset => will_reset(&stream),
        Ending::Fin => {
            let _ = stream.shutdown().await;
            drain(&mut stream).await;
        }
        Ending::Silence => drain(&mut stream).await,
    }
}

/// The same, with nothing of what the client sends being read where that can be.
pub(crate) async fn end_unread(stream: TcpStream, ending: Ending) {
    match ending {
        Ending::Reset => {
            // A reset that meets the client while it still connects would look like a failure to connect.
            let _ = tokio::time::timeout(PATIENCE, stream.peek(&mut [0])).await;
            will_reset(&stream);
        }
        Ending::Fin => end(stream, ending).await,
        Ending::Silence => {
            while !is_closed(&stream).await {
                tokio::time::sleep(GLANCE).await;
            }
        }
    }
}

/// With a linger time of zero, closing sends a reset.
fn will_reset(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

/// Whether the client has closed, which can be seen although its bytes are not read.
async fn is_closed(stream: &TcpStream) -> bool {
    stream.ready(Interest::READABLE).await.map_or(true, Ready::is_read_closed)
}

/// Reads until the client has gone: closing over unread bytes would send a reset.
async fn drain(stream: &mut TcpStream) {
    let mut ignored = [0; 1024];
    while matches!(stream.read(&mut ignored).await, Ok(1..)) {}
}
