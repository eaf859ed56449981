//! Looks names up in a list of its own, as a hosts file is, and asks the system for all others.
//!
//! ```text
//! cargo run -p rdp-probe-examples --bin own_resolver -- ts01.example=192.0.2.7,192.0.2.8 old.example= ts01.example other
//! ```
//!
//! `NAME=ADDRESS,…` is an entry of the list, everything else a target. An entry without addresses says that there is no
//! such name. The target keeps its name, so TLS asks for it and the certificate is held against it, as with any resolver.
//!
//! Exit status: 0 if every target is ok, 1 if one is not, 2 if the command line is wrong.

use std::collections::HashMap;
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;

use rdp_probe::{Network as _, OsError, OsErrorKind, OsErrorSpace, Prober, Resolver, Resolving, System, Target};

/// Addresses by name, in lower case.
#[derive(Debug, Default)]
struct Hosts {
    addresses: HashMap<String, Vec<IpAddr>>,
    /// For the names that are not in it.
    system: System,
}

impl Resolver for Hosts {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Resolving<'a> {
        match self.addresses.get(&host.to_ascii_lowercase()) {
            // The system's own network is a public type like any other: its resolver serves here, too.
            None => Box::pin(self.system.resolve(host, port)),
            Some(none) if none.is_empty() => Box::pin(async { Err(NO_SUCH_NAME) }),
            Some(some) => {
                let addresses = some.iter().map(|address| SocketAddr::new(*address, port)).collect();
                Box::pin(async move { Ok(addresses) })
            }
        }
    }
}

/// What this resolver says of a name that it is not to find. It has no numbers of its own.
const NO_SUCH_NAME: OsError = OsError { space: OsErrorSpace::Resolver, code: None, kind: OsErrorKind::NameNotFound };

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<bool, Box<dyn Error>> {
    let mut hosts = Hosts::default();
    let mut targets: Vec<Target> = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.split_once('=') {
            Some((name, list)) => {
                let addresses: Result<_, _> = list.split(',').filter(|text| !text.is_empty()).map(str::parse).collect();
                hosts.addresses.insert(name.to_ascii_lowercase(), addresses?);
            }
            None => targets.push(argument.parse()?),
        }
    }
    if targets.is_empty() {
        return Err("give a target at least: [NAME=ADDRESS,…]… HOST[:PORT]…".into());
    }
    let prober = Prober::builder().network(System::new().with_resolver(hosts)).build()?;
    let mut all_ok = true;
    for target in &targets {
        let report = prober.probe(target).await;
        all_ok &= report.is_ok();
        let tried: Vec<_> = report.evidence().dial.attempts.iter().map(|attempt| attempt.address.to_string()).collect();
        println!("{target} is {}", if tried.is_empty() { "nowhere".to_owned() } else { tried.join(", ") });
        println!("{report}");
    }
    Ok(all_ok)
}
