//! Plays the server's side of a transcript.

use std::io;
use std::time::Duration;

use rdp_probe::transcript::{Event, Happening};
use rdp_probe::{Close, Handshake, HandshakeEnd, Protocols, Transcript};
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::behaviour::now;
use crate::certificate::LabCertificate;
use crate::handshake::{Identity, read_client_hello, serve_tls};
use crate::key::LabKey;
use crate::tls::Versions;
use crate::watch::{Seen, Teller};

/// How a server leaves its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ending {
    /// It closes in an orderly way.
    Fin,
    /// It resets the connection.
    Reset,
    /// It says nothing more, and waits for the client to go.
    Silence,
}

/// Plays the server of a transcript over a stream, at the transcript's pace, and says how the stream is to end.
///
/// Bytes are sent as they were recorded, with two exceptions that cryptography forces. A completed TLS handshake is
/// held with a real one: with the recorded certificates where the lab has their key ([`LabKey::of_certificate`]), else
/// with the lab's own; not so one that was read in clear text and no further, whose bytes are known. And an error of the operating system is played as a reset.
///
/// # Errors
/// If the client does not do its part: it closes early or breaks TLS.
pub async fn play<S: AsyncRead + AsyncWrite + Unpin>(transcript: &Transcript, stream: &mut S) -> io::Result<Ending> {
    play_told(transcript, stream, &Teller::mute()).await
}

/// The same, and what happens is told.
pub(crate) async fn play_told<S>(transcript: &Transcript, stream: &mut S, teller: &Teller) -> io::Result<Ending>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut before = transcript.started;
    for Event { at, what, .. } in &transcript.events {
        let pause = at.saturating_sub(before);
        before = *at;
        match what {
            Happening::Sent(bytes) => {
                let mut request = vec![0; bytes.len()];
                stream.read_exact(&mut request).await?;
            }
            Happening::Received(bytes) => {
                wait(pause).await;
                stream.write_all(bytes).await?;
                stream.flush().await?;
                teller.tell(|| Seen::Answered(bytes.clone()));
            }
            Happening::Closed(close) => {
                wait(pause).await;
                return Ok(if *close == Close::Fin { Ending::Fin } else { Ending::Reset });
            }
            Happening::Tls(handshake) if handshake.end == HandshakeEnd::Complete && handshake.flight.is_empty() => {
                return hold(stream, handshake, transcript.plan.offer, teller).await;
            }
            Happening::Tls(handshake) => return break_off(stream, handshake, pause, teller).await,
            _ => return Ok(Ending::Silence),
        }
    }
    Ok(Ending::Silence)
}

async fn wait(pause: Duration) {
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
}

/// Plays a handshake that was not completed.
async fn break_off<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    handshake: &Handshake,
    pause: Duration,
    teller: &Teller,
) -> io::Result<Ending> {
    read_client_hello(stream, teller).await?;
    if handshake.end != HandshakeEnd::Timeout {
        wait(pause).await;
    }
    if !handshake.flight.is_empty() {
        stream.write_all(&handshake.flight).await?;
        stream.flush().await?;
        teller.tell(|| Seen::Answered(handshake.flight.clone()));
    }
    Ok(match handshake.end {
        HandshakeEnd::Reset | HandshakeEnd::Os(_) => Ending::Reset,
        HandshakeEnd::Timeout => Ending::Silence,
        _ => Ending::Fin,
    })
}

/// Holds a handshake that was completed.
async fn hold<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    handshake: &Handshake,
    offer: Protocols,
    teller: &Teller,
) -> io::Result<Ending> {
    let key = handshake.chain.first().and_then(|leaf| LabKey::of_certificate(leaf));
    let recorded = || handshake.chain.iter().map(|der| CertificateDer::from(der.to_vec())).collect();
    // Without their key, the lab's own certificate stands in for the recorded ones.
    let stand_in = || Identity::from(LabCertificate::healthy(now()));
    let identity = key.map_or_else(stand_in, |key| Identity { chain: recorded(), key });
    let versions = match handshake.session {
        Some(session) if session.version == 0x0303 => Versions::Tls12,
        Some(session) if session.version == 0x0304 => Versions::Tls13,
        _ => Versions::Both,
    };
    serve_tls(stream, identity, versions, offer, teller).await
}
