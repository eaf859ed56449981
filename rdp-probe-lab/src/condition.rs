//! What a server looks for in a `ClientHello`.

use crate::flight::OldChoice;
use crate::handshake::is_agreeable;
use crate::hello::ClientHello;

/// Something that a `ClientHello` can be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Condition {
    /// It takes this version.
    Takes(u16),
    /// It takes the version and the suite that an old server chooses.
    TakesOld(OldChoice),
    /// It names the server.
    NamesServer,
    /// It is longer than so many bytes on the wire.
    LongerThan(usize),
    /// A sound server agrees to it.
    Agreeable,
}

impl Condition {
    /// Whether it is so of this `ClientHello`, whose records these are.
    pub(crate) fn holds(self, hello: &ClientHello, records: &[u8]) -> bool {
        match self {
            Self::Takes(version) => hello.takes_version(version),
            Self::TakesOld(choice) => choice.is_taken(hello),
            Self::NamesServer => hello.names_server,
            Self::LongerThan(length) => records.len() > length,
            Self::Agreeable => is_agreeable(records),
        }
    }
}
