//! Compares the connections of a case: what several of them show that one does not.
//!
//! Each answer is unknown until the connections that it takes were made.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::case::Look;
use super::experiment::Experiment;
use super::fact::{is_drop, is_local};
use crate::evidence::{Attempt, ClientHello, End, EndKind, Goal, Rung, Stage};
use crate::tls;

/// So many times alike is taken for always.
const ALWAYS: usize = 3;

/// How an outcome is compared: where it ended and how. Whether a dropped connection ends with FIN or RST depends on what
/// was unread, and is no difference; nor is it one of the server that we do not trust its certificate.
fn outcome(look: &Look<'_>) -> (Stage, EndKind, Option<i64>) {
    let end = look.evidence.end;
    let kind = match end.kind() {
        _ if is_drop(look) => EndKind::Fin,
        EndKind::Untrusted => EndKind::Complete,
        kind => kind,
    };
    let code = if matches!(end, End::Os(_)) { None } else { end.code() };
    (look.evidence.stage, kind, code)
}

/// Whether a connection says anything of the target: not where it came to an end before it, by a fault of this machine, or
/// because the time for all of them was over.
fn is_of_target(look: &Look<'_>) -> bool {
    let evidence = look.evidence;
    let elapsed = evidence.leg(evidence.stage).map(|leg| leg.elapsed).unwrap_or_default();
    let cut_short = evidence.end == End::Timeout && elapsed < evidence.plan.budget.stage;
    !matches!(evidence.stage, Stage::Resolve | Stage::Proxy) && !is_local(evidence.end) && !cut_short
}

/// The connections that were just what was asked for.
fn alike<'l, 'a>(looks: &'l [Look<'a>]) -> impl Iterator<Item = &'l Look<'a>> {
    looks.iter().filter(|look| look.experiment.is_alike() && is_of_target(look))
}

/// The connections of an experiment, be it that the first one was so already.
fn of<'l, 'a>(looks: &'l [Look<'a>], experiment: Experiment) -> impl Iterator<Item = &'l Look<'a>> {
    let first = move |look: &Look<'_>| look.experiment == Experiment::First && hello_of(look) == Some(experiment);
    looks.iter().filter(move |look| (look.experiment == experiment || first(look)) && is_of_target(look))
}

/// The experiment that a connection with a `ClientHello` of our own amounts to.
const fn hello_of(look: &Look<'_>) -> Option<Experiment> {
    match look.evidence.plan.client_hello {
        _ if !matches!(look.evidence.plan.goal, Goal::Hello) => None,
        ClientHello { rung: Rung::Wide, length: 0 } => Some(Experiment::WideHello),
        ClientHello { rung: Rung::Tls12, length: 0 } => Some(Experiment::Tls12Hello),
        ClientHello { rung: Rung::Tls13, length: 0 } => Some(Experiment::Tls13Hello),
        ClientHello { rung: Rung::Nothing, length: 0 } => Some(Experiment::NothingHello),
        ClientHello { .. } => None,
    }
}

