//! A transcript, printed.

use std::fmt;
use std::time::Duration;

use super::words::{EndWords, Spaced, Time, answer};
use super::{Event, Happening, Transcript, credssp, dial, plan};
use crate::certificate::hex;
use crate::diagnose::Experiment;
use crate::evidence::{End, Handshake};
use crate::rfc3339;

/// The first line, with the version of the format.
pub(super) const MAGIC: &str = "rdp-probe transcript 1";

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}")?;
        let mut notes = self.notes.iter().flat_map(|note| note.split('\n'));
        notes.try_for_each(|line| writeln!(f, "#{line}"))?;
        if self.experiment != Experiment::First {
            writeln!(f, "experiment {}", self.experiment)?;
        }
        writeln!(f, "target {}", self.plan.target)?;
        if let Some(clock) = self.clock {
            writeln!(f, "clock {}", rfc3339::print(clock))?;
        }
        plan::print(f, &self.plan)?;
        dial::print(f, &self.dial)?;
        if self.started != self.dial.ended() {
            writeln!(f, "start @{}", Time(self.started))?;
        }
        let mut before = self.started;
        for Event { at, what } in &self.events {
            print_event(f, at.saturating_sub(before), what)?;
            before = *at;
        }
        match &self.expected {
            Some(expected) => write!(f, "--\n{expected}"),
            None => Ok(()),
        }
    }
}

fn print_event(f: &mut fmt::Formatter<'_>, after: Duration, what: &Happening) -> fmt::Result {
    let after = Time(after);
    match what {
        Happening::Sent(bytes) => writeln!(f, "> +{after}{}", Spaced(bytes)),
        Happening::Received(bytes) => writeln!(f, "< +{after}{}", Spaced(bytes)),
        Happening::Closed(close) => writeln!(f, "end +{after} {}", EndWords(End::from(*close))),
        Happening::Timeout => writeln!(f, "end +{after} timeout"),
        Happening::Wrote(count) => writeln!(f, "sent +{after} {count}"),
        Happening::Secured(step) => writeln!(f, "secured +{after}{}", credssp::Step(*step)),
        Happening::Tls(handshake) => print_handshake(f, &after, handshake),
    }
}

fn print_handshake(f: &mut fmt::Formatter<'_>, after: &Time, handshake: &Handshake) -> fmt::Result {
    let (sent, received) = (handshake.sent, handshake.received);
    write!(f, "tls +{after} {} sent {sent} received {received}", EndWords(handshake.end.into()))?;
    if let Some(session) = handshake.session {
        write!(f, " version {:#06x} suite {:#06x}", session.version, session.suite)?;
    }
    if let Some(path) = handshake.path {
        write!(f, " path {}", path.as_str())?;
    }
    if let Some(own) = handshake.own_signature {
        write!(f, " own-signature {}", answer(own))?;
    }
    writeln!(f)?;
    handshake.chain.iter().try_for_each(|der| writeln!(f, "certificate {}", hex(der)))?;
    if handshake.flight.is_empty() { Ok(()) } else { writeln!(f, "flight {}", hex(&handshake.flight)) }
}
