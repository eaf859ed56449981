//! Options: what a prober does.

use std::ffi::c_char;
use std::net::IpAddr;
use std::time::Duration;

use rdp_probe::{Budget, ClientHello, Goal, Limits, ProberBuilder, Protocols, Proxy, Request, ServerName, System};

use crate::guard;
use crate::known::Functions;
use crate::number;
use crate::status::{Failure, RDP_PROBE_INVALID_INPUT, RDP_PROBE_UNSUPPORTED, Status, invalid};
use crate::text::{exclusive, optional_text, take_back, text};

/// What a prober does. One thread at a time may use it.
///
/// Made by rdp_probe_options_new(), read by rdp_probe_prober_new(), freed by rdp_probe_options_free(). A call that fails changes
/// nothing.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub(crate) builder: ProberBuilder,
    pub(crate) request: Request,
    pub(crate) examines: Option<Limits>,
    pub(crate) same_credentials_for_all: bool,
    pub(crate) store: Option<Functions>,
    pub(crate) threads: Option<usize>,
}

/// Changes options.
///
/// # Safety
/// As for [`exclusive`].
pub(crate) unsafe fn change(options: *mut Options, by: impl FnOnce(&mut Options) -> Result<(), Failure>) -> Status {
    guard::status(|| {
        // SAFETY: as the caller promises.
        by(unsafe { exclusive(options, "options") }?)
    })
}

/// Changes the builder in them.
///
/// # Safety
/// As for [`exclusive`].
pub(crate) unsafe fn build(
    options: *mut Options,
    change: impl FnOnce(ProberBuilder) -> Result<ProberBuilder, Failure>,
) -> Status {
    let change = |options: &mut Options| {
        options.builder = change(options.builder.clone())?;
        Ok(())
    };
    // SAFETY: as the caller promises.
    unsafe { self::change(options, change) }
}

/// Options as they are unless told otherwise: as far as TLS, 5 s for a stage and 15 s in all, TLS and CredSSP offered, certificates
/// observed. NULL only after a panic.
#[unsafe(no_mangle)]
pub extern "C" fn rdp_probe_options_new() -> *mut Options {
    guard::value(std::ptr::null_mut(), || Box::into_raw(Box::default()))
}

/// Frees options. Probers that were made of them stay as they are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_free(options: *mut Options) {
    // SAFETY: given away by rdp_probe_options_new(), and freed once.
    guard::value((), || drop(unsafe { take_back(options) }));
}

/// How far to go: one of RDP_PROBE_GOAL_.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_goal(options: *mut Options, goal: u32) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.goal(reachable(number::goal(goal)?)?))) }
}

/// A goal that this build can reach.
fn reachable(goal: Goal) -> Result<Goal, Failure> {
    if goal.needs_credentials() && cfg!(not(feature = "nla")) {
        return Err(Failure::new(RDP_PROBE_UNSUPPORTED, "built without the feature nla"));
    }
    Ok(goal)
}

/// How many threads probes in the background have, for each prober: one for each processor unless told otherwise. A thousand probes
/// under way need no more than one; several make them faster where the processors are what they wait for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_threads(options: *mut Options, count: u32) -> Status {
    let set = |options: &mut Options| {
        let count = usize::try_from(count).ok().filter(|count| (1..=1024).contains(count));
        options.threads = Some(count.ok_or_else(|| invalid("a prober has 1 to 1024 threads"))?);
        Ok(())
    };
    // SAFETY: options are this thread's.
    unsafe { change(options, set) }
}

/// What the Connection Request offers: RDP_PROBE_PROTOCOL_ bits. Bits without a constant are offered as they are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_offer(options: *mut Options, protocols: u32) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.offer(Protocols::from_bits(protocols)))) }
}

/// An offer that rdp_probe_open() makes if the server does not take the one before, each over a connection of its own. Called
/// again, it adds one. With credentials, the first offer alone is made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_other_offer(options: *mut Options, protocols: u32) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.other_offer(Protocols::from_bits(protocols)))) }
}

