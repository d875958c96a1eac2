//! BPF tokens: what a process in a user namespace may do, delegated to it by a BPF file system.
//!
//! # Safety
//!
//! There is no address in the command.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use crate::attr::TokenCreateAttr;
use crate::error::SysError;
use crate::syscall;
use crate::uapi::Command;

/// Creates a token from a BPF file system that was mounted with `delegate_…` options: `bpffs` is a descriptor of its
/// root. [`MapCreate::token`](crate::MapCreate::token), [`ProgLoad::token`](crate::ProgLoad::token) and
/// [`btf::load`](crate::btf::load) take it.
///
/// # Errors
///
/// [`SysError::Kernel`]: `EINVAL` if the descriptor is not of a BPF file system's root, `EPERM` if it is not of the user
/// namespace of this process or if this process has no `CAP_BPF` in it, `EOPNOTSUPP` in the first user namespace, which
/// needs no token, `ENOENT` if nothing is delegated.
///
/// # Kernel
///
/// `BPF_TOKEN_CREATE`, since 6.9: `bpf_token_create` in `kernel/bpf/token.c`.
#[doc(alias = "bpf_token_create")]
pub fn create(bpffs: BorrowedFd<'_>) -> Result<OwnedFd, SysError> {
    let mut attr = TokenCreateAttr { bpffs_fd: bpffs.as_raw_fd(), ..TokenCreateAttr::default() };
    // SAFETY: there is no address in the argument; the command returns a new descriptor.
    unsafe { syscall::bpf_fd(Command::TOKEN_CREATE, &mut attr) }
}
