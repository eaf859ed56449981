//! An opened connection, for whoever goes on with it.

use bytes::Bytes;

use super::upgraded::Upgraded;
use crate::certificate::public_key;
use crate::evidence::Answer;
use crate::report::{Failure, Report};

/// A connection that was opened as far as asked, and everything that an RDP client needs to go on: MCS Connect Initial
/// ([MS-RDPBCGR] 2.2.1.3) comes next, or `CredSSP` where the server chose it.
///
/// It has no types of other crates in it, so that it fits any client.
#[derive(Debug)]
#[non_exhaustive]
pub struct Opened<S> {
    /// The stream: inside TLS where TLS was the goal.
    pub stream: Upgraded<S>,
    /// The protocol that the server chose, as it travels ([MS-RDPBCGR] 2.2.1.2.1): 0 is standard RDP security, 1 TLS, 2
    /// `CredSSP`, 8 `CredSSP` with early user authorization. Also 0 after a confirm without negotiation data.
    pub selected: u32,
    /// The flags of the server's answer, as they travel; 0 after a confirm without negotiation data.
    pub flags: u8,
    /// The `SubjectPublicKeyInfo` of the server's certificate, as DER. `None` without TLS, or if it cannot be read.
    pub subject_public_key_info: Option<Bytes>,
    /// The `SubjectPublicKey` in it: the contents of the BIT STRING, which `CredSSP` binds to ([MS-CSSP] 3.1.5).
    pub subject_public_key: Option<Bytes>,
    /// What was seen on the way.
    pub report: Report,
}

impl<S> Opened<S> {
    /// The connection, if the report is of a success.
    pub(super) fn new(report: Report, stream: Option<Upgraded<S>>) -> Result<Self, Failure> {
        let report = report.ok()?;
        // A success without a stream does not occur.
        let Some(stream) = stream else { return Err(Failure::of(report)) };
        let (selected, flags) = match report.evidence().answer {
            Some(Answer::Response { selected, flags }) => (selected.0, flags),
            _ => (0, 0),
        };
        let leaf = report.evidence().handshake.as_ref().and_then(|handshake| handshake.chain.first());
        let (info, key) = leaf.and_then(public_key).unzip();
        Ok(Self { stream, selected, flags, subject_public_key_info: info, subject_public_key: key, report })
    }
}
