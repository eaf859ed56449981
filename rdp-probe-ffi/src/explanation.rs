//! Explanations of numbers, names and sentences.

use std::ffi::c_char;

use crate::guard;
use crate::status::Status;
use crate::text::{Text, place, shared, take_back, text};

/// What is known of a number, a name or a sentence. It never changes; any number of threads may read it.
#[derive(Debug)]
pub struct Explanation {
    found: bool,
    text: String,
    json: String,
}

/// Explains "0x904", "0x904/0x7", "STATUS_LOGON_FAILURE", "1058", a cause, or a sentence of a dialog: as the command rdp-probe explain
/// does. No network is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_explain(query: *const c_char, out: *mut *mut Explanation) -> Status {
    guard::status(|| {
        // SAFETY: a place for a pointer.
        let out = unsafe { place(out, "out") }?;
        // SAFETY: a text that stays for the call.
        let query = unsafe { text(query, "query") }?;
        #[cfg(feature = "inject-panics")]
        crate::inject::at_once(query);
        let found = rdp_probe::explain::explain(query);
        out.give(Explanation { found: !found.is_empty(), text: found.to_string(), json: found.to_json() });
        Ok(())
    })
}

/// Reads something from an explanation.
///
/// # Safety
/// The explanation is NULL, or lives.
unsafe fn read<T: Copy>(explanation: *const Explanation, otherwise: T, by: impl FnOnce(&Explanation) -> T) -> T {
    // SAFETY: as the caller promises.
    guard::value(otherwise, || unsafe { shared(explanation, "explanation") }.map_or(otherwise, by))
}

/// Whether anything is known of it: 1, else 0. The text says so, too, and what comes near.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_explanation_found(explanation: *const Explanation) -> u32 {
    // SAFETY: an explanation that lives, or NULL.
    unsafe { read(explanation, 0, |explanation| explanation.found.into()) }
}

/// The explanation for people.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_explanation_text(explanation: *const Explanation) -> Text {
    // SAFETY: an explanation that lives, or NULL; the text stays with it.
    unsafe { read(explanation, Text::EMPTY, |explanation| Text::of(&explanation.text)) }
}

/// The explanation as one line of JSON.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_explanation_json(explanation: *const Explanation) -> Text {
    // SAFETY: an explanation that lives, or NULL; the text stays with it.
    unsafe { read(explanation, Text::EMPTY, |explanation| Text::of(&explanation.json)) }
}

/// Frees an explanation.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_explanation_free(explanation: *mut Explanation) {
    // SAFETY: given away by rdp_probe_explain(), and freed once.
    guard::value((), || drop(unsafe { take_back(explanation) }));
}
