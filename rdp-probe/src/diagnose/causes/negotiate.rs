//! Causes of the stage *negotiate*: what answers, and what it says about security.

use super::remedy;
use crate::diagnose::{Candidate, Cause, CauseText, Grade, Remedy, Who};

/// Faults behind a peer that takes the request and ends the connection without a word.
const SILENT_END: &[Candidate] = &[
    Candidate {
        cause: Some(Cause::DeadForward),
        what: "A forwarder, port mapping, proxy or load balancer accepts the connection and has nothing \
            behind it.",
        grade: Grade::Confirmed,
        proof: "On the forwarder, the target does not listen; on a Windows target, no event 261 in \
            TerminalServices-RemoteConnectionManager/Operational at the time.",
    },
    Candidate {
        cause: Some(Cause::OtherServiceOnPort),
        what: "Another service than RDP owns the port and drops what it does not understand.",
        grade: Grade::Reported,
        proof: "On the server, the process that owns the listening socket is not the Remote Desktop service.",
    },
    Candidate {
        cause: Some(Cause::ConnectionLimit),
        what: "The server is at its connection limit or throttles: too many connections, or an attack.",
        grade: Grade::Confirmed,
        proof: "Spaced repeats succeed now and then; TerminalServices-RemoteConnectionManager 1006 in the \
            System log.",
    },
    Candidate {
        cause: Some(Cause::SourceFiltered),
        what: "A filter lets the connection stand and then ends it because of the source address.",
        grade: Grade::Plausible,
        proof: "The same probe passes from another network, or on the server itself.",
    },
    Candidate {
        cause: None,
        what: "Where the request carried a routing token, or a pre-connection PDU went before it: the server does not take \
            those. FreeRDP 2 closes on tokens that do not begin with \"Cookie:\".",
        grade: Grade::Observed,
        proof: "The same probe without that part is answered.",
    },
];

/// What to do about them.
const SILENT_END_REMEDIES: &[Remedy] = &[
    Remedy {
        what: "Where a forwarder or port mapping is in use, see what it leads to and whether that listens. \
            For Docker on Linux:",
        command: Some(
            "docker ps --format '{{.Names}} {{.Ports}}'\n\
            sudo ss -ltnp",
        ),
        risk: "none; this only reads",
    },
    Remedy {
        what: "On a Windows server, see who owns the port, whether RDP listens, on which port, and whether a \
            port proxy is set.",
        command: Some(
            "Get-Service TermService\n\
            qwinsta\n\
            Get-NetTCPConnection -LocalPort 3389 -State Listen | Select-Object LocalAddress,OwningProcess\n\
            reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\" /v \
            PortNumber\n\
            netsh interface portproxy show all",
        ),
        risk: "none; this only reads",
    },
    Remedy {
        what: "Repeat a few times with pauses, then from another network and on the server itself.",
        command: None,
        risk: "none; many quick repeats can themselves set off a limit",
    },
    Remedy {
        what: "On a Windows server under many connections, admit only the sources that need it.",
        command: Some("Set-NetFirewallRule -Group '@FirewallAPI.dll,-28752' -RemoteAddress <subnet>"),
        risk: "sources outside the range lose access, yours too if it is not in it",
    },
    Remedy {
        what: "On a Windows server, see the limits, and raise them if honest use reaches them. The place of \
            these values differs between versions.",
        command: Some(
            "reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\" /v \
            MaxOutstandingConnections\n\
            reg query \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\" /v \
            MaxInstanceCount",
        ),
        risk: "reading costs nothing; higher limits let an attacker hold more of the server",
    },
];

