//! Type information in the kernel: loading it, and reading it back.
//!
//! # Safety
//!
//! Each command is given the lengths of its buffers, and the kernel stays within them.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use super::info::{self, info};
use super::prog::LogSize;
use crate::attr::{self, BtfLoadAttr};
use crate::error::SysError;
use crate::syscall;
use crate::uapi::Command;
use crate::uapi::flags::BPF_F_TOKEN_FD;
use crate::user_ptr::UserPtr;

/// The most bytes of BTF that [`raw`] takes from the kernel. The kernel itself accepts far less.
const MAX_RAW: usize = 1 << 28;

/// Room for a name with its NUL: the longest is a module's, of 55 characters.
const MAX_NAME: u32 = 64;

/// Loads BTF, in this machine's byte order.
///
/// # Errors
///
/// [`SysError::Kernel`]: `EINVAL` if the kernel does not like the contents; [`load_with_log`] tells why.
///
/// # Kernel
///
/// `BPF_BTF_LOAD`, since 4.18: `btf_new_fd` in `kernel/bpf/btf.c`. `token` since 6.9.
#[doc(alias = "bpf_btf_load")]
pub fn load(data: &[u8], token: Option<BorrowedFd<'_>>) -> Result<OwnedFd, SysError> {
    load_inner(data, token, 0, &mut []).0
}

/// Loads BTF as [`load`] does, and lets the kernel write what it makes of it into `log`.
///
/// # Errors
///
/// As for [`load`]; `ENOSPC` if the log does not fit; `EINVAL` before 6.4 if it has less than 128 bytes.
///
/// # Kernel
///
/// As for [`load`]. The whole length of the log is known since 6.4.
pub fn load_with_log(data: &[u8], level: u32, log: &mut [u8]) -> (Result<OwnedFd, SysError>, LogSize) {
    load_inner(data, None, level, log)
}

fn load_inner(
    data: &[u8],
    token: Option<BorrowedFd<'_>>,
    level: u32,
    log: &mut [u8],
) -> (Result<OwnedFd, SysError>, LogSize) {
    let command = Command::BTF_LOAD;
    let Ok(btf_size) = u32::try_from(data.len()) else {
        return (Err(SysError::TooLong { command, what: "BTF", found: data.len() }), LogSize::default());
    };
    let log_size = LogSize::prepare(log);
    let mut attr = BtfLoadAttr {
        btf: UserPtr::to(data),
        btf_size,
        btf_log_level: level,
        btf_log_size: log_size,
        btf_log_buf: UserPtr::to_mut(log),
        btf_flags: if token.is_some() { BPF_F_TOKEN_FD } else { 0 },
        btf_token_fd: token.map_or(0, |token| token.as_raw_fd()),
        ..BtfLoadAttr::default()
    };
    // SAFETY: `btf` and `btf_log_buf` are null, or valid for as many bytes as the two sizes say, the latter for
    // writing; the command returns a new descriptor.
    let result = unsafe { syscall::bpf_fd(command, &mut attr) };
    let true_size = attr.btf_log_true_size;
    (result, LogSize::found(log, true_size))
}

/// What the kernel tells about loaded BTF.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_btf_info")]
pub struct BtfInfo {
    /// The id.
    pub id: u32,
    /// `vmlinux` or the module, empty for what user space loaded. Since 5.11.
    pub name: String,
    /// Whether it describes the kernel or a module. Since 5.11.
    pub kernel_btf: bool,
    /// The length in bytes.
    pub size: u32,
}

/// What the kernel tells about loaded BTF.
///
/// # Errors
///
/// [`SysError::Kernel`].
///
/// # Kernel
///
/// `BPF_OBJ_GET_INFO_BY_FD`, since 4.18 for BTF.
#[doc(alias = "bpf_btf_get_info_by_fd")]
pub fn info(btf: BorrowedFd<'_>) -> Result<BtfInfo, SysError> {
    let mut raw = RawBtfInfo::default();
    // SAFETY: all addresses in the struct are null.
    unsafe { info::fill(btf, &mut raw) }?;
    let mut name = [0; MAX_NAME as usize];
    if raw.name_len > 0 {
        let mut named =
            RawBtfInfo { name: UserPtr::to_mut(&mut name), name_len: MAX_NAME, ..RawBtfInfo::default() };
        // SAFETY: `name` is a buffer of `name_len` bytes; the other address is null.
        unsafe { info::fill(btf, &mut named) }?;
    }
    Ok(BtfInfo {
        id: raw.id,
        name: attr::fixed_text(&name),
        kernel_btf: raw.kernel_btf != 0,
        size: raw.btf_size,
    })
}

/// The bytes of loaded BTF. Of a module, only its own part: its base is `vmlinux`.
///
/// # Errors
///
/// [`SysError::Kernel`]; [`SysError::TooLong`] if there is more than 256 MiB.
///
/// # Kernel
///
/// As for [`info`].
pub fn raw(btf: BorrowedFd<'_>) -> Result<Vec<u8>, SysError> {
    let size = info(btf)?.size;
    let length = size as usize;
    if length > MAX_RAW {
        return Err(SysError::TooLong { command: Command::OBJ_GET_INFO_BY_FD, what: "BTF", found: length });
    }
    let mut bytes = vec![0; length];
    let mut raw = RawBtfInfo { btf: UserPtr::to_mut(&mut bytes), btf_size: size, ..RawBtfInfo::default() };
    // SAFETY: `bytes` has `btf_size` bytes; the other address is null.
    unsafe { info::fill(btf, &mut raw) }?;
    Ok(bytes)
}

info! {
    /// `struct bpf_btf_info`, as of 7.2.
    RawBtfInfo<'a> [32] {
        btf: UserPtr<'a> = 0,
        btf_size: u32 = 8,
        id: u32 = 12,
        name: UserPtr<'a> = 16,
        name_len: u32 = 24,
        kernel_btf: u32 = 28,
    }
}
