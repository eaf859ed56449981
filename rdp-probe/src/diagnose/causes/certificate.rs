//! Causes of the certificate, which do not keep TLS from working; and the two causes that are none.

use super::remedy;
use crate::diagnose::{Candidate, Cause, CauseText, Grade, Remedy, Who};

/// Said when nothing else can be said.
pub(super) static NO_FAULT_FOUND: CauseText = CauseText {
    cause: Cause::NoFaultFound,
    code: "no-fault-found",
    headline: "No fault found as far as the probe went",
    what: "As far as was asked, the connection opens and nothing speaks against it. What comes behind that \
        depth was not tried and may still fail: the log-on, unless the report says that the credentials were \
        verified, and licence, profile and session.",
    grade: Grade::Observed,
    who: Who::Nobody,
    candidates: &[],
    remedies: &[
        Remedy {
            what: "If the Windows client still fails from this same machine, read its log: event 226 names \
                the state that failed, event 1026 the reason as a decimal number.",
            command: Some(
                "Get-WinEvent -FilterHashtable \
                @{LogName='Microsoft-Windows-TerminalServices-RDPClient/Operational'; Id=226,1026} \
                -MaxEvents 20 | Format-List TimeCreated,Id,Message",
            ),
            risk: "none; this only reads",
        },
        Remedy {
            what: "If it fails after log-on, look at session and profile. On the Windows server:",
            command: Some(
                "Get-WinEvent -LogName \
                'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational' -MaxEvents 20\n\
                Get-WinEvent -LogName 'Microsoft-Windows-User Profile Service/Operational' -MaxEvents 20",
            ),
            risk: "none; this only reads",
        },
        Remedy {
            what: "If it fails from another machine or through an RD Gateway, probe from there: this probe \
                saw one path only.",
            command: None,
            risk: "none",
        },
        Remedy {
            what: "If it fails now and then, repeat over time, and compare certificates in case several \
                servers answer.",
            command: None,
            risk: "none as long as the repeats are few",
        },
    ],
    proof: Some("Client log Microsoft-Windows-TerminalServices-RDPClient/Operational, events 226 and 1026."),
    sources: &[
        "[MS-RDPBCGR] 1.3.1.1",
        "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
    ],
};

/// Said in its place where only the server's first flight was read.
static HELLO_ANSWERED: CauseText = CauseText {
    cause: Cause::HelloAnswered,
    code: "hello-answered",
    headline: "No fault in the server's first flight; no handshake was finished",
    what: "The server's first flight was read, and nothing in it is a fault. Whether a handshake can be finished, \
        and whether the server holds the key of its certificate, was not tried; nor was anything that comes after.",
    grade: Grade::Observed,
    who: Who::Nobody,
    candidates: &[],
    remedies: &[
        Remedy {
            what: "Probe to the depth tls: it finishes the handshake, in which the server proves that it holds its key.",
            command: None,
            risk: "none",
        },
        Remedy {
            what: "If that fails and this does not, the server takes our ClientHello and not what follows. Its key may \
                be of no use to it, or the probe's TLS library may lack what the server chose.",
            command: None,
            risk: "none",
        },
    ],
    proof: Some("A probe of the same server to the depth tls."),
    sources: &["RFC 5246 7.3", "RFC 5246 7.4.9", "RFC 8446 2"],
};

