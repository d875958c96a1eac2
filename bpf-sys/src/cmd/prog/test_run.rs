//! Running a program on given input, without attaching it.
//!
//! # Safety
//!
//! The kernel is given the length of every buffer. It stays within that of the data since 5.0 only, so on older kernels
//! a call with room for data is refused before it is made. A program of type `SYSCALL` writes its context back to where
//! it was read from, therefore the context is borrowed mutably.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd};

use crate::attr::TestRunAttr;
use crate::error::SysError;
use crate::os;
use crate::syscall;
use crate::uapi::{Command, KernelVersion};
use crate::user_ptr::UserPtr;

/// What to run a program with. Everything is optional, and what is needed depends on the program's type.
#[derive(Debug, Default)]
#[must_use]
pub struct TestRun<'a> {
    data_in: &'a [u8],
    data_out: &'a mut [u8],
    ctx_in: &'a mut [u8],
    ctx_out: &'a mut [u8],
    repeat: u32,
    flags: u32,
    cpu: u32,
    batch_size: u32,
}

impl<'a> TestRun<'a> {
    /// Nothing given.
    pub fn new() -> Self {
        Self::default()
    }

    /// The packet.
    pub fn data_in(mut self, data: &'a [u8]) -> Self {
        self.data_in = data;
        self
    }

    /// Where the packet goes after the run. Since 4.12, in this crate since 5.0.
    pub fn data_out(mut self, data: &'a mut [u8]) -> Self {
        self.data_out = data;
        self
    }

    /// The context. A `SYSCALL` program's goes back to the same place. Since 5.2.
    pub fn ctx_in(mut self, ctx: &'a mut [u8]) -> Self {
        self.ctx_in = ctx;
        self
    }

    /// Where the context goes after the run. Since 5.2.
    pub fn ctx_out(mut self, ctx: &'a mut [u8]) -> Self {
        self.ctx_out = ctx;
        self
    }

    /// How often to run; 0 is once.
    pub fn repeat(mut self, repeat: u32) -> Self {
        self.repeat = repeat;
        self
    }

    /// Flags such as [`BPF_F_TEST_RUN_ON_CPU`](crate::uapi::flags::BPF_F_TEST_RUN_ON_CPU). Since 5.10.
    pub fn flags(mut self, flags: u32) -> Self {
        self.flags = flags;
        self
    }

    /// The CPU to run on, if the flags say so. Since 5.10.
    pub fn cpu(mut self, cpu: u32) -> Self {
        self.cpu = cpu;
        self
    }

    /// How many frames to handle at a time, if the flags ask for live frames. Since 5.18.
    pub fn batch_size(mut self, batch_size: u32) -> Self {
        self.batch_size = batch_size;
        self
    }
}

/// What came of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestRunOutput {
    /// What the program returned.
    pub retval: u32,
    /// How long one run took on average, in nanoseconds.
    pub duration: u32,
    /// The length of the packet after the run, in bytes.
    pub data_size_out: u32,
    /// The length of the context after the run, in bytes.
    pub ctx_size_out: u32,
}

/// Runs a program.
///
/// # Errors
///
/// [`SysError::Kernel`]: `ENOTSUPP` if programs of this type cannot be run so, `ENOSPC` if an output does not fit.
/// [`SysError::TooOld`] if there is room for data, and the kernel is older than 5.0.
///
/// # Kernel
///
/// `BPF_PROG_TEST_RUN`, since 4.12; which types it knows grew ever since. `net/bpf/test_run.c`.
#[doc(alias = "bpf_prog_test_run_opts")]
#[doc(alias = "BPF_PROG_RUN")]
pub fn test_run(prog: BorrowedFd<'_>, run: TestRun<'_>) -> Result<TestRunOutput, SysError> {
    let command = Command::PROG_TEST_RUN;
    let TestRun { data_in, data_out, ctx_in, ctx_out, repeat, flags, cpu, batch_size } = run;
    let needs = KernelVersion::new(5, 0);
    if !data_out.is_empty() && os::kernel_version().is_none_or(|version| version < needs) {
        return Err(SysError::TooOld { command, needs });
    }
    let size =
        |what, found: usize| u32::try_from(found).map_err(|_| SysError::TooLong { command, what, found });
    let mut attr = TestRunAttr {
        prog_fd: prog.as_raw_fd(),
        data_size_in: size("data", data_in.len())?,
        data_size_out: size("room for data", data_out.len())?,
        data_in: UserPtr::to(data_in),
        data_out: UserPtr::to_mut(data_out),
        repeat,
        ctx_size_in: size("context", ctx_in.len())?,
        ctx_size_out: size("room for the context", ctx_out.len())?,
        ctx_in: UserPtr::to_mut(ctx_in),
        ctx_out: UserPtr::to_mut(ctx_out),
        flags,
        cpu,
        batch_size,
        ..TestRunAttr::default()
    };
    // SAFETY: every address is null or a borrow of as many bytes as the size beside it says, exclusive but for
    // `data_in`, which the kernel only reads; and the kernel respects the size of `data_out`, as checked above.
    unsafe { syscall::bpf(command, &mut attr) }?;
    Ok(TestRunOutput {
        retval: attr.retval,
        duration: attr.duration,
        data_size_out: attr.data_size_out,
        ctx_size_out: attr.ctx_size_out,
    })
}
