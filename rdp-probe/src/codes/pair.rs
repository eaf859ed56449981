//! The pairs that the Windows client shows, and what to run next about them.

use super::number::{DisconnectReason, ExtendedReason};
use crate::diagnose::Cause;

/// What a pair says, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pair {
    /// The first number.
    pub reason: DisconnectReason,
    /// The second number.
    pub extended: ExtendedReason,
    /// The pair in a line.
    pub headline: &'static str,
    /// What it says, and what it does not.
    pub meaning: &'static str,
    /// How well that is known.
    pub known: &'static str,
    /// Causes that lie beyond what a probe can see.
    pub beyond: &'static [Cause],
}

/// Something to run next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// What for.
    pub what: &'static str,
    /// The command.
    pub command: &'static str,
}

const PAIRS: &[Pair] = &[
    Pair {
        reason: DisconnectReason::SOCKET_CLOSED,
        extended: ExtendedReason::DENIED,
        headline: "the socket closed before the connection was complete",
        meaning: "Windows reports that the peer, or something between, closed or reset the socket while the \
            connection was being opened, and that no layer above had a better explanation. It is a symptom, not a \
            diagnosis: nothing in it tells why, nor FIN from reset, nor server from middlebox.",
        known: "0x904 is documented as \"socket closed\". That 7 means \"not complete yet\" is a strong inference from field \
            reports (GitHub dockur/windows#345), and documented nowhere.",
        beyond: &[Cause::ClientAtFault],
    },
    Pair {
        reason: DisconnectReason::SOCKET_CLOSED,
        extended: ExtendedReason::NO_INFO,
        headline: "the socket closed after the connection had been complete",
        meaning: "The session was there and its socket went away: network, VPN, the server's session, or the server \
            itself. Opening the connection is not what failed.",
        known: "0x904 is documented as \"socket closed\"; that 0 means \"afterwards\" is a strong inference from field \
            reports (GitHub rustdesk/rustdesk#10125).",
        beyond: &[Cause::PathUnstable, Cause::SessionFails, Cause::UdpTrouble],
    },
];

/// What is known of a pair as a pair; most are only the sum of their numbers.
#[must_use]
pub fn find_pair(reason: DisconnectReason, extended: ExtendedReason) -> Option<&'static Pair> {
    PAIRS.iter().find(|pair| pair.reason == reason && pair.extended == extended)
}

const CHECK: Step = Step {
    what: "From the client's machine: where does the opening end, and on what evidence?",
    command: "rdp-probe check <host>",
};

const EVENTS: Step = Step {
    what: "On a Windows server, elevated, right after a failed attempt: what does it say itself?",
    command: "Get-WinEvent System -MaxEvents 300 | ? ProviderName -match 'Schannel|Term' | fl TimeCreated,Id,Message",
};

const LISTENER: Step = Step {
    what: "On a Windows server: does Remote Desktop listen, and is it what owns the port?",
    command: "qwinsta; Get-NetTCPConnection -LocalPort 3389 -State Listen | Select-Object LocalAddress,OwningProcess",
};

const SESSION: Step = Step {
    what: "On the Windows server: when and why did the session end?",
    command: "Get-WinEvent Microsoft-Windows-TerminalServices-LocalSessionManager/Operational -MaxEvents 20",
};

const CLIENT: Step = Step {
    what: "On the Windows client: what did it note itself? (1026 holds the disconnect reason)",
    command: "Get-WinEvent Microsoft-Windows-TerminalServices-RDPClient/Operational -MaxEvents 20",
};

const PATH: Step = Step { what: "Does the way to the server lose packets?", command: "pathping <host>" };

const NAME: Step =
    Step { what: "Which addresses does the name have, and from which server?", command: "Resolve-DnsName <host>" };

const PORT: Step = Step {
    what: "Does the port answer from another machine of the same network?",
    command: "Test-NetConnection <host> -Port 3389",
};

/// What to run next about a pair, the most telling first. Where the numbers say that the opening had succeeded, or that it
/// failed beyond TLS, that is the logs of both sides.
#[must_use]
pub const fn next_steps(reason: DisconnectReason, extended: ExtendedReason) -> &'static [Step] {
    match (reason, extended) {
        (DisconnectReason::SOCKET_CLOSED, ExtendedReason::NO_INFO) => &[SESSION, CLIENT, PATH],
        (DisconnectReason::SOCKET_CLOSED, _) => &[CHECK, EVENTS, LISTENER],
        (DisconnectReason::DNS_LOOKUP_FAILED, _) => &[CHECK, NAME],
        (DisconnectReason::SOCKET_CONNECT_FAILED | DisconnectReason::CONNECTION_TIMED_OUT, _) => {
            &[CHECK, PORT, LISTENER]
        }
        (DisconnectReason::PROTOCOL_ERROR, _) => &[CHECK, LISTENER],
        (DisconnectReason::NLA_REQUIRED | DisconnectReason::CERTIFICATE_EXPIRED, _) => &[CHECK],
        _ => &[SESSION, CLIENT],
    }
}
