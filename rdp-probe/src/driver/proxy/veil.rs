//! What a proxy repeats of the credentials that it was given, made unreadable.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::Credentials;

/// Shorter ones stand in any text, and are no secret in it.
const SHORTEST: usize = 3;

/// Puts an `x` in place of each byte of user name, password, and both as Basic authentication has them. Where the bytes end
/// in the middle of one, that counts, too.
pub(super) fn veil(bytes: &mut [u8], credentials: &Credentials) {
    let Credentials { user, password } = credentials;
    let pair = Zeroizing::new(format!("{}:{}", **user, **password));
    let encoded = Zeroizing::new(BASE64.encode(pair.as_bytes()));
    // The longest first: one may lie in the other.
    let secrets = [encoded.as_bytes(), password.as_bytes(), user.as_bytes()];
    for secret in secrets.into_iter().filter(|secret| secret.len() >= SHORTEST) {
        for at in 0..bytes.len() {
            let Some(rest) = bytes.get_mut(at..) else { continue };
            let length = rest.len().min(secret.len());
            if let (Some(found), Some(begun)) = (rest.get_mut(..length), secret.get(..length))
                && found == begun
            {
                found.fill(b'x');
            }
        }
    }
}