pub(super) static CAUSES: &[CauseText] = &[
    CauseText {
        cause: Cause::ClosedOnRequest,
        code: "closed-on-request",
        headline: "Peer closes without a word after the connection request",
        what: "The peer accepted the connection, took the RDP connection request, and closed without sending \
            a byte. Nothing shows that an RDP server was reached. A Windows client usually shows 0x904/0x7 \
            here, which says only that the socket closed before the connection was complete.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: SILENT_END,
        remedies: SILENT_END_REMEDIES,
        proof: Some(
            "On a Windows server, event 261 in TerminalServices-RemoteConnectionManager/Operational \
            says that the RDP listener got the connection. Without it, the connection ended elsewhere.",
        ),
        sources: &[
            "RFC 9293 3.6",
            "[MS-RDPBCGR] 1.3.1.1",
            "GitHub dockur/windows#345",
            "KB192165 and KB2477176 (archived Microsoft articles)",
        ],
    },
    CauseText {
        cause: Cause::ResetOnRequest,
        code: "reset-on-request",
        headline: "Peer resets without a word after the connection request",
        what: "The peer accepted the connection, took the RDP connection request, and reset without sending a \
            byte. Nothing shows that an RDP server was reached. A Windows client usually shows 0x904/0x7 \
            here, which says only that the socket closed before the connection was complete.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: SILENT_END,
        remedies: SILENT_END_REMEDIES,
        proof: Some(
            "On a Windows server, event 261 in TerminalServices-RemoteConnectionManager/Operational \
            says that the RDP listener got the connection. Without it, the connection ended elsewhere.",
        ),
        sources: &[
            "RFC 9293 3.5.2",
            "[MS-RDPBCGR] 1.3.1.1",
            "GitHub dockur/windows#345",
            "KB192165 and KB2477176 (archived Microsoft articles)",
        ],
    },
    CauseText {
        cause: Cause::AnswerTruncated,
        code: "answer-truncated",
        headline: "Peer ends the connection in the middle of its answer",
        what: "The answer to the connection request began and the connection ended before it was whole. The \
            bytes that came are in the report. Why it ended is unknown.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The process that answers crashed or was stopped while it answered.",
                grade: Grade::Plausible,
                proof: "A crash report or service restart in the log of the server at that time.",
            },
            Candidate {
                cause: None,
                what: "A device between cut the connection.",
                grade: Grade::Plausible,
                proof: "A capture on the server shows the whole answer leaving.",
            },
            Candidate {
                cause: Some(Cause::OtherServiceOnPort),
                what: "The peer is not an RDP server, and its answer merely looks like the start of one.",
                grade: Grade::Plausible,
                proof: "The process that owns the port on the server is another service.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Repeat a few times. If it varies, look at the network and at load balancer members; if \
                    not, at the service.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "On a Windows server, look for crashes of the service.",
                command: Some(
                    "Get-WinEvent -FilterHashtable @{LogName='Application'; Id=1000} -MaxEvents 20 \
                    | Format-List TimeCreated,Message\n\
                    Get-WinEvent -FilterHashtable @{LogName='System'; Id=7031,7034} -MaxEvents 20 | \
                    Format-List TimeCreated,Message",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a Linux server with xrdp, look at its log.",
                command: Some(
                    "sudo tail -n 50 /var/log/xrdp.log\n\
                    sudo journalctl -u xrdp -n 50",
                ),
                risk: "none; this only reads",
            },
        ],
        proof: Some("Captures on both sides show whether the server sent the whole answer."),
        sources: &["RFC 1006 6", "[MS-RDPBCGR] 2.2.1.2", "RFC 9293 3.6"],
    },
    CauseText {
        cause: Cause::SilentAfterRequest,
        code: "silent-after-request",
        headline: "Peer accepts the connection and never answers",
        what: "The connection stands, and the connection request got no answer in the time allowed. Nothing \
            shows that an RDP server was reached. A Windows client runs into its own time limit here, which \
            has other codes than 0x904.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::ServiceHung),
                what: "The Remote Desktop service hangs: the system accepts connections for it and it does \
                    not serve them.",
                grade: Grade::Reported,
                proof: "TermService runs, qwinsta or a restart of the service hangs; after a restart it \
                    answers.",
            },
            Candidate {
                cause: None,
                what: "A firewall, SYN proxy or tar pit accepts the connection itself, or swallows what \
                    follows.",
                grade: Grade::Plausible,
                proof: "A capture on the server shows no connection, or a connection without the request.",
            },
            Candidate {
                cause: None,
                what: "The server serves one client at a time and is busy with another one.",
                grade: Grade::Observed,
                proof: "It answers as soon as the other client is gone. Small servers and test servers do \
                    this.",
            },
            Candidate {
                cause: Some(Cause::OtherServiceOnPort),
                what: "Another service owns the port and waits for more bytes.",
                grade: Grade::Plausible,
                proof: "On the server, the process that owns the listening socket is not the Remote Desktop \
                    service.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Probe on the server itself. If it is answered there, look at the device between.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "On a Windows server, see who owns the port and whether RDP listens.",
                command: Some(
                    "Get-Service TermService\n\
                    qwinsta\n\
                    Get-NetTCPConnection -LocalPort 3389 -State Listen | Select-Object \
                    LocalAddress,OwningProcess",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a Windows server whose service hangs, restart it from the console or by remote \
                    management; restart the machine if that hangs too.",
                command: Some("Restart-Service TermService -Force"),
                risk: "restarting TermService disconnects every remote session on that machine; restarting \
                    the machine ends all of them",
            },
            Remedy {
                what: "On a Linux server with xrdp:",
                command: Some("sudo systemctl restart xrdp"),
                risk: "restarting xrdp cuts the connections that run through it",
            },
        ],
        proof: Some(
            "A capture on the server shows whether the request arrives and whether anything answers \
            it.",
        ),
        sources: &["[MS-RDPBCGR] 3.3.5.3.2", "RFC 9293 3.8.3"],
    },
    CauseText {
        cause: Cause::AnswerStalled,
        code: "answer-stalled",
        headline: "Peer begins to answer and stalls",
        what: "The first bytes of an answer to the connection request came, and the rest did not come in the \
            time allowed. A real answer fits one packet, so this is unusual. The bytes that came are in the \
            report.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The peer drips its answer on purpose, as tar pits and some honeypots do.",
                grade: Grade::Plausible,
                proof: "More bytes come one by one when the time limit is longer.",
            },
            Candidate {
                cause: Some(Cause::ServiceHung),
                what: "The server or a proxy in front of it hangs in the middle of the answer.",
                grade: Grade::Plausible,
                proof: "A capture on the server shows the same part of an answer and nothing after it.",
            },
            Candidate {
                cause: Some(Cause::PathUnstable),
                what: "Packets are lost on the way.",
                grade: Grade::Plausible,
                proof: "A capture on the server shows the rest of the answer sent again and again.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Repeat with a longer time limit, and on the server itself, to tell the server from the \
                    path.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "Restart the service if it hangs. For xrdp: sudo systemctl restart xrdp. On Windows:",
                command: Some("Restart-Service TermService -Force"),
                risk: "restarting TermService disconnects every remote session on that machine",
            },
        ],
        proof: Some("A capture on the server shows what it sent."),
        sources: &["RFC 1006 6", "[MS-RDPBCGR] 2.2.1.2"],
    },
    CauseText {
        cause: Cause::OtherProtocol,
        code: "other-protocol",
        headline: "Another protocol than RDP answers on this port",
        what: "The answer is that of another protocol, which the report names. There is no RDP on this port \
            of this address, or something in between answers in its place.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[
            Candidate {
                cause: None,
                what: "The port in the target is wrong, or RDP was moved to another port.",
                grade: Grade::Plausible,
                proof: "On the server, PortNumber under RDP-Tcp, or port= in xrdp.ini, shows another port.",
            },
            Candidate {
                cause: Some(Cause::OtherServiceOnPort),
                what: "A port mapping or forwarder leads to another service or another machine.",
                grade: Grade::Confirmed,
                proof: "On the forwarder, the mapping shows where it leads.",
            },
            Candidate {
                cause: Some(Cause::OtherServiceOnPort),
                what: "Another program on the server took the port before the RDP service did.",
                grade: Grade::Reported,
                proof: "On the server, the process that owns the listening socket is not the Remote Desktop \
                    service.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Check address and port of the target, and the port mappings on the way.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "On a Windows server, see on which port RDP is set to listen and who owns the port.",
                command: Some(
                    "reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v PortNumber\n\
                    Get-Service TermService\n\
                    qwinsta\n\
                    Get-NetTCPConnection -LocalPort 3389 -State Listen | Select-Object \
                    LocalAddress,OwningProcess",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a Linux server:",
                command: Some(
                    "sudo ss -ltnp 'sport = :3389'\n\
                    grep '^port=' /etc/xrdp/xrdp.ini",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Move the other program to another port, then start the RDP service again.",
                command: Some("Restart-Service TermService -Force"),
                risk: "clients of the other program must follow it; restarting TermService disconnects every \
                    remote session on that machine",
            },
        ],
        proof: Some("The owner of the listening socket on the server."),
        sources: &["[MS-RDPBCGR] 2.2.1.2", "GitHub dockur/windows#345", "GitHub stascorp/rdpwrap#363"],
    },
    CauseText {
        cause: Cause::NotRdp,
        code: "not-rdp",
        headline: "What answers on this port is not RDP",
        what: "The answer is not framed as RDP and is of no protocol that this tool knows by name. Its first \
            bytes are in the report.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[
            Candidate {
                cause: None,
                what: "The port in the target is wrong, or RDP was moved to another port.",
                grade: Grade::Plausible,
                proof: "On the server, PortNumber under RDP-Tcp, or port= in xrdp.ini, shows another port.",
            },
            Candidate {
                cause: Some(Cause::OtherServiceOnPort),
                what: "A port mapping or forwarder leads to another service or another machine.",
                grade: Grade::Confirmed,
                proof: "On the forwarder, the mapping shows where it leads.",
            },
            Candidate {
                cause: None,
                what: "RDP is there, and a tunnel or proxy wraps it in a protocol of its own.",
                grade: Grade::Plausible,
                proof: "The service answers RDP on the server itself; the first bytes differ there.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Check address and port of the target, and the port mappings on the way.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "On a Windows server, see on which port RDP is set to listen and who owns the port.",
                command: Some(
                    "reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v PortNumber\n\
                    Get-Service TermService\n\
                    qwinsta\n\
                    Get-NetTCPConnection -LocalPort 3389 -State Listen | Select-Object \
                    LocalAddress,OwningProcess",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a Linux server:",
                command: Some(
                    "sudo ss -ltnp 'sport = :3389'\n\
                    grep '^port=' /etc/xrdp/xrdp.ini",
                ),
                risk: "none; this only reads",
            },
        ],
        proof: Some("The owner of the listening socket on the server."),
        sources: &["RFC 1006 6", "[MS-RDPBCGR] 2.2.1.2", "GitHub dockur/windows#345"],
    },
    CauseText {
        cause: Cause::ConfirmMalformed,
        code: "confirm-malformed",
        headline: "The answer is framed like RDP and broken",
        what: "The answer starts as RDP does, and its content breaks the rules. The bytes are in the report. \
            It may be a faulty server, or another protocol with the same framing.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::OtherServiceOnPort),
                what: "Another protocol that shares the TPKT framing owns the port, for instance of \
                    industrial controllers or video telephony.",
                grade: Grade::Plausible,
                proof: "On the server, the process that owns the listening socket is not an RDP server.",
            },
            Candidate {
                cause: None,
                what: "The RDP server or a proxy in front of it has a fault.",
                grade: Grade::Plausible,
                proof: "The same bytes come on the server itself, and no longer come after an update.",
            },
            Candidate {
                cause: None,
                what: "Something on the way changes the bytes.",
                grade: Grade::Plausible,
                proof: "The answer is sound on the server itself.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Check address and port of the target; then probe on the server itself and compare the \
                    bytes.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "Update the server software. For xrdp on Debian and Ubuntu:",
                command: Some("sudo apt update && sudo apt install --only-upgrade xrdp"),
                risk: "restarting xrdp cuts the connections that run through it",
            },
        ],
        proof: Some("A capture on the server shows whether the answer leaves it in this shape."),
        sources: &["RFC 1006 6", "[MS-RDPBCGR] 2.2.1.2"],
    },
    CauseText {
        cause: Cause::DisconnectedBeforeConfirm,
        code: "disconnected-before-confirm",
        headline: "Server disconnects in place of confirming the connection",
        what: "The server answered the connection request with a message of a later stage that ends the \
            connection. It speaks RDP and did not like this request. xrdp and gnome-remote-desktop 43 do \
            this, for instance when they dislike a routing token.",
        grade: Grade::Observed,
        who: Who::Client,
        candidates: &[
            Candidate {
                cause: None,
                what: "The request carries a routing token or cookie that the server does not accept.",
                grade: Grade::Observed,
                proof: "Without the token the server confirms.",
            },
            Candidate {
                cause: None,
                what: "The server could not read the request and sends its usual farewell.",
                grade: Grade::Confirmed,
                proof: "The log of the server, such as /var/log/xrdp.log, reports a failure of the incoming \
                    connection.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Leave the routing token out. In an .rdp file that is the line that begins with \
                    loadbalanceinfo:s:.",
                command: None,
                risk: "a load balancer or broker that needs the token may lead to another machine",
            },
            remedy::READ_LINUX_LOG,
            Remedy {
                what: "Update the server software. On Debian and Ubuntu:",
                command: Some("sudo apt update && sudo apt install --only-upgrade xrdp gnome-remote-desktop"),
                risk: "restarting xrdp cuts the connections that run through it",
            },
        ],
        proof: Some(
            "The bytes in the report: an MCS Disconnect Provider Ultimatum, sometimes after a Set \
            Error Info message.",
        ),
        sources: &[
            "[MS-RDPBCGR] 2.2.1.1",
            "[MS-RDPBCGR] 2.2.5.1.1",
            "ITU-T T.125",
            "neutrinolabs/xrdp: xrdp/xrdp_process.c",
        ],
    },
    CauseText {
        cause: Cause::DisconnectedInX224,
        code: "disconnected-in-x224",
        headline: "Peer ends the connection with an X.224 Disconnect Request",
        what: "The peer answered the connection request with a Disconnect Request of X.224, the layer below RDP. It \
            speaks X.224; that it speaks RDP is not shown.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: Some(Cause::OtherServiceOnPort),
                what: "Another user of ISO transport owns the port, such as a programmable controller (S7), and wants \
                    transport selectors.",
                grade: Grade::Plausible,
                proof: "What is known of the machine; the process that owns the port is no Remote Desktop service.",
            },
            Candidate {
                cause: None,
                what: "An RDP server or proxy refuses this request.",
                grade: Grade::Plausible,
                proof: "Its own log at the time of the attempt.",
            },
        ],
        remedies: &[Remedy {
            what: "On a Windows server, see who owns the port and on which port RDP listens.",
            command: Some(
                "Get-NetTCPConnection -LocalPort 3389 -State Listen | Select-Object LocalAddress,OwningProcess\n\
                qwinsta\n\
                reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\" /v \
                PortNumber",
            ),
            risk: "none; this only reads",
        }],
        proof: Some("The bytes in the report: a TPDU with the code 80."),
        sources: &["ITU-T X.224 13.5", "RFC 1006"],
    },
    CauseText {
        cause: Cause::NegotiationLost,
        code: "negotiation-lost",
        headline: "This machine lost the connection during negotiation",
        what: "The operating system here failed the connection while security was negotiated. It is not an \
            answer of the server. The number of the error is in the report.",
        grade: Grade::Observed,
        who: Who::Client,
        candidates: &[
            Candidate {
                cause: Some(Cause::ClientAtFault),
                what: "Security software on this machine ended the connection.",
                grade: Grade::Plausible,
                proof: "Its log shows the block; with an exception for this program the connection stands.",
            },
            Candidate {
                cause: Some(Cause::PathUnstable),
                what: "The interface or VPN of this machine went down or changed its address.",
                grade: Grade::Plausible,
                proof: "The system log shows the change at that time; other connections broke too.",
            },
            Candidate {
                cause: Some(Cause::PathUnstable),
                what: "The network stopped answering, and the system gave up.",
                grade: Grade::Plausible,
                proof: "The error is a time-out or \"host unreachable\"; a capture shows segments sent again \
                    and again.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Look the error number up, and see whether interface and VPN are stable. On a Windows \
                    client; on Linux: ip -s link.",
                command: Some(
                    "Get-NetAdapterStatistics\n\
                    Get-NetConnectionProfile",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Read the log of the security software on this machine. If it ended the connection, add \
                    an exception for this program.",
                command: None,
                risk: "the exception leaves this program unwatched: make it as narrow as possible",
            },
        ],
        proof: Some("The error number of the operating system in the report."),
        sources: &["RFC 9293 3.8.3", "POSIX.1-2017 recv()"],
    },
    CauseText {
        cause: Cause::TlsRequired,
        code: "tls-required",
        headline: "Server insists on TLS",
        what: "The server refused with SSL_REQUIRED_BY_SERVER: it wants TLS, and what was offered does not \
            fit it. Its RDP service is alive. The Windows client offers TLS by default and does not meet \
            this.",
        grade: Grade::Documented,
        who: Who::Client,
        candidates: &[
            Candidate {
                cause: None,
                what: "Only standard RDP security was offered.",
                grade: Grade::Documented,
                proof: "With TLS offered, the server accepts.",
            },
            Candidate {
                cause: None,
                what: "Only CredSSP was offered, and the server has TLS without CredSSP.",
                grade: Grade::Documented,
                proof: "With TLS and CredSSP offered together, the server chooses TLS.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Offer TLS, and CredSSP beside it. With FreeRDP that is the default when no /sec: is \
                    given:",
                command: Some("xfreerdp /v:<host> /u:<user>"),
                risk: "none; without NLA the password goes to the server itself, so check the certificate",
            },
            Remedy {
                what: "Update a client that knows standard RDP security only.",
                command: None,
                risk: "none for the server",
            },
        ],
        proof: Some(
            "On a Windows server, SecurityLayer is 2 under RDP-Tcp; for xrdp, security_layer=tls in \
            xrdp.ini.",
        ),
        sources: &["[MS-RDPBCGR] 2.2.1.2.2", "FreeRDP/FreeRDP: libfreerdp/core/nego.c"],
    },
    CauseText {
        cause: Cause::TlsNotAllowed,
        code: "tls-not-allowed",
        headline: "Server allows standard RDP security only",
        what: "The server refused with SSL_NOT_ALLOWED_BY_SERVER, which says that it takes standard RDP \
            security only. That means no TLS, and no proof of who the server is. The Windows client falls \
            back to it without a word.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The server is set to standard RDP security only: SecurityLayer 0 on Windows, /sec:rdp \
                    on a FreeRDP server.",
                grade: Grade::Documented,
                proof: "The setting on the server; with TLS offered by itself the server refuses too.",
            },
            Candidate {
                cause: None,
                what: "The server has TLS without CredSSP, and only CredSSP was offered. FreeRDP servers and \
                    weston answer so.",
                grade: Grade::Observed,
                proof: "With TLS offered, the server accepts.",
            },
        ],
        remedies: &[
            remedy::REQUIRE_TLS,
            Remedy {
                what: "On a FreeRDP server, start it without /sec:rdp.",
                command: Some("freerdp-shadow-cli /sec:nla"),
                risk: "clients without NLA can no longer connect; NLA needs a file of accounts",
            },
            Remedy {
                what: "Offer TLS beside CredSSP, where the client offered CredSSP alone.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "Only if the server cannot be changed: connect with standard RDP security on a network \
                    that is trusted.",
                command: Some("xfreerdp /v:<host> /u:<user> /sec:rdp"),
                risk: "lowers security: no TLS and an unauthenticated server, so that whoever is in between can read \
                    the password",
            },
            Remedy {
                what: "On a server with xrdp, allow TLS: security_layer=negotiate, or tls to refuse everything else.",
                command: Some(
                    "sudo sed -i 's/^security_layer=.*/security_layer=negotiate/' /etc/xrdp/xrdp.ini\n\
                    sudo systemctl restart xrdp",
                ),
                risk: "restarting xrdp cuts the connections that run through it",
            },
        ],
        proof: Some("On a Windows server, SecurityLayer is 0 under RDP-Tcp."),
        sources: &["[MS-RDPBCGR] 2.2.1.2.2", "[MS-RDPBCGR] 5.3", "GitHub FreeRDP/FreeRDP#2397"],
    },
    CauseText {
        cause: Cause::NoCertificate,
        code: "no-certificate",
        headline: "Server has no usable certificate",
        what: "The server refused with SSL_CERT_NOT_ON_SERVER: it has no certificate it can use for TLS, and \
            knows it before TLS starts. The rest of its RDP service is alive.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::RenewalFailed),
                what: "A Windows server could not make its self-signed certificate, or cannot reach the key \
                    of it.",
                grade: Grade::Confirmed,
                proof: "System log: TerminalServices-RemoteConnectionManager 1057 or 1058.",
            },
            Candidate {
                cause: Some(Cause::BoundCertificateUnusable),
                what: "On a Windows server, a certificate is bound by thumbprint and is missing or has no \
                    usable key.",
                grade: Grade::Documented,
                proof: "System log: TerminalServices-RemoteConnectionManager 1051 or 1055; \
                    SSLCertificateSHA1Hash names a certificate that is not in the store.",
            },
            Candidate {
                cause: Some(Cause::KeyUnreadable),
                what: "xrdp with security_layer=tls cannot read its certificate or key file.",
                grade: Grade::Observed,
                proof: "/var/log/xrdp.log names the file; it is missing or closed to the user that xrdp runs \
                    as.",
            },
        ],
        remedies: &[
            remedy::READ_EVENTS,
            remedy::LOOK_AT_CERTIFICATE,
            remedy::KEY_RIGHTS,
            Remedy {
                what: "On a Windows server whose bound certificate is missing or has no usable key, bind one \
                    that is sound. It must be in the Personal store of the machine, with a key that NETWORK SERVICE \
                    can read.",
                ..remedy::BIND_CERTIFICATE
            },
            remedy::RENEW_SELF_SIGNED,
            remedy::XRDP_KEY_RIGHTS,
            remedy::UNBIND_CERTIFICATE,
            remedy::ALL_KEY_RIGHTS,
        ],
        proof: Some(
            "System log of a Windows server: TerminalServices-RemoteConnectionManager 1051, 1055, \
            1057 or 1058. For xrdp: /var/log/xrdp.log.",
        ),
        sources: &[
            "[MS-RDPBCGR] 2.2.1.2.2",
            "GitHub winapps-org/winapps#244",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/remote-desktop-listener-certificate-configurations.md",
        ],
    },
    CauseText {
        cause: Cause::InconsistentFlags,
        code: "inconsistent-flags",
        headline: "Server rejects the combination of requested protocols",
        what: "The server refused with INCONSISTENT_FLAGS: the protocols asked for do not fit the security \
            already in use on the connection. In an ordinary connection none is in use yet, so here the \
            server or something in front of it dislikes the combination.",
        grade: Grade::Documented,
        who: Who::Client,
        candidates: &[
            Candidate {
                cause: None,
                what: "The connection reached the server inside TLS, or through a proxy that adds its own.",
                grade: Grade::Documented,
                proof: "Without the proxy the server answers differently.",
            },
            Candidate {
                cause: None,
                what: "The server does not know one of the protocols asked for and treats it as an error.",
                grade: Grade::Plausible,
                proof: "With TLS and CredSSP alone, the server accepts.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Offer TLS and CredSSP together and nothing newer, and compare.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "Leave out the proxy or tunnel between, and compare.",
                command: None,
                risk: "none, as long as the direct way is allowed",
            },
        ],
        proof: Some("The answer in the report: failure code 4."),
        sources: &["[MS-RDPBCGR] 2.2.1.2.2", "[MS-RDPBCGR] 5.4.2.2"],
    },
    CauseText {
        cause: Cause::NlaRequired,
        code: "nla-required",
        headline: "Server insists on Network Level Authentication",
        what: "The server refused with HYBRID_REQUIRED_BY_SERVER: it wants Network Level Authentication \
            (CredSSP), and it was not offered. The server is healthy and does as it is set. The client side \
            should change.",
        grade: Grade::Documented,
        who: Who::Client,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Let the client offer NLA. In an .rdp file for the Windows client this line must be \
                    there, and not with 0:",
                command: Some("enablecredsspsupport:i:1"),
                risk: "none",
            },
            Remedy { what: "With FreeRDP:", command: Some("xfreerdp /v:<host> /u:<user> /sec:nla"), risk: "none" },
            Remedy { what: "Update a client that does not know NLA.", command: None, risk: "none for the server" },
            Remedy {
                what: "Only where a client can never learn NLA: turn it off on a Windows server, and back on \
                    (/d 1) as soon as possible.",
                command: Some(
                    "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v UserAuthentication /t REG_DWORD /d 0 /f",
                ),
                risk: "lowers security: whoever reaches the port gets a log-on screen before proving who they \
                    are, and the server key is no longer bound to the log-on",
            },
        ],
        proof: Some("On a Windows server, UserAuthentication is 1 under RDP-Tcp, or a policy sets it."),
        sources: &["[MS-RDPBCGR] 2.2.1.2.2", "[MS-RDPBCGR] 5.4.5.2", "GitHub mRemoteNG/mRemoteNG#885"],
    },
    CauseText {
        cause: Cause::NlaRefusedThoughOffered,
        code: "nla-refused-though-offered",
        headline: "Server demands Network Level Authentication, which was offered",
        what: "The server refused with HYBRID_REQUIRED_BY_SERVER although the request offered CredSSP. That \
            contradicts itself; why the server does so is not known from this.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "A proxy, gateway or load balancer between asks the server anew, and leaves CredSSP out.",
                grade: Grade::Plausible,
                proof: "On the server itself, or from its subnet, the same request is accepted.",
            },
            Candidate {
                cause: None,
                what: "The server takes CredSSP only without one of the other protocols in the offer.",
                grade: Grade::Plausible,
                proof: "Another offer is accepted.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Ask with other offers, and from the subnet of the server.",
                command: Some("rdp-probe check --offer hybrid <host>\nrdp-probe check --offer ssl,hybrid <host>"),
                risk: "none; this only asks",
            },
            Remedy {
                what: "See in the settings and the log of whatever lies between which security it asks for.",
                command: None,
                risk: "none; this only reads",
            },
        ],
        proof: Some("The request and the answer in the report."),
        sources: &["[MS-RDPBCGR] 2.2.1.2.2", "[MS-RDPBCGR] 2.2.1.1.1"],
    },
    CauseText {
        cause: Cause::ClientCertificateRequired,
        code: "client-certificate-required",
        headline: "Server insists on TLS with a client certificate",
        what: "The server refused with SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER: it wants TLS in which the \
            client presents a certificate too. This tool presents none. No report of it from the field is \
            known.",
        grade: Grade::Documented,
        who: Who::Client,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Ask whoever runs the server which client and which certificate are meant, and use \
                    those.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "If clients without a certificate are meant to get in, have the server set to NLA.",
                command: None,
                risk: "the server then no longer checks client certificates",
            },
        ],
        proof: Some("The answer in the report: failure code 6."),
        sources: &["[MS-RDPBCGR] 2.2.1.2.2", "FreeRDP/FreeRDP: libfreerdp/core/nego.c"],
    },
    CauseText {
        cause: Cause::EntraRequired,
        code: "entra-required",
        headline: "Server insists on Entra ID sign-in",
        what: "The server refused with code 7. One library names it ENTRA_AUTH_REQUIRED_BY_SERVER: the server \
            takes nothing but sign-in with Entra ID. The published specification read for this text ends at \
            code 6.",
        grade: Grade::Reported,
        who: Who::User,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "In the Windows client, tick the box for signing in with a web account, or put this \
                    line into the .rdp file. Connect by the name of the machine, not by its address.",
                command: Some("enablerdsaadauth:i:1"),
                risk: "none; the account must be allowed to sign in to that machine",
            },
            Remedy { what: "Use a client that can sign in with Entra ID.", command: None, risk: "none" },
        ],
        proof: Some(
            "The answer in the report: failure code 7. A machine that is joined to Entra ID says so in dsregcmd /status.",
        ),
        sources: &[
            "ironrdp-pdu 0.11: nego.rs, FailureCode",
            "GitHub MicrosoftDocs/windows-itpro-docs#11393",
            "[MS-RDPBCGR] 2.2.1.1.1",
        ],
    },
    CauseText {
        cause: Cause::RefusedUnknownCode,
        code: "refused-unknown-code",
        headline: "Server refuses with an unknown code",
        what: "The server refused during negotiation with a code that no published source explains. Its RDP \
            service is alive. The number is in the report.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Offer other protocols, one at a time, and see which of them the server takes.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "Read the log of the server at the time of the attempt. On Windows:",
                command: Some(
                    "Get-WinEvent -LogName \
                    'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational' -MaxEvents 20\n\
                    Get-WinEvent -LogName 'Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational' \
                    -MaxEvents 20",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Update this tool, and report the number with the name of the server software.",
                command: None,
                risk: "none; leave addresses and names out of the report if they are private",
            },
        ],
        proof: Some("The answer in the report holds the code as it travelled."),
        sources: &["[MS-RDPBCGR] 2.2.1.2.2", "FreeRDP/FreeRDP: libfreerdp/core/nego.h"],
    },
    CauseText {
        cause: Cause::StandardSecurityOnly,
        code: "standard-security-only",
        headline: "Server chose standard RDP security although TLS was offered",
        what: "The server confirmed the connection and chose standard RDP security: no TLS and no NLA. The \
            session is encrypted with RDP's own old method at best, and the server is not authenticated: \
            anyone in between can pose as it.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The server is set to standard RDP security: security_layer=rdp in xrdp.ini, or \
                    SecurityLayer 0 on Windows.",
                grade: Grade::Documented,
                proof: "The setting on the server.",
            },
            Candidate {
                cause: Some(Cause::KeyUnreadable),
                what: "xrdp with security_layer=negotiate cannot read its certificate or key file and falls \
                    back.",
                grade: Grade::Observed,
                proof: "/var/log/xrdp.log names the file; it is missing or closed to the user that xrdp runs \
                    as.",
            },
            Candidate {
                cause: None,
                what: "Only CredSSP was offered, and xrdp, which has none, falls back.",
                grade: Grade::Observed,
                proof: "With TLS offered beside CredSSP, the server chooses TLS.",
            },
        ],
        remedies: &[
            Remedy {
                what: "On a server with xrdp, let it use TLS: security_layer=negotiate, or tls to refuse \
                    everything else.",
                command: Some(
                    "sudo sed -i 's/^security_layer=.*/security_layer=negotiate/' \
                    /etc/xrdp/xrdp.ini\n\
                    sudo systemctl restart xrdp",
                ),
                risk: "with tls, clients that know standard RDP security only can no longer connect; \
                    restarting xrdp cuts the connections that run through it",
            },
            remedy::XRDP_KEY_RIGHTS,
            remedy::REQUIRE_TLS,
            Remedy {
                what: "Offer TLS beside CredSSP, where the client offered CredSSP alone.",
                command: None,
                risk: "none",
            },
        ],
        proof: Some(
            "The setting on the server: security_layer in xrdp.ini, SecurityLayer under RDP-Tcp on \
            Windows.",
        ),
        sources: &[
            "[MS-RDPBCGR] 2.2.1.2.1",
            "[MS-RDPBCGR] 5.3",
            "neutrinolabs/xrdp: xrdp/xrdp.ini.in",
            "GitHub Devolutions/IronRDP#314",
        ],
    },
    CauseText {
        cause: Cause::NoNegotiationData,
        code: "no-negotiation-data",
        headline: "Server confirms without negotiation data: no TLS",
        what: "The server confirmed the connection and said nothing about security, which means standard RDP \
            security: no TLS and no NLA. The session is encrypted with RDP's own old method at best, and the \
            server is not authenticated: anyone in between can pose as it.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The server is older than the negotiation of security.",
                grade: Grade::Documented,
                proof: "Its version; Windows XP and old xrdp are of that age.",
            },
            Candidate {
                cause: None,
                what: "A proxy or third-party server does not implement the negotiation.",
                grade: Grade::Plausible,
                proof: "On the server itself the answer has negotiation data.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Replace or update the server. On Debian and Ubuntu with xrdp:",
                command: Some("sudo apt update && sudo apt install --only-upgrade xrdp"),
                risk: "restarting xrdp cuts the connections that run through it",
            },
            Remedy {
                what: "On a server with xrdp, see that TLS is allowed: security_layer=negotiate, or tls to \
                    refuse everything else.",
                command: Some(
                    "sudo sed -i 's/^security_layer=.*/security_layer=negotiate/' \
                    /etc/xrdp/xrdp.ini\n\
                    sudo systemctl restart xrdp",
                ),
                risk: "with tls, clients that know standard RDP security only can no longer connect; \
                    restarting xrdp cuts the connections that run through it",
            },
            Remedy {
                what: "On a Windows server that can do TLS, require it. A group policy for the security layer \
                    overrides this value.",
                ..remedy::REQUIRE_TLS
            },
            Remedy {
                what: "If the server must stay as it is, admit only a trusted network or a VPN to it.",
                command: None,
                risk: "sources outside lose access; inside, the server is still not authenticated",
            },
        ],
        proof: Some("The answer in the report: a Connection Confirm of 11 bytes."),
        sources: &["[MS-RDPBCGR] 3.3.5.3.2", "[MS-RDPBCGR] 2.2.1.2", "[MS-RDPBCGR] 5.3"],
    },
    CauseText {
        cause: Cause::TlsNotOffered,
        code: "tls-not-offered",
        headline: "Server took standard RDP security, the only thing offered",
        what: "The request offered standard RDP security alone, and the server took it. That is as far as this \
            offer leads: without TLS in the offer there is no TLS to reach. Whether the server would choose TLS \
            is not known from this.",
        grade: Grade::Observed,
        who: Who::Client,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Offer TLS and NLA, as clients do by default, to see what the server chooses.",
                command: Some("rdp-probe check --offer ssl,hybrid,hybrid_ex <host>"),
                risk: "none; this only asks",
            },
            Remedy {
                what: "If the server should not accept standard RDP security at all: on a Windows server, require \
                    TLS.",
                ..remedy::REQUIRE_TLS
            },
        ],
        proof: Some("The request in the report offers no protocol; with TLS in the offer the answer is another one."),
        sources: &["[MS-RDPBCGR] 2.2.1.1.1", "[MS-RDPBCGR] 5.3"],
    },
    CauseText {
        cause: Cause::SelectedNotOffered,
        code: "selected-not-offered",
        headline: "Server chose a protocol that was not offered",
        what: "The server chose a security protocol that the request did not offer, which the protocol \
            forbids. One program seen to do this is pyrdp-mitm, a tool that sits between client and server. \
            That does not show that it is here: a faulty server can do the same.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: None,
                what: "A man-in-the-middle tool or proxy passes on a choice that was made for another \
                    request.",
                grade: Grade::Observed,
                proof: "The thumbprint of the certificate differs from the one shown on the server itself.",
            },
            Candidate {
                cause: None,
                what: "The server software has a fault.",
                grade: Grade::Plausible,
                proof: "The same answer comes on the server itself.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Enter no password here until it is cleared up. Read the thumbprint on the console of \
                    the server and compare. On Windows:",
                ..remedy::LOOK_AT_CERTIFICATE
            },
            Remedy {
                what: "On a server with xrdp:",
                command: Some(
                    "openssl x509 -in /etc/xrdp/cert.pem -noout -fingerprint -sha1\n\
                    openssl x509 -in /etc/xrdp/cert.pem -noout -fingerprint -sha256",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Probe on the server itself, and by another way through the network.",
                command: None,
                risk: "none",
            },
        ],
        proof: Some("The same probe on the server itself gets a choice that was offered."),
        sources: &["[MS-RDPBCGR] 2.2.1.2.1", "[MS-RDPBCGR] 3.2.5.3.2", "GoSecure/pyrdp"],
    },
];