pub(super) static CAUSES: &[CauseText] = &[
    CauseText {
        cause: Cause::CertificateUntrusted,
        code: "certificate-untrusted",
        headline: "Certificate does not pass the trust that was asked for",
        what: "Trust was asked for, and a check of the certificate failed; the report says which. TLS itself \
            works. Self-signed certificates are the default of RDP servers and never pass a check against a \
            CA.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The server serves the self-signed certificate that it made for itself.",
                grade: Grade::Documented,
                proof: "Issuer and subject are the same.",
            },
            Candidate {
                cause: None,
                what: "The certificate comes from a CA that this client does not trust, or the server does \
                    not send the intermediate certificate.",
                grade: Grade::Documented,
                proof: "The chain in the report ends before a trusted root.",
            },
            Candidate {
                cause: Some(Cause::BoundCertificateUnusable),
                what: "A certificate is bound by thumbprint on a Windows server and cannot be used, so that \
                    the self-signed one is served in its place.",
                grade: Grade::Reported,
                proof: "The thumbprint served differs from SSLCertificateSHA1Hash; System log: \
                    TerminalServices-RemoteConnectionManager 1051 or 1055.",
            },
            Candidate {
                cause: None,
                what: "Something in between shows a certificate of its own.",
                grade: Grade::Plausible,
                proof: "The thumbprint differs from the one shown on the server itself.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Read the thumbprint on the server by a way you trust, compare it with the report, and \
                    pin it for this host if both are the same. On Windows:",
                risk: "none; this only reads; a pin must be changed when the certificate is renewed",
                ..remedy::LOOK_AT_CERTIFICATE
            },
            Remedy {
                what: "On a server with xrdp, read it so:",
                command: Some(
                    "openssl x509 -in /etc/xrdp/cert.pem -noout -fingerprint -sha1\n\
                    openssl x509 -in /etc/xrdp/cert.pem -noout -fingerprint -sha256",
                ),
                risk: "none; this only reads",
            },
            remedy::BIND_CERTIFICATE,
            Remedy {
                what: "On the client, trust the CA that issued it. On Windows; on Debian: copy it to \
                    /usr/local/share/ca-certificates and run sudo update-ca-certificates.",
                command: Some("certutil -addstore Root <ca file>"),
                risk: "everything that this CA signs is trusted on that machine from then on",
            },
        ],
        proof: Some("The thumbprint shown on the server itself is or is not the one in the report."),
        sources: &[
            "RFC 5280 6",
            "[MS-RDPBCGR] 5.4.5.1",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/remote-desktop-listener-certificate-configurations.md",
            "GitHub Devolutions/IronRDP#1520",
        ],
    },
    CauseText {
        cause: Cause::CertificateUnexpected,
        code: "certificate-unexpected",
        headline: "Certificate is another than the one that was expected",
        what: "A thumbprint was expected, and the server shows a certificate with another one. TLS itself works, and \
            the server holds the key of what it shows.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The certificate was renewed: Windows renews the self-signed one of Remote Desktop by itself \
                    before its half year is over.",
                grade: Grade::Documented,
                proof: "On the server itself the thumbprint is the new one, and its start of validity is recent.",
            },
            Candidate {
                cause: None,
                what: "The name or the address now leads to another machine: a farm member, a reinstalled host, a \
                    reused address.",
                grade: Grade::Plausible,
                proof: "The subject in the report names another host, or repeats give more than one thumbprint.",
            },
            Candidate {
                cause: None,
                what: "Something in between shows a certificate of its own.",
                grade: Grade::Plausible,
                proof: "The thumbprint differs from the one shown on the server itself.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Before anything else is sent: read the thumbprint on the server by a way you trust, compare it \
                    with the report, and expect the new one only if both are the same. On Windows:",
                risk: "none; this only reads",
                ..remedy::LOOK_AT_CERTIFICATE
            },
            Remedy {
                what: "Where members of a farm have certificates of their own, give them a common one, or expect each.",
                command: None,
                risk: "whoever gets the key of a common certificate can play every member",
            },
        ],
        proof: Some("The thumbprint that the server itself shows is neither or one of the two."),
        sources: &["[MS-RDPBCGR] 5.4.5", "RFC 5280 4.1"],
    },
    CauseText {
        cause: Cause::CertificateChanged,
        code: "certificate-changed",
        headline: "Certificate has another key than the target is known by",
        what: "The server shows a certificate with another key than the one that this target was seen with before. TLS \
            itself works, and the server holds the key of what it shows. What the new certificate is against the old, \
            the report says: renewed after the old one was over, for other names, or neither.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The certificate was renewed with a new key: Windows renews the self-signed one of Remote Desktop \
                    by itself, and whoever runs a CA may want a new key each time.",
                grade: Grade::Plausible,
                proof: "On the server itself the thumbprint is the new one, and its start of validity is recent.",
            },
            Candidate {
                cause: Some(Cause::NameLeadsElsewhere),
                what: "The name or the address now leads to another machine: a farm member, a reinstalled host, a \
                    reused address.",
                grade: Grade::Plausible,
                proof: "The subject in the report names another host, or repeats give more than one thumbprint.",
            },
            Candidate {
                cause: Some(Cause::BoundCertificateUnusable),
                what: "A certificate is bound by thumbprint on a Windows server and cannot be used any more, so that \
                    the self-signed one is served in its place.",
                grade: Grade::Reported,
                proof: "The thumbprint served differs from SSLCertificateSHA1Hash; System log: \
                    TerminalServices-RemoteConnectionManager 1051 or 1055.",
            },
            Candidate {
                cause: None,
                what: "Something in between shows a certificate of its own.",
                grade: Grade::Plausible,
                proof: "The thumbprint differs from the one shown on the server itself.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Before anything else is sent: read the thumbprint on the server by a way you trust, and compare \
                    it with the report. On Windows:",
                risk: "none; this only reads",
                ..remedy::LOOK_AT_CERTIFICATE
            },
            Remedy {
                what: "On a server with xrdp, read it so:",
                command: Some(
                    "openssl x509 -in /etc/xrdp/cert.pem -noout -fingerprint -sha1\n\
                    openssl x509 -in /etc/xrdp/cert.pem -noout -fingerprint -sha256",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "Only if both are the same, accept the new key: take the target out of what is known, and probe \
                    once more, expecting that thumbprint, so that no other is remembered. With rdp-probe check \
                    --known, delete the target's line in that file, and add --expect-sha1 with the thumbprint.",
                command: None,
                risk: "without the thumbprint, whoever answers next is trusted from then on",
            },
            Remedy {
                what: "Where members of a farm have certificates of their own, give them a common one.",
                command: None,
                risk: "whoever gets the key of a common certificate can play every member",
            },
        ],
        proof: Some("The thumbprint that the server itself shows is or is not the one in the report."),
        sources: &[
            "[MS-RDPBCGR] 5.4.5",
            "RFC 5280 4.1.2.7",
            "MicrosoftDocs/SupportArticles-docs: \
                support/windows-server/remote/remote-desktop-listener-certificate-configurations.md",
        ],
    },
    CauseText {
        cause: Cause::CertificateExpired,
        code: "certificate-expired",
        headline: "Certificate has expired and is served all the same",
        what: "The certificate is past its end, and the server goes on serving it. The Windows client warns; \
            where policy forbids going on, 0x1B07 is to be expected. Expiry alone does not close the \
            connection, so it is not what lies behind 0x904; a renewal that fails can be.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::RenewalFailed),
                what: "A Windows server tried to renew its self-signed certificate and failed.",
                grade: Grade::Documented,
                proof: "System log: TerminalServices-RemoteConnectionManager 1058, often with \"access \
                    denied\".",
            },
            Candidate {
                cause: None,
                what: "Nobody renewed a certificate from a CA, or the new one was not bound.",
                grade: Grade::Plausible,
                proof: "SSLCertificateSHA1Hash names the expired one; a newer one is in the Personal store.",
            },
            Candidate {
                cause: None,
                what: "On a server with xrdp or gnome-remote-desktop nothing renews the certificate by \
                    itself.",
                grade: Grade::Plausible,
                proof: "The dates in the certificate file on the server.",
            },
            Candidate {
                cause: Some(Cause::ClockSkew),
                what: "The clock of the machine that judges is ahead.",
                grade: Grade::Plausible,
                proof: "The clocks of both machines.",
            },
        ],
        remedies: &[
            remedy::LOOK_AT_CERTIFICATE,
            remedy::RENEW_SELF_SIGNED,
            remedy::BIND_CERTIFICATE,
            remedy::XRDP_NEW_CERTIFICATE,
            remedy::GNOME_NEW_CERTIFICATE,
            remedy::KEY_RIGHTS,
        ],
        proof: Some(
            "System log of a Windows server: TerminalServices-RemoteConnectionManager 1058 says that \
            renewal failed.",
        ),
        sources: &[
            "RFC 5280 4.1.2.5",
            "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton.md",
            "MicrosoftDocs/SupportArticles-docs: \
                support/azure/virtual-machines/windows/troubleshoot-rdp-internal-error.md",
            "GitHub FreeRDP/FreeRDP#7504",
        ],
    },
    CauseText {
        cause: Cause::CertificateNotYetValid,
        code: "certificate-not-yet-valid",
        headline: "Certificate is not valid yet",
        what: "The certificate begins in the future, by the clock used here, and the server serves it \
            already. Clients warn about it.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: Some(Cause::ClockSkew),
                what: "The clock of the server was ahead when it made the certificate.",
                grade: Grade::Plausible,
                proof: "The clock of the server, or its time service log, shows a jump back.",
            },
            Candidate {
                cause: Some(Cause::ClockSkew),
                what: "The clock used here is behind.",
                grade: Grade::Plausible,
                proof: "This machine differs from a time server.",
            },
            Candidate {
                cause: None,
                what: "The certificate was issued for a later start.",
                grade: Grade::Plausible,
                proof: "Whoever issued it says so; an older one that is valid is still in the store.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Compare the clocks, here and on the server, and set the one that is wrong. On Windows; \
                    on Linux: timedatectl.",
                command: Some(
                    "w32tm /query /status\n\
                    w32tm /resync",
                ),
                risk: "a large jump of the clock can break Kerberos and scheduled tasks for a moment",
            },
            remedy::LOOK_AT_CERTIFICATE,
            Remedy {
                what: "Once the clock of a Windows server is right, where no certificate is bound by thumbprint \
                    and the rights on the key are sound, remove the self-signed certificate, so that a new one is \
                    made.",
                ..remedy::RENEW_SELF_SIGNED
            },
            remedy::XRDP_NEW_CERTIFICATE,
        ],
        proof: Some("The start of validity in the report against the clocks of both machines."),
        sources: &["RFC 5280 4.1.2.5"],
    },
    CauseText {
        cause: Cause::CertificateWrongName,
        code: "certificate-wrong-name",
        headline: "Certificate names other hosts than the one asked for",
        what: "The certificate does not name the host that was asked for; the names it has are in the report. \
            Clients warn about it. It may be the right machine under another name, or another machine.",
        grade: Grade::Observed,
        who: Who::User,
        candidates: &[
            Candidate {
                cause: None,
                what: "The target is an address or an alias, and the certificate has the full name of the \
                    machine.",
                grade: Grade::Documented,
                proof: "The full name of the machine resolves to the same address.",
            },
            Candidate {
                cause: Some(Cause::NameLeadsElsewhere),
                what: "A port mapping, load balancer or broker leads to another machine than the name says.",
                grade: Grade::Confirmed,
                proof: "The name in the certificate is that of the machine behind it; several connections \
                    show several certificates.",
            },
            Candidate {
                cause: Some(Cause::NameLeadsElsewhere),
                what: "DNS leads to another machine than meant.",
                grade: Grade::Plausible,
                proof: "The address that the name gives differs from the one the machine shows.",
            },
            Candidate {
                cause: None,
                what: "The machine was renamed after the certificate was made.",
                grade: Grade::Plausible,
                proof: "The name in the certificate is its old name.",
            },
        ],
        remedies: &[
            Remedy {
                what: "Connect by a name that the certificate has, once it is clear that it is the same \
                    machine.",
                command: None,
                risk: "none",
            },
            Remedy {
                what: "See what the name leads to, and which certificate the machine itself shows. On \
                    Windows:",
                command: Some(
                    "Resolve-DnsName <name>\n\
                    Get-ChildItem 'Cert:\\LocalMachine\\Remote Desktop' | Format-List \
                    Subject,NotAfter,Thumbprint,HasPrivateKey",
                ),
                risk: "none; this only reads",
            },
            Remedy {
                what: "On a Windows server that was renamed, where no certificate is bound by thumbprint and the \
                    rights on the key are sound, remove the self-signed certificate, so that a new one is made.",
                ..remedy::RENEW_SELF_SIGNED
            },
            Remedy {
                what: "Have your CA issue a certificate with every name that is used, and bind it. On a \
                    Windows server:",
                ..remedy::BIND_CERTIFICATE
            },
            remedy::XRDP_NEW_CERTIFICATE,
        ],
        proof: Some("The names in the certificate against the name of the machine."),
        sources: &[
            "RFC 9525",
            "RFC 5280 4.2.1.6",
            "GitHub FreeRDP/FreeRDP#2776",
            "GitHub FreeRDP/FreeRDP#2260",
            "GitHub FreeRDP/FreeRDP#7720",
        ],
    },
    CauseText {
        cause: Cause::CertificateWrongPurpose,
        code: "certificate-wrong-purpose",
        headline: "Certificate is not meant for servers",
        what: "The usages in the certificate leave out serving, and the report says which: the extended key usage has \
            neither server authentication nor Remote Desktop authentication (other-purpose), or the key usage leaves \
            out what TLS asks of such a key (other-key-usage). Clients that check the purpose warn or refuse.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[Remedy {
            what: "Issue a certificate with the purpose server authentication (1.3.6.1.5.5.7.3.1) and the key usage \
                digital signature, for RSA with key encipherment, and bind it on the Windows server.",
            ..remedy::BIND_CERTIFICATE
        }],
        proof: Some(
            "openssl x509 -in <file> -noout -ext extendedKeyUsage,keyUsage shows the same on the certificate file of the server.",
        ),
        sources: &["RFC 5280 4.2.1.12", "RFC 5280 4.2.1.3"],
    },
    CauseText {
        cause: Cause::CertificateWeakKey,
        code: "certificate-weak-key",
        headline: "Certificate key is too short for clients of today",
        what: "The certificate has an RSA key of fewer than 2048 bits. Clients and TLS libraries with today's \
            defaults may refuse it. Such a key no longer protects well.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[],
        remedies: &[
            remedy::LOOK_AT_CERTIFICATE,
            Remedy {
                what: "On a Windows server where no certificate is bound by thumbprint and the rights on the key \
                    are sound, remove the self-signed certificate, so that a new one is made: an up-to-date Windows \
                    uses 2048 bits.",
                ..remedy::RENEW_SELF_SIGNED
            },
            Remedy {
                what: "With a CA, set the template to at least 2048 bits, issue a new certificate, and bind \
                    it on the Windows server.",
                ..remedy::BIND_CERTIFICATE
            },
            remedy::XRDP_NEW_CERTIFICATE,
            remedy::GNOME_NEW_CERTIFICATE,
        ],
        proof: Some("openssl x509 -in <file> -noout -text shows the same size on the certificate file of the server."),
        sources: &["NIST SP 800-131A", "NIST SP 800-57 Part 1"],
    },
    CauseText {
        cause: Cause::CertificateWeakSignature,
        code: "certificate-weak-signature",
        headline: "Certificate is signed with SHA-1 or MD5",
        what: "The certificate is signed with an algorithm that is no longer trusted. Clients of today may \
            refuse it. A Windows server with a certificate signed with SHA-1 may also turn away clients that \
            do not offer SHA-1 signatures.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "An old or never updated Windows made the certificate: it signed with SHA-1 until an \
                    update.",
                grade: Grade::Reported,
                proof: "The version of Windows and the date of the certificate.",
            },
            Candidate {
                cause: None,
                what: "A CA or script with old settings made it.",
                grade: Grade::Plausible,
                proof: "The issuer of the certificate.",
            },
        ],
        remedies: &[
            remedy::LOOK_AT_CERTIFICATE,
            Remedy {
                what: "On a Windows server where the updates are installed, no certificate is bound by \
                    thumbprint and the rights on the key are sound, remove the self-signed certificate, so that a \
                    new one is made.",
                ..remedy::RENEW_SELF_SIGNED
            },
            Remedy {
                what: "With a CA, have it sign with SHA-256, issue a new certificate, and bind it on the \
                    Windows server.",
                ..remedy::BIND_CERTIFICATE
            },
            remedy::XRDP_NEW_CERTIFICATE,
            remedy::GNOME_NEW_CERTIFICATE,
        ],
        proof: Some(
            "openssl x509 -in <file> -noout -text shows the same algorithm on the certificate file of the server.",
        ),
        sources: &["RFC 9155", "RFC 6151", "GitHub jborean93/requests-credssp#18"],
    },
    CauseText {
        cause: Cause::CertificateUnreadable,
        code: "certificate-unreadable",
        headline: "Certificate cannot be read",
        what: "The server sent a certificate that is not valid DER of an X.509 certificate. Nothing can be \
            said about its owner, dates or key. The bytes are in the transcript.",
        grade: Grade::Observed,
        who: Who::ServerAdmin,
        candidates: &[
            Candidate {
                cause: None,
                what: "The software that made the certificate has a fault.",
                grade: Grade::Plausible,
                proof: "openssl x509 -in <file> -noout -text fails on the certificate file of the server too.",
            },
            Candidate {
                cause: None,
                what: "A device between replaced or damaged it.",
                grade: Grade::Plausible,
                proof: "The certificate is readable when the probe runs on the server itself.",
            },
        ],
        remedies: &[
            remedy::LOOK_AT_CERTIFICATE,
            remedy::RENEW_SELF_SIGNED,
            remedy::XRDP_NEW_CERTIFICATE,
            remedy::GNOME_NEW_CERTIFICATE,
            Remedy {
                what: "Probe on the server itself. If the certificate is readable there, look at the device \
                    between.",
                command: None,
                risk: "none",
            },
        ],
        proof: Some("The same bytes read on the server itself."),
        sources: &["RFC 5280 4.1", "ITU-T X.690"],
    },
    NO_FAULT_FOUND,
    HELLO_ANSWERED,
];
