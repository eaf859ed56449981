//! The table of experiments: further connections that tell apart what looks alike in one.

use std::fmt;

use super::fact::{Fact, Facts};
use super::fact_set::FactSet;

/// Why a connection was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Experiment {
    /// It is the one that was asked for.
    First,
    /// The server did not take the offer of the one before; this one makes another.
    OtherOffer,
    /// The first again, to the same address.
    Repeat,
    /// The first, to another address of the name.
    OtherAddress,
    /// Standard RDP security alone is offered.
    OnlyRdp,
    /// TLS alone is offered.
    OnlySsl,
    /// A `ClientHello` of our own with the widest offer, TLS 1.0 to 1.2, read in clear text.
    WideHello,
    /// The same without a server name.
    WithoutName,
    /// A `ClientHello` of our own that offers TLS 1.2 alone, with the suites of this client's usual TLS.
    Tls12Hello,
    /// A `ClientHello` of our own that offers TLS 1.3 alone.
    Tls13Hello,
    /// A `ClientHello` that no server can agree to: its answer is small.
    NothingHello,
    /// The wide `ClientHello`, padded past 1,500 bytes (RFC 7685).
    LargeHello,
    /// The wide `ClientHello`, padded just past the 1,460 bytes of one segment.
    SegmentHello,
    /// The target's address in place of its name.
    ByAddress,
    /// The first again, after a pause.
    AfterPause,
    /// The first again, behind the experiments: what they settled is settled only if it still ends so.
    OnceMore,
}

impl Experiment {
    /// All experiments: those that are no second look, then the table's.
    pub const ALL: [Self; 16] = [
        Self::First,
        Self::OtherOffer,
        Self::Repeat,
        Self::OtherAddress,
        Self::OnlyRdp,
        Self::OnlySsl,
        Self::WideHello,
        Self::WithoutName,
        Self::Tls12Hello,
        Self::Tls13Hello,
        Self::NothingHello,
        Self::LargeHello,
        Self::SegmentHello,
        Self::ByAddress,
        Self::AfterPause,
        Self::OnceMore,
    ];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::OtherOffer => "other-offer",
            Self::Repeat => "repeat",
            Self::OtherAddress => "other-address",
            Self::OnlyRdp => "only-rdp",
            Self::OnlySsl => "only-ssl",
            Self::WideHello => "wide-hello",
            Self::WithoutName => "without-name",
            Self::Tls12Hello => "tls12-hello",
            Self::Tls13Hello => "tls13-hello",
            Self::NothingHello => "nothing-hello",
            Self::LargeHello => "large-hello",
            Self::SegmentHello => "segment-hello",
            Self::ByAddress => "by-address",
            Self::AfterPause => "after-pause",
            Self::OnceMore => "once-more",
        }
    }

    /// Whether it makes the very connection that was asked for, so that its outcome can be compared with the first.
    #[must_use]
    pub const fn is_alike(self) -> bool {
        matches!(self, Self::First | Self::Repeat | Self::AfterPause | Self::OnceMore)
    }

    /// Why it is made, in words.
    #[must_use]
    pub fn why(self) -> &'static str {
        self.trial().map_or("what was asked for", |trial| trial.why)
    }

    /// Its row in the table of experiments; `None` for those that are no second look.
    #[must_use]
    pub fn trial(self) -> Option<&'static Trial> {
        TRIALS.iter().find(|trial| trial.experiment == self)
    }
}

impl fmt::Display for Experiment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A row of the table: what an experiment is made for, when, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trial {
    /// The experiment.
    pub experiment: Experiment,
    /// Why it is made, in words.
    pub why: &'static str,
    /// The facts that it answers.
    pub settles: &'static [Fact],
    /// What has to be true for it to say anything.
    pub needs: &'static [Fact],
    /// What has to be false for it to say anything.
    pub spares: &'static [Fact],
    /// How often it may be made.
    pub times: usize,
}

impl Trial {
    /// Whether it could say something of a case where this is known.
    #[must_use]
    pub fn fits(&self, facts: Facts) -> bool {
        facts.satisfy(FactSet::of(self.needs), FactSet::of(self.spares))
    }

