//! SPNEGO (RFC 4178): how both sides agree on a security package.

use bytes::Bytes;

use super::der::{self, ENUMERATED, OBJECT, OCTETS, SEQUENCE, context};
use super::ntlm::SIGNATURE;

/// The tag of the first token: `[APPLICATION 0]`, of a GSS-API mechanism (RFC 2743 3.1).
pub(super) const APPLICATION: u8 = 0x60;

/// 1.3.6.1.5.5.2.
pub(super) const SPNEGO: &[u8] = &[0x2B, 6, 1, 5, 5, 2];

/// A security package, as SPNEGO names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Mechanism {
    /// NTLM (1.3.6.1.4.1.311.2.2.10).
    Ntlm,
    /// Kerberos 5 (1.2.840.113554.1.2.2).
    Kerberos,
    /// Kerberos 5 by the number that early Windows wrote (1.2.840.48018.1.2.2).
    MsKerberos,
    /// Kerberos 5 from user to user (1.2.840.113554.1.2.2.3).
    UserToUser,
    /// Extended negotiation (1.3.6.1.4.1.311.2.2.30).
    NegoEx,
    /// One that is not known here.
    Unknown,
}

const OBJECTS: [(Mechanism, &[u8]); 5] = [
    (Mechanism::Ntlm, &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10]),
    (Mechanism::Kerberos, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2]),
    (Mechanism::MsKerberos, &[0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 1, 2, 2]),
    (Mechanism::UserToUser, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2, 3]),
    (Mechanism::NegoEx, &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 30]),
];

impl Mechanism {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ntlm => "ntlm",
            Self::Kerberos => "kerberos",
            Self::MsKerberos => "ms-kerberos",
            Self::UserToUser => "kerberos-user-to-user",
            Self::NegoEx => "negoex",
            Self::Unknown => "unknown",
        }
    }

    pub(super) fn of(object: &[u8]) -> Self {
        OBJECTS.iter().find(|(_, known)| *known == object).map_or(Self::Unknown, |(mechanism, _)| *mechanism)
    }
}

/// How far SPNEGO is (`negState`, RFC 4178 4.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NegotiationState {
    /// The context stands.
    Accepted,
    /// More is to come.
    Incomplete,
    /// Nothing in common.
    Rejected,
    /// The choice has to be confirmed.
    RequestMic,
}

/// A token of `CredSSP`: of SPNEGO, or a bare message of NTLM.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct NegotiationToken {
    /// Whether it is wrapped in SPNEGO.
    pub wrapped: bool,
    /// The packages that the sender names in SPNEGO: all that it offers, or the one that it chose. A bare message names none.
    pub mechanisms: Vec<Mechanism>,
    /// How far it is.
    pub state: Option<NegotiationState>,
    /// The message of the package inside.
    pub inner: Option<Bytes>,
}

impl NegotiationToken {
    /// The message of NTLM in it.
    pub(crate) fn ntlm(&self) -> Option<&Bytes> {
        self.inner.as_ref().filter(|inner| inner.starts_with(SIGNATURE))
    }

    /// Whether its sender does not take NTLM: it rejects what was offered, or names other packages, and sends no message of NTLM.
    pub(crate) fn declines_ntlm(&self) -> bool {
        let names_others = !self.mechanisms.is_empty() && !self.mechanisms.contains(&Mechanism::Ntlm);
        self.wrapped && self.ntlm().is_none() && (names_others || self.state == Some(NegotiationState::Rejected))
    }

    /// Reads a token; `None` where it is neither.
    #[must_use]
    pub fn parse(token: &[u8]) -> Option<Self> {
        if token.starts_with(SIGNATURE) {
            let inner = Some(Bytes::copy_from_slice(token));
            return Some(Self { inner, ..Self::default() });
        }
        let mut rest = token;
        let (tag, mut content) = der::next(&mut rest)?;
        if tag != APPLICATION {
            return Self::read(tag, content);
        }
        let (tag, object) = der::next(&mut content)?;
        let (kind, content) = der::next(&mut content).filter(|_| tag == OBJECT && object == SPNEGO)?;
        Self::read(kind, content)
    }

    /// Reads `NegTokenInit`, or `NegTokenResp`, as far as it can be read.
    fn read(kind: u8, content: &[u8]) -> Option<Self> {
        let is_offer = match kind {
            0xA0 => true,
            0xA1 => false,
            _ => return None,
        };
        let mut fields = der::content(SEQUENCE, content)?;
        let mut token = Self { wrapped: true, ..Self::default() };
        while let Some((tag, content)) = der::next(&mut fields) {
            match (tag, is_offer) {
                (0xA0, true) => {
                    let mut list = der::content(SEQUENCE, content).unwrap_or_default();
                    while let Some((OBJECT, object)) = der::next(&mut list) {
                        token.mechanisms.push(Mechanism::of(object));
                    }
                }
                (0xA0, false) => token.state = der::content(ENUMERATED, content).and_then(state),
                (0xA1, false) => token.mechanisms.extend(der::content(OBJECT, content).map(Mechanism::of)),
                (0xA2, _) => token.inner = der::content(OCTETS, content).map(Bytes::copy_from_slice),
                // Hints of the server, and checksums.
                _ => {}
            }
        }
        let is_whole = fields.is_empty();
        let says = !token.mechanisms.is_empty() || token.state.is_some() || token.inner.is_some();
        (is_whole || says).then_some(token)
    }
}

const fn state(content: &[u8]) -> Option<NegotiationState> {
    match content {
        [0] => Some(NegotiationState::Accepted),
        [1] => Some(NegotiationState::Incomplete),
        [2] => Some(NegotiationState::Rejected),
        [3] => Some(NegotiationState::RequestMic),
        _ => None,
    }
}

/// The first token of a client that would like these packages, and begins with this message of the first of them (`NegTokenInit`,
/// RFC 4178 4.2.1). A package without a number here is left out.
#[must_use]
pub fn initial_token(mechanisms: &[Mechanism], inner: &[u8]) -> Bytes {
    let numbered = mechanisms.iter().filter_map(|one| OBJECTS.iter().find(|(mechanism, _)| mechanism == one));
    let list: Vec<u8> = numbered.flat_map(|(_, object)| der::element(OBJECT, object)).collect();
    let mut fields = der::element(context(0), &der::element(SEQUENCE, &list));
    fields.extend(der::element(context(2), &der::element(OCTETS, inner)));
    let mut content = der::element(OBJECT, SPNEGO);
    content.extend(der::element(context(0), &der::element(SEQUENCE, &fields)));
    der::element(APPLICATION, &content).into()
}
