//! What a server of Network Level Authentication can do in place of what it should.

use std::time::Duration;

use bytes::Bytes;
use rdp_probe::codes::NtStatus;
use rdp_probe::credssp::TsRequest;

use super::der::{INTEGER, SEQUENCE, context, element};
use crate::player::Ending;

/// A message of the server in `CredSSP`, by what it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NlaTurn {
    /// The first: the NTLM CHALLENGE.
    Challenge,
    /// In SPNEGO alone: that the context stands.
    Accept,
    /// `pubKeyAuth`: the word on its key.
    Binding,
    /// The Early User Authorization Result, where the server chose `HYBRID_EX`.
    Authorization,
}

/// What a server does in place of a message, or to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NlaAct {
    /// It says goodbye in TLS, and closes.
    Close,
    /// It leaves so, without a goodbye in TLS: closes, resets, or says nothing more.
    Leave(Ending),
    /// It sends this fatal alert, encrypted as all that TLS 1.3 carries, and closes.
    Alert(u8),
    /// It sends these bytes inside TLS, and leaves so.
    Say(Bytes, Ending),
    /// It sends so many bytes of the message, and leaves so.
    Cut(usize, Ending),
    /// It sends the message a byte at a time, with a pause after each, and goes on.
    Drip(Duration),
    /// It refuses in a `TSRequest` with this `errorCode`, and closes.
    Refuse(NtStatus),
    /// The same, with the number written without sign, in five bytes.
    RefuseUnsigned(NtStatus),
    /// The same, with a `pubKeyAuth` beside the `errorCode`: as `FreeRDP` 3 does.
    RefuseBeside(NtStatus),
    /// It names this version in the message, and goes on.
    Version(u32),
    /// It leaves out what the message is for, and goes on.
    Without,
    /// Its word is on another key, or, where SPNEGO is accepted, on another list of packages: as of someone who stands between.
    /// It goes on.
    OtherKey,
    /// Its word is what version 4 demands, without the nonce. It goes on.
    WithoutNonce,
    /// Its word is the client's own, sent back. It goes on.
    Echo,
}

/// What is left to be done where the message has been dealt with.
pub(super) enum Done {
    /// Send this, and go on.
    Sends(Vec<u8>),
    /// The same a byte at a time.
    Drips(Vec<u8>, Duration),
    /// Send this, and leave.
    Ends(Vec<u8>, Leaving),
}

/// How the server leaves.
pub(super) enum Leaving {
    /// With a goodbye of TLS.
    Close,
    Alert(u8),
    As(Ending),
}

impl NlaAct {
    /// What becomes of a message.
    pub(super) fn on(self, message: TsRequest) -> Done {
        let version = message.version;
        let refusal = |status| TsRequest { version, error_code: Some(status), ..TsRequest::default() };
        match self {
            Self::Close => Done::Ends(Vec::new(), Leaving::Close),
            Self::Leave(ending) => Done::Ends(Vec::new(), Leaving::As(ending)),
            Self::Alert(number) => Done::Ends(Vec::new(), Leaving::Alert(number)),
            Self::Say(bytes, ending) => Done::Ends(bytes.to_vec(), Leaving::As(ending)),
            Self::Cut(count, ending) => {
                let mut bytes = message.encode();
                bytes.truncate(count);
                Done::Ends(bytes, Leaving::As(ending))
            }
            Self::Drip(pause) => Done::Drips(message.encode(), pause),
            Self::Refuse(status) => Done::Ends(refusal(status).encode(), Leaving::Close),
            Self::RefuseUnsigned(status) => Done::Ends(unsigned(version, status), Leaving::Close),
            Self::RefuseBeside(status) => {
                let binding = message.pub_key_auth.or_else(|| Some(Bytes::from_static(&[0; 48])));
                let both = TsRequest { pub_key_auth: binding, ..refusal(status) };
                Done::Ends(both.encode(), Leaving::Close)
            }
            Self::Version(version) => Done::Sends(TsRequest { version, ..message }.encode()),
            Self::Without => Done::Sends(TsRequest { version, ..TsRequest::default() }.encode()),
            // Its word is made so before it is sealed.
            Self::OtherKey | Self::WithoutNonce | Self::Echo => Done::Sends(message.encode()),
        }
    }
}

/// A refusal whose number is written as one above zero.
fn unsigned(version: u32, NtStatus(status): NtStatus) -> Vec<u8> {
    let number = |number, digits: &[u8]| element(context(number), &element(INTEGER, digits));
    let digits = [&[0], status.to_be_bytes().as_slice()].concat();
    let version = u8::try_from(version).unwrap_or(u8::MAX);
    element(SEQUENCE, &[number(0, &[version]), number(4, &digits)].concat())
}
