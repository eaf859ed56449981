//! The messages of Network Level Authentication: `TSRequest` ([MS-CSSP] 2.2.1), the NTLM messages that need no secret
//! ([MS-NLMP] 2.2.1) and their SPNEGO wrapping (RFC 4178). Written and read here, total on any bytes; no cryptography.
//!
//! ```
//! use rdp_probe::codes::NtStatus;
//! use rdp_probe::credssp::TsRequest;
//!
//! let request = TsRequest::parse(&[0x30, 0x0D, 0xA0, 3, 2, 1, 6, 0xA4, 6, 2, 4, 0xC0, 0, 0, 0x6D])?;
//! assert_eq!(request.version, 6);
//! assert_eq!(request.error_code, Some(NtStatus(0xC000_006D)));
//! # Ok::<(), rdp_probe::credssp::TsRequestFlaw>(())
//! ```

pub(crate) mod der;
mod mask;
mod ntlm;
mod spnego;
mod ts_request;

pub(crate) use mask::mask;
pub use ntlm::{Challenge, ChallengeFlaw, NtlmVersion, negotiate};
pub(crate) use ntlm::{Layout, layout};
pub use spnego::{Mechanism, NegotiationState, NegotiationToken, initial_token};
pub(crate) use ts_request::length_of_length;
pub use ts_request::{MAX_TS_REQUEST, TsRequest, TsRequestFlaw};

/// The version of `CredSSP` that is spoken here ([MS-CSSP] 2.2.1): the highest that is published.
pub const VERSION: u32 = 6;

/// The lowest version that binds the server's key with a nonce, as the update for CVE-2018-0886 demands.
pub const PATCHED_VERSION: u32 = 5;
