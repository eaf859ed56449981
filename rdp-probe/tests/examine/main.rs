//! Second looks: what the planner asks for, and what the driver makes of it against servers that look alike in one connection.

mod planner;
#[cfg(feature = "tokio")]
mod scenarios;
