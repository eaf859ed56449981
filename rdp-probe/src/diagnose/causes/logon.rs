//! Faults at log-on and after: `CredSSP`, credentials, accounts, domain, licences, session, client.

use crate::diagnose::{Candidate, Cause, CauseText, Grade, Remedy, Who};

pub(super) static CAUSES: &[CauseText] = &[
    CauseText {
        cause: Cause::CredsspEndsSilently,
        code: "credssp-ends-silently",
        headline: "Server ends Network Level Authentication without a reason",
        what: "TLS stands, and the server closes in the middle of CredSSP without a word: neither a status nor an \
            alert. A Windows client usually shows 0x904/0x7 for it. Why the server did it, the close does not say; \
            a server that names a status leads to other numbers, such as 0x807, and then it is not this.",
        grade: Grade::Confirmed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "A server with gnome-remote-desktop has no credentials set.",
                grade: Grade::Confirmed,
                proof: "grdctl status shows none.",
            },
            Candidate {
                cause: Some(Cause::DomainUnreachable),
                what: "A Windows server cannot reach a domain controller, or its secure channel is broken.",
                grade: Grade::Documented,
                proof: "System log of the server: NETLOGON or LSA errors at the time; local accounts still get in.",
            },
            Candidate {
                cause: Some(Cause::CredentialsWrong),
                what: "Where credentials had been sent, and the server had not yet proven itself: it refuses them, and \
                    closes without naming a status, as FreeRDP 2 does.",
                grade: Grade::Observed,
                proof: "The right password passes; the log of the server names the failed log-on.",
            },
        ],
        remedies: &[
            Remedy {
                what: "On a server with gnome-remote-desktop, set user and password, with --system for the \
                    system service.",
                command: Some(
                    "grdctl status\n\
                    grdctl rdp set-credentials <user> <password>\n\
                    systemctl --user restart gnome-remote-desktop",
                ),
                risk: "the restart cuts the session; the password stands in the history of the shell",
            },
            Remedy {
                what: "On a Windows server in a domain, see whether it reaches its domain, and mend the \
                    secure channel if it is broken.",
                command: Some(
                    "nltest /sc_verify:<domain>\n\
                    Test-ComputerSecureChannel -Verbose\n\
                    Test-ComputerSecureChannel -Repair -Credential (Get-Credential)",
                ),
                risk: "the repair sets the password of the machine account anew; sessions stay",
            },
            Remedy {
                what: "On a Windows server, read what the security service said at the time, and whether \
                    domain credentials are forbidden (disabledomaincreds 1).",
                command: Some(
                    "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4625} -MaxEvents 20 | \
                    Format-List TimeCreated,Message\n\
                    Get-WinEvent -FilterHashtable @{LogName='System'; Level=1,2,3} -MaxEvents 50 | \
                    Format-List TimeCreated,ProviderName,Id,Message\n\
                    reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa /v disabledomaincreds",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Log on with a local account, to tell the server from its domain.",
                command: Some(
                    "rdp-probe check --expect-sha256 <thumbprint> --depth verify --user <user> --password-prompt \
                    <host>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
            Remedy {
                what: "Only to find the fault, and only for minutes: turn NLA off on the Windows server, and \
                    back on (/d 1) afterwards. The client must do without it too: enablecredsspsupport:i:0 \
                    in the .rdp file.",
                command: Some(
                    "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v UserAuthentication /t REG_DWORD /d 0 /f",
                ),
                risk: "lowers security: whoever reaches the port gets a log-on screen before proving who \
                    they are, and the server key is no longer bound to the log-on; it hides the fault and \
                    does not mend it",
            },
        ],
        proof: Some(
            "TLS completes, and the close follows it, or a CredSSP message. On gnome-remote-desktop, grdctl status \
            shows no credentials; on Windows, the System log shows NETLOGON or LSA errors at the time.",
        ),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/cannot-connect-rdp-azure-vm.md",
            "Notes on gnome-remote-desktop without credentials (no stable address)",
            "GoSecure/pyrdp: design notes on NLA",
            "GitHub FreeRDP/FreeRDP#4449",
            "[MS-CSSP] 2.2.1",
        ],
    },
    CauseText {
        cause: Cause::CredsspOracle,
        code: "credssp-oracle",
        headline: "One side lacks the CredSSP update for CVE-2018-0886",
        what: "One side has the CredSSP update for CVE-2018-0886 and by its policy refuses the other, which \
            has not. TLS completes, and the Windows client shows a dialog of its own: an authentication \
            error, the function requested is not supported, with a word on CredSSP encryption oracle \
            remediation (0x80090302). It is not a cause of 0x904/0x7.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Install the updates on both sides. What is installed shows in the version of this \
                    file:",
                command: Some(
                    "(Get-Item C:\\Windows\\System32\\TSpkg.dll).VersionInfo.ProductVersion\n\
                    Get-HotFix | Sort-Object InstalledOn | Select-Object -Last 10",
                ),
                risk: "the commands only read; updates may need a restart, which ends every session",
            },
            Remedy {
                what: "Update a client that is not from Microsoft. FreeRDP on Debian and Ubuntu; on older \
                    releases freerdp2-x11:",
                command: Some("sudo apt update && sudo apt install --only-upgrade freerdp3-x11"),
                risk: "none for the server",
            },
            Remedy {
                what: "Only as a stopgap, to get in and install the update: allow the old way on the updated \
                    client, and remove the value right after.",
                command: Some(
                    "reg add \
                    HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\CredSSP\\Parameters \
                    /v AllowEncryptionOracle /t REG_DWORD /d 2 /f",
                ),
                risk: "lowers security: whoever is in between can run code on the server in the name of the \
                    user",
            },
        ],
        proof: Some(
            "The dialog names CredSSP encryption oracle remediation; the version that the server names in \
            CredSSP is below 5.",
        ),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/credssp-encryption-oracle-remediation.md",
            "https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes",
            "[MS-CSSP] 2.2.1",
        ],
    },
    CauseText {
        cause: Cause::CredentialsWrong,
        code: "credentials-wrong",
        headline: "Server refuses the user name or the password",
        what: "The server refuses the credentials: a Windows server ends CredSSP with STATUS_LOGON_FAILURE \
            for nearly all mistakes of this kind. A Windows client shows 0x807, or 0xA07 where the server \
            says that there is no such user, going by the names of these numbers. It is not 0x904/0x7, save \
            where a server closes without naming a status, as some older FreeRDP servers do.",
        grade: Grade::Documented,
        who: Who::User,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Name the user with domain or machine: DOMAIN\\user or user@domain.example for a \
                    domain, .\\user or MACHINE\\user for a local account; then type the password anew, with \
                    the right keyboard layout.",
                command: Some("mstsc /v:<host> /prompt"),
                risk: "each wrong password counts towards a lock-out: stop after two",
            },
            Remedy {
                what: "Remove credentials that the Windows client has saved for this host.",
                command: Some(
                    "cmdkey /list\n\
                    cmdkey /delete:TERMSRV/<host>",
                ),
                risk: "the saved password of this host is gone and must be typed",
            },
            Remedy {
                what: "For a machine that is joined to Entra ID, sign in with a web account: tick the box in \
                    the Windows client, or put this line into the .rdp file and connect by name.",
                command: Some("enablerdsaadauth:i:1"),
                risk: "none; the account must be allowed to sign in to that machine",
            },
            Remedy {
                what: "Try the log-on by itself, with nothing handed over.",
                command: Some(
                    "rdp-probe check --expect-sha256 <thumbprint> --depth verify --user <user> --domain <domain> \
                    --password-prompt <host>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
            Remedy {
                what: "On a Windows server, see why the log-on was refused: the substatus tells user from \
                    password.",
                command: Some(
                    "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4625} -MaxEvents 20 | \
                    Format-List TimeCreated,Message",
                ),
                risk: "none; this only reads",
            },
        ],
        proof: Some(
            "Security log of the server: event 4625 with status 0xC000006D; substatus 0xC0000064 is an \
            unknown user, 0xC000006A a wrong password.",
        ),
        sources: &[
            "[MS-CSSP] 2.2.1",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "GitHub MicrosoftDocs/windowsserverdocs#1955",
            "FreeRDP/FreeRDP: winpr/include/winpr/nt.h",
            "FreeRDP 2.11.7 shadow server (measured)",
        ],
    },
    CauseText {
        cause: Cause::PasswordExpired,
        code: "password-expired",
        headline: "Password has expired or must be changed first",
        what: "The password has expired, or must be changed before the first log-on. The server ends CredSSP \
            with STATUS_PASSWORD_EXPIRED or STATUS_PASSWORD_MUST_CHANGE, and a Windows client shows 0xF07 or \
            0x1207, going by the names of these numbers. It is not 0x904/0x7 as long as the server names the \
            status. With Kerberos it is the key distribution centre that says it (KDC_ERR_KEY_EXPIRED), and the \
            server was not asked.",
        grade: Grade::Documented,
        who: Who::User,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Change the password elsewhere: at the console, on a machine of the domain with \
                    Ctrl+Alt+Del, or on a web page of the organisation for it.",
                command: None,
                risk: "saved passwords elsewhere must follow",
            },
            Remedy {
                what: "Whoever runs the domain or the server can set a new one. In a domain; for a local \
                    account: net user <user> *.",
                command: Some(
                    "Set-ADAccountPassword -Identity <user> -Reset -NewPassword (Read-Host -AsSecureString)\n\
                    Set-ADUser -Identity <user> -ChangePasswordAtLogon $false",
                ),
                risk: "data that Windows encrypts with the password of a local account may be lost; see that \
                    it is the right user who asks",
            },
            Remedy {
                what: "See when it expires, and tell users before. In a domain:",
                command: Some(
                    "Get-ADUser <user> -Properties \
                    PasswordExpired,PasswordLastSet,msDS-UserPasswordExpiryTimeComputed",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Only where users can change it nowhere else: without NLA the log-on screen of the \
                    server lets them. On the Windows server, and back on (/d 1) afterwards; on the client \
                    enablecredsspsupport:i:0 in the .rdp file.",
                command: Some(
                    "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v UserAuthentication /t REG_DWORD /d 0 /f",
                ),
                risk: "lowers security: whoever reaches the port gets a log-on screen before proving who \
                    they are, and the server key is no longer bound to the log-on",
            },
        ],
        proof: Some(
            "Security log of the server: event 4625 with 0xC0000071 (expired) or 0xC0000224 (must change); where the \
            centre refused, of the domain controller: 4768 or 4771 with 0x17.",
        ),
        sources: &[
            "[MS-CSSP] 2.2.1",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "FreeRDP/FreeRDP: winpr/include/winpr/nt.h",
        ],
    },
    CauseText {
        cause: Cause::AccountUnusable,
        code: "account-unusable",
        headline: "Account is disabled, locked, expired or restricted",
        what: "The account exists and cannot be used: it is disabled, locked out or expired, or a \
            restriction forbids this log-on, such as an empty password or NTLM for a member of Protected \
            Users. The server names it in CredSSP, and a Windows client shows 0xB07, 0xD07, 0xE07 or 0xC07, \
            in this order and going by the names of these numbers. It is not 0x904/0x7 as long as the server \
            names the status. With Kerberos it is the key distribution centre that says it \
            (KDC_ERR_CLIENT_REVOKED, KDC_ERR_NAME_EXP, KDC_ERR_CLIENT_NOTYET), and the server was not asked.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "See in which state the account is. In a domain; for a local account: net user <user>.",
                command: Some(
                    "Get-ADUser <user> -Properties \
                    Enabled,LockedOut,AccountExpirationDate,SmartcardLogonRequired,MemberOf",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Unlock, enable or prolong it, once it is clear why it was closed. In a domain:",
                command: Some(
                    "Unlock-ADAccount -Identity <user>\n\
                    Enable-ADAccount -Identity <user>\n\
                    Set-ADAccountExpiration -Identity <user> -DateTime <date>",
                ),
                risk: "an account that an attacker locked or an administrator closed is open again: find the \
                    reason first",
            },
            Remedy {
                what: "If it locks again and again, find the machine that tries an old password. On the \
                    domain controller, the caller stands in the event.",
                command: Some(
                    "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4740} -MaxEvents 20 | \
                    Format-List TimeCreated,Message",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "For a member of Protected Users, connect by the full name of the machine, so that \
                    Kerberos is used; a local account with an empty password needs a password.",
                command: Some("klist get TERMSRV/<full name>"),
                risk: "none",
            },
        ],
        proof: Some(
            "Security log of the server: event 4625 with 0xC0000072 (disabled), 0xC0000234 (locked), \
            0xC0000193 (expired) or 0xC000006E (restricted); where the centre refused, of the domain controller: 4768 \
            or 4771 with 0x12 (revoked), 0x1 (expired) or 0x15 (not yet valid).",
        ),
        sources: &[
            "[MS-CSSP] 2.2.1",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "https://awakecoding.com/posts/mac-rdp-client-kerberos-and-protected-users-guide",
            "GitHub cpdx4/RDPWrapKit#12",
            "FreeRDP/FreeRDP: winpr/include/winpr/nt.h",
        ],
    },
    CauseText {
        cause: Cause::LogonNotPermitted,
        code: "logon-not-permitted",
        headline: "Account may not log on to this machine, or not now",
        what: "The credentials are right as far as was checked, and the account lacks the right to log on here, or \
            the hour or the workstation is not permitted, or the server takes no log-ons. The server says so in CredSSP \
            (0x1307, 0x1007 or 0x1107 by the client's own texts), by the early user authorization result 5, \
            for which no number is published, or once connected (0x3 with 0x9, by the names). No number \
            known for it is 0x904/0x7. With Kerberos the key distribution centre can refuse by its policy \
            (KDC_ERR_POLICY), and then the server was not asked.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "On the Windows server, see who may log on by Remote Desktop, and add the user if so \
                    meant. S-1-5-32-555 is Remote Desktop Users.",
                command: Some(
                    "Get-LocalGroupMember -SID S-1-5-32-555\n\
                    Add-LocalGroupMember -SID S-1-5-32-555 -Member <user>",
                ),
                risk: "the user can log on to that machine remotely from then on",
            },
            Remedy {
                what: "See which policy grants and denies the rights: SeRemoteInteractiveLogonRight, \
                    SeDenyRemoteInteractiveLogonRight and, for NLA, SeNetworkLogonRight and \
                    SeDenyNetworkLogonRight.",
                command: Some(
                    "secedit /export /areas USER_RIGHTS /cfg C:\\rights.txt\n\
                    Select-String LogonRight C:\\rights.txt\n\
                    gpresult /h C:\\policies.html",
                ),
                risk: "none; this only reads, and writes two files",
            },
            Remedy {
                what: "On a session host, see whether new log-ons are switched off, and switch them on \
                    again.",
                command: Some(
                    "chglogon /query\n\
                    chglogon /enable",
                ),
                risk: "users get on to a machine that may be meant to be empty for maintenance",
            },
            Remedy {
                what: "In a domain, see hours and workstations of the account.",
                command: Some("Get-ADUser <user> -Properties LogonWorkstations,LogonHours"),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a server with xrdp, see which group may log on.",
                command: Some(
                    "grep -i TerminalServer /etc/xrdp/sesman.ini\n\
                    id <user>",
                ),
                risk: "none; this only reads",
            },
        ],
        proof: Some(
            "Security log of the server: event 4625 with 0xC000015B (type of log-on), 0xC000006F (hours) or \
            0xC0000070 (workstation); on the wire, an early user authorization result of 5 after CredSSP; where the \
            centre refused, 4768 or 4771 with 0xC in the Security log of the domain controller.",
        ),
        sources: &[
            "[MS-RDPBCGR] 2.2.10.2",
            "[MS-CSSP] 2.2.1",
            "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py",
            "https://learn.microsoft.com/en-us/troubleshoot/windows-server/remote/troubleshooting-access-denied-and-user-not-authorized-rds-issues",
        ],
    },
    CauseText {
        cause: Cause::DomainUnreachable,
        code: "domain-unreachable",
        headline: "Server cannot ask its domain about the user",
        what: "No domain controller answers the server, its Netlogon service does not run, or its secure \
            channel or a trust is broken. Where it names STATUS_NO_LOGON_SERVERS, a Windows client shows \
            0x1807, going by the names; for the other statuses no number is published. Where the server ends \
            CredSSP without a status it is usually 0x904/0x7, whose sentence Microsoft gives for this fault; \
            local accounts still get in.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "On the Windows server, reached by its console or with a local account, see whether it \
                    finds and reaches its domain.",
                command: Some(
                    "Get-Service Netlogon\n\
                    nltest /dsgetdc:<domain>\n\
                    nltest /sc_verify:<domain>\n\
                    Test-ComputerSecureChannel -Verbose",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Let it ask the name servers of the domain, and let it reach a domain controller: a \
                    wrong DNS server is enough to lose the domain.",
                command: Some(
                    "Get-DnsClientServerAddress\n\
                    Resolve-DnsName _ldap._tcp.dc._msdcs.<domain> -Type SRV\n\
                    Test-NetConnection <domain controller> -Port 88",
                ),
                risk: "none; this only reads",
            },
            Remedy { what: "Start Netlogon if it is stopped.", command: Some("Start-Service Netlogon"), risk: "none" },
            Remedy {
                what: "Mend a broken secure channel.",
                command: Some("Test-ComputerSecureChannel -Repair -Credential (Get-Credential)"),
                risk: "sets the password of the machine account anew; sessions stay",
            },
            Remedy {
                what: "Only if nothing else lets you in, not even a local account: turn NLA off on the \
                    Windows server, and back on (/d 1) afterwards; on the client enablecredsspsupport:i:0 in \
                    the .rdp file.",
                command: Some(
                    "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v UserAuthentication /t REG_DWORD /d 0 /f",
                ),
                risk: "lowers security: whoever reaches the port gets a log-on screen before proving who \
                    they are, and the server key is no longer bound to the log-on",
            },
        ],
        proof: Some("System log of the server: NETLOGON 5719 (no domain controller); nltest /sc_verify fails."),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/cannot-connect-rdp-azure-vm.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/remote-desktop-cannot-verify-identity-connecting-remote-machine.md",
            "[MS-CSSP] 2.2.1",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "GitHub ansible/ansible#45912",
            "GitHub FreeRDP/FreeRDP#8822",
        ],
    },
    CauseText {
        cause: Cause::NtlmBlocked,
        code: "ntlm-blocked",
        headline: "NTLM is forbidden, and Kerberos cannot be used",
        what: "Client and server have nothing but NTLM in common, and a policy forbids it for this user or \
            host. A Windows client shows an authentication error (the function requested is not supported) \
            or, for an account that may not use NTLM, 0xC07; the macOS client shows 0x207. It is not \
            0x904/0x7 in any report known, and connecting by address in place of the name can bring it \
            about, because Kerberos needs the name.",
        grade: Grade::Reported,
        who: Who::Client,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Connect by the full name of the machine, and see whether the client gets a ticket for \
                    it.",
                command: Some("klist get TERMSRV/<full name>"),
                risk: "none",
            },
            Remedy {
                what: "If there is no ticket, see whether the client reaches a domain controller and the \
                    name is that of the machine account. With FreeRDP, a ticket and: \
                    /auth-pkg-list:!ntlm,kerberos.",
                command: Some(
                    "nltest /dsgetdc:<domain>\n\
                    setspn -L <machine>",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "See which policy forbids NTLM, on server and client, and what it blocked.",
                command: Some(
                    "reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0 /v \
                    RestrictReceivingNTLMTraffic\n\
                    reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0 /v \
                    RestrictSendingNTLMTraffic\n\
                    Get-WinEvent -LogName 'Microsoft-Windows-NTLM/Operational' -MaxEvents 20",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Only where Kerberos cannot be had and the policy of the client forbids NTLM: name \
                    this one server in \"Restrict NTLM: Add remote server exceptions for NTLM \
                    authentication\".",
                command: None,
                risk: "lowers security: credentials for this server can be relayed and guessed as with any \
                    NTLM",
            },
        ],
        proof: Some(
            "Log Microsoft-Windows-NTLM/Operational on server, client or domain controller shows the block; \
            on the wire, STATUS_NTLM_BLOCKED (0xC0000418).",
        ),
        sources: &[
            "https://awakecoding.com/posts/mac-rdp-client-kerberos-and-protected-users-guide",
            "GitHub FreeRDP/FreeRDP#10168",
            "https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes",
        ],
    },
    CauseText {
        cause: Cause::ClockSkew,
        code: "clock-skew",
        headline: "Clocks of client, server or domain differ too much for Kerberos",
        what: "The clocks of client, server and domain controller differ too much for Kerberos, or a clock \
            makes a certificate look expired or not yet valid. For the first a Windows client shows a \
            sentence of its own on a time or date difference, 0x1D07 by the client's texts; of the second it \
            warns. NTLM alone does not mind. Where the key distribution centre says it (KRB_AP_ERR_SKEW), the clock \
            that differs is its own or this machine's, and the server was not asked. There is no evidence that \
            clocks cause 0x904/0x7, and the one public log that looked at them excluded it.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Compare the clocks: on client, server and domain controller. On Linux: timedatectl.",
                command: Some(
                    "w32tm /query /status\n\
                    w32tm /stripchart /computer:<domain controller> /samples:3 /dataonly",
                ),
                risk: "none",
            },
            Remedy {
                what: "Set the one that is wrong by its time service. On Linux with chrony: sudo chronyc \
                    makestep.",
                command: Some(
                    "Start-Service W32Time\n\
                    w32tm /resync",
                ),
                risk: "a large jump of the clock can break Kerberos and scheduled tasks for a moment",
            },
            Remedy {
                what: "If it comes after days of running and a restart helps, see whether the server is out \
                    of local ports: Microsoft gives that as a cause of the same sentence.",
                command: Some(
                    "Get-WinEvent -FilterHashtable @{LogName='System'; ProviderName='Tcpip'; Id=4227,4231} \
                    -MaxEvents 20 | Format-List TimeCreated,Message",
                ),
                risk: "none; this only reads",
            },
        ],
        proof: Some(
            "The clocks differ by more than five minutes, the usual limit of Kerberos; on the wire, \
            STATUS_TIME_DIFFERENCE_AT_DC (0xC0000133); where the centre refused, 4768 or 4771 with 0x25 in the Security \
            log of the domain controller.",
        ),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/remote-desktop-cannot-verify-identity-connecting-remote-machine.md",
            "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py",
            "RFC 4120 8.2",
            "https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes",
        ],
    },
    CauseText {
        cause: Cause::DelegationRefused,
        code: "delegation-refused",
        headline: "Client may not hand these credentials to this server",
        what: "A policy of the client forbids sending saved or typed credentials to this server, often \
            because NTLM alone proved who the server is. The client gives up by itself after TLS and shows \
            0x1607, 0x1707 or 0xF08, going by names and texts of these numbers. The server closes nothing, \
            so it is not 0x904/0x7. Where a server sends such a status (0x8009035E, 0x8009035F) it is that of a \
            package in the server, which may have no more than the name in common with it.",
        grade: Grade::Documented,
        who: Who::Client,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Connect by the full name of the machine, so that Kerberos or a trusted certificate \
                    proves who it is.",
                command: Some("klist get TERMSRV/<full name>"),
                risk: "none",
            },
            Remedy {
                what: "Type the password in place of a saved one.",
                command: Some("mstsc /v:<host> /prompt"),
                risk: "none",
            },
            Remedy {
                what: "See which policies of the client are set, and add the server by name to the one for \
                    delegation with proven servers (\"Allow delegating saved credentials\").",
                command: Some("reg query HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CredentialsDelegation /s"),
                risk: "the command only reads; the servers that are named get the password",
            },
            Remedy {
                what: "Only for a server that can never be proven: name it in \"Allow delegating saved \
                    credentials with NTLM-only server authentication\", as TERMSRV/<host>, never with a star \
                    alone.",
                command: None,
                risk: "lowers security: whoever poses as that server gets the password",
            },
        ],
        proof: Some(
            "Client log Microsoft-Windows-TerminalServices-RDPClient/Operational, event 1026 with 5639, 5895 \
            or 3848.",
        ),
        sources: &[
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes",
            "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py",
        ],
    },
    CauseText {
        cause: Cause::LicensingFails,
        code: "licensing-fails",
        headline: "Licence exchange fails after log-on",
        what: "No licence server is found, no licence is left, or the licence that the client keeps is \
            damaged. A Windows client shows 0x808 or 0x908 with a second number from 0x100 to 0x10B, or 0x3 \
            with the reason of the server from 0x100 to 0x10A. It is not a cause of 0x904/0x7: licences are \
            exchanged after TLS and log-on, and their failures have numbers of their own.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "On the session host, see which licence servers and mode are set, and let the \
                    diagnoser say what is missing.",
                command: Some(
                    "$s = Get-CimInstance -Namespace root/cimv2/TerminalServices -ClassName \
                    Win32_TerminalServiceSetting\n\
                    $s | Format-List LicensingType,LicensingName\n\
                    Invoke-CimMethod -InputObject $s -MethodName GetSpecifiedLicenseServerList\n\
                    lsdiag.msc",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Name the licence server and the mode. With a Connection Broker; without one: the \
                    policies under Remote Desktop Session Host, Licensing.",
                command: Some(
                    "Set-RDLicenseConfiguration -LicenseServer <server> -Mode PerUser -ConnectionBroker \
                    <broker>",
                ),
                risk: "the mode must be that of the licences bought",
            },
            Remedy {
                what: "On the client with 0x10B, start the Windows client once as administrator, so that it \
                    can make its licence store.",
                command: Some("Start-Process mstsc -Verb RunAs"),
                risk: "none",
            },
            Remedy {
                what: "On a client whose stored licence is damaged, remove it, with a copy kept, and start \
                    the Windows client once as administrator.",
                command: Some(
                    "reg export HKLM\\SOFTWARE\\Microsoft\\MSLicensing C:\\MSLicensing.reg /y\n\
                    if ($LASTEXITCODE -eq 0) { reg delete HKLM\\SOFTWARE\\Microsoft\\MSLicensing /f }\n\
                    Start-Process mstsc -Verb RunAs",
                ),
                risk: "the client needs a new licence from the server",
            },
        ],
        proof: Some(
            "Server: TerminalServices-RemoteConnectionManager 1068 or 1069 (mode not set, grace period \
            over), and the RD Licensing Diagnoser; client: the second number.",
        ),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/cannot-connect-rds-no-license-server.md",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/extendeddisconnectreasoncode",
            "[MS-RDPBCGR] 2.2.5.1.1",
        ],
    },
    CauseText {
        cause: Cause::SessionFails,
        code: "session-fails",
        headline: "Session fails after log-on: profile, shell or driver",
        what: "Everything up to log-on passes, and the session ends afterwards: the profile, the shell or \
            the display driver fails. A Windows client shows 0x3 with the reason of the server, such as 0x10 \
            to 0x12, 0x17 or 0x18, or 0x904/0x0 where the connection is merely lost. It is not 0x904/0x7, \
            which arises before the connection is complete; that a damaged profile is behind 0x904/0x0 is \
            plausible and not shown.",
        grade: Grade::Reported,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Log on with another account. If that works, look at profile and policies of the \
                    first; if not, at the machine.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "On the Windows server, read what happened to the session.",
                command: Some(
                    "Get-WinEvent -LogName \
                    'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational' -MaxEvents 20\n\
                    Get-WinEvent -LogName 'Microsoft-Windows-User Profile Service/Operational' -MaxEvents 20\n\
                    Get-WinEvent -FilterHashtable @{LogName='Application'; Id=1000} -MaxEvents 20 | \
                    Format-List TimeCreated,Message",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "End a session of this user that hangs, by its number.",
                command: Some(
                    "qwinsta\n\
                    logoff <number>",
                ),
                risk: "ends that session: unsaved work in it is lost",
            },
            Remedy {
                what: "See the state of the profile: in Status, 1 means temporary and 8 corrupt.",
                command: Some("Get-CimInstance Win32_UserProfile | Format-Table LocalPath,Loaded,Status"),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a Linux server with xrdp, read the log of the session manager, and see that the \
                    user is not logged on to the same desktop at the console.",
                command: Some(
                    "sudo tail -n 50 /var/log/xrdp-sesman.log\n\
                    tail -n 50 /home/<user>/.xsession-errors\n\
                    loginctl list-sessions",
                ),
                risk: "none; this only reads",
            },
        ],
        proof: Some(
            "TerminalServices-LocalSessionManager/Operational: 21 (log-on succeeded) and soon after it 24 or \
            40 (disconnected, with a reason).",
        ),
        sources: &[
            "[MS-RDPBCGR] 2.2.5.1.1",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/extendeddisconnectreasoncode",
            "GitHub rustdesk/rustdesk#10125",
        ],
    },
    CauseText {
        cause: Cause::ClientAtFault,
        code: "client-at-fault",
        headline: "The client itself stands in the way",
        what: "The server is fine, and the client program or something on its machine fails. Known are \
            updates that break log-on, with dialogs of their own, such as code 0x80080005 with 0x0/0x0 after \
            KB5074109; that security software ends the socket, which would show as 0x904, is plausible and \
            not shown. For damaged client components or a client registry made read-only as a cause of \
            0x904/0x7 there is no evidence, and its published name, socket closed, speaks against it.",
        grade: Grade::Reported,
        who: Who::Client,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Probe from this same machine. If that passes, read the log of the client: 226 names \
                    the state that failed, 1026 the reason as a decimal number.",
                command: Some(
                    "rdp-probe check <host>\n\
                    Get-WinEvent -FilterHashtable \
                    @{LogName='Microsoft-Windows-TerminalServices-RDPClient/Operational'; Id=226,1026} \
                    -MaxEvents 20 | Format-List TimeCreated,Id,Message",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Install the updates that came after the one under suspicion.",
                command: Some("Get-HotFix | Sort-Object InstalledOn | Select-Object -Last 10"),
                risk: "the command only reads; updates may need a restart",
            },
            Remedy {
                what: "Try another client, another Windows account or another machine on the same network, \
                    to see what the fault follows.",
                command: None,
                risk: "none; another client changes the symptom and mends nothing on a server",
            },
            Remedy {
                what: "Read the log of the security software. If it ended the connection, exempt this one \
                    program and these servers.",
                command: None,
                risk: "what is exempted goes unwatched: make it as narrow as possible",
            },
            Remedy {
                what: "Only if nothing newer helps: remove the update under suspicion, by its name in the \
                    list.",
                command: Some(
                    "dism /online /get-packages /format:table\n\
                    dism /online /remove-package /packagename:<name>",
                ),
                risk: "lowers security: its other fixes are gone too; takes a restart of the client",
            },
        ],
        proof: Some(
            "A probe from the same machine and network passes, and the client fails; client log \
            Microsoft-Windows-TerminalServices-RDPClient/Operational, events 226 and 1026.",
        ),
        sources: &[
            "GitHub mRemoteNG/mRemoteNG#3088",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
        ],
    },
];
