//! Options: what a prober does.

use std::ffi::c_char;
use std::net::IpAddr;
use std::time::Duration;

use rdp_probe::{
    Budget, ClientHello, Goal, Limits, ProberBuilder, Protocols, Proxy, Request, Roots, ServerName, System, Target,
};

use crate::guard;
use crate::known::Functions;
use crate::number;
use crate::status::{Failure, RDP_PROBE_INVALID_INPUT, RDP_PROBE_UNSUPPORTED, Status, invalid};
use crate::text::{bytes, exclusive, optional_text, take_back, text};

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

/// What a bad certificate means: one of RDP_PROBE_TRUST_.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_trust(options: *mut Options, trust: u32) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.trust(number::trust(trust)?))) }
}

/// The roots that chains are checked against, in PEM. They take the place of those given before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_roots_pem(options: *mut Options, pem: *const u8, len: usize) -> Status {
    let set = |builder: ProberBuilder| {
        // SAFETY: bytes that stay for the call.
        let pem = unsafe { bytes(pem, len, "pem") }?;
        let roots = Roots::from_pem(pem).map_err(|error| Failure::of(RDP_PROBE_INVALID_INPUT, &error))?;
        Ok(builder.roots(roots))
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

/// Checks chains against the roots that the operating system trusts. They take the place of those given before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_roots_system(options: *mut Options) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.roots(system_roots()?))) }
}

#[cfg(feature = "system-roots")]
fn system_roots() -> Result<Roots, Failure> {
    Roots::system().map_err(|error| Failure::of(RDP_PROBE_INVALID_INPUT, &error))
}

#[cfg(not(feature = "system-roots"))]
fn system_roots() -> Result<Roots, Failure> {
    Err(Failure::new(RDP_PROBE_UNSUPPORTED, "built without the feature system-roots"))
}

/// The thumbprint that the server's certificate is expected to have, whatever the trust: hexadecimal digits of SHA-1 or SHA-256, with
/// or without colons and blanks, or "key:" and SHA-256 of its SubjectPublicKeyInfo. Called again, it adds one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_expect(options: *mut Options, thumbprint: *const c_char) -> Status {
    let set = |builder: ProberBuilder| {
        // SAFETY: a text that stays for the call.
        let thumbprint = unsafe { text(thumbprint, "thumbprint") }?;
        Ok(builder.expect(parsed(thumbprint)?))
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

/// Judges certificates as of this moment, in seconds since 1970 UTC, in place of now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_fixed_clock(options: *mut Options, seconds: i64) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.fixed_clock(seconds))) }
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

/// Which security package is spoken in Network Level Authentication: one of RDP_PROBE_PACKAGE_.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_package(options: *mut Options, package: u32) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.package(number::package(package)?))) }
}

/// The host of the service's name (TERMSRV/host) that Kerberos asks a ticket for, in place of the target's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_service(options: *mut Options, host: *const c_char) -> Status {
    let set = |builder: ProberBuilder| {
        // SAFETY: a text that stays for the call.
        let host = unsafe { text(host, "host") }?;
        let name: Target = parsed(host)?;
        if name.host() != host {
            return Err(input(format!("{host:?} is not the name of a host alone")));
        }
        Ok(builder.service(host))
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

/// The key distribution centre, "host:88", in place of the one that the realm's name leads to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_kdc(options: *mut Options, address: *const c_char) -> Status {
    // SAFETY: a text that stays for the call.
    let set = |builder: ProberBuilder| with_kdc(builder, unsafe { text(address, "address") }?);
    // SAFETY: options are this thread's.
    unsafe { build(options, set) }
}

#[cfg(feature = "nla")]
fn with_kdc(builder: ProberBuilder, address: &str) -> Result<ProberBuilder, Failure> {
    Ok(builder.kdc(parsed(address)?))
}

#[cfg(not(feature = "nla"))]
fn with_kdc(_: ProberBuilder, _: &str) -> Result<ProberBuilder, Failure> {
    Err(Failure::new(RDP_PROBE_UNSUPPORTED, "built without the feature nla"))
}

/// Gives credentials to whoever answers, though no check of its certificate is demanded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_dangerous_any_certificate(options: *mut Options) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.dangerous_any_certificate())) }
}

/// Gives credentials to a server without the update for CVE-2018-0886.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_dangerous_old_credssp(options: *mut Options) -> Status {
    // SAFETY: options are this thread's.
    unsafe { build(options, |builder| Ok(builder.dangerous_old_credssp())) }
}

/// Lets rdp_probe_start() try the credentials that it is given at each of several targets. Where they share a directory of users,
/// these are as many attempts at one account, and a wrong password may lock it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_same_credentials_for_all(options: *mut Options) -> Status {
    let set = |options: &mut Options| {
        options.same_credentials_for_all = true;
        Ok(())
    };
    // SAFETY: options are this thread's.
    unsafe { change(options, set) }
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
