//! Faults on the way: devices between, forwarders, names, farms, gateways, UDP. One connection cannot tell them apart.

use crate::diagnose::{Cause, CauseText, Grade, Remedy, Who};

pub(super) static CAUSES: &[CauseText] = &[
    CauseText {
        cause: Cause::MiddleboxResetsTls,
        code: "middlebox-resets-tls",
        headline: "A device between ends the connection at the TLS handshake",
        what: "A firewall, IPS or proxy between lets RDP begin and ends the connection when TLS starts. On \
            the wire that looks like a server that cannot use its key, and a Windows client would show \
            0x904/0x7 for both; only a comparison of paths tells them apart. It is plausible, and no \
            confirmed case behind 0x904 is known; a blocked port is something else and shows as 0x204.",
        grade: Grade::Plausible,
        who: Who::Network,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Run the same probe on the server itself, from its subnet, and by another way through \
                    the network, such as a mobile line. If it passes on one of them, look at what lies \
                    between.",
                command: Some("rdp-probe check <host>"),
                risk: "none",
            },
            Remedy {
                what: "See whether the name in the ClientHello matters, and whether the server answers where \
                    no TLS is asked for.",
                command: Some(
                    "rdp-probe check --sni none <host>\n\
                    rdp-probe check --offer rdp <host>",
                ),
                risk: "none; this only asks",
            },
            Remedy {
                what: "Read the log of the firewall, IPS or proxy at the time of the attempt, and take RDP \
                    to these servers out of TLS inspection.",
                command: None,
                risk: "RDP then goes uninspected through that device: limit the exemption to these servers",
            },
        ],
        proof: Some(
            "The same probe passes on the server itself; captures on both sides show a closing segment that \
            the server did not send, often with another TTL than the SYN-ACK and faster than the server \
            could answer.",
        ),
        sources: &[
            "RFC 9293 3.5.2",
            "RFC 8446 4.1.2",
            "General guidance of Fortinet on TCP resets (no page names 0x904)",
        ],
    },
    CauseText {
        cause: Cause::DeadForward,
        code: "dead-forward",
        headline: "A forwarder takes the connection and has nothing behind it",
        what: "A port mapping, tunnel, proxy or load balancer takes the connection and has no server behind \
            it that answers. It closes or resets without a byte after the connection request, and a Windows \
            client shows 0x904/0x7: first-hand reports give just this pair. Where it keeps the connection \
            open instead, the client runs into its time limit (0x108); where it refuses, 0x204.",
        grade: Grade::Confirmed,
        who: Who::Network,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "On the forwarder, see what it leads to. For Docker; for a port proxy on Windows: \
                    netsh interface portproxy show all.",
                command: Some(
                    "docker ps --format '{{.Names}} {{.Ports}}'\n\
                    sudo ss -ltnp",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "From the forwarder, see whether the target answers. On Windows: Test-NetConnection \
                    <target> -Port 3389.",
                command: Some(
                    "nc -zv <target> 3389\n\
                    rdp-probe check <target>",
                ),
                risk: "none",
            },
            Remedy {
                what: "Start the machine, container or service behind it, and wait until RDP listens there: \
                    a Windows that is still starting or installing does not answer yet.",
                command: Some(
                    "docker start <container>\n\
                    docker logs --tail 50 <container>",
                ),
                risk: "none",
            },
            Remedy {
                what: "Where the target has another address by now, as guests of WSL and virtual machines \
                    do, lead the forwarder there. On Windows:",
                command: Some(
                    "netsh interface portproxy set v4tov4 listenport=<port> connectport=3389 \
                    connectaddress=<address>",
                ),
                risk: "connections through this mapping break; it takes effect at once",
            },
        ],
        proof: Some(
            "On the forwarder, the target does not listen; on a Windows target, no event 261 in \
            TerminalServices-RemoteConnectionManager/Operational at the time.",
        ),
        sources: &[
            "GitHub dockur/windows#345",
            "GitHub dockur/windows#679",
            "GitHub dockur/windows#754",
            "GitHub tp4a/teleport#301",
        ],
    },
    CauseText {
        cause: Cause::OtherServiceOnPort,
        code: "other-service-on-port",
        headline: "Another service than RDP has the port",
        what: "Another program than an RDP server has the port, or a mapping leads to one. If it answers in \
            its own protocol, a Windows client reports a protocol error, 0x1104; if it closes first, \
            0x904/0x7. If it stays silent, the client runs into its time limit (0x108), which is not \
            0x904/0x7.",
        grade: Grade::Confirmed,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "On a Windows server, see on which port RDP is set to listen and which program has the \
                    port.",
                command: Some(
                    "Get-Service TermService\n\
                    qwinsta\n\
                    Get-NetTCPConnection -LocalPort 3389 -State Listen | Select-Object \
                    LocalAddress,OwningProcess\n\
                    reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v PortNumber\n\
                    Get-Process -Id <OwningProcess>",
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
            Remedy {
                what: "If it cannot move, let RDP listen on another port, and let that one through the \
                    firewall.",
                command: Some(
                    "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v PortNumber /t REG_DWORD /d <port> /f\n\
                    New-NetFirewallRule -DisplayName 'Remote Desktop on another port' -Direction Inbound \
                    -Protocol TCP -LocalPort <port> -Action Allow -RemoteAddress <subnet>\n\
                    Restart-Service TermService -Force",
                ),
                risk: "every client must name the port from then on; restarting TermService disconnects \
                    every remote session on that machine",
            },
        ],
        proof: Some(
            "On the server, the process that owns the listening socket is not the Remote Desktop service; \
            qwinsta shows no rdp-tcp in state Listen.",
        ),
        sources: &[
            "Notes on NoMachine in place of RDP (no stable address)",
            "GitHub stascorp/rdpwrap#363",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/troubleshoot-rdp-internal-error.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/rdp-error-general-troubleshooting.md",
        ],
    },
    CauseText {
        cause: Cause::SourceFiltered,
        code: "source-filtered",
        headline: "A filter ends the connection because of where it comes from",
        what: "Something at the server or before it takes the connection and ends it because of its source: \
            an allow-list, a block list after failed log-ons, a filter by country. It closes without a byte \
            after the connection request, for which a Windows client would show 0x904/0x7; no confirmed case \
            is known. A firewall that drops or refuses the attempt itself is something else and shows as \
            0x204.",
        grade: Grade::Plausible,
        who: Who::Network,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Run the same probe from another network and on the server itself, and compare.",
                command: Some("rdp-probe check <host>"),
                risk: "none",
            },
            Remedy {
                what: "Look for the address of this client, as the server sees it, in the lists of the \
                    filter. On a Linux forwarder or server, the usual places:",
                command: Some(
                    "sudo fail2ban-client status\n\
                    grep -v '^#' /etc/hosts.allow /etc/hosts.deny\n\
                    grep -n 'tcp-request' /etc/haproxy/haproxy.cfg",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Take the address off the block list, or put it on the allow-list.",
                command: Some("sudo fail2ban-client unban <address>"),
                risk: "whoever comes from that address gets in as far as log-on: name one address, not a \
                    range",
            },
        ],
        proof: Some("The log of the filter at the time of the attempt; the same probe passes from another source."),
        sources: &["RFC 9293 3.5.2", "RFC 9293 3.6", "[MS-RDPBCGR] 1.3.1.1"],
    },
    CauseText {
        cause: Cause::PathUnstable,
        code: "path-unstable",
        headline: "The network on the way loses packets or breaks connections",
        what: "Packets are lost or connections break on the way: a weak line, a VPN that comes and goes, a \
            device under load. In mid-session that shows as 0x904/0x0 with the sentence on a session that \
            ended, as 0xC06, or as 0xE08 after failed reconnects. For 0x904/0x7 it is weakly supported: lost \
            packets lead to a time-out (0x108), and only something that closes the connection leads to that \
            pair.",
        grade: Grade::Reported,
        who: Who::Network,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "See over some minutes whether packets get lost, and where. On a Windows client; on \
                    Linux: mtr -rwc 100 <address>.",
                command: Some(
                    "pathping -n <address>\n\
                    Get-NetAdapterStatistics",
                ),
                risk: "none; routers may leave such questions unanswered",
            },
            Remedy {
                what: "Repeat the probe with pauses, with and without the VPN, by cable in place of \
                    wireless, and compare the times of the stages.",
                command: Some("rdp-probe check <host>"),
                risk: "none as long as the repeats are few",
            },
            Remedy {
                what: "Look for errors in the log of VPN, router and access point at the times of the \
                    breaks, and update their software.",
                command: None,
                risk: "connections are cut while they restart",
            },
            Remedy {
                what: "If breaks are rare and cannot be helped, let the client take its session up again. In \
                    an .rdp file:",
                command: Some("autoreconnection enabled:i:1"),
                risk: "none; it hides the breaks",
            },
        ],
        proof: Some(
            "Captures on both sides show segments sent again and again, or a closing segment that neither \
            side sent.",
        ),
        sources: &[
            "GitHub tailscale/tailscale#5552",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py",
        ],
    },
    CauseText {
        cause: Cause::MtuBlackHole,
        code: "mtu-black-hole",
        headline: "Large packets vanish on the way",
        what: "Small packets pass and large ones vanish without a word, as behind a VPN that has less room \
            than it says. TCP and negotiation succeed, and TLS stalls when the certificate is due or a large \
            ClientHello is sent; a Windows client waits and shows 0x108. That is a time-out and not a close, \
            so 0x904/0x7 is not to be expected.",
        grade: Grade::Plausible,
        who: Who::Network,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "See how large a packet gets through. On a Windows client; on Linux: ping -M do -s \
                    1400 <address>.",
                command: Some(
                    "ping -f -l 1400 <address>\n\
                    ping -f -l 1200 <address>\n\
                    netsh interface ipv4 show subinterfaces",
                ),
                risk: "none; an answer to ping may be forbidden all the same",
            },
            Remedy {
                what: "Lower the MTU of the VPN interface. On a Windows client; on Linux: sudo ip link set \
                    dev <name> mtu 1300.",
                command: Some("netsh interface ipv4 set subinterface \"<name>\" mtu=1300 store=persistent"),
                risk: "somewhat less throughput on that interface",
            },
            Remedy {
                what: "On a Linux router or VPN gateway, fit the TCP segment size to the path, and let ICMP \
                    \"fragmentation needed\" through.",
                command: Some(
                    "sudo iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS \
                    --clamp-mss-to-pmtu",
                ),
                risk: "touches every new TCP connection through that router; gone after a restart unless \
                    saved",
            },
        ],
        proof: Some(
            "A capture on the server shows large segments sent again and again without an acknowledgement; \
            with a lower MTU the handshake completes.",
        ),
        sources: &["RFC 2923 2.1", "RFC 4821", "RFC 8446 4"],
    },
    CauseText {
        cause: Cause::FarmMemberBad,
        code: "farm-member-bad",
        headline: "One of several servers behind an address is not sound",
        what: "One address stands for several servers and not all of them are sound, or the broker of the \
            farm is not. The trace changes from one connection to the next: one member completes TLS, \
            another closes, which a Windows client usually shows as 0x904/0x7. Of a renamed Connection \
            Broker Microsoft documents the sentence of that pair; what a broker itself reports comes once \
            the connection is complete, with a second number from 0x400 to 0x412, and is not 0x904/0x7.",
        grade: Grade::Reported,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Probe each member by its own address, and compare ends and certificates.",
                command: Some("rdp-probe check --json <first> <second>"),
                risk: "none",
            },
            Remedy {
                what: "Take the bad member out of service until it is mended. For a farm with a Connection \
                    Broker; for HAProxy: disable server <backend>/<member> on its admin socket.",
                command: Some(
                    "Set-RDSessionHost -SessionHost <member> -NewConnectionAllowed No -ConnectionBroker \
                    <broker>",
                ),
                risk: "the other members take its load; sessions on it stay",
            },
            Remedy {
                what: "Let the load balancer ask more of a member than an open port, so that it leaves out \
                    one that cannot start TLS.",
                command: None,
                risk: "frequent checks add half-open connections to each member",
            },
            Remedy {
                what: "If the Connection Broker was renamed, which is not supported, Microsoft's remedy is \
                    to install its role and the Windows Internal Database anew. See first whether it is \
                    that:",
                command: Some(
                    "Get-WinEvent -LogName 'Microsoft-Windows-TerminalServices-SessionBroker/Operational' \
                    -MaxEvents 20\n\
                    Get-WinEvent -LogName \
                    'Microsoft-Windows-TerminalServices-SessionBroker-Client/Operational' -MaxEvents 20",
                ),
                risk: "the commands only read; installing anew stops the farm, and its settings must be made \
                    again",
            },
        ],
        proof: Some(
            "Several connections show several certificates, and only some succeed. For the broker: \
            TerminalServices-SessionBroker 2056 (log-on to the database failed), \
            TerminalServices-SessionBroker-Client 1296.",
        ),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "[MS-RDPBCGR] 2.2.5.1.1",
        ],
    },
    CauseText {
        cause: Cause::NameLeadsElsewhere,
        code: "name-leads-elsewhere",
        headline: "The name leads to another machine than meant",
        what: "An old DNS record, a hosts file or a mapping leads the name to another machine. The wire then \
            shows that machine: its certificate has another name and the client warns, or nothing there \
            speaks RDP. Connecting by address in place of the name is no known cure of 0x904/0x7, nor is a \
            Windows 11 22H2 fault with names; a name that does not resolve at all shows as 0x104 or 0x508.",
        grade: Grade::Confirmed,
        who: Who::Network,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "See where the name leads, and compare with the address that the machine itself shows. \
                    On Linux: getent ahosts <name>.",
                command: Some(
                    "Resolve-DnsName <name>\n\
                    Get-Content C:\\Windows\\System32\\drivers\\etc\\hosts\n\
                    ipconfig /flushdns",
                ),
                risk: "none; the next look-ups take a little longer",
            },
            Remedy {
                what: "Probe by name and by address, and compare addresses and certificates.",
                command: Some("rdp-probe check --json <name> <address>"),
                risk: "none",
            },
            Remedy {
                what: "Correct the record or the hosts file. On a Windows DNS server, remove the wrong one \
                    and add the right one.",
                command: Some(
                    "Remove-DnsServerResourceRecord -ZoneName <zone> -RRType A -Name <name> -RecordData <old \
                    address>\n\
                    Add-DnsServerResourceRecordA -ZoneName <zone> -Name <name> -IPv4Address <address>",
                ),
                risk: "everything that uses the name follows it, at the latest when remembered answers run \
                    out",
            },
        ],
        proof: Some(
            "The address that the name gives differs from the one the machine shows, and the certificate \
            served is not that of the machine.",
        ),
        sources: &[
            "RFC 9525",
            "GitHub FreeRDP/FreeRDP#2776",
            "GitHub FreeRDP/FreeRDP#2260",
            "GitHub FreeRDP/FreeRDP#7720",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
        ],
    },
    CauseText {
        cause: Cause::GatewayLeg,
        code: "gateway-leg",
        headline: "The way through an RD Gateway fails",
        what: "The client goes through an RD Gateway, and the leg to the gateway or the one behind it fails. \
            A Windows client shows numbers of the form 0x30000xx for that, not 0x904/0x7; the one exception \
            known is the macOS client, which showed 0x904 at random through a gateway until version 10.2.12. \
            A direct connection to the server sees nothing of the gateway.",
        grade: Grade::Confirmed,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Probe the server from the gateway itself: that is the leg behind it.",
                command: Some("rdp-probe check <server>"),
                risk: "none",
            },
            Remedy {
                what: "Probe the leg to the gateway, which is HTTPS, from the client. On Windows also: \
                    Test-NetConnection <gateway> -Port 443.",
                command: Some("curl -sv -o /dev/null https://<gateway>/remoteDesktopGateway/"),
                risk: "none",
            },
            Remedy {
                what: "Read the log of the gateway: 201 and 301 are refusals by its policies, 304 a server \
                    that could not be reached.",
                command: Some(
                    "Get-WinEvent -LogName 'Microsoft-Windows-TerminalServices-Gateway/Operational' \
                    -MaxEvents 20 | Format-List TimeCreated,Id,Message",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "If a policy refuses, let it name the user and the server, by the name that clients \
                    use.",
                command: None,
                risk: "the policy then admits them through the gateway: name groups, not everybody",
            },
            Remedy { what: "Update an old macOS client.", command: None, risk: "none for the server" },
        ],
        proof: Some(
            "Log of the gateway, TerminalServices-Gateway/Operational: 200 and 300 (admitted), 201 and 301 \
            (refused), 304 (server not reached).",
        ),
        sources: &[
            "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py",
            "Release notes of the macOS client, version 10.2.12",
            "TechNet ee891388 (events of RD Gateway)",
        ],
    },
    CauseText {
        cause: Cause::UdpTrouble,
        code: "udp-trouble",
        headline: "UDP beside the TCP connection fails",
        what: "A session uses UDP beside TCP, and UDP is lost, filtered or mangled on the way. UDP starts \
            only after security stands on the TCP connection, so it cannot be the cause of 0x904/0x7; what \
            it can do is freeze or drop a running session, which shows as 0x904/0x0 at most. Reports that \
            switching UDP off cured 0x904 come without a trace.",
        grade: Grade::Reported,
        who: Who::Network,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "As a test, let the client use TCP alone.",
                command: Some(
                    "reg add \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\\Client\" \
                    /v fClientDisableUDP /t REG_DWORD /d 1 /f",
                ),
                risk: "sessions over lossy lines become slower; undo it with /d 0",
            },
            Remedy {
                what: "Let UDP through on the same port, on the server and on the way. On a Windows server:",
                command: Some("Enable-NetFirewallRule -Name 'RemoteDesktop-UserMode-In-UDP'"),
                risk: "opens UDP 3389 to every source that the rule admits: limit the sources",
            },
            Remedy {
                what: "Where the path has less room than usual, lower the MTU of the VPN interface. On a \
                    Windows client:",
                command: Some("netsh interface ipv4 set subinterface \"<name>\" mtu=1300 store=persistent"),
                risk: "somewhat less throughput on that interface",
            },
        ],
        proof: Some(
            "With TCP alone the session stays; Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational \
            on the server shows which transports were in use.",
        ),
        sources: &["[MS-RDPEMT] 1.3", "Reports without a trace (no stable address)"],
    },
];
