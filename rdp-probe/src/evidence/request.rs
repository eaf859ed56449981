//! What the X.224 Connection Request carries beside the protocols that it offers, and what goes before it.

/// The form of the Connection Request ([MS-RDPBCGR] 2.2.1.1).
///
/// The default is what the Windows client sends to a host that it knows nothing of: negotiation data, and nothing else.
/// Every other part is for servers that need it, and tells something of the client:
///
/// | part | for whom | what servers make of it that do not know it |
/// |---|---|---|
/// | cookie | load balancers that send a user back to the same host | they step over it |
/// | routing token | a farm's broker, which has given it (`loadbalanceinfo` in an `.rdp` file) | most step over it; FreeRDP 2 takes only tokens that begin with `Cookie:`, and closes on others |
/// | no negotiation data | servers older than negotiation, which came with TLS in Windows Server 2003 SP1 | they answer without negotiation data, and standard RDP security follows; of those that insist on more, some refuse (FreeRDP), some confirm all the same (xrdp) |
/// | restricted admin | Windows 8.1 and Server 2012 R2 or newer, and older ones with an update, after NLA | the flag is passed over, and is missing from the flags of the answer |
/// | redirected authentication | Windows 10 1607 and Server 2016 or newer (Remote Credential Guard) | the same |
/// | correlation id | whoever follows a connection through gateway, broker and host logs | it stands behind the negotiation data; the older the server, the less can be promised |
/// | pre-connection PDU | Hyper-V hosts (port 2179, see [`Request::with_preconnection_blob`]) and other servers with several sources on one port | they take it for a broken request: most close, or say nothing |
///
/// ```
/// use rdp_probe::Request;
///
/// let request = Request::default().with_cookie("alice")?.with_correlation_id([7; 16])?;
/// assert_eq!(request.cookie(), Some("alice"));
/// assert!(Request::default().with_routing_token("two\r\nlines").is_err());
/// # Ok::<(), rdp_probe::RequestError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Request {
    line: Option<Line>,
    bare: bool,
    restricted_admin: bool,
    redirected_authentication: bool,
    correlation_id: Option<[u8; 16]>,
    preconnection: Option<Preconnection>,
}

/// The line before the negotiation data: there is room for one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Line {
    Cookie(Box<str>),
    Token(Box<str>),
}

/// The pre-connection PDU ([MS-RDPEPS] 2.2.1): which of the sources behind one port is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Preconnection {
    id: u32,
    blob: Option<Box<str>>,
}

/// A part of a [`Request`] cannot travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// A cookie or token is empty, or has characters other than printable ASCII.
    #[error("a cookie or routing token is printable ASCII, one character at least")]
    Characters,
    /// A cookie or token does not fit into the TPDU.
    #[error("a cookie or routing token has room for {room} characters here, and this one has {length}")]
    TooLong {
        /// Its length, with what goes before it.
        length: usize,
        /// The room.
        room: usize,
    },
    /// The correlation id begins with 0x00 or 0xF4, or contains 0x0D.
    #[error("a correlation id begins with neither 00 nor f4 and contains no 0d")]
    CorrelationId,
    /// A pre-connection blob has control characters, or more than 4096 UTF-16 units.
    #[error("a pre-connection blob has at most 4096 characters, none of them a control character")]
    Blob,
}

/// What goes before the name in a cookie.
const COOKIE: &str = "Cookie: mstshash=";

/// What fits into the variable part of a TPDU, whose length indicator ends at 254.
const VARIABLE_PART: usize = 248;

/// Sizes of `RDP_NEG_REQ` and `RDP_NEG_CORRELATION_INFO` ([MS-RDPBCGR] 2.2.1.1.1 and 2.2.1.1.2), and of CR LF.
const NEGOTIATION: usize = 8;
const CORRELATION: usize = 36;
const LINE_END: usize = 2;

/// The longest pre-connection blob, in UTF-16 units.
const BLOB: usize = 4_096;

impl Request {
    /// With the cookie `mstshash`, which names the user. The Windows client sends it with the user's name if it knows one.
    ///
    /// # Errors
    /// If it is not printable ASCII, or too long. It takes the place of a routing token.
    pub fn with_cookie(mut self, name: &str) -> Result<Self, RequestError> {
        self.line = Some(Line::Cookie(printable(name)?));
        self.fitting()
    }

    /// With a routing token, as the broker gave it, without CR LF behind: `Cookie: msts=3640205228.15629.0000`, or opaque:
    /// `tsv://MS Terminal Services Plugin.1.Sessions`.
    ///
    /// # Errors
    /// If it is not printable ASCII, or too long. It takes the place of a cookie.
    pub fn with_routing_token(mut self, token: &str) -> Result<Self, RequestError> {
        self.line = Some(Line::Token(printable(token)?));
        self.fitting()
    }

