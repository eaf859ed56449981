//! Sources that many rows name.

/// The reference page of the disconnect reasons.
pub(crate) const ON_DISCONNECTED: &str =
    "https://learn.microsoft.com/en-us/windows/win32/termserv/imstscaxevents-ondisconnected";
/// The reference page of the extended reasons.
pub(super) const EXTENDED_REASONS: &str =
    "https://learn.microsoft.com/en-us/windows/win32/termserv/extendeddisconnectreasoncode";
/// A table written from the client's own texts; it survives in copies.
pub(crate) const CLIENT_TEXTS: &str =
    "TechNet Wiki 37870, kept in GitHub Xpra-org/xpra: xpra/platform/win32/desktoplogon_lib.py";
/// The control's type library.
pub(super) const TYPE_LIBRARY: &str = "GitHub awakecoding/MsRdpEx: com/mstscax.h";
/// Set Error Info.
pub(super) const SET_ERROR_INFO: &str = "[MS-RDPBCGR] 2.2.5.1.1";
/// The negotiation request.
pub(super) const NEG_REQ: &str = "[MS-RDPBCGR] 2.2.1.1.1";
/// The negotiation response.
pub(super) const NEG_RSP: &str = "[MS-RDPBCGR] 2.2.1.2.1";
/// The negotiation failure.
pub(super) const NEG_FAILURE: &str = "[MS-RDPBCGR] 2.2.1.2.2";
/// What a server does with a request.
pub(super) const NEG_PROCESSING: &str = "[MS-RDPBCGR] 3.3.5.3.2";
/// TSRequest.
pub(super) const TS_REQUEST: &str = "[MS-CSSP] 2.2.1";
/// NTSTATUS values.
pub(super) const NTSTATUS: &str = "[MS-ERREF] 2.3";
/// The Early User Authorization Result.
pub(super) const EARLY_AUTH: &str = "[MS-RDPBCGR] 2.2.10.2";
/// The RDSTLS result.
pub(super) const RDSTLS: &str = "[MS-RDPBCGR] 2.2.17.4";
/// FreeRDP's names of errors.
pub(super) const FREERDP_ERRORS: &str = "GitHub FreeRDP/FreeRDP: include/freerdp/error.h";
/// FreeRDP's negotiation.
pub(super) const FREERDP_NEGO: &str = "GitHub FreeRDP/FreeRDP: libfreerdp/core/nego.c";
/// FreeRDP's RDSTLS.
pub(super) const FREERDP_RDSTLS: &str = "GitHub FreeRDP/FreeRDP: libfreerdp/core/rdstls.c";
/// WinPR's names of NTSTATUS values.
pub(super) const WINPR_NT: &str = "GitHub FreeRDP/FreeRDP: winpr/include/winpr/nt.h";
/// IronRDP's names of errors.
pub(super) const IRONRDP_ERRORS: &str = "GitHub Devolutions/IronRDP: server_error_info.rs";
/// The reference page of SSPI status codes.
pub(super) const SSPI_STATUS: &str = "https://learn.microsoft.com/en-us/windows/win32/secauthn/sspi-status-codes";
/// The errors of Kerberos.
pub(super) const KRB_ERROR: &str = "RFC 4120 7.5.9";
/// The reference page of Schannel and TLS alerts.
pub(super) const SCHANNEL_ALERTS: &str =
    "https://learn.microsoft.com/en-us/windows/win32/secauthn/schannel-error-codes-for-tls-and-ssl-alerts";
