//! Causes of Network Level Authentication: what `CredSSP` inside TLS shows, and the talk with a key distribution centre. What
//! servers say of credentials and accounts by a status has its rows among the faults at log-on.

use super::remedy;
use crate::diagnose::{Candidate, Cause, CauseText, Grade, Remedy, Who};

/// The package that needs no key distribution centre.
const USE_NTLM: Remedy = Remedy {
    what: "Use NTLM, where the policies of server and domain allow it.",
    command: Some(
        "rdp-probe check --package ntlm --expect-sha256 <thumbprint> --depth verify --user <user> \
        --password-prompt <host>",
    ),
    risk: "NTLM proves the server by its certificate alone, and what it sends can be relayed: keep \
        the check of the certificate",
};

/// What a Windows server says of log-ons.
const READ_LOGONS: Remedy = Remedy {
    what: "On a Windows server, read which log-ons failed at the time, and why.",
    command: Some(
        "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4625} -MaxEvents 20 | Format-List \
        TimeCreated,Message\n\
        Get-WinEvent -FilterHashtable @{LogName='System'; Level=1,2,3} -MaxEvents 50 | \
        Format-List TimeCreated,ProviderName,Id,Message",
    ),
    risk: "none; this only reads",
};

/// Whether the server's side is alive.
const ONLY_CHALLENGE: Remedy = Remedy {
    what: "See how far it goes without credentials: a challenge says that the server's side of \
        Network Level Authentication is alive.",
    command: Some("rdp-probe check --depth challenge <host>"),
    risk: "none; it is no attempt to log on",
};

/// Where the program is at fault.
const UPDATE_PROGRAM: Remedy =
    Remedy { what: "Update the server's program.", command: None, risk: "may end the sessions that run through it" };

/// Who should give tickets.
const SEE_CONTROLLERS: Remedy = Remedy {
    what: "See which controllers the realm has, and whether one answers on its port.",
    command: Some(
        "nslookup -type=SRV _kerberos._tcp.<realm>\n\
        Test-NetConnection <domain controller> -Port 88",
    ),
    risk: "none; this only reads",
};

/// Whether there is a ticket at all.
const GET_TICKET: Remedy = Remedy {
    what: "See from a machine of the domain whether there is a ticket for the server.",
    command: Some("klist get TERMSRV/<full name>"),
    risk: "none",
};

/// What needs no credentials.
const WITHOUT_CREDENTIALS: Remedy = Remedy {
    what: "Without credentials, go as far as the server's challenge.",
    command: Some("rdp-probe check --depth challenge <host>"),
    risk: "none; it is no attempt to log on",
};

/// What a policy says of NTLM.
const SEE_NTLM_POLICY: Remedy = Remedy {
    what: "See what forbids NTLM on the server, and what it blocked.",
    command: Some(
        "reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0 /v \
        RestrictReceivingNTLMTraffic\n\
        Get-WinEvent -LogName 'Microsoft-Windows-NTLM/Operational' -MaxEvents 20",
    ),
    risk: "none; this only reads",
};

/// Which version is named on which way.
const SEE_VERSION: Remedy = Remedy {
    what: "See which version the server names, from here and from its own subnet.",
    command: Some("rdp-probe check --depth challenge <host>"),
    risk: "none; it is no attempt to log on",
};

/// Whether somebody stands between.
const COMPARE_THUMBPRINTS: Remedy = Remedy {
    what: "Compare the thumbprint of the certificate here and on the server itself, before any \
        credentials are sent again.",
    command: Some(
        "rdp-probe check <host>\n\
        Get-ChildItem 'Cert:\\LocalMachine\\Remote Desktop' | Format-List Subject,Thumbprint",
    ),
    risk: "none; this only reads",
};

