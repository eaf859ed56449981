//! Causes of the stage *resolve*: the name gave no address.

use crate::diagnose::{Candidate, Cause, CauseText, Grade, Remedy, Who};

pub(super) static CAUSES: &[CauseText] = &[
    CauseText {
        cause: Cause::NameNotFound,
        code: "name-not-found",
        headline: "The resolver knows no such name",
        what: "The resolver answered that this name does not exist or has no address. No RDP server was \
            contacted.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[
            Candidate {
                cause: None,
                what: "The name is misspelt, or short where the full name with its domain is needed.",
                grade: Grade::Documented,
                proof: "The full name resolves.",
            },
            Candidate {
                cause: None,
                what: "An internal name was put to a resolver outside, for instance because the VPN is down \
                    or its DNS is not in use.",
                grade: Grade::Reported,
                proof: "The name resolves when the internal name server is asked directly: nslookup <name> \
                    <server>.",
            },
            Candidate {
                cause: None,
                what: "The record was removed, has expired, or was never made.",
                grade: Grade::Documented,
                proof: "The name server of the zone itself says that the name does not exist.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Check the spelling and try the full name. On a Windows client, see which name servers \
                    and suffixes are in use.",
                command: Some(
                    "Resolve-DnsName <name>\n\
                    ipconfig /all",
                ),
                risk: "none",
            },
            Remedy {
                what: "On Linux, ask the way programs ask.",
                command: Some(
                    "getent ahosts <name>\n\
                    resolvectl query <name>",
                ),
                risk: "none",
            },
            Remedy {
                what: "If the record is new, drop the negative answer that the Windows client remembers.",
                command: Some("ipconfig /flushdns"),
                risk: "none; the next look-ups take a little longer",
            },
            Remedy {
                what: "To go on meanwhile, connect by address.",
                command: None,
                risk: "the certificate will not match the address, and Kerberos cannot be used: check that it \
                    is the right machine",
            },
        ],
        proof: Some(
            "A capture shows a DNS answer with code 3 (name error), or an answer without address \
            records.",
        ),
        sources: &["RFC 1034 3.7", "RFC 1035 4.1.1", "RFC 2308", "RFC 3493 6.1", "GitHub tailscale/tailscale#15149"],
    },
    CauseText {
        cause: Cause::ResolverSilent,
        code: "resolver-silent",
        headline: "The resolver did not answer in time",
        what: "The name could not be looked up before the time was over. Whether the name exists is unknown. \
            No RDP server was contacted.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: None,
                what: "The name server is down or cannot be reached from here.",
                grade: Grade::Documented,
                proof: "Another name server answers the same question.",
            },
            Candidate {
                cause: None,
                what: "A firewall or VPN drops DNS on the way.",
                grade: Grade::Plausible,
                proof: "A capture shows queries leaving and no answer coming back.",
            },
            Candidate {
                cause: None,
                what: "A list of dead name servers is tried one after the other, and the answer comes too \
                    late.",
                grade: Grade::Plausible,
                proof: "The same look-up succeeds with a longer time limit.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Ask each configured name server by itself and replace the one that stays silent. On a \
                    Windows client:",
                command: Some(
                    "Get-DnsClientServerAddress\n\
                    Resolve-DnsName <name> -Server <server>",
                ),
                risk: "none; the look-up changes nothing",
            },
            Remedy {
                what: "On Linux:",
                command: Some(
                    "resolvectl status\n\
                    resolvectl query <name>",
                ),
                risk: "none",
            },
            Remedy {
                what: "Give the look-up more time, to tell a slow resolver from a silent one.",
                command: None,
                risk: "none; the probe takes longer",
            },
            Remedy {
                what: "To go on meanwhile, connect by address.",
                command: None,
                risk: "the certificate will not match the address, and Kerberos cannot be used: check that it \
                    is the right machine",
            },
        ],
        proof: Some("A capture on the client shows DNS queries without an answer."),
        sources: &["RFC 1034 5.3.3", "RFC 1035 7.2", "RFC 3493 6.1"],
    },
    CauseText {
        cause: Cause::ResolverFailed,
        code: "resolver-failed",
        headline: "The resolver answered with an error",
        what: "The resolver answered, but with an error other than \"no such name\". Whether the name exists \
            is unknown. No RDP server was contacted.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: None,
                what: "The name server failed to get an answer from the servers of the zone.",
                grade: Grade::Documented,
                proof: "A DNS answer with code 2 (server failure), and the same from every client of that \
                    name server.",
            },
            Candidate {
                cause: None,
                what: "The name server refuses to answer this client.",
                grade: Grade::Documented,
                proof: "A DNS answer with code 5 (refused), where other clients get an address.",
            },
            Candidate {
                cause: None,
                what: "DNSSEC validation fails for the zone.",
                grade: Grade::Documented,
                proof: "The name resolves when validation is off for one query: dig +cd <name>.",
            },
            Candidate {
                cause: None,
                what: "The resolver of this machine is not set up or not running.",
                grade: Grade::Plausible,
                proof: "A look-up of any name fails the same way.",
            },
        ],
        remedies: &[
            Remedy {
                what: "See which error it is, and whether other names and other name servers fail too. On a \
                    Windows client:",
                command: Some(
                    "Resolve-DnsName <name>\n\
                    Resolve-DnsName <name> -Server <server>",
                ),
                risk: "none",
            },
            Remedy {
                what: "On Linux:",
                command: Some(
                    "dig <name>\n\
                    resolvectl status",
                ),
                risk: "none",
            },
            Remedy {
                what: "If this machine alone is concerned, restart its resolver. On Linux with systemd:",
                command: Some("sudo systemctl restart systemd-resolved"),
                risk: "look-ups fail for a moment; remembered answers are dropped",
            },
        ],
        proof: Some("A capture shows the response code in the DNS answer."),
        sources: &["RFC 1035 4.1.1", "RFC 4035 5.5", "RFC 3493 6.1"],
    },
];
