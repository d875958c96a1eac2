//! Attaching a program to a cgroup, a map of sockets or another place that is named by a descriptor, without a link.
//!
//! # Safety
//!
//! There are no addresses in these commands.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd};

use crate::attr::ProgAttachAttr;
use crate::error::SysError;
use crate::syscall;
use crate::uapi::{AttachType, Command};

/// Attaches a program to what a descriptor names: a cgroup, a map of sockets, a network namespace, an infrared device. It
/// stays until it is detached, or its place is gone. Where a kernel has links for the place, these end with their holder:
/// [`crate::LinkCreate`].
///
/// `flags` are such as [`BPF_F_ALLOW_MULTI`](crate::uapi::flags::BPF_F_ALLOW_MULTI), by the attach type.
///
/// # Errors
///
/// [`SysError::Kernel`]: `EINVAL` if program, attach type and place do not fit, `EEXIST` or `EPERM` if something else is
/// attached there, `EBUSY` if that is for a kind of program that excludes this one.
///
/// # Kernel
///
/// `BPF_PROG_ATTACH`, since 4.10: `bpf_prog_attach` in `kernel/bpf/syscall.c`.
#[doc(alias = "bpf_prog_attach")]
pub fn attach(
    target: BorrowedFd<'_>,
    prog: BorrowedFd<'_>,
    attach_type: AttachType,
    flags: u32,
) -> Result<(), SysError> {
    let mut attr = attr(target, prog, attach_type);
    attr.attach_flags = flags;
    // SAFETY: there is no address in the argument.
    unsafe { syscall::bpf(Command::PROG_ATTACH, &mut attr) }.map(drop)
}

/// Detaches a program that was attached by [`attach`].
///
/// # Errors
///
/// [`SysError::Kernel`]: `ENOENT` if it is not attached there.
///
/// # Kernel
///
/// `BPF_PROG_DETACH`, since 4.10.
#[doc(alias = "bpf_prog_detach2")]
pub fn detach(target: BorrowedFd<'_>, prog: BorrowedFd<'_>, attach_type: AttachType) -> Result<(), SysError> {
    let mut attr = attr(target, prog, attach_type);
    // SAFETY: there is no address in the argument.
    unsafe { syscall::bpf(Command::PROG_DETACH, &mut attr) }.map(drop)
}

fn attr(target: BorrowedFd<'_>, prog: BorrowedFd<'_>, attach_type: AttachType) -> ProgAttachAttr<'static> {
    ProgAttachAttr {
        target_fd_or_ifindex: target.as_raw_fd(),
        attach_bpf_fd: prog.as_raw_fd(),
        attach_type: attach_type.0,
        ..ProgAttachAttr::default()
    }
}
