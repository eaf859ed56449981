/**
 * \file
 * librdp_probe: says why a Remote Desktop connection does not open.
 *
 * Rules for the whole of it:
 *
 * - Text that goes in is UTF-8 and ends with NUL; files and certificates go in as pointer and length. Whatever goes in is copied.
 * - Text that comes out is pointer and length, UTF-8, without NUL, and belongs to the object that it was asked of: it is
 *   good until that is freed. Text that belongs to nobody lives as long as the process, but for rdp_probe_last_error().
 * - What a function gives away in its last parameters, it writes only if it succeeds, unless it says otherwise. It is the
 *   caller's to free, each with the function of its kind; NULL may be freed.
 * - Functions that can fail give a status, RDP_PROBE_OK or a number that says which way it failed; rdp_probe_last_error() says it
 *   in words. A NULL or a wrong number is a status, too; only pointers to what is no such object (any more) are not seen.
 * - Numbers of constants are never given anew. A library that is newer may give numbers that this header does not have.
 * - No panic of the library leaves it, and none ends the process: it is RDP_PROBE_PANIC.
 */

#ifndef RDP_PROBE_H
#define RDP_PROBE_H

#include <stddef.h>
#include <stdint.h>

/** The two arguments that printf takes for `%.*s`. What it is given, it evaluates twice: a getter is asked twice, which costs little. */
#define RDP_PROBE_PRINT(text) (int)(text).len, (text).ptr

/**
 * The number of this ABI. It changes when a program that was built for it would not work any more, and only then: compare it
 * with rdp_probe_abi() before anything else.
 */
#define RDP_PROBE_ABI 1

/**
 * Bit of rdp_probe_features(): credentials, for RDP_PROBE_GOAL_VERIFY and RDP_PROBE_GOAL_DELEGATE.
 */
#define RDP_PROBE_FEATURE_NLA 1

/**
 * Bit of rdp_probe_features(): rdp_probe_options_roots_system().
 */
#define RDP_PROBE_FEATURE_SYSTEM_ROOTS 2

/**
 * Bit of rdp_probe_features(): targets with letters beyond ASCII.
 */
#define RDP_PROBE_FEATURE_IDN 4

/**
 * Bit of rdp_probe_features(): rdp_probe_log().
 */
#define RDP_PROBE_FEATURE_LOG 8

/**
 * For rdp_probe_job_wait(), rdp_probe_connection_read() and rdp_probe_connection_write(): however long it takes.
 */
#define RDP_PROBE_FOREVER UINT32_MAX

/**
 * No certificate is kept.
 */
#define RDP_PROBE_KNOWN_NOTHING 1

/**
 * A certificate is kept: it is in the buffer.
 */
#define RDP_PROBE_KNOWN_CERTIFICATE 2

/**
 * The store cannot say.
 */
#define RDP_PROBE_KNOWN_UNAVAILABLE 3

/**
 * Nothing is told.
 */
#define RDP_PROBE_LOG_OFF 0

/**
 * What goes wrong in the library itself.
 */
#define RDP_PROBE_LOG_ERROR 1

/**
 * And what may be going wrong.
 */
#define RDP_PROBE_LOG_WARN 2

/**
 * And what is worth knowing.
 */
#define RDP_PROBE_LOG_INFO 3

/**
 * And each step of a probe.
 */
#define RDP_PROBE_LOG_DEBUG 4

/**
 * And everything.
 */
#define RDP_PROBE_LOG_TRACE 5

/**
 * To the server's answer to the Connection Request.
 */
#define RDP_PROBE_GOAL_NEGOTIATE 1

/**
 * To the server's first TLS flight, read in clear text: the cheapest way to its certificate, of old servers, too.
 */
#define RDP_PROBE_GOAL_HELLO 2

/**
 * To the end of the TLS handshake. This is what a prober does unless told otherwise.
 */
#define RDP_PROBE_GOAL_TLS 3

/**
 * To the challenge of Network Level Authentication: no credentials, no attempt to log on.
 */
#define RDP_PROBE_GOAL_CHALLENGE 4

/**
 * To the server's word on the credentials, which are proven and not handed over. A wrong password counts at the server.
 */
#define RDP_PROBE_GOAL_VERIFY 5

/**
 * To the end of Network Level Authentication: the credentials are handed over.
 */
#define RDP_PROBE_GOAL_DELEGATE 6

/**
 * As far as the protocol takes it that the server chooses.
 */
#define RDP_PROBE_GOAL_CHOSEN 7

/**
 * Standard RDP security: no bit of an offer.
 */
#define RDP_PROBE_PROTOCOL_RDP 0

/**
 * TLS.
 */
#define RDP_PROBE_PROTOCOL_SSL 1

/**
 * CredSSP.
 */
#define RDP_PROBE_PROTOCOL_HYBRID 2

/**
 * RDSTLS.
 */
#define RDP_PROBE_PROTOCOL_RDSTLS 4

/**
 * CredSSP with the early user authorization result.
 */
#define RDP_PROBE_PROTOCOL_HYBRID_EX 8

/**
 * RDS-AAD-Auth.
 */
#define RDP_PROBE_PROTOCOL_RDSAAD 16

/**
 * All addresses of a name, in the order of the resolver, the families taking turns.
 */
#define RDP_PROBE_FAMILY_ANY 1

/**
 * IPv4 first.
 */
#define RDP_PROBE_FAMILY_PREFER_V4 2

/**
 * IPv6 first.
 */
#define RDP_PROBE_FAMILY_PREFER_V6 3

/**
 * IPv4 alone.
 */
#define RDP_PROBE_FAMILY_ONLY_V4 4

/**
 * IPv6 alone.
 */
#define RDP_PROBE_FAMILY_ONLY_V6 5

/**
 * Certificates are judged and reported, and end nothing.
 */
#define RDP_PROBE_TRUST_OBSERVE 1

/**
 * A certificate that does not lead to the roots, or is bad otherwise, ends the probe.
 */
#define RDP_PROBE_TRUST_STRICT 2

/**
 * A certificate whose key is another than the one that the target is known by ends the probe.
 */
#define RDP_PROBE_TRUST_FIRST_USE 3

/**
 * The widest offer, TLS 1.0 to 1.2.
 */
#define RDP_PROBE_RUNG_WIDE 1

/**
 * TLS 1.2 alone.
 */
#define RDP_PROBE_RUNG_TLS12 2

/**
 * TLS 1.3 alone: there is no certificate in clear text.
 */
#define RDP_PROBE_RUNG_TLS13 3

/**
 * An offer that no server can agree to.
 */
#define RDP_PROBE_RUNG_NOTHING 4

/**
 * NTLM, as it is.
 */
#define RDP_PROBE_PACKAGE_NTLM 1

/**
 * NTLM inside SPNEGO, as Windows speaks it.
 */
#define RDP_PROBE_PACKAGE_SPNEGO 2

/**
 * Kerberos inside SPNEGO.
 */
#define RDP_PROBE_PACKAGE_KERBEROS 3

/**
 * Name to addresses.
 */
#define RDP_PROBE_STAGE_RESOLVE 1

/**
 * Address to TCP connection.
 */
#define RDP_PROBE_STAGE_CONNECT 2

/**
 * The way to and through a proxy.
 */
#define RDP_PROBE_STAGE_PROXY 3

/**
 * X.224 Connection Request and Confirm.
 */
#define RDP_PROBE_STAGE_NEGOTIATE 4

/**
 * The TLS handshake, or its first flight.
 */
#define RDP_PROBE_STAGE_TLS 5

/**
 * The talk with a key distribution centre.
 */
#define RDP_PROBE_STAGE_KERBEROS 6

/**
 * Network Level Authentication.
 */
#define RDP_PROBE_STAGE_NLA 7

/**
 * The stage did what it is for.
 */
#define RDP_PROBE_END_COMPLETE 1

/**
 * The peer closed.
 */
#define RDP_PROBE_END_FIN 2

/**
 * The peer, or something between, reset the connection.
 */
#define RDP_PROBE_END_RESET 3

/**
 * The time was over.
 */
#define RDP_PROBE_END_TIMEOUT 4

