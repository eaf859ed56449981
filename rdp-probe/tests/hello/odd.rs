//! What comes in place of a flight, or breaks it off, and inputs that do not fit.

use rdp_probe::conversation::{Effect, Input, State};
use rdp_probe::{
    ChainPath, Check, ClientHello, Close, Conversation, Denial, Dial, End, Fault, Foreign, Handshake, HandshakeEnd,
    OsError, Plan, Rung, Stage, Thumbprint, Trust,
};

use super::flights::{
    ECDHE_RSA_AES_256_GCM, RSA_AES_128_CBC, certificate, certificates, done, in_records, server_hello, whole,
};
use super::reader::{MAX_FLIGHT, answered, answered_and, at, feed, kept};
use super::support::{CONFIRM, NOW, message, ms, record};
use super::{listening, plan, saying};

/// Bytes that are kept of what is no TLS.
const MAX_FOREIGN: usize = 512;

/// A choice that was not offered is a fault; the certificate behind it is read all the same.
#[test]
fn a_choice_that_was_not_offered() {
    let rows = [
        (Rung::Wide, 0x0300, RSA_AES_128_CBC),
        (Rung::Wide, 0x0303, 0x00FF),
        (Rung::Wide, 0x0303, 0x1301),
        (Rung::Tls12, 0x0301, ECDHE_RSA_AES_256_GCM),
        (Rung::Tls12, 0x0303, RSA_AES_128_CBC),
        (Rung::Tls13, 0x0303, ECDHE_RSA_AES_256_GCM),
        (Rung::Nothing, 0x0303, ECDHE_RSA_AES_256_GCM),
    ];
    for (rung, version, suite) in rows {
        let messages = [server_hello(version, suite, &[]), certificates(&[&certificate()]), done()];
        let flight = in_records(version, &messages, 500);
        let evidence = answered(rung, &flight);
        assert_eq!((at(&evidence), kept(&evidence)), ((Stage::Tls, End::Malformed(Fault::TlsUnsupported)), &*flight));
        assert!(evidence.certificate().is_some() && !evidence.is_ok(), "{rung} {version:#06x} {suite:#06x}");
        // What is behind it is waited for a quarter of a second, and no end makes the fault forgotten.
        let mut conversation = listening(rung);
        let (effect, _) = feed(&mut conversation, ms(40), &flight[..flight.len() - 1], &[]);
        assert!(matches!(effect, Effect::Read { until, .. } if until == ms(290)), "{effect:?}");
        conversation.step(ms(290), Input::Tick);
        assert_eq!(conversation.evidence().end, End::Malformed(Fault::TlsUnsupported));
        assert!(conversation.evidence().certificate().is_some());
    }
}

#[test]
fn what_breaks_the_rules_is_a_fault() {
    let hello = || server_hello(0x0303, ECDHE_RSA_AES_256_GCM, &[]);
    let rows = [
        ("no certificate", vec![hello(), done()]),
        ("an empty list of certificates", vec![hello(), certificates(&[]), done()]),
        ("a list that is longer than its message", vec![hello(), message(11, &[0, 0, 9, 0, 0, 1, 7]), done()]),
        ("no hello", vec![certificates(&[&certificate()]), done()]),
        ("two hellos", vec![hello(), hello()]),
        ("a hello that cannot be read", vec![message(2, &[3, 3, 0])]),
        ("an old hello of SSL 2", vec![server_hello(0x0200, 0, &[])]),
        ("the end before the beginning", vec![done()]),
        ("a message that nobody knows", vec![hello(), message(99, b"?")]),
        ("a message of the client's", vec![hello(), message(16, &[0])]),
    ];
    for (name, messages) in rows {
        let evidence = answered(Rung::Wide, &in_records(0x0303, &messages, 200));
        assert_eq!(at(&evidence), (Stage::Tls, End::Malformed(Fault::TlsProtocol)), "{name}");
    }
    for (name, behind) in [("ciphers", record(23, 0x0303, &[0; 40])), ("their beginning", record(20, 0x0303, &[1]))] {
        let flight = [record(22, 0x0303, &hello()), behind].concat();
        assert_eq!(answered(Rung::Wide, &flight).end, End::Malformed(Fault::TlsProtocol), "{name}");
    }
}

