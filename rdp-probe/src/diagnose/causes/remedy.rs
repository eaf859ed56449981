//! Remedies that stand under several causes, said once. What differs is only the occasion: `..remedy::NAME`.

use crate::diagnose::Remedy;

const ONLY_READS: &str = "none; this only reads";

/// What a Windows server says of the attempt.
pub(super) const READ_EVENTS: Remedy = Remedy {
    what: "On a Windows server, right after a failed attempt, read in an elevated PowerShell what it says of it. \
        36870, 1057 and 1058 speak of the key, 1051 and 1055 of a bound certificate, 36871, 36874 and 36888 of TLS \
        versions and suites.",
    command: Some(
        "Get-WinEvent -FilterHashtable @{LogName='System'; StartTime=(Get-Date).AddMinutes(-10)} | \
        Where-Object ProviderName -match 'Schannel|TerminalServices|TermService' | \
        Format-List TimeCreated,Id,Message",
    ),
    risk: ONLY_READS,
};

/// A log-on with another client than this one.
pub(super) const TRY_ANOTHER_CLIENT: Remedy = Remedy {
    what: "Try the log-on by itself with another client, to tell the server from this one, once the thumbprint of the \
        certificate is known to be the server's. With FreeRDP 3:",
    command: Some("xfreerdp3 /v:<host> /u:<user> /d:<domain> /sec:nla +auth-only"),
    risk: "it hands the password to whoever answers with a certificate that is accepted: check that it is the server's; \
        each wrong password counts towards a lock-out",
};

/// What xrdp and gnome-remote-desktop say of the attempt.
pub(super) const READ_LINUX_LOG: Remedy = Remedy {
    what: "On a Linux server, read the log of the server at the time of the attempt.",
    command: Some(
        "sudo tail -n 50 /var/log/xrdp.log\n\
        journalctl --user -u gnome-remote-desktop -n 50",
    ),
    risk: ONLY_READS,
};

/// What a Windows server has to serve.
pub(super) const LOOK_AT_CERTIFICATE: Remedy = Remedy {
    what: "On a Windows server, see that the services run, whether a certificate is bound by thumbprint, and which \
        certificates there are. If one is bound, it is that one whose key counts: NETWORK SERVICE must be able to \
        read it (certlm.msc, Manage Private Keys).",
    command: Some(
        "Get-Service CertPropSvc,KeyIso,CryptSvc,SessionEnv\n\
        reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\" /v \
        SSLCertificateSHA1Hash\n\
        Get-ChildItem 'Cert:\\LocalMachine\\Remote Desktop','Cert:\\LocalMachine\\My' | Format-List \
        Subject,NotAfter,Thumbprint,HasPrivateKey",
    ),
    risk: ONLY_READS,
};

/// What a Windows server allows in TLS.
pub(super) const LOOK_AT_TLS: Remedy = Remedy {
    what: "On a Windows server, see which TLS versions and suites are on, and which policy says so.",
    command: Some(
        "reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\" /s\n\
        reg query \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Cryptography\\Configuration\\SSL\\00010002\" /v Functions\n\
        reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\FIPSAlgorithmPolicy\" /v Enabled\n\
        reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\" /v \
        MinEncryptionLevel\n\
        Get-TlsCipherSuite | Format-Table Name",
    ),
    risk: ONLY_READS,
};

/// The rights on the one key that the self-signed certificate has.
pub(super) const KEY_RIGHTS: Remedy = Remedy {
    what: "On a Windows server whose events speak of the key, let NETWORK SERVICE (S-1-5-20) read the key of the \
        self-signed certificate, and give SYSTEM (S-1-5-18) full control of it. Only this one file; the first line \
        shows its rights as they are, the second takes ownership, without which they may not be changed. No such \
        file means that the key is gone: renew.",
    command: Some(
        "icacls \"C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\f686aace6942fb7f7ceb231212eef4a4*\"\n\
        takeown /f \"C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\f686aace6942fb7f7ceb231212eef4a4*\" /a\n\
        icacls \"C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\f686aace6942fb7f7ceb231212eef4a4*\" \
        /grant \"*S-1-5-20:(R)\" \"*S-1-5-18:(F)\"\n\
        Restart-Service TermService -Force",
    ),
    risk: "none for other keys; the owner of this one file becomes Administrators; restarting TermService \
        disconnects every remote session on that machine",
};

