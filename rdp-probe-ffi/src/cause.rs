//! Numbers of causes. They are part of the ABI: a new cause gets the next number, and none is ever given anew.
//!
//! Made of the library's causes: `UPDATE=1 cargo test --package rdp-probe-ffi --test causes` adds those that are missing.

use rdp_probe::diagnose::Cause;

/// The number of a cause: its place among the codes, from 1. 0 for one that has none yet.
pub(crate) fn number(cause: Cause) -> u32 {
    let place = CODES.iter().position(|code| *code == cause.code());
    place.and_then(|place| u32::try_from(place).ok()).map_or(0, |place| place.saturating_add(1))
}

/// account-unusable: Account is disabled, locked, expired or restricted.
pub const RDP_PROBE_CAUSE_ACCOUNT_UNUSABLE: u32 = 1;
/// answer-stalled: Peer begins to answer and stalls.
pub const RDP_PROBE_CAUSE_ANSWER_STALLED: u32 = 2;
/// answer-truncated: Peer ends the connection in the middle of its answer.
pub const RDP_PROBE_CAUSE_ANSWER_TRUNCATED: u32 = 3;
/// bound-certificate-unusable: Certificate bound to the listener is missing or has no usable key.
pub const RDP_PROBE_CAUSE_BOUND_CERTIFICATE_UNUSABLE: u32 = 4;
/// certificate-changed: Certificate has another key than the target is known by.
pub const RDP_PROBE_CAUSE_CERTIFICATE_CHANGED: u32 = 5;
/// certificate-expired: Certificate has expired and is served all the same.
pub const RDP_PROBE_CAUSE_CERTIFICATE_EXPIRED: u32 = 6;
/// certificate-not-yet-valid: Certificate is not valid yet.
pub const RDP_PROBE_CAUSE_CERTIFICATE_NOT_YET_VALID: u32 = 7;
/// certificate-unexpected: Certificate is another than the one that was expected.
pub const RDP_PROBE_CAUSE_CERTIFICATE_UNEXPECTED: u32 = 8;
/// certificate-unreadable: Certificate cannot be read.
pub const RDP_PROBE_CAUSE_CERTIFICATE_UNREADABLE: u32 = 9;
/// certificate-untrusted: Certificate does not pass the trust that was asked for.
pub const RDP_PROBE_CAUSE_CERTIFICATE_UNTRUSTED: u32 = 10;
/// certificate-weak-key: Certificate key is too short for clients of today.
pub const RDP_PROBE_CAUSE_CERTIFICATE_WEAK_KEY: u32 = 11;
/// certificate-weak-signature: Certificate is signed with SHA-1 or MD5.
pub const RDP_PROBE_CAUSE_CERTIFICATE_WEAK_SIGNATURE: u32 = 12;
/// certificate-wrong-name: Certificate names other hosts than the one asked for.
pub const RDP_PROBE_CAUSE_CERTIFICATE_WRONG_NAME: u32 = 13;
/// certificate-wrong-purpose: Certificate is not meant for servers.
pub const RDP_PROBE_CAUSE_CERTIFICATE_WRONG_PURPOSE: u32 = 14;
/// client-at-fault: The client itself stands in the way.
pub const RDP_PROBE_CAUSE_CLIENT_AT_FAULT: u32 = 15;
/// client-certificate-required: Server insists on TLS with a client certificate.
pub const RDP_PROBE_CAUSE_CLIENT_CERTIFICATE_REQUIRED: u32 = 16;
/// clock-skew: Clocks of client, server or domain differ too much for Kerberos.
pub const RDP_PROBE_CAUSE_CLOCK_SKEW: u32 = 17;
/// closed-on-request: Peer closes without a word after the connection request.
pub const RDP_PROBE_CAUSE_CLOSED_ON_REQUEST: u32 = 18;
/// confirm-malformed: The answer is framed like RDP and broken.
pub const RDP_PROBE_CAUSE_CONFIRM_MALFORMED: u32 = 19;
/// connect-failed-locally: This machine could not make the connection.
pub const RDP_PROBE_CAUSE_CONNECT_FAILED_LOCALLY: u32 = 20;
/// connect-reset: The connection was reset while it was being set up.
pub const RDP_PROBE_CAUSE_CONNECT_RESET: u32 = 21;
/// connect-timeout: Nothing answers the connection attempt.
pub const RDP_PROBE_CAUSE_CONNECT_TIMEOUT: u32 = 22;
/// connection-limit: Server takes no more connections for now.
pub const RDP_PROBE_CAUSE_CONNECTION_LIMIT: u32 = 23;
/// connection-refused: The address refuses connections on this port.
pub const RDP_PROBE_CAUSE_CONNECTION_REFUSED: u32 = 24;
/// credentials-wrong: Server refuses the user name or the password.
pub const RDP_PROBE_CAUSE_CREDENTIALS_WRONG: u32 = 25;
/// credssp-ends-silently: Server ends Network Level Authentication without a reason.
pub const RDP_PROBE_CAUSE_CREDSSP_ENDS_SILENTLY: u32 = 26;
/// credssp-oracle: One side lacks the CredSSP update for CVE-2018-0886.
pub const RDP_PROBE_CAUSE_CREDSSP_ORACLE: u32 = 27;
/// dead-forward: A forwarder takes the connection and has nothing behind it.
pub const RDP_PROBE_CAUSE_DEAD_FORWARD: u32 = 28;
/// delegation-refused: Client may not hand these credentials to this server.
pub const RDP_PROBE_CAUSE_DELEGATION_REFUSED: u32 = 29;
/// disconnected-before-confirm: Server disconnects in place of confirming the connection.
pub const RDP_PROBE_CAUSE_DISCONNECTED_BEFORE_CONFIRM: u32 = 30;
/// disconnected-in-x224: Peer ends the connection with an X.224 Disconnect Request.
pub const RDP_PROBE_CAUSE_DISCONNECTED_IN_X224: u32 = 31;
/// domain-unreachable: Server cannot ask its domain about the user.
pub const RDP_PROBE_CAUSE_DOMAIN_UNREACHABLE: u32 = 32;
/// entra-required: Server insists on Entra ID sign-in.
pub const RDP_PROBE_CAUSE_ENTRA_REQUIRED: u32 = 33;
/// farm-member-bad: One of several servers behind an address is not sound.
pub const RDP_PROBE_CAUSE_FARM_MEMBER_BAD: u32 = 34;
/// gateway-leg: The way through an RD Gateway fails.
pub const RDP_PROBE_CAUSE_GATEWAY_LEG: u32 = 35;
/// hello-answered: No fault in the server's first flight; no handshake was finished.
pub const RDP_PROBE_CAUSE_HELLO_ANSWERED: u32 = 36;
/// inconsistent-flags: Server rejects the combination of requested protocols.
pub const RDP_PROBE_CAUSE_INCONSISTENT_FLAGS: u32 = 37;
/// key-unreadable: Server cannot use the private key of its certificate.
pub const RDP_PROBE_CAUSE_KEY_UNREADABLE: u32 = 38;
/// licensing-fails: Licence exchange fails after log-on.
pub const RDP_PROBE_CAUSE_LICENSING_FAILS: u32 = 39;
/// logon-not-permitted: Account may not log on to this machine, or not now.
pub const RDP_PROBE_CAUSE_LOGON_NOT_PERMITTED: u32 = 40;
/// middlebox-resets-tls: A device between ends the connection at the TLS handshake.
pub const RDP_PROBE_CAUSE_MIDDLEBOX_RESETS_TLS: u32 = 41;
/// mtu-black-hole: Large packets vanish on the way.
pub const RDP_PROBE_CAUSE_MTU_BLACK_HOLE: u32 = 42;
/// name-leads-elsewhere: The name leads to another machine than meant.
pub const RDP_PROBE_CAUSE_NAME_LEADS_ELSEWHERE: u32 = 43;
/// name-not-found: The resolver knows no such name.
pub const RDP_PROBE_CAUSE_NAME_NOT_FOUND: u32 = 44;
/// negotiation-lost: This machine lost the connection during negotiation.
pub const RDP_PROBE_CAUSE_NEGOTIATION_LOST: u32 = 45;
/// nla-refused-though-offered: Server demands Network Level Authentication, which was offered.
pub const RDP_PROBE_CAUSE_NLA_REFUSED_THOUGH_OFFERED: u32 = 46;
/// nla-required: Server insists on Network Level Authentication.
pub const RDP_PROBE_CAUSE_NLA_REQUIRED: u32 = 47;
/// no-address-of-family: The name has no address of the family that was to be used.
pub const RDP_PROBE_CAUSE_NO_ADDRESS_OF_FAMILY: u32 = 48;
/// no-certificate: Server has no usable certificate.
pub const RDP_PROBE_CAUSE_NO_CERTIFICATE: u32 = 49;
/// no-common-tls: Client and server have no TLS version or cipher suite in common.
pub const RDP_PROBE_CAUSE_NO_COMMON_TLS: u32 = 50;
/// no-fault-found: No fault found as far as the probe went.
pub const RDP_PROBE_CAUSE_NO_FAULT_FOUND: u32 = 51;
/// no-negotiation-data: Server confirms without negotiation data: no TLS.
pub const RDP_PROBE_CAUSE_NO_NEGOTIATION_DATA: u32 = 52;
/// no-route: There is no route to the address.
pub const RDP_PROBE_CAUSE_NO_ROUTE: u32 = 53;
/// not-a-proxy: What answers does not speak as the proxy that was asked for.
pub const RDP_PROBE_CAUSE_NOT_A_PROXY: u32 = 54;
/// not-rdp: What answers on this port is not RDP.
pub const RDP_PROBE_CAUSE_NOT_RDP: u32 = 55;
/// ntlm-blocked: NTLM is forbidden, and Kerberos cannot be used.
pub const RDP_PROBE_CAUSE_NTLM_BLOCKED: u32 = 56;
/// other-protocol: Another protocol than RDP answers on this port.
pub const RDP_PROBE_CAUSE_OTHER_PROTOCOL: u32 = 57;
/// other-service-on-port: Another service than RDP has the port.
pub const RDP_PROBE_CAUSE_OTHER_SERVICE_ON_PORT: u32 = 58;
/// password-expired: Password has expired or must be changed first.
pub const RDP_PROBE_CAUSE_PASSWORD_EXPIRED: u32 = 59;
/// path-unstable: The network on the way loses packets or breaks connections.
pub const RDP_PROBE_CAUSE_PATH_UNSTABLE: u32 = 60;
/// proxy-authentication: The proxy wants other credentials.
pub const RDP_PROBE_CAUSE_PROXY_AUTHENTICATION: u32 = 61;
/// proxy-cannot-reach-target: The proxy could not connect to the target.
pub const RDP_PROBE_CAUSE_PROXY_CANNOT_REACH_TARGET: u32 = 62;
/// proxy-closed: The proxy ends the connection without an answer.
pub const RDP_PROBE_CAUSE_PROXY_CLOSED: u32 = 63;
/// proxy-refused: The proxy does not grant this connection.
pub const RDP_PROBE_CAUSE_PROXY_REFUSED: u32 = 64;
/// proxy-silent: The proxy does not answer in time.
pub const RDP_PROBE_CAUSE_PROXY_SILENT: u32 = 65;
/// proxy-unreachable: The proxy cannot be reached.
pub const RDP_PROBE_CAUSE_PROXY_UNREACHABLE: u32 = 66;
/// refused-unknown-code: Server refuses with an unknown code.
pub const RDP_PROBE_CAUSE_REFUSED_UNKNOWN_CODE: u32 = 67;
/// renewal-failed: Server could not renew its self-signed certificate.
pub const RDP_PROBE_CAUSE_RENEWAL_FAILED: u32 = 68;
/// reset-on-request: Peer resets without a word after the connection request.
pub const RDP_PROBE_CAUSE_RESET_ON_REQUEST: u32 = 69;
/// resolver-failed: The resolver answered with an error.
pub const RDP_PROBE_CAUSE_RESOLVER_FAILED: u32 = 70;
/// resolver-silent: The resolver did not answer in time.
pub const RDP_PROBE_CAUSE_RESOLVER_SILENT: u32 = 71;
/// selected-not-offered: Server chose a protocol that was not offered.
pub const RDP_PROBE_CAUSE_SELECTED_NOT_OFFERED: u32 = 72;
/// service-hung: Remote Desktop service runs and does not answer.
pub const RDP_PROBE_CAUSE_SERVICE_HUNG: u32 = 73;
/// service-stopped: Remote Desktop is off, stopped, or on another port.
pub const RDP_PROBE_CAUSE_SERVICE_STOPPED: u32 = 74;
/// session-fails: Session fails after log-on: profile, shell or driver.
pub const RDP_PROBE_CAUSE_SESSION_FAILS: u32 = 75;
/// sha1-wanted: Server turns away clients that do not offer SHA-1 signatures.
pub const RDP_PROBE_CAUSE_SHA1_WANTED: u32 = 76;
/// silent-after-request: Peer accepts the connection and never answers.
pub const RDP_PROBE_CAUSE_SILENT_AFTER_REQUEST: u32 = 77;
/// source-filtered: A filter ends the connection because of where it comes from.
pub const RDP_PROBE_CAUSE_SOURCE_FILTERED: u32 = 78;
/// standard-security-only: Server chose standard RDP security although TLS was offered.
pub const RDP_PROBE_CAUSE_STANDARD_SECURITY_ONLY: u32 = 79;
/// tls-alert: Server ends TLS with an alert.
pub const RDP_PROBE_CAUSE_TLS_ALERT: u32 = 80;
/// tls-denied: Server ends the connection where TLS should begin.
pub const RDP_PROBE_CAUSE_TLS_DENIED: u32 = 81;
/// tls-ended-midway: Peer ends the connection in the middle of the TLS handshake.
pub const RDP_PROBE_CAUSE_TLS_ENDED_MIDWAY: u32 = 82;
/// tls-handshake-failure: Server says it finds no TLS parameters in common.
pub const RDP_PROBE_CAUSE_TLS_HANDSHAKE_FAILURE: u32 = 83;
/// tls-lost: This machine lost the connection during TLS.
pub const RDP_PROBE_CAUSE_TLS_LOST: u32 = 84;
/// tls-not-allowed: Server allows standard RDP security only.
pub const RDP_PROBE_CAUSE_TLS_NOT_ALLOWED: u32 = 85;
/// tls-not-offered: Server took standard RDP security, the only thing offered.
pub const RDP_PROBE_CAUSE_TLS_NOT_OFFERED: u32 = 86;
/// tls-not-spoken: What follows the connection confirm is not TLS.
pub const RDP_PROBE_CAUSE_TLS_NOT_SPOKEN: u32 = 87;
/// tls-not-started: Server accepts RDP but cannot start TLS.
pub const RDP_PROBE_CAUSE_TLS_NOT_STARTED: u32 = 88;
/// tls-protocol-violation: Peer breaks the TLS protocol.
pub const RDP_PROBE_CAUSE_TLS_PROTOCOL_VIOLATION: u32 = 89;
/// tls-required: Server insists on TLS.
pub const RDP_PROBE_CAUSE_TLS_REQUIRED: u32 = 90;
/// tls-server-error: Server reports an internal error in TLS.
pub const RDP_PROBE_CAUSE_TLS_SERVER_ERROR: u32 = 91;
/// tls-signature-invalid: TLS signature does not match the key in the certificate.
pub const RDP_PROBE_CAUSE_TLS_SIGNATURE_INVALID: u32 = 92;
/// tls-silent: Server stays silent after the TLS ClientHello.
pub const RDP_PROBE_CAUSE_TLS_SILENT: u32 = 93;
/// tls-stalled: TLS handshake begins and stalls.
pub const RDP_PROBE_CAUSE_TLS_STALLED: u32 = 94;
/// tls-unsupported: Server chose TLS that this client cannot speak.
pub const RDP_PROBE_CAUSE_TLS_UNSUPPORTED: u32 = 95;
/// tls-version-refused: Server refuses the TLS versions offered.
pub const RDP_PROBE_CAUSE_TLS_VERSION_REFUSED: u32 = 96;
/// tls13-only: Server seems to speak TLS 1.3 alone, in which no certificate can be read.
pub const RDP_PROBE_CAUSE_TLS13_ONLY: u32 = 97;
/// udp-trouble: UDP beside the TCP connection fails.
pub const RDP_PROBE_CAUSE_UDP_TROUBLE: u32 = 98;
/// family-dead: All addresses of one family fail, and one of the other works.
pub const RDP_PROBE_CAUSE_FAMILY_DEAD: u32 = 99;
/// address-dead: Of the name's addresses, one or more do not work.
pub const RDP_PROBE_CAUSE_ADDRESS_DEAD: u32 = 100;
/// comes-and-goes: The same connection ends now so, now so.
pub const RDP_PROBE_CAUSE_COMES_AND_GOES: u32 = 101;
/// offer-not-taken: Server drops this offer of protocols, and answers another.
pub const RDP_PROBE_CAUSE_OFFER_NOT_TAKEN: u32 = 102;
/// tls13-not-tolerated: A ClientHello that offers TLS 1.3 is not taken; with TLS 1.2 alone it is.
pub const RDP_PROBE_CAUSE_TLS13_NOT_TOLERATED: u32 = 103;
/// server-name-filtered: A ClientHello with the server's name is not taken; without it, it is.
pub const RDP_PROBE_CAUSE_SERVER_NAME_FILTERED: u32 = 104;
/// tls-ended-on-the-way: TLS ends sooner than a packet takes to the server and back.
pub const RDP_PROBE_CAUSE_TLS_ENDED_ON_THE_WAY: u32 = 105;
/// large-hello-refused: A large ClientHello ends the connection; a small one does not.
pub const RDP_PROBE_CAUSE_LARGE_HELLO_REFUSED: u32 = 106;
/// server-name-needed: Server answers who asks for it by name, and not by address.
pub const RDP_PROBE_CAUSE_SERVER_NAME_NEEDED: u32 = 107;
/// several-machines: Several machines answer at this address.
pub const RDP_PROBE_CAUSE_SEVERAL_MACHINES: u32 = 108;
/// authorization-unknown: Server answers the log-on with an authorization result that nothing explains.
pub const RDP_PROBE_CAUSE_AUTHORIZATION_UNKNOWN: u32 = 109;
/// credentials-missing: Credentials are missing, or not of the kind that is needed.
pub const RDP_PROBE_CAUSE_CREDENTIALS_MISSING: u32 = 110;
/// credentials-withheld: Credentials were kept back: no check of the certificate was demanded.
pub const RDP_PROBE_CAUSE_CREDENTIALS_WITHHELD: u32 = 111;
/// credssp-alert: Server ends Network Level Authentication with a TLS alert.
pub const RDP_PROBE_CAUSE_CREDSSP_ALERT: u32 = 112;
/// credssp-malformed: Server's CredSSP message is broken.
pub const RDP_PROBE_CAUSE_CREDSSP_MALFORMED: u32 = 113;
/// credssp-nonce-missing: Server proves its key without the nonce that its version demands.
pub const RDP_PROBE_CAUSE_CREDSSP_NONCE_MISSING: u32 = 114;
/// credssp-not-spoken: What comes inside TLS is not CredSSP.
pub const RDP_PROBE_CAUSE_CREDSSP_NOT_SPOKEN: u32 = 115;
/// credssp-outdated: Server speaks a CredSSP from before the update for CVE-2018-0886.
pub const RDP_PROBE_CAUSE_CREDSSP_OUTDATED: u32 = 116;
/// credssp-silent: Server does not answer in Network Level Authentication.
pub const RDP_PROBE_CAUSE_CREDSSP_SILENT: u32 = 117;
/// credssp-stalled: Server stalls in the middle of Network Level Authentication.
pub const RDP_PROBE_CAUSE_CREDSSP_STALLED: u32 = 118;
/// credssp-truncated: Connection ends in the middle of a CredSSP message.
pub const RDP_PROBE_CAUSE_CREDSSP_TRUNCATED: u32 = 119;
/// credssp-version-invalid: Server names a version of CredSSP that does not exist, or changes its mind.
pub const RDP_PROBE_CAUSE_CREDSSP_VERSION_INVALID: u32 = 120;
/// etype-unsupported: Client and key distribution centre have no encryption type in common.
pub const RDP_PROBE_CAUSE_ETYPE_UNSUPPORTED: u32 = 121;
/// kdc-closed: Key distribution centre ends the connection without an answer.
pub const RDP_PROBE_CAUSE_KDC_CLOSED: u32 = 122;
/// kdc-refuses: Key distribution centre refuses for another reason.
pub const RDP_PROBE_CAUSE_KDC_REFUSES: u32 = 123;
/// kdc-refuses-credentials: Key distribution centre refuses the user name or the password.
pub const RDP_PROBE_CAUSE_KDC_REFUSES_CREDENTIALS: u32 = 124;
/// kdc-silent: Key distribution centre does not answer in time.
pub const RDP_PROBE_CAUSE_KDC_SILENT: u32 = 125;
/// kdc-unreachable: Key distribution centre of the domain cannot be reached.
pub const RDP_PROBE_CAUSE_KDC_UNREACHABLE: u32 = 126;
/// nla-denied: Server ends the connection in plain RDP, inside TLS, where CredSSP should go on.
pub const RDP_PROBE_CAUSE_NLA_DENIED: u32 = 127;
/// nla-lost: Local system failed the connection during Network Level Authentication.
pub const RDP_PROBE_CAUSE_NLA_LOST: u32 = 128;
/// nla-not-chosen: Server does not use Network Level Authentication, though it was offered.
pub const RDP_PROBE_CAUSE_NLA_NOT_CHOSEN: u32 = 129;
/// nla-not-offered: Network Level Authentication was to be tried, and was not offered.
pub const RDP_PROBE_CAUSE_NLA_NOT_OFFERED: u32 = 130;
/// nla-rejected: Server refuses in CredSSP, with a status that does not say why.
pub const RDP_PROBE_CAUSE_NLA_REJECTED: u32 = 131;
/// not-a-kdc: What answers in place of a key distribution centre does not speak Kerberos.
pub const RDP_PROBE_CAUSE_NOT_A_KDC: u32 = 132;
/// ntlm-challenge-malformed: Server's security token cannot be read.
pub const RDP_PROBE_CAUSE_NTLM_CHALLENGE_MALFORMED: u32 = 133;
/// ntlm-not-offered: Server does not take NTLM, as far as SPNEGO says.
pub const RDP_PROBE_CAUSE_NTLM_NOT_OFFERED: u32 = 134;
/// package-missing: Client has no such security package.
pub const RDP_PROBE_CAUSE_PACKAGE_MISSING: u32 = 135;
/// public-key-mismatch: Server's word on its key is not on the key of this connection.
pub const RDP_PROBE_CAUSE_PUBLIC_KEY_MISMATCH: u32 = 136;
/// security-package-failed: Client's own security package fails.
pub const RDP_PROBE_CAUSE_SECURITY_PACKAGE_FAILED: u32 = 137;
/// server-token-invalid: Client's security package does not take the server's token.
pub const RDP_PROBE_CAUSE_SERVER_TOKEN_INVALID: u32 = 138;
/// server-unproven: What the server sealed does not open, or was changed on the way.
pub const RDP_PROBE_CAUSE_SERVER_UNPROVEN: u32 = 139;
/// service-name-missing: Kerberos has no name for the server: the target is an address.
pub const RDP_PROBE_CAUSE_SERVICE_NAME_MISSING: u32 = 140;
/// service-unknown: Key distribution centre does not know the server by this name.
pub const RDP_PROBE_CAUSE_SERVICE_UNKNOWN: u32 = 141;
/// unsupported-function: Server says in CredSSP that the function is not supported.
pub const RDP_PROBE_CAUSE_UNSUPPORTED_FUNCTION: u32 = 142;

