//! What the benches share. Each bench says itself what it measures.

pub mod allocations;
pub mod bare;
pub mod baseline;
pub mod callgrind;
pub mod figure;
pub mod form;
pub mod pairs;
pub mod server;
pub mod usage;
pub mod works;
