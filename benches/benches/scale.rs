//! Sweeps of many targets: each costs as much in a great one as in a small one, and a sweep is as fast as a bare loop.
//!
//! ```text
//! cargo bench -p rdp-probe-benches --bench scale
//! RDP_PROBE_BENCH=full cargo bench -p rdp-probe-benches --bench scale
//! ```
//!
//! *Flat*: what a target takes of the client's processor in sweeps of up to 64,000 (8,000 in the short form), in proportion to what it
//! takes in sweeps of 1,000: a twentieth more or less at most. The great sweep is stopped after each thousand, with nothing under way,
//! for a small one to be made, so that whatever else the machine does meets both alike. What counts is the median of the ratios of
//! neighbours, over the whole sweep and over its last quarter.
//!
//! *Throughput*: targets a second of a sweep, in proportion to a bare loop with as many connections at once: 0.95 at least. Both go by
//! turns, too, and it is a ratio of times in one run: what the times are depends on the machine, and has no bound.
//!
//! The server is a process of its own. Exit status: 0 if the bounds hold, 1 if one does not, if a connection failed, or if anything
//! could not be run.

use std::cell::RefCell;
use std::error::Error;
use std::io;
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdp_probe::{Plan, Probed, Prober, Sweep, System, Target};
use rdp_probe_benches::figure::figure;
use rdp_probe_benches::form::Form;
use rdp_probe_benches::pairs::{Ratios, median};
use rdp_probe_benches::server::{Key, Part, Server, Version};
use rdp_probe_benches::{bare, usage};
use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinError, JoinSet};
use tokio::time::sleep;

/// How far from that of a small sweep the cost of a target may be, and how slow a sweep.
const FLAT: RangeInclusive<f64> = 0.95..=1.05;
const THROUGHPUT: f64 = 0.95;

/// Connections at once.
const AT_ONCE: usize = 256;

/// Addresses of the server: a client has some ten thousand ports for each, and cannot use them again at once.
const ADDRESSES: u8 = 64;

