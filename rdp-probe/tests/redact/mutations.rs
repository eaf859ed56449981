//! Everything again with bytes changed by chance: readers are lenient, and redacting has to see what they see.

use std::sync::LazyLock;

use proptest::prelude::*;
use rcgen::KeyPair;
use rdp_probe::transcript::Happening;
use rdp_probe::{HandshakeEnd, Known, Transcript, Trust};

use super::certificates::{named, self_signed, showing, talkative};
use super::check::check;
use super::corpus;
use super::support::flight;

/// Places and what to put there.
fn changes() -> impl Strategy<Value = Vec<(usize, u8)>> {
    let byte = prop_oneof![
        any::<u8>(),
        proptest::sample::select(vec![0, 1, 2, 3, 4, 5, 6, 12, 22, 30, 48, 49, 127, 128, 255])
    ];
    proptest::collection::vec((any::<usize>(), byte), 0..4)
}

fn change(bytes: &mut [u8], changes: &[(usize, u8)]) {
    for (place, byte) in changes {
        let place = place % bytes.len().max(1);
        if let Some(at) = bytes.get_mut(place) {
            *at = *byte;
        }
    }
}

/// The transcript with its server's bytes changed.
fn changed(mut transcript: Transcript, changes: &[(usize, u8)]) -> Transcript {
    for event in &mut transcript.events {
        match &mut event.what {
            Happening::Received(bytes) => {
                let mut copy = bytes.to_vec();
                change(&mut copy, changes);
                *bytes = copy.into();
            }
            Happening::Tls(handshake) => {
                let mut copy = handshake.flight.to_vec();
                change(&mut copy, changes);
                handshake.flight = copy.into();
                for der in &mut handshake.chain {
                    let mut copy = der.to_vec();
                    change(&mut copy, changes);
                    *der = copy.into();
                }
            }
            _ => {}
        }
    }
    transcript
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn certificates_with_bytes_changed(changes in changes(), host in "(ts01|[a-z]{1,3})\\.(quux\\.example|Gw\\.quux\\.example)") {
        let mut der = DER.clone();
        change(&mut der, &changes);
        check(&host, &showing(&host, &[der]));
    }

    #[test]
    fn known_certificates_with_bytes_changed(changes in changes(), first in any::<bool>()) {
        let mut der = PLAIN.clone();
        change(&mut der, &changes);
        let (served, known) = if first { (der, PLAIN.clone()) } else { (PLAIN.clone(), der) };
        let mut transcript = showing("ts01.quux.example", &[served]);
        (transcript.plan.trust, transcript.plan.known) = (Trust::FirstUse, Known::Certificate(known.into()));
        check("known", &transcript);
    }

    #[test]
    fn flights_with_bytes_changed(changes in changes(), cut in 0..3000_usize) {
        let mut transcript = showing("ts01.quux.example", &[]);
        let Some(Happening::Tls(handshake)) = transcript.events.last_mut().map(|event| &mut event.what) else { unreachable!() };
        let mut bytes = flight(0x0303, 0xC030, &[&DER]);
        bytes.truncate(cut);
        change(&mut bytes, &changes);
        (handshake.session, handshake.end, handshake.flight) = (None, HandshakeEnd::Fin, bytes.into());
        check("flight", &transcript);
    }

    #[test]
    fn transcripts_with_bytes_changed(which: usize, changes in changes()) {
        let (name, transcript) = &CORPUS[which % CORPUS.len()];
        check(name, &changed(transcript.clone(), &changes));
    }

    #[test]
    fn certificates_of_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200), host in "[a-z0-9.-]{1,20}") {
        if host.parse::<rdp_probe::Target>().is_ok() {
            check(&host, &showing(&host, &[bytes]));
        }
    }
}

static DER: LazyLock<Vec<u8>> = LazyLock::new(|| self_signed(&talkative(), &KeyPair::generate().unwrap()));

/// One whose names are ASCII.
static PLAIN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut params = named("Quux Services");
    params.subject_alt_names = talkative().subject_alt_names;
    self_signed(&params, &KeyPair::generate().unwrap())
});

static CORPUS: LazyLock<Vec<(String, Transcript)>> = LazyLock::new(corpus);
