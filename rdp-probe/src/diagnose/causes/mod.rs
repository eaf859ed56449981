//! The table of causes: one row of text each. A file a stage for what one connection shows, then the faults behind it.

mod certificate;
mod connect;
mod logon;
mod negotiate;
mod network;
mod nla;
mod proxy;
mod remedy;
mod resolve;
mod server;
mod several;
mod tls;

use super::cause::Cause;
use super::cause_text::CauseText;

/// Every row, in the order of the enum.
pub(crate) fn all() -> impl Iterator<Item = &'static CauseText> {
    [
        resolve::CAUSES,
        connect::CAUSES,
        proxy::CAUSES,
        negotiate::CAUSES,
        tls::CAUSES,
        nla::CAUSES,
        certificate::CAUSES,
        several::CAUSES,
        server::CAUSES,
        network::CAUSES,
        logon::CAUSES,
    ]
    .into_iter()
    .flatten()
}

/// The row of one cause.
pub(crate) fn text(cause: Cause) -> &'static CauseText {
    // Every cause has its row: `tests/tables.rs` walks them all.
    all().find(|text| text.cause == cause).unwrap_or(&certificate::NO_FAULT_FOUND)
}
