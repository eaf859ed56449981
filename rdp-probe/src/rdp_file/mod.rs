//! `.rdp` files: what in them decides how a connection opens.

mod apply;
mod decode;
mod error;
mod gateway;
mod parse;

use std::fmt;

pub use error::{RdpFileError, RdpFileFlaw};
pub use gateway::{Gateway, GatewayUse};
use parse::Settings;

use crate::protocol::Protocols;
use crate::target::{DEFAULT_PORT, Target};

/// What an `.rdp` file says about the opening of a connection, as far as it is known how the Windows client (`mstsc`)
/// reads it.
///
/// The settings are those of Microsoft's page "Supported RDP properties". What that page leaves open is said at each
/// accessor, with its source. Of two lines with one name the last that has a value counts, as in FreeRDP; what mstsc does
/// is not known.
///
/// Secrets are not kept: neither the password (`password 51`) nor the token of a gateway (`gatewayaccesstoken`). The
/// pre-connection blob can be one, and Debug does not show it.
///
/// ```
/// use rdp_probe::{GatewayUse, RdpFile};
///
/// let file = RdpFile::parse(
///     b"full address:s:ts01.example\r\nserver port:i:3390\r\ngatewayhostname:s:gw.example\r\ngatewayusagemethod:i:2\r\n",
/// )?;
/// assert_eq!(file.target().to_string(), "ts01.example:3390");
/// let gateway = file.gateway().unwrap();
/// assert_eq!((gateway.target().host(), gateway.usage()), ("gw.example", GatewayUse::IfNeeded));
///
/// let error = RdpFile::parse(b"full address:s:ts01\nserver port:i:many\n").unwrap_err();
/// assert_eq!(error.to_string(), "line 2 of the .rdp file: \"many\" is no number; write server port:i:<number>");
/// # Ok::<(), rdp_probe::RdpFileError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RdpFile {
    target: Target,
    gateway: Option<Gateway>,
    load_balance_info: Option<Box<str>>,
    user_name: Option<Box<str>>,
    domain: Option<Box<str>>,
    offer: Protocols,
    negotiates: bool,
    server_authentication: ServerAuthentication,
    preconnection_blob: Option<Hidden>,
    unread: usize,
    ignored: usize,
}

/// What a client does when it cannot authenticate the server: `authentication level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerAuthentication {
    /// 0: it connects without a warning.
    Connect,
    /// 1: it does not connect.
    Refuse,
    /// 2: it warns, and the user decides.
    Warn,
    /// 3, and where the file has no such line: no requirement is specified.
    Unspecified,
}

/// Text that Debug does not show.
#[derive(Clone, PartialEq, Eq)]
struct Hidden(Box<str>);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

impl RdpFile {
    /// Reads a file: UTF-16 as mstsc writes it, UTF-8, or Windows-1252 in any line that is neither.
    ///
    /// Lines end with LF, CR LF, or the file. What is no setting is passed over, as mstsc does, and so are settings that
    /// have nothing to do with the opening, signatures among them; both are counted.
    ///
    /// # Errors
    /// If no line names a computer, or a line that matters here cannot be read.
    pub fn parse(bytes: &[u8]) -> Result<Self, RdpFileError> {
        let settings = Settings::read(&decode::text(bytes))?;
        let owned = |name: &'static str| settings.text(name).map(|found| Box::from(found.value));
        let flag = |name, default| settings.number(name).map_or(default, |number| number != 0);
        let mut offer = if flag("enablecredsspsupport", true) { Protocols::default() } else { Protocols::SSL };
        if flag("enablerdsaadauth", false) {
            offer = offer.union(Protocols::RDSAAD);
        }
        Ok(Self {
            target: target(&settings)?,
            gateway: Gateway::of(&settings)?,
            load_balance_info: owned("loadbalanceinfo"),
            user_name: owned("username"),
            domain: owned("domain"),
            offer,
            negotiates: flag("negotiate security layer", true),
            server_authentication: match settings.number("authentication level") {
                Some(0) => ServerAuthentication::Connect,
                Some(1) => ServerAuthentication::Refuse,
                Some(2) => ServerAuthentication::Warn,
                _ => ServerAuthentication::Unspecified,
            },
            preconnection_blob: owned("pcb").map(Hidden),
            unread: settings.unread,
            ignored: settings.ignored,
        })
    }

