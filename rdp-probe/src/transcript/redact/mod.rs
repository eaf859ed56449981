//! Takes out of a transcript what says whose connection it was, and leaves what says why it failed.
//!
//! Everything that stands in for something has its length, so that lengths inside certificates and TLS messages hold and
//! the redacted transcript is replayed like any other.

mod address;
mod certificate;
mod credssp;
mod der;
mod flight;
mod names;
mod outline;
mod request;

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;

use super::Transcript;
use crate::evidence::{Attempt, Dial, End, Evidence, Exchange, Fault, Handshake, Known, Plan, Proxied, Trust};
use crate::flight::is_tls;
use crate::foreign::Foreign;
use crate::target::Target;
use names::Names;

impl Transcript {
    /// The same connection without the names and addresses in it, to be shown to strangers.
    ///
    /// Its replay comes to the same stage, end, answer, causes, prediction, foreign protocol and verdict of every check.
    /// Redacting it again changes nothing.
    ///
    /// What is masked, each by something of the same length but for addresses:
    /// - Host names, in the target, the given server name and certificates: each run of letters and digits becomes
    ///   another, `ts01.corp.example` for instance `aaaa.aaab.aaaaaaa`. What was the same stays the same and what differed
    ///   differs, so names match, wildcards too, where they matched.
    /// - Inside TLS, the names in an NTLM CHALLENGE, as hosts are, so that they go on matching the target and the certificate where
    ///   they did; tokens, checksums and keys become zeros, the server's challenge too.
    /// - The service that a ticket is asked for, but for its class.
    /// - The proxy's and the gateway's names; cookie, routing token and pre-connection blob, word for word as names are;
    ///   correlation and pre-connection ids, which become one that says nothing. A thumbprint that was expected becomes that
    ///   of the masked certificate if it was the certificate's; the certificate that the target is known by is masked like
    ///   the server's own, and the one is against the other what it was, as long as they do not hold names beyond ASCII in
    ///   strings of different kinds.
    /// - IP addresses, which become documentation addresses (RFC 5737, RFC 3849), or other addresses of nobody where a
    ///   certificate spells one out and none for documentation is as long. Loopback and unspecified addresses stay.
    /// - Of every certificate: names in subject, issuer and alternative names; serial number, public key, signature and
    ///   unique identifiers (a small number in key and signature tells different ones apart); the content of every extension but basic constraints, key usage and extended key usage;
    ///   object identifiers that no standard lists. One that cannot be read becomes zeros.
    /// - Of a TLS flight: everything but headers of records and messages, alerts, the `ServerHello` (without its session,
    ///   and of its extensions only version and group), the group of a key exchange or the length of its prime, and
    ///   certificates, which are masked as above.
    /// - Of an answer, of what a proxy said, and of what comes in place of TLS or of `CredSSP`: every byte but punctuation, the fixed part of RDP's own
    ///   messages, and the few that a foreign protocol is known by.
    ///
    /// Left out are notes, the expected result, and events that the replay does not come to.
    ///
    /// What stays: ports, times and the clock; how many bytes came when; what was offered and answered; TLS version and
    /// suite; version of `CredSSP`, security packages, flags, build and clock of the server; of certificates their validity to the second, key and signature algorithms, key size, version and usages;
    /// and the lengths, letter case and punctuation of names. Whoever knows a host can so tell that a transcript may be
    /// of it, and validity and lengths together may be enough to find a certificate in a public log.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let masked = redact_all(&[&self.replay()]);
        let masked = masked.first().map_or_else(|| Self::new(self.plan.clone()), Self::from);
        Self { experiment: self.experiment, ..masked }
    }
}

/// Redacts connections that belong together: what was the same in several of them stays the same, and what differed differs.
pub(crate) fn redact_all(all: &[&Evidence]) -> Vec<Evidence> {
    // An address that a certificate spells out needs a stand-in of its length: which are known after a first pass.
    let mut first = Names::default();
    for evidence in all {
        redact(evidence, &mut first);
    }
    let mut names = Names::spelling_out(first);
    // What a transcript does not keep is not in what it is replayed to either.
    all.iter().map(|evidence| Transcript::from(&redact(evidence, &mut names)).replay()).collect()
}

// Each of these functions takes its value apart to the last field: one that is new has to be masked here, or kept.

