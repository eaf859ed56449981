//! What holds for every redacted transcript.

use rdp_probe::diagnose::{Case, diagnose, predict};
use rdp_probe::transcript::Happening;
use rdp_probe::{Certificate, Evidence, Known, Report, ServerName, Transcript};

use super::oracle;

/// Everything that has to survive, as text.
pub(crate) fn result(evidence: &Evidence) -> String {
    let case = Case::of(evidence);
    let hello = evidence
        .hello()
        .map(|hello| (hello.session, hello.key_exchange, hello.chain.iter().map(|der| facts(der)).collect::<Vec<_>>()));
    let handshake = evidence.handshake.as_ref().map(|handshake| {
        let chain: Vec<_> = handshake.chain.iter().map(|der| facts(der)).collect();
        let traffic = (handshake.sent, handshake.received, handshake.flight.len());
        (handshake.end, traffic, handshake.session, handshake.path, chain)
    });
    let dial = &evidence.dial;
    let attempts: Vec<_> =
        dial.attempts.iter().map(|one| (one.address.port(), one.started, one.elapsed, one.end)).collect();
    let plan = &evidence.plan;
    let proxied = dial.proxy.as_ref().map(|proxied| (proxied.kind, proxied.end(), proxied.leg()));
    let said = dial.proxy.as_ref().and_then(|proxied| Some(proxied.exchange.as_ref()?.received.len()));
    [
        format!("{:?} {:?} {:?} {:?}", evidence.stage, evidence.end, evidence.answer, evidence.foreign()),
        format!("{:?} {:?}", diagnose(&case), predict(&case)),
        format!("{:?} {:?}", evidence.verdict(), evidence.change()),
        format!("{hello:?} {handshake:?}"),
        format!("{:?} {:?} {:?} {:?}", evidence.negotiate, evidence.arrivals, evidence.closed, evidence.tls),
        format!("{:?} {attempts:?} {:?} {proxied:?} {said:?}", dial.lookup, evidence.clock),
        format!("{} {:?} {:?} {:?} {:?}", plan.target.port(), plan.goal, plan.offer, plan.trust, plan.budget),
        format!("{} {}", plan.server_name == ServerName::None, plan.target.ip().is_some()),
        format!("{:?} {:?} {:?}", plan.package, plan.dangers, plan.service.as_ref().map(|service| service.len())),
        oracle::said(evidence),
    ]
    .join("\n")
}

/// What a certificate says beside names and numbers.
fn facts(der: &[u8]) -> Option<String> {
    let read = Certificate::parse(der)?;
    let (times, key, lengths) = ((read.not_before, read.not_after), read.key, (read.names.len(), read.serial.len()));
    let named = read.common_name.as_deref().map(str::len);
    Some(format!(
        "{} {times:?} {key:?} {lengths:?} {named:?} {} {} {:?} {:?} {}",
        der.len(),
        read.self_signed,
        read.signature_algorithm,
        read.serves,
        read.key_serves,
        read.version
    ))
}

/// Whether redacting keeps the result, is done once and for all, and can be written down; gives what it left.
#[track_caller]
pub(crate) fn check(name: &str, transcript: &Transcript) -> Transcript {
    let (evidence, redacted) = (transcript.replay(), transcript.redacted());
    let (before, after) = (result(&evidence), result(&redacted.replay()));
    before.lines().zip(after.lines()).for_each(|(before, after)| assert_eq!(before, after, "{name}"));
    assert_eq!(redacted.redacted(), redacted, "{name}");
    assert_eq!(redacted.to_string().parse().as_ref(), Ok(&redacted), "{name}");
    assert_eq!(Report::from(evidence).redacted(), Report::from(redacted.replay()), "{name}");
    redacted
}

/// The same, and that none of these texts is left, in the evidence or in what is printed of it; nor what a certificate
/// can be looked up by.
#[track_caller]
pub(crate) fn check_hides(name: &str, transcript: &Transcript, texts: &[&str]) -> Transcript {
    let redacted = check(name, transcript);
    let report = Report::from(redacted.replay());
    let printed = format!("{redacted}\n{}\n{report}", report.to_json()).to_lowercase();
    let numbers = numbers(&transcript.replay());
    for secret in texts.iter().map(|text| text.to_lowercase()).chain(numbers) {
        assert!(!printed.contains(&secret), "{name}: {secret} in {printed}");
    }
    for bytes in bytes_of(&redacted) {
        let folded = bytes.to_ascii_lowercase();
        for text in texts {
            let text = text.to_lowercase();
            assert!(!holds(&folded, text.as_bytes()), "{name}: {text} in {bytes:02x?}");
            // In two bytes a character, as Windows has it.
            let wide: Vec<u8> = text.bytes().flat_map(|byte| [0, byte]).collect();
            assert!(!holds(&folded, wide.get(1..).unwrap()), "{name}: wide {text} in {bytes:02x?}");
        }
    }
    redacted
}

/// Serial numbers of some length, and thumbprints, in hex.
fn numbers(evidence: &Evidence) -> Vec<String> {
    let handshake = evidence.handshake.iter().flat_map(|handshake| handshake.chain.clone());
    let hello = evidence.hello().into_iter().flat_map(|hello| hello.chain);
    let read = handshake.chain(hello).filter_map(|der| Certificate::parse(&der));
    read.chain(evidence.known())
        .flat_map(|certificate| {
            let serial = Some(certificate.serial).filter(|serial| serial.len() > 8);
            serial.into_iter().chain([hex(&certificate.sha1), hex(&certificate.sha256), hex(&certificate.key_sha256)])
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|half| char::from_digit(half.into(), 16).unwrap())
        .collect()
}

/// Everything in a transcript that is bytes of the server.
fn bytes_of(transcript: &Transcript) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    let exchange = transcript.dial.proxy.as_ref().and_then(|proxied| proxied.exchange.as_ref());
    all.extend(exchange.map(|exchange| exchange.received.to_vec()));
    if let Known::Certificate(der) = &transcript.plan.known {
        all.push(der.to_vec());
    }
    for event in &transcript.events {
        match &event.what {
            // What was received in parts is one run of bytes.
            Happening::Received(bytes) => all[0].extend_from_slice(bytes),
            Happening::Tls(handshake) => {
                all.extend(handshake.chain.iter().map(|der| der.to_vec()));
                all.push(handshake.flight.to_vec());
            }
            _ => {}
        }
    }
    all
}

/// Whether the second is somewhere in the first.
pub(crate) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