/**
 * A fatal TLS alert; its code is the alert's number.
 */
#define RDP_PROBE_END_ALERT 5

/**
 * A Negotiation Failure; its code is the failure code.
 */
#define RDP_PROBE_END_REFUSAL 6

/**
 * The server ended the connection in a message that is no answer.
 */
#define RDP_PROBE_END_DENIED 7

/**
 * The trust that was asked for does not hold; its symbol says which check failed.
 */
#define RDP_PROBE_END_UNTRUSTED 8

/**
 * What came is not what the protocol says; its symbol says what is wrong.
 */
#define RDP_PROBE_END_MALFORMED 9

/**
 * The operating system failed the call; its code is the system's or the resolver's number.
 */
#define RDP_PROBE_END_OS 10

/**
 * A proxy refused; its code is the proxy's.
 */
#define RDP_PROBE_END_PROXY_REFUSAL 11

/**
 * The server refuses in a TSRequest; its code is an NTSTATUS.
 */
#define RDP_PROBE_END_REJECTED 12

/**
 * The user may not log on here; its code is the Early User Authorization Result.
 */
#define RDP_PROBE_END_UNAUTHORIZED 13

/**
 * The client's own security package has failed; its code is a status of SSPI.
 */
#define RDP_PROBE_END_SECURITY 14

/**
 * A key distribution centre refuses; its code is that of the KRB-ERROR.
 */
#define RDP_PROBE_END_KDC_REFUSAL 15

/**
 * Nothing was asked of credentials.
 */
#define RDP_PROBE_NLA_NONE 0

/**
 * The credentials are right: the server has proven that it takes them.
 */
#define RDP_PROBE_NLA_VERIFIED 1

/**
 * The server refuses them.
 */
#define RDP_PROBE_NLA_REJECTED 2

/**
 * The key distribution centre refuses them.
 */
#define RDP_PROBE_NLA_REJECTED_BY_KDC 3

/**
 * They are right, and the user may not log on here.
 */
#define RDP_PROBE_NLA_NOT_AUTHORIZED 4

/**
 * The server chose a protocol that asks for none: nothing is known of them.
 */
#define RDP_PROBE_NLA_NOT_VERIFIABLE 5

/**
 * The connection ended before anything was known of them.
 */
#define RDP_PROBE_NLA_UNKNOWN 6

/**
 * The evidence leaves nothing else.
 */
#define RDP_PROBE_CERTAIN 1

/**
 * It fits, and others are rare.
 */
#define RDP_PROBE_LIKELY 2

/**
 * It fits, as others do.
 */
#define RDP_PROBE_POSSIBLE 3

/**
 * It did what it is for.
 */
#define RDP_PROBE_OK 0

/**
 * A NULL where none may be, text that is not UTF-8, a number that no constant has.
 */
#define RDP_PROBE_INVALID_ARGUMENT 1

/**
 * The target cannot be read. The text of the error points at what is wrong with it.
 */
#define RDP_PROBE_INVALID_TARGET 2

/**
 * The options contradict each other, or the call.
 */
#define RDP_PROBE_INVALID_OPTIONS 3

/**
 * What was given cannot be read: a certificate, an .rdp file, a transcript, a thumbprint, a proxy, a cookie, credentials.
 */
#define RDP_PROBE_INVALID_INPUT 4

/**
 * This library was built without what it takes.
 */
#define RDP_PROBE_UNSUPPORTED 5

/**
 * It was cancelled.
 */
#define RDP_PROBE_CANCELLED 6

/**
 * The connection did not open as far as asked: the report says why.
 */
#define RDP_PROBE_NOT_REACHED 7

/**
 * The time was over.
 */
#define RDP_PROBE_TIMEOUT 8

/**
 * The connection was closed by rdp_probe_connection_close().
 */
#define RDP_PROBE_CLOSED 9

/**
 * The connection failed; rdp_probe_last_error_code() has the operating system's number, if it has one.
 */
#define RDP_PROBE_IO 10

/**
 * Inside a callback it would wait for itself.
 */
#define RDP_PROBE_IN_CALLBACK 11

/**
 * The operating system gives no thread or no event queue.
 */
#define RDP_PROBE_SYSTEM 12

/**
 * A fault of the library. It goes on, and so may the caller.
 */
#define RDP_PROBE_PANIC 13

/**
 * account-unusable: Account is disabled, locked, expired or restricted.
 */
#define RDP_PROBE_CAUSE_ACCOUNT_UNUSABLE 1

/**
 * answer-stalled: Peer begins to answer and stalls.
 */
#define RDP_PROBE_CAUSE_ANSWER_STALLED 2

/**
 * answer-truncated: Peer ends the connection in the middle of its answer.
 */
#define RDP_PROBE_CAUSE_ANSWER_TRUNCATED 3

/**
 * bound-certificate-unusable: Certificate bound to the listener is missing or has no usable key.
 */
#define RDP_PROBE_CAUSE_BOUND_CERTIFICATE_UNUSABLE 4

/**
 * certificate-changed: Certificate has another key than the target is known by.
 */
#define RDP_PROBE_CAUSE_CERTIFICATE_CHANGED 5

/**
 * certificate-expired: Certificate has expired and is served all the same.
 */
#define RDP_PROBE_CAUSE_CERTIFICATE_EXPIRED 6

/**
 * certificate-not-yet-valid: Certificate is not valid yet.
 */
#define RDP_PROBE_CAUSE_CERTIFICATE_NOT_YET_VALID 7

/**
 * certificate-unexpected: Certificate is another than the one that was expected.
 */
#define RDP_PROBE_CAUSE_CERTIFICATE_UNEXPECTED 8

/**
 * certificate-unreadable: Certificate cannot be read.
 */
#define RDP_PROBE_CAUSE_CERTIFICATE_UNREADABLE 9

/**
 * certificate-untrusted: Certificate does not pass the trust that was asked for.
 */
#define RDP_PROBE_CAUSE_CERTIFICATE_UNTRUSTED 10

/**
 * certificate-weak-key: Certificate key is too short for clients of today.
 */
#define RDP_PROBE_CAUSE_CERTIFICATE_WEAK_KEY 11

/**
 * certificate-weak-signature: Certificate is signed with SHA-1 or MD5.
 */
#define RDP_PROBE_CAUSE_CERTIFICATE_WEAK_SIGNATURE 12

/**
 * certificate-wrong-name: Certificate names other hosts than the one asked for.
 */
#define RDP_PROBE_CAUSE_CERTIFICATE_WRONG_NAME 13

/**
 * certificate-wrong-purpose: Certificate is not meant for servers.
 */
#define RDP_PROBE_CAUSE_CERTIFICATE_WRONG_PURPOSE 14

/**
 * client-at-fault: The client itself stands in the way.
 */
#define RDP_PROBE_CAUSE_CLIENT_AT_FAULT 15

/**
 * client-certificate-required: Server insists on TLS with a client certificate.
 */
#define RDP_PROBE_CAUSE_CLIENT_CERTIFICATE_REQUIRED 16

/**
 * clock-skew: Clocks of client, server or domain differ too much for Kerberos.
 */
#define RDP_PROBE_CAUSE_CLOCK_SKEW 17

/**
 * closed-on-request: Peer closes without a word after the connection request.
 */
#define RDP_PROBE_CAUSE_CLOSED_ON_REQUEST 18

/**
 * confirm-malformed: The answer is framed like RDP and broken.
 */
#define RDP_PROBE_CAUSE_CONFIRM_MALFORMED 19

/**
 * connect-failed-locally: This machine could not make the connection.
 */
#define RDP_PROBE_CAUSE_CONNECT_FAILED_LOCALLY 20

/**
 * connect-reset: The connection was reset while it was being set up.
 */
#define RDP_PROBE_CAUSE_CONNECT_RESET 21

/**
 * connect-timeout: Nothing answers the connection attempt.
 */
#define RDP_PROBE_CAUSE_CONNECT_TIMEOUT 22

/**
 * connection-limit: Server takes no more connections for now.
 */
#define RDP_PROBE_CAUSE_CONNECTION_LIMIT 23

