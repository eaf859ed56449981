//! `TSRequest`, the one message of `CredSSP` ([MS-CSSP] 2.2.1).

use std::fmt;

use bytes::Bytes;

use super::der::{self, INTEGER, OCTETS, SEQUENCE, context};
use crate::codes::NtStatus;

/// A longer one is taken for none: what the security packages of Windows make has at most 48,000 bytes.
pub const MAX_TS_REQUEST: usize = 0xFFFF;

/// A message of `CredSSP`: the fields of version 6, the last that is published.
///
/// Tokens may carry what a password can be guessed from, so that its `Debug` shows lengths alone.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct TsRequest {
    /// The version that the sender speaks: 2 to 6. Zero where a refusal comes without one.
    pub version: u32,
    /// The first token of `negoTokens` that is not empty: a message of the security package.
    pub token: Option<Bytes>,
    /// `authInfo`: the sealed credentials.
    pub auth_info: Option<Bytes>,
    /// `pubKeyAuth`: the sealed binding to the server's key.
    pub pub_key_auth: Option<Bytes>,
    /// `errorCode`: why the server refuses. Read whatever the version, and whatever stands beside it.
    pub error_code: Option<NtStatus>,
    /// `clientNonce`: 32 bytes, of version 5 and later.
    pub client_nonce: Option<Bytes>,
}

/// Why bytes are no `TSRequest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TsRequestFlaw {
    /// It does not begin with a `SEQUENCE`, or that is not whole.
    #[error("no whole SEQUENCE")]
    Sequence,
    /// It has no version, or one that is no number.
    #[error("no version")]
    Version,
    /// A field is not what the specification says.
    #[error("a field that cannot be read")]
    Field,
    /// Bytes follow the message.
    #[error("bytes behind the message")]
    Trailing,
}

impl TsRequest {
    /// Reads a message. Fields of unknown numbers are passed over, as later versions may have more.
    ///
    /// # Errors
    /// If it is not DER, or a field is not what the specification says. A message with a refusal in it is read all the same.
    pub fn parse(bytes: &[u8]) -> Result<Self, TsRequestFlaw> {
        let mut rest = bytes;
        let (tag, mut fields) = der::next(&mut rest).ok_or(TsRequestFlaw::Sequence)?;
        if tag != SEQUENCE {
            return Err(TsRequestFlaw::Sequence);
        }
        if !rest.is_empty() {
            return Err(TsRequestFlaw::Trailing);
        }
        let mut request = Self::default();
        let (mut version, mut flaw) = (None, None);
        while !fields.is_empty() {
            let Some((tag, content)) = der::next(&mut fields) else {
                flaw = flaw.or(Some(TsRequestFlaw::Field));
                break;
            };
            if tag == 0xA0 {
                version = der::integer(content).and_then(|number| u32::try_from(number).ok());
            } else if request.read(tag, content).is_none() {
                flaw = flaw.or(Some(TsRequestFlaw::Field));
            }
        }
        request.version = match (version, flaw) {
            // A refusal counts, whatever is wrong beside it.
            _ if request.error_code.is_some_and(|status| status != NtStatus(0)) => version.unwrap_or_default(),
            (_, Some(flaw)) => return Err(flaw),
            (None, None) => return Err(TsRequestFlaw::Version),
            (Some(version), None) => version,
        };
        Ok(request)
    }

    /// Reads any field but the version. `None` where it is not what the specification says.
    fn read(&mut self, tag: u8, content: &[u8]) -> Option<()> {
        match tag {
            0xA1 => self.token = first_token(content).ok()?,
            0xA2 => self.auth_info = Some(octets(content)?),
            0xA3 => self.pub_key_auth = Some(octets(content)?),
            0xA4 => self.error_code = Some(status(content)?),
            0xA5 => self.client_nonce = Some(octets(content)?),
            _ => {}
        }
        Some(())
    }

    /// The bytes, as they travel inside TLS.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let octets = |number, bytes: &Bytes| der::element(context(number), &der::element(OCTETS, bytes));
        let version = der::element(INTEGER, &shortest(self.version));
        let mut fields = der::element(context(0), &version);
        if let Some(token) = &self.token {
            let one = der::element(SEQUENCE, &octets(0, token));
            fields.extend(der::element(context(1), &der::element(SEQUENCE, &one)));
        }
        for (number, field) in [(2, &self.auth_info), (3, &self.pub_key_auth)] {
            fields.extend(field.iter().flat_map(|bytes| octets(number, bytes)));
        }
        if let Some(NtStatus(status)) = self.error_code {
            fields.extend(der::element(context(4), &der::element(INTEGER, &status.to_be_bytes())));
        }
        fields.extend(self.client_nonce.iter().flat_map(|nonce| octets(5, nonce)));
        der::element(SEQUENCE, &fields)
    }
}

impl fmt::Debug for TsRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = |field: &Option<Bytes>| field.as_ref().map(Bytes::len);
        f.debug_struct("TsRequest")
            .field("version", &self.version)
            .field("token_bytes", &length(&self.token))
            .field("auth_info_bytes", &length(&self.auth_info))
            .field("pub_key_auth_bytes", &length(&self.pub_key_auth))
            .field("error_code", &self.error_code)
            .field("client_nonce_bytes", &length(&self.client_nonce))
            .finish()
    }
}

/// How many bytes of length stand behind the first two of an element, if those are of a `SEQUENCE` that can be a
/// `TSRequest`.
pub(crate) fn length_of_length(head: [u8; 2]) -> Option<usize> {
    match head {
        [SEQUENCE, 0..=0x7F] => Some(0),
        [SEQUENCE, long @ 0x81..=0x84] => Some(usize::from(long & 0x7F)),
        _ => None,
    }
}

fn octets(content: &[u8]) -> Option<Bytes> {
    der::content(OCTETS, content).map(Bytes::copy_from_slice)
}

/// The first token that is not empty, else the first: none of an empty list. What cannot be read beside one that can is passed
/// over; an error where nothing can.
fn first_token(content: &[u8]) -> Result<Option<Bytes>, TsRequestFlaw> {
    let mut list = der::content(SEQUENCE, content).ok_or(TsRequestFlaw::Field)?;
    let is_empty = list.is_empty();
    let mut first = None;
    while let Some((tag, one)) = der::next(&mut list) {
        let token = der::content(context(0), one).and_then(|octets| der::content(OCTETS, octets));
        if first.is_none_or(<[u8]>::is_empty) {
            first = token.filter(|_| tag == SEQUENCE).or(first);
        }
    }
    if is_empty || first.is_some() { Ok(first.map(Bytes::copy_from_slice)) } else { Err(TsRequestFlaw::Field) }
}

/// An NTSTATUS travels as the signed number that its 32 bits are; some write it without sign, in five bytes.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the low 32 bits are meant")]
fn status(content: &[u8]) -> Option<NtStatus> {
    der::integer(content).map(|number| NtStatus(number as u32))
}

/// The content of an `INTEGER` that is not negative.
fn shortest(number: u32) -> Vec<u8> {
    let digits = i64::from(number).to_be_bytes();
    let needed = |index: usize| digits.get(index..).is_some_and(|rest| rest.len() > 1 && rest.first() == Some(&0));
    let zeros = (0..digits.len()).take_while(|index| needed(*index)).count();
    let from = if digits.get(zeros).is_some_and(|digit| digit & 0x80 != 0) { zeros.saturating_sub(1) } else { zeros };
    digits.get(from..).unwrap_or_default().to_vec()
}
