//! A network that counts, where every connection is refused after as many milliseconds as the port says.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rdp_probe::{Network, OsError, Target};
use tokio::io::DuplexStream;
use tokio::time::sleep;

use super::support::ms;

/// Connecting to this port is the network's own fault.
pub(crate) const PANICS: u16 = 65_535;

/// A target whose probe takes so many milliseconds.
pub(crate) fn lasting(milliseconds: u16) -> Target {
    Target::from(SocketAddr::from((Ipv4Addr::new(10, 0, 0, 7), milliseconds)))
}

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicUsize,
    under_way: AtomicUsize,
    peak: AtomicUsize,
}

/// Clones count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted(Arc<Counts>);

impl Counted {
    pub(crate) fn begun(&self) -> usize {
        self.0.begun.load(Ordering::SeqCst)
    }

    pub(crate) fn under_way(&self) -> usize {
        self.0.under_way.load(Ordering::SeqCst)
    }

    pub(crate) fn peak(&self) -> usize {
        self.0.peak.load(Ordering::SeqCst)
    }
}

/// A connection that is under way for as long as it is not dropped.
struct UnderWay<'a>(&'a Counts);

impl<'a> UnderWay<'a> {
    fn begin(counts: &'a Counts) -> Self {
        counts.begun.fetch_add(1, Ordering::SeqCst);
        let now = counts.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        counts.peak.fetch_max(now, Ordering::SeqCst);
        Self(counts)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Network for Counted {
    type Stream = DuplexStream;

    async fn resolve(&self, _host: &str, _port: u16) -> Result<Vec<SocketAddr>, OsError> {
        Err(OsError::UNKNOWN)
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<DuplexStream> {
        let _under_way = UnderWay::begin(&self.0);
        if address.port() == PANICS {
            sleep(ms(20)).await;
            panic!("the network's own fault");
        }
        sleep(ms(u64::from(address.port()))).await;
        Err(io::ErrorKind::ConnectionRefused.into())
    }
}
