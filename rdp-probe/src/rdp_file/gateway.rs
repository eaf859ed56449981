//! The RD Gateway of an `.rdp` file.

use super::error::RdpFileError;
use super::parse::Settings;
use crate::target::Target;

/// The port of HTTPS, where an RD Gateway listens.
const HTTPS: u16 = 443;

/// An RD Gateway, and when the Windows client goes through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    target: Target,
    usage: GatewayUse,
    explicit: bool,
}

/// When a gateway is used: `gatewayusagemethod` (`IMsRdpClientTransportSettings::GatewayUsageMethod`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GatewayUse {
    /// 0 and 4, and where the file has no such line: never. The two differ in a check box of the client's dialog. A name
    /// that is none is no error then, and the file has no gateway.
    Never,
    /// 1: always.
    Always,
    /// 2: if a direct connection cannot be made.
    IfNeeded,
    /// 3: as the default settings of the client's machine say, group policy among them.
    Default,
}

impl Gateway {
    /// Where it is: `gatewayhostname`, on port 443 where it names no other.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// When it is used.
    #[must_use]
    pub const fn usage(&self) -> GatewayUse {
        self.usage
    }

    /// Whether the file insists on it: `gatewayprofileusagemethod:i:1`. Without that line, or with 0, the client uses the
    /// gateway that its administrator set, where one is set.
    #[must_use]
    pub const fn is_explicit(&self) -> bool {
        self.explicit
    }

    pub(super) fn of(settings: &Settings) -> Result<Option<Self>, RdpFileError> {
        let Some(host) = settings.text("gatewayhostname") else { return Ok(None) };
        let usage = match settings.number("gatewayusagemethod") {
            Some(1) => GatewayUse::Always,
            Some(2) => GatewayUse::IfNeeded,
            Some(3) => GatewayUse::Default,
            _ => GatewayUse::Never,
        };
        let explicit = settings.number("gatewayprofileusagemethod").is_some_and(|number| number != 0);
        match host.target(HTTPS) {
            Ok(target) => Ok(Some(Self { target, usage, explicit })),
            Err(_) if usage == GatewayUse::Never => Ok(None),
            Err(error) => Err(error),
        }
    }
}
