//! The operating system's resolver, which blocks and cannot be cancelled.

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::LazyLock;

use dns_lookup::{AddrInfoHints, LookupError, LookupErrorKind, SockType, getaddrinfo};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task_local;

use crate::evidence::{OsError, OsErrorKind, OsErrorSpace};

/// Lookups under way in this process. One that hangs keeps its place until the system lets it go.
const AT_ONCE: usize = 64;

static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(AT_ONCE)));

task_local! {
    /// The place that was waited for before the time of the probe began.
    static KEPT: RefCell<Option<Place>>;
}

/// A lookup's place among those under way.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
}

/// Waits for a place. `None` does not occur: nobody closes the semaphore.
pub(super) async fn place() -> Option<Place> {
    Arc::clone(&PLACES).acquire_owned().await.ok().map(|permit| Place { _permit: permit })
}

/// Runs a probe whose lookup has this place.
pub(super) async fn keeping<F: Future>(place: Option<Place>, probe: F) -> F::Output {
    KEPT.scope(RefCell::new(place), probe).await
}

/// Asks the system, on a thread of its own: when nobody waits any more the call is abandoned, never joined.
pub(super) async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, OsError> {
    let kept = KEPT.try_with(|kept| kept.borrow_mut().take()).ok().flatten();
    let place = match kept {
        Some(place) => place,
        None => place().await.ok_or(OsError::UNKNOWN)?,
    };
    let (sender, receiver) = oneshot::channel();
    let host = host.to_owned();
    let lookup = move || {
        let answer = look_up(&host, port);
        drop(place);
        // Nobody may be waiting any more.
        let _ = sender.send(answer);
    };
    let thread = std::thread::Builder::new().name("rdp-probe lookup".to_owned()).spawn(lookup);
    thread.map_err(|error| OsError { kind: OsErrorKind::OutOfResources, ..OsError::from(&error) })?;
    receiver.await.unwrap_or(Err(OsError::UNKNOWN))
}

fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, OsError> {
    let hints = AddrInfoHints { socktype: SockType::Stream.into(), ..AddrInfoHints::default() };
    let found = getaddrinfo(Some(host), None, Some(hints)).map_err(os_error)?;
    let addresses = found.filter_map(Result::ok).map(|info| {
        let mut address = info.sockaddr;
        address.set_port(port);
        address
    });
    Ok(addresses.collect())
}

fn os_error(error: LookupError) -> OsError {
    // The resolver only passes an error of a system call on, whose number says more than its own.
    if matches!(error.kind(), LookupErrorKind::System) {
        return OsError::from(&io::Error::from(error));
    }
    let kind = match error.kind() {
        LookupErrorKind::NoName | LookupErrorKind::NoData => OsErrorKind::NameNotFound,
        LookupErrorKind::Again | LookupErrorKind::Fail => OsErrorKind::NameServerFailed,
        LookupErrorKind::Memory => OsErrorKind::OutOfResources,
        _ => OsErrorKind::Other,
    };
    OsError { space: OsErrorSpace::Resolver, code: Some(error.error_num()), kind }
}