    /// Where to: `alternate full address`, or else `full address`.
    ///
    /// That the alternate address wins in mstsc is a statement of FreeRDP's maintainers (`client/common/file.c`);
    /// Microsoft's page only says that it is another name of the computer.
    ///
    /// The port is the one behind the address, or else `server port`, or else 3389. That a port behind the address wins
    /// over `server port` is reported (the overview of `.rdp` settings of Remote Desktop Plus says so), not documented;
    /// FreeRDP itself does it the other way round.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// The RD Gateway that the file names: `gatewayhostname`.
    #[must_use]
    pub const fn gateway(&self) -> Option<&Gateway> {
        self.gateway.as_ref()
    }

    /// The routing token that goes into the X.224 Connection Request: `loadbalanceinfo`, without the CR LF that follows
    /// it on the wire ([MS-RDPBCGR] 2.2.1.1).
    ///
    /// That a token can come from a file is documented ([MS-RDPBCGR] 3.2.5.3.1); that mstsc adds the CR LF follows, as a
    /// line cannot hold them.
    #[must_use]
    pub fn load_balance_info(&self) -> Option<&str> {
        self.load_balance_info.as_deref()
    }

    /// The user: `username`, as it is written, which may be `DOMAIN\user` or `user@domain`.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        self.user_name.as_deref()
    }

    /// The user's domain: `domain`.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// What mstsc puts behind `Cookie: mstshash=` in the X.224 Connection Request: the first nine characters of the user
    /// name. `None` without a user name, and where a routing token takes the place of the cookie.
    ///
    /// The nine characters and the token are documented ([MS-RDPBCGR] 2.2.1.1 and 3.2.5.3.1, note on product behaviour).
    /// That a domain in front of the name counts among the nine is seen in captures (`mstshash=corp\jaso`). Not known:
    /// whether mstsc puts `domain` in front, how it writes letters beyond ASCII, and which name it uses where it has
    /// stored credentials for the computer.
    #[must_use]
    pub fn mstshash(&self) -> Option<&str> {
        let name = self.user_name().filter(|_| self.load_balance_info.is_none())?;
        let end = name.char_indices().nth(9).map_or(name.len(), |(at, _)| at);
        name.get(..end)
    }

    /// What mstsc offers in the Connection Request: `enablecredsspsupport` and `enablerdsaadauth`.
    ///
    /// By default TLS and `CredSSP`. With `enablecredsspsupport:i:0` TLS alone: documented is that `CredSSP` is not used,
    /// and TLS is what remains. With `enablerdsaadauth:i:1` Entra ID sign-in as well: documented as used if the computer
    /// supports it, which the offer has to ask; which other bits then go along is not known.
    #[must_use]
    pub const fn offer(&self) -> Protocols {
        self.offer
    }

    /// Whether mstsc negotiates the security layer at all: false with `negotiate security layer:i:0`, as in the files for
    /// Hyper-V's port 2179.
    ///
    /// Without negotiation the client begins with TLS and `CredSSP`, and sends the Connection Request through them
    /// ([MS-RDPBCGR] 5.4.2.2, the direct approach). Microsoft's pages on the property behind this line disagree: one says
    /// that NLA is then used without negotiation, another that the property is ignored where `CredSSP` is enabled.
    #[must_use]
    pub const fn negotiates(&self) -> bool {
        self.negotiates
    }

    /// What mstsc does when it cannot authenticate the server: `authentication level`.
    #[must_use]
    pub const fn server_authentication(&self) -> ServerAuthentication {
        self.server_authentication
    }

    /// What mstsc sends before everything else, in a pre-connection PDU ([MS-RDPEPS] 2.2.1.2): `pcb`, such as the
    /// identifier of a virtual machine. Some gateways take a token here: treat it as a secret.
    #[must_use]
    pub fn preconnection_blob(&self) -> Option<&str> {
        self.preconnection_blob.as_ref().map(|hidden| &*hidden.0)
    }

    /// How many settings have nothing to do with the opening of a connection, or are not known, and were not read.
    #[must_use]
    pub const fn unread_settings(&self) -> usize {
        self.unread
    }

    /// How many lines are no setting. Empty ones do not count.
    #[must_use]
    pub const fn ignored_lines(&self) -> usize {
        self.ignored
    }
}

fn target(settings: &Settings) -> Result<Target, RdpFileError> {
    let address = settings.text("alternate full address").or_else(|| settings.text("full address"));
    let address = address.ok_or_else(RdpFileError::no_address)?;
    let port = settings.number("server port").and_then(|port| u16::try_from(port).ok());
    address.target(port.unwrap_or(DEFAULT_PORT))
}
