//! What was seen, some of which may be left to work out until somebody looks.

use std::fmt;
use std::sync::OnceLock;

use crate::evidence::Evidence;

/// Evidence, and what is still to be added to it: cryptography, which the core has none of, and which nobody who only asks how a
/// connection ended needs.
#[derive(Clone)]
pub(super) struct Seen {
    evidence: Box<Evidence>,
    rest: Option<fn(&mut Evidence)>,
    whole: OnceLock<Box<Evidence>>,
}

impl Seen {
    /// `rest` adds what is missing. It changes neither the stage nor the end, nor what was asked for.
    #[cfg(feature = "tokio")]
    pub(super) const fn but_for(evidence: Box<Evidence>, rest: fn(&mut Evidence)) -> Self {
        Self { evidence, rest: Some(rest), whole: OnceLock::new() }
    }

    /// All of it.
    pub(super) fn whole(&self) -> &Evidence {
        let Some(rest) = self.rest else { return &self.evidence };
        self.whole.get_or_init(|| {
            let mut evidence = self.evidence.clone();
            rest(&mut evidence);
            evidence
        })
    }

    /// What needs no more work: everything that `rest` leaves alone.
    pub(super) const fn at_hand(&self) -> &Evidence {
        &self.evidence
    }

    /// All of it, for keeps.
    pub(super) fn into_whole(mut self) -> Evidence {
        match (self.whole.into_inner(), self.rest) {
            (Some(whole), _) => *whole,
            (None, Some(rest)) => {
                rest(&mut self.evidence);
                *self.evidence
            }
            (None, None) => *self.evidence,
        }
    }
}

impl From<Evidence> for Seen {
    fn from(evidence: Evidence) -> Self {
        Self { evidence: Box::new(evidence), rest: None, whole: OnceLock::new() }
    }
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        self.whole() == other.whole()
    }
}

impl Eq for Seen {}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.whole().fmt(f)
    }
}