/**
 * connection-refused: The address refuses connections on this port.
 */
#define RDP_PROBE_CAUSE_CONNECTION_REFUSED 24

/**
 * credentials-wrong: Server refuses the user name or the password.
 */
#define RDP_PROBE_CAUSE_CREDENTIALS_WRONG 25

/**
 * credssp-ends-silently: Server ends Network Level Authentication without a reason.
 */
#define RDP_PROBE_CAUSE_CREDSSP_ENDS_SILENTLY 26

/**
 * credssp-oracle: One side lacks the CredSSP update for CVE-2018-0886.
 */
#define RDP_PROBE_CAUSE_CREDSSP_ORACLE 27

/**
 * dead-forward: A forwarder takes the connection and has nothing behind it.
 */
#define RDP_PROBE_CAUSE_DEAD_FORWARD 28

/**
 * delegation-refused: Client may not hand these credentials to this server.
 */
#define RDP_PROBE_CAUSE_DELEGATION_REFUSED 29

/**
 * disconnected-before-confirm: Server disconnects in place of confirming the connection.
 */
#define RDP_PROBE_CAUSE_DISCONNECTED_BEFORE_CONFIRM 30

/**
 * disconnected-in-x224: Peer ends the connection with an X.224 Disconnect Request.
 */
#define RDP_PROBE_CAUSE_DISCONNECTED_IN_X224 31

/**
 * domain-unreachable: Server cannot ask its domain about the user.
 */
#define RDP_PROBE_CAUSE_DOMAIN_UNREACHABLE 32

/**
 * entra-required: Server insists on Entra ID sign-in.
 */
#define RDP_PROBE_CAUSE_ENTRA_REQUIRED 33

/**
 * farm-member-bad: One of several servers behind an address is not sound.
 */
#define RDP_PROBE_CAUSE_FARM_MEMBER_BAD 34

/**
 * gateway-leg: The way through an RD Gateway fails.
 */
#define RDP_PROBE_CAUSE_GATEWAY_LEG 35

/**
 * hello-answered: No fault in the server's first flight; no handshake was finished.
 */
#define RDP_PROBE_CAUSE_HELLO_ANSWERED 36

/**
 * inconsistent-flags: Server rejects the combination of requested protocols.
 */
#define RDP_PROBE_CAUSE_INCONSISTENT_FLAGS 37

/**
 * key-unreadable: Server cannot use the private key of its certificate.
 */
#define RDP_PROBE_CAUSE_KEY_UNREADABLE 38

/**
 * licensing-fails: Licence exchange fails after log-on.
 */
#define RDP_PROBE_CAUSE_LICENSING_FAILS 39

/**
 * logon-not-permitted: Account may not log on to this machine, or not now.
 */
#define RDP_PROBE_CAUSE_LOGON_NOT_PERMITTED 40

/**
 * middlebox-resets-tls: A device between ends the connection at the TLS handshake.
 */
#define RDP_PROBE_CAUSE_MIDDLEBOX_RESETS_TLS 41

/**
 * mtu-black-hole: Large packets vanish on the way.
 */
#define RDP_PROBE_CAUSE_MTU_BLACK_HOLE 42

/**
 * name-leads-elsewhere: The name leads to another machine than meant.
 */
#define RDP_PROBE_CAUSE_NAME_LEADS_ELSEWHERE 43

/**
 * name-not-found: The resolver knows no such name.
 */
#define RDP_PROBE_CAUSE_NAME_NOT_FOUND 44

/**
 * negotiation-lost: This machine lost the connection during negotiation.
 */
#define RDP_PROBE_CAUSE_NEGOTIATION_LOST 45

/**
 * nla-refused-though-offered: Server demands Network Level Authentication, which was offered.
 */
#define RDP_PROBE_CAUSE_NLA_REFUSED_THOUGH_OFFERED 46

/**
 * nla-required: Server insists on Network Level Authentication.
 */
#define RDP_PROBE_CAUSE_NLA_REQUIRED 47

/**
 * no-address-of-family: The name has no address of the family that was to be used.
 */
#define RDP_PROBE_CAUSE_NO_ADDRESS_OF_FAMILY 48

/**
 * no-certificate: Server has no usable certificate.
 */
#define RDP_PROBE_CAUSE_NO_CERTIFICATE 49

/**
 * no-common-tls: Client and server have no TLS version or cipher suite in common.
 */
#define RDP_PROBE_CAUSE_NO_COMMON_TLS 50

/**
 * no-fault-found: No fault found as far as the probe went.
 */
#define RDP_PROBE_CAUSE_NO_FAULT_FOUND 51

/**
 * no-negotiation-data: Server confirms without negotiation data: no TLS.
 */
#define RDP_PROBE_CAUSE_NO_NEGOTIATION_DATA 52

/**
 * no-route: There is no route to the address.
 */
#define RDP_PROBE_CAUSE_NO_ROUTE 53

/**
 * not-a-proxy: What answers does not speak as the proxy that was asked for.
 */
#define RDP_PROBE_CAUSE_NOT_A_PROXY 54

/**
 * not-rdp: What answers on this port is not RDP.
 */
#define RDP_PROBE_CAUSE_NOT_RDP 55

/**
 * ntlm-blocked: NTLM is forbidden, and Kerberos cannot be used.
 */
#define RDP_PROBE_CAUSE_NTLM_BLOCKED 56

/**
 * other-protocol: Another protocol than RDP answers on this port.
 */
#define RDP_PROBE_CAUSE_OTHER_PROTOCOL 57

/**
 * other-service-on-port: Another service than RDP has the port.
 */
#define RDP_PROBE_CAUSE_OTHER_SERVICE_ON_PORT 58

/**
 * password-expired: Password has expired or must be changed first.
 */
#define RDP_PROBE_CAUSE_PASSWORD_EXPIRED 59

/**
 * path-unstable: The network on the way loses packets or breaks connections.
 */
#define RDP_PROBE_CAUSE_PATH_UNSTABLE 60

/**
 * proxy-authentication: The proxy wants other credentials.
 */
#define RDP_PROBE_CAUSE_PROXY_AUTHENTICATION 61

/**
 * proxy-cannot-reach-target: The proxy could not connect to the target.
 */
#define RDP_PROBE_CAUSE_PROXY_CANNOT_REACH_TARGET 62

/**
 * proxy-closed: The proxy ends the connection without an answer.
 */
#define RDP_PROBE_CAUSE_PROXY_CLOSED 63

/**
 * proxy-refused: The proxy does not grant this connection.
 */
#define RDP_PROBE_CAUSE_PROXY_REFUSED 64

/**
 * proxy-silent: The proxy does not answer in time.
 */
#define RDP_PROBE_CAUSE_PROXY_SILENT 65

/**
 * proxy-unreachable: The proxy cannot be reached.
 */
#define RDP_PROBE_CAUSE_PROXY_UNREACHABLE 66

/**
 * refused-unknown-code: Server refuses with an unknown code.
 */
#define RDP_PROBE_CAUSE_REFUSED_UNKNOWN_CODE 67

/**
 * renewal-failed: Server could not renew its self-signed certificate.
 */
#define RDP_PROBE_CAUSE_RENEWAL_FAILED 68

/**
 * reset-on-request: Peer resets without a word after the connection request.
 */
#define RDP_PROBE_CAUSE_RESET_ON_REQUEST 69

/**
 * resolver-failed: The resolver answered with an error.
 */
#define RDP_PROBE_CAUSE_RESOLVER_FAILED 70

/**
 * resolver-silent: The resolver did not answer in time.
 */
#define RDP_PROBE_CAUSE_RESOLVER_SILENT 71

/**
 * selected-not-offered: Server chose a protocol that was not offered.
 */
#define RDP_PROBE_CAUSE_SELECTED_NOT_OFFERED 72

/**
 * service-hung: Remote Desktop service runs and does not answer.
 */
#define RDP_PROBE_CAUSE_SERVICE_HUNG 73

/**
 * service-stopped: Remote Desktop is off, stopped, or on another port.
 */
#define RDP_PROBE_CAUSE_SERVICE_STOPPED 74