const CODES: &[&str] = &[
    "account-unusable",
    "answer-stalled",
    "answer-truncated",
    "bound-certificate-unusable",
    "certificate-changed",
    "certificate-expired",
    "certificate-not-yet-valid",
    "certificate-unexpected",
    "certificate-unreadable",
    "certificate-untrusted",
    "certificate-weak-key",
    "certificate-weak-signature",
    "certificate-wrong-name",
    "certificate-wrong-purpose",
    "client-at-fault",
    "client-certificate-required",
    "clock-skew",
    "closed-on-request",
    "confirm-malformed",
    "connect-failed-locally",
    "connect-reset",
    "connect-timeout",
    "connection-limit",
    "connection-refused",
    "credentials-wrong",
    "credssp-ends-silently",
    "credssp-oracle",
    "dead-forward",
    "delegation-refused",
    "disconnected-before-confirm",
    "disconnected-in-x224",
    "domain-unreachable",
    "entra-required",
    "farm-member-bad",
    "gateway-leg",
    "hello-answered",
    "inconsistent-flags",
    "key-unreadable",
    "licensing-fails",
    "logon-not-permitted",
    "middlebox-resets-tls",
    "mtu-black-hole",
    "name-leads-elsewhere",
    "name-not-found",
    "negotiation-lost",
    "nla-refused-though-offered",
    "nla-required",
    "no-address-of-family",
    "no-certificate",
    "no-common-tls",
    "no-fault-found",
    "no-negotiation-data",
    "no-route",
    "not-a-proxy",
    "not-rdp",
    "ntlm-blocked",
    "other-protocol",
    "other-service-on-port",
    "password-expired",
    "path-unstable",
    "proxy-authentication",
    "proxy-cannot-reach-target",
    "proxy-closed",
    "proxy-refused",
    "proxy-silent",
    "proxy-unreachable",
    "refused-unknown-code",
    "renewal-failed",
    "reset-on-request",
    "resolver-failed",
    "resolver-silent",
    "selected-not-offered",
    "service-hung",
    "service-stopped",
    "session-fails",
    "sha1-wanted",
    "silent-after-request",
    "source-filtered",
    "standard-security-only",
    "tls-alert",
    "tls-denied",
    "tls-ended-midway",
    "tls-handshake-failure",
    "tls-lost",
    "tls-not-allowed",
    "tls-not-offered",
    "tls-not-spoken",
    "tls-not-started",
    "tls-protocol-violation",
    "tls-required",
    "tls-server-error",
    "tls-signature-invalid",
    "tls-silent",
    "tls-stalled",
    "tls-unsupported",
    "tls-version-refused",
    "tls13-only",
    "udp-trouble",
    "family-dead",
    "address-dead",
    "comes-and-goes",
    "offer-not-taken",
    "tls13-not-tolerated",
    "server-name-filtered",
    "tls-ended-on-the-way",
    "large-hello-refused",
    "server-name-needed",
    "several-machines",
    "authorization-unknown",
    "credentials-missing",
    "credentials-withheld",
    "credssp-alert",
    "credssp-malformed",
    "credssp-nonce-missing",
    "credssp-not-spoken",
    "credssp-outdated",
    "credssp-silent",
    "credssp-stalled",
    "credssp-truncated",
    "credssp-version-invalid",
    "etype-unsupported",
    "kdc-closed",
    "kdc-refuses",
    "kdc-refuses-credentials",
    "kdc-silent",
    "kdc-unreachable",
    "nla-denied",
    "nla-lost",
    "nla-not-chosen",
    "nla-not-offered",
    "nla-rejected",
    "not-a-kdc",
    "ntlm-challenge-malformed",
    "ntlm-not-offered",
    "package-missing",
    "public-key-mismatch",
    "security-package-failed",
    "server-token-invalid",
    "server-unproven",
    "service-name-missing",
    "service-unknown",
    "unsupported-function",
];
