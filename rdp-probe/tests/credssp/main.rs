//! The messages of Network Level Authentication, read and written, and what a conversation makes of them.

mod golden;
mod hostile;
mod messages;
#[path = "../../src/fuzzing/oracle.rs"]
mod oracle;
mod states;
