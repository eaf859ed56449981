//! Text and bytes on their way in and out.

use std::ffi::{CStr, c_char};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use crate::status::{Failure, invalid};

/// Text: UTF-8, len bytes of it, no NUL behind it. It belongs to the object that it was asked of.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// Where it begins; never NULL.
    pub ptr: *const c_char,
    /// How many bytes it has.
    pub len: usize,
}

/// Bytes. They belong to the object that they were asked of.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Bytes {
    /// Where they begin; never NULL.
    pub ptr: *const u8,
    /// How many there are.
    pub len: usize,
}

impl Text {
    pub(crate) const EMPTY: Self = Self::of("");

    pub(crate) const fn of(text: &str) -> Self {
        Self { ptr: text.as_ptr().cast(), len: text.len() }
    }
}

impl Bytes {
    pub(crate) const EMPTY: Self = Self::of(&[]);

    pub(crate) const fn of(bytes: &[u8]) -> Self {
        Self { ptr: bytes.as_ptr(), len: bytes.len() }
    }
}

/// The object behind a pointer.
///
/// # Safety
/// The pointer is NULL, or of an object that lives, and that nobody changes meanwhile.
pub(crate) unsafe fn shared<'a, T>(pointer: *const T, name: &str) -> Result<&'a T, Failure> {
    // SAFETY: as the caller promises.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// The object behind a pointer, to be changed.
///
/// # Safety
/// The pointer is NULL, or of an object that lives, and that nobody else uses meanwhile.
pub(crate) unsafe fn exclusive<'a, T>(pointer: *mut T, name: &str) -> Result<&'a mut T, Failure> {
    // SAFETY: as the caller promises.
    unsafe { pointer.as_mut() }.ok_or_else(|| null(name))
}

/// Where a result goes.
///
/// # Safety
/// The pointer is NULL, or of a place for a `T` that can be written to until the result has been, whatever is in it.
pub(crate) unsafe fn place<'a, T>(pointer: *mut T, name: &str) -> Result<Place<'a, T>, Failure> {
    // SAFETY: as the caller promises.
    unsafe { optional_place(pointer) }.ok_or_else(|| null(name))
}

/// Where a result goes, if it is wanted.
///
/// # Safety
/// As for [`place`].
pub(crate) unsafe fn optional_place<'a, T>(pointer: *mut T) -> Option<Place<'a, T>> {
    NonNull::new(pointer).map(|place| Place(place, PhantomData))
}

/// A place of the caller's for a result. It is no reference: once it is written, the caller may read it from another thread, though
/// the call has not ended.
pub(crate) struct Place<'a, T>(NonNull<T>, PhantomData<&'a mut T>);

impl<T> Place<'_, T> {
    pub(crate) fn write(self, value: T) {
        // SAFETY: whoever made it has promised that it can be written to; what was in it is not looked at, nor dropped.
        unsafe { self.0.as_ptr().write(value) };
    }
}

impl<T> Place<'_, *mut T> {
    /// Gives an object away.
    pub(crate) fn give(self, object: T) {
        self.write(Box::into_raw(Box::new(object)));
    }
}

/// Takes an object back that was given away, and drops it.
///
/// # Safety
/// The pointer is NULL, or of an object that was given away as a `Box` of this type and not taken back yet, and that nobody uses any more.
pub(crate) unsafe fn take_back<T>(pointer: *mut T) -> Option<Box<T>> {
    // SAFETY: not NULL, and a box as the caller promises, which nobody else will drop.
    (!pointer.is_null()).then(|| unsafe { Box::from_raw(pointer) })
}

/// Text that ends with NUL.
///
/// # Safety
/// The pointer is NULL, or of bytes up to a NUL that nobody changes meanwhile.
pub(crate) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str, Failure> {
    // SAFETY: as the caller promises.
    unsafe { optional_text(pointer, name) }?.ok_or_else(|| null(name))
}

/// Text that ends with NUL, or none.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn optional_text<'a>(pointer: *const c_char, name: &str) -> Result<Option<&'a str>, Failure> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL; that it ends with NUL and stays as it is, the caller promises.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map(Some).map_err(|error| {
        invalid(format!("{name} is not UTF-8: its byte {} does not fit", error.valid_up_to().saturating_add(1)))
    })
}

/// Bytes by pointer and length. Without length, the pointer may be NULL.
///
/// # Safety
/// The pointer is NULL, or of so many bytes that nobody changes meanwhile.
pub(crate) unsafe fn bytes<'a>(pointer: *const u8, len: usize, name: &str) -> Result<&'a [u8], Failure> {
    if len == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(null(name));
    }
    if isize::try_from(len).is_err() {
        return Err(invalid(format!("{name} cannot have {len} bytes")));
    }
    // SAFETY: not NULL, and no longer than an allocation can be; the rest the caller promises.
    Ok(unsafe { std::slice::from_raw_parts(pointer, len) })
}

/// A buffer of the caller's, to be written to, whatever is in it.
///
/// # Safety
/// The pointer is NULL, or of so many bytes that nobody else uses meanwhile.
pub(crate) unsafe fn buffer<'a>(
    pointer: *mut u8,
    len: usize,
    name: &str,
) -> Result<&'a mut [MaybeUninit<u8>], Failure> {
    if len == 0 {
        return Ok(&mut []);
    }
    if pointer.is_null() {
        return Err(null(name));
    }
    if isize::try_from(len).is_err() {
        return Err(invalid(format!("{name} cannot have {len} bytes")));
    }
    // SAFETY: not NULL, and no longer than an allocation can be; any byte is a `MaybeUninit`; the rest the caller promises.
    Ok(unsafe { std::slice::from_raw_parts_mut(pointer.cast(), len) })
}

fn null(name: &str) -> Failure {
    invalid(format!("{name} is NULL"))
}
