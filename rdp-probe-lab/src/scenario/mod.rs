//! The scenarios: a row each, in the order of the stages.

mod accept;
mod certificate;
mod choice;
mod foreign;
mod nla;
mod refusal;
mod request;
mod selective;
mod tls;

use rdp_probe::diagnose::Cause;
use rdp_probe::{Goal, Package, Protocols};

use crate::answer::Answer;
use crate::behaviour::{Behaviour, Then};
use crate::certificate::LabCertificate;
use crate::player::Ending;
use crate::policy::Policy;
use crate::tls::Versions;

/// A way for a server to behave, known by name.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    name: &'static str,
    about: &'static str,
    offer: Protocols,
    expected: Cause,
    behaviour: Behaviour,
    by_name: bool,
    examined: Option<Cause>,
    goal: Goal,
    package: Package,
}

impl Scenario {
    /// Who may log on to the servers of Network Level Authentication, unless the scenario is about that.
    pub const USER: &'static str = "alice";

    /// The password of that user.
    pub const PASSWORD: &'static str = "Secret-1";

    /// All scenarios, in the order of the stages.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLES.iter().copied().flatten().copied()
    }

    /// The scenario of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|scenario| scenario.name == name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the server does, in a line.
    #[must_use]
    pub const fn about(&self) -> &'static str {
        self.about
    }

    /// What a client has to offer to see it: the usual, or less.
    #[must_use]
    pub const fn offer(&self) -> Protocols {
        self.offer
    }

    /// How far a client has to go to see it.
    #[must_use]
    pub const fn goal(&self) -> Goal {
        self.goal
    }

    /// The security package that a client has to speak to see it.
    #[must_use]
    pub const fn package(&self) -> Package {
        self.package
    }

    /// The cause that a diagnosis of the first connection should come to first.
    #[must_use]
    pub const fn expected(&self) -> Cause {
        self.expected
    }

    /// The cause that an examination should come to first, where it tells more than the first connection does.
    #[must_use]
    pub const fn examined(&self) -> Option<Cause> {
        self.examined
    }

    pub(crate) const fn behaviour(&self) -> Behaviour {
        self.behaviour
    }

    /// Whether clients have to know the server by a name to see it.
    pub(crate) const fn by_name(&self) -> bool {
        self.by_name
    }

    /// The same, told apart from what looks alike.
    const fn told_as(self, cause: Cause) -> Self {
        Self { examined: Some(cause), ..self }
    }

    /// The same for a client that names the server.
    const fn for_name(self) -> Self {
        Self { by_name: true, ..self }
    }

    /// The same for a client that goes so far.
    const fn for_goal(self, goal: Goal) -> Self {
        Self { goal, ..self }
    }

    /// The same for a client that speaks this package.
    const fn for_package(self, package: Package) -> Self {
        Self { package, ..self }
    }

    /// The same for a client that offers no more than this.
    const fn for_offer(self, offer: Protocols) -> Self {
        Self { offer, ..self }
    }
}

const TABLES: [&[Scenario]; 11] = [
    accept::HEALTHY,
    accept::UNREAD,
    request::UNANSWERED,
    foreign::FOREIGN,
    refusal::REFUSALS,
    choice::CHOICES,
    tls::HANDSHAKES,
    selective::SELECTIVE,
    certificate::CERTIFICATES,
    nla::ANSWERS,
    nla::BROKEN,
];

/// What the Windows client offers to begin with, and so does rdp-probe.
const USUAL: Protocols = Protocols::SSL.union(Protocols::HYBRID).union(Protocols::HYBRID_EX);

const fn row(name: &'static str, expected: Cause, behaviour: Behaviour, about: &'static str) -> Scenario {
    let (goal, package) = (Goal::Tls, Package::Ntlm);
    Scenario { name, about, offer: USUAL, expected, behaviour, by_name: false, examined: None, goal, package }
}

/// TLS as it should be.
const SOUND: Then = Then::Tls(LabCertificate::healthy, Versions::Both);

/// A server that answers nothing to the request, and ends so.
const fn mute(ending: Ending) -> Behaviour {
    Behaviour::Answer(Answer::Nothing, Then::End(ending))
}

/// A server that answers these bytes to the request, and closes.
const fn says(bytes: &'static [u8]) -> Behaviour {
    Behaviour::Answer(Answer::Bytes(bytes), Then::End(Ending::Fin))
}

/// A server that negotiates so, and is sound where TLS follows.
const fn negotiates(policy: Policy) -> Behaviour {
    Behaviour::Answer(Answer::Negotiate(policy), SOUND)
}

/// A server that chooses TLS; then this.
const fn tls(then: Then) -> Behaviour {
    Behaviour::Answer(Answer::Negotiate(Policy::Tls), then)
}

/// A server that reads the `ClientHello`, then sends these bytes and ends so.
const fn after_hello(bytes: &'static [u8], ending: Ending) -> Behaviour {
    tls(Then::AfterHello(bytes, ending))
}
