//! Chance that can be repeated, and what it makes: plans, dials, ends.

use std::time::Duration;

use rdp_probe::codes::ClientStatus;
use rdp_probe::conversation::{Ask, Output, Secured};
use rdp_probe::{
    Attempt, Binding, Budget, Check, ClientHello, Close, Dial, End, Exchange, Fault, Goal, HandshakeEnd, KdcEnd, Known,
    Leg, Lookup, OsError, OsErrorKind, OsErrorSpace, Package, Plan, Protocols, Proxied, ProxyKind, ProxyRefusal,
    Request, Rung, SecurityError, SecurityErrorKind, Trust,
};

/// Reproducible chance: splitmix64.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn size(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).unwrap()
    }

    pub(crate) fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    pub(crate) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.size(choices.len())]
    }

    pub(crate) fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.size(most + 1);
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    pub(crate) fn time(&mut self) -> Duration {
        Duration::from_micros(self.below(3_000_000))
    }

    pub(crate) fn os_error(&mut self) -> OsError {
        let code = self.one_in(2).then(|| self.next().to_le_bytes()[0].into());
        let space = self.of(&[OsErrorSpace::System, OsErrorSpace::Resolver]);
        OsError { space, code, kind: self.of(&OsErrorKind::ALL) }
    }

    pub(crate) fn end(&mut self) -> End {
        match self.below(10) {
            0 => End::Complete,
            1 => End::Fin,
            2 => End::Reset,
            3 => End::Timeout,
            4 => End::Alert(self.next().to_le_bytes()[0]),
            5 => End::Untrusted(self.of(&Check::ALL)),
            6 => End::Malformed(self.of(&Fault::ALL)),
            _ => End::Os(self.os_error()),
        }
    }

    pub(crate) fn close(&mut self) -> Close {
        match self.below(5) {
            0 => Close::Fin,
            1 => Close::Reset,
            2 => Close::Alert(self.next().to_le_bytes()[0]),
            3 => Close::BrokenTls,
            _ => Close::Os(self.os_error()),
        }
    }

    /// Whatever a security package may give.
    pub(crate) fn secured(&mut self) -> Secured {
        let bytes = self.bytes(40).into();
        let error = SecurityError { kind: self.of(&SecurityErrorKind::ALL), status: ClientStatus(0x8009_0304) };
        let output = match self.below(5) {
            0 => Output::Token { token: bytes, done: self.one_in(2) },
            1 => Output::Sealed(bytes),
            2 => Output::Bound(self.of(&Binding::ALL)),
            3 => Output::Failed(error),
            _ => Output::KdcFailed(self.kdc_end()),
        };
        Secured { output, kdc: None }
    }

    /// What is due, as a rule.
    pub(crate) fn secured_for(&mut self, ask: &Ask) -> Secured {
        let output = match ask {
            _ if self.one_in(12) => return self.secured(),
            Ask::Token(_) => Output::Token { token: self.bytes(40).into(), done: self.one_in(2) },
            Ask::Compare { .. } => Output::Bound(self.of(&[Binding::Same, Binding::Same, Binding::Other])),
            _ => Output::Sealed(self.bytes(40).into()),
        };
        Secured { output, kdc: None }
    }

    fn kdc_end(&mut self) -> KdcEnd {
        match self.below(6) {
            0 => KdcEnd::Fin,
            1 => KdcEnd::Reset,
            2 => KdcEnd::Timeout,
            3 => KdcEnd::Os(self.os_error()),
            4 => KdcEnd::Malformed,
            _ => KdcEnd::Refusal(self.of(&[6, 7, 12, 14, 18, 23, 24, 37, 60])),
        }
    }

    pub(crate) fn handshake_end(&mut self) -> HandshakeEnd {
        match self.below(8) {
            0 | 1 => HandshakeEnd::Complete,
            2 => HandshakeEnd::Fin,
            3 => HandshakeEnd::Reset,
            4 => HandshakeEnd::Timeout,
            5 => HandshakeEnd::Alert(if self.one_in(2) {
                self.of(&[40, 70, 71, 80, 112])
            } else {
                self.next().to_le_bytes()[0]
            }),
            6 => HandshakeEnd::Malformed(self.of(&Fault::ALL)),
            _ => HandshakeEnd::Os(self.os_error()),
        }
    }

    pub(crate) fn plan(&mut self) -> Plan {
        let mut plan = Plan::new("lab.rdp-probe.test".parse().unwrap());
        plan.goal = match self.below(4) {
            0 => self.of(&Goal::ALL),
            1 => self.of(&[Goal::Challenge, Goal::Verify, Goal::Delegate]),
            _ => Goal::Tls,
        };
        plan.trust = if self.one_in(2) { self.of(&Trust::ALL) } else { Trust::Observe };
        plan.known = self.known();
        plan.package = self.of(&Package::ALL);
        plan.dangers.any_certificate = !self.one_in(4);
        plan.dangers.old_credssp = self.one_in(2);
        plan.offer = Protocols::from_bits(u32::try_from(self.below(32)).unwrap());
        plan.budget = Budget { stage: self.time(), total: self.time() };
        plan.request = self.request();
        plan.client_hello = if self.one_in(3) { ClientHello::new(self.of(&Rung::ALL)) } else { ClientHello::default() };
        plan
    }

    pub(crate) fn known(&mut self) -> Known {
        match self.below(6) {
            0 => Known::Nothing,
            1 => Known::Unavailable,
            2 => Known::Certificate(self.bytes(40).into()),
            _ => Known::Unasked,
        }
    }

    pub(crate) fn request(&mut self) -> Request {
        match self.below(12) {
            0 => Request::default().without_negotiation(),
            1 => Request::default().with_cookie("alice").unwrap(),
            2 => Request::default().with_routing_token("tsv://farm").unwrap().with_restricted_admin(),
            3 => Request::default().with_preconnection_id(7).with_correlation_id([1; 16]).unwrap(),
            _ => Request::default(),
        }
    }

    pub(crate) fn proxied(&mut self) -> Proxied {
        let leg = Leg { started: self.time(), elapsed: self.time(), sent: 3, received: self.below(20) };
        let byte = self.next().to_le_bytes()[0];
        let end = match self.below(8) {
            0 => End::ProxyRefusal(ProxyRefusal::SocksMethod(self.of(&[1, 2, 0x80, 0xFF]))),
            1 => End::ProxyRefusal(self.of(&[ProxyRefusal::Socks(byte % 10), ProxyRefusal::SocksPassword(byte)])),
            2 => End::ProxyRefusal(ProxyRefusal::Http(self.of(&[302, 401, 403, 407, 502, 503]))),
            3 => End::Fin,
            _ => self.end(),
        };
        let exchange = (!self.one_in(3)).then(|| Exchange::new(leg, end).with_received(self.bytes(600).into()));
        let proxy = "proxy.rdp-probe.test:1080".parse().unwrap();
        Proxied::new(self.of(&ProxyKind::ALL), proxy, self.direct(), exchange)
    }

    pub(crate) fn dial(&mut self) -> Dial {
        let mut dial = Dial::default();
        if self.one_in(8) {
            dial.proxy = Some(Box::new(self.proxied()));
            return dial;
        }
        self.direct()
    }

    pub(crate) fn direct(&mut self) -> Dial {
        let mut dial = Dial::default();
        if self.one_in(3) {
            dial.lookup = Some(Lookup { started: self.time(), elapsed: self.time(), end: self.end() });
        }
        for number in 0..self.below(4) {
            let address = ([127, 0, 0, u8::try_from(number).unwrap()], 3389).into();
            let started = (!self.one_in(4)).then(|| self.time());
            let end = (!self.one_in(4)).then(|| self.end());
            dial.attempts.push(Attempt { address, started, elapsed: self.time(), end });
        }
        dial
    }
}
