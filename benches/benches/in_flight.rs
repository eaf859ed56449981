//! What probes hold on the heap while they wait for a server: at most 4 KiB each before TLS, and 10 KiB inside it.
//!
//! ```text
//! cargo bench -p rdp-probe-benches --bench in_flight
//! RDP_PROBE_BENCH=full cargo bench -p rdp-probe-benches --bench in_flight
//! ```
//!
//! The allocator of this process counts what is held; a figure is how much more that is when so many probes wait than before they were
//! begun, for each of them. On sockets they are a sweep, and the server, which falls silent at a stage, is another process: what it
//! holds is not in the figure, nor is what the kernel keeps for a socket. When all wait, the server says.
//!
//! Over streams in memory (`tokio::io::duplex`) they are tasks that own all they use. Both ends of such a stream are in this process,
//! and nobody but the tests has one: so the same streams are made once more, with the same bytes in them and without a probe, and
//! what those hold is taken off.
//!
//! Resident memory is printed; it has no bound, as the system gives pages and takes none back.
//!
//! Inside Network Level Authentication the 10 KiB are not held. The short form says so, and has the figure below a ceiling that keeps
//! it from growing; the full form fails.
//!
//! Exit status: 0 if the bounds hold, 1 if one does not, or if anything could not be run.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rdp_probe::{Budget, Goal, Prober, Target};
use rdp_probe_benches::allocations::{Counting, held};
use rdp_probe_benches::bare::{CONFIRM, REQUEST};
use rdp_probe_benches::figure::figure;
use rdp_probe_benches::form::Form;
use rdp_probe_benches::server::{Part, Server};
use rdp_probe_benches::usage;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::timeout;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Where probes wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// For the Connection Confirm.
    Confirm,
    /// For the server's first flight.
    Flight,
    /// For the answer to the first message of `CredSSP`.
    Challenge,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::Confirm => "before TLS",
            Self::Flight => "inside TLS",
            Self::Challenge => "inside NLA",
        }
    }

    /// What a probe may hold at most.
    const fn bound(self) -> usize {
        match self {
            Self::Confirm => 4 * 1024,
            Self::Flight | Self::Challenge => 10 * 1024,
        }
    }

    const fn part(self) -> Part {
        match self {
            Self::Confirm => Part::SilentAtRequest,
            Self::Flight => Part::SilentAtHello,
            Self::Challenge => Part::SilentInside,
        }
    }
}

/// Inside NLA, rustls alone holds 8 KiB, of which half is a buffer that it keeps once it has read. What is held there is not to grow.
const CEILING: usize = 14 * 1024;

/// Addresses of the server.
const ADDRESSES: u8 = 32;

/// Descriptors beside those of the sockets.
const SPARE: usize = 64;

/// What a stream in memory takes on: more than is written into it.
const ROOM: usize = 1024;

/// Looks at the server, and the time between them: what they add up to is beyond what any machine takes.
const LOOKS: usize = 6_000;
const LOOK: Duration = Duration::from_millis(20);

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
    let on_sockets = form.of(vec![1], vec![1_000, 5_000], vec![1_000, 5_000]);
    let in_memory = form.of(vec![1], vec![10_000], vec![10_000, 50_000]);
    let most = on_sockets.iter().copied().max().unwrap_or_default();
    usage::allow_descriptors(u64::try_from(most + SPARE)?)?;
    let mut all = true;
    for stage in [Stage::Confirm, Stage::Flight, Stage::Challenge] {
        let mut largest = 0;
        for count in on_sockets.iter().copied() {
            largest = largest.max(sockets(stage, count)?);
        }
        // Behind a handshake there would have to be a server, and it in this process.
        for count in in_memory.iter().copied().filter(|_| stage != Stage::Challenge) {
            largest = largest.max(streams(stage, count)?);
        }
        all &= !form.measures() || judged(stage, form, largest);
    }
    Ok(all)
}

/// Prints what is held at a stage beside its bound. Says whether that is as it is to be.
fn judged(stage: Stage, form: Form, largest: usize) -> bool {
    let told = |name: &str, bound: usize, ok: Option<bool>| {
        figure(&format!("in flight, {name}"), format!("{largest} bytes"), format!("{bound} bytes"), ok);
    };
    let holds = largest <= stage.bound();
    if holds || stage != Stage::Challenge || form == Form::Full {
        told(stage.name(), stage.bound(), Some(holds));
        return holds;
    }
    told("inside NLA (not held yet)", stage.bound(), None);
    told("inside NLA, the ceiling", CEILING, Some(largest <= CEILING));
    largest <= CEILING
}

