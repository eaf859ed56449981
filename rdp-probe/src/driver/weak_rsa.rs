//! Checks RSA signatures of keys that ring finds too short or too long to look at (RFC 8017 sections 8.1.2 and 8.2.2).
//!
//! A server with such a key is to be seen, not to fail for a reason of our own. Verification handles no
//! secret, so nothing here needs to run in constant time.

use std::ops::RangeInclusive;

use num_bigint::BigUint;
use rustls::SignatureScheme;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::RSAPublicKey;

/// `DigestInfo` prefixes of PKCS #1 (RFC 8017 section 9.2, note 1).
const SHA1_INFO: [u8; 15] = [0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 0x14];
const SHA256_INFO: [u8; 19] = [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];
const SHA384_INFO: [u8; 19] = [0x30, 0x41, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2, 5, 0, 4, 0x30];
const SHA512_INFO: [u8; 19] = [0x30, 0x51, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3, 5, 0, 4, 0x40];

/// Below 512 bits nothing is left to prove, and beyond 16384 a server's certificate would cost us time.
pub(super) const BITS: RangeInclusive<u64> = 512..=16_384;

/// What ring looks at: it has spoken.
const RING: RangeInclusive<u64> = 2_048..=8_192;

/// Whether the signature is that of this short or long RSA key.
pub(super) fn verify(scheme: SignatureScheme, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let Some((encoded, bits)) = recover(key, signature) else { return false };
    match scheme {
        SignatureScheme::RSA_PSS_SHA256 => is_pss::<Sha256>(&encoded, bits, message),
        SignatureScheme::RSA_PSS_SHA384 => is_pss::<Sha384>(&encoded, bits, message),
        SignatureScheme::RSA_PSS_SHA512 => is_pss::<Sha512>(&encoded, bits, message),
        SignatureScheme::RSA_PKCS1_SHA1 => is_pkcs1::<Sha1>(&encoded, &SHA1_INFO, message),
        SignatureScheme::RSA_PKCS1_SHA256 => is_pkcs1::<Sha256>(&encoded, &SHA256_INFO, message),
        SignatureScheme::RSA_PKCS1_SHA384 => is_pkcs1::<Sha384>(&encoded, &SHA384_INFO, message),
        SignatureScheme::RSA_PKCS1_SHA512 => is_pkcs1::<Sha512>(&encoded, &SHA512_INFO, message),
        _ => false,
    }
}

/// The encoded message that was signed, as long as the modulus, and the modulus' bits.
fn recover(key: &[u8], signature: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (_, key) = RSAPublicKey::from_der(key).ok()?;
    let (modulus, exponent) = (BigUint::from_bytes_be(key.modulus), BigUint::from_bytes_be(key.exponent));
    let signature = BigUint::from_bytes_be(signature);
    let is_ours = BITS.contains(&modulus.bits()) && !RING.contains(&modulus.bits());
    // An exponent beyond 33 bits is nobody's, and would cost us time, too.
    if !is_ours || exponent.bits() > 33 || signature >= modulus {
        return None;
    }
    let bits = usize::try_from(modulus.bits()).ok()?;
    let bytes = signature.modpow(&exponent, &modulus).to_bytes_be();
    let mut encoded = vec![0; bits.div_ceil(8).checked_sub(bytes.len())?];
    encoded.extend(bytes);
    Some((encoded, bits))
}

fn is_pkcs1<D: Digest>(encoded: &[u8], info: &[u8], message: &[u8]) -> bool {
    let digest = D::digest(message);
    let padding = encoded.len().saturating_sub(3 + info.len() + digest.len());
    let expected = [&[0, 1], vec![0xFF; padding].as_slice(), &[0], info, &digest].concat();
    padding >= 8 && encoded == expected
}

/// EMSA-PSS with a salt as long as the hash, which TLS prescribes (RFC 8446 section 4.2.3).
fn is_pss<D: Digest>(encoded: &[u8], bits: usize, message: &[u8]) -> bool {
    let size = <D as Digest>::output_size();
    let length = (bits - 1).div_ceil(8);
    let encoded = encoded.get(encoded.len() - length..).unwrap_or_default();
    let Some((masked, [hash @ .., 0xBC])) = length.checked_sub(size + 1).map(|split| encoded.split_at(split)) else {
        return false;
    };
    let mut block = masked.to_vec();
    block.iter_mut().zip(mgf1::<D>(hash, masked.len())).for_each(|(byte, mask)| *byte ^= mask);
    // Bits of the first byte that the modulus has no room for.
    let spare = 8 * length - (bits - 1);
    if let Some(first) = block.first_mut() {
        *first &= 0xFF >> spare;
    }
    let Some((padding, salt)) = block.len().checked_sub(size).map(|split| block.split_at(split)) else { return false };
    let padded = matches!(padding, [zeros @ .., 1] if zeros.iter().all(|byte| *byte == 0));
    let expected = D::new().chain_update([0; 8]).chain_update(D::digest(message)).chain_update(salt).finalize();
    padded && expected.as_slice() == hash
}

/// The mask generation function of RFC 8017 appendix B.2.1.
fn mgf1<D: Digest>(seed: &[u8], length: usize) -> Vec<u8> {
    let blocks = (0_u32..).map(|counter| D::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize());
    blocks.flat_map(|block| block.to_vec()).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A DER element.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        let header = match length {
            [0, short @ 0..=127] => vec![tag, short],
            [0, low] => vec![tag, 0x81, low],
            [high, low] => vec![tag, 0x82, high, low],
        };
        [header, content.to_vec()].concat()
    }

    /// A key with the modulus 2^bits - 1 and the exponent 1: a signature is then the very message that it encodes.
    fn transparent_key(bits: usize) -> Vec<u8> {
        let modulus = der(2, &[vec![0], vec![0xFF; bits / 8]].concat());
        der(0x30, &[modulus, der(2, &[1])].concat())
    }

    fn encoded<D: Digest>(bits: usize, info: &[u8], message: &[u8]) -> Vec<u8> {
        let digest = D::digest(message);
        let padding = vec![0xFF; bits / 8 - 3 - info.len() - digest.len()];
        [&[0, 1], padding.as_slice(), &[0], info, &digest].concat()
    }

    #[test]
    fn keys_are_read_that_ring_does_not_read_and_no_others() {
        let read = [512, 1_024, 2_040, 8_200, 10_240, 16_384].map(|bits| (bits, true));
        let unread = [504, 2_048, 8_192, 16_392].map(|bits| (bits, false));
        for (bits, is_read) in read.into_iter().chain(unread) {
            let key = transparent_key(bits);
            let with_sha1 = encoded::<Sha1>(bits, &SHA1_INFO, b"message");
            let with_sha256 = encoded::<Sha256>(bits, &SHA256_INFO, b"message");
            for (scheme, signature) in
                [(SignatureScheme::RSA_PKCS1_SHA1, with_sha1), (SignatureScheme::RSA_PKCS1_SHA256, with_sha256)]
            {
                assert_eq!(verify(scheme, &key, b"message", &signature), is_read, "{bits} bits, {scheme:?}");
                assert!(!verify(scheme, &key, b"another", &signature), "{bits} bits, {scheme:?}");
            }
        }
    }
}