#[test]
fn alerts_are_heard() {
    let hello = record(22, 0x0301, &server_hello(0x0301, RSA_AES_128_CBC, &[]));
    let alert = |level, number| record(21, 0x0301, &[level, number]);
    let rows = [
        (alert(2, 70), End::Alert(70)),
        (alert(2, 40), End::Alert(40)),
        ([alert(1, 112), alert(2, 80)].concat(), End::Alert(80)),
        ([hello.clone(), alert(2, 40)].concat(), End::Alert(40)),
        (alert(1, 0), End::Fin),
        (alert(2, 0), End::Fin),
        ([hello, alert(1, 112)].concat(), End::Fin),
        (record(21, 0x0301, &[2]), End::Malformed(Fault::TlsProtocol)),
        // Several may share a record; the fatal one counts.
        (record(21, 0x0301, &[1, 112, 2, 40]), End::Alert(40)),
        (record(21, 0x0301, &[2, 80, 1, 0]), End::Alert(80)),
        (record(21, 0x0301, &[1, 90, 1, 0]), End::Fin),
        (record(21, 0x0301, &[2, 40, 2]), End::Malformed(Fault::TlsProtocol)),
        (record(21, 0x0301, &[2; 30]), End::Malformed(Fault::TlsProtocol)),
    ];
    for (bytes, end) in rows {
        for sizes in [&[1][..], &[3], &[usize::MAX]] {
            let mut conversation = listening(Rung::Wide);
            feed(&mut conversation, ms(1), &bytes, sizes);
            conversation.step(ms(1), Input::Closed(Close::Fin));
            assert_eq!(at(conversation.evidence()), (Stage::Tls, end), "{bytes:02x?}");
        }
    }
}

#[test]
fn what_is_no_tls_is_recognised() {
    const HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\r\n";
    let evidence = answered(Rung::Wide, HTTP);
    assert_eq!((at(&evidence), kept(&evidence)), ((Stage::Tls, End::Malformed(Fault::TlsNotSpoken)), HTTP));
    assert_eq!(evidence.foreign(), Some(Foreign::Http));
    // It is listened to for a quarter of a second, never past the end of the stage, and no more than so much is kept.
    for (before, ended) in [(0, 250), (4_900, 5_000)] {
        let mut conversation = listening(Rung::Wide);
        let (effect, _) = feed(&mut conversation, ms(before), b"HTTP", &[]);
        assert!(matches!(effect, Effect::Read { until, at_most } if (until, at_most) == (ms(ended), MAX_FOREIGN - 4)));
        assert_eq!(conversation.step(ms(ended), Input::Tick), Effect::Done);
        assert_eq!(conversation.evidence().end, End::Malformed(Fault::TlsNotSpoken));
    }
    let mut conversation = listening(Rung::Wide);
    let (effect, pieces) = feed(&mut conversation, ms(0), &vec![b'H'; 100_000], &[100]);
    assert_eq!((effect, pieces), (Effect::Done, MAX_FOREIGN.div_ceil(100)));
    assert_eq!(kept(conversation.evidence()).len(), MAX_FOREIGN);
}

#[test]
fn a_disconnect_in_place_of_tls_is_a_denial() {
    let rows: [(&[u8], Denial); 2] = [
        (&[3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80], Denial::Ultimatum(3)),
        (&[3, 0, 0, 11, 6, 0x80, 0, 0, 0, 0, 0], Denial::DisconnectRequest(0)),
    ];
    for (bytes, denial) in rows {
        for sizes in [&[1][..], &[usize::MAX]] {
            let mut conversation = listening(Rung::Wide);
            feed(&mut conversation, ms(1), bytes, sizes);
            conversation.step(ms(1), Input::Closed(Close::Fin));
            assert_eq!(at(conversation.evidence()), (Stage::Tls, End::Denied(denial)));
        }
    }
}

