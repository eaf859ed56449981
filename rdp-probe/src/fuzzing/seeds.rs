//! Inputs to begin with, made from transcripts.

use rdp_probe::credssp::TsRequest;
use rdp_probe::diagnose::{Case, predict};
use rdp_probe::transcript::Happening;
use rdp_probe::{Evidence, Goal, Known, Transcript};

use super::script::Script;
use super::{answers, certificate, conversation};

/// The seeds that the transcripts of one file make for a target.
#[must_use]
pub fn seeds(target: &str, transcripts: &[Transcript]) -> Vec<Vec<u8>> {
    if target == "examine" {
        return vec![conversation::joined(transcripts)];
    }
    transcripts.iter().flat_map(|transcript| of_one(target, transcript)).collect()
}

fn of_one(target: &str, transcript: &Transcript) -> Vec<Vec<u8>> {
    let evidence = || transcript.replay();
    match target {
        "conversation" => scripts(transcript),
        "confirm" => vec![answers::confirm_seed(&transcript.plan, &evidence().received)],
        "flight" => {
            let flight = evidence().handshake.map(|handshake| handshake.flight).filter(|flight| !flight.is_empty());
            flight.iter().map(|flight| answers::flight_seed(transcript.plan.client_hello.rung, flight)).collect()
        }
        "certificate" => certificates(transcript, &evidence())
            .into_iter()
            .map(|der| certificate::seed(transcript.plan.trust, &der))
            .collect(),
        "credssp" => inside(&evidence()),
        "transcript" => vec![transcript.to_string().into_bytes()],
        "target" => texts(&evidence()),
        "rdp_file" => vec![rdp_file(transcript)],
        _ => Vec::new(),
    }
}

/// What happened, and with a `ClientHello` of our own what was said.
fn scripts(transcript: &Transcript) -> Vec<Vec<u8>> {
    let spoken = (transcript.plan.goal == Goal::Hello).then(|| Script::from(transcript).spoken());
    [Script::from(transcript)].into_iter().chain(spoken).map(Script::write).collect()
}

/// The target, and the number that the Windows client would show.
fn texts(evidence: &Evidence) -> Vec<Vec<u8>> {
    let shown = predict(&Case::of(evidence)).map(|shown| format!("?{:#x}", shown.disconnect_reason.0));
    let target = Some(evidence.plan.target.to_string());
    target.into_iter().chain(shown).map(String::into_bytes).collect()
}

fn certificates(transcript: &Transcript, evidence: &Evidence) -> Vec<Vec<u8>> {
    let shown = evidence.hello().into_iter().flat_map(|hello| hello.chain);
    let known = match &transcript.plan.known {
        Known::Certificate(der) => Some(der.clone()),
        _ => None,
    };
    shown.chain(known).map(|der| der.to_vec()).collect()
}

/// Everything that was received inside TLS, together, one by one, and what is in it.
fn inside(evidence: &Evidence) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let Some(credssp) = &evidence.credssp else { return all };
    all.push(credssp.received());
    let messages = Transcript::from(evidence).events.into_iter().filter_map(|event| match event.what {
        Happening::Received(bytes) => TsRequest::parse(&bytes).ok(),
        _ => None,
    });
    for message in messages {
        all.extend(message.token.iter().map(|token| token.to_vec()));
        all.push(message.encode());
    }
    all.retain(|seed| !seed.is_empty());
    all
}

/// A file that asks for the same.
fn rdp_file(transcript: &Transcript) -> Vec<u8> {
    let plan = &transcript.plan;
    let gateway = plan.gateway.as_ref().map(ToString::to_string);
    let lines = [
        Some(format!("full address:s:{}", plan.target)),
        plan.request.routing_token().map(|token| format!("loadbalanceinfo:s:{token}")),
        gateway.map(|gateway| format!("gatewayhostname:s:{gateway}\r\ngatewayusagemethod:i:1")),
        plan.request.cookie().map(|name| format!("username:s:{name}")),
        Some("authentication level:i:2\r\nenablecredsspsupport:i:1\r\nnegotiate security layer:i:1\r\n".to_owned()),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\r\n").into_bytes()
}
