//! Two ways to do the same, held against each other: by turns, so that whatever else the machine does meets both alike.

use std::fmt;

/// What one way took in proportion to the other, for each pair of turns.
#[derive(Debug, Clone)]
pub struct Ratios(Vec<f64>);

impl Ratios {
    /// Takes so many pairs of turns. In every second pair the other way is first.
    ///
    /// # Errors
    /// The first of a turn.
    pub fn of<E>(
        pairs: usize,
        mut this: impl FnMut() -> Result<f64, E>,
        mut other: impl FnMut() -> Result<f64, E>,
    ) -> Result<Self, E> {
        let mut ratios = Vec::with_capacity(pairs);
        for pair in 0..pairs {
            let (above, below) = if pair % 2 == 0 {
                let above = this()?;
                (above, other()?)
            } else {
                let below = other()?;
                (this()?, below)
            };
            ratios.push(above / below);
        }
        Ok(Self(ratios))
    }

    /// The one in the middle.
    #[must_use]
    pub fn median(&self) -> f64 {
        quantile(&self.0, 0.5)
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = f64> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<f64> for Ratios {
    fn from_iter<I: IntoIterator<Item = f64>>(ratios: I) -> Self {
        Self(ratios.into_iter().collect())
    }
}

/// The median, and between which two the middle half lies.
impl fmt::Display for Ratios {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, middle, high] = [0.25, 0.5, 0.75].map(|share| quantile(&self.0, share));
        write!(f, "{middle:.3} (half of {} between {low:.3} and {high:.3})", self.0.len())
    }
}

/// The median of some numbers; not a number where there are none.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list"
)]
fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len().saturating_sub(1)) as f64 * share;
    let (below, above) = (sorted.get(place.floor() as usize), sorted.get(place.ceil() as usize));
    below.zip(above).map_or(f64::NAN, |(below, above)| below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_counts_once_and_odd_ones_do_not_move_the_median() {
        let mut turns = [2.0, 2.2, 90.0, 2.1].into_iter();
        let ratios = Ratios::of(4, || turns.next().ok_or(()), || Ok(1.0)).unwrap();
        assert!((ratios.median() - 2.15).abs() < 1e-9 && ratios.iter().count() == 4);
        assert_eq!(ratios.to_string(), "2.150 (half of 4 between 2.075 and 24.150)");
        assert_eq!(Ratios::of(5, || turns.next().ok_or(()), || Ok(1.0)).unwrap_err(), ());
        assert!(median(&[]).is_nan());
    }
}
