//! The manual: pages made from the same tables that reports are made from, and from what servers were seen to do.
#![allow(clippy::doc_markdown, reason = "the pages are prose made from rows")]

/// Every cause that a report can name, and the faults behind them.
#[doc = include_str!("../docs/causes.md")]
pub mod causes {}

/// Every number that a server sends or the Windows client shows.
#[doc = include_str!("../docs/codes.md")]
pub mod codes {}

/// The further connections of an examination, and what each tells apart.
#[doc = include_str!("../docs/experiments.md")]
pub mod experiments {}

/// Network Level Authentication: how far, at which cost, and what comes of it.
#[doc = include_str!("../docs/nla.md")]
pub mod nla {}

/// What the web says about 0x904/0x7, and how it stands.
#[doc = include_str!("../docs/claims.md")]
pub mod claims {}

/// What is read from TLS servers of different age: stand-ins made of OpenSSL, and not Windows.
#[doc = include_str!("../docs/tls-servers.md")]
pub mod tls_servers {}

/// The library for C and what calls C: who owns what, which threads may do what, and how it grows.
#[doc = include_str!("../docs/c-abi.md")]
pub mod c_abi {}

/// What a check takes and finds beside other tools, at one server.
#[doc = include_str!("../docs/peers.md")]
pub mod peers {}

/// What is measured and tried beyond the tests that run with every change, and how far it came.
#[doc = include_str!("../docs/proof.md")]
pub mod proof {}
