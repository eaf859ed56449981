//! Causes of the stage *proxy*: the way through a proxy ends there. They say nothing of the target.

use crate::diagnose::{Candidate, Cause, CauseText, Grade, Remedy, Who};

/// What to do first wherever a proxy is in doubt.
const DIRECT: Remedy = Remedy {
    what: "Where a direct way is allowed, probe without the proxy: if that passes, the fault is the proxy's.",
    command: None,
    risk: "none; the probe shows this machine's address to the target",
};

pub(super) static CAUSES: &[CauseText] = &[
    CauseText {
        cause: Cause::ProxyUnreachable,
        code: "proxy-unreachable",
        headline: "The proxy cannot be reached",
        what: "No connection to the proxy came about: its name is not found, or its address refuses or does not \
            answer. Nothing was learnt of the target.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[
            Candidate {
                cause: None,
                what: "The address or port of the proxy is wrong, or the proxy is not running.",
                grade: Grade::Documented,
                proof: "On the proxy's host, nothing listens on this port.",
            },
            Candidate {
                cause: None,
                what: "A firewall between here and the proxy drops or rejects the connection.",
                grade: Grade::Documented,
                proof: "The proxy's host sees no SYN, or another client reaches it from another network.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Compare host and port with the proxy's settings, and see on its host whether it listens.",
                command: Some("sudo ss -ltnp"),
                risk: "none; this only reads",
            },
            DIRECT,
        ],
        proof: Some("The attempts in the report are those to the proxy, each with its end."),
        sources: &["RFC 1928 3", "RFC 9110 9.3.6"],
    },
    CauseText {
        cause: Cause::ProxyAuthentication,
        code: "proxy-authentication",
        headline: "The proxy wants other credentials",
        what: "The proxy asked for authentication that was not offered, or refused the user name and password. The \
            target was not contacted.",
        grade: Grade::Documented,
        who: Who::User,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Give the proxy's user name and password with its address, and compare them with the proxy's log.",
                command: None,
                risk: "repeated wrong passwords can lock the account at the proxy",
            },
            Remedy {
                what: "If the proxy only takes other methods (NTLM, Negotiate, GSSAPI), take a way around it: those \
                    are not spoken here.",
                command: None,
                risk: "none",
            },
        ],
        proof: Some("The proxy's log has the attempt and the reason."),
        sources: &["RFC 1928 3", "RFC 1929 2", "RFC 9110 15.5.8"],
    },
    CauseText {
        cause: Cause::ProxyRefused,
        code: "proxy-refused",
        headline: "The proxy does not allow this connection",
        what: "The proxy answered and refused to connect to the target, by its own rules or because it does not know \
            how. The target was not contacted.",
        grade: Grade::Documented,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: None,
                what: "Its rules do not admit this target or port: HTTP proxies often allow CONNECT to 443 alone.",
                grade: Grade::Documented,
                proof: "The status is HTTP 403 or SOCKS 2; the proxy's log names the rule.",
            },
            Candidate {
                cause: None,
                what: "It is a web server or a proxy without CONNECT.",
                grade: Grade::Plausible,
                proof: "The status is HTTP 400, 404, 405 or 501; a request for a page is answered.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Ask whoever runs the proxy to admit the target's host and port. For tinyproxy that is a line \
                    ConnectPort, for squid an acl with CONNECT.",
                command: None,
                risk: "opens the proxy to Remote Desktop for all who may use it: limit it to the target",
            },
            DIRECT,
        ],
        proof: Some("The proxy's log has the request and the rule that refused it."),
        sources: &["RFC 1928 6", "RFC 9110 9.3.6", "RFC 9110 15.5"],
    },
    CauseText {
        cause: Cause::ProxyCannotReachTarget,
        code: "proxy-cannot-reach-target",
        headline: "The proxy does not reach the target",
        what: "The proxy would connect and could not: it says that the target's name, address or port does not answer \
            it. Seen from here, that may be any fault of lookup and connection on the proxy's side.",
        grade: Grade::Documented,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: Some(Cause::ConnectionRefused),
                what: "Nothing listens on the target's port, or a firewall rejects the proxy.",
                grade: Grade::Documented,
                proof: "The reply is SOCKS 5, or the page behind HTTP 502 or 503 says so; a connection from the \
                    proxy's own host is refused.",
            },
            Candidate {
                cause: Some(Cause::NameNotFound),
                what: "The proxy's resolver does not know the target's name: proxies outside do not know inner names.",
                grade: Grade::Documented,
                proof: "A lookup on the proxy's host finds nothing; the target's address in place of its name \
                    passes.",
            },
            Candidate {
                cause: Some(Cause::ConnectTimeout),
                what: "Packets from the proxy to the target vanish, or there is no route.",
                grade: Grade::Documented,
                proof: "The reply is SOCKS 3, 4 or 6, or HTTP 504, and comes late.",
            },
        ],
        remedies: &[
            Remedy {
                what: "On the proxy's host, look the name up and connect to the port.",
                command: Some("getent hosts <target>\nnc -vz <target> 3389"),
                risk: "none; the target sees one connection",
            },
            DIRECT,
        ],
        proof: Some("A connection from the proxy's own host to the target fails in the same way."),
        sources: &["RFC 1928 6", "RFC 9110 15.6"],
    },
    CauseText {
        cause: Cause::NotAProxy,
        code: "not-a-proxy",
        headline: "What answers is not the proxy that was asked for",
        what: "A connection came about where the proxy should be, and what it answered is not of the protocol it was \
            spoken to in.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[Candidate {
            cause: None,
            what: "The kind of proxy is wrong (SOCKS where it is HTTP, or the other way round), or the port is \
                another service's.",
            grade: Grade::Documented,
            proof: "The other kind passes; on the proxy's host, another program owns the port.",
        }],
        remedies: &[Remedy {
            what: "Compare kind, host and port with the proxy's settings: socks5://host:1080, http://host:3128.",
            command: None,
            risk: "none",
        }],
        proof: Some(
            "On the proxy's host, the program that owns the port is another one, or is set to another protocol.",
        ),
        sources: &["RFC 1928 3", "RFC 9112 4"],
    },
    CauseText {
        cause: Cause::ProxySilent,
        code: "proxy-silent",
        headline: "The proxy does not answer in time",
        what: "The proxy took the connection and gave no answer, or half of one, in the time allowed. Many proxies \
            answer only when the target does: it may be the target that is silent.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: Some(Cause::ConnectTimeout),
                what: "The proxy waits for a target that does not answer.",
                grade: Grade::Documented,
                proof: "With more time the proxy reports it; another target through the same proxy passes.",
            },
            Candidate {
                cause: None,
                what: "The proxy is overloaded, or what listens there is no proxy and waits for more.",
                grade: Grade::Plausible,
                proof: "No target passes.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Probe a target that is known to be good through the same proxy, then this one with more time.",
                command: None,
                risk: "none",
            },
            DIRECT,
        ],
        proof: Some("The proxy's log shows whether it got the request and what it waits for."),
        sources: &["RFC 1928 6", "RFC 9110 9.3.6"],
    },
    CauseText {
        cause: Cause::ProxyClosed,
        code: "proxy-closed",
        headline: "The proxy ends the connection without an answer",
        what: "The proxy took the connection and closed or reset it before its answer was complete.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: None,
                what: "It does not admit this client: by address, or by a limit on connections.",
                grade: Grade::Plausible,
                proof: "The proxy's log refuses this address; from another host it passes.",
            },
            Candidate {
                cause: None,
                what: "It is no proxy of this kind and drops what it does not understand.",
                grade: Grade::Plausible,
                proof: "The other kind passes; on the proxy's host, another program owns the port.",
            },
            Candidate {
                cause: None,
                what: "It could not reach the target and says so by closing.",
                grade: Grade::Plausible,
                proof: "Another target through the same proxy passes.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Read the proxy's log, and probe a target that is known to be good through it.",
                command: None,
                risk: "none",
            },
            DIRECT,
        ],
        proof: Some("The proxy's log at the time of the probe."),
        sources: &["RFC 1928 3", "RFC 9110 9.3.6"],
    },
];