    /// Without negotiation data: as clients asked before there was anything to negotiate. Nothing is offered then, and there
    /// is no place for flags and correlation id: they stay away.
    #[must_use]
    pub fn without_negotiation(self) -> Self {
        Self { bare: true, ..self }
    }

    /// Asks for restricted admin mode: the session then works with the credentials of the host, not with the user's.
    #[must_use]
    pub fn with_restricted_admin(self) -> Self {
        Self { restricted_admin: true, ..self }
    }

    /// Asks for redirected authentication (Remote Credential Guard): credentials stay with the client.
    #[must_use]
    pub fn with_redirected_authentication(self) -> Self {
        Self { redirected_authentication: true, ..self }
    }

    /// With an id that logs of the way can be searched for ([MS-RDPBCGR] 2.2.1.1.2).
    ///
    /// # Errors
    /// If it begins with 0x00 or 0xF4, or contains 0x0D; or if cookie or token leave no room for it.
    pub fn with_correlation_id(mut self, id: [u8; 16]) -> Result<Self, RequestError> {
        if matches!(id, [0 | 0xF4, ..]) || id.contains(&0x0D) {
            return Err(RequestError::CorrelationId);
        }
        self.correlation_id = Some(id);
        self.fitting()
    }

    /// With a pre-connection PDU of version 1 before the request, or with another id in that of version 2.
    #[must_use]
    pub fn with_preconnection_id(mut self, id: u32) -> Self {
        self.preconnection.get_or_insert_default().id = id;
        self
    }

    /// With a pre-connection PDU of version 2 before the request. Hyper-V wants the id of the virtual machine, and behind it
    /// `;EnhancedMode=1` for an enhanced session. Its clients begin TLS right behind the PDU; what port 2179 makes of a request
    /// that negotiates was not tried.
    ///
    /// The blob stands in reports and transcripts as it is: it is no place for a ticket.
    ///
    /// # Errors
    /// If it has control characters, or more than 4096 UTF-16 units.
    pub fn with_preconnection_blob(mut self, blob: &str) -> Result<Self, RequestError> {
        if blob.chars().any(char::is_control) || blob.encode_utf16().count() > BLOB {
            return Err(RequestError::Blob);
        }
        self.preconnection.get_or_insert_default().blob = Some(blob.into());
        Ok(self)
    }

    /// The name in the cookie.
    #[must_use]
    pub fn cookie(&self) -> Option<&str> {
        match &self.line {
            Some(Line::Cookie(name)) => Some(name),
            _ => None,
        }
    }

    /// The routing token.
    #[must_use]
    pub fn routing_token(&self) -> Option<&str> {
        match &self.line {
            Some(Line::Token(token)) => Some(token),
            _ => None,
        }
    }

    /// Whether there is negotiation data, and with it an offer.
    #[must_use]
    pub const fn negotiates(&self) -> bool {
        !self.bare
    }

    /// Whether restricted admin mode is asked for.
    #[must_use]
    pub const fn restricted_admin(&self) -> bool {
        self.restricted_admin
    }

    /// Whether redirected authentication is asked for.
    #[must_use]
    pub const fn redirected_authentication(&self) -> bool {
        self.redirected_authentication
    }

    /// The correlation id.
    #[must_use]
    pub const fn correlation_id(&self) -> Option<[u8; 16]> {
        self.correlation_id
    }

    /// The id in the pre-connection PDU, if there is one.
    #[must_use]
    pub fn preconnection_id(&self) -> Option<u32> {
        self.preconnection.as_ref().map(|preconnection| preconnection.id)
    }

    /// The pre-connection blob.
    #[must_use]
    pub fn preconnection_blob(&self) -> Option<&str> {
        self.preconnection.as_ref()?.blob.as_deref()
    }

    /// The line before the negotiation data as it travels, without CR LF.
    pub(crate) fn line(&self) -> Option<String> {
        match self.line.as_ref()? {
            Line::Cookie(name) => Some(format!("{COOKIE}{name}")),
            Line::Token(token) => Some(token.to_string()),
        }
    }

    /// Itself, if everything fits.
    fn fitting(self) -> Result<Self, RequestError> {
        let correlation = if self.correlation_id.is_some() { CORRELATION } else { 0 };
        let room = VARIABLE_PART - LINE_END - NEGOTIATION - correlation;
        let length = self.line().map_or(0, |line| line.len());
        if length > room { Err(RequestError::TooLong { length, room }) } else { Ok(self) }
    }
}

fn printable(text: &str) -> Result<Box<str>, RequestError> {
    let printable = !text.is_empty() && text.bytes().all(|byte| (0x20..=0x7E).contains(&byte));
    if printable { Ok(text.into()) } else { Err(RequestError::Characters) }
}
