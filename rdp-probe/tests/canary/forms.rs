//! The canary, and the forms in which it would be known again.

use std::fmt::Write as _;
use std::sync::{Mutex, Once};

use data_encoding::{BASE64, HEXLOWER, HEXUPPER};

pub(crate) const PASSWORD: &str = "Kanarienvogel-7f3a";

/// Its NT hash: MD4 of its UTF-16LE ([MS-NLMP] 3.3.1).
pub(crate) const HASH: [u8; 16] =
    [0x36, 0x19, 0xD8, 0x25, 0xE0, 0x11, 0xE3, 0x8D, 0x67, 0xEB, 0xE4, 0x86, 0x48, 0x5B, 0x0B, 0x1C];

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// How bytes would stand in a text: hex of each kind, base64 at each of its three places, numbers, escapes.
fn forms(bytes: &[u8]) -> Vec<String> {
    let pairs = |between: &str| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(between);
    let numbers = bytes.iter().map(u8::to_string).collect::<Vec<_>>();
    let mut forms = vec![
        HEXLOWER.encode(bytes),
        HEXUPPER.encode(bytes),
        pairs(" "),
        pairs(", 0x"),
        numbers.join(", "),
        numbers.join(",\n"),
        bytes.escape_ascii().to_string(),
        format!("{:?}", bytes::Bytes::copy_from_slice(bytes)).trim_matches(['b', '"']).to_owned(),
    ];
    for before in 0..3 {
        let encoded = BASE64.encode(&[&vec![0; before][..], bytes].concat());
        // The characters at both ends hold bits of what stands beside.
        let inside = encoded.trim_end_matches('=');
        let from = if before == 0 { 0 } else { before + 1 };
        forms.push(inside[from..inside.len() - 1].to_owned());
    }
    forms
}

/// Fails where these bytes stand in a text, in any form.
#[track_caller]
pub(crate) fn assert_absent(place: &str, text: &str, bytes: &[u8]) {
    for form in forms(bytes) {
        assert!(!text.contains(&form), "{place}: {form} is in it");
    }
}

/// Fails where the canary is in a text: password, hash, or either in another form.
#[track_caller]
pub(crate) fn assert_silent(place: &str, text: &str) {
    assert!(!text.is_empty(), "{place}: there is nothing to look at");
    assert!(!text.contains(PASSWORD), "{place}: the password is in it");
    for secret in [PASSWORD.as_bytes(), &wide(PASSWORD), &HASH] {
        assert_absent(place, text, secret);
    }
    // A part of it is too much already.
    assert!(!text.contains("Kanarienvogel"), "{place}: a part of the password is in it");
}

/// Whether it would be found at all, in each form.
pub(crate) fn assert_sings() {
    let found = |text: String| std::panic::catch_unwind(|| assert_silent("song", &text)).is_err();
    hear_panics();
    let secrets = [PASSWORD.as_bytes().to_vec(), wide(PASSWORD), HASH.to_vec()];
    for secret in &secrets {
        assert!(forms(secret).iter().all(|form| form.len() >= 15 && found(format!("before {form} behind"))));
        assert!(found(format!("{secret:?}")) && found(format!("{secret:02x?}").replace(", ", " ")));
        for beside in 0..4 {
            let among = [&b"any"[..beside.min(3)], secret, b"thing"].concat();
            assert!(found(BASE64.encode(&among)), "{among:02x?}");
        }
    }
    assert!(found(PASSWORD.to_owned()) && !found("silence".to_owned()));
}

static PANICS: Mutex<String> = Mutex::new(String::new());

/// Writes down the message of each panic from now on.
pub(crate) fn hear_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !info.to_string().contains("song: ") {
                writeln!(PANICS.lock().unwrap(), "{info}").unwrap();
                before(info);
            }
        }));
    });
}

/// What panics have said so far, and that they are listened to.
pub(crate) fn panics() -> String {
    hear_panics();
    format!("panics: {}", PANICS.lock().unwrap())
}
