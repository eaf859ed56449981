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
        what: "No connection to the proxy came about: its name led to no address, or its address refuses, does not \
            answer or cannot be got to. Nothing was learnt of the target.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[
            Candidate {
                cause: None,
                what: "The name of the proxy is wrong, or only resolvers of another network know it.",
                grade: Grade::Documented,
                proof: "The evidence names the lookup; the proxy's address in place of its name passes.",
            },
            Candidate {
                cause: None,
                what: "The address or port of the proxy is wrong, or the proxy is not running.",
                grade: Grade::Documented,
                proof: "The address refuses the connection; on the proxy's host, nothing listens on this port.",
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
        what: "The proxy asked for authentication that was not offered, or refused the user name and password.",
        grade: Grade::Documented,
        who: Who::User,
        candidates: &[
            Candidate {
                cause: None,
                what: "User name or password are missing or wrong.",
                grade: Grade::Documented,
                proof: "The answer is SOCKS method 2, a refused password, or HTTP 407 with Proxy-Authenticate: Basic.",
            },
            Candidate {
                cause: None,
                what: "The proxy only takes a method that is not spoken here.",
                grade: Grade::Documented,
                proof: "The answer is SOCKS method 1 (GSSAPI) or 0xFF, or HTTP 407 with Proxy-Authenticate: NTLM or \
                    Negotiate alone.",
            },
            Candidate {
                cause: None,
                what: "It is no proxy but a web server that wants a log-in.",
                grade: Grade::Plausible,
                proof: "The status is HTTP 401 with WWW-Authenticate; a request for a page is answered in the same way.",
            },
        ],
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
        headline: "The proxy does not grant this connection",
        what: "The proxy, or what stands in its place, answered and did not grant the connection. HTTP 403, 405 and \
            501 and SOCKS 2, 7 and 8 mean that it does not allow it or does not know how; any other number leaves \
            open why.",
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
                proof: "The status is HTTP 400, 404, 405 or 501, or a redirect; a request for a page is answered.",
            },
            Candidate {
                cause: None,
                what: "A portal stands before the network and wants a log-in or a consent first.",
                grade: Grade::Documented,
                proof: "The status is HTTP 511 or a redirect (302, 303, 307) whose Location is the portal's page.",
            },
            Candidate {
                cause: None,
                what: "A limit of requests or connections is reached.",
                grade: Grade::Documented,
                proof: "The status is HTTP 429, perhaps with Retry-After; later it passes.",
            },
            Candidate {
                cause: None,
                what: "The proxy uses numbers of its own: Tor answers 0xF0 to 0xF7 about onion services.",
                grade: Grade::Documented,
                proof: "The reply is none of RFC 1928; the proxy's manual or log says what it means.",
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
        sources: &["RFC 1928 6", "RFC 9110 9.3.6", "RFC 9110 15.4", "RFC 9110 15.5", "RFC 6585 4", "RFC 6585 6"],
    },
    CauseText {
        cause: Cause::ProxyCannotReachTarget,
        code: "proxy-cannot-reach-target",
        headline: "The proxy could not connect to the target",
        what: "The proxy answered that no connection came about. SOCKS 3 to 6 and HTTP 502 and 504 say that the \
            target's name, address or port does not answer it; SOCKS 1 and HTTP 500 and 503 may say so, or that \
            something is wrong with the proxy itself.",
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
            Candidate {
                cause: None,
                what: "The proxy itself has a fault or is overloaded.",
                grade: Grade::Documented,
                proof: "The reply is SOCKS 1, or HTTP 500 or 503; other targets fail through it, too.",
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
        headline: "What answers does not speak as the proxy that was asked for",
        what: "A connection came about where the proxy should be, and what it answered is not of the protocol it was \
            spoken to in: from its first bytes, or from some point on.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[
            Candidate {
                cause: None,
                what: "The kind of proxy is wrong (SOCKS where it is HTTP, or the other way round), or the port is \
                    another service's.",
                grade: Grade::Documented,
                proof: "The first bytes are another protocol's; the other kind passes.",
            },
            Candidate {
                cause: None,
                what: "It is a proxy of this kind with a fault, or with an extension that is not known here.",
                grade: Grade::Plausible,
                proof: "Its answer begins as it should; other programs get through it.",
            },
        ],
        remedies: &[Remedy {
            what: "Compare kind, host and port with the proxy's settings: socks5://host:1080, http://host:3128.",
            command: None,
            risk: "none",
        }],
        proof: Some(
            "On the proxy's host, the program that owns the port is another one, or is set to another protocol.",
        ),
        sources: &["RFC 1928 3", "RFC 1928 6", "RFC 9112 4"],
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
