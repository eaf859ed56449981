//! What `rdp-probe check` and `rdp-probe examine` ask of each connection.
#![allow(clippy::doc_markdown, reason = "these comments are the help text")]

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};
use rdp_probe::{Family, Goal, Rung, ServerName, Thumbprint};

use super::values::{self, Offer};

/// What is asked of each connection.
#[derive(Debug, Args)]
pub(crate) struct Probing {
    /// How far to go
    #[arg(long, value_enum, default_value_t = Depth::Tls)]
    pub(crate) depth: Depth,

    /// Seconds for each connection; a stage gets a third of it
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = values::seconds)]
    pub(crate) timeout: Duration,

    #[command(flatten)]
    pub(crate) output: Output,

    #[command(flatten)]
    pub(crate) request: RequestForm,

    #[command(flatten)]
    pub(crate) trust: Trusted,

    #[command(flatten)]
    pub(crate) way: Way,
}

/// What comes out.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// How reports are written: for people, one JSON object a line, or Markdown for tickets and wikis
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,

    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,

    /// Write the connection down as text that can be replayed; takes one target
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) transcript: Option<PathBuf>,

    /// Mask names, addresses, cookies, and what certificates can be found by, in reports and transcript, each by itself: for posting in public; messages on standard error are not masked
    #[arg(long)]
    pub(crate) redact: bool,
}

impl Output {
    pub(crate) const fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// What the X.224 Connection Request carries.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection Request")]
pub(crate) struct RequestForm {
    /// Protocols to offer: rdp, ssl, hybrid, hybrid_ex, rdstls, rdsaad, separated by commas; none sends no negotiation data, as old clients [default: ssl,hybrid,hybrid_ex]
    #[arg(long, value_name = "LIST|none")]
    pub(crate) offer: Option<Offer>,

    /// The user's name in the cookie mstshash, which load balancers read
    #[arg(long, value_name = "NAME", conflicts_with = "routing_token")]
    pub(crate) cookie: Option<String>,

    /// A broker's routing token, as it is, such as loadbalanceinfo of an .rdp file
    #[arg(long, value_name = "TOKEN")]
    pub(crate) routing_token: Option<String>,

    /// An id to be found again in logs: 32 hexadecimal digits, as a UUID or without hyphens
    #[arg(long, value_name = "HEX", value_parser = values::correlation_id)]
    pub(crate) correlation_id: Option<[u8; 16]>,

    /// Ask for restricted admin mode; with --depth delegate no credentials are handed over then
    #[arg(long)]
    pub(crate) restricted_admin: bool,

    /// Ask for redirected authentication (Remote Credential Guard)
    #[arg(long)]
    pub(crate) redirected_authentication: bool,

    /// Send a pre-connection PDU with this id first
    #[arg(long, value_name = "NUMBER")]
    pub(crate) preconnection_id: Option<u32>,

    /// Send a pre-connection PDU with this text first, such as the id of a Hyper-V virtual machine; TLS without negotiation, which port 2179 expects, is not made
    #[arg(long, value_name = "TEXT")]
    pub(crate) preconnection_blob: Option<String>,
}

/// Whom to trust.
#[derive(Debug, Args)]
#[command(next_help_heading = "TLS")]
pub(crate) struct Trusted {
    /// What the hello of --depth hello offers
    #[arg(long, value_enum, value_name = "OFFER", default_value_t = Offered::Wide)]
    pub(crate) client_hello: Offered,

    /// The name that TLS asks for, in place of the target's own; none leaves it out
    #[arg(long, value_name = "NAME|none", value_parser = values::sni)]
    pub(crate) sni: Option<ServerName>,

    /// Trust only these roots (certificates in PEM), or those that this system trusts, and fail where a certificate does not pass every check
    #[arg(long, value_name = "FILE|system", value_hint = ValueHint::FilePath)]
    pub(crate) roots: Option<PathBuf>,

    /// Trust what is seen first: remember each target's certificate in this file, which is made if it is missing, and fail where a target shows another key later; needs --depth tls or deeper. Of probes at the same time the first one counts, and processes that share the file take turns by FILE.lock
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "roots")]
    pub(crate) known: Option<PathBuf>,

    /// Fail unless the certificate has this SHA-1 thumbprint; given again, any of them
    #[arg(long, value_name = "THUMBPRINT", value_parser = values::sha1)]
    pub(crate) expect_sha1: Vec<Thumbprint>,

    /// Fail unless the certificate has this SHA-256 thumbprint; given again, any of them
    #[arg(long, value_name = "THUMBPRINT", value_parser = values::sha256)]
    pub(crate) expect_sha256: Vec<Thumbprint>,

    /// Fail unless the certificate's public key has this SHA-256 (key_sha256 of a JSON report); given again, any of them
    #[arg(long, value_name = "HEX", value_parser = values::key)]
    pub(crate) expect_key: Vec<Thumbprint>,
}

