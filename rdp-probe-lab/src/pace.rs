//! A server that wants a pause between connections.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// When connections were served, by tokio's clock, which tests may stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace(Arc<Mutex<Served>>);

/// What came of the last connection that was served.
#[derive(Debug, Clone, Copy, Default)]
enum Served {
    /// There was none.
    #[default]
    None,
    /// It is being served.
    UnderWay,
    /// It ended then.
    Until(Instant),
}

impl Pace {
    /// Takes the place of the connection that is served, if none is and the last one ended so long ago.
    pub(crate) fn admit(&self, pause: Duration) -> Option<Place> {
        let mut served = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *served {
            Served::UnderWay => return None,
            Served::Until(end) if end.elapsed() < pause => return None,
            Served::Until(_) | Served::None => {}
        }
        *served = Served::UnderWay;
        Some(Place(self.clone()))
    }
}

/// The place of a connection that is served, for as long as it is.
#[derive(Debug)]
pub(crate) struct Place(Pace);

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = Served::Until(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn there_is_a_place_after_the_pause_and_none_before() {
        let pace = Pace::default();
        let first = pace.admit(PAUSE);
        tokio::time::advance(PAUSE * 2).await;
        assert!(first.is_some() && pace.admit(PAUSE).is_none(), "the first has not ended");
        drop(first);
        for _ in 0..9 {
            tokio::time::advance(PAUSE / 10).await;
            assert!(pace.admit(PAUSE).is_none());
        }
        tokio::time::advance(PAUSE / 10).await;
        assert!(pace.admit(PAUSE).is_some());
        assert!(pace.admit(PAUSE).is_none(), "the second has just ended");
    }
}
