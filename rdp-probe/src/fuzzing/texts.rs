//! What people write: transcripts, targets, and whatever else is read from text; `.rdp` files.

use rdp_probe::explain::explain;
use rdp_probe::{Protocols, RdpFile, Request, Target, Thumbprint, Transcript};

use super::conversation::{check, reads_itself};
use super::reached::Reached;

/// The longest transcript that is tried.
const MOST: usize = 0x1_0000;

/// Transcripts, one or several: what is read is printed and read again as the same, replayed, and redacted.
pub(super) fn transcript(bytes: &[u8]) -> Reached {
    let mut reached = Reached::default();
    let Some(text) = text(bytes) else { return reached };
    let all = match Transcript::parse_all(text) {
        Ok(all) => all,
        Err(error) => {
            // The line behind the last is where something is missing.
            assert!(error.line() >= 1 && error.line() <= text.lines().count() + 1, "{error}");
            return reached;
        }
    };
    for transcript in all {
        reads_itself(&transcript);
        let redacted = transcript.redacted();
        reads_itself(&redacted);
        assert_eq!(redacted.redacted(), redacted, "{transcript}");
        check(&transcript.replay(), &mut reached, bytes);
    }
    reached
}

/// Targets and their kin, and behind a question mark what is to be explained: what is taken prints as what is taken again, and an error lies in the text.
pub(super) fn target(bytes: &[u8]) -> Reached {
    let Some(text) = text(bytes) else { return Reached::default() };
    // Explaining takes a thousand times as long as the rest.
    if let Some(text) = text.strip_prefix('?') {
        question(text);
        return Reached::default();
    }
    match text.parse::<Target>() {
        Ok(target) => {
            assert!(target.host().is_ascii() && !target.host().is_empty() && target.port() > 0);
            assert_eq!(target.to_string().parse().as_ref(), Ok(&target), "{target}");
        }
        Err(error) => {
            assert!(text.get(error.span()).is_some(), "{error}");
            assert_eq!(error.input(), text);
        }
    }
    match text.parse::<Thumbprint>() {
        Ok(print) => assert_eq!(print.to_string().parse(), Ok(print)),
        Err(error) => assert!(text.get(error.span()).is_some(), "{error}"),
    }
    if let Ok(offer) = text.parse::<Protocols>() {
        assert_eq!(offer.to_string().parse(), Ok(offer));
    }
    for made in [Request::default().with_cookie(text), Request::default().with_routing_token(text)] {
        let made = made.and_then(|request| request.with_preconnection_blob(text));
        assert!(made.is_err() || !text.chars().any(char::is_control), "{text:?}");
    }
    Reached::default()
}

/// A question to explain: the answer prints, and steers nothing.
fn question(text: &str) {
    let explained = explain(text);
    super::report::steers_nothing(&explained.to_string());
    let read: serde_json::Value = serde_json::from_str(&explained.to_json()).unwrap();
    assert!(read.is_object());
}

/// An `.rdp` file, in any encoding.
pub(super) fn rdp_file(bytes: &[u8]) -> Reached {
    match RdpFile::parse(bytes) {
        Ok(file) => {
            assert_eq!(file.target().to_string().parse().as_ref(), Ok(file.target()));
            let printed = format!("{file:?}");
            if let Some(blob) = file.preconnection_blob().filter(|blob| blob.len() > 20) {
                assert!(!printed.contains(blob), "a blob is shown");
            }
            let name = file.mstshash().unwrap_or_default();
            assert!(file.user_name().unwrap_or_default().starts_with(name) && name.chars().count() <= 9);
        }
        Err(error) => {
            let lines = bytes.split(|byte| *byte == b'\n').count();
            assert!(error.line().is_none_or(|line| (1..=lines).contains(&line)), "{error}");
            assert!(!error.to_string().chars().any(char::is_control), "{error:?}");
        }
    }
    Reached::default()
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MOST)
}