    /// Whether nothing that is known speaks against it.
    #[must_use]
    pub fn may_fit(&self, facts: Facts) -> bool {
        facts.allow(FactSet::of(self.needs), FactSet::of(self.spares))
    }
}

use Fact as F;

const fn trial(
    experiment: Experiment,
    why: &'static str,
    settles: &'static [F],
    needs: &'static [F],
    spares: &'static [F],
) -> Trial {
    Trial { experiment, why, settles, needs, spares, times: 1 }
}

/// Where no connection to the target came about, there is nobody to ask anything else.
const NOBODY: &[F] = &[F::AtResolve, F::AtProxy, F::AtConnect];

/// Every experiment of a second look, the cheapest and most telling first.
pub const TRIALS: &[Trial] = &[
    Trial {
        times: 2,
        ..trial(
            Experiment::Repeat,
            "the same again: does it come and go?",
            &[F::Varies, F::FailsAtConnect, F::FailsAtRequest, F::CertificatesDiffer, F::SynLost, F::SynLostAgain],
            &[],
            &[F::AtResolve, F::AtProxy],
        )
    },
    trial(
        Experiment::OnlyRdp,
        "standard RDP security alone is offered: does RDP itself answer?",
        &[F::RdpAnswered],
        &[F::TlsOffered],
        NOBODY,
    ),
    trial(
        Experiment::OnlySsl,
        "TLS alone is offered: is it the combination of protocols?",
        &[F::SslAnswered],
        &[F::NlaOffered],
        NOBODY,
    ),
    trial(
        Experiment::WideHello,
        "our own ClientHello, TLS 1.0 to 1.2 with every suite, in clear text: is anything in common?",
        &[F::WideAnswered, F::WideLegacy, F::AllDropped],
        &[F::AtTls],
        &[],
    ),
    trial(
        Experiment::WithoutName,
        "the same without a server name: is it the name that is asked for?",
        &[F::NamelessAnswered],
        &[F::AtTls, F::NameSent],
        &[F::WideAnswered],
    ),
    trial(
        Experiment::Tls12Hello,
        "our own ClientHello with TLS 1.2 alone and the suites of this client: is it TLS 1.3 that is not borne?",
        &[F::Tls12Answered],
        &[F::AtTls],
        &[],
    ),
    trial(
        Experiment::Tls13Hello,
        "our own ClientHello with TLS 1.3 alone: is it the only version?",
        &[F::Tls13Answered],
        &[F::AtTls],
        &[],
    ),
    Trial {
        times: 16,
        ..trial(
            Experiment::OtherAddress,
            "another address of the name: is it this one alone?",
            &[F::AddressFails, F::FamilyFails],
            &[F::OtherAddresses],
            &[F::AtResolve, F::AtProxy],
        )
    },
    trial(
        Experiment::NothingHello,
        "a ClientHello that nobody can agree to: does a small answer come through?",
        &[F::SmallAnswered],
        &[F::AtTls],
        &[],
    ),
    Trial {
        times: 2,
        ..trial(
            Experiment::LargeHello,
            "the ClientHello padded past 1,500 bytes: do large packets arrive?",
            &[F::LargeLost, F::LargeDropped],
            &[F::AtTls],
            &[],
        )
    },
    trial(
        Experiment::SegmentHello,
        "the ClientHello padded just past one segment: is it the size, or the second packet?",
        &[F::SegmentTaken],
        &[F::AtTls],
        &[],
    ),
    Trial {
        times: 2,
        ..trial(
            Experiment::ByAddress,
            "the address in place of the name: does the server want to be asked by name?",
            &[F::AddressFormFails],
            &[F::AtTls, F::NameSent],
            &[],
        )
    },
    trial(
        Experiment::AfterPause,
        "the same after a pause: does a rest help?",
        &[F::PauseHelps],
        &[F::Varies],
        &[F::AtResolve, F::AtProxy],
    ),
    trial(
        Experiment::OnceMore,
        "the same once more, behind all that: is it still so?",
        &[F::Confirmed],
        &[],
        &[F::AtResolve, F::AtProxy],
    ),
];
