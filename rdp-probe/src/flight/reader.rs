//! Reads a first flight while it arrives: each byte once, however they are cut.

use super::message::{self, CERTIFICATE, SERVER_HELLO, SERVER_KEY_EXCHANGE};
use super::{ALERT, Alerts, HANDSHAKE, MAX_FLIGHT, alerts, holds_alerts, is_tls, read_header};
use crate::evidence::Hello;

/// Handshake types (RFC 5246 section 7.4, RFC 5077 section 3.3, RFC 6066 section 8, RFC 4680 section 4.2).
const HELLO_REQUEST: u8 = 0;
const NEW_SESSION_TICKET: u8 = 4;
const CERTIFICATE_REQUEST: u8 = 13;
const SERVER_HELLO_DONE: u8 = 14;
const CERTIFICATE_STATUS: u8 = 22;
const SUPPLEMENTAL_DATA: u8 = 23;

const RECORD_HEADER: usize = 5;
const MESSAGE_HEADER: usize = 4;

/// How far a flight is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Reading {
    /// It goes on.
    #[default]
    More,
    /// To its end in TLS up to 1.2: `ServerHelloDone`.
    Done,
    /// To a fatal alert.
    Alert(u8),
    /// To the orderly end of TLS, `close_notify`, which gives no reason.
    Goodbye,
    /// It does not begin as TLS does.
    NotTls,
    /// Behind this, nothing is to be read: it is encrypted, or not what the protocol says.
    Stopped,
}

/// The reader. It holds one record header and one message, and what it has read of them.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    reading: Reading,
    /// Whether a whole record header was seen: these are TLS records.
    begun: bool,
    /// The header of the record that is being read.
    header: Vec<u8>,
    content_type: u8,
    /// How much of its body is still to come.
    left: usize,
    /// The handshake message that is being read, with its header. Messages span records and share them.
    message: Vec<u8>,
    /// The alerts that are being read. They are one record.
    alert: Vec<u8>,
    hello: Option<Hello>,
}

impl Reader {
    /// What the server has said of itself so far.
    pub(crate) const fn hello(&self) -> Option<&Hello> {
        self.hello.as_ref()
    }

    /// The length of the message that is being read, where no flight that is kept holds it.
    pub(crate) fn overlong(&self) -> Option<usize> {
        Some(self.message_length()).filter(|length| *length > MAX_FLIGHT)
    }

    pub(crate) fn into_hello(self) -> Option<Hello> {
        self.hello
    }

    /// Reads on. What comes behind the end is not looked at.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) -> Reading {
        while let (Reading::More, [first, behind @ ..]) = (self.reading, bytes) {
            if self.left == 0 {
                self.begin_record(*first);
                bytes = behind;
            } else {
                let (body, rest) = bytes.split_at(self.left.min(bytes.len()));
                self.left = self.left.saturating_sub(body.len());
                self.read_body(body);
                bytes = rest;
            }
        }
        self.reading
    }

    fn begin_record(&mut self, byte: u8) {
        self.header.push(byte);
        if !is_tls(&self.header) {
            self.reading = if self.begun { Reading::Stopped } else { Reading::NotTls };
            return;
        }
        let Some(header) = self.header.first_chunk::<RECORD_HEADER>() else { return };
        let Some((content_type, length)) = read_header(*header) else { return };
        self.header.clear();
        self.begun = true;
        self.content_type = content_type;
        self.left = length;
        if !(content_type == HANDSHAKE || content_type == ALERT && holds_alerts(length)) {
            self.reading = Reading::Stopped;
        }
    }

    fn read_body(&mut self, body: &[u8]) {
        if self.content_type == HANDSHAKE {
            self.read_messages(body);
            return;
        }
        self.alert.extend_from_slice(body);
        if self.left > 0 {
            return;
        }
        match alerts(&self.alert) {
            Some(Alerts::Goodbye) => self.reading = Reading::Goodbye,
            Some(Alerts::Fatal(description)) => self.reading = Reading::Alert(description),
            _ => self.alert.clear(),
        }
    }

    fn read_messages(&mut self, mut body: &[u8]) {
        while self.reading == Reading::More && !body.is_empty() {
            let missing = self.message_length().saturating_sub(self.message.len());
            let (part, rest) = body.split_at(missing.min(body.len()));
            self.message.extend_from_slice(part);
            body = rest;
            if self.message.len() >= MESSAGE_HEADER && self.message.len() >= self.message_length() {
                let message = std::mem::take(&mut self.message);
                self.reading = self.read_message(&message);
                // Its room is used again.
                self.message = message;
                self.message.clear();
            }
        }
    }

    /// The length of the message that is being read, as far as it is known: at first, that of its header.
    fn message_length(&self) -> usize {
        match self.message.as_slice() {
            [_, high, middle, low, ..] => {
                let body = u32::from_be_bytes([0, *high, *middle, *low]);
                MESSAGE_HEADER.saturating_add(usize::try_from(body).unwrap_or(usize::MAX))
            }
            _ => MESSAGE_HEADER,
        }
    }

    /// A whole message is here.
    fn read_message(&mut self, message: &[u8]) -> Reading {
        let (Some(kind), body) = (message.first(), message.get(MESSAGE_HEADER..).unwrap_or_default()) else {
            return Reading::Stopped;
        };
        match (*kind, &mut self.hello) {
            (SERVER_HELLO, hello @ None) => *hello = message::read_hello(body),
            (CERTIFICATE, Some(hello)) if hello.chain.is_empty() => match message::read_certificates(body) {
                Some(chain) => hello.chain = chain,
                None => return Reading::Stopped,
            },
            (SERVER_KEY_EXCHANGE, Some(hello)) => {
                hello.key_exchange = message::read_key_exchange(hello.session.suite, body).or(hello.key_exchange);
            }
            (SERVER_HELLO_DONE, Some(_)) => return Reading::Done,
            (HELLO_REQUEST, None) => return Reading::More,
            (HELLO_REQUEST | CERTIFICATE_REQUEST | CERTIFICATE_STATUS | NEW_SESSION_TICKET | SUPPLEMENTAL_DATA, _) => {}
            _ => return Reading::Stopped,
        }
        // All but the first come behind a hello that can be read.
        if self.hello.is_some() { Reading::More } else { Reading::Stopped }
    }
}
