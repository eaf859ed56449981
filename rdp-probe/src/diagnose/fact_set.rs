//! A set of facts, as a mask of one bit each that constants can be made of.

use super::fact::Fact;

/// How many facts there may be.
pub(super) const ROOM: usize = 256;

/// Several facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FactSet {
    low: u128,
    high: u128,
}

impl FactSet {
    /// None of them.
    pub(crate) const EMPTY: Self = Self { low: 0, high: 0 };

    /// These.
    #[must_use]
    pub(crate) const fn of(facts: &[Fact]) -> Self {
        let mut set = Self::EMPTY;
        let mut rest = facts;
        while let [first, behind @ ..] = rest {
            let bit = *first as u32;
            set = set.union(match bit.checked_sub(u128::BITS) {
                None => Self { low: 1 << bit, high: 0 },
                Some(bit) => Self { low: 0, high: 1 << bit },
            });
            rest = behind;
        }
        set
    }

    /// What is in either.
    #[must_use]
    pub(crate) const fn union(self, other: Self) -> Self {
        Self { low: self.low | other.low, high: self.high | other.high }
    }

    /// What is in both.
    #[must_use]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self { low: self.low & other.low, high: self.high & other.high }
    }

    /// What is in this one alone.
    #[must_use]
    pub(crate) const fn without(self, other: Self) -> Self {
        Self { low: self.low & !other.low, high: self.high & !other.high }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub(crate) const fn is_empty(self) -> bool {
        self.low == 0 && self.high == 0
    }

    /// Whether all of it is in the other.
    #[must_use]
    pub(crate) const fn is_within(self, other: Self) -> bool {
        self.without(other).is_empty()
    }
}
