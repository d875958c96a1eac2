//! Programs: loading them, running them on given input, and what the kernel tells about them.
//!
//! # Safety
//!
//! Each command is given the lengths of its buffers, and the kernel stays within them. What a loaded program does is
//! another matter: a privileged one may write to any process (`bpf_probe_write_user`), as any privileged process may.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd};

use crate::attr::BindMapAttr;
use crate::error::SysError;
use crate::syscall;
use crate::uapi::Command;

mod attach;
mod info;
mod load;
mod test_run;

pub use attach::{attach, detach};
pub use info::{ProgInfo, info, map_ids, xlated};
pub use load::ProgLoad;
pub use test_run::{TestRun, TestRunOutput, test_run};

/// How much of a log there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogSize {
    /// The bytes of text in the buffer, without the NUL after them.
    pub written: usize,
    /// The bytes that the whole log would take, with its NUL, if the kernel tells (since 6.4).
    pub true_size: Option<u32>,
}

impl LogSize {
    /// Empties the buffer and answers its length for the kernel, which takes no more than 1 GiB.
    pub(in crate::cmd) fn prepare(log: &mut [u8]) -> u32 {
        if let Some(first) = log.first_mut() {
            *first = 0;
        }
        u32::try_from(log.len()).unwrap_or(u32::MAX).min(u32::MAX >> 2)
    }

    /// Finds how much the kernel wrote: it ends every log with a NUL.
    pub(in crate::cmd) fn found(log: &[u8], true_size: u32) -> Self {
        let written = log.iter().position(|byte| *byte == 0).unwrap_or(log.len());
        Self { written, true_size: Some(true_size).filter(|size| *size > 0) }
    }
}

/// Keeps a map alive as long as a program, though no instruction refers to it.
///
/// # Errors
///
/// [`SysError::Kernel`].
///
/// # Kernel
///
/// `BPF_PROG_BIND_MAP`, since 5.10.
#[doc(alias = "bpf_prog_bind_map")]
pub fn bind_map(prog: BorrowedFd<'_>, map: BorrowedFd<'_>) -> Result<(), SysError> {
    let mut attr =
        BindMapAttr { prog_fd: prog.as_raw_fd(), map_fd: map.as_raw_fd(), ..BindMapAttr::default() };
    // SAFETY: there is no address in the argument.
    unsafe { syscall::bpf(Command::PROG_BIND_MAP, &mut attr) }.map(drop)
}