/// The rights on all machine keys: the broad way, always last.
pub(super) const ALL_KEY_RIGHTS: Remedy = Remedy {
    what: "On a Windows server, reset the rights on all machine keys, only if the narrow way fails. The second line \
        keeps the rights as they are before the first run; icacls C:\\ProgramData\\Microsoft\\Crypto\\RSA /restore \
        C:\\temp\\MachineKeys.acl brings them back. Do not rename or empty the folder: that breaks the keys of every \
        other program.",
    command: Some(
        "New-Item -ItemType Directory -Force C:\\temp | Out-Null\n\
        if (-not (Test-Path C:\\temp\\MachineKeys.acl)) { icacls \
        C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys /save C:\\temp\\MachineKeys.acl /t /c }\n\
        takeown /f C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys /a /r\n\
        icacls C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys /t /c /grant \"*S-1-5-18:(F)\"\n\
        icacls C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys /t /c /grant \"*S-1-5-20:(R)\"\n\
        icacls C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys /t /c /grant \"*S-1-5-32-544:(F)\"\n\
        Restart-Service TermService -Force",
    ),
    risk: "lowers security: NETWORK SERVICE can then read every machine key of that folder, those of other programs \
        too; owners change, which restoring the rights does not undo; restarting TermService disconnects every \
        remote session on that machine",
};

/// A new self-signed certificate on Windows.
pub(super) const RENEW_SELF_SIGNED: Remedy = Remedy {
    what: "On a Windows server where no certificate is bound by thumbprint and the rights on the key are sound, \
        remove the self-signed certificate, so that a new one is made.",
    command: Some(
        "Get-ChildItem 'Cert:\\LocalMachine\\Remote Desktop' | Remove-Item\n\
        Restart-Service SessionEnv\n\
        Restart-Service TermService -Force",
    ),
    risk: "clients that remember the old certificate warn once; where the key cannot be written, none comes back and \
        TLS stops; restarting TermService disconnects every remote session on that machine",
};

/// A certificate of one's own CA on Windows.
pub(super) const BIND_CERTIFICATE: Remedy = Remedy {
    what: "On a Windows server with a CA, issue a new certificate and bind it by thumbprint. It must be in the \
        Personal store of the machine, with a key that NETWORK SERVICE can read.",
    command: Some(
        "$s = Get-CimInstance -Namespace root/cimv2/TerminalServices -ClassName Win32_TSGeneralSetting -Filter \
        \"TerminalName='RDP-Tcp'\"\n\
        Set-CimInstance -InputObject $s -Property @{SSLCertificateSHA1Hash='<thumbprint>'}",
    ),
    risk: "a wrong thumbprint or an unreadable key leaves the server without working TLS: keep the console open",
};

/// What lets a Windows server of old have suites with GCM.
pub(super) const BIND_ECDSA: Remedy = Remedy {
    what: "On Server 2012 R2 and older, move to a newer Windows, or have your CA issue an ECDSA certificate and bind \
        it. With ECDSA, suites with GCM are on there by default.",
    risk: "clients must trust that CA, and those without ECDSA can no longer connect; a wrong thumbprint, or a key \
        that NETWORK SERVICE cannot read, leaves the server without working TLS: keep the console open",
    ..BIND_CERTIFICATE
};

/// Back from a certificate of one's own to the self-signed one.
pub(super) const UNBIND_CERTIFICATE: Remedy = Remedy {
    what: "On a Windows server whose bound certificate can be neither mended nor replaced, remove the binding. Never \
        on a Connection Broker.",
    command: Some(
        "reg delete \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\" /v \
        SSLCertificateSHA1Hash /f\n\
        Restart-Service TermService -Force",
    ),
    risk: "a self-signed certificate is served from then on, and clients that trusted the bound one warn; restarting \
        TermService disconnects every remote session on that machine",
};

/// TLS 1.2 on Windows.
pub(super) const ENABLE_TLS_1_2: Remedy = Remedy {
    what: "On a Windows server, switch TLS 1.2 on. Windows 7 and Server 2008 R2 need KB3080079 first, for RDP to use \
        it.",
    command: Some(
        "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS \
        1.2\\Server\" /v Enabled /t REG_DWORD /d 1 /f\n\
        reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS \
        1.2\\Server\" /v DisabledByDefault /t REG_DWORD /d 0 /f\n\
        Restart-Computer",
    ),
    risk: "the restart ends every session; other services on that machine get TLS 1.2 too",
};

