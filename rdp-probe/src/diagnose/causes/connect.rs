//! Causes of the stage *connect*: no TCP connection came about.

use crate::diagnose::{Candidate, Cause, CauseText, Grade, Remedy, Who};

pub(super) static CAUSES: &[CauseText] = &[
    CauseText {
        cause: Cause::ConnectionRefused,
        code: "connection-refused",
        headline: "The address refuses connections on this port",
        what: "The address answered the connection attempt with a refusal. Nothing listens on this port, or a \
            firewall rejects actively instead of dropping.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::ServiceStopped),
                what: "Nothing listens on the port: Remote Desktop is off, its service is stopped, or it \
                    listens on another port or address.",
                grade: Grade::Documented,
                proof: "On the server, the list of listening sockets lacks the port; qwinsta shows no rdp-tcp \
                    in state Listen.",
            },
            Candidate {
                cause: None,
                what: "A firewall on the server or on the way rejects the attempt.",
                grade: Grade::Observed,
                proof: "The service listens and answers on the server itself; a capture on the server shows \
                    no SYN, or the refusal is an ICMP message from another address.",
            },
            Candidate {
                cause: Some(Cause::ConnectionLimit),
                what: "On old Windows servers, the listener stopped taking connections because too many were \
                    pending.",
                grade: Grade::Documented,
                proof: "The refusal comes and goes; TerminalServices-RemoteConnectionManager 1006 reports \
                    many incomplete connections.",
            },
        ],
        remedies: &[
            Remedy {
                what: "On a Windows server, see whether the service runs and who listens on the port.",
                command: Some(
                    "Get-Service TermService\n\
                    qwinsta\n\
                    Get-NetTCPConnection -LocalPort 3389 -State Listen | Select-Object \
                    LocalAddress,OwningProcess\n\
                    reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v PortNumber",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a Linux server with xrdp, see the same.",
                command: Some(
                    "sudo ss -ltnp 'sport = :3389'\n\
                    systemctl status xrdp",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a Windows server where Remote Desktop is meant to be on and is off, turn it on and \
                    let it through the firewall.",
                command: Some(
                    "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\" /v \
                    fDenyTSConnections /t REG_DWORD /d 0 /f\n\
                    Enable-NetFirewallRule -Group '@FirewallAPI.dll,-28752'",
                ),
                risk: "opens the machine to remote log-on from every network that the firewall rule admits: \
                    limit the sources",
            },
            Remedy {
                what: "Start the service if it is stopped. For xrdp: sudo systemctl enable --now xrdp. On \
                    Windows:",
                command: Some("Start-Service TermService"),
                risk: "none for other services",
            },
        ],
        proof: Some("A capture shows a RST, or an ICMP \"port unreachable\", in answer to the SYN."),
        sources: &["RFC 9293 3.5.2", "RFC 9293 3.9.2.2", "KB954398 (archived Microsoft article)"],
    },
    CauseText {
        cause: Cause::NoRoute,
        code: "no-route",
        headline: "There is no route to the address",
        what: "This machine or a router on the way reported that the address cannot be reached. The server \
            did not take part.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: None,
                what: "This machine has no route: the interface or the VPN is down, or the address family is \
                    not in use here.",
                grade: Grade::Documented,
                proof: "The routing table has no entry for the address; no packet leaves.",
            },
            Candidate {
                cause: None,
                what: "The machine is on the same network and does not answer: it is off, or the address is \
                    wrong.",
                grade: Grade::Documented,
                proof: "Neighbour discovery (ARP or ND) for the address stays without an answer.",
            },
            Candidate {
                cause: None,
                what: "A router has no way to the address, or a firewall says that access is prohibited.",
                grade: Grade::Documented,
                proof: "A capture shows ICMP \"destination unreachable\"; its code and sender tell which.",
            },
        ],
        remedies: &[
            Remedy {
                what: "See which way the system would take, and bring up the VPN or interface that leads \
                    there. On a Windows client:",
                command: Some(
                    "Find-NetRoute -RemoteIPAddress <address>\n\
                    Get-NetRoute",
                ),
                risk: "the commands only read; a VPN may lead other traffic its way too",
            },
            Remedy {
                what: "On Linux:",
                command: Some(
                    "ip route get <address>\n\
                    ip neigh",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Find the router that gives up. On Linux: traceroute <address>. On Windows:",
                command: Some("tracert -d <address>"),
                risk: "none",
            },
        ],
        proof: Some("A capture shows the ICMP message and who sent it, or that no packet left."),
        sources: &["RFC 792", "RFC 4443 3.1", "RFC 9293 3.9.2.2"],
    },
    CauseText {
        cause: Cause::ConnectTimeout,
        code: "connect-timeout",
        headline: "Nothing answers the connection attempt",
        what: "The connection attempts got no answer at all, neither a connection nor a refusal. Something \
            drops them, or no machine has this address. A Windows client shows its own codes for this, not \
            0x904.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: None,
                what: "A firewall on the way or on the server drops the attempt.",
                grade: Grade::Documented,
                proof: "A capture on the server shows no SYN, or a SYN that goes unanswered while the service \
                    listens.",
            },
            Candidate {
                cause: None,
                what: "The machine is off, asleep, or has another address by now.",
                grade: Grade::Documented,
                proof: "Nothing else at this address answers; the address does not match the one the machine \
                    shows.",
            },
            Candidate {
                cause: None,
                what: "The answer takes another way back and is lost there.",
                grade: Grade::Plausible,
                proof: "A capture on the server shows the SYN and the SYN-ACK; the client sees neither answer \
                    nor error.",
            },
            Candidate {
                cause: Some(Cause::ConnectionLimit),
                what: "On old Windows servers, the listener stopped taking connections because too many were \
                    pending.",
                grade: Grade::Documented,
                proof: "It comes and goes; TerminalServices-RemoteConnectionManager 1006 reports many \
                    incomplete connections.",
            },
        ],
        remedies: &[
            Remedy {
                what: "On a Windows server, see whether the firewall rules for Remote Desktop are on and for \
                    which profile and sources.",
                command: Some(
                    "Get-NetFirewallRule -Group '@FirewallAPI.dll,-28752' | Format-Table \
                    DisplayName,Enabled,Profile,Action\n\
                    Get-NetConnectionProfile",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Check that the machine runs and that the address is right; then try from the same \
                    subnet, to tell the server from the path.",
                command: Some("Test-NetConnection <address> -Port 3389"),
                risk: "none",
            },
            Remedy {
                what: "Let the port through where it is dropped. On a Windows server, for one range of \
                    sources:",
                command: Some(
                    "Set-NetFirewallRule -Group '@FirewallAPI.dll,-28752' -RemoteAddress <subnet>\n\
                    Enable-NetFirewallRule -Group '@FirewallAPI.dll,-28752'",
                ),
                risk: "sources outside the range lose access; inside it the machine is open to log-on \
                    attempts",
            },
            Remedy {
                what: "On a Linux server with firewalld, let the port through. With ufw: sudo ufw allow from \
                    <subnet> to any port 3389 proto tcp.",
                command: Some("sudo firewall-cmd --zone=<zone> --add-service=rdp"),
                risk: "opens the port for that zone until the next reload",
            },
            Remedy {
                what: "Through the internet, prefer a VPN or a gateway to opening the port.",
                command: None,
                risk: "none; it takes a VPN or gateway to be there",
            },
        ],
        proof: Some("A capture on the server shows whether the SYN arrives."),
        sources: &["RFC 9293 3.8.3", "RFC 8305", "KB954398 (archived Microsoft article)"],
    },
    CauseText {
        cause: Cause::ConnectReset,
        code: "connect-reset",
        headline: "The connection was reset while it was being set up",
        what: "The connection was reset before a byte of RDP was sent. That is not the plain refusal of a \
            closed port. What reset it is unknown.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: Some(Cause::DeadForward),
                what: "A load balancer, SYN proxy or forwarder accepts first and resets when it gets no \
                    server behind it.",
                grade: Grade::Plausible,
                proof: "The SYN-ACK comes faster than the server could answer; a capture on the server shows \
                    no SYN.",
            },
            Candidate {
                cause: Some(Cause::SourceFiltered),
                what: "A firewall or IPS resets the connection by source or by rate.",
                grade: Grade::Plausible,
                proof: "From another source, or after a pause, the connection stands.",
            },
            Candidate {
                cause: Some(Cause::ConnectionLimit),
                what: "The server resets because its queue of accepted connections is full.",
                grade: Grade::Documented,
                proof: "It comes and goes with load. On Linux: net.ipv4.tcp_abort_on_overflow is 1 and nstat \
                    shows ListenOverflows.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Probe from the server itself or from its subnet. If it works there, look at the device \
                    between.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "See whether the balancer or forwarder counts its server as up, and whether the server \
                    listens. On a Windows server:",
                command: Some(
                    "Get-Service TermService\n\
                    qwinsta\n\
                    Get-NetTCPConnection -LocalPort 3389 -State Listen | Select-Object \
                    LocalAddress,OwningProcess",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Repeat with pauses. If it then works now and then, look for a limit by rate or by \
                    source.",
                command: None,
                risk: "none as long as the repeats are few",
            },
        ],
        proof: Some(
            "Captures on both sides show who sent the RST: a device between often has another TTL \
            than the SYN-ACK.",
        ),
        sources: &["RFC 9293 3.5.2", "RFC 9293 3.5.3", "Linux kernel documentation: networking/ip-sysctl"],
    },
    CauseText {
        cause: Cause::ConnectFailedLocally,
        code: "connect-failed-locally",
        headline: "This machine could not make the connection",
        what: "The operating system here failed the attempt with an error of its own, which says nothing about the \
            server. The number of the error is in the report; where it tells what ran out, so does the report.",
        grade: Grade::Observed,
        who: Who::Client,
        candidates: &[
            Candidate {
                cause: Some(Cause::ClientAtFault),
                what: "A local firewall or security product forbids this program to connect.",
                grade: Grade::Plausible,
                proof: "The error is \"permission denied\" (Windows 10013); another program connects.",
            },
            Candidate {
                cause: None,
                what: "The process or the machine is out of file descriptors, buffers, memory, threads or local ports.",
                grade: Grade::Documented,
                proof: "The error is \"too many open files\" (24, on Windows 10024; for the whole machine 23), \"no buffer \
                    space\" (105, macOS 55, Windows 10055), \"out of memory\" (12) or \"address in use\" (98, macOS 48, \
                    Windows 10048); it goes away with fewer connections.",
            },
            Candidate {
                cause: None,
                what: "The interface is down, or the address cannot be used from here.",
                grade: Grade::Documented,
                proof: "The error is \"network is down\" or \"address not available\" (99, macOS 49, Windows 10049), \
                    which Linux says of used-up local ports, too.",
            },
        ],
        remedies: &[
            Remedy {
                what: "See what is used up: descriptors of this process and of the machine, sockets, local ports. Then probe \
                    fewer targets at once, or raise the limit. On Linux:",
                command: Some(
                    "ulimit -n\n\
                    cat /proc/sys/fs/file-nr\n\
                    ss -s\n\
                    sysctl net.ipv4.ip_local_port_range",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a Windows client:",
                command: Some(
                    "netsh interface ipv4 show dynamicport tcp\n\
                    Get-NetAdapter",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Allow the program in the local firewall or security product.",
                command: None,
                risk: "the program may then connect out: allow this one program only",
            },
        ],
        proof: Some("The error number of the operating system in the report."),
        sources: &["RFC 9293 3.8.3", "POSIX.1-2017 connect()"],
    },
    CauseText {
        cause: Cause::NoAddressOfFamily,
        code: "no-address-of-family",
        headline: "The name has no address of the family that was to be used",
        what: "Only addresses of IPv4, or only those of IPv6, were to be used, and the resolver gave none of them. No \
            connection was tried.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[],
        remedies: &[
            Remedy { what: "Use every address of the name: leave out -4 or -6.", command: None, risk: "none" },
            Remedy {
                what: "Where this family is the one that should work, see which records the name has, and add the missing \
                    one. On a Windows client:",
                command: Some("Resolve-DnsName <name> -Type A\nResolve-DnsName <name> -Type AAAA"),
                risk: "none; the commands only read",
            },
        ],
        proof: Some("The name server has records of the other type only."),
        sources: &["RFC 1035 3.4.1", "RFC 3596 2.1"],
    },
];