/// How long one waits for the last probes of a leg, between two looks.
const LOOK: Duration = Duration::from_millis(1);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match measure_all(Form::of_this_run()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure_all(form: Form) -> Result<bool> {
    usage::allow_descriptors(u64::try_from(AT_ONCE + 64)?)?;
    let client = Client::start(form)?;
    for _ in 0..form.of(0, 2, 2) {
        client.small()?;
        client.bare()?;
    }
    let mut all = true;
    for legs in form.of(vec![2], vec![8], vec![4, 16, 64]) {
        all &= client.flat(legs)?;
    }
    all &= client.throughput()?;
    Ok(all || !form.measures())
}

/// A client on one thread, and a server that is cheap to talk to.
struct Client {
    form: Form,
    server: Server,
    runtime: Runtime,
    prober: Prober,
    config: Arc<ClientConfig>,
    /// Targets in a small sweep, and in a leg of a great one.
    leg: usize,
    at_once: usize,
}

impl Client {
    fn start(form: Form) -> Result<Self> {
        let part = Part::Tls(Version::Tls13, Key::P256);
        let server = Server::start(env!("CARGO_BIN_EXE_server"), part, form.of(1, ADDRESSES, ADDRESSES))?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let prober = Prober::builder().build()?;
        let (leg, at_once) = form.of((2, 1), (1_000, AT_ONCE), (1_000, AT_ONCE));
        Ok(Self { form, server, runtime, config: prober.tls_config(), prober, leg, at_once })
    }

    fn sweep(&self, legs: usize) -> Sweep<impl Iterator<Item = Plan> + use<'_>, System> {
        let targets = (0..legs * self.leg).map(|index| Target::from(self.server.address(index)));
        self.prober.probe_all(targets).at_once(self.at_once)
    }

    /// Whether a target costs in sweeps of so many legs what it costs in a sweep of one.
    fn flat(&self, legs: usize) -> Result<bool> {
        // Where they are short, more of them, for neighbours enough.
        let sweeps = self.form.of(1, 5, 64_usize.div_ceil(legs));
        let (mut whole, mut end) = (Vec::new(), Vec::new());
        for _ in 0..sweeps {
            let sweep = RefCell::new(self.sweep(legs));
            let ratios = Ratios::of(legs, || self.go_on(&mut sweep.borrow_mut()), || self.small())?;
            end.extend(ratios.iter().skip(legs - legs.div_ceil(4)));
            whole.extend(ratios.iter());
        }
        let [whole, end] = [whole, end].map(Ratios::from_iter);
        let holds = FLAT.contains(&whole.median()) && FLAT.contains(&end.median());
        if self.form.measures() {
            let (great, small) = (legs * self.leg, self.leg);
            println!("a target in a sweep of {great} takes {whole} times what it takes in one of {small}");
            println!("    in the last quarter of it {end}");
            let value = format!("ratio {:.3}, at the end {:.3}", whole.median(), end.median());
            figure(&format!("scale {great}"), value, format!("{} to {}", FLAT.start(), FLAT.end()), Some(holds));
        }
        Ok(holds)
    }

    /// The time of the processor that a small sweep takes.
    fn small(&self) -> Result<f64> {
        self.go_on(&mut self.sweep(1))
    }

    /// The same of the next leg of a sweep: when it has ended, no probe is under way.
    fn go_on(&self, sweep: &mut Sweep<impl Iterator<Item = Plan>, System>) -> Result<f64> {
        let end = sweep.progress().done + self.leg;
        let begun = usage::cpu_time();
        self.runtime.block_on(async {
            // Each result that is waited for makes room for another probe; of the last ones, none does.
            while sweep.progress().done + self.at_once < end {
                sound(sweep.next().await)?;
            }
            while sweep.progress().done < end {
                match sweep.try_next() {
                    None => sleep(LOOK).await,
                    probed => sound(probed)?,
                }
            }
            Ok::<_, Box<dyn Error>>(())
        })?;
        Ok(usage::cpu_time().saturating_sub(begun).as_secs_f64())
    }

    /// Whether a sweep is as fast as a bare loop.
    fn throughput(&self) -> Result<bool> {
        let mut rates = Vec::new();
        let ratios = Ratios::of(
            self.form.of(1, 30, 200),
            || self.rate(|| self.through()),
            || {
                let rate = self.rate(|| self.bare())?;
                rates.push(rate);
                Ok(rate)
            },
        )?;
        let holds = ratios.median() >= THROUGHPUT;
        if self.form.measures() {
            println!("the bare loop opens {:.0} connections a second, a sweep {ratios} times as many", median(&rates));
            let bound = format!("at least {THROUGHPUT}");
            figure("scale throughput", format!("ratio {:.3}", ratios.median()), bound, Some(holds));
        }
        Ok(holds)
    }

    /// Targets a second.
    #[expect(clippy::cast_precision_loss, reason = "a leg is small")]
    fn rate(&self, all: impl FnOnce() -> Result<()>) -> Result<f64> {
        let begun = Instant::now();
        all()?;
        Ok(self.leg as f64 / begun.elapsed().as_secs_f64())
    }

    /// A small sweep, as anybody makes it.
    fn through(&self) -> Result<()> {
        self.runtime.block_on(async {
            let mut sweep = self.sweep(1);
            for _ in 0..self.leg {
                sound(sweep.next().await)?;
            }
            Ok(())
        })
    }

    /// As many bare connections, and as many of them at once.
    fn bare(&self) -> Result<()> {
        self.runtime.block_on(async {
            let mut under_way = JoinSet::new();
            for index in 0..self.leg {
                if under_way.len() == self.at_once {
                    agreed(under_way.join_next().await)?;
                }
                let (address, config) = (self.server.address(index), Arc::clone(&self.config));
                under_way.spawn(async move { bare::open(address, &config).await });
            }
            while !under_way.is_empty() {
                agreed(under_way.join_next().await)?;
            }
            Ok(())
        })
    }
}

/// A probe that was ok.
fn sound(probed: Option<Probed>) -> Result<()> {
    let report = probed.ok_or("the sweep is over early")?.report;
    if report.is_ok() { Ok(()) } else { Err(format!("a probe was not ok: {report}").into()) }
}

/// A bare connection that agreed on the server's version of TLS.
fn agreed(joined: Option<std::result::Result<io::Result<u16>, JoinError>>) -> Result<()> {
    let version = joined.ok_or("there is none under way")???;
    if version == Version::Tls13.number() { Ok(()) } else { Err(format!("it agreed on {version:#06x}").into()) }
}
