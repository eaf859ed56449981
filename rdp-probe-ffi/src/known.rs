//! Certificates that targets are known by, kept by the caller.

use std::ffi::{CString, c_char, c_void};
use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError};

use bytes::Bytes;
use rdp_probe::{Known, KnownCertificates, Remembering, Target};
use tokio::sync::{Semaphore, oneshot};

use crate::options::{Options, change};
use crate::status::{Status, invalid};
use crate::sync::{Condvar, Mutex, MutexGuard, wait_while};

/// No certificate is kept.
pub const RDP_PROBE_KNOWN_NOTHING: u32 = 1;
/// A certificate is kept: it is in the buffer.
pub const RDP_PROBE_KNOWN_CERTIFICATE: u32 = 2;
/// The store cannot say.
pub const RDP_PROBE_KNOWN_UNAVAILABLE: u32 = 3;

/// The room that a store has for a certificate.
const ROOM: usize = 64 * 1024;

/// Calls to stores under way in this process.
const AT_ONCE: usize = 64;

static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(AT_ONCE)));

type Get = unsafe extern "C" fn(*mut c_void, *const c_char, *mut u8, usize, *mut usize) -> u32;
type Put = unsafe extern "C" fn(*mut c_void, *const c_char, *const u8, usize, *mut u8, usize, *mut usize) -> u32;

/// What the target is known by: writes a certificate (DER) into the buffer and its length, and gives one of RDP_PROBE_KNOWN_. A
/// store that cannot say gives RDP_PROBE_KNOWN_UNAVAILABLE, as does any other number: nothing known would be to trust
/// whoever comes.
pub type KnownGet = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        target: *const c_char,
        buffer: *mut u8,
        capacity: usize,
        length: *mut usize,
    ) -> u32,
>;

/// Keeps the certificate (DER) of a first use, unless another is kept by now, and gives what is kept then, as
/// rdp_probe_known_get does.
pub type KnownPut = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        target: *const c_char,
        certificate: *const u8,
        certificate_length: usize,
        buffer: *mut u8,
        capacity: usize,
        length: *mut usize,
    ) -> u32,
>;

/// Has the certificates kept that targets are known by: RDP_PROBE_TRUST_FIRST_USE needs it, and with any trust the report
/// compares. Both functions are called from threads of the library, 64 at once at most; they may block, and may call nothing
/// of the library. get that takes longer than a stage may take, or put that takes longer than all of the budget, counts as
/// unavailable. A prober that is made of these options uses the functions, and user, until it is freed: that waits for calls under
/// way. Only where it is freed inside one of its callbacks they may be used for some time behind that; let user live as long as the
/// process then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_known(
    options: *mut Options,
    get: KnownGet,
    put: KnownPut,
    user: *mut c_void,
) -> Status {
    let by = |options: &mut Options| {
        let (Some(get), Some(put)) = (get, put) else {
            return Err(invalid("get and put are both needed, and one is NULL"));
        };
        options.store = Some(Functions::new(get, put, User::new(user)));
        Ok(())
    };
    // SAFETY: options are this thread's.
    unsafe { change(options, by) }
}

/// What a callback is given of the caller's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct User(*mut c_void);

impl User {
    pub(crate) const fn new(user: *mut c_void) -> Self {
        Self(user)
    }

    pub(crate) const fn pointer(self) -> *mut c_void {
        self.0
    }
}

// SAFETY: nothing here looks behind it. Those functions of the caller's do that get it back, and the header says which threads call them.
unsafe impl Send for User {}
// SAFETY: as above.
unsafe impl Sync for User {}

/// The caller's functions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Functions {
    get: Get,
    put: Put,
    user: User,
}

impl Functions {
    pub(crate) const fn new(get: Get, put: Put, user: User) -> Self {
        Self { get, put, user }
    }

    fn recall(self, target: &Target) -> Known {
        ask(target, |target, buffer, length| {
            // SAFETY: a function as the header wants it; pointers to what lives for the call, and room for as many bytes as it is told of.
            unsafe { (self.get)(self.user.pointer(), target, buffer, ROOM, length) }
        })
    }