/// The suites of today on Windows.
pub(super) const ENABLE_SUITES: Remedy = Remedy {
    what: "On Server 2016 and later, switch on the two suites with ECDHE and GCM.",
    command: Some(
        "Enable-TlsCipherSuite -Name TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n\
        Enable-TlsCipherSuite -Name TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    ),
    risk: "none for security: these suites are on by default; it may take a restart of the machine, and a policy may \
        override it",
};

/// A list of suites that nobody wants.
pub(super) const LIFT_SUITE_POLICY: Remedy = Remedy {
    what: "Only where nobody knows why a policy cuts the list of suites of a Windows server, and no suites can be \
        added to it: delete the list. The first line keeps a copy; without the copy nothing is deleted.",
    command: Some(
        "reg export \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Cryptography\\Configuration\\SSL\\00010002\" \
        C:\\suites.reg /y\n\
        if ($LASTEXITCODE -eq 0) { reg delete \
        \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Cryptography\\Configuration\\SSL\\00010002\" /v Functions /f; \
        Restart-Computer }",
    ),
    risk: "lowers security: lifts a hardening rule for every service on that machine that uses Schannel; group \
        policy may write it back; the restart ends every session",
};

/// The rights on the key of xrdp.
pub(super) const XRDP_KEY_RIGHTS: Remedy = Remedy {
    what: "On a Debian or Ubuntu server with xrdp, let xrdp read its key.",
    command: Some(
        "sudo -u xrdp test -r /etc/xrdp/key.pem || sudo adduser xrdp ssl-cert\n\
        sudo systemctl restart xrdp",
    ),
    risk: "xrdp can then read every key of the group ssl-cert; restarting xrdp cuts the connections that run through \
        it",
};

/// A new key and certificate for xrdp.
pub(super) const XRDP_NEW_CERTIFICATE: Remedy = Remedy {
    what: "On a Debian or Ubuntu server with xrdp, make a new key and self-signed certificate.",
    command: Some(
        "sudo openssl req -x509 -newkey rsa:2048 -sha256 -nodes -days 365 -subj \"/CN=$(hostname -f)\" -addext \
        \"subjectAltName=DNS:$(hostname -f)\" -keyout /etc/xrdp/key.new -out /etc/xrdp/cert.new\n\
        sudo chown root:xrdp /etc/xrdp/key.new && sudo chmod 640 /etc/xrdp/key.new\n\
        sudo mv /etc/xrdp/key.new /etc/xrdp/key.pem && sudo mv /etc/xrdp/cert.new /etc/xrdp/cert.pem\n\
        sudo systemctl restart xrdp",
    ),
    risk: "replaces key and certificate of xrdp; clients that remember the old certificate warn once; restarting xrdp \
        cuts the connections that run through it",
};

/// A new key and certificate for gnome-remote-desktop.
pub(super) const GNOME_NEW_CERTIFICATE: Remedy = Remedy {
    what: "On a server with gnome-remote-desktop, set key and certificate anew, both closed to others and readable \
        for the user it runs as.",
    command: Some(
        "grdctl rdp set-tls-key <key file>\n\
        grdctl rdp set-tls-cert <certificate file>\n\
        systemctl --user restart gnome-remote-desktop",
    ),
    risk: "the restart cuts the session; clients that remember the old certificate warn once",
};

/// TLS in place of standard RDP security on Windows.
pub(super) const REQUIRE_TLS: Remedy = Remedy {
    what: "On a Windows server, require TLS. A group policy for the security layer overrides this value.",
    command: Some(
        "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\" /v \
        SecurityLayer /t REG_DWORD /d 2 /f\n\
        Restart-Service TermService -Force",
    ),
    risk: "clients that know standard RDP security only can no longer connect; restarting TermService disconnects \
        every remote session on that machine",
};

/// What the servers of Linux say themselves.
pub(super) const READ_LINUX_LOGS: Remedy = Remedy {
    what: "On a Linux server, right after a failed attempt, read what it says of it: xrdp, or gnome-remote-desktop.",
    command: Some("sudo tail -n 50 /var/log/xrdp.log\njournalctl --user -u gnome-remote-desktop -n 50"),
    risk: "none; this only reads",
};
