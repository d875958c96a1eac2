//! The one call of bpf(2).
//!
//! # Safety
//!
//! bpf(2) reads and writes wherever the addresses in its argument point to. [`bpf`] is therefore unsafe, and its callers
//! (one function per command, in `cmd`) argue for each address that it is null or valid for as much as the kernel will
//! move. A descriptor that the kernel returns is new and belongs to the caller alone.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use crate::attr::Attr;
use crate::error::SysError;
use crate::uapi::Command;

/// Makes one call and answers the kernel's non-negative result. Never repeats it.
///
/// # Safety
///
/// Each address in `attr` must be null, or valid for the reads and writes that `command` makes through it.
pub(crate) unsafe fn bpf<A: Attr>(command: Command, attr: &mut A) -> Result<i32, SysError> {
    // SAFETY: `attr` is a live exclusive borrow of `size_of::<A>()` bytes, all of them initialised since an `Attr`
    // has no padding; the caller vouches for the addresses inside.
    let result = unsafe { libc::syscall(libc::SYS_bpf, command.0, std::ptr::from_mut(attr), size_of::<A>()) };
    i32::try_from(result).ok().filter(|result| *result >= 0).ok_or_else(|| {
        let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
        SysError::Kernel { command, errno }
    })
}

/// Makes one call of a command that returns a new descriptor.
///
/// The descriptor is close-on-exec (the kernel makes it so for every command) and not one of 0 to 2, which other
/// code takes for the standard streams.
///
/// # Safety
///
/// As for [`bpf`]; and `command` must be one that returns a new descriptor.
pub(crate) unsafe fn bpf_fd<A: Attr>(command: Command, attr: &mut A) -> Result<OwnedFd, SysError> {
    // SAFETY: the caller vouches for the addresses in `attr`.
    let raw: RawFd = unsafe { bpf(command, attr) }?;
    // SAFETY: the kernel has just made this descriptor for us, as the caller says; nobody else knows its number.
    let fd = unsafe { OwnedFd::from_raw_fd(raw) };
    above_standard_streams(fd)
}

/// Moves a descriptor above the standard streams if it is one of 0 to 2.
pub(crate) fn above_standard_streams(fd: OwnedFd) -> Result<OwnedFd, SysError> {
    if fd.as_raw_fd() > 2 {
        return Ok(fd);
    }
    // SAFETY: F_DUPFD_CLOEXEC reads and writes no memory of ours.
    let raw = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 3) };
    if raw < 0 {
        return Err(SysError::last_os("fcntl(F_DUPFD_CLOEXEC)"));
    }
    // SAFETY: the kernel has just made this descriptor for us.
    Ok(unsafe { OwnedFd::from_raw_fd(raw) })
}
