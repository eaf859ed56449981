//! Trust on first use: who keeps what targets are known by, and when they are asked and told.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::time::timeout_at;

use super::clock::Clock;
use crate::conversation::Conversation;
use crate::evidence::{Evidence, Goal, Handshake, Known, Plan, Trust};
use crate::target::Target;

/// A question to a store, or word to it, under way.
pub type Remembering<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Keeps the certificates that targets are known by ([`ProberBuilder::known_certificates`](crate::ProberBuilder::known_certificates)).
///
/// Both calls are asynchronous, so that a database is waited for without holding up other probes; a map or a file that is in
/// memory answers at once.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use rdp_probe::{Known, KnownCertificates, Remembering, Target};
///
/// /// For as long as the program runs.
/// #[derive(Default)]
/// struct Memory(Mutex<HashMap<Target, Vec<u8>>>);
///
/// impl KnownCertificates for Memory {
///     fn get<'a>(&'a self, target: &'a Target) -> Remembering<'a, Known> {
///         let kept = self.0.lock().unwrap().get(target).cloned();
///         Box::pin(async { kept.map_or(Known::Nothing, |der| Known::Certificate(der.into())) })
///     }
///
///     fn put<'a>(&'a self, target: &'a Target, certificate: &'a [u8]) -> Remembering<'a, Known> {
///         let kept = self.0.lock().unwrap().entry(target.clone()).or_insert_with(|| certificate.to_vec()).clone();
///         Box::pin(async { Known::Certificate(kept.into()) })
///     }
/// }
///
/// use rdp_probe::{Prober, Trust};
/// let prober = Prober::builder().trust(Trust::FirstUse).known_certificates(Memory::default()).build()?;
/// # Ok::<(), rdp_probe::ConfigError>(())
/// ```
pub trait KnownCertificates: Send + Sync {
    /// What the target is known by. A store that cannot say answers [`Known::Unavailable`], never [`Known::Nothing`]: that
    /// would be to trust whoever comes.
    ///
    /// It is asked before the connection is made, and waited for as long as a stage may take. One that takes longer counts
    /// as unavailable.
    fn get<'a>(&'a self, target: &'a Target) -> Remembering<'a, Known>;

    /// Remembers the certificate (DER) that the target was seen with for the first time, in a handshake in which it proved to
    /// have the key. If another is there by now, that one stays. Gives what is kept: of two probes of a target at the same
    /// time one is the first, and the other is judged by what that one saw.
    ///
    /// It is waited for until the time of the probe is over. What goes wrong in it is for the store to tell, as is that
    /// nothing is kept ([`Known::Nothing`]): the connection is what it was. But credentials are given to no server whose
    /// certificate is not kept.
    fn put<'a>(&'a self, target: &'a Target, certificate: &'a [u8]) -> Remembering<'a, Known>;
}

impl<T: KnownCertificates + ?Sized> KnownCertificates for Arc<T> {
    fn get<'a>(&'a self, target: &'a Target) -> Remembering<'a, Known> {
        (**self).get(target)
    }

    fn put<'a>(&'a self, target: &'a Target, certificate: &'a [u8]) -> Remembering<'a, Known> {
        (**self).put(target, certificate)
    }
}

/// The store that a prober has.
#[derive(Clone)]
pub(super) struct Store(Arc<dyn KnownCertificates>);

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    pub(super) fn new(store: impl KnownCertificates + 'static) -> Self {
        Self(Arc::new(store))
    }

    /// Asks what the target is known by, where the plan does not say and a certificate may be seen.
    pub(super) async fn recall(&self, plan: &mut Plan, clock: Clock) {
        if plan.known == Known::Unasked && plan.goal != Goal::Negotiate {
            let deadline = clock.at(plan.budget.deadline(clock.now()));
            plan.known = timeout_at(deadline, self.0.get(&plan.target)).await.unwrap_or(Known::Unavailable);
        }
    }

    /// Remembers the certificate of a first use, before anything is given to whoever showed it. One whose key was not proven to be
    /// the server's is none. Where another probe was first with another certificate, that is what this one is judged by.
    pub(super) async fn remember(&self, conversation: &mut Conversation, handshake: &Handshake, clock: Clock) {
        let evidence = conversation.evidence();
        let plan = &evidence.plan;
        let is_first = plan.trust == Trust::FirstUse && plan.known == Known::Nothing && handshake.proves_key();
        let Some(leaf) = handshake.chain.first().filter(|_| is_first) else { return };
        let shown = Evidence { handshake: Some(handshake.clone()), ..evidence.clone() };
        if shown.distrust().is_some() {
            return;
        }
        // The store says itself what went wrong.
        let put = timeout_at(clock.at(plan.budget.total), self.0.put(&plan.target, leaf)).await;
        match put {
            Ok(Known::Certificate(kept)) if kept == *leaf => {}
            Ok(Known::Certificate(kept)) => conversation.learn(Known::Certificate(kept)),
            // What is not kept is a first use each time, for whoever comes: nothing is given to that.
            _ if plan.goal.needs_credentials() => conversation.learn(Known::Unavailable),
            _ => {}
        }
    }
}