/// Known once there is a difference, or there were enough without one.
pub(super) fn varies(looks: &[Look<'_>]) -> Option<bool> {
    let mut outcomes = alike(looks).map(outcome);
    let first = outcomes.next()?;
    let mut count = 1;
    for other in outcomes {
        if other != first {
            return Some(true);
        }
        count += 1;
    }
    (count >= ALWAYS).then_some(false)
}

/// Whether, of connections whose outcome varies, one failed so.
pub(super) fn sometimes(looks: &[Look<'_>], test: impl Fn(&Look<'_>) -> bool) -> Option<bool> {
    varies(looks).map(|varies| varies && alike(looks).any(|look| !look.evidence.is_ok() && test(look)))
}

/// Whether the connection that was asked for, made once more behind the experiments, ended as it did first. Unknown while
/// another connection is the last.
pub(super) fn confirmed(looks: &[Look<'_>]) -> Option<bool> {
    let (first, last) = (looks.first()?, looks.last()?);
    (last.experiment == Experiment::OnceMore && is_of_target(last)).then(|| outcome(first) == outcome(last))
}

/// By their keys: a certificate may be made anew for the same one.
pub(super) fn certificates_differ(looks: &[Look<'_>]) -> Option<bool> {
    let mut keys = alike(looks).filter_map(|look| look.certificate.as_ref()).map(|certificate| certificate.key_sha256);
    let first = keys.next()?;
    let rest: Vec<_> = keys.collect();
    if rest.iter().any(|key| *key != first) { Some(true) } else { (rest.len() + 1 >= ALWAYS).then_some(false) }
}

/// Known once a pause was made: it works then, and did not any time of those that followed on the first at once.
pub(super) fn pause_helps(looks: &[Look<'_>]) -> Option<bool> {
    let paused = of(looks, Experiment::AfterPause).next()?;
    let without = |look: &&Look<'_>| !matches!(look.experiment, Experiment::First | Experiment::AfterPause);
    let quick: Vec<_> = alike(looks).filter(without).map(|look| look.evidence.is_ok()).collect();
    Some(paused.evidence.is_ok() && !quick.is_empty() && quick.iter().all(|ok| !ok))
}

/// Times that lost SYNs make connecting longer by: 1 s, then 2 s more, then 4 s more (RFC 6298 section 5.5).
const STEPS: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(7)];

/// How long connecting took, where it came about directly.
fn connect_time(look: &Look<'_>) -> Option<Duration> {
    let attempts = &look.evidence.dial.attempts;
    attempts.iter().find(|attempt| attempt.end == Some(End::Complete)).map(|attempt| attempt.elapsed)
}

/// How many connections took as much longer to connect as lost SYNs cost. Known once two came about.
fn lost_syns(looks: &[Look<'_>]) -> Option<usize> {
    let times: Vec<_> = looks.iter().filter_map(connect_time).collect();
    // Where every SYN is lost once, the answer to the request shows how short the way is.
    let fastest = times.iter().copied().chain(answer_times(looks)).min()?;
    let is_step = |time: &&Duration| {
        let more = time.saturating_sub(fastest);
        STEPS.iter().any(|step| more >= step.saturating_sub(*step / 20) && more <= step.saturating_add(*step / 4))
    };
    let telling = fastest < Duration::from_millis(500);
    (times.len() > 1).then(|| if telling { times.iter().filter(is_step).count() } else { 0 })
}

/// How long the answer to the request took.
fn answer_times<'l>(looks: &'l [Look<'_>]) -> impl Iterator<Item = Duration> + 'l {
    let answered = looks.iter().filter(|look| look.evidence.answer.is_some());
    answered.filter_map(|look| look.evidence.negotiate).map(|leg| leg.elapsed)
}

pub(super) fn syn_lost(looks: &[Look<'_>]) -> Option<bool> {
    lost_syns(looks).map(|count| count > 0)
}

/// Once may have been a server that was busy. Unknown until it was so twice.
pub(super) fn syn_lost_again(looks: &[Look<'_>]) -> Option<bool> {
    match lost_syns(looks)? {
        0 => Some(false),
        1 => None,
        _ => Some(true),
    }
}

/// What is known of one address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Works,
    /// It failed twice, and never worked: once may be chance.
    Dead,
    Open,
}

/// How each address that the first lookup gave fared wherever just what was asked for was asked of it; the race of the first dial
/// counts, too. All at once, as a name may have thousands.
fn standings(looks: &[Look<'_>]) -> Vec<(SocketAddr, Standing)> {
    let mut met: BTreeMap<SocketAddr, (bool, usize)> = BTreeMap::new();
    let alike = |look: &&Look<'_>| look.experiment.is_alike() || look.experiment == Experiment::OtherAddress;
    for look in looks.iter().filter(|look| alike(look) && is_of_target(look)) {
        if let Some(address) = look.address() {
            let (works, times) = met.entry(address).or_default();
            *works |= look.evidence.is_ok();
            *times += 1;
        }
    }
    // The first look's only address is in its race, and in its outcome.
    let first = looks.first().and_then(Look::address);
    let raced = || looks.first().into_iter().flat_map(|look| &look.evidence.dial.attempts);
    let is_lost = |attempt: &&Attempt| attempt.end.is_some_and(|end| end != End::Complete);
    for attempt in raced().filter(|attempt| is_lost(attempt) && first != Some(attempt.address)) {
        met.entry(attempt.address).or_default().1 += 1;
    }
    let fared = |address: SocketAddr| match met.get(&address) {
        Some((true, _)) => Standing::Works,
        Some((false, 2..)) => Standing::Dead,
        _ => Standing::Open,
    };
    raced().map(|attempt| (attempt.address, fared(attempt.address))).collect()
}

/// Of them, those of which too little is known, but for the one that was connected to first: repeating tells of that.
pub(super) fn open_addresses(looks: &[Look<'_>]) -> Vec<SocketAddr> {
    let first = looks.first().and_then(Look::address);
    let open = |(address, standing): &(SocketAddr, Standing)| *standing == Standing::Open && Some(*address) != first;
    standings(looks).into_iter().filter(open).map(|(address, _)| address).collect()
}

pub(super) fn other_addresses(looks: &[Look<'_>]) -> Option<bool> {
    let first = looks.first()?;
    Some(first.evidence.dial.proxy.is_none() && first.evidence.dial.attempts.len() > 1)
}

/// Known once there is one of each, or every address is known to work.
pub(super) fn address_fails(looks: &[Look<'_>]) -> Option<bool> {
    let all = standings(looks);
    let is = |wanted| all.iter().any(|(_, standing)| *standing == wanted);
    if is(Standing::Works) && is(Standing::Dead) {
        return Some(true);
    }
    (!is(Standing::Open)).then_some(false)
}

/// Known once every address is.
pub(super) fn family_fails(looks: &[Look<'_>]) -> Option<bool> {
    let all = standings(looks);
    if all.iter().any(|(_, standing)| *standing == Standing::Open) {
        return None;
    }
    let (v4, v6): (Vec<_>, Vec<_>) = all.iter().partition(|(address, _)| address.is_ipv4());
    let is = |standing: Standing| move |one: &&(SocketAddr, Standing)| one.1 == standing;
    let dead = |family: &[&(SocketAddr, Standing)]| !family.is_empty() && family.iter().all(is(Standing::Dead));
    let works = |family: &[&(SocketAddr, Standing)]| family.iter().any(is(Standing::Works));
    Some(dead(&v4) && works(&v6) || dead(&v6) && works(&v4))
}

/// Whether a request for another protocol got an answer, be it a refusal.
pub(super) fn negotiated(looks: &[Look<'_>], experiment: Experiment) -> Option<bool> {
    let look = of(looks, experiment).find(|look| look.evidence.negotiate.is_some())?;
    Some(look.evidence.answer.is_some() || matches!(look.evidence.end, End::Denied(_)))
}

/// Whether a `ClientHello` of our own got a `ServerHello`. Unknown where none was sent.
pub(super) fn answered(looks: &[Look<'_>], experiment: Experiment) -> Option<bool> {
    let look = of(looks, experiment).find(|look| look.evidence.stage == Stage::Tls)?;
    Some(look.hello.is_some())
}

/// Whether every `ClientHello` was dropped without a byte. Unknown before one of our own was, and where one was left without
/// an answer.
pub(super) fn all_dropped(looks: &[Look<'_>]) -> Option<bool> {
    let mut sent = looks.iter().filter(|look| look.evidence.stage == Stage::Tls && is_of_target(look)).peekable();
    let own = looks.iter().any(|look| look.evidence.plan.goal == Goal::Hello && look.evidence.stage == Stage::Tls);
    sent.peek().filter(|_| own)?;
    let mut silent = false;
    for look in sent {
        silent |= look.evidence.end == End::Timeout;
        if look.evidence.heard() > 0 || !is_drop(look) && look.evidence.end != End::Timeout {
            return Some(false);
        }
    }
    (!silent).then_some(true)
}

/// Not, where the first `ClientHello` offered TLS 1.3, too: it is answered for already.
pub(super) fn tls13_answered(looks: &[Look<'_>]) -> Option<bool> {
    let goal = looks.first()?.evidence.plan.goal;
    let offered = matches!(goal, Goal::Tls | Goal::Chosen) || goal.is_nla();
    answered(looks, Experiment::Tls13Hello).or(offered.then_some(false))
}

/// Whether a large `ClientHello` ended so, without an answer, and did so again: once may be chance. Not, where the same is not
/// answered when it is small: its size is not what matters then.
pub(super) fn large_ended(looks: &[Look<'_>], test: fn(&Look<'_>) -> bool) -> Option<bool> {
    if !answered(looks, Experiment::WideHello)? {
        return Some(false);
    }
    let sent: Vec<_> = of(looks, Experiment::LargeHello).filter(|look| look.evidence.stage == Stage::Tls).collect();
    twice(sent.iter().map(|look| look.hello.is_none() && test(look)))
}

/// False if it was not so any time, true if it was so twice, else unknown.
fn twice(answers: impl Iterator<Item = bool>) -> Option<bool> {
    let answers: Vec<bool> = answers.collect();
    if answers.contains(&false) { Some(false) } else { (answers.len() > 1).then_some(true) }
}

pub(super) fn is_legacy(looks: &[Look<'_>]) -> Option<bool> {
    let look = of(looks, Experiment::WideHello).find(|look| look.evidence.stage == Stage::Tls)?;
    Some(look.hello.as_ref().is_some_and(|hello| tls::is_legacy(hello.session)))
}

/// False where no name was asked for to begin with, and where the wide offer is answered with it.
pub(super) fn nameless(looks: &[Look<'_>]) -> Option<bool> {
    let named = looks.first()?.evidence.plan.asked_name().is_some();
    let without = answered(looks, Experiment::WithoutName);
    if named && answered(looks, Experiment::WideHello) != Some(true) { without } else { Some(false) }
}

/// Whether anything came in answer to what has a small answer: an alert, or the end of the connection, which is small, too.
pub(super) fn small_answered(looks: &[Look<'_>]) -> Option<bool> {
    let look = of(looks, Experiment::NothingHello).find(|look| look.evidence.stage == Stage::Tls)?;
    Some(look.evidence.heard() > 0 || is_drop(look))
}

/// Whether it fails in TLS with the address in place of the name, and did so again.
pub(super) fn by_address_fails(looks: &[Look<'_>]) -> Option<bool> {
    twice(of(looks, Experiment::ByAddress).map(|look| !look.evidence.is_ok() && look.evidence.stage == Stage::Tls))
}

/// A way shorter than this is too short to be told from a fast server's thinking.
const TELLING_WAY: Duration = Duration::from_millis(4);

/// Whether every `ClientHello` that was dropped was dropped in less than half the time that the way to the server and back
/// takes, be it measured by connecting or by the answer to the request. Not, where it was not measured: through a proxy, over a
/// stream that was brought along.
pub(super) fn ended_early(looks: &[Look<'_>]) -> bool {
    let connects = looks.iter().filter_map(connect_time);
    let direct = looks.iter().any(|look| connect_time(look).is_some());
    let way = connects.chain(answer_times(looks)).min().filter(|_| direct).unwrap_or_default();
    let dropped = looks.iter().filter(|look| look.evidence.stage == Stage::Tls && is_drop(look));
    let mut times = dropped.filter_map(|look| look.evidence.tls).map(|leg| leg.elapsed).peekable();
    times.peek().is_some() && way >= TELLING_WAY && times.all(|time| time < way / 2)
}