/**
 * session-fails: Session fails after log-on: profile, shell or driver.
 */
#define RDP_PROBE_CAUSE_SESSION_FAILS 75

/**
 * sha1-wanted: Server turns away clients that do not offer SHA-1 signatures.
 */
#define RDP_PROBE_CAUSE_SHA1_WANTED 76

/**
 * silent-after-request: Peer accepts the connection and never answers.
 */
#define RDP_PROBE_CAUSE_SILENT_AFTER_REQUEST 77

/**
 * source-filtered: A filter ends the connection because of where it comes from.
 */
#define RDP_PROBE_CAUSE_SOURCE_FILTERED 78

/**
 * standard-security-only: Server chose standard RDP security although TLS was offered.
 */
#define RDP_PROBE_CAUSE_STANDARD_SECURITY_ONLY 79

/**
 * tls-alert: Server ends TLS with an alert.
 */
#define RDP_PROBE_CAUSE_TLS_ALERT 80

/**
 * tls-denied: Server ends the connection where TLS should begin.
 */
#define RDP_PROBE_CAUSE_TLS_DENIED 81

/**
 * tls-ended-midway: Peer ends the connection in the middle of the TLS handshake.
 */
#define RDP_PROBE_CAUSE_TLS_ENDED_MIDWAY 82

/**
 * tls-handshake-failure: Server says it finds no TLS parameters in common.
 */
#define RDP_PROBE_CAUSE_TLS_HANDSHAKE_FAILURE 83

/**
 * tls-lost: This machine lost the connection during TLS.
 */
#define RDP_PROBE_CAUSE_TLS_LOST 84

/**
 * tls-not-allowed: Server allows standard RDP security only.
 */
#define RDP_PROBE_CAUSE_TLS_NOT_ALLOWED 85

/**
 * tls-not-offered: Server took standard RDP security, the only thing offered.
 */
#define RDP_PROBE_CAUSE_TLS_NOT_OFFERED 86

/**
 * tls-not-spoken: What follows the connection confirm is not TLS.
 */
#define RDP_PROBE_CAUSE_TLS_NOT_SPOKEN 87

/**
 * tls-not-started: Server accepts RDP but cannot start TLS.
 */
#define RDP_PROBE_CAUSE_TLS_NOT_STARTED 88

/**
 * tls-protocol-violation: Peer breaks the TLS protocol.
 */
#define RDP_PROBE_CAUSE_TLS_PROTOCOL_VIOLATION 89

/**
 * tls-required: Server insists on TLS.
 */
#define RDP_PROBE_CAUSE_TLS_REQUIRED 90

/**
 * tls-server-error: Server reports an internal error in TLS.
 */
#define RDP_PROBE_CAUSE_TLS_SERVER_ERROR 91

/**
 * tls-signature-invalid: TLS signature does not match the key in the certificate.
 */
#define RDP_PROBE_CAUSE_TLS_SIGNATURE_INVALID 92

/**
 * tls-silent: Server stays silent after the TLS ClientHello.
 */
#define RDP_PROBE_CAUSE_TLS_SILENT 93

/**
 * tls-stalled: TLS handshake begins and stalls.
 */
#define RDP_PROBE_CAUSE_TLS_STALLED 94

/**
 * tls-unsupported: Server chose TLS that this client cannot speak.
 */
#define RDP_PROBE_CAUSE_TLS_UNSUPPORTED 95

/**
 * tls-version-refused: Server refuses the TLS versions offered.
 */
#define RDP_PROBE_CAUSE_TLS_VERSION_REFUSED 96

/**
 * tls13-only: Server seems to speak TLS 1.3 alone, in which no certificate can be read.
 */
#define RDP_PROBE_CAUSE_TLS13_ONLY 97

/**
 * udp-trouble: UDP beside the TCP connection fails.
 */
#define RDP_PROBE_CAUSE_UDP_TROUBLE 98

/**
 * family-dead: All addresses of one family fail, and one of the other works.
 */
#define RDP_PROBE_CAUSE_FAMILY_DEAD 99

/**
 * address-dead: Of the name's addresses, one or more do not work.
 */
#define RDP_PROBE_CAUSE_ADDRESS_DEAD 100

/**
 * comes-and-goes: The same connection ends now so, now so.
 */
#define RDP_PROBE_CAUSE_COMES_AND_GOES 101

/**
 * offer-not-taken: Server drops this offer of protocols, and answers another.
 */
#define RDP_PROBE_CAUSE_OFFER_NOT_TAKEN 102

/**
 * tls13-not-tolerated: A ClientHello that offers TLS 1.3 is not taken; with TLS 1.2 alone it is.
 */
#define RDP_PROBE_CAUSE_TLS13_NOT_TOLERATED 103

/**
 * server-name-filtered: A ClientHello with the server's name is not taken; without it, it is.
 */
#define RDP_PROBE_CAUSE_SERVER_NAME_FILTERED 104

/**
 * tls-ended-on-the-way: TLS ends sooner than a packet takes to the server and back.
 */
#define RDP_PROBE_CAUSE_TLS_ENDED_ON_THE_WAY 105

/**
 * large-hello-refused: A large ClientHello ends the connection; a small one does not.
 */
#define RDP_PROBE_CAUSE_LARGE_HELLO_REFUSED 106

/**
 * server-name-needed: Server answers who asks for it by name, and not by address.
 */
#define RDP_PROBE_CAUSE_SERVER_NAME_NEEDED 107

/**
 * several-machines: Several machines answer at this address.
 */
#define RDP_PROBE_CAUSE_SEVERAL_MACHINES 108

/**
 * authorization-unknown: Server answers the log-on with an authorization result that nothing explains.
 */
#define RDP_PROBE_CAUSE_AUTHORIZATION_UNKNOWN 109

/**
 * credentials-missing: Credentials are missing, or not of the kind that is needed.
 */
#define RDP_PROBE_CAUSE_CREDENTIALS_MISSING 110

/**
 * credentials-withheld: Credentials were kept back: no check of the certificate was demanded.
 */
#define RDP_PROBE_CAUSE_CREDENTIALS_WITHHELD 111

/**
 * credssp-alert: Server ends Network Level Authentication with a TLS alert.
 */
#define RDP_PROBE_CAUSE_CREDSSP_ALERT 112

/**
 * credssp-malformed: Server's CredSSP message is broken.
 */
#define RDP_PROBE_CAUSE_CREDSSP_MALFORMED 113

/**
 * credssp-nonce-missing: Server proves its key without the nonce that its version demands.
 */
#define RDP_PROBE_CAUSE_CREDSSP_NONCE_MISSING 114

/**
 * credssp-not-spoken: What comes inside TLS is not CredSSP.
 */
#define RDP_PROBE_CAUSE_CREDSSP_NOT_SPOKEN 115

/**
 * credssp-outdated: Server speaks a CredSSP from before the update for CVE-2018-0886.
 */
#define RDP_PROBE_CAUSE_CREDSSP_OUTDATED 116

/**
 * credssp-silent: Server does not answer in Network Level Authentication.
 */
#define RDP_PROBE_CAUSE_CREDSSP_SILENT 117

/**
 * credssp-stalled: Server stalls in the middle of Network Level Authentication.
 */
#define RDP_PROBE_CAUSE_CREDSSP_STALLED 118

/**
 * credssp-truncated: Connection ends in the middle of a CredSSP message.
 */
#define RDP_PROBE_CAUSE_CREDSSP_TRUNCATED 119

/**
 * credssp-version-invalid: Server names a version of CredSSP that does not exist, or changes its mind.
 */
#define RDP_PROBE_CAUSE_CREDSSP_VERSION_INVALID 120

/**
 * etype-unsupported: Client and key distribution centre have no encryption type in common.
 */
#define RDP_PROBE_CAUSE_ETYPE_UNSUPPORTED 121

/**
 * kdc-closed: Key distribution centre ends the connection without an answer.
 */
#define RDP_PROBE_CAUSE_KDC_CLOSED 122

/**
 * kdc-refuses: Key distribution centre refuses for another reason.
 */
#define RDP_PROBE_CAUSE_KDC_REFUSES 123

