//! The table of claims about 0x904/0x7: what users are told, and what is known of it.

use super::cause::Cause;
use super::claim::{Claim, ClaimVerdict};

pub(super) static CLAIMS: &[Claim] = &[
    Claim {
        code: "expired-certificate",
        claim: "The self-signed certificate of the server expired and was not renewed.",
        verdict: ClaimVerdict::HalfTrue,
        why: "Where the renewal fails or the key cannot be read, TLS cannot start: Microsoft gives the sentence of \
            0x904/0x7 for it, and a first-hand report with a fix that worked gives the pair. Expiry alone is not \
            shown to do it: as far as is known the certificate is served on, the client warns, and 0x1B07 is to be \
            expected where policy forbids going on.",
        probe: "If TLS completes, rdp-probe check reads the dates and says certificate-expired, as a finding \
            and not as what closes a connection. If the server cannot start TLS it says tls-not-started, and \
            the certificate stays unseen: look for events 1057 and 1058 on the server.",
        causes: &[Cause::RenewalFailed, Cause::KeyUnreadable, Cause::CertificateExpired],
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/troubleshoot-rdp-internal-error.md",
            "qiita.com/mtmana/items/424579c1b9738c7a18c1",
        ],
    },
    Claim {
        code: "private-key-permission",
        claim: "NETWORK SERVICE lost its access to the private key: hardening, a security product, a renewed \
            certificate.",
        verdict: ClaimVerdict::Supported,
        why: "Microsoft documents it under the sentence of 0x904/0x7, with events 36870, 1057 and 1058, and \
            single reports give the pair. It is the best documented cause, and not the only one with this \
            trace.",
        probe: "rdp-probe check says tls-not-started and lists this first among what fits; a handshake that \
            completes rules it out. It makes one connection: repeat it by hand, and run it on the server \
            itself, to tell the server from a device between.",
        causes: &[Cause::KeyUnreadable, Cause::TlsNotStarted, Cause::NoCertificate],
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/internal-error-has-occurred-connecting-remote-machine.md",
            "GitHub dekarita/supreme-lamp: docs/F31-private-key.md (older version)",
        ],
    },
    Claim {
        code: "machinekeys-corrupt",
        claim: "The MachineKeys folder is damaged, as on Azure machines; the advice is to rename it and \
            restart.",
        verdict: ClaimVerdict::Supported,
        why: "Microsoft documents it under the sentence of 0x904/0x7: keys in that folder that cannot be read, are \
            missing or are damaged. The advice is blunt: renaming the folder takes the keys of every other program \
            away too, so have the one key of the RDP certificate made anew instead.",
        probe: "The trace is that of lost rights: tls-not-started, or no-certificate where the server knows \
            beforehand. The remedies that rdp-probe check prints begin with the one key file; it cannot look \
            into the folder itself.",
        causes: &[Cause::KeyUnreadable, Cause::RenewalFailed],
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/troubleshoot-rdp-internal-error.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/internal-error-has-occurred-connecting-remote-machine.md",
        ],
    },
    Claim {
        code: "bound-thumbprint",
        claim: "SSLCertificateSHA1Hash points to a certificate that is missing.",
        verdict: ClaimVerdict::HalfTrue,
        why: "By newer pages of Microsoft the connection fails until the value is mended, with the sentence of \
            0x904/0x7 and no number; a key that cannot be used is reason enough. For a certificate that is missing \
            the sources differ: older event texts say that the self-signed one is served in its place, and that is \
            not 0x904.",
        probe: "rdp-probe check shows issuer, names, end and SHA-1 thumbprint of the certificate served. Given \
            the value of SSLCertificateSHA1Hash with --expect-sha1, it ends as certificate-unexpected where another is \
            served.",
        causes: &[Cause::BoundCertificateUnusable, Cause::KeyUnreadable, Cause::NoCertificate],
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/remote-desktop-listener-certificate-configurations.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/internal-error-has-occurred-connecting-remote-machine.md",
            "TechNet ee890993 and ee891233 (events of Server 2008 R2)",
        ],
    },
    Claim {
        code: "restart-service",
        claim: "Delete the certificate of the server and restart TermService.",
        verdict: ClaimVerdict::HalfTrue,
        why: "It helps where the server can make a new certificate, and reports with a fix show that. Where \
            the key cannot be written none comes back, and TLS is gone altogether.",
        probe: "It stands among the remedies that rdp-probe check prints, with commands and the effect on \
            sessions. Run the check again afterwards: the certificate must show new dates.",
        causes: &[Cause::RenewalFailed, Cause::KeyUnreadable, Cause::CertificateExpired],
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "qiita.com/mtmana/items/424579c1b9738c7a18c1",
        ],
    },
    Claim {
        code: "network-instability",
        claim: "The network is bad: latency, loss, a narrow VPN.",
        verdict: ClaimVerdict::HalfTrue,
        why: "For a session that breaks off, 0x904/0x0, it is plausible, and the client's own sentence \
            speaks of it. For 0x904/0x7 it is weak: lost packets lead to a time-out, 0x108, and only \
            something that closes the connection leads to that pair.",
        probe: "rdp-probe check shows the time of each stage and tells a close from silence. It makes one \
            connection and measures no spread: repeat it by hand with pauses, and use pathping -n <address> \
            or mtr -rwc 100 <address>.",
        causes: &[Cause::PathUnstable, Cause::NegotiationLost, Cause::TlsLost],
        sources: &[
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "GitHub tailscale/tailscale#5552",
        ],
    },
    Claim {
        code: "mtu",
        claim: "The VPN drops large packets.",
        verdict: ClaimVerdict::Plausible,
        why: "As a fault it is plausible behind a VPN. It shows as a time-out with a code of its own, 0x108, once \
            the certificate or a large ClientHello is due, and not as 0x904/0x7: nothing closes the connection.",
        probe: "rdp-probe check says tls-stalled where the handshake begins and stops. It sends no \
            ClientHello of another size: try sizes by hand with ping -f -l 1400 <address>, on Linux ping -M \
            do -s 1400 <address>.",
        causes: &[Cause::MtuBlackHole, Cause::TlsStalled],
        sources: &["RFC 2923 2.1", "RFC 4821"],
    },
    Claim {
        code: "windows11-22h2",
        claim: "Windows 11 22H2 has a fault with host names.",
        verdict: ClaimVerdict::Unsupported,
        why: "No first-hand report ties it to 0x904/0x7. What a name does change is whether Kerberos or NTLM \
            is used, and trouble with that shows as an authentication error or 0xC07; a name that does not \
            resolve is 0x104 or 0x508.",
        probe: "rdp-probe check <name> <address> does both, and --sni none leaves the name out of TLS: \
            compare addresses, certificates and ends. With --depth challenge --package spnego it names the package \
            that the server takes. Whether there is a ticket for a name: klist get TERMSRV/<full name>.",
        causes: &[Cause::NameLeadsElsewhere, Cause::NtlmBlocked, Cause::NameNotFound],
        sources: &[
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "https://awakecoding.com/posts/mac-rdp-client-kerberos-and-protected-users-guide",
        ],
    },
    Claim {
        code: "ip-instead-of-name",
        claim: "Connect by IP address in place of the name.",
        verdict: ClaimVerdict::Unsupported,
        why: "No good evidence shows it as a cure of 0x904/0x7. If it helps, see where the name leads: that \
            is then the fault to mend; by address Kerberos cannot be used, and the certificate does not \
            match.",
        probe: "rdp-probe check <name> <address> shows each address that the name gives, and names, thumbprint and \
            result of both ways.",
        causes: &[Cause::NameLeadsElsewhere, Cause::NtlmBlocked, Cause::CertificateWrongName],
        sources: &[
            "GitHub FreeRDP/FreeRDP#10168",
            "GitHub FreeRDP/FreeRDP#2776",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
        ],
    },
    Claim {
        code: "firewall",
        claim: "A firewall or antivirus program blocks mstsc or port 3389.",
        verdict: ClaimVerdict::Contradicted,
        why: "A blocked port shows as 0x204, in some reports 0x704, because no connection comes about; \
            0x904/0x7 needs one that stood and was closed. That a device between resets TLS, or security \
            software ends the socket, is plausible, and no confirmed case is known.",
        probe: "rdp-probe check tells refused, unanswered, ended after the request and ended at the \
            ClientHello apart. Who ended it, server or device between, it cannot see: run it on the server \
            itself and by another way too.",
        causes: &[
            Cause::ConnectTimeout,
            Cause::ConnectionRefused,
            Cause::ServiceStopped,
            Cause::MiddleboxResetsTls,
            Cause::SourceFiltered,
            Cause::ClientAtFault,
        ],
        sources: &[
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "RFC 9293 3.5.2",
        ],
    },
    Claim {
        code: "port-reachable",
        claim: "Test-NetConnection shows the port open, so the network is fine.",
        verdict: ClaimVerdict::TrueButNotEnough,
        why: "It shows that something took a TCP connection on that port just then, and no more. A forwarder \
            with nothing behind it, another service and a server that cannot start TLS pass it as well.",
        probe: "rdp-probe check goes on from there: the answer to the connection request, TLS, the certificate.",
        causes: &[
            Cause::DeadForward,
            Cause::OtherServiceOnPort,
            Cause::KeyUnreadable,
            Cause::NoCommonTls,
            Cause::MiddleboxResetsTls,
            Cause::ServiceHung,
        ],
        sources: &["GitHub dockur/windows#345", "[MS-RDPBCGR] 1.3.1.1"],
    },
    Claim {
        code: "tls-hardening",
        claim: "The server was hardened: TLS versions, cipher suites, FIPS.",
        verdict: ClaimVerdict::Supported,
        why: "Microsoft documents it under the sentence of 0x904/0x7, and reports show resets and fatal \
            alerts on a mismatch. A FIPS mismatch in standard RDP security is something else and has its own \
            number, 0xE06.",
        probe: "rdp-probe check makes one handshake with TLS 1.2 or 1.3 and modern suites. It shows what was \
            agreed, or tells alert, reset, close and silence apart; it tries no other offers: by hand, \
            sslscan --rdp <host>:3389 lists what the server takes.",
        causes: &[
            Cause::NoCommonTls,
            Cause::Sha1Wanted,
            Cause::TlsHandshakeFailure,
            Cause::TlsVersionRefused,
            Cause::TlsUnsupported,
            Cause::TlsNotStarted,
        ],
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/cannot-connect-rdp-azure-vm.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/internal-error-has-occurred-connecting-remote-machine.md",
            "GitHub gravitational/teleport#13059",
            "GitHub FreeRDP/FreeRDP#7769",
        ],
    },
    Claim {
        code: "nla-off",
        claim: "Turn Network Level Authentication off.",
        verdict: ClaimVerdict::Unsupported,
        why: "It can hide a fault in CredSSP or with the domain, it lowers security, and no good evidence \
            shows it as a cure. A plain mismatch about NLA has numbers of its own: 0xB09, or 0xD09 where the \
            policy of the client demands it.",
        probe: "rdp-probe check shows whether the server chose NLA, and rdp-probe check --offer ssl <host> \
            whether it insists (nla-required). With --depth challenge it sees, without credentials, whether the \
            server's side of NLA is alive, and with --depth verify whether it takes the credentials; that is an \
            attempt to log on, and a wrong password counts towards a lock-out.",
        causes: &[Cause::CredsspEndsSilently, Cause::DomainUnreachable, Cause::PasswordExpired, Cause::NlaRequired],
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/cannot-connect-rdp-azure-vm.md",
            "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py",
            "[MS-RDPBCGR] 2.2.1.2.2",
        ],
    },
    Claim {
        code: "credssp-update",
        claim: "The CredSSP updates of client and server do not match (CVE-2018-0886).",
        verdict: ClaimVerdict::Contradicted,
        why: "It has a dialog of its own, with a word on CredSSP encryption oracle remediation, and not \
            0x904. Update both sides: AllowEncryptionOracle is a stopgap that lowers security.",
        probe: "rdp-probe check --depth challenge names the version that the server speaks, without credentials: below 5 \
            it lacks the update (credssp-outdated). Of the client: the version of \
            C:\\Windows\\System32\\TSpkg.dll.",
        causes: &[Cause::CredsspOracle, Cause::CredsspOutdated],
        sources: &["MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/credssp-encryption-oracle-remediation.md"],
    },
    Claim {
        code: "max-connections",
        claim: "The server is at its limit of connections: raise MaxOutstandingConnections.",
        verdict: ClaimVerdict::Supported,
        why: "Microsoft names the number 0x904 for a limit reached in an article of 1998, and the sentence \
            in a later one; the sign is that connections come and go. The place of that value is known from \
            common use only, and a higher limit does not stop an attack.",
        probe: "rdp-probe check makes one connection and says closed-on-request or reset-on-request, with \
            this among what fits. Repeat it by hand with pauses of some seconds: a limit shows in results \
            that vary, and quick repeats can set one off.",
        causes: &[Cause::ConnectionLimit, Cause::ClosedOnRequest, Cause::ResetOnRequest],
        sources: &[
            "KB192165, KB2477176 and KB954398 (archived Microsoft articles)",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/troubleshoot-rdp-internal-error.md",
        ],
    },
    Claim {
        code: "port-forward",
        claim: "Nothing stands behind the port forward, or another service does.",
        verdict: ClaimVerdict::Supported,
        why: "First-hand reports give just the pair 0x904/0x7 for forwarders with nothing behind them. \
            Another service shows as 0x1104 if it answers first, and as 0x904/0x7 if it closes first.",
        probe: "rdp-probe check names the protocol that answered, or says that the peer closed or reset \
            without a word. Run it on the forwarder against its target too.",
        causes: &[
            Cause::DeadForward,
            Cause::OtherServiceOnPort,
            Cause::ClosedOnRequest,
            Cause::ResetOnRequest,
            Cause::OtherProtocol,
            Cause::NotRdp,
        ],
        sources: &[
            "GitHub dockur/windows#345",
            "GitHub dockur/windows#679",
            "GitHub dockur/windows#754",
            "GitHub tp4a/teleport#301",
            "GitHub stascorp/rdpwrap#363",
        ],
    },
    Claim {
        code: "profile",
        claim: "The user profile (NTUSER.DAT) is damaged.",
        verdict: ClaimVerdict::Contradicted,
        why: "A profile is loaded after log-on, and 0x904/0x7 arises before the connection is complete. A \
            session that fails later shows 0x3 with a reason, or 0x904/0x0 at most; that a profile is behind \
            that is plausible and not shown.",
        probe: "rdp-probe check ends before there is a session and sees nothing of a profile. If nothing stands \
            out, it says no-fault-found and names the logs of session and profile on the server.",
        causes: &[Cause::SessionFails, Cause::NoFaultFound],
        sources: &[
            "GitHub rustdesk/rustdesk#10125",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/extendeddisconnectreasoncode",
        ],
    },
    Claim {
        code: "client-components",
        claim: "The client cannot initialise required components: mstscax.dll or its registry is damaged.",
        verdict: ClaimVerdict::Contradicted,
        why: "The published name of 0x904 is the closing of a socket, not a component. The nearest real text \
            belongs to RD Gateway, 0x300000E; no evidence ties a damaged client to 0x904/0x7.",
        probe: "Run rdp-probe check on the same machine. If it passes, client or session is the place to look, and \
            it names events 226 and 1026 of the client log, whose number rdp-probe explain reads; if it fails too, \
            repairing the client mends nothing.",
        causes: &[Cause::ClientAtFault, Cause::GatewayLeg],
        sources: &[
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py",
        ],
    },
    Claim {
        code: "readonly-client-key",
        claim: "A policy made the key Terminal Server Client in HKLM read-only, files wait in \
            PendingFileRenameOperations, or LocalAccountTokenFilterPolicy is wrong.",
        verdict: ClaimVerdict::Unsupported,
        why: "No evidence ties any of the three to 0x904/0x7. A client that may not write the registry key \
            of its licence store has a number of its own, 0x10B as the second.",
        probe: "rdp-probe check does not read the registry. If it passes on the same machine and the client \
            fails, read events 226 and 1026 of the client log.",
        causes: &[Cause::ClientAtFault, Cause::LicensingFails],
        sources: &[
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/extendeddisconnectreasoncode",
        ],
    },
    Claim {
        code: "store-app",
        claim: "Use another client, such as the one from the store.",
        verdict: ClaimVerdict::TrueButNotEnough,
        why: "Another client shows another number or text, and may get in where it offers other TLS; the \
            fault stays. A server that cannot use its key, or a forward with nothing behind it, fails every \
            client.",
        probe: "rdp-probe check shows the part of the opening that every client goes through: name, TCP, \
            negotiation, TLS and certificate.",
        causes: &[Cause::NoCommonTls, Cause::ClientAtFault, Cause::KeyUnreadable, Cause::DeadForward],
        sources: &["GitHub Devolutions/IronRDP#714", "GitHub gravitational/teleport#13059"],
    },
    Claim {
        code: "udp",
        claim: "Disable UDP.",
        verdict: ClaimVerdict::Contradicted,
        why: "UDP starts only once the TCP connection is secured, so it cannot close one before that: \
            0x904/0x7 is out of its reach. For freezes and drops in a session there are anecdotes, without a \
            trace.",
        probe: "rdp-probe check uses TCP alone: if it fails, UDP is not the reason. If it passes, switching \
            UDP off on the client (fClientDisableUDP) is a harmless test by hand.",
        causes: &[Cause::UdpTrouble],
        sources: &["[MS-RDPEMT] 1.3"],
    },
    Claim {
        code: "licensing",
        claim: "The licence store of the client or the licence server is at fault.",
        verdict: ClaimVerdict::Contradicted,
        why: "Licences are exchanged after log-on, and fail with 0x808 or 0x908 and a second number from \
            0x100, or with 0x3 and the reason of the server. None of these is 0x904/0x7.",
        probe: "rdp-probe check ends long before licences are exchanged. By hand: the second number that the \
            client shows, and lsdiag.msc on the session host.",
        causes: &[Cause::LicensingFails],
        sources: &[
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/extendeddisconnectreasoncode",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/cannot-connect-rds-no-license-server.md",
        ],
    },
    Claim {
        code: "clock",
        claim: "The clocks differ.",
        verdict: ClaimVerdict::Unsupported,
        why: "Clocks that differ have a sentence of their own, 0x1D07 by the client's texts; no evidence \
            ties them to 0x904/0x7, and the one public log that looked at them excluded it. A wrong clock \
            can make a certificate look not yet valid, which is a warning.",
        probe: "rdp-probe check judges the dates of the certificate by the clock of this machine \
            (certificate-expired, certificate-not-yet-valid). With --depth challenge it reads \
            the clock of the server, without credentials, and says if it is more than five minutes from that of this \
            machine (clock-skew).",
        causes: &[Cause::ClockSkew, Cause::CertificateNotYetValid, Cause::CertificateExpired],
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/remote-desktop-cannot-verify-identity-connecting-remote-machine.md",
            "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py",
        ],
    },
    Claim {
        code: "time-out",
        claim: "The connection just hangs.",
        verdict: ClaimVerdict::Contradicted,
        why: "A connection that hangs ends in a time-out with numbers of its own, 0x108 and in some reports \
            0x704; 0x904 needs a close. Behind a hang are a service that hangs, a device that swallows what \
            is sent, or large packets that vanish.",
        probe: "rdp-probe check names the stage that spent the time: connect-timeout, silent-after-request, \
            tls-silent, tls-stalled. A stage gets a third of --timeout, 5 seconds unless told otherwise; to tell slow from silent, repeat by \
            hand and compare the times of the stages.",
        causes: &[
            Cause::ServiceHung,
            Cause::MtuBlackHole,
            Cause::ConnectTimeout,
            Cause::SilentAfterRequest,
            Cause::TlsSilent,
            Cause::TlsStalled,
        ],
        sources: &[
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "Public lab notes on a hung TermService (no stable address)",
        ],
    },
    Claim {
        code: "gateway",
        claim: "An RD Gateway stands between.",
        verdict: ClaimVerdict::Contradicted,
        why: "The way through a gateway has numbers of its own, 0x30000xx. The one exception known is the \
            macOS client, which showed 0x904 at random through a gateway until version 10.2.12.",
        probe: "rdp-probe check connects directly and cannot go through a gateway. Run it on the gateway for \
            the leg behind it; by hand, curl -sv -o /dev/null https://<gateway>/remoteDesktopGateway/ for \
            the leg to it.",
        causes: &[Cause::GatewayLeg],
        sources: &[
            "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py",
            "Release notes of the macOS client, version 10.2.12",
        ],
    },
    Claim {
        code: "broker",
        claim: "A load balancer or broker leads to different servers.",
        verdict: ClaimVerdict::HalfTrue,
        why: "A bad member is plausible, and results that change from one connection to the next are its \
            sign. Of a renamed Connection Broker Microsoft documents the sentence of 0x904/0x7, with events \
            2056 and 1296; what a broker itself reports comes once the connection is complete, from 0x400 to \
            0x412.",
        probe: "rdp-probe check lists each address of a name that it tried, goes through with one connection and so \
            meets one member; it sends a routing token only where one is given (--routing-token, or an .rdp file). Repeat it by hand and compare the thumbprints, or name each \
            member as a target.",
        causes: &[Cause::FarmMemberBad, Cause::CertificateWrongName],
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "[MS-RDPBCGR] 2.2.5.1.1",
        ],
    },
    Claim {
        code: "client-log",
        claim: "Collect a more detailed log.",
        verdict: ClaimVerdict::Useful,
        why: "The Windows client keeps one already: event 1026 holds the reason as a decimal number, event 226 the \
            state that failed. rdp-probe explain says what the number means: it tells a closed socket from faults of \
            log-on, licence or policy, which have numbers of their own.",
        probe: "rdp-probe check --transcript <file> <host> writes its own connection down as text that can \
            be replayed. Its causes name the events to read on client and server; it does not read them \
            itself.",
        causes: &[
            Cause::CredentialsWrong,
            Cause::PasswordExpired,
            Cause::AccountUnusable,
            Cause::LogonNotPermitted,
            Cause::DelegationRefused,
            Cause::LicensingFails,
            Cause::ClientAtFault,
        ],
        sources: &["https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected"],
    },
];
