//! Servers of other protocols, as an RDP client meets them on a port that is not the one it wants.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::player::Ending;
use crate::watch::{Seen, Teller};

/// What a server of another protocol says to a client that speaks RDP.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Service {
    /// What it sends before it has read anything.
    greeting: &'static [u8],
    /// What it sends when it has read what the client begins with.
    answer: &'static [u8],
    /// How it ends then. Most wait for the end of a line, which a Connection Request does not have.
    ending: Ending,
}

impl Service {
    /// One that greets, and then waits.
    const fn greets(greeting: &'static [u8]) -> Self {
        Self { greeting, answer: &[], ending: Ending::Silence }
    }

    /// One that answers, and then closes.
    const fn answers(answer: &'static [u8]) -> Self {
        Self { greeting: &[], answer, ending: Ending::Fin }
    }

    /// Serves one connection, and says how its stream is to end.
    pub(crate) async fn serve<S>(self, stream: &mut S, teller: &Teller) -> io::Result<Ending>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        if !self.greeting.is_empty() {
            stream.write_all(self.greeting).await?;
            stream.flush().await?;
            teller.tell(|| Seen::Greeted(Bytes::from_static(self.greeting)));
        }
        let mut first = [0; 1024];
        let count = stream.read(&mut first).await?;
        if count > 0 && !self.answer.is_empty() {
            stream.write_all(self.answer).await?;
            stream.flush().await?;
            teller.tell(|| Seen::Answered(Bytes::from_static(self.answer)));
        }
        Ok(self.ending)
    }
}

/// A web server (RFC 9112): a request that it cannot read.
pub(crate) const HTTP: Service =
    Service::answers(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n");

/// A server that speaks HTTP/2 at once (RFC 9113): its SETTINGS, then GOAWAY with `PROTOCOL_ERROR`.
pub(crate) const HTTP2: Service = Service {
    greeting: &[0, 0, 12, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100, 0, 4, 0, 0, 0xFF, 0xFF],
    answer: &[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ending: Ending::Fin,
};

/// OpenSSH (RFC 4253 section 4.2).
pub(crate) const SSH: Service = Service::greets(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n");

/// A TLS server with OpenSSL: alert `protocol_version`, as the bytes of a Connection Request seem to name one.
pub(crate) const TLS_ALERT: Service = Service::answers(&[0x15, 3, 1, 0, 2, 2, 70]);

/// A VNC server: the version of its protocol (RFC 6143 section 7.1.1). It closes when the client names none.
pub(crate) const VNC: Service = Service { ending: Ending::Fin, ..Service::greets(b"RFB 003.008\n") };

/// The `NetBIOS` session service of a file server: a negative response, unspecified error (RFC 1002 section 4.3.4).
pub(crate) const SMB: Service = Service::answers(&[0x83, 0, 0, 1, 0x8F]);

/// vsftpd (RFC 959 section 4.2).
pub(crate) const FTP: Service = Service::greets(b"220 (vsFTPd 3.0.3)\r\n");

/// Postfix (RFC 5321 section 4.2).
pub(crate) const SMTP: Service = Service::greets(b"220 lab.rdp-probe.test ESMTP Postfix (Debian/GNU)\r\n");

/// A news server (RFC 3977 section 5.1), whose greeting is like that of FTP and SMTP.
pub(crate) const NNTP: Service =
    Service::greets(b"200 lab.rdp-probe.test InterNetNews NNRP server ready (posting ok)\r\n");

/// Dovecot, IMAP (RFC 9051 section 7.1).
pub(crate) const IMAP: Service =
    Service::greets(b"* OK [CAPABILITY IMAP4rev1 SASL-IR ID ENABLE IDLE STARTTLS LOGINDISABLED] Dovecot ready.\r\n");

/// Dovecot, POP3 (RFC 1939 section 4).
pub(crate) const POP3: Service = Service::greets(b"+OK Dovecot ready.\r\n");

/// `MySQL`: protocol 10, version, thread, 20 bytes to scramble with, capabilities, and the plugin for signing in.
pub(crate) const MYSQL: Service = Service {
    ending: Ending::Fin,
    ..Service::greets(
        b"\x4a\0\0\0\x0a8.0.36\0\x2a\0\0\0lab.rdp-\0\xff\xff\xff\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0probe.testin\0\
          caching_sha2_password\0",
    )
};

/// A SOCKS proxy (RFC 1928 section 3): no method is acceptable.
pub(crate) const SOCKS: Service = Service::answers(&[5, 0xFF]);

/// Citrix ICA: it says its name until it is answered.
pub(crate) const CITRIX_ICA: Service = Service::greets(b"\x7f\x7fICA\0\x7f\x7fICA\0\x7f\x7fICA\0");

/// A Modbus device (MODBUS over TCP/IP): it takes the first two bytes for a transaction, and answers with an exception,
/// illegal function.
pub(crate) const MODBUS: Service =
    Service { ending: Ending::Silence, ..Service::answers(&[3, 0, 0, 0, 0, 3, 0, 0x80, 1]) };

/// An S7 controller: a Connection Confirm with TPDU size and transport selectors (RFC 1006, ISO 8073 section 13.3.4).
pub(crate) const S7: Service = Service {
    ending: Ending::Silence,
    ..Service::answers(&[3, 0, 0, 22, 17, 0xD0, 0, 0, 0, 12, 0, 0xC0, 1, 10, 0xC1, 2, 1, 0, 0xC2, 2, 1, 2])
};

/// A media server: S0 and S1 of RTMP, to which the version in a TPKT looks like C0.
pub(crate) const RTMP: Service = Service { ending: Ending::Silence, ..Service::answers(&RTMP_HANDSHAKE) };

/// Version 3, a time in milliseconds, four zeros, and 1528 bytes of any value.
const RTMP_HANDSHAKE: [u8; 1537] = {
    let mut bytes = [0x5A; 1537];
    let beginning = [3, 0, 0x0F, 0x42, 0x40, 0, 0, 0, 0];
    let mut index = 0;
    while index < beginning.len() {
        bytes[index] = beginning[index];
        index += 1;
    }
    bytes
};

/// H.323 call signalling (ITU-T H.225.0): Release Complete, cause 96, a mandatory information element is missing.
pub(crate) const H323: Service = Service::answers(&[3, 0, 0, 13, 8, 2, 0x80, 0, 0x5A, 8, 2, 0x80, 0xE0]);
