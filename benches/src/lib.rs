//! What the benches share. Each bench says itself what it measures.

pub mod baseline;
pub mod callgrind;
pub mod figure;
pub mod works;
