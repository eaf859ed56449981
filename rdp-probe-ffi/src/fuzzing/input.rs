//! A fuzzer's bytes as arguments.

use std::ffi::{CString, c_char};
use std::ptr::null;

/// The bytes that are left.
pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl Input<'_> {
    pub(super) const fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub(super) fn number(&mut self) -> u32 {
        u32::from_be_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }

    pub(super) fn bytes(&mut self) -> Vec<u8> {
        let length = usize::from(u16::from_be_bytes([self.byte(), self.byte()]));
        let (read, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        read.to_vec()
    }

    /// A text up to its NUL, in whatever encoding; of a length of 0xFFFF, none.
    pub(super) fn text(&mut self) -> Option<CString> {
        if self.0.starts_with(&[0xFF, 0xFF]) {
            self.0 = self.0.get(2..).unwrap_or_default();
            return None;
        }
        let bytes = self.bytes();
        let upto = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        CString::new(bytes.get(..upto).unwrap_or_default()).ok()
    }
}

/// As C has it.
pub(super) fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(null(), |text| text.as_ptr())
}
