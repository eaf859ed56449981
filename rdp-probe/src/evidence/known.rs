//! What a target is known by from before.

use bytes::Bytes;

/// The certificate that a target is known by, as whoever keeps such things says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Known {
    /// Nobody was asked.
    #[default]
    Unasked,
    /// None is known: this is the first use.
    Nothing,
    /// This one, as DER. One that cannot be read is no reason to trust another.
    Certificate(Bytes),
    /// Whoever was asked could not say.
    Unavailable,
}
