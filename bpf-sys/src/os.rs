//! The few calls beside bpf(2) and mmap(2): which file system a file is on, which kernel this is, its pages, a limit, a process.
//!
//! # Safety
//!
//! The calls use numbers alone, or one local buffer of the right type each; what they wrote there is read only after they
//! succeeded. A descriptor that the kernel returns is new and belongs to the caller alone.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use crate::error::SysError;
use crate::syscall;
use crate::uapi::KernelVersion;

pub(crate) const SYSFS_MAGIC: i64 = 0x6265_6572;
pub(crate) const BPF_FS_MAGIC: i64 = 0xcafe_4a11;

/// The magic number of the file system that an open file is on.
pub(crate) fn file_system_of(fd: BorrowedFd<'_>) -> Result<i64, SysError> {
    let mut stat = MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: `stat` is writable memory of the type that fstatfs fills.
    if unsafe { libc::fstatfs(fd.as_raw_fd(), stat.as_mut_ptr()) } != 0 {
        return Err(SysError::last_os("fstatfs"));
    }
    // SAFETY: fstatfs succeeded, so it has filled `stat`.
    Ok(magic(&unsafe { stat.assume_init() }))
}

/// The magic number of the file system that a path is on.
pub(crate) fn file_system_at(path: &CStr) -> Result<i64, SysError> {
    let mut stat = MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: `path` ends in a NUL, and `stat` is writable memory of the type that statfs fills.
    if unsafe { libc::statfs(path.as_ptr(), stat.as_mut_ptr()) } != 0 {
        return Err(SysError::last_os("statfs"));
    }
    // SAFETY: statfs succeeded, so it has filled `stat`.
    Ok(magic(&unsafe { stat.assume_init() }))
}

// The field's type differs by machine; the magic numbers are 32 bits everywhere.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::unnecessary_cast)]
fn magic(stat: &libc::statfs) -> i64 {
    i64::from(stat.f_type as u32)
}

/// How a descriptor was opened, as `O_` flags.
pub(crate) fn open_flags(fd: BorrowedFd<'_>) -> Result<i32, SysError> {
    // SAFETY: F_GETFL reads and writes no memory of ours.
    let flags = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) };
    if flags < 0 { Err(SysError::last_os("fcntl(F_GETFL)")) } else { Ok(flags) }
}

/// Bytes of a page.
pub(crate) fn page_size() -> Result<usize, SysError> {
    // SAFETY: sysconf reads and writes no memory of ours.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).map_err(|_| SysError::last_os("sysconf(_SC_PAGESIZE)"))
}

/// The version that the running kernel reports (the first two numbers of `uname -r`), or `None` if it makes no sense.
/// What a kernel can do it does not say: distributions bring features to older versions.
pub fn kernel_version() -> Option<KernelVersion> {
    let mut names = MaybeUninit::<libc::utsname>::zeroed();
    // SAFETY: `names` is writable memory of the type that uname fills.
    if unsafe { libc::uname(names.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: it was zeroed, which is a valid value of its integer arrays, and then filled.
    let names = unsafe { names.assume_init() };
    let release: Vec<u8> = // A `c_char` is signed on some machines and not on others.
        names.release.iter().flat_map(|c| c.to_ne_bytes()).take_while(|c| *c != 0).collect();
    let release = String::from_utf8(release).ok()?;
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    Some(KernelVersion::new(numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Lifts the limit on locked memory: altogether, or else to the hard limit. True if it is higher than it was.
pub(crate) fn raise_memlock_limit() -> bool {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is writable memory of the type that getrlimit fills.
    if unsafe { libc::getrlimit(libc::RLIMIT_MEMLOCK, &raw mut limit) } != 0 {
        return false;
    }
    let highest = [libc::RLIM_INFINITY, limit.rlim_max];
    highest.into_iter().filter(|wanted| *wanted > limit.rlim_cur).any(|wanted| {
        let wanted = libc::rlimit { rlim_cur: wanted, rlim_max: wanted };
        // SAFETY: `wanted` is readable memory of the type that setrlimit takes.
        unsafe { libc::setrlimit(libc::RLIMIT_MEMLOCK, &raw const wanted) == 0 }
    })
}

/// Opens a file for reading so that a read of what has nothing to read answers `EAGAIN` in place of waiting: a pipe of
/// tracefs.
///
/// # Errors
///
/// [`SysError::Io`].
pub fn open_nonblocking(path: impl AsRef<std::path::Path>) -> Result<std::fs::File, SysError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let opened = std::fs::File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path);
    opened.map_err(|error| SysError::io("open", &error))
}

/// Opens a process by its number: the key of its element in a task storage map.
///
/// The descriptor is close-on-exec.
///
/// # Errors
///
/// [`SysError::Io`]: `ESRCH` if there is no such process, `EINVAL` if the number is that of a thread.
///
/// # Kernel
///
/// `pidfd_open`, since 5.3.
#[doc(alias = "pidfd_open")]
pub fn open_process(pid: u32) -> Result<OwnedFd, SysError> {
    let pid =
        libc::pid_t::try_from(pid).map_err(|_| SysError::Io { what: "pidfd_open", errno: libc::ESRCH })?;
    // SAFETY: pidfd_open takes two numbers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    let fd = i32::try_from(fd).ok().filter(|fd| *fd >= 0).ok_or_else(|| SysError::last_os("pidfd_open"))?;
    // SAFETY: the kernel has just made this descriptor for us.
    syscall::above_standard_streams(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// A path as the kernel takes it.
pub(crate) fn c_path(path: &std::path::Path) -> Result<std::ffi::CString, SysError> {
    use std::os::unix::ffi::OsStrExt as _;
    std::ffi::CString::new(path.as_os_str().as_bytes())
        .map_err(|_| SysError::Io { what: "path", errno: libc::EINVAL })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes() {
        assert!(open_process(std::process::id()).is_ok());
        assert!(open_process(u32::MAX).unwrap_err().is(libc::ESRCH));
    }
}
