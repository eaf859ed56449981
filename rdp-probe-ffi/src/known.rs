//! Certificates that targets are known by, kept by the caller.

use std::ffi::{CString, c_char, c_void};

use rdp_probe::{Known, KnownCertificates, Remembering, Target};

use crate::options::{Options, build};
use crate::status::{Status, invalid};

/// No certificate is kept.
pub const RDP_PROBE_KNOWN_NOTHING: u32 = 1;
/// A certificate is kept: it is in the buffer.
pub const RDP_PROBE_KNOWN_CERTIFICATE: u32 = 2;
/// The store cannot say.
pub const RDP_PROBE_KNOWN_UNAVAILABLE: u32 = 3;

/// The room that a store has for a certificate.
const ROOM: usize = 64 * 1024;

type Get = unsafe extern "C" fn(*mut c_void, *const c_char, *mut u8, usize, *mut usize) -> u32;
type Put = unsafe extern "C" fn(*mut c_void, *const c_char, *const u8, usize, *mut u8, usize, *mut usize) -> u32;

/// What the target is known by: writes a certificate (DER) into the buffer and its length, and gives one of RDP_PROBE_KNOWN_. A store
/// that cannot say gives RDP_PROBE_KNOWN_UNAVAILABLE, as does any other number: nothing known would be to trust whoever comes.
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

/// Has the certificates kept that targets are known by: RDP_PROBE_TRUST_FIRST_USE needs it, and with any trust the report compares. Both
/// functions are called from threads of the library, several at once; they may block, and may call nothing of the library. The probers
/// that are made of these options use them, and user, until they are freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rdp_probe_options_known(
    options: *mut Options,
    get: KnownGet,
    put: KnownPut,
    user: *mut c_void,
) -> Status {
    let by = |builder: rdp_probe::ProberBuilder| match (get, put) {
        (Some(get), Some(put)) => Ok(builder.known_certificates(Store { get, put, user: User::new(user) })),
        _ => Err(invalid("get and put are both needed, and one is NULL")),
    };
    // SAFETY: options are this thread's.
    unsafe { build(options, by) }
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

// SAFETY: nothing here looks behind it; that callbacks come from threads of the library, the header says.
unsafe impl Send for User {}
// SAFETY: as above.
unsafe impl Sync for User {}

/// The caller's store.
#[derive(Debug, Clone, Copy)]
struct Store {
    get: Get,
    put: Put,
    user: User,
}

impl Store {
    fn recall(self, target: &Target) -> Known {
        ask(target, |target, buffer, length| {
            // SAFETY: pointers to what lives for the call; the function and what user means are the caller's.
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
        RDP_PROBE_KNOWN_CERTIFICATE if length <= ROOM => {
            buffer.truncate(length);
            Known::Certificate(buffer.into())
        }
        _ => Known::Unavailable,
    }
}

/// The caller's functions may block, so they have a thread of the runtime's.
impl KnownCertificates for Store {
    fn get<'a>(&'a self, target: &'a Target) -> Remembering<'a, Known> {
        let (store, target) = (*self, target.clone());
        let asked = tokio::task::spawn_blocking(move || store.recall(&target));
        Box::pin(async { asked.await.unwrap_or(Known::Unavailable) })
    }

    fn put<'a>(&'a self, target: &'a Target, certificate: &'a [u8]) -> Remembering<'a, Known> {
        let (store, target, certificate) = (*self, target.clone(), certificate.to_vec());
        let asked = tokio::task::spawn_blocking(move || store.remember(&target, &certificate));
        Box::pin(async { asked.await.unwrap_or(Known::Unavailable) })
    }
}
