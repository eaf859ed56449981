//! The command line of `rdp-probe lab`.
#![allow(clippy::doc_markdown, reason = "these comments are the help text")]

use std::net::IpAddr;

use clap::Parser;

#[derive(Debug, Parser)]
pub(crate) struct Lab {
    /// Scenario to serve; without it, all are listed
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: Option<String>,

    /// Port to listen on; 0 for one that is free
    #[arg(long, value_name = "PORT", default_value_t = 0, requires = "scenario")]
    pub(crate) port: u16,

    /// Address to listen on; loopback alone: the lab is no server for a network
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = loopback, requires = "scenario")]
    pub(crate) address: IpAddr,
}

fn loopback(text: &str) -> Result<IpAddr, String> {
    match text.parse::<IpAddr>() {
        Ok(address) if address.is_loopback() => Ok(address),
        Ok(_) => Err("give a loopback address, 127.0.0.1 or ::1; the lab is no server for a network".to_owned()),
        Err(_) => Err("give an address, 127.0.0.1 or ::1".to_owned()),
    }
}
