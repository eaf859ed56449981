//! Certificates of any bytes: read, judged, compared, shown in a connection.

use std::time::Duration;

use rdp_probe::conversation::{Conversation, Effect, Input};
use rdp_probe::{
    Certificate, ChainPath, Change, Dial, Evidence, Goal, Handshake, HandshakeEnd, Known, Plan, Reason, Thumbprint,
    Trust, judge,
};

use super::codec::Codec;
use super::conversation::check;
use super::reached::Reached;
use super::{oracle, plan};

/// First how the chain led, the trust and the clock, then the certificate.
pub(super) fn certificate(bytes: &[u8]) -> Reached {
    let mut codec = Codec::reading(bytes);
    let (mut path, mut own, mut trust, mut clock) = (None, None, Trust::Observe, 1_795_219_200);
    codec.choice(&mut path, &[None, Some(ChainPath::Trusted), Some(ChainPath::UnknownIssuer)]);
    codec.choice(&mut own, &[None, Some(true), Some(false)]);
    codec.choice(&mut trust, &Trust::ALL);
    codec.long(&mut clock);
    let der = codec.rest();
    let mut handshake = Handshake::ended(HandshakeEnd::Complete);
    (handshake.path, handshake.own_signature, handshake.chain) = (path, own, vec![der.to_vec().into()]);
    let mut asked = Plan::new(plan::target());
    (asked.goal, asked.trust) = (Goal::Tls, trust);
    if let Some(read) = Certificate::parse(der) {
        facts(&read, &handshake, clock.into());
        assert_eq!(Certificate::parse(&[der, b"behind"].concat()).map(|more| more.subject), Some(read.subject.clone()));
        if let Some(target) = read.hosts().iter().find_map(|host| host.parse().ok()) {
            asked.target = target;
        }
        if clock.is_multiple_of(2) {
            (asked.thumbprints, asked.known) =
                (vec![Thumbprint::Sha1(read.sha1)], Known::Certificate(der.to_vec().into()));
        }
    }
    let mut reached = Reached::default();
    check(&shown(asked, handshake, clock.into()), &mut reached, bytes);
    reached
}

/// A seed of [`certificate`].
pub(super) fn seed(trust: Trust, der: &[u8]) -> Vec<u8> {
    let mut codec = Codec::writing();
    codec.byte(&mut 0);
    codec.byte(&mut 1);
    codec.choice(&mut trust.clone(), &Trust::ALL);
    codec.long(&mut 1_795_219_200);
    [codec.into_bytes(), der.to_vec()].concat()
}

/// What a certificate says of itself fits itself.
fn facts(read: &Certificate, handshake: &Handshake, clock: i64) {
    let judged = |host: &str| judge(read, handshake.path, handshake.own_signature, host, Some(clock));
    for host in read.hosts().iter().filter(|host| !host.starts_with("*.") && !host.ends_with('.')) {
        let named = judged(host).name;
        // A DNS name that spells an address names none.
        assert!(named.ok == Some(true) || host.parse::<std::net::IpAddr>().is_ok(), "{host:?}: {named:?}");
    }
    let verdict = judged("");
    let valid = (read.not_before..=read.not_after).contains(&clock);
    assert_eq!(verdict.time.ok, Some(valid));
    let prints = [Thumbprint::Sha1(read.sha1), Thumbprint::Sha256(read.sha256), Thumbprint::Key(read.key_sha256)];
    for print in prints {
        assert!(print.matches(read));
        assert_eq!(print.to_string().parse(), Ok(print));
        assert_eq!(verdict.with_expected(&[print], read).thumbprint.reason, Reason::Expected);
    }
    assert_eq!(read.compare(read), Change::Same);
    let der = Known::Certificate(handshake.chain.first().cloned().unwrap_or_default());
    assert_eq!(verdict.with_known(&der, read).known.reason, Reason::Same);
    let days = read.days_left(clock);
    assert_eq!(days < 0, read.not_after < clock, "{days}");
}

/// A connection in which the server shows it.
fn shown(asked: Plan, handshake: Handshake, clock: i64) -> Evidence {
    let now = Duration::from_millis(7);
    let mut conversation = Conversation::new(asked, Dial::default(), Some(clock));
    let Effect::Send { bytes, .. } = conversation.step(now, Input::Start) else { unreachable!("a request") };
    conversation.step(now, Input::Sent(bytes.len()));
    let confirm = oracle::confirm(false);
    conversation.step(now, Input::Received(&confirm[..4]));
    conversation.step(now, Input::Received(&confirm[4..]));
    conversation.step(now, Input::Tls(Box::new(handshake)));
    assert!(conversation.is_done());
    conversation.into_evidence()
}
