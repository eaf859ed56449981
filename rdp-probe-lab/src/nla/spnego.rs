//! The server's side of SPNEGO (RFC 4178).

use rdp_probe::credssp::Mechanism;

use super::der::{APPLICATION, ENUMERATED, OBJECT, OCTETS, SEQUENCE, context, element, inside};

/// `negState` (RFC 4178 4.2.2).
const ACCEPTED: u8 = 0;
const INCOMPLETE: u8 = 1;
const REJECTED: u8 = 2;

/// What a client would like, as it came: what its word on the list is over.
pub(super) fn mechanism_list(token: &[u8]) -> Option<Vec<u8>> {
    let offered = inside(&[APPLICATION, context(0), SEQUENCE, context(0), SEQUENCE], token)?;
    Some(element(SEQUENCE, offered))
}

/// The client's word on the list of mechanisms, if it sent one.
pub(super) fn list_signature(token: &[u8]) -> Option<&[u8]> {
    inside(&[context(1), SEQUENCE, context(3), OCTETS], token)
}

fn response(state: u8, fields: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut content = element(context(0), &element(ENUMERATED, &[state]));
    content.extend(fields.iter().flat_map(|(number, field)| element(context(*number), field)));
    element(context(1), &element(SEQUENCE, &content))
}

/// NTLM it is, and this is its first message.
pub(super) fn chooses_ntlm(message: &[u8]) -> Vec<u8> {
    response(INCOMPLETE, &[(1, element(OBJECT, object(Mechanism::Ntlm))), (2, element(OCTETS, message))])
}

/// The context stands; with this word on the list of mechanisms, where the client gave its own.
pub(super) fn accepts(signature: Option<[u8; 16]>) -> Vec<u8> {
    let signature = signature.map(|signature| (3, element(OCTETS, &signature)));
    response(ACCEPTED, signature.as_slice())
}

/// Another mechanism, which the client offered, too; or, where it did not, nothing in common.
pub(super) fn turns_to(mechanism: Mechanism, offered: bool) -> Vec<u8> {
    let state = if offered { INCOMPLETE } else { REJECTED };
    response(state, &[(1, element(OBJECT, object(mechanism)))])
}

const fn object(mechanism: Mechanism) -> &'static [u8] {
    match mechanism {
        Mechanism::Ntlm => &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10],
        Mechanism::Kerberos => &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2],
        Mechanism::UserToUser => &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2, 3],
        Mechanism::NegoEx => &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 30],
        // Of those that are not known here, and as Windows names Kerberos.
        _ => &[0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 1, 2, 2],
    }
}

#[cfg(test)]
mod tests {
    use rdp_probe::credssp::{NegotiationState, NegotiationToken, initial_token};

    use super::*;

    #[test]
    fn answers_are_what_a_client_reads() {
        let read = |token: &[u8]| NegotiationToken::parse(token).unwrap();
        let ntlm = read(&chooses_ntlm(b"NTLMSSP\0"));
        assert_eq!((ntlm.mechanisms, ntlm.inner.as_deref()), (vec![Mechanism::Ntlm], Some(b"NTLMSSP\0".as_slice())));
        assert_eq!(read(&accepts(None)).state, Some(NegotiationState::Accepted));
        assert_eq!(list_signature(&accepts(Some([9; 16]))), Some([9; 16].as_slice()));
        for mechanism in [Mechanism::Kerberos, Mechanism::MsKerberos, Mechanism::UserToUser, Mechanism::NegoEx] {
            let rejected = read(&turns_to(mechanism, false));
            assert_eq!((rejected.mechanisms, rejected.state), (vec![mechanism], Some(NegotiationState::Rejected)));
        }
        let list = mechanism_list(&initial_token(&[Mechanism::Ntlm], b"x")).unwrap();
        assert_eq!(list, element(SEQUENCE, &element(OBJECT, object(Mechanism::Ntlm))));
    }
}
