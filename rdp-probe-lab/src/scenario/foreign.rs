//! Servers of other protocols.

use rdp_probe::diagnose::Cause;

use super::{Scenario, row};
use crate::behaviour::Behaviour;
use crate::foreign::{self, Service};

const fn other(name: &'static str, service: Service, about: &'static str) -> Scenario {
    row(name, Cause::OtherProtocol, Behaviour::Foreign(service), about)
}

pub(super) const FOREIGN: &[Scenario] = &[
    other("http", foreign::HTTP, "a web server"),
    other("http2", foreign::HTTP2, "a server that speaks HTTP/2 at once"),
    other("ssh", foreign::SSH, "an SSH server"),
    row(
        "begins-tls",
        Cause::OtherProtocol,
        Behaviour::BeginsTls,
        "begins TLS by itself, as a relay does that leads to a client",
    ),
    other("tls-without-x224", foreign::TLS_ALERT, "a TLS server that knows no X.224, and refuses it with an alert"),
    other("vnc", foreign::VNC, "a VNC server"),
    other("smb", foreign::SMB, "the NetBIOS session service of a file server"),
    other("ftp", foreign::FTP, "an FTP server"),
    other("smtp", foreign::SMTP, "a mail server, SMTP"),
    other("imap", foreign::IMAP, "a mail server, IMAP"),
    other("pop3", foreign::POP3, "a mail server, POP3"),
    other("nntp", foreign::NNTP, "a news server, which greets as FTP and SMTP do"),
    other("mysql", foreign::MYSQL, "a MySQL server"),
    other("socks", foreign::SOCKS, "a SOCKS proxy"),
    other("citrix-ica", foreign::CITRIX_ICA, "a Citrix server, ICA"),
    other("modbus", foreign::MODBUS, "a Modbus device"),
    other("s7", foreign::S7, "an industrial controller, S7 over COTP"),
    other("rtmp", foreign::RTMP, "a media server, RTMP"),
    other("h323", foreign::H323, "a video telephone, H.323"),
];
