//! Perf events: what programs of tracepoints and of clocks are attached to.
//!
//! # Safety
//!
//! perf_event_open reads one struct of ours, whose size stands in it; the ioctls here take a number, not an address.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use crate::error::SysError;
use crate::syscall;

/// `PERF_TYPE_SOFTWARE`.
const SOFTWARE: u32 = 1;
/// `PERF_COUNT_SW_CPU_CLOCK`.
const CPU_CLOCK: u64 = 0;
/// `PERF_TYPE_TRACEPOINT`.
const TRACEPOINT: u32 = 2;
/// `PERF_FLAG_FD_CLOEXEC`.
const CLOSE_ON_EXEC: libc::c_ulong = 1 << 3;
/// `PERF_EVENT_IOC_SET_BPF`.
const SET_BPF: libc::Ioctl = libc::_IOW::<u32>(b'$' as u32, 8);

/// `struct perf_event_attr` in `include/uapi/linux/perf_event.h`, as of 2.6.33 (`PERF_ATTR_SIZE_VER1`); longer ones begin
/// with the same, and the kernel takes what is missing for zero.
#[derive(Default)]
#[repr(C)]
struct EventAttr {
    event_type: u32,
    size: u32,
    config: u64,
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup_events: u32,
    bp_type: u32,
    config1: u64,
    config2: u64,
}

const SIZE: u32 = 72;
const _: () = assert!(size_of::<EventAttr>() == SIZE as usize);

/// Opens a tracepoint, by the number in its tracefs folder (`events/CATEGORY/NAME/id`), as an event that counts for all
/// processes and is switched on. Programs that are attached to it run on every CPU.
///
/// The descriptor is close-on-exec.
///
/// # Errors
///
/// [`SysError::Io`]: `EACCES` or `EPERM` without `CAP_PERFMON`, `ENOENT` or `EINVAL` if there is no such tracepoint.
///
/// # Kernel
///
/// `perf_event_open`, since 2.6.32; programs at tracepoints since 4.7: `perf_event_set_bpf_prog` in
/// `kernel/events/core.c`.
pub fn open_tracepoint(id: u64) -> Result<OwnedFd, SysError> {
    let attr = EventAttr { event_type: TRACEPOINT, size: SIZE, config: id, ..EventAttr::default() };
    open(&attr, 0)
}

/// Opens the clock of one CPU as an event that counts nanoseconds for all processes, is switched on, and calls the programs
/// that are attached to it once every `period` nanoseconds.
///
/// The descriptor is close-on-exec.
///
/// # Errors
///
/// [`SysError::Io`]: `EACCES` or `EPERM` without `CAP_PERFMON`, `ENODEV` or `EINVAL` if there is no such CPU.
///
/// # Kernel
///
/// `perf_event_open` with `PERF_COUNT_SW_CPU_CLOCK`, since 2.6.31; programs since 4.9.
pub fn open_clock(cpu: u32, period: u64) -> Result<OwnedFd, SysError> {
    let attr = EventAttr {
        event_type: SOFTWARE,
        size: SIZE,
        config: CPU_CLOCK,
        sample_period: period,
        ..EventAttr::default()
    };
    open(&attr, cpu)
}

/// Opens an event of all processes on one CPU.
fn open(attr: &EventAttr, cpu: u32) -> Result<OwnedFd, SysError> {
    let (every_process, no_group) = (-1, -1);
    // SAFETY: the kernel reads `size` bytes of `attr`, which has as many, and writes there only if that is more than it
    // knows: then the size that it would take.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            std::ptr::from_ref(attr),
            every_process,
            cpu,
            no_group,
            CLOSE_ON_EXEC,
        )
    };
    let fd = i32::try_from(fd).ok().filter(|fd| *fd >= 0);
    let fd = fd.ok_or_else(|| SysError::last_os("perf_event_open"))?;
    // SAFETY: the kernel has just made this descriptor for us.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    syscall::above_standard_streams(fd)
}

/// Attaches a program to a perf event, without a link: it stays until the event's last descriptor is closed. Kernels that
/// have links for perf events (5.15) do that better: [`crate::LinkCreate`] with
/// [`AttachType::PERF_EVENT`](crate::uapi::AttachType::PERF_EVENT).
///
/// # Errors
///
/// [`SysError::Io`]: `EEXIST` if the program is attached there already, `EINVAL` if its type does not fit.
///
/// # Kernel
///
/// `PERF_EVENT_IOC_SET_BPF`, since 4.1; for tracepoints since 4.7.
pub fn set_bpf(event: BorrowedFd<'_>, prog: BorrowedFd<'_>) -> Result<(), SysError> {
    // SAFETY: this request takes the number of a descriptor.
    let done = unsafe { libc::ioctl(event.as_raw_fd(), SET_BPF, prog.as_raw_fd()) };
    if done >= 0 { Ok(()) } else { Err(SysError::last_os("ioctl(PERF_EVENT_IOC_SET_BPF)")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "s390x"))]
    fn the_request_is_the_kernels() {
        assert_eq!(SET_BPF, 0x4004_2408);
    }
}