#[test]
fn the_end_of_the_stream_keeps_what_came_before() {
    let hello = record(22, 0x0303, &server_hello(0x0303, ECDHE_RSA_AES_256_GCM, &[]));
    let error = OsError::from(&std::io::Error::from(std::io::ErrorKind::TimedOut));
    let rows = [(Close::Fin, End::Fin), (Close::Reset, End::Reset), (Close::Os(error), End::Os(error))];
    for (close, end) in rows {
        for bytes in [&hello[..], &hello[..9], &[]] {
            let evidence = answered_and(Rung::Wide, bytes, close);
            assert_eq!((at(&evidence), kept(&evidence)), ((Stage::Tls, end), bytes));
        }
        // Before the hello is out, too.
        let (mut conversation, _) = saying(plan(ClientHello::default()));
        assert_eq!(conversation.step(ms(1), Input::Closed(close)), Effect::Done);
        assert_eq!((at(conversation.evidence()), conversation.evidence().heard()), ((Stage::Tls, end), 0));
    }
    let mut conversation = listening(Rung::Wide);
    feed(&mut conversation, ms(1), &hello, &[]);
    assert!(matches!(conversation.step(ms(4_999), Input::Tick), Effect::Read { .. }), "not yet");
    assert_eq!(conversation.step(ms(5_000), Input::Tick), Effect::Done);
    assert_eq!((conversation.evidence().end, kept(conversation.evidence())), (End::Timeout, &*hello));
}

/// A hello that was written in part is told as such, and what the peer had said before is still read.
#[test]
fn a_hello_that_went_out_in_part() {
    for count in [0, 5, 10_000] {
        let (mut conversation, hello) = saying(plan(ClientHello::default()));
        conversation.step(ms(0), Input::Sent(count));
        feed(&mut conversation, ms(1), &record(21, 0x0301, &[2, 40]), &[]);
        let evidence = conversation.into_evidence();
        assert_eq!((evidence.end, evidence.tls.unwrap().sent), (End::Alert(40), count.min(hello.len()) as u64));
    }
}

#[test]
fn an_input_that_does_not_fit_changes_nothing() {
    let (mut conversation, hello) = saying(plan(ClientHello::default()));
    for input in [Input::Start, Input::Received(b"?"), Input::Tick] {
        let effect = conversation.step(ms(1), input);
        assert!(matches!(effect, Effect::Send { bytes, .. } if bytes == hello));
        assert_eq!(conversation.state(), State::Hello);
    }
    conversation.step(ms(1), Input::Sent(hello.len()));
    for input in [Input::Start, Input::Sent(3), Input::Tick] {
        assert!(matches!(conversation.step(ms(1), input), Effect::Read { at_most: MAX_FLIGHT, .. }));
        assert_eq!(conversation.state(), State::Flight);
    }
    // A record of a handshake ends either state.
    for said in [false, true] {
        let (mut conversation, hello) = saying(plan(ClientHello::default()));
        if said {
            conversation.step(ms(1), Input::Sent(hello.len()));
        }
        let recorded = Handshake { sent: 7, received: 9, ..Handshake::ended(HandshakeEnd::Alert(40)) };
        assert_eq!(conversation.step(ms(2), Input::Tls(Box::new(recorded.clone()))), Effect::Done);
        assert_eq!(conversation.evidence().handshake, Some(recorded));
    }
}

#[test]
fn trust_is_kept() {
    let flight = whole().remove(3);
    let judged = |change: fn(&mut Plan)| {
        let mut plan = plan(ClientHello::default());
        change(&mut plan);
        let (mut conversation, hello) = saying(plan);
        conversation.step(ms(0), Input::Sent(hello.len()));
        feed(&mut conversation, ms(1), &flight.bytes, &[]);
        conversation.into_evidence().end
    };
    assert_eq!(judged(|plan| plan.thumbprints.push(Thumbprint::Sha1([7; 20]))), End::Untrusted(Check::Thumbprint));
    // Strict trust is never in what anybody could show.
    assert!(matches!(judged(|plan| plan.trust = Trust::Strict), End::Untrusted(_)));
    let mut handshake = Handshake::ended(HandshakeEnd::Complete);
    (handshake.flight, handshake.path) = (flight.bytes.clone().into(), Some(ChainPath::Trusted));
    let mut strict = plan(ClientHello::default());
    strict.trust = Trust::Strict;
    let mut conversation = Conversation::new(strict, Dial::default(), Some(NOW));
    conversation.step(ms(0), Input::Start);
    conversation.step(ms(0), Input::Sent(19));
    conversation.step(ms(0), Input::Received(&CONFIRM[..4]));
    conversation.step(ms(0), Input::Received(&CONFIRM[4..]));
    conversation.step(ms(0), Input::Tls(Box::new(handshake)));
    assert_eq!(conversation.evidence().end, End::Untrusted(Check::Chain));
}
