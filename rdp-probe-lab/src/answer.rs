//! What a server answers to the Connection Request.

use std::io;
use std::time::Duration;

use rdp_probe::Protocols;
use tokio::io::AsyncWrite;

use crate::behaviour::send;
use crate::flood::Flood;
use crate::policy::Policy;
use crate::watch::{Seen, Teller};

/// What the server answers to the Connection Request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// Nothing.
    Nothing,
    /// These bytes, whatever was asked.
    Bytes(&'static [u8]),
    /// What this policy makes of the offer.
    Negotiate(Policy),
    /// The same, one byte at a time.
    Drip(Policy, Duration),
    /// So many bytes of the same.
    Cut(Policy, usize),
    /// The same, and in one piece with it these bytes.
    Trailed(Policy, &'static [u8]),
    /// Bytes without end.
    Flood(Flood),
    /// Nothing, and nothing follows: the end.
    Close,
    /// The first answer to a request that offers all of these protocols, the second to others.
    IfOffers(Protocols, &'static Self, &'static Self),
}

/// Whether the answer leaves the way to what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Free,
    Barred,
}

impl Answer {
    /// Answers.
    pub(crate) async fn give<S>(self, stream: &mut S, offer: Protocols, teller: &Teller) -> io::Result<Way>
    where
        S: AsyncWrite + Unpin,
    {
        let this = self.to(offer);
        let (mut bytes, way) = this.bytes(offer);
        match this {
            Self::Nothing => return Ok(Way::Free),
            Self::Close | Self::IfOffers(..) => return Ok(Way::Barred),
            Self::Flood(flood) => return flood.pour(stream, teller).await.map(|_| Way::Free),
            Self::Drip(_, pause) => {
                for byte in &bytes {
                    send(stream, &[*byte]).await?;
                    tokio::time::sleep(pause).await;
                }
            }
            Self::Bytes(_) | Self::Negotiate(_) => send(stream, &bytes).await?,
            Self::Cut(_, count) => {
                bytes.truncate(count);
                send(stream, &bytes).await?;
            }
            Self::Trailed(_, behind) => {
                bytes.extend_from_slice(behind);
                send(stream, &bytes).await?;
            }
        }
        teller.tell(|| Seen::Answered(bytes.into()));
        Ok(way)
    }

    /// The answer to this offer.
    const fn to(self, offer: Protocols) -> Self {
        match self {
            Self::IfOffers(protocols, so, _) if offer.contains(protocols) => *so,
            Self::IfOffers(_, _, otherwise) => *otherwise,
            answer => answer,
        }
    }

    /// The whole answer, as it would be without further ado.
    fn bytes(self, offer: Protocols) -> (Vec<u8>, Way) {
        match self {
            Self::Nothing | Self::Flood(_) => (Vec::new(), Way::Free),
            Self::Close | Self::IfOffers(..) => (Vec::new(), Way::Barred),
            Self::Bytes(bytes) => (bytes.to_vec(), Way::Free),
            Self::Cut(policy, _) => (policy.answer(offer).packet, Way::Free),
            Self::Negotiate(policy) | Self::Drip(policy, _) | Self::Trailed(policy, _) => {
                let reply = policy.answer(offer);
                (reply.packet, if reply.starts_tls { Way::Free } else { Way::Barred })
            }
        }
    }
}