/**
 * kdc-refuses-credentials: Key distribution centre refuses the user name or the password.
 */
#define RDP_PROBE_CAUSE_KDC_REFUSES_CREDENTIALS 124

/**
 * kdc-silent: Key distribution centre does not answer in time.
 */
#define RDP_PROBE_CAUSE_KDC_SILENT 125

/**
 * kdc-unreachable: Key distribution centre of the domain cannot be reached.
 */
#define RDP_PROBE_CAUSE_KDC_UNREACHABLE 126

/**
 * nla-denied: Server ends the connection in plain RDP, inside TLS, where CredSSP should go on.
 */
#define RDP_PROBE_CAUSE_NLA_DENIED 127

/**
 * nla-lost: Local system failed the connection during Network Level Authentication.
 */
#define RDP_PROBE_CAUSE_NLA_LOST 128

/**
 * nla-not-chosen: Server does not use Network Level Authentication, though it was offered.
 */
#define RDP_PROBE_CAUSE_NLA_NOT_CHOSEN 129

/**
 * nla-not-offered: Network Level Authentication was to be tried, and was not offered.
 */
#define RDP_PROBE_CAUSE_NLA_NOT_OFFERED 130

/**
 * nla-rejected: Server refuses in CredSSP, with a status that does not say why.
 */
#define RDP_PROBE_CAUSE_NLA_REJECTED 131

/**
 * not-a-kdc: What answers in place of a key distribution centre does not speak Kerberos.
 */
#define RDP_PROBE_CAUSE_NOT_A_KDC 132

/**
 * ntlm-challenge-malformed: Server's security token cannot be read.
 */
#define RDP_PROBE_CAUSE_NTLM_CHALLENGE_MALFORMED 133

/**
 * ntlm-not-offered: Server does not take NTLM, as far as SPNEGO says.
 */
#define RDP_PROBE_CAUSE_NTLM_NOT_OFFERED 134

/**
 * package-missing: Client has no such security package.
 */
#define RDP_PROBE_CAUSE_PACKAGE_MISSING 135

/**
 * public-key-mismatch: Server's word on its key is not on the key of this connection.
 */
#define RDP_PROBE_CAUSE_PUBLIC_KEY_MISMATCH 136

/**
 * security-package-failed: Client's own security package fails.
 */
#define RDP_PROBE_CAUSE_SECURITY_PACKAGE_FAILED 137

/**
 * server-token-invalid: Client's security package does not take the server's token.
 */
#define RDP_PROBE_CAUSE_SERVER_TOKEN_INVALID 138

/**
 * server-unproven: What the server sealed does not open, or was changed on the way.
 */
#define RDP_PROBE_CAUSE_SERVER_UNPROVEN 139

/**
 * service-name-missing: Kerberos has no name for the server: the target is an address.
 */
#define RDP_PROBE_CAUSE_SERVICE_NAME_MISSING 140

/**
 * service-unknown: Key distribution centre does not know the server by this name.
 */
#define RDP_PROBE_CAUSE_SERVICE_UNKNOWN 141

/**
 * unsupported-function: Server says in CredSSP that the function is not supported.
 */
#define RDP_PROBE_CAUSE_UNSUPPORTED_FUNCTION 142

/**
 * An opened connection. One thread may read while another writes, and any may close it; further readers and writers wait for their
 * turn.
 */
typedef struct rdp_probe_connection rdp_probe_connection;

/**
 * A user, and what proves that it is this one. Any number of threads may use it. The secret is wiped when it is freed, and shown
 * nowhere.
 */
typedef struct rdp_probe_credentials rdp_probe_credentials;

/**
 * What is known of a number, a name or a sentence. It never changes; any number of threads may read it.
 */
typedef struct rdp_probe_explanation rdp_probe_explanation;

/**
 * Something under way. Any number of threads may use it; freeing it ends nothing.
 */
typedef struct rdp_probe_job rdp_probe_job;

/**
 * What a prober does. One thread at a time may use it.
 *
 * Made by rdp_probe_options_new(), read by rdp_probe_prober_new(), freed by rdp_probe_options_free(). A call that fails changes
 * nothing.
 */
typedef struct rdp_probe_options rdp_probe_options;

/**
 * Probes targets as its options say. Any number of threads may use it; one frees it, when no other call has it.
 */
typedef struct rdp_probe_prober rdp_probe_prober;

/**
 * What a probe has seen, and what is to be read from it. It never changes; any number of threads may read it.
 */
typedef struct rdp_probe_report rdp_probe_report;

/**
 * Text: UTF-8, len bytes of it, no NUL behind it. It belongs to the object that it was asked of.
 */
typedef struct rdp_probe_str {
    /**
     * Where it begins; never NULL.
     */
    const char *ptr;
    /**
     * How many bytes it has.
     */
    size_t len;
} rdp_probe_str;

/**
 * Bytes. They belong to the object that they were asked of.
 */
typedef struct rdp_probe_bytes {
    /**
     * Where they begin; never NULL.
     */
    const uint8_t *ptr;
    /**
     * How many there are.
     */
    size_t len;
} rdp_probe_bytes;

/**
 * How a call ended.
 */
typedef uint32_t rdp_probe_status;

/**
 * What the target is known by: writes a certificate (DER) into the buffer and its length, and gives one of RDP_PROBE_KNOWN_. A
 * store that cannot say gives RDP_PROBE_KNOWN_UNAVAILABLE, as does any other number: nothing known would be to trust
 * whoever comes.
 */
typedef uint32_t (*rdp_probe_known_get)(void *user, const char *target, uint8_t *buffer, size_t capacity, size_t *length);

/**
 * Keeps the certificate (DER) of a first use, unless another is kept by now, and gives what is kept then, as
 * rdp_probe_known_get does.
 */
typedef uint32_t (*rdp_probe_known_put)(void *user,
                                        const char *target,
                                        const uint8_t *certificate,
                                        size_t certificate_length,
                                        uint8_t *buffer,
                                        size_t capacity,
                                        size_t *length);

/**
 * Hears a line: its level, one of RDP_PROBE_LOG_; whose it is, "rdp_probe"; and what it says. The texts are good until it
 * returns.
 */
typedef void (*rdp_probe_log_callback)(void *user,
                                       uint32_t level,
                                       struct rdp_probe_str target,
                                       struct rdp_probe_str message);

/**
 * Hears what became of an opening: a status; the connection with RDP_PROBE_OK; the report with RDP_PROBE_OK and
 * RDP_PROBE_NOT_REACHED. What is not there is NULL, what is there is the callee's to free. See rdp_probe_open_start().
 */
typedef void (*rdp_probe_opened)(void *user,
                                 rdp_probe_status status,
                                 struct rdp_probe_connection *connection,
                                 struct rdp_probe_report *report);

/**
 * Hears what became of a target: its place among those that were given, from 0; a status; and the report with RDP_PROBE_OK,
 * else NULL. See rdp_probe_start().
 */
typedef void (*rdp_probe_done)(void *user, size_t index, rdp_probe_status status, struct rdp_probe_report *report);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The number of the ABI that the library has: RDP_PROBE_ABI of its own header.
 */
uint32_t rdp_probe_abi(void);

/**
 * The version of the library, such as "0.1.0".
 */
struct rdp_probe_str rdp_probe_version(void);

/**
 * What the library was built with: RDP_PROBE_FEATURE_ bits. Functions are all there in each build; those that miss what they
 * take give RDP_PROBE_UNSUPPORTED.
 */
uint32_t rdp_probe_features(void);

/**
 * The server's certificate, as DER. Empty if none was seen.
 */
struct rdp_probe_bytes rdp_probe_report_certificate(const struct rdp_probe_report *report);

/**
 * From when to when that certificate is valid, in seconds since 1970 UTC. Gives 1 and writes them, or 0 if none was seen that can be
 * read. Each place may be NULL.
 */
uint32_t rdp_probe_report_certificate_validity(const struct rdp_probe_report *report,
                                               int64_t *not_before,
                                               int64_t *not_after);

/**
 * Whose certificate it is, "CN=ts01.example". Empty if none was seen that can be read.
 */