/// A runtime and a prober that nothing is left over in from before.
fn fresh(stage: Stage) -> Result<(Runtime, Prober)> {
    let goal = if stage == Stage::Challenge { Goal::Challenge } else { Goal::Tls };
    // They wait for as long as it takes to begin the others.
    let budget = Budget { stage: Duration::from_hours(1), total: Duration::from_hours(1) };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    Ok((runtime, Prober::builder().goal(goal).budget(budget).build()?))
}

/// The bytes that each probe of a sweep holds, when so many of them wait.
fn sockets(stage: Stage, count: usize) -> Result<usize> {
    let (runtime, prober) = fresh(stage)?;
    let mut server = Server::start(env!("CARGO_BIN_EXE_server"), stage.part(), if count == 1 { 1 } else { ADDRESSES })?;
    let targets: Vec<_> = (0..count).map(|index| Target::from(server.address(index))).collect();
    let (before, resident) = (held(), usage::resident_kib());
    let mut sweep = prober.probe_all(targets.iter().cloned()).at_once(count);
    runtime.block_on(async {
        for _ in 0..LOOKS {
            // Asking for a result begins them; none comes.
            if let Ok(Some(early)) = timeout(LOOK, sweep.next()).await {
                return Err(format!("a probe did not wait: {}", early.report).into());
            }
            if server.waiting()? == count {
                let each = (held() - before) / count;
                print(stage, count, "sockets", each, usage::resident_kib().saturating_sub(resident));
                return Ok(each);
            }
        }
        Err("the probes do not come to wait".into())
    })
}

/// The bytes that each probe over a stream in memory holds, when so many of them wait.
fn streams(stage: Stage, count: usize) -> Result<usize> {
    let (runtime, prober) = fresh(stage)?;
    let target: Target = "127.0.0.1".parse()?;
    runtime.block_on(async {
        let mut far_ends = Vec::with_capacity(count);
        let (before, resident) = (held(), usage::resident_kib());
        let begun = Arc::new(AtomicUsize::new(0));
        for _ in 0..count {
            let (near, far) = stream(stage).await?;
            far_ends.push(far);
            let (prober, target, begun) = (prober.clone(), target.clone(), Arc::clone(&begun));
            drop(tokio::spawn(async move {
                begun.fetch_add(1, Ordering::Relaxed);
                prober.probe_stream(&target, near).await
            }));
        }
        // What they wait for is there: once begun, they go on until they wait for what never comes.
        while begun.load(Ordering::Relaxed) < count {
            yield_now().await;
        }
        let each = (held() - before) / count;
        let grown = usage::resident_kib().saturating_sub(resident);
        // Only now, as reading changes what is held.
        let said = said(&mut far_ends).await?;
        let each = each.saturating_sub(alone(stage, &said).await?);
        print(stage, count, "streams in memory", each, grown);
        Ok(each)
    })
}

/// A stream in memory, and in it what the server says before it falls silent.
async fn stream(stage: Stage) -> Result<(DuplexStream, DuplexStream)> {
    let (near, mut far) = duplex(ROOM);
    if stage != Stage::Confirm {
        far.write_all(&CONFIRM).await?;
    }
    Ok((near, far))
}

/// What every probe has said; it has to be the same of each, as far as its length goes.
async fn said(far_ends: &mut [DuplexStream]) -> Result<Vec<u8>> {
    let (mut all, mut buffer) = (Vec::new(), [0; ROOM]);
    for far in far_ends {
        let count = timeout(Duration::ZERO, far.read(&mut buffer)).await.map_err(|_| "a probe has said nothing")??;
        if all.is_empty() {
            all.extend_from_slice(&buffer[..count]);
        }
        if count != all.len() {
            return Err("probes wait at different places".into());
        }
    }
    Ok(all)
}

/// The bytes that such a stream holds by itself, when the same has been said over it.
async fn alone(stage: Stage, said: &[u8]) -> Result<usize> {
    const COUNT: usize = 100;
    let (request, hello) = said.split_at_checked(REQUEST.len()).ok_or("a probe has said less than a request")?;
    if hello.is_empty() != (stage == Stage::Confirm) {
        return Err("the probes do not wait where they should".into());
    }
    let (mut near_ends, mut far_ends) = (Vec::with_capacity(COUNT), Vec::with_capacity(COUNT));
    let before = held();
    for _ in 0..COUNT {
        let (mut near, far) = stream(stage).await?;
        near.write_all(request).await?;
        if stage != Stage::Confirm {
            near.read_exact(&mut [0; CONFIRM.len()]).await?;
            near.write_all(hello).await?;
        }
        near_ends.push(near);
        far_ends.push(far);
    }
    Ok((held() - before) / COUNT)
}

fn print(stage: Stage, count: usize, over: &str, each: usize, grown_kib: usize) {
    let resident = usage::resident_kib();
    println!(
        "{count} probes on {over}, {}: {each} bytes each; {grown_kib} KiB more resident, {resident} KiB in all",
        stage.name()
    );
}