    fn remember(self, target: &Target, certificate: &[u8]) -> Known {
        ask(target, |target, buffer, length| {
            let (der, der_length) = (certificate.as_ptr(), certificate.len());
            // SAFETY: as above.
            unsafe { (self.put)(self.user.pointer(), target, der, der_length, buffer, ROOM, length) }
        })
    }
}

/// What a function of the caller's has to say of a target.
fn ask(target: &Target, call: impl FnOnce(*const c_char, *mut u8, *mut usize) -> u32) -> Known {
    let Ok(name) = CString::new(target.to_string()) else { return Known::Unavailable };
    let (mut buffer, mut length) = (vec![0; ROOM], 0);
    match call(name.as_ptr(), buffer.as_mut_ptr(), &raw mut length) {
        RDP_PROBE_KNOWN_NOTHING => Known::Nothing,
        RDP_PROBE_KNOWN_CERTIFICATE => {
            buffer.get(..length).map_or(Known::Unavailable, |der| Known::Certificate(Bytes::copy_from_slice(der)))
        }
        _ => Known::Unavailable,
    }
}

/// The store of one prober.
#[derive(Clone)]
pub(crate) struct Store {
    functions: Functions,
    gate: Arc<Gate>,
}

impl Store {
    pub(crate) fn new(functions: Functions) -> Self {
        Self { functions, gate: Arc::default() }
    }

    /// Lets nobody in any more, and waits until the last has come out.
    pub(crate) fn close(&self) {
        let mut inside = self.gate.inside();
        inside.is_closed = true;
        drop(wait_while(&self.gate.left, inside, None, |inside| inside.count > 0));
    }

    /// Calls, unless nobody is let in any more.
    pub(crate) fn visit(&self, by: impl FnOnce(Functions) -> Known) -> Option<Known> {
        let _visit = self.gate.enter()?;
        Some(by(self.functions))
    }

    /// Calls on a thread of its own: when nobody waits any more the call is abandoned, never joined.
    async fn call(&self, by: impl FnOnce(Functions) -> Known + Send + 'static) -> Known {
        let Ok(place) = Arc::clone(&PLACES).acquire_owned().await else { return Known::Unavailable };
        let (sender, receiver) = oneshot::channel();
        let store = self.clone();
        let call = move || {
            if let Some(known) = store.visit(by) {
                // Nobody may be waiting any more.
                let _ = sender.send(known);
            }
            drop(place);
        };
        let thread = std::thread::Builder::new().name("rdp-probe store".to_owned()).spawn(call);
        if thread.is_err() {
            return Known::Unavailable;
        }
        receiver.await.unwrap_or(Known::Unavailable)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl KnownCertificates for Store {
    fn get<'a>(&'a self, target: &'a Target) -> Remembering<'a, Known> {
        let target = target.clone();
        Box::pin(self.call(move |functions| functions.recall(&target)))
    }

    fn put<'a>(&'a self, target: &'a Target, certificate: &'a [u8]) -> Remembering<'a, Known> {
        let (target, certificate) = (target.clone(), certificate.to_vec());
        Box::pin(self.call(move |functions| functions.remember(&target, &certificate)))
    }
}

/// Who is in the caller's functions, and whether anybody may still go in.
#[derive(Debug, Default)]
struct Gate {
    inside: Mutex<Inside>,
    left: Condvar,
}

#[derive(Debug, Default)]
struct Inside {
    is_closed: bool,
    count: usize,
}

impl Gate {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self) -> Option<Visit<'_>> {
        let mut inside = self.inside();
        if inside.is_closed {
            return None;
        }
        inside.count = inside.count.saturating_add(1);
        Some(Visit(self))
    }
}

/// Somebody inside, until it is dropped.
struct Visit<'a>(&'a Gate);

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let mut inside = self.0.inside();
        inside.count = inside.count.saturating_sub(1);
        self.0.left.notify_all();
    }
}