struct rdp_probe_str rdp_probe_report_certificate_subject(const struct rdp_probe_report *report);

/**
 * Its thumbprint as Windows shows it: SHA-1, 20 bytes. Empty if none was seen that can be read.
 */
struct rdp_probe_bytes rdp_probe_report_certificate_sha1(const struct rdp_probe_report *report);

/**
 * The version of TLS that the server chose, as it travels: 0x0303 is TLS 1.2, 0x0304 TLS 1.3. 0 if it did not come to that.
 */
uint32_t rdp_probe_report_tls_version(const struct rdp_probe_report *report);

/**
 * The protocol that the server chose, as it travels: 0 is standard RDP security, 1 TLS, 2 CredSSP, 8 CredSSP with early user
 * authorization.
 */
uint32_t rdp_probe_connection_selected(const struct rdp_probe_connection *connection);

/**
 * The flags of the server's answer, as they travel.
 */
uint32_t rdp_probe_connection_flags(const struct rdp_probe_connection *connection);

/**
 * Whether what is read and written goes through TLS: 1, else 0.
 */
uint32_t rdp_probe_connection_is_tls(const struct rdp_probe_connection *connection);

/**
 * The SubjectPublicKey of the server's certificate, which CredSSP binds to. Empty without TLS. It belongs to the connection.
 */
struct rdp_probe_bytes rdp_probe_connection_public_key(const struct rdp_probe_connection *connection);

/**
 * The SubjectPublicKeyInfo of the server's certificate, as DER. Empty without TLS. It belongs to the connection.
 */
struct rdp_probe_bytes rdp_probe_connection_public_key_info(const struct rdp_probe_connection *connection);

/**
 * Reads what comes, at most so many bytes, and waits for the first of them; for others that read it waits as well. RDP_PROBE_OK and 0 read: the server has ended, or there
 * was no room. RDP_PROBE_TIMEOUT: nothing has come by then, and nothing is lost.
 */
rdp_probe_status rdp_probe_connection_read(const struct rdp_probe_connection *connection,
                                           uint8_t *buffer,
                                           size_t capacity,
                                           uint32_t timeout_ms,
                                           size_t *read);

/**
 * Writes all of these bytes. However it ends, the number of those that were taken is written, unless its place is NULL: behind
 * RDP_PROBE_TIMEOUT, call again with the rest until it is RDP_PROBE_OK, with no bytes too: what was taken may not have been sent yet.
 */
rdp_probe_status rdp_probe_connection_write(const struct rdp_probe_connection *connection,
                                            const uint8_t *bytes,
                                            size_t len,
                                            uint32_t timeout_ms,
                                            size_t *written);

/**
 * Says goodbye and closes the connection, from any thread. Calls under way with it end with RDP_PROBE_CLOSED, as do later ones.
 */
rdp_probe_status rdp_probe_connection_close(const struct rdp_probe_connection *connection);

/**
 * Closes a connection, unless it is closed already, and frees it. No other call may be under way with it.
 */
void rdp_probe_connection_free(struct rdp_probe_connection *connection);

/**
 * A user with a password. The domain may stand in the name (DOMAIN\\user or user@domain) or beside it, or be NULL. The
 * caller's copy of the password stays the caller's to wipe.
 */
rdp_probe_status rdp_probe_credentials_password(const char *user,
                                                const char *domain,
                                                const char *password,
                                                struct rdp_probe_credentials **out);

/**
 * A user with the NT hash of a password, 16 bytes. It can verify; to delegate, it takes restricted admin mode.
 */
rdp_probe_status rdp_probe_credentials_nt_hash(const char *user,
                                               const char *domain,
                                               const uint8_t *hash,
                                               struct rdp_probe_credentials **out);

/**
 * Wipes and frees credentials. What is under way with them keeps a copy of its own until it ends.
 */
void rdp_probe_credentials_free(struct rdp_probe_credentials *credentials);

/**
 * What the Windows client would show, as a prediction: the first number, the extended one (UINT32_MAX where it is not known), and how
 * sure that is (RDP_PROBE_LIKELY or RDP_PROBE_POSSIBLE). Gives 1 and writes them, or 0 where nothing is known. Each place may be NULL.
 */
uint32_t rdp_probe_report_windows(const struct rdp_probe_report *report,
                                  uint32_t *reason,
                                  uint32_t *extended,
                                  uint32_t *confidence);

/**
 * What became of the credentials: one of RDP_PROBE_NLA_.
 */
uint32_t rdp_probe_report_nla(const struct rdp_probe_report *report);

/**
 * How many causes fit. There is always one at least.
 */
size_t rdp_probe_report_causes(const struct rdp_probe_report *report);

/**
 * A cause, the most telling first, from 0: one of RDP_PROBE_CAUSE_. 0 behind the last.
 */
uint32_t rdp_probe_report_cause(const struct rdp_probe_report *report, size_t index);

/**
 * Its code, "closed-on-request", which never changes. Empty behind the last.
 */
struct rdp_probe_str rdp_probe_report_cause_code(const struct rdp_probe_report *report, size_t index);

/**
 * What has happened, in a sentence. Empty behind the last.
 */
struct rdp_probe_str rdp_probe_report_cause_headline(const struct rdp_probe_report *report, size_t index);

/**
 * How sure it is: RDP_PROBE_CERTAIN, RDP_PROBE_LIKELY or RDP_PROBE_POSSIBLE. 0 behind the last.
 */
uint32_t rdp_probe_report_cause_confidence(const struct rdp_probe_report *report, size_t index);

/**
 * What to do about it, best first: a line for each thing, with its command behind it. Empty behind the last.
 */
struct rdp_probe_str rdp_probe_report_cause_advice(const struct rdp_probe_report *report, size_t index);

/**
 * Explains "0x904", "0x904/0x7", "STATUS_LOGON_FAILURE", "1058", a cause, or a sentence of a dialog: as the command rdp-probe explain
 * does. No network is used.
 */
rdp_probe_status rdp_probe_explain(const char *query,
                                   struct rdp_probe_explanation **out);

/**
 * Whether anything is known of it: 1, else 0. The text says so, too, and what comes near.
 */
uint32_t rdp_probe_explanation_found(const struct rdp_probe_explanation *explanation);

/**
 * The explanation for people.
 */
struct rdp_probe_str rdp_probe_explanation_text(const struct rdp_probe_explanation *explanation);

/**
 * The explanation as one line of JSON.
 */
struct rdp_probe_str rdp_probe_explanation_json(const struct rdp_probe_explanation *explanation);

/**
 * Frees an explanation.
 */
void rdp_probe_explanation_free(struct rdp_probe_explanation *explanation);

/**
 * Cancels a job: what is under way ends, its connections are closed, and callbacks that are still to come tell RDP_PROBE_CANCELLED,
 * but for results that wait for theirs already. From any thread, inside callbacks too, and any number of times.
 */
rdp_probe_status rdp_probe_job_cancel(const struct rdp_probe_job *job);

/**
 * Waits until the last callback of a job has returned: RDP_PROBE_OK; RDP_PROBE_TIMEOUT if it has not by then; and
 * RDP_PROBE_IN_CALLBACK inside a callback of the same prober.
 */
rdp_probe_status rdp_probe_job_wait(const struct rdp_probe_job *job, uint32_t timeout_ms);

/**
 * How many callbacks of a job have returned.
 */
size_t rdp_probe_job_done(const struct rdp_probe_job *job);

/**
 * Frees a job. It goes on, and its callbacks still come.
 */
void rdp_probe_job_free(struct rdp_probe_job *job);

/**
 * Has the certificates kept that targets are known by: RDP_PROBE_TRUST_FIRST_USE needs it, and with any trust the report
 * compares. Both functions are called from threads of the library, 64 at once at most; they may block, and may call nothing
 * of the library. get that takes longer than a stage may take, or put that takes longer than all of the budget, counts as
 * unavailable. A prober that is made of these options uses the functions, and user, until it is freed: that waits for calls under
 * way. Only where it is freed inside one of its callbacks they may be used for some time behind that; let user live as long as the
 * process then.
 */
