//! Causes of the stage *TLS*: the server speaks RDP, and TLS does not come about.

use super::remedy;
use crate::diagnose::{Candidate, Cause, CauseText, Grade, Remedy, Who};

pub(super) static CAUSES: &[CauseText] = &[
    CauseText {
        cause: Cause::TlsNotStarted,
        code: "tls-not-started",
        headline: "Server accepts RDP but cannot start TLS",
        what: "The server confirmed TLS, and the connection ended straight after the ClientHello: no alert, \
            no ServerHello. Which of several faults it is, the bytes do not say. A Windows client usually \
            shows 0x904/0x7 here, which says only that the socket closed before the connection was complete.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::KeyUnreadable),
                what: "The server cannot read the private key of its certificate: wrong rights, a lost or \
                    damaged key, or a failed renewal. The same goes for a certificate bound by thumbprint \
                    that has no usable key.",
                grade: Grade::Confirmed,
                proof: "System log of the server at the time of the attempt: Schannel 36870 (0x8009030D, \
                    state 10001), or TerminalServices-RemoteConnectionManager 1057 or 1058; for a bound \
                    certificate 1051 or 1055.",
            },
            Candidate {
                cause: Some(Cause::NoCommonTls),
                what: "No TLS version or cipher suite in common, and the server resets instead of sending an \
                    alert: TLS 1.2 switched off, a cipher list or FIPS policy, an old Windows.",
                grade: Grade::Confirmed,
                proof: "A ClientHello with a wider offer is answered. System log of the server: Schannel \
                    36871 (state 10013), 36874 or 36888.",
            },
            Candidate {
                cause: Some(Cause::MiddleboxResetsTls),
                what: "A firewall, IPS or proxy between resets TLS.",
                grade: Grade::Plausible,
                proof: "The same probe passes on the server itself or from its subnet; the closing segment \
                    has another TTL or comes faster than the SYN-ACK did.",
            },
        ],
        remedies: &[
            remedy::READ_EVENTS,
            remedy::READ_LINUX_LOGS,
            remedy::LOOK_AT_CERTIFICATE,
            remedy::KEY_RIGHTS,
            remedy::RENEW_SELF_SIGNED,
            remedy::ENABLE_TLS_1_2,
            Remedy {
                what: "Run the same probe on the server itself and from its subnet. If it passes there, \
                    exempt RDP from TLS inspection on the device between.",
                command: None,
                risk: "RDP then goes uninspected through that device: limit the exemption to these servers",
            },
            remedy::ALL_KEY_RIGHTS,
        ],
        proof: Some(
            "System log of a Windows server at the time of the attempt: Schannel 36870 (key), 36871, \
            36874 or 36888 (versions and suites), TerminalServices-RemoteConnectionManager 1057, 1058, 1051 \
            or 1055 (certificate).",
        ),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/internal-error-has-occurred-connecting-remote-machine.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/remote-desktop-listener-certificate-configurations.md",
            "qiita.com/mtmana/items/424579c1b9738c7a18c1",
            "GitHub gravitational/teleport#13059",
            "GitHub gravitational/teleport#39892",
            "GitHub dekarita/supreme-lamp: docs/F31-private-key.md (older version)",
        ],
    },
    CauseText {
        cause: Cause::TlsHandshakeFailure,
        code: "tls-handshake-failure",
        headline: "Server says it finds no TLS parameters in common",
        what: "The server ended TLS with the alert handshake_failure or insufficient_security: of the suites \
            and signature algorithms offered, it takes none. Clients with a wider offer may still get in.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::NoCommonTls),
                what: "No cipher suite in common. Server 2012 R2 and older have, for an RSA certificate, only \
                    suites with CBC, DHE or static RSA, which a full handshake of this client does not offer; its \
                    clear-text hello does. A cipher policy on newer Windows does the same.",
                grade: Grade::Documented,
                proof: "A ClientHello with a wider offer is answered (--depth hello), and the choice names the \
                    suite. System log of the server: Schannel 36874 or 36888.",
            },
            Candidate {
                cause: Some(Cause::Sha1Wanted),
                what: "The server insists on SHA-1 signatures, as Schannel does when its certificate is \
                    signed with SHA-1.",
                grade: Grade::Reported,
                proof: "The same ClientHello with SHA-1 signature algorithms added is answered; Schannel \
                    36874 speaks of no common suite all the same.",
            },
            Candidate {
                cause: Some(Cause::KeyUnreadable),
                what: "A third-party server has no certificate and key that it can use.",
                grade: Grade::Confirmed,
                proof: "No ClientHello is answered, however wide; the log of that server names the \
                    certificate or key.",
            },
            Candidate {
                cause: None,
                what: "The key of the server is of a kind that this probe does not offer to check, and nothing is \
                    wrong: ECDSA on P-521, RSA-PSS, Ed448.",
                grade: Grade::Observed,
                proof: "openssl x509 -in <file> -noout -text names such a key; another client connects.",
            },
        ],
        remedies: &[
            remedy::READ_EVENTS,
            remedy::LOOK_AT_CERTIFICATE,
            remedy::LOOK_AT_TLS,
            remedy::ENABLE_SUITES,
            remedy::BIND_ECDSA,
            Remedy {
                what: "On a Windows server whose self-signed certificate is signed with SHA-1, where none is \
                    bound by thumbprint and the rights on the key are sound, remove it, so that a new one is made; \
                    an updated Windows signs with SHA-256.",
                ..remedy::RENEW_SELF_SIGNED
            },
            remedy::XRDP_KEY_RIGHTS,
            remedy::GNOME_NEW_CERTIFICATE,
            remedy::LIFT_SUITE_POLICY,
        ],
        proof: Some("System log of a Windows server at the time of the attempt: Schannel 36874 or 36888."),
        sources: &[
            "RFC 8446 6.2",
            "RFC 8446 4.1.1",
            "MicrosoftDocs/win32: desktop-src/SecAuthN/tls-cipher-suites-in-windows-8-1",
            "GitHub Devolutions/IronRDP#714",
            "GitHub gravitational/teleport#13059",
            "GitHub jborean93/requests-credssp#18",
            "GitHub FreeRDP/FreeRDP#7769",
        ],
    },
    CauseText {
        cause: Cause::TlsVersionRefused,
        code: "tls-version-refused",
        headline: "Server refuses the TLS versions offered",
        what: "The server ended TLS with the alert protocol_version: it has none of the versions offered. Its \
            RDP service is alive.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::NoCommonTls),
                what: "The server knows TLS 1.0 and 1.1 only. Windows 7 and Server 2008 R2 are so as shipped.",
                grade: Grade::Confirmed,
                proof: "A ClientHello that offers TLS 1.0 is answered (--depth hello).",
            },
            Candidate {
                cause: Some(Cause::NoCommonTls),
                what: "TLS 1.2 was switched off on the server by a setting or a hardening tool.",
                grade: Grade::Confirmed,
                proof: "On Windows, Enabled is 0 or DisabledByDefault is 1 under SCHANNEL\\Protocols\\TLS \
                    1.2\\Server; on xrdp, ssl_protocols lacks TLSv1.2.",
            },
            Candidate {
                cause: None,
                what: "TLS 1.3 alone was offered (--client-hello tls13), and the server stops at TLS 1.2, as Windows \
                    before Windows 11 and Server 2022 does. Nothing is wrong.",
                grade: Grade::Documented,
                proof: "The same probe without --client-hello is answered.",
            },
            Candidate {
                cause: Some(Cause::Tls13Only),
                what: "TLS 1.2 alone was offered (--client-hello tls12), and the server takes TLS 1.3 alone. Nothing is \
                    wrong.",
                grade: Grade::Documented,
                proof: "The same probe with --client-hello tls13 is answered.",
            },
        ],
        remedies: &[
            remedy::ENABLE_TLS_1_2,
            Remedy {
                what: "On a server with xrdp, let TLS 1.2 and 1.3 in.",
                command: Some(
                    "sudo sed -i 's/^ssl_protocols=.*/ssl_protocols=TLSv1.2, TLSv1.3/' \
                    /etc/xrdp/xrdp.ini\n\
                    sudo systemctl restart xrdp",
                ),
                risk: "clients that know only older versions can no longer connect; restarting xrdp cuts the \
                    connections that run through it",
            },
            Remedy {
                what: "Move a server that cannot do TLS 1.2 to a newer system; until then, admit only a VPN \
                    or a trusted network to it.",
                command: None,
                risk: "sources outside lose access; inside, TLS 1.0 stays as weak as it is",
            },
        ],
        proof: Some(
            "System log of a Windows server at the time of the attempt: Schannel 36871, 36874 or \
            36888.",
        ),
        sources: &[
            "RFC 8446 6.2",
            "RFC 8996",
            "MicrosoftDocs/win32: desktop-src/SecAuthN/protocols-in-tls-ssl--schannel-ssp-",
            "GitHub rapid7/metasploit-framework#12214",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/cannot-connect-rdp-azure-vm.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/incorrect-tls-use-rdp-with-ssl-encryption.md",
        ],
    },
    CauseText {
        cause: Cause::Tls13Only,
        code: "tls13-only",
        headline: "Server seems to speak TLS 1.3 alone, in which no certificate can be read",
        what: "A hello that offered TLS 1.0 to 1.2 was refused with the alert protocol_version. So the server seems \
            to take TLS 1.3 alone, in which certificates travel encrypted: only a finished handshake shows them. It is \
            no fault; clients of today speak TLS 1.3.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[
            Candidate {
                cause: None,
                what: "The server is set to TLS 1.3 alone.",
                grade: Grade::Documented,
                proof: "A finished handshake names TLS 1.3, and a hello that offers it alone is answered \
                    (--client-hello tls13).",
            },
            Candidate {
                cause: None,
                what: "A device in between takes TLS 1.3 alone, or refuses what looks like an old client.",
                grade: Grade::Plausible,
                proof: "The same probe on the server itself is answered.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Read the certificate in a finished handshake.",
                command: Some("rdp-probe check --depth tls <host>"),
                risk: "none; this only reads",
            },
            Remedy {
                what: "If clients without TLS 1.3 are to connect, such as those of Windows 10, let TLS 1.2 in beside \
                    it. On a server with xrdp:",
                command: Some(
                    "sudo sed -i 's/^ssl_protocols=.*/ssl_protocols=TLSv1.2, TLSv1.3/' /etc/xrdp/xrdp.ini\n\
                    sudo systemctl restart xrdp",
                ),
                risk: "restarting xrdp cuts the connections that run through it",
            },
        ],
        proof: Some("A finished handshake with the same server names TLS 1.3."),
        sources: &[
            "RFC 8446 4.2.1",
            "RFC 8446 6.2",
            "MicrosoftDocs/win32: desktop-src/SecAuthN/protocols-in-tls-ssl--schannel-ssp-",
        ],
    },
    CauseText {
        cause: Cause::TlsServerError,
        code: "tls-server-error",
        headline: "Server reports an internal error in TLS",
        what: "The server ended TLS with the alert internal_error. The fault is on its side, and the alert \
            does not say which.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::NoCommonTls),
                what: "The TLS library of the server refuses the requested version from inside. OpenSSL 3 \
                    does so for TLS 1.0 and 1.1 at its default security level.",
                grade: Grade::Observed,
                proof: "A ClientHello with TLS 1.2 or 1.3 is answered.",
            },
            Candidate {
                cause: Some(Cause::KeyUnreadable),
                what: "The server cannot use its private key, or key and certificate do not belong together.",
                grade: Grade::Plausible,
                proof: "No ClientHello is answered, however wide. The log of the server names the key; on \
                    Windows, Schannel 36870.",
            },
        ],
        remedies: &[
            remedy::READ_LINUX_LOG,
            remedy::READ_EVENTS,
            remedy::XRDP_KEY_RIGHTS,
            remedy::KEY_RIGHTS,
            Remedy {
                what: "Offer TLS 1.2 or 1.3, where an old client offered less. Do not lower the security \
                    level of the server for it.",
                command: None,
                risk: "none",
            },
        ],
        proof: Some(
            "The log of the server at the time of the attempt; on Windows, Schannel 36888 with alert \
            80, or 36870.",
        ),
        sources: &[
            "RFC 8446 6.2",
            "OpenSSL migration_guide(7)",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
        ],
    },
    CauseText {
        cause: Cause::TlsAlert,
        code: "tls-alert",
        headline: "Server ends TLS with an alert",
        what: "The server ended the TLS handshake with a fatal alert, whose number and name are in the \
            report. An alert is an answer: TLS runs on the server and something in this handshake did not \
            suit it.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "Alert unrecognized_name (112): the server, or a proxy in front of it, knows no service \
                    of the name asked for.",
                grade: Grade::Documented,
                proof: "Without a server name in the ClientHello, or with another one, the handshake goes on.",
            },
            Candidate {
                cause: None,
                what: "Alert bad_certificate (42), certificate_required (116), or handshake_failure (40) behind the \
                    server's own hello: a client certificate is wanted.",
                grade: Grade::Documented,
                proof: "The server sent a CertificateRequest before the alert.",
            },
            Candidate {
                cause: None,
                what: "Alerts unexpected_message (10), illegal_parameter (47) or decode_error (50): the \
                    server does not understand the ClientHello.",
                grade: Grade::Documented,
                proof: "A plainer ClientHello, for instance with TLS 1.2 alone, is answered.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Look the alert up in RFC 8446 6.2 or RFC 5246 7.2, then read the log of the server.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "On a Windows server, right after a failed attempt, read in an elevated PowerShell what it \
                    says of it.",
                ..remedy::READ_EVENTS
            },
            Remedy {
                what: "Repeat without a server name, and with TLS 1.2 alone, to see what the server dislikes.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "Update the server software, or what stands in front of it.",
                command: None,
                risk: "connections are cut while it restarts",
            },
            remedy::READ_LINUX_LOGS,
        ],
        proof: Some(
            "System log of a Windows server at the time of the attempt: Schannel 36888 with the \
            number of the alert.",
        ),
        sources: &[
            "RFC 8446 6.2",
            "RFC 5246 7.2.2",
            "RFC 6066 3",
            "https://learn.microsoft.com/en-us/windows/win32/secauthn/schannel-error-codes-for-tls-and-ssl-alerts",
        ],
    },
    CauseText {
        cause: Cause::TlsSilent,
        code: "tls-silent",
        headline: "Server stays silent after the TLS ClientHello",
        what: "The server confirmed TLS, and the ClientHello got no answer in the time allowed; the \
            connection stayed open. Whether the server or the path is silent is unknown. A Windows client \
            runs into its own time limit here, which has other codes than 0x904.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::ServiceHung),
                what: "The Remote Desktop service hangs after it has confirmed the connection.",
                grade: Grade::Reported,
                proof: "It answers after a restart of TermService.",
            },
            Candidate {
                cause: None,
                what: "A firewall or IPS between drops the ClientHello.",
                grade: Grade::Plausible,
                proof: "The same probe passes on the server itself; a capture on the server shows no \
                    ClientHello.",
            },
            Candidate {
                cause: Some(Cause::NoCommonTls),
                what: "The server knows only TLS 1.0 and leaves the ClientHello unanswered. Seen with another \
                    service on Windows Server 2008 R2.",
                grade: Grade::Reported,
                proof: "A ClientHello that offers TLS 1.0 is answered.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Probe on the server itself. If it is answered there, look at the device between.",
                command: None,
                risk: "none",
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
            remedy::ENABLE_TLS_1_2,
            Remedy {
                what: "If a device between drops the ClientHello, exempt RDP from TLS inspection there.",
                command: None,
                risk: "RDP then goes uninspected through that device: limit the exemption to these servers",
            },
        ],
        proof: Some(
            "A capture on the server shows whether the ClientHello arrives and whether anything \
            answers it.",
        ),
        sources: &["RFC 8446 4.1.2", "RFC 9293 3.8.3", "GitHub openssl/openssl#28284"],
    },
    CauseText {
        cause: Cause::TlsStalled,
        code: "tls-stalled",
        headline: "TLS handshake begins and stalls",
        what: "The server began the TLS handshake, and then nothing more came in the time allowed; the \
            connection stayed open. Whether the rest was lost on the way or never sent, the bytes do not say. A \
            Windows client runs into its own time limit here, which has other codes than 0x904.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: Some(Cause::ServiceHung),
                what: "The server stalled in the middle of the handshake.",
                grade: Grade::Plausible,
                proof: "The same stall comes on the server itself.",
            },
            Candidate {
                cause: Some(Cause::MtuBlackHole),
                what: "Large packets vanish on the way (an MTU black hole), as behind a VPN that drops them \
                    without a word.",
                grade: Grade::Plausible,
                proof: "A small ClientHello is answered and one padded past a packet is not; a ping of full \
                    size with \"do not fragment\" gets no answer.",
            },
        ],
        remedies: &[
            Remedy {
                what: "See how large a packet gets through. On a Windows client; on Linux: ping -M do -s 1400 \
                    <address>.",
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
            Remedy {
                what: "If it stalls on the server itself, restart the service. For xrdp: sudo systemctl \
                    restart xrdp. On Windows:",
                command: Some("Restart-Service TermService -Force"),
                risk: "restarting TermService disconnects every remote session on that machine",
            },
        ],
        proof: Some(
            "A capture on the server shows large segments sent again and again without an \
            acknowledgement.",
        ),
        sources: &["RFC 2923 2.1", "RFC 4821", "RFC 8446 4"],
    },
    CauseText {
        cause: Cause::TlsEndedMidway,
        code: "tls-ended-midway",
        headline: "Peer ends the connection in the middle of the TLS handshake",
        what: "The server began the TLS handshake, and the connection ended before it was complete, without a \
            fatal alert. What came before is in the report. Why it ended is unknown.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The server ended it after it had seen the answer of the client, and sent no alert.",
                grade: Grade::Plausible,
                proof: "The log of the server at the time of the attempt; on Windows, Schannel 36874, 36887 \
                    or 36888.",
            },
            Candidate {
                cause: Some(Cause::MiddleboxResetsTls),
                what: "A device between read the certificate and cut the connection.",
                grade: Grade::Plausible,
                proof: "The same probe passes on the server itself; captures on both sides show who ended it.",
            },
            Candidate {
                cause: None,
                what: "The process on the server crashed or was stopped.",
                grade: Grade::Plausible,
                proof: "A crash report or service restart in the log of the server at that time.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Repeat a few times. If it varies, look at the network and at load balancer members; if \
                    not, at the server.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "On a Windows server, right after a failed attempt, read in an elevated PowerShell what it \
                    says of it.",
                ..remedy::READ_EVENTS
            },
            remedy::READ_LINUX_LOG,
            Remedy {
                what: "Run the same probe on the server itself and from its subnet. If it passes there, \
                    exempt RDP from TLS inspection on the device between.",
                command: None,
                risk: "RDP then goes uninspected through that device: limit the exemption to these servers",
            },
        ],
        proof: Some("Captures on both sides show who ended the connection, and after which message."),
        sources: &["RFC 8446 6.1", "RFC 9293 3.6"],
    },
    CauseText {
        cause: Cause::TlsUnsupported,
        code: "tls-unsupported",
        headline: "Server chose TLS that this client cannot speak",
        what: "The server answered with a TLS version or cipher suite that this client does not have, or has not \
            offered. That is a limit of this client and a sign of old or narrow TLS on the server. Clients with older \
            TLS, such as the one of Windows, may connect all the same.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::NoCommonTls),
                what: "The server is Windows 8.1, Server 2012 R2 or older with an RSA certificate: only \
                    suites with CBC, DHE or static RSA, or only TLS 1.0.",
                grade: Grade::Documented,
                proof: "The version and suite in the report, and the version of Windows.",
            },
            Candidate {
                cause: Some(Cause::NoCommonTls),
                what: "A policy or hardening tool cut the list of suites down to those.",
                grade: Grade::Confirmed,
                proof: "On Windows, Functions under the policy key of the cipher suite order; on xrdp, \
                    tls_ciphers in xrdp.ini.",
            },
        ],
        remedies: &[
            remedy::LOOK_AT_TLS,
            remedy::ENABLE_SUITES,
            remedy::ENABLE_TLS_1_2,
            remedy::BIND_ECDSA,
            Remedy {
                what: "On a server with xrdp, take the default suites.",
                command: Some(
                    "sudo sed -i 's/^tls_ciphers=/#tls_ciphers=/' /etc/xrdp/xrdp.ini\n\
                    sudo systemctl restart xrdp",
                ),
                risk: "a choice of suites made on purpose is lost; restarting xrdp cuts the connections that \
                    run through it",
            },
            remedy::LIFT_SUITE_POLICY,
        ],
        proof: Some("The ServerHello in the report."),
        sources: &[
            "RFC 8446 4.1.3",
            "RFC 8996",
            "MicrosoftDocs/win32: desktop-src/SecAuthN/tls-cipher-suites-in-windows-8-1",
            "GitHub Devolutions/IronRDP#714",
            "GitHub gravitational/teleport#13059",
            "GitHub richardhicks/aovpn#13",
            "GitHub rustls/rustls#381",
        ],
    },
    CauseText {
        cause: Cause::TlsNotSpoken,
        code: "tls-not-spoken",
        headline: "What follows the connection confirm is not TLS",
        what: "The server confirmed TLS and answered the ClientHello with bytes that are not TLS. The first \
            of them are in the report.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The server goes on in plain RDP, although it had chosen TLS.",
                grade: Grade::Plausible,
                proof: "The bytes begin with 03 00, the framing of RDP.",
            },
            Candidate {
                cause: None,
                what: "A proxy or filter between answers in place of the server, for instance with a text.",
                grade: Grade::Plausible,
                proof: "The bytes are text; the same probe passes on the server itself.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Probe on the server itself. If TLS starts there, look at the device between.",
                command: None,
                risk: "none",
            },
            remedy::READ_LINUX_LOG,
            Remedy {
                what: "Update the server software. On Debian and Ubuntu:",
                command: Some("sudo apt update && sudo apt install --only-upgrade xrdp gnome-remote-desktop"),
                risk: "restarting xrdp cuts the connections that run through it",
            },
        ],
        proof: Some("A capture on the server shows whether these bytes leave it."),
        sources: &["[MS-RDPBCGR] 5.4.5.1", "RFC 8446 5.1"],
    },
    CauseText {
        cause: Cause::TlsDenied,
        code: "tls-denied",
        headline: "Server ends the connection where TLS should begin",
        what: "The server chose TLS, and then answered the ClientHello with a disconnect message in plain RDP. It \
            knows that it cannot begin TLS; why, the message does not say.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::KeyUnreadable),
                what: "xrdp cannot use its certificate or key: they do not match, a file is damaged or cannot be \
                    read, or the key is too short for OpenSSL.",
                grade: Grade::Confirmed,
                proof: "/var/log/xrdp.log at the time of the attempt: \"Private key ... and certificate ... do not \
                    match\", \"Error loading TLS certificate chain\", \"ee key too small\".",
            },
            Candidate {
                cause: None,
                what: "Another server or a proxy gives up before TLS.",
                grade: Grade::Plausible,
                proof: "Its own log at the time of the attempt.",
            },
        ],
        remedies: &[
            Remedy {
                what: "On a server with xrdp, see what it says, and whether key and certificate belong together: the \
                    two lines of digits must be the same.",
                command: Some(
                    "sudo tail -n 50 /var/log/xrdp.log\n\
                    sudo openssl x509 -in /etc/xrdp/cert.pem -noout -pubkey | openssl sha256\n\
                    sudo openssl pkey -in /etc/xrdp/key.pem -pubout | openssl sha256",
                ),
                risk: "none; this only reads",
            },
            remedy::XRDP_NEW_CERTIFICATE,
        ],
        proof: Some("The flight in the report begins with 03 00: a TPKT, not TLS."),
        sources: &["[MS-RDPBCGR] 2.2.2.3", "T.125 section 7", "Debian xrdp 0.9.21, as tested"],
    },
    CauseText {
        cause: Cause::TlsProtocolViolation,
        code: "tls-protocol-violation",
        headline: "Peer breaks the TLS protocol",
        what: "The peer sent TLS that breaks the rules of TLS, or a message of more than 64 KiB, and this client ended the \
            handshake. Whether the server did it or something in between is unknown.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The TLS of the server or of a proxy in front of it has a fault.",
                grade: Grade::Plausible,
                proof: "The same violation comes on the server itself, and no longer comes after an update.",
            },
            Candidate {
                cause: None,
                what: "A device between changes the bytes.",
                grade: Grade::Plausible,
                proof: "The handshake succeeds on the server itself.",
            },
            Candidate {
                cause: None,
                what: "The chain of certificates is longer than clients read: somebody put a whole store into it.",
                grade: Grade::Plausible,
                proof: "The chain that the server is given has more than 64 KiB; up to TLS 1.2 the report says how long the \
                    message was to be.",
            },
        ],
        remedies: &[
            Remedy { what: "Probe on the server itself and compare.", command: None, risk: "none" },
            Remedy {
                what: "Update the server software, or what stands in front of it.",
                command: None,
                risk: "connections are cut while it restarts",
            },
            remedy::READ_LINUX_LOGS,
        ],
        proof: Some("Captures on both sides show whether the bytes change on the way."),
        sources: &["RFC 8446 6.2", "RFC 5246 7.2.2"],
    },
    CauseText {
        cause: Cause::TlsSignatureInvalid,
        code: "tls-signature-invalid",
        headline: "TLS signature does not match the key in the certificate",
        what: "The signature of the handshake does not fit the key in the certificate. So the peer did not prove \
            that it holds that key, and must not be taken for the owner of the certificate: enter no password here \
            until it is cleared up.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "Certificate and private key on the server do not belong together, as after half a \
                    renewal.",
                grade: Grade::Plausible,
                proof: "On the server, the public key of the certificate differs from that of the key file.",
            },
            Candidate {
                cause: None,
                what: "Something in between shows the certificate of the server and does not have its key.",
                grade: Grade::Plausible,
                proof: "The handshake succeeds on the server itself.",
            },
            Candidate {
                cause: None,
                what: "The bytes were changed on the way, or the TLS of the server has a fault.",
                grade: Grade::Plausible,
                proof: "Captures on both sides differ, or the same failure comes on the server itself.",
            },
        ],
        remedies: &[
            remedy::READ_EVENTS,
            remedy::LOOK_AT_CERTIFICATE,
            Remedy {
                what: "On a Windows server, let the system test the pair.",
                command: Some(
                    "certutil -store \"Remote Desktop\"\n\
                    certutil -store My",
                ),
                risk: "none; this only reads",
            },
            Remedy { what: "Probe on the server itself and compare.", command: None, risk: "none" },
            Remedy {
                what: "On a server with xrdp, see whether the pair fits: both lines must print the same.",
                command: Some(
                    "sudo openssl x509 -in /etc/xrdp/cert.pem -noout -pubkey | sha256sum\n\
                    sudo openssl pkey -in /etc/xrdp/key.pem -pubout | sha256sum",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a Windows server whose self-signed certificate does not fit its key, where none is \
                    bound by thumbprint and the rights on the key are sound, remove it, so that a new one is made.",
                ..remedy::RENEW_SELF_SIGNED
            },
            remedy::XRDP_NEW_CERTIFICATE,
        ],
        proof: Some("The same probe on the server itself, and the public keys of certificate and key file."),
        sources: &["RFC 8446 4.4.3", "RFC 5246 7.4.3"],
    },
    CauseText {
        cause: Cause::TlsLost,
        code: "tls-lost",
        headline: "This machine lost the connection during TLS",
        what: "The operating system here failed the connection while TLS was set up. It is not an answer of \
            the server. The number of the error is in the report.",
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
];