/// The way to the target.
#[derive(Debug, Args)]
#[command(next_help_heading = "Way")]
pub(crate) struct Way {
    /// Go through a proxy: socks5://host:port or http://host:port, with user:password@ before the host if need be; the variable RDP_PROBE_PROXY keeps that out of the process list, and none goes directly although it is set
    // Read by hand: clap would repeat in its errors whatever it cannot read, and that may be a password.
    #[arg(long, value_name = "URL|none")]
    pub(crate) proxy: Option<OsString>,

    /// Connect from this address of this machine
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) bind: Option<IpAddr>,

    /// Use IPv4 addresses only; behind a proxy, of the proxy's addresses
    #[arg(short = '4', long, conflicts_with_all = ["ipv6", "prefer"])]
    pub(crate) ipv4: bool,

    /// Use IPv6 addresses only; behind a proxy, of the proxy's addresses
    #[arg(short = '6', long, conflicts_with = "prefer")]
    pub(crate) ipv6: bool,

    /// Begin with addresses of this family; behind a proxy, of the proxy's addresses
    #[arg(long, value_enum)]
    pub(crate) prefer: Option<Prefer>,
}

impl Way {
    pub(crate) const fn family(&self) -> Family {
        match (self.ipv4, self.ipv6, self.prefer) {
            (true, ..) => Family::OnlyV4,
            (_, true, _) => Family::OnlyV6,
            (.., Some(Prefer::Ipv4)) => Family::PreferV4,
            (.., Some(Prefer::Ipv6)) => Family::PreferV6,
            (.., None) => Family::Any,
        }
    }
}

/// A family of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Prefer {
    /// IPv4
    Ipv4,
    /// IPv6
    Ipv6,
}

/// How reports are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// One JSON object a line
    Json,
    /// Markdown
    Markdown,
}

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Depth {
    /// To the server's answer to the Connection Request
    Negotiate,
    /// Through the server's first flight of TLS, in clear text: its version, suite and certificate, also of servers too old for a handshake with this client, and at the least cost; the server does not prove that it holds its key, and of TLS 1.3 nothing is to be read
    Hello,
    /// Through the TLS handshake
    Tls,
    /// To the NTLM challenge of Network Level Authentication, which tells the server's names, build and clock: no credentials, and no attempt to log on
    Challenge,
    /// To the proof that the server takes the credentials, and no further: nothing is handed over. A Windows server logs a network logon all the same, and a wrong password counts towards a lock-out; for check alone
    Verify,
    /// Through all of Network Level Authentication: the server gets the credentials, or none with --restricted-admin; for check alone
    Delegate,
}

impl Depth {
    /// The word of the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Negotiate => "negotiate",
            Self::Hello => "hello",
            Self::Tls => "tls",
            Self::Challenge => "challenge",
            Self::Verify => "verify",
            Self::Delegate => "delegate",
        }
    }

    pub(crate) fn needs_credentials(self) -> bool {
        Goal::from(self).needs_credentials()
    }
}

/// What our own ClientHello offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Offered {
    /// TLS 1.0 to 1.2, with the widest list of suites, but for those of DSS
    Wide,
    /// TLS 1.2 alone, with the suites of clients of today
    Tls12,
    /// TLS 1.3 alone: shows whether the server has it, and no certificate
    Tls13,
    /// Nothing that a server could take: shows whether it answers at all
    Nothing,
}

impl From<Offered> for Rung {
    fn from(offered: Offered) -> Self {
        match offered {
            Offered::Wide => Self::Wide,
            Offered::Tls12 => Self::Tls12,
            Offered::Tls13 => Self::Tls13,
            Offered::Nothing => Self::Nothing,
        }
    }
}

impl From<Depth> for Goal {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::Negotiate => Self::Negotiate,
            Depth::Hello => Self::Hello,
            Depth::Tls => Self::Tls,
            Depth::Challenge => Self::Challenge,
            Depth::Verify => Self::Verify,
            Depth::Delegate => Self::Delegate,
        }
    }
}