rdp_probe_status rdp_probe_options_known(struct rdp_probe_options *options,
                                         rdp_probe_known_get get,
                                         rdp_probe_known_put put,
                                         void *user);

/**
 * Tells this callback what the library does, up to this level, for the whole process; it takes the place of the one before, and NULL, or
 * RDP_PROBE_LOG_OFF, ends it. It is called from any thread, several at once, and may call nothing of the library. When this function
 * has returned, the callback before is not called any more. Credentials are never told.
 */
rdp_probe_status rdp_probe_log(uint32_t level,
                               rdp_probe_log_callback callback,
                               void *user);

/**
 * Which security package is spoken in Network Level Authentication: one of RDP_PROBE_PACKAGE_.
 */
rdp_probe_status rdp_probe_options_package(struct rdp_probe_options *options, uint32_t package);

/**
 * The host of the service's name (TERMSRV/host) that Kerberos asks a ticket for, in place of the target's.
 */
rdp_probe_status rdp_probe_options_service(struct rdp_probe_options *options, const char *host);

/**
 * The key distribution centre, "host:88", in place of the one that the realm's name leads to.
 */
rdp_probe_status rdp_probe_options_kdc(struct rdp_probe_options *options, const char *address);

/**
 * Lets rdp_probe_start() try the credentials that it is given at each of several targets. Where they share a directory of users,
 * these are as many attempts at one account, and a wrong password may lock it.
 */
rdp_probe_status rdp_probe_options_same_credentials_for_all(struct rdp_probe_options *options);

/**
 * Opens a connection as far as the goal says, to go on with it: any RDP client can. Blocks for as long as the budget allows. With
 * RDP_PROBE_OK there is a connection; with RDP_PROBE_NOT_REACHED there is none, and the report says why. The report is written in
 * both cases, unless its place is NULL. Goals that end in half a handshake (hello, challenge, verify) open nothing.
 */
rdp_probe_status rdp_probe_open(const struct rdp_probe_prober *prober,
                                const char *target,
                                const struct rdp_probe_credentials *credentials,
                                struct rdp_probe_connection **connection,
                                struct rdp_probe_report **report);

/**
 * Opens a connection as rdp_probe_open() does, to what an .rdp file says: see rdp_probe_run_rdp_file().
 */
rdp_probe_status rdp_probe_open_rdp_file(const struct rdp_probe_prober *prober,
                                         const uint8_t *file,
                                         size_t len,
                                         const struct rdp_probe_credentials *credentials,
                                         struct rdp_probe_connection **connection,
                                         struct rdp_probe_report **report);

/**
 * Opens a connection as rdp_probe_open() does, in the background. Returns at once; opened is called exactly once, on the callback
 * thread of the prober. The job is for waiting and cancelling, and may be NULL.
 */
rdp_probe_status rdp_probe_open_start(const struct rdp_probe_prober *prober,
                                      const char *target,
                                      const struct rdp_probe_credentials *credentials,
                                      rdp_probe_opened opened,
                                      void *user,
                                      struct rdp_probe_job **job);

/**
 * Options as they are unless told otherwise: as far as TLS, 5 s for a stage and 15 s in all, TLS and CredSSP offered, certificates
 * observed. NULL only after a panic.
 */
struct rdp_probe_options *rdp_probe_options_new(void);

/**
 * Frees options. Probers that were made of them stay as they are.
 */
void rdp_probe_options_free(struct rdp_probe_options *options);

/**
 * How far to go: one of RDP_PROBE_GOAL_.
 */
rdp_probe_status rdp_probe_options_goal(struct rdp_probe_options *options, uint32_t goal);

/**
 * How many threads probes in the background have, for each prober: one for each processor unless told otherwise. A thousand probes
 * under way need no more than one; several make them faster where the processors are what they wait for.
 */
rdp_probe_status rdp_probe_options_threads(struct rdp_probe_options *options,
                                           uint32_t count);

/**
 * What the Connection Request offers: RDP_PROBE_PROTOCOL_ bits. Bits without a constant are offered as they are.
 */
rdp_probe_status rdp_probe_options_offer(struct rdp_probe_options *options, uint32_t protocols);

/**
 * An offer that rdp_probe_open() makes if the server does not take the one before, each over a connection of its own. Called
 * again, it adds one. With credentials, the first offer alone is made.
 */
rdp_probe_status rdp_probe_options_other_offer(struct rdp_probe_options *options,
                                               uint32_t protocols);

/**
 * How long a stage, and the whole probe, may take, in milliseconds. Neither can be 0.
 */
rdp_probe_status rdp_probe_options_budget(struct rdp_probe_options *options, uint32_t stage_ms, uint32_t total_ms);

/**
 * Which addresses of a name are used, and in which order: one of RDP_PROBE_FAMILY_.
 */
rdp_probe_status rdp_probe_options_family(struct rdp_probe_options *options, uint32_t family);

/**
 * Connects from this address of this machine.
 */
rdp_probe_status rdp_probe_options_bind(struct rdp_probe_options *options, const char *address);

/**
 * Goes through a proxy: "socks5://[user:password@]host[:port]" or "http://…". The proxy looks the target's name up.
 */
rdp_probe_status rdp_probe_options_proxy(struct rdp_probe_options *options, const char *url);

/**
 * The name that TLS asks for, and that the certificate should carry, in place of the target's. NULL sends none.
 */
rdp_probe_status rdp_probe_options_server_name(struct rdp_probe_options *options, const char *name);

/**
 * What the ClientHello offers where the goal is RDP_PROBE_GOAL_HELLO: one of RDP_PROBE_RUNG_, padded to so many bytes (RFC 7685), or
 * not with 0.
 */
rdp_probe_status rdp_probe_options_client_hello(struct rdp_probe_options *options,
                                                uint32_t rung,
                                                uint32_t padded_to);

/**
 * Makes rdp_probe_run() and rdp_probe_start() examine each target: connections beside the first, at most so many in all, spaced
 * by so many milliseconds and within so many, tell apart what looks alike in one. 0 stands for the usual: 8, 200, 60000. No
 * credentials are sent then.
 */
rdp_probe_status rdp_probe_options_examine(struct rdp_probe_options *options,
                                           uint32_t connections,
                                           uint32_t spacing_ms,
                                           uint32_t total_ms);

/**
 * A prober. Options may be NULL: those that rdp_probe_options_new() gives.
 */
rdp_probe_status rdp_probe_prober_new(const struct rdp_probe_options *options, struct rdp_probe_prober **out);

/**
 * Frees a prober: cancels its jobs, and returns when the last callback has returned and its threads have ended; callbacks that want
 * to start something new are told RDP_PROBE_CANCELLED. Inside one of its callbacks it returns at once; the callbacks that are
 * still to come do so, and then the rest ends by itself. Connections that it has opened stay open, and keep its threads until they
 * are freed. No other thread may be in a call with the prober.
 */
void rdp_probe_prober_free(struct rdp_probe_prober *prober);

/**
 * Probes a target and gives the report, whatever it says: a dead host is an answer. Blocks for as long as the budget allows, on the
 * caller's thread; it cannot be cancelled, rdp_probe_start() can. Credentials are needed by RDP_PROBE_GOAL_VERIFY and
 * RDP_PROBE_GOAL_DELEGATE, and NULL otherwise.
 */
rdp_probe_status rdp_probe_run(const struct rdp_probe_prober *prober,
                               const char *target,
                               const struct rdp_probe_credentials *credentials,
                               struct rdp_probe_report **report);

/**
 * As rdp_probe_run(), for an .rdp file, which is what is in it, not its name: where to, what is offered, cookie or routing token. These
 * take the place of what the options say. What it says of server authentication is not asked for: rdp_probe_options_trust() is.
 */
rdp_probe_status rdp_probe_run_rdp_file(const struct rdp_probe_prober *prober,
                                        const uint8_t *file,
                                        size_t len,
                                        const struct rdp_probe_credentials *credentials,
                                        struct rdp_probe_report **report);

