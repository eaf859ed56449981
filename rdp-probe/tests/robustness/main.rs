//! What hostile peers, machines short of everything and jumping clocks cannot do to a probe: hold it past its budgets, make it
//! keep or work on more than a bounded amount, or leave it without an end that has a name.
#![cfg(feature = "tokio")]

mod addresses;
mod bombs;
mod burdened;
mod cancelled;
mod chains;
mod clocks;
mod der;
#[cfg(unix)]
mod descriptors;
mod drips;
mod failing;
mod floods;
mod inside;
mod memory;
mod resolvers;
mod sealed;
#[path = "../tls/server.rs"]
#[allow(dead_code, reason = "each test binary uses its own part")]
mod server;
mod shortages;
mod shown;
mod slow;
#[path = "../support/mod.rs"]
mod support;