/// How long a stage, and the whole probe, may take, in milliseconds. Neither can be 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_budget(options: *mut Options, stage_ms: u32, total_ms: u32) -> Status {
    let [stage, total] = [stage_ms, total_ms].map(|time| Duration::from_millis(time.into()));
    let set = |builder: ProberBuilder| match stage_ms.min(total_ms) {
        0 => Err(invalid("a budget of 0 ms is none: give every stage some time")),
        _ => Ok(builder.budget(Budget { stage, total })),
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

/// Which addresses of a name are used, and in which order: one of RDP_PROBE_FAMILY_.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_family(options: *mut Options, family: u32) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.family(number::family(family)?))) }
}

/// Connects from this address of this machine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_bind(options: *mut Options, address: *const c_char) -> Status {
    let bind = |builder: ProberBuilder| {
        // SAFETY: a text that stays for the call.
        let address = unsafe { text(address, "address") }?;
        let address: IpAddr = address.parse().map_err(|_| input(format!("{address:?} is no IP address")))?;
        Ok(builder.network(System::new().with_bind(address)))
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, bind) }
}

/// Goes through a proxy: "socks5://[user:password@]host[:port]" or "http://…". The proxy looks the target's name up.
#[expect(rustdoc::broken_intra_doc_links, reason = "the header says it so: what is in brackets may be left out")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_proxy(options: *mut Options, url: *const c_char) -> Status {
    let set = |builder: ProberBuilder| {
        // SAFETY: a text that stays for the call.
        let url = unsafe { text(url, "url") }?;
        let proxy = url.parse::<Proxy>().map_err(|error| Failure::of(RDP_PROBE_INVALID_INPUT, &error))?;
        Ok(builder.proxy(proxy))
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

/// The name that TLS asks for, and that the certificate should carry, in place of the target's. NULL sends none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_server_name(options: *mut Options, name: *const c_char) -> Status {
    let set = |builder: ProberBuilder| {
        // SAFETY: a text that stays for the call.
        let name = unsafe { optional_text(name, "name") }?;
        Ok(builder.server_name(name.map_or(ServerName::None, |name| ServerName::Given(name.into()))))
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

/// What the ClientHello offers where the goal is RDP_PROBE_GOAL_HELLO: one of RDP_PROBE_RUNG_, padded to so many bytes (RFC 7685), or
/// not with 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_client_hello(options: *mut Options, rung: u32, padded_to: u32) -> Status {
    let set = |builder: ProberBuilder| {
        let hello = ClientHello::new(number::rung(rung)?);
        let length = u16::try_from(padded_to).map_err(|_| invalid("a ClientHello has at most 65535 bytes"))?;
        Ok(builder.client_hello(if length == 0 { hello } else { hello.padded_to(length) }))
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

/// Makes rdp_probe_run() and rdp_probe_start() examine each target: connections beside the first, at most so many in all, spaced
/// by so many milliseconds and within so many, tell apart what looks alike in one. 0 stands for the usual: 8, 200, 60000. No
/// credentials are sent then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_examine(
    options: *mut Options,
    connections: u32,
    spacing_ms: u32,
    total_ms: u32,
) -> Status {
    let set = |options: &mut Options| {
        let mut limits = Limits::default();
        if let Some(connections) = usize::try_from(connections).ok().filter(|connections| *connections > 0) {
            limits.connections = connections;
        }
        let time = |ms: u32, usual: Duration| if ms == 0 { usual } else { Duration::from_millis(ms.into()) };
        limits.spacing = time(spacing_ms, limits.spacing);
        limits.total = time(total_ms, limits.total);
        options.examines = Some(limits);
        Ok(())
    };
    // SAFETY: options are this thread's.
    unsafe { change(options, set) }
}

/// What cannot be read.
pub(crate) fn input(text: impl Into<String>) -> Failure {
    Failure::new(RDP_PROBE_INVALID_INPUT, text)
}

/// What a text says.
pub(crate) fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, Failure>
where
    T::Err: std::error::Error,
{
    text.parse().map_err(|error: T::Err| Failure::of(RDP_PROBE_INVALID_INPUT, &error))
}