/**
 * Probes any number of targets, at most so many at once (64 for 0), and gives each report to done as it comes. Returns at once.
 * The job is for waiting and cancelling; job may be NULL. Targets are copied.
 *
 * done is called exactly once for each target, on the callback thread of the prober: with RDP_PROBE_OK and the report, which is
 * the callee's to free; or with NULL and RDP_PROBE_CANCELLED, RDP_PROBE_INVALID_TARGET, RDP_PROBE_INVALID_ARGUMENT (a target that
 * is NULL or not UTF-8) or RDP_PROBE_PANIC, of which rdp_probe_last_error() tells more then. As long as it does not return, the
 * prober has no other callbacks, and begins at last no further probes.
 *
 * Credentials go to one target, unless rdp_probe_options_same_credentials_for_all() says otherwise.
 */
rdp_probe_status rdp_probe_start(const struct rdp_probe_prober *prober,
                                 const char *const *targets,
                                 size_t count,
                                 size_t at_once,
                                 const struct rdp_probe_credentials *credentials,
                                 rdp_probe_done done,
                                 void *user,
                                 struct rdp_probe_job **job);

/**
 * Probes what an .rdp file says, as rdp_probe_run_rdp_file() does, in the background, as rdp_probe_start() does for one target.
 */
rdp_probe_status rdp_probe_start_rdp_file(const struct rdp_probe_prober *prober,
                                          const uint8_t *file,
                                          size_t len,
                                          const struct rdp_probe_credentials *credentials,
                                          rdp_probe_done done,
                                          void *user,
                                          struct rdp_probe_job **job);

/**
 * Whether the goal was reached and the trust that was asked for holds: 1, else 0.
 */
uint32_t rdp_probe_report_ok(const struct rdp_probe_report *report);

/**
 * What was probed, "host:port".
 */
struct rdp_probe_str rdp_probe_report_target(const struct rdp_probe_report *report);

/**
 * The stage at which the connection ended: one of RDP_PROBE_STAGE_.
 */
uint32_t rdp_probe_report_stage(const struct rdp_probe_report *report);

/**
 * How it ended: one of RDP_PROBE_END_.
 */
uint32_t rdp_probe_report_end(const struct rdp_probe_report *report);

/**
 * The number that came with the end: an alert, a failure code, an NTSTATUS, the operating system's. Gives 1 and writes it, or 0.
 */
uint32_t rdp_probe_report_end_code(const struct rdp_probe_report *report,
                                   int64_t *code);

/**
 * The name of that number, or of the detail of the end: "handshake_failure", "connection-refused". Empty if it has none.
 */
struct rdp_probe_str rdp_probe_report_end_symbol(const struct rdp_probe_report *report);

/**
 * How long a stage took, in microseconds; 0 if it was not reached.
 */
uint64_t rdp_probe_report_stage_us(const struct rdp_probe_report *report, uint32_t stage);

/**
 * How long all of it took, in microseconds.
 */
uint64_t rdp_probe_report_total_us(const struct rdp_probe_report *report);

/**
 * The protocol that the server chose, as it travels. Gives 1 and writes it, or 0 if it chose none.
 */
uint32_t rdp_probe_report_selected(const struct rdp_probe_report *report, uint32_t *protocol);

/**
 * All of the report as one line of JSON: evidence, causes, remedies, prediction (schema 1). Members are added, never changed.
 */
struct rdp_probe_str rdp_probe_report_json(const struct rdp_probe_report *report);

/**
 * The report for people, as the command rdp-probe prints it.
 */
struct rdp_probe_str rdp_probe_report_text(const struct rdp_probe_report *report);

/**
 * The report as Markdown, for tickets and wikis.
 */
struct rdp_probe_str rdp_probe_report_markdown(const struct rdp_probe_report *report);

/**
 * Its connections as text that rdp_probe_report_replay() reads again. It holds names, addresses and certificates, and no secrets.
 */
struct rdp_probe_str rdp_probe_report_transcript(const struct rdp_probe_report *report);

/**
 * The same report without the names and addresses in it, to be shown to strangers.
 */
rdp_probe_status rdp_probe_report_redacted(const struct rdp_probe_report *report, struct rdp_probe_report **out);

/**
 * The report of a stored transcript, of one connection or of all of one target: they are played again, and the diagnosis is made
 * anew.
 */
rdp_probe_status rdp_probe_report_replay(const uint8_t *transcript,
                                         size_t len,
                                         struct rdp_probe_report **out);

/**
 * Frees a report, and with it the text that was asked of it. From any thread, inside callbacks too.
 */
void rdp_probe_report_free(struct rdp_probe_report *report);

/**
 * The cookie mstshash, which names the user: load balancers send a user back to the same host by it. It takes the place of a
 * routing token.
 */
rdp_probe_status rdp_probe_options_cookie(struct rdp_probe_options *options,
                                          const char *name);

/**
 * A routing token, as a broker gave it, without CR LF. It takes the place of a cookie.
 */
rdp_probe_status rdp_probe_options_routing_token(struct rdp_probe_options *options, const char *token);

/**
 * Asks as clients did before there was anything to negotiate: nothing is offered, and there is no place for restricted admin,
 * redirected authentication and correlation id, which stay away.
 */
rdp_probe_status rdp_probe_options_without_negotiation(struct rdp_probe_options *options);

/**
 * Asks for restricted admin mode.
 */
rdp_probe_status rdp_probe_options_restricted_admin(struct rdp_probe_options *options);

/**
 * Asks for redirected authentication (Remote Credential Guard).
 */
rdp_probe_status rdp_probe_options_redirected_authentication(struct rdp_probe_options *options);

/**
 * A correlation id of 16 bytes, by which a connection is followed through gateway, broker and host. It begins with neither 0x00
 * nor 0xF4 and contains no 0x0D.
 */
rdp_probe_status rdp_probe_options_correlation_id(struct rdp_probe_options *options,
                                                  const uint8_t *id);

/**
 * The number in a pre-connection PDU.
 */
rdp_probe_status rdp_probe_options_preconnection_id(struct rdp_probe_options *options, uint32_t id);

/**
 * The text in a pre-connection PDU: the id of a virtual machine at a Hyper-V host (port 2179).
 */
rdp_probe_status rdp_probe_options_preconnection_blob(struct rdp_probe_options *options, const char *blob);

/**
 * What went wrong in the last call of this thread that failed, in words. Empty if none has. It is good until another call of
 * this thread fails.
 */
struct rdp_probe_str rdp_probe_last_error(void);

/**
 * The operating system's number of that error, 0 if it has none.
 */
int64_t rdp_probe_last_error_code(void);

/**
 * What a status means, in a few words.
 */
struct rdp_probe_str rdp_probe_status_text(rdp_probe_status status);

/**
 * What a bad certificate means: one of RDP_PROBE_TRUST_.
 */
rdp_probe_status rdp_probe_options_trust(struct rdp_probe_options *options, uint32_t trust);

/**
 * The roots that chains are checked against, in PEM. They take the place of those given before.
 */
rdp_probe_status rdp_probe_options_roots_pem(struct rdp_probe_options *options, const uint8_t *pem, size_t len);

/**
 * Checks chains against the roots that the operating system trusts. They take the place of those given before.
 */
rdp_probe_status rdp_probe_options_roots_system(struct rdp_probe_options *options);

/**
 * The thumbprint that the server's certificate is expected to have, whatever the trust: hexadecimal digits of SHA-1 or SHA-256, with
 * or without colons and blanks, or "key:" and SHA-256 of its SubjectPublicKeyInfo. Called again, it adds one.
 */
rdp_probe_status rdp_probe_options_expect(struct rdp_probe_options *options,
                                          const char *thumbprint);

/**
 * Judges certificates as of this moment, in seconds since 1970 UTC, in place of now.
 */
rdp_probe_status rdp_probe_options_fixed_clock(struct rdp_probe_options *options, int64_t seconds);

/**
 * Gives credentials to whoever answers, though no check of its certificate is demanded.
 */
rdp_probe_status rdp_probe_options_dangerous_any_certificate(struct rdp_probe_options *options);

/**
 * Gives credentials to a server without the update for CVE-2018-0886.
 */
rdp_probe_status rdp_probe_options_dangerous_old_credssp(struct rdp_probe_options *options);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* RDP_PROBE_H */
