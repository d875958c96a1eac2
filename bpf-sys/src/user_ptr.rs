//! An address that goes to the kernel, tied to the borrow that keeps it valid.

use std::ffi::CStr;
use std::marker::PhantomData;
use std::os::fd::BorrowedFd;

/// An address as the kernel takes it: 64 bits on every machine. Zero for "nothing", and for what is empty.
///
/// The kernel may write through one only if it was made from a `&mut`.
#[derive(Clone, Copy, Default)]
#[repr(transparent)]
pub(crate) struct UserPtr<'a>(u64, PhantomData<&'a ()>);

impl<'a> UserPtr<'a> {
    pub(crate) const NULL: Self = Self(0, PhantomData);

    /// For reading `bytes.len()` bytes.
    pub(crate) fn to(bytes: &'a [u8]) -> Self {
        if bytes.is_empty() { Self::NULL } else { Self::at(bytes.as_ptr().expose_provenance()) }
    }

    /// For reading and writing `bytes.len()` bytes.
    pub(crate) fn to_mut(bytes: &'a mut [u8]) -> Self {
        if bytes.is_empty() { Self::NULL } else { Self::at(bytes.as_mut_ptr().expose_provenance()) }
    }

    /// For reading and writing an array of 32-bit numbers.
    pub(crate) fn to_u32s(numbers: &'a mut [u32]) -> Self {
        if numbers.is_empty() { Self::NULL } else { Self::at(numbers.as_mut_ptr().expose_provenance()) }
    }

    /// For reading an array of descriptors: a `BorrowedFd` is represented as its number, an `int`.
    pub(crate) fn to_fds(fds: &'a [BorrowedFd<'a>]) -> Self {
        if fds.is_empty() { Self::NULL } else { Self::at(fds.as_ptr().expose_provenance()) }
    }

    /// For reading a string up to its NUL.
    pub(crate) fn to_c_str(text: &'a CStr) -> Self {
        Self::at(text.as_ptr().expose_provenance())
    }

    /// For reading and writing one value that has no padding.
    pub(crate) fn to_value<T>(value: &'a mut T) -> Self {
        Self::at(std::ptr::from_mut(value).expose_provenance())
    }

    pub(crate) fn is_null(self) -> bool {
        self.0 == 0
    }

    fn at(address: usize) -> Self {
        Self(address as u64, PhantomData)
    }
}
