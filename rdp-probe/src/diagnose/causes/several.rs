//! What only several connections show: it comes and goes, it is one address, one offer, one `ClientHello`.

use super::remedy;
use crate::diagnose::{Candidate, Cause, CauseText, Grade, Remedy, Who};

/// What the pages of a firewall or load balancer have to be asked for.
const READ_DEVICE_LOG: Remedy = Remedy {
    what: "Read the log of the firewall, IPS, proxy or load balancer between at the time of the attempts.",
    command: None,
    risk: "none",
};

const PROBE_NEARER: Remedy = Remedy {
    what: "Run the same on the server itself and from its subnet. What does not show there is made on the way.",
    command: Some("rdp-probe examine <host>"),
    risk: "none; at most eight connections, none with credentials",
};

const EXEMPT: Remedy = Remedy {
    what: "Take RDP to these servers out of TLS inspection on that device, or update it.",
    command: None,
    risk: "RDP then goes uninspected through that device: limit the exemption to these servers",
};

pub(super) static CAUSES: &[CauseText] = &[
    CauseText {
        cause: Cause::FamilyDead,
        code: "family-dead",
        headline: "All addresses of one family fail, and one of the other works",
        what: "The name has addresses of IPv4 and of IPv6, and over one of the two none works. Clients that begin \
            with that family wait for it, or fail where they do not try the other.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: None,
                what: "The way, or a firewall, lets only the other family through, or the server listens on it alone.",
                grade: Grade::Plausible,
                proof: "The same on the server itself: an address that answers there is held back on the way.",
            },
            Candidate {
                cause: Some(Cause::NameLeadsElsewhere),
                what: "The addresses of that family are out of date in DNS.",
                grade: Grade::Plausible,
                proof: "They are none of those that the server has: ipconfig, or ip address, on the server.",
            },
        ],
        remedies: &[
            Remedy {
                what: "See which addresses the name has, and which of them the server has.",
                command: Some("nslookup <name>\nipconfig /all"),
                risk: "none",
            },
            Remedy {
                what: "Let the family through to the port on the way and on the server, or take its record out of \
                    DNS until it works.",
                command: None,
                risk: "a record that is gone may be kept by resolvers for hours",
            },
            Remedy {
                what: "Until then, connect over the family that works.",
                command: Some("rdp-probe check -4 <name>\nrdp-probe check -6 <name>"),
                risk: "none",
            },
        ],
        proof: Some("Each address, tried by itself: every one of that family fails, whichever way it is asked."),
        sources: &["RFC 8305 3", "RFC 6724 2"],
    },
    CauseText {
        cause: Cause::AddressDead,
        code: "address-dead",
        headline: "Of the name's addresses, one or more do not work",
        what: "The name has several addresses, and not all of them lead to a server that opens. Clients that come upon \
            the dead one wait or fail, others connect: which one it is depends on the resolver's order.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::NameLeadsElsewhere),
                what: "A record is out of date: it leads to a machine that was moved, renamed or switched off.",
                grade: Grade::Confirmed,
                proof: "The address is none of those that the server has.",
            },
            Candidate {
                cause: Some(Cause::FarmMemberBad),
                what: "The addresses are members of a farm, and one of them is not sound.",
                grade: Grade::Reported,
                proof: "The member's own log at the time of the attempt.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Compare the addresses of the name with those of the server or the members.",
                command: Some("nslookup <name>\nipconfig /all"),
                risk: "none",
            },
            Remedy {
                what: "Probe the address that fails by itself.",
                command: Some("rdp-probe check --sni <name> <address>"),
                risk: "none",
            },
            Remedy {
                what: "Mend the machine at that address, or take its record out of DNS; on a Windows server that \
                    registers itself, renew the registration.",
                command: Some("ipconfig /registerdns"),
                risk: "a record that is gone may be kept by resolvers for hours",
            },
        ],
        proof: Some("Each address, tried by itself, ends the same way every time."),
        sources: &["RFC 8305 5", "RFC 1035 3.2.1"],
    },
    CauseText {
        cause: Cause::ComesAndGoes,
        code: "comes-and-goes",
        headline: "The same connection ends now so, now so",
        what: "Asked the same question at the same address, the server does not always give the same answer. So it is \
            no setting that holds for everybody: a member of a farm, a limit, or the way.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::FarmMemberBad),
                what: "Several servers stand behind the address, and one of them is not sound.",
                grade: Grade::Reported,
                proof: "Each member, probed by its own address, always gives the same answer.",
            },
            Candidate {
                cause: Some(Cause::ConnectionLimit),
                what: "The server or something before it takes so many connections and no more.",
                grade: Grade::Documented,
                proof: "It fails in quick succession and works after a pause; event 1006 of \
                    TerminalServices-RemoteConnectionManager speaks of many incomplete connections.",
            },
            Candidate {
                cause: Some(Cause::PathUnstable),
                what: "The way loses packets or breaks connections.",
                grade: Grade::Reported,
                proof: "Connecting takes a second more, now and then; captures show segments sent again.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Where the address stands for several servers, probe each by its own address.",
                command: Some("rdp-probe check --json <first> <second>"),
                risk: "none",
            },
            PROBE_NEARER,
            remedy::READ_EVENTS,
            READ_DEVICE_LOG,
        ],
        proof: Some("The same probe, repeated over some minutes, succeeds and fails by turns."),
        sources: &["[MS-RDPBCGR] 1.3.1.1", "RFC 9293 3.6"],
    },
    CauseText {
        cause: Cause::OfferNotTaken,
        code: "offer-not-taken",
        headline: "Server drops this offer of protocols, and answers another",
        what: "The connection request with several security protocols is dropped without an answer, and one that \
            offers less is answered. The service is alive; it, or something before it, does not bear the combination. \
            Servers and proxies of a make of their own do so.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "See which offers are answered.",
                command: Some(
                    "rdp-probe check --offer ssl <host>\n\
                    rdp-probe check --offer ssl,hybrid <host>\n\
                    rdp-probe check --offer rdp <host>",
                ),
                risk: "none; this only asks",
            },
            Remedy {
                what: "Update the server software, or the proxy or honeypot that stands in front of it.",
                command: None,
                risk: "connections are cut while it restarts",
            },
            READ_DEVICE_LOG,
        ],
        proof: Some("The same request, made again with each offer by itself, is dropped and answered as before."),
        sources: &["[MS-RDPBCGR] 2.2.1.1.1", "[MS-RDPBCGR] 3.3.5.3.1"],
    },
    CauseText {
        cause: Cause::Tls13NotTolerated,
        code: "tls13-not-tolerated",
        headline: "A ClientHello that offers TLS 1.3 is not taken; with TLS 1.2 alone it is",
        what: "The ClientHello of clients that know TLS 1.3 leads to nothing, and one that offers TLS 1.2 alone is \
            answered. A server without TLS 1.3 is to choose an older version and go on; this one, or a device on the \
            way, does not understand the newer form, or dislikes something else in which the two differ.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: Some(Cause::MiddleboxResetsTls),
                what: "A firewall, IPS or proxy on the way does not know TLS 1.3.",
                grade: Grade::Plausible,
                proof: "On the server itself the same ClientHello is answered.",
            },
            Candidate {
                cause: None,
                what: "The TLS library of the server does not bear versions that it does not know.",
                grade: Grade::Plausible,
                proof: "On the server itself the same ClientHello leads to nothing, too.",
            },
        ],
        remedies: &[
            PROBE_NEARER,
            Remedy {
                what: "Update the device or the server software that does not bear TLS 1.3.",
                command: None,
                risk: "connections are cut while it restarts",
            },
            EXEMPT,
        ],
        proof: Some("A capture on the server shows whether the ClientHello arrives, and who ends the connection."),
        sources: &["RFC 8446 4.1.2", "RFC 8446 D", "RFC 5246 E.1"],
    },
    CauseText {
        cause: Cause::ServerNameFiltered,
        code: "server-name-filtered",
        headline: "A ClientHello with the server's name is not taken; without it, it is",
        what: "TLS ends as soon as the name of the server is asked for, and goes on where none is. So the server's key, \
            suites and versions are sound, and something looks at the name: a filter on the way, or a front that knows \
            no service of that name.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "See which names pass, and whether it does so without a name.",
                command: Some("rdp-probe check --sni none <host>\nrdp-probe check --sni <other> <host>"),
                risk: "none; this only asks",
            },
            READ_DEVICE_LOG,
            Remedy {
                what: "Allow the name where it is filtered, or add it to the front that leads by names.",
                command: None,
                risk: "opens what was closed on purpose, perhaps: ask who closed it",
            },
        ],
        proof: Some(
            "On the server itself the same ClientHello is answered with the name, too; or the front's log names it.",
        ),
        sources: &["RFC 6066 3", "RFC 8446 4.1.2"],
    },
    CauseText {
        cause: Cause::TlsEndedOnTheWay,
        code: "tls-ended-on-the-way",
        headline: "TLS ends sooner than a packet takes to the server and back",
        what: "The connection ends behind the ClientHello in less than half the time that a packet needs to the server \
            and back. What answers so fast is not the server, unless that had ended the connection of its own accord \
            before: a device on the way that takes RDP and not TLS.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: Some(Cause::MiddleboxResetsTls),
                what: "A firewall, IPS or proxy between ends the connection when TLS begins.",
                grade: Grade::Plausible,
                proof: "A capture on the server: the ClientHello never arrives, or the server did not send the end.",
            },
            Candidate {
                cause: Some(Cause::KeyUnreadable),
                what: "The server ends the connection by itself straight after its confirm, before a ClientHello can \
                    arrive.",
                grade: Grade::Plausible,
                proof: "System log of the server at the time of the attempt: Schannel 36870.",
            },
        ],
        remedies: &[PROBE_NEARER, READ_DEVICE_LOG, EXEMPT, remedy::READ_EVENTS],
        proof: Some(
            "A capture on the server shows that it did not send the closing segment; its time to live differs from \
            that of the SYN-ACK.",
        ),
        sources: &["RFC 9293 3.5.2", "RFC 9293 3.10.7"],
    },
    CauseText {
        cause: Cause::LargeHelloRefused,
        code: "large-hello-refused",
        headline: "A large ClientHello ends the connection; a small one does not",
        what: "A ClientHello that takes more than one packet, as clients with post-quantum key shares send it, ends the \
            connection, and a small one is answered. This probe's own is small; a client whose ClientHello is large \
            fails where it passes.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[Candidate {
            cause: Some(Cause::MiddleboxResetsTls),
            what: "A firewall, IPS or proxy on the way reads one packet of the ClientHello and no more.",
            grade: Grade::Plausible,
            proof: "On the server itself the large one is answered, too.",
        }],
        remedies: &[
            PROBE_NEARER,
            Remedy {
                what: "Update the device or the server software that reads no more than one packet.",
                command: None,
                risk: "connections are cut while it restarts",
            },
            EXEMPT,
        ],
        proof: Some(
            "A capture on the server shows whether both packets of the ClientHello arrive, and who ends the connection.",
        ),
        sources: &["RFC 7685 4", "RFC 8446 5.1"],
    },
    CauseText {
        cause: Cause::ServerNameNeeded,
        code: "server-name-needed",
        headline: "Server answers who asks for it by name, and not by address",
        what: "With the name in the ClientHello TLS is answered, and with the bare address, which carries none, it is \
            not. Clients that are given the address, or send no server name, fail. A front that leads by names to \
            several servers does so.",
        grade: Grade::Observed,
        who: Who::Client,
        candidates: &[],
        remedies: &[
            Remedy { what: "Give clients the name in place of the address.", command: None, risk: "none" },
            Remedy {
                what: "Give the front a service for those who ask for none.",
                command: None,
                risk: "whoever finds the address reaches that service",
            },
        ],
        proof: Some("The same address is answered with the name, and not without: rdp-probe check --sni none."),
        sources: &["RFC 6066 3"],
    },
    CauseText {
        cause: Cause::SeveralMachines,
        code: "several-machines",
        headline: "Several machines answer at this address",
        what: "The same question at the same address brings certificates with different keys: a load balancer, a farm or \
            a cluster stands behind it, or something on the way that makes them up. That is no fault by itself; clients that remember a certificate will ask \
            again and again, and what is true of one machine need not be of the next.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Give all members a certificate of one name, with the same one bound on each.",
                ..remedy::BIND_CERTIFICATE
            },
            Remedy {
                what: "Probe each member by its own address.",
                command: Some("rdp-probe check --json <first> <second>"),
                risk: "none",
            },
        ],
        proof: Some("Each member, probed by its own address, always shows the same certificate."),
        sources: &["RFC 5280 4.1", "[MS-RDPBCGR] 5.4.5.1"],
    },
];