fn redact(evidence: &Evidence, names: &mut Names) -> Evidence {
    let Evidence {
        plan,
        clock,
        dial,
        stage,
        end,
        negotiate,
        received,
        arrivals,
        closed,
        answer,
        tls,
        handshake,
        kerberos,
        nla,
        credssp,
    } = evidence;
    let masked = Evidence {
        plan: Plan { target: target(&plan.target, names), ..plan.clone() },
        clock: *clock,
        dial: self::dial(dial, names),
        stage: *stage,
        end: *end,
        negotiate: *negotiate,
        received: received.clone(),
        arrivals: arrivals.clone(),
        closed: *closed,
        answer: *answer,
        tls: *tls,
        handshake: handshake.as_ref().map(|handshake| self::handshake(handshake, names)),
        kerberos: *kerberos,
        nla: *nla,
        credssp: credssp.clone(),
    };
    let masked = with_flight_masked(with_answer_masked(masked), names);
    let masked = credssp::masked(masked, names);
    let leaf = evidence.certificate().zip(masked.certificate());
    let plan = request::plan(plan, names, leaf.as_ref().map(|(before, after)| (before, after)));
    Evidence { plan, ..masked }
}

fn target(target: &Target, names: &mut Names) -> Target {
    let (host, port) = (names.host(target.host()), target.port());
    let text = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    // Its stand-in is a host where the name was one; else no name is better than the old.
    text.parse().unwrap_or_else(|_| Target::from(SocketAddr::new(IpAddr::from([0; 4]), port)))
}

/// Without its zone, which names an interface of this machine.
fn address_of(address: SocketAddr, names: &mut Names) -> SocketAddr {
    SocketAddr::new(names.address(address.ip()), address.port())
}

fn dial(dial: &Dial, names: &mut Names) -> Dial {
    let Dial { lookup, attempts, unwanted, proxy } = dial;
    let attempts = attempts.iter().map(|Attempt { address, started, elapsed, end }| Attempt {
        address: address_of(*address, names),
        started: *started,
        elapsed: *elapsed,
        end: *end,
    });
    let attempts = attempts.collect();
    let proxy = proxy.as_deref().map(|proxied| Box::new(self::proxied(proxied, names)));
    let unwanted = unwanted.iter().map(|address| address_of(*address, names));
    Dial { lookup: *lookup, attempts, unwanted: unwanted.collect(), proxy }
}

fn proxied(proxied: &Proxied, names: &mut Names) -> Proxied {
    let Proxied { kind, proxy, dial, exchange } = proxied;
    let exchange = exchange.as_ref().map(self::exchange);
    Proxied { kind: *kind, proxy: target(proxy, names), dial: self::dial(dial, names), exchange }
}

/// How the exchange ended is written down beside what the proxy said; only another protocol is told from the bytes.
fn exchange(exchange: &Exchange) -> Exchange {
    let Exchange { leg, end, received } = exchange;
    let result = |bytes: &[u8]| (*end == End::Malformed(Fault::NotProxy)).then(|| Foreign::recognise(bytes));
    let received = outline::draw(received, &outline::blank(received), result).into();
    Exchange { leg: *leg, end: *end, received }
}

/// All but the flight, which takes a look at the whole: see [`with_flight_masked`].
fn handshake(handshake: &Handshake, names: &mut Names) -> Handshake {
    let Handshake { end, sent, received, session, chain, path, own_signature, flight } = handshake;
    Handshake {
        end: *end,
        sent: *sent,
        received: *received,
        session: *session,
        chain: chain.iter().map(|der| certificate::mask(der, names).into()).collect(),
        path: *path,
        own_signature: *own_signature,
        flight: flight.clone(),
    }
}

/// Masks the answer, down to what the replay comes to the same result by.
fn with_answer_masked(evidence: Evidence) -> Evidence {
    let result = |bytes: &[u8]| {
        let seen = Transcript::from(&Evidence { received: Bytes::copy_from_slice(bytes), ..evidence.clone() }).replay();
        let ended = seen.tls.is_none().then_some((seen.stage, seen.end));
        (seen.negotiate, seen.arrivals, seen.closed, seen.answer, ended, Foreign::recognise(bytes))
    };
    let received = outline::draw(&evidence.received, &outline::blank(&evidence.received), result).into();
    Evidence { received, ..evidence }
}

/// The same for a flight, be it TLS or not.
fn with_flight_masked(mut evidence: Evidence, names: &mut Names) -> Evidence {
    let Some(handshake) = evidence.handshake.clone() else { return evidence };
    let with = |bytes: &[u8]| Some(Handshake { flight: Bytes::copy_from_slice(bytes), ..handshake.clone() });
    // Trust is no matter of these bytes: what a masked certificate is against what was asked for is the same in the end.
    let plan = Plan { trust: Trust::Observe, thumbprints: Vec::new(), known: Known::Unasked, ..evidence.plan.clone() };
    let result = |bytes: &[u8]| {
        let seen = Evidence { plan: plan.clone(), handshake: with(bytes), ..evidence.clone() };
        let seen = Transcript::from(&seen).replay();
        (seen.stage, seen.end, Foreign::recognise(bytes))
    };
    let flight = &handshake.flight;
    let masked = if is_tls(flight) { flight::mask(flight, names) } else { outline::blank(flight) };
    evidence.handshake = with(&outline::draw(flight, &masked, result));
    evidence
}
