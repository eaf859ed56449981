//! What the numbers mean: every code that a server sends or the Windows client shows, with how well it is known.
//!
//! ```
//! use rdp_probe::codes::{self, Namespace};
//!
//! let closed = codes::find(Namespace::DisconnectReason, 0x904).unwrap();
//! assert_eq!(closed.symbol, Some("disconnectReasonAtClientWinsockFDCLOSE"));
//! assert!(codes::called("errinfo_logoff_by_user").next().is_some());
//! ```

mod code;
mod credssp;
mod disconnect;
mod errinfo;
mod extended;
mod layer;
mod negotiation;
mod number;
mod package;
mod pair;
mod source;

pub use code::{Code, Mark, Namespace, Place, Shows};
pub use layer::Layer;
pub use number::{
    ClientStatus, DisconnectReason, EarlyAuthorization, ErrorInfo, ExtendedReason, NtStatus, RdstlsResult,
};
pub use pair::{Pair, Step, find_pair, next_steps};
pub(crate) use source::{CLIENT_TEXTS, ON_DISCONNECTED};

/// Every row of every table.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [disconnect::TABLE, extended::TABLE, errinfo::TABLE, negotiation::TABLE, credssp::TABLE, package::TABLE]
        .into_iter()
        .flatten()
}

/// The row of a number in a namespace.
#[must_use]
pub fn find(namespace: Namespace, number: u32) -> Option<&'static Code> {
    all().find(|code| code.namespace == namespace && code.number == number)
}

/// Every row that a word may mean: a number in hex (`0x904`) or decimal (`2308`, also negative as programs print
/// NTSTATUS), or a symbol in any case.
pub fn called(word: &str) -> impl Iterator<Item = &'static Code> {
    let word = word.trim().to_owned();
    all().filter(move |code| code.is_called(&word))
}

/// Reads a number in hex or decimal; a negative one stands for its 32 bits.
#[must_use]
pub fn parse_number(word: &str) -> Option<u32> {
    let hex = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
    match hex {
        Some(digits) if !digits.starts_with(['+', '-']) => u32::from_str_radix(digits, 16).ok(),
        Some(_) => None,
        None if word.starts_with('-') => word.parse::<i32>().ok().map(i32::cast_unsigned),
        None if word.starts_with('+') => None,
        None => word.parse().ok(),
    }
}