pub(super) static CAUSES: &[CauseText] = &[
    CauseText {
        cause: Cause::CredentialsWithheld,
        code: "credentials-withheld",
        headline: "Credentials were kept back: no check of the certificate was demanded",
        what: "TLS stands, and the probe stopped by its own rule before it sent anything of the credentials: \
            nothing demanded that the certificate be checked, so that whoever answered would have got them. \
            Nothing is known of the credentials, and nothing is wrong with the server.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Check the certificate: by its thumbprint, got on another way than this connection.",
                command: Some(
                    "rdp-probe check --expect-sha256 <thumbprint> --depth verify --user <user> \
                    --password-prompt <host>",
                ),
                risk: "none",
            },
            Remedy {
                what: "Or by the authority that signed it, if it is one of an organisation.",
                command: Some(
                    "rdp-probe check --roots <file.pem> --depth verify --user <user> --password-prompt <host>",
                ),
                risk: "whoever has that authority's key can pose as the server",
            },
            WITHOUT_CREDENTIALS,
        ],
        proof: Some("The report says untrusted (demanded): the end lies behind TLS, and nothing was sent inside it."),
        sources: &["[MS-CSSP] 3.1.5", "[MS-RDPBCGR] 5.4.5.2"],
    },
    CauseText {
        cause: Cause::NlaNotChosen,
        code: "nla-not-chosen",
        headline: "Server does not use Network Level Authentication, though it was offered",
        what: "Network Level Authentication was offered, and the server chose a protocol that asks for no \
            credentials before the session. So it cannot be said here whether credentials are right: not \
            verifiable is all that is known, and it is no success.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The server is set not to ask for it, and leaves the log-on to its own screen.",
                grade: Grade::Documented,
                proof: "On Windows, UserAuthentication is 0 under the listener; on xrdp there is no such thing \
                    before the session.",
            },
            Candidate {
                cause: None,
                what: "The server does not know it: xrdp does not, and weston does not.",
                grade: Grade::Observed,
                proof: "The name and version of the server's program.",
            },
        ],
        remedies: &[
            Remedy {
                what: "If the server is a Windows one and is meant to ask for it, let it.",
                command: Some(
                    "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal \
                    Server\\WinStations\\RDP-Tcp\" /v UserAuthentication /t REG_DWORD /d 1 /f",
                ),
                risk: "clients without Network Level Authentication no longer get in",
            },
            Remedy {
                what: "See what the server makes of an offer of nothing else.",
                command: Some("rdp-probe check --offer hybrid <host>"),
                risk: "none",
            },
            Remedy {
                what: "Try the credentials at the log-on screen of the server, with a client.",
                command: Some("mstsc /v:<host> /prompt"),
                risk: "the password goes to whoever has the key of the certificate: check that it is the server's",
            },
        ],
        proof: Some("The answer names ssl, rdstls or rdsaad where hybrid or hybrid_ex was offered."),
        sources: &["[MS-RDPBCGR] 2.2.1.2.1", "[MS-RDPBCGR] 5.4.5", "xrdp, weston (measured)"],
    },
    CauseText {
        cause: Cause::NlaNotOffered,
        code: "nla-not-offered",
        headline: "Network Level Authentication was to be tried, and was not offered",
        what: "The depth asked for lies in Network Level Authentication, and the offer left it out, so that the \
            server could not choose it. It says nothing of the server or of the credentials.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[],
        remedies: &[Remedy {
            what: "Offer it.",
            command: Some("rdp-probe check --offer ssl,hybrid,hybrid_ex --depth challenge <host>"),
            risk: "none",
        }],
        proof: Some("The offer in the report has neither hybrid nor hybrid_ex."),
        sources: &["[MS-RDPBCGR] 2.2.1.1.1"],
    },
    CauseText {
        cause: Cause::KdcUnreachable,
        code: "kdc-unreachable",
        headline: "Key distribution centre of the domain cannot be reached",
        what: "Kerberos was to authenticate, and no connection to a key distribution centre came about: none is \
            known for the realm, its name leads nowhere, or it refuses. The server was not asked, and \
            nothing is known of the credentials.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: None,
                what: "No centre was named, and the realm's name leads to none: the user was given without its \
                    domain, or the client does not ask the name servers of the domain.",
                grade: Grade::Observed,
                proof: "The realm in the user's name; the system's own error in the report.",
            },
            Candidate {
                cause: None,
                what: "A firewall keeps the client from the domain controllers.",
                grade: Grade::Plausible,
                proof: "The same port is open from another network.",
            },
        ],
        remedies: &[
            SEE_CONTROLLERS,
            Remedy {
                what: "Name the user with the whole name of the realm, or the key distribution centre itself.",
                command: Some(
                    "rdp-probe check --package kerberos --kdc <controller> --expect-sha256 <thumbprint> --depth verify \
                    --user <user>@<realm> --password-prompt <host>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
            USE_NTLM,
        ],
        proof: Some("The error of the operating system in the report, with no byte from the centre."),
        sources: &["RFC 4120 7.2.3", "https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes"],
    },
    CauseText {
        cause: Cause::KdcClosed,
        code: "kdc-closed",
        headline: "Key distribution centre ends the connection without an answer",
        what: "A key distribution centre took the connection, and ended it before its answer was whole. The \
            server was not asked, and nothing is known of the credentials.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[Candidate {
            cause: None,
            what: "What listens on the port is no key distribution centre, or a device between ends the \
                    connection.",
            grade: Grade::Plausible,
            proof: "The port's owner on that machine; the same request from another network.",
        }],
        remedies: &[
            SEE_CONTROLLERS,
            Remedy {
                what: "On a domain controller, see that the service runs.",
                command: Some("Get-Service kdc"),
                risk: "none; this only reads",
            },
            USE_NTLM,
        ],
        proof: Some("The bytes that came from the centre are fewer than its answer has."),
        sources: &["RFC 4120 7.2.2"],
    },
    CauseText {
        cause: Cause::KdcSilent,
        code: "kdc-silent",
        headline: "Key distribution centre does not answer in time",
        what: "A key distribution centre was asked for a ticket, and nothing came in the time allowed, be it \
            that the packets are dropped on the way or that the centre hangs. The server was not asked, and \
            nothing is known of the credentials.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[],
        remedies: &[
            SEE_CONTROLLERS,
            Remedy {
                what: "Give it more time, if the domain is far.",
                command: Some(
                    "rdp-probe check --timeout 60 --package kerberos --expect-sha256 <thumbprint> --depth verify \
                    --user <user>@<realm> --password-prompt <host>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
            USE_NTLM,
        ],
        proof: Some("The time of the stage kerberos is all that was left of the limit."),
        sources: &["RFC 4120 7.2.2"],
    },
    CauseText {
        cause: Cause::NotAKdc,
        code: "not-a-kdc",
        headline: "What answers in place of a key distribution centre does not speak Kerberos",
        what: "The address that was taken for a key distribution centre answers with something that is no \
            message of Kerberos. The server was not asked, and nothing is known of the credentials.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "See that the address and the port are those of a domain controller: 88 as a rule.",
                command: Some("nslookup -type=SRV _kerberos._tcp.<realm>"),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Name a domain controller as the key distribution centre.",
                command: Some(
                    "rdp-probe check --package kerberos --kdc <controller> --expect-sha256 <thumbprint> --depth verify \
                    --user <user>@<realm> --password-prompt <host>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
            USE_NTLM,
        ],
        proof: Some("The answer is neither AS-REP, TGS-REP nor KRB-ERROR."),
        sources: &["RFC 4120 5.10", "RFC 4120 7.2.2"],
    },
    CauseText {
        cause: Cause::KdcRefusesCredentials,
        code: "kdc-refuses-credentials",
        headline: "Key distribution centre refuses the user name or the password",
        what: "The key distribution centre does not know the user (KDC_ERR_C_PRINCIPAL_UNKNOWN) or finds that \
            what was made with the password is wrong (KDC_ERR_PREAUTH_FAILED). The server was not asked. In \
            a Windows domain it counts towards a lock-out like any wrong password.",
        grade: Grade::Documented,
        who: Who::User,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Name the user with the realm, in the way the domain writes it, and type the password \
                    anew, with the right keyboard layout.",
                command: Some(
                    "rdp-probe check --package kerberos --expect-sha256 <thumbprint> --depth verify --user \
                    <user>@<realm> --password-prompt <host>",
                ),
                risk: "each wrong password counts towards a lock-out: stop after two",
            },
            Remedy {
                what: "See whether the account is there. In a domain:",
                command: Some("Get-ADUser <user>"),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a domain controller, read why: 0x6 is an unknown user, 0x18 a wrong password.",
                command: Some(
                    "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4768,4771} -MaxEvents 20 | \
                    Format-List TimeCreated,Message",
                ),
                risk: "none; this only reads",
            },
        ],
        proof: Some("Security log of the domain controller: 4771 with 0x18, or 4768 with 0x6."),
        sources: &["RFC 4120 7.5.9", "MIT Kerberos 1.20 (measured)"],
    },
    CauseText {
        cause: Cause::ServiceUnknown,
        code: "service-unknown",
        headline: "Key distribution centre does not know the server by this name",
        what: "The user is known and the password is right, as far as the key distribution centre is concerned, \
            and it has no service TERMSRV/<host> of this name (KDC_ERR_S_PRINCIPAL_UNKNOWN): the target was \
            named by an alias, a short name of another domain, or is no member of the domain.",
        grade: Grade::Documented,
        who: Who::User,
        candidates: &[
            Candidate {
                cause: None,
                what: "The name is an alias or a short name.",
                grade: Grade::Documented,
                proof: "setspn -Q TERMSRV/<host> finds none, and finds one for the full name of the machine.",
            },
            Candidate {
                cause: None,
                what: "The server is no member of the domain, or of one that trusts it.",
                grade: Grade::Documented,
                proof: "The server's challenge names another domain, or none (--depth challenge).",
            },
        ],
        remedies: &[
            Remedy {
                what: "See which names the service has, and connect by one of them.",
                command: Some(
                    "setspn -Q TERMSRV/<host>\n\
                    setspn -L <machine>",
                ),
                risk: "none; this only reads",
            },
            GET_TICKET,
            Remedy {
                what: "For an alias that is meant to last, register it.",
                command: Some("setspn -S TERMSRV/<alias> <machine>"),
                risk: "the alias then stands for that one machine alone: two machines with it break Kerberos for both",
            },
            USE_NTLM,
        ],
        proof: Some("Security log of the domain controller: 4769 with 0x7."),
        sources: &["RFC 4120 7.5.9", "[MS-CSSP] 3.1.5"],
    },
    CauseText {
        cause: Cause::EtypeUnsupported,
        code: "etype-unsupported",
        headline: "Client and key distribution centre have no encryption type in common",
        what: "The key distribution centre has no key of a kind that the client can use (KDC_ERR_ETYPE_NOSUPP): \
            one side has only RC4 left, or only AES, or the account's password is older than AES in the \
            domain. It says nothing of the password.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "See which types account and service allow. In a domain:",
                command: Some(
                    "Get-ADUser <user> -Properties msDS-SupportedEncryptionTypes,PasswordLastSet\n\
                    Get-ADComputer <machine> -Properties msDS-SupportedEncryptionTypes",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "If the password is older than AES in the domain, set it anew: that makes the missing keys.",
                command: None,
                risk: "saved passwords elsewhere must follow",
            },
            USE_NTLM,
        ],
        proof: Some("Security log of the domain controller: 4768 or 4769 with 0xE."),
        sources: &["RFC 4120 7.5.9"],
    },
    CauseText {
        cause: Cause::KdcRefuses,
        code: "kdc-refuses",
        headline: "Key distribution centre refuses for another reason",
        what: "The key distribution centre answers with an error that stands for none of the usual mistakes \
            with user, password, account, clock or service. The report has its number and, where it has one, \
            its name; which fault it is, the number alone may not say.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "For KDC_ERR_WRONG_REALM (68), name the realm that the domain really has, which may be another \
                    than the ending of the user's mail address.",
                command: Some(
                    "rdp-probe check --package kerberos --expect-sha256 <thumbprint> --depth verify --user \
                    <user>@<realm> --password-prompt <host>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
            Remedy {
                what: "Read what the domain controller says of it.",
                command: Some(
                    "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4768,4769,4771} -MaxEvents 20 | \
                    Format-List TimeCreated,Message\n\
                    Get-WinEvent -FilterHashtable @{LogName='System'; \
                    ProviderName='Microsoft-Windows-Kerberos-Key-Distribution-Center'} -MaxEvents 20",
                ),
                risk: "none; this only reads",
            },
            GET_TICKET,
            USE_NTLM,
        ],
        proof: Some("The number in the report, and the event of the domain controller with the same number."),
        sources: &["RFC 4120 7.5.9"],
    },
    CauseText {
        cause: Cause::NlaRejected,
        code: "nla-rejected",
        headline: "Server refuses in CredSSP, with a status that does not say why",
        what: "The server refuses in a TSRequest, and its status stands for no single fault: it is known and \
            general, such as STATUS_ACCESS_DENIED, or it is in no table. Some servers put an HRESULT of \
            their own in its place. A status that speaks of the account or the password says as little where \
            nothing had been sent yet that proves a password. The report shows the number as it came, and how far \
            the credentials had got; that it means a wrong password is possible and no more.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::CredentialsWrong),
                what: "The credentials are wrong, and the server says so with a number of its own: FreeRDP 3 \
                    with 0xC00700EA, IronRDP with 0xC007030C.",
                grade: Grade::Observed,
                proof: "The right password passes, sent in the same way.",
            },
            Candidate {
                cause: None,
                what: "The server cannot read the security token: with 0xC00700EA FreeRDP 2 and 3 answer some \
                    tokens in SPNEGO whatever the password is, and with 0xC0070308 IronRDP does.",
                grade: Grade::Observed,
                proof: "The same credentials pass with NTLM that is not wrapped in SPNEGO, or with another client.",
            },
            Candidate {
                cause: Some(Cause::LogonNotPermitted),
                what: "A policy of the server denies access.",
                grade: Grade::Plausible,
                proof: "STATUS_ACCESS_DENIED (0xC0000022), and event 4625 in the Security log of the server.",
            },
        ],
        remedies: &[
            READ_LOGONS,
            remedy::READ_LINUX_LOG,
            remedy::TRY_ANOTHER_CLIENT,
            Remedy { what: "Look the number up.", command: Some("rdp-probe explain <number>"), risk: "none" },
        ],
        proof: Some("The number in the report, and what the log of the server says at the time."),
        sources: &[
            "[MS-CSSP] 2.2.1",
            "FreeRDP 2.11, 3.10 and 3.15, ironrdp-server 0.13 (measured)",
            "FreeRDP/FreeRDP: libfreerdp/core/nla.c",
        ],
    },
    CauseText {
        cause: Cause::UnsupportedFunction,
        code: "unsupported-function",
        headline: "Server says in CredSSP that the function is not supported",
        what: "The server refuses with SEC_E_UNSUPPORTED_FUNCTION (0x80090302). That is no word on the \
            password: it is known where one side lacks the update for CVE-2018-0886 and the other insists on \
            it, and where NTLM is forbidden. Which of the two, the number does not say.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::CredsspOracle),
                what: "One side lacks the CredSSP update for CVE-2018-0886, and the other refuses it by its policy.",
                grade: Grade::Documented,
                proof: "The version that the server names in CredSSP is below 5; AllowEncryptionOracle is 0 on \
                    the server.",
            },
            Candidate {
                cause: Some(Cause::NtlmBlocked),
                what: "NTLM is forbidden for this user or host.",
                grade: Grade::Reported,
                proof: "Log Microsoft-Windows-NTLM/Operational on the server or the domain controller; SPNEGO \
                    names no NTLM.",
            },
        ],
        remedies: &[
            Remedy {
                what: "See which version of CredSSP the server speaks, and which packages it names.",
                command: Some("rdp-probe check --depth challenge --package spnego <host>"),
                risk: "none; it is no attempt to log on",
            },
            SEE_NTLM_POLICY,
            Remedy {
                what: "Install the updates on both sides. What is installed shows in the version of this file:",
                command: Some("(Get-Item C:\\Windows\\System32\\TSpkg.dll).VersionInfo.ProductVersion"),
                risk: "none; this only reads",
            },
        ],
        proof: Some("The version in CredSSP tells the first apart, the NTLM log of the server the second."),
        sources: &[
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/credssp-encryption-oracle-remediation.md",
            "https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes",
            "https://awakecoding.com/posts/mac-rdp-client-kerberos-and-protected-users-guide",
        ],
    },
    CauseText {
        cause: Cause::AuthorizationUnknown,
        code: "authorization-unknown",
        headline: "Server answers the log-on with an authorization result that nothing explains",
        what: "The credentials were taken, and the Early User Authorization Result behind them is neither \
            success (0) nor access denied (5), the only two that are published. Whatever it means, it is no \
            permission.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            READ_LOGONS,
            Remedy {
                what: "See who may log on by Remote Desktop. S-1-5-32-555 is Remote Desktop Users.",
                command: Some("Get-LocalGroupMember -SID S-1-5-32-555"),
                risk: "none; this only reads",
            },
        ],
        proof: Some("The four bytes behind CredSSP, which the report has as a number."),
        sources: &["[MS-RDPBCGR] 2.2.10.2"],
    },
    CauseText {
        cause: Cause::CredsspAlert,
        code: "credssp-alert",
        headline: "Server ends Network Level Authentication with a TLS alert",
        what: "TLS stands, and in the middle of CredSSP the server sends a fatal TLS alert in place of a \
            status: access_denied (49) and internal_error (80) are known. What a Windows client shows is not \
            settled: for internal_error 0x904/0x7 is the likelier, for others 0x807 is as possible. Why the server \
            did it, the alert does not say.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::CredentialsWrong),
                what: "Where credentials had been sent: the server refuses them, and says it in the way of \
                    older peers.",
                grade: Grade::Plausible,
                proof: "The Security log of the server: event 4625 at the time; the right password passes.",
            },
            Candidate {
                cause: Some(Cause::DomainUnreachable),
                what: "The security service of the server fails, or cannot ask its domain.",
                grade: Grade::Plausible,
                proof: "System log of the server: NETLOGON or LSA errors at the time; local accounts still get in.",
            },
        ],
        remedies: &[
            READ_LOGONS,
            ONLY_CHALLENGE,
            remedy::TRY_ANOTHER_CLIENT,
            Remedy {
                what: "On a Windows server in a domain, see whether it reaches its domain.",
                command: Some(
                    "nltest /sc_verify:<domain>\n\
                    Test-ComputerSecureChannel -Verbose",
                ),
                risk: "none; this only reads",
            },
        ],
        proof: Some(
            "The alert comes behind a completed handshake; the server's log has a failed log-on, or an error of \
            its security service, at the time.",
        ),
        sources: &[
            "https://learn.microsoft.com/en-us/windows/win32/secauthn/schannel-error-codes-for-tls-and-ssl-alerts",
            "GitHub FreeRDP/FreeRDP#4449",
            "GitHub winapps-org/winapps#338",
            "FreeRDP/FreeRDP: libfreerdp/core/transport.c",
        ],
    },
    CauseText {
        cause: Cause::CredsspTruncated,
        code: "credssp-truncated",
        headline: "Connection ends in the middle of a CredSSP message",
        what: "The server began a message of CredSSP, and the connection ended before it was whole. So it was \
            not a refusal: a program that crashed, or something between that cut the connection, is nearer.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The server's program crashes while it answers.",
                grade: Grade::Plausible,
                proof: "Its log or a crash report at the time; on Windows, event 1000 in the Application log.",
            },
            Candidate {
                cause: Some(Cause::PathUnstable),
                what: "The network or a device between cuts the connection.",
                grade: Grade::Plausible,
                proof: "It comes and goes; from another network it does not happen.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Try it again, to see whether it is always so.",
                command: Some("rdp-probe examine --depth challenge <host>"),
                risk: "none; it is no attempt to log on",
            },
            remedy::READ_LINUX_LOG,
            Remedy {
                what: "On a Windows server, see whether the service fails.",
                command: Some(
                    "Get-WinEvent -FilterHashtable @{LogName='Application'; Id=1000} -MaxEvents 20 | \
                    Format-List TimeCreated,Message",
                ),
                risk: "none; this only reads",
            },
        ],
        proof: Some("The bytes that came are the beginning of a TSRequest, and fewer than its length says."),
        sources: &["[MS-CSSP] 2.2.1", "X.690 8.1.3"],
    },
    CauseText {
        cause: Cause::CredsspSilent,
        code: "credssp-silent",
        headline: "Server does not answer in Network Level Authentication",
        what: "TLS stands, the first message of CredSSP was sent, and not a byte came back in the time allowed. \
            A Windows client would give up after its own limit. Which service of the server hangs, silence \
            does not say.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::ServiceHung),
                what: "The server's security service or its Remote Desktop service hangs.",
                grade: Grade::Plausible,
                proof: "Other log-ons to that machine hang, too; a restart of it helps.",
            },
            Candidate {
                cause: Some(Cause::DomainUnreachable),
                what: "The server waits for a domain controller that does not answer.",
                grade: Grade::Plausible,
                proof: "System log of the server: NETLOGON 5719; nltest /sc_verify takes long.",
            },
        ],
        remedies: &[
            ONLY_CHALLENGE,
            READ_LOGONS,
            Remedy {
                what: "On a Windows server in a domain, see whether it reaches its domain, and how long that takes.",
                command: Some("nltest /sc_verify:<domain>"),
                risk: "none; this only reads",
            },
        ],
        proof: Some(
            "No byte came behind the handshake; the log of the server shows no log-on at the time, or one that \
            waited.",
        ),
        sources: &["[MS-CSSP] 3.1.5"],
    },
    CauseText {
        cause: Cause::CredsspStalled,
        code: "credssp-stalled",
        headline: "Server stalls in the middle of Network Level Authentication",
        what: "The server answered in CredSSP, and then nothing more came in the time allowed. Behind a \
            challenge it is busy with the credentials, which a server in a domain has to ask a controller \
            about; whether they are right is not known.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::DomainUnreachable),
                what: "The server waits for a domain controller that does not answer.",
                grade: Grade::Plausible,
                proof: "System log of the server: NETLOGON 5719; a local account is answered at once.",
            },
            Candidate {
                cause: Some(Cause::ServiceHung),
                what: "The server's security service hangs.",
                grade: Grade::Plausible,
                proof: "A local account is not answered either.",
            },
        ],
        remedies: &[
            ONLY_CHALLENGE,
            Remedy {
                what: "On a Windows server in a domain, see whether it reaches its domain, and how long that takes.",
                command: Some(
                    "nltest /sc_verify:<domain>\n\
                    nltest /dsgetdc:<domain>",
                ),
                risk: "none; this only reads",
            },
            READ_LOGONS,
            Remedy {
                what: "Give it more time, to see whether an answer comes late. What stalls without credentials, too, \
                    needs no more than --depth challenge for it.",
                command: Some(
                    "rdp-probe check --timeout 60 --expect-sha256 <thumbprint> --depth verify --user <user> \
                    --password-prompt <host>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
        ],
        proof: Some("The transcript: the last message of the server, and silence behind what was sent then."),
        sources: &["[MS-CSSP] 3.1.5"],
    },
    CauseText {
        cause: Cause::NlaDenied,
        code: "nla-denied",
        headline: "Server ends the connection in plain RDP, inside TLS, where CredSSP should go on",
        what: "In place of a message of CredSSP the server sends one of RDP that ends the connection. It names \
            no status, so why it does is not said.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[Candidate {
            cause: Some(Cause::CredentialsWrong),
            what: "Where credentials had been sent: the server refuses them in this way, as \
                    gnome-remote-desktop 43 does, built on FreeRDP 2.",
            grade: Grade::Observed,
            proof: "The right password passes; the log of the server names the failed log-on.",
        }],
        remedies: &[
            remedy::READ_LINUX_LOG,
            remedy::TRY_ANOTHER_CLIENT,
            Remedy {
                what: "On a server with gnome-remote-desktop, see that user and password are set.",
                command: Some("grdctl status"),
                risk: "none; this only reads",
            },
        ],
        proof: Some("The bytes in the report are those of a TPKT (03 00), inside TLS."),
        sources: &["gnome-remote-desktop 43 (measured)", "[MS-RDPBCGR] 1.3.1.4.2"],
    },
    CauseText {
        cause: Cause::CredsspNotSpoken,
        code: "credssp-not-spoken",
        headline: "What comes inside TLS is not CredSSP",
        what: "The server chose Network Level Authentication, and what it sends inside TLS does not begin like \
            a message of it. Either it goes on with RDP as if there were no such thing, or something else \
            than an RDP server ends the TLS connection.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::CredentialsWrong),
                what: "Where credentials had been sent: gnome-remote-desktop 43, built on FreeRDP 2, refuses \
                    them with bytes of RDP (03 00) where CredSSP is due.",
                grade: Grade::Observed,
                proof: "The right password passes; the log of the server names the failed log-on.",
            },
            Candidate {
                cause: Some(Cause::OtherServiceOnPort),
                what: "Something between ends TLS and speaks another protocol.",
                grade: Grade::Plausible,
                proof: "The first bytes in the report; the certificate is not the server's.",
            },
        ],
        remedies: &[
            remedy::READ_LINUX_LOG,
            Remedy {
                what: "See what certificate is served, and by whom it was made.",
                command: Some("rdp-probe check <host>"),
                risk: "none",
            },
            remedy::TRY_ANOTHER_CLIENT,
        ],
        proof: Some("The first bytes in the report: a TSRequest begins with 30."),
        sources: &["[MS-CSSP] 2.2.1", "gnome-remote-desktop 43 (measured)"],
    },
    CauseText {
        cause: Cause::CredsspMalformed,
        code: "credssp-malformed",
        headline: "Server's CredSSP message is broken",
        what: "What the server sends begins like a message of CredSSP and is none: its encoding is broken, it \
            is longer than any can be, or it lacks what is due, such as a token or the word on the server's \
            key. A fault of the server's program is the likeliest; what it would have said is not known.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[Candidate {
            cause: None,
            what: "The server's program has a fault: FreeRDP 2 answers some tokens in SPNEGO with 12 KB of zeros.",
            grade: Grade::Observed,
            proof: "The version of the program; another client, or NTLM without SPNEGO, passes.",
        }],
        remedies: &[remedy::READ_LINUX_LOG, remedy::TRY_ANOTHER_CLIENT, UPDATE_PROGRAM],
        proof: Some("The transcript in the report has the bytes."),
        sources: &["[MS-CSSP] 2.2.1", "X.690", "FreeRDP 2.11 shadow server (measured)"],
    },
    CauseText {
        cause: Cause::CredsspVersionInvalid,
        code: "credssp-version-invalid",
        headline: "Server names a version of CredSSP that does not exist, or changes its mind",
        what: "The first field of a message of CredSSP is its version, 2 to 6. The server names one below, or \
            another than before: going on would mean to guess which rules bind its key, so the probe does \
            not.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The server's program has a fault.",
                grade: Grade::Plausible,
                proof: "The version of the program, and its log.",
            },
            Candidate {
                cause: None,
                what: "Somebody between changes the version, to have the weaker rules.",
                grade: Grade::Plausible,
                proof: "From another network the server names one version throughout.",
            },
        ],
        remedies: &[SEE_VERSION, UPDATE_PROGRAM],
        proof: Some("The versions in the server's messages, which the transcript has."),
        sources: &["[MS-CSSP] 2.2.1", "[MS-CSSP] 3.1.5"],
    },
    CauseText {
        cause: Cause::CredsspOutdated,
        code: "credssp-outdated",
        headline: "Server speaks a CredSSP from before the update for CVE-2018-0886",
        what: "The server names a version of CredSSP below 5, as one without the update for CVE-2018-0886 does: \
            whoever stands between can relay what is proven to it and run code there. Credentials were not \
            given to it, unless that danger was taken by name. An updated Windows client may refuse it with \
            a dialog of its own.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Install the updates on the server. What is installed shows in the version of this file:",
                command: Some(
                    "(Get-Item C:\\Windows\\System32\\TSpkg.dll).VersionInfo.ProductVersion\n\
                    Get-HotFix | Sort-Object InstalledOn | Select-Object -Last 10",
                ),
                risk: "the commands only read; updates may need a restart, which ends every session",
            },
            Remedy {
                what: "Update a server that is not from Microsoft. FreeRDP on Debian and Ubuntu:",
                command: Some("sudo apt update && sudo apt install --only-upgrade freerdp3-shadow-x11"),
                risk: "restarting it ends the sessions that run through it",
            },
            Remedy {
                what: "Until then, let only a VPN or a trusted network reach it.",
                command: None,
                risk: "sources outside lose access",
            },
            Remedy {
                what: "Only over a network where nobody can stand between, take the danger by name, to see whether the \
                    log-on works.",
                command: Some(
                    "rdp-probe check --dangerous-old-credssp --expect-sha256 <thumbprint> --depth verify --user <user> \
                    --password-prompt <host>",
                ),
                risk: "lowers security: whoever stands between can relay what proves the password, and run code on the \
                    server in the name of the user",
            },
        ],
        proof: Some("The version in the report is 2, 3 or 4."),
        sources: &[
            "[MS-CSSP] 2.2.1",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/credssp-encryption-oracle-remediation.md",
        ],
    },
    CauseText {
        cause: Cause::NtlmNotOffered,
        code: "ntlm-not-offered",
        headline: "Server does not take NTLM, as far as SPNEGO says",
        what: "NTLM was offered to the server, and its answer, in SPNEGO, names other packages or none: NTLM is \
            switched off or forbidden there. Accounts that have nothing but NTLM, such as \
            those of the server itself, do not get in over Network Level Authentication.",
        grade: Grade::Plausible,
        who: Who::ServerAdmin,
        candidates: &[Candidate {
            cause: Some(Cause::NtlmBlocked),
            what: "A policy forbids NTLM.",
            grade: Grade::Plausible,
            proof: "RestrictReceivingNTLMTraffic on the server; log Microsoft-Windows-NTLM/Operational.",
        }],
        remedies: &[
            Remedy {
                what: "Log on with Kerberos, by the full name of the machine.",
                command: Some(
                    "rdp-probe check --package kerberos --expect-sha256 <thumbprint> --depth verify --user \
                    <user>@<realm> --password-prompt <host>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
            GET_TICKET,
            SEE_NTLM_POLICY,
        ],
        proof: Some("The packages in the report, which the server named in SPNEGO."),
        sources: &["RFC 4178 4.2.2", "[MS-SPNG] 3.2.5"],
    },
    CauseText {
        cause: Cause::NtlmChallengeMalformed,
        code: "ntlm-challenge-malformed",
        headline: "Server's security token cannot be read",
        what: "The server answers with a token that is neither NTLM nor SPNEGO, or with an NTLM challenge whose \
            fields point outside it or have no end. It is not answered: what is derived from a broken \
            challenge proves nothing.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[Candidate {
            cause: None,
            what: "The server's program has a fault.",
            grade: Grade::Plausible,
            proof: "Another client refuses it, too; the version of the program.",
        }],
        remedies: &[remedy::READ_LINUX_LOG, remedy::TRY_ANOTHER_CLIENT, UPDATE_PROGRAM],
        proof: Some("The transcript in the report has the token."),
        sources: &["[MS-NLMP] 2.2.1.2", "[MS-NLMP] 2.2.2.1", "RFC 4178 4.2"],
    },
    CauseText {
        cause: Cause::PublicKeyMismatch,
        code: "public-key-mismatch",
        headline: "Server's word on its key is not on the key of this connection",
        what: "Behind the credentials the server has to prove that the key of the TLS connection is its own, \
            sealed with what only it and the user know. What came is on another key, or does not open at \
            all: somebody stands between, or the server does not know the password and made up the rest. Nothing \
            was handed over.",
        grade: Grade::Documented,
        who: Who::Network,
        candidates: &[
            Candidate {
                cause: None,
                what: "Somebody stands between and ends TLS: a proxy that inspects it, or an attacker who \
                    relays the log-on.",
                grade: Grade::Documented,
                proof: "The certificate is not the one that the server has, compared on the server itself.",
            },
            Candidate {
                cause: None,
                what: "The server's program binds the key in another way: FreeRDP 3 does, for a client that \
                    speaks version 2.",
                grade: Grade::Observed,
                proof: "The program and its version; from the server's own machine it fails in the same way.",
            },
        ],
        remedies: &[
            COMPARE_THUMBPRINTS,
            Remedy {
                what: "Run the same from the server's own subnet: if it passes there, look for what lies between.",
                command: Some(
                    "rdp-probe check --expect-sha256 <thumbprint> --depth verify --user <user> --password-prompt \
                    <host>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
            Remedy {
                what: "If somebody may have stood between, change the password: the answer to the challenge can \
                    be used to guess it.",
                command: None,
                risk: "saved passwords elsewhere must follow",
            },
        ],
        proof: Some("Two thumbprints: the one in the report and the one on the server."),
        sources: &[
            "[MS-CSSP] 3.1.5",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/credssp-encryption-oracle-remediation.md",
        ],
    },
    CauseText {
        cause: Cause::CredsspNonceMissing,
        code: "credssp-nonce-missing",
        headline: "Server proves its key without the nonce that its version demands",
        what: "The server's word on its key is right, and made by the rules from before the update for \
            CVE-2018-0886, although the version that it names demands a nonce in it. The update forbids to \
            accept that, since somebody between could bring it about; nothing was handed over.",
        grade: Grade::Documented,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The server's program claims a version that it does not keep to.",
                grade: Grade::Plausible,
                proof: "The program and its version; from its own subnet it is the same.",
            },
            Candidate {
                cause: None,
                what: "Somebody between changes the version in the messages.",
                grade: Grade::Plausible,
                proof: "From another network the server names a lower version.",
            },
        ],
        remedies: &[SEE_VERSION, UPDATE_PROGRAM],
        proof: Some("The word without a nonce, and a version of 5 or 6 beside it."),
        sources: &["[MS-CSSP] 2.2.1", "[MS-CSSP] 3.1.5"],
    },
    CauseText {
        cause: Cause::ServerTokenInvalid,
        code: "server-token-invalid",
        headline: "Client's security package does not take the server's token",
        what: "The client's own security package finds that the token of the server does not follow from what \
            was sent, or cannot read it. It is not a refusal by the server, and no word on the password.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "Client and server do not mean the same package: one wraps NTLM in SPNEGO and the other \
                    does not, or the server wants Kerberos from user to user.",
                grade: Grade::Observed,
                proof: "Another package passes.",
            },
            Candidate {
                cause: None,
                what: "The server's program has a fault.",
                grade: Grade::Plausible,
                proof: "Another client fails in the same way.",
            },
        ],
        remedies: &[ONLY_CHALLENGE, remedy::TRY_ANOTHER_CLIENT, remedy::READ_LINUX_LOG],
        proof: Some("The status of the package in the report, and the tokens in the transcript."),
        sources: &[
            "RFC 4178 4.2",
            "https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes",
            "FreeRDP, pyspnego, IronRDP (measured)",
        ],
    },
    CauseText {
        cause: Cause::ServerUnproven,
        code: "server-unproven",
        headline: "What the server sealed does not open, or was changed on the way",
        what: "The server answered with something that the client's security package cannot open, or finds \
            changed: it was not made with the key that both sides should have, or it is not on the messages that \
            the client sent and saw. With Kerberos only the server that the ticket is for can make it: whoever \
            answers has not proven to be that one.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "Somebody between changed messages: in SPNEGO both sides seal a checksum on the list of \
                    packages that the client offered, to notice who takes the better ones out of it.",
                grade: Grade::Documented,
                proof: "From the server's own subnet it passes, or with NTLM that is not wrapped in SPNEGO; the \
                    certificate is not the one that the server has.",
            },
            Candidate {
                cause: None,
                what: "The server's program has a fault, and seals in another way.",
                grade: Grade::Plausible,
                proof: "Another client fails in the same way; the program and its version.",
            },
            Candidate {
                cause: None,
                what: "Where Kerberos was used: the server's key is not the one that the domain has for its name: a \
                    stale keytab, a machine that was joined anew, a name that two accounts have.",
                grade: Grade::Plausible,
                proof: "setspn -X finds a name twice; a keytab with another number of version than the account.",
            },
            Candidate {
                cause: None,
                what: "Somebody poses as the server.",
                grade: Grade::Plausible,
                proof: "The certificate is not the one that the server has.",
            },
        ],
        remedies: &[
            COMPARE_THUMBPRINTS,
            Remedy {
                what: "Where Kerberos was used, see whether a name is registered twice, and whether the secure channel \
                    stands.",
                command: Some(
                    "setspn -X\n\
                    Test-ComputerSecureChannel -Verbose",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Where Kerberos was used, and the server has a keytab, compare its number of version with that \
                    of the account.",
                command: Some(
                    "klist -k <keytab>\n\
                    kvno TERMSRV/<host>",
                ),
                risk: "none; this only reads",
            },
        ],
        proof: Some("The status of the package in the report: message altered, or decryption failed."),
        sources: &[
            "RFC 4178 5",
            "RFC 4120 3.2.5",
            "https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes",
        ],
    },
    CauseText {
        cause: Cause::CredentialsMissing,
        code: "credentials-missing",
        headline: "Credentials are missing, or not of the kind that is needed",
        what: "The depth asked for takes credentials, and there are none, or not the right ones: to hand a \
            password over takes the password, and Kerberos here takes it, too, where an NT hash was given. \
            Nothing is known of the server's side.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Give a user and a password.",
                command: Some(
                    "rdp-probe check --expect-sha256 <thumbprint> --depth verify --user <user> --password-prompt \
                    <host>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
            WITHOUT_CREDENTIALS,
        ],
        proof: Some("The status of the package in the report: SEC_E_NO_CREDENTIALS."),
        sources: &["[MS-CSSP] 2.2.1.2", "https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes"],
    },
    CauseText {
        cause: Cause::PackageMissing,
        code: "package-missing",
        headline: "Client has no such security package",
        what: "The security package that was asked for is not there in this client. Nothing is known of the \
            server or of the credentials.",
        grade: Grade::Observed,
        who: Who::Client,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Use NTLM, which needs nothing beside.",
                command: Some(
                    "rdp-probe check --expect-sha256 <thumbprint> --depth verify --user <user> --password-prompt \
                    <host>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
            Remedy {
                what: "Use a build of this program that has Network Level Authentication.",
                command: Some("rdp-probe --version"),
                risk: "none",
            },
        ],
        proof: Some("The status of the package in the report: SEC_E_SECPKG_NOT_FOUND."),
        sources: &["https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes"],
    },
    CauseText {
        cause: Cause::ServiceNameMissing,
        code: "service-name-missing",
        headline: "Kerberos has no name for the server: the target is an address",
        what: "A ticket is for a service by name (TERMSRV/<host>), and the target has none that Kerberos could \
            know it by: it was given as an address, or the name is not one of the domain. Nothing is known \
            of the server or of the credentials.",
        grade: Grade::Documented,
        who: Who::User,
        candidates: &[],
        remedies: &[
            Remedy {
                what: "Connect by the full name of the machine, or say it beside the address.",
                command: Some(
                    "rdp-probe check --package kerberos --service <name> --expect-sha256 <thumbprint> --depth verify \
                    --user <user>@<realm> --password-prompt <address>",
                ),
                risk: "each wrong password counts towards a lock-out",
            },
            Remedy {
                what: "See which names the service has.",
                command: Some("setspn -Q TERMSRV/<full name>"),
                risk: "none; this only reads",
            },
            USE_NTLM,
        ],
        proof: Some("The status of the package in the report: SEC_E_TARGET_UNKNOWN or SEC_E_WRONG_PRINCIPAL."),
        sources: &["RFC 4120 6.2", "https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes"],
    },
    CauseText {
        cause: Cause::SecurityPackageFailed,
        code: "security-package-failed",
        headline: "Client's own security package fails",
        what: "The security package of this client gives up, with a status of its own, or is not done in the \
            time allowed. It was not the server that refused, and it is no word on the password; the status \
            says as much as is known.",
        grade: Grade::Observed,
        who: Who::Client,
        candidates: &[],
        remedies: &[
            Remedy { what: "Look the status up.", command: Some("rdp-probe explain <status>"), risk: "none" },
            remedy::TRY_ANOTHER_CLIENT,
            Remedy {
                what: "Compare the clocks of client and server, where the package is Kerberos. On Linux: timedatectl.",
                command: Some("w32tm /query /status"),
                risk: "none; this only reads",
            },
        ],
        proof: Some("The status in the report, and that another client passes with the same credentials."),
        sources: &["https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes"],
    },
    CauseText {
        cause: Cause::NlaLost,
        code: "nla-lost",
        headline: "Local system failed the connection during Network Level Authentication",
        what: "The operating system of this machine reports that the connection broke while CredSSP ran, in \
            words of its own. Neither a close nor a reset of the server was seen; whether the credentials \
            are right is not known.",
        grade: Grade::Observed,
        who: Who::Network,
        candidates: &[Candidate {
            cause: Some(Cause::PathUnstable),
            what: "The network went away: VPN, Wi-Fi, standby.",
            grade: Grade::Plausible,
            proof: "Other connections of this machine broke at the same time.",
        }],
        remedies: &[
            Remedy {
                what: "Try it again, to see whether it comes and goes.",
                command: Some("rdp-probe examine --depth challenge <host>"),
                risk: "none; it is no attempt to log on",
            },
            Remedy {
                what: "Read the log of the security software and of the VPN on this machine.",
                command: None,
                risk: "none",
            },
        ],
        proof: Some("The error of the operating system in the report."),
        sources: &["[MS-CSSP] 3.1.5"],
    },
];
