//! The peer: what it does, read from bytes, one act after the other.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::LabKey;
use crate::tls::{Versions, server_config};

/// The most that a peer does.
const MOST_ACTS: usize = 60;

/// How long it waits for the client.
const PATIENCE: Duration = Duration::from_millis(100);

/// A fuzzer's bytes.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl Bytes<'_> {
    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn short(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = usize::from(self.short());
        let (read, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        read.to_vec()
    }

    pub(super) fn acts(&mut self) -> Vec<Act> {
        let mut acts = Vec::new();
        while !self.0.is_empty() && acts.len() < MOST_ACTS {
            acts.push(Act::read(self));
        }
        acts
    }
}

/// What a peer does next.
pub(super) enum Act {
    /// It reads what there is.
    Hear,
    /// It says this: inside TLS, where that stands.
    Say(Vec<u8>),
    /// It says this under TLS, whether that stands or not.
    Raw(Vec<u8>),
    /// It confirms a request, and chooses this protocol.
    Confirm(u8),
    /// It does its part of a TLS handshake.
    Shake,
    /// It waits for so many milliseconds.
    Wait(u16),
    /// It ends TLS, or the stream, in an orderly way, and may go on below.
    Goodbye,
}

impl Act {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        match bytes.byte() % 7 {
            0 => Self::Hear,
            1 => Self::Say(bytes.bytes()),
            2 => Self::Raw(bytes.bytes()),
            3 => Self::Confirm(bytes.byte()),
            4 => Self::Shake,
            5 => Self::Wait(bytes.short()),
            _ => Self::Goodbye,
        }
    }

    pub(super) fn write(&self, to: &mut Vec<u8>) {
        let with = |to: &mut Vec<u8>, kind: u8, bytes: &[u8]| {
            let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
            to.push(kind);
            to.extend(length.to_be_bytes());
            to.extend(bytes.iter().take(length.into()));
        };
        match self {
            Self::Hear => to.push(0),
            Self::Say(bytes) => with(to, 1, bytes),
            Self::Raw(bytes) => with(to, 2, bytes),
            Self::Confirm(selected) => to.extend([3, *selected]),
            Self::Shake => to.push(4),
            Self::Wait(millis) => {
                to.push(5);
                to.extend(millis.to_be_bytes());
            }
            Self::Goodbye => to.push(6),
        }
    }
}

/// A peer and its TLS.
pub(super) struct Peer {
    config: &'static Arc<ServerConfig>,
}

/// Versions, by the key of each. The short key is signed with by slow code, and read by code of our own.
static CONFIGS: LazyLock<Vec<Arc<ServerConfig>>> = LazyLock::new(|| {
    let of = |key: LabKey, versions| server_config(vec![super::certificate(key)], key, versions).expect("a server");
    vec![
        of(LabKey::EcdsaP256, Versions::Both),
        of(LabKey::EcdsaP256, Versions::Tls12),
        of(LabKey::EcdsaP256, Versions::Tls13),
        of(LabKey::Rsa1024, Versions::Both),
    ]
});

/// Its side of the stream.
pub(super) enum Side {
    Plain(DuplexStream),
    Tls(Box<TlsStream<DuplexStream>>),
}

impl Peer {
    pub(super) fn of(byte: u8) -> Self {
        // The slow one is seldom chosen.
        let place = if byte >= 0xF8 { 3 } else { usize::from(byte) % 3 };
        Self { config: &CONFIGS[place] }
    }

    /// Does all of this, and gives its side of the stream back: what is done with it is the last act.
    pub(super) async fn play(&self, stream: DuplexStream, acts: &[Act]) -> Side {
        let mut side = Side::Plain(stream);
        for act in acts {
            side = self.act(side, act).await;
        }
        side
    }

    async fn act(&self, mut side: Side, act: &Act) -> Side {
        match act {
            Act::Hear => side.hear().await,
            Act::Say(bytes) => side.say(bytes).await,
            Act::Raw(bytes) => side.raw(bytes).await,
            Act::Confirm(selected) => {
                side.raw(&[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0x1F, 8, 0, *selected, 0, 0, 0]).await;
            }
            Act::Shake => return self.shake(side).await,
            Act::Wait(millis) => sleep(Duration::from_millis((*millis).into())).await,
            Act::Goodbye => side.goodbye().await,
        }
        side
    }

    async fn shake(&self, side: Side) -> Side {
        let Side::Plain(stream) = side else { return side };
        match TlsAcceptor::from(Arc::clone(self.config)).accept(stream).into_fallible().await {
            Ok(stream) => Side::Tls(Box::new(stream)),
            Err((_, stream)) => Side::Plain(stream),
        }
    }
}

impl Side {
    /// The client may have gone, or never read: that is for the probe to tell, and no error here.
    async fn say(&mut self, bytes: &[u8]) {
        let all = async {
            match self {
                Self::Plain(stream) => stream.write_all(bytes).await,
                Self::Tls(stream) => {
                    stream.write_all(bytes).await?;
                    stream.flush().await
                }
            }
        };
        let _ = timeout(PATIENCE, all).await;
    }

    async fn raw(&mut self, bytes: &[u8]) {
        let stream = match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_mut().0,
        };
        let _ = timeout(PATIENCE, stream.write_all(bytes)).await;
    }

    async fn hear(&mut self) {
        let mut buffer = [0; 2048];
        let _ = match self {
            Self::Plain(stream) => timeout(PATIENCE, stream.read(&mut buffer)).await,
            Self::Tls(stream) => timeout(PATIENCE, stream.read(&mut buffer)).await,
        };
    }

    async fn goodbye(&mut self) {
        let _ = match self {
            Self::Plain(stream) => timeout(PATIENCE, stream.shutdown()).await,
            Self::Tls(stream) => {
                stream.get_mut().1.send_close_notify();
                timeout(PATIENCE, stream.flush()).await
            }
        };
    }
}
