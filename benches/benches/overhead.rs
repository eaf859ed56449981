//! What a probe takes beside a bare loop that opens the same connections, in time of the client's processor: a twentieth more at most.
//!
//! ```text
//! cargo bench -p rdp-probe-benches --bench overhead
//! RDP_PROBE_BENCH=full cargo bench -p rdp-probe-benches --bench overhead
//! ```
//!
//! The probe goes as far as TLS. The bare loop connects, writes the request, reads the confirm, runs the handshake with the very same
//! TLS configuration, its verifier in it, and says the same goodbye. Both meet the same server, which is a process of its own, in
//! small groups by turns; what counts is the median of the ratios of neighbouring groups. No time of day is read.
//!
//! What a report takes when it is read (certificate, causes, JSON) is measured by itself, and has no bound.
//!
//! Exit status: 0 if the bound holds, 1 if it does not, if a connection failed, or if anything could not be run.

use std::cell::RefCell;
use std::error::Error;
use std::hint::black_box;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use rdp_probe::{Prober, Report, Target};
use rdp_probe_benches::figure::figure;
use rdp_probe_benches::form::Form;
use rdp_probe_benches::pairs::{Ratios, median};
use rdp_probe_benches::server::{Key, Part, Server, VERSIONS, Version};
use rdp_probe_benches::{bare, usage};
use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};

/// What a probe may take at most, in proportion to the bare loop.
const BOUND: f64 = 1.05;

/// Connections in a group: so few that a disturbance meets both ways, so many that a turn is more than a look at the clock.
const GROUP: usize = 10;

/// Addresses of the server: a client has some ten thousand ports for each.
const ADDRESSES: u8 = 32;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match compare_all(Form::of_this_run()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare_all(form: Form) -> Result<bool> {
    usage::allow_descriptors(64)?;
    let mut all = true;
    for version in VERSIONS {
        for key in [Key::Rsa, Key::P256] {
            all &= compare(version, key, form)?;
        }
    }
    Ok(all)
}

fn compare(version: Version, key: Key, form: Form) -> Result<bool> {
    let client = Client::start(version, key, form)?;
    client.ratios(form.of(0, 20, 20))?;
    let (ratios, bare) = client.ratios(form.of(1, 300, 3_000))?;
    let read = median(&client.read(form.of(1, 50, 500))?);
    let holds = ratios.median() <= BOUND;
    if form.measures() {
        let name = format!("{} {}", version.as_str(), key.as_str());
        println!("{name}: the bare loop takes {bare:.1} us a connection, a probe {ratios} times as much");
        figure(&format!("overhead {name}"), format!("ratio {:.3}", ratios.median()), BOUND, Some(holds));
        figure(&format!("report read {name}"), format!("{read:.1} us"), "-", None);
    }
    Ok(holds || !form.measures())
}

/// One client, which goes both ways to one server.
struct Client {
    version: Version,
    server: Server,
    runtime: Runtime,
    prober: Prober,
    config: Arc<ClientConfig>,
    group: usize,
    made: RefCell<usize>,
}

impl Client {
    fn start(version: Version, key: Key, form: Form) -> Result<Self> {
        let server =
            Server::start(env!("CARGO_BIN_EXE_server"), Part::Tls(version, key), form.of(1, ADDRESSES, ADDRESSES))?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let prober = Prober::builder().build()?;
        let (config, group) = (prober.tls_config(), form.of(1, GROUP, GROUP));
        Ok(Self { version, server, runtime, prober, config, group, made: RefCell::new(0) })
    }

    /// The ratios, and what the bare loop takes for a connection.
    fn ratios(&self, pairs: usize) -> Result<(Ratios, f64)> {
        let mut bare = Vec::with_capacity(pairs);
        let ratios = Ratios::of(
            pairs,
            || {
                let (reports, taken) = self.probes()?;
                match reports.iter().find(|report| !self.is_as_it_should_be(report)) {
                    Some(report) => Err(Box::<dyn Error>::from(format!("a probe went otherwise: {report}"))),
                    None => Ok(taken),
                }
            },
            || {
                let taken = self.bare()?;
                bare.push(taken);
                Ok(taken)
            },
        )?;
        Ok((ratios, median(&bare)))
    }

    /// The addresses that a group connects to.
    fn addresses(&self) -> Vec<SocketAddr> {
        let made = self.made.replace_with(|made| *made + self.group);
        (made..made + self.group).map(|index| self.server.address(index)).collect()
    }

    /// The microseconds that one of a group takes.
    #[expect(clippy::cast_precision_loss, reason = "a group is small")]
    fn measured<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
        let begun = usage::cpu_time();
        let done = work()?;
        let taken = usage::cpu_time().saturating_sub(begun);
        Ok((done, taken.as_secs_f64() * 1e6 / self.group as f64))
    }

    /// A group of probes, and what one takes. Nobody has read their reports, which are still to be dropped.
    fn probes(&self) -> Result<(Vec<Report>, f64)> {
        let targets: Vec<_> = self.addresses().into_iter().map(Target::from).collect();
        let probe = |target| self.runtime.block_on(self.prober.probe(target));
        self.measured(|| Ok(targets.iter().map(probe).collect()))
    }

    /// Whether a probe has got where the bare loop gets.
    fn is_as_it_should_be(&self, report: &Report) -> bool {
        let session = report.evidence().handshake.as_ref().and_then(|handshake| handshake.session);
        report.is_ok() && session.is_some_and(|session| session.version == self.version.number())
    }

    /// What one of a group of bare connections takes.
    fn bare(&self) -> Result<f64> {
        let addresses = self.addresses();
        let open = |address| self.runtime.block_on(bare::open(address, &self.config));
        let (versions, taken) =
            self.measured(|| Ok(addresses.into_iter().map(open).collect::<std::io::Result<Vec<_>>>()?))?;
        let is_right = versions.iter().all(|version| *version == self.version.number());
        if is_right { Ok(taken) } else { Err(format!("the bare loop agreed on {versions:04x?}").into()) }
    }

    /// What it takes to read one of a group of reports, for so many groups.
    fn read(&self, groups: usize) -> Result<Vec<f64>> {
        let mut all = Vec::with_capacity(groups);
        for _ in 0..groups {
            let (reports, _) = self.probes()?;
            let read = |report: &Report| {
                black_box((report.certificate(), report.causes(), report.to_json()));
            };
            let reading = || {
                reports.iter().for_each(read);
                Ok(())
            };
            all.push(self.measured(reading)?.1);
        }
        Ok(all)
    }
}
