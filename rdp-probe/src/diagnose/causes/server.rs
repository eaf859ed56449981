//! Faults on the server: key, certificate, TLS, limits, service. One connection cannot tell them apart.

use super::remedy;
use crate::diagnose::{Cause, CauseText, Grade, Remedy, Who};

pub(super) static CAUSES: &[CauseText] = &[
    CauseText {
        cause: Cause::KeyUnreadable,
        code: "key-unreadable",
        headline: "Server cannot use the private key of its certificate",
        what: "The server has a certificate and cannot use the private key of it: wrong rights, or the key is \
            missing or damaged. A Windows server then confirms TLS, and is reported to drop the connection after \
            every ClientHello; Microsoft gives for it the sentence that goes with 0x904/0x7, and single reports from \
            the field give the pair itself. xrdp disconnects in plain RDP, refuses with SSL_CERT_NOT_ON_SERVER, or \
            falls back to standard RDP security. Where a handshake completes, the key works and it is not this.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            remedy::READ_EVENTS,
            remedy::LOOK_AT_CERTIFICATE,
            remedy::KEY_RIGHTS,
            Remedy {
                what: "On a Windows server where no certificate is bound by thumbprint and the key is gone, or \
                    its rights are sound while the fault stays, remove the self-signed certificate, so that a new \
                    one is made.",
                ..remedy::RENEW_SELF_SIGNED
            },
            remedy::XRDP_KEY_RIGHTS,
            remedy::GNOME_NEW_CERTIFICATE,
            remedy::ALL_KEY_RIGHTS,
        ],
        proof: Some(
            "System log of a Windows server at the time of the attempt: Schannel 36870 (0x8009030D, state \
            10001), sometimes 36872; TerminalServices-RemoteConnectionManager 1057 or 1058. For xrdp: \
            /var/log/xrdp.log.",
        ),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/internal-error-has-occurred-connecting-remote-machine.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/troubleshoot-rdp-internal-error.md",
            "qiita.com/mtmana/items/424579c1b9738c7a18c1",
            "GitHub dekarita/supreme-lamp: docs/F31-private-key.md (older version)",
        ],
    },
    CauseText {
        cause: Cause::RenewalFailed,
        code: "renewal-failed",
        headline: "Server could not renew its self-signed certificate",
        what: "The self-signed certificate of a Windows server ran out or no longer fitted, and the server may not \
            write or read the key of a new one. Then the server cannot start TLS, for which Microsoft gives the \
            sentence of 0x904/0x7 and a first-hand report with a fix gives the pair, or it refuses with \
            SSL_CERT_NOT_ON_SERVER, for which no number is published. Expiry alone is not this: as far as is known \
            an expired certificate is served all the same, the client warns, and 0x1B07 is to be expected where \
            policy forbids going on.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            remedy::READ_EVENTS,
            Remedy {
                what: "On the Windows server, see whether the services that make the certificate run, and \
                    where it is to go: SelfSignedCertStore must be \"Remote Desktop\", ProgramData must be \
                    \"%SystemDrive%\\ProgramData\".",
                command: Some(
                    "Get-Service CertPropSvc,KeyIso,CryptSvc,SessionEnv\n\
                    reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\" /v \
                    SelfSignedCertStore\n\
                    reg query \"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList\" /v \
                    ProgramData\n\
                    Get-ChildItem 'Cert:\\LocalMachine\\Remote Desktop' | Format-List \
                    Subject,NotAfter,Thumbprint,HasPrivateKey",
                ),
                risk: "none; this only reads",
            },
            remedy::KEY_RIGHTS,
            remedy::RENEW_SELF_SIGNED,
            Remedy {
                what: "If none comes back, put the key file aside, so that a new key is made. Other keys \
                    stay as they are.",
                command: Some(
                    "Get-ChildItem \
                    \"C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\f686aace6942fb7f7ceb231212eef4a4*\" \
                    -Exclude *.old -Force | Rename-Item -Force -NewName { $_.Name + '.old' }\n\
                    Restart-Service SessionEnv\n\
                    Restart-Service TermService -Force",
                ),
                risk: "the old certificate is of no use without this key: give the file its name back to \
                    undo it; restarting TermService disconnects every remote session on that machine",
            },
            Remedy {
                what: "With a CA, issue a certificate and bind it by thumbprint, so that the self-signed one \
                    is not needed. It must be in the Personal store of the machine, with a key that NETWORK \
                    SERVICE can read.",
                ..remedy::BIND_CERTIFICATE
            },
        ],
        proof: Some(
            "System log of the server: TerminalServices-RemoteConnectionManager 1058 (the expired \
            certificate could not be replaced, or a new one not be made: access is denied, object already \
            exists) or 1057 (keyset does not exist).",
        ),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/troubleshoot-rdp-internal-error.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/internal-error-has-occurred-connecting-remote-machine.md",
            "qiita.com/mtmana/items/424579c1b9738c7a18c1",
        ],
    },
    CauseText {
        cause: Cause::BoundCertificateUnusable,
        code: "bound-certificate-unusable",
        headline: "Certificate bound to the listener is missing or has no usable key",
        what: "The listener of a Windows server is bound by thumbprint to a certificate that is missing or whose key \
            it cannot use. Published sources differ on what follows: by older event texts the self-signed \
            certificate is served in its place, by newer pages the connection fails, with the sentence that goes \
            with 0x904/0x7 and without a number. On the wire an end straight after the ClientHello or the refusal \
            SSL_CERT_NOT_ON_SERVER is to be expected then. Where another certificate than the bound one is served, \
            TLS works and it is not 0x904/0x7.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "On the Windows server, see which certificate is bound, whether it is there, and \
                    whether its key works.",
                command: Some(
                    "reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v SSLCertificateSHA1Hash\n\
                    Get-ChildItem Cert:\\LocalMachine\\My | Format-List \
                    Subject,NotAfter,Thumbprint,HasPrivateKey\n\
                    certutil -store My <thumbprint>",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Let NETWORK SERVICE read the key: in certlm.msc, Personal, the certificate, All \
                    Tasks, Manage Private Keys. Or by its file, whose name certutil shows as unique \
                    container name; it lies in Crypto\\Keys or, if older, in Crypto\\RSA\\MachineKeys.",
                command: Some(
                    "icacls \"C:\\ProgramData\\Microsoft\\Crypto\\Keys\\<unique container name>\" /grant \
                    \"*S-1-5-20:(R)\"\n\
                    Restart-Service TermService -Force",
                ),
                risk: "none for other keys; restarting TermService disconnects every remote session on that \
                    machine",
            },
            Remedy {
                what: "If the key is missing, import certificate and key into the store of the machine, \
                    where the key stays.",
                command: Some(
                    "Import-PfxCertificate -FilePath <file.pfx> -CertStoreLocation Cert:\\LocalMachine\\My \
                    -Password (Read-Host -AsSecureString)",
                ),
                risk: "the file holds the private key: keep it off shared folders and delete it afterwards",
            },
            Remedy { what: "Bind the certificate that is meant.", ..remedy::BIND_CERTIFICATE },
            remedy::UNBIND_CERTIFICATE,
        ],
        proof: Some(
            "System log of the server: TerminalServices-RemoteConnectionManager 1051 (no usable certificate) \
            or 1055 (key not accessible), Schannel 36870; or a thumbprint served that differs from \
            SSLCertificateSHA1Hash.",
        ),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/remote-desktop-listener-certificate-configurations.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/internal-error-has-occurred-connecting-remote-machine.md",
            "TechNet ee890993 and ee891233 (events of Server 2008 R2)",
        ],
    },
    CauseText {
        cause: Cause::NoCommonTls,
        code: "no-common-tls",
        headline: "Client and server have no TLS version or cipher suite in common",
        what: "Client and server share no TLS version or no cipher suite: TLS 1.2 switched off, a list of suites cut \
            down, a FIPS policy, or a Windows too old. The server sends the alert handshake_failure or \
            protocol_version, or drops the connection without one, as reported of Server 2012 R2; Microsoft gives \
            for it the sentence that goes with 0x904/0x7, and not the number. It is proven only by a wider offer \
            that is answered; a FIPS mismatch in standard RDP security is something else and has its own number, \
            0xE06.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            remedy::LOOK_AT_TLS,
            Remedy {
                what: "On a Windows server, switch TLS 1.2 on. Windows 7 and Server 2008 R2 need KB3080079 \
                    first, for RDP to use it. For xrdp: ssl_protocols=TLSv1.2, TLSv1.3 in xrdp.ini. Do not switch \
                    TLS 1.0 or 1.1 on instead, although a page of Microsoft shows that too.",
                ..remedy::ENABLE_TLS_1_2
            },
            remedy::ENABLE_SUITES,
            remedy::BIND_ECDSA,
            remedy::LIFT_SUITE_POLICY,
            Remedy {
                what: "On a Windows server whose MinEncryptionLevel is 4 (FIPS), only where nobody knows why: \
                    set it to 3 (high).",
                command: Some(
                    "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\" /v \
                    MinEncryptionLevel /t REG_DWORD /d 3 /f\n\
                    Restart-Service TermService -Force",
                ),
                risk: "lowers security: methods outside FIPS are then let in for RDP; group policy may write it \
                    back; restarting TermService disconnects every remote session on that machine",
            },
            Remedy {
                what: "Last, on a Windows server where FIPS is on and nobody knows why: switch it off.",
                command: Some(
                    "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\FIPSAlgorithmPolicy\" /v Enabled /t \
                    REG_DWORD /d 0 /f\n\
                    Restart-Computer",
                ),
                risk: "lowers security: lifts FIPS for every program on that machine; group policy may write it \
                    back; the restart ends every session",
            },
        ],
        proof: Some(
            "A ClientHello with a wider offer is answered. System log of a Windows server: Schannel 36871 \
            (state 10013), 36874 or 36888.",
        ),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/cannot-connect-rdp-azure-vm.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/internal-error-has-occurred-connecting-remote-machine.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/incorrect-tls-use-rdp-with-ssl-encryption.md",
            "MicrosoftDocs/win32: desktop-src/SecAuthN/tls-cipher-suites-in-windows-8-1",
            "GitHub gravitational/teleport#13059",
            "GitHub gravitational/teleport#39892",
            "GitHub FreeRDP/Remmina#684",
            "GitHub FreeRDP/FreeRDP#7769",
        ],
    },
    CauseText {
        cause: Cause::Sha1Wanted,
        code: "sha1-wanted",
        headline: "Server turns away clients that do not offer SHA-1 signatures",
        what: "The certificate of a Windows server is signed with SHA-1, and Schannel then refuses a client \
            that does not list SHA-1 among its signature algorithms. The trace is the alert \
            handshake_failure, logged by the server as if no cipher suite were in common; the clear case \
            comes from another service that uses Schannel. Clients on newer Linux systems meet it; of the \
            Windows client no report is known, and only a connection that ends at this point would show as \
            0x904/0x7.",
        grade: Grade::Reported,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            remedy::LOOK_AT_CERTIFICATE,
            Remedy {
                what: "On a Windows server where the updates are installed, no certificate is bound by \
                    thumbprint and the rights on the key are sound, remove the self-signed certificate, so that a \
                    new one is made: an updated Windows signs with SHA-256.",
                ..remedy::RENEW_SELF_SIGNED
            },
            Remedy {
                what: "With a CA, have it sign with SHA-256, issue a new certificate, and bind it on the \
                    Windows server.",
                ..remedy::BIND_CERTIFICATE
            },
            Remedy {
                what: "On Server 2016 and later, see whether somebody set the Hashes keys of Schannel. Meant to \
                    switch SHA-256 on, they can leave nothing but SHA-1.",
                command: Some(
                    "reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Hashes\" /s",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Where the Hashes keys of Schannel are set, remove them and restart; the first line keeps \
                    a copy, and without the copy nothing is removed.",
                command: Some(
                    "reg export \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Hashes\" \
                    C:\\hashes.reg /y\n\
                    if ($LASTEXITCODE -eq 0) { reg delete \
                    \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Hashes\" /f; \
                    Restart-Computer }",
                ),
                risk: "lowers security where MD5 or SHA-1 were banned there on purpose; touches every \
                    service on that machine that uses Schannel; the restart ends every session",
            },
            Remedy {
                what: "Only if the server cannot be changed: let the client offer SHA-1. With FreeRDP 3 for \
                    one connection; with FreeRDP 2: /tls-seclevel:0.",
                command: Some("xfreerdp3 /v:<host> /u:<user> /tls:seclevel:0"),
                risk: "lowers security: this client then accepts signatures and keys that can be forged or \
                    broken",
            },
        ],
        proof: Some(
            "The same ClientHello with SHA-1 signature algorithms added is answered; Schannel 36874 or 36888 \
            speaks of no common suite all the same.",
        ),
        sources: &[
            "GitHub jborean93/requests-credssp#18",
            "GitHub ssllabs/ssllabs-scan#781",
            "https://crypto.stackexchange.com/questions/34673",
            "https://www.pkisolutions.com/creating-rdp-certificates/",
            "Devolutions Gateway README",
        ],
    },
    CauseText {
        cause: Cause::ConnectionLimit,
        code: "connection-limit",
        headline: "Server takes no more connections for now",
        what: "A limit on connections is reached, too many stand half open, or the server is under attack. \
            Connections then come and go: closed without a byte after the connection request, which a \
            Windows client usually shows as 0x904/0x7, or not taken at all, which is 0x204. An article of \
            Microsoft of 1998 names the number 0x904 for it, later ones give the sentence.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "On the Windows server, see who is connected, from where, and whether many connections \
                    stay incomplete.",
                command: Some(
                    "qwinsta\n\
                    Get-NetTCPConnection -LocalPort 3389 | Group-Object RemoteAddress | Sort-Object Count \
                    -Descending | Select-Object -First 20 Count,Name\n\
                    Get-WinEvent -FilterHashtable @{LogName='System'; \
                    ProviderName='Microsoft-Windows-TerminalServices-RemoteConnectionManager'} -MaxEvents 20 \
                    | Format-List TimeCreated,Id,Message",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Admit only the sources that need it. On the Windows server; in a cloud, in the \
                    security group too.",
                command: Some("Set-NetFirewallRule -Group '@FirewallAPI.dll,-28752' -RemoteAddress <subnet>"),
                risk: "sources outside the range lose access, yours too if it is not in it; running sessions \
                    from outside it break",
            },
            Remedy {
                what: "Through the internet, put a VPN or a gateway in front of the port.",
                command: None,
                risk: "none; it takes a VPN or gateway to be there",
            },
            Remedy {
                what: "End sessions that nobody uses any more, by their number in qwinsta.",
                command: Some(
                    "qwinsta\n\
                    logoff <number>",
                ),
                risk: "ends that session: unsaved work in it is lost",
            },
            Remedy {
                what: "Only if honest use reaches the limits, raise them. The place of these values differs \
                    between versions: see them first.",
                command: Some(
                    "reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\" /v \
                    MaxOutstandingConnections\n\
                    reg query \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\" /v \
                    MaxInstanceCount\n\
                    reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\" /v \
                    MaxOutstandingConnections /t REG_DWORD /d <number> /f\n\
                    Restart-Service TermService -Force",
                ),
                risk: "higher limits let an attacker hold more of the server; restarting TermService \
                    disconnects every remote session on that machine",
            },
        ],
        proof: Some(
            "System log of the server: TerminalServices-RemoteConnectionManager 1006 (many incomplete \
            connections); on NT 4, event 71. Spaced repeats succeed now and then.",
        ),
        sources: &[
            "KB192165, KB2477176 and KB954398 (archived Microsoft articles)",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/troubleshoot-rdp-internal-error.md",
            "TechNet ee891040 (event 1006)",
        ],
    },
    CauseText {
        cause: Cause::ServiceStopped,
        code: "service-stopped",
        headline: "Remote Desktop is off, stopped, or on another port",
        what: "Nothing listens where the client knocks: Remote Desktop is off, its service is stopped, or it \
            listens on another port or address. The connection attempt is refused or goes unanswered, and a \
            Windows client shows 0x204, in some reports 0x704. It is not 0x904/0x7: for that a connection \
            must have stood first.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "On a Windows server, see whether Remote Desktop is on, the service runs, and who \
                    listens where; qwinsta must list rdp-tcp in state Listen.",
                command: Some(
                    "reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\" /v \
                    fDenyTSConnections\n\
                    reg query \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\" /v \
                    fDenyTSConnections\n\
                    Get-Service TermService\n\
                    qwinsta\n\
                    Get-NetTCPConnection -LocalPort 3389 -State Listen | Select-Object \
                    LocalAddress,OwningProcess\n\
                    reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v PortNumber",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a Linux server with xrdp or gnome-remote-desktop, see the same.",
                command: Some(
                    "sudo ss -ltnp 'sport = :3389'\n\
                    systemctl status xrdp\n\
                    grdctl status",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Start the service if it is stopped. For xrdp: sudo systemctl enable --now xrdp. On \
                    Windows:",
                command: Some("Start-Service TermService"),
                risk: "none for other services",
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
                what: "Where it listens on another port, ask for that one, and let it through the firewall.",
                command: Some("mstsc /v:<host>:<port>"),
                risk: "none",
            },
        ],
        proof: Some(
            "On the server, the list of listening sockets lacks the port, and qwinsta shows no rdp-tcp in \
            state Listen.",
        ),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/rdp-error-general-troubleshooting.md",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "RFC 9293 3.5.2",
        ],
    },
    CauseText {
        cause: Cause::ServiceHung,
        code: "service-hung",
        headline: "Remote Desktop service runs and does not answer",
        what: "The service runs and does not do its work: the connection stands, and an answer stays out \
            after the request, after the confirm or during log-on. A Windows client waits for its own time \
            limit and showed 0x108 in the one log that is known; silence is not 0x904/0x7. Microsoft \
            describes a stall of about a minute from setting up audio too, under the sentence on an internal \
            error.",
        grade: Grade::Reported,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "On the Windows server, by its console or by remote management, see whether the \
                    service still answers there.",
                command: Some(
                    "Get-Service TermService,UmRdpService\n\
                    qwinsta",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Restart the service.",
                command: Some("Restart-Service TermService -Force"),
                risk: "restarting TermService disconnects every remote session on that machine; users can \
                    take theirs up again",
            },
            Remedy {
                what: "If the restart hangs too, restart the machine.",
                command: Some("Restart-Computer -Force"),
                risk: "ends every session on that machine; unsaved work is lost",
            },
            Remedy {
                what: "If it stalls for about a minute and the second attempt succeeds, stop the audio \
                    service on the server as a test.",
                command: Some("Stop-Service Audiosrv -Force"),
                risk: "no sound in sessions until it is started again",
            },
            Remedy {
                what: "On a Linux server with xrdp:",
                command: Some("sudo systemctl restart xrdp"),
                risk: "restarting xrdp cuts the connections that run through it",
            },
        ],
        proof: Some(
            "After a restart of the service it answers; before, qwinsta or the restart itself hangs on the \
            server.",
        ),
        sources: &[
            "Public lab notes on a hung TermService (no stable address)",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/internal-error-has-occurred-connecting-remote-machine.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/remote-desktop-service-currently-busy.md",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
        ],
    },
];
