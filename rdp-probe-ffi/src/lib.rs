//! The C ABI of rdp-probe: `librdp_probe` and `rdp_probe.h`.
//!
//! The header is what describes it; these functions say the same. What is here beside them: each is guarded against panics and
//! NULL ([`mod@guard`]), statuses are numbers with a text behind them ([`mod@status`]), and callbacks come from one thread of each prober
//! ([`mod@dispatcher`]).
//!
//! What is unsafe here is to follow pointers of the caller's, to free what was given to the caller, and to call functions of the
//! caller's. NULL, lengths, UTF-8 and numbers are looked at; what a pointer is of, that it lives, and who else uses it meanwhile, only
//! the caller knows, and the header says of each kind of object what has to hold. That is what a `SAFETY` names in an exported function.
#![expect(
    rustdoc::private_intra_doc_links,
    reason = "what C sees is the header; these pages are for whoever works on it"
)]

mod batch;
mod certificate;
mod connection;
mod credentials;
mod diagnosis;
mod dispatcher;
mod engine;
mod explanation;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod guard;
mod hand_over;
#[cfg(feature = "inject-panics")]
mod inject;
mod job;
mod known;
mod log;
mod logon;
#[cfg(all(test, rdp_probe_loom))]
mod models;
mod number;
mod open;
mod options;
mod prober;
mod report;
mod request;
#[cfg_attr(rdp_probe_loom, path = "sync/threads.rs")]
mod runtime;
mod status;
mod sync;
mod text;
mod trust;

// Last, as the header follows this order.
mod cause;

pub use batch::Done;
pub use cause::*;
pub use certificate::*;
pub use connection::*;
pub use credentials::*;
pub use diagnosis::*;
pub use explanation::*;
pub use job::*;
pub use known::*;
pub use log::*;
pub use logon::*;
pub use number::*;
pub use open::*;
pub use options::*;
pub use prober::*;
pub use report::*;
pub use request::*;
pub use status::*;
pub use text::{Bytes, Text};
pub use trust::*;

/// What several threads may use at a time.
const _: () = {
    const fn is_for_threads<T: Send + Sync>() {}
    is_for_threads::<Prober>();
    is_for_threads::<Job>();
    is_for_threads::<Report>();
    is_for_threads::<Connection>();
    is_for_threads::<Credentials>();
    is_for_threads::<Explanation>();
};

/// The number of this ABI. It changes when a program that was built for it would not work any more, and only then: compare it
/// with rdp_probe_abi() before anything else.
pub const RDP_PROBE_ABI: u32 = 1;

/// The number of the ABI that the library has: RDP_PROBE_ABI of its own header.
#[unsafe(no_mangle)]
pub extern "C" fn rdp_probe_abi() -> u32 {
    RDP_PROBE_ABI
}

/// The version of the library, such as "0.1.0".
#[unsafe(no_mangle)]
pub extern "C" fn rdp_probe_version() -> Text {
    Text::of(env!("CARGO_PKG_VERSION"))
}

/// Bit of rdp_probe_features(): credentials, for RDP_PROBE_GOAL_VERIFY and RDP_PROBE_GOAL_DELEGATE.
pub const RDP_PROBE_FEATURE_NLA: u32 = 1;
/// Bit of rdp_probe_features(): rdp_probe_options_roots_system().
pub const RDP_PROBE_FEATURE_SYSTEM_ROOTS: u32 = 2;
/// Bit of rdp_probe_features(): targets with letters beyond ASCII.
pub const RDP_PROBE_FEATURE_IDN: u32 = 4;
/// Bit of rdp_probe_features(): rdp_probe_log().
pub const RDP_PROBE_FEATURE_LOG: u32 = 8;

/// What the library was built with: RDP_PROBE_FEATURE_ bits. Functions are all there in each build; those that miss what they
/// take give RDP_PROBE_UNSUPPORTED.
#[unsafe(no_mangle)]
pub extern "C" fn rdp_probe_features() -> u32 {
    let has = |is: bool, bit: u32| if is { bit } else { 0 };
    has(cfg!(feature = "nla"), RDP_PROBE_FEATURE_NLA)
        | has(cfg!(feature = "system-roots"), RDP_PROBE_FEATURE_SYSTEM_ROOTS)
        | has(cfg!(feature = "idn"), RDP_PROBE_FEATURE_IDN)
        | has(cfg!(feature = "log"), RDP_PROBE_FEATURE_LOG)
}
